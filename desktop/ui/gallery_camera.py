"""The gallery's sheet of the camera panel in each of its states, without a camera."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.domain.camera import CameraDevice, CameraState
from desktop.ui.camera import CameraPanel, MakeReader
from desktop.ui.qr_code import QrCode

_DEVICES = (
    CameraDevice(index=0, name="Integrated Camera: 1080p FHD"),
    CameraDevice(index=2, name="良田高拍仪 S620A3 (USB 2.0)"),
)
_PAYLOAD = "BS1:" + "6BFOXN*TS0BI$ZD-P" * 5
_COLUMNS = 3


class _Posing:
    """A reader that says one state and no more."""

    def __init__(self, state: CameraState, on_state: Callable[[CameraState], object]) -> None:
        self._state, self._on_state = state, on_state

    def start(self) -> None:
        """Say it."""
        self._on_state(self._state)

    def stop(self, timeout_s: float) -> bool:
        """Have nothing to stop."""
        del timeout_s
        return True


def camera() -> QWidget:
    """The camera panel in each of its states."""
    sheet = QWidget()
    sheet.setObjectName("shellContent")
    sheet.setFixedSize(1680, 1440)
    grid = QGridLayout(sheet)
    grid.setContentsMargins(32, 32, 32, 32)
    grid.setSpacing(32)
    panels = {state: CameraPanel(_posing(state), lambda: _DEVICES, name=f"camera{state}") for state in CameraState}
    for index, panel in enumerate(panels.values()):
        grid.addWidget(panel, index // _COLUMNS, index % _COLUMNS)
    for state, panel in panels.items():
        if state is not CameraState.STOPPED:
            panel.start(0)
        while panel.state is not state or (state is not CameraState.STOPPED and not panel.device.value):
            QCoreApplication.processEvents()
        panel.view.show_image(_room())
        panel.show_now()
    return sheet


def _posing(state: CameraState) -> MakeReader:
    def make(_source: object, *, on_state: Callable[[CameraState], object], **_callbacks: Any) -> _Posing:
        return _Posing(state, on_state)

    return make


def _room() -> QImage:
    """A phone held before a webcam."""
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(image.rect(), QColor("#8A8378"))
    painter.fillRect(0, 480, 1280, 240, QColor("#5B5348"))
    painter.translate(640, 360)
    painter.rotate(-7)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#15181D"))
    painter.drawRoundedRect(-190, -390, 380, 780, 44, 44)
    painter.setBrush(QColor("#F4F6F8"))
    painter.drawRoundedRect(-174, -370, 348, 740, 30, 30)
    code = QrCode()
    code.set_payload(_PAYLOAD)
    painter.drawPixmap(-150, -180, 300, 300, code.grab())
    painter.end()
    return image
