"""授权管理: the unit's members and grants, for its certificate admins (manual, 9).

Hiding is courtesy: whoever is no admin is refused by the platform, and told so.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.domain.errors import BidSealError
from desktop.domain.operations import GrantState, MemberRole
from desktop.phone.core import Phone
from desktop.phone.core.account import MOBILE
from desktop.phone.core.people import ID_NUMBER_LENGTH, is_id_number, is_name, tidy_id_number, tidy_name
from desktop.phone.core.platform_views import Grant, GrantForm, Member
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.module_model import ModuleModel, ModuleState
from desktop.phone.window.states import Screen

#: A grant that can still be taken back as one.
OPEN = (GrantState.INVITED, GrantState.PENDING_REVIEW, GrantState.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the person is asked to confirm: `role` None means removal; `grant` is to be revoked."""

    member: Member | None = None
    role: MemberRole | None = None
    grant: Grant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState(ModuleState):
    """Members and open grants of the unit; the grant form is filled anew when `form_number` grows."""

    organization_name: str = ""
    members: tuple[Member, ...] = ()
    grants: tuple[Grant, ...] = ()
    has_loaded: bool = False
    asked: Asked | None = None
    role: MemberRole = MemberRole.CERTIFICATE_USER
    form_number: int = 0

    @property
    def admins(self) -> int:
        """How many certificate admins there are."""
        return sum(m.role is MemberRole.CERTIFICATE_ADMIN for m in self.members)


class UnitModel(ModuleModel[UnitState]):
    """Intents: `refresh`, `ask`, `dismiss_question`, `confirm`, `begin_grant`, `choose_role`, `grant`."""

    def __init__(self, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(UnitState(), phone, app, parent)

    def refresh(self) -> None:
        """Ask again."""
        unit, calls = self._app.state.organization, self._phone.unit
        if unit is None:
            return
        self._set(organization_name=unit.name)
        identity = unit.organization_id
        self._load(lambda: (calls.members(identity), calls.grants(identity)), self._loaded)

    # -- members ---------------------------------------------------------------------------------------------------

    def ask(self, asked: Asked) -> None:
        """Ask before it is done."""
        self._set(asked=asked, problem_code="", notice="")

    def dismiss_question(self) -> None:
        """Rather not."""
        self._set(asked=None)

    def confirm(self) -> None:
        """Do what was asked."""
        asked, unit, calls = self.state.asked, self._app.state.organization, self._phone.unit
        if asked is None or unit is None:
            return
        identity = unit.organization_id

        def work() -> str:
            if asked.grant is not None:
                calls.revoke_grant(asked.grant.grant_id)
                return "grant_revoked"
            assert asked.member is not None
            if asked.role is not None:
                calls.change_role(identity, asked.member.account_id, asked.role)
                return "role_changed"
            calls.remove_member(identity, asked.member.account_id)
            return "member_removed"

        is_self = asked.member is not None and asked.member.is_self
        self._send(work, lambda notice: self._done(notice, is_self=is_self))

    # -- grants ----------------------------------------------------------------------------------------------------

    def begin_grant(self) -> None:
        """Fill in a grant."""
        self._set(
            faults=(), role=MemberRole.CERTIFICATE_USER, form_number=self.state.form_number + 1, asked=None, notice=""
        )
        self._app.open(Screen.GRANT)

    def choose_role(self, role: str) -> None:
        """Grant as certificate user or certificate admin."""
        self._set(role=MemberRole(role))

    def type_id_number(self, text: str) -> None:
        """Say at once whether a whole ID number can be right; one that is not whole yet is not judged."""
        is_whole = len(tidy_id_number(text)) >= ID_NUMBER_LENGTH
        self.check_id_number(text if is_whole else "")

    def check_id_number(self, text: str) -> None:
        """Say whether an ID number can be right; an empty one is said on submission."""
        number = tidy_id_number(text)
        self._set_fault("id_number", "" if not number or is_id_number(number) else "platform.id_number_invalid")

    def touch(self, part: str) -> None:
        """The person is correcting a part."""
        self._set_fault(part, "")

    def grant(self, name: str, id_number: str, mobile: str) -> None:
        """Check what was typed, and grant."""
        unit = self._app.state.organization
        form = GrantForm(name=tidy_name(name), id_number=tidy_id_number(id_number), mobile=mobile, role=self.state.role)
        faults: dict[str, str] = {}
        if not is_name(form.name):
            faults["name"] = "phone.name_invalid"
        if not is_id_number(form.id_number):
            faults["id_number"] = "platform.id_number_invalid"
        if MOBILE.fullmatch(form.mobile) is None:
            faults["mobile"] = "phone.mobile_malformed"
        self._set(faults=tuple(faults.items()))
        if faults or unit is None:
            return
        self._send(lambda: self._phone.unit.give(unit.organization_id, form), self._granted)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _loaded(self, found: tuple[tuple[Member, ...], tuple[Grant, ...]]) -> None:
        members, grants = found
        self._set(
            members=members,
            grants=tuple(g for g in grants if g.state in OPEN),
            has_loaded=True,
            is_loading=False,
            problem_code="",
            problem_detail="",
        )

    def _done(self, notice: str, *, is_self: bool) -> None:
        self._set(is_busy=False, asked=None, notice=notice)
        if is_self:
            # One is no admin of this unit any more, or no member: not a page to stay on.
            self._app.open(Screen.HOME)
            return
        self.refresh()

    def _granted(self, _grant: Grant) -> None:
        # A form that is sent keeps no ID number.
        self._set(is_busy=False, form_number=self.state.form_number + 1)
        self._app.open(Screen.UNIT)
        self._set(notice="granted")

    def _failed(self, error: BidSealError) -> None:
        field = {"platform.id_number_invalid": "id_number", "platform.mobile_invalid": "mobile"}.get(error.code, "")
        if error.code == "platform.bad_field" and error.detail in {"name", "id_number", "mobile"}:
            field = error.detail
        super()._failed(error)
        if field:
            self._set(problem_code="", problem_detail="")
            self._set_fault(field, error.code)
        if error.code in {"platform.forbidden", "platform.not_found"}:
            # Somebody has changed one's role meanwhile; ask who one is.
            self._set(asked=None, members=(), grants=())
            self._app.look_after_account()
