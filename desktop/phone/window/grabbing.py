"""The virtual phone's camera: a picture of this computer's screens, decoded on a worker thread.

A grab must happen on the GUI thread, decoding must not. Pictures are kept nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Grab:
    """Raw rows of pixels; `pixels` names the order of the channels as `desktop.camera.images.decode_rgb` wants it."""

    width: int
    height: int
    stride: int
    data: bytes
    pixels: str = "rgb"

    def image(self) -> QImage:
        """Return it as an image to show."""
        return QImage(self.data, self.width, self.height, self.stride, QImage.Format.Format_RGB888).copy()


Grabber = Callable[[], tuple[Grab, ...]]
#: Texts of the codes on a grab; blocking.
Decoder = Callable[[Grab], list[str]]
#: Texts of the codes in an image file; blocking.
FileDecoder = Callable[[Path], list[str]]


def grab_screens() -> tuple[Grab, ...]:
    """Take a picture of every screen; empty where the window system does not allow it."""
    grabs = []
    for screen in QGuiApplication.screens():
        image = screen.grabWindow(0).toImage()
        if not image.isNull():
            grabs.append(grab_of(image))
    return tuple(grabs)


def grab_of(image: QImage) -> Grab:
    """Turn an image into raw RGB rows."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    return Grab(
        width=rgb.width(), height=rgb.height(), stride=rgb.bytesPerLine(), data=bytes(rgb.constBits()), pixels="rgb"
    )


def decode_grab(grab: Grab) -> list[str]:
    """Decode with the product's decoder chain (`Decoder`)."""
    from desktop.camera.decoder import decode_frame
    from desktop.camera.images import decode_rgb

    frame = decode_rgb(grab.width, grab.height, grab.stride, grab.data, "rgb")
    return [code.text for code in decode_frame(frame)]


def decode_file(path: Path) -> list[str]:
    """Decode an image file with the product's decoder chain (`FileDecoder`).

    Raises:
        BidSealError: the file cannot be read or is no picture (`general.file_unreadable`, `camera.…`).
    """
    from desktop.camera.decoder import decode_frame
    from desktop.camera.images import load_image

    return [code.text for code in decode_frame(load_image(path))]
