"""The main window: seven entries by keyboard, pages made when first shown, account and clock in the header."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.domain.errors import MisuseError
from desktop.ui import theme
from desktop.ui.header import UnitButton
from desktop.ui.i18n import Language, Languages, tr
from desktop.ui.kit import SyncState
from desktop.ui.shell import MainShell, MenuEntry, NavEntry, UnitEntry
from desktop.ui.shortcuts import ShortcutsDialog
from desktop.ui.tokens import Mode

IDS = ("home", "tenders", "seal", "verify", "certificates", "seals", "records")


class Maker:
    """Makes pages and remembers which."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def entry(self, identity: str, shortcut: str = "", *, is_foot: bool = False) -> NavEntry:
        def make() -> QWidget:
            self.made.append(identity)
            page = QWidget()
            field = QLineEdit()
            field.setObjectName(f"{identity}First")
            QVBoxLayout(page).addWidget(field)
            return page

        return NavEntry(
            id=identity, title=lambda: f"<{identity}>", icon="house", factory=make, shortcut=shortcut, is_foot=is_foot
        )

    def all(self) -> list[NavEntry]:
        entries = [self.entry(identity, f"Ctrl+{number}") for number, identity in enumerate(IDS, start=1)]
        return [*entries, self.entry("me", is_foot=True)]


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 24, 1, 30, tzinfo=UTC))


@pytest.fixture
def logged_out() -> list[str]:
    return []


