"""One scan by camera through the real windows: the demo's way, where the client films the virtual phone's screen."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QProgressBar

from desktop.phone.window.screen_cast import ScreenCast
from desktop.phone.window.states import Stage
from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany, wait_until
from desktop.testing.phone_screen import cameras_with_screen
from desktop.testing.prepared import Platform
from desktop.views.scan import ScanDialog
from tests.app.words import open_sealing, words_on


@pytest.fixture
def asked(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, tmp_path: Path
) -> OfficeWorker:
    """The code for sealing one document is on the screen, and a phone's screen before the camera."""
    picture = tmp_path / "screen.png"
    ScreenCast(bidseal_phone.window, picture)
    bidseal_window.client._cameras = lambda: cameras_with_screen(picture, name=lambda: "虚拟手机的屏幕")
    open_sealing(bidseal_window, bidseal_company.document())
    bidseal_window.screen.find("scanSwitch")
    return bidseal_window


def sealed(company: PreparedCompany) -> list[Path]:
    return list(company.documents.glob("*_已签章*"))


def test_with_the_platform_gone_a_document_is_sealed_from_screen_to_screen(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_platform: Platform, bidseal_company: PreparedCompany
) -> None:
    bidseal_platform.stop()
    asked.screen.click("scanSwitch")
    bidseal_phone.scan(asked.screen)
    assert asked.screen.text_of("cameraProgress") == "等待手机的答案…"
    bidseal_phone.approve_by_camera()
    asked.screen.find("scanCloseButton")
    assert not asked.screen.is_visible("scanCamera")
    assert "已交出, 尚未确认" in words_on(bidseal_phone.screen)
    bidseal_phone.scan_receipt()
    assert bidseal_phone.screen.text_of("resultTitle") == "签章完成"
    asked.finish_scan()
    assert len(sealed(bidseal_company)) == 1


def test_who_declines_shows_no_code_and_the_window_goes_on_waiting(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    asked.screen.click("scanSwitch")
    bidseal_phone.scan(asked.screen)
    bidseal_phone.decline()
    assert asked.screen.is_visible("qrCode")
    assert bidseal_phone.held_code() == ""
    bidseal_phone.put_away()
    asked.screen.click("codesCardCancel")
    asked.screen.find("codesCardProblem")
    assert sealed(bidseal_company) == []


def test_progress_is_counted_and_leaving_the_codes_is_said_to_be_unconfirmed(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    asked.screen.click("scanSwitch")
    bidseal_phone.scan(asked.screen)
    bidseal_phone.screen.find("consentTitle")
    bar = asked.screen.find("scanCamera").parentWidget().findChild(QProgressBar)
    assert isinstance(bar, QProgressBar)
    assert bar.value() == 0
    bidseal_phone.approve_by_camera()
    asked.screen.find("scanCloseButton")
    bidseal_phone.screen.click("codesFinish")
    assert bidseal_phone.screen.text_of("resultTitle") == "已发送, 尚未得到电脑确认"
    asked.finish_scan()
    assert len(sealed(bidseal_company)) == 1


def test_back_over_the_network_and_again_by_camera_a_new_challenge_is_shown(
    asked: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    dialog = asked.screen.find("scanDialog", ScanDialog)
    width = dialog.width()
    asked.screen.click("scanSwitch")
    asked.screen.find("codesCounter")
    first = dialog.model.state.view.codes
    assert dialog.width() > width
    asked.screen.click("scanSwitch")
    wait_until(lambda: bool(dialog.model.state.view.qr_text), "the relay's code")
    assert dialog.width() == width
    asked.screen.click("scanSwitch")
    wait_until(lambda: bool(dialog.model.state.view.codes), "codes")
    assert not set(first) & set(dialog.model.state.view.codes)
    asked.screen.click("codesPause")
    assert asked.screen.text_of("codesPause") == "继续播放"
    shown = asked.screen.text_of("codesCounter")
    wait_until(lambda: asked.screen.is_visible("scanCameraView"), "the camera's picture")
    assert asked.screen.text_of("codesCounter") == shown
    asked.screen.click("codesCardCancel")
    asked.screen.find("codesCardProblem")
    assert bidseal_phone.window.scan.state.stage is Stage.IDLE


def test_at_a_strange_workstation_the_phone_is_seen_and_no_code_is_typed(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, tmp_path: Path
) -> None:
    picture = tmp_path / "screen.png"
    cast = ScreenCast(bidseal_phone.window, picture)
    bidseal_window.client._cameras = lambda: cameras_with_screen(picture, name=lambda: "虚拟手机的屏幕")
    bidseal_window.client.workspace.workstation.forget(bidseal_company.company.credit_code)
    bidseal_window.sign_out()
    bidseal_window.screen.click("qrLoginTab")
    bidseal_phone.scan(bidseal_window.screen)
    assert bidseal_phone.screen.is_visible("consentTypedCode")
    bidseal_window.screen.click("scanNear")
    bidseal_phone.screen.click("consentNear")
    bidseal_phone.screen.find("consentNearCode")
    cast.write()
    bidseal_phone.screen.wait_gone("consentTypedCode")
    bidseal_window.screen.wait_gone("nearDialog")
    assert "电脑已看到本手机" in words_on(bidseal_phone.screen)
    bidseal_phone.approve(bidseal_company.password)
    bidseal_window.screen.find("nav_home")
