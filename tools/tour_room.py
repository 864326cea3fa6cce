"""Chapters of the tour through 开标大厅, after those of `tour_tender`: from signing in to the filed record."""

from collections.abc import Callable

from desktop.testing import tendering
from desktop.testing.driver import wait_until
from desktop.testing.story_tender import REASON, SECOND
from desktop.ui.page import Phase
from desktop.views.room import RoomsPage
from desktop.views.room.state import Job
from tools.tour import Guide
from tools.tour_tender import Tender, TenderTour, agreeing, until_deadline

_OBJECTION = "我公司报价函的大写金额与唱出的金额不一致, 请代理机构核对报价函原件"
_ANSWER = "经核对, 唱出的金额与报价函原件一致"
_MORE_TIME = "一家投标人网络中断, 现场见证人在场, 予以延长"
#: Where the agency seals the record, a sheet that lies: mm from the upper left corner.
_SEAL_AT = (250.0, 180.0)
_DELIVERIES = 3


class RoomTour:
    """The chapters, which share the people of the tender."""

    def __init__(self, tender: TenderTour) -> None:
        self._before = tender
        self.chapters: tuple[Callable[[Guide], None], ...] = (
            self.signing_in,
            self.delivering,
            self.opening,
            self.judging,
            self.second_envelope,
            self.recording,
            self.failed_lot,
            self.proofs,
        )

    @property
    def _tender(self) -> Tender:
        return self._before.tender

    def signing_in(self, guide: Guide) -> None:
        """Half an hour before the deadline: the list of rooms, and everybody signs in."""
        tender = self._tender
        agent, first = tender.agency.worker, tender.first.worker
        agent.screen.click("nav_room")
        rooms = agent.screen.find("roomsPage", RoomsPage)
        wait_until(lambda: rooms.phase is Phase.NORMAL, "the rooms")
        guide.desk("room", "list", agent)
        for unit in (tender.agency, *tender.bidders):
            tendering.enter_room(unit.worker, tender.lot_id)
        guide.desk("room", "sign-in-bidder", first)
        for unit in tender.bidders:
            tendering.sign_in_to_opening(unit.worker)
        guide.desk("room", "signed-in-bidder", first)
        guide.desk("room", "before-deadline-agent", agent)

    def delivering(self, guide: Guide) -> None:
        """The deadline passes, the window opens, and the bidders deliver."""
        tender = self._tender
        agency, first = tender.agency, tender.first
        until_deadline(guide, tender, before_s=-2)
        tendering.await_job(agency.worker, Job.OPEN_WINDOW)
        guide.desk("room", "closed-agent", agency.worker)
        guide.desk("room", "closed-bidder", first.worker)
        tendering.open_delivery(agency.worker)
        tendering.await_job(first.worker, Job.DELIVER)
        guide.desk("room", "delivery-bidder", first.worker)
        guide.desk("room", "delivery-agent", agency.worker)
        guide.asked("room", "extend", agency.worker, opened_by="roomExtend", left_by="extendCancel")
        tendering.extend_delivery(agency.worker, _MORE_TIME)
        guide.desk("room", "extended-agent", agency.worker)
        agreeing(guide, first, "deliver")
        for unit in tender.bidders:
            tendering.deliver_share(unit.worker, unit.phone)
        guide.desk("room", "delivered-bidder", first.worker)
        tendering.await_deliveries(agency.worker, _DELIVERIES)
        guide.desk("room", "all-delivered-agent", agency.worker)

    def opening(self, guide: Guide) -> None:
        """Fetch, open by one scan, announce, object and answer."""
        tender = self._tender
        agency, first = tender.agency, tender.first
        agent = agency.worker
        tendering.end_delivery(agent)
        guide.desk("room", "fetch", agent)
        tendering.fetch_bids(agent, agency.folder)
        guide.desk("room", "fetched", agent)
        agreeing(guide, agency, "open")
        tendering.open_all_bids(agent, agency.phone)
        guide.desk("room", "opened", agent)
        tendering.announce(agent)
        guide.desk("room", "announced-agent", agent)
        self._large(guide, "announced-large")
        tendering.await_own_confirmation(first.worker)
        guide.desk("room", "confirmed-bidder", first.worker)
        guide.asked("room", "object", first.worker, opened_by="roomObject", left_by="textPromptCancel")
        tendering.object_to_announcement(first.worker, _OBJECTION)
        guide.desk("room", "objected-bidder", first.worker)
        tendering.answer_objection(agent, first.company.name, _ANSWER)
        guide.desk("room", "answered-agent", agent)

    def _large(self, guide: Guide, state: str) -> None:
        agent = self._tender.agency.worker
        agent.screen.click("roomLarge")
        guide.desk("room", state, agent)
        if agent.screen.is_visible("roomBoard_bids"):
            agent.screen.click("roomBoard_bids")
            guide.desk("room", f"{state}-bids", agent)
            agent.screen.click("roomBoard_announcement")
        agent.screen.click("roomLarge")

    def judging(self, guide: Guide) -> None:
        """One first envelope does not pass."""
        tender = self._tender
        agent = tender.agency.worker
        tendering.await_job(agent, Job.JUDGE)
        guide.desk("room", "judge", agent)
        tendering.judge_first_envelopes(agent, {SECOND.name: REASON})
        guide.desk("room", "judged-agent", agent)
        guide.desk("room", "judged-refused-bidder", tender.second.worker)

    def second_envelope(self, guide: Guide) -> None:
        """Open what is left; its prices are ranked."""
        tender = self._tender
        agency, first = tender.agency, tender.first
        agent = agency.worker
        tendering.open_delivery(agent)
        tendering.deliver_share(first.worker, first.phone)
        tendering.await_deliveries(agent, 1)
        guide.desk("room", "second-delivered-agent", agent)
        tendering.end_delivery(agent)
        tendering.fetch_bids(agent, agency.folder)
        tendering.open_all_bids(agent, agency.phone)
        tendering.announce(agent)
        guide.desk("room", "second-announced-agent", agent)
        self._large(guide, "second-announced-large")
        guide.desk("room", "second-announced-bidder", first.worker)

    def recording(self, guide: Guide) -> None:
        """Make, seal and file the record."""
        agency = self._tender.agency
        agent = agency.worker
        record = tendering.make_record(agent, agency.folder)
        guide.desk("room", "record", agent)
        sealed = agent.seal(record, agency.phone, at=_SEAL_AT)
        guide.desk("sealing", "record-sealed", agent)
        agent.screen.click("nav_room")
        agent.hand.hold(sealed)
        agent.screen.click("roomSealedFile")
        guide.desk("room", "record-chosen", agent)
        tendering.file_record(agent, sealed)
        guide.desk("room", "filed", agent)
        tendering.save_record(agent, agency.folder)
        guide.desk("room", "saved", agent)

    def failed_lot(self, guide: Guide) -> None:
        """A lot for which nobody has bid, for the agency and in the lists."""
        tender = self._tender
        agent = tender.agency.worker
        tendering.enter_room(agent, tender.failed_lot_id)
        guide.desk("room", "failed-lot", agent)
        agent.screen.click("roomBack")
        guide.desk("room", "list-over", agent)
        agent.screen.click("nav_publish")
        guide.desk("publish", "list-over", agent)
        bidder = tender.first.worker
        bidder.screen.click("nav_projects")
        guide.desk("tenders", "over", bidder)

    def proofs(self, guide: Guide) -> None:
        """What is recorded of it, with the proof that it stands in the log."""
        agent = self._tender.agency.worker
        agent.screen.click("nav_records")
        agent.screen.click_row("recordsTable", 0)
        agent.screen.find("recordProofWords")
        guide.desk("records", "proof", agent)
