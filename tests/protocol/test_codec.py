"""The strict codec: what it reads it writes again, and everything else is one refusal after bounded work (T22, T53)."""

import io
import unicodedata
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.domain.errors import MisuseError, RejectedError
from desktop.protocol import codec
from tests.protocol.vectors import read_vectors

MAX_INT = 2**53 - 1

clean = st.text(max_size=20).map(lambda s: codec.clean_text(s, max_bytes=60))
scalars = st.one_of(st.integers(-MAX_INT, MAX_INT), st.binary(max_size=40), clean, st.booleans())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(clean, inner, max_size=4)),
    max_leaves=20,
)


def depth(value: Any) -> int:
    if isinstance(value, list):
        return 1 + max((depth(v) for v in value), default=0)
    if isinstance(value, dict):
        return 1 + max((depth(v) for v in value.values()), default=0)
    return 0


def refusal(data: bytes) -> str:
    with pytest.raises(RejectedError) as caught:
        codec.decode(data)
    assert caught.value.code == "ceremony.malformed"
    return caught.value.detail


@given(values.filter(lambda v: depth(v) <= 8))
def test_what_is_written_is_read_back(value: Any) -> None:
    assert codec.decode(codec.encode(value)) == value


@given(st.binary(max_size=64))
@example(b"")
def test_t53_what_is_read_is_the_one_encoding(data: bytes) -> None:
    try:
        value = codec.decode(data)
    except RejectedError:
        assert refusal(data)
    else:
        assert codec.encode(value) == data


@given(values.filter(lambda v: depth(v) <= 8), st.data())
def test_t53_one_changed_byte_is_refused_or_another_value(value: Any, data: st.DataObject) -> None:
    written = codec.encode(value)
    at = data.draw(st.integers(0, len(written) - 1))
    changed = written[:at] + bytes([written[at] ^ data.draw(st.integers(1, 255))]) + written[at + 1 :]
    try:
        other = codec.decode(changed)
    except RejectedError:
        return
    # repr tells true from 1, which Python's == does not.
    assert repr(other) != repr(value)


REFUSED = [v for v in read_vectors("codec") if v["outcome"] != "accept"]
ACCEPTED = [v for v in read_vectors("codec") if v["outcome"] == "accept"]


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: v["name"])
def test_t22_is_refused(vector: dict[str, Any]) -> None:
    refusal(bytes.fromhex(vector["cbor"]))


@pytest.mark.parametrize("vector", ACCEPTED, ids=lambda v: v["name"])
def test_is_accepted(vector: dict[str, Any]) -> None:
    assert codec.encode(codec.decode(bytes.fromhex(vector["cbor"]))).hex() == vector["cbor"]


def test_the_values_behind_the_accepted_encodings() -> None:
    values = {v["name"]: codec.decode(bytes.fromhex(v["cbor"])) for v in ACCEPTED}
    assert values["largest integer 2^53-1"] == MAX_INT
    assert values["smallest integer -(2^53-1)"] == -MAX_INT
    assert values["false"] is False
    assert values["the shorter key first"] == {"b": 1, "aa": 2}
    assert values["Chinese text"] == "投标"


def _laughs(references: int, levels: int) -> bytes:
    """Shared lists that refer to each other: a few kB that a reader of shared values walks for hours."""
    parts = [bytes.fromhex("d81c8101")]
    for level in range(1, levels):
        refer = bytes.fromhex("d81d") + bytes([level - 1])
        parts.append(bytes.fromhex("d81c") + b"\x99" + references.to_bytes(2, "big") + refer * references)
    return bytes([0x80 + levels]) + b"".join(parts)


def _referred_text() -> bytes:
    """One text of 64 kB and 60,000 references to it: 4 GB once written out again."""
    count = 60_000
    text = b"\x7a" + (65_536).to_bytes(4, "big") + b"a" * 65_536
    return bytes.fromhex("d90100") + b"\x99" + count.to_bytes(2, "big") + text + bytes.fromhex("d81900") * (count - 1)


