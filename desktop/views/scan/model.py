"""The view-model of one scan: carries a session's snapshots to the GUI thread and the user's wishes back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop.domain.errors import BidSealError
from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.session import ScanSession
from desktop.services.workspace import Workspace
from desktop.ui.i18n import current_language
from desktop.ui.page import PageState, Phase, ViewModel

_PREPARING = CeremonyView(stage=Stage.PREPARING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanState(PageState):
    """What the scan panel shows; `phase` is always normal, the ceremony has stages of its own."""

    phase: Phase = Phase.NORMAL
    view: CeremonyView = _PREPARING
    total_s: int = 60


class ScanModel(ViewModel[ScanState]):
    """One ceremony after the other; `finished` comes once for each, after its last snapshot."""

    finished = Signal(object)
    _arrived = Signal(int, object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(ScanState(), parent)
        self._workspace = workspace
        self._session: ScanSession | None = None
        self._number = 0
        self._is_told = False
        self._arrived.connect(self._take)

    @property
    def is_running(self) -> bool:
        """Whether a ceremony is under way."""
        return self._session is not None and not self.state.view.is_over

    def begin(self, action: Action, *, credit_code: str) -> None:
        """Start a ceremony for an organization ("" for none); a running one is cancelled."""
        self.stop()
        self._start(
            action,
            lambda: self._workspace.session(
                action, credit_code=credit_code, publish=self._publisher(), language=str(current_language())
            ),
            _PREPARING,
        )

    def begin_by_camera(self, action: Action, *, credit_code: str, offline: bool) -> None:
        """Start a ceremony by camera; with `offline` nothing of it uses the network."""
        self.stop()
        self._start(
            action,
            lambda: self._workspace.camera_session(
                action,
                credit_code=credit_code,
                publish=self._publisher(),
                language=str(current_language()),
                offline=offline,
            ),
            replace(_PREPARING, is_camera=True),
        )

    def take_text(self, text: str) -> None:
        """Take a text that the camera has read."""
        if self._session is not None:
            self._session.take_text(text)

    def cancel(self) -> None:
        """Give up; the end is reported by the session."""
        if self._session is not None:
            self._session.cancel()

    def renew(self) -> None:
        """Show a new code."""
        if self._session is not None:
            self._session.renew()

    def hide(self) -> None:
        """The window went to the back: stop showing the code."""
        if self._session is not None:
            self._session.hide()

    def stop(self, timeout_s: float | None = None) -> bool:
        """Cancel and hear no more of it; with `timeout_s` wait for its thread and return whether it ended."""
        session, self._session = self._session, None
        if session is None:
            return True
        session.cancel()
        return session.join(timeout_s) if timeout_s is not None else True

    def _start(self, action: Action, make: Callable[[], ScanSession], view: CeremonyView) -> None:
        """Begin; what keeps a session from being made, such as a locked keyring, ends the scan as a problem would."""
        self._is_told = False
        try:
            session = make()
        except BidSealError as error:
            action.close()
            self._set(view=replace(view, stage=Stage.PROBLEM, problem=error.code, detail=error.detail))
            self._is_told = True
            self.finished.emit(self.state.view)
            return
        self._session = session
        self._set(view=view)
        session.start()

    def _publisher(self) -> Callable[[CeremonyView], None]:
        """Return what takes the next session's snapshots, on its thread; a window that is gone wants none."""
        number = self._number = self._number + 1

        def post(view: CeremonyView) -> None:
            if isValid(self):
                self._arrived.emit(number, view)

        return post

    def _take(self, number: int, view: CeremonyView) -> None:
        if self._session is None or number != self._number:
            return
        total = self.state.total_s
        if view.stage is not self.state.view.stage and view.remaining_s:
            total = max(view.remaining_s, 1)
        self._set(view=view, total_s=max(total, view.remaining_s))
        if view.has_result and not self._is_told:
            self._is_told = True
            self.finished.emit(view)
