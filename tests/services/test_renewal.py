"""Renewal, change and reissue seen from the workstation: what the new certificate brings, and what ends."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import SealKind, SealState, Verdict
from desktop.phone.core import Phone, PhoneOutcome
from desktop.portal.records import Certificate, Order, Seal
from desktop.services.ceremony_view import CeremonyView
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.placing import Placement
from desktop.services.sealing import Job, SealAction, free_target
from desktop.services.seals import ClaimSealAction, keep_bound, load_seal
from desktop.services.workspace import Workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.signing.pdf import verify_pdf
from desktop.testing.demo_files import drawn_seal, write_bid_document
from desktop.testing.rig import OPERATOR_MOBILE, Company, PlatformHandle, make_phone, scan_headless, seal_form
from tests.services.test_story import certify, register

PAPER = ("papers.pdf", b"%PDF-1.7 paper", "application/pdf")
DAY = 24 * 3600


@dataclass
class Desk:
    workspace: Workspace
    handle: PlatformHandle
    company: Company
    phone: Phone

    def sign_in(self) -> None:
        register(self.workspace, self.handle, self.company)

    @property
    def certificate(self) -> Certificate:
        """The one that no other has followed."""
        (newest,) = (c for c in self.workspace.api.certificates() if not c.successor)
        return newest

    @property
    def seal(self) -> Seal:
        (seal,) = self.workspace.api.seals()
        return seal

    def claim(self, phone: Phone) -> None:
        action = ClaimSealAction(self.workspace, self.seal, credit_code=self.company.credit_code)
        view, result = scan_headless(self.workspace, phone, action, credit_code=self.company.credit_code)
        assert (view.problem, view.detail, result.outcome) == ("", "", PhoneOutcome.DONE)

    def download(self, order: Order, phone: Phone) -> CeremonyView:
        """Approve `order` at the review desk and download."""
        self.handle.signed_in(OPERATOR_MOBILE).review_order(order.order_id, approve=True)
        self.workspace.account.refresh()
        approved = next(o for o in self.workspace.api.orders() if o.order_id == order.order_id)
        action = DownloadAction(self.workspace, approved)
        view, result = scan_headless(self.workspace, phone, action, credit_code=self.company.credit_code)
        assert (view.problem, view.detail, result.outcome) == ("", "", PhoneOutcome.DONE)
        return view

    def seal_a_document(self, folder: Path, phone: Phone) -> Verdict:
        facts = read_certificate(self.certificate.sign_cert)
        seal = load_seal(self.workspace, self.seal, facts)
        source = folder / "投标文件.pdf"
        write_bid_document(source, self.company.name)
        with open_document(source, self.workspace.folder.work) as document:
            job = Job(
                name=source.name,
                snapshot=document.facts.snapshot,
                source_sha256=document.facts.sha256,
                size=document.facts.size,
                pages=len(document.facts.pages),
                placements=(Placement(seal=seal, page_index=0, x_mm=20, y_mm=20),),
                target=free_target(source),
            )
            action = SealAction(self.workspace, certificate=facts, jobs=(job,))
            view, _ = scan_headless(self.workspace, phone, action, credit_code=self.company.credit_code)
        assert (view.problem, view.detail) == ("", "")
        return verify_pdf(
            job.target,
            anchors=self.workspace.trust.anchors,
            revocation=self.workspace.trust.revocation(),
            now=self.workspace.clock.now(),
        ).verdict


@pytest.fixture
def desk(workspace: Workspace, handle: PlatformHandle, company: Company, phone: Phone) -> Desk:
    """A company with certificate, enrolled workstation and a claimed seal."""
    made = Desk(workspace=workspace, handle=handle, company=company, phone=phone)
    made.sign_in()
    certify(workspace, handle, company, phone)
    scan_headless(workspace, phone, EnrolAction(workspace), credit_code=company.credit_code)
    imprint = drawn_seal(SealKind.OFFICIAL, SealText(name=company.name))
    applied = workspace.api.apply_for_seal(seal_form(made.certificate.serial, imprint))
    handle.signed_in(OPERATOR_MOBILE).review_seal(applied.seal_id, approve=True)
    made.claim(phone)
    return made


def test_pdf_is_sealed_directly_after_a_renewal(desk: Desk, clock: ManualClock, tmp_path: Path) -> None:
    old = desk.certificate
    clock.advance(300 * DAY)
    desk.handle.forget_sessions()
    desk.sign_in()
    view = desk.download(desk.workspace.api.renew(old.serial), desk.phone)
    assert [(d.name, d.code) for d in view.details[1:]] == [(desk.seal.name, "")]
    assert (desk.workspace.folder.seals / f"{desk.seal.seal_id}.seal").exists()
    assert desk.certificate.serial == desk.seal.certificate_serial != old.serial
    assert desk.seal_a_document(tmp_path, desk.phone) is Verdict.VALID
    assert {c.serial for c in desk.phone.certificates()} == {old.serial, desk.certificate.serial}


def test_seal_kept_for_the_old_certificate_is_fetched_anew_after_a_renewal_elsewhere(
    desk: Desk, clock: ManualClock, tmp_path: Path
) -> None:
    kept = desk.workspace.folder.seals / f"{desk.seal.seal_id}.seal"
    before = kept.read_bytes()
    clock.advance(300 * DAY)
    desk.handle.forget_sessions()
    desk.sign_in()
    desk.download(desk.workspace.api.renew(desk.certificate.serial), desk.phone)
    kept.write_bytes(before)
    assert desk.seal_a_document(tmp_path, desk.phone) is Verdict.VALID
    assert kept.read_bytes() != before


def test_seal_that_comes_along_for_another_certificate_is_not_kept(desk: Desk, clock: ManualClock) -> None:
    old = desk.certificate
    data = desk.workspace.api.seal_object(desk.seal.seal_id)
    clock.advance(300 * DAY)
    desk.handle.forget_sessions()
    desk.sign_in()
    desk.download(desk.workspace.api.renew(old.serial), desk.phone)
    kept = desk.workspace.folder.seals / f"{desk.seal.seal_id}.seal"
    before = kept.read_bytes()
    (fate,) = keep_bound(desk.workspace, [(desk.seal.seal_id, data)], read_certificate(desk.certificate.sign_cert))
    assert fate.code == "ceremony.seal_not_bound"
    assert kept.read_bytes() == before


def test_t16_change_makes_the_seal_unusable_here_although_its_object_is_on_disk(desk: Desk) -> None:
    old = desk.certificate
    order = desk.workspace.api.change(old.serial, organization_name="江西新名建设有限公司", papers=[PAPER])
    desk.download(order, desk.phone)
    assert desk.seal.state is SealState.VOID
    with pytest.raises(RejectedError, match="seal_not_claimed"):
        load_seal(desk.workspace, desk.seal, read_certificate(old.sign_cert))


def test_reissued_certificate_on_a_new_phone_claims_the_seal_without_a_new_review(
    desk: Desk, handle: PlatformHandle, tmp_path: Path, clock: ManualClock
) -> None:
    order = desk.workspace.api.reissue(desk.certificate.serial, [PAPER])
    new_phone = make_phone(handle, tmp_path / "phone2", clock)
    desk.download(order, new_phone)
    assert desk.seal.state is SealState.APPROVED
    desk.claim(new_phone)
    assert desk.seal_a_document(tmp_path, new_phone) is Verdict.VALID
