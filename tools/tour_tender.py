"""Chapters of the tour about a tender: its publication and the bids, until the deadline has passed.

What happens in the opening room is in `tour_room`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.tendering import BidState
from desktop.protocol.notices import FIRST_ENVELOPE, SECOND_ENVELOPE
from desktop.testing import tender_life, unit_life
from desktop.testing.demo_files import Company, write_demo_files
from desktop.testing.driver import wait_until
from desktop.testing.story import OPERATOR_MOBILE
from desktop.testing.story_tender import AGENCY, FIRST, PRICES, SECOND, THIRD, Unit
from desktop.testing.tender_life import LotForm
from desktop.ui.page import Phase
from desktop.views.tenders import LotPage
from desktop.views.tenders.lots_page import LotsPage
from tools.tour import Guide

#: Nobody bids for it; its names are as long as names are.
_LONELY = LotForm(
    lot="JD-02",
    name="机电工程第二标段 (隧道通风照明、供配电与监控系统采购安装)",
)


@dataclass(kw_only=True)
class Tender:
    """Who takes part in the tender of the tour, and its lots."""

    agency: Unit
    first: Unit
    second: Unit
    third: Unit
    lot_id: str = ""
    failed_lot_id: str = ""

    @property
    def bidders(self) -> tuple[Unit, ...]:
        """All who bid."""
        return self.first, self.second, self.third


class TenderTour:
    """The chapters, which share the people."""

    tender: Tender

    def __init__(self) -> None:
        self.chapters: tuple[Callable[[Guide], None], ...] = (
            self.admission,
            self.drafting,
            self.publishing,
            self.amending,
            self.looking,
            self.bidding,
            self.replacing,
            self.deadline,
        )

    # -- the agency --------------------------------------------------------------------------------------------------

    def admission(self, guide: Guide) -> None:
        """Bring the agency and three bidders to their enrolled workstations, and the agency to its seal."""
        if not hasattr(guide, "operator"):
            guide.operator = guide.stage.open_client("operator", "审核台")
            guide.operator.register(OPERATOR_MOBILE, lambda: guide.stage.sms_code(OPERATOR_MOBILE))
        self.tender = Tender(
            agency=_admit(guide, AGENCY, "agency", is_agency=True),
            first=_admit(guide, FIRST, "bidder-1"),
            second=_admit(guide, SECOND, "bidder-2"),
            third=_admit(guide, THIRD, "bidder-3"),
        )
        agency = self.tender.agency
        agency.worker.apply_for_seal(agency.files)
        guide.operator.approve_seal()
        agency.worker.claim_seal(agency.phone)

    def drafting(self, guide: Guide) -> None:
        """Begin a lot; the faults of its form, and of a notice that is not yet written."""
        worker = self.tender.agency.worker
        screen = worker.screen
        screen.click("nav_publish")
        screen.find("emptyStateAction")
        guide.desk("publish", "empty", worker)
        screen.click("emptyStateAction")
        guide.desk("publish", "new-lot", worker)
        screen.click("newLotSubmit")
        guide.desk("publish", "new-lot-errors", worker)
        screen.click("newLotCancel")
        if screen.is_visible("confirmDialogConfirm"):
            screen.click("confirmDialogConfirm")
        tender_life.new_lot(worker, LotForm())
        guide.desk("publish", "draft", worker)
        screen.click("publishButton")
        guide.desk("publish", "draft-errors", worker)

    def publishing(self, guide: Guide) -> None:
        """Fill the notice in, rehearse the opening, publish by one scan."""
        agency = self.tender.agency
        worker = agency.worker
        document = agency.folder / "招标文件.pdf"
        document.write_bytes(agency.files.bid_document.read_bytes())
        tender_life.fill_in_notice(worker, LotForm(), tender_life.this_afternoon(worker), document)
        guide.desk("publish", "filled", worker)
        tender_life.rehearse_opening(worker)
        guide.desk("publish", "rehearsed", worker)
        agreeing(guide, agency, "publish")
        self.tender.lot_id = tender_life.publish(worker, agency.phone)
        guide.desk("publish", "published", worker)

    def amending(self, guide: Guide) -> None:
        """Change what is published, publish another lot, and look at the list."""
        agency = self.tender.agency
        worker = agency.worker
        worker.screen.type_text("draftLimit", "3200000.00")
        worker.screen.find("changesGrid")
        guide.desk("publish", "amendment", worker)
        agreeing(guide, agency, "amend")
        worker.screen.click("publishButton")
        tender_life.scan(worker, agency.phone)
        worker.screen.wait_gone("changesGrid")
        guide.desk("publish", "amended", worker)
        worker.screen.click("editorBack")
        worker.at_consent = lambda: None
        tender_life.new_lot(worker, _LONELY)
        worker.screen.type_text("draftDeadline", tender_life.this_afternoon(worker))
        guide.desk("publish", "draft-long-names", worker)
        self.tender.failed_lot_id = tender_life.publish(worker, agency.phone)
        worker.screen.click("editorBack")
        guide.desk("publish", "list", worker)

    # -- the bidders -------------------------------------------------------------------------------------------------

    def looking(self, guide: Guide) -> None:
        """The list of lots, the notice with its amendment, and a bid of which everything is missing."""
        worker = self.tender.first.worker
        screen = worker.screen
        screen.click("nav_projects")
        screen.click("packageJob_tenders")
        lots = screen.find("lotsPage", LotsPage)
        wait_until(lambda: lots.phase is Phase.NORMAL, "the lots")
        guide.desk("tenders", "list", worker)
        screen.type_text("lotsSearch", "xyz")
        lots.search.submitted.emit()
        wait_until(lambda: not lots.model.state.lots, "nothing to be found")
        guide.desk("tenders", "list-nothing-found", worker)
        screen.type_text("lotsSearch", " ")
        lots.search.submitted.emit()
        wait_until(lambda: bool(lots.model.state.lots), "the lots again")
        tender_life.enter_lot(worker, self.tender.failed_lot_id)
        guide.desk("tenders", "long-names", worker)
        tender_life.enter_lot(worker, self.tender.lot_id)
        guide.desk("tenders", "bid-missing", worker)
        screen.click("lotTab_bids")
        guide.desk("tenders", "bids-none", worker)
        screen.click("lotTab_notice")
        guide.desk("tenders", "notice", worker)
        screen.click("documentFetch")
        wait_until(screen.find("documentOpen").isEnabled, "the tender document")
        guide.desk("tenders", "notice-fetched", worker)

    def bidding(self, guide: Guide) -> None:
        """The first bidder's way: filled, packed, rehearsed, submitted, with the receipt."""
        bidder = self.tender.first
        worker, phone = bidder.worker, bidder.phone
        page = tender_life.enter_lot(worker, self.tender.lot_id)
        _prepare(bidder, page)
        guide.desk("tenders", "bid-ready", worker)
        agreeing(guide, bidder, "bid")
        tender_life.pack(worker, page, phone)
        guide.desk("tenders", "bid-packed", worker)
        agreeing(guide, bidder, "rehearse")
        tender_life.rehearse(worker, page, phone)
        guide.desk("tenders", "bid-rehearsed", worker)
        tender_life.submit(worker, page)
        guide.desk("tenders", "bid-submitted", worker)
        worker.screen.click("lotTab_bids")
        guide.desk("tenders", "receipt", worker)

    def replacing(self, guide: Guide) -> None:
        """The second bidder withdraws and submits again; the third's program cheats."""
        second, third = self.tender.second, self.tender.third
        page = tender_life.enter_lot(second.worker, self.tender.lot_id)
        _prepare(second, page)
        tender_life.pack(second.worker, page, second.phone)
        tender_life.submit(second.worker, page)
        second.worker.screen.click("lotTab_bids")
        guide.asked("tenders", "withdraw-asks", second.worker, opened_by="bidWithdraw", left_by="confirmDialogCancel")
        second.worker.screen.click("bidWithdraw")
        second.worker.screen.click("confirmDialogConfirm")
        agreeing(guide, second, "withdraw")
        tender_life.scan(second.worker, second.phone)
        second.worker.at_consent = lambda: None
        wait_until(lambda: [bid.state for bid in page.model.state.bids] == [BidState.WITHDRAWN], "the withdrawal")
        guide.desk("tenders", "withdrawn", second.worker)
        second.worker.screen.click("lotTab_bid")
        guide.desk("tenders", "bid-after-withdrawal", second.worker)
        _prepare(second, page)
        tender_life.pack(second.worker, page, second.phone)
        tender_life.submit(second.worker, page)
        second.worker.screen.click("lotTab_bids")
        guide.desk("tenders", "bids-two", second.worker)
        page = tender_life.enter_lot(third.worker, self.tender.lot_id)
        _prepare(third, page)
        with tender_life.a_dishonest_client():
            tender_life.pack(third.worker, page, third.phone)
        tender_life.submit(third.worker, page)

    def deadline(self, guide: Guide) -> None:
        """Half an hour before the deadline the room is there; pictures of it are taken by `tour_room`."""
        until_deadline(guide, self.tender, before_s=1500)
        lots = self.tender.third.worker
        lots.screen.click("lotBack")
        page = lots.screen.find("lotsPage", LotsPage)
        wait_until(lambda: page.phase is Phase.NORMAL, "the lots")
        guide.desk("tenders", "list-last-half-hour", lots)


