"""The view-model of the workstations that are enrolled for the person's units: whose, since when, which is this one.

Removing one ends its members' word for it at once; it must be enrolled anew. Source: docs/protocol.md, workstations.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.security_api import WorkstationEntry
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkstationsState(PageState):
    """What the list shows. `own_id` is what this workstation calls itself, `removing` the entry under way."""

    entries: tuple[WorkstationEntry, ...] = ()
    own_id: str = ""
    removing: str = ""


class WorkstationsModel(ViewModel[WorkstationsState]):
    """Owns the list."""

    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(WorkstationsState(), parent)
        self._workspace = workspace
        self._looking: TaskHandle[tuple[str, tuple[WorkstationEntry, ...]]] | None = None
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    def open(self) -> None:
        """Look anew; what is shown stays until then."""
        if self._looking is not None:
            self._looking.discard()
        api, service = self._workspace.api, self._workspace.workstation

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[str, tuple[WorkstationEntry, ...]]:  # noqa: ARG001 - short
            return service.workstation_id, api.workstation_entries()

        self._looking = run(work, self._on_seen, self._fail)

    def remove(self, entry_id: str) -> None:
        """Remove a workstation from its unit; this one forgets its enrolment as well."""
        entry = next((e for e in self.state.entries if e.entry_id == entry_id), None)
        if entry is None or self.state.removing:
            return
        self._set(removing=entry_id, problem_code="", problem_detail="")
        workspace, is_own = self._workspace, entry.workstation_id == self.state.own_id

        def work(progress: ReportProgress, cancel: CancelToken) -> bool:  # noqa: ARG001 - one short request
            workspace.api.remove_workstation(entry_id)
            units = (m for m in workspace.account.memberships if m.organization_id == entry.organization_id)
            for unit in units if is_own else ():
                workspace.workstation.forget(unit.credit_code)
            workspace.bus.publish(Changed.WORKSTATION)
            return is_own

        run(work, self._on_removed, self._on_not_removed)

    def _on_seen(self, seen: tuple[str, tuple[WorkstationEntry, ...]]) -> None:
        own_id, entries = seen
        self._set(phase=Phase.NORMAL if entries else Phase.EMPTY, own_id=own_id, entries=entries)

    def _on_removed(self, _is_own: bool) -> None:  # noqa: FBT001 - a task's result
        self._set(removing="")
        self.open()

    def _on_not_removed(self, error: BidSealError) -> None:
        self._set(removing="", problem_code=error.code, problem_detail=error.detail)
        if error.code == "platform.not_found":
            self.open()  # somebody else was faster

    def _on_heard(self, change: Changed) -> None:
        if change in {Changed.SESSION, Changed.WORKSTATION} and self._workspace.account.account is not None:
            self.open()
