"""Sealing with the platform's time stamping service: B-LT when it answers, less and said so when it does not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.crypto.timestamps import write_refusal
from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.portal.api import PlatformApi
from desktop.services.ceremony import CeremonyView
from desktop.signing.pdf import PdfVerdict, verify_pdf
from tests.services.test_threats import Unit, sealing, source, unit

__all__ = ["source", "unit"]
YEARS_S = 300 * 24 * 3600


def offline(unit: Unit, path: Path) -> PdfVerdict:
    """Judge years later with nothing but the root."""
    anchors = TrustAnchors(roots=unit.workspace.trust.anchors.roots)
    now = unit.workspace.clock.now()
    return verify_pdf(path, anchors=anchors, revocation=RevocationData(), now=now)


def sealed(unit: Unit, source: Path) -> tuple[CeremonyView, Path]:
    view, job = sealing(unit, source, lambda *_: None)
    (item,) = view.details
    assert (view.problem, item.code) == ("", "")
    assert not item.note or item.note in CATALOGUE
    assert not list(job.target.parent.glob(".bidseal-*"))
    return view, job.target


def test_seal_is_b_lt_and_valid_years_later_without_the_platform(unit: Unit, source: Path, clock: ManualClock) -> None:
    view, target = sealed(unit, source)
    assert (view.details[0].level, view.details[0].note) == ("B-LT", "")
    assert unit.verdict(target) is Verdict.VALID
    stamped = clock.now()
    clock.advance(YEARS_S)
    verdict = offline(unit, target)
    assert verdict.verdict is Verdict.VALID, verdict.reasons
    assert verdict.signatures[0].proven_time == stamped


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[..., bytes]], list[object]]:
    """Let one call of the platform end otherwise; returns the list of its calls."""

    def change(name: str, end: Callable[..., bytes]) -> list[object]:
        calls: list[object] = []

        def called(_api: PlatformApi, *arguments: object) -> bytes:
            calls.append(arguments)
            return end(*arguments)

        monkeypatch.setattr(PlatformApi, name, called)
        return calls

    return change


def down(*_: object) -> bytes:
    raise UnavailableError("portal.unreachable", "down")


@pytest.mark.parametrize(
    ("end", "note"),
    [
        (down, "portal.unreachable"),
        (lambda _: write_refusal("time_not_available"), "verify.timestamp_refused"),
        (lambda _: b"<html>", "verify.timestamp_refused"),
    ],
)
def test_service_that_is_down_or_refuses_leaves_a_plain_valid_seal_and_says_so(
    unit: Unit, source: Path, replaced: Callable[..., list[object]], end: Callable[..., bytes], note: str
) -> None:
    replaced("timestamp", end)
    view, target = sealed(unit, source)
    assert (view.details[0].level, view.details[0].note) == ("B-B", note)
    assert unit.verdict(target) is Verdict.VALID


def test_t13_old_token_played_back_reaches_no_file(
    unit: Unit, source: Path, replaced: Callable[..., list[object]], tmp_path: Path
) -> None:
    api = unit.workspace.api
    honest, played = PlatformApi.timestamp, []

    def play_back(request: bytes) -> bytes:
        played.append(request)
        return honest(api, played[0])

    replaced("timestamp", play_back)
    first, _ = sealed(unit, source)
    assert first.details[0].level == "B-LT"
    second = tmp_path / "second.pdf"
    second.write_bytes(source.read_bytes())
    view, target = sealed(unit, second)
    assert (view.details[0].level, view.details[0].note) == ("B-B", "verify.timestamp_invalid")
    assert unit.verdict(target) is Verdict.VALID


def test_t13_old_ocsp_answer_played_back_reaches_no_file(
    unit: Unit, source: Path, replaced: Callable[..., list[object]]
) -> None:
    api = unit.workspace.api
    honest, asked = PlatformApi.ocsp, []

    def play_back(request: bytes) -> bytes:
        asked.append(request)
        return honest(api, asked[0])

    replaced("ocsp", play_back)
    view, target = sealed(unit, source)
    assert (view.details[0].level, view.details[0].note) == ("B-T", "verify.ocsp_refused")
    assert unit.verdict(target) is Verdict.VALID


def test_ocsp_down_leaves_a_seal_with_its_timestamp_and_says_so(
    unit: Unit, source: Path, replaced: Callable[..., list[object]]
) -> None:
    replaced("ocsp", down)
    view, target = sealed(unit, source)
    assert (view.details[0].level, view.details[0].note) == ("B-T", "portal.unreachable")
    assert unit.verdict(target) is Verdict.VALID
