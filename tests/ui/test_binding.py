"""PySide6 6.12 on Python 3.11 loses a reference on None with every void call; the pin keeps it out (docs/adr/0002)."""

import sys

from PySide6.QtWidgets import QApplication, QLabel

CALLS = 200
# Others hold and drop None meanwhile (caches, the collector); a lost reference per call would be ten times that.
TOLERANCE = 20


def test_none_keeps_its_references_over_200_void_calls(app: QApplication):
    label = QLabel()
    label.setText("warm-up")
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < TOLERANCE
