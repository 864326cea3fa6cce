"""`cut_out`: scan of a stamped sheet → clean transparent imprint and a verdict on its quality.

Refuses nothing that is a picture: a scan without a usable seal is a result with reasons, so that the page can say what
to do better. Tilted squares and ovals are set straight; round seals keep the turn they were stamped with.
"""

import io
import math
from dataclasses import replace

from desktop.domain.errors import MisuseError
from desktop.domain.operations import SealKind
from desktop.signing.imprint.ink import Absorption, InkColour, absorption, paper_light
from desktop.signing.imprint.loading import Scan, load_scan
from desktop.signing.imprint.model import Bgr, Box, CutOut, Imprint, Map, Mask, QualityReason, SealShape, seal_size
from desktop.signing.imprint.quality import judge_quality
from desktop.signing.imprint.region import SEARCH_SIDE, Region, find_region

_SEAL_SIDE = 1200
_INK = 0.5
_FAINT_INK = 0.2
_SHARPEN = 1.5
_SHARPEN_SIGMA = 1.5
_TONE_SPAN = 0.08
_SPECK = 0.00003


def cut_out(scan: bytes | Bgr, kind: SealKind) -> CutOut:
    """Cut the seal out of a scan: bytes of an image file, or a picture (h, w, 3) uint8 BGR.

    Raises:
        RejectedError: camera.image_too_large, camera.image_unsupported, camera.image_damaged (bytes only).
        MisuseError: a picture of another shape or type.
    """
    if not isinstance(scan, bytes) and (scan.ndim != 3 or scan.shape[2] != 3 or scan.dtype != "uint8"):  # noqa: PLR2004 - BGR
        raise MisuseError("general.unexpected", f"not a BGR picture: shape {scan.shape}, {scan.dtype}")
    loaded = load_scan(scan) if isinstance(scan, bytes) else Scan(picture=scan)
    picture = loaded.picture
    light = paper_light(picture)
    found = _search(picture, light)
    if found is None:
        return CutOut(imprint=None, reasons=(QualityReason.NOT_FOUND,))
    return _cut(loaded, light, found, kind)


def _search(picture: Bgr, light: Map) -> tuple[InkColour, Region, float] | None:
    """Find the seal on a small copy: ink, region, factor from the copy to the picture. Red wins over blue."""
    import cv2
    import numpy as np

    factor = min(1.0, SEARCH_SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    taken = absorption(np.asarray(small, dtype=np.uint8), light)
    for ink in (InkColour.RED, InkColour.BLUE):
        region = find_region(taken.colourfulness(ink))
        if region is not None:
            return ink, region, 1 / factor
    return None


def _cut(scan: Scan, light: Map, found: tuple[InkColour, Region, float], kind: SealKind) -> CutOut:
    import cv2
    import numpy as np

    picture = scan.picture
    ink, region, scale = found
    box = region.box(scale, 0.06, picture.shape)
    part, part_light = _part(picture, box), _part_of_light(light, box, picture.shape)
    shrink = min(1.0, _SEAL_SIDE / max(box.width, box.height))
    if shrink < 1:
        part = np.asarray(cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))
    taken = absorption(part, part_light)
    inside = _inside(region, box, scale, shrink, part.shape)
    cover, reference = coverage(taken, ink, inside)
    tight = _bounds(cover > _INK)
    if tight is None:
        return CutOut(imprint=None, reasons=(QualityReason.NOT_FOUND,))
    reasons = judge_quality(
        picture=picture,
        box=_on_scan(tight, box, shrink),
        taken=taken,
        ink=ink,
        cover=cover,
        inside=inside,
        density=reference,
        light=light,
    )
    imprint = _imprint(cover, region, _ink_colour(taken, cover), _on_scan(tight, box, shrink))
    if imprint is None:
        return CutOut(imprint=None, reasons=(QualityReason.NOT_FOUND,))
    px_per_inch = None if scan.dpi is None else scan.dpi * shrink
    width_mm, height_mm = _size_mm(imprint, kind, px_per_inch)
    return CutOut(imprint=replace(imprint, width_mm=width_mm, height_mm=height_mm), reasons=reasons)


def _imprint(cover: Map, region: Region, rgb: tuple[int, int, int], box: Box) -> Imprint | None:
    """Set the seal straight and crop it to its ink; its size in mm is yet to come."""
    turn = 0.0 if region.shape is SealShape.ROUND else region.tilt_deg
    straight = _turned(cover, turn)
    final = _bounds(straight > _INK)
    if final is None:
        return None
    alpha = straight[final.y : final.y + final.height, final.x : final.x + final.width]
    return Imprint(
        png=_png(alpha, rgb),
        width_px=final.width,
        height_px=final.height,
        width_mm=0.0,
        height_mm=0.0,
        ink_rgb=rgb,
        shape=region.shape,
        box=box,
        angle_deg=turn,
    )


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


def _part(picture: Bgr, box: Box) -> Bgr:
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


def _turned(cover: Map, degrees: float) -> Map:
    """Turn counter-clockwise by `degrees` about the middle, with room for the corners."""
    import cv2
    import numpy as np

    if abs(degrees) < 0.05:  # noqa: PLR2004 - less than half a pixel at the rim
        return cover
    height, width = cover.shape
    side = math.ceil(math.hypot(height, width)) + 4
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    return np.asarray(
        np.clip(cv2.warpAffine(cover, matrix, (side, side), flags=cv2.INTER_CUBIC), 0, 1), dtype=np.float32
    )


def _on_scan(tight: Box, box: Box, shrink: float) -> Box:
    return Box(
        x=box.x + round(tight.x / shrink),
        y=box.y + round(tight.y / shrink),
        width=round(tight.width / shrink),
        height=round(tight.height / shrink),
    )


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


def _size_mm(imprint: Imprint, kind: SealKind, px_per_inch: float | None) -> tuple[float, float]:
    """Return width and height: measured where the scan states a credible resolution, else nominal for the kind."""
    nominal = seal_size(kind, imprint.shape)
    if px_per_inch is not None:
        width, height = (round(px / px_per_inch * 25.4, 1) for px in (imprint.width_px, imprint.height_px))
        if max(abs(width - nominal.width_mm), abs(height - nominal.height_mm)) <= nominal.tolerance_mm:
            return width, height
    return nominal.width_mm, nominal.height_mm


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
