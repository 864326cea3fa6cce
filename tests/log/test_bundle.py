"""The record bundle judged offline: whole ones are valid, whatever is missing or contradicts is found (T19, T35)."""

import io
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.crypto.issuing import RevocationReason, Revoked
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.domain.operations import Verdict
from desktop.domain.tendering import OpeningState
from desktop.formats.bundle import BundleVerdict, Part, PartKind, judge_bundle, write_bundle
from desktop.formats.log import bid_leaf
from desktop.formats.trust import RevocationData
from desktop.protocol.statements import Head, read_statement
from tests.log.bending import add, places, restate, told
from tests.log.opening import DEADLINE, PACKAGES, Scene, at_us, new_key
from tests.log.world import NOW, PLATFORM, Keeper, lines_of


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(folder=tmp_path / "state")


@pytest.fixture
def scene(keeper: Keeper) -> Scene:
    return Scene(keeper=keeper)


def judge(scene: Scene, parts: list[Part], **changes: object) -> BundleVerdict:
    return judge_bundle(io.BytesIO(write_bundle(parts)), scene.keeper.basis(**changes), platform=PLATFORM)


def without(parts: list[Part], kind: PartKind) -> list[Part]:
    """Leave the first part of a kind out."""
    at = next(n for n, part in enumerate(parts) if part.kind is kind)
    return parts[:at] + parts[at + 1 :]


def put(parts: list[Part], kind: PartKind, data: bytes) -> list[Part]:
    """Put other data in the place of the first part of a kind."""
    at = next(n for n, part in enumerate(parts) if part.kind is kind)
    return [*parts[:at], Part(kind=kind, data=data), *parts[at + 1 :]]


def test_whole_record_of_an_opening_is_valid_and_says_what_it_could_not_check(scene: Scene) -> None:
    found = judge(scene, scene.parts())
    assert (found.verdict, found.reasons) == (Verdict.VALID, ())
    assert found.unchecked == (
        "record.confirmations_unsigned",
        "record.compare_pdf",
        "record.inclusion_unchecked",
        "record.heads_unchecked",
    )
    assert found.opening is not None
    assert [bid.package for bid in found.opening.bids] == list(PACKAGES)
    assert [result.state for result in found.opening.results] == [
        OpeningState.OPENED,
        OpeningState.OPENED,
        OpeningState.NOT_OPENED,
    ]


def test_record_of_two_envelopes_is_valid_although_a_second_one_stayed_sealed(keeper: Keeper) -> None:
    scene = Scene(keeper=keeper, is_double=True)
    found = judge(scene, scene.parts())
    assert (found.verdict, found.reasons) == (Verdict.VALID, ())


def test_record_of_a_failed_lot_is_valid_and_opens_nothing(keeper: Keeper) -> None:
    scene = Scene(keeper=keeper, count=2)
    assert judge(scene, scene.parts()).verdict is Verdict.VALID
    whole = Scene(keeper=keeper, count=3)
    room = next(part for part in whole.parts() if part.kind is PartKind.ROOM)
    found = judge(scene, [*scene.parts(), room])
    assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.contradiction")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (PartKind.ANNOUNCEMENT, "record.incomplete"),
        (PartKind.CLOSING, "record.incomplete"),
        (PartKind.BID, "record.bids_differ"),
        (PartKind.ROOM, "record.incomplete"),
        (PartKind.DELIVERY, "record.deliveries_differ"),
        (PartKind.DELIVERED, "record.deliveries_differ"),
        (PartKind.RESULT, "record.incomplete"),
    ],
)
def test_record_that_lacks_a_document_is_invalid(scene: Scene, kind: PartKind, code: str) -> None:
    found = judge(scene, without(scene.parts(), kind))
    assert (found.verdict, found.reasons[0].code, found.opening) == (Verdict.INVALID, code, None)


def test_record_without_a_head_says_so(scene: Scene) -> None:
    found = judge(scene, without(scene.parts(), PartKind.HEAD))
    assert found.verdict is Verdict.VALID
    assert "record.no_head" in found.unchecked


