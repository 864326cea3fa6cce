"""Whether a usage record is what the platform's log says: its hash made anew, its place proven, its consent checked.

Nothing of it is taken from the platform's word: the row's hash comes from the row, the root from a signed head that
extends the heads seen before, and the consent is checked against the holder's certificate (T34, T35).
"""

from dataclasses import dataclass
from enum import StrEnum

from desktop.crypto.merkle import is_included, leaf_hash
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import Operation
from desktop.domain.tendering import LogKind
from desktop.formats.log import log_leaf, usage_body
from desktop.formats.records import RecordRow, check_evidence, row_hash
from desktop.portal.records import RecordContent
from desktop.protocol.statements import Head
from desktop.services.heads import HeadNews
from desktop.services.workspace import Workspace


class ProofState(StrEnum):
    """What came of looking: the record is proven, it is wrong, or nobody can tell now."""

    PROVEN = "proven"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordProof:
    """The result for one record; `code` says why it is not proven, `leaf` is its entry in the log of `size`."""

    number: int
    state: ProofState
    code: str = ""
    leaf: int = 0
    size: int = 0


def prove_record(workspace: Workspace, number: int) -> RecordProof:
    """Look for a record in the log. Never raises: what cannot be had now is unknown."""
    try:
        content = workspace.api.record_content(number)
        seen = workspace.heads.fetch()
        news = workspace.heads.seen(seen)
        if news is HeadNews.CONTRADICTION:
            return RecordProof(number=number, state=ProofState.WRONG, code="record.split_view")
        leaf = content.record.leaf
        if leaf is None or leaf >= seen.head.size:
            return RecordProof(number=number, state=ProofState.WRONG, code="record.not_in_log")
        path = workspace.api.inclusion_proof(leaf, seen.head.size)
        code = fault_of(content, seen.head, path) or _consent_fault(workspace, content)
    except BidSealError as error:
        return RecordProof(number=number, state=ProofState.UNKNOWN, code=error.code)
    state = ProofState.WRONG if code else ProofState.PROVEN
    return RecordProof(number=number, state=state, code=code, leaf=leaf, size=seen.head.size)


def fault_of(content: RecordContent, head: Head, path: tuple[bytes, ...]) -> str:
    """Return the catalogue code of what is wrong with a record under a head, "" if it is proven."""
    record, digest = content.record, row_hash(_row(content))
    if digest.hex() != record.row_hash:
        return "record.row_changed"
    at_us = microseconds(record.received_at)
    leaf = leaf_hash(log_leaf(kind=LogKind.USAGE, at_us=at_us, body_sha256=sha256(usage_body(digest))))
    index = -1 if record.leaf is None else record.leaf
    if not is_included(leaf, index=index, size=head.size, path=path, root=head.root):
        return "record.not_in_log"
    return ""


def _consent_fault(workspace: Workspace, content: RecordContent) -> str:
    """Check the holder's consent anew; one of before the evidence has none, which the page says by itself."""
    if not content.consent:
        return ""
    certificate = workspace.directory.facts(content.record.certificate_serial)
    if certificate is None:
        return "record.consent_wrong"
    try:
        consent = check_evidence(
            content.consent,
            content.signature,
            certificate=certificate,
            platform=workspace.profile.platform_id,
            operation=Operation(content.record.operation),
        )
    except (RejectedError, ValueError):
        return "record.consent_wrong"
    return "" if consent.t.hex() == content.record.ceremony else "record.consent_wrong"


def _row(content: RecordContent) -> RecordRow:
    record = content.record
    return RecordRow(
        organization_id=str(record.organization_id),
        account_id=content.account_id,
        operation=record.operation,
        certificate_serial=record.certificate_serial,
        user_name=record.user_name,
        subject=record.subject,
        number=content.place,
        result=record.result,
        ceremony=record.ceremony,
        at=record.at,
        received_at=record.received_at,
        consent=content.consent,
        signature=content.signature,
    )
