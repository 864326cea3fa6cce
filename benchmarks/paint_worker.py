"""A fresh process that opens a window, says so once everything in it is painted, and ends.

Usage: python -m benchmarks.paint_worker empty | first DATA PROFILE | page DATA PROFILE
"""

import os
import sys
from pathlib import Path
from typing import Any


def empty() -> None:
    """Open an empty PySide6 window."""
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    window = QWidget()
    window.resize(1280, 820)
    window.watch = _watch(window)  # type: ignore[attr-defined]
    window.show()
    app.exec()


def client(until: str, data: Path, profile: Path) -> None:
    """Open the client as `bidseal desktop` does, watched: `until` the `first` paint or that of the first `page`."""
    from desktop import app, cli

    class Watched(app.Client):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            if until == "first":
                self.watch = _watch(self.window)
            else:
                self.window.page_shown.connect(self.watch_page)

        def watch_page(self) -> None:
            self.watch = _watch(self.window.page(self.window.current_id))

    app.Client = Watched  # type: ignore[misc]
    cli.main(["desktop", "--data", str(data), "--profile", str(profile)])


def _watch(window: Any) -> object:
    """Print a line after the first paint of `window` and all in it, and end the process there."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, self.done)
            return False

        def done(self) -> None:
            sys.stdout.write("painted\n")
            sys.stdout.flush()
            os._exit(0)

    watch = Watch()
    window.installEventFilter(watch)
    return watch


if __name__ == "__main__":
    if sys.argv[1] == "empty":
        empty()
    else:
        client(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
