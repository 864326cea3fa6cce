"""The editor of a lot's draft before answers that come late."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import QCoreApplication

from desktop.services.workspace import Workspace
from desktop.testing.driver import wait_until
from desktop.ui import tasks
from desktop.views.publish import draft_model
from desktop.views.publish.draft_model import DraftModel


def test_lot_that_answers_after_another_was_opened_does_not_take_its_place(
    qapp: QCoreApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles: list[tasks.TaskHandle[Any]] = []
    taken: list[str] = []

    def keep_waiting(
        _work: object, done: Callable[[Any], object], failed: Callable[[Any], object], **_named: object
    ) -> tasks.TaskHandle[Any]:
        handles.append(tasks.TaskHandle(done, failed, None, None))
        return handles[-1]

    monkeypatch.setattr(draft_model, "run", keep_waiting)
    monkeypatch.setattr(DraftModel, "_take", lambda _model, work: taken.append(work))
    model = DraftModel(cast("Workspace", SimpleNamespace()))
    model.open("first")
    model.open("second")
    for handle, lot in zip(handles, ("first", "second"), strict=True):
        handle.work(lambda lot=lot, **_tools: lot)
    wait_until(lambda: not any(handle.is_running for handle in handles), "both answers")
    assert taken == ["second"]
