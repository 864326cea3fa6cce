"""The camera source: latest frame only, every state, clean stop."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop.camera.capture import Capture, open_capture
from desktop.camera.decoder import QrDecoder
from desktop.camera.frames import Frame
from desktop.camera.source import CameraSource
from desktop.domain.camera import CameraState
from desktop.domain.errors import MisuseError
from desktop.domain.problems import CATALOGUE
from tests.camera.drawing import draw

WAIT_S = 10.0


def _numbered(number: int, *, value: int = 200) -> Frame:
    frame = np.full((48, 64, 3), value, dtype=np.uint8)
    frame[:8, :8] = number
    return frame


class Script:
    """A live camera that plays given frames (None: a failed read), then fails for ever; can be held at a frame."""

    is_live = True

    def __init__(self, *frames: Frame | None, hold_at: int | None = None) -> None:
        self._frames = list(frames)
        self._hold_at = hold_at
        self.read_count = 0
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.is_closed = False

    def read(self) -> Frame | None:
        if self.read_count == self._hold_at:
            self.reached.set()
            self.go_on.wait(WAIT_S)
        self.read_count += 1
        return self._frames[self.read_count - 1] if self.read_count <= len(self._frames) else None

    def close(self) -> None:
        self.is_closed = True


def _source(capture: Capture | CameraState, states: list[CameraState] | None = None) -> CameraSource:
    return CameraSource(
        0, open_source=lambda _: capture, on_state=None if states is None else states.append, retry_s=0.001
    )


def _saved(folder: Path, frames: list[Frame]) -> Path:
    folder.mkdir()
    for number, frame in enumerate(frames):
        (folder / f"画面{number:03}.png").write_bytes(cv2.imencode(".png", frame)[1].tobytes())
    return folder


def test_a_slow_taker_gets_the_latest_frame_and_the_older_ones_are_dropped() -> None:
    script = Script(*(_numbered(n) for n in range(20)), hold_at=20)
    with _source(script) as source:
        assert script.reached.wait(WAIT_S)
        frame = source.take(WAIT_S)
        assert frame is not None
        assert frame[0, 0, 0] == 19
        assert source.take(0.0) is None
        script.go_on.set()
    assert script.is_closed


def test_a_folder_of_pictures_plays_in_order_and_ends_unplugged(tmp_path: Path) -> None:
    folder = _saved(tmp_path / "序列", [_numbered(n) for n in range(6)])
    (folder / "画面002.png").write_bytes(b"broken")
    (folder / "notes.txt").write_text("not a picture", encoding="utf-8")
    seen = []
    with CameraSource(folder, file_fps=50) as source:
        while (frame := source.take(WAIT_S)) is not None:
            seen.append(int(frame[0, 0, 0]))
        assert source.state is CameraState.UNPLUGGED
    assert seen == sorted(seen)
    assert 2 not in seen
    assert seen[-1] == 5
    assert source.state is CameraState.STOPPED


def test_a_video_file_plays_and_its_qr_code_is_read(tmp_path: Path) -> None:
    import segno

    code = draw(segno.make("BIDSEAL ANSWER", micro=False), scale=8)
    frame = np.full((480, 640, 3), 90, dtype=np.uint8)
    frame[60 : 60 + code.shape[0], 100 : 100 + code.shape[1]] = code
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 15, (640, 480))
    for _ in range(8):
        writer.write(frame)
    writer.release()
    with CameraSource(path, file_fps=100) as source:
        taken = source.take(WAIT_S)
        assert taken is not None
        assert taken.shape == (480, 640, 3)
        assert [found.text for found in QrDecoder().decode(taken)] == ["BIDSEAL ANSWER"]
        assert source.wait_until_ended(WAIT_S)


@pytest.mark.parametrize("state", [CameraState.ABSENT, CameraState.BUSY, CameraState.DENIED])
def test_a_camera_that_cannot_be_opened_says_why_and_takers_do_not_wait(state: CameraState) -> None:
    states: list[CameraState] = []
    source = _source(state, states)
    source.start()
    assert source.take(WAIT_S) is None
    assert source.state is state
    assert source.stop()
    assert states == [CameraState.OPENING, state, CameraState.STOPPED]
    assert f"camera.{state}" in CATALOGUE


def test_a_camera_that_never_delivers_is_busy_and_one_that_stops_delivering_is_unplugged() -> None:
    for frames, end in (((), CameraState.BUSY), ((_numbered(1), None, _numbered(2)), CameraState.UNPLUGGED)):
        script = Script(*frames)
        with _source(script) as source:
            assert source.wait_until_ended(WAIT_S)
            assert source.state is end
        assert script.is_closed
        assert f"camera.{end}" in CATALOGUE


def test_a_dropped_frame_or_two_is_not_unplugged() -> None:
    states: list[CameraState] = []
    script = Script(_numbered(1), None, None, _numbered(2), hold_at=4)
    with _source(script, states) as source:
        assert script.reached.wait(WAIT_S)
        assert source.state is CameraState.RUNNING
        script.go_on.set()
    assert states[:2] == [CameraState.OPENING, CameraState.RUNNING]


def test_a_covered_lens_is_black_until_there_is_light() -> None:
    states: list[CameraState] = []
    dark = [np.full((48, 64, 3), 3, dtype=np.uint8)] * 12
    script = Script(_numbered(1), *dark, _numbered(2), hold_at=14)
    with _source(script, states):
        assert script.reached.wait(WAIT_S)
        script.go_on.set()
    assert states[:4] == [CameraState.OPENING, CameraState.RUNNING, CameraState.BLACK, CameraState.RUNNING]
    assert "camera.black" in CATALOGUE


def test_stop_ends_the_thread_in_any_state_and_twice_is_fine(tmp_path: Path) -> None:
    folder = _saved(tmp_path / "slow", [_numbered(n) for n in range(3)])
    source = CameraSource(folder, file_fps=0.01)
    source.start()
    assert source.take(WAIT_S) is not None
    assert source.stop()
    assert source.stop()
    assert CameraSource(folder).stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "camera"]


def test_a_driver_that_hangs_in_a_read_does_not_hang_stop() -> None:
    script = Script(_numbered(1), hold_at=1)
    source = _source(script)
    source.start()
    assert script.reached.wait(WAIT_S)
    assert not source.stop(timeout_s=0.02)
    script.go_on.set()
    assert source.stop(WAIT_S)
    assert script.is_closed


def test_starting_twice_is_misuse() -> None:
    with _source(Script(_numbered(1))) as source, pytest.raises(MisuseError):
        source.start()


def test_what_is_not_there_is_absent(tmp_path: Path) -> None:
    (tmp_path / "no video.avi").write_bytes(b"nothing")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "none.avi", tmp_path / "no video.avi", tmp_path / "empty"):
        assert open_capture(path) is CameraState.ABSENT
