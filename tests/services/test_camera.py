"""Camera mode with the real parts: sealing with the network cut off, and what else goes from screen to screen."""

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import CertificateState, SealKind, Verdict
from desktop.phone.core import Phone, PhoneOutcome
from desktop.protocol.messages import Outcome
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.sealing import Job, Placement, SealAction, free_target
from desktop.services.seals import ClaimSealAction, load_seal
from desktop.services.workspace import Workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.signing.pdf import verify_pdf
from desktop.testing.demo_files import drawn_seal, write_bid_document
from desktop.testing.rig import (
    OPERATOR_MOBILE,
    Company,
    HeadlessScan,
    PlatformHandle,
    make_phone,
    scan_by_camera,
    scan_headless,
    seal_form,
)
from tests.services.no_sockets import network_cut_off
from tests.services.test_story import certify, register


@pytest.fixture
def equipped(workspace: Workspace, handle: PlatformHandle, company: Company, phone: Phone) -> Workspace:
    """A workstation enrolled by a person whose certificate has a claimed seal."""
    register(workspace, handle, company)
    certify(workspace, handle, company, phone)
    scan_headless(workspace, phone, EnrolAction(workspace), credit_code=company.credit_code)
    (certificate,) = workspace.api.certificates()
    imprint = drawn_seal(SealKind.OFFICIAL, SealText(name=company.name))
    applied = workspace.api.apply_for_seal(seal_form(certificate.serial, imprint))
    handle.signed_in(OPERATOR_MOBILE).review_seal(applied.seal_id, approve=True)
    return workspace


def claim(workspace: Workspace, company: Company) -> ClaimSealAction:
    (approved,) = workspace.api.seals()
    return ClaimSealAction(workspace, approved, credit_code=company.credit_code)


@pytest.fixture
def job(equipped: Workspace, company: Company, phone: Phone, tmp_path: Path) -> Job:
    scan_headless(equipped, phone, claim(equipped, company), credit_code=company.credit_code)
    (certificate,), (record,) = equipped.api.certificates(), equipped.api.seals()
    seal = load_seal(equipped, record, read_certificate(certificate.sign_cert))
    source = tmp_path / "投标文件.pdf"
    write_bid_document(source, company.name)
    with open_document(source, equipped.folder.work) as document:
        kept = tmp_path / "snapshot.pdf"
        kept.write_bytes(document.facts.snapshot.read_bytes())
        return Job(
            name=source.name,
            snapshot=kept,
            source_sha256=document.facts.sha256,
            size=document.facts.size,
            pages=len(document.facts.pages),
            placements=(Placement(seal=seal, page_index=0, x_mm=20, y_mm=20),),
            target=free_target(source),
        )


@pytest.fixture
def action(equipped: Workspace, job: Job) -> SealAction:
    (certificate,) = equipped.api.certificates()
    return SealAction(equipped, certificate=read_certificate(certificate.sign_cert), jobs=(job,))


def test_the_block_bites(workspace: Workspace) -> None:
    """The control: what asks the platform for anything is stopped, and it is seen that it asked."""
    workspace.api.time()
    with network_cut_off() as tried:
        with pytest.raises(UnavailableError):
            workspace.api.time()
        assert tried != []
        with pytest.raises(OSError, match="cut off"):
            socket.socket()
        with pytest.raises(OSError, match="cut off"):
            socket.create_connection(("127.0.0.1", 9))


def test_the_block_bites_a_scan_over_the_relay(equipped: Workspace, action: SealAction, company: Company) -> None:
    with network_cut_off() as tried:
        desk = HeadlessScan(equipped, action, credit_code=company.credit_code)
        seen = desk.session
        while not any(v.offline for v in desk.views):
            assert not seen.join(0.05)
        seen.cancel()
        desk.end()
    assert tried != []


