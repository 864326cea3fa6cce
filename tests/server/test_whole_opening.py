"""A lot from its publishing to its record with real bids: packed, uploaded, closed, delivered and opened."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.cms_share import open_share
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.primitives import hpke_open, hpke_seal, sha256
from desktop.crypto.suites import p256_of_scalar
from desktop.domain.clock import ManualClock
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import LotState, OpeningState
from desktop.formats.log import bid_leaf
from desktop.formats.package import BidPackage, GroupKind, verify_package
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.protocol.statements import Closing, OpenedFile, read_statement
from desktop.server.app import create_app
from desktop.server.cases.platform_time import platform_time
from desktop.server.context import Platform
from desktop.server.threaded import ThreadedServer
from desktop.services.opening_bids import OpenerKeys, SealedBid, open_bids
from desktop.services.opening_evidence import delivery_info
from tests.server.bidders import Package
from tests.server.conftest import Counted
from tests.server.phone import Keys, b64
from tests.server.rooms import RoomStage, decoded
from tests.server.tenders import TenderStage

BIDS = 3


@pytest.fixture
def tender(tender_stage: TenderStage) -> TenderStage:
    return tender_stage


@pytest.fixture
def submitted(tender: TenderStage) -> list[Package]:
    """A published lot, and a bid by each of three units."""
    tender.publish()
    return [tender.submit(tender.unit(number)) for number in range(1, BIDS + 1)]


@pytest.fixture
def room(stage: RoomStage, tender: TenderStage, submitted: list[Package]) -> RoomStage:
    """The room of that lot, closed."""
    stage.adopt(tender, submitted)
    stage.close()
    return stage


def read(platform: Platform, path: Path) -> BidPackage:
    crls = (platform.authority.root_crl([]), platform.authority.issuing_crl([]))
    verdict = verify_package(
        path,
        anchors=TrustAnchors(roots=(platform.authority.root,), intermediates=(platform.authority.issuing,)),
        revocation=RevocationData(crls=crls),
        now=platform.now(),
    )
    assert verdict.package is not None, verdict
    return verdict.package


def share_of(tender: TenderStage, number: int, package: BidPackage) -> bytes:
    """The share that the bidder's phone would open."""
    envelope = package.header.envelopes[0]
    group = next(group for group in envelope.groups if group.kind is GroupKind.BIDDER)
    unit = tender.unit(number)
    return open_share(
        package.shares[envelope.envelope_id, group.group_id],
        key=unit.keys.encryption,
        key_id=sha256(unit.encryption_cert),
        label=package.header.label(envelope, group),
    ).reveal()


def info_for(room: RoomStage, file_sha256: bytes) -> bytes:
    notice = room.notice
    return delivery_info(tender=notice.tender, lot=notice.lot, file_sha256=file_sha256, envelope_id="bid")


def test_bids_are_opened_with_what_the_room_hands_out_and_with_nothing_less(
    room: RoomStage, tender: TenderStage, submitted: list[Package], tmp_path: Path
) -> None:
    closing = room.agency.get(f"{room.path}/closing")
    root = root_of(
        leaf_hash(
            bid_leaf(
                package=bytes.fromhex(bid["package"]),
                file_sha256=bytes.fromhex(bid["sha256"]),
                credit_code=bid["bcode"],
                at_us=bid["at_us"],
            )
        )
        for bid in closing["bids"]
    )
    assert read_statement(decoded(closing["closing"]), Closing).payload.root == root
    room.open_room()
    packages = []
    for bidder, submission in zip(room.bidders, submitted, strict=True):
        package = read(room.platform, submission.path)
        sealed = hpke_seal(
            recipient=room.room_key.public_key(),
            info=info_for(room, bidder.sha256),
            plaintext=share_of(tender, bidder.number, package),
        )
        body = {"package": bidder.package, "envelope": "bid", "sealed": b64(sealed)}
        room.act("deliver", body, bidder.client)
        packages.append(package)
    room.end_delivery()
    shares = room.agency.get(f"{room.path}/room/deliveries/bid")
    time_key = p256_of_scalar(SecretBytes(decoded(room.act("time-key", {"envelope": "bid"})["key"])))
    sealed_bids = []
    for number, (bidder, package, share) in enumerate(zip(room.bidders, packages, shares, strict=True)):
        fetched = tmp_path / f"{number}.bid"
        fetched.write_bytes(room.agency.send("GET", f"/api/v1/bids/{bidder.package}/file").content)
        opened = hpke_open(key=room.room_key, info=info_for(room, bidder.sha256), ciphertext=decoded(share["sealed"]))
        sealed_bids.append(
            SealedBid(
                package_id=package.header.package_id,
                sha256=bidder.sha256,
                path=fetched,
                target=tmp_path / f"opened-{number}",
                package=package,
                shares={"bidder": SecretBytes(opened)},
            )
        )
    keys = {GroupKind.OPENING_KEY: tender.opening_keys["bid"], GroupKind.TIME: time_key}
    for without in (None, GroupKind.OPENING_KEY, GroupKind.TIME):
        opener = OpenerKeys(keys={kind: key for kind, key in keys.items() if kind is not without})
        fates = list(open_bids(tuple(sealed_bids), "bid", opener))
        expected = OpeningState.OPENED if without is None else OpeningState.NOT_OPENED
        assert {fate.state for fate in fates} == {expected}
        if without is None:
            results = {fate.package_id.hex(): fate.opened for fate in fates}
    told = []
    for bidder in room.bidders:
        found = results[bidder.package]
        assert found is not None
        files = tuple(OpenedFile(name=each.name, size=each.size, sha256=each.sha256) for each in found.files)
        told.append(room.result(bidder, files=files))
    assert room.report(told)["lot"]["state"] == "opened"
    room.announce()
    assert room.record().status_code == 200
    assert room.state is LotState.RECORDED


