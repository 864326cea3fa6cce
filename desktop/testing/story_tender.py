"""The story of a tender: published with two envelopes, three bids of which each has its own fate, one opening.

The first bidder's phone is lost before the opening, and a colleague's, confirmed beforehand, opens the bid; the second
withdraws his bid and submits another, whose technical part does not pass, so that its price stays sealed; the third
has a client that cheats, and his bid cannot be opened. At the end the agency seals the opening record.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from desktop.domain.tendering import Party
from desktop.protocol.notices import FIRST_ENVELOPE, SECOND_ENVELOPE
from desktop.testing import tender_life, tendering, unit_life
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.demo_files import Company, DemoFiles, write_demo_files
from desktop.testing.driver import NotAsExpectedError
from desktop.testing.stage import Cast
from desktop.testing.tender_life import LotForm
from desktop.testing.unit_life import Colleague

AGENCY = Company(
    name="江西省赣江招标咨询有限公司",
    credit_code="91360000MA3M7H2T9F",
    legal_representative="胡建华",
    holder="徐静",
    id_number="360102198603170022",
    mobile="13700137010",
)
FIRST = Company(
    name="江西省昌北交通机电有限公司",
    credit_code="91360100MA38AB3C1D",
    legal_representative="黄国强",
    holder="刘洋",
    id_number="360103199105064535",
    mobile="13700137001",
)
SECOND = Company(
    name="湖南省湘江智能交通有限公司",
    credit_code="91430100MA4QW8RT3E",
    legal_representative="唐志明",
    holder="彭涛",
    id_number="430102198709152314",
    mobile="13700137002",
)
THIRD = Company(
    name="福建省闽西电子工程有限公司",
    credit_code="91350800MA2XYY4H5Q",
    legal_representative="林文斌",
    holder="郑凯",
    id_number="350802199203118955",
    mobile="13700137003",
)
COLLEAGUE = Colleague(name="王芳", id_number="360104199408213522", mobile="13700137004")
PRICES = {FIRST.name: "2680000.00", SECOND.name: "2590000.00", THIRD.name: "2100000.00"}
REASON = "技术方案未响应招标文件的实质性要求"
_HALF_AN_HOUR_S = 1800
#: Where the agency seals the record, a sheet that lies: mm from the upper left corner.
_SEAL_AT = (250.0, 180.0)


@dataclass(kw_only=True)
class Unit:
    """One unit with its window and its phone."""

    company: Company
    worker: OfficeWorker
    phone: PhoneHolder
    files: DemoFiles
    folder: Path = field(default_factory=Path)

    def picture(self, path: Path) -> None:
        """Save window and phone side by side."""
        self.worker.picture_with(self.phone, path)


class TenderStory:
    """The people of a tender, and its acts in their order."""

    def __init__(self, cast: Cast) -> None:
        self._cast, self._stage = cast, cast.stage
        self._lot_id = ""

    def play(self) -> Path:
        """Play it to the end and return the sealed opening record."""
        self.agency = self._admit(AGENCY, "agency", "开标室", is_agency=True)
        self.first = self._admit(FIRST, "bidder-1", "投标工位甲")
        self.second = self._admit(SECOND, "bidder-2", "投标工位乙")
        self.third = self._admit(THIRD, "bidder-3", "投标工位丙")
        self._publish()
        self._bid_with_two_phones()
        self._bid_twice()
        self._bid_dishonestly()
        self._sign_in()
        self._open_first()
        self._open_second()
        record = self._record()
        for unit in (self.agency, self.first, self.second, self.third):
            self._stage.let_go(unit.worker, unit.phone)
        return record

    # -- admission ---------------------------------------------------------------------------------------------------

    def _admit(self, company: Company, name: str, workstation: str, *, is_agency: bool = False) -> Unit:
        """Bring a unit from registration to its enrolled workstation; the agency also to its seal."""
        stage, desk = self._stage, self._cast.desk
        worker = stage.open_client(name, workstation)
        phone = stage.open_phone(f"{name}-phone", company.mobile)
        folder = stage.state / f"{name}-files"
        party = Unit(
            company=company, worker=worker, phone=phone, files=write_demo_files(folder, company), folder=folder
        )
        worker.at_consent = lambda: self._cast.narrator.moment("-手机确认", party.picture)

        def admit() -> None:
            phone.log_in(company.mobile)
            worker.register(company.mobile, phone.newest_code)
            worker.order_certificate(company, party.files)
            self._approve_order(is_agency=is_agency)
            if is_agency:  # its window is another one from the moment that it hears of it
                worker.screen.click("nav_certificates")
                worker.screen.find("nav_publish")
            unit_life.download_waiting(worker, phone)
            worker.enrol(phone)

        self._by(party, f"{company.name}入驻", admit)
        if is_agency:
            self._by(party, "招标代理申请印章", lambda: worker.apply_for_seal(party.files))
            self._cast.at_desk("审核招标代理印章", desk.approve_seal)
            self._by(party, "招标代理申领印章", lambda: worker.claim_seal(phone))
        return party

    def _approve_order(self, *, is_agency: bool) -> None:
        """Approve the order that waits; the desk says what the unit is to tenders."""
        desk = self._cast.desk
        desk.screen.click("emptyStateAction" if desk.screen.is_visible("emptyStateAction") else "reviewRefresh")
        desk.screen.click("reviewDesk_orders")
        desk.screen.click_row("orderTable", 0)
        if is_agency:
            desk.screen.click("reviewUnitKind_agency")
        desk.approve_first("orderTable")

    # -- before the deadline -----------------------------------------------------------------------------------------

    def _publish(self) -> None:
        agency, form = self.agency, LotForm()
        worker = agency.worker
        deadline = tender_life.this_afternoon(worker)
        document = agency.folder / "招标文件.pdf"
        document.write_bytes(agency.files.bid_document.read_bytes())
        self._by(agency, "新建招标项目", lambda: tender_life.new_lot(worker, form))
        self._by(agency, "编制招标公告", lambda: tender_life.fill_in_notice(worker, form, deadline, document))
        self._by(agency, "发布前演练整个开标", lambda: tender_life.rehearse_opening(worker))

        def publish() -> None:
            self._lot_id = tender_life.publish(worker, agency.phone)

        self._by(agency, "扫码发布招标", publish)

    def _bid_with_two_phones(self) -> None:
        """The first bidder has a colleague's phone confirmed, in case the own one is lost."""
        first = self.first
        worker = first.worker
        self._by(first, "授权同事", lambda: unit_life.grant(worker, COLLEAGUE))
        desk = self._stage.open_client("colleague-1", "投标工位丁")
        phone = self._stage.open_phone("colleague-1-phone", COLLEAGUE.mobile)
        self._colleague = phone

        def claim() -> None:
            phone.log_in(COLLEAGUE.mobile)
            desk.register(COLLEAGUE.mobile, phone.newest_code)
            unit_life.hand_in_identity(desk, COLLEAGUE, first.files.licence)
            unit_life.approve_identity(self._cast.desk)
            unit_life.download_waiting(desk, phone)

        self._cast.narrator.step("同事申领证书", claim, partial(desk.picture_with, phone))
        self._stage.clients.remove(desk.client)
        desk.close()
        page = tender_life.enter_lot(worker, self._lot_id)
        self._by(first, "编制投标文件", lambda: tender_life.prepare_bid(worker, page, *self._bid_of(first)))
        self._by(first, "同事的手机确认第二解密证书", lambda: tender_life.confirm_second(worker, page, phone))
        self._by(first, "加密并签名", lambda: tender_life.pack(worker, page, first.phone))
        self._by(first, "演练解密投标文件", lambda: tender_life.rehearse(worker, page, first.phone))
        self._by(first, "递交投标文件", lambda: tender_life.submit(worker, page))

    def _bid_twice(self) -> None:
        """The second bidder withdraws what he submitted and submits another bid."""
        second = self.second
        worker = second.worker
        page = tender_life.enter_lot(worker, self._lot_id)

        def bid(price: str) -> None:
            documents, _price = self._bid_of(second)
            tender_life.prepare_bid(worker, page, documents, price)
            tender_life.pack(worker, page, second.phone)
            tender_life.submit(worker, page)

        self._by(second, "乙方递交", lambda: bid("2650000.00"))
        self._by(second, "乙方撤回", lambda: tender_life.withdraw(worker, page, second.phone))
        self._by(second, "乙方重新递交", lambda: bid(PRICES[SECOND.name]))

    def _bid_dishonestly(self) -> None:
        """The third bidder's program seals its bid under another key than it says."""
        third = self.third
        worker = third.worker
        page = tender_life.enter_lot(worker, self._lot_id)

        def bid() -> None:
            tender_life.prepare_bid(worker, page, *self._bid_of(third))
            with tender_life.a_dishonest_client():
                tender_life.pack(worker, page, third.phone)
            tender_life.submit(worker, page)

        self._by(third, "丙方递交打不开的投标文件", bid)

    def _bid_of(self, party: Unit) -> tuple[dict[str, Path], str]:
        """Return the document of each envelope, and the price."""
        documents = {FIRST_ENVELOPE: party.folder / "技术标.pdf", SECOND_ENVELOPE: party.folder / "报价函.pdf"}
        for path in documents.values():
            path.write_bytes(party.files.bid_document.read_bytes())
        return documents, PRICES[party.company.name]

    # -- the opening -------------------------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        """Half an hour before the deadline everybody comes; then the deadline passes, and a phone is lost."""
        bidders = (self.first, self.second, self.third)
        self._until_deadline(before_s=_HALF_AN_HOUR_S)

        def sign_in() -> None:
            for party in bidders:
                tendering.enter_room(party.worker, self._lot_id)
                tendering.sign_in_to_opening(party.worker)

        self._by(self.first, "投标人签到", sign_in)
        self._until_deadline(before_s=-2)
        self._stage.put_away(self.first.phone)
        self.first.phone = self._colleague

        def come_back() -> None:
            worker = self.first.worker
            unit_life.log_in_anew(worker, COLLEAGUE.mobile, self._colleague)
            tendering.enter_room(worker, self._lot_id)

        self._by(self.first, "手机遗失后由同事到场", come_back)

    def _until_deadline(self, *, before_s: int) -> None:
        """Let the days pass."""
        lot = self.agency.worker.client.workspace.api.lot(self._lot_id).lot
        if lot.deadline is None:
            raise NotAsExpectedError("a published lot has a deadline")
        self._stage.put_forward((lot.deadline - self._stage.clock.now()).total_seconds() - before_s)

    def _open_first(self) -> None:
        agency = self.agency
        worker = agency.worker

        def begin() -> None:
            tendering.enter_room(worker, self._lot_id)
            tendering.open_delivery(worker)

        self._by(agency, "截止后开启解密交付", begin)
        for party in (self.first, self.second, self.third):
            self._by(party, f"{party.company.name}交付", partial(tendering.deliver_share, party.worker, party.phone))
        self._open(3, "第一信封")
        fates = self._fates()
        wanted = {
            FIRST.name: (True, Party.NOBODY),
            SECOND.name: (True, Party.NOBODY),
            THIRD.name: (False, Party.BIDDER),
        }
        if fates != wanted:
            raise NotAsExpectedError(f"the first envelopes came to {fates}")
        self._by(self.second, "投标人自动核对", lambda: tendering.await_own_confirmation(self.second.worker))
        self._by(agency, "评审通过与否", lambda: tendering.judge_first_envelopes(worker, {SECOND.name: REASON}))

    def _open_second(self) -> None:
        self._by(self.agency, "开启第二信封的交付", lambda: tendering.open_delivery(self.agency.worker))
        first = self.first
        self._by(first, "交付第二信封", lambda: tendering.deliver_share(first.worker, first.phone))
        self._open(1, "第二信封")
        opened = {name for name, (is_opened, _party) in self._fates().items() if is_opened}
        if opened != {FIRST.name}:
            raise NotAsExpectedError(f"of the second envelopes were opened {opened}")

    def _open(self, deliveries: int, what: str) -> None:
        """End the delivery, fetch what is missing, open all by one scan, announce."""
        agency = self.agency
        worker = agency.worker

        def open_all() -> None:
            tendering.await_deliveries(worker, deliveries)
            tendering.end_delivery(worker)
            tendering.fetch_bids(worker, agency.folder)
            tendering.open_all_bids(worker, agency.phone)

        self._by(agency, f"{what}一次扫码开启全部投标", open_all)
        self._by(agency, f"{what}唱标", lambda: tendering.announce(worker))

    def _fates(self) -> dict[str, tuple[bool, Party]]:
        """Return whether the present envelope of each bid was opened, and through whom not, by bidder."""
        room = tendering.room_of(self.agency.worker)
        envelope = room.envelope
        if envelope is None:
            raise NotAsExpectedError("no envelope is being opened")
        names = {bid.package: bid.name for bid in room.bids}
        return {names[package]: (result.is_opened, result.party) for package, result in envelope.results.items()}

    def _record(self) -> Path:
        """Make the opening record, seal it, hand it in, and save what the platform keeps."""
        agency = self.agency
        worker = agency.worker
        found: list[Path] = []
        self._by(agency, "生成开标记录", lambda: found.append(tendering.make_record(worker, agency.folder)))
        self._by(agency, "扫码签章开标记录", lambda: found.append(worker.seal(found[0], agency.phone, at=_SEAL_AT)))

        def file_it() -> None:
            worker.screen.click("nav_room")
            tendering.file_record(worker, found[1])

        self._by(agency, "归档开标记录", file_it)
        kept = self._stage.state / "record"
        kept.mkdir()
        self._by(agency, "保存开标记录", lambda: found.append(tendering.save_record(worker, kept)))
        return found[-1]

    def _by(self, party: Unit, what: str, act: Callable[[], None]) -> None:
        """One of the units does something; window and phone are in the picture."""
        self._cast.narrator.step(what, act, party.picture)


def play_tender(cast: Cast) -> Path:
    """Play the tender; return the sealed opening record."""
    return TenderStory(cast).play()
