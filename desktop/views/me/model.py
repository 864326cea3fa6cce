"""The view-model of my page: who I am, for which organizations, on which workstation.

Always its normal face: who cannot be told where this workstation's key is must still be able to sign out.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

import desktop
from desktop.domain.errors import BidSealError
from desktop.portal.records import Account, Membership
from desktop.services.enrol import EnrolAction
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.store.workstation import StoredEnrolment
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkstationFacts:
    """This workstation, and which units' members vouch for it."""

    name: str
    workstation_id: str
    fingerprint: str
    enrolments: tuple[StoredEnrolment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeState(PageState):
    """What my page shows; `workstation_problem` says why the workstation's facts are not there."""

    phase: Phase = Phase.NORMAL
    account: Account | None = None
    memberships: tuple[Membership, ...] = ()
    organization: Membership | None = None
    workstation: WorkstationFacts | None = None
    workstation_problem: str = ""
    platform_name: str = ""
    folder: str = ""
    version: str = desktop.__version__
    is_signing_out: bool = False

    @property
    def is_enrolled(self) -> bool:
        """Whether the workstation is enrolled for the organization acted for."""
        if self.workstation is None or self.organization is None:
            return False
        return any(e.credit_code == self.organization.credit_code for e in self.workstation.enrolments)


class MeModel(ViewModel[MeState]):
    """Owns my page."""

    signed_out = Signal()
    _heard = Signal(object)

    def __init__(self, workspace: Workspace, *, parent: QObject | None = None) -> None:
        super().__init__(MeState(platform_name=workspace.profile.name, folder=str(workspace.folder.base)), parent)
        self.workspace = workspace
        self._looking: TaskHandle[WorkstationFacts] | None = None
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- intents ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Look at account and workstation anew."""
        account = self.workspace.account
        self._set(account=account.account, memberships=account.memberships, organization=account.organization)
        if self._looking is not None:
            self._looking.discard()
        service = self.workspace.workstation

        def work(progress: ReportProgress, cancel: CancelToken) -> WorkstationFacts:  # noqa: ARG001 - the keyring may ask
            return WorkstationFacts(
                name=service.name,
                workstation_id=service.workstation_id,
                fingerprint=service.fingerprint,
                enrolments=service.enrolments(),
            )

        self._looking = run(work, self._on_workstation, self._on_no_workstation)

    def act_for(self, organization_id: str) -> None:
        """Act for another of my organizations."""
        self.workspace.account.switch_organization(organization_id)

    def enrol_action(self) -> EnrolAction:
        """Return a fresh use case for enrolling this workstation."""
        return EnrolAction(self.workspace)

    def sign_out(self) -> None:
        """End the session."""
        if self.state.is_signing_out:
            return
        self._set(is_signing_out=True)
        account = self.workspace.account

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - one short request
            account.sign_out()

        run(work, self._on_signed_out, self._on_not_signed_out)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _on_workstation(self, facts: WorkstationFacts) -> None:
        self._set(workstation=facts, workstation_problem="")

    def _on_no_workstation(self, error: BidSealError) -> None:
        self._set(workstation_problem=error.code)

    def _on_signed_out(self, _nothing: None) -> None:
        self._set(is_signing_out=False)
        self.signed_out.emit()

    def _on_not_signed_out(self, error: BidSealError) -> None:
        self._set(is_signing_out=False, problem_code=error.code, problem_detail=error.detail)

    def _on_heard(self, change: Changed) -> None:
        if change in {Changed.SESSION, Changed.WORKSTATION}:
            self.open()
