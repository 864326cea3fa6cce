"""One key pair at rest: the file `<id>.key`, deterministic CBOR, versioned. Refuses other versions and anything odd."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.crypto.suites import Suite
from desktop.domain.errors import RejectedError
from desktop.phone.core.vault import WrappedKeys
from desktop.protocol import codec
from desktop.protocol.codec import Value
from desktop.protocol.items import hex_id
from desktop.protocol.schema import array, blob, fields, integer, one_of, text

#: 1: one wrap, under the password. 2: the recovery wrap beside it.
_WITHOUT_RECOVERY, _VERSION = 1, 2
_MAX_CERTIFICATE_BYTES = 4096


class EntryState(StrEnum):
    """Whether the certificates of a key pair have arrived."""

    PENDING = "pending"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """A key pair at rest with everything that is public about it. Certificates are DER and empty while pending."""

    entry_id: str
    state: EntryState
    order_id: str
    holder: str
    organization: str
    credit_code: str
    suite: Suite
    made_at: int
    sign_spki: bytes
    enc_spki: bytes
    wrapped: WrappedKeys
    sign_certificate: bytes = b""
    enc_certificate: bytes = b""
    chain: tuple[bytes, ...] = ()

    def write(self) -> bytes:
        """Encode the file."""
        body: dict[str, Value] = {
            "v": _WITHOUT_RECOVERY if self.wrapped.recovery is None else _VERSION,
            "id": self.entry_id,
            "state": str(self.state),
            "order": self.order_id,
            "holder": self.holder,
            "org": self.organization,
            "code": self.credit_code,
            "suite": str(self.suite),
            "made": self.made_at,
            "sign_spki": self.sign_spki,
            "enc_spki": self.enc_spki,
            "keys": self.wrapped.to_map(),
            "sign_cert": self.sign_certificate,
            "enc_cert": self.enc_certificate,
            "chain": list(self.chain),
        }
        return codec.encode(body)

    @staticmethod
    def read(data: bytes) -> "KeyEntry":
        """Decode the file.

        Raises:
            RejectedError: it is not one of ours, or of another version.
        """
        certificate = blob(0, _MAX_CERTIFICATE_BYTES)
        f = fields(
            codec.decode(data),
            {
                "v": integer(_WITHOUT_RECOVERY, _VERSION),
                "id": hex_id,
                "state": one_of(EntryState),
                "order": hex_id,
                "holder": text(120),
                "org": text(120, empty=True),
                "code": text(32, empty=True),
                "suite": one_of(Suite),
                "made": integer(0, 2**40),
                "sign_spki": blob(1, 600),
                "enc_spki": blob(1, 600),
                "keys": WrappedKeys.from_map,
                "sign_cert": certificate,
                "enc_cert": certificate,
                "chain": array(certificate, maximum=4),
            },
        )
        if (f["v"] == _WITHOUT_RECOVERY) != (f["keys"].recovery is None):
            raise RejectedError("ceremony.malformed", "version and recovery")
        return KeyEntry(
            entry_id=f["id"],
            state=f["state"],
            order_id=f["order"],
            holder=f["holder"],
            organization=f["org"],
            credit_code=f["code"],
            suite=f["suite"],
            made_at=f["made"],
            sign_spki=f["sign_spki"],
            enc_spki=f["enc_spki"],
            wrapped=f["keys"],
            sign_certificate=f["sign_cert"],
            enc_certificate=f["enc_cert"],
            chain=f["chain"],
        )
