"""Pictures that the camera tests share: QR codes drawn by segno, the samples of zxing-cpp."""

import io
from pathlib import Path

import cv2
import numpy as np
import segno

from desktop.camera.frames import Frame

SAMPLES = Path(__file__).parent / "data" / "qr"


def draw(code: segno.QRCode, *, scale: int = 5, border: int = 4) -> Frame:
    buffer = io.BytesIO()
    code.save(buffer, kind="png", scale=scale, border=border)
    picture = cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)
