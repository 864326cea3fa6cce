"""The whole first job without a window: from registration to a sealed and verified document."""

from pathlib import Path

from desktop.crypto.certificates import read_certificate
from desktop.documents import open_document
from desktop.domain.operations import CertificateState, OrderState, SealKind, SealState, Verdict
from desktop.phone.core import Phone, PhoneOutcome
from desktop.protocol.messages import Outcome
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.login import LoginAction
from desktop.services.placing import Placement
from desktop.services.sealing import Job, SealAction, free_target
from desktop.services.seals import ClaimSealAction, load_seal
from desktop.services.workspace import Workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.signing.pdf import verify_pdf
from desktop.testing.demo_files import drawn_seal, write_bid_document
from desktop.testing.rig import OPERATOR_MOBILE, Company, PlatformHandle, order_form, scan_headless, seal_form


def register(workspace: Workspace, handle: PlatformHandle, company: Company) -> None:
    workspace.account.send_code(company.mobile)
    workspace.account.sign_in_by_sms(company.mobile, handle.sms_code(company.mobile), remember=False)


def certify(workspace: Workspace, handle: PlatformHandle, company: Company, phone: Phone) -> None:
    order = workspace.api.place_order(order_form(company))
    assert order.state is OrderState.PENDING_REVIEW
    handle.signed_in(OPERATOR_MOBILE).review_order(order.order_id, approve=True)
    (approved,) = workspace.api.orders()
    assert approved.state is OrderState.APPROVED
    view, result = scan_headless(workspace, phone, DownloadAction(workspace, approved), credit_code=company.credit_code)
    assert (view.problem, view.detail) == ("", "")
    assert view.outcome is Outcome.DONE
    assert result.outcome is PhoneOutcome.DONE
    workspace.account.refresh()


def test_a_new_company_comes_from_registration_to_a_sealed_document(
    workspace: Workspace, handle: PlatformHandle, company: Company, phone: Phone, tmp_path: Path
) -> None:
    register(workspace, handle, company)
    certify(workspace, handle, company, phone)
    (certificate,) = workspace.api.certificates()
    assert certificate.state is CertificateState.VALID
    assert [c.serial for c in phone.certificates()] == [certificate.serial]

    view, result = scan_headless(workspace, phone, EnrolAction(workspace), credit_code=company.credit_code)
    assert (view.problem, result.outcome) == ("", PhoneOutcome.DONE)
    assert workspace.workstation.is_enrolled_for(company.credit_code)

    imprint = drawn_seal(SealKind.OFFICIAL, SealText(name=company.name))
    applied = workspace.api.apply_for_seal(seal_form(certificate.serial, imprint))
    handle.signed_in(OPERATOR_MOBILE).review_seal(applied.seal_id, approve=True)
    (approved,) = workspace.api.seals()
    assert approved.state is SealState.APPROVED
    claim = ClaimSealAction(workspace, approved, credit_code=company.credit_code)
    view, result = scan_headless(workspace, phone, claim, credit_code=company.credit_code)
    assert (view.problem, result.outcome) == ("", PhoneOutcome.DONE)

    workspace.account.sign_out()
    login = LoginAction(workspace, credit_code=company.credit_code)
    view, result = scan_headless(workspace, phone, login, credit_code=company.credit_code)
    assert (view.problem, result.outcome) == ("", PhoneOutcome.DONE)
    assert workspace.account.account is not None

    facts = read_certificate(certificate.sign_cert)
    (claimed,) = workspace.api.seals()
    seal = load_seal(workspace, claimed, facts)
    source = tmp_path / "投标文件.pdf"
    write_bid_document(source, company.name)
    before = source.read_bytes()
    with open_document(source, workspace.folder.work) as document:
        job = Job(
            name=source.name,
            snapshot=document.facts.snapshot,
            source_sha256=document.facts.sha256,
            size=document.facts.size,
            pages=len(document.facts.pages),
            placements=(Placement(seal=seal, page_index=0, x_mm=20, y_mm=20),),
            target=free_target(source),
        )
        action = SealAction(workspace, certificate=facts, jobs=(job,))
        view, result = scan_headless(workspace, phone, action, credit_code=company.credit_code)
    assert (view.problem, view.detail, result.outcome) == ("", "", PhoneOutcome.DONE)
    assert source.read_bytes() == before
    verdict = verify_pdf(
        job.target,
        anchors=workspace.trust.anchors,
        revocation=workspace.trust.revocation(),
        now=workspace.clock.now(),
    )
    assert verdict.verdict is Verdict.VALID
