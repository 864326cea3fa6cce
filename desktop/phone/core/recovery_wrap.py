"""The second wrap of a KEK: under a recovery secret of two halves, so that a forgotten password does not lose the key.

    phone half     32 random bytes, kept here under the device secret
    platform half  32 random bytes, kept by the platform alone; it goes out after an identity check (threat T32)
    recovery key = HKDF(phone half ‖ platform half, salt, "BIDSEAL1/keystore/recovery" ‖ id)

Until the platform has it, the platform half waits here under the KEK: whoever copies the file finds no pair of halves,
and whoever knows the password can hand it in. Each pair has a salt of its own, so no key is used twice.
Pure functions. Source: RFC 5869; docs/protocol.md §5.3.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop.crypto.primitives import KEY_BYTES, aead_open, aead_seal, hkdf_sha256
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.protocol.codec import Value
from desktop.protocol.recovery import HALF_BYTES
from desktop.protocol.schema import blob, fields

SALT_BYTES = 16
_SEALED_HALF_BYTES = HALF_BYTES + 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryWrap:
    """The KEK under both halves. `half` is the phone half, sealed; `waiting` the platform half, or empty."""

    salt: bytes
    half: bytes
    ciphertext: bytes
    waiting: bytes = b""

    @property
    def is_handed_in(self) -> bool:
        """Whether the platform has its half, so that the password can be reset."""
        return not self.waiting

    def to_map(self) -> dict[str, Value]:
        """Return the map that the key file holds."""
        return {"salt": self.salt, "half": self.half, "ct": self.ciphertext, "waiting": self.waiting}

    @staticmethod
    def from_map(value: Value) -> "RecoveryWrap":
        """Read the map."""
        f = fields(
            value,
            {
                "salt": blob(SALT_BYTES),
                "half": blob(_SEALED_HALF_BYTES),
                "ct": blob(KEY_BYTES + 16),
                "waiting": _waiting,
            },
        )
        return RecoveryWrap(salt=f["salt"], half=f["half"], ciphertext=f["ct"], waiting=f["waiting"])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecovery:
    """A wrap and the half that the platform is to have."""

    wrap: RecoveryWrap
    platform_half: SecretBytes


def make_recovery(kek: bytes, *, entry_id: str, device: SecretBytes, random: Callable[[int], bytes]) -> NewRecovery:
    """Wrap a KEK under a new pair of halves."""
    salt, phone_half, platform_half = random(SALT_BYTES), random(HALF_BYTES), random(HALF_BYTES)
    key = recovery_key(phone_half, platform_half, salt=salt, entry_id=entry_id)
    wrap = RecoveryWrap(
        salt=salt,
        half=_seal(_device_key(device, salt, entry_id), phone_half, entry_id, "phone-half"),
        ciphertext=_seal(key, kek, entry_id, "recovery"),
        waiting=_seal(_waiting_key(kek, salt, entry_id), platform_half, entry_id, "platform-half"),
    )
    return NewRecovery(wrap=wrap, platform_half=SecretBytes(platform_half))


def open_recovery(
    wrap: RecoveryWrap, *, entry_id: str, device: SecretBytes, platform_half: SecretBytes
) -> bytes | None:
    """Return the KEK, or None if the platform half (or the device) is not the one of this wrap."""
    try:
        phone_half = _open(_device_key(device, wrap.salt, entry_id), wrap.half, entry_id, "phone-half")
        key = recovery_key(phone_half, platform_half.reveal(), salt=wrap.salt, entry_id=entry_id)
        return _open(key, wrap.ciphertext, entry_id, "recovery")
    except RejectedError:
        return None


def waiting_half(wrap: RecoveryWrap, *, entry_id: str, kek: bytes) -> SecretBytes | None:
    """Return the platform half that is still to be handed in; None when there is none, or it is damaged."""
    if wrap.is_handed_in:
        return None
    try:
        return SecretBytes(_open(_waiting_key(kek, wrap.salt, entry_id), wrap.waiting, entry_id, "platform-half"))
    except RejectedError:
        return None


def handed_in(wrap: RecoveryWrap) -> RecoveryWrap:
    """Return the wrap without the platform half."""
    return replace(wrap, waiting=b"")


def recovery_key(phone_half: bytes, platform_half: bytes, *, salt: bytes, entry_id: str) -> bytes:
    """Combine the halves; without either the other says nothing about the key."""
    info = b"BIDSEAL1/keystore/recovery" + entry_id.encode("ascii")
    return hkdf_sha256(ikm=phone_half + platform_half, salt=salt, info=info)


def _device_key(device: SecretBytes, salt: bytes, entry_id: str) -> bytes:
    info = b"BIDSEAL1/keystore/phone-half" + entry_id.encode("ascii")
    return hkdf_sha256(ikm=device.reveal(), salt=salt, info=info)


def _waiting_key(kek: bytes, salt: bytes, entry_id: str) -> bytes:
    info = b"BIDSEAL1/keystore/platform-half" + entry_id.encode("ascii")
    return hkdf_sha256(ikm=kek, salt=salt, info=info)


def _seal(key: bytes, plaintext: bytes, entry_id: str, what: str) -> bytes:
    return aead_seal(key=key, counter=0, plaintext=plaintext, aad=_aad(entry_id, what))


def _open(key: bytes, ciphertext: bytes, entry_id: str, what: str) -> bytes:
    return aead_open(key=key, counter=0, ciphertext=ciphertext, aad=_aad(entry_id, what))


def _aad(entry_id: str, what: str) -> bytes:
    return f"BIDSEAL1/keystore/{entry_id}/{what}".encode("ascii")


def _waiting(value: Value) -> bytes:
    return b"" if value == b"" else bytes(blob(_SEALED_HALF_BYTES)(value))
