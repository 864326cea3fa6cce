"""The phone as a thing on the screen: its shape, its handle and controls, and a consent page that fits on it."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent, QInputMethodEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.phone.core import Phone
from desktop.phone.window.application import build_window
from desktop.phone.window.chrome import body_region
from desktop.phone.window.states import Stage
from desktop.phone.window.style import BEZEL
from desktop.phone.window.window import PhoneWindow
from desktop.signing.ceremony import CeremonyRequest
from desktop.ui.i18n import Language, Languages
from tests.phone.phone_ca import CREDIT_CODE, ORGANIZATION
from tests.phone.phone_hand import Eyes, Hand
from tests.phone.phone_world import PASSWORD, Desktop, World, download_request, enrol_request, login_request

Show = Callable[..., Hand]


def _login(_: Desktop) -> CeremonyRequest:
    return login_request()


def _download(_: Desktop) -> CeremonyRequest:
    return download_request()


@pytest.fixture
def consent(qtbot: QtBot, world: World, equipped: Phone, languages: Languages) -> Iterator[Show]:
    """A phone of some height on whose screen an unenrolled workstation's request stands."""
    windows: list[PhoneWindow] = []

    def shown(request_of: Callable[[Desktop], CeremonyRequest], *, height: int, language: Language) -> Hand:
        languages.use(language)
        desktop = Desktop(world, enrolled=False)
        text = desktop.show(request_of(desktop))
        window = build_window(equipped, clock=world.clock, http=world.relay, languages=languages, height=height)
        qtbot.addWidget(window)
        windows.append(window)
        window.scan.take_text(text)
        qtbot.waitUntil(lambda: window.scan.state.stage is Stage.CONSENT, timeout=5000)
        window.grab()
        return Hand(qtbot, window)

    yield shown
    for window in windows:
        window.close()


def place(hand: Hand, name: str) -> tuple[int, int]:
    """Top and bottom of a control on the window, which must not be squeezed."""
    control = hand.find(QWidget, name)
    assert control.isVisibleTo(hand.window), name
    assert control.height() >= control.minimumSizeHint().height(), name
    top = control.mapTo(hand.window, QPoint(0, 0)).y()
    return top, top + control.height()


def in_order(hand: Hand, *names: str) -> None:
    """Each control wholly in sight, one below the other."""
    places = [place(hand, name) for name in names]
    assert places[0][0] > BEZEL
    assert places[-1][1] < hand.window.height() - BEZEL
    for (_, bottom), (top, _) in pairwise(places):
        assert bottom <= top, names


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("height", [600, 660, 700, 800])
@pytest.mark.parametrize("request_of", [_login, enrol_request], ids=["login", "enrol"])
def test_code_and_password_are_in_sight_on_a_low_screen(
    consent: Show, request_of: Callable[[Desktop], CeremonyRequest], height: int, language: Language
) -> None:
    hand = consent(request_of, height=height, language=language)
    in_order(hand, "consentTitle", "consentTypedCode", "consentWarning", "consentPassword", "consentApprove")
    assert place(hand, "consentDecline") == place(hand, "consentApprove")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("height", [600, 660, 700, 800])
def test_code_new_password_and_its_repeat_are_in_sight_in_this_order(
    consent: Show, height: int, language: Language
) -> None:
    hand = consent(_download, height=height, language=language)
    names = ("consentTitle", "consentTypedCode", "consentPassword", "consentRepeated", "consentApprove")
    in_order(hand, *names)
    hand.type("consentTypedCode", "1234")
    hand.type("consentPassword", "abc")
    hand.type("consentRepeated", "abcd")
    hand.press("consentApprove")
    assert hand.window.scan.state.problem_code == "phone.password_weak"
    hand.window.grab()
    in_order(hand, *names)


def test_t04_the_page_says_what_to_type_and_why(consent: Show) -> None:
    hand = consent(_download, height=800, language=Language.CHINESE)
    said = [label.text() for label in hand.window.findChildren(QLabel) if label.isVisibleTo(hand.window)]
    assert any("电脑屏幕上的核对码" in text for text in said)
    assert any("别人告知或发来的, 请拒绝" in text for text in said)
    assert hand.find(QWidget, "consentCode").isHidden()
    assert "核对码" in hand.find(QLineEdit, "consentTypedCode").accessibleName()


def test_t04_the_reason_is_said_beside_the_differing_time_too(consent: Show, world: World) -> None:
    hand = consent(_download, height=800, language=Language.CHINESE)
    world.clock.advance(700)
    scanned = hand.window.scan._scanned
    assert scanned is not None
    hand.window.scan._set(view=scanned.view)
    said = " ".join(label.text() for label in hand.find(QWidget, "consentWarning").findChildren(QLabel))
    assert "时间相差较大" in said
    assert "别人告知或发来的, 请拒绝" in said


def test_t04_the_code_field_takes_the_four_digits_of_one_form_only(consent: Show) -> None:
    hand = consent(_login, height=800, language=Language.CHINESE)
    field = hand.find(QLineEdit, "consentTypedCode")
    QTest.keyClicks(field, "a1-")
    composed = QInputMethodEvent()
    composed.setCommitString("\N{FULLWIDTH DIGIT TWO}")
    QApplication.sendEvent(field, composed)
    QTest.keyClicks(field, "23456")
    assert field.text() == "1234"


