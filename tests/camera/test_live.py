"""The live reader: every code once, previews at a camera's pace, states in order, stop whatever hangs."""

import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop.camera.capture import Capture
from desktop.camera.frames import Frame
from desktop.camera.live import LiveReader, list_cameras
from desktop.domain.camera import CameraDevice, CameraState
from desktop.domain.errors import MisuseError
from desktop.domain.problems import CATALOGUE

WAIT_S = 20.0
BLANK = np.full((90, 160, 3), 200, dtype=np.uint8)


class Hand:
    """A live camera that gives the frames that the test hands it, and hangs in `read` between them until released."""

    is_live = True

    def __init__(self) -> None:
        self._frames: list[Frame | None] = []
        self._changed = threading.Condition()
        self._is_released = False
        self.closed = threading.Event()
        self.threads: set[int] = set()

    def give(self, *frames: Frame | None) -> None:
        with self._changed:
            self._frames += frames
            self._changed.notify_all()

    def release(self) -> None:
        with self._changed:
            self._is_released = True
            self._changed.notify_all()

    def read(self) -> Frame | None:
        self.threads.add(threading.get_ident())
        with self._changed:
            self._changed.wait_for(lambda: self._frames or self._is_released, WAIT_S)
            return self._frames.pop(0) if self._frames else None

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed.set()


class Seen:
    """What a reader said, to be waited for."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.states: list[CameraState] = []
        self.frames: list[Frame] = []
        self.threads: set[int] = set()
        self._changed = threading.Condition()

    def _note(self, notes: list, what: object) -> None:
        with self._changed:
            self.threads.add(threading.get_ident())
            notes.append(what)
            self._changed.notify_all()

    def text(self, text: str) -> None:
        self._note(self.texts, text)

    def state(self, state: CameraState) -> None:
        self._note(self.states, state)

    def frame(self, frame: Frame) -> None:
        self._note(self.frames, frame)

    def wait(self, is_so: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(is_so, WAIT_S)


def _reader(capture: Capture | CameraState, seen: Seen, **options: object) -> LiveReader:
    return LiveReader(
        0,
        open_source=lambda _: capture,
        on_text=seen.text,
        on_frame=seen.frame,
        on_state=seen.state,
        **options,  # type: ignore[arg-type]
    )


def _give_each(hand: Hand, seen: Seen, *frames: Frame) -> None:
    """Give frames so slowly that none is dropped; the reader's clock must let each one be a preview."""
    for frame in frames:
        number = len(seen.frames)
        hand.give(frame)
        assert seen.wait(lambda n=number: len(seen.frames) > n)


def test_each_code_is_read_once_until_another_one_was(qr_frame: Callable[..., Frame]) -> None:
    seen, hand, seconds = Seen(), Hand(), count()
    a, b = qr_frame("A"), qr_frame("B")
    with _reader(hand, seen, monotonic=lambda: next(seconds), stall_s=1e9):
        _give_each(hand, seen, a, a, BLANK, a, b, b, BLANK, b, a, a, BLANK)
        hand.release()
    assert seen.texts == ["A", "B", "A"]
    assert hand.closed.is_set()


def test_of_two_codes_on_a_frame_the_one_that_stays_is_not_repeated(qr_frame: Callable[..., Frame]) -> None:
    seen, hand, seconds = Seen(), Hand(), count()
    both = np.ascontiguousarray(np.hstack([qr_frame("A"), qr_frame("B")]))
    with _reader(hand, seen, monotonic=lambda: next(seconds), stall_s=1e9):
        _give_each(hand, seen, both, qr_frame("A"), qr_frame("C"), BLANK)
        hand.release()
    assert seen.texts == ["A", "B", "C"]


def test_the_codes_of_a_folder_of_pictures_are_read_in_order(qr_frame: Callable[..., Frame], tmp_path: Path) -> None:
    for number, text in enumerate("XYZ"):
        picture = cv2.imencode(".png", qr_frame(text))[1].tobytes()
        (tmp_path / f"{number}.png").write_bytes(picture)
    seen = Seen()
    with LiveReader(tmp_path, on_text=seen.text, on_state=seen.state):
        assert seen.wait(lambda: CameraState.UNPLUGGED in seen.states)
        assert seen.wait(lambda: "Z" in seen.texts)
    assert seen.texts == sorted(seen.texts)
    assert seen.states == [CameraState.OPENING, CameraState.RUNNING, CameraState.UNPLUGGED, CameraState.STOPPED]


