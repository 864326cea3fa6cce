"""The CMS inside a PDF signature: strictly one detached signer, closed algorithm list, nothing that is left unchecked.

Refuses whatever is not DER, not covered by the signature and not of the one shape we know, so that no bit of the file
can change without the verdict changing. Source: RFC 5652 §5, RFC 5035, EN 319 122-1, EN 319 142-1 §5.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import cms

from desktop.domain.operations import Verdict
from desktop.formats.trust.algorithms import DIGESTS
from desktop.formats.trust.der import element_end, tree
from desktop.formats.trust.signed_data import (
    CmsError,
    check_attributes,
    check_signature,
    is_plain_algorithm,
    read_attributes,
    read_certificates,
    unproven_certificates,
)

__all__ = ["CmsError", "Signer", "read_signer", "unproven_certificates", "with_timestamp", "without_padding"]

#: id-aa-signatureTimeStampToken (RFC 3161, appendix A), the one unsigned attribute that we know how to judge.
_TIMESTAMP_OID = bytes.fromhex("2a864886f70d010910020e")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What the CMS proves: `certificate` signed attributes that name `message_digest`; trust is judged elsewhere.

    `signature` are the octets of the signature value, `timestamp` the token over them (DER, unproven; empty for none).
    """

    certificate: bytes
    carried: tuple[bytes, ...]
    digest_algorithm: str
    message_digest: bytes
    signing_time: datetime | None
    signature: bytes = field(repr=False)
    timestamp: bytes = field(repr=False)


def read_signer(padded: bytes, *, needs_signing_certificate: bool) -> Signer:
    """Check the CMS in a signature's Contents (DER followed by zeros) as far as it can be without the document.

    Raises:
        CmsError: with the reason; foreign exceptions pass to the caller's fence.
    """
    der = without_padding(padded)
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
    certificate, carried = read_certificates(signed, info)
    attributes = read_attributes(info)
    check_attributes(attributes, certificate, content_type="data", needs_signing_certificate=needs_signing_certificate)
    check_signature(info, certificate, digest_algorithm)
    signing_time = attributes["signing_time"].native if "signing_time" in attributes else None
    return Signer(
        certificate=certificate,
        carried=carried,
        digest_algorithm=digest_algorithm,
        message_digest=attributes["message_digest"].native,
        signing_time=signing_time,
        signature=info["signature"].native,
        timestamp=_timestamp(der),
    )


def with_timestamp(der: bytes, token: bytes) -> bytes:
    """Return a CMS of ours with `token` as its signature timestamp; every other byte stays what it is.

    Raises:
        DerError: `token` is not DER.
    """
    tree(token)
    attribute = _element(0x30, _element(0x06, _TIMESTAMP_OID) + _element(0x31, token))
    # ContentInfo → [0] → SignedData → signerInfos → the one SignerInfo, each the last element of the one before.
    return _appended(der, _element(0xA1, attribute), depth=4)


def _appended(der: bytes, extra: bytes, *, depth: int) -> bytes:
    """Append `extra` inside the last element `depth` levels down."""
    start, end = element_end(der, 0)
    if depth == 0:
        return _element(der[0], der[start:end] + extra)
    last = _last_child(der)
    return _element(der[0], der[start : end - len(last)] + _appended(last, extra, depth=depth - 1))


def _element(tag: int, contents: bytes) -> bytes:
    size = len(contents)
    if size < 0x80:  # noqa: PLR2004 - X.690 §8.1.3: short form
        return bytes([tag, size]) + contents
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + contents


def _timestamp(der: bytes) -> bytes:
    """Return the token of a CMS whose tree is good, or nothing; asn1crypto takes a second to hand out the same."""
    element = der
    for _ in range(5):  # [0], SignedData, signerInfos, SignerInfo, its last part
        element = _last_child(element)
    if element[0] != 0xA1:  # noqa: PLR2004 - unsigned attributes
        return b""
    for _ in range(3):  # the attribute, its values, the token
        element = _last_child(element)
    return element


def _last_child(element: bytes) -> bytes:
    at, end = element_end(element, 0)
    last = at
    while at < end:
        last, (_, at) = at, element_end(element, at)
    return element[last:end]


def without_padding(padded: bytes) -> bytes:
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
        version, sid, digest_again, attributes, algorithm, value, *unsigned = info
        tags = (top, oid, explicit, signed[0], body[0], content[0], certificates, info_tag, version[0], sid[0])
        kinds = (attributes[0], value[0], len(content[1]), len(sid[1]))
        fine = tags == (0x30, 0x06, 0xA0, 0x30, 0x02, 0x30, 0xA0, 0x30, 0x02, 0x30) and kinds == (0xA0, 0x04, 1, 2)
        fine = fine and (not unsigned or _is_timestamp_alone(*unsigned))
        plain = all(is_plain_algorithm(each) for each in (digest, digest_again[1], algorithm[1]))
    except (TypeError, ValueError):
        fine = plain = False
    if not (fine and plain):
        raise CmsError("verify.cms_unreadable", "not a plain detached signature")


def _five(signed: Any) -> tuple[Any, Any, Any, Any, Any]:
    version, digests, content, certificates, infos = signed[1]
    if (digests[0], infos[0]) != (0x31, 0x31):
        raise ValueError("sets")
    return version, digests[1], content, certificates[0], infos[1]


def _is_timestamp_alone(unsigned: Any) -> bool:
    """Tell whether the unsigned attributes are exactly one signature timestamp with one value."""
    tag, ((attribute, (oid, (values, tokens))),) = unsigned
    return (tag, attribute, values, len(tokens)) == (0xA1, 0x30, 0x31, 1) and oid == (0x06, _TIMESTAMP_OID)


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
