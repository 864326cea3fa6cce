"""The virtual phone's window by camera: parts in any order with progress, codes shown, the computer read back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton

from desktop.domain.operations import Operation
from desktop.phone.core import Phone, PhoneOutcome
from desktop.phone.window.states import Screen, Stage
from desktop.signing.ceremony import CameraState
from tests.phone.camera_world import CameraDesktop
from tests.phone.phone_hand import Eyes, Hand
from tests.phone.phone_world import PASSWORD, World, download_request, seal_item, unit_request


@pytest.fixture
def desktop(world: World) -> CameraDesktop:
    return CameraDesktop(world)


def seal_codes(desktop: CameraDesktop, phone: Phone) -> tuple[str, ...]:
    certificate = phone.certificates()[0]
    return desktop.show_codes(unit_request(Operation.SEAL, certificate.serial, seal_item(certificate.sign_certificate)))


def hold_before_camera(hand: Hand, desktop: CameraDesktop) -> None:
    """Let the computer's webcam see the codes as the page shows them."""
    for text in hand.window.codes.cycle.codes:
        desktop.carry_out(desktop.engine.receive(text))


def test_parts_come_in_any_order_and_are_counted(
    hand: Hand, equipped: Phone, eyes: Eyes, desktop: CameraDesktop
) -> None:
    codes = seal_codes(desktop, equipped)
    eyes.texts = [codes[3], "https://example.com", codes[1]]
    hand.window.scan.start()
    hand.wait(lambda: hand.window.scan.state.read == 2)
    assert hand.text("scanTitle") == f"正在读取 2 / {len(codes)}"
    eyes.texts = list(reversed(codes))
    hand.wait_stage(Stage.CONSENT)
    assert hand.text("consentTitle") == "文件签章"


def test_the_answer_is_shown_until_the_receipt_has_been_read(
    hand: Hand, equipped: Phone, eyes: Eyes, desktop: CameraDesktop
) -> None:
    eyes.texts = list(seal_codes(desktop, equipped))
    hand.window.scan.start()
    hand.wait_stage(Stage.CONSENT)
    hand.type("consentPassword", "Wrong-2026")
    hand.press("consentApprove")
    hand.wait(lambda: hand.window.scan.state.problem_code == "phone.wrong_password")
    hand.type("consentPassword", PASSWORD)
    hand.press("consentApprove")
    hand.wait_stage(Stage.CODES)
    hand.press("codesLookBack")
    hand.wait_stage(Stage.CHECKING)
    hand.press("scanCancel")
    hand.wait_stage(Stage.CODES)
    hold_before_camera(hand, desktop)
    assert desktop.engine.state is CameraState.RECEIPT
    eyes.texts = list(desktop.engine.shown)
    hand.press("codesLookBack")
    hand.wait_stage(Stage.RESULT)
    assert hand.window.scan.state.outcome is PhoneOutcome.DONE
    assert hand.window.codes.cycle.codes == ()


def test_a_download_shows_its_proof_when_the_computer_asks_for_it(
    fresh: Hand, phone: Phone, eyes: Eyes, desktop: CameraDesktop
) -> None:
    fresh.window.app.open(Screen.HOME)
    eyes.texts = list(desktop.show_codes(download_request()))
    fresh.window.scan.start()
    fresh.wait_stage(Stage.CONSENT)
    fresh.type("consentPassword", PASSWORD)
    fresh.type("consentRepeated", PASSWORD)
    fresh.press("consentApprove")
    fresh.wait_stage(Stage.CODES)
    assert fresh.find(QAbstractButton, "codesFinish").isHidden()
    answer = fresh.window.codes.cycle.codes
    hold_before_camera(fresh, desktop)
    eyes.texts = list(desktop.engine.shown)
    fresh.press("codesLookBack")
    fresh.wait(lambda: fresh.window.scan.state.stage is Stage.CODES and fresh.window.codes.cycle.codes != answer)
    hold_before_camera(fresh, desktop)
    eyes.texts = list(desktop.engine.shown)
    fresh.press("codesLookBack")
    fresh.wait_stage(Stage.RESULT)
    assert fresh.window.scan.state.outcome is PhoneOutcome.DONE
    assert len(phone.certificates()) == 1


def test_one_part_in_a_picture_file_is_said_to_be_one_of_several(
    hand: Hand, equipped: Phone, eyes: Eyes, desktop: CameraDesktop
) -> None:
    eyes.texts = list(seal_codes(desktop, equipped)[:1])
    hand.window.scan.read_file(Path("any.png"))
    hand.wait_stage(Stage.NOT_FOUND)
    assert hand.window.scan.state.problem_code == "camera.qr_part_only"


@pytest.mark.parametrize("leave", [lambda hand: hand.window.scan.leave(), lambda hand: hand.window.close()])
def test_whoever_leaves_shows_nothing_any_more(
    hand: Hand, equipped: Phone, eyes: Eyes, desktop: CameraDesktop, leave: Callable[[Hand], object]
) -> None:
    eyes.texts = list(seal_codes(desktop, equipped))
    hand.window.scan.start()
    hand.wait_stage(Stage.CONSENT)
    hand.type("consentPassword", PASSWORD)
    hand.press("consentApprove")
    hand.wait_stage(Stage.CODES)
    leave(hand)
    assert hand.window.codes.cycle.text == ""
