"""The view-model of 账号与安全: the login password, the bound number and its changes, the living sessions.

The two forms (password, number) have models of their own; this one knows what there is and ends what is to end.
Source: manual 12; docs/protocol.md, sessions; threats T31, T33.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.operations import CheckPurpose, CheckState, MobileChangeState
from desktop.portal.records import Account
from desktop.portal.security_api import MobileChange, SessionEntry
from desktop.portal.unit_records import IdentityCheck
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run

OTHERS, ALL = "others", "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What the platform knows of the account's security."""

    account: Account
    sessions: tuple[SessionEntry, ...]
    changes: tuple[MobileChange, ...]
    checks: tuple[IdentityCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityState(PageState):
    """What the section shows. `busy` names what is being ended: a session, OTHERS, ALL, or a change or request."""

    security: Security | None = None
    busy: str = ""
    #: How many sessions the last 结束其他会话 ended, -1 before one.
    ended: int = -1

    @property
    def pending(self) -> MobileChange | None:
        """The change of number that waits for its time, if there is one."""
        changes = self.security.changes if self.security else ()
        return next((c for c in changes if c.state is MobileChangeState.PENDING), None)

    @property
    def under_review(self) -> IdentityCheck | None:
        """The request of a change whose old number is lost, while the review desk has it."""
        checks = self.security.checks if self.security else ()
        return next((c for c in checks if c.state is CheckState.PENDING_REVIEW), None)

    @property
    def refused(self) -> IdentityCheck | None:
        """The newest such request, where the review desk said no to it."""
        newest = self.security.checks[0] if self.security and self.security.checks else None
        return newest if newest is not None and newest.state is CheckState.REJECTED else None


class SecurityModel(ViewModel[SecurityState]):
    """Owns the section."""

    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(SecurityState(), parent)
        self.workspace = workspace
        self._looking: TaskHandle[Security] | None = None
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- intents ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Look anew; what is shown stays until then."""
        if self._looking is not None:
            self._looking.discard()
        api = self.workspace.api

        def work(progress: ReportProgress, cancel: CancelToken) -> Security:  # noqa: ARG001 - four short requests
            account, _ = api.me()
            sessions = api.sessions()
            cancel.raise_if_set()
            checks = tuple(c for c in api.identity_checks() if c.purpose is CheckPurpose.MOBILE_CHANGE)
            return Security(account=account, sessions=sessions, changes=api.mobile_changes(), checks=checks)

        self._looking = run(work, self._on_seen, self._on_not_seen)

    def end_session(self, session_id: str) -> None:
        """End one of the account's other sessions."""
        self._do(session_id, lambda: self.workspace.api.end_session(session_id))

    def end_others(self) -> None:
        """End all sessions but this one."""
        if self.state.busy:
            return
        self._set(busy=OTHERS, problem_code="", problem_detail="")

        def work(progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG001 - one short request
            return self.workspace.api.end_other_sessions()

        run(work, self._on_others_ended, self._on_not_done)

    def sign_out_everywhere(self) -> None:
        """End all sessions, this one too; the window then turns to the login by itself."""
        self._do(ALL, self.workspace.account.sign_out_everywhere, look=False)

    def cancel_change(self, change_id: str) -> None:
        """Cancel the change of number that waits."""
        self._do(change_id, lambda: self.workspace.api.cancel_mobile_change(change_id))

    def withdraw_request(self, check_id: str) -> None:
        """Withdraw the request that the review desk has."""
        self._do(check_id, lambda: self.workspace.api.withdraw_lost_mobile(check_id))

    def _do(self, what: str, act: Callable[[], object], *, look: bool = True) -> None:
        if self.state.busy:
            return
        self._set(busy=what, problem_code="", problem_detail="", ended=-1)

        def work(progress: ReportProgress, cancel: CancelToken) -> bool:  # noqa: ARG001 - one short request
            act()
            return look

        run(work, self._on_done, self._on_not_done)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _on_seen(self, security: Security) -> None:
        self._set(phase=Phase.NORMAL, security=security)
        if self.state.problem_code.startswith(("portal.", "platform.signed_out")):  # the platform answers us again
            self._set(problem_code="", problem_detail="")

    def _on_not_seen(self, error: BidSealError) -> None:
        if self.state.security is None:
            self._fail(error)
        else:  # a form may be open: what is known stays, and the banner says that it is not the newest
            self._set(problem_code=error.code, problem_detail=error.detail)

    def _on_done(self, look: bool) -> None:  # noqa: FBT001 - a task's result
        self._set(busy="")
        if look:
            self.open()

    def _on_others_ended(self, count: int) -> None:
        self._set(busy="", ended=count)
        self.open()

    def _on_not_done(self, error: BidSealError) -> None:
        self._set(busy="", problem_code=error.code, problem_detail=error.detail)
        if error.code in {"platform.not_found", "platform.wrong_state"}:
            self.open()  # it has ended meanwhile: the list shows so

    def _on_heard(self, change: Changed) -> None:
        if change is Changed.SESSION and self.workspace.account.account is not None and self.state.security is not None:
            self.open()
