"""COSE_Sign1 with one algorithm and one encoding: ES256, protected header {1: -7}, empty unprotected header.

Because every byte but payload and signature is fixed, reading is a comparison, not a parse of choices. The external aad
separates the uses ("BIDSEAL1/challenge", "BIDSEAL1/receipt").
Source: RFC 9052 §4.2, §4.4; RFC 9053 §2.1.
"""

from collections.abc import Callable

from desktop.crypto.suites import P256PublicKey, verify
from desktop.domain.errors import RejectedError
from desktop.protocol import codec

_PROTECTED = bytes.fromhex("a10126")
#: tag 18, array of 4, protected header as bstr, empty map.
_HEAD = bytes.fromhex("d284") + bytes([0x40 + len(_PROTECTED)]) + _PROTECTED + b"\xa0"
_SIGNATURE_BYTES = 64
_TAIL_HEAD = bytes.fromhex("5840")


def sign1(payload: bytes, *, use: str, sign: Callable[[bytes], bytes]) -> bytes:
    """Wrap `payload`; `sign` returns the raw r‖s over the bytes it is given."""
    signature = sign(_to_be_signed(payload, use))
    return _HEAD + codec.encode(payload) + _TAIL_HEAD + signature


def is_sign1(data: bytes) -> bool:
    """Tell whether `data` starts like a COSE_Sign1 of ours; a plain message starts with a map's head instead."""
    return data.startswith(_HEAD)


def payload_of(data: bytes) -> tuple[bytes, bytes]:
    """Split into (payload, signature) without checking the signature.

    Raises:
        RejectedError: not exactly our form (`ceremony.malformed`).
    """
    tail = len(data) - _SIGNATURE_BYTES - len(_TAIL_HEAD)
    if not is_sign1(data) or tail <= len(_HEAD) or data[tail : tail + len(_TAIL_HEAD)] != _TAIL_HEAD:
        raise RejectedError("ceremony.malformed", "cose")
    payload = codec.decode(data[len(_HEAD) : tail])
    if not isinstance(payload, bytes):
        raise RejectedError("ceremony.malformed", "cose payload")
    return payload, data[-_SIGNATURE_BYTES:]


def open1(data: bytes, *, use: str, key: P256PublicKey) -> bytes:
    """Return the payload if `key` signed it for this `use`.

    Raises:
        RejectedError: malformed (`ceremony.malformed`) or not signed so (`ceremony.signature_invalid`).
    """
    payload, signature = payload_of(data)
    if not verify(key, _to_be_signed(payload, use), signature):
        raise RejectedError("ceremony.signature_invalid", use)
    return payload


def _to_be_signed(payload: bytes, use: str) -> bytes:
    return codec.encode(["Signature1", _PROTECTED, use.encode("ascii"), payload])
