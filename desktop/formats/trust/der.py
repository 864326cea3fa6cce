"""DER down to the last byte: what asn1crypto reads and what stands there must be the same thing.

asn1crypto skips surplus elements inside sequences and takes overlong lengths, so a bit could change unnoticed. Refuses
indefinite and non-minimal lengths, end-of-contents marks, leftovers, deep nesting (threat T22). The order within a SET
is left free: signers other than ours do not all sort. Source: X.690 §10.1, §11.
"""

from typing import Any

_LONG_FORM = 0x80
_MAX_LENGTH_BYTES = 4
_CONSTRUCTED = 0x20
_MULTI_BYTE_TAG = 0x1F
_MAX_DEPTH = 40
_UNORDERED = frozenset({0x31, 0xA0, 0xA1})  # SET OF and the implicitly tagged sets of a SignedData


class DerError(ValueError):
    """The bytes are not DER."""


Node = tuple[int, bytes | tuple[Any, ...]]


def element_end(data: bytes, at: int) -> tuple[int, int]:
    """Return where the contents of the element at `at` begin and end.

    Raises:
        DerError: the header is not DER or the contents reach beyond the data.
    """
    if at + 2 > len(data) or data[at] & _MULTI_BYTE_TAG == _MULTI_BYTE_TAG or data[at] == 0:
        raise DerError(f"tag at {at}")
    length, start = data[at + 1], at + 2
    if length & _LONG_FORM:
        count = length & ~_LONG_FORM
        digits = data[start : start + count]
        length, start = int.from_bytes(digits, "big"), start + count
        if not 0 < count <= _MAX_LENGTH_BYTES or digits[:1] == b"\0" or length < _LONG_FORM:
            raise DerError(f"length at {at}")
    if start + length > len(data):
        raise DerError(f"element at {at} is cut off")
    return start, start + length


def tree(data: bytes, depth: int = 0) -> tuple[Node, ...]:
    """Return the elements of `data` as (tag, contents or sub-elements), sets in sorted order.

    Raises:
        DerError: not DER to the last byte.
    """
    if depth > _MAX_DEPTH:
        raise DerError("nested too deeply")
    nodes: list[Node] = []
    at = 0
    while at < len(data):
        start, end = element_end(data, at)
        tag, contents = data[at], data[start:end]
        if tag & _CONSTRUCTED:
            children = tree(contents, depth + 1)
            nodes.append((tag, tuple(sorted(children, key=repr)) if tag in _UNORDERED else children))
        else:
            nodes.append((tag, contents))
        at = end
    return tuple(nodes)
