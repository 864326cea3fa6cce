"""The view-model of a scan where no session comes into being."""

from typing import Any, cast

import pytest

from desktop.domain.errors import UnavailableError
from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.workspace import Workspace
from desktop.views.scan.model import ScanModel


class LockedWorkspace:
    """Its keyring does not answer."""

    def session(self, _action: Action, **_how: Any) -> None:
        """Refuse."""
        raise UnavailableError("general.keyring_locked", "probe")

    camera_session = session


class ClosedOnce:
    """An action that counts how often it was closed."""

    closed = 0

    def close(self) -> None:
        """Count."""
        self.closed += 1


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("is_camera", [False, True])
def test_scan_that_cannot_begin_ends_as_a_problem_with_its_cause(*, is_camera: bool) -> None:
    model, action = ScanModel(cast("Workspace", LockedWorkspace())), ClosedOnce()
    ends: list[CeremonyView] = []
    model.finished.connect(ends.append)
    if is_camera:
        model.begin_by_camera(cast("Action", action), credit_code="", offline=False)
    else:
        model.begin(cast("Action", action), credit_code="")
    view = model.state.view
    assert (view.stage, view.problem, view.detail) == (Stage.PROBLEM, "general.keyring_locked", "probe")
    assert view.is_camera is is_camera
    assert ends == [view]
    assert not model.is_running
    assert action.closed == 1
