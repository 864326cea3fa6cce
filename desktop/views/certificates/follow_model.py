"""The view-model of an application for a certificate that follows another, or of the claim of a granted one.

Refuses to send what its own checks find wrong, and a second time while one is on its way. Nothing typed is lost by an
error. What hangs on the old certificate is asked for first, so that nobody gives it up unwarned.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.crypto.certificates import read_certificate
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import Operation
from desktop.portal.api import UsageFilter
from desktop.portal.records import Certificate
from desktop.portal.unit_records import Grant
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.certificates.checks import Fault, Paper, read_paper
from desktop.views.certificates.follow_state import (
    MAX_PAPERS,
    TOO_MANY,
    Affected,
    FollowInput,
    FollowState,
    Part,
    Way,
    affected_by,
    check_follow,
    id_number_fault,
    tidied,
    tidy_id_number,
    uploads_of,
)

_MOST_BIDS = 200


class FollowModel(ViewModel[FollowState]):
    """Owns the application; `done` comes with its way when it has been placed."""

    done = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(FollowState(phase=Phase.NORMAL), parent)
        self._workspace = workspace
        self._looking: TaskHandle[Affected] | None = None
        self._sending: TaskHandle[None] | None = None

    # -- beginning -------------------------------------------------------------------------------------------------

    def begin(self, way: Way, certificate: Certificate) -> None:
        """Begin an application for the certificate that follows `certificate`; the same one goes on where it was."""
        state = self.state
        is_same = state.way is way and state.certificate is not None and state.certificate.serial == certificate.serial
        if not is_same:
            self._fill(FollowInput(organization_name=self._proposed_name(certificate) if way is Way.CHANGE else ""))
        self._set(way=way, certificate=certificate, grant=None, problem_code="", problem_detail="")
        if way is not Way.RESET:  # which follows nothing
            self.look()

    def begin_claim(self, grant: Grant) -> None:
        """Begin the identity check for a granted certificate; the name is known, the ID number is not."""
        is_same = self.state.grant is not None and self.state.grant.grant_id == grant.grant_id
        if not is_same:
            self._fill(FollowInput())
        self._set(way=Way.GRANT, certificate=None, grant=grant, affected=Affected(), problem_code="", problem_detail="")

    def forget(self) -> None:
        """Drop everything: another person is here."""
        for handle in (self._looking, self._sending):
            if handle is not None:
                handle.discard()
        self._state = FollowState(phase=Phase.NORMAL, form_number=self.state.form_number + 1)
        self.changed.emit()

    def look(self) -> None:
        """Ask what hangs on the certificate."""
        certificate, api = self.state.certificate, self._workspace.api
        if certificate is None:
            return
        if self._looking is not None:
            self._looking.discard()
        self._set(affected=None, affected_problem="")

        def work(progress: ReportProgress, cancel: CancelToken) -> Affected:  # noqa: ARG001 - two short requests
            wanted = UsageFilter(operation=Operation.SIGN_PACKAGE, certificate_serial=certificate.serial, result="done")
            bids = [record.subject for record in api.usage_records(wanted, limit=_MOST_BIDS)]
            return affected_by(certificate.serial, api.seals(), bids)

        self._looking = run(work, self._on_affected, self._on_no_affected, receiver=self)

    # -- filling in ------------------------------------------------------------------------------------------------

    def attach(self, paths: list[Path]) -> None:
        """Take papers from files."""
        room = MAX_PAPERS - len(self.state.papers)
        if len(paths) > room:
            self._set_fault(Part.PAPERS, TOO_MANY)
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[Paper, ...]:  # noqa: ARG001 - 5 MB each
            return tuple(read_paper(path) for path in paths)

        run(work, self._on_papers, lambda error: self._set_fault(Part.PAPERS, error.code), receiver=self)

    def detach(self, position: int) -> None:
        """Take a paper back out."""
        papers = self.state.papers
        self._set(papers=papers[:position] + papers[position + 1 :])
        self._set_fault(Part.PAPERS, "")

    def touch(self, part: Part) -> None:
        """The person is correcting a part: what was said about it no longer holds."""
        self._set_fault(part, "")

    def check_id_number(self, text: str) -> None:
        """Say at once whether an ID number can be right; an empty one is said on submission."""
        number = tidy_id_number(text)
        fault = id_number_fault(number)
        self._set_fault(Part.ID_NUMBER, "" if fault == Fault.MISSING else fault)

    # -- sending ---------------------------------------------------------------------------------------------------

    def submit(self, typed: FollowInput) -> None:
        """Check the application and place it."""
        state = self.state
        if state.is_submitting:
            return
        form = tidied(typed)
        present = read_certificate(state.certificate.sign_cert).organization if state.certificate else ""
        faults = check_follow(state.way, form, state.papers, present)
        self._set(faults=tuple(faults.items()), problem_code="", problem_detail="")
        if faults:
            self._set(refused_number=state.refused_number + 1)
            return
        self._set(is_submitting=True)

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - one request
            self._send(state, form)

        self._sending = run(work, self._on_sent, self._on_refused, receiver=self)

    def _send(self, state: FollowState, form: FollowInput) -> None:
        """On a worker."""
        api, papers = self._workspace.api, uploads_of(state.papers)
        if state.grant is not None:
            api.submit_for_grant(state.grant.grant_id, name=form.name, id_number=form.id_number, papers=papers)
            return
        if state.certificate is None:
            raise RejectedError("platform.not_found")
        serial = state.certificate.serial
        if state.way is Way.RENEW:
            api.renew(serial)
        elif state.way is Way.RESET:
            api.request_password_reset(serial, papers)
        elif state.way is Way.CHANGE:
            api.change(serial, organization_name=form.organization_name, papers=papers)
        else:
            api.reissue(serial, papers)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _on_affected(self, affected: Affected) -> None:
        self._set(affected=affected)

    def _on_no_affected(self, error: BidSealError) -> None:
        self._set(affected_problem=error.code)

    def _on_papers(self, papers: tuple[Paper, ...]) -> None:
        self._set(papers=(*self.state.papers, *papers))
        self._set_fault(Part.PAPERS, "")

    def _on_sent(self, _nothing: None) -> None:
        way = self.state.way
        self.forget()
        self.done.emit(way)
        self._workspace.bus.publish(Changed.ORDERS)

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_submitting=False)
        where = {"platform.id_number_invalid": Part.ID_NUMBER}.get(error.code)
        if error.code == "platform.bad_field" and error.detail in set(Part):
            where = Part(error.detail)
        if where is not None:
            self._set_fault(where, error.code)
        else:
            self._set(problem_code=error.code, problem_detail=error.detail)
        self._set(refused_number=self.state.refused_number + 1)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _proposed_name(self, certificate: Certificate) -> str:
        """Return the unit's name where another member has had it changed already."""
        units = self._workspace.account.memberships
        name = next((m.name for m in units if m.organization_id == certificate.organization_id), "")
        return "" if name == read_certificate(certificate.sign_cert).organization else name

    def _fill(self, draft: FollowInput) -> None:
        self._set(draft=draft, form_number=self.state.form_number + 1, papers=(), faults=(), is_submitting=False)

    def _set_fault(self, part: Part, fault: str) -> None:
        others = tuple(f for f in self.state.faults if f[0] is not part)
        self._set(faults=(*others, (part, fault)) if fault else others)
