"""The head of a panel that one comes back from: a way back, what the panel is, and how far the procedure is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame, Label
from desktop.ui.kit.buttons import IconButton
from desktop.ui.kit.progress import StepIndicator
from desktop.ui.kit.surfaces import scrolled


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


def foot_row(note: QWidget, cancel: QWidget, submit: QWidget) -> QHBoxLayout:
    """Lay the end of a form out: what comes of it, then the way out and the one primary button."""
    row = QHBoxLayout()
    row.setSpacing(16)
    row.addWidget(note, 1, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(cancel)
    row.addWidget(submit)
    return row


def frame_form(panel: QWidget, head: PanelHead, inner: QWidget, foot: QHBoxLayout, *, width: int = 0) -> QScrollArea:
    """Lay a form panel out: the head, `inner` scrolling below it, the foot always in sight; return the scroll area.

    `width` in pixels bounds form and foot, 0 leaves them as wide as the panel.
    """
    foot.setContentsMargins(32, 8, 32, 16)
    area = scrolled(inner)
    # Tab goes from field to field, and the area follows it.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    end = QWidget()
    end.setLayout(foot)
    if width:
        inner.setMaximumWidth(width)
        end.setMaximumWidth(width)
    outer = QVBoxLayout(panel)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(8)
    outer.addWidget(head)
    outer.addWidget(area, 1)
    outer.addWidget(end)
    return area
