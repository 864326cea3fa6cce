"""Several threads at one file, of which none may lose what another has written."""

import contextlib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


def let_in_together(patch: pytest.MonkeyPatch, owner: type, read: str, many: int) -> None:
    """Have whoever is let in at `read` beside others read the same as they do, before any of them writes."""
    met = threading.Barrier(many)
    plain = getattr(owner, read)

    def read_and_meet(*args: Any) -> Any:
        found = plain(*args)
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(0.1)
        return found

    patch.setattr(owner, read, read_and_meet)


def at_once(works: Iterable[Callable[[], object]]) -> None:
    """Do them all, each on a thread of its own."""
    all_works = tuple(works)
    with ThreadPoolExecutor(len(all_works)) as threads:
        for done in [threads.submit(work) for work in all_works]:
            done.result()
