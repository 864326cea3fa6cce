"""Was one's own bid announced as it was packed? Compares what the agency has signed with what went into the package.

The files are compared by their hashes, the announced price by the hash of the summary that states it: neither can be
another one. What this workstation did not pack it cannot judge, and says so. Source: docs/tendering.md §6.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import OpeningState
from desktop.formats.package import BidSummary
from desktop.formats.package.documents import write_summary
from desktop.portal.room_records import RoomView
from desktop.protocol.statements import BidResult
from desktop.services.opening_evidence import Judge
from desktop.services.workspace import Workspace
from desktop.store.packed import KeptFile, PackedStore


class Comparison(StrEnum):
    """What comparing came to."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_OPENED = "not_opened"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnResult:
    """What was announced of the own bid, and how it compares; `differing` names the files that are not ours."""

    result: BidResult
    comparison: Comparison
    differing: tuple[str, ...] = ()


def check_own(workspace: Workspace, judge: Judge, room: RoomView, *, package: bytes, envelope_id: str) -> OwnResult:
    """Compare what was announced of an own bid with what was packed here.

    Raises:
        RejectedError: nothing was announced yet (`platform.not_found`), or not by an officer of the lot
            (`opening.room_untrusted`).
    """
    envelope = room.envelopes.get(envelope_id)
    data = b"" if envelope is None else envelope.results.get(package, b"")
    if not data:
        raise RejectedError("platform.not_found", package.hex())
    result = judge.result(data, envelope_id).payload
    if result.package_id != package:
        raise RejectedError("opening.room_untrusted", "another package")
    return compare(result, PackedStore(workspace.folder.packed).read(package, envelope_id))


def compare(result: BidResult, packed: tuple[KeptFile, ...] | None) -> OwnResult:
    """Compare a result with the files that were packed."""
    if result.state is not OpeningState.OPENED:
        return OwnResult(result=result, comparison=Comparison.NOT_OPENED)
    if packed is None:
        return OwnResult(result=result, comparison=Comparison.UNKNOWN)
    ours = {(each.sha256, each.size) for each in packed}
    said = {(each.sha256, each.size) for each in result.files}
    differing = [each.name for each in packed if (each.sha256, each.size) not in said]
    differing += [each.name for each in result.files if (each.sha256, each.size) not in ours]
    is_summary_ours = any(each.sha256 == _summary_hash(result) for each in packed)
    if not is_summary_ours:
        differing.append("bid_summary.json")
    is_same = not differing and len(result.files) == len(packed)
    comparison = Comparison.SAME if is_same else Comparison.DIFFERS
    return OwnResult(result=result, comparison=comparison, differing=tuple(dict.fromkeys(differing)))


def confirm_own(
    workspace: Workspace, lot_id: str, *, package: bytes, envelope_id: str, is_agreed: bool, text: str = ""
) -> RoomView:
    """Confirm what was announced of an own bid, or object to it with a reason."""
    return workspace.api.confirm(lot_id, package=package, envelope=envelope_id, is_agreed=is_agreed, text=text)


def _summary_hash(result: BidResult) -> bytes:
    """Return the hash of the summary that says what was announced."""
    summary = BidSummary(
        price=Decimal(result.price) if result.price else None,
        bid_bond=Decimal(result.bid_bond) if result.bid_bond else None,
        duration_days=result.duration_days or None,
        quality=result.quality or None,
        project_manager=result.project_manager or None,
    )
    return sha256(write_summary(summary))
