"""The receipt of a bid (`.receipt`): the platform's signed word, and what a time stamping service says about it.

The platform dates its own word; the token is the second clock. Where both are there they must agree to a minute: which
of two clocks is wrong nobody can tell from a receipt (T38). Source: docs/tendering.md §4; RFC 3161.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.domain.clock import from_microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.statements.judging import Basis, judge_statement, unreadable, worst
from desktop.formats.trust import Reason, TimestampVerdict, check_timestamp
from desktop.protocol import codec
from desktop.protocol.schema import blob, fields
from desktop.protocol.statements import BidReceipt, Signed

MAX_RECEIPT_BYTES = 64 * 1024
_MAX_TOKEN_BYTES = 16 * 1024
#: How far the platform's clock and the time stamping service's may be apart.
CLOCKS_APART = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFile:
    """Both parts as they stand in the file; `token` is empty where no service was reached."""

    receipt: bytes
    token: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptVerdict:
    """The judgement; `unchecked` are catalogue codes of what could not be checked, though nothing speaks against it."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    unchecked: tuple[str, ...] = ()
    receipt: Signed[BidReceipt] | None = None
    stamped_at: datetime | None = None
    service: str = ""


def write_receipt(file: ReceiptFile) -> bytes:
    """Return the bytes of a receipt file."""
    return codec.encode({"receipt": file.receipt, "tst": file.token})


def read_receipt(data: bytes) -> ReceiptFile:
    """Read a receipt file; nothing in it is judged.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    known = {"receipt": blob(1, MAX_RECEIPT_BYTES), "tst": blob(0, _MAX_TOKEN_BYTES)}
    f = fields(codec.decode(data, max_bytes=MAX_RECEIPT_BYTES), known)
    return ReceiptFile(receipt=f["receipt"], token=f["tst"])


def judge_receipt(data: bytes, basis: Basis, *, platform: str = "") -> ReceiptVerdict:
    """Judge a receipt file."""
    try:
        file = read_receipt(data)
    except RejectedError as error:
        return ReceiptVerdict(verdict=Verdict.INVALID, reasons=(unreadable(error),))
    stated = judge_statement(file.receipt, BidReceipt, basis, platform=platform)
    if stated.statement is None:
        return ReceiptVerdict(verdict=stated.verdict, reasons=stated.reasons)
    if not file.token:
        return ReceiptVerdict(
            verdict=stated.verdict, reasons=stated.reasons, unchecked=("record.no_timestamp",), receipt=stated.statement
        )
    stamp = _stamp(file, basis)
    verdict, reasons = _clocks(stamp, from_microseconds(stated.statement.payload.at_us))
    overall = worst((stated.verdict, verdict))
    return ReceiptVerdict(
        verdict=overall,
        reasons=(*stated.reasons, *reasons),
        receipt=None if overall is Verdict.INVALID else stated.statement,
        stamped_at=stamp.time,
        service=stamp.service,
    )


def _stamp(file: ReceiptFile, basis: Basis) -> TimestampVerdict:
    return check_timestamp(
        file.token,
        basis.anchors,
        digest_of=lambda algorithm: hashlib.new(algorithm, file.receipt).digest(),
        now=basis.now,
        revocation=basis.revocation,
    )


def _clocks(stamp: TimestampVerdict, at: datetime) -> tuple[Verdict, tuple[Reason, ...]]:
    if stamp.verdict is not Verdict.VALID or stamp.time is None:
        return stamp.verdict, stamp.reasons
    if abs(stamp.time - at) > CLOCKS_APART:
        detail = f"{at.isoformat()} {stamp.time.isoformat()}"
        return Verdict.CANNOT_TELL, (Reason(code="record.clocks_apart", detail=detail),)
    return Verdict.VALID, ()
