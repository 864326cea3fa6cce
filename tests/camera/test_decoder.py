"""What the chain reads, and what it must not pass on."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import segno
import zxingcpp

from desktop.camera.decoder import Effort, QrDecoder, decode_frame
from desktop.camera.frames import Corners, Frame, Gray
from desktop.camera.readers import Reading, WeChatReader, ZbarReader, ZxingReader, trusted_text
from desktop.domain.errors import MisuseError
from tests.camera.drawing import draw

SQUARE: Corners = ((10.0, 10.0), (90.0, 10.0), (90.0, 90.0), (10.0, 90.0))


class Says:
    """A reader that says the same of every picture."""

    name = "says"
    longest_side = 4096
    is_quick = True

    def __init__(self, *readings: Reading) -> None:
        self._readings = list(readings)

    def read(self, gray: Gray) -> list[Reading]:  # noqa: ARG002 - it says what it says
        return self._readings


def _reading(text: str, margin: float = 0.0) -> Reading:
    return Reading(text=text, corners=SQUARE, reader="says", margin=margin)


BLANK = np.full((200, 200, 3), 255, dtype=np.uint8)


@pytest.mark.parametrize("text", ["BIDSEAL", "投标签章客户端 (é) 🔏", "https://example.org/?a=1&b=2", " \t\r\n x "])
def test_a_clean_code_reads_exactly_at_either_effort(qr_frame: Callable[..., Frame], text: str) -> None:
    frame = qr_frame(text, encoding="utf-8")
    for effort in Effort:
        assert [code.text for code in decode_frame(frame, effort)] == [text]


def test_corners_are_in_pixels_of_the_frame_also_when_it_was_scaled(qr_frame: Callable[..., Frame]) -> None:
    code = qr_frame("CORNERS", scale=20)
    frame = np.full((3000, 5000, 3), 255, dtype=np.uint8)
    frame[1000 : 1000 + code.shape[0], 3000 : 3000 + code.shape[1]] = code
    (found,) = decode_frame(frame)
    (x, y), _, (x2, y2), _ = found.corners
    assert (x, y) == pytest.approx((3080, 1080), abs=8)
    assert (x2, y2) == pytest.approx((3000 + code.shape[1] - 80, 1000 + code.shape[0] - 80), abs=8)


def test_several_codes_come_from_left_to_right(qr_frame: Callable[..., Frame]) -> None:
    pair = np.hstack([qr_frame("LEFT"), qr_frame("RIGHT")])
    assert [code.text for code in decode_frame(np.ascontiguousarray(pair))] == ["LEFT", "RIGHT"]


def test_negative_mirrored_and_turned_codes_read(qr_frame: Callable[..., Frame]) -> None:
    frame = qr_frame("TURNED")
    for other in (255 - frame, frame[:, ::-1], np.rot90(frame), np.rot90(frame, 2)):
        assert [code.text for code in decode_frame(np.ascontiguousarray(other))] == ["TURNED"]


@pytest.mark.parametrize("bad", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3))])
def test_anything_but_a_bgr_frame_is_misuse(bad: Frame) -> None:
    with pytest.raises(MisuseError):
        decode_frame(bad)


def test_the_chain_reads_blurred_small_codes_that_zxing_alone_misses() -> None:
    ours = alone = wrong = 0
    decoder = QrDecoder()
    for seed in range(24):
        chance = np.random.default_rng(seed)
        text = f"6BFOXN*TS0BI$ZD-{seed:05}" * 4
        frame = cv2.GaussianBlur(draw(segno.make(text, error="m"), scale=3), (0, 0), chance.uniform(1.3, 1.8))
        frame = np.clip(frame * 0.5 + 60 + chance.normal(0, 5, frame.shape), 0, 255).astype(np.uint8)
        texts = [code.text for code in decoder.decode(frame)]
        ours += texts == [text]
        wrong += texts not in ([], [text])
        alone += text in [r.text for r in ZxingReader().read(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))]
    assert wrong == 0
    assert ours >= alone + 4


def test_damage_up_to_destruction_gives_the_text_or_nothing() -> None:
    decoder = QrDecoder()
    right = unread = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        text = f"BIDSEAL1:{seed * 7919:08}"
        matrix = np.array([list(row) for row in segno.make(text, error="l", boost_error=False, micro=False).matrix])
        hit = chance.random(matrix.shape) < chance.uniform(0.0, 0.1)
        hit[:9, :9] = hit[:9, -9:] = hit[-9:, :9] = False
        damaged = np.pad(matrix ^ hit, 4).astype(np.uint8)
        gray = np.kron(255 * (1 - damaged), np.ones((4, 4))).astype(np.uint8)
        texts = [code.text for code in decoder.decode(np.ascontiguousarray(np.stack([gray] * 3, axis=2)))]
        assert texts in ([], [text])
        right += texts == [text]
        unread += not texts
    assert right >= 10
    assert unread >= 10


@pytest.mark.parametrize("seed", [238, 753, 781])
def test_micro_qr_is_not_read_out_of_a_damaged_symbol(seed: int) -> None:
    # BarcodeFormat.QRCode of zxing-cpp takes in Micro QR and reads "9332" in each of these.
    chance = np.random.default_rng(seed)
    code = segno.make(f"B{seed * 7919 % 99991:05}", version=1, error="l", boost_error=False, micro=False)
    matrix = np.array([list(row) for row in code.matrix])
    hit = chance.random(matrix.shape) < chance.uniform(0.02, 0.2)
    hit[:9, :9] = hit[:9, -9:] = hit[-9:, :9] = False
    hit[6] = hit[:, 6] = False
    gray = np.kron(255 * (1 - np.pad(matrix ^ hit, 4)), np.ones((3, 3))).astype(np.uint8)
    assert "9332" in [barcode.text for barcode in zxingcpp.read_barcodes(gray)]
    assert ZxingReader().read(gray) == []


def test_noise_is_not_read() -> None:
    decoder = QrDecoder()
    for seed in range(6):
        noise = np.random.default_rng(seed).integers(0, 256, (160, 160, 3), dtype=np.uint8)
        assert decoder.decode(noise) == []


def test_two_readers_that_disagree_about_one_place_cancel_each_other() -> None:
    decoder = QrDecoder(first=_Once(_reading("A")), fallbacks=[Says(_reading("B", 1.0))])
    sighting = decoder.look(np.full((1000, 1000, 3), 255, dtype=np.uint8))
    assert sighting.codes == ()
    assert sighting.is_unclear


def test_a_weak_reading_counts_only_when_a_second_stage_says_the_same() -> None:
    once = QrDecoder(first=Says(), fallbacks=[_Once(_reading("WEAK"))])
    twice = QrDecoder(first=Says(), fallbacks=[_Once(_reading("WEAK")), _Once(_reading("WEAK"))])
    assert once.look(BLANK).is_unclear
    assert once.decode(BLANK) == []
    assert [code.text for code in twice.decode(BLANK)] == ["WEAK"]


def test_a_reading_with_error_correction_to_spare_ends_the_chain() -> None:
    decoder = QrDecoder(first=Says(_reading("SURE", 0.9)), fallbacks=[Says(_reading("NEVER ASKED"))])
    assert [code.text for code in decoder.decode(BLANK)] == ["SURE"]


def test_fast_effort_takes_turns_so_that_a_few_frames_see_every_stage() -> None:
    decoder = QrDecoder(first=Says(), fallbacks=[Says(_reading("LATE", 0.9))])
    seen = [bool(decoder.decode(BLANK, Effort.FAST)) for _ in range(9)]
    assert any(seen)
    assert not all(seen)


class Measures:
    """A reader that notes the size of every picture it gets."""

    name = "measures"
    longest_side = 300
    is_quick = False

    def __init__(self) -> None:
        self.sides: list[int] = []

    def read(self, gray: Gray) -> list[Reading]:
        self.sides.append(max(gray.shape))
        return []


def test_t23_a_slow_reader_gets_no_large_picture_and_none_at_all_between_camera_frames() -> None:
    # WeChatQRCode took seven minutes for 50 megapixels of noise.
    reader = Measures()
    decoder = QrDecoder(first=Says(), fallbacks=[reader])
    decoder.decode(np.full((900, 1400, 3), 255, dtype=np.uint8), Effort.FULL)
    decoder.decode(np.full((100, 140, 3), 255, dtype=np.uint8), Effort.FULL)
    assert sorted(set(reader.sides)) == [140, 280, 300]
    assert WeChatReader().longest_side <= 640
    reader.sides.clear()
    for _ in range(12):
        decoder.decode(BLANK, Effort.FAST)
    assert reader.sides == []


def test_undeclared_gb18030_is_read_and_an_ambiguous_encoding_is_refused() -> None:
    raw = "投标签章测试".encode("gb18030")
    assert trusted_text(raw, "ﾍｶｱ\ufffdｩﾕﾂｲ簗ﾔ") == "投标签章测试"
    assert trusted_text("ｶﾀｶﾅ".encode("shift_jis"), "ｶﾀｶﾅ") is None
    assert trusted_text(b"\xff\xfe\x81", "\ufffd\ufffd\ufffd") is None


@pytest.mark.parametrize("text", ["ﾃｽﾄ123", "ﾌﾘｶﾞﾅ 山田ﾀﾛｳ"])
def test_shift_jis_that_cannot_be_chinese_is_read(text: str) -> None:
    raw = text.encode("shift_jis")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("gb18030")
    assert [code.text for code in decode_frame(draw(segno.make(raw, mode="byte", micro=False)))] == [text]


def test_a_symbol_in_an_unknown_encoding_is_unclear_and_no_fallback_guesses_it() -> None:
    frame = draw(segno.make("ｶﾀｶﾅ".encode("shift_jis"), mode="byte", micro=False))
    sighting = QrDecoder().look(frame)
    assert sighting.codes == ()
    assert sighting.is_unclear


def test_zbar_errors_are_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyzbar import pyzbar

    def fail(*_: object, **__: object) -> None:
        raise ValueError("4294967295 is not a valid ZBarOrientation")

    monkeypatch.setattr(pyzbar, "decode", fail)
    assert ZbarReader().read(BLANK[:, :, 0]) == []


class _Once:
    """A reader that sees something on its first call only."""

    name = "once"
    longest_side = 4096
    is_quick = True

    def __init__(self, reading: Reading) -> None:
        self._readings = [reading]

    def read(self, gray: Gray) -> list[Reading]:  # noqa: ARG002 - it says what it says
        return [self._readings.pop()] if self._readings else []
