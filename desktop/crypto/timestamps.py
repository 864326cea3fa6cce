"""Making timestamp queries, tokens and replies (RFC 3161), and taking the token out of a reply.

A token is always our one shape: ECDSA P-256 with SHA-256, ESSCertIDv2, no unsigned attribute. Whether a token is worth
anything is judged by formats.trust, never here. Imprints by SHA-256, 384 and 512 only (threat T21).
Source: RFC 3161 §2.4, RFC 5816, RFC 5652 §5.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from desktop.crypto.issuing import Signer
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import sign, signature_to_der
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError

if TYPE_CHECKING:
    from asn1crypto import cms

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
NONCE_BYTES = 16
MAX_QUERY_BYTES = 4096
MAX_REPLY_BYTES = 64 * 1024
_MAX_NONCE_BITS = 160
_GRANTED = frozenset({"granted", "granted_with_mods"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampQuery:
    """What is asked: `digest` by `algorithm` (sha256 …); `policy` empty = any; `nonce` None = not asked for."""

    algorithm: str
    digest: bytes
    nonce: int | None = None
    policy: str = ""
    wants_certificate: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampStatement:
    """What the service states beside the query: its policy, a fresh serial number, the time and how exact that is."""

    policy: str
    serial: int
    time: datetime
    accuracy: timedelta


class QueryError(RejectedError):
    """A query that is not answered with a token; `failure` is the PKIFailureInfo bit by name."""

    def __init__(self, failure: str) -> None:
        super().__init__("platform.bad_request", failure)
        self.failure = failure


def nonce_from(random: bytes) -> int:
    """Make a positive nonce of exactly `NONCE_BYTES` octets from as many random ones."""
    if len(random) != NONCE_BYTES:
        raise MisuseError("general.unexpected", "nonce")
    return int.from_bytes(bytes([random[0] & 0x7F | 0x40]) + random[1:], "big")


def write_query(query: TimestampQuery) -> bytes:
    """Return the TimeStampReq, DER."""
    from asn1crypto import tsp

    fields: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": query.algorithm}, "hashed_message": query.digest},
        "cert_req": query.wants_certificate,
    }
    if query.policy:
        fields["req_policy"] = query.policy
    if query.nonce is not None:
        fields["nonce"] = query.nonce
    return bytes(tsp.TimeStampReq(fields).dump())


def read_query(der: bytes) -> TimestampQuery:
    """Read a TimeStampReq strictly.

    Raises:
        QueryError: `bad_data_format` (not one), `bad_request`, `bad_alg`, `unaccepted_extensions`.
    """
    if len(der) > MAX_QUERY_BYTES:
        raise QueryError("bad_data_format")
    try:
        return _query(der)
    except QueryError:
        raise
    except Exception:  # noqa: BLE001 - asn1crypto raises many unrelated types on hostile input
        raise QueryError("bad_data_format") from None


def _query(der: bytes) -> TimestampQuery:
    from asn1crypto import tsp

    asked = tsp.TimeStampReq.load(der, strict=True)
    native = asked.native  # parses every field, or raises
    if native["version"] != "v1":
        raise QueryError("bad_request")
    if native["extensions"]:
        raise QueryError("unaccepted_extensions")
    imprint = native["message_imprint"]
    algorithm, parameters = imprint["hash_algorithm"]["algorithm"], imprint["hash_algorithm"]["parameters"]
    if algorithm not in DIGEST_BYTES or parameters is not None:
        raise QueryError("bad_alg")
    nonce = native["nonce"]
    if len(imprint["hashed_message"]) != DIGEST_BYTES[algorithm]:
        raise QueryError("bad_data_format")
    if nonce is not None and not 0 <= nonce < 1 << _MAX_NONCE_BITS:
        raise QueryError("bad_request")
    return TimestampQuery(
        algorithm=algorithm,
        digest=imprint["hashed_message"],
        nonce=nonce,
        policy=native["req_policy"] or "",
        wants_certificate=bool(native["cert_req"]),
    )


def write_token(
    query: TimestampQuery, statement: TimestampStatement, *, signer: Signer, chain: tuple[bytes, ...] = ()
) -> bytes:
    """Return the TimeStampToken, DER; its certificate (and `chain`) travel along only where they were asked for."""
    carried = (signer.certificate, *chain) if query.wants_certificate else ()
    return sign_statement(write_statement(query, statement), signer=signer, carried=carried)


def sign_statement(content: bytes, *, signer: Signer, carried: tuple[bytes, ...]) -> bytes:
    """Return the token over a TSTInfo (DER) as it is, with the certificates in `carried`."""
    from asn1crypto import algos, cms, x509

    attributes = _signed_attributes(content, signer.certificate)
    certificate = x509.Certificate.load(signer.certificate)
    info = cms.SignerInfo(
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
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature_to_der(sign(signer.key, attributes.dump())),
        }
    )
    fields: dict[str, Any] = {
        "version": "v3",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
        "signer_infos": [info],
    }
    if carried:
        fields["certificates"] = [
            cms.CertificateChoices({"certificate": x509.Certificate.load(der)}) for der in carried
        ]
    token = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(fields)})
    return bytes(token.dump())


def write_statement(query: TimestampQuery, statement: TimestampStatement) -> bytes:
    """Return the TSTInfo, DER."""
    from asn1crypto import tsp

    fields: dict[str, Any] = {
        "version": "v1",
        "policy": statement.policy,
        "message_imprint": {"hash_algorithm": {"algorithm": query.algorithm}, "hashed_message": query.digest},
        "serial_number": statement.serial,
        "gen_time": statement.time.replace(microsecond=0),
        "accuracy": {"seconds": int(statement.accuracy.total_seconds())},
    }
    if query.nonce is not None:
        fields["nonce"] = query.nonce
    return bytes(tsp.TSTInfo(fields).dump())


def _signed_attributes(content: bytes, certificate: bytes) -> "cms.CMSAttributes":
    from asn1crypto import cms, tsp

    named = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": sha256(certificate)})]})
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [sha256(content)]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
        ]
    )


def write_reply(token: bytes) -> bytes:
    """Return the TimeStampResp that grants `token`, DER."""
    from asn1crypto import cms, tsp

    reply = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)})
    return bytes(reply.dump())


def write_refusal(failure: str) -> bytes:
    """Return the TimeStampResp that refuses, DER; `failure` is the PKIFailureInfo bit by name."""
    from asn1crypto import core, tsp

    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {failure}})
    # asn1crypto declares the token of a reply mandatory (RFC 3161 §2.4.2 does not), so the outer element is our own.
    outer = core.SequenceOf([status], spec=tsp.PKIStatusInfo)
    return bytes(outer.dump())


def read_reply(der: bytes) -> bytes:
    """Return the token of a granting TimeStampResp, DER and as yet unproven.

    Raises:
        UnavailableError: the service refuses or answers something else (`verify.timestamp_refused`).
    """
    from asn1crypto import cms, core, tsp

    if len(der) > MAX_REPLY_BYTES:
        raise UnavailableError("verify.timestamp_refused", "too long")
    try:
        parts = core.SequenceOf.load(der, strict=True, spec=core.Any)
        status = tsp.PKIStatusInfo.load(parts[0].dump(), strict=True)
        said = str(status["status"].native)
        if said in _GRANTED and len(parts) == 2:  # noqa: PLR2004 - status and token
            return bytes(cms.ContentInfo.load(parts[1].dump(), strict=True).dump())
        detail = f"{said} {sorted(status['fail_info'].native or ())}"
    except Exception as error:  # noqa: BLE001 - asn1crypto raises many unrelated types on hostile input
        detail = type(error).__name__
    raise UnavailableError("verify.timestamp_refused", detail[:200])