def test_lot_is_closed_by_whoever_looks_at_its_room_after_the_deadline(
    stage: RoomStage, tender: TenderStage, submitted: list[Package]
) -> None:
    stage.adopt(tender, submitted)
    assert stage.view(stage.bidders[0].client)["lot"]["state"] == "published"
    tender.pass_deadline()
    seen = stage.view(stage.bidders[0].client)
    assert (seen["lot"]["state"], seen["lot"]["bids"]) == ("closed", BIDS)
    assert seen["closing"] is not None


# -- T38: the platform's clock is set back -----------------------------------------------------------------------------


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_t38_bid_after_the_deadline_stays_late_when_the_platforms_clock_is_set_back(
    tender: TenderStage, clock: ManualClock
) -> None:
    tender.publish()
    unit, before = tender.unit(), clock.now()
    package = tender.pack(unit)
    begun = tender.begin(unit, package.data).json()
    tender.pass_deadline(120)
    tender.platform.moment()  # whoever comes; the lot itself is not looked at
    clock.set_wall(before)
    assert code_of(tender.put(unit, begun, 0, package.data)) == (409, "tender.deadline_passed")
    assert tender.bids(unit) == []


def test_t38_bid_stays_submitted_when_the_clock_is_set_back_after_the_deadline(
    tender: TenderStage, clock: ManualClock
) -> None:
    tender.publish()
    unit, before = tender.unit(), clock.now()
    package = tender.submit(unit)
    tender.pass_deadline(120)
    tender.platform.moment()
    clock.set_wall(before)
    answer = tender.send("withdraw", tender.withdrawal(unit, package), unit.client)
    assert code_of(answer)[1] == "tender.deadline_passed"
    assert [bid["state"] for bid in tender.bids(unit)] == ["current"]


def test_t38_restart_with_the_clock_set_back_brings_no_deadline_back(
    tender: TenderStage, clock: ManualClock, keys: Keys
) -> None:
    tender.publish()
    unit, before = tender.unit(), clock.now()
    package = tender.pack(unit)
    begun = tender.begin(unit, package.data).json()
    tender.pass_deadline(120)
    with tender.platform.db.write() as session:
        platform_time(session, tender.platform)
    clock.set_wall(before)
    app = create_app(tender.platform.settings, clock, Counted("restarted"))
    with ThreadedServer(app) as url:
        unit.client.base_url = url
        assert code_of(tender.put(unit, begun, 0, package.data)) == (409, "tender.deadline_passed")


def test_t38_time_server_that_moves_the_clock_a_little_keeps_nobody_out(
    tender: TenderStage, clock: ManualClock
) -> None:
    tender.publish()
    unit = tender.unit()
    package = tender.pack(unit)
    tender.pass_deadline(20)
    tender.platform.moment()
    clock.set_wall(clock.now() - timedelta(seconds=50))
    assert tender.upload(unit, package.data)["state"] == "accepted"
