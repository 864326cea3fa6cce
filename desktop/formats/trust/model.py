"""What trust is judged from, and the judgement."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.domain.operations import Verdict


class CertificateUsage(StrEnum):
    """What the certificate is asked to do; key usage decides (an encryption certificate must not sign, threat T10)."""

    SIGN = "sign"
    ENCRYPT = "encrypt"
    TIMESTAMP = "timestamp"
    SEAL_MAKING = "seal_making"
    RECORD_KEEPING = "record_keeping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a verdict is what it is: a code of the problem catalogue and a diagnostic that is not for the screen.

    `at` is when it came about, where a page says that.
    """

    code: str
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchors:
    """Certificates in DER: `roots` are trusted by themselves, `intermediates` only help to build paths."""

    roots: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationData:
    """CRLs and OCSP responses in DER, from wherever; none is believed without its signature and its dates."""

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PathVerdict:
    """The judgement on one certificate.

    `reasons` is empty only for a valid one. `path` holds the DERs from the certificate to the root where one was built;
    `revoked_at` the (first) moment of revocation where that is a reason.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    path: tuple[bytes, ...] = field(default=(), repr=False)
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampVerdict:
    """The judgement on one timestamp token; `time` counts only where the verdict is valid.

    `service` names who says so, `path` holds the DERs from the service's certificate to the root.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    time: datetime | None = None
    service: str = ""
    serial: str = ""
    path: tuple[bytes, ...] = field(default=(), repr=False)
