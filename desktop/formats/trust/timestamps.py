"""Judging RFC 3161 timestamp tokens: what exactly was stamped, when, and whether the service may be believed.

Refuses every shape but one signer with carried certificates and no unsigned part, imprints off the closed list,
another imprint, nonce or policy than asked for, critical extensions, a time in the future, a certificate that is not
critically and only for timestamps, and a service whose path or status cannot be told or that was revoked at any time
(a stolen key back-dates at will). Source: RFC 3161 §2.4.2 and §4, RFC 5816, RFC 5652 §5 (threats T13, T21, T22).
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import NameOID

from desktop.crypto.primitives import equal
from desktop.domain.ids import serial_number
from desktop.domain.operations import Verdict
from desktop.formats.trust import past
from desktop.formats.trust.algorithms import DIGESTS
from desktop.formats.trust.der import tree
from desktop.formats.trust.model import CertificateUsage, Reason, RevocationData, TimestampVerdict, TrustAnchors
from desktop.formats.trust.path import CLOCK_TOLERANCE
from desktop.formats.trust.signed_data import (
    CmsError,
    check_attributes,
    check_signature,
    is_plain_algorithm,
    read_attributes,
    read_certificates,
    unproven_certificates,
)

_LOG = logging.getLogger(__name__)
_MAX_TOKEN_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the token must be about; `nonce` and `policy` only where a query named them."""

    digest_of: Callable[[str], bytes]
    nonce: int | None = None
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a token states, and who signed it; whether that one may be believed is judged elsewhere."""

    time: datetime
    certificate: bytes = field(repr=False)
    carried: tuple[bytes, ...] = field(repr=False)
    service: str
    serial: str


def run(
    token: bytes, anchors: TrustAnchors, expected: Expected, *, now: datetime, revocation: RevocationData
) -> TimestampVerdict:
    """Judge a token; see check_timestamp."""
    try:
        read = read_token(token, expected)
        if read.time > now + CLOCK_TOLERANCE:
            return _no(Verdict.INVALID, "verify.timestamp_invalid", "time in the future")
        return _judge_service(read, anchors, now=now, revocation=revocation)
    except CmsError as error:
        return _no(Verdict.INVALID, "verify.timestamp_invalid", f"{error.code} {error.detail}")
    except Exception as error:  # noqa: BLE001 - the fence around asn1crypto, which raises dozens of unrelated types
        _LOG.debug("timestamp unreadable: %s", type(error).__name__)
        return _no(Verdict.INVALID, "verify.timestamp_invalid", type(error).__name__)


def _judge_service(
    read: Token, anchors: TrustAnchors, *, now: datetime, revocation: RevocationData
) -> TimestampVerdict:
    certificate = x509.load_der_x509_certificate(read.certificate)
    if not certificate.not_valid_before_utc <= read.time <= certificate.not_valid_after_utc:
        return _no(Verdict.INVALID, "verify.timestamp_invalid", "outside the validity of the service's certificate")
    helpers = (*anchors.intermediates, *read.carried)
    usage = CertificateUsage.TIMESTAMP
    found = past.run(read.certificate, helpers, anchors, since=read.time, now=now, revocation=revocation, usage=usage)
    if found.verdict is not Verdict.VALID:
        detail = ", ".join(f"{reason.code} {reason.detail}" for reason in found.reasons)[:300]
        return _no(Verdict.CANNOT_TELL, "verify.timestamp_untrusted", detail)
    if unproven_certificates(read.carried, (*found.path, *anchors.roots, *anchors.intermediates)):
        return _no(Verdict.CANNOT_TELL, "verify.timestamp_untrusted", "a certificate that nobody vouches for")
    return TimestampVerdict(
        verdict=Verdict.VALID, time=read.time, service=read.service, serial=read.serial, path=found.path
    )


def read_token(token: bytes, expected: Expected) -> Token:
    """Read a token as far as it can be without trust in its service.

    Raises:
        CmsError: it is not of the one shape, not good, or not about what is expected; foreign exceptions pass.
    """
    if len(token) > _MAX_TOKEN_BYTES:
        raise CmsError("verify.cms_unreadable", "length")
    _check_tree(tree(token))
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    info = signed["signer_infos"][0]
    _check_shape(signed, info)
    algorithm = info["digest_algorithm"]["algorithm"].native
    if algorithm not in DIGESTS:
        raise CmsError("trust.weak_algorithm", str(algorithm))
    certificate, carried = read_certificates(signed, info)
    attributes = read_attributes(info)
    check_attributes(attributes, certificate, content_type="tst_info", needs_signing_certificate=True)
    check_signature(info, certificate, algorithm)
    content = signed["encap_content_info"]["content"]
    if _digest(algorithm, content.contents) != attributes["message_digest"].native:
        raise CmsError("verify.document_changed", "statement")
    tree(content.contents)  # the statement itself is DER, too
    statement = content.parsed.native
    _check_statement(statement, expected)
    named = x509.load_der_x509_certificate(certificate)
    common = named.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Token(
        time=statement["gen_time"],
        certificate=certificate,
        carried=carried,
        service=str(common[0].value) if common else "",
        serial=serial_number(named.serial_number),
    )


def _check_statement(statement: dict[str, Any], expected: Expected) -> None:
    imprint = statement["message_imprint"]
    algorithm, parameters = imprint["hash_algorithm"]["algorithm"], imprint["hash_algorithm"]["parameters"]
    if algorithm not in DIGESTS or parameters is not None:
        raise CmsError("trust.weak_algorithm", f"imprint {algorithm}")
    if not equal(imprint["hashed_message"], expected.digest_of(algorithm)):
        raise CmsError("verify.document_changed", "imprint")
    if statement["version"] != "v1" or statement["gen_time"].tzinfo is None:
        raise CmsError("verify.cms_unreadable", "statement")
    if expected.nonce is not None and statement["nonce"] != expected.nonce:
        raise CmsError("verify.cms_unreadable", "nonce")
    if expected.policy and statement["policy"] != expected.policy:
        raise CmsError("verify.cms_unreadable", "policy")
    if any(extension["critical"] for extension in statement["extensions"] or ()):
        raise CmsError("verify.cms_unreadable", "critical extension")


def _check_tree(nodes: tuple[Any, ...]) -> None:
    """Count every element of the one shape we know; asn1crypto would pass over surplus ones."""
    try:
        ((top, (oid, (explicit, ((signed, parts),)))),) = nodes
        version, (digests, (digest,)), (content, (kind, (wrapped, (octets,)))), (certificates, _), infos = parts
        (info_set, ((info, fields),)) = infos
        number, sid, digest_again, attributes, algorithm, value = fields
        tags = (top, oid[0], explicit, signed, version[0], digests, content, kind[0], wrapped, octets[0], certificates)
        fine = tags == (0x30, 0x06, 0xA0, 0x30, 0x02, 0x31, 0x30, 0x06, 0xA0, 0x04, 0xA0)
        inner = (info_set, info, number[0], sid[0], len(sid[1]), attributes[0], value[0])
        fine = fine and inner == (0x31, 0x30, 0x02, 0x30, 2, 0xA0, 0x04)
        plain = all(is_plain_algorithm(each[1]) for each in (digest, digest_again, algorithm))
    except (TypeError, ValueError, IndexError):
        fine = plain = False
    if not (fine and plain):
        raise CmsError("verify.cms_unreadable", "not a plain token")


def _check_shape(signed: Any, info: Any) -> None:
    digest = info["digest_algorithm"].dump()
    fine = (
        signed["version"].native == "v3"
        and info["version"].native == "v1"
        and info["sid"].name == "issuer_and_serial_number"
        and signed["encap_content_info"]["content_type"].native == "tst_info"
        and signed["digest_algorithms"][0].dump() == digest
        and info["digest_algorithm"]["parameters"].native is None
    )
    if not fine:
        raise CmsError("verify.cms_unreadable", "not a plain token")


def _digest(algorithm: str, content: bytes) -> bytes:
    return hashlib.new(algorithm, content).digest()


def _no(verdict: Verdict, code: str, detail: str) -> TimestampVerdict:
    return TimestampVerdict(verdict=verdict, reasons=(Reason(code=code, detail=detail[:300]),))
