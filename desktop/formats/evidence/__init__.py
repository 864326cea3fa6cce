"""A file of the platform's records judged whatever it is: receipt, tree head, log export, opening record.

One judgement and one list of facts for the command line and the window; how they are worded is theirs.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.primitives import equal
from desktop.domain.clock import from_microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.bundle import Opening, judge_bundle
from desktop.formats.log import LogVerdict, judge_export, judge_head
from desktop.formats.package.streams import unreadable as cannot_be_read
from desktop.formats.statements import MAX_RECEIPT_BYTES, Basis, judge_receipt
from desktop.formats.trust import Reason
from desktop.protocol.statements import BidReceipt, Head, read_statement

__all__ = ["EvidenceKind", "EvidenceVerdict", "PackageBeside", "heads_in", "is_called_evidence", "judge_evidence"]

_CHUNK = 1024 * 1024


class EvidenceKind(StrEnum):
    """What a file is; the value is its suffix."""

    RECEIPT = ".receipt"
    HEAD = ".bidhead"
    LOG = ".bidlog"
    RECORD = ".bidrecord"


class PackageBeside(StrEnum):
    """Whether the package that a receipt is about lies beside it, under the receipt's name without its suffix."""

    SAME = "same"
    DIFFERENT = "different"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceVerdict:
    """The judgement. `facts` are JSON; there are none of what is invalid. `unchecked`: codes of what stays open."""

    kind: EvidenceKind
    verdict: Verdict
    reasons: tuple[Reason, ...]
    unchecked: tuple[str, ...] = ()
    signer: CertificateFacts | None = None
    at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def is_called_evidence(path: Path) -> bool:
    """Tell whether a file is to be judged here, by its name."""
    return path.suffix.lower() in set(EvidenceKind)


def heads_in(statements: Iterable[bytes]) -> tuple[Head, ...]:
    """Read heads that were kept; what is none is left out."""
    found = []
    for data in statements:
        try:
            found.append(read_statement(data, Head).payload)
        except RejectedError:
            continue
    return tuple(found)


def judge_evidence(path: Path, basis: Basis, *, known: Iterable[Head] = ()) -> EvidenceVerdict:
    """Judge the file; `known` are tree heads that this workstation has seen.

    Raises:
        UnavailableError: it cannot be read (`general.file_unreadable`).
    """
    kind = EvidenceKind(path.suffix.lower())
    try:
        with path.open("rb") as file:
            return _JUDGES[kind](file, path, basis, tuple(known))
    except OSError as error:
        raise cannot_be_read(error) from None


def _receipt(file: BinaryIO, path: Path, basis: Basis, _known: tuple[Head, ...]) -> EvidenceVerdict:
    found = judge_receipt(file.read(MAX_RECEIPT_BYTES + 1), basis)
    facts: Mapping[str, Any] = {}
    if found.receipt is not None:
        facts = _receipt_facts(found.receipt.payload) | {
            "stamped_at": _iso(found.stamped_at),
            "service": found.service,
            "package_file": str(_beside(path, found.receipt.payload)),
        }
    return EvidenceVerdict(
        kind=EvidenceKind.RECEIPT,
        verdict=found.verdict,
        reasons=found.reasons,
        unchecked=found.unchecked,
        signer=found.receipt.signer if found.receipt else None,
        at=from_microseconds(found.receipt.payload.at_us) if found.receipt else None,
        facts=facts,
    )


def _head(file: BinaryIO, _path: Path, basis: Basis, known: tuple[Head, ...]) -> EvidenceVerdict:
    return _of_log(EvidenceKind.HEAD, judge_head(file.read(MAX_RECEIPT_BYTES + 1), basis, known=known))


def _log(file: BinaryIO, _path: Path, basis: Basis, known: tuple[Head, ...]) -> EvidenceVerdict:
    return _of_log(EvidenceKind.LOG, judge_export(file, basis, known=known))


def _of_log(kind: EvidenceKind, found: LogVerdict) -> EvidenceVerdict:
    head = found.head
    return EvidenceVerdict(
        kind=kind,
        verdict=found.verdict,
        reasons=found.reasons,
        unchecked=found.unchecked,
        signer=head.signer if head else None,
        at=from_microseconds(head.payload.at_us) if head else None,
        facts=_head_facts(head.payload) if head else {},
    )


def _record(file: BinaryIO, _path: Path, basis: Basis, known: tuple[Head, ...]) -> EvidenceVerdict:
    found = judge_bundle(file, basis, known=known)
    file.seek(0)
    digest = _digest(file).hex()
    return EvidenceVerdict(
        kind=EvidenceKind.RECORD,
        verdict=found.verdict,
        reasons=found.reasons,
        unchecked=found.unchecked,
        at=from_microseconds(found.opening.closing.at_us) if found.opening else None,
        facts=_opening_facts(found.opening) | {"sha256": digest} if found.opening else {},
    )


_JUDGES: Mapping[EvidenceKind, Callable[[BinaryIO, Path, Basis, tuple[Head, ...]], EvidenceVerdict]] = {
    EvidenceKind.RECEIPT: _receipt,
    EvidenceKind.HEAD: _head,
    EvidenceKind.LOG: _log,
    EvidenceKind.RECORD: _record,
}


def _receipt_facts(said: BidReceipt) -> dict[str, Any]:
    return {
        "platform": said.platform,
        "tender": said.tender,
        "lot": said.lot,
        "bidder": {"name": said.bidder, "credit_code": said.bidder_code},
        "package_id": said.package_id.hex(),
        "sha256": said.sha256.hex(),
        "size": said.size,
        "number": said.number,
        "log_entry": said.leaf,
        "received_at": _iso(from_microseconds(said.at_us)),
    }


def _head_facts(said: Head) -> dict[str, Any]:
    at = _iso(from_microseconds(said.at_us))
    return {"platform": said.platform, "size": said.size, "root": said.root.hex(), "at": at}


def _opening_facts(opening: Opening) -> dict[str, Any]:
    notice, closing = opening.notice, opening.closing
    return {
        "platform": notice.platform,
        "tender": notice.tender,
        "tender_name": notice.tender_name,
        "lot": notice.lot,
        "lot_name": notice.lot_name,
        "agency": {"name": notice.agency, "credit_code": notice.agency_code},
        "deadline": _iso(from_microseconds(notice.deadline * 1_000_000)),
        "closed_at": _iso(from_microseconds(closing.at_us)),
        "opens": closing.opens,
        "bids": [{"package_id": b.package.hex(), "credit_code": b.credit_code} for b in opening.bids],
        "results": [
            {
                "package_id": result.package_id.hex(),
                "envelope": result.envelope_id,
                "state": str(result.state),
                "cause": result.cause,
                "party": str(result.party),
                "price": result.price,
            }
            for result in opening.results
        ],
        "objections": sum(not each.ok for each in opening.confirmed),
        "log": _head_facts(opening.head) if opening.head else None,
    }


def _beside(receipt: Path, said: BidReceipt) -> PackageBeside:
    """Compare the package that a receipt lies beside, if there is one."""
    package = receipt.with_suffix("")
    try:
        with package.open("rb") as file:
            if os.fstat(file.fileno()).st_size != said.size:
                return PackageBeside.DIFFERENT
            is_same = equal(_digest(file), said.sha256)
    except OSError:
        return PackageBeside.ABSENT
    return PackageBeside.SAME if is_same else PackageBeside.DIFFERENT


def _digest(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
