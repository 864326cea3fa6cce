"""The enrolment of a workstation: a member's word that a key speaks for the member's unit.

It travels in every challenge and in every statement of an opening room. docs/protocol.md, Operations, Challenge.
"""

from dataclasses import dataclass

from desktop.protocol import codec
from desktop.protocol.codec import Value
from desktop.protocol.schema import blob, fields, time

_MAX_CERTIFICATE_BYTES, _MAX_SIGNATURE_BYTES = 4096, 384


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A member's word that this workstation key belongs to the organization."""

    certificate: bytes
    issued_at: int
    signature: bytes

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"cert": self.certificate, "iat": self.issued_at, "sig": self.signature}


def enrolment_statement(
    *, platform: str, credit_code: str, workstation_key: bytes, workstation_name: str, issued_at: int
) -> bytes:
    """Return the bytes that a member's certificate signs to enrol a workstation."""
    body: Value = {
        "platform": platform,
        "code": credit_code,
        "key": workstation_key,
        "name": workstation_name,
        "iat": issued_at,
    }
    return b"BIDSEAL1/enrolment\0" + codec.encode(body)


def read_enrolment(value: Value) -> Enrolment:
    """Check an enrolment as challenges and room statements carry it; its signature is another matter.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    f = fields(
        value,
        {
            "cert": blob(1, _MAX_CERTIFICATE_BYTES),
            "iat": time,
            "sig": blob(64, _MAX_SIGNATURE_BYTES),
        },
    )
    return Enrolment(certificate=f["cert"], issued_at=f["iat"], signature=f["sig"])
