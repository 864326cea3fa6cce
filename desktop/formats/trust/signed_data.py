"""What seals and timestamps have in common as SignedData: carried certificates, signed attributes, the one signature.

Refuses algorithms off the closed list, repeated parts, and any byte that nobody vouches for.
Source: RFC 5652 §5, RFC 5035, RFC 5816, EN 319 122-1 §5.2.2.
"""

from typing import Any

from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.trust.algorithms import DIGESTS, key_allowed
from desktop.formats.trust.der import element_end, tree

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_MAX_CERTIFICATES = 20


class CmsError(RejectedError):
    """The CMS is not acceptable: a verdict (invalid or cannot_tell) with its reason."""

    def __init__(self, code: str, detail: str = "", verdict: Verdict = Verdict.INVALID) -> None:
        super().__init__(code, detail)
        self.verdict = verdict


def is_plain_algorithm(parts: Any) -> bool:
    """Tell whether an AlgorithmIdentifier is an OID alone or with NULL."""
    return bool(parts) and parts[0][0] == 0x06 and (len(parts) == 1 or parts[1:] == ((0x05, b""),))  # noqa: PLR2004 - DER tags


def read_certificates(signed: Any, info: Any) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the signer's certificate and the other carried ones."""
    choices = list(signed["certificates"] or ())
    if not 0 < len(choices) <= _MAX_CERTIFICATES or any(choice.name != "certificate" for choice in choices):
        raise CmsError("verify.cms_unreadable", "certificates")
    ders: list[bytes] = [choice.chosen.dump() for choice in choices]
    if len(set(ders)) != len(ders):
        raise CmsError("verify.cms_unreadable", "a certificate twice")
    if not all(_has_plain_signature(der) for der in ders):
        raise CmsError("verify.cms_unreadable", "a certificate's own signature")
    sid = info["sid"].chosen
    wanted = (sid["issuer"].dump(), sid["serial_number"].native)
    own = []
    for der in ders:
        parsed = asn1_x509.Certificate.load(der, strict=True)
        if (parsed.issuer.dump(), parsed.serial_number) == wanted:
            own.append(der)
    if len(own) != 1:
        raise CmsError("verify.cms_unreadable", "signer's certificate missing")
    return own[0], tuple(der for der in ders if der != own[0])


def _has_plain_signature(der: bytes) -> bool:
    """Tell whether the part of a certificate that its issuer did not sign holds nothing free: no unused bits."""
    certificate: Any = tree(der)
    ((_, (to_be_signed, algorithm, (tag, bits))),) = certificate
    return bool(tag == 0x03 and bits[:1] == b"\0" and algorithm in to_be_signed[1])  # noqa: PLR2004 - BIT STRING


def read_attributes(info: Any) -> dict[str, Any]:
    """Return the signed attributes by type; a repeated type or one with several values is refused."""
    found: dict[str, Any] = {}
    for attribute in info["signed_attrs"] or ():
        kind = attribute["type"].native
        if kind in found or len(attribute["values"]) != 1:
            raise CmsError("verify.cms_unreadable", f"attribute {kind}")
        found[kind] = attribute["values"][0]
    return found


def check_attributes(
    attributes: dict[str, Any], certificate: bytes, *, content_type: str, needs_signing_certificate: bool
) -> None:
    """Demand the content type, a message digest, and that signing-certificate-v2 names `certificate`.

    Raises:
        CmsError: one is missing or says something else.
    """
    if "content_type" not in attributes or attributes["content_type"].native != content_type:
        raise CmsError("verify.cms_unreadable", "content-type")
    if "message_digest" not in attributes:
        raise CmsError("verify.cms_unreadable", "message-digest")
    named = attributes.get("signing_certificate_v2")
    if named is None:
        if needs_signing_certificate:
            raise CmsError("verify.cms_unreadable", "signing-certificate-v2 is missing")
        return
    if not isinstance(named, tsp.SigningCertificateV2) or not len(named["certs"]):
        raise CmsError("verify.cms_unreadable", "signing-certificate-v2")
    first = named["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].native
    if algorithm not in DIGESTS:
        raise CmsError("trust.weak_algorithm", str(algorithm))
    digest = hashes.Hash(_HASHES[algorithm])
    digest.update(certificate)
    if digest.finalize() != first["cert_hash"].native:
        raise CmsError("verify.other_certificate")


def check_signature(info: Any, certificate: bytes, digest_algorithm: str) -> None:
    """Check a SignerInfo's signature over its signed attributes.

    Raises:
        CmsError: it is wrong, or its key or algorithm is off the closed list.
    """
    algorithm = info["signature_algorithm"]
    if algorithm["parameters"].native is not None:
        raise CmsError("trust.weak_algorithm", "signature parameters")
    named = algorithm["algorithm"].native
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not key_allowed(key):
        raise CmsError("trust.weak_algorithm", "key")
    body = _as_set(info["signed_attrs"].dump())
    value, chosen = info["signature"].native, _HASHES[digest_algorithm]
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and named == f"{digest_algorithm}_ecdsa":
            key.verify(value, body, ec.ECDSA(chosen))
        elif isinstance(key, rsa.RSAPublicKey) and named in ("rsassa_pkcs1v15", f"{digest_algorithm}_rsa"):
            key.verify(value, body, padding.PKCS1v15(), chosen)
        else:
            raise CmsError("trust.weak_algorithm", str(named))
    except InvalidSignature:
        raise CmsError("verify.signature_wrong") from None


def _as_set(attributes: bytes) -> bytes:
    """Return what the signature is over: the SET OF, sorted as DER wants it, not the implicit tag in its place."""
    at, end = element_end(attributes, 0)
    head, found = attributes[1:at], []
    while at < end:
        _, after = element_end(attributes, at)
        found.append(attributes[at:after])
        at = after
    return b"\x31" + head + b"".join(sorted(found))


def unproven_certificates(carried: tuple[bytes, ...], known: tuple[bytes, ...]) -> bool:
    """Tell whether a carried certificate is neither known nor issued by a known one: nobody vouches for its bytes."""
    trusted = {sha256(der): der for der in known}
    left = [der for der in carried if sha256(der) not in trusted]
    progress = True
    while left and progress:
        progress = False
        for der in list(left):
            if any(_issued(der, issuer) for issuer in trusted.values()):
                trusted[sha256(der)] = der
                left.remove(der)
                progress = True
    return bool(left)


def _issued(der: bytes, issuer: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(der).verify_directly_issued_by(x509.load_der_x509_certificate(issuer))
    except Exception:  # noqa: BLE001 - the library raises several unrelated types for "no"
        return False
    return True