def test_t19_documents_that_contradict_one_another_are_found(scene: Scene) -> None:
    parts = scene.parts()
    results = places(parts, PartKind.RESULT)
    stranger = told(scene, scene.opened(bytes(16), "bid"))
    listed = [part for part in parts if part.kind in {PartKind.DELIVERY, PartKind.DELIVERED}]
    cases = {
        "closing of another notice": put(parts, PartKind.CLOSING, scene.closing(notice_sha256=bytes(32))),
        "another lot": put(parts, PartKind.CLOSING, scene.closing(lot="2")),
        "closed before the deadline": put(parts, PartKind.CLOSING, scene.closing(at_us=at_us(-1))),
        "room of another closing": put(parts, PartKind.CLOSING, scene.closing(at_us=at_us(9))),
        "result about 01010101 twice": add(parts, PartKind.RESULT, parts[results[0]]),
        "result about 00000000, of which": add(parts, PartKind.RESULT, stranger),
        "03030303 opened without its delivery": restate(scene, parts, scene.opened(PACKAGES[2], "bid")),
        "passed on to nothing": add(parts, PartKind.RESULT, scene.passed(PACKAGES[0], passed=True, envelope_id="bid")),
        "delivery after delivered": add(parts, PartKind.DELIVERED, *listed),
        "two lists of deliveries": add(parts, PartKind.DELIVERED, listed[-1]),
    }
    for detail, bent in cases.items():
        found = judge(scene, bent)
        assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.contradiction"), detail
        assert detail in found.reasons[0].detail


def test_bid_that_came_after_the_deadline_is_found_although_the_root_covers_it(scene: Scene) -> None:
    late = scene.leaves()
    late[0] = bid_leaf(package=PACKAGES[0], file_sha256=bytes(32), credit_code="91", at_us=DEADLINE * 1_000_000 + 1)
    closing = scene.closing(root=root_of(map(leaf_hash, late)))
    parts = put(put(scene.parts(), PartKind.CLOSING, closing), PartKind.BID, late[0])
    found = judge(scene, parts)
    assert (found.reasons[0].code, found.reasons[0].detail) == ("record.contradiction", "a bid after the deadline")


def test_t35_agencys_word_of_what_the_lot_does_not_have_is_found(scene: Scene) -> None:
    parts = scene.parts()
    closing = next(part.data for part in parts if part.kind is PartKind.CLOSING)
    room = Part(kind=PartKind.ROOM, data=scene.room(scene.window(closing, "second")))
    result = told(scene, scene.opened(PACKAGES[0], "second", price="1.00"))
    nothing = Part(kind=PartKind.DELIVERED, data=scene.keeper.state(scene.delivered("second", ())))
    cases = {
        "envelope second in bid": add(parts, PartKind.RESULT, result),
        "that nobody was to open": add(parts, PartKind.CONFIRMED, room),
        "delivered after result": add(parts, PartKind.RESULT, nothing),
        "envelope first in bid": add(parts, PartKind.RESULT, scene.passed(PACKAGES[0], passed=True)),
    }
    for detail, bent in cases.items():
        found = judge(scene, bent)
        assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.contradiction"), detail
        assert detail in found.reasons[0].detail


@pytest.mark.parametrize(
    ("package", "unit", "detail"),
    [(PACKAGES[1], 0, "two bids of one unit"), (PACKAGES[0], 1, "a bid twice")],
)
def test_t40_two_bids_of_one_unit_under_one_root_are_found(
    scene: Scene, package: bytes, unit: int, detail: str
) -> None:
    leaves, at_us = scene.leaves(), (DEADLINE - 60) * 1_000_000
    leaves[1] = bid_leaf(package=package, file_sha256=bytes(32), credit_code=f"91360000{unit:010}", at_us=at_us)
    parts = put(scene.parts(), PartKind.CLOSING, scene.closing(root=root_of(map(leaf_hash, leaves))))
    parts[places(parts, PartKind.BID)[1]] = Part(kind=PartKind.BID, data=leaves[1])
    found = judge(scene, parts)
    assert (found.reasons[0].code, found.reasons[0].detail) == ("record.contradiction", detail)


