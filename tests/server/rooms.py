"""A lot with its agency, three bidders and their opening, brought to any state; played through the platform's own API.

The agency is the unit of the furnished platform (`keys`), its workstation the one that is enrolled there. Bidders are
units whose members are signed in; what a phone would have opened is a share of random octets, sealed as it must be.
"""

import base64
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import QueuePool

from desktop.crypto.primitives import hpke_seal, sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, point_of, scalar_of, sign, spki_of
from desktop.domain.clock import ManualClock, microseconds
from desktop.domain.operations import MemberRole, OrganizationKind
from desktop.domain.tendering import MIN_BIDS, BidState, LotState, OpeningState, Party, PolicyGroup, UploadState
from desktop.protocol.notices import Announcement, Notice, NoticeEnvelope, write_announcement, write_notice
from desktop.protocol.statements import (
    BidResult,
    Closing,
    OpenedFile,
    OpeningNotice,
    Passed,
    RoomStatement,
    read_statement,
    write_room_statement,
)
from desktop.server.cases.closing import close_if_due
from desktop.server.cases.platform_time import platform_time
from desktop.server.cases.time_keys import TIME_KEY_CONTEXT
from desktop.server.context import Platform
from desktop.server.db.models import Organization
from desktop.server.db.room_models import RoomEnvelope
from desktop.server.db.tender_models import Bid, Lot, LotAnnouncement, Tender, TimeKey, Upload
from tests.server.bidders import Package
from tests.server.client import Client
from tests.server.outsiders import join, unit_of
from tests.server.phone import NAME, PLATFORM, Keys, Workstation, b64
from tests.server.tenders import LOT, TENDER, TenderStage

MINUTE = 60
WINDOW = 30
ALL_GROUPS = (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY, PolicyGroup.TIME)
MOBILE = "1370000000{}"
#: What a bid would cost, which nobody may see too early.
PRICES = ("1234567.89", "2345678.90", "3456789.01", "4567890.12")


@dataclass(frozen=True, kw_only=True)
class Bidder:
    """A unit with one member, who is signed in, and its bid."""

    client: Client
    unit: str
    package: str
    sha256: bytes
    number: int


#: What the platform cannot open, and only compares.
ROOM_WRAP = bytes(113)


