"""The view-model of a unit's people: members, grants, the grant being filled in (授权管理, manual 9).

Offers nothing to who is no certificate admin, and refuses to take the last admin's role away; the platform refuses
both again. Source: manual 9; docs/architecture.md, roles.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.operations import MemberRole
from desktop.portal.api import PlatformApi
from desktop.portal.unit_records import Grant, Member
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.certificates.checks import Fault
from desktop.views.certificates.follow_state import id_number_fault, tidy_id_number
from desktop.views.certificates.unit_state import GrantInput, GrantPart, Told, UnitState, check_grant, form_of

_PART_OF_CODE = {
    "platform.id_number_invalid": GrantPart.ID_NUMBER,
    "platform.mobile_invalid": GrantPart.MOBILE,
}
_Lists = tuple[tuple[Member, ...], tuple[Grant, ...]]


class UnitModel(ViewModel[UnitState]):
    """Owns the people of the organization that the person acts for."""

    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(UnitState(), parent)
        self._workspace = workspace
        self._unit = ""
        self._loading: TaskHandle[_Lists] | None = None
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- lists -----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Fetch members and, as an admin, grants of the organization acted for; what is shown stays until then."""
        account, api = self._workspace.account, self._workspace.api
        organization = account.organization
        if self._loading is not None:
            self._loading.discard()
        if organization is None:
            self.forget()
            return
        unit, is_admin = organization.organization_id, account.is_admin
        if unit != self._unit:
            self.forget()
            self._unit = unit
        if self.state.phase in {Phase.PROBLEM, Phase.OFFLINE}:
            self._set(phase=Phase.LOADING, problem_code="", problem_detail="")
        self._set(organization=organization.name, is_admin=is_admin)

        def work(progress: ReportProgress, cancel: CancelToken) -> _Lists:  # noqa: ARG001 - two short requests
            return api.members(unit), api.grants(unit) if is_admin else ()

        self._loading = run(work, self._on_lists, self._on_no_lists, receiver=self)

    def forget(self) -> None:
        """Drop everything: another person or unit is here."""
        self._unit = ""
        self._state = UnitState(form_number=self.state.form_number + 1, told_number=self.state.told_number)
        self.changed.emit()

    # -- granting --------------------------------------------------------------------------------------------------

    def open_form(self) -> None:
        """Begin a grant, or go on with it."""
        if self.state.is_admin:
            self._set(is_adding=True, problem_code="", problem_detail="")

    def close_form(self) -> None:
        """Leave the form; what was typed is dropped with it, as it is personal data of somebody else."""
        self._set(is_adding=False, faults=(), form_number=self.state.form_number + 1)

    def touch(self, part: GrantPart) -> None:
        """The person is correcting a part: what was said about it no longer holds."""
        self._set_fault(part, "")

    def check_id_number(self, text: str) -> None:
        """Say at once whether an ID number can be right; an empty one is said on submission."""
        fault = id_number_fault(tidy_id_number(text))
        self._set_fault(GrantPart.ID_NUMBER, "" if fault == Fault.MISSING else fault)

    def submit(self, typed: GrantInput) -> None:
        """Check the grant and give it."""
        if self.state.is_busy or not self.state.is_admin:
            return
        form, unit = form_of(typed), self._unit
        faults = check_grant(form)
        self._set(faults=tuple(faults.items()), problem_code="", problem_detail="")
        if not faults:
            self._change(lambda api: api.give(unit, form), Told.GIVEN)

    # -- changing --------------------------------------------------------------------------------------------------

    def revoke(self, grant_id: str) -> None:
        """Take back a grant that is not a membership yet."""
        self._change(lambda api: api.revoke_grant(grant_id), Told.REVOKED)

    def remove(self, account_id: str) -> None:
        """End a membership."""
        unit = self._unit
        if not self._is_last(account_id):
            self._change(lambda api: api.remove_member(unit, account_id), Told.REMOVED)

    def set_role(self, account_id: str, role: MemberRole) -> None:
        """Make a member certificate admin or certificate user."""
        unit = self._unit
        if role is MemberRole.CERTIFICATE_ADMIN or not self._is_last(account_id):
            self._change(lambda api: api.change_role(unit, account_id, role), Told.ROLE_SET)

    def _is_last(self, account_id: str) -> bool:
        member = next((m for m in self.state.members if m.account_id == account_id), None)
        if member is None or not self.state.is_last_admin(member):
            return False
        self._set(problem_code="platform.last_admin", problem_detail="")
        return True

    def _change(self, call: Callable[[PlatformApi], object], told: Told) -> None:
        if self.state.is_busy:
            return
        self._set(is_busy=True, problem_code="", problem_detail="")
        workspace = self._workspace

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - short requests
            call(workspace.api)
            if told in {Told.REMOVED, Told.ROLE_SET}:
                # It may have been oneself.
                workspace.account.refresh()

        run(work, lambda _nothing: self._on_changed(told), self._on_refused, receiver=self)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _on_lists(self, lists: _Lists) -> None:
        members, grants = lists
        self._set(phase=Phase.NORMAL if members else Phase.EMPTY, members=members, grants=grants)

    def _on_no_lists(self, error: BidSealError) -> None:
        if self.state.members:
            self._set(problem_code=error.code, problem_detail=error.detail)
        else:
            self._fail(error)

    def _on_changed(self, told: Told) -> None:
        if told is Told.GIVEN:
            self.close_form()
        self._set(is_busy=False, told=told, told_number=self.state.told_number + 1)
        self.load()
        if told is Told.REMOVED:
            self._workspace.bus.publish(Changed.CERTIFICATES)
            self._workspace.bus.publish(Changed.SEALS)

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_busy=False)
        part = _PART_OF_CODE.get(error.code)
        if error.code == "platform.bad_field" and error.detail in set(GrantPart):
            part = GrantPart(error.detail)
        if part is not None:
            self._set_fault(part, error.code)
            return
        self._set(problem_code=error.code, problem_detail=error.detail)
        if error.code in {"platform.wrong_state", "platform.not_found", "platform.forbidden"}:
            self.load()

    def _set_fault(self, part: GrantPart, fault: str) -> None:
        others = tuple(f for f in self.state.faults if f[0] is not part)
        self._set(faults=(*others, (part, fault)) if fault else others)

    def _on_heard(self, change: Changed) -> None:
        if change is Changed.SESSION and self._unit:
            self.load()