@pytest.fixture
def shell(app: QApplication, qtbot: QtBot, maker: Maker, clock: ManualClock, logged_out: list[str]) -> MainShell:
    line = MenuEntry(
        id="logout", title=lambda: tr("取消"), icon="log-out", action=lambda: logged_out.append("x"), is_separated=True
    )
    window = MainShell(maker.all(), clock=clock, user_menu=[line])
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.mark.parametrize(("number", "identity"), list(enumerate(IDS, start=1)))
def test_ctrl_and_number_shows_the_module(shell: MainShell, qtbot: QtBot, number: int, identity: str):
    shell.show_page("me")
    qtbot.keyClick(shell, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
    assert shell.current_id == identity
    assert shell.findChild(QPushButton, f"nav_{identity}").isChecked()


def test_page_is_made_when_first_shown_and_once(shell: MainShell, maker: Maker):
    assert maker.made == ["home"]
    for identity in ("seal", "home", "seal"):
        shell.show_page(identity)
    assert maker.made == ["home", "seal"]


def test_click_in_the_rail_shows_the_module_and_titles_the_window(shell: MainShell, qtbot: QtBot):
    with qtbot.waitSignal(shell.page_shown, timeout=1000) as shown:
        qtbot.mouseClick(shell.findChild(QPushButton, "nav_verify"), Qt.MouseButton.LeftButton)
    assert shown.args == ["verify"]
    assert shell.findChild(QLabel, "pageTitle").text() == "<verify>"
    assert shell.windowTitle() == "<verify> - 投标签章客户端"


def test_focus_goes_to_the_first_field_of_the_page(shell: MainShell):
    shell.show_page("records")
    assert shell.focusWidget().objectName() == "recordsFirst"


def test_unknown_page_is_refused(shell: MainShell):
    with pytest.raises(MisuseError):
        shell.show_page("nowhere")


def test_eighth_entry_above_the_foot_is_refused(shell: MainShell, maker: Maker):
    with pytest.raises(MisuseError):
        shell.set_entries([*maker.all(), maker.entry("eighth")])


def test_other_role_has_other_modules_and_the_old_pages_are_gone(shell: MainShell, maker: Maker, qtbot: QtBot):
    old = shell.page("home")
    gone = []
    old.destroyed.connect(lambda: gone.append("home"))
    shell.set_entries([maker.entry("review", "Ctrl+1")])
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone == ["home"]
    assert shell.current_id == "review"
    assert shell.findChild(QPushButton, "nav_seal") is None
    maker.made.clear()
    qtbot.keyClick(shell, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert shell.current_id == "review"
    assert maker.made == []


def test_account_menu_appears_with_the_account_and_runs_its_lines(shell: MainShell, logged_out: list[str]):
    button = shell.findChild(QToolButton, "accountMenu")
    assert not button.isVisible()
    shell.set_account("江西某某建设工程有限公司", "张三")
    assert button.isVisible()
    assert button.text() == "张三"
    assert shell.findChild(QLabel, "organization").text() == "江西某某建设工程有限公司"
    action = shell.findChild(QAction, "account_logout")
    assert action.text() == "取消"
    action.trigger()
    assert logged_out == ["x"]


def test_clock_shows_beijing_time_and_whether_it_is_the_platform_s(shell: MainShell, clock: ManualClock):
    clock.advance(61)
    shell.clock.refresh()
    assert shell.findChild(QLabel, "serverClockTime").text() == "2026-11-24 09:31:01"
    for state, word in ((SyncState.SYNCED, "已与平台同步"), (SyncState.UNSYNCED, "未同步")):
        shell.set_sync_state(state)
        assert shell.findChild(QLabel, "serverClockState").text() == word


def test_language_switch_says_the_shell_again(shell: MainShell, languages: Languages, qtbot: QtBot):
    languages.use(Language.ENGLISH)
    qtbot.waitUntil(lambda: shell.findChild(QAction, "account_logout").text() == "Cancel", timeout=1000)
    assert shell.windowTitle() == "<home> - BidSeal"
    assert shell.findChild(QLabel, "brand").text() == "BidSeal"


def test_theme_switch_at_run_time_recolours_the_window(shell: MainShell, app: QApplication):
    def ground() -> str:
        return shell.grab().toImage().pixelColor(600, 500).name().upper()

    light = ground()
    theme.apply(app, Mode.DARK)
    dark = ground()
    assert dark != light
    assert dark == theme.current().colours.ground
    theme.apply(app, Mode.LIGHT)
    assert ground() == light


def test_smallest_window_is_1120_by_720(shell: MainShell):
    shell.resize(10, 10)
    assert (shell.width(), shell.height()) == (1120, 720)


def test_toast_speaks_and_goes_by_itself(shell: MainShell, qtbot: QtBot):
    shell.toast.set_duration_ms(20)
    shell.show_toast("已保存")
    assert shell.toast.text == "已保存"
    qtbot.waitUntil(lambda: shell.toast.text == "", timeout=2000)


def test_closing_is_announced(shell: MainShell, qtbot: QtBot):
    with qtbot.waitSignal(shell.closing, timeout=1000):
        shell.close()


def test_toast_of_another_language_goes_when_the_language_changes(shell: MainShell):
    languages = Languages()
    shell.show_toast("证书已下载")
    try:
        languages.use(Language.ENGLISH)
        QCoreApplication.processEvents()
        assert shell.toast.text == ""
    finally:
        languages.use(Language.CHINESE)


UNITS = (
    UnitEntry(id="a", name="赣州市甲建设有限公司", role=lambda: "证书管理员"),
    UnitEntry(id="b", name="江西省乙工程招标代理有限责任公司南昌第二分公司", role=lambda: "证书使用人"),
)


def test_the_one_unit_of_a_person_is_said_with_the_role_and_is_no_menu(shell: MainShell):
    shell.set_account("", "张三")
    shell.set_units(UNITS[:1], "a")
    assert shell.findChild(QLabel, "organization").text() == "赣州市甲建设有限公司  ·  证书管理员"
    assert not shell.findChild(QToolButton, "unitMenu").isVisible()


def test_another_of_several_units_is_asked_for_and_shown_when_it_is_told(shell: MainShell, qtbot: QtBot):
    shell.set_account("", "张三")
    shell.set_units(UNITS, "a")
    button = shell.findChild(QToolButton, "unitMenu")
    assert button.isVisible()
    assert "证书管理员" in button.accessibleName()
    with qtbot.waitSignal(shell.header.unit_chosen, timeout=1000) as asked:
        shell.findChild(QAction, "unit_b").trigger()
    assert asked.args == ["b"]
    assert "甲建设" in button.text()
    assert shell.findChild(QAction, "unit_a").isChecked()
    shell.set_units(UNITS, "b")
    assert "证书使用人" in button.text()
    assert button.text().startswith("江西省乙工程")
    assert "第二分公司" in button.text()
    assert UNITS[1].name in button.accessibleName()


@pytest.mark.parametrize("language", list(Language))
def test_long_unit_and_role_give_way_in_the_middle_of_the_name_and_nothing_is_cut(
    shell: MainShell, language: Language, qtbot: QtBot
):
    languages = Languages()
    roles = {Language.CHINESE: "证书管理员", Language.ENGLISH: "Certificate administrator"}
    long = replace(UNITS[1], role=lambda: roles[languages.language])
    shell.resize(shell.minimumSize())
    shell.set_account("", "张三")
    shell.set_units((long, UNITS[0]), "b")
    other = next(each for each in Language if each is not language)
    try:
        languages.use(other)
        QCoreApplication.processEvents()
        languages.use(language)
        button = shell.findChild(UnitButton, "unitMenu")
        qtbot.waitUntil(lambda: roles[language] in button.shown_text, timeout=1000)
        QCoreApplication.processEvents()
        chrome = button.sizeHint().width() - button.fontMetrics().horizontalAdvance(button.text())
        assert button.fontMetrics().horizontalAdvance(button.shown_text) + chrome <= button.width()
        assert button.shown_text.startswith("江西")
        assert "公司" in button.shown_text
        assert button.geometry().right() < shell.header.clock.geometry().left()
    finally:
        languages.use(Language.CHINESE)


def test_the_unit_that_is_chosen_already_is_not_asked_for(shell: MainShell, qtbot: QtBot):
    shell.set_account("", "张三")
    shell.set_units(UNITS, "a")
    with qtbot.assertNotEmitted(shell.header.unit_chosen):
        shell.findChild(QAction, "unit_a").trigger()
    assert shell.findChild(QAction, "unit_a").isChecked()


def test_the_bell_says_how_many_notices_are_unread_and_leads_to_them(shell: MainShell, qtbot: QtBot):
    bell = shell.findChild(QToolButton, "noticeBell")
    assert not bell.isVisible()
    shell.set_account("", "张三")
    shell.set_unread(3)
    assert bell.isVisible()
    assert bell.accessibleName() == "通知: 3 条未读"
    with_number = bell.grab().toImage()
    with qtbot.waitSignal(shell.header.notices_requested, timeout=1000):
        qtbot.mouseClick(bell, Qt.MouseButton.LeftButton)
    shell.set_unread(0)
    assert bell.accessibleName() == "通知: 没有未读"
    assert bell.grab().toImage() != with_number
    shell.set_unread(120)
    shell.set_account("", "")
    assert shell.header.bell.unread == 0


def test_a_clock_out_of_step_can_be_pressed_and_one_in_step_cannot(shell: MainShell, qtbot: QtBot):
    shell.set_sync_state(SyncState.SYNCED)
    with qtbot.assertNotEmitted(shell.header.check_requested):
        qtbot.mouseClick(shell.clock, Qt.MouseButton.LeftButton)
    assert shell.clock.focusPolicy() is Qt.FocusPolicy.NoFocus
    shell.set_sync_state(SyncState.UNSYNCED)
    assert shell.clock.focusPolicy() is Qt.FocusPolicy.StrongFocus
    with qtbot.waitSignal(shell.header.check_requested, timeout=1000):
        qtbot.mouseClick(shell.clock, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(shell.header.check_requested, timeout=1000):
        qtbot.keyClick(shell.clock, Qt.Key.Key_Return)


@pytest.mark.parametrize(("key", "modifier"), [("F1", "No"), ("Question", "Shift")])
def test_f1_and_question_mark_list_the_keys(shell: MainShell, qtbot: QtBot, key: str, modifier: str):
    shell.findChild(QPushButton, "nav_home").setFocus()
    qtbot.keyClick(shell, Qt.Key[f"Key_{key}"], Qt.KeyboardModifier[f"{modifier}Modifier"])
    dialog = shell.findChild(ShortcutsDialog)
    assert dialog is not None
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert all(word in words for word in ("Ctrl+1", "<records>", "F6", "Esc", "Tab"))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_question_mark_in_a_field_is_typed(shell: MainShell, qtbot: QtBot):
    field = shell.findChild(QLineEdit, "homeFirst")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert field.text() == "?"
    assert shell.findChild(ShortcutsDialog) is None


def test_f6_goes_from_page_to_header_to_rail_and_back(shell: MainShell, qtbot: QtBot):
    shell.set_account("", "张三")
    shell.show_page("home")
    names = []
    for _ in range(3):
        qtbot.keyClick(shell, Qt.Key.Key_F6)
        names.append(shell.focusWidget().objectName())
    assert names == ["noticeBell", "nav_home", "homeFirst"]
    qtbot.keyClick(shell, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert shell.focusWidget().objectName() == "nav_home"


def test_module_within_another_has_no_entry_and_marks_that_one(shell: MainShell, maker: Maker):
    entries = [*maker.all(), replace(maker.entry("room"), within="tenders")]
    shell.set_entries(entries)
    assert shell.findChild(QPushButton, "nav_room") is None
    shell.show_page("room")
    assert shell.current_id == "room"
    assert shell.findChild(QPushButton, "nav_tenders").isChecked()
    assert shell.header.title.text() == "<room>"