@dataclass(kw_only=True)
class RoomStage:
    """Everything around one lot."""

    platform: Platform
    clock: ManualClock
    keys: Keys
    agency: Client
    agency_mobile: str
    connect: Callable[[], Client]
    envelopes: tuple[str, ...] = ("bid",)
    groups: tuple[PolicyGroup, ...] = ALL_GROUPS
    second_not_before: int = 3600
    #: Instead of the one whose keys these are.
    other_officers: tuple[bytes, ...] = ()
    lot_id: str = ""
    bidders: list[Bidder] = field(default_factory=list)
    room_key: P256PrivateKey = field(default_factory=generate_p256)
    time_key: P256PrivateKey = field(default_factory=generate_p256)
    notice: Notice = field(init=False)

    @property
    def path(self) -> str:
        return f"/api/v1/lots/{self.lot_id}"

    @property
    def state(self) -> LotState:
        with self.platform.db.read() as session:
            return LotState(session.get_one(Lot, self.lot_id).state)

    def sign_in_again(self) -> None:
        """Let everybody log in: sessions end after half a day."""
        self.agency.sign_in(self.agency_mobile)
        for bidder in self.bidders:
            bidder.client.sign_in(MOBILE.format(bidder.number))

    def see_the_time(self) -> None:
        """Let the platform act on its time, whatever for."""
        with self.platform.db.write() as session:
            platform_time(session, self.platform)

    def until_waiting(self, count: int) -> None:
        """Let real time pass until so many wait for a room."""
        for _ in range(1000):
            if len(self.platform.waiters) == count:
                return
            threading.Event().wait(0.01)
        raise AssertionError(f"{len(self.platform.waiters)} wait")

    def until_no_connection(self) -> None:
        """Let real time pass until no connection to the database is in use: who has just begun to wait still reads."""
        pool = self.platform.db.engine.pool
        assert isinstance(pool, QueuePool)
        for _ in range(1000):
            if not pool.checkedout():
                return
            threading.Event().wait(0.01)
        raise AssertionError(f"{pool.checkedout()} connections in use")

    def window_end(self, envelope: str = "bid") -> int:
        """Return when the delivery window ends, in epoch seconds."""
        with self.platform.db.read() as session:
            return session.get_one(RoomEnvelope, (self.lot_id, envelope)).until

    def put_state(self, state: LotState) -> None:
        with self.platform.db.write() as session:
            session.get_one(Lot, self.lot_id).state = state

    # -- before the room -----------------------------------------------------------------------------------------------

    def publish(self, bids: int = 3) -> None:
        """Publish a lot whose deadline is in an hour, and let bidders submit."""
        self._write_lot()
        for number in range(1, bids + 1):
            self.bidders.append(self._bidder(number))

    def adopt(self, tender: TenderStage, packages: Sequence[Package]) -> None:
        """Go on with a lot that was really published, and bids that were really submitted, one by each unit."""
        self.lot_id, self.notice = tender.lot["id"], tender.announcement().notice
        for number, (unit, package) in enumerate(zip(tender.units, packages, strict=True), start=1):
            self.bidders.append(
                Bidder(
                    client=unit.client,
                    unit=unit.unit_id,
                    package=package.package_id.hex(),
                    sha256=bytes.fromhex(package.sha256),
                    number=number,
                )
            )

    def withdraw(self, bidder: Bidder) -> None:
        """Take a bid back before the deadline."""
        with self.platform.db.write() as session:
            session.get_one(Bid, bidder.package).state = BidState.WITHDRAWN

    def close(self) -> None:
        """Let the deadline pass."""
        self.clock.advance(self.notice.deadline - self.clock.now().timestamp() + 1)
        close_if_due(self.platform, self.lot_id)

    # -- what an officer's workstation states --------------------------------------------------------------------------

    def stated(self, payload: RoomStatement, station: Workstation | None = None) -> bytes:
        station = station or self.keys.station
        assert station is not None
        assert station.enrolment is not None
        return write_room_statement(
            payload,
            sign=lambda message: sign(station.key, message),
            workstation_key=station.point,
            workstation_name=station.name,
            enrolment=station.enrolment,
        )

    def opening(self, envelope: str = "bid", **changed: Any) -> OpeningNotice:
        with self.platform.db.read() as session:
            closing = session.get_one(Lot, self.lot_id).closing
        named = read_statement(closing, Closing).document_sha256 if closing else bytes(32)
        values: dict[str, Any] = {
            "room_key": point_of(self.room_key),
            "room_wrap": ROOM_WRAP,
            "closing_sha256": named,
            "until": int(self.clock.now().timestamp()) + WINDOW * MINUTE,
            "revision": 1,
            "reason": "",
        }
        return OpeningNotice(**self._about(envelope), **{**values, **changed})

    def result(self, bidder: Bidder, envelope: str = "bid", **changed: Any) -> BidResult:
        values: dict[str, Any] = {
            "package_id": bytes.fromhex(bidder.package),
            "state": OpeningState.OPENED,
            "cause": "",
            "party": Party.NOBODY,
            "files": (OpenedFile(name="投标函.pdf", size=1000, sha256=sha256(b"file")),),
            "price": "" if envelope == "first" else PRICES[bidder.number - 1],
            "bid_bond": "",
            "duration_days": 180,
            "quality": "合格",
            "project_manager": "赵六",
            "at": int(self.clock.now().timestamp()),
        }
        return BidResult(**self._about(envelope), **{**values, **changed})

    def not_opened(self, bidder: Bidder, envelope: str = "bid", **changed: Any) -> BidResult:
        values: dict[str, Any] = {
            "state": OpeningState.NOT_OPENED,
            "cause": "tender.share_not_delivered",
            "party": Party.BIDDER,
            "files": (),
            "price": "",
            "duration_days": 0,
            "quality": "",
            "project_manager": "",
        }
        return self.result(bidder, envelope, **{**values, **changed})

    def passed(self, bidder: Bidder, *, passed: bool = True, reason: str = "") -> Passed:
        at = int(self.clock.now().timestamp())
        package = bytes.fromhex(bidder.package)
        return Passed(**self._about("first"), package_id=package, passed=passed, reason=reason, at=at)

    # -- steps, as they are asked for ----------------------------------------------------------------------------------

    def send(self, who: Client, what: str, body: Any) -> Any:
        return who.send("POST", f"{self.path}/room/{what}", json=body)

    def act(self, what: str, body: Any, who: Client | None = None) -> Any:
        answer = self.send(who or self.agency, what, body)
        assert answer.status_code == 200, f"{what}: {answer.status_code} {answer.text}"
        return answer.json()

    def view(self, who: Client | None = None) -> Any:
        return (who or self.agency).get(f"{self.path}/room")

    def open_room(self, envelope: str = "bid", **changed: Any) -> Any:
        return self.act("open", {"statement": b64(self.stated(self.opening(envelope, **changed)))})

    def sealed(self, bidder: Bidder, envelope: str = "bid") -> bytes:
        share = sha256(bidder.package.encode() + envelope.encode())
        return hpke_seal(recipient=self.room_key.public_key(), info=b"BIDSEAL1/deliver", plaintext=share)

    def delivery(self, bidder: Bidder, envelope: str = "bid") -> dict[str, str]:
        return {"package": bidder.package, "envelope": envelope, "sealed": b64(self.sealed(bidder, envelope))}

    def deliver(self, bidders: Iterable[Bidder], envelope: str = "bid") -> None:
        for bidder in bidders:
            self.act("deliver", self.delivery(bidder, envelope), bidder.client)

    def deliver_all(self, envelope: str = "bid") -> Any:
        self.deliver(self.bidders, envelope)
        return self.end_delivery(envelope)

    def end_delivery(self, envelope: str = "bid") -> Any:
        return self.act("end-delivery", {"envelope": envelope})

    def pass_window(self) -> None:
        """Let the delivery window end by the clock."""
        self.clock.advance(WINDOW * MINUTE + 1)

    def report(self, results: Iterable[BidResult]) -> Any:
        return self.act("results", {"statements": [b64(self.stated(each)) for each in results]})

    def decide(self, decisions: Iterable[Passed]) -> Any:
        return self.act("pass", {"statements": [b64(self.stated(each)) for each in decisions]})

    def announce(self, envelope: str = "bid") -> Any:
        return self.act("announce", {"envelope": envelope})

    def record(self, pdf: bytes = b"%PDF-1.7 record", bundle: bytes = b"bundle") -> Any:
        files = {"pdf": ("record.pdf", pdf), "bundle": ("record.bidrecord", bundle)}
        return self.agency.send("POST", f"{self.path}/room/record", files=files)

    def advance(self, to: LotState, envelope: str = "") -> None:
        """Publish a lot and bring it to `to`; of two envelopes to that state of `envelope`, or of the first one."""
        envelope = envelope or self.envelopes[0]
        if to in {LotState.PUBLISHED, LotState.FAILED}:
            self.publish(3 if to is LotState.PUBLISHED else MIN_BIDS - 1)
            if to is LotState.FAILED:
                self.close()
            return
        self.publish()
        self.close()
        for each in self.envelopes:
            if self._advance_envelope(to if each == envelope else None, each):
                return
        assert self.record().status_code == 200

    def finish(self) -> list[LotState]:
        """Bring a closed lot of one envelope to its end, and return the states on the way."""
        steps: dict[LotState, Callable[[], Any]] = {
            LotState.CLOSED: self.open_room,
            LotState.DELIVERING: self.deliver_all,
            LotState.DELIVERED: lambda: self.report(self.result(each) for each in self.bidders),
            LotState.OPENED: self.announce,
            LotState.ANNOUNCED: self.record,
        }
        passed = []
        while self.state in steps:
            steps[self.state]()
            passed.append(self.state)
        return passed

    def _advance_envelope(self, to: LotState | None, envelope: str) -> bool:
        """Go through one envelope; tell whether that was far enough."""
        steps: list[tuple[LotState, Callable[[], Any]]] = [
            (LotState.CLOSED, lambda: self.open_room(envelope)),
            (LotState.DELIVERING, lambda: self.deliver_all(envelope)),
            (LotState.DELIVERED, lambda: self.report(self.result(each, envelope) for each in self.bidders)),
            (LotState.OPENED, lambda: self.announce(envelope)),
        ]
        for state, step in steps:
            if state is to:
                return True
            step()
        if envelope != self.envelopes[-1]:
            self.decide(self.passed(each) for each in self.bidders)
        return to is LotState.ANNOUNCED

    # -- rows that others' work will write -----------------------------------------------------------------------------

    def _about(self, envelope: str) -> dict[str, Any]:
        of_lot = {"platform": PLATFORM, "tender": self.notice.tender, "lot": self.notice.lot}
        return {**of_lot, "envelope_id": envelope}

    def _write_lot(self) -> None:
        now = self.clock.now()
        unit = unit_of(self.agency)
        self.lot_id = self.platform.new_id()
        self.notice = self._notice(int(now.timestamp()) + 3600)
        with self.platform.db.write() as session:
            organization = session.get_one(Organization, unit)
            organization.kind = OrganizationKind.AGENCY
            me = self.agency.get("/api/v1/me")["account"]["id"]
            common = {"organization_id": unit, "created_at": now}
            tender = self.platform.new_id()
            session.add(Tender(id=tender, account_id=me, number=TENDER, name="工程", buyer="业主", **common))
            session.flush()
            session.add(
                Lot(
                    id=self.lot_id,
                    position=1,
                    tender_id=tender,
                    tender=TENDER,
                    tender_name="工程",
                    buyer="业主",
                    agency=NAME,
                    number=LOT,
                    name="一标段",
                    state=LotState.PUBLISHED,
                    revision=1,
                    deadline=self.notice.deadline,
                    envelope="",
                    **common,
                )
            )
            session.flush()
            session.add(
                LotAnnouncement(
                    lot_id=self.lot_id,
                    revision=1,
                    notice_sha256=sha256(write_notice(self.notice)).hex(),
                    announcement=self._announcement(),
                    account_id=me,
                    published_at=now,
                )
            )
            for envelope in self.notice.envelopes:
                if envelope.time_key:
                    scalar = self.platform.vault.seal(TIME_KEY_CONTEXT, scalar_of(self.time_key).reveal())
                    session.add(
                        TimeKey(
                            lot_id=self.lot_id,
                            envelope=envelope.envelope_id,
                            spki=envelope.time_key,
                            scalar=scalar,
                            created_at=now,
                        )
                    )

    def _notice(self, deadline: int) -> Notice:
        has_time = PolicyGroup.TIME in self.groups
        return Notice(
            platform=PLATFORM,
            tender=TENDER,
            tender_name="工程",
            lot=LOT,
            lot_name="一标段",
            purchaser="业主",
            agency=NAME,
            agency_code="91360100MA35T0000H",
            revision=1,
            previous=b"",
            deadline=deadline,
            window_minutes=WINDOW,
            officers=self.other_officers or (sha256(self.keys.sign_cert),),
            envelopes=tuple(
                NoticeEnvelope(
                    envelope_id=each,
                    title=each,
                    not_before=deadline + (self.second_not_before if each == "second" else 0),
                    fields=(),
                    groups=self.groups,
                    time_key=spki_of(self.time_key) if has_time else b"",
                )
                for each in self.envelopes
            ),
        )

    def _announcement(self) -> bytes:
        count = len(self.envelopes)
        return write_announcement(
            Announcement(
                notice=self.notice,
                notice_bytes=write_notice(self.notice),
                keys=tuple(spki_of(generate_p256()) for _ in range(count)),
                wraps=(b"wrap",) * count,
                signature=bytes(64),
                certificate=self.keys.sign_cert,
            )
        )

    def new_unit(self, name: str, credit_code: str) -> str:
        """Admit a unit."""
        unit = Organization(
            id=self.platform.new_id(),
            kind=OrganizationKind.BIDDER,
            name=name,
            credit_code=credit_code,
            legal_representative="李四",
            created_at=self.clock.now(),
        )
        with self.platform.db.write() as session:
            session.add(unit)
        return unit.id

    def _bidder(self, number: int) -> Bidder:
        client = self.connect()
        account = client.sign_in(MOBILE.format(number))["account"]["id"]
        unit, package = self.new_unit(f"投标单位{number}", f"91360100MA35T100{number}X"), self.platform.new_id()
        content = sha256(package.encode())
        now = self.clock.now()
        with self.platform.db.write() as session:
            common = {"lot_id": self.lot_id, "organization_id": unit, "account_id": account, "size": 1000}
            upload = Upload(
                id=self.platform.new_id(),
                sha256=content.hex(),
                state=UploadState.ACCEPTED,
                offset=1000,
                received_at_us=microseconds(now),
                created_at=now,
                **common,
            )
            session.add(upload)
            session.flush()
            session.add(
                Bid(
                    package=package,
                    upload_id=upload.id,
                    state=BidState.CURRENT,
                    number=number,
                    turn=1,
                    sha256=content.hex(),
                    bidder=f"投标单位{number}",
                    credit_code=f"91360100MA35T100{number}X",
                    at_us=microseconds(now),
                    leaf=0,
                    receipt=b"receipt",
                    token=b"",
                    **common,
                )
            )
        join(self.platform, unit, account, MemberRole.CERTIFICATE_ADMIN)
        return Bidder(client=client, unit=unit, package=package, sha256=content, number=number)


def decoded(text: str) -> bytes:
    return base64.b64decode(text)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
