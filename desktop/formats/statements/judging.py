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
    check_path_expired,
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

    None is older than the deadline: the notice of opening signs the hash of the closing, and without it there is no
    room. So an officer whose certificate was revoked before that is refused, whatever time the statement claims (a
    notice of opening claims none but that of its enrolment).
    """
    try:
        signed = read_room_statement(data, kind)
    except RejectedError as error:
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(unreadable(error),))
    if not signed.is_by_officer(notice):
        return StatementVerdict(verdict=Verdict.INVALID, reasons=(Reason(code="record.not_by_officer"),))
    seconds: int = max(getattr(signed.payload, "at", signed.enrolled_at), notice.deadline)
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
    if _codes(path) == {"trust.expired"}:
        then = check_path_expired(
            signer.der, basis.anchors, since=at, now=basis.now, revocation=basis.revocation, usage=usage
        )
        return _expired(signer, then, at)
    return _since(path, at, is_proven=is_proven)


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


def _since(path: PathVerdict, at: datetime, *, is_proven: bool) -> tuple[Verdict, tuple[Reason, ...]]:
    """Weigh what happened to a certificate after `at`; what else is open about its path stays open."""
    if path.revoked_at is None or path.revoked_at <= at:
        return path.verdict, path.reasons
    others = tuple(reason for reason in path.reasons if reason.code != "trust.revoked")
    if is_proven and not others:
        return Verdict.VALID, ()
    since = Reason(code="verify.revoked_since", detail=path.revoked_at.isoformat(), at=path.revoked_at)
    return Verdict.CANNOT_TELL, others if is_proven else (since, *others)


def _expired(signer: CertificateFacts, then: PathVerdict, at: datetime) -> tuple[Verdict, tuple[Reason, ...]]:
    """Weigh what is told of an expired certificate: nobody proves its good, but its revocation or a bad path counts."""
    if then.verdict is Verdict.INVALID and (then.revoked_at is None or then.revoked_at <= at):
        return Verdict.INVALID, then.reasons
    since = Reason(code="verify.expired_since", detail=signer.not_after.isoformat(), at=signer.not_after)
    _, others = _since(then, at, is_proven=False)
    return Verdict.CANNOT_TELL, (since, *others)


def _codes(path: PathVerdict) -> set[str]:
    return {reason.code for reason in path.reasons}
