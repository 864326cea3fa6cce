"""Which of two CRLs to keep: one that its issuer signed, and never an older one than we have.

Says nothing about whether it is still current: that is judged where it is used (formats.trust). Source: RFC 5280 §5.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from desktop.crypto.suites import load_spki
from desktop.domain.errors import RejectedError


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlAge:
    """What orders the CRLs of one issuer, and until when one says that it is current."""

    number: int
    this_update: datetime
    next_update: datetime | None = None

    def is_older_than(self, other: "CrlAge") -> bool:
        """Tell whether `other` was made later."""
        return (self.number, self.this_update) < (other.number, other.this_update)


def read_crl(der: bytes, *, issuer_spki: bytes) -> CrlAge:
    """Read a CRL that the holder of `issuer_spki` signed.

    Raises:
        RejectedError: no CRL, or not the issuer's (`ceremony.certificate_unreadable`).
    """
    try:
        crl = x509.load_der_x509_crl(der)
        signed = crl.is_signature_valid(load_spki(issuer_spki))
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        age = CrlAge(number=number, this_update=crl.last_update_utc, next_update=crl.next_update_utc)
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise RejectedError("ceremony.certificate_unreadable", f"crl {type(error).__name__}") from None
    if not signed:
        raise RejectedError("ceremony.certificate_unreadable", "crl of another issuer")
    return age
