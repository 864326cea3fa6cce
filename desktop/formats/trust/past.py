"""What a certificate was worth at an earlier moment, although it may have expired since (threat T11).

Fresh knowledge comes first. Only where it cannot tell any more, evidence that was made after that moment (and not
before: an old "good" hides a revocation) is asked, as of the time it was made. Source: EN 319 102-1 §5.2.12 and §5.5.
"""

from datetime import datetime

from cryptography import x509

from desktop.domain.operations import Verdict
from desktop.formats.trust import path
from desktop.formats.trust.model import CertificateUsage, PathVerdict, RevocationData, TrustAnchors

_MAX_MOMENTS = 6
#: What may be otherwise at an earlier moment: the certificate has expired since, or its status is not to be had now.
_PASSING = frozenset({"trust.expired", "trust.revocation_stale", "trust.revocation_unknown"})


def run(
    certificate: bytes,
    helpers: tuple[bytes, ...],
    anchors: TrustAnchors,
    *,
    since: datetime,
    now: datetime,
    revocation: RevocationData,
    usage: CertificateUsage,
) -> PathVerdict:
    """Judge a certificate; see check_path_since."""
    today = path.run(certificate, helpers, anchors, at=now, revocation=revocation, usage=usage)
    if today.verdict is Verdict.VALID or not _PASSING.issuperset(reason.code for reason in today.reasons):
        return today
    evidence, moments = path.made_between(revocation, since - path.CLOCK_TOLERANCE, now)
    for moment in sorted({max(made, since) for made in moments}, reverse=True)[:_MAX_MOMENTS]:
        then = path.run(certificate, helpers, anchors, at=moment, revocation=evidence, usage=usage)
        if then.verdict is Verdict.VALID or then.revoked_at is not None:
            return then
    return today


def run_expired(
    certificate: bytes,
    helpers: tuple[bytes, ...],
    anchors: TrustAnchors,
    *,
    since: datetime,
    now: datetime,
    revocation: RevocationData,
    usage: CertificateUsage,
) -> PathVerdict:
    """Judge a certificate; see check_path_expired.

    The validator leaves out what was revoked after the moment that it is asked about: so it is asked about two.
    """
    news = path.known_by(revocation, since, now)
    then = path.run(certificate, helpers, anchors, at=since, latest=now, revocation=news, usage=usage)
    if then.verdict is not Verdict.VALID:
        return then
    end = x509.load_der_x509_certificate(certificate).not_valid_after_utc
    last = path.run(certificate, helpers, anchors, at=end, latest=now, revocation=news, usage=usage)
    return then if last.revoked_at is None else last
