"""Reference cycles are collected by the GUI thread alone.

Python collects wherever the allocation happens that makes a collection due: also in a thread that waits for the relay
or hashes a file. A closed window is such a cycle; its widgets would lose their Python half in that thread, while the
GUI thread still sends them events, and the process dies. So the automatic collection is off and a timer of the GUI
thread does its work. Source: the documentation of `gc`; calibre and Anki do the same.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 500


def collect_due() -> None:
    """Collect the oldest generation that is due by Python's own thresholds; call it in the GUI thread."""
    limits = gc.get_threshold()
    for generation in reversed(range(len(limits))):
        if gc.get_count()[generation] > limits[generation]:
            gc.collect(generation)
            return


def settle() -> None:
    """Leave alone what is there now, modules above all: to look at it each time would take longer than all the rest."""
    gc.freeze()


class GarbageCollector(QObject):
    """Takes the place of the automatic collection for as long as its parent, the application, lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(collect_due)
        self._timer.start(_INTERVAL_MS)
