"""An agency and three bidders at a real platform: each with a workstation, phone and certificate; made once, copied."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.domain.clock import ManualClock
from desktop.domain.operations import Operation, OrderState, OrganizationKind
from desktop.domain.tendering import PolicyGroup, SummaryField
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.package import BidSummary, SourceFile
from desktop.phone.core import Phone, PhoneResult
from desktop.portal.tender_records import Lot
from desktop.protocol.items import Item
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import Notice, NoticeEnvelope, write_notice
from desktop.protocol.tender_items import create_opening_key_item
from desktop.services.action import Action, AskProof, Finish, Preparation, WithoutProof
from desktop.services.bidding import other_groups
from desktop.services.ceremony import CeremonyView
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.opening_room import AgentRoom
from desktop.services.packing import EnvelopeOrder, PackAction, PackOrder
from desktop.services.recipients import PinAction
from desktop.services.submitting import Control, SubmitJob, submit
from desktop.services.tenders import KnownLot, open_lot
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.testing.demo_files import Company
from desktop.testing.prepared import MORNING, Platform, open_desk, sign_in
from desktop.testing.rig import PLATFORM_ID, HeadlessScan, make_phone, order_form, scan_by_camera, scan_headless

AGENCY = Company(
    name="江西省信诚招标代理有限公司",
    credit_code="91360100MA35XB001B",
    holder="王代理",
    id_number="360102198801011233",
    mobile="13900000001",
)
BIDDERS = tuple(
    Company(
        name=f"江西省{name}建设有限公司",
        credit_code=credit_code,
        holder=f"{name}经理",
        id_number=id_number,
        mobile=f"1390000001{n}",
    )
    for n, (name, credit_code, id_number) in enumerate(
        (
            ("甲", "91360100MA35XC001J", "36010219900101123X"),
            ("乙", "91360100MA35XC002M", "360102199101011237"),
            ("丙", "91360100MA35XC003Q", "360102199201011234"),
        )
    )
)
_BEFORE = MORNING - timedelta(hours=1)


@dataclass(kw_only=True)
class Unit:
    """A unit's person at a workstation, with a phone."""

    platform: Platform
    company: Company
    folder: Path
    clock: ManualClock
    workspace: Workspace = field(init=False)
    phone: Phone = field(init=False)

    def open(self) -> None:
        """Start the workstation, as after a restart of the machine."""
        self.workspace = open_desk(self.platform, self.folder, self.clock)
        sign_in(self.workspace, self.platform, self.company.mobile)
        self.phone = make_phone(self.platform.handle, self.folder / "phone", self.clock)

    def certify(self, kind: OrganizationKind) -> None:
        """Get a certificate onto the phone, and the workstation enrolled."""
        order = self.workspace.api.place_order(order_form(self.company))
        self.platform.operator.review_order(order.order_id, approve=True, unit_kind=kind)
        approved = next(o for o in self.workspace.api.orders() if o.state is OrderState.APPROVED)
        self.done(DownloadAction(self.workspace, approved))
        self.workspace.account.refresh()
        self.done(EnrolAction(self.workspace))

    @property
    def organization_id(self) -> str:
        (membership,) = self.workspace.account.memberships
        return membership.organization_id

    @property
    def certificate(self) -> CertificateFacts:
        return read_certificate(self._own(self.phone).sign_cert)

    @property
    def encryption(self) -> bytes:
        return bytes(self._own(self.phone).enc_cert)

    def _own(self, phone: Phone) -> Any:
        own = {c.serial for c in phone.certificates()}
        return next(c for c in self.workspace.api.certificates() if c.serial in own)

    @contextmanager
    def new_computer(self) -> Iterator[None]:
        """Go on at a workstation that knows nothing yet, with the same phone; afterwards at the old one again."""
        before = self.workspace
        self.workspace = open_desk(self.platform, self.folder / "new", self.clock)
        try:
            sign_in(self.workspace, self.platform, self.company.mobile)
            self.done(EnrolAction(self.workspace))
            yield
        finally:
            self.workspace.close()
            self.workspace = before

    def scan(self, action: Action, phone: Phone | None = None) -> tuple[CeremonyView, PhoneResult]:
        return scan_headless(self.workspace, phone or self.phone, action, credit_code=self.company.credit_code)

    def done(self, action: Action, phone: Phone | None = None) -> CeremonyView:
        """Scan, and demand that it goes well."""
        view, result = self.scan(action, phone)
        assert (view.problem, view.detail, result.is_success) == ("", "", True)
        return view

    def refused(self, action: Action) -> str:
        """Return the problem of a scan that ends before a code is shown."""
        return HeadlessScan(self.workspace, action, credit_code=self.company.credit_code).end().problem

    def unplugged(self, action: Action) -> CeremonyView:
        """Scan by camera, with the network off, and demand that it goes well."""
        view, result = scan_by_camera(
            self.workspace, self.phone, action, credit_code=self.company.credit_code, offline=True
        )
        assert (view.problem, view.detail, result.is_success) == ("", "", True)
        return view

    def second_phone(self) -> tuple[Phone, CertificateFacts, bytes]:
        """Get a second certificate of the unit onto another phone, and confirm it as a recipient."""
        phone = make_phone(self.platform.handle, self.folder / "phone2", self.clock, name="备用手机")
        order = self.workspace.api.place_order(order_form(self.company))
        self.platform.operator.review_order(order.order_id, approve=True)
        approved = next(o for o in self.workspace.api.orders() if o.state is OrderState.APPROVED)
        self.done(DownloadAction(self.workspace, approved), phone)
        own = self._own(phone)
        certificate = read_certificate(own.sign_cert)
        self.done(PinAction(self.workspace, certificate=certificate, encryption_certificate=own.enc_cert), phone)
        return phone, certificate, bytes(own.enc_cert)


