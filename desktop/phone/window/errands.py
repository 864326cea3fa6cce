"""Blocking work of the phone's view-models: own thread pool, results on the GUI thread, nothing lost on the way."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThreadPool

from desktop.domain.errors import BidSealError
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run

_WIND_UP_MS = 10_000


class Errands:
    """Runs callables for `owner`; a handle that nobody holds would take its callbacks along, so they are held here."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._pool = QThreadPool(owner)
        self._pool.setMaxThreadCount(6)
        self._handles: set[TaskHandle[Any]] = set()

    def run(
        self, work: Callable[[], Any], on_done: Callable[[Any], object], on_error: Callable[[BidSealError], object]
    ) -> TaskHandle[Any]:
        """Run `work` on a worker thread; exactly one callback follows unless the handle is discarded."""

        def task(progress: ReportProgress, cancel: CancelToken) -> Any:  # noqa: ARG001 - the task's signature
            return work()

        def done(result: Any) -> None:
            self._handles.discard(handle)
            on_done(result)

        def failed(error: BidSealError) -> None:
            self._handles.discard(handle)
            on_error(error)

        self._handles = {h for h in self._handles if h.is_running}
        handle: TaskHandle[Any] = run(task, done, failed, receiver=self._owner, pool=self._pool)
        self._handles.add(handle)
        return handle

    def aside(self, act: Callable[[], object]) -> None:
        """Do something short whose end is heard elsewhere."""
        self._pool.start(act)

    def wind_up(self) -> None:
        """Wait for the workers."""
        self._pool.waitForDone(_WIND_UP_MS)
