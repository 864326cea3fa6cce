"""`bidseal qr decode IMAGE…`: what the QR codes on pictures say, one JSON line a picture, in the order given.

{"file": …, "text": …} where the picture holds a QR code that reads without doubt, else {"file": …, "text": null}. A
line has "error" (a code of the problem catalogue) when the file is unreadable or the code on it is not to be trusted,
and "texts" when the picture holds several codes ("text" is the largest). Symbols of one structured-append message,
given together, carry the whole message each. Lines are pure ASCII JSON, so that every console can print them.

Exit code: 0 every picture gave a text, 1 some picture did not, 2 some file could not be read, 64 usage.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from desktop.cli_parser import EX_USAGE
from desktop.domain.errors import BidSealError

if TYPE_CHECKING:
    from desktop.camera.decoder import DecodedPart, DecodedQr, QrDecoder

EXIT_OK = 0
EXIT_NOT_FOUND = 1
EXIT_UNREADABLE = 2

USAGE = "usage: bidseal qr decode IMAGE..."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    file: str
    texts: tuple[str, ...] = ()
    error: str | None = None
    is_readable: bool = True
    part: "DecodedPart | None" = None

    def json(self) -> str:
        fields: dict[str, object] = {"file": self.file, "text": self.texts[0] if self.texts else None}
        if len(self.texts) > 1:
            fields["texts"] = list(self.texts)
        if self.error is not None:
            fields["error"] = self.error
        return json.dumps(fields)


def run(args: Sequence[str], out: TextIO | None = None) -> int:
    """Run `qr` with its arguments (`decode IMAGE…`), print to `out` (standard output), return the exit code."""
    if len(args) < 2 or args[0] != "decode":  # noqa: PLR2004 - the command and one image
        sys.stderr.write(USAGE + "\n")
        return EX_USAGE
    from desktop.camera.decoder import QrDecoder

    decoder = QrDecoder()
    lines = _with_whole_messages([_read(name, decoder) for name in args[1:]])
    for line in lines:
        print(line.json(), file=out)
    if any(not line.is_readable for line in lines):
        return EXIT_UNREADABLE
    return EXIT_OK if all(line.texts for line in lines) else EXIT_NOT_FOUND


def _read(name: str, decoder: "QrDecoder") -> _Line:
    from desktop.camera.images import load_image

    try:
        sighting = decoder.look(load_image(Path(name)))
    except BidSealError as error:
        return _Line(file=name, error=error.code, is_readable=False)
    texts = tuple(code.text for code in sorted(sighting.codes, key=_area, reverse=True))
    if texts:
        return _Line(file=name, texts=texts)
    if len(sighting.parts) == 1:
        return _Line(file=name, error="camera.qr_part_only", part=sighting.parts[0])
    if sighting.parts or sighting.is_unclear:
        return _Line(file=name, error="camera.qr_unclear")
    return _Line(file=name)


def _with_whole_messages(lines: list[_Line]) -> list[_Line]:
    from desktop.camera.decoder import assemble

    parts = [line.part for line in lines if line.part is not None]
    heads = {(p.part.count, p.part.parity) for p in parts}
    wholes = {head: assemble([p for p in parts if (p.part.count, p.part.parity) == head]) for head in heads}
    result = []
    for line in lines:
        whole = None if line.part is None else wholes[line.part.part.count, line.part.part.parity]
        result.append(line if whole is None else replace(line, texts=(whole,), error=None))
    return result


def _area(code: "DecodedQr") -> float:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = code.corners
    return abs((cx - ax) * (dy - by) - (dx - bx) * (cy - ay)) / 2
