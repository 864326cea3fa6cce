"""Reading QR codes: recall and time against zxing-cpp, pyzbar and OpenCV, each alone.

Two sets: the sample pictures folder by folder with the full effort, and seeded frames of a webcam that films a phone
(desktop.testing.webcam) with the effort for between two frames. A picture counts as read when exactly its text came
out; any other text is a wrong read. Recall is compared as missed pictures, so that smaller is better as everywhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
import zxingcpp
from PySide6.QtWidgets import QApplication
from pyzbar import pyzbar

from benchmarks.measure import Figure, Plan, in_turns, quantile, seconds
from desktop.camera.decoder import Effort, QrDecoder
from desktop.camera.images import load_image
from desktop.testing.webcam import Webcam
from desktop.ui.qr_code import QrCode

_SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "camera" / "data" / "qr"
_FOLDERS = ("qrcode-1", "qrcode-3", "qrcode-5")
_SITUATIONS = 60
_FRAMES = 3
_CHARACTERS = 147
_CODES = 50
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_OURS = "BidSeal"

Image = np.ndarray
Read = Callable[[Image], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and the text on it."""

    image: Image
    text: str


def figures(plan: Plan) -> Iterator[Figure]:
    """Read the samples, then the webcam's frames."""
    for folder in _FOLDERS[: 1 if plan.is_tiny else None]:
        yield from _compare(folder, _samples(folder), Effort.FULL)
    yield from _compare("webcam frames", list(_frames(1 if plan.is_tiny else _SITUATIONS)), Effort.FAST)
    yield _next_code(1 if plan.is_tiny else _CODES)


def _compare(name: str, pictures: list[Picture], effort: Effort) -> Iterator[Figure]:
    readers: dict[str, Read] = {_OURS: _ours(effort), "zxing-cpp": _zxing, "pyzbar": _zbar, "OpenCV": _opencv()}
    missed, wrong = dict.fromkeys(readers, 0), dict.fromkeys(readers, 0)
    took: dict[str, list[float]] = {reader: [] for reader in readers}
    for picture in pictures:
        for reader, read in readers.items():
            said: list[str] = []
            took[reader].append(seconds(lambda read=read, said=said, image=picture.image: said.extend(read(image))))
            missed[reader] += picture.text not in said
            wrong[reader] += any(text != picture.text for text in said)
    for peer in list(readers)[1:]:
        yield Figure(
            name=f"{name}: missed",
            peer=peer,
            ours=missed[_OURS],
            theirs=missed[peer],
            unit="pictures",
            how=f"of {len(pictures)}; wrong reads {wrong[_OURS]} and {wrong[peer]}",
            target="ours <= theirs, no wrong read",
        )
    for peer in list(readers)[1:]:
        yield Figure(
            name=f"{name}: time a picture",
            peer=peer,
            ours=quantile(took[_OURS], 0.5) * 1000,
            theirs=quantile(took[peer], 0.5) * 1000,
            unit="ms",
            how=f"median of {len(pictures)}; p95 {quantile(took[_OURS], 0.95) * 1000:.0f} ms",
        )


def _next_code(count: int) -> Figure:
    """Show one code after the other, as an animated challenge does; the peer makes the codes and shows none."""
    _application = QApplication.instance() or QApplication([])
    code = QrCode()
    texts = [f"{'A' * (_CHARACTERS - 4)}{number:04}" for number in range(count)]
    took = in_turns(
        {
            "ours": lambda: sum(seconds(lambda text=text: code.set_payload(text)) for text in texts) / count,
            "theirs": lambda: sum(seconds(lambda text=text: _written(text)) for text in texts) / count,
        },
        rounds=3,
    )
    return Figure(
        name="next code shown",
        peer="zxing-cpp, writing",
        ours=min(took["ours"]) * 1000,
        theirs=min(took["theirs"]) * 1000,
        unit="ms",
        how=f"a code of {_CHARACTERS} characters, mean of {count}, min of 3",
    )


def _written(text: str) -> object:
    return zxingcpp.write_barcode(zxingcpp.BarcodeFormat.QRCode, text)


def _samples(folder: str) -> list[Picture]:
    found = []
    for path in sorted((_SAMPLES / folder).iterdir()):
        if path.suffix in {".png", ".webp"}:
            beside = path.with_suffix(".txt")
            truth = beside if beside.exists() else path.with_name(path.name.split("-")[0] + ".txt")
            found.append(Picture(image=load_image(path), text=truth.read_bytes().decode("utf-8")))
    return found


def _frames(situations: int) -> Iterator[Picture]:
    for seed in range(situations):
        chance = Random(seed)  # noqa: S311 - input of a measurement
        text = "BS1" + "".join(chance.choice(_BASE45) for _ in range(_CHARACTERS - 3))
        for frame in Webcam(text, seed=seed).frames(_FRAMES):
            yield Picture(image=frame, text=text)


def _ours(effort: Effort) -> Read:
    decoder = QrDecoder()
    return lambda image: [code.text for code in decoder.decode(image, effort)]


def _zxing(image: Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


def _zbar(image: Image) -> list[str]:
    try:
        found = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
    except ValueError:  # its enumeration of orientations is not complete
        return []
    return [each.data.decode("utf-8", "replace") for each in found]


def _opencv() -> Read:
    detector = cv2.QRCodeDetector()
    return lambda image: [text for text in detector.detectAndDecodeMulti(image)[1] if text]
