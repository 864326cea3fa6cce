"""A forgotten certificate password (忘记密码 · 重置密码): identity check, its review, the new password. Manual 11.

The state is the platform's: whoever closes the app comes back to where the reset stands. The new password is set by the
two halves of the recovery secret; keys and certificate stay the same (docs/protocol.md §5.3).
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from desktop.phone.core import Phone, Strength, secret_password, strength_of
from desktop.phone.core.guard import ResetStage, ResetStanding
from desktop.phone.core.people import Paper, uploads_of
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.module_model import ModuleState, WithPapers
from desktop.phone.window.states import Screen

_LOOK_AGAIN_MS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenState(ModuleState):
    """The reset of the certificate `entry_id`; `stage` is None while the platform is asked, or cannot be."""

    entry_id: str = ""
    stage: ResetStage | None = None
    reason: str = ""
    papers: tuple[Paper, ...] = ()
    is_done: bool = False


class ForgottenModel(WithPapers[ForgottenState]):
    """Intents: `begin`, `look`, `attach`, `detach`, `submit`, `set_password`."""

    def __init__(self, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(ForgottenState(), phone, app, parent)
        #: While the review desk has it and the page is open.
        self._again = QTimer(self)
        self._again.setInterval(_LOOK_AGAIN_MS)
        self._again.timeout.connect(self._look_again)

    def begin(self, entry_id: str) -> None:
        """Open the page for a certificate."""
        if entry_id != self.state.entry_id or self.state.is_done:
            self._round += 1
            self._set(
                entry_id=entry_id, stage=None, reason="", papers=(), faults=(), is_done=False, is_busy=False, notice=""
            )
        self._app.open(Screen.FORGOTTEN)
        self.look()

    def look(self) -> None:
        """Ask where it stands."""
        phone, entry_id = self._phone, self.state.entry_id
        self._set(problem_code="", problem_detail="")
        self._load(lambda: phone.reset_standing(entry_id), self._stands)

    def submit(self) -> None:
        """Hand the papers in."""
        phone, entry_id, papers = self._phone, self.state.entry_id, uploads_of(self.state.papers)
        if not papers:
            self._set_fault(self.PART, "phone.papers_missing")
            return
        self._send(lambda: phone.request_reset(entry_id, papers), self._handed_in)

    def set_password(self, new: str, repeated: str) -> None:
        """Set the new password."""
        if strength_of(new) is Strength.TOO_WEAK:
            self._set(problem_code="phone.password_weak")
            return
        if new != repeated:
            self._set(problem_code="phone.password_differs")
            return
        phone, entry_id, secret = self._phone, self.state.entry_id, secret_password(new)
        self._send(lambda: phone.reset_password(entry_id, secret), self._was_set)

    def forget(self) -> None:
        """See the base: the papers were somebody's."""
        self._again.stop()
        super().forget()

    def stop(self) -> None:
        """See the base."""
        self._again.stop()
        super().stop()

    # -- small parts -----------------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        if self._app.state.screen is not Screen.FORGOTTEN or self.state.stage is not ResetStage.PENDING:
            self._again.stop()
        elif not self.state.is_loading:
            self.look()

    def _stands(self, standing: ResetStanding) -> None:
        self._set(is_loading=False, stage=standing.stage, reason=standing.reason)
        if standing.stage is ResetStage.PENDING:
            self._again.start()

    def _handed_in(self, standing: ResetStanding) -> None:
        # Personal papers have done their work; they do not wait in memory.
        self._set(is_busy=False, papers=(), faults=())
        self._stands(standing)

    def _was_set(self, _nothing: None) -> None:
        self._set(is_busy=False, is_done=True)
        self._app.refresh()
