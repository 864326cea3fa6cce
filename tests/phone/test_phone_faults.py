"""Networks that fail: every fault ends in a named state, and nothing is done twice or lost."""

import threading
from typing import Any

import pytest

from desktop.domain.clock import SystemClock
from desktop.domain.errors import UnavailableError
from desktop.phone.core import HttpReply, Phone, PhoneOutcome, RelayTiming, secret_password
from desktop.protocol.messages import Outcome
from tests.phone.phone_world import PASSWORD, QUICK, Desktop, World, download_request, login_request, unreachable


def accepted(world: World, phone: Phone) -> tuple[Any, Desktop]:
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    return scanned, desktop


def approve(scanned: Any, phone: Phone, desktop: Desktop) -> Any:
    return scanned.approve(phone.certificates()[0].serial, secret_password(PASSWORD), desktop.check_code)


def test_the_default_timing_names_a_dead_network_within_ten_seconds() -> None:
    timing = RelayTiming()
    stall = timing.poll_s + timing.margin_s
    # Either the stalled poll alone uses up the budget, or quick failures do, plus one last pause and attempt.
    assert max(stall, timing.fault_budget_s) + timing.margin_s <= 10
    assert stall >= timing.fault_budget_s


def test_an_unreachable_platform_at_the_scan_is_said(world: World, equipped: Phone) -> None:
    text = Desktop(world, enrolled=False).show(login_request())
    world.relay.fault = unreachable
    with pytest.raises(UnavailableError) as caught:
        equipped.scan(text)
    assert caught.value.code == "phone.platform_unreachable"


def test_a_hiccup_at_the_scan_is_borne(world: World, equipped: Phone) -> None:
    text = Desktop(world, enrolled=False).show(login_request())
    failures = iter([True, False, True, False, True])

    def hiccup(*_: str) -> HttpReply | None:
        return HttpReply(status=502) if next(failures, False) else None

    world.relay.fault = hiccup
    assert equipped.scan(text).wait_accepted()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_t25_a_redirect_is_never_followed(world: World, equipped: Phone, status: int) -> None:
    text = Desktop(world, enrolled=False).show(login_request())
    world.relay.fault = lambda *_: HttpReply(status=status)
    with pytest.raises(UnavailableError):
        equipped.scan(text)


def test_a_network_lost_on_the_consent_page_has_a_name(world: World, equipped: Phone) -> None:
    scanned, _ = accepted(world, equipped)
    world.relay.fault = unreachable
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.UNREACHABLE, "phone.platform_unreachable")


def test_an_answer_whose_network_is_lost_is_unconfirmed_never_done(world: World, equipped: Phone) -> None:
    scanned, desktop = accepted(world, equipped)
    desktop.on_verified = lambda _: None
    approve(scanned, equipped, desktop)
    world.relay.fault = unreachable
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.UNCONFIRMED, "phone.no_receipt")


def test_an_answer_that_reached_the_relay_twice_is_one(world: World, equipped: Phone) -> None:
    scanned, desktop = accepted(world, equipped)
    box = world.relay.boxes[scanned._core.token]
    before = len(box.frames)
    world.relay.lost_answers = 2
    approve(scanned, equipped, desktop)
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert len(box.frames) == before + 1


def test_a_mailbox_gone_after_the_answer_is_unconfirmed(world: World, equipped: Phone) -> None:
    scanned, desktop = accepted(world, equipped)
    desktop.on_verified = lambda _: None
    approve(scanned, equipped, desktop)
    world.relay.delete(scanned._core.token)
    assert scanned.wait_result(timeout=5).code == "phone.no_receipt"


def test_a_mailbox_gone_on_the_consent_page_ends_the_scan(world: World, equipped: Phone) -> None:
    scanned, _ = accepted(world, equipped)
    world.relay.delete(scanned._core.token)
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.ENDED, "phone.mailbox_gone")


def test_the_receipt_wins_over_a_mailbox_deleted_right_after_it(world: World, equipped: Phone) -> None:
    scanned, desktop = accepted(world, equipped)
    waiting = threading.Thread(target=scanned.wait_result)
    waiting.start()
    approve(scanned, equipped, desktop)
    waiting.join(5)
    desktop.delete_mailboxes()
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE


def test_a_desktop_that_never_answers_is_named(world: World, equipped: Phone) -> None:
    scanned = equipped.scan(Desktop(world, enrolled=False, lazy=True).show(login_request()))
    assert not scanned.wait_accepted(timeout=0.1)
    assert scanned.result is not None
    assert scanned.result.code == "phone.desktop_silent"


def test_nobody_waits_longer_than_the_time_to_consent(world: World, equipped: Phone) -> None:
    scanned, _ = accepted(world, equipped)
    world.clock.advance(126)
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.EXPIRED, "ceremony.answer_timeout")


def test_nobody_waits_longer_than_the_time_for_the_receipt(world: World, equipped: Phone) -> None:
    scanned, desktop = accepted(world, equipped)
    desktop.on_verified = lambda _: None
    approve(scanned, equipped, desktop)
    world.clock.advance(96)
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.UNCONFIRMED


def test_cancelling_before_the_desktop_accepted_ends_here(world: World, equipped: Phone) -> None:
    scanned = equipped.scan(Desktop(world, enrolled=False, lazy=True).show(login_request()))
    cancel = threading.Event()
    cancel.set()
    assert not scanned.wait_accepted(cancel)
    assert scanned.result is not None
    assert scanned.result.outcome is PhoneOutcome.CANCELLED


