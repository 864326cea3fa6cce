"""Codes shown one after the other, again and again: the clock behind an animated QR code.

Knows no widget: says which text is due, whoever shows it. Stands still while paused, and says nothing after `stop`.
"""

from PySide6.QtCore import QObject, QTimer, Signal


class CodeCycle(QObject):
    """`shown` carries the number (from 0) and text of the code that is due."""

    shown = Signal(int, str)

    def __init__(self, *, per_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._codes: tuple[str, ...] = ()
        self._at, self._text = 0, ""
        self._is_paused = False
        self._timer = QTimer(self)
        self._timer.setInterval(round(1000 / per_s))
        self._timer.timeout.connect(self._next)

    @property
    def codes(self) -> tuple[str, ...]:
        """What is shown in a circle."""
        return self._codes

    @property
    def text(self) -> str:
        """The code that is due; empty when none is shown. May be asked on any thread."""
        return self._text

    @property
    def is_paused(self) -> bool:
        """Whether it stands still at the user's wish."""
        return self._is_paused

    def start(self, codes: tuple[str, ...]) -> None:
        """Show other codes from the first one on; the same go on undisturbed."""
        if codes == self._codes:
            return
        self._at, self._codes = 0, codes
        self._is_paused = False
        if not codes:
            self._text = ""
            self._timer.stop()
            return
        self._timer.start()
        self._show()

    def stop(self) -> None:
        """Show nothing and forget the codes."""
        self.start(())

    def set_paused(self, *, paused: bool) -> None:
        """Stand still, or go on from there."""
        self._is_paused = paused
        if paused:
            self._timer.stop()
        elif self._codes:
            self._timer.start()

    def _next(self) -> None:
        self._at = (self._at + 1) % len(self._codes)
        self._show()

    def _show(self) -> None:
        self._text = self._codes[self._at]
        self.shown.emit(self._at, self._text)
