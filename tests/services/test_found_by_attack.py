"""What a hostile review found and what now stands against it, each with its honest twin elsewhere in these tests."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.formats.trust import CertificateUsage
from desktop.phone.core import PhoneOutcome
from desktop.portal.api import UsageEntry
from desktop.services.ceremony import Stage
from desktop.services.login import LoginAction
from desktop.services.records import UsageReporter
from desktop.services.sealing import SealAction
from desktop.services.workspace import open_workspace
from desktop.store.paths import DataFolder
from desktop.testing.rig import HeadlessScan, PlatformHandle, Scan, scan_headless
from tests.services.test_threats import Unit, source, unit

__all__ = ["source", "unit"]


@dataclass(frozen=True)
class Sealing:
    """A sealing whose code is shown and not yet scanned."""

    desk: HeadlessScan
    target: Path
    text: str


def begin(unit: Unit, source: Path, document: object) -> Sealing:
    job = unit.job(source, document)
    action = SealAction(unit.workspace, certificate=unit.facts, jobs=(job,))
    desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
    return Sealing(desk=desk, target=job.target, text=desk.wait(Stage.SHOWING).qr_text)


def test_a_file_that_came_to_stand_at_the_target_meanwhile_is_not_replaced(unit: Unit, source: Path) -> None:
    with open_document(source, unit.workspace.folder.work) as document:
        sealing = begin(unit, source, document)
        sealing.target.write_bytes(b"a colleague's file")
        assert Scan(unit.phone, sealing.text).result().outcome is PhoneOutcome.DONE
        (detail,) = sealing.desk.end().details
    assert sealing.target.read_bytes() == b"a colleague's file"
    assert Path(detail.target).name == "投标文件_已签章(2).pdf"
    assert unit.verdict(Path(detail.target)) is Verdict.VALID
    assert not list(source.parent.glob(".bidseal-*"))


def test_the_source_renamed_to_the_target_meanwhile_is_not_replaced(unit: Unit, source: Path) -> None:
    content = source.read_bytes()
    with open_document(source, unit.workspace.folder.work) as document:
        sealing = begin(unit, source, document)
        source.rename(sealing.target)
        Scan(unit.phone, sealing.text).result()
        sealing.desk.end()
    assert sealing.target.read_bytes() == content


def test_a_second_client_on_the_same_data_folder_disturbs_nothing(unit: Unit, source: Path) -> None:
    workspace = unit.workspace
    with open_document(source, workspace.folder.work) as document:
        sealing = begin(unit, source, document)
        other = open_workspace(
            profile=workspace.profile, folder=workspace.folder, clock=workspace.clock, random=os.urandom
        )
        assert other.interrupted() == ()
        assert Scan(unit.phone, sealing.text).result().outcome is PhoneOutcome.DONE
        assert sealing.desk.end().problem == ""


def test_opening_a_data_folder_deletes_nothing_but_our_own_leftovers(
    handle: PlatformHandle, clock: ManualClock, tmp_path: Path
) -> None:
    root = tmp_path / "home"
    theirs = [root / "work" / "thesis.docx", root / "work" / "drafts" / "opened-notes.pdf"]
    for path in theirs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"mine")
    ours = root / "work" / "opened-abc.pdf"
    ours.write_bytes(b"left by a killed run")
    open_workspace(profile=handle.profile, folder=DataFolder(root=root), clock=clock, random=os.urandom).lock.close()
    assert all(p.read_bytes() == b"mine" for p in theirs)
    assert not ours.exists()


def test_a_work_folder_that_is_a_link_is_left_alone(handle: PlatformHandle, clock: ManualClock, tmp_path: Path) -> None:
    documents, root = tmp_path / "documents", tmp_path / "data"
    for folder in (documents, root):
        folder.mkdir()
    (documents / "opened-letters.pdf").write_bytes(b"mine")
    (root / "work").symlink_to(documents)
    open_workspace(profile=handle.profile, folder=DataFolder(root=root), clock=clock, random=os.urandom).lock.close()
    assert (documents / "opened-letters.pdf").read_bytes() == b"mine"


def test_t04_a_workstation_removed_at_the_platform_logs_in_as_a_stranger_only(unit: Unit) -> None:
    remove_workstation(unit)
    workspace, credit_code = unit.workspace, unit.company.credit_code
    workspace.account.sign_out()
    view, _ = scan_headless(
        workspace, unit.phone, LoginAction(workspace, credit_code=credit_code), credit_code=credit_code
    )
    assert (view.problem, view.code_is_typed) == ("ceremony.workstation_not_enrolled", False)
    assert workspace.account.account is None
    assert not workspace.workstation.is_enrolled_for(credit_code)
    view, result = scan_headless(workspace, unit.phone, LoginAction(workspace), credit_code="")
    assert (view.problem, view.code_is_typed, result.outcome) == ("", True, PhoneOutcome.DONE)


def test_t04_a_workstation_removed_at_the_platform_asks_for_no_seal(unit: Unit, source: Path) -> None:
    remove_workstation(unit)
    with open_document(source, unit.workspace.folder.work) as document:
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(unit.job(source, document),))
        desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
        assert desk.end().problem == "ceremony.workstation_not_enrolled"


def remove_workstation(unit: Unit) -> None:
    (known,) = unit.workspace.api.workstations()
    unit.workspace.api.remove_workstation(known["id"])


def test_t12_an_older_revocation_list_does_not_displace_a_newer_one(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust, api = unit.workspace.trust, unit.workspace.api
    old = {name: api.crl(name) for name in ("root", "issuing")}
    unit.revoke()
    assert trust.refresh()
    monkeypatch.setattr(api, "crl", lambda name: old[name])
    assert not trust.refresh()
    with pytest.raises(RejectedError, match=r"ceremony\.certificate_invalid"):
        trust.require_valid(unit.facts, usage=CertificateUsage.SIGN)


@pytest.mark.parametrize("answer", [b"<html>please log in to the hotel</html>", b"", b"\x30\x03\x02\x01\x00"])
def test_t12_what_is_no_revocation_list_does_not_displace_one(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    trust = unit.workspace.trust
    assert trust.refresh()
    kept = trust.revocation()
    monkeypatch.setattr(unit.workspace.api, "crl", lambda _name: answer)
    assert not trust.refresh()
    assert trust.revocation() == kept
    trust.require_valid(unit.facts, usage=CertificateUsage.SIGN)


class RecordsApi:
    """The platform's one call, refusing as told."""

    def __init__(self) -> None:
        self.answers: list[Exception | None] = []
        self.taken: list[UsageEntry] = []

    def record(self, entry: UsageEntry) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.taken.append(entry)


