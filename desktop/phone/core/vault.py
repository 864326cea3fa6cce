"""How private keys rest on the phone: PKCS#8 under a random KEK, the KEK under password and device secret.

    wrapping key = HKDF(Argon2id(certificate password, salt) ‖ device secret, salt, "BIDSEAL1/keystore/password" ‖ id)
    KEK          = 32 random bytes, AES-256-GCM under the wrapping key
    keys         = AES-256-GCM under the KEK, counter 0 the signing key, counter 1 the encryption key, aad names which

The second wrap of the same KEK (recovery_wrap) is one more row beside the first: neither a changed nor a reset password
touches the keys. Pure functions; refuses a cost below the floor. Source: RFC 9106, 5869; docs/protocol.md §5.3.
"""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.crypto.primitives import KEY_BYTES, PasswordCost, aead_open, aead_seal, argon2id, equal, hkdf_sha256
from desktop.crypto.suites import PrivateKey, export_pkcs8, load_pkcs8
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes
from desktop.phone.core.recovery_wrap import RecoveryWrap, make_recovery
from desktop.protocol.codec import Value
from desktop.protocol.schema import blob, fields, integer

SALT_BYTES = 16
_DEVICE_ID_BYTES = 8
_MAX_CIPHERTEXT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """The two private keys of a mobile certificate, unlocked."""

    sign: PrivateKey
    enc: PrivateKey

    def __repr__(self) -> str:
        return "KeyPair(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordWrap:
    """The KEK under certificate password and device secret. `device_id` tells devices apart without giving anything."""

    salt: bytes
    cost: PasswordCost
    device_id: bytes
    ciphertext: bytes

    def to_map(self) -> dict[str, Value]:
        """Return the map that the key file holds."""
        return {
            "salt": self.salt,
            "iterations": self.cost.iterations,
            "memory_kib": self.cost.memory_kib,
            "lanes": self.cost.lanes,
            "device": self.device_id,
            "ct": self.ciphertext,
        }

    @staticmethod
    def from_map(value: Value) -> "PasswordWrap":
        """Read the map; a cost below the floor is refused."""
        f = fields(
            value,
            {
                "salt": blob(SALT_BYTES),
                "iterations": integer(1, 64),
                "memory_kib": integer(1, 256 * 1024),
                "lanes": integer(1, 16),
                "device": blob(_DEVICE_ID_BYTES),
                "ct": blob(KEY_BYTES + 16),
            },
        )
        cost = PasswordCost(iterations=f["iterations"], memory_kib=f["memory_kib"], lanes=f["lanes"])
        return PasswordWrap(salt=f["salt"], cost=cost, device_id=f["device"], ciphertext=f["ct"])


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKeys:
    """A key pair at rest; `recovery` is None in a file from before there was one."""

    wrap: PasswordWrap
    sign: bytes
    enc: bytes
    recovery: RecoveryWrap | None = None

    def to_map(self) -> dict[str, Value]:
        """Return the map that the key file holds."""
        rows: dict[str, Value] = {"password": self.wrap.to_map(), "sign": self.sign, "enc": self.enc}
        return rows if self.recovery is None else {**rows, "recovery": self.recovery.to_map()}

    @staticmethod
    def from_map(value: Value) -> "WrappedKeys":
        """Read the map."""
        ciphertext = blob(1, _MAX_CIPHERTEXT)
        f = fields(
            value,
            {"password": PasswordWrap.from_map, "sign": ciphertext, "enc": ciphertext},
            {"recovery": RecoveryWrap.from_map},
        )
        return WrappedKeys(wrap=f["password"], sign=f["sign"], enc=f["enc"], recovery=f.get("recovery"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLock:
    """A password made ready to lock one KEK: the slow part, done before anything depends on it."""

    salt: bytes
    cost: PasswordCost
    device_id: bytes
    key: SecretBytes


def wrap_keys(
    pair: KeyPair,
    *,
    entry_id: str,
    password: SecretBytes,
    device: SecretBytes,
    cost: PasswordCost,
    random: Callable[[int], bytes],
) -> tuple[WrappedKeys, SecretBytes]:
    """Lock a new key pair, to be opened by password or by recovery: the one moment at which its keys are exported.

    Returns it with the recovery half that the platform is to have.
    """
    kek = random(KEY_BYTES)
    recovery = make_recovery(kek, entry_id=entry_id, device=device, random=random)
    lock = make_lock(entry_id=entry_id, password=password, device=device, cost=cost, random=random)
    wrapped = WrappedKeys(
        wrap=wrap_kek(kek, lock, entry_id=entry_id),
        sign=aead_seal(key=kek, counter=0, plaintext=export_pkcs8(pair.sign), aad=_aad(entry_id, "sign")),
        enc=aead_seal(key=kek, counter=1, plaintext=export_pkcs8(pair.enc), aad=_aad(entry_id, "enc")),
        recovery=recovery.wrap,
    )
    return wrapped, recovery.platform_half


def make_lock(
    *, entry_id: str, password: SecretBytes, device: SecretBytes, cost: PasswordCost, random: Callable[[int], bytes]
) -> PasswordLock:
    """Derive a wrapping key from a password; its fresh salt makes the key one that is used once."""
    salt = random(SALT_BYTES)
    key = _wrapping_key(entry_id=entry_id, password=password, device=device, salt=salt, cost=cost)
    return PasswordLock(salt=salt, cost=cost, device_id=device_id(device), key=SecretBytes(key))


def wrap_kek(kek: bytes, lock: PasswordLock, *, entry_id: str) -> PasswordWrap:
    """Lock a KEK under a password."""
    return PasswordWrap(
        salt=lock.salt,
        cost=lock.cost,
        device_id=lock.device_id,
        ciphertext=aead_seal(key=lock.key.reveal(), counter=0, plaintext=kek, aad=_aad(entry_id, "kek")),
    )


def unwrap_kek(wrap: PasswordWrap, *, entry_id: str, password: SecretBytes, device: SecretBytes) -> bytes | None:
    """Return the KEK, or None if the password is wrong (or the device another: see `check_device`)."""
    key = _wrapping_key(entry_id=entry_id, password=password, device=device, salt=wrap.salt, cost=wrap.cost)
    try:
        return aead_open(key=key, counter=0, ciphertext=wrap.ciphertext, aad=_aad(entry_id, "kek"))
    except RejectedError:
        return None


def check_device(wrap: PasswordWrap, device: SecretBytes) -> None:
    """Demand that the wrap was made on this device; to be asked before a password is tried.

    Raises:
        RejectedError: `phone.other_device`.
    """
    if not equal(wrap.device_id, device_id(device)):
        raise RejectedError("phone.other_device")


def open_keys(wrapped: WrappedKeys, *, entry_id: str, kek: bytes) -> KeyPair:
    """Unlock a key pair.

    Raises:
        RejectedError: `phone.key_damaged`.
    """
    try:
        sign = aead_open(key=kek, counter=0, ciphertext=wrapped.sign, aad=_aad(entry_id, "sign"))
        enc = aead_open(key=kek, counter=1, ciphertext=wrapped.enc, aad=_aad(entry_id, "enc"))
        return KeyPair(sign=load_pkcs8(sign), enc=load_pkcs8(enc))
    except (RejectedError, MisuseError):
        raise RejectedError("phone.key_damaged", entry_id) from None


def device_id(device: SecretBytes) -> bytes:
    """Return a name of the device secret that gives nothing about it."""
    return hkdf_sha256(ikm=device.reveal(), salt=b"", info=b"BIDSEAL1/keystore/device", length=_DEVICE_ID_BYTES)


def _wrapping_key(
    *, entry_id: str, password: SecretBytes, device: SecretBytes, salt: bytes, cost: PasswordCost
) -> bytes:
    stretched = argon2id(password=password.reveal(), salt=salt, cost=cost)
    info = b"BIDSEAL1/keystore/password" + entry_id.encode("ascii")
    return hkdf_sha256(ikm=stretched + device.reveal(), salt=salt, info=info)


def _aad(entry_id: str, what: str) -> bytes:
    return f"BIDSEAL1/keystore/{entry_id}/{what}".encode("ascii")
