"""What the panel for a certificate that follows another shows, and what it checks before anything is sent.

Four ways to one more certificate: renewal (延期), change of name (变更), reissue (补办) and the claim of a granted one
(授权申领); and one to another password for the same (重置密码). The platform checks again and has the last word.
Source: manual 5, 6, 7, 9F and 11.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.operations import SealState
from desktop.portal.calls import Upload
from desktop.portal.records import Certificate, Seal
from desktop.portal.unit_records import Grant
from desktop.ui.page import PageState
from desktop.views.certificates.checks import Fault, Paper, check_name, is_id_number

MAX_PAPERS = 8
#: The name applied for is the one that the certificate has already.
SAME_NAME = "same_name"
TOO_MANY = "too_many"
_LIVING = (SealState.PENDING_REVIEW, SealState.APPROVED, SealState.CLAIMED)


class Way(StrEnum):
    """How one comes to the certificate."""

    RENEW = "renew"
    CHANGE = "change"
    REISSUE = "reissue"
    GRANT = "grant"
    RESET = "reset"


class Part(StrEnum):
    """A part of the form, by the name that the platform calls it."""

    ORGANIZATION = "organization_name"
    NAME = "name"
    ID_NUMBER = "id_number"
    PAPERS = "papers"


PARTS: dict[Way, tuple[Part, ...]] = {
    Way.RENEW: (),
    Way.CHANGE: (Part.ORGANIZATION, Part.PAPERS),
    Way.REISSUE: (Part.PAPERS,),
    Way.GRANT: (Part.NAME, Part.ID_NUMBER, Part.PAPERS),
    Way.RESET: (Part.PAPERS,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowInput:
    """The form's texts as typed."""

    organization_name: str = ""
    name: str = ""
    id_number: str = ""

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return "FollowInput()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What depends on the certificate to be followed: its living seals, and the bids that were sealed with it."""

    seals: tuple[Seal, ...] = ()
    bids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowState(PageState):
    """The application being filled in. `affected` is None while it is asked for; `affected_problem` says why not had.

    `form_number` grows whenever the form is to be filled anew from `draft`, `refused_number` with each submission that
    something is wrong with.
    """

    way: Way = Way.RENEW
    certificate: Certificate | None = None
    grant: Grant | None = None
    affected: Affected | None = None
    affected_problem: str = ""
    draft: FollowInput = FollowInput()
    form_number: int = 0
    papers: tuple[Paper, ...] = ()
    faults: tuple[tuple[Part, str], ...] = ()
    is_submitting: bool = False
    refused_number: int = 0


def affected_by(serial: str, seals: Sequence[Seal], bids: Sequence[str]) -> Affected:
    """Return what hangs on the certificate; each bid once, in the order given."""
    own = tuple(s for s in seals if s.certificate_serial == serial and s.state in _LIVING)
    return Affected(seals=own, bids=tuple(dict.fromkeys(bids)))


def tidied(typed: FollowInput) -> FollowInput:
    """Return `typed` in the form that is sent."""
    return FollowInput(
        organization_name=unicodedata.normalize("NFC", typed.organization_name).strip(),
        name=unicodedata.normalize("NFC", typed.name).strip(),
        id_number=tidy_id_number(typed.id_number),
    )


def tidy_id_number(text: str) -> str:
    """Return an ID number without blanks, in upper case."""
    return re.sub(r"\s", "", text).upper()


def id_number_fault(text: str) -> str:
    """Return what is wrong with a tidied ID number, empty when nothing is."""
    if not text:
        return Fault.MISSING
    return "" if is_id_number(text) else Fault.ID_NUMBER


def check_follow(way: Way, typed: FollowInput, papers: Sequence[Paper], present_name: str) -> dict[Part, str]:
    """Return what is wrong with a tidied form; `present_name` is the one in the certificate now."""
    found = {
        Part.ORGANIZATION: check_name(typed.organization_name),
        Part.NAME: check_name(typed.name),
        Part.ID_NUMBER: id_number_fault(typed.id_number),
        Part.PAPERS: "" if papers else Fault.MISSING,
    }
    if way is Way.CHANGE and typed.organization_name == present_name:
        found[Part.ORGANIZATION] = found[Part.ORGANIZATION] or SAME_NAME
    return {part: found[part] for part in PARTS[way] if found[part]}


def uploads_of(papers: Sequence[Paper]) -> list[Upload]:
    """Return papers as they are sent, under names that say nothing."""
    return [(f"paper-{n}.{p.extension}", p.content, p.media_type) for n, p in enumerate(papers, 1)]
