"""Whether a statement of the platform, or of a workstation in the opening room, may be believed.

Form and signature are `protocol.statements`' part; here it is who signed: a record keeper under a pinned root whose
certificate held at the statement's own time, an officer whom the lot's notice names. Never raises: what cannot be read
is invalid, what nobody can tell now is cannot_tell. Source: docs/tendering.md §4, §6; threats T10, T12, T35, T38.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.clock import from_microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.trust import (
    CertificateUsage,
    PathVerdict,
    Reason,
    RevocationData,
    TrustAnchors,
    check_path_since,
)
from desktop.protocol.notices import Notice
from desktop.protocol.statements import (
    PlatformStatement,
    RoomSigned,
    RoomStatement,
    Signed,
    read_room_statement,
    read_statement,
)

P = TypeVar("P", bound=PlatformStatement)
R = TypeVar("R", bound=RoomStatement)
S = TypeVar("S")
_CLOCK_TOLERANCE = timedelta(minutes=5)
_LAST_YEAR_US = 253_402_300_800_000_000  # the year 10000, which no calendar of ours has


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What certificates are judged by, and when."""

    anchors: TrustAnchors
    revocation: RevocationData
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementVerdict(Generic[S]):
    """The judgement on a statement; nothing of an invalid one is given out."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    statement: S | None = None

    def required(self) -> S:
        """Return the statement if it is valid.

        Raises:
            RejectedError: the first reason why it is not.
        """
        if self.verdict is not Verdict.VALID or self.statement is None:
            raise RejectedError(self.reasons[0].code, self.reasons[0].detail)
        return self.statement


def judge_statement(data: bytes, kind: type[P], basis: Basis, *, platform: str = "") -> StatementVerdict[Signed[P]]:
    """Judge a platform's statement of one kind; `platform` is the one expected, empty for any that the roots name."""
    try:
        signed = read_statement(data, kind)
    except RejectedError as error:
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(unreadable(error),))
    if platform and signed.payload.platform != platform:
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(Reason(code="record.other_platform"),))
    if not signed.is_record_keeper:
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(Reason(code="record.not_by_keeper"),))
    if signed.payload.at_us >= _LAST_YEAR_US:
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(Reason(code="record.in_future"),))
    at = from_microseconds(signed.payload.at_us)
    verdict, reasons = judge_signer(signed.signer, at, basis, CertificateUsage.RECORD_KEEPING)
    kept = None if verdict is Verdict.INVALID else signed
    return StatementVerdict(verdict=verdict, reasons=reasons, statement=kept)


def judge_room_statement(data: bytes, kind: type[R], notice: Notice, basis: Basis) -> StatementVerdict[RoomSigned[R]]:
    """Judge a statement from the opening room of the lot of `notice`.

    A notice of opening says no time of its own; its officer's certificate is judged as of the enrolment.
    """
    try:
        signed = read_room_statement(data, kind)
    except RejectedError as error:
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(unreadable(error),))
    if not signed.is_by_officer(notice):
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(Reason(code="record.not_by_officer"),))
    seconds: int = getattr(signed.payload, "at", signed.enrolled_at)
    if seconds * 1_000_000 >= _LAST_YEAR_US:
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(Reason(code="record.in_future"),))
    at = from_microseconds(seconds * 1_000_000)
    verdict, reasons = judge_signer(signed.officer, at, basis, CertificateUsage.SIGN)
    return StatementVerdict(verdict=verdict, reasons=reasons, statement=None if verdict is Verdict.INVALID else signed)


def judge_signer(
    signer: CertificateFacts, at: datetime, basis: Basis, usage: CertificateUsage, *, is_proven: bool = False
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Judge the certificate under a statement that says to be of `at`.

    Unless somebody else proves that moment, what happened to the certificate after it leaves it open: a stolen key
    writes any time (T38).
    """
    if at > basis.now + _CLOCK_TOLERANCE:
        return Verdict.INVALID, (Reason(code="record.in_future", detail=at.isoformat()),)
    if not signer.not_before - _CLOCK_TOLERANCE <= at <= signer.not_after:
        return Verdict.INVALID, (Reason(code="verify.outside_validity", detail=at.isoformat()),)
    path = check_path_since(
        signer.der, basis.anchors, since=at, now=basis.now, revocation=basis.revocation, usage=usage
    )
    return _since(signer, path, at, is_proven=is_proven)


def unreadable(error: RejectedError) -> Reason:
    """Return why a statement could not be read, in the words of a record rather than of a scan."""
    code = "record.signature_wrong" if error.code == "ceremony.signature_invalid" else "record.unreadable"
    return Reason(code=code, detail=f"{error.code} {error.detail}")


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Return the verdict on a whole: as bad as its worst part; of nothing at all, nobody can tell."""
    for verdict in (Verdict.INVALID, Verdict.CANNOT_TELL):
        if verdict in verdicts:
            return verdict
    return Verdict.VALID if verdicts else Verdict.CANNOT_TELL


def _since(
    signer: CertificateFacts, path: PathVerdict, at: datetime, *, is_proven: bool
) -> tuple[Verdict, tuple[Reason, ...]]:
    if {reason.code for reason in path.reasons} == {"trust.expired"}:
        return Verdict.CANNOT_TELL, (Reason(code="verify.expired_since", detail=signer.not_after.isoformat()),)
    if path.revoked_at is not None and path.revoked_at > at:
        if is_proven:
            return Verdict.VALID, ()
        return Verdict.CANNOT_TELL, (Reason(code="verify.revoked_since", detail=path.revoked_at.isoformat()),)
    return path.verdict, path.reasons