@dataclass
class Publishing(WithoutProof):
    """The agency's phone makes the opening keys, and the platform publishes what it signed."""

    agency: Unit
    lot: Lot
    item: Item

    def prepare(self, preparation: Preparation) -> CeremonyRequest:  # noqa: ARG002 - nothing to prepare
        certificate = self.agency.certificate
        return CeremonyRequest(
            operation=Operation.CREATE_OPENING_KEY,
            items=(self.item,),
            organization=certificate.organization,
            credit_code=certificate.credit_code,
            certificates=(certificate.serial,),
        )

    def subject(self) -> str:
        return self.lot.lot

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        self.agency.workspace.api.publish(self.lot.lot_id, verified.transcript.write())
        return Finish(outcome=Outcome.DONE)

    def close(self) -> None:
        pass


@dataclass(kw_only=True)
class Bidding:
    """One lot from its publication on."""

    platform: Platform
    clock: ManualClock
    agency: Unit
    bidders: tuple[Unit, ...]
    folder: Path
    lot_id: str = ""
    packages: dict[int, Path] = field(default_factory=dict)

    @property
    def notice(self) -> Notice:
        return self.known.notice

    @property
    def known(self) -> KnownLot:
        return open_lot(self.agency.workspace, self.lot_id)

    def publish(
        self,
        *envelopes: tuple[str, tuple[PolicyGroup, ...]],
        colleagues: tuple[tuple[CertificateFacts, bytes], ...] = (),
    ) -> None:
        """Publish a lot whose deadline is in an hour; one envelope with the default policy unless others are said.

        `colleagues` are the officers beside the agency's own, with their encryption certificates.
        """
        api = self.agency.workspace.api
        tender = api.create_tender(self.agency.organization_id, number="T-2026-1", name="某工程", purchaser="某业主")
        lot = api.create_lot(tender.tender_id, lot="S1", name="施工")
        self.lot_id = lot.lot_id
        asked = envelopes or (("bid", tuple(PolicyGroup)),)
        timed = [envelope_id for envelope_id, groups in asked if PolicyGroup.TIME in groups]
        keys = api.make_time_keys(lot.lot_id, timed) if timed else {}
        deadline = int((self.clock.now() + timedelta(hours=1)).timestamp())
        notice = Notice(
            platform=PLATFORM_ID,
            tender="T-2026-1",
            tender_name="某工程",
            lot="S1",
            lot_name="施工",
            purchaser="某业主",
            agency=self.agency.company.name,
            agency_code=self.agency.company.credit_code,
            revision=1,
            previous=b"",
            deadline=deadline,
            officers=(self.agency.certificate.sha256, *(certificate.sha256 for certificate, _ in colleagues)),
            price_limit="1001500.00",
            envelopes=tuple(
                NoticeEnvelope(
                    envelope_id=envelope_id,
                    title={"bid": "投标文件", "first": "商务技术文件", "second": "报价文件"}[envelope_id],
                    not_before=deadline,
                    fields=() if envelope_id == "first" else (SummaryField.PRICE,),
                    groups=groups,
                    time_key=keys.get(envelope_id, b""),
                )
                for envelope_id, groups in asked
            ),
        )
        members = (self.agency.encryption, *(encryption for _, encryption in colleagues))
        item = create_opening_key_item(write_notice(notice), members)
        self.agency.done(Publishing(self.agency, lot, item))

    def bid(self, number: int, *, seconds: tuple[bytes, ...] = ()) -> Path:
        """Let a bidder pack and submit."""
        path, bidder = self.pack(number, seconds=seconds), self.bidders[number]
        job = SubmitJob(
            lot_id=self.lot_id,
            organization_id=bidder.organization_id,
            credit_code=bidder.company.credit_code,
            package=path,
        )
        submit(bidder.workspace, job, Control())
        self.packages[number] = path
        return path

    def pack(self, number: int, *, seconds: tuple[bytes, ...] = ()) -> Path:
        """Let a bidder pack."""
        bidder = self.bidders[number]
        known = open_lot(bidder.workspace, self.lot_id)
        source = self.folder / f"{number}.pdf"
        source.write_bytes(b"%PDF-1.7 " + bytes([number]) * 5000)
        order = PackOrder(
            certificate=bidder.certificate,
            encryption_certificate=bidder.encryption,
            tender=known.notice.tender,
            lot=known.notice.lot,
            deadline=self.clock.now().fromtimestamp(known.notice.deadline, self.clock.now().tzinfo),
            envelopes=tuple(
                EnvelopeOrder(
                    envelope_id=each.envelope_id,
                    title=each.title,
                    files=(SourceFile(name="投标函.pdf", path=source),),
                    summary=summary(number, each),
                    not_before=each.not_before,
                    second_recipients=seconds,
                    other_groups=other_groups(known.announcement, each),
                    needs_bidder=each.needs_bidder,
                )
                for each in known.notice.envelopes
            ),
            target=self.folder / f"{number}.bid",
        )
        view = bidder.done(PackAction(bidder.workspace, order))
        return Path(view.details[0].target)

    def pass_deadline(self) -> None:
        """Let the deadline pass; whoever looks then finds the lot closed."""
        self.clock.advance(self.notice.deadline - self.clock.now().timestamp() + 1)

    def room(self) -> AgentRoom:
        """The agency's side, as after a start of its workstation."""
        room = AgentRoom(self.agency.workspace, self.lot_id, self.known.announcements)
        room.choose_place(self.folder / "开标")
        (self.folder / "开标").mkdir(exist_ok=True)
        return room


