"""Being seen in place of typing: the phone's proximity code before this computer's camera.

Open while the phone waits for the check code. Closes when a code was seen (the phone alone knows whether it was its
own) or when nobody waits any more. Source: docs/protocol.md, Proximity.
"""

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.protocol.near import PREFIX
from desktop.services.ceremony import Stage
from desktop.ui.camera import CameraPanel
from desktop.ui.i18n import tr
from desktop.ui.kit import Label, SecondaryButton
from desktop.views.scan.camera import Cameras
from desktop.views.scan.model import ScanModel


class NearDialog(QDialog):
    """Modal to its window; deleted when closed."""

    def __init__(self, model: ScanModel, cameras: Cameras, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nearDialog")
        self.setModal(True)
        self.setWindowTitle(tr("用摄像头确认"))
        self._model = model
        self.camera = CameraPanel(cameras.make_reader, cameras.list_devices, name="nearCamera")
        text = Label(tr("请在手机上点【让电脑看到手机】, 再将手机上的二维码对准摄像头。"), role="lead", wrap=True)
        close = SecondaryButton(name="nearClose")
        close.setText(tr("改为输入核对码"))
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addWidget(text)
        column.addWidget(self.camera, 1)
        column.addWidget(close)
        self.camera.text_read.connect(self._seen)
        model.changed.connect(self._follow)
        self.finished.connect(self.deleteLater)

    def begin(self) -> None:
        """Open it and look."""
        self.open()
        self.camera.start()

    def _seen(self, text: str) -> None:
        self._model.take_text(text)
        if text.startswith(PREFIX):
            self.accept()

    def _follow(self) -> None:
        if self._model.state.view.stage is not Stage.CLAIMED:
            self.reject()