def test_cancelling_in_the_moment_of_acceptance_is_told_to_the_desktop(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    cancel = threading.Event()
    cancel.set()
    assert not scanned.wait_accepted(cancel)
    assert desktop.ended is not None
    assert desktop.ended.code == "ceremony.cancelled"


def test_after_the_answer_it_is_too_late_to_cancel(world: World, equipped: Phone) -> None:
    scanned, desktop = accepted(world, equipped)
    desktop.on_verified = lambda _: None
    approve(scanned, equipped, desktop)
    assert not scanned.cancel()
    assert not scanned.decline()
    desktop.finish(Outcome.DONE)
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE


def test_a_slow_down_is_obeyed(world: World, equipped: Phone) -> None:
    scanned, desktop = accepted(world, equipped)
    approve(scanned, equipped, desktop)
    asked = iter([True])
    world.relay.fault = lambda *_: HttpReply(status=429, retry_after_s=0.5) if next(asked, False) else None
    before = SystemClock().monotonic()
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert SystemClock().monotonic() - before >= 0.4


def test_a_full_mailbox_is_said(world: World, equipped: Phone) -> None:
    text = Desktop(world, enrolled=False).show(login_request())

    def full(method: str, _: str) -> HttpReply | None:
        return HttpReply(status=429, body=b'{"code": "platform.mailbox_full"}') if method == "POST" else None

    world.relay.fault = full
    with pytest.raises(Exception, match=r"platform\.mailbox_full"):
        equipped.scan(text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"messages": 1}',
        b'{"messages": [1]}',
        b'{"messages": ["*"]}',
        b'{"messages": [' + b'"",' * 9 + b'""]}',
        b"[" * 100_000,
    ],
)
def test_t22_t23_nonsense_from_the_relay_ends_with_a_name(world: World, equipped: Phone, body: bytes) -> None:
    scanned, _ = accepted(world, equipped)
    world.relay.fault = lambda *_: HttpReply(status=200, body=body)
    result = scanned.wait_result(timeout=5)
    assert result.outcome is PhoneOutcome.REJECTED


def _download_without_receipt(world: World, phone: Phone) -> Desktop:
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(download_request()))
    assert scanned.wait_accepted()

    def lose(_: Any) -> None:
        world.relay.fault = unreachable

    desktop.on_verified = lose
    scanned.approve(None, secret_password(PASSWORD), desktop.check_code)
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.UNCONFIRMED
    world.relay.fault = lambda *_: None
    return desktop


def test_a_lost_receipt_of_a_download_loses_no_key(world: World, phone: Phone) -> None:
    desktop = _download_without_receipt(world, phone)
    again = world.phone()
    (unfinished,) = again.unfinished_downloads()
    assert unfinished.holder == "张三"
    assert desktop.verified is not None
    spki = desktop.verified.answer.results[0]
    issued = world.issue("张三", spki["sign"], spki["enc"])
    _log_in(world, again)
    listed = [{"sign_cert": _b64(issued["sign_cert"]), "enc_cert": _b64(issued["enc_cert"])}]
    world.relay.account["GET /api/v1/certificates"] = (200, listed)
    assert again.complete_downloads() == 1
    assert again.unfinished_downloads() == ()
    assert again.certificates()[0].holder == "张三"
    assert again.complete_downloads() == 0


def test_a_full_disk_at_the_receipt_is_named_and_the_download_stays(
    world: World, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(download_request()))
    assert scanned.wait_accepted()
    scanned.approve(None, secret_password(PASSWORD), desktop.check_code)

    def full(*_: object, **__: object) -> None:
        raise UnavailableError("general.disk_full")

    with monkeypatch.context() as patch:
        patch.setattr("desktop.phone.core.keystore.write_atomic", full)
        result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.UNCONFIRMED, "general.disk_full")
    assert len(phone.unfinished_downloads()) == 1


def test_an_unfinished_download_may_be_discarded(world: World, phone: Phone) -> None:
    _download_without_receipt(world, phone)
    phone.discard_download(phone.unfinished_downloads()[0].entry_id)
    assert phone.unfinished_downloads() == ()


def test_strange_certificates_do_not_complete_a_download(world: World, phone: Phone) -> None:
    desktop = _download_without_receipt(world, phone)
    assert desktop.verified is not None
    spki = desktop.verified.answer.results[0]
    issued = world.issue("王五", spki["sign"], spki["enc"])
    _log_in(world, phone)
    listed = [
        {"sign_cert": _b64(b"junk"), "enc_cert": _b64(b"junk")},
        {"sign_cert": _b64(issued["sign_cert"]), "enc_cert": _b64(issued["enc_cert"])},
    ]
    world.relay.account["GET /api/v1/certificates"] = (200, listed)
    assert phone.complete_downloads() == 0
    assert len(phone.unfinished_downloads()) == 1


def _b64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


def _log_in(world: World, phone: Phone) -> None:
    session = {"token": "t0ken", "account": {"name": "", "mobile_masked": "138****0001"}, "created": True}
    world.relay.account["POST /api/v1/sessions/sms"] = (200, session)
    assert phone.log_in_by_sms("13800000001", "123456").created


def test_timing_of_the_tests_is_only_faster() -> None:
    assert QUICK.poll_s < RelayTiming().poll_s
