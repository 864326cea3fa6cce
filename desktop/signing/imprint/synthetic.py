"""Seals drawn and stamped by program: demo data, and the truth that the cut-out is measured against.

The names are fictional and the drawings are marked nowhere as genuine; they must not be used outside demo and tests.
Refuses a seal without a name. Source of shapes and sizes: 国务院关于国家行政机关和企业事业单位社会团体印章管理的规定,
国发〔1999〕25号 (round, 42 mm, star in the middle, name along the arc from left to right).
"""

import io
import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from desktop.domain.errors import MisuseError, UnavailableError
from desktop.domain.operations import SealKind
from desktop.signing.imprint.model import SealShape, seal_size

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image as Picture
    from PIL.ImageFont import FreeTypeFont

RED = (206, 32, 38)
BLUE = (40, 62, 168)
_PX_PER_MM = 24
_SUPERSAMPLING = 2
# Pillow looks these up in the font folders of the system it runs on.
_FONTS = ("simsun.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "msyh.ttc")

Rgb: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealText:
    """What stands on a seal: name along the arc (or in the square), line below the star, digits along the lower arc."""

    name: str
    line: str = ""
    digits: str = ""


def chinese_font(size: int, path: "Path | None" = None) -> "FreeTypeFont":
    """Open a font with Chinese glyphs: the given file, else the first of the usual ones that is installed.

    Raises:
        UnavailableError: none is installed.
    """
    from PIL import ImageFont

    for name in _FONTS if path is None else (str(path),):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    raise UnavailableError("general.file_unreadable", "no Chinese font")


def draw_seal(
    kind: SealKind,
    text: SealText,
    *,
    shape: SealShape | None = None,
    colour: Rgb = RED,
    font: "Path | None" = None,
) -> bytes:
    """Draw a seal and return it as PNG, RGBA, about 600 dpi at its nominal size.

    Raises:
        MisuseError: no name.
        UnavailableError: no Chinese font.
    """
    from PIL import Image

    if not text.name:
        raise MisuseError("general.unexpected", "a seal needs a name")
    if shape is None:
        shape = SealShape.SQUARE if kind is SealKind.LEGAL_REPRESENTATIVE else SealShape.ROUND
    size = seal_size(kind, shape)
    unit = _PX_PER_MM * _SUPERSAMPLING
    canvas = _Canvas(width_mm=size.width_mm, height_mm=size.height_mm, unit=unit, font=font)
    if shape is SealShape.SQUARE:
        _draw_square(canvas, text)
    else:
        _draw_round(canvas, text)
    small = (round(size.width_mm * _PX_PER_MM), round(size.height_mm * _PX_PER_MM))
    alpha = canvas.mask.resize(small, Image.Resampling.LANCZOS)
    picture = Image.new("RGBA", small, (*colour, 0))
    picture.putalpha(alpha)
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


class _Canvas:
    """Ink mask in millimetres from the middle of the seal."""

    def __init__(self, *, width_mm: float, height_mm: float, unit: int, font: "Path | None") -> None:
        from PIL import Image

        self.half_width = width_mm / 2
        self.half_height = height_mm / 2
        self.unit = unit
        self.mask: Picture = Image.new("L", (round(width_mm * unit), round(height_mm * unit)), 0)
        self._font = chinese_font(unit * 8, font)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x + self.half_width) * self.unit, (y + self.half_height) * self.unit

    def ring(self, width_mm: float, *, square: bool = False) -> None:
        from PIL import ImageDraw

        draw = ImageDraw.Draw(self.mask)
        outline = draw.rectangle if square else draw.ellipse
        inset = 0.15
        for grow, fill in ((inset, 255), (inset + width_mm, 0)):
            outline(
                (
                    *self.at(-self.half_width + grow, -self.half_height + grow),
                    *self.at(self.half_width - grow, self.half_height - grow),
                ),
                fill=fill,
            )

    def star(self, radius_mm: float, y: float = 0.0) -> None:
        from PIL import ImageDraw

        inner = radius_mm * math.sin(math.radians(18)) / math.sin(math.radians(54))
        points = []
        for i in range(10):
            radius = radius_mm if i % 2 == 0 else inner
            angle = math.radians(36 * i - 90)
            points.append(self.at(radius * math.cos(angle), y + radius * math.sin(angle)))
        ImageDraw.Draw(self.mask).polygon(points, fill=255)

    def glyph(self, char: str, *, x: float, y: float, width: float, height: float, angle_deg: float = 0.0) -> None:
        """Put one character, stretched to its box, its middle at (x, y), turned clockwise."""
        from PIL import Image, ImageChops, ImageDraw

        # The whole em box is stretched, not the glyph's own: 一 stays flat.
        em = self._font.size
        advance = max(1, round(self._font.getlength(char)))
        ascent, descent = self._font.getmetrics()
        tile = Image.new("L", (advance, round(em)), 0)
        top = (em - ascent - descent) / 2
        ImageDraw.Draw(tile).text((0, top), char, font=self._font, fill=255, stroke_width=self.unit // 14)
        tile = tile.resize((round(width * self.unit), round(height * self.unit)), Image.Resampling.LANCZOS)
        tile = tile.rotate(-angle_deg, Image.Resampling.BICUBIC, expand=True)
        layer = Image.new("L", self.mask.size, 0)
        px, py = self.at(x, y)
        layer.paste(tile, (round(px - tile.width / 2), round(py - tile.height / 2)))
        self.mask = ImageChops.lighter(self.mask, layer)


def _draw_square(canvas: _Canvas, text: SealText) -> None:
    """Two columns, read from the right, as name seals are."""
    canvas.ring(1.0, square=True)
    rows = math.ceil(len(text.name) / 2)
    inner = canvas.half_width - 1.8
    cell = 2 * inner / rows
    for i, char in enumerate(text.name):
        column, row = divmod(i, rows)
        x = inner / 2 if column == 0 else -inner / 2
        canvas.glyph(char, x=x, y=-inner + cell * (row + 0.5), width=inner * 0.9, height=cell * 0.9)


def _draw_round(canvas: _Canvas, text: SealText) -> None:
    is_oval = canvas.half_width != canvas.half_height
    canvas.ring(1.2 if not is_oval else 1.0)
    if not is_oval:
        canvas.star(canvas.half_width / 3, -0.5 if text.line else 0.0)
    glyph_height = canvas.half_height * (0.28 if not is_oval else 0.3)
    span = min(220.0 if text.line else 255.0, 24.0 * len(text.name))
    _arc(canvas, text.name, inset=1.9 + glyph_height / 2, height=glyph_height, span_deg=span, middle_deg=-90.0)
    if text.digits:
        _arc(canvas, text.digits, inset=2.4, height=1.7, span_deg=4.6 * len(text.digits), middle_deg=90.0)
    if text.line:
        height = 3.6
        y = canvas.half_height * (0.55 if not is_oval else 0.35)
        left = -(len(text.line) - 1) / 2 * height * 0.95
        for i, char in enumerate(text.line):
            canvas.glyph(char, x=left + i * height * 0.95, y=y, width=height * 0.8, height=height)


def _arc(canvas: _Canvas, text: str, *, inset: float, height: float, span_deg: float, middle_deg: float) -> None:
    """Put characters on the ellipse `inset` inside the rim, at equal steps along it, feet towards the middle or rim."""
    a, b = canvas.half_width - inset, canvas.half_height - inset
    turn = 1 if middle_deg < 0 else -1
    angles, step = _equal_steps(a, b, math.radians(middle_deg), math.radians(span_deg), len(text))
    for char, angle in zip(text, angles[::turn], strict=True):
        normal = math.degrees(math.atan2(math.sin(angle) / b, math.cos(angle) / a))
        slim = 0.55 if char.isascii() else 0.72
        canvas.glyph(
            char,
            x=a * math.cos(angle),
            y=b * math.sin(angle),
            width=min(height * slim, step * 0.92),
            height=height,
            angle_deg=normal + 90 * turn,
        )


def _equal_steps(a: float, b: float, middle: float, span: float, count: int) -> tuple[list[float], float]:
    """Return `count` angles over `span`, equally far apart along the ellipse, and how far (mm)."""
    fine = [middle - span / 2 + span * i / 999 for i in range(1000)]
    along = [0.0]
    for before, after in pairwise(fine):
        along.append(
            along[-1]
            + math.dist((a * math.cos(before), b * math.sin(before)), (a * math.cos(after), b * math.sin(after)))
        )
    step = along[-1] / max(count - 1, 1)
    return [fine[min(bisect_left(along, i * step - 1e-9), 999)] for i in range(count)], step