def test_previews_come_at_most_fifteen_times_a_second_while_every_frame_is_decoded(
    qr_frame: Callable[..., Frame],
) -> None:
    now = [0.0]
    seen, hand = Seen(), Hand()
    with _reader(hand, seen, monotonic=lambda: now[0]):
        for number in range(31):
            now[0] = number / 40
            hand.give(qr_frame(f"{number}"))
            assert seen.wait(lambda n=number: len(seen.texts) > n)
        hand.release()
    assert len(seen.texts) == 31
    assert len(seen.frames) == 11


@pytest.mark.parametrize("state", [CameraState.ABSENT, CameraState.BUSY, CameraState.DENIED])
def test_a_camera_that_cannot_be_opened_says_why(state: CameraState) -> None:
    seen = Seen()
    reader = _reader(state, seen)
    reader.start()
    assert seen.wait(lambda: state in seen.states)
    assert reader.stop(WAIT_S)
    assert seen.states == [CameraState.OPENING, state, CameraState.STOPPED]


def test_a_driver_that_stops_answering_is_stalled_until_a_frame_comes(qr_frame: Callable[..., Frame]) -> None:
    seen, hand = Seen(), Hand()
    with _reader(hand, seen, stall_s=0.02):
        assert seen.wait(lambda: seen.states[-1:] == [CameraState.STALLED])
        hand.give(qr_frame("AWAKE"))
        assert seen.wait(lambda: seen.texts == ["AWAKE"])
        assert CameraState.RUNNING in seen.states
        assert seen.wait(lambda: seen.states[-1] is CameraState.STALLED)
        hand.release()


def test_stop_returns_although_the_driver_hangs_in_open_and_the_device_is_freed_when_it_wakes() -> None:
    woken, entered, hand = threading.Event(), threading.Event(), Hand()

    def hanging(_: int | Path) -> Capture:
        entered.set()
        woken.wait(WAIT_S)
        return hand

    seen = Seen()
    reader = LiveReader(0, open_source=hanging, on_text=seen.text, on_state=seen.state)
    reader.start()
    assert entered.wait(WAIT_S)
    assert not reader.stop(0)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("camera"))
    woken.set()
    assert hand.closed.wait(WAIT_S)
    assert seen.wait(lambda: seen.states[-1] is CameraState.STOPPED)
    assert reader.stop(WAIT_S)
    assert seen.states == [CameraState.OPENING, CameraState.STOPPED]


def test_stop_returns_although_the_driver_hangs_in_read_and_nothing_is_read_afterwards(
    qr_frame: Callable[..., Frame],
) -> None:
    seen, hand = Seen(), Hand()
    reader = _reader(hand, seen)
    reader.start()
    hand.give(qr_frame("BEFORE"))
    assert seen.wait(lambda: seen.texts == ["BEFORE"])
    assert not reader.stop(0)
    hand.give(qr_frame("AFTER"))
    assert hand.closed.wait(WAIT_S)
    assert reader.stop(WAIT_S)
    assert seen.texts == ["BEFORE"]
    assert seen.states[-1] is CameraState.STOPPED
    assert threading.get_ident() not in hand.threads


def test_starting_twice_is_misuse() -> None:
    hand = Hand()
    with _reader(hand, Seen()) as reader:
        with pytest.raises(MisuseError):
            reader.start()
        hand.release()


def test_every_problem_of_a_camera_has_words() -> None:
    assert {state.problem_code for state in CameraState if state.is_problem} <= CATALOGUE.keys()
    assert not any(f"camera.{state}" in CATALOGUE for state in CameraState if not state.is_problem)


def test_linux_lists_its_cameras_by_name_without_their_metadata_nodes(tmp_path: Path) -> None:
    for node, index, name in (("video2", "0", "高拍仪"), ("video0", "0", "Integrated Camera"), ("video1", "1", "Meta")):
        (tmp_path / node).mkdir()
        (tmp_path / node / "index").write_text(f"{index}\n", encoding="utf-8")
        (tmp_path / node / "name").write_text(f"{name}\n", encoding="utf-8")
    (tmp_path / "video10").mkdir()
    (tmp_path / "v4l-subdev0").mkdir()
    assert list_cameras(nodes=tmp_path, platform="linux") == (
        CameraDevice(index=0, name="Integrated Camera"),
        CameraDevice(index=2, name="高拍仪"),
        CameraDevice(index=10),
    )
    assert list_cameras(nodes=tmp_path / "none", platform="linux") == ()


def test_elsewhere_the_first_five_are_tried() -> None:
    tried: list[int] = []

    def probe(index: int) -> bool:
        tried.append(index)
        return index in {0, 3}

    assert list_cameras(platform="win32", probe=probe) == (CameraDevice(index=0), CameraDevice(index=3))
    assert tried == [0, 1, 2, 3, 4]
