"""The virtual phone's screen for a computer without a webcam: a picture in a file, new whenever the screen changes.

For the demo alone, where phone and client stand on one machine; the client reads it as if it were a camera
(desktop.testing.phone_screen). A picture that cannot be written is left out: the next one follows.
"""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from desktop.phone.window.window import PhoneWindow

#: Long enough that the page has been laid out and painted.
_SETTLE_MS = 60


class ScreenCast(QObject):
    """Writes what `window` shows to `target` (PNG)."""

    def __init__(self, window: PhoneWindow, target: Path) -> None:
        super().__init__(window)
        self._window = window
        self._target = target
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLE_MS)
        self._soon.timeout.connect(self.write)
        target.parent.mkdir(parents=True, exist_ok=True)
        window.codes.code_shown.connect(self._soon.start)
        window.scan.changed.connect(self._soon.start)
        self._soon.start()

    def write(self) -> None:
        """Write the screen as it is now."""
        part = self._target.with_suffix(".part.png")
        if self._window.grab().save(str(part), "PNG"):
            with suppress(OSError):
                part.replace(self._target)
