"""Image files and screen grabs to frames.

Refuses before decoding: files over `MAX_FILE_BYTES`, pictures over `MAX_PIXELS` or `MAX_SIDE` by their header (OpenCV
would decode a 110 KB PNG of 900 megapixels into gigabytes), formats other than PNG, JPEG, WebP, BMP. Transparent
pictures are laid on white, as every viewer shows them. The path is opened by Python, never by OpenCV, which cannot
open non-ASCII paths on Windows.
"""

from pathlib import Path
from typing import Literal

from desktop.camera.frames import Frame, quiet_cv2
from desktop.camera.headers import image_size
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000

PixelFormat = Literal["rgb", "bgr", "rgba", "bgra", "gray"]
_CHANNELS: dict[str, int] = {"rgb": 3, "bgr": 3, "rgba": 4, "bgra": 4, "gray": 1}
_ALPHA_CHANNELS = 4


def load_image(path: Path) -> Frame:
    """Read an image file.

    Raises:
        UnavailableError: general.file_unreadable.
        RejectedError: camera.image_too_large, camera.image_unsupported, camera.image_damaged.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from error
    return decode_image(data)


def decode_image(data: bytes) -> Frame:
    """Decode the bytes of an image file.

    Raises:
        RejectedError: camera.image_too_large, camera.image_unsupported, camera.image_damaged.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RejectedError("camera.image_too_large", f"more than {MAX_FILE_BYTES} bytes")
    width, height = image_size(data)
    _check_size(width, height)
    return _decode(data)


def decode_rgb(width: int, height: int, stride: int, data: bytes | memoryview, pixels: PixelFormat) -> Frame:
    """Turn raw rows of pixels (a screen grab) into a frame.

    Args:
        width: pixels in a row.
        height: rows.
        stride: bytes from the start of a row to the next.
        data: at least stride * (height - 1) + width * channels bytes.
        pixels: order of the channels in memory; QImage Format_RGB32 and Format_ARGB32 are "bgra" on little endian,
            Format_RGB888 is "rgb", Format_RGBA8888 is "rgba", Format_Grayscale8 is "gray". Alpha is ignored.

    Raises:
        MisuseError: the sizes do not fit the data.
        RejectedError: camera.image_too_large.
    """
    import numpy as np

    channels = _CHANNELS[pixels]
    row = width * channels
    if width <= 0 or height <= 0 or stride < row or len(data) < stride * (height - 1) + row:
        raise MisuseError("general.unexpected", f"{width}x{height}, stride {stride}, {len(data)} bytes, {pixels}")
    _check_size(width, height)
    flat = np.frombuffer(data, dtype=np.uint8)
    rows = np.lib.stride_tricks.as_strided(flat, shape=(height, row), strides=(stride, 1), writeable=False)
    cube = rows.reshape(height, width, channels)
    if channels == 1:
        return np.repeat(cube, 3, axis=2)
    order = [2, 1, 0] if pixels.startswith("rgb") else [0, 1, 2]
    return np.ascontiguousarray(cube[:, :, order])


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise RejectedError("camera.image_too_large", f"{width}x{height} pixels")


def _decode(data: bytes) -> Frame:
    """Decode with OpenCV; the one place where its failures become ours."""
    import cv2
    import numpy as np

    quiet_cv2()
    encoded = np.frombuffer(data, dtype=np.uint8)
    # Only PNG and WebP carry an alpha channel worth keeping; for the others COLOR applies the EXIF orientation.
    has_alpha = data.startswith((b"\x89PNG", b"RIFF"))
    try:
        picture = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED if has_alpha else cv2.IMREAD_COLOR)
        if picture is None:
            raise RejectedError("camera.image_damaged", "not decodable")
        _check_size(picture.shape[1], picture.shape[0])
        if picture.dtype == np.uint16:
            picture = cv2.convertScaleAbs(picture, alpha=1 / 257)
        if picture.ndim == 2 or picture.shape[2] == 1:  # noqa: PLR2004 - gray
            return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    except cv2.error as error:
        raise RejectedError("camera.image_damaged", "OpenCV failed") from error
    if picture.shape[2] == _ALPHA_CHANNELS:
        alpha = picture[:, :, 3:].astype(np.uint16)
        picture = ((picture[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return np.ascontiguousarray(picture, dtype=np.uint8)
