"""Certificate paths and revocation: may this certificate be relied on, at this moment, for this use?

Refuses by default: no usable revocation information is "cannot tell", never "valid". Importing it is cheap; the path
validator is loaded by the first check. Source: RFC 5280, RFC 6960.
"""

from datetime import datetime

from desktop.formats.trust.model import CertificateUsage, PathVerdict, Reason, RevocationData, TrustAnchors

__all__ = ["CertificateUsage", "PathVerdict", "Reason", "RevocationData", "TrustAnchors", "check_path"]


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
