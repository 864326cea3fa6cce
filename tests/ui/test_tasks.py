"""Work off the GUI thread ends exactly once, on the GUI thread, and never at a receiver that is gone."""

import logging
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.errors import BidSealError, MisuseError, RejectedError, UnavailableError
from desktop.domain.problems import UNEXPECTED
from desktop.ui.tasks import CancelToken, ReportProgress, end_all, run

WAIT_MS = 5000


class Receiver(QObject):
    """Keeps what it is told, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.errors: list[BidSealError] = []
        self.progress: list[tuple[int, int, str]] = []
        self.on_gui_thread: list[bool] = []

    def done(self, result: object) -> None:
        self._note_thread()
        self.results.append(result)

    def failed(self, error: BidSealError) -> None:
        self._note_thread()
        self.errors.append(error)

    def progressed(self, done: int, total: int, text: str) -> None:
        self._note_thread()
        self.progress.append((done, total, text))

    def _note_thread(self) -> None:
        self.on_gui_thread.append(QThread.currentThread() is QCoreApplication.instance().thread())

    @property
    def ends(self) -> int:
        return len(self.results) + len(self.errors)


@pytest.fixture
def receiver(app: QApplication) -> Receiver:
    return Receiver()


@pytest.fixture
def pool(app: QApplication) -> Iterator[QThreadPool]:
    """One worker, so that a second task waits."""
    made = QThreadPool()
    made.setMaxThreadCount(1)
    yield made
    made.waitForDone(WAIT_MS)


def test_result_arrives_on_the_gui_thread_from_another(receiver: Receiver, qtbot: QtBot):
    gui = threading.get_ident()

    def work(progress: ReportProgress, cancel: CancelToken) -> bool:
        return threading.get_ident() != gui

    handle = run(work, receiver.done, receiver.failed)
    assert handle.is_running
    qtbot.waitUntil(lambda: receiver.ends == 1, timeout=WAIT_MS)
    assert receiver.results == [True]
    assert receiver.on_gui_thread == [True]
    assert not handle.is_running


def test_foreseen_error_is_handed_on_unchanged(receiver: Receiver, qtbot: QtBot):
    error = UnavailableError("portal.unreachable", "refused")

    def work(progress: ReportProgress, cancel: CancelToken) -> None:
        raise error

    run(work, receiver.done, receiver.failed)
    qtbot.waitUntil(lambda: receiver.ends == 1, timeout=WAIT_MS)
    assert receiver.errors == [error]
    assert receiver.errors[0] is error


def test_unforeseen_error_becomes_words_and_is_logged_without_its_message(
    receiver: Receiver, qtbot: QtBot, expected_warnings: list[logging.LogRecord]
):
    def work(progress: ReportProgress, cancel: CancelToken) -> None:
        raise ValueError("身份证号 360102199001011234")

    run(work, receiver.done, receiver.failed)
    qtbot.waitUntil(lambda: receiver.ends == 1, timeout=WAIT_MS)
    assert receiver.errors[0].code == UNEXPECTED
    assert "360102" not in receiver.errors[0].detail
    said = expected_warnings[0].getMessage()
    assert expected_warnings[0].levelno == logging.ERROR
    assert "ValueError" in said
    assert "test_tasks.py" in said
    assert "360102" not in said


def test_cancelled_work_ends_as_cancelled(receiver: Receiver, qtbot: QtBot):
    started = threading.Event()

    def work(progress: ReportProgress, cancel: CancelToken) -> None:
        started.set()
        cancel.wait(WAIT_MS / 1000)
        cancel.raise_if_set()

    handle = run(work, receiver.done, receiver.failed)
    assert started.wait(WAIT_MS / 1000)
    handle.cancel()
    qtbot.waitUntil(lambda: receiver.ends == 1, timeout=WAIT_MS)
    assert [error.code for error in receiver.errors] == ["general.cancelled"]
    assert isinstance(receiver.errors[0], RejectedError)


def test_work_cancelled_too_late_still_tells_its_result(receiver: Receiver, qtbot: QtBot):
    def work(progress: ReportProgress, cancel: CancelToken) -> str:
        cancel.wait(WAIT_MS / 1000)
        return "saved"

    run(work, receiver.done, receiver.failed).cancel()
    qtbot.waitUntil(lambda: receiver.ends == 1, timeout=WAIT_MS)
    # The token may have been set before the worker looked at it for the first time.
    assert receiver.results == ["saved"] or receiver.errors[0].code == "general.cancelled"


def test_work_cancelled_before_its_turn_never_starts(receiver: Receiver, pool: QThreadPool, qtbot: QtBot):
    release = threading.Event()
    ran = threading.Event()

    def first(progress: ReportProgress, cancel: CancelToken) -> bool:
        return release.wait(WAIT_MS / 1000)

    def second(progress: ReportProgress, cancel: CancelToken) -> None:
        ran.set()

    run(first, receiver.done, receiver.failed, pool=pool)
    run(second, receiver.done, receiver.failed, pool=pool).cancel()
    release.set()
    qtbot.waitUntil(lambda: receiver.ends == 2, timeout=WAIT_MS)
    assert receiver.results == [True]
    assert [error.code for error in receiver.errors] == ["general.cancelled"]
    assert not ran.is_set()


def test_receiver_deleted_meanwhile_is_not_called(receiver: Receiver, pool: QThreadPool):
    release = threading.Event()

    def work(progress: ReportProgress, cancel: CancelToken) -> str:
        progress(1, 2)
        release.wait(WAIT_MS / 1000)
        return "late"

    run(work, receiver.done, receiver.failed, receiver.progressed, pool=pool)
    receiver.deleteLater()
    QCoreApplication.sendPostedEvents(receiver, QEvent.Type.DeferredDelete)
    release.set()
    assert pool.waitForDone(WAIT_MS)
    QCoreApplication.processEvents()
    assert (receiver.results, receiver.errors, receiver.progress) == ([], [], [])


def test_named_receiver_silences_lambdas_when_deleted(app: QApplication, pool: QThreadPool):
    owner = QObject()
    heard: list[object] = []
    release = threading.Event()

    def work(progress: ReportProgress, cancel: CancelToken) -> bool:
        return release.wait(WAIT_MS / 1000)

    run(work, heard.append, heard.append, receiver=owner, pool=pool)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)
    release.set()
    assert pool.waitForDone(WAIT_MS)
    QCoreApplication.processEvents()
    assert heard == []


def test_discarded_task_is_not_heard_of_again(receiver: Receiver, pool: QThreadPool):
    def work(progress: ReportProgress, cancel: CancelToken) -> bool:
        return cancel.wait(WAIT_MS / 1000)

    run(work, receiver.done, receiver.failed, pool=pool).discard()
    assert pool.waitForDone(WAIT_MS)
    QCoreApplication.processEvents()
    assert receiver.ends == 0


def test_newest_progress_is_delivered_and_a_flood_of_reports_is_not(receiver: Receiver, qtbot: QtBot):
    def work(progress: ReportProgress, cancel: CancelToken) -> str:
        for done in range(10_001):
            progress(done, 10_000, "页")
        return "done"

    run(work, receiver.done, receiver.failed, receiver.progressed)
    qtbot.waitUntil(lambda: receiver.ends == 1, timeout=WAIT_MS)
    assert receiver.progress[-1] == (10_000, 10_000, "页")
    assert len(receiver.progress) < 10_000
    assert all(receiver.on_gui_thread)


def test_handle_need_not_be_kept(receiver: Receiver, qtbot: QtBot):
    class Number:
        def __init__(self, number: int) -> None:
            self.number = number

        def __call__(self, progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG002 - named by Work
            return self.number

    for number in range(50):
        run(Number(number), receiver.done, receiver.failed)
    qtbot.waitUntil(lambda: receiver.ends == 50, timeout=WAIT_MS)
    assert sorted(receiver.results) == list(range(50))


def test_start_from_another_thread_is_refused(receiver: Receiver):
    refused: list[MisuseError] = []

    def work(progress: ReportProgress, cancel: CancelToken) -> None:
        pytest.fail("must not run")

    def start() -> None:
        try:
            run(work, receiver.done, receiver.failed)
        except MisuseError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join(WAIT_MS / 1000)
    assert len(refused) == 1


def test_end_of_the_program_cancels_and_waits_for_all(receiver: Receiver, pool: QThreadPool):
    started, cancelled = threading.Event(), threading.Event()

    def work(progress: ReportProgress, cancel: CancelToken) -> None:
        started.set()
        if cancel.wait(WAIT_MS / 1000):
            cancelled.set()

    run(work, receiver.done, receiver.failed, pool=pool)
    assert started.wait(WAIT_MS / 1000)
    assert end_all(WAIT_MS, pool)
    assert cancelled.is_set()
    QCoreApplication.processEvents()
    assert receiver.ends == 0
