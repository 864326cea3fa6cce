"""The own unit's bids for a lot: as the platform lists them, each with its receipt, and as they lie here.

A bid whose receipt is not good is not told as submitted. What stands on this disk is judged without the list: it shows
that a platform has closed the lot without the bid, or with one that had been replaced (threats T39, T40).
Source: docs/tendering.md §4, §9, §10.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.tendering import BidState
from desktop.formats.statements import read_receipt
from desktop.portal.room_records import ClosedBid
from desktop.portal.tender_records import OwnBid
from desktop.protocol.statements import BidReceipt, read_statement
from desktop.services.receipts import (
    SUFFIX,
    Expected,
    Judged,
    judge_receipt,
    judge_withdrawal,
    read_receipt_file,
    receipt_path,
)
from desktop.services.tenders import KnownLot
from desktop.services.workspace import Workspace
from desktop.store.files import sha256_of


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
    """Return the good receipt that stands beside a package, None where there is none or it is not this file's.

    The file is hashed and nothing else of it read: that its platform has judged it is what the receipt says.
    """
    data = read_receipt_file(receipt_path(package))
    if not data:
        return None
    try:
        said = read_statement(read_receipt(data).receipt, BidReceipt).payload
        size = package.stat().st_size
        digest = sha256_of(package) if size == said.size else b""
        expected = Expected(
            notice=known.notice, credit_code=credit_code, package=said.package_id, sha256=digest, size=size
        )
        return judge_receipt(workspace, data, expected)
    except (BidSealError, OSError):
        return None


def kept_receipts(known: KnownLot, *, credit_code: str) -> tuple[BidReceipt, ...]:
    """Return what the unit's receipts for a lot say that were judged and kept on this workstation, oldest first."""
    found = []
    for path in known.folder.glob(f"*{SUFFIX}"):
        try:
            said = read_statement(read_receipt(read_receipt_file(path)).receipt, BidReceipt).payload
        except RejectedError:
            continue
        if said.bidder_code == credit_code:
            found.append(said)
    return tuple(sorted(found, key=lambda said: said.at_us))


def demand_closed_as_submitted(
    receipts: Sequence[BidReceipt], own: ClosedBid | None, *, is_withdrawn: Callable[[BidReceipt], bool]
) -> None:
    """Demand that what was closed of the unit is what it submitted last, as far as its receipts tell.

    Another workstation of the unit may have submitted a later one; an earlier one cannot have come back. `receipts` are
    the oldest first.

    Raises:
        RejectedError: `opening.not_included`.
    """
    of_own = (said for said in receipts if own is not None and own.package == said.package_id)
    if any(own is not None and (own.sha256, own.at_us) != (said.sha256, said.at_us) for said in of_own):
        raise RejectedError("opening.not_included", "another receipt")
    if not receipts:
        return
    newest = receipts[-1]
    has_later = own is not None and own.at_us >= newest.at_us
    if not has_later and (own is not None or not is_withdrawn(newest)):
        raise RejectedError("opening.not_included", newest.package_id.hex())


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
