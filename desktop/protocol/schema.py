"""Checks of decoded maps, field by field: unknown, missing, mistyped or oversized fields are refused."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from desktop.domain.errors import RejectedError
from desktop.protocol.codec import Value

T = TypeVar("T")
Check = Callable[[Value], Any]


def fields(value: Value, required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> dict[str, Any]:
    """Check that `value` is a map with all `required` and no other than the `optional` fields; return checked values.

    Raises:
        RejectedError: `ceremony.malformed` with the field's name.
    """
    optional = optional or {}
    if not isinstance(value, Mapping):
        raise RejectedError("ceremony.malformed", "not a map")
    for name in value:
        if name not in required and name not in optional:
            raise RejectedError("ceremony.malformed", f"unknown field {name[:32]}")
    checked: dict[str, Any] = {}
    for name, check in (*required.items(), *optional.items()):
        if name in value:
            try:
                checked[name] = check(value[name])
            except RejectedError as error:
                raise RejectedError("ceremony.malformed", f"{name}: {error.detail}") from None
        elif name in required:
            raise RejectedError("ceremony.malformed", f"missing field {name}")
    return checked


def text(max_bytes: int, *, empty: bool = False) -> Check:
    """Text of 1 (0 if `empty`) to `max_bytes` bytes of UTF-8."""

    def check(value: Value) -> str:
        if not isinstance(value, str) or len(value.encode()) > max_bytes or (not value and not empty):
            raise RejectedError("ceremony.malformed", "text")
        return value

    return check


def blob(minimum: int, maximum: int | None = None) -> Check:
    """Bytes of exactly `minimum`, or of `minimum` to `maximum`, length."""
    top = minimum if maximum is None else maximum

    def check(value: Value) -> bytes:
        if not isinstance(value, bytes) or not minimum <= len(value) <= top:
            raise RejectedError("ceremony.malformed", "bytes")
        return value

    return check


def boolean(value: Value) -> bool:
    """Check that `value` is false or true."""
    if not isinstance(value, bool):
        raise RejectedError("ceremony.malformed", "boolean")
    return value


def integer(minimum: int, maximum: int) -> Check:
    """An integer within the closed range."""

    def check(value: Value) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            raise RejectedError("ceremony.malformed", "integer")
        return value

    return check


#: Seconds since 1970-01-01 UTC; the end (year 6325) is one that every calendar can show.
MAX_TIME = 2**37
time = integer(0, MAX_TIME)


def array(element: Callable[[Value], T], *, minimum: int = 0, maximum: int) -> Callable[[Value], tuple[T, ...]]:
    """An array of `minimum` to `maximum` checked elements, as a tuple."""

    def check(value: Value) -> tuple[T, ...]:
        if not isinstance(value, list) or not minimum <= len(value) <= maximum:
            raise RejectedError("ceremony.malformed", "array")
        return tuple(element(v) for v in value)

    return check


def one_of(convert: Callable[[str], T]) -> Callable[[Value], T]:
    """A text out of a closed enumeration."""

    def check(value: Value) -> T:
        if not isinstance(value, str):
            raise RejectedError("ceremony.malformed", "enumeration")
        try:
            return convert(value)
        except ValueError:
            raise RejectedError("ceremony.malformed", f"unknown value {value[:32]}") from None

    return check