def test_t10_documents_of_another_signer_are_found(scene: Scene, tmp_path: Path) -> None:
    parts = scene.parts()
    other = Scene(keeper=Keeper(folder=tmp_path / "other"))
    foreign_room = put(parts, PartKind.ROOM, next(p.data for p in other.parts() if p.kind is PartKind.ROOM))
    assert judge(scene, foreign_room).reasons[0].code == "record.not_by_officer"
    own = scene.workstation
    scene.workstation = new_key()
    by_unknown = scene.room(scene.opened(PACKAGES[0], "bid"))
    scene.workstation = own
    bent = bytearray(by_unknown)
    bent[60] ^= 1
    assert judge(scene, put(parts, PartKind.RESULT, bytes(bent))).verdict is Verdict.INVALID
    forged = scene.announce(scene.notice(), key=new_key())
    assert judge(scene, put(parts, PartKind.ANNOUNCEMENT, forged)).reasons[0].code == "record.signature_wrong"
    strange = judge(scene, other.parts())
    assert strange.verdict is Verdict.CANNOT_TELL
    assert {reason.code for reason in strange.reasons} == {"trust.unknown_root"}


def test_t12_record_without_revocation_lists_cannot_be_told(scene: Scene) -> None:
    found = judge(scene, scene.parts(), revocation=RevocationData())
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.opening is not None


@pytest.mark.parametrize(("after_s", "verdict"), [(-30, Verdict.INVALID), (30, Verdict.VALID)])
def test_t34_announcement_counts_whose_signer_was_revoked_only_after_the_closing(
    keeper: Keeper, after_s: int, verdict: Verdict
) -> None:
    scene = Scene(keeper=keeper, count=2)
    revoked = Revoked(
        serial=int(read_certificate(scene.officer).serial, 16),
        at=NOW + timedelta(seconds=after_s),
        reason=RevocationReason.KEY_COMPROMISE,
    )
    crls = (keeper.authority.root_crl(()), keeper.authority.issuing_crl((revoked,)))
    found = judge(scene, scene.parts(), revocation=RevocationData(crls=crls))
    assert found.verdict is verdict
    assert [reason.code for reason in found.reasons] == ["record.signer_invalid"] * (verdict is Verdict.INVALID)


def test_t35_head_of_another_log_in_the_record_is_a_split_view(scene: Scene) -> None:
    data = write_bundle(scene.parts())
    kept = read_statement(scene.keeper.head(lines_of(6)[1:]), Head).payload
    found = judge_bundle(io.BytesIO(data), scene.keeper.basis(), known=[kept])
    assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.split_view")
    same = read_statement(scene.keeper.head(lines_of(5)), Head).payload
    good = judge_bundle(io.BytesIO(data), scene.keeper.basis(), known=[same])
    assert (good.verdict, "record.heads_unchecked" in good.unchecked) == (Verdict.VALID, False)


def test_t35_flipped_octets_anywhere_in_what_is_signed_are_found(scene: Scene) -> None:
    parts, draw = scene.parts(), random.Random(7)
    basis = scene.keeper.basis()
    kinds = [n for n, part in enumerate(parts) if part.kind in {PartKind.BID, PartKind.DELIVERY}]
    for _ in range(200):
        at = draw.choice(kinds)
        data = bytearray(parts[at].data)
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        bent = [*parts[:at], replace(parts[at], data=bytes(data)), *parts[at + 1 :]]
        assert judge_bundle(io.BytesIO(write_bundle(bent)), basis).verdict is Verdict.INVALID


def test_file_that_is_no_bundle_is_invalid_and_never_a_fault(scene: Scene) -> None:
    good = write_bundle(scene.parts())
    for data in (b"", b"PK\x03\x04", b"%PDF-1.7", good[:-1], good + b"\x00", b"\xa0"):
        found = judge_bundle(io.BytesIO(data), scene.keeper.basis())
        assert found.verdict is Verdict.INVALID
        assert found.reasons[0].code in {"record.unreadable", "record.incomplete"}
