"""The CMS inside a PDF signature: strictly one detached signer, closed algorithm list, nothing that is left unchecked.

Refuses whatever is not DER, not covered by the signature and not of the one shape we know, so that no bit of the file
can change without the verdict changing. Source: RFC 5652 §5, RFC 5035, EN 319 122-1, EN 319 142-1 §5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.trust.algorithms import DIGESTS, key_allowed
from desktop.signing.pdf.der import element_end, tree

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_MAX_CERTIFICATES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What the CMS proves: `certificate` signed attributes that name `message_digest`; trust is judged elsewhere."""

    certificate: bytes
    carried: tuple[bytes, ...]
    digest_algorithm: str
    message_digest: bytes
    signing_time: datetime | None


class CmsError(RejectedError):
    """The CMS is not acceptable: a verdict (invalid or cannot_tell) with its reason."""

    def __init__(self, code: str, detail: str = "", verdict: Verdict = Verdict.INVALID) -> None:
        super().__init__(code, detail)
        self.verdict = verdict


def read_signer(padded: bytes, *, needs_signing_certificate: bool) -> Signer:
    """Check the CMS in a signature's Contents (DER followed by zeros) as far as it can be without the document.

    Raises:
        CmsError: with the reason; foreign exceptions pass to the caller's fence.
    """
    der = _without_padding(padded)
    _check_tree(tree(der))
    content = cms.ContentInfo.load(der, strict=True)
    if content["content_type"].native != "signed_data":
        raise CmsError("verify.cms_unreadable", "not SignedData")
    signed = content["content"]
    if len(signed["signer_infos"]) != 1:
        raise CmsError("verify.cms_unreadable", "not exactly one signer")
    info = signed["signer_infos"][0]
    _check_shape(signed, info)
    digest_algorithm = info["digest_algorithm"]["algorithm"].native
    if digest_algorithm not in DIGESTS:
        raise CmsError("trust.weak_algorithm", str(digest_algorithm))
    certificate, carried = _certificates(signed, info)
    attributes = _attributes(info)
    _check_attributes(attributes, certificate, needs_signing_certificate=needs_signing_certificate)
    _check_signature(info, certificate, digest_algorithm)
    signing_time = attributes["signing_time"].native if "signing_time" in attributes else None
    return Signer(
        certificate=certificate,
        carried=carried,
        digest_algorithm=digest_algorithm,
        message_digest=attributes["message_digest"].native,
        signing_time=signing_time,
    )


def _without_padding(padded: bytes) -> bytes:
    """Cut the zeros after the outermost DER element; anything but zeros there is refused."""
    _, end = element_end(padded, 0)
    if any(padded[end:]):
        raise CmsError("verify.cms_unreadable", "data after the signature")
    return padded[:end]


def _check_tree(nodes: tuple[Any, ...]) -> None:
    """Count every element of the one shape we know; asn1crypto would pass over surplus ones.

    Raises:
        CmsError: an element is missing, surplus or of another kind.
    """
    try:
        ((top, ((oid, _), (explicit, (signed,)))),) = nodes
        body, ((_, digest),), content, certificates, infos = _five(signed)
        ((info_tag, info),) = infos
        version, sid, digest_again, attributes, algorithm, value = info
        tags = (top, oid, explicit, signed[0], body[0], content[0], certificates, info_tag, version[0], sid[0])
        kinds = (attributes[0], value[0], len(content[1]), len(sid[1]))
        fine = tags == (0x30, 0x06, 0xA0, 0x30, 0x02, 0x30, 0xA0, 0x30, 0x02, 0x30) and kinds == (0xA0, 0x04, 1, 2)
        plain = all(_is_plain_algorithm(each) for each in (digest, digest_again[1], algorithm[1]))
    except (TypeError, ValueError):
        fine = plain = False
    if not (fine and plain):
        raise CmsError("verify.cms_unreadable", "not a plain detached signature")


def _five(signed: Any) -> tuple[Any, Any, Any, Any, Any]:
    version, digests, content, certificates, infos = signed[1]
    if (digests[0], infos[0]) != (0x31, 0x31):
        raise ValueError("sets")
    return version, digests[1], content, certificates[0], infos[1]


def _is_plain_algorithm(parts: Any) -> bool:
    """Tell whether an AlgorithmIdentifier is an OID alone or with NULL."""
    return bool(parts) and parts[0][0] == 0x06 and (len(parts) == 1 or parts[1:] == ((0x05, b""),))  # noqa: PLR2004 - DER tags


def _check_shape(signed: Any, info: Any) -> None:
    """Demand the one shape of a detached signature by one signer; every unsigned byte has just one allowed value."""
    digest = info["digest_algorithm"].dump()
    bare = info["digest_algorithm"]["parameters"].native is None
    fine = (
        signed["version"].native == "v1"
        and info["version"].native == "v1"
        and info["sid"].name == "issuer_and_serial_number"
        and signed["encap_content_info"]["content_type"].native == "data"
        and signed["encap_content_info"]["content"].native is None
        and len(signed["digest_algorithms"]) == 1
        and signed["digest_algorithms"][0].dump() == digest
        and bare
    )
    if not fine:
        raise CmsError("verify.cms_unreadable", "not a plain detached signature")
    if signed["crls"].native is not None:
        raise CmsError("verify.cms_unchecked_part", "crls", Verdict.CANNOT_TELL)
    if info["unsigned_attrs"].native is not None:
        raise CmsError("verify.cms_unchecked_part", "unsigned attributes", Verdict.CANNOT_TELL)


def _certificates(signed: Any, info: Any) -> tuple[bytes, tuple[bytes, ...]]:
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


def _attributes(info: Any) -> dict[str, Any]:
    """Return the signed attributes by type; a repeated type or one with several values is refused."""
    found: dict[str, Any] = {}
    for attribute in info["signed_attrs"] or ():
        kind = attribute["type"].native
        if kind in found or len(attribute["values"]) != 1:
            raise CmsError("verify.cms_unreadable", f"attribute {kind}")
        found[kind] = attribute["values"][0]
    return found


def _check_attributes(attributes: dict[str, Any], certificate: bytes, *, needs_signing_certificate: bool) -> None:
    if "content_type" not in attributes or attributes["content_type"].native != "data":
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


def _check_signature(info: Any, certificate: bytes, digest_algorithm: str) -> None:
    algorithm = info["signature_algorithm"]
    if algorithm["parameters"].native is not None:
        raise CmsError("trust.weak_algorithm", "signature parameters")
    named = algorithm["algorithm"].native
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not key_allowed(key):
        raise CmsError("trust.weak_algorithm", "key")
    body = info["signed_attrs"].untag().dump()  # the signature is over the SET OF, not over its implicit tag
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
