"""The bytes of a scan to a picture, within limits.

Refuses what is not PNG, JPEG, WebP or BMP, files over 64 MB, and pictures over 50 megapixels, by the header, before
anything is decoded (threats T23). Pillow is used because it separates header and pixels; camera/ is not importable
here (siblings).
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.domain.errors import RejectedError
from desktop.signing.imprint.model import Bgr

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
_PLAUSIBLE_DPI = (90.0, 2500.0)
#: Exposure time, aperture, focal length: a camera's picture, whose resolution says nothing about the paper.
_CAMERA_TAGS = (0x829A, 0x829D, 0x920A)
_EXIF_IFD = 0x8769


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scan:
    """A picture and how many pixels an inch has, where the file says so credibly."""

    picture: Bgr
    dpi: float | None = None


def load_scan(data: bytes) -> Scan:
    """Decode the bytes of an image file, upright, transparent parts white.

    Raises:
        RejectedError: camera.image_too_large, camera.image_unsupported, camera.image_damaged.
    """
    from PIL import Image, UnidentifiedImageError

    if len(data) > MAX_FILE_BYTES:
        raise RejectedError("camera.image_too_large", f"more than {MAX_FILE_BYTES} bytes")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise RejectedError("camera.image_too_large", f"{image.width}x{image.height} pixels")
            return Scan(picture=_upright_bgr(image), dpi=_dpi(image))
    except Image.DecompressionBombError as error:
        raise RejectedError("camera.image_too_large", "bomb") from error
    except UnidentifiedImageError as error:
        raise RejectedError("camera.image_unsupported", "unknown format") from error
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise RejectedError("camera.image_damaged", type(error).__name__) from error


def _upright_bgr(image: "Image") -> Bgr:
    import numpy as np
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        rgba = upright.convert("RGBA")
        sheet = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        upright = Image.alpha_composite(sheet, rgba)
    return np.ascontiguousarray(np.asarray(upright.convert("RGB"))[:, :, ::-1])


def _dpi(image: "Image") -> float | None:
    """Return the resolution the file states; cameras write 72 without meaning it."""
    try:
        across, down = (float(v) for v in image.info.get("dpi", (0, 0)))
    except (TypeError, ValueError):
        return None
    if any(tag in image.getexif().get_ifd(_EXIF_IFD) for tag in _CAMERA_TAGS):
        return None
    low, high = _PLAUSIBLE_DPI
    return across if low <= across <= high and abs(across - down) <= 1 else None
