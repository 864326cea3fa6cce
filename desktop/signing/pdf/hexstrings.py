"""Hex strings read at once: pyHanko reads them byte by byte, 5 of the 12 ms that a verification took.

The signature of a file is one hex string of some 20,000 digits. Digits and nothing else up to the `>` are taken in one
step, as pyHanko would take them; any other string is left to pyHanko. Source: ISO 32000-2 §7.3.4.3.
"""

import binascii
import os
import re
from typing import BinaryIO, TypeAlias

from pyhanko.pdf_utils import generic

HexString: TypeAlias = generic.ByteStringObject | generic.TextStringObject

_LONGEST = 64 * 1024
_PLAIN = re.compile(rb"<([0-9A-Fa-f]*)>")
_read_slowly = generic.read_hex_string_from_stream


def read_hex_string(stream: BinaryIO) -> HexString:
    """Read the hex string that begins here, and leave the stream behind it.

    Raises:
        PdfStreamError: it is none.
    """
    ahead = stream.read(_LONGEST)
    found = _PLAIN.match(ahead)
    stream.seek((found.end() if found else 0) - len(ahead), os.SEEK_CUR)
    if found is None:
        return _read_slowly(stream)
    digits = found[1]
    return generic.pdf_string(binascii.unhexlify(digits + b"0" * (len(digits) % 2)))


def install() -> None:
    """Let pyHanko's parser read this way; twice is fine."""
    generic.read_hex_string_from_stream = read_hex_string
