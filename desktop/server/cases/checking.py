"""The check of a file that is whole, and the acceptance of a bid: refused with a reason, or one transaction.

A unit's files are decided one after the other in the order in which they were received, so of two replacements the
later one stays. A check that could not be made (a full disk, an end of the platform) leaves the upload as it is, to be
checked again. docs/tendering.md §1, §4, §9.
"""

import logging
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desktop.crypto.hashed_file import hash_file
from desktop.crypto.primitives import equal, sha256
from desktop.crypto.timestamps import TimestampQuery, read_reply, write_query
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.domain.tendering import BidState, LogKind, LotState, UploadState
from desktop.formats.log import bid_body
from desktop.formats.package import BidPackage, verify_package
from desktop.formats.tender import demand_as_asked
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.protocol.statements import BidReceipt
from desktop.server.cases import issued, log
from desktop.server.cases.answers import usable_certificate
from desktop.server.cases.lot_rows import announcements_of, is_in_time
from desktop.server.cases.statements import sign_statement
from desktop.server.context import Platform
from desktop.server.db.models import Organization
from desktop.server.db.tender_models import Bid, Lot, Upload
from desktop.server.rules.states import BIDS, UPLOADS, BidEvent, UploadEvent, follow

_LOG = logging.getLogger(__name__)


def settle(platform: Platform, lot_id: str, organization_id: str) -> None:
    """Decide over all whole files of a unit for a lot, in the order of their receipt.

    Raises:
        UnavailableError: a check could not be made; it is due still.
    """
    query = (
        select(Upload)
        .where(Upload.lot_id == lot_id, Upload.organization_id == organization_id, Upload.state == UploadState.CHECKING)
        .order_by(Upload.received_at_us, Upload.id)
    )
    with platform.intake.alone(f"{lot_id}/{organization_id}/check"):
        with platform.db.read() as session:
            waiting = list(session.scalars(query))
        for upload in waiting:
            _decide(platform, upload)


def refuse(session: Session, upload: Upload, code: str) -> None:
    """Refuse an upload for good; its file is of no use any more."""
    upload.state = follow(UPLOADS, UploadState(upload.state), UploadEvent.REFUSE)
    upload.code = code
    session.flush()


def _decide(platform: Platform, upload: Upload) -> None:
    try:
        package = _checked(platform, upload)
        with platform.db.write() as session:
            _accept(session, platform, upload.id, package)
    except RejectedError as error:
        with platform.db.write() as session:
            row = session.get_one(Upload, upload.id, with_for_update=True)
            if row.state == UploadState.CHECKING:
                refuse(session, row, error.code)
        platform.parts.remove(upload.id)


def _checked(platform: Platform, upload: Upload) -> BidPackage:
    """Return the package in a file: undamaged, valid, and what the lot asks of this unit.

    Raises:
        RejectedError: with the code that names what is wrong.
        UnavailableError: the file cannot be read now.
    """
    path = platform.parts.path(upload.id)
    try:
        found = hash_file(path)
    except FileNotFoundError:
        raise RejectedError("platform.file_damaged", "gone") from None
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None
    if found.size != upload.size or not equal(found.sha256, bytes.fromhex(upload.sha256)):
        raise RejectedError("tender.upload_damaged")
    with platform.db.read() as session:
        revoked = [issued.revoked(session, issuer) for issuer in (issued.ROOT, issued.ISSUING)]
        announcements = announcements_of(session, upload.lot_id)
        unit = session.get_one(Organization, upload.organization_id)
    try:
        package = _valid(
            platform, path, platform.authority.root_crl(revoked[0]), platform.authority.issuing_crl(revoked[1])
        )
        demand_as_asked(package, announcements, credit_code=unit.credit_code)
    except BidSealError:
        raise
    except Exception as error:  # noqa: BLE001 - a file that makes us stumble must not keep its lot open (T41)
        _LOG.error("a package could not be judged: %s", type(error).__name__)
        raise RejectedError("general.unexpected", type(error).__name__) from None
    return package


