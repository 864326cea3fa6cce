"""The code on screen is read by an independent reader, at every scale and in every theme."""

import numpy as np
import pytest
import segno
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui import theme
from desktop.ui.qr_code import QUIET_MODULES, QrCode
from desktop.ui.tokens import Mode
from tests.ui.pixels import as_array, decode, draw

PAYLOAD = "https://platform.example.cn/m#" + "Aq7xZ0b9_-" * 9
BLACK, WHITE = 0, 255


@pytest.fixture
def code(app: QApplication) -> QrCode:
    made = QrCode()
    made.set_payload(PAYLOAD)
    return made


def modules_of(text: str) -> np.ndarray:
    made = segno.make(text, error="m", micro=False, boost_error=False)
    return np.array([list(row) for row in made.matrix], np.uint8)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("mode", Mode)
def test_code_is_read_from_its_pixels(app: QApplication, code: QrCode, mode: Mode, ratio: float):
    theme.apply(app, mode)
    assert decode(as_array(draw(code, ratio))) == [PAYLOAD]


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("place", [(0, 0), (13, 7), (5, 21)])
def test_every_module_is_a_square_of_whole_device_pixels(app: QApplication, ratio: float, place: tuple[int, int]):
    window = QWidget()
    window.resize(400, 400)
    code = QrCode(parent=window)
    code.move(*place)
    code.set_payload(PAYLOAD)
    grey = as_array(draw(window, ratio))[:, :, 0]
    expected = modules_of(PAYLOAD)
    inner = grey[int(place[1] * ratio) + 20 : int((place[1] + code.height()) * ratio) - 20]
    inner = inner[:, int(place[0] * ratio) + 20 : int((place[0] + code.width()) * ratio) - 20]
    rows, columns = np.nonzero(inner == BLACK)
    symbol = inner[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    per_module, rest = divmod(symbol.shape[0], len(expected))
    assert rest == 0
    assert symbol.shape[0] == symbol.shape[1]
    assert np.array_equal(symbol, np.kron(1 - expected, np.ones((per_module, per_module), np.uint8)) * WHITE)


@pytest.mark.parametrize("mode", [Mode.DARK, Mode.HIGH_CONTRAST])
def test_code_is_black_on_white_in_dark_looks(app: QApplication, code: QrCode, mode: Mode):
    theme.apply(app, mode)
    pixels = as_array(draw(code, 1.0))
    middle = pixels[10:-10, 10:-10]
    assert {tuple(colour) for colour in np.unique(middle.reshape(-1, 3), axis=0)} == {(0, 0, 0), (255, 255, 255)}


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_quiet_zone_is_white_for_four_modules_all_around(code: QrCode, ratio: float):
    grey = as_array(draw(code, ratio))[:, :, 0]
    # The very corners of the card are rounded.
    rows, columns = np.nonzero(grey[12:-12, 12:-12] == BLACK)
    top, left = rows.min() + 12, columns.min() + 12
    bottom, right = grey.shape[0] - (rows.max() + 13), grey.shape[1] - (columns.max() + 13)
    side = columns.max() - columns.min() + 1
    quiet = QUIET_MODULES * side // len(modules_of(PAYLOAD))
    assert min(top, left, bottom, right) >= quiet
    assert (grey[12 : top - 1, 12:-12] == WHITE).all()


@pytest.mark.parametrize("length", [10, 40, 60, 80, 110, 120, 150, 200, 250, 300])
def test_code_with_quiet_zone_is_at_least_260_px_wide_up_to_version_13(app: QApplication, length: int):
    text = "x" * length
    version = segno.make(text, error="m", micro=False, boost_error=False).version
    assert version <= 13
    code = QrCode()
    code.set_payload(text)
    grey = as_array(draw(code, 1.0))[:, :, 0]
    _, columns = np.nonzero(grey[12:-12, 12:-12] == BLACK)
    side = columns.max() - columns.min() + 1
    modules = len(modules_of(text))
    assert side // modules * (modules + 2 * QUIET_MODULES) >= 260


def test_next_code_replaces_the_one_before(code: QrCode):
    code.set_payload(PAYLOAD[:-1] + "!")
    assert decode(as_array(draw(code, 1.0))) == [PAYLOAD[:-1] + "!"]


def test_cleared_code_shows_and_keeps_nothing(code: QrCode):
    code.clear()
    pixels = as_array(draw(code, 1.0))
    assert not code.has_code
    assert decode(pixels) == []
    assert (pixels[12:-12, 12:-12] == WHITE).all()


def test_veil_shows_the_same_for_every_code(code: QrCode):
    code.set_veiled(veiled=True)
    first = as_array(draw(code, 1.0))
    code.set_payload("another text of quite another length")
    assert np.array_equal(first, as_array(draw(code, 1.0)))
    assert decode(first) == []
    assert not code.has_code
