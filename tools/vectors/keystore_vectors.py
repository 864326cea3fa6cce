"""Vectors of the key store: the two wraps of a KEK, written out by HKDF and AES-GCM alone, and the proof of a try."""

from typing import Any

from desktop.crypto.primitives import PasswordCost, aead_seal, argon2id, hkdf_sha256
from desktop.protocol.recovery import password_try_message
from tools.vectors import scene
from tools.vectors.keys import fixed, key, sign

_ENTRY = fixed("entry", 16).hex()
_COST = PasswordCost(iterations=3, memory_kib=64 * 1024, lanes=1)
_PASSWORD = "Anhui-2026 证书"  # noqa: S105 - public


def wraps() -> list[dict[str, Any]]:
    """The wraps of one KEK."""
    kek, device, salt = fixed("kek"), fixed("device secret"), fixed("wrap salt", 16)
    phone, platform = fixed("phone half"), fixed("platform half")
    row = fixed("recovery salt", 16)
    stretched = argon2id(password=_PASSWORD.encode(), salt=salt, cost=_COST)
    keys = {
        "kek": _derived(stretched + device, salt, "password"),
        "phone-half": _derived(device, row, "phone-half"),
        "recovery": _derived(phone + platform, row, "recovery"),
        "platform-half": _derived(kek, row, "platform-half"),
    }
    plain = {"kek": kek, "phone-half": phone, "recovery": kek, "platform-half": platform}
    common: dict[str, Any] = {
        "entry_id": _ENTRY,
        "kek": kek.hex(),
        "device_secret": device.hex(),
        "phone_half": phone.hex(),
        "platform_half": platform.hex(),
    }
    made = [
        {
            "name": f"wrap {what}",
            "outcome": "accept",
            **common,
            **({"password": _PASSWORD, "stretched": stretched.hex()} if what == "kek" else {}),
            "what": what,
            "salt": (salt if what == "kek" else row).hex(),
            "key": keys[what].hex(),
            "ciphertext": aead_seal(key=keys[what], counter=0, plaintext=plain[what], aad=_aad(what)).hex(),
        }
        for what in plain
    ]
    return [*made, _proof()]


def _proof() -> dict[str, Any]:
    serial, nonce = scene.serial_of(scene.member()), fixed("try nonce")
    message = password_try_message(serial=serial, nonce=nonce)
    return {
        "name": "a right password",
        "outcome": "accept",
        "what": "password-try",
        "serial": serial,
        "nonce": nonce.hex(),
        "message": message.hex(),
        "certificate": scene.member().hex(),
        "signature": sign(key("member"), message).hex(),
    }


def _derived(ikm: bytes, salt: bytes, what: str) -> bytes:
    return hkdf_sha256(ikm=ikm, salt=salt, info=f"BIDSEAL1/keystore/{what}{_ENTRY}".encode())


def _aad(what: str) -> bytes:
    return f"BIDSEAL1/keystore/{_ENTRY}/{what}".encode()
