"""The QR card shows what its view says, and a claimed code is gone at once."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.ui.i18n import Language, Languages
from desktop.ui.qr import QrCard, QrState, QrView
from desktop.ui.qr_code import QrCode
from tests.ui.pixels import as_array, decode, draw

PAYLOAD = "https://platform.example.cn/m#" + "Aq7xZ0b9_-" * 9
SHOWING = QrView(
    state=QrState.SHOWING, title="签章", document="投标函.pdf", payload=PAYLOAD, remaining_s=87, total_s=120
)


@pytest.fixture
def card(app: QApplication, qtbot: QtBot) -> QrCard:
    made = QrCard()
    qtbot.addWidget(made)
    made.show()
    made.show_view(SHOWING)
    return made


def codes(card: QrCard) -> list[str]:
    return decode(as_array(draw(card, 1.0)))


def words(card: QrCard) -> str:
    return "\n".join(label.text() for label in card.findChildren(QLabel) if label.isVisibleTo(card))


def test_code_is_found_by_its_name_and_read_from_the_card(card: QrCard):
    assert card.findChild(QrCode, "qrCode") is card.code
    assert codes(card) == [PAYLOAD]
    assert "签章" in words(card)
    assert "投标函.pdf" in words(card)
    assert "请在 87 秒内扫码" in words(card)


@pytest.mark.parametrize("state", [state for state in QrState if state is not QrState.SHOWING])
def test_no_code_is_readable_in_any_other_state(card: QrCard, state: QrState):
    card.show_view(replace(SHOWING, state=state, check_code="4071"))
    assert codes(card) == []
    assert not card.code.has_code


def test_claimed_card_shows_check_code_and_phone(card: QrCard):
    card.show_view(replace(SHOWING, state=QrState.CLAIMED, check_code="4071", phone_name="张三的手机"))
    assert "4071" in words(card).splitlines()
    assert "张三的手机 已扫码" in words(card)
    assert "请在" not in words(card)


def test_late_payload_does_not_bring_a_code_back(card: QrCard):
    card.show_view(replace(SHOWING, state=QrState.CLAIMED, check_code="4071"))
    card.set_payload(PAYLOAD)
    assert codes(card) == []


def test_payload_of_the_next_second_is_shown(card: QrCard):
    card.set_payload(PAYLOAD.replace("A", "B"))
    assert codes(card) == [PAYLOAD.replace("A", "B")]


@pytest.mark.parametrize(
    ("state", "button", "signal"),
    [
        (QrState.SHOWING, "qrCardRenew", "renew_requested"),
        (QrState.SHOWING, "qrCardCancel", "cancel_requested"),
        (QrState.CLAIMED, "qrCardCancel", "cancel_requested"),
        (QrState.PAUSED, "qrCardResume", "resume_requested"),
        (QrState.EXPIRED, "qrCardResume", "renew_requested"),
        (QrState.PROBLEM, "qrCardRetry", "retry_requested"),
    ],
)
def test_button_tells_what_was_asked_for(card: QrCard, qtbot: QtBot, state: QrState, button: str, signal: str):
    card.show_view(replace(SHOWING, state=state))
    found = card.findChild(QPushButton, button)
    assert isinstance(found, QPushButton)
    assert found.isVisible()
    with qtbot.waitSignal(getattr(card, signal), timeout=1000):
        qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("state", [QrState.DONE, QrState.PROBLEM])
def test_nothing_is_left_to_cancel_at_the_end(card: QrCard, state: QrState):
    card.show_view(replace(SHOWING, state=state))
    assert not card.cancel.isVisible()


def test_cancel_is_hidden_where_it_is_too_late(card: QrCard):
    card.show_view(replace(SHOWING, state=QrState.WORKING, can_cancel=False))
    assert not card.cancel.isVisible()


def test_problem_is_worded_by_the_catalogue_and_its_detail_only_copied(card: QrCard, app: QApplication, qtbot: QtBot):
    view = replace(SHOWING, state=QrState.PROBLEM, problem_code="ceremony.interrupted", problem_detail="round 3")
    card.show_view(view)
    assert "上次操作被中断" in words(card)
    assert "round 3" not in words(card)
    copy = card.findChild(QPushButton, "qrCardCopy")
    assert isinstance(copy, QPushButton)
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "round 3" in app.clipboard().text()


def test_words_follow_the_language(card: QrCard, languages: Languages, qtbot: QtBot):
    languages.use(Language.ENGLISH)
    qtbot.waitUntil(lambda: "Scan within 87 s" in words(card), timeout=1000)


def test_low_window_does_not_push_the_words_over_the_code(card: QrCard):
    card.show_view(replace(SHOWING, document="江西省某某至某某高速公路新建工程施工监理" * 4, note="企业公章"))
    assert card.minimumHeight() > card.code.height() + 200
    card.resize(card.width(), 1)
    assert codes(card) == [PAYLOAD]


def test_secrets_of_a_view_are_not_printed():
    shown = repr(replace(SHOWING, check_code="4071"))
    assert PAYLOAD not in shown
    assert "4071" not in shown


def test_preparation_of_a_large_thing_shows_how_far_it_is(card: QrCard):
    card.show_view(replace(SHOWING, state=QrState.LOADING, message="正在加密…", done=3 << 28, total=1 << 30))
    assert "正在加密…" in words(card)
    assert "75 %" in words(card)
    assert card.cancel.isVisibleTo(card)
    card.show_view(replace(SHOWING, state=QrState.LOADING))
    assert "%" not in words(card)


@pytest.mark.parametrize(("done", "total", "said"), [(3, 128, "3 / 128"), (1 << 20, 1 << 22, "25 %"), (0, 0, "")])
def test_few_things_are_counted_and_many_bytes_are_a_share(card: QrCard, done: int, total: int, said: str):
    card.show_view(replace(SHOWING, state=QrState.WORKING, done=done, total=total))
    assert said in words(card).splitlines() or not said
