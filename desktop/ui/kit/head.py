"""The head of a panel that one comes back from: a way back, what the panel is, and how far the procedure is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame, Label
from desktop.ui.kit.buttons import IconButton
from desktop.ui.kit.progress import StepIndicator


class PanelHead(KitFrame):
    """Parts are named after the panel: `<name>Back`, `<name>Steps`."""

    back_requested = Signal()

    def __init__(self, *, name: str) -> None:
        super().__init__(f"{name}Head")
        self.back = IconButton("arrow-left", "", name=f"{name}Back")
        self.title = Label(role="heading", name=f"{name}Title")
        self.steps = StepIndicator(name=f"{name}Steps")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 32, 0)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.title)
        row.addSpacing(32)
        row.addWidget(self.steps, 1)
        self.back.clicked.connect(self.back_requested)
        self._built()

    def set_title(self, title: str) -> None:
        """Say what the panel is."""
        self.title.setText(title)

    def set_steps(self, steps: tuple[str, ...], current_step: int) -> None:
        """Show the procedure, see StepIndicator."""
        self.steps.set_steps(steps, current_step)

    def retranslate(self) -> None:
        """Say the way back."""
        self.back.set_text(tr("返回"))
