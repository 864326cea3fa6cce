"""Input of the kit: what is typed or pasted, what is wrong with it, what is told."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import (
    ChoiceField,
    CodeField,
    NumberField,
    PhoneNumberField,
    SegmentedControl,
    TextField,
)


def shown_in(parent: QWidget) -> str:
    return "\n".join(label.text() for label in parent.findChildren(QLabel) if label.isVisibleTo(parent))


def test_field_shows_its_error_until_the_text_changes(app: QApplication, qtbot: QtBot):
    field = TextField("单位名称", name="organization")
    qtbot.addWidget(field)
    field.show()
    field.set_help("与营业执照一致")
    field.set_error("请填写单位名称。")
    assert "请填写单位名称。" in shown_in(field)
    assert field.edit.property("invalid") is True
    qtbot.keyClicks(field.edit, "J")
    assert field.error == ""
    assert "与营业执照一致" in shown_in(field)
    assert field.edit.property("invalid") is False


def test_field_is_submitted_by_enter(app: QApplication, qtbot: QtBot):
    field = TextField("单位名称", name="organization")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.submitted, timeout=1000):
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)


def test_same_value_again_leaves_the_cursor_alone(app: QApplication, qtbot: QtBot):
    field = TextField("单位名称", name="organization")
    qtbot.addWidget(field)
    field.set_value("abcdef")
    field.edit.setCursorPosition(2)
    field.set_value("abcdef")
    assert field.edit.cursorPosition() == 2


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("86138", "86138"),
        ("13a8", "138"),
        ("138001380009", "13800138000"),
    ],
)
def test_mobile_number_is_reduced_to_its_digits_when_pasted(app: QApplication, qtbot: QtBot, typed: str, value: str):
    field = PhoneNumberField("手机号", name="mobile")
    qtbot.addWidget(field)
    app.clipboard().setText(typed)
    field.edit.paste()
    assert field.value == value
    assert field.is_valid == (value == "13800138000")


@pytest.mark.parametrize("number", ["12800138000", "1380013800", "", "99999999999"])
def test_other_numbers_are_no_mobile_numbers(app: QApplication, qtbot: QtBot, number: str):
    field = PhoneNumberField("手机号", name="mobile")
    qtbot.addWidget(field)
    field.set_value(number)
    assert not field.is_valid


def test_sms_code_takes_six_digits_and_tells_when_complete(app: QApplication, qtbot: QtBot):
    field = CodeField("验证码", name="code")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.completed, timeout=1000) as told:
        qtbot.keyClicks(field.edit, "12x34567")
    assert told.args == ["123456"]
    assert field.is_complete


def test_sms_code_can_be_sent_again_only_after_the_countdown(app: QApplication, qtbot: QtBot, languages: Languages):
    field = CodeField("验证码", name="code")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.send_requested, timeout=1000):
        field.send.click()
    field.start_countdown(2)
    assert not field.send.isEnabled()
    assert field.send.text() == "2 秒后重新获取"
    languages.use(Language.ENGLISH)
    field.retranslate()
    assert field.send.text() == "Again in 2 s"
    qtbot.waitUntil(field.send.isEnabled, timeout=5000)
    assert field.wait_s == 0
    assert field.send.text() == "Send again"
    field.set_send_enabled(enabled=False)
    assert not field.send.isEnabled()


def test_choice_stays_when_it_is_offered_again(app: QApplication, qtbot: QtBot):
    field = ChoiceField("印章", name="seal")
    qtbot.addWidget(field)
    field.set_options([("a", "企业公章"), ("b", "合同章")], "b")
    field.set_options([("c", "法人章"), ("b", "合同章")])
    assert field.value == "b"
    field.set_options([("c", "法人章")])
    assert field.value == "c"
    field.set_options([])
    assert field.value == ""


def test_segment_is_chosen_by_click_and_relabelled_in_place(app: QApplication, qtbot: QtBot):
    control = SegmentedControl(name="views")
    qtbot.addWidget(control)
    control.set_options([("all", "全部"), ("mine", "我的")])
    assert control.current == "all"
    control.show()
    button = control.findChild(QWidget, "views_mine")
    with qtbot.waitSignal(control.chosen, timeout=1000) as told:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == ["mine"]
    control.set_options([("all", "All"), ("mine", "Mine")])
    assert control.current == "mine"
    assert control.findChild(QWidget, "views_mine") is button


def test_number_is_typed_within_its_limits_and_told(app: QApplication, qtbot: QtBot):
    field = NumberField("宽度", name="width", minimum=10, maximum=210, decimals=1, suffix=" mm")
    qtbot.addWidget(field)
    with qtbot.assertNotEmitted(field.changed):
        field.set_value(1000)
    assert field.value == 210
    field.box.selectAll()
    with qtbot.waitSignal(field.changed, timeout=1000) as told:
        qtbot.keyClicks(field.box, "42.5")
    assert field.value == 42.5
    assert told.args is not None
    assert field.box.accessibleName() == "宽度"
