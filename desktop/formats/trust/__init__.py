"""Certificate paths and revocation: may this certificate be relied on, at this moment, for this use?

Refuses by default: no usable revocation information is "cannot tell", never "valid". Source: RFC 5280, RFC 6960.
"""

from desktop.formats.trust.model import CertificateUsage, PathVerdict, Reason, RevocationData, TrustAnchors
from desktop.formats.trust.path import check_path

__all__ = ["CertificateUsage", "PathVerdict", "Reason", "RevocationData", "TrustAnchors", "check_path"]
