"""What the pages of a bidder's tenders show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.tendering import BidState, LotState
from desktop.portal.tender_records import Lot
from desktop.services.bid_checks import FileFacts, Finding, FindingKind
from desktop.services.own_bids import SubmittedBid
from desktop.services.receipts import Judged
from desktop.services.submitting import Step
from desktop.services.tenders import KnownLot
from desktop.store.bid_drafts import BidDraft
from desktop.ui.page import PageState
from desktop.views.package.pack_state import Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsState(PageState):
    """The list of lots; `text` is what was searched for, `has_more` whether there are older ones."""

    lots: tuple[Lot, ...] = ()
    text: str = ""
    has_more: bool = False
    is_loading: bool = False


class Stage(StrEnum):
    """What is next with a bid."""

    FILL = "fill"
    PACK = "pack"
    REHEARSE = "rehearse"
    SUBMIT = "submit"
    CONTINUE = "continue"
    SUBMITTED = "submitted"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A submission under way: for `RETRYING` the numbers are tries, else octets."""

    step: Step = Step.CHECKING
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPageState(PageState):
    """One lot and the bid for it.

    `facts` by path say what the draft's files are now. `confirmed` are encryption certificates of the unit that a phone
    confirmed here, `unconfirmed` could be. `receipt` is the good one beside the draft's package. `fetched` are hashes
    (hex) of tender documents on this disk, `fetching` (done, total, name) of the one that is coming. `draft_problem`
    says why the last change could not be kept.
    """

    known: KnownLot | None = None
    draft: BidDraft = field(default_factory=BidDraft)
    facts: Mapping[str, FileFacts] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    own: tuple[Holding, ...] = ()
    is_enrolled: bool = True
    confirmed: tuple[CertificateFacts, ...] = ()
    unconfirmed: tuple[Holding, ...] = ()
    bids: tuple[SubmittedBid, ...] = ()
    bids_problem: str = ""
    receipt: Judged | None = None
    sending: Sending | None = None
    fetched: frozenset[str] = frozenset()
    fetching: tuple[int, int, str] = (0, 0, "")
    failure: str = ""
    failure_detail: str = ""
    draft_problem: str = ""

    @property
    def holding(self) -> Holding | None:
        """The certificate to sign and to open with."""
        chosen = next((each for each in self.own if each.key == self.draft.serial), None)
        return chosen or next(iter(self.own), None)

    @property
    def current_bid(self) -> SubmittedBid | None:
        """The bid that takes part as it stands."""
        return next((bid for bid in self.bids if bid.state is BidState.CURRENT), None)

    @property
    def unsealed(self) -> tuple[str, ...]:
        """Paths of the PDFs that bear no seal yet."""
        return tuple(
            file.path
            for file in self.draft.files
            if (facts := self.facts.get(file.path)) is not None and facts.is_pdf and not facts.is_signed
        )

    @property
    def is_open(self) -> bool:
        """Whether bids are still taken, as far as this workstation knows."""
        if self.known is None:
            return False
        is_past = any(each.kind is FindingKind.DEADLINE_PASSED for each in self.findings)
        return self.known.lot.state is LotState.PUBLISHED and not is_past

    @property
    def can_rehearse(self) -> bool:
        """Whether an opening can be rehearsed: only what needs the bidder's own share."""
        return self.known is not None and any(each.needs_bidder for each in self.known.notice.envelopes)

    @property
    def stage(self) -> Stage:
        """What is next."""
        is_sent = self.receipt is not None and self.draft.is_packed_as_it_is
        if not self.is_open:
            return Stage.OVER
        if is_sent and self._is_current:
            return Stage.SUBMITTED
        if self.draft.submitting:
            return Stage.CONTINUE
        if any(each.blocks for each in self.findings) or not self.own:
            return Stage.FILL
        if not self.draft.is_packed_as_it_is or is_sent:
            return Stage.PACK
        return Stage.SUBMIT if self.draft.is_rehearsed or not self.can_rehearse else Stage.REHEARSE

    @property
    def _is_current(self) -> bool:
        """Whether the platform's list, where it is known, has the package as the current one."""
        if self.receipt is None:
            return False
        ours = next((bid for bid in self.bids if bid.package == self.receipt.receipt.package_id), None)
        return ours is None or ours.state is BidState.CURRENT
