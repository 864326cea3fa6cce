"""`cut_out`: scan of a stamped sheet → clean transparent imprint and a verdict on its quality.

Refuses nothing that is a picture: a scan without a usable seal is a result with reasons, so that the page can say what
to do better. Tilted squares and ovals are set straight; round seals keep the turn they were stamped with. A picture
taken by a camera is made flat first where something in it has a known size (`sheet`). The size in mm comes from that,
or from the resolution that a scanner states; else it stays unknown.
"""

import io
import math
from dataclasses import dataclass, replace
from typing import Any

from desktop.domain.errors import MisuseError
from desktop.domain.operations import SealKind
from desktop.signing.imprint.ink import Absorption, InkColour, absorption, paper_light
from desktop.signing.imprint.loading import Scan, load_scan
from desktop.signing.imprint.model import (
    Bgr,
    Box,
    CutOut,
    Imprint,
    Map,
    Mask,
    QualityReason,
    SealShape,
    SizeSource,
    seal_shapes,
)
from desktop.signing.imprint.quality import judge_quality
from desktop.signing.imprint.region import LEAST_INK, SEARCH_SIDE, Region, find_regions
from desktop.signing.imprint.sheet import flatten

_SEAL_SIDE = 1200
_INK = 0.5
_FAINT_INK = 0.2
_SHARPEN = 1.5
_SHARPEN_SIGMA = 1.5
_TONE_SPAN = 0.08
_SPECK = 0.00003
#: No seal is smaller or larger; a file that says so states a resolution that nobody meant.
_POSSIBLE_MM = (10.0, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ground:
    """What is cut from: a scan as it is, or a flat piece of a camera's picture with the way back to it."""

    picture: Bgr
    px_per_mm: float | None = None
    size_source: SizeSource | None = None
    to_source: Any = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """A seal on a small copy; `scale` leads back to the picture. `others` are further seals."""

    ink: InkColour
    region: Region
    others: int
    scale: float


def cut_out(scan: bytes | Bgr, kind: SealKind) -> CutOut:
    """Cut the seal out of a scan: bytes of an image file, or a picture (h, w, 3) uint8 BGR.

    Raises:
        RejectedError: camera.image_too_large, camera.image_unsupported, camera.image_damaged (bytes only).
        MisuseError: a picture of another shape or type.
    """
    if not isinstance(scan, bytes) and (scan.ndim != 3 or scan.shape[2] != 3 or scan.dtype != "uint8"):  # noqa: PLR2004 - BGR
        raise MisuseError("general.unexpected", f"not a BGR picture: shape {scan.shape}, {scan.dtype}")
    loaded = load_scan(scan) if isinstance(scan, bytes) else Scan(picture=scan)
    for ground in _grounds(loaded):
        light = paper_light(ground.picture)
        found = _search(ground.picture, light)
        if found is not None:
            return _cut(ground, light, found, kind)
    return CutOut(imprint=None, reasons=(QualityReason.NOT_FOUND,))


def _grounds(scan: Scan) -> list[_Ground]:
    """Return what to look at in turn; the picture as it is comes last: a seal beside the frames is found too."""
    if scan.dpi is not None:
        px_per_mm = scan.dpi / 25.4
        return [_Ground(picture=scan.picture, px_per_mm=px_per_mm, size_source=SizeSource.RESOLUTION)]
    flat = [
        _Ground(picture=f.picture, px_per_mm=f.px_per_mm, size_source=f.size_source, to_source=f.to_source)
        for f in flatten(scan.picture)
    ]
    return [*flat, _Ground(picture=scan.picture)]


def _search(picture: Bgr, light: Map) -> _Found | None:
    """Find the seal on a small copy. Red wins over blue."""
    import cv2
    import numpy as np

    factor = min(1.0, SEARCH_SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    taken = absorption(np.asarray(small, dtype=np.uint8), light)
    colours = {ink: taken.colourfulness(ink) for ink in (InkColour.RED, InkColour.BLUE)}
    for least in LEAST_INK:
        found = [(ink, region) for ink, colour in colours.items() for region in find_regions(colour, least)]
        if found:
            ink, best = found[0]
            others = sum(region.rivals(best) for _, region in found[1:])
            return _Found(ink=ink, region=best, others=others, scale=1 / factor)
    return None


def _cut(ground: _Ground, light: Map, found: _Found, kind: SealKind) -> CutOut:
    import cv2
    import numpy as np

    picture, region, scale = ground.picture, found.region, found.scale
    box = region.box(scale, 0.06, picture.shape)
    part, part_light = _part(picture, box), _part_of_light(light, box, picture.shape)
    shrink = min(1.0, _SEAL_SIDE / max(box.width, box.height))
    if shrink < 1:
        part = np.asarray(cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))
    taken = absorption(part, part_light)
    inside = _inside(region, box, scale, shrink, part.shape)
    cover, reference = coverage(taken, found.ink, inside)
    tight = _bounds(cover > _INK)
    if tight is None:
        return CutOut(imprint=None, reasons=(QualityReason.NOT_FOUND,))
    where = _on_scan(tight, box, shrink)
    reasons = judge_quality(
        picture=picture,
        box=where,
        taken=taken,
        ink=found.ink,
        cover=cover,
        inside=inside,
        density=reference,
        light=light,
        is_shape_of_kind=region.shape in seal_shapes(kind),
        has_others=found.others > 0,
    )
    imprint = _imprint(cover, part, region, _ink_colour(taken, cover), _on_source(where, ground.to_source))
    if imprint is None:
        return CutOut(imprint=None, reasons=(QualityReason.NOT_FOUND,))
    return CutOut(imprint=_measured(imprint, ground, shrink), reasons=reasons)


def _imprint(cover: Map, part: Bgr, region: Region, rgb: tuple[int, int, int], box: Box) -> Imprint | None:
    """Set the seal straight and crop it to its ink; its size in mm is yet to come."""
    import numpy as np

    turn = 0.0 if region.shape is SealShape.ROUND else region.tilt_deg
    straight = np.clip(_turned(cover, turn, outside=0), 0, 1)
    final = _bounds(straight > _INK)
    if final is None:
        return None
    return Imprint(
        png=_png(_part(straight, final), rgb),
        width_px=final.width,
        height_px=final.height,
        ink_rgb=rgb,
        shape=region.shape,
        box=box,
        angle_deg=turn,
        ground=np.ascontiguousarray(_part(_turned(part, turn, outside=255), final)),
    )


def _measured(imprint: Imprint, ground: _Ground, shrink: float) -> Imprint:
    """Add the size in mm where something tells it."""
    if ground.px_per_mm is None:
        return imprint
    width, height = (round(px / (ground.px_per_mm * shrink), 1) for px in (imprint.width_px, imprint.height_px))
    if not all(_POSSIBLE_MM[0] <= side <= _POSSIBLE_MM[1] for side in (width, height)):
        return imprint
    return replace(imprint, width_mm=width, height_mm=height, size_source=ground.size_source)


def coverage(taken: Absorption, ink: InkColour, inside: Mask) -> tuple[Map, float]:
    """Return how much of each pixel is covered by the seal's ink (0..1), and the absorption of full ink."""
    import cv2
    import numpy as np

    colour, density = taken.colourfulness(ink), taken.density(ink)
    core = inside & (colour > 0.5 * max(0.05, float(np.percentile(colour[inside], 95))))
    reference = max(0.05, float(np.percentile(density[core], 80))) if core.any() else 1.0
    sharp = density + _SHARPEN * (density - cv2.GaussianBlur(density, (0, 0), _SHARPEN_SIGMA))
    cover = np.clip(sharp / _full_ink(density, core, reference), 0, 1)
    # Only ink of the seal's colour: black print is dense as well. Blurred, because JPEG stores colour coarsely.
    near = cv2.GaussianBlur(colour, (0, 0), 1.2) / np.maximum(cv2.GaussianBlur(density, (0, 0), 1.2), 0.05)
    gate = np.clip((near - 0.25) / 0.2, 0, 1)
    cover = np.where(inside, cover * gate, 0)
    return _without_specks(np.asarray(cover, dtype=np.float32)), reference


def _full_ink(density: Map, core: Mask, reference: float) -> Map:
    """Return how dense full ink is around each pixel: where the seal was pressed lightly, less is full."""
    import cv2
    import numpy as np

    side = 2 * round(_TONE_SPAN * max(density.shape)) + 1
    weight = (core & (density > 0.6 * reference)).astype(np.float32) * density**4
    amount = cv2.blur(cv2.blur(weight, (side, side)), (side, side))
    sums = cv2.blur(cv2.blur(weight * density, (side, side)), (side, side))
    around = (sums + 1e-3 * reference) / (amount + 1e-3)
    return np.asarray(0.8 * around + 0.2 * reference, dtype=np.float32)


def _without_specks(cover: Map) -> Map:
    import cv2
    import numpy as np

    count, labels, stats, _ = cv2.connectedComponentsWithStats((cover > _FAINT_INK).astype(np.uint8), connectivity=8)
    smallest = max(4, round(_SPECK * cover.size))
    keep = np.zeros(count, dtype=np.float32)
    keep[1:] = stats[1:, cv2.CC_STAT_AREA] >= smallest
    # The soft rim of a kept part lies just outside its label.
    kept = cv2.dilate(keep[labels], np.ones((3, 3), np.uint8))
    return np.asarray(cover * kept, dtype=np.float32)


def _bounds(mask: Mask) -> Box | None:
    import numpy as np

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    x, y = int(columns[0]), int(rows[0])
    return Box(x=x, y=y, width=int(columns[-1]) - x + 1, height=int(rows[-1]) - y + 1)


def _part(picture: Any, box: Box) -> Any:
    return picture[box.y : box.y + box.height, box.x : box.x + box.width]


def _part_of_light(light: Map, box: Box, shape: tuple[int, ...]) -> Map:
    """Cut the small map of paper light to the box, enlarged enough for its edges to be exact."""
    import cv2
    import numpy as np

    fx, fy = light.shape[1] / shape[1], light.shape[0] / shape[0]
    side = 256
    across = (box.x + (np.arange(side, dtype=np.float32) + 0.5) * box.width / side) * fx - 0.5
    down = (box.y + (np.arange(side, dtype=np.float32) + 0.5) * box.height / side) * fy - 0.5
    xs, ys = np.meshgrid(across, down)
    moved = cv2.remap(
        light, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, dtype=np.float32)


def _inside(region: Region, box: Box, scale: float, shrink: float, shape: tuple[int, ...]) -> Mask:
    import cv2
    import numpy as np

    area = np.zeros(shape[:2], dtype=np.uint8)
    outline = (region.outline.astype(np.float64) + 0.5) * scale - 0.5 - np.array([[[box.x, box.y]]])
    cv2.fillConvexPoly(area, np.round(outline * shrink).astype(np.int32), 1)
    grow = max(2, round(0.012 * max(shape[:2])), math.ceil(1.5 * scale * shrink))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
    return np.asarray(cv2.dilate(area, kernel) > 0)


def _turned(picture: Any, degrees: float, *, outside: int) -> Any:
    """Turn counter-clockwise by `degrees` about the middle, with room for the corners."""
    import cv2
    import numpy as np

    if abs(degrees) < 0.05:  # noqa: PLR2004 - less than half a pixel at the rim
        return picture
    height, width = picture.shape[:2]
    side = math.ceil(math.hypot(height, width)) + 4
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    border = (outside,) * 3
    return np.asarray(cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_CUBIC, borderValue=border))