@pytest.mark.parametrize("data", [_laughs(300, 4), _referred_text()], ids=["shared lists", "string references"])
def test_t22_amplification_is_refused_before_the_parser_sees_it(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*_: Any, **__: Any) -> Any:
        raise AssertionError("the parser was reached")

    monkeypatch.setattr(cbor2, "loads", reached)
    refusal(data)


def test_t22_more_elements_than_any_message_has_are_refused() -> None:
    within = b"\x99" + codec.MAX_ELEMENTS.to_bytes(2, "big") + b"\x01" * codec.MAX_ELEMENTS
    assert refusal(within) == "too many elements"
    count = codec.MAX_ELEMENTS - 1
    assert codec.decode(b"\x99" + count.to_bytes(2, "big") + b"\x01" * count) == [1] * count


def test_longer_than_any_message_is_refused_unread() -> None:
    assert refusal(b"\x5a" + codec.MAX_BYTES.to_bytes(4, "big") + b"a" * codec.MAX_BYTES) == "too long"
    with pytest.raises(RejectedError):
        codec.decode(codec.encode(b"a" * 10), max_bytes=10)
    assert codec.decode(codec.encode(b"a" * 9), max_bytes=10) == b"a" * 9


@given(st.sampled_from(["list", "map", "bytes", "text"]), st.integers(0, 2**64 - 1))
def test_t22_a_promised_length_allocates_nothing(kind: str, length: int) -> None:
    major = {"bytes": 2, "text": 3, "list": 4, "map": 5}[kind]
    data = cbor2.dumps(length)
    refusal_or_value: Callable[[bytes], object] = codec.decode
    head = bytes([data[0] | major << 5]) + data[1:]
    if length == 0:
        refusal_or_value(head)
    else:
        refusal(head)


@pytest.mark.parametrize(
    "value",
    [1.5, None, 2**53, {1: 2}, {b"a": 1}, "a\nb", "e\u0301", "\ud800", [[[[[[[[[1]]]]]]]]], object(), {"a\u202e": 1}],
)
def test_writing_what_could_not_be_read_is_our_bug(value: Any) -> None:
    with pytest.raises(MisuseError):
        codec.encode(value)


@given(st.text(max_size=300), st.integers(0, 255))
@example("发票\u202egnp.exe", 255)
@example("\ud800", 3)
@example("e\u0301" * 200, 255)
def test_outside_text_becomes_text_that_may_be_sent(text: str, limit: int) -> None:
    cleaned = codec.clean_text(text, max_bytes=limit)
    assert codec.is_clean_text(cleaned)
    assert len(cleaned.encode()) <= limit
    assert codec.clean_text(cleaned, max_bytes=limit) == cleaned
    assert codec.decode(codec.encode(cleaned)) == cleaned


def test_forbidden_characters_leave_a_mark() -> None:
    assert codec.clean_text("发票\u202egnp.exe", max_bytes=255) == "发票\ufffdgnp.exe"
    assert codec.clean_text("第一章\n总则", max_bytes=255) == "第一章\ufffd总则"


@pytest.mark.parametrize("text", ["投标文件(最终版).pdf", "Ünïcode", "🏗", "a b", ""])
def test_ordinary_names_stay_as_they_are(text: str) -> None:
    assert unicodedata.is_normalized("NFC", text)
    assert codec.clean_text(text, max_bytes=255) == text


def test_sequence_gives_each_encoding_and_nothing_more() -> None:
    values: list[codec.Value] = [{"a": 1}, [b"x" * 70_000, "y"], 0, b"", [[], {}], b"z" * (codec.MAX_BYTES - 5)]
    data = [codec.encode(value) for value in values]
    assert list(codec.read_sequence(io.BytesIO(b"".join(data)))) == data
    assert list(codec.read_sequence(io.BytesIO())) == []


@pytest.mark.parametrize(
    "tail",
    [b"\x18", b"\x42a", b"\xff", b"\x81", b"\xc0\x00", b"\x5a\x00\x10\x00\x00", codec.encode(b"z" * codec.MAX_BYTES)],
)
def test_sequence_that_ends_within_a_value_or_with_none_is_malformed(tail: bytes) -> None:
    with pytest.raises(RejectedError, match=r"ceremony\.malformed"):
        list(codec.read_sequence(io.BytesIO(codec.encode({"a": 1}) + tail)))
