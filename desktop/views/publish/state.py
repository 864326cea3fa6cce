"""What the pages of an agency's tenders show."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.tendering import LotState
from desktop.portal.tender_records import DraftSaved, Lot
from desktop.protocol.notices import Announcement
from desktop.services.draft_copies import DraftCopy
from desktop.services.dry_run import DryRun
from desktop.services.tender_checks import Findings
from desktop.services.tender_desk import NEVER_SAVED, LotWork, Officer
from desktop.services.tender_draft import TenderDraft
from desktop.services.tender_notice import Change
from desktop.ui.page import PageState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLot:
    """The form of a new lot as typed."""

    number: str = ""
    name: str = ""
    purchaser: str = ""
    lot: str = ""
    lot_name: str = ""


class NewPart(StrEnum):
    """A field of the form of a new lot."""

    NUMBER = "number"
    NAME = "name"
    PURCHASER = "purchaser"
    LOT = "lot"
    LOT_NAME = "lot_name"


class NewFault(StrEnum):
    """What is wrong there."""

    MISSING = "missing"
    NOT_CLEAN = "not_clean"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsState(PageState):
    """The list. `is_adding`: the form of a new lot is open; `form_number` counts the forms that were begun.

    `more_from` is the lot after which there are more, "" for none.
    """

    lots: tuple[Lot, ...] = ()
    more_from: str = ""
    is_loading: bool = False
    is_adding: bool = False
    is_creating: bool = False
    form_number: int = 0
    faults: tuple[tuple[NewPart, NewFault], ...] = ()
    failure: str = ""
    failure_detail: str = ""


class Saving(StrEnum):
    """Whether the draft is on the platform as it stands here."""

    SAVED = "saved"
    CHANGED = "changed"
    SAVING = "saving"
    FAILED = "failed"
    #: A colleague has saved another version meanwhile: the person chooses.
    CLASH = "clash"


@dataclass(frozen=True, slots=True, kw_only=True)
class DryState:
    """The dry run: under way (`done` of `total`), ended with an outcome, or failed as a whole with `code`."""

    is_running: bool = False
    done: int = 0
    total: int = 0
    text: str = ""
    outcome: DryRun | None = None
    code: str = ""
    detail: str = ""

    @property
    def is_good(self) -> bool:
        """Whether everything was opened."""
        return self.outcome is not None and self.outcome.is_good


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorState(PageState):
    """One lot. `findings` are always up to date; what is merely missing is shown once `is_checked`.

    `announcement` is what is in force; `changes` what publishing would change. `uploading` is (done, total, name).
    `draft_number` counts the drafts that were put in from outside: then the fields are filled anew. `saved` says who
    has changed the draft on the platform last; `clash` is the colleague's version while `saving` is so; `copies` are
    versions that are kept here.
    """

    lot: Lot | None = None
    announcement: Announcement | None = None
    draft: TenderDraft = field(default_factory=TenderDraft)
    draft_number: int = 0
    officers: tuple[Officer, ...] = ()
    serial: str = ""
    is_enrolled: bool = True
    is_past: bool = False
    findings: Findings = ()
    is_checked: bool = False
    refused_number: int = 0
    changes: tuple[Change, ...] = ()
    saving: Saving = Saving.SAVED
    saved: DraftSaved = NEVER_SAVED
    clash: LotWork | None = None
    copies: tuple[DraftCopy, ...] = ()
    uploading: tuple[int, int, str] = (0, 0, "")
    upload_problem: tuple[str, str] = ("", "")
    dry: DryState = field(default_factory=DryState)
    published_number: int = 0
    failure: str = ""
    failure_detail: str = ""

    @property
    def signer(self) -> Officer | None:
        """Whose certificate publishes: one of the person's own."""
        return next((each for each in self.officers if each.is_mine and each.key == self.serial), None)

    @property
    def is_amendment(self) -> bool:
        """Whether the lot is published already."""
        return self.announcement is not None

    @property
    def is_open(self) -> bool:
        """Whether anything may still be published for the lot."""
        if self.lot is None or self.is_past:
            return False
        return self.lot.state in {LotState.DRAFT, LotState.PUBLISHED}

    @property
    def is_early_readable(self) -> bool:
        """Whether agency and platform together could read bids for it before the deadline."""
        return any("bidder" not in each.groups for each in self.draft.used)
