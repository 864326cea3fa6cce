"""Blocking work off the GUI thread: `run` a plain callable on a thread pool, hear of it by callbacks on the GUI thread.

`fn` is called as `fn(progress=…, cancel=…)`: `progress(done, total, text)` may be called as often as wanted (only the
newest report is delivered), `cancel` is a `CancelToken`. Exactly one of `on_done` and `on_error` is called, once, and
neither is when the receiver (the QObject whose method the callback is, or the one named) has been deleted or the handle
discarded.
Refuses to run `fn` after the token was set: it ends with `general.cancelled` unstarted.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool
from shiboken6 import isValid

from desktop.domain.errors import BidSealError, MisuseError, RejectedError

_log = logging.getLogger(__name__)
CANCELLED, UNEXPECTED = "general.cancelled", "general.unexpected"
_PROGRESSED = QEvent.Type(QEvent.registerEventType())
_ENDED = QEvent.Type(QEvent.registerEventType())

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ReportProgress(Protocol):
    """Tell how far the work is."""

    def __call__(self, done: int, total: int, text: str = "") -> None:
        """`done` of `total` units; `total` 0 = not known."""
        ...


class CancelToken:
    """Set once by the user, looked at by the work at its safe points. Usable where a threading.Event is expected."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the work was asked to stop."""
        return self._event.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most `timeout` seconds for the request to stop; returns whether it came."""
        return self._event.wait(timeout)

    def raise_if_set(self) -> None:
        """Leave the work if it was asked to stop.

        Raises:
            RejectedError: `general.cancelled`.
        """
        if self._event.is_set():
            raise RejectedError(CANCELLED)


class Work(Protocol[T_co]):
    """What `run` runs on a worker thread."""

    def __call__(self, progress: ReportProgress, cancel: CancelToken) -> T_co:
        """Do the work; raises BidSealError when it fails as foreseen."""
        ...


class TaskHandle(Generic[T]):
    """A running task: cancel or discard it. Made by `run`; need not be kept."""

    def __init__(
        self,
        on_done: Callable[[T], object],
        on_error: Callable[[BidSealError], object],
        on_progress: Callable[[int, int, str], object] | None,
        receiver: QObject | None,
    ) -> None:
        self._on_done, self._on_error, self._on_progress = on_done, on_error, on_progress
        self._receivers = [r for r in (receiver, *map(_owner, (on_done, on_error, on_progress))) if r is not None]
        self._cancel = CancelToken()
        self._lock = threading.Lock()
        self._report: tuple[int, int, str] | None = None
        self._results: list[T] = []
        self._error: BidSealError | None = None
        self._silent = False
        self._running = True
        self._courier = _Courier(self)

    @property
    def is_running(self) -> bool:
        """Whether the end has not been delivered yet."""
        return self._running

    def cancel(self) -> None:
        """Ask the work to stop; its end is still delivered, as `general.cancelled` or, if too late, as its result."""
        self._cancel.set()

    def discard(self) -> None:
        """Ask the work to stop and hear no more of it."""
        self._silent = True
        self._cancel.set()

    def work(self, fn: Work[T]) -> None:
        """Run `fn` here, on the worker thread; called by `run` alone."""
        try:
            self._cancel.raise_if_set()
            self._results.append(fn(progress=self._progress, cancel=self._cancel))
        except BidSealError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - the one place where an unforeseen failure of a worker becomes words
            # The stack tells where; the message may hold what a document or a user said, so it stays out of the log.
            _log.error("task failed: %s\n%s", type(error).__name__, _stack(error))
            self._error = BidSealError(UNEXPECTED, type(error).__name__)
        QCoreApplication.postEvent(self._courier, QEvent(_ENDED))

    def _progress(self, done: int, total: int, text: str = "") -> None:
        with self._lock:
            pending, self._report = self._report is not None, (done, total, text)
        if not pending:
            QCoreApplication.postEvent(self._courier, QEvent(_PROGRESSED))

    def deliver_progress(self) -> None:
        """Pass the newest report on; called by the courier alone."""
        with self._lock:
            report, self._report = self._report, None
        if report is not None and self._on_progress is not None and self._may_call():
            self._on_progress(*report)

    def deliver_end(self) -> None:
        """Pass the end on; called by the courier alone."""
        self._running = False
        if not self._may_call():
            return
        if self._error is not None:
            self._on_error(self._error)
        else:
            self._on_done(self._results.pop())

    def _may_call(self) -> bool:
        return not self._silent and all(isValid(receiver) for receiver in self._receivers)


class _Courier(QObject):
    """Lives on the GUI thread until the task's end has been delivered there.

    Events, not signals, bring the reports: a sender may not be deleted while another thread is still inside `emit`, but
    a posted event leaves its receiver alone. The application owns it, so that no worker can be the one to destroy it.
    """

    def __init__(self, handle: TaskHandle[Any]) -> None:
        super().__init__(QCoreApplication.instance())
        self.handle = handle

    def event(self, event: QEvent) -> bool:
        if event.type() == _PROGRESSED:
            self.handle.deliver_progress()
            return True
        if event.type() == _ENDED:
            self.deleteLater()
            self.handle.deliver_end()
            return True
        return super().event(event)


def run(
    fn: Work[T],
    on_done: Callable[[T], object],
    on_error: Callable[[BidSealError], object],
    on_progress: Callable[[int, int, str], object] | None = None,
    *,
    receiver: QObject | None = None,
    pool: QThreadPool | None = None,
) -> TaskHandle[T]:
    """Run `fn` on a worker thread and report to the callbacks on the GUI thread.

    `receiver` names the object whose end silences the callbacks; the object of a bound method is one by itself.

    Raises:
        MisuseError: called from another thread than the GUI's.
    """
    app = QCoreApplication.instance()
    if app is None or QThread.currentThread() is not app.thread():
        raise MisuseError(UNEXPECTED, "tasks start on the GUI thread")
    handle = TaskHandle(on_done, on_error, on_progress, receiver)
    (pool or QThreadPool.globalInstance()).start(lambda: handle.work(fn))
    return handle


def end_all(timeout_ms: int, pool: QThreadPool | None = None) -> bool:
    """Cancel every task and wait for the workers, as before the program ends; returns whether all of them ended."""
    app = QCoreApplication.instance()
    for courier in app.findChildren(_Courier) if app is not None else []:
        courier.handle.discard()
    return (pool or QThreadPool.globalInstance()).waitForDone(timeout_ms)


def _owner(callback: Callable[..., object] | None) -> QObject | None:
    owner = getattr(callback, "__self__", None)
    return owner if isinstance(owner, QObject) else None


def _stack(error: BaseException) -> str:
    lines: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines)