def _on_scan(tight: Box, box: Box, shrink: float) -> Box:
    return Box(
        x=box.x + round(tight.x / shrink),
        y=box.y + round(tight.y / shrink),
        width=round(tight.width / shrink),
        height=round(tight.height / shrink),
    )


def _on_source(box: Box, to_source: Any) -> Box:
    """Return the box around the place in the source of a box in a flat picture."""
    import cv2
    import numpy as np

    if to_source is None:
        return box
    right, bottom = box.x + box.width, box.y + box.height
    corners = np.array([[[box.x, box.y]], [[right, box.y]], [[right, bottom]], [[box.x, bottom]]], dtype=np.float64)
    x, y, width, height = cv2.boundingRect(cv2.perspectiveTransform(corners, to_source).astype(np.float32))
    return Box(x=x, y=y, width=width, height=height)


def _ink_colour(taken: Absorption, cover: Map) -> tuple[int, int, int]:
    """Return the colour of full ink on white paper, RGB: of the densest tenth, away from the edges."""
    import cv2
    import numpy as np

    deep = cv2.erode((cover > _INK).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    pixels = taken.channels[deep if deep.any() else cover > _INK]
    total = pixels.sum(axis=1)
    densest = pixels[total >= np.percentile(total, 80)]
    blue, green, red = (round(float(v)) for v in np.clip((1 - np.median(densest, axis=0)) * 255, 0, 255))
    return red, green, blue


def _png(alpha: Map, rgb: tuple[int, int, int]) -> bytes:
    import numpy as np
    from PIL import Image

    # Paper grain and JPEG ripples end at 0, the inside of a stroke at 1.
    clear = np.clip((alpha - 0.1) / 0.8, 0, 1)
    rgba = np.zeros((*alpha.shape, 4), dtype=np.uint8)
    rgba[:, :, :3] = rgb
    rgba[:, :, 3] = np.round(clear * 255)
    buffer = io.BytesIO()
    Image.fromarray(rgba).save(buffer, format="PNG")
    return buffer.getvalue()
