"""The agency's desk: its projects and lots, the draft of each kept on the platform, the committee, the documents.

What is in force of a lot comes from announcements that were judged, not from what the platform lists. Source:
docs/tendering.md §9.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import CertificateState
from desktop.formats.tender import read_announcements, signer_of
from desktop.portal.records import Certificate
from desktop.portal.tender_records import DraftSaved, Lot, LotDetail
from desktop.protocol.notices import Announcement, TenderDocument
from desktop.services.draft_copies import DraftCopy, copies_of
from desktop.services.tender_draft import TenderDraft, read_draft
from desktop.services.tender_notice import Basis, draft_of
from desktop.services.workspace import Workspace

NEVER_SAVED = DraftSaved(number=0, by="", at=None)
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
_PAGE, _PAGES = 50, 10
_USABLE = (CertificateState.VALID, CertificateState.EXPIRES_SOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A person of the agency by certificate: the signing half runs the opening, the encryption half opens its key."""

    certificate: CertificateFacts
    encryption: CertificateFacts
    is_mine: bool

    @property
    def key(self) -> str:
        """The signing certificate's serial number."""
        return str(self.certificate.serial)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotWork:
    """A lot at its desk: what is in force (None before it is published), what is being written, who could open.

    `saved` says who has changed the draft on the platform last; `copies` are the versions that are kept here beside it.
    """

    lot: Lot
    announcement: Announcement | None
    draft: TenderDraft
    officers: tuple[Officer, ...]
    saved: DraftSaved
    copies: tuple[DraftCopy, ...] = ()


def own_lots(workspace: Workspace, text: str = "", *, before: str = "") -> tuple[tuple[Lot, ...], str]:
    """Return lots of the agency that the person works for, newest first, and from which lot on to ask for more.

    The platform lists everybody's published lots among them, so some of its pages are asked for at once; "" = no more.
    """
    unit = workspace.account.organization
    own: list[Lot] = []
    for _page in range(_PAGES if unit is not None else 0):
        page = workspace.api.lots(text, before=before, limit=_PAGE)
        own += [lot for lot in page if unit and lot.is_agency and lot.agency_id == unit.organization_id]
        if len(page) < _PAGE:
            return tuple(own), ""
        before = page[-1].lot_id
        if len(own) >= _PAGE:
            break
    return tuple(own), before


def create_lot(workspace: Workspace, *, number: str, name: str, purchaser: str, lot: str, lot_name: str) -> Lot:
    """Create a lot, and its project where the agency has none with this number yet.

    Raises:
        RejectedError: `general.unexpected` if nobody's agency is acted for; what the platform refuses.
    """
    unit = workspace.account.organization
    if unit is None:
        raise RejectedError("portal.signed_out")
    known = (t for t in workspace.api.tenders() if t.organization_id == unit.organization_id and t.number == number)
    tender = next(known, None) or workspace.api.create_tender(
        unit.organization_id, number=number, name=name, purchaser=purchaser
    )
    return workspace.api.create_lot(tender.tender_id, lot=lot, name=lot_name)


def open_work(workspace: Workspace, lot_id: str) -> LotWork:
    """Open a lot at the desk.

    A draft that somebody began for an earlier revision is out of date and not taken up.

    Raises:
        RejectedError: an announcement is not to be trusted; `tender.draft_unreadable`.
        UnavailableError: the platform cannot be reached.
    """
    detail = workspace.api.lot(lot_id)
    lot = detail.lot
    announcement = in_force(workspace, detail)
    officers = committee(workspace, lot.agency_id)
    kept = read_draft(detail.draft) if detail.draft else None
    if kept is None or kept.amends != lot.revision:
        kept = _first_draft(lot, officers) if announcement is None else draft_of(announcement.notice)
    return LotWork(
        lot=lot,
        announcement=announcement,
        draft=kept,
        officers=officers,
        saved=detail.saved or NEVER_SAVED,
        copies=tuple(each for each in copies_of(workspace, lot_id) if each.draft != kept),
    )


