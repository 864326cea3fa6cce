"""Asking an OCSP responder about one certificate, and taking only the answer to that very question.

The nonce makes an old answer useless (threat T13); signature, dates and status are judged by formats.trust.
Source: RFC 6960 §4.1, RFC 9654.
"""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from desktop.domain.errors import UnavailableError

OCSP_NONCE_BYTES = 32


def write_ocsp_query(certificate: bytes, issuer: bytes, nonce: bytes) -> bytes:
    """Return the OCSPRequest about `certificate` of `issuer` (DER) with a fresh `nonce`, DER."""
    subject, authority = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
    builder = ocsp.OCSPRequestBuilder().add_certificate(subject, authority, hashes.SHA256())
    return builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)


def check_ocsp_reply(reply: bytes, certificate: bytes, nonce: bytes) -> bytes:
    """Return `reply` if it answers about this certificate under this nonce; nothing else is proven by that.

    Raises:
        UnavailableError: it does not (`verify.ocsp_refused`).
    """
    try:
        answer = ocsp.load_der_ocsp_response(reply)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            detail = str(answer.response_status)
        else:
            nonces = [e.value.nonce for e in answer.extensions if isinstance(e.value, x509.OCSPNonce)]
            wanted = x509.load_der_x509_certificate(certificate).serial_number
            if nonces == [nonce] and answer.serial_number == wanted:
                return reply
            detail = "nonce" if nonces != [nonce] else "serial number"
    except Exception as error:  # noqa: BLE001 - the library raises several unrelated types on hostile input
        detail = type(error).__name__
    raise UnavailableError("verify.ocsp_refused", detail)
