"""Deterministic CBOR, read strictly.

Accepts exactly: unsigned and negative integers within ±2^53, byte strings, NFC text without control or bidi
characters, arrays, maps with text keys, false and true. Refuses everything else that CBOR knows (floats, null,
undefined, tags, indefinite lengths, duplicate keys) and everything that is not the one deterministic encoding of its
value: what is read is encoded again and must be the same bytes. One error class, bounded work before any allocation.
Source: RFC 8949 §4.2.1; docs/protocol.md, Encoding.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import cbor2

from desktop.domain.errors import MisuseError, RejectedError

Value = int | bytes | str | bool | Sequence["Value"] | Mapping[str, "Value"]

#: No message of the protocol is larger; the mailbox refuses more as well.
MAX_BYTES = 256 * 1024
_MAX_INT = 2**53
_MAX_DEPTH = 8
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def encode(value: Value) -> bytes:
    """Encode `value` deterministically.

    Raises:
        MisuseError: the value is not of the accepted kinds (a bug on our side, or unchecked user text).
    """
    try:
        _check(value, _MAX_DEPTH)
    except RejectedError as error:
        raise MisuseError("general.unexpected", error.detail) from None
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, *, max_bytes: int = MAX_BYTES) -> Value:
    """Decode one value that fills `data` exactly.

    Raises:
        RejectedError: `ceremony.malformed`; nothing else is ever raised, whatever the bytes.
    """
    if len(data) > max_bytes:
        raise RejectedError("ceremony.malformed", "too long")
    try:
        value = cbor2.loads(
            data,
            tag_hook=_refuse_tag,
            max_depth=_MAX_DEPTH + 1,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        )
    except Exception as error:  # noqa: BLE001 - a foreign parser on hostile input: whatever it raises means malformed
        raise RejectedError("ceremony.malformed", type(error).__name__) from None
    _check(value, _MAX_DEPTH)
    if cbor2.dumps(value, canonical=True) != data:
        raise RejectedError("ceremony.malformed", "not the deterministic encoding")
    return value  # type: ignore[no-any-return]  # _check has narrowed it


def is_clean_text(text: str) -> bool:
    """Tell whether `text` may stand in a message: NFC, no control, line-separator or bidi characters."""
    return unicodedata.is_normalized("NFC", text) and not any(
        c in _BIDI or unicodedata.category(c) in _FORBIDDEN_CATEGORIES for c in text
    )


def clean_text(text: str, *, max_bytes: int) -> str:
    """Bring text of the outside world (a file name, a host name) into the form that may stand in a message.

    Forbidden characters become U+FFFD, so that the result visibly differs; too long text is cut at a character.
    """
    normal = unicodedata.normalize("NFC", text)
    visible = "".join("\ufffd" if c in _BIDI or unicodedata.category(c) in _FORBIDDEN_CATEGORIES else c for c in normal)
    return visible.encode("utf-8")[:max_bytes].decode("utf-8", "ignore")


def _refuse_tag(*_args: Any) -> Any:
    raise RejectedError("ceremony.malformed", "tag")


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise RejectedError("ceremony.malformed", "too deep")
    if isinstance(value, list | tuple):
        for element in value:
            _check(element, depth - 1)
    elif isinstance(value, dict):
        for key, element in value.items():
            if not isinstance(key, str):
                raise RejectedError("ceremony.malformed", "key")
            _check_scalar(key)
            _check(element, depth - 1)
    else:
        _check_scalar(value)


def _check_scalar(value: Any) -> None:
    if isinstance(value, bool | bytes):
        return
    if isinstance(value, int):
        if not -_MAX_INT <= value <= _MAX_INT:
            raise RejectedError("ceremony.malformed", "integer out of range")
    elif isinstance(value, str):
        if not is_clean_text(value):
            raise RejectedError("ceremony.malformed", "text")
    else:
        raise RejectedError("ceremony.malformed", f"type {type(value).__name__}")