def in_force(workspace: Workspace, detail: LotDetail) -> Announcement | None:
    """Return what is in force of an own lot, None before it is published.

    Each revision must follow the one before, about this lot, by a certificate that this platform gave the agency. That
    one may have been revoked since: what it published stays published.

    Raises:
        RejectedError: `tender.notice_differs`, `tender.amendment_not_allowed`, `ceremony.certificate_invalid`, ….
    """
    revisions = read_announcements([each.announcement for each in detail.announcements])
    if not revisions:
        return None
    basis = basis_of(workspace, detail.lot)
    for each in revisions:
        notice = each.notice
        said = (notice.platform, notice.tender, notice.lot, notice.agency_code)
        if said != (basis.platform, basis.tender, basis.lot, basis.agency_code):
            raise RejectedError("tender.notice_differs", f"revision {notice.revision}")
        if not workspace.trust.chain_of(signer_of(each)):
            raise RejectedError("ceremony.certificate_invalid", f"revision {notice.revision}")
    return revisions[-1]


def committee(workspace: Workspace, organization_id: str) -> tuple[Officer, ...]:
    """Return who of the agency could open: for its certificate admin everybody, for others only themselves."""
    return tuple(
        _officer(each)
        for each in workspace.api.certificates()
        if each.organization_id == organization_id and each.state in _USABLE
    )


def basis_of(workspace: Workspace, lot: Lot) -> Basis:
    """Return what the notices of a lot say by themselves.

    Raises:
        RejectedError: the person is not of the lot's agency any more (`platform.not_found`).
    """
    unit = next((m for m in workspace.account.memberships if m.organization_id == lot.agency_id), None)
    if unit is None:
        raise RejectedError("platform.not_found", lot.lot_id)
    return Basis(
        platform=workspace.profile.platform_id,
        tender=lot.tender,
        lot=lot.lot,
        agency=unit.name,
        agency_code=unit.credit_code,
    )


def upload_documents(
    workspace: Workspace,
    lot_id: str,
    paths: tuple[Path, ...],
    *,
    report: Callable[[int, int, str], None],
    check: Callable[[], None],
    taken: Callable[[TenderDocument], None],
) -> None:
    """Upload tender documents one after the other; `taken` hears of each that the platform holds.

    Raises:
        RejectedError: a file is empty or too large (`tender.document_unusable`), or the platform refuses it.
        UnavailableError: a file cannot be read, or the platform not reached; what was taken stays.
    """
    for number, path in enumerate(paths):
        check()
        report(number, len(paths), path.name)
        data = _read(path)
        stored = workspace.api.add_document(lot_id, (path.name, data, "application/octet-stream"))
        if stored.sha256 != sha256(data):
            raise RejectedError("portal.bad_answer", "another file was stored")
        taken(TenderDocument(name=stored.name, size=stored.size, sha256=stored.sha256))


def _read(path: Path) -> bytes:
    try:
        if not 0 < path.stat().st_size <= MAX_DOCUMENT_BYTES:
            raise RejectedError("tender.document_unusable", path.suffix)
        return path.read_bytes()
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None


def _first_draft(lot: Lot, officers: tuple[Officer, ...]) -> TenderDraft:
    """Begin with the names that the platform knows, and with the person's own certificates as the committee."""
    own = tuple(each for each in officers if each.is_mine)
    return TenderDraft(
        tender_name=lot.tender_name,
        lot_name=lot.lot_name,
        purchaser=lot.purchaser,
        officers=tuple(each.certificate.sha256 for each in own),
        members=tuple(each.encryption.sha256 for each in own),
    )


def _officer(certificate: Certificate) -> Officer:
    return Officer(
        certificate=read_certificate(certificate.sign_cert),
        encryption=read_certificate(certificate.enc_cert),
        is_mine=certificate.mine,
    )
