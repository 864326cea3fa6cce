"""Codes of camera mode: what was split comes together in any order; what else a camera sees changes nothing (T23)."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.crypto.primitives import sha256
from desktop.domain.errors import MisuseError, RejectedError
from desktop.protocol import base45
from desktop.protocol.parts import (
    CHUNK_BYTES,
    MAX_CANDIDATES,
    MAX_MESSAGE_BYTES,
    MAX_PARTS,
    MAX_TEXT,
    Assembler,
    Part,
    Progress,
    read_part,
    split,
)

RFC_9285 = {b"AB": "BB8", b"Hello!!": "%69 VD92EX0", b"base-45": "UJCLQE7W581", b"ietf!": "QED8WEX0", b"": ""}


def message_of(size: int, seed: int = 1) -> bytes:
    return Random(seed).randbytes(size)


def collect(texts: "list[str] | tuple[str, ...]", assembler: Assembler | None = None) -> list[bytes]:
    assembler = assembler or Assembler()
    return [m for m in map(assembler.take, texts) if m is not None]


@pytest.mark.parametrize("data", RFC_9285)
def test_base45_is_that_of_the_rfc(data: bytes) -> None:
    assert base45.encode(data) == RFC_9285[data]
    assert base45.decode(RFC_9285[data]) == data


@given(st.binary(max_size=200))
def test_base45_comes_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(st.text(alphabet=base45._ALPHABET, max_size=60))
def test_base45_has_one_text_for_each_value(text: str) -> None:
    try:
        data = base45.decode(text)
    except RejectedError:
        return
    assert base45.encode(data) == text


@pytest.mark.parametrize("text", ["A", "ABCD", ":::", "GGW", "::", "bb8", "BB8\n", "ＢＢ８", "BB_"])
def test_base45_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(RejectedError) as caught:
        base45.decode(text)
    assert caught.value.code == "ceremony.malformed"


@settings(max_examples=60)
@given(st.integers(1, 40 * CHUNK_BYTES), st.integers(0, 2**32))
def test_a_message_comes_together_in_any_order(size: int, seed: int) -> None:
    random = Random(seed)
    message = random.randbytes(size)
    texts = list(split(message)) * 2
    random.shuffle(texts)
    first = collect(texts)[0]
    assert first == message


@pytest.mark.parametrize("size", [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, MAX_MESSAGE_BYTES])
def test_every_size_is_carried_in_codes_of_at_most_147_characters(size: int) -> None:
    message = message_of(size)
    texts = split(message)
    assert len(texts) == -(-size // CHUNK_BYTES)
    assert max(map(len, texts)) <= MAX_TEXT == 147
    assert collect(texts) == [message]


def test_a_message_that_codes_cannot_carry_is_refused() -> None:
    with pytest.raises(RejectedError) as caught:
        split(bytes(MAX_MESSAGE_BYTES + 1))
    assert caught.value.code == "ceremony.too_large_for_camera"
    with pytest.raises(MisuseError):
        split(b"")


def test_progress_counts_parts_and_repeats_count_once() -> None:
    texts = split(message_of(5 * CHUNK_BYTES))
    assembler = Assembler()
    assert assembler.progress == Progress()
    for text in (texts[3], texts[0], texts[3], texts[3]):
        assert assembler.take(text) is None
    assert assembler.progress == Progress(have=2, total=5)
    assert collect(texts, assembler) == [message_of(5 * CHUNK_BYTES)]
    assert assembler.progress == Progress()


def test_foreign_codes_in_between_are_counted_and_change_nothing() -> None:
    texts = split(message_of(3 * CHUNK_BYTES))
    assembler = Assembler()
    foreign = ["https://evil.example", "BS1", "BS1A", "BS2" + texts[0][3:], texts[0].lower(), "WIFI:S:x;;", "", "好"]
    mixed = [t for pair in zip([*texts, *foreign], [*foreign, *texts], strict=False) for t in pair]
    assert collect(mixed, assembler)[0] == message_of(3 * CHUNK_BYTES)
    assert assembler.ignored == 2 * len(foreign)


def test_two_messages_at_the_same_time_do_not_mix() -> None:
    one, two = message_of(4 * CHUNK_BYTES, 1), message_of(6 * CHUNK_BYTES, 2)
    texts = [*split(one), *split(two)]
    Random(3).shuffle(texts)
    assert sorted(collect(texts)) == sorted([one, two])


def test_t23_a_part_that_contradicts_begins_its_message_anew() -> None:
    message = message_of(3 * CHUNK_BYTES)
    texts = split(message)
    part = read_part(texts[0])
    lie = Part(message_id=part.message_id, index=0, total=3, chunk=bytes(CHUNK_BYTES)).write()
    longer = Part(message_id=part.message_id, index=1, total=900, chunk=bytes(CHUNK_BYTES)).write()
    for bad in (lie, longer):
        assembler = Assembler()
        assert collect([bad, *texts[1:]], assembler) in ([], [message])
        assert collect([*texts, *texts], assembler)[-1] == message


def test_t23_a_whole_message_that_is_not_what_its_id_says_is_dropped() -> None:
    message = message_of(2 * CHUNK_BYTES)
    message_id = sha256(message)[:4]
    forged = [Part(message_id=message_id, index=i, total=2, chunk=bytes(CHUNK_BYTES)).write() for i in (0, 1)]
    assembler = Assembler()
    assert collect(forged, assembler) == []
    assert assembler.progress == Progress()
    assert collect(split(message), assembler) == [message]


@pytest.mark.parametrize(
    ("index", "total", "size"),
    [(0, 0, 88), (1, 1, 88), (5, 2, 88), (0, MAX_PARTS + 1, 88), (0, 65_535, 88), (0, 2, 87), (0, 1, 0)],
)
def test_t23_impossible_numbers_are_refused_before_anything_is_kept(index: int, total: int, size: int) -> None:
    text = Part(message_id=b"abcd", index=index, total=total, chunk=bytes(size)).write()
    with pytest.raises(RejectedError):
        read_part(text)
    assembler = Assembler()
    assert assembler.take(text) is None
    assert (assembler.ignored, assembler.progress) == (1, Progress())


def test_t23_a_million_hostile_frames_hold_a_few_messages_at_most() -> None:
    """A screen that shows the first parts of ever new messages, each announced as large as can be."""
    assembler = Assembler()
    chunk = bytes(CHUNK_BYTES)
    for number in range(20_000):
        part = Part(message_id=number.to_bytes(4, "big"), index=number % MAX_PARTS, total=MAX_PARTS, chunk=chunk)
        assert assembler.take(part.write()) is None
    kept = assembler._candidates
    assert len(kept) == MAX_CANDIDATES
    assert sum(len(c.chunks) for c in kept.values()) == MAX_CANDIDATES
    assert collect(split(b"honest"), assembler) == [b"honest"]


def test_t23_an_overlong_text_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(RejectedError) as caught:
        read_part("BS1" + "0" * 10_000_000)
    assert caught.value.detail == "no part"
