"""The camera panel: what it shows in each state, what it passes on, and that no driver ever holds up the GUI thread."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.camera.capture import Capture
from desktop.camera.live import LiveReader
from desktop.domain.camera import CameraDevice, CameraState
from desktop.domain.problems import problem
from desktop.ui.camera import CameraPanel
from desktop.ui.i18n import Language, Languages
from tests.ui.pixels import as_array

WAIT_MS = 20_000
WAIT_S = WAIT_MS / 1000
DEVICES = (CameraDevice(index=0, name="Integrated Camera"), CameraDevice(index=2))
PROBLEMS = [state for state in CameraState if state.is_problem]


class Told:
    """A reader that says what the test has it say, each time from a thread of its own."""

    def __init__(self, source: int | Path, on_text: Callable, on_frame: Callable, on_state: Callable) -> None:
        self.source = source
        self._says = {"text": on_text, "frame": on_frame, "state": on_state}
        self.is_started = self.is_stopped = False
        self.lets_go = True

    def start(self) -> None:
        self.is_started = True

    def stop(self, timeout_s: float) -> bool:
        assert timeout_s == 0, "the GUI thread does not wait"
        self.is_stopped = True
        return self.lets_go

    def say(self, what: str, value: Any) -> None:
        thread = threading.Thread(target=self._says[what], args=(value,))
        thread.start()
        thread.join()


class Makes:
    """Makes readers and keeps them."""

    def __init__(self) -> None:
        self.readers: list[Told] = []

    def __call__(self, source: int | Path, /, **callbacks: Callable) -> Told:
        self.readers.append(Told(source, **callbacks))
        return self.readers[-1]


class Shown:
    """A panel on screen with the readers it asked for."""

    def __init__(self, qtbot: QtBot, **options: Any) -> None:
        self.qtbot, self.make = qtbot, Makes()
        self.panel = CameraPanel(self.make, lambda: DEVICES, **options)
        qtbot.addWidget(self.panel)
        self.panel.show()
        self.texts: list[str] = []
        self.states: list[CameraState] = []
        self.panel.text_read.connect(self.texts.append)
        self.panel.state_changed.connect(self.states.append)

    def open(self, source: int | Path | None = None) -> Told:
        count = len(self.make.readers)
        self.panel.start(source)
        self.qtbot.waitUntil(lambda: len(self.make.readers) > count, timeout=WAIT_MS)
        return self.make.readers[-1]

    def say(self, reader: Told, state: CameraState) -> None:
        reader.say("state", state)
        self.qtbot.waitUntil(lambda: self.panel.state is state, timeout=WAIT_MS)

    def words(self) -> str:
        labels = self.panel.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisibleTo(self.panel))


@pytest.fixture
def shown(app: QApplication, qtbot: QtBot) -> Shown:
    return Shown(qtbot)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", PROBLEMS)
def test_every_problem_is_said_with_cause_and_next_step_and_retry_opens_the_camera_again(
    shown: Shown, languages: Languages, state: CameraState, language: Language
) -> None:
    shown.say(shown.open(), state)
    languages.use(language)
    wording = problem(f"camera.{state}").wording(language.value)
    shown.qtbot.waitUntil(lambda: wording.title in shown.words(), timeout=WAIT_MS)
    assert wording.cause in shown.words()
    assert wording.next_step in shown.words()
    retry = shown.panel.findChild(QPushButton, "cameraProblemRetry")
    assert isinstance(retry, QPushButton)
    shown.qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    shown.qtbot.waitUntil(lambda: len(shown.make.readers) == 2, timeout=WAIT_MS)
    assert shown.make.readers[0].is_stopped
    assert shown.panel.state is CameraState.OPENING


def test_states_are_told_once_each_and_light_brings_the_picture_back(shown: Shown) -> None:
    reader = shown.open()
    for state in (CameraState.RUNNING, CameraState.BLACK, CameraState.RUNNING):
        shown.say(reader, state)
    assert shown.panel.view.isVisible()
    shown.panel.stop()
    assert reader.is_stopped
    assert shown.states == [
        CameraState.OPENING,
        CameraState.RUNNING,
        CameraState.BLACK,
        CameraState.RUNNING,
        CameraState.STOPPED,
    ]
    assert "摄像头已关闭" in shown.words()


def test_that_it_is_opening_is_said_only_when_it_takes_a_while(shown: Shown) -> None:
    shown.panel.start()
    assert "正在打开摄像头" not in shown.words()
    shown.qtbot.waitUntil(lambda: "正在打开摄像头" in shown.words(), timeout=WAIT_MS)


def test_texts_are_passed_on_in_order_and_none_of_a_stopped_reader(shown: Shown) -> None:
    reader = shown.open()
    for text in ("BS1:A", "BS1:B", "BS1:A"):
        reader.say("text", text)
    shown.qtbot.waitUntil(lambda: len(shown.texts) == 3, timeout=WAIT_MS)
    reader.say("text", "LATE")
    shown.panel.stop()
    second = shown.open()
    second.say("text", "BS1:C")
    shown.qtbot.waitUntil(lambda: "BS1:C" in shown.texts, timeout=WAIT_MS)
    assert shown.texts == ["BS1:A", "BS1:B", "BS1:A", "BS1:C"]


def test_the_picture_is_whole_mirrored_and_the_newest(shown: Shown) -> None:
    reader = shown.open()
    shown.say(reader, CameraState.RUNNING)
    frame = np.zeros((90, 160, 3), dtype=np.uint8)
    reader.say("frame", frame)
    frame = frame.copy()
    frame[:, :80] = (0, 0, 255)
    frame[:, 80:] = (255, 0, 0)
    reader.say("frame", frame)
    shown.qtbot.waitUntil(lambda: shown.panel.view.image is not None, timeout=WAIT_MS)
    pixels = as_array(shown.panel.view.grab().toImage())
    height, width = pixels.shape[:2]
    place = shown.panel.view.picture_rect()
    assert place.width() / place.height() == pytest.approx(160 / 90)
    assert place.width() == pytest.approx(shown.panel.view.width())
    assert place.height() < shown.panel.view.height()
    left, right = pixels[height // 2, width // 20], pixels[height // 2, width - width // 20]
    assert left.tolist() == [0, 0, 255]
    assert right.tolist() == [255, 0, 0]


def test_no_picture_stays_when_the_camera_stops(shown: Shown) -> None:
    reader = shown.open()
    shown.say(reader, CameraState.RUNNING)
    reader.say("frame", np.full((90, 160, 3), 9, dtype=np.uint8))
    shown.qtbot.waitUntil(lambda: shown.panel.view.image is not None, timeout=WAIT_MS)
    shown.panel.stop()
    assert shown.panel.view.image is None


def test_frames_that_a_busy_window_does_not_take_are_dropped_not_queued(shown: Shown) -> None:
    reader = shown.open()
    shown.say(reader, CameraState.RUNNING)
    drawn: list[int] = []
    show = shown.panel.view.show_image
    shown.panel.view.show_image = lambda image: drawn.append(image.pixelColor(0, 0).red()) or show(image)  # type: ignore[method-assign]
    for value in range(50):
        reader.say("frame", np.full((9, 16, 3), value, dtype=np.uint8))
    shown.qtbot.waitUntil(lambda: bool(drawn), timeout=WAIT_MS)
    QCoreApplication.processEvents()
    assert drawn == [49]


def test_the_device_chosen_is_opened_and_opened_again_by_the_next_start(shown: Shown) -> None:
    assert shown.open().source == 0
    box = shown.panel.device.box
    assert [box.itemText(row) for row in range(box.count())] == ["Integrated Camera", "摄像头 3"]
    shown.qtbot.keyClick(box, Qt.Key.Key_Down)
    shown.qtbot.waitUntil(lambda: len(shown.make.readers) == 2, timeout=WAIT_MS)
    assert shown.make.readers[1].source == 2
    shown.panel.stop()
    assert shown.open().source == 2


def test_a_file_is_opened_without_looking_for_cameras(app: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    asked: list[int] = []
    make = Makes()
    panel = CameraPanel(make, lambda: asked.append(1) or DEVICES)  # type: ignore[func-returns-value]
    qtbot.addWidget(panel)
    panel.show()
    panel.start(tmp_path)
    assert make.readers[0].source == tmp_path
    assert asked == []


def test_a_device_still_held_by_the_reader_before_is_opened_when_it_lets_go(app: QApplication, qtbot: QtBot) -> None:
    shown = Shown(qtbot, release_ms=10**6)
    first = shown.open(0)
    first.lets_go = False
    shown.panel.start(0)
    shown.qtbot.waitUntil(lambda: shown.panel.device.box.count() == 2, timeout=WAIT_MS)
    QCoreApplication.processEvents()
    assert len(shown.make.readers) == 1
    first.say("state", CameraState.STOPPED)
    shown.qtbot.waitUntil(lambda: len(shown.make.readers) == 2, timeout=WAIT_MS)
    assert shown.panel.state is CameraState.OPENING


def test_a_reader_that_never_lets_go_holds_up_the_next_one_only_so_long(app: QApplication, qtbot: QtBot) -> None:
    shown = Shown(qtbot, release_ms=1)
    shown.open(0).lets_go = False
    assert shown.open(0).is_started


def test_a_hidden_panel_stops_its_camera(shown: Shown) -> None:
    reader = shown.open()
    shown.panel.hide()
    assert reader.is_stopped
    assert shown.panel.state is CameraState.STOPPED


def test_a_deleted_panel_stops_its_camera_and_hears_no_more_of_it(app: QApplication, qtbot: QtBot) -> None:
    make = Makes()
    panel = CameraPanel(make, lambda: DEVICES)
    panel.show()
    panel.start()
    qtbot.waitUntil(lambda: bool(make.readers), timeout=WAIT_MS)
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert make.readers[0].is_stopped
    for what, value in (
        ("text", "to nobody"),
        ("state", CameraState.STOPPED),
        ("frame", np.zeros((9, 16, 3), np.uint8)),
    ):
        make.readers[0].say(what, value)
    QCoreApplication.processEvents()


def test_controls_are_named_and_follow_each_other(shown: Shown, languages: Languages) -> None:
    shown.say(shown.open(), CameraState.BUSY)
    panel = shown.panel
    languages.use(Language.ENGLISH)
    shown.qtbot.waitUntil(lambda: panel.device.box.accessibleName() == "Camera", timeout=WAIT_MS)
    assert panel.view.accessibleName() == "What the camera sees"
    assert panel.problem.retry.accessibleName() == "Try again"
    found, widget = [panel.problem.retry], panel.problem.retry.nextInFocusChain()
    while widget is not panel.problem.retry:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(panel):
            found.append(widget)
        widget = widget.nextInFocusChain()
    assert found[:3] == [panel.problem.retry, panel.problem.copy, panel.device.box]
    assert panel.device.box.itemText(1) == "Camera 3"


class Hangs:
    """A driver that hangs in one of its calls until it is woken; notes the threads that call it."""

    is_live = True

    def __init__(self, where: str) -> None:
        self._where = where
        self.entered, self.woken = threading.Event(), threading.Event()
        self.threads: set[int] = set()

    def _call(self, name: str) -> None:
        self.threads.add(threading.get_ident())
        if name == self._where:
            self.entered.set()
            self.woken.wait(WAIT_S)

    def list(self) -> tuple[CameraDevice, ...]:
        self._call("list")
        return DEVICES

    def open(self, _source: int | Path) -> Capture:
        self._call("open")
        return self

    def read(self) -> None:
        self._call("read")

    def close(self) -> None:
        self._call("close")


@pytest.fixture(params=["list", "open", "read", "close"])
def hanging(request: pytest.FixtureRequest) -> Iterator[Hangs]:
    driver = Hangs(request.param)
    yield driver
    driver.woken.set()


def test_a_hanging_driver_never_holds_up_the_window_and_is_named(
    app: QApplication, qtbot: QtBot, hanging: Hangs
) -> None:
    make = partial(LiveReader, open_source=hanging.open, stall_s=0.05)
    panel = CameraPanel(make, hanging.list, patience_ms=50)
    qtbot.addWidget(panel)
    panel.show()
    ticks: list[float] = []
    timer = QTimer()
    timer.setInterval(10)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start()
    panel.start()
    qtbot.waitUntil(hanging.entered.is_set, timeout=WAIT_MS)
    expected = {CameraState.BUSY, CameraState.STALLED} if hanging._where == "close" else {CameraState.STALLED}
    if hanging._where != "close":
        qtbot.waitUntil(lambda: panel.state in expected, timeout=WAIT_MS)
    for act in (panel.retry, panel.stop):
        seen = len(ticks)
        act()
        qtbot.waitUntil(lambda n=seen: len(ticks) >= n + 20, timeout=WAIT_MS)
    timer.stop()
    assert not hanging.woken.is_set(), "the driver hung all the while"
    assert threading.get_ident() not in hanging.threads
    assert panel.state is CameraState.STOPPED
    largest = max(after - before for before, after in pairwise(ticks))
    sys.stdout.write(f"driver hangs in {hanging._where}: largest gap of the event loop {largest * 1000:.0f} ms\n")
    hanging.woken.set()


def test_a_code_held_before_the_camera_is_read(app: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    for number, text in enumerate(("BS1:ONE", "BS1:TWO")):
        code = np.array([list(row) for row in segno.make(text, micro=False).matrix_iter(scale=8, border=4)], np.uint8)
        (tmp_path / f"{number}.png").write_bytes(cv2.imencode(".png", 255 * (1 - code))[1].tobytes())
    panel = CameraPanel(LiveReader, lambda: ())
    qtbot.addWidget(panel)
    panel.show()
    texts: list[str] = []
    panel.text_read.connect(texts.append)
    with qtbot.waitSignal(
        panel.state_changed, timeout=WAIT_MS, check_params_cb=lambda state: state is CameraState.UNPLUGGED
    ):
        panel.start(tmp_path)
    qtbot.waitUntil(lambda: "BS1:TWO" in texts, timeout=WAIT_MS)
    panel.stop()
    assert set(texts) <= {"BS1:ONE", "BS1:TWO"}
