"""Helpers of the window tests: all words on screen, and a holder whose hand moves in small steps."""

from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop.testing import OfficeWorker, WindowDriver


def words_on(screen: WindowDriver) -> str:
    """All words that can be read in the window and the dialogs above it."""
    tops = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    seen: list[str] = []
    for top in tops:
        if top is screen.window or (top.parentWidget() is not None and top.parentWidget().window() is screen.window):
            for kind in (QLabel, QPushButton):
                seen += [w.text() for w in top.findChildren(kind) if w.isVisible()]
    return "\n".join(seen)


def open_sealing(worker: OfficeWorker, document: object) -> None:
    """Open a document, put a seal on it, and ask for the scan."""
    from pathlib import Path

    assert isinstance(document, Path)
    worker.open_document(document)
    worker.place_seal(150.0, 235.0)
    worker.screen.click("sealButton")
    worker.screen.find("qrCode")


def focus_name() -> str:
    """The object name of what has the keyboard."""
    widget: QWidget | None = QApplication.focusWidget()
    return "" if widget is None else widget.objectName()
