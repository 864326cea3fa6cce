"""The verification page: every verdict in words a person understands, none of them cut off or flattering."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import Verdict
from desktop.portal.api import PlatformApi
from desktop.testing import OfficeWorker, PhoneHolder, Platform, PreparedCompany, wait_until
from desktop.ui.kit import VerdictBadge
from tests.app.words import words_on

MONTH_S = 31 * 24 * 3600.0


@pytest.fixture
def sealed(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder) -> Path:
    return bidseal_window.seal(bidseal_company.document(pages=1), bidseal_phone)


def cut_off(badge: VerdictBadge) -> list[str]:
    """The words of a badge for which there is no room."""
    words = [w for w in badge.findChildren(QLabel) if w.isVisible() and not w.wordWrap()]
    return [w.text() for w in words if w.width() < w.sizeHint().width()]


def judged(worker: OfficeWorker, *paths: Path) -> list[Verdict | None]:
    """Hand files in and read the verdicts, in the order shown."""
    worker.screen.click("nav_verify")
    worker.hand.hold(*paths)
    worker.screen.click("verifyDropChoose")
    worker.screen.find("verdict_0")
    wait_until(lambda: not worker.screen.is_visible("verifyProgress"), "the end of the work")
    badges = [worker.screen.find(f"verdict_{n}", VerdictBadge) for n in range(len(paths))]
    wait_until(lambda: not any(map(cut_off, badges)), "whole words on the badges", timeout_s=2.0)
    return [badge.verdict for badge in badges]


def test_a_sealed_file_is_valid_and_names_who_sealed_it(
    sealed: Path, bidseal_window: OfficeWorker, bidseal_company: PreparedCompany
) -> None:
    assert judged(bidseal_window, sealed) == [Verdict.VALID]
    words = words_on(bidseal_window.screen)
    assert f"{bidseal_company.name} · {bidseal_company.company.holder}" in words
    assert "签名之后文件内容没有改动" in words


def test_a_changed_file_is_invalid_and_not_to_be_trusted(sealed: Path, bidseal_window: OfficeWorker) -> None:
    data = bytearray(sealed.read_bytes())
    data[2000] ^= 1
    changed = sealed.with_name("改过.pdf")
    changed.write_bytes(data)
    assert judged(bidseal_window, changed) == [Verdict.INVALID]
    assert "请勿信任此文件" in words_on(bidseal_window.screen)


def test_a_file_without_signature_is_unsigned(bidseal_window: OfficeWorker, bidseal_company: PreparedCompany) -> None:
    assert judged(bidseal_window, bidseal_company.document()) == [Verdict.UNSIGNED]
    assert "此文件没有任何签名" in words_on(bidseal_window.screen)


def test_something_that_is_no_pdf_never_looks_valid_or_merely_unsigned(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, tmp_path: Path
) -> None:
    path = tmp_path / "假的.pdf"
    path.write_bytes(b"hello")
    assert judged(bidseal_window, path) == [Verdict.CANNOT_TELL]
    words = words_on(bidseal_window.screen)
    for never in ("Traceback", "Error", "Exception"):
        assert never not in words


def test_with_outdated_revocation_and_no_platform_the_evidence_in_the_file_tells(
    sealed: Path, bidseal_window: OfficeWorker, bidseal_platform: Platform, bidseal_clock: ManualClock
) -> None:
    bidseal_platform.stop()
    bidseal_clock.advance(MONTH_S)
    assert judged(bidseal_window, sealed) == [Verdict.VALID]


@pytest.fixture
def no_timestamps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time stamping service is down: seals are made without proven time and evidence."""

    def down(_api: PlatformApi, _request: bytes) -> bytes:
        raise UnavailableError("portal.unreachable", "down")

    monkeypatch.setattr(PlatformApi, "timestamp", down)


def test_with_outdated_revocation_no_platform_and_no_evidence_nobody_can_tell(
    no_timestamps: None,
    sealed: Path,
    bidseal_window: OfficeWorker,
    bidseal_platform: Platform,
    bidseal_clock: ManualClock,
) -> None:
    assert judged(bidseal_window, sealed) == [Verdict.VALID]
    bidseal_platform.stop()
    bidseal_clock.advance(MONTH_S)
    assert judged(bidseal_window, sealed) == [Verdict.CANNOT_TELL]
    assert bidseal_window.screen.is_visible("verifyNotice")
    assert "未能更新吊销信息" in words_on(bidseal_window.screen)


def test_several_files_are_judged_in_their_order_and_can_be_cleared(
    sealed: Path, bidseal_window: OfficeWorker, bidseal_company: PreparedCompany
) -> None:
    assert judged(bidseal_window, sealed, bidseal_company.document()) == [Verdict.VALID, Verdict.UNSIGNED]
    bidseal_window.screen.click("clearVerdictsButton")
    bidseal_window.screen.wait_gone("verdict_0")


def test_a_seal_without_a_proven_time_gets_a_timestamp_by_one_click_in_a_new_file_that_is_judged(
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    bidseal_phone: PhoneHolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*_: object) -> bytes:
        raise UnavailableError("portal.unreachable", "down")

    with monkeypatch.context() as patch:
        patch.setattr(PlatformApi, "timestamp", down)
        plain = bidseal_window.seal(bidseal_company.document("一页.pdf", pages=1), bidseal_phone)
        assert judged(bidseal_window, plain) == [Verdict.VALID]
        bidseal_window.screen.click("addTime_0")
        wait_until(lambda: "无法连接平台" in words_on(bidseal_window.screen), "the reason to be said")
    before = plain.read_bytes()
    wait_until(lambda: not bidseal_window.screen.is_visible("verifyProgress"), "the end of the work")
    bidseal_window.screen.click("addTime_0")
    stamped = plain.with_name(f"{plain.stem}_时间戳.pdf")
    wait_until(lambda: bidseal_window.screen.text_of("verdictFile_0") == stamped.name, "the new file on top")
    badge = bidseal_window.screen.find("verdict_0", VerdictBadge)
    wait_until(lambda: badge.verdict is Verdict.VALID or not badge.isVisible(), "the verdict")
    wait_until(lambda: not bidseal_window.screen.is_visible("addTime_0"), "no more button at the new file")
    assert bidseal_window.screen.is_visible("addTime_1")
    assert plain.read_bytes() == before


def test_a_seal_with_a_proven_time_offers_no_timestamp(sealed: Path, bidseal_window: OfficeWorker) -> None:
    assert judged(bidseal_window, sealed) == [Verdict.VALID]
    assert not bidseal_window.screen.is_visible("addTime_0")
