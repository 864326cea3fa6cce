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
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import Suite, signature_bytes, signature_to_der, verify
from desktop.domain.errors import MisuseError, RejectedError

HASH_BYTES = 32
_SET = bytes.fromhex("318184")
_CONTENT_TYPE = bytes.fromhex("3018 0609 2a864886f70d010903 310b 0609 2a864886f70d010701")
_MESSAGE_DIGEST = bytes.fromhex("302f 0609 2a864886f70d010904 3122 0420")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("3037 060b 2a864886f70d010910022f 3128 3026 3024 3022 0420")
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
    from asn1crypto import algos, cms, x509

    facts = read_certificate(certificate_der)
    if not verify(facts.public_key, signed_attributes, signature):
        raise RejectedError("ceremony.signature_invalid", f"certificate {facts.serial}")
    is_ec = facts.suite is Suite.P256
    certificate = x509.Certificate.load(certificate_der)
    algorithm = {"algorithm": "sha256_ecdsa"} if is_ec else {"algorithm": "rsassa_pkcs1v15"}
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": cms.CMSAttributes.load(signed_attributes),
            "signature_algorithm": algos.SignedDigestAlgorithm(algorithm),
            "signature": signature_to_der(signature) if is_ec else signature,
        }
    )
    carried = [cms.CertificateChoices({"certificate": x509.Certificate.load(der)}) for der in (certificate_der, *chain)]
    signed_data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": carried,
            "signer_infos": [signer],
        }
    )
    content = cms.ContentInfo({"content_type": "signed_data", "content": signed_data})
    return bytes(content.dump())  # not forced: what was loaded stands as it came, by whatever name it is known now
