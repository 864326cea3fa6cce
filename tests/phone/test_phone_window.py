"""The virtual phone on screen: a person's clicks from login to receipt, and what must never be seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.phone.core import Phone, PhoneOutcome
from desktop.phone.window.grabbing import Grab, decode_file, decode_grab, grab_of
from desktop.phone.window.inbox import ControlInbox, read_sms
from desktop.phone.window.states import Screen, Stage
from desktop.ui.i18n import Language, Languages
from tests.phone.phone_ca import ORGANIZATION
from tests.phone.phone_hand import SMS, Eyes, Hand
from tests.phone.phone_world import PASSWORD, Desktop, World, download_request, login_request, seal_item, unit_request


def test_a_code_from_the_banner_logs_in(fresh: Hand, outbox: list[dict[str, str]]) -> None:
    app = fresh.window.app
    fresh.wait(lambda: app._has_looked)
    assert not fresh.find(QAbstractButton, "loginCodeSend").isEnabled()
    fresh.type("loginMobile", "13800000001")
    fresh.press("loginCodeSend")
    fresh.wait(lambda: app.state.sent_count == 1)
    outbox.append(SMS)
    app.poll_messages()
    fresh.wait(lambda: app.state.banner is not None)
    assert fresh.text("smsBannerText") == SMS["text"]
    fresh.press("smsBannerCopy")
    assert fresh.window.login.code.value == "482913"
    assert QGuiApplication.clipboard().text() == "482913"
    assert fresh.find(QWidget, "smsBanner").isHidden()
    fresh.press("loginSubmit")
    fresh.wait(lambda: app.state.screen is Screen.HOME)
    assert fresh.text("homeWho") == f"138****0001\n{ORGANIZATION}"


def test_a_wrong_code_is_said_on_the_login_page(fresh: Hand, world: World) -> None:
    world.relay.account["POST /api/v1/sessions/sms"] = (400, {"code": "phone.nonsense"})
    fresh.type("loginMobile", "13800000001")
    fresh.type("loginCode", "111111")
    fresh.press("loginSubmit")
    fresh.wait(lambda: fresh.window.app.state.problem_code == "phone.platform_refused")
    assert not fresh.find(QWidget, "loginProblem").isHidden()
    fresh.type("loginCode", "222222")
    assert fresh.find(QAbstractButton, "loginSubmit").isEnabled()


def test_a_certificate_is_downloaded_by_clicks(fresh: Hand, world: World, eyes: Eyes) -> None:
    fresh.window.app.open(Screen.HOME)
    desktop = Desktop(world, enrolled=False)
    fresh.scan(eyes, desktop.show(download_request()))
    assert fresh.text("consentTitle") == "下载数字证书"
    fresh.type("consentPassword", "123456")
    fresh.type("consentRepeated", "123456")
    assert not fresh.find(QAbstractButton, "consentApprove").isEnabled()
    fresh.type("consentTypedCode", desktop.check_code)
    fresh.press("consentApprove")
    assert fresh.window.scan.state.problem_code == "phone.password_weak"
    fresh.type("consentPassword", PASSWORD)
    fresh.type("consentRepeated", PASSWORD + "x")
    fresh.press("consentApprove")
    assert fresh.window.scan.state.problem_code == "phone.password_differs"
    fresh.type("consentRepeated", PASSWORD)
    fresh.press("consentApprove")
    fresh.wait_stage(Stage.RESULT)
    assert fresh.text("resultTitle") == "证书已下载"
    fresh.press("resultClose")
    fresh.wait(lambda: len(fresh.window.app.state.certificates) == 1)


def test_login_with_the_typed_code(hand: Hand, world: World, eyes: Eyes) -> None:
    desktop = Desktop(world, enrolled=False)
    hand.scan(eyes, desktop.show(login_request()))
    shown = [label.text() for label in hand.window.findChildren(QLabel)]
    assert desktop.check_code not in shown
    hand.type("consentTypedCode", desktop.check_code)
    hand.type("consentPassword", "wrong-pass-1")
    hand.press("consentApprove")
    hand.wait(lambda: hand.window.scan.state.problem_code == "phone.wrong_password")
    assert hand.window.scan.state.tries_left == 9
    hand.type("consentPassword", PASSWORD)
    assert hand.window.scan.state.problem_code == ""
    hand.press("consentApprove")
    hand.wait_stage(Stage.RESULT)
    assert hand.text("resultTitle") == "登录成功"


def test_done_is_said_only_after_the_receipt(hand: Hand, world: World, eyes: Eyes, equipped: Phone) -> None:
    certificate = equipped.certificates()[0]
    desktop = Desktop(world, enrolled=True)
    held: list[Any] = []
    desktop.on_verified = held.append
    items = [seal_item(certificate.sign_certificate, "长" * 60 + ".pdf"), seal_item(b"x", "坏.pdf", attributes=b"?")]
    hand.scan(eyes, desktop.show(unit_request(Operation.SEAL, certificate.serial, *items)))
    shown = [label.text() for label in hand.window.findChildren(QLabel)]
    assert "长" * 60 + ".pdf" in shown
    hand.type("consentPassword", PASSWORD)
    hand.press("consentApprove")
    hand.wait_stage(Stage.WAITING)
    assert hand.text("waitingTitle") == "已签署, 等待电脑确认"
    desktop.act(held[0])
    hand.wait_stage(Stage.RESULT)
    assert hand.text("resultTitle") == "部分完成"
    assert hand.window.scan.state.outcome is PhoneOutcome.PARTIAL
    shown = [label.text() for label in hand.window.findChildren(QLabel)]
    assert any(text.startswith("签名内容与所示文件不符") for text in shown)


def test_declining_is_one_click_and_as_wide_as_agreeing(hand: Hand, world: World, eyes: Eyes) -> None:
    desktop = Desktop(world, enrolled=False)
    hand.scan(eyes, desktop.show(login_request()))
    hand.window.grab()
    decline, approve = (hand.find(QAbstractButton, n) for n in ("consentDecline", "consentApprove"))
    assert decline.size() == approve.size()
    decline.click()
    hand.wait_stage(Stage.RESULT)
    assert hand.text("resultTitle") == "已拒绝"
    hand.wait(lambda: desktop.ended is not None)


def test_the_desktops_cancel_is_seen_at_once(hand: Hand, world: World, eyes: Eyes) -> None:
    desktop = Desktop(world, enrolled=False)
    hand.scan(eyes, desktop.show(login_request()))
    desktop.carry_out(desktop.ceremony.cancel())
    hand.wait_stage(Stage.RESULT)
    assert hand.text("resultTitle") == "操作已取消"


def test_more_time_is_offered_once(hand: Hand, world: World, eyes: Eyes) -> None:
    hand.scan(eyes, Desktop(world, enrolled=False).show(login_request()))
    hand.press("consentExtend")
    assert hand.find(QWidget, "consentExtend").isHidden()
    hand.wait(lambda: hand.window.scan.state.remaining_s > 120)


def test_passwords_do_not_stay_in_their_fields(hand: Hand, world: World, eyes: Eyes) -> None:
    hand.scan(eyes, Desktop(world, enrolled=False).show(login_request()))
    hand.type("consentPassword", PASSWORD)
    hand.press("consentDecline")
    hand.wait_stage(Stage.RESULT)
    from PySide6.QtWidgets import QLineEdit

    assert all(PASSWORD not in edit.text() for edit in hand.window.findChildren(QLineEdit))


def test_a_foreign_code_is_explained(hand: Hand, eyes: Eyes) -> None:
    eyes.texts = ["https://evil.example/m#x"]
    hand.press("homeScan")
    hand.wait_stage(Stage.RESULT)
    assert hand.text("resultTitle") == "这不是本平台的二维码"


def test_among_several_codes_the_platforms_own_is_taken(hand: Hand, world: World, eyes: Eyes) -> None:
    eyes.texts = ["https://evil.example/m#x", Desktop(world, enrolled=False).show(login_request())]
    hand.press("homeScan")
    hand.wait_stage(Stage.CONSENT)


def test_a_renewed_code_is_looked_for_again(hand: Hand, world: World, eyes: Eyes) -> None:
    desktop = Desktop(world, enrolled=False)
    eyes.texts = [desktop.show(login_request())]
    world.clock.advance(6)

    def renewed(grab: Grab) -> list[str]:
        return [desktop.code()] if eyes.looks > 1 else list(eyes.texts)

    hand.window.scan._decode = renewed
    hand.press("homeScan")
    hand.wait_stage(Stage.CONSENT)


def test_no_code_on_the_screen_is_said_and_a_picture_helps(
    hand: Hand, world: World, eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.phone.window.scan_model._LOOK_EVERY_MS", 0)
    hand.press("homeScan")
    hand.wait_stage(Stage.NOT_FOUND)
    assert hand.text("scanTitle") == "未找到二维码"
    eyes.texts = [Desktop(world, enrolled=False).show(login_request())]
    hand.window.scan.read_file(Path("code.png"))
    hand.wait_stage(Stage.CONSENT)


def test_a_screen_that_cannot_be_read_is_said(hand: Hand, eyes: Eyes) -> None:
    eyes.is_blind = True
    hand.press("homeScan")
    hand.wait_stage(Stage.NOT_FOUND)
    assert hand.text("scanTitle") == "无法读取屏幕"
    hand.press("scanCancel")
    hand.wait_stage(Stage.IDLE)


def test_leaving_the_consent_page_tells_the_desktop(hand: Hand, world: World, eyes: Eyes) -> None:
    desktop = Desktop(world, enrolled=False)
    hand.scan(eyes, desktop.show(login_request()))
    hand.window.scan.leave()
    hand.wait(lambda: desktop.ended is not None)
    assert hand.window.scan.state.stage is Stage.IDLE


def test_closing_the_window_in_mid_scan_leaves_no_worker_behind(hand: Hand, world: World, eyes: Eyes) -> None:
    desktop = Desktop(world, enrolled=False)
    hand.scan(eyes, desktop.show(login_request()))
    hand.window.close()
    assert desktop.ended is not None


def test_an_unfinished_download_can_be_fetched_or_discarded(hand: Hand, world: World, eyes: Eyes) -> None:
    desktop = Desktop(world, enrolled=False)
    desktop.on_verified = lambda _: None
    hand.scan(eyes, desktop.show(download_request()))
    hand.type("consentTypedCode", desktop.check_code)
    hand.type("consentPassword", PASSWORD)
    hand.type("consentRepeated", PASSWORD)
    hand.press("consentApprove")
    hand.wait_stage(Stage.WAITING)
    world.relay.delete(next(reversed(world.relay.boxes)))
    hand.wait_stage(Stage.RESULT)
    assert hand.text("resultTitle") == "已发送, 尚未得到电脑确认"
    hand.press("resultClose")
    hand.window.app.open(Screen.CERTIFICATES)
    hand.wait(lambda: len(hand.window.app.state.unfinished) == 1)
    entry_id = hand.window.app.state.unfinished[0].entry_id
    world.relay.account["GET /api/v1/certificates"] = (200, [])
    hand.press(f"unfinishedFetch_{entry_id}")
    hand.wait(lambda: hand.window.app.state.notice == "nothing_yet")
    hand.press(f"unfinishedDiscard_{entry_id}")
    hand.wait(lambda: hand.window.app.state.unfinished == ())


def test_the_certificate_password_is_changed_by_clicks(hand: Hand, equipped: Phone) -> None:
    app = hand.window.app
    hand.wait(lambda: len(app.state.certificates) == 1)
    app.show_certificate(app.state.certificates[0].entry_id)
    assert hand.text("certificateHolder") == "张三"
    hand.press("certificateChangePassword")
    for name, text in (
        ("passwordOld", "wrong-pass-1"),
        ("passwordNew", "New-Pass-2026"),
        ("passwordRepeated", "New-Pass-2026"),
    ):
        hand.type(name, text)
    hand.press("passwordSubmit")
    hand.wait(lambda: app.state.problem_code == "phone.wrong_password")
    hand.type("passwordOld", PASSWORD)
    hand.press("passwordSubmit")
    hand.wait(lambda: app.state.notice == "password_changed")
    assert app.state.screen is Screen.CERTIFICATE


def test_every_page_speaks_english_without_a_restart(hand: Hand, languages: Languages) -> None:
    languages.use(Language.ENGLISH)
    QApplication.processEvents()
    assert hand.find(QAbstractButton, "homeScan").text() == "Scan"
    hand.window.app.open(Screen.ME)
    assert hand.text("mePageTitle") == "Me"


def test_the_status_bar_shows_the_platforms_time_in_shanghai(hand: Hand, world: World) -> None:
    assert hand.window.status.time == "12:00"
    world.clock.advance(3600)
    assert hand.window.status.time == "13:00"


def test_every_control_has_a_name(hand: Hand) -> None:
    from PySide6.QtWidgets import QComboBox, QLineEdit

    for kind in (QAbstractButton, QLineEdit, QComboBox):
        for control in hand.window.findChildren(kind):
            assert control.objectName() or control.parent().objectName() == "qt_scrollarea_viewport", control
            if isinstance(control, QAbstractButton) and control.isVisibleTo(hand.window):
                assert control.accessibleName() or control.text(), control.objectName()


def test_an_inbox_that_is_not_allowed_stays_silent(fresh: Hand, world: World) -> None:
    inbox = ControlInbox(world.relay, SecretBytes(b"guess"))
    with pytest.raises(Exception, match="403"):
        inbox.messages()


def test_a_message_without_fields_still_reads() -> None:
    assert read_sms({"text": "您的验证码为 123456。"}).code == "123456"
    assert read_sms({}).code == ""


def test_a_shown_code_is_read_by_the_products_decoder(world: World, tmp_path: Path) -> None:
    import segno

    text = Desktop(world, enrolled=False).show(login_request())
    path = tmp_path / "code.png"
    segno.make(text, error="m").save(str(path), scale=6, border=4)
    assert decode_file(path) == [text]
    assert decode_grab(grab_of(QImage(str(path)))) == [text]


def test_a_code_for_another_number_is_copied_but_not_filled_in(fresh: Hand, outbox: list[dict[str, str]]) -> None:
    app = fresh.window.app
    fresh.wait(lambda: app._has_looked)
    fresh.type("loginMobile", "13800000001")
    outbox.append({**SMS, "mobile": "13900000000"})
    app.poll_messages()
    fresh.wait(lambda: app.state.banner is not None)
    fresh.press("smsBannerCopy")
    assert QGuiApplication.clipboard().text() == "482913"
    assert fresh.window.login.code.value == ""


def test_messages_from_before_are_in_the_inbox_without_a_banner(
    phone: Phone, open_window: Callable[[Phone], Hand], outbox: list[dict[str, str]]
) -> None:
    outbox.append(SMS)
    hand = open_window(phone)
    hand.wait(lambda: len(hand.window.app.state.messages) == 1)
    assert hand.window.app.state.banner is None


def test_the_number_of_documents_is_always_in_sight(hand: Hand, world: World, eyes: Eyes, equipped: Phone) -> None:
    certificate = equipped.certificates()[0]
    items = [seal_item(certificate.sign_certificate, f"{n}.pdf") for n in range(8)]
    hand.scan(eyes, Desktop(world, enrolled=True).show(unit_request(Operation.SEAL, certificate.serial, *items)))
    assert hand.text("consentRemaining").startswith("共 8 项")


def test_a_message_never_covers_what_is_being_agreed_to(
    hand: Hand, world: World, eyes: Eyes, outbox: list[dict[str, str]]
) -> None:
    app, banner = hand.window.app, hand.find(QWidget, "smsBanner")
    hand.wait(lambda: app._has_looked)
    hand.scan(eyes, Desktop(world, enrolled=False).show(login_request()))
    outbox.append(SMS)
    app.poll_messages()
    hand.wait(lambda: app.state.banner is not None)
    assert banner.isHidden()
    hand.window.scan.leave()
    assert not banner.isHidden()
