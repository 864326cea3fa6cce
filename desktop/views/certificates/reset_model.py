"""The view-model of a forgotten certificate password: where its identity check stands (manual 11).

The new password is set on the phone alone; here the papers are handed in and the review is waited for.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.domain.errors import BidSealError
from desktop.domain.operations import CheckPurpose, CheckState
from desktop.portal.unit_records import IdentityCheck
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetState(PageState):
    """The latest check for a reset of the password of `serial`; `check` is None where there is none, or it is spent."""

    serial: str = ""
    check: IdentityCheck | None = None

    @property
    def is_pending(self) -> bool:
        """Whether the review desk is still to decide."""
        return self.check is not None and self.check.state is CheckState.PENDING_REVIEW


class ResetModel(ViewModel[ResetState]):
    """Looks the check up; what cannot be asked is not shown, and asked again later."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(ResetState(phase=Phase.NORMAL), parent)
        self._workspace = workspace
        self._looking: TaskHandle[IdentityCheck | None] | None = None

    def look(self, serial: str) -> None:
        """Ask for the check of a certificate."""
        if self._looking is not None:
            self._looking.discard()
        if serial != self.state.serial:
            self._set(serial=serial, check=None, problem_code="")
        api = self._workspace.api

        def work(progress: ReportProgress, cancel: CancelToken) -> IdentityCheck | None:  # noqa: ARG001 - one request
            return latest_reset(api.identity_checks(), serial)

        self._looking = run(work, self._on_check, self._on_none, receiver=self)

    def look_again(self) -> None:
        """Ask again for the certificate looked at."""
        if self.state.serial:
            self.look(self.state.serial)

    def forget(self) -> None:
        """Drop everything: another person is here."""
        if self._looking is not None:
            self._looking.discard()
        self._set(serial="", check=None, problem_code="")

    def _on_check(self, check: IdentityCheck | None) -> None:
        self._set(check=check, problem_code="")

    def _on_none(self, error: BidSealError) -> None:
        self._set(problem_code=error.code)


def latest_reset(checks: tuple[IdentityCheck, ...], serial: str) -> IdentityCheck | None:
    """Return the newest check for a reset of this certificate's password, unless it was spent or lapsed."""
    of_this = (c for c in checks if c.purpose is CheckPurpose.PASSWORD_RESET and c.subject == serial)
    latest = next(of_this, None)
    spent = latest is not None and latest.state in {CheckState.USED, CheckState.CANCELLED}
    return None if latest is None or spent or latest.has_lapsed else latest
