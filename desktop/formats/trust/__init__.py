"""Certificate paths and revocation: may this certificate be relied on, at this moment, for this use?

Refuses by default: no usable revocation information is "cannot tell", never "valid". Importing it is cheap; the path
validator is loaded by the first check. Source: RFC 5280, RFC 6960.
"""

from collections.abc import Callable
from datetime import datetime

from desktop.formats.trust.model import (
    CertificateUsage,
    PathVerdict,
    Reason,
    RevocationData,
    TimestampVerdict,
    TrustAnchors,
)

__all__ = [
    "CertificateUsage",
    "PathVerdict",
    "Reason",
    "RevocationData",
    "TimestampVerdict",
    "TrustAnchors",
    "check_path",
    "check_path_expired",
    "check_path_since",
    "check_timestamp",
]


def check_path(
    certificate: bytes,
    anchors: TrustAnchors,
    *,
    at: datetime,
    revocation: RevocationData,
    usage: CertificateUsage = CertificateUsage.SIGN,
    carried: tuple[bytes, ...] = (),
) -> PathVerdict:
    """Judge a DER certificate at the moment `at`; `carried` are unproven certificates that may help to build the path.

    Never raises for any input: what cannot be read is invalid, what is missing is cannot_tell.
    """
    from desktop.formats.trust.path import run

    return run(certificate, (*anchors.intermediates, *carried), anchors, at=at, revocation=revocation, usage=usage)


def check_path_since(
    certificate: bytes,
    anchors: TrustAnchors,
    *,
    since: datetime,
    now: datetime,
    revocation: RevocationData,
    usage: CertificateUsage = CertificateUsage.SIGN,
    carried: tuple[bytes, ...] = (),
) -> PathVerdict:
    """Judge what a certificate was worth at the proven moment `since`: now, or by evidence made between then and now.

    Revocation after `since` (told by `revoked_at`) is the caller's to weigh. Never raises, as `check_path`.
    """
    from desktop.formats.trust.past import run

    helpers = (*anchors.intermediates, *carried)
    return run(certificate, helpers, anchors, since=since, now=now, revocation=revocation, usage=usage)


def check_path_expired(
    certificate: bytes,
    anchors: TrustAnchors,
    *,
    since: datetime,
    now: datetime,
    revocation: RevocationData,
    usage: CertificateUsage = CertificateUsage.SIGN,
) -> PathVerdict:
    """Judge an expired certificate: its path by the dates of `since`, its status until its end by today's lists.

    An expired certificate hides what else is wrong with it or with its path; this tells it. Valid means no more than
    that nothing speaks against it: a list may leave out what has expired (RFC 5280 §3.3). Never raises.
    """
    from desktop.formats.trust.past import run_expired

    return run_expired(
        certificate, anchors.intermediates, anchors, since=since, now=now, revocation=revocation, usage=usage
    )


def check_timestamp(
    token: bytes,
    anchors: TrustAnchors,
    *,
    digest_of: Callable[[str], bytes],
    now: datetime,
    revocation: RevocationData,
    nonce: int | None = None,
    policy: str = "",
) -> TimestampVerdict:
    """Judge an RFC 3161 token over what `digest_of` (sha256, sha384, sha512) hashes; `nonce` and `policy` if asked for.

    Never raises for any token: what cannot be read is invalid.
    """
    from desktop.formats.trust.timestamps import Expected, run

    expected = Expected(digest_of=digest_of, nonce=nonce, policy=policy)
    return run(token, anchors, expected, now=now, revocation=revocation)
