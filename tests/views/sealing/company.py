"""A company with more seals: what the sealing page is for when one imprint is not enough."""

from dataclasses import replace

from desktop.crypto.certificates import read_certificate
from desktop.domain.operations import SealKind, SealState
from desktop.formats.seal import SealObject
from desktop.phone.core import Phone
from desktop.services.download import DownloadAction
from desktop.services.seals import ClaimSealAction, load_seal
from desktop.services.workspace import Workspace
from desktop.signing.imprint.model import SealShape, seal_size
from desktop.signing.imprint.synthetic import SealText
from desktop.testing import PreparedCompany
from desktop.testing.demo_files import drawn_seal
from desktop.testing.prepared import Platform
from desktop.testing.rig import order_form, scan_headless, seal_form


def give_seal(
    company: PreparedCompany, platform: Platform, workspace: Workspace, phone: Phone, *, serial: str, kind: SealKind
) -> SealObject:
    """Apply for a seal bound to the certificate, have it approved, and claim it."""
    text = company.company.legal_representative if kind is SealKind.LEGAL_REPRESENTATIVE else company.name
    imprint = drawn_seal(kind, SealText(name=text))
    size = seal_size(kind, SealShape.SQUARE if kind is SealKind.LEGAL_REPRESENTATIVE else SealShape.ROUND)
    form = seal_form(serial, imprint, name=f"{text}{'法人章' if text != company.name else '章'}", kind=str(kind))
    form = replace(form, width_mm=size.width_mm, height_mm=size.height_mm)
    applied = workspace.api.apply_for_seal(form)
    platform.operator.review_seal(applied.seal_id, approve=True)
    approved = next(s for s in workspace.api.seals() if s.seal_id == applied.seal_id)
    assert approved.state is SealState.APPROVED
    claim = ClaimSealAction(workspace, approved, credit_code=company.credit_code)
    view, _ = scan_headless(workspace, phone, claim, credit_code=company.credit_code)
    assert view.problem == "", view.detail
    claimed = next(s for s in workspace.api.seals() if s.seal_id == applied.seal_id)
    certificate = next(c for c in workspace.api.certificates() if read_certificate(c.sign_cert).serial == serial)
    return load_seal(workspace, claimed, read_certificate(certificate.sign_cert))


def give_certificate(company: PreparedCompany, platform: Platform, workspace: Workspace, phone: Phone) -> str:
    """Order, approve and download one more certificate of the same person; return its serial number."""
    before = {c.serial for c in workspace.api.certificates()}
    order = workspace.api.place_order(order_form(company.company))
    platform.operator.review_order(order.order_id, approve=True)
    approved = next(o for o in workspace.api.orders() if o.order_id == order.order_id)
    action = DownloadAction(workspace, approved)
    view, _ = scan_headless(workspace, phone, action, credit_code=company.credit_code)
    assert view.problem == "", view.detail
    return next(c.serial for c in workspace.api.certificates() if c.serial not in before)