def an_entry(clock: ManualClock) -> UsageEntry:
    return UsageEntry(
        operation="seal",
        certificate_serial="AB",
        subject="a.pdf",
        number=0,
        result="done",
        ceremony="00" * 32,
        at=clock.now(),
        consent=b"consent",
        signature=b"signature",
    )


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (None, 0),
        (RejectedError("platform.bad_request"), 0),
        (RejectedError("ceremony.signature_invalid"), 0),
        (RejectedError("platform.not_found"), 1),
        (RejectedError("platform.slow_down"), 1),
        (RejectedError("portal.signed_out"), 1),
        (RejectedError("portal.bad_answer"), 1),
        (UnavailableError("portal.unreachable"), 1),
    ],
)
def test_a_usage_record_is_given_up_only_when_the_platform_will_never_take_it(
    clock: ManualClock, tmp_path: Path, answer: Exception | None, left: int
) -> None:
    api = RecordsApi()
    reporter = UsageReporter(api=api, folder=tmp_path, now=clock.now)  # type: ignore[arg-type]  # the one call it makes
    api.answers = [answer]
    reporter.report(an_entry(clock))
    assert len(list(tmp_path.glob("*.json"))) == left
    clock.advance(timedelta(days=1).total_seconds())
    assert reporter.flush() == 0


def test_a_usage_record_that_another_thread_is_reading_is_no_failure_and_goes_the_next_time(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(_path: Path, **_options: bool) -> None:
        raise PermissionError  # WinError 32: an open file cannot be removed there

    api = RecordsApi()
    api.answers = [None, None]
    reporter = UsageReporter(api=api, folder=tmp_path, now=clock.now)  # type: ignore[arg-type]  # the one call it makes
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", in_use)
        reporter.report(an_entry(clock))
        assert reporter.waiting == 1
    assert reporter.flush() == 0
