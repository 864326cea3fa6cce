"""A lot at a real platform with three bids: an agency and three companies, each with workstation and phone.

Prepared once, until the bids are submitted and the deadline is to come; each test gets a copy. Only what the room is
about is left to the tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from desktop.crypto.certificates import read_certificate
from desktop.domain.clock import SHANGHAI, ManualClock
from desktop.domain.operations import OrganizationKind
from desktop.phone.core import Phone
from desktop.services.action import Action
from desktop.services.bidding import Openers, pack_order
from desktop.services.ceremony import CeremonyView
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.packing import PackAction
from desktop.services.publishing import PublishAction, PublishOrder
from desktop.services.submitting import Control, SubmitJob, submit
from desktop.services.tender_desk import basis_of, committee, create_lot, open_work
from desktop.services.tender_draft import TenderDraft
from desktop.services.tenders import open_lot
from desktop.services.workspace import Workspace
from desktop.store.bid_drafts import BidDraft, DraftFile, TypedSummary
from desktop.testing.demo_files import Company
from desktop.testing.prepared import Platform, open_desk, sign_in
from desktop.testing.rig import make_phone, order_form, scan_headless

#: An hour before the day of every test.
BEFORE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
_TYPED_DEADLINE = f"{DEADLINE.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
AGENCY = Company(
    name="江西省信诚工程招标代理有限公司",
    credit_code="91430000MA4L2B6X82",
    legal_representative="胡建华",
    holder="周敏",
    id_number="360102198804120021",
    mobile="13700137000",
)
BIDDERS = tuple(
    Company(name=name, credit_code=code, holder=holder, id_number=identity, mobile=mobile)
    for name, code, holder, identity, mobile in (
        ("江西赣江建设工程有限公司", "91360100MA35ABCD1R", "王建国", "360102199001010018", "13500000001"),
        ("南昌滕王建筑集团有限公司", "91360100MA35ABCD2W", "刘桂兰", "360102199001010026", "13500000002"),
        ("九江长虹路桥工程有限公司", "91360100MA35ABCD30", "陈志强", "360102199001010034", "13500000003"),
    )
)
PRICES = ("1200000.00", "1100000.50", "1300000.00")
LIMIT = "1250000.00"


@dataclass(kw_only=True)
class Actor:
    """A person of a unit at the own workstation with the own phone."""

    company: Company
    folder: Path
    workspace: Workspace
    phone: Phone

    def scan(self, action: Action) -> CeremonyView:
        view, result = scan_headless(self.workspace, self.phone, action, credit_code=self.company.credit_code)
        assert (view.problem, view.detail, result.is_success) == ("", "", True)
        return view


@dataclass(kw_only=True)
class RoomWorld:
    """Everybody around one lot."""

    platform: Platform
    clock: ManualClock
    agency: Actor
    bidders: tuple[Actor, ...]

    @property
    def lot_id(self) -> str:
        return self.agency.workspace.api.lots()[0].lot_id

    def close(self) -> None:
        """Let the deadline pass."""
        self.clock.advance((DEADLINE - self.clock.now()).total_seconds() + 1)


@contextmanager
def people(state: Path, clock: ManualClock) -> Iterator[RoomWorld]:
    """Let everybody come to the own workstation and sign in."""
    platform = Platform(state / "platform", clock)
    platform.start()
    actors = []
    try:
        for number, company in enumerate((AGENCY, *BIDDERS)):
            folder = state / f"actor{number}"
            workspace = open_desk(platform, folder, clock)
            sign_in(workspace, platform, company.mobile)
            phone = make_phone(platform.handle, folder / "phone", clock)
            actors.append(Actor(company=company, folder=folder, workspace=workspace, phone=phone))
        yield RoomWorld(platform=platform, clock=clock, agency=actors[0], bidders=tuple(actors[1:]))
    finally:
        for actor in actors:
            actor.workspace.close()
        platform.stop()


def prepare(state: Path, *, is_double: bool = False) -> None:
    """Bring the lot so far that three bids are submitted; `is_double` for 双信封."""
    clock = ManualClock(BEFORE)
    with people(state, clock) as world:
        for actor in (world.agency, *world.bidders):
            _certify(world, actor)
        lot_id = _publish(world, is_double=is_double)
        clock.advance(60)
        for actor, price in zip(world.bidders, PRICES, strict=True):
            _submit(actor, lot_id, price)
            clock.advance(60)


def _certify(world: RoomWorld, actor: Actor) -> None:
    api = actor.workspace.api
    order = api.place_order(order_form(actor.company))
    kind = OrganizationKind.AGENCY if actor is world.agency else OrganizationKind.BIDDER
    world.platform.operator.review_order(order.order_id, approve=True, unit_kind=kind)
    (approved,) = api.orders()
    actor.scan(DownloadAction(actor.workspace, approved))
    actor.workspace.account.refresh()
    actor.scan(EnrolAction(actor.workspace))


def _publish(world: RoomWorld, *, is_double: bool) -> str:
    workspace = world.agency.workspace
    unit = workspace.account.organization
    assert unit is not None
    (own,) = committee(workspace, unit.organization_id)
    lot = create_lot(
        workspace,
        number="JXJT-2026-118",
        name="赣江新区市政道路改造工程施工招标",
        purchaser="赣江新区城市建设投资有限公司",
        lot="1",
        lot_name="一标段: 道路与管网",
    )
    draft = TenderDraft(
        tender_name="赣江新区市政道路改造工程施工招标",
        lot_name="一标段: 道路与管网",
        purchaser="赣江新区城市建设投资有限公司",
        deadline=_TYPED_DEADLINE,
        price_limit=LIMIT,
        officers=(own.certificate.sha256,),
        members=(own.encryption.sha256,),
    )
    if is_double:
        draft = replace(draft, is_double=True).with_envelope("second", opening=_TYPED_DEADLINE)
    work = open_work(workspace, lot.lot_id)
    order = PublishOrder(
        lot=work.lot,
        basis=basis_of(workspace, work.lot),
        draft=draft,
        officers=work.officers,
        signer=own,
        before=work.announcement,
    )
    world.agency.scan(PublishAction(workspace, order))
    return lot.lot_id


def _submit(actor: Actor, lot_id: str, price: str) -> None:
    workspace = actor.workspace
    known = open_lot(workspace, lot_id)
    documents = actor.folder / "投标资料"
    documents.mkdir()
    letter = documents / "投标函.pdf"
    letter.write_bytes(b"%PDF-1.7 " + actor.company.credit_code.encode() * 400)
    draft = BidDraft(
        files=tuple(
            DraftFile(envelope_id=each.envelope_id, name=letter.name, path=str(letter))
            for each in known.notice.envelopes
        ),
        summary=TypedSummary(price=price, duration="180", quality="合格", manager="李四", bond="20000.00"),
    )
    certificate = next(c for c in workspace.api.certificates() if c.mine)
    openers = Openers(certificate=read_certificate(certificate.sign_cert), encryption_certificate=certificate.enc_cert)
    target = documents / "投标文件.bid"
    view = actor.scan(PackAction(workspace, pack_order(known.announcement, draft, openers, target=target)))
    package = Path(view.details[0].target)
    unit = workspace.account.organization
    assert unit is not None
    job = SubmitJob(
        lot_id=lot_id,
        organization_id=unit.organization_id,
        credit_code=actor.company.credit_code,
        package=package,
    )
    submit(workspace, job, Control())
