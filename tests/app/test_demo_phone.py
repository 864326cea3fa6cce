"""The demo's button for the virtual phone: brings the one there is to the front, and opens one where there is none."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.demo import DemoPhone
from desktop.phone.window.process import _obey_stdin
from desktop.testing import wait_until

_STAND_IN = "import sys; out = open(sys.argv[1], 'a'); [(out.write(line), out.flush()) for line in sys.stdin]"


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "said.txt"


@pytest.fixture
def phone(qapp: QApplication, tmp_path: Path, said: Path) -> DemoPhone:
    """A phone whose process writes down what it is told."""
    made = DemoPhone(tmp_path / "phone", "http://127.0.0.1:9", "token", screen=tmp_path / "screen.png")
    made._command = [sys.executable, "-c", _STAND_IN, str(said)]
    return made


def lines(said: Path) -> list[str]:
    return said.read_text(encoding="utf-8").splitlines() if said.exists() else []


def test_the_phone_there_is_comes_to_the_front(phone: DemoPhone, said: Path) -> None:
    phone.start()
    phone.bring()
    wait_until(lambda: lines(said) == ["token", "raise"], "the word to the phone")
    phone.stop()


def test_a_phone_that_was_closed_is_opened_again(phone: DemoPhone, said: Path) -> None:
    phone.start()
    wait_until(lambda: lines(said) == ["token"], "the first phone")
    assert phone._process is not None
    phone._process.terminate()
    phone._process.wait()
    phone.bring()
    wait_until(lambda: lines(said) == ["token", "token"], "the second phone")
    phone.stop()


class Application(QObject):
    is_over = False

    @Slot()
    def quit(self) -> None:
        self.is_over = True


@pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support raise")
def test_the_phones_window_comes_to_the_front_at_the_word_and_ends_with_its_input(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    application, window = Application(), QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        _obey_stdin(application, window)  # type: ignore[arg-type] # what is asked of it, it has
        os.write(writing, b"raise\n")
        qtbot.waitUntil(lambda: not window.isMinimized())
        assert not application.is_over
        os.close(writing)
        qtbot.waitUntil(lambda: application.is_over)