# -- small parts -------------------------------------------------------------------------------------------------------


def agreeing(guide: Guide, unit: Unit, what: str) -> None:
    """Take the unit's phone, and the dialog at the desktop, when the phone asks the next time."""

    def take() -> None:
        guide.hand(f"consent-{what}", unit.phone)
        guide.desk("scan", f"{what}-claimed", unit.worker)
        unit.worker.at_consent = lambda: None

    unit.worker.at_consent = take


def until_deadline(guide: Guide, tender: Tender, *, before_s: int) -> None:
    """Let the time pass until `before_s` before the deadline."""
    lot = tender.agency.worker.client.workspace.api.lot(tender.lot_id).lot
    assert lot.deadline is not None
    guide.stage.put_forward((lot.deadline - guide.stage.clock.now()).total_seconds() - before_s)


def _admit(guide: Guide, company: Company, name: str, *, is_agency: bool = False) -> Unit:
    """Bring a unit from registration to its enrolled workstation."""
    stage, operator = guide.stage, guide.operator
    worker, phone = stage.open_client(name, "开标室"), stage.open_phone(f"{name}-phone", company.mobile)
    folder = stage.state / f"{name}-files"
    files = write_demo_files(folder, company)
    phone.log_in(company.mobile)
    worker.register(company.mobile, phone.newest_code)
    worker.order_certificate(company, files)
    operator.screen.click("emptyStateAction" if operator.screen.is_visible("emptyStateAction") else "reviewRefresh")
    operator.screen.click("reviewDesk_orders")
    operator.screen.click_row("orderTable", 0)
    if is_agency:
        operator.screen.click("reviewUnitKind_agency")
    operator.approve_first("orderTable")
    if is_agency:  # its window is another one from the moment that it hears of it
        worker.screen.click("nav_certificates")
        worker.screen.find("nav_publish")
    unit_life.download_waiting(worker, phone)
    worker.enrol(phone)
    return Unit(company=company, worker=worker, phone=phone, files=files, folder=folder)


def _prepare(bidder: Unit, page: LotPage) -> None:
    documents = {FIRST_ENVELOPE: bidder.folder / "技术标.pdf", SECOND_ENVELOPE: bidder.folder / "报价函.pdf"}
    for path in documents.values():
        path.write_bytes(bidder.files.bid_document.read_bytes())
    tender_life.prepare_bid(bidder.worker, page, documents, PRICES[bidder.company.name])
