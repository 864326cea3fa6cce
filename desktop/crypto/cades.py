"""The CAdES baseline signature of a seal: the exact bytes that the phone signs and the CMS they end up in.

The signed attributes of a PDF seal are one fixed string of 135 bytes with two holes, so phone and desktop build them
from the same two hashes and compare bytes; nothing is negotiated and there is no second encoding (threats T22, T53):

    31 81 84                                                        SET OF Attribute, in DER order (shortest first)
       30 18 06 09 2a864886f70d010903 31 0b 06 09 2a864886f70d010701     content-type = id-data
       30 2f 06 09 2a864886f70d010904 31 22 04 20 <32 bytes>             message-digest = SHA-256 of the ByteRange
       30 37 06 0b 2a864886f70d010910022f 31 28 30 26 30 24 30 22 04 20 <32 bytes>
                                                                        signing-certificate-v2: one ESSCertIDv2, SHA-256
                                                                        of the certificate; hashAlgorithm is the default
                                                                        and so absent in DER; no issuerSerial

No signing-time (PAdES forbids it; the PDF's /M holds the claimed time), no algorithm protection, nothing else.
Refuses keys of no allowed suite. Source: RFC 5652 §5.3-5.4 and §11, RFC 5035 §3, EN 319 122-1 §5.2.2.3, EN 319 142-1.
"""

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_der import OCTET_STRING, SEQUENCE, SET, set_of, tlv
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import Suite, signature_bytes, signature_to_der, verify
from desktop.domain.errors import MisuseError, RejectedError

HASH_BYTES = 32
_SET = bytes.fromhex("318184")
_CONTENT_TYPE = bytes.fromhex("3018 0609 2a864886f70d010903 310b 0609 2a864886f70d010701")
_MESSAGE_DIGEST = bytes.fromhex("302f 0609 2a864886f70d010904 3122 0420")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("3037 060b 2a864886f70d010910022f 3128 3026 3024 3022 0420")
_CONTEXT_0 = 0xA0
_VERSION_1 = bytes.fromhex("020101")
_ID_DATA = bytes.fromhex("0609 2a864886f70d010701")
_ID_SIGNED_DATA = bytes.fromhex("0609 2a864886f70d010702")
_SHA256 = bytes.fromhex("300d 0609 608648016503040201 0500")
_ECDSA_SHA256 = bytes.fromhex("300a 0608 2a8648ce3d040302")
_RSA = bytes.fromhex("300d 0609 2a864886f70d010101 0500")
_FIXED_BYTES = 512  # version, algorithm and structure bytes of a SignedData; generous


def cades_signed_attributes(message_digest: bytes, certificate_der: bytes) -> bytes:
    """Return the DER of the signed attributes over `message_digest` (SHA-256, 32 B) by the certificate's owner."""
    if len(message_digest) != HASH_BYTES:
        raise MisuseError("general.unexpected", "message digest is not a SHA-256")
    own = sha256(certificate_der)
    return b"".join((_SET, _CONTENT_TYPE, _MESSAGE_DIGEST, message_digest, _SIGNING_CERTIFICATE_V2, own))


def signed_data_budget(certificates: tuple[bytes, ...]) -> int:
    """Return an upper bound in bytes for what `cades_signed_data` makes with these certificates."""
    return _FIXED_BYTES + sum(len(der) for der in certificates) + signature_bytes(Suite.RSA3072) + 200


def cades_signed_data(
    *,
    signed_attributes: bytes,
    signature: bytes,
    certificate_der: bytes,
    chain: tuple[bytes, ...] = (),
) -> bytes:
    """Build the detached CMS SignedData DER from the phone's wire signature over `signed_attributes`.

    `chain` are further certificates to carry (the issuing CA; never needed for trust, only to build the path).

    Raises:
        RejectedError: the signature is not the certificate's over these attributes (`ceremony.signature_invalid`).
    """
    from asn1crypto import x509

    facts = read_certificate(certificate_der)
    if not verify(facts.public_key, signed_attributes, signature):
        raise RejectedError("ceremony.signature_invalid", f"certificate {facts.serial}")
    is_ec = facts.suite is Suite.P256
    tbs = x509.Certificate.load(certificate_der)["tbs_certificate"]
    # As they stand in the certificate, not encoded anew.
    issuer_and_serial = tlv(SEQUENCE, tbs["issuer"].dump(), tbs["serial_number"].dump())
    signer = tlv(
        SEQUENCE,
        _VERSION_1,
        issuer_and_serial,
        _SHA256,
        bytes((_CONTEXT_0,)) + signed_attributes[1:],
        _ECDSA_SHA256 if is_ec else _RSA,
        tlv(OCTET_STRING, signature_to_der(signature) if is_ec else signature),
    )
    signed_data = tlv(
        SEQUENCE,
        _VERSION_1,
        tlv(SET, _SHA256),
        tlv(SEQUENCE, _ID_DATA),
        set_of(_CONTEXT_0, [certificate_der, *chain]),
        tlv(SET, signer),
    )
    return tlv(SEQUENCE, _ID_SIGNED_DATA, tlv(_CONTEXT_0, signed_data))
