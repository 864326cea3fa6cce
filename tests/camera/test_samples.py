"""The sample pictures, folder by folder: at least as many exact texts as the best single reader, no wrong one."""

import sys
from pathlib import Path

import cv2
import pytest
import zxingcpp
from pyzbar import pyzbar

from desktop.camera.decoder import QrDecoder, assemble, decode_frame
from desktop.camera.frames import Frame
from desktop.camera.images import load_image
from tests.camera.drawing import SAMPLES


def _pictures(folder: str) -> list[tuple[Path, str]]:
    found = []
    for path in sorted((SAMPLES / folder).iterdir()):
        if path.suffix in {".png", ".webp"}:
            beside = path.with_suffix(".txt")
            truth = beside if beside.exists() else path.with_name(path.name.split("-")[0] + ".txt")
            found.append((path, truth.read_bytes().decode("utf-8")))
    return found


def _single_readers(frame: Frame) -> dict[str, list[str]]:
    found = {"zxing-cpp": [b.text for b in zxingcpp.read_barcodes(frame)]}
    found["WeChat"] = list(cv2.wechat_qrcode_WeChatQRCode().detectAndDecode(frame)[0])
    found["OpenCV"] = list(cv2.QRCodeDetector().detectAndDecodeMulti(frame)[1])
    try:
        found["pyzbar"] = [s.data.decode("utf-8", "replace") for s in pyzbar.decode(frame)]
    except ValueError:
        found["pyzbar"] = []
    return found


def _right_by_reader(samples: list[tuple[Path, str]]) -> dict[str, int]:
    """How many pictures each reader reads exactly, ours among them; a wrong read of ours fails the test."""
    decoder, right = QrDecoder(), dict.fromkeys(("ours", "zxing-cpp", "pyzbar", "OpenCV", "WeChat"), 0)
    for path, truth in samples:
        frame = load_image(path)
        texts = [code.text for code in decoder.decode(frame)]
        assert texts in ([], [truth]), f"wrong read of {path.name}"
        for reader, said in {**_single_readers(frame), "ours": texts}.items():
            right[reader] += truth in said
    return right


@pytest.mark.parametrize(("folder", "pictures"), [("qrcode-1", 8), ("qrcode-3", 18), ("qrcode-5", 16)])
def test_every_sample_of_a_folder_reads_exactly_and_no_single_reader_does_better(folder: str, pictures: int) -> None:
    samples = _pictures(folder)
    right = _right_by_reader(samples)
    sys.stdout.write(f"{folder}, {len(samples)} pictures: {', '.join(f'{n} {c}' for n, c in right.items())}\n")
    assert len(samples) == pictures
    assert right["ours"] == pictures == max(right.values())


def test_single_readers_take_a_part_of_a_message_for_the_whole_and_ours_does_not() -> None:
    samples = _pictures("qrcode-7")
    right = _right_by_reader(samples)
    shares = sum(any(_single_readers(load_image(path))["zxing-cpp"]) for path, _ in samples)
    sys.stdout.write(
        f"qrcode-7, {len(samples)} parts of one message: {right}, zxing-cpp hands out {shares} parts as texts\n"
    )
    assert shares == len(samples)
    assert right["ours"] == max(right.values()) == 0


def test_a_message_over_four_symbols_is_no_text_until_all_four_are_there() -> None:
    decoder = QrDecoder()
    parts = []
    samples = _pictures("qrcode-7")
    for path, _ in samples:
        sighting = decoder.look(load_image(path))
        assert sighting.codes == ()
        assert assemble(parts) is None
        parts += sighting.parts
    assert [p.part.index for p in parts] == [0, 1, 2, 3]
    assert assemble(parts[::-1]) == samples[0][1]


def test_a_sample_reads_by_the_function_for_a_single_frame() -> None:
    path, truth = _pictures("qrcode-1")[0]
    assert [code.text for code in decode_frame(load_image(path))] == [truth]
