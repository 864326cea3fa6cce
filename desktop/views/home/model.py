"""The view-model of the home page: who works for whom, what needs attention, what was done lately.

What was done is the platform's list of usage records: of the unit for its admin, else the person's own.
"""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from desktop.domain.clock import Clock
from desktop.portal.api import UsageFilter
from desktop.portal.records import UsageRecord
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.store.bids import BidNotes
from desktop.store.journal import Entry
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.home.needs import Need, NeedKind, Situation, needs

_RECENT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState(PageState):
    """What the home page shows. `now` is the time of the last look, for the greeting."""

    name: str = ""
    organization: str = ""
    is_admin: bool = False
    is_agent: bool = False
    now: datetime | None = None
    needs: tuple[Need, ...] = ()
    recent: tuple[UsageRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    needs: tuple[Need, ...]
    recent: tuple[UsageRecord, ...]


class HomeModel(ViewModel[HomeState]):
    """Owns the home page; `interrupted` is what the journal found unfinished at the start of the program.

    `clock` is the platform's time, by which deadlines are counted; without one the workstation's.
    """

    _heard = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        *,
        interrupted: tuple[Entry, ...] = (),
        clock: Clock | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(HomeState(), parent)
        self._workspace = workspace
        self.clock = clock or workspace.clock
        self._interrupted = interrupted
        self._looking: TaskHandle[_Look] | None = None
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    def open(self) -> None:
        """Look anew; what is shown stays until the answer is there."""
        account = self._workspace.account
        person, organization = account.account, account.organization
        if self._looking is not None:
            self._looking.discard()
        if person is None:
            return
        if self.state.phase is not Phase.NORMAL:
            self._set(phase=Phase.LOADING)
        self._set(
            name=person.name or person.mobile_masked,
            organization=organization.name if organization else "",
            is_admin=account.is_admin,
            is_agent=account.is_agent,
        )
        self._looking = run(self._look, self._on_look, self._fail)

    def dismiss(self, target: str) -> None:
        """Tell no more of an interrupted operation: the person has seen it."""
        self._interrupted = tuple(e for e in self._interrupted if e.ceremony_id.hex() != target)
        gone = tuple(n for n in self.state.needs if n.kind is NeedKind.INTERRUPTED and n.target == target)
        self._set(needs=tuple(n for n in self.state.needs if n not in gone))

    def _look(self, progress: ReportProgress, cancel: CancelToken) -> _Look:  # noqa: ARG002 - a few short requests
        """On a worker: ask the platform and what is kept on this workstation."""
        workspace = self._workspace
        workspace.heads.look()
        organization = workspace.account.organization
        code = organization.credit_code if organization else ""
        certificates = tuple(c for c in workspace.api.certificates() if c.credit_code == code)
        situation = Situation(
            orders=workspace.api.orders(),
            certificates=certificates,
            seals=workspace.api.seals(),
            claimable=workspace.api.claimable(),
            is_enrolled=bool(code) and workspace.workstation.is_enrolled_for(code),
            interrupted=self._interrupted,
            bids=BidNotes(workspace.folder.bids).of(code, self.clock.now()) if code else (),
            waiting=workspace.records.waiting,
            is_contradicted=workspace.heads.is_contradicted,
            now=self.clock.now(),
        )
        wanted = UsageFilter(organization_id=organization.organization_id if organization else "")
        recent = workspace.api.usage_records(wanted, limit=_RECENT)
        return _Look(needs=needs(situation), recent=recent)

    def _on_look(self, look: _Look) -> None:
        self._set(phase=Phase.NORMAL, needs=look.needs, recent=look.recent, now=self.clock.now())

    def _on_heard(self, change: Changed) -> None:
        if change is not Changed.SESSION_ENDED:
            self.open()
