"""Taking a picture of the stamped sheet: advice while the camera runs, picture, verdict, again, and what goes wrong."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.documents import open_document
from desktop.domain.camera import CameraState
from desktop.domain.operations import SealKind
from desktop.domain.problems import problem
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.scale_sheet import FRAMES, find_frames
from desktop.signing.imprint.synthetic import SealText, draw_seal
from desktop.testing.driver import WindowDriver, wait_until
from desktop.ui.kit import Banner, Label
from desktop.views.seals import SealsPage
from desktop.views.seals.capture import CaptureDialog
from tests.imprint.photographs import Shot, photograph
from tests.views.certificates.world import World
from tests.views.seals.shots import Stand

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WEBCAM = Shot(frame=FRAMES[0], width=1280, height=720, max_tilt_deg=10)


@pytest.fixture(scope="session")
def sheet_shot(official_png: bytes) -> "np.ndarray":
    """What a webcam sees of the scale sheet with the official seal on it."""
    return photograph(official_png, (42.0, 42.0), 3, WEBCAM).picture


@pytest.fixture
def dialog(driver: WindowDriver, page: SealsPage, stand: Stand) -> CaptureDialog:
    """The dialog, opened as a person does."""
    driver.click("applySealButton")
    driver.click("captureScanButton")
    opened = page.window().findChild(CaptureDialog)
    assert opened is not None
    wait_until(lambda: bool(stand.opened), "the camera")
    return opened


def look(dialog: CaptureDialog, stand: Stand, frame: "np.ndarray") -> None:
    """Hold something before the camera until it has been judged."""
    dialog.model._set(sight=None)
    stand.show(frame)
    wait_until(lambda: dialog.model.state.sight is not None, "the look at the frame")


def take(driver: WindowDriver, dialog: CaptureDialog) -> None:
    driver.click("captureButton")
    wait_until(lambda: dialog.model.state.cut is not None, "the verdict on the picture")


def said(dialog: CaptureDialog, name: str) -> str:
    return dialog.advice[name].accessibleName()


def test_seal_taken_on_the_scale_sheet_is_measured_and_applied_for(
    driver: WindowDriver,
    world: World,
    dialog: CaptureDialog,
    stand: Stand,
    sheet_shot: "np.ndarray",
) -> None:
    page = dialog.parent().findChild(SealsPage) or dialog.parent()
    assert isinstance(page, SealsPage)
    look(dialog, stand, sheet_shot)
    assert dialog.model.state.sight is not None
    assert dialog.model.state.sight.is_ready
    assert said(dialog, "size") == "看到校准纸, 尺寸可自动量出"
    take(driver, dialog)
    assert driver.find("shotVerdict", Banner).accessibleName().startswith("印模清晰完整")
    assert stand.closed > 0, "the camera rests while the picture is looked at"
    driver.click("useShotButton")
    wait_until(lambda: page.model.state.cut is not None, "the cut-out")
    assert (page.application.width_field.value, page.application.height_field.value) == ("41.7", "41.7")
    assert "校准纸" in driver.find("sizeNote", Label).text()
    driver.click("submitSealButton")
    wait_until(lambda: page.model.state.applied_number == 1, "the application")
    operator = world.operator()
    (seal,) = operator.seals_to_review()
    assert seal.width_mm == pytest.approx(41.7, abs=0.3)
    scan = operator.seal_scan(seal.seal_id)
    assert scan.startswith(b"\xff\xd8\xff")
    again = cut_out(scan, SealKind.OFFICIAL).imprint
    assert again is not None
    assert operator.seal_imprint(seal.seal_id) == again.png


def test_advice_says_what_to_do_until_all_is_well(
    dialog: CaptureDialog, stand: Stand, sheet_shot: "np.ndarray", official_png: bytes
) -> None:
    look(dialog, stand, np.full((720, 1280, 3), 70, np.uint8))
    assert said(dialog, "light").startswith("光线太暗")
    assert said(dialog, "whole").startswith("还没有看到印章")
    look(dialog, stand, cv2.GaussianBlur(sheet_shot, (0, 0), 5))
    assert said(dialog, "sharp").startswith("画面模糊")
    far = np.full((720, 1280, 3), 225, np.uint8)
    small = cv2.resize(sheet_shot, None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
    far[200 : 200 + small.shape[0], 300 : 300 + small.shape[1]] = small
    look(dialog, stand, far)
    assert said(dialog, "near").startswith("请靠近一些")
    look(dialog, stand, sheet_shot)
    words = [said(dialog, name) for name in ("light", "whole", "near", "sharp", "alone")]
    assert words == ["光线合适", "印章完整", "距离合适", "画面清晰", "空白纸上只有一枚印章"]


def test_picture_that_will_not_do_is_taken_again(
    driver: WindowDriver, page: SealsPage, dialog: CaptureDialog, stand: Stand, sheet_shot: "np.ndarray"
) -> None:
    look(dialog, stand, cv2.GaussianBlur(sheet_shot, (0, 0), 5))
    take(driver, dialog)
    verdict = driver.find("shotVerdict", Banner).accessibleName()
    assert "印章不够清晰" in verdict
    assert problem("imprint.blurred").zh.next_step in verdict
    assert not driver.find("useShotButton").isEnabled()
    driver.click("retakeButton")
    wait_until(lambda: len(stand.opened) == 2, "the camera again")
    look(dialog, stand, sheet_shot)
    take(driver, dialog)
    driver.click("useShotButton")
    wait_until(lambda: page.model.state.cut is not None, "the cut-out")
    assert page.model.state.cut is not None
    assert page.model.state.cut.is_acceptable


def test_picture_is_taken_and_used_by_enter_alone(
    qtbot: QtBot, page: SealsPage, dialog: CaptureDialog, stand: Stand, sheet_shot: "np.ndarray"
) -> None:
    look(dialog, stand, sheet_shot)
    assert dialog.capture.isDefault()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    wait_until(lambda: dialog.model.state.may_use, "the verdict on the picture")
    assert dialog.use.isDefault()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    wait_until(lambda: page.model.state.cut is not None, "the cut-out")


def test_picture_used_can_be_taken_again_from_the_form(
    driver: WindowDriver, page: SealsPage, dialog: CaptureDialog, stand: Stand, sheet_shot: "np.ndarray"
) -> None:
    look(dialog, stand, sheet_shot)
    take(driver, dialog)
    driver.click("useShotButton")
    wait_until(lambda: page.model.state.cut is not None, "the cut-out")
    driver.click("scanRetake")
    wait_until(lambda: len(stand.opened) == 2, "the camera again")
    assert page.model.state.scan is not None, "the picture before is kept until there is another"


@pytest.mark.parametrize(
    "state", [CameraState.ABSENT, CameraState.BUSY, CameraState.DENIED, CameraState.BLACK, CameraState.UNPLUGGED]
)
def test_camera_that_shows_nothing_is_named_and_nothing_can_be_taken(
    driver: WindowDriver, dialog: CaptureDialog, stand: Stand, sheet_shot: "np.ndarray", state: CameraState
) -> None:
    look(dialog, stand, sheet_shot)
    stand.fail(state)
    wait_until(lambda: dialog.camera.state is state, "the failure")
    assert dialog.camera.problem.isVisible()
    assert not driver.find("captureButton").isEnabled()
    stand.state = CameraState.RUNNING
    dialog.camera.retry()
    wait_until(lambda: driver.find("captureButton").isEnabled(), "the camera to be back")


def test_dialog_that_is_closed_leaves_no_camera_running_and_no_scan(
    qtbot: QtBot, page: SealsPage, dialog: CaptureDialog, stand: Stand, sheet_shot: "np.ndarray"
) -> None:
    look(dialog, stand, sheet_shot)
    closed = stand.closed
    dialog.reject()
    qtbot.waitUntil(lambda: page.window().findChild(CaptureDialog) is None)
    assert stand.closed > closed
    stand.show(sheet_shot)
    assert page.model.state.scan is None


def test_whole_sheet_of_a4_tells_the_size_and_a_sheet_of_other_proportions_does_not(official_png: bytes) -> None:
    seen = photograph(official_png, (42.0, 42.0), 5, Shot(width=2000, height=1500)).jpeg
    imprint = cut_out(seen, SealKind.OFFICIAL).imprint
    assert imprint is not None
    assert imprint.size_source == "paper_edges"
    assert imprint.width_mm == pytest.approx(41.7, abs=0.3)
    letter = np.full((1500, 1500, 3), (128, 92, 64), np.uint8)
    letter[100:1394, 200:1200] = 238
    seal = draw_seal(SealKind.OFFICIAL, SealText(name="某某公司"))
    picture = cv2.imdecode(np.frombuffer(seal, np.uint8), cv2.IMREAD_UNCHANGED)
    small = cv2.resize(picture, (400, 400), interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = small[:, :, 3:] / 255
    part = letter[400:800, 500:900]
    part[:] = (part * (1 - alpha) + small[:, :, :3] * alpha).astype(np.uint8)
    imprint = cut_out(letter, SealKind.OFFICIAL).imprint
    assert imprint is not None
    assert (imprint.width_mm, imprint.size_source) == (None, None)


def test_scale_sheet_is_saved_as_a_page_whose_marks_are_found_at_their_size(
    qtbot: QtBot, driver: WindowDriver, page: SealsPage, world: World, tmp_path: Path
) -> None:
    driver.click("applySealButton")
    with qtbot.waitSignal(page.notified) as told:
        driver.click("saveScaleSheet")
    assert told.args == ["已保存 印章校准纸.pdf"]
    with open_document(tmp_path / "印章校准纸.pdf", world.workspace.folder.work) as document:
        assert len(document.facts.pages) == 1
        drawn = document.render_page(0, width_px=2100)
    pixels = np.frombuffer(drawn.pixels, np.uint8).reshape(drawn.height, drawn.stride)[:, : drawn.width * 3]
    picture = np.ascontiguousarray(pixels.reshape(drawn.height, drawn.width, 3)[:, :, ::-1])
    found = find_frames(picture)
    assert [frame for frame, _ in found] == list(FRAMES)
    for frame, matrix in found:
        corners = cv2.perspectiveTransform(np.array([[[0.0, 0.0], [frame.free_mm, frame.free_mm]]]), matrix)[0]
        expected = np.array([[frame.x_mm, frame.y_mm], [frame.x_mm + frame.free_mm, frame.y_mm + frame.free_mm]]) * 10
        assert np.abs(corners - expected).max() < 1.5, "to 0.15 mm"