def test_t04_a_wrong_code_by_clicks_is_explained_and_nothing_was_made(
    hand: Hand, world: World, eyes: Eyes, equipped: Phone
) -> None:
    desktop = Desktop(world, enrolled=False)
    hand.scan(eyes, desktop.show(download_request()))
    hand.type("consentPassword", PASSWORD)
    hand.type("consentRepeated", PASSWORD)
    assert not hand.find(QAbstractButton, "consentApprove").isEnabled()
    hand.type("consentTypedCode", f"{(int(desktop.check_code) + 1) % 10_000:04d}")
    hand.press("consentApprove")
    hand.wait_stage(Stage.RESULT)
    assert hand.text("resultTitle") == "核对码不正确"
    assert desktop.verified is None
    assert equipped.unfinished_downloads() == ()


def test_t04_an_enrolled_workstations_code_is_shown_where_others_are_typed(
    hand: Hand, world: World, eyes: Eyes
) -> None:
    desktop = Desktop(world, enrolled=True)
    hand.scan(eyes, desktop.show(login_request(organization=ORGANIZATION, credit_code=CREDIT_CODE)))
    assert hand.text("consentCode") == desktop.check_code
    assert not hand.find(QWidget, "consentTypedCodeField").isVisibleTo(hand.window)
    assert not hand.find(QWidget, "consentWarning").isVisibleTo(hand.window)


def test_a_picture_of_the_phone_is_a_phone_and_no_box(fresh: Hand) -> None:
    image = fresh.window.grab().toImage()
    ratio = image.devicePixelRatio()
    right, bottom = image.width() - 1, image.height() - 1
    near = int((BEZEL + 1) * ratio)
    # At `near` the screen's own corner lies, which is outside the body, too.
    for x, y in [(0, 0), (right, 0), (0, bottom), (right, bottom), (near, near), (right - near, bottom - near)]:
        assert image.pixelColor(x, y).alpha() == 0, (x, y)
    for x, y in [(right // 2, 2), (2, bottom // 2), (right // 2, bottom // 2), (right // 2, bottom - 2)]:
        assert image.pixelColor(x, y).alpha() == 255, (x, y)


def test_the_mask_holds_the_whole_body_and_none_of_the_corners(fresh: Hand) -> None:
    region = body_region(fresh.window.size())
    image = fresh.window.grab().toImage()
    assert region.boundingRect() == fresh.window.rect()
    assert not region.contains(QPoint(3, 3))
    for x in range(60):
        for y in range(60):
            if image.pixelColor(int(x * image.devicePixelRatio()), int(y * image.devicePixelRatio())).alpha() == 255:
                assert region.contains(QPoint(x, y)), (x, y)


def enter(window: PhoneWindow, at: QPoint) -> None:
    QApplication.sendEvent(window, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(at)))


def test_the_phone_is_closed_by_its_own_control(fresh: Hand) -> None:
    window = fresh.window
    window.show()
    close = fresh.find(QAbstractButton, "phoneClose")
    enter(window, QCursor.pos())
    assert close.isHidden(), "a phone that appears below a resting mouse looks like a phone"
    enter(window, QCursor.pos() + QPoint(3, 3))
    assert close.isVisible()
    assert fresh.find(QAbstractButton, "phoneMinimize").isVisible()
    assert close.accessibleName() == "关闭虚拟手机"
    QApplication.sendEvent(window, QEvent(QEvent.Type.Leave))
    assert close.isHidden()
    enter(window, QCursor.pos() + QPoint(3, 3))
    close.click()
    assert not window.isVisible()


def drag(window: PhoneWindow, at: QPoint, by: QPoint) -> None:
    start = window.mapToGlobal(at)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    moves = [
        (QEvent.Type.MouseButtonPress, QPoint(0, 0), left, left),
        (QEvent.Type.MouseMove, by, none, left),
        (QEvent.Type.MouseButtonRelease, by, left, none),
    ]
    for kind, offset, button, buttons in moves:
        there = QPointF(start + offset)
        event = QMouseEvent(kind, QPointF(at), there, button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, event)


@pytest.mark.parametrize("at", [QPoint(4, 300), QPoint(100, 30), QPoint(388, 300)], ids=["left", "status", "right"])
def test_the_phone_is_moved_by_its_bezel_and_status_bar(fresh: Hand, at: QPoint) -> None:
    window = fresh.window
    window.show()
    before = window.pos()
    drag(window, at, QPoint(40, 25))
    assert window.pos() == before + QPoint(40, 25)
    QApplication.sendEvent(
        window,
        QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(9, 9),
            QPointF(500, 500),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )
    assert window.pos() == before + QPoint(40, 25), "let go"


def test_blank_parts_of_a_page_do_not_move_the_phone(fresh: Hand) -> None:
    window = fresh.window
    window.show()
    before = window.pos()
    drag(window, QPoint(200, 400), QPoint(40, 25))
    assert window.pos() == before
