"""Receipts: judged before anybody is told that a bid was submitted, kept beside the package, printed.

A receipt is the platform's signed word that the whole file was durable at a moment; a token of the time stamping
service over it says when at the latest it was made. Refuses a receipt of another file, lot or unit, one that another
key has signed, and one for a moment after the deadline. Source: docs/tendering.md §4.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from desktop.crypto.primitives import equal
from desktop.domain.clock import from_microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats import statements
from desktop.formats.trust import Reason
from desktop.protocol.notices import Notice
from desktop.protocol.statements import BidReceipt, Withdrawn
from desktop.services.workspace import Workspace
from desktop.store.files import write_new
from desktop.store.outputs import OutputFolders

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
        return from_microseconds(self.receipt.at_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a receipt has to be about."""

    notice: Notice
    credit_code: str
    package: bytes
    sha256: bytes
    size: int


def judge_receipt(workspace: Workspace, data: bytes, expected: Expected) -> Judged:
    """Return the receipt if it is good and about what is expected.

    Raises:
        RejectedError: `bid.receipt_wrong`, or nobody can tell now whether it is good (`bid.receipt_unsure`).
    """
    workspace.trust.refresh()
    verdict = statements.judge_receipt(data, basis_of(workspace), platform=workspace.profile.platform_id)
    if verdict.receipt is None:
        raise RejectedError("bid.receipt_wrong", _codes(verdict.reasons))
    if verdict.verdict is not Verdict.VALID:
        raise RejectedError("bid.receipt_unsure", _codes(verdict.reasons))
    said, notice = verdict.receipt.payload, expected.notice
    about = (said.tender, said.lot, said.bidder_code, said.package_id, said.size)
    wanted = (notice.tender, notice.lot, expected.credit_code, expected.package, expected.size)
    if about != wanted or not equal(said.sha256, expected.sha256):
        raise RejectedError("bid.receipt_wrong", "about another bid")
    if said.at_us > notice.deadline * 1_000_000:
        raise RejectedError("bid.receipt_wrong", "after the deadline")
    return Judged(receipt=said, stamped_at=verdict.stamped_at, service=verdict.service, data=data)


def judge_withdrawal(workspace: Workspace, data: bytes, expected: BidReceipt) -> Withdrawn:
    """Return the platform's word that a bid is withdrawn, if it is good and about the bid of this receipt.

    Raises:
        RejectedError: `bid.withdrawal_wrong`; nobody can tell now whether it is good (`bid.receipt_unsure`).
    """
    workspace.trust.refresh()
    platform = workspace.profile.platform_id
    verdict = statements.judge_statement(data, Withdrawn, basis_of(workspace), platform=platform)
    if verdict.statement is None:
        raise RejectedError("bid.withdrawal_wrong", _codes(verdict.reasons))
    if verdict.verdict is not Verdict.VALID:
        raise RejectedError("bid.receipt_unsure", _codes(verdict.reasons))
    said = verdict.statement.payload
    if (said.tender, said.lot, said.package_id) != (expected.tender, expected.lot, expected.package_id):
        raise RejectedError("bid.withdrawal_wrong", "about another bid")
    return said


def basis_of(workspace: Workspace) -> statements.Basis:
    """Return what certificates are judged by on this workstation now."""
    return statements.Basis(
        anchors=workspace.trust.anchors, revocation=workspace.trust.revocation(), now=workspace.clock.now()
    )


def _codes(reasons: tuple[Reason, ...]) -> str:
    return ", ".join(f"{reason.code} {reason.detail}".strip() for reason in reasons)[:300]


def receipt_path(package: Path) -> Path:
    """Return where the receipt of a package stands."""
    return package.with_name(package.name + SUFFIX)


def keep_receipt(package: Path, data: bytes, *, outputs: OutputFolders, is_good: Callable[[bytes], bool]) -> Path:
    """Write a judged receipt beside its package, durably; one that is there and `is_good` is left as it is.

    Nothing is replaced: where another file has the name, the receipt takes the next free one. What a kill leaves half
    written goes at the next start, for which the folder is noted in `outputs`.

    Raises:
        UnavailableError: it cannot be written.
    """
    wanted = receipt_path(package)
    there = read_receipt_file(wanted)
    if there and (there == data or is_good(there)):
        return wanted
    outputs.note([package.parent])
    try:
        return write_new(wanted, data)
    finally:
        outputs.forget()


def read_receipt_file(path: Path) -> bytes:
    """Return the bytes of a receipt file, empty when there is none or it is too long for one."""
    try:
        with path.open("rb") as file:
            data = file.read(statements.MAX_RECEIPT_BYTES + 1)
    except OSError:
        return b""
    return data if len(data) <= statements.MAX_RECEIPT_BYTES else b""
