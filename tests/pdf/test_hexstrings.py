"""Hex strings read at once are what pyHanko reads byte by byte: same value, same place, same refusal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic

from desktop.signing.pdf import hexstrings


def outcome(read: object, data: bytes) -> tuple[object, ...]:
    stream = io.BytesIO(data)
    try:
        value = read(stream)  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - whichever it is, it has to be the same
        return type(error), str(error)
    return type(value), value.original_bytes, value, stream.tell()


def alike(data: bytes) -> bool:
    return outcome(hexstrings.read_hex_string, data) == outcome(hexstrings._read_slowly, data)


@pytest.mark.parametrize(
    "data",
    [
        b"<>",
        b"<4>",
        b"<4142>",
        b"<aBcD>/Next",
        b"<41 42\n43\t>",
        b"<41%comment\n42>",
        b"<4G>",
        b"<41",
        b"<",
        b"<FEFF6295>",
        b"<" + b"00" * 40_000 + b">",
        b"<" + b"ab" * 10_000 + b"> endobj",
    ],
)
def test_value_place_and_refusal_are_the_same(data: bytes):
    assert alike(data)


@given(st.binary(max_size=40).map(lambda data: b"<" + data), st.text("0123456789abcdefABCDEF >%\n", max_size=60))
def test_any_bytes_are_read_alike(noise: bytes, digits: str):
    assert alike(noise)
    assert alike(b"<" + digits.encode() + b">" + noise)


def test_the_parser_of_sealed_files_reads_this_way():
    import desktop.signing.pdf.verify  # noqa: F401 - installs it

    assert generic.read_hex_string_from_stream is hexstrings.read_hex_string
