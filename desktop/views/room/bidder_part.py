"""A bidder's part in an opening: its bid proven to be in what was closed, its share delivered, its result compared."""

from collections.abc import Callable

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import BidState
from desktop.portal.room_records import ClosedBid, ClosingList, RoomView
from desktop.protocol.statements import BidReceipt
from desktop.services.action import Action
from desktop.services.confirming import Comparison, check_own
from desktop.services.deferred import DeferredAction
from desktop.services.delivering import DeliverAction, OwnSubmission, own_closed_bid
from desktop.services.opening import inspect_package, own_group
from desktop.services.opening_evidence import Judge
from desktop.services.own_bids import demand_closed_as_submitted, kept_receipts, list_own_bids
from desktop.services.own_package import own_package
from desktop.services.tenders import KnownLot
from desktop.services.workspace import Workspace
from desktop.store.bid_drafts import DraftStore
from desktop.views.package.pack_state import Holding


class BidderPart:
    """One unit's part in one lot; `holdings` are the person's mobile certificates of that unit."""

    def __init__(
        self, workspace: Workspace, known: KnownLot, *, credit_code: str, unit_id: str, holdings: tuple[Holding, ...]
    ) -> None:
        self._workspace, self._known, self._code, self._unit_id = workspace, known, credit_code, unit_id
        self._holdings = holdings
        self._draft = DraftStore(known.folder, credit_code).read()

    def closed_bid(self, listed: ClosingList, judge: Judge) -> ClosedBid | None:
        """Return the own bid among those that were closed, proven; None where the unit has none there.

        Raises:
            RejectedError: `opening.closing_untrusted`, or `opening.not_included`.
        """
        own = next((bid for bid in listed.bids if bid.bidder_code == self._code), None)
        if own is None:
            return None
        closing = judge.closing(listed.closing)
        return own_closed_bid(judge, closing, listed.bids, package=own.package, sha256=own.sha256)

    def demand_as_submitted(self, own: ClosedBid | None) -> None:
        """Hold what was closed of the unit against the receipts that are here.

        Raises:
            RejectedError: the bid is missing, or one that had been replaced is in its place (`opening.not_included`).
        """
        receipts = kept_receipts(self._known, credit_code=self._code)
        demand_closed_as_submitted(receipts, own, is_withdrawn=self._is_withdrawn)

    def _is_withdrawn(self, said: BidReceipt) -> bool:
        """Tell whether the platform has signed that a bid is withdrawn, perhaps at another workstation."""
        listed = list_own_bids(self._workspace, self._known, organization_id=self._unit_id, credit_code=self._code)
        return any(
            bid.package == said.package_id and bid.state is BidState.WITHDRAWN and bid.judged is not None
            for bid in listed
        )

    def deliver(self, own: ClosedBid, envelope_id: str) -> Action:
        """Make the scan that delivers the share; the package is looked for when it is prepared."""
        return DeferredAction(lambda check: self._delivery(own, envelope_id, check))

    def compare(self, view: RoomView, judge: Judge, own: ClosedBid, envelope_id: str) -> Comparison:
        """Hold what was announced of the own bid against what was packed here."""
        return check_own(self._workspace, judge, view, package=own.package, envelope_id=envelope_id).comparison

    def _delivery(self, own: ClosedBid, envelope_id: str, check: Callable[[], None]) -> DeliverAction:
        submission = OwnSubmission(
            lot_id=self._known.lot.lot_id,
            announcements=self._known.announcements,
            package=own_package(self._workspace, self._known, self._draft, own, check=check),
        )
        holding = self._opener(submission, envelope_id, check)
        return DeliverAction(
            self._workspace,
            certificate=holding.certificate,
            encryption_certificate=holding.encryption.der,
            submission=submission,
            envelope_id=envelope_id,
        )

    def _opener(self, submission: OwnSubmission, envelope_id: str, check: Callable[[], None]) -> Holding:
        """Return the certificate that the bid was sealed to; where there is but one, it is refused later if it is not.

        Raises:
            RejectedError: there is none (`package.share_not_ours`).
        """
        if len(self._holdings) == 1:
            return self._holdings[0]
        verdict = inspect_package(
            self._workspace, submission.package, report=lambda _done, _total: None, check=check
        ).package
        envelope = verdict.header.envelope(envelope_id) if verdict else None
        if verdict is not None and envelope is not None:
            for holding in self._holdings:
                try:
                    own_group(verdict, envelope, holding.encryption)
                except RejectedError:
                    continue
                return holding
        raise RejectedError("package.share_not_ours", envelope_id)
