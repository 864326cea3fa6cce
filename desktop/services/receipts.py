"""Receipts: judged before anybody is told that a bid was submitted, kept beside the package, printed.

A receipt is the platform's signed word that the whole file was durable at a moment; a token of the time stamping
service over it says when at the latest it was made. Refuses a receipt of another file, lot or unit, one that another
key has signed, and one for a moment after the deadline. Source: docs/tendering.md §4.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.trust import CertificateUsage, check_path_since, check_timestamp
from desktop.protocol import codec
from desktop.protocol.notices import Notice
from desktop.protocol.schema import blob, fields
from desktop.protocol.statements import BidReceipt, PlatformStatement, Signed, Withdrawn, read_statement
from desktop.services.workspace import Workspace
from desktop.store.files import write_new

MAX_RECEIPT_BYTES = 64 * 1024
_MAX_TOKEN_BYTES = 16 * 1024
SUFFIX = ".receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A good receipt; `stamped_at` is None where no time stamping service has said anything that can be told now."""

    receipt: BidReceipt
    stamped_at: datetime | None
    service: str
    data: bytes = field(repr=False)

    @property
    def received_at(self) -> datetime:
        """When the last byte was durable at the platform."""
        return moment_of(self.receipt.at_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a receipt has to be about."""

    notice: Notice
    credit_code: str
    package: bytes
    sha256: bytes
    size: int


def moment_of(micros: int) -> datetime:
    """Return a moment given in microseconds since the epoch."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def judge_receipt(workspace: Workspace, data: bytes, expected: Expected) -> Judged:
    """Return the receipt if it is good and about what is expected.

    Raises:
        RejectedError: `bid.receipt_wrong`; or its signer cannot be judged now (`ceremony.revocation_unknown`).
    """
    if len(data) > MAX_RECEIPT_BYTES:
        raise RejectedError("bid.receipt_wrong", "too long")
    outer = fields(codec.decode(data), {"receipt": blob(1, MAX_RECEIPT_BYTES), "tst": blob(0, _MAX_TOKEN_BYTES)})
    signed = read_statement(outer["receipt"], BidReceipt)
    require_record_keeper(workspace, signed)
    said, notice = signed.payload, expected.notice
    about = (said.platform, said.tender, said.lot, said.bidder_code, said.package_id, said.size)
    wanted = (notice.platform, notice.tender, notice.lot, expected.credit_code, expected.package, expected.size)
    if about != wanted or not equal(said.sha256, expected.sha256):
        raise RejectedError("bid.receipt_wrong", "about another bid")
    if said.at_us > notice.deadline * 1_000_000:
        raise RejectedError("bid.receipt_wrong", "after the deadline")
    stamped_at, service = _stamp(workspace, outer["receipt"], outer["tst"])
    return Judged(receipt=said, stamped_at=stamped_at, service=service, data=data)


def judge_withdrawal(workspace: Workspace, data: bytes, expected: BidReceipt) -> Withdrawn:
    """Return the platform's word that a bid is withdrawn, if it is good and about the bid of this receipt.

    Raises:
        RejectedError: `bid.withdrawal_wrong`; or its signer cannot be judged now.
    """
    signed = read_statement(data, Withdrawn)
    require_record_keeper(workspace, signed)
    said = signed.payload
    if (said.tender, said.lot, said.package_id) != (expected.tender, expected.lot, expected.package_id):
        raise RejectedError("bid.withdrawal_wrong", "about another bid")
    return said


def require_record_keeper(workspace: Workspace, signed: "Signed[BidReceipt] | Signed[Withdrawn]") -> None:
    """Demand that a statement is this platform's: its record keeper, good when it was made.

    Raises:
        RejectedError: `bid.receipt_wrong` or `ceremony.revocation_unknown`.
    """
    said: PlatformStatement = signed.payload
    if said.platform != workspace.profile.platform_id or not signed.is_record_keeper:
        raise RejectedError("bid.receipt_wrong", "not the platform's record keeper")
    workspace.trust.refresh()
    verdict = check_path_since(
        signed.signer.der,
        workspace.trust.anchors,
        since=moment_of(said.at_us),
        now=workspace.clock.now(),
        revocation=workspace.trust.revocation(),
        usage=CertificateUsage.RECORD_KEEPING,
    )
    if verdict.verdict is not Verdict.VALID:
        code = "ceremony.revocation_unknown" if verdict.verdict is Verdict.CANNOT_TELL else "bid.receipt_wrong"
        raise RejectedError(code, ", ".join(reason.code for reason in verdict.reasons))


def receipt_path(package: Path) -> Path:
    """Return where the receipt of a package stands."""
    return package.with_name(package.name + SUFFIX)


def keep_receipt(package: Path, judged: Judged, *, is_good: Callable[[bytes], bool]) -> Path:
    """Write a judged receipt beside its package, durably; one that is there and `is_good` is left as it is.

    Nothing is replaced: where another file has the name, the receipt takes the next free one.

    Raises:
        UnavailableError: it cannot be written.
    """
    wanted = receipt_path(package)
    there = read_receipt_file(wanted)
    if there and (there == judged.data or is_good(there)):
        return wanted
    return write_new(wanted, judged.data)


def read_receipt_file(path: Path) -> bytes:
    """Return the bytes of a receipt file, empty when there is none or it is too long for one."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_RECEIPT_BYTES + 1)
    except OSError:
        return b""
    return data if len(data) <= MAX_RECEIPT_BYTES else b""


def _stamp(workspace: Workspace, receipt: bytes, token: bytes) -> tuple[datetime | None, str]:
    if not token:
        return None, ""
    verdict = check_timestamp(
        token,
        workspace.trust.anchors,
        digest_of=lambda algorithm: hashlib.new(algorithm, receipt).digest(),
        now=workspace.clock.now(),
        revocation=workspace.trust.revocation(),
    )
    if verdict.verdict is Verdict.INVALID:
        raise RejectedError("bid.receipt_wrong", "timestamp")
    return (verdict.time, verdict.service) if verdict.verdict is Verdict.VALID else (None, "")
