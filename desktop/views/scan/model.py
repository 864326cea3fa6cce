"""The view-model of one scan: carries a session's snapshots to the GUI thread and the user's wishes back."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView, Session, Stage
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
    _arrived = Signal(object, object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(ScanState(), parent)
        self._workspace = workspace
        self._session: Session | None = None
        self._arrived.connect(self._take)

    @property
    def is_running(self) -> bool:
        """Whether a ceremony is under way."""
        return self._session is not None and not self.state.view.is_over

    def begin(self, action: Action, *, credit_code: str) -> None:
        """Start a ceremony for an organization ("" for none); a running one is cancelled."""
        self.stop()
        session = self._workspace.session(
            action,
            credit_code=credit_code,
            publish=lambda view: self._post(session, view),
            language=str(current_language()),
        )
        self._session = session
        self._set(view=_PREPARING)
        session.start()

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

    def _post(self, session: Session, view: CeremonyView) -> None:
        """Carry a snapshot over, on the session's thread; a window that is gone wants none."""
        if isValid(self):
            self._arrived.emit(session, view)

    def _take(self, session: Session, view: CeremonyView) -> None:
        if session is not self._session:
            return
        total = self.state.total_s
        if view.stage is not self.state.view.stage and view.remaining_s:
            total = max(view.remaining_s, 1)
        self._set(view=view, total_s=max(total, view.remaining_s))
        if view.is_over:
            self.finished.emit(view)
