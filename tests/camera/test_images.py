"""Loading pictures: what opens, what is refused before anything is decoded (threats T23)."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop.camera.headers import image_size
from desktop.camera.images import MAX_FILE_BYTES, decode_image, decode_rgb, load_image
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError

PICTURE = np.random.default_rng(1).integers(0, 256, (37, 53, 3), dtype=np.uint8)


def _encoded(suffix: str, picture: "np.ndarray" = PICTURE, *options: int) -> bytes:
    done, data = cv2.imencode(suffix, picture, list(options))
    assert done
    return data.tobytes()


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


WEBP_LOSSY = (cv2.IMWRITE_WEBP_QUALITY, 60)
FORMATS = [
    (".png",),
    (".jpg",),
    (".bmp",),
    (".webp",),
    (".webp", *WEBP_LOSSY),
    (".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
]


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_size_is_known_from_the_header_and_the_picture_opens(how: tuple, tmp_path: Path) -> None:
    data = _encoded(how[0], PICTURE, *how[1:])
    path = tmp_path / f"扫描件 é{how[0]}"
    path.write_bytes(data)
    assert image_size(data) == (53, 37)
    frame = load_image(path)
    assert frame.shape == (37, 53, 3)
    assert frame.dtype == np.uint8
    if how[0] in {".png", ".bmp"}:
        assert np.array_equal(frame, PICTURE)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (8_000, 8_000), (50_000, 10), (2**31 - 1, 2**31 - 1)])
def test_t23_a_small_file_that_claims_a_huge_picture_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(RejectedError) as refused:
        decode_image(_png_claiming(width, height))
    assert refused.value.code == "camera.image_too_large"


def test_t23_a_file_over_the_size_cap_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.png"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES * 20)
    with pytest.raises(RejectedError) as refused:
        load_image(path)
    assert refused.value.code == "camera.image_too_large"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"GIF89a" + bytes(40), b"II*\0" + bytes(40), b"<svg/>"])
def test_other_formats_are_refused(data: bytes) -> None:
    with pytest.raises(RejectedError) as refused:
        decode_image(data)
    assert refused.value.code == "camera.image_unsupported"


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_a_file_cut_anywhere_in_its_header_is_damaged_and_nothing_foreign_is_raised(how: tuple) -> None:
    data = _encoded(how[0], PICTURE, *how[1:])
    for length in range(12, 64):
        with pytest.raises(RejectedError):
            decode_image(data[:length])


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_flipped_bytes_never_raise_anything_foreign(how: tuple) -> None:
    data = _encoded(how[0], PICTURE, *how[1:])
    chance = np.random.default_rng(7)
    assert decode_image(data).shape == (37, 53, 3)
    for _ in range(150):
        broken = bytearray(data)
        broken[int(chance.integers(0, min(len(data), 400)))] ^= int(chance.integers(1, 256))
        try:
            frame = decode_image(bytes(broken))
        except RejectedError:
            continue
        assert frame.ndim == 3


def test_transparency_lies_on_white_and_gray_and_sixteen_bits_become_bgr() -> None:
    see_through = np.zeros((5, 5, 4), dtype=np.uint8)
    see_through[2, 2] = (10, 20, 30, 255)
    frame = decode_image(_encoded(".png", see_through))
    assert frame[0, 0].tolist() == [255, 255, 255]
    assert frame[2, 2].tolist() == [10, 20, 30]
    assert decode_image(_encoded(".png", np.full((4, 4), 77, np.uint8)))[0, 0].tolist() == [77, 77, 77]
    assert decode_image(_encoded(".png", np.full((4, 4), 65535, np.uint16)))[0, 0].tolist() == [255, 255, 255]


def test_a_missing_file_is_unavailable(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(UnavailableError) as absent:
            load_image(path)
        assert absent.value.code == "general.file_unreadable"


@pytest.mark.parametrize(("pixels", "channels", "order"), [("rgb", 3, [2, 1, 0]), ("bgra", 4, [0, 1, 2])])
def test_screen_grabs_with_padded_rows_become_frames(pixels: str, channels: int, order: list[int]) -> None:
    rows = np.random.default_rng(2).integers(0, 256, (6, 5 * channels + 3), dtype=np.uint8)
    frame = decode_rgb(5, 6, rows.shape[1], rows.tobytes()[:-3], pixels)
    want = rows[:, : 5 * channels].reshape(6, 5, channels)[:, :, order]
    assert np.array_equal(frame, want)
    assert decode_rgb(5, 6, 5, bytes(range(30)), "gray")[1, 0].tolist() == [5, 5, 5]


@pytest.mark.parametrize(("width", "height", "stride", "size"), [(5, 6, 14, 90), (5, 6, 15, 89), (0, 6, 15, 90)])
def test_a_screen_grab_whose_sizes_do_not_fit_is_misuse(width: int, height: int, stride: int, size: int) -> None:
    with pytest.raises(MisuseError):
        decode_rgb(width, height, stride, bytes(size), "rgb")
