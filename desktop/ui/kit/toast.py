"""A short word at the bottom of the window that goes by itself; never the only place where a failure is told."""

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.kit.base import KitFrame, Label, Tone, announce
from desktop.ui.theme import current, motion_ms

_MARGIN = 24


class Toast(KitFrame):
    """Hangs over the lower edge of `parent` and follows its size."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("toast", "toast", parent)
        self._label = Label(role="body", name="toastText")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.addWidget(self._label)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(current().durations.toast)
        self._timer.timeout.connect(self.hide)
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._over = parent
        parent.installEventFilter(self)
        self.hide()
        self._built()

    def show_text(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show `text` for four seconds; `tone` reaches screen readers as importance only."""
        self._label.setText(text)
        self.setAccessibleName(text)
        self.setProperty("tone", tone.value)
        self.adjustSize()
        self.show()
        self.raise_()
        self._timer.start()
        announce(self)
        place = self._place()
        self._motion.stop()
        self._motion.setDuration(motion_ms())
        self._motion.setStartValue(place + QPoint(0, 8))
        self._motion.setEndValue(place)
        self._motion.start()

    def set_duration_ms(self, duration_ms: int) -> None:
        """Show each text for `duration_ms` from now on."""
        self._timer.setInterval(duration_ms)

    def retranslate(self) -> None:
        """Go: it was said in another language, and only once."""
        self._timer.stop()
        self.hide()

    @property
    def text(self) -> str:
        """The word shown, empty when there is none."""
        return "" if self.isHidden() else self._label.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.move(self._place())
        return super().eventFilter(watched, event)

    def _place(self) -> QPoint:
        return QPoint((self._over.width() - self.width()) // 2, self._over.height() - self.height() - _MARGIN)