def test_a_document_is_sealed_by_camera_and_no_socket_is_opened(
    equipped: Workspace, action: SealAction, job: Job, company: Company, phone: Phone
) -> None:
    with network_cut_off() as tried:
        view, result = scan_by_camera(equipped, phone, action, credit_code=company.credit_code)
        verdict = verify_pdf(
            job.target,
            anchors=equipped.trust.anchors,
            revocation=equipped.trust.revocation(),
            now=equipped.clock.now(),
        )
    assert tried == []
    assert (view.stage, view.problem, view.detail, view.outcome) == (Stage.DONE, "", "", Outcome.DONE)
    assert [(d.level, d.note) for d in view.details] == [("B-B", "portal.unreachable")]
    assert (result.outcome, result.details[0]["name"]) == (PhoneOutcome.DONE, job.name)
    assert verdict.verdict is Verdict.VALID
    # The platform hears of it as soon as it can be asked again.
    assert len(list((equipped.folder.root / "records").glob("*.json"))) == 1
    assert equipped.records.flush() == 0


def test_without_fresh_word_about_revocation_nothing_is_asked_for(
    equipped: Workspace, action: SealAction, company: Company, clock: ManualClock
) -> None:
    clock.advance(timedelta(days=30).total_seconds())
    with network_cut_off() as tried:
        desk = HeadlessScan(equipped, action, credit_code=company.credit_code, session=equipped.camera_session)
        view = desk.end()
    assert (view.stage, view.problem) == (Stage.PROBLEM, "ceremony.revocation_unknown")
    assert [v for v in desk.views if v.codes] == []
    assert tried == []


def test_a_seal_is_claimed_by_a_phone_without_a_network(equipped: Workspace, company: Company, phone: Phone) -> None:
    view, result = scan_by_camera(
        equipped, phone, claim(equipped, company), credit_code=company.credit_code, offline=False
    )
    assert (view.problem, view.detail, result.outcome) == ("", "", PhoneOutcome.DONE)
    assert [s.name for s in phone.seals()] == ["企业公章"]


def test_a_workstation_that_nobody_enrolled_is_told_so_before_anything_is_shown(
    workspace: Workspace, handle: PlatformHandle, company: Company, phone: Phone
) -> None:
    register(workspace, handle, company)
    certify(workspace, handle, company, phone)
    desk = HeadlessScan(
        workspace, EnrolAction(workspace), credit_code=company.credit_code, session=workspace.camera_session
    )
    assert desk.end().problem == "ceremony.workstation_not_enrolled"


def _views(desk: HeadlessScan, wanted: Callable[[CeremonyView], bool]) -> None:
    while not any(wanted(v) for v in desk.views):
        assert not desk.session.join(0.02)


def test_progress_cancel_and_a_hidden_window(
    equipped: Workspace, action: SealAction, company: Company, phone: Phone
) -> None:
    desk = HeadlessScan(equipped, action, credit_code=company.credit_code, session=equipped.camera_session)
    codes = desk.wait(Stage.SHOWING).codes
    foreign = make_codes(codes)
    for text in (*codes, *foreign[:2], "https://example.com"):
        desk.session.take_text(text)
    _views(desk, lambda v: (v.read, v.to_read) == (2, 3))
    desk.session.hide()
    _views(desk, lambda v: v.stage is Stage.PAUSED and v.codes == ())
    desk.session.renew()
    _views(desk, lambda v: v.stage is Stage.SHOWING and v.codes == codes and len(desk.views) > 4)
    desk.session.cancel()
    assert (desk.end().stage, desk.end().problem) == (Stage.PROBLEM, "ceremony.cancelled")


def make_codes(_: tuple[str, ...]) -> tuple[str, ...]:
    from desktop.protocol.parts import CHUNK_BYTES, split

    return split(bytes(range(256))[: CHUNK_BYTES * 2 + 5])


def test_a_download_goes_by_camera_where_only_the_phone_has_no_network(
    equipped: Workspace, handle: PlatformHandle, company: Company, tmp_path: Path, clock: ManualClock
) -> None:
    from desktop.testing.rig import order_form

    second = make_phone(handle, tmp_path / "second", clock)
    equipped.api.place_order(order_form(company))
    (order,) = [o for o in equipped.api.orders() if o.state.value == "pending_review"]
    handle.signed_in(OPERATOR_MOBILE).review_order(order.order_id, approve=True)
    (approved,) = [o for o in equipped.api.orders() if o.order_id == order.order_id]
    view, result = scan_by_camera(
        equipped, second, DownloadAction(equipped, approved), credit_code=company.credit_code, offline=False
    )
    assert (view.problem, view.detail, result.outcome) == ("", "", PhoneOutcome.DONE)
    assert [c.state for c in second.certificates()] == [CertificateState.VALID]
