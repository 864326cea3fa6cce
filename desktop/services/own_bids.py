"""The own unit's bids for a lot: as the platform lists them, each with its receipt, and as they lie here.

A bid whose receipt is not good is not told as submitted. What stands on this disk is judged without the list.
Source: docs/tendering.md §4, §9.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.tendering import BidState
from desktop.formats.package import verify_package
from desktop.portal.tender_records import OwnBid
from desktop.services.receipts import Expected, Judged, judge_receipt, judge_withdrawal, read_receipt_file, receipt_path
from desktop.services.tenders import KnownLot
from desktop.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedBid:
    """A bid that the platform lists: `judged` is None, and `problem` says why, where its receipt is not good."""

    package: bytes
    state: BidState
    number: int
    judged: Judged | None
    problem: str = ""


def list_own_bids(
    workspace: Workspace, known: KnownLot, *, organization_id: str, credit_code: str
) -> tuple[SubmittedBid, ...]:
    """Return the unit's bids for a lot, newest first."""
    listed = workspace.api.own_bids(known.lot.lot_id, organization_id)
    return tuple(
        _judged(workspace, known, bid, credit_code) for bid in sorted(listed, key=lambda b: b.number, reverse=True)
    )


def receipt_at_hand(workspace: Workspace, known: KnownLot, package: Path, *, credit_code: str) -> Judged | None:
    """Return the good receipt that stands beside a package, None where there is none or it is not this file's."""
    data = read_receipt_file(receipt_path(package))
    if not data:
        return None
    try:
        verdict = verify_package(
            package,
            anchors=workspace.trust.anchors,
            revocation=workspace.trust.revocation(),
            now=workspace.clock.now(),
        )
        with package.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        if verdict.package is None:
            return None
        expected = Expected(
            notice=known.notice,
            credit_code=credit_code,
            package=verdict.package.header.package_id,
            sha256=digest,
            size=package.stat().st_size,
        )
        return judge_receipt(workspace, data, expected)
    except (BidSealError, OSError):
        return None


def _judged(workspace: Workspace, known: KnownLot, bid: OwnBid, credit_code: str) -> SubmittedBid:
    expected = Expected(
        notice=known.notice, credit_code=credit_code, package=bid.package, sha256=bid.sha256, size=bid.size
    )
    try:
        judged = judge_receipt(workspace, bid.receipt, expected)
        if bid.state is BidState.WITHDRAWN:
            judge_withdrawal(workspace, bid.withdrawn, judged.receipt)
    except RejectedError as error:
        return SubmittedBid(package=bid.package, state=bid.state, number=bid.number, judged=None, problem=error.code)
    return SubmittedBid(package=bid.package, state=bid.state, number=judged.receipt.number, judged=judged)