def _valid(platform: Platform, path: Path, *crls: bytes) -> BidPackage:
    def go_on(_done: int, _all: int) -> None:
        if platform.intake.is_stopped:
            raise UnavailableError("platform.busy", "ending")

    verdict = verify_package(
        path,
        anchors=TrustAnchors(roots=(platform.authority.root,), intermediates=(platform.authority.issuing,)),
        revocation=RevocationData(crls=crls),
        now=platform.now(),
        progress=go_on,
    )
    if verdict.package is None or verdict.verdict is not Verdict.VALID:
        raise RejectedError(verdict.reasons[0].code, verdict.reasons[0].detail)
    return verdict.package


def _accept(session: Session, platform: Platform, upload_id: str, package: BidPackage) -> None:
    """Accept a bid: its row, the end of the one before, the log's entry and the receipt are there together."""
    upload = session.get_one(Upload, upload_id, with_for_update=True)
    lot = session.get_one(Lot, upload.lot_id, with_for_update=True)
    if upload.state != UploadState.CHECKING or upload.received_at_us is None:
        return
    if lot.state != LotState.PUBLISHED or not is_in_time(lot, upload.received_at_us):
        raise RejectedError("tender.deadline_passed")
    # A revocation of this very second stands in no list yet.
    if usable_certificate(session, platform, package.signer.serial).organization_id != upload.organization_id:
        raise RejectedError("package.signer_not_bidder", package.signer.serial)
    package_id = package.header.package_id
    if session.get(Bid, package_id.hex()) is not None:
        raise RejectedError("tender.package_used", package_id.hex())
    own = select(Bid).where(Bid.lot_id == lot.id, Bid.organization_id == upload.organization_id)
    before = session.scalar(own.where(Bid.state == BidState.CURRENT).with_for_update())
    turn = 1 + (session.scalar(select(func.count()).select_from(own.subquery())) or 0)
    receipt = _receipt(session, platform, lot, upload, package, turn=turn, before=before)
    if before is not None:
        before.state = follow(BIDS, BidState(before.state), BidEvent.REPLACE)
        session.flush()
    session.add(
        Bid(
            package=package_id.hex(),
            lot_id=lot.id,
            organization_id=upload.organization_id,
            account_id=upload.account_id,
            upload_id=upload.id,
            state=BidState.CURRENT,
            number=1 + (session.scalar(select(func.max(Bid.number)).where(Bid.lot_id == lot.id)) or 0),
            turn=turn,
            sha256=upload.sha256,
            size=upload.size,
            bidder=receipt.bidder,
            credit_code=receipt.bidder_code,
            at_us=receipt.at_us,
            leaf=receipt.leaf,
            receipt=(statement := sign_statement(platform, receipt)),
            token=_token(platform, statement),
        )
    )
    upload.state = follow(UPLOADS, UploadState(upload.state), UploadEvent.ACCEPT)


def _receipt(
    session: Session,
    platform: Platform,
    lot: Lot,
    upload: Upload,
    package: BidPackage,
    *,
    turn: int,
    before: Bid | None,
) -> BidReceipt:
    """Log the bid and return what the receipt says of it."""
    header, file_sha256, at_us = package.header, bytes.fromhex(upload.sha256), upload.received_at_us
    assert at_us is not None
    body = bid_body(
        package=header.package_id,
        file_sha256=file_sha256,
        credit_code=header.bidder.credit_code,
        at_us=at_us,
        number=turn,
        tender=lot.tender,
        lot=lot.number,
    )
    return BidReceipt(
        platform=platform.settings.platform_id,
        at_us=at_us,
        tender=lot.tender,
        lot=lot.number,
        bidder=header.bidder.name,
        bidder_code=header.bidder.credit_code,
        package_id=header.package_id,
        sha256=file_sha256,
        size=upload.size,
        manifest_sha256=package.manifest_sha256,
        number=turn,
        leaf=log.append(session, LogKind.BID, at=platform.now(), body=body),
        replaced=bytes.fromhex(before.package) if before is not None else b"",
    )


def _token(platform: Platform, statement: bytes) -> bytes:
    query = write_query(TimestampQuery(algorithm="sha256", digest=sha256(statement)))
    return read_reply(platform.authority.timestamp(query))