def summary(number: int, envelope: NoticeEnvelope) -> BidSummary:
    """What bidder `number` states; in the second of two envelopes and in a single one the price."""
    if SummaryField.PRICE not in envelope.fields:
        return BidSummary(quality="合格")
    return BidSummary(price=Decimal(f"{1_003_000 - 1000 * number}.00"), duration_days=100 + number)


def prepare(folder: Path) -> None:
    """Bring everybody to a certificate, in `folder`."""
    with playing(folder, ManualClock(_BEFORE), is_new=True):
        pass


@contextmanager
def playing(folder: Path, clock: ManualClock, *, is_new: bool = False) -> Iterator[Bidding]:
    """Open platform and workstations of what was prepared in `folder`."""
    platform = Platform(folder / "platform", clock)
    platform.start()
    units = [
        Unit(platform=platform, company=company, folder=folder / f"unit{n}", clock=clock)
        for n, company in enumerate((AGENCY, *BIDDERS))
    ]
    try:
        for number, unit in enumerate(units):
            unit.open()
            if is_new:
                unit.certify(OrganizationKind.BIDDER if number else OrganizationKind.AGENCY)
        documents = folder / "documents"
        documents.mkdir(exist_ok=True)
        yield Bidding(platform=platform, clock=clock, agency=units[0], bidders=tuple(units[1:]), folder=documents)
    finally:
        for unit in units:
            if hasattr(unit, "workspace"):
                unit.workspace.close()
        platform.stop()
