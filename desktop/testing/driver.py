"""Drives a window as a person would: finds what is visible, clicks, types, waits, looks at pixels.

Used by the pytest fixtures and by the story alike, so it does not need pytest. It refuses to click what a person could
not: hidden or disabled controls.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QInputMethodEvent, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

W = TypeVar("W", bound=QWidget)

_STEP_MS = 10
#: What is waited for comes; only who waits in vain waits so long. A busy machine has taken more than twenty seconds.
TIMEOUT_S = float(os.environ.get("BIDSEAL_PATIENCE_S", "60"))


class NotAsExpectedError(AssertionError):
    """The window is not as it should be; the message says what was wanted and what is there."""


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = TIMEOUT_S) -> None:
    """Let the application live until `condition` holds.

    Raises:
        NotAsExpectedError: it did not within `timeout_s`.
    """
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise NotAsExpectedError(f"waited {timeout_s:.0f} s in vain for {what}")
        loop = QEventLoop()
        QTimer.singleShot(_STEP_MS, loop.quit)
        loop.exec()


class WindowDriver:
    """One window (and the dialogs above it) in a person's hands."""

    def __init__(self, window: QWidget) -> None:
        self.window = window

    # -- finding ---------------------------------------------------------------------------------------------------

    def find(self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]  # the default is W's bound
        """Return the visible control with this object name, waiting for it.

        Raises:
            NotAsExpectedError: there is none.
        """
        wait_until(lambda: self._visible(name, kind) is not None, f"a visible {name}; there is {self.names()}")
        found = self._visible(name, kind)
        assert found is not None
        return found

    def is_visible(self, name: str) -> bool:
        """Tell whether a control of this name can be seen now."""
        return self._visible(name, QWidget) is not None

    def wait_gone(self, name: str) -> None:
        """Wait until no control of this name can be seen."""
        wait_until(lambda: not self.is_visible(name), f"{name} to go")

    def names(self) -> str:
        """Return the object names of all visible controls, for messages."""
        names = {w.objectName() for root in self._roots() for w in root.findChildren(QWidget) if w.isVisible()}
        return ", ".join(sorted(n for n in names if n and not n.startswith("qt_")))

    # -- acting ----------------------------------------------------------------------------------------------------

    def click(self, name: str) -> None:
        """Click a control once it is enabled."""
        widget: QWidget = self.find(name)
        wait_until(widget.isEnabled, f"{name} to be enabled")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, _centre(widget))

    def type_text(self, name: str, text: str) -> None:
        """Put the focus into a field, select what is there, and type over it key by key."""
        widget = self._field(name)
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        if text.isascii():
            QTest.keyClicks(widget, text)
        else:
            self._commit(widget, text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key in the window, or in the dialog above it; it goes to what has the keyboard there."""
        top = self._roots()[0]
        top.activateWindow()
        QTest.keyClick(top.focusWidget() or top, key, modifier)

    def click_row(self, name: str, row: int) -> None:
        """Click a row of a table or list."""
        view = self.find(name, QAbstractItemView)
        wait_until(lambda: view.model() is not None and view.model().rowCount() > row, f"row {row} of {name}")
        index = view.model().index(row, 0)
        view.scrollTo(index)
        QTest.mouseClick(
            view.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            view.visualRect(index).center(),
        )

    # -- looking ---------------------------------------------------------------------------------------------------

    def text_of(self, name: str) -> str:
        """Return the text that a control shows."""
        text = getattr(self.find(name), "text", None)
        return str(text()) if callable(text) else ""

    def pixels(self, name: str) -> tuple[int, int, int, bytes]:
        """Return (width, height, bytes per line, RGB bytes) of a control as it is painted."""
        return rgb_of(self.find(name).grab().toImage())

    def read_code(self, name: str = "qrCode") -> str:
        """Read the QR code that a control shows, from its pixels alone, waiting until one can be read."""
        from desktop.camera.decoder import decode_frame
        from desktop.camera.images import decode_rgb

        texts: list[str] = []

        def look() -> bool:
            if not self.is_visible(name):
                return False
            width, height, stride, data = self.pixels(name)
            found = decode_frame(decode_rgb(width, height, stride, data, "rgb"))
            texts[:] = [f.text for f in found]
            return bool(texts)

        wait_until(look, f"a readable code in {name}")
        return texts[0]

    def shot(self) -> QPixmap:
        """Return what the window shows, dialogs above it included."""
        # What has just changed is laid out first, as it is on a screen before anybody sees it; twice, for rows in rows.
        for _ in range(2):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        shot = self.window.grab()
        painter = QPainter(shot)
        for dialog in self._dialogs():
            painter.fillRect(shot.rect(), QColor(0, 0, 0, 90))
            corner = QPoint((self.window.width() - dialog.width()) // 2, (self.window.height() - dialog.height()) // 2)
            painter.drawPixmap(corner, dialog.grab())
        painter.end()
        return shot

    def picture(self, path: Path) -> None:
        """Save what the window shows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.shot().save(str(path)):
            raise NotAsExpectedError(f"{path.name} could not be saved")

    # -- small parts -----------------------------------------------------------------------------------------------

    def _visible(self, name: str, kind: type[W]) -> W | None:
        for root in self._roots():
            if root.objectName() == name and isinstance(root, kind) and root.isVisible():
                return root
            for widget in root.findChildren(kind, name):
                if widget.isVisible():
                    return widget
        return None

    def _roots(self) -> list[QWidget]:
        """Return dialogs first: they are on top."""
        return [*reversed(self._dialogs()), self.window]

    def _dialogs(self) -> list[QWidget]:
        return [
            w
            for w in QApplication.topLevelWidgets()
            if w is not self.window and w.isVisible() and w.isWindow() and self._belongs(w)
        ]

    def _belongs(self, widget: QWidget) -> bool:
        parent = widget.parentWidget()
        return (parent is not None and parent.window() is self.window) or widget.isModal()

    def _field(self, name: str) -> QWidget:
        field: QWidget = self.find(name)
        proxy: QWidget | None = field.focusProxy()
        return proxy or field

    @staticmethod
    def _commit(widget: QWidget, text: str) -> None:
        """Type text that has no keys of its own, as an input method does."""
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(widget, event)


def rgb_of(image: QImage) -> tuple[int, int, int, bytes]:
    """Return (width, height, bytes per line, RGB bytes) of a picture."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    return rgb.width(), rgb.height(), rgb.bytesPerLine(), bytes(rgb.constBits())


def _centre(widget: QWidget) -> QPoint:
    return widget.rect().center()


def let_go() -> None:
    """Carry out what was put off until the event loop turns: deleted windows go now."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
