"""The connection check against the real platform: all is well; and each thing that is not is the one said."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.clock import ManualClock
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.problems import CATALOGUE
from desktop.services.connection import ConnectionCheck, Finding, Grade, Probe
from desktop.services.workspace import Workspace
from desktop.testing import Platform
from desktop.testing.prepared import open_desk


@pytest.fixture
def workspace(bidseal_platform: Platform, bidseal_clock: ManualClock, tmp_path: Path) -> Iterator[Workspace]:
    made = open_desk(bidseal_platform, tmp_path / "desk", bidseal_clock)
    yield made
    made.close()


def findings(workspace: Workspace) -> dict[Probe, Finding]:
    return {f.probe: f for f in ConnectionCheck(workspace).run(check=lambda: None)}


def test_everything_is_well_where_it_is(workspace: Workspace) -> None:
    found = findings(workspace)
    assert list(found) == list(Probe)
    assert {f.grade for f in found.values()} == {Grade.OK}, found
    assert found[Probe.TIME].offset_s == pytest.approx(0, abs=1)


def test_nobody_need_be_signed_in_and_nothing_is_left_behind(workspace: Workspace) -> None:
    before = {path for path in workspace.folder.root.rglob("*") if path.is_file()}
    findings(workspace)
    assert workspace.account.account is None
    assert {path for path in workspace.folder.root.rglob("*") if path.is_file()} == before


def test_without_the_platform_everything_is_said_to_fail(workspace: Workspace, bidseal_platform: Platform) -> None:
    bidseal_platform.stop()
    found = findings(workspace)
    assert {f.grade for f in found.values()} == {Grade.FAILED}
    assert found[Probe.PLATFORM].code == found[Probe.RELAY].code == "portal.unreachable"
    assert all(f.code in CATALOGUE for f in found.values())


def test_another_platform_at_the_address_is_not_taken_for_ours(workspace: Workspace) -> None:
    from tests.portal.profiles import certificates

    other = replace(workspace, profile=replace(workspace.profile, root=certificates()[0]))
    assert findings(other)[Probe.PLATFORM].code == "portal.wrong_platform"


@pytest.mark.parametrize(
    ("ahead_s", "grade", "code"),
    [(3, Grade.OK, ""), (20, Grade.SLOW, ""), (-90, Grade.FAILED, "portal.clock_off"), (86400, Grade.FAILED, None)],
)
def test_the_offset_of_this_machines_clock_is_told(
    workspace: Workspace, ahead_s: int, grade: Grade, code: str | None
) -> None:
    class Ahead(ManualClock):
        pass

    clock = Ahead(workspace.clock.now() + timedelta(seconds=ahead_s))
    found = findings(replace(workspace, clock=clock))[Probe.TIME]
    assert found.grade is grade
    assert found.offset_s == pytest.approx(-ahead_s, abs=1)
    assert code is None or found.code == code


def test_an_answer_that_takes_long_is_slow_not_failed(
    workspace: Workspace, bidseal_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = workspace.parts.relay.open

    def late(**options: Any) -> None:
        real(**options)
        bidseal_clock.advance(3)

    monkeypatch.setattr(workspace.parts.relay, "open", late)
    found = findings(workspace)[Probe.RELAY]
    assert (found.grade, found.code) == (Grade.SLOW, "")
    assert found.took_s >= 3


def fail(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Have the platform's answers at `path` be nonsense."""
    from desktop.portal.http import HttpClient

    real: Callable[..., bytes] = HttpClient.request

    def request(self: HttpClient, method: str, asked: str, **options: Any) -> bytes:
        body = real(self, method, asked, **options)
        return b"\x30\x00" if asked.startswith(path) else body

    monkeypatch.setattr(HttpClient, "request", request)


@pytest.mark.parametrize(
    ("path", "broken"),
    [
        ("/pki/tsa", {Probe.TSA, Probe.OCSP}),
        ("/pki/ocsp", {Probe.OCSP}),
        ("/pki/issuing.crl", {Probe.TSA, Probe.OCSP, Probe.CRL}),
        ("/api/v1/profile", {Probe.PLATFORM}),
        ("/api/v1/time", {Probe.TIME}),
    ],
)
def test_what_answers_with_nonsense_has_failed_and_the_others_are_still_asked(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, path: str, broken: set[Probe]
) -> None:
    fail(monkeypatch, path)
    found = findings(workspace)
    assert {p for p, f in found.items() if f.grade is Grade.FAILED} == broken
    assert all(f.code in CATALOGUE for f in found.values() if f.code)


def test_a_revocation_list_past_its_day_is_said(workspace: Workspace, bidseal_clock: ManualClock) -> None:
    later = ManualClock(bidseal_clock.now() + timedelta(days=400))
    assert findings(replace(workspace, clock=later))[Probe.CRL].code == "portal.crl_stale"


def test_it_stops_before_the_next_probe_when_it_is_cancelled(workspace: Workspace) -> None:
    is_cancelled = False

    def check() -> None:
        if is_cancelled:
            raise RejectedError("general.cancelled")

    found = ConnectionCheck(workspace).run(check=check)
    assert [next(found).probe, next(found).probe] == [Probe.PLATFORM, Probe.RELAY]
    is_cancelled = True
    with pytest.raises(BidSealError):
        next(found)
