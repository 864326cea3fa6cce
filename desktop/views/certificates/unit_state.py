"""What the panel of a unit's people shows (授权管理, manual 9), and what it checks of a grant before it is sent."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.operations import GrantState, MemberRole
from desktop.portal.unit_api import GrantForm
from desktop.portal.unit_records import Grant, Member
from desktop.ui.page import PageState
from desktop.views.certificates.checks import Fault, check_name
from desktop.views.certificates.follow_state import id_number_fault, tidy_id_number

# Source: numbering plan, as in the kit's field of mobile numbers; the platform has the last word.
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
MOBILE = "platform.mobile_invalid"
_OPEN = (GrantState.INVITED, GrantState.PENDING_REVIEW, GrantState.REJECTED)


class GrantPart(StrEnum):
    """A part of the form of a grant, by the name that the platform calls it."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"


class Told(StrEnum):
    """What has just succeeded, for the short message."""

    GIVEN = "given"
    REVOKED = "revoked"
    REMOVED = "removed"
    ROLE_SET = "role_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantInput:
    """The form's contents as typed."""

    name: str = ""
    id_number: str = ""
    mobile: str = ""
    role: MemberRole = MemberRole.CERTIFICATE_USER

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return f"GrantInput(role={self.role})"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState(PageState):
    """A unit's people as its member sees them; grants are shown to admins only.

    A `problem_code` beside the normal face is shown above the lists. `form_number` grows whenever the form is to be
    emptied; `told_number` with each success.
    """

    organization: str = ""
    is_admin: bool = False
    members: tuple[Member, ...] = ()
    grants: tuple[Grant, ...] = ()
    is_adding: bool = False
    form_number: int = 0
    faults: tuple[tuple[GrantPart, str], ...] = ()
    is_busy: bool = False
    told: Told = Told.GIVEN
    told_number: int = 0

    @property
    def open_grants(self) -> tuple[Grant, ...]:
        """Grants that may still become a membership, then the rest is history."""
        return tuple(g for g in self.grants if g.state in _OPEN)

    @property
    def past_grants(self) -> tuple[Grant, ...]:
        """Grants that are over: taken up or taken back."""
        return tuple(g for g in self.grants if g.state not in _OPEN)

    def is_last_admin(self, member: Member) -> bool:
        """Tell whether the unit would be left without an admin."""
        admins = [m for m in self.members if m.role is MemberRole.CERTIFICATE_ADMIN]
        return len(admins) == 1 and member in admins


def form_of(typed: GrantInput) -> GrantForm:
    """Return `typed` in the form that is sent."""
    return GrantForm(
        name=unicodedata.normalize("NFC", typed.name).strip(),
        id_number=tidy_id_number(typed.id_number),
        mobile=re.sub(r"[\s-]", "", typed.mobile),
        role=typed.role,
    )


def check_grant(form: GrantForm) -> dict[GrantPart, str]:
    """Return what is wrong with a tidied grant; empty when it may be sent."""
    found = {
        GrantPart.NAME: check_name(form.name),
        GrantPart.ID_NUMBER: id_number_fault(form.id_number),
        GrantPart.MOBILE: mobile_fault(form.mobile),
    }
    return {part: fault for part, fault in found.items() if fault}


def mobile_fault(text: str) -> str:
    """Return what is wrong with a mobile number, empty when nothing is."""
    if not text:
        return Fault.MISSING
    return "" if _MOBILE.fullmatch(text) else MOBILE
