"""Usage records: the evidence that a holder's phone agreed, and the hash that a row is known by.

The evidence is the consent as the phone signed it. It names operation, platform, unit, ceremony and certificate, and
the results only by a hash: a record shows that a certificate was used and for what, never a price or a share. Refuses
a consent of another form, another certificate's signature, and a consent for something else than the record says.
Source: docs/protocol.md, Answer and Usage records.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.primitives import equal, sha256
from desktop.crypto.suites import verify
from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol import codec
from desktop.protocol.items import BY_NEW_KEY
from desktop.protocol.schema import blob, fields, integer, one_of, text

__all__ = ["MAX_CONSENT_BYTES", "RecordRow", "SignedConsent", "check_evidence", "read_consent", "row_hash"]

MAX_CONSENT_BYTES = 2048
_PREFIX = b"BIDSEAL1/consent\0"
_MAX_TEXT = 255
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedConsent:
    """What a phone agreed to; `t` is the transcript hash of the ceremony, `signer` the hash of certificate or key."""

    operation: Operation
    platform: str
    organization: str
    credit_code: str
    t: bytes
    signer: bytes
    results: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """Everything of a usage record that its hash covers."""

    organization_id: str
    account_id: str
    operation: str
    certificate_serial: str
    user_name: str
    subject: str
    number: int
    result: str
    ceremony: str
    at: datetime
    received_at: datetime
    consent: bytes
    signature: bytes


def read_consent(data: bytes) -> SignedConsent:
    """Read consent bytes.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    if not data.startswith(_PREFIX):
        raise RejectedError("ceremony.malformed", "not a consent")
    known = {
        "op": one_of(Operation),
        "platform": text(_MAX_TEXT),
        "org": text(_MAX_TEXT, empty=True),
        "code": text(_MAX_TEXT, empty=True),
        "t": blob(_HASH_BYTES),
        "nonce": blob(_HASH_BYTES),
        "cert": blob(_HASH_BYTES),
        "tpl": integer(1, 2**16),
        "lang": text(8),
        "results": blob(_HASH_BYTES),
    }
    f = fields(codec.decode(data[len(_PREFIX) :], max_bytes=MAX_CONSENT_BYTES), known)
    return SignedConsent(
        operation=f["op"],
        platform=f["platform"],
        organization=f["org"],
        credit_code=f["code"],
        t=f["t"],
        signer=f["cert"],
        results=f["results"],
    )


def check_evidence(
    consent: bytes, signature: bytes, *, certificate: CertificateFacts, platform: str, operation: Operation
) -> SignedConsent:
    """Demand that the holder of `certificate` agreed to `operation` at `platform`, and return to what.

    Whether the certificate held at that time is another question: a record of a use that should not have been is a
    record all the same.

    Raises:
        RejectedError: `ceremony.malformed`, `.wrong_purpose`, `.certificate_not_allowed`, `.signature_invalid`.
    """
    read = read_consent(consent)
    if (read.operation, read.platform) != (operation, platform):
        raise RejectedError("ceremony.wrong_purpose", "consent for something else")
    signer = sha256(certificate.spki) if operation in BY_NEW_KEY else certificate.sha256
    if not equal(read.signer, signer):
        raise RejectedError("ceremony.certificate_not_allowed", "consent of another certificate")
    # A login, and a download on a new workstation, may name no unit.
    if read.credit_code not in ("", certificate.credit_code):
        raise RejectedError("ceremony.certificate_not_allowed", "another organization")
    if not verify(certificate.public_key, consent, signature):
        raise RejectedError("ceremony.signature_invalid", "consent")
    return read


def row_hash(row: RecordRow) -> bytes:
    """Return the SHA-256 that a row is known by: every field, in the one encoding."""
    return sha256(codec.encode(["BIDSEAL1/usage-record", 1, _plain(row)]))


def _plain(row: RecordRow) -> Mapping[str, codec.Value]:
    return {
        "org": row.organization_id,
        "account": row.account_id,
        "op": row.operation,
        "serial": row.certificate_serial,
        "user": row.user_name,
        "subject": row.subject,
        "number": row.number,
        "result": row.result,
        "ceremony": row.ceremony,
        "at": microseconds(row.at),
        "received": microseconds(row.received_at),
        "consent": row.consent,
        "signature": row.signature,
    }
