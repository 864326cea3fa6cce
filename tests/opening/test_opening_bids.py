"""Many bids, one release: each opens or fails by itself, with a cause and a party."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from desktop.crypto.suites import generate_p256
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import OpeningState, Party
from desktop.formats.package import GroupKind
from desktop.services.opening_bids import BidFate, OpenerKeys, SealedBid, open_bids
from tests.opening.world import Lot, price_of
from tests.package.world import files_in

OPENED, NOT_OPENED = OpeningState.OPENED, OpeningState.NOT_OPENED


def fates(lot: Lot, *bids: SealedBid, keys: OpenerKeys | None = None) -> dict[bytes, BidFate]:
    return {fate.package_id: fate for fate in open_bids(bids, "bid", keys or lot.keys)}


def hidden(lot: Lot) -> list[str]:
    return [path.name for path in (lot.folder / "opened").iterdir() if path.name.startswith(".")]


def test_all_bids_are_opened_to_what_was_packed(lot: Lot) -> None:
    bids = [lot.sealed(index) for index in range(4)]
    found = fates(lot, *bids)
    for index, bid in enumerate(bids):
        fate = found[bid.package_id]
        assert (fate.state, fate.cause, fate.party, fate.target) == (OPENED, "", Party.NOBODY, bid.target)
        assert fate.opened is not None
        assert fate.opened.summary.price == price_of(index)
        assert files_in(bid.target)["投标函.pdf"] == (lot.folder / f"source-{index}" / "0").read_bytes()
    assert hidden(lot) == []


WRONG = SecretBytes(bytes(32))
HOSTILE: dict[str, tuple[Callable[[SealedBid], SealedBid], str]] = {
    "a share that is not the one committed to": (
        lambda bid: replace(bid, shares={"bidder": WRONG}),
        "package.share_mismatch",
    ),
    "a share of a wrong length": (
        lambda bid: replace(bid, shares={"bidder": SecretBytes(b"x")}),
        "package.share_mismatch",
    ),
    "a share for a group that is not there": (
        lambda bid: replace(bid, shares={**bid.shares, "other": WRONG}),
        "package.share_mismatch",
    ),
    "not a package at all": (
        lambda bid: replace(bid, package=None, refused="package.not_a_package", party=Party.BIDDER),
        "package.not_a_package",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_t41_a_hostile_bid_is_named_with_its_party_and_the_others_open(lot: Lot, what: str) -> None:
    harm, cause = HOSTILE[what]
    good, bad, other = lot.sealed(0), harm(lot.sealed(1)), lot.sealed(2)
    found = fates(lot, good, bad, other)
    fate = found[bad.package_id]
    assert (fate.state, fate.cause, fate.party) == (NOT_OPENED, cause, Party.BIDDER)
    assert [found[bid.package_id].state for bid in (good, other)] == [OPENED, OPENED]
    assert not bad.target.exists()
    assert hidden(lot) == []


def test_t42_a_share_that_was_not_delivered_is_a_cause_of_its_own_and_the_others_open(lot: Lot) -> None:
    silent = replace(lot.sealed(0), shares={}, refused="tender.share_not_delivered", party=Party.BIDDER)
    found = fates(lot, silent, lot.sealed(1))
    fate = found.pop(silent.package_id)
    assert (fate.state, fate.cause, fate.party) == (NOT_OPENED, "tender.share_not_delivered", Party.BIDDER)
    assert [each.state for each in found.values()] == [OPENED]


def test_a_bid_that_could_not_be_fetched_is_not_the_bidders_fault(lot: Lot) -> None:
    bid = SealedBid(
        package_id=bytes(16),
        sha256=bytes(32),
        path=lot.folder / "x",
        target=lot.folder / "y",
        refused="opening.package_lost",
        party=Party.OTHER,
    )
    fate = fates(lot, bid)[bytes(16)]
    assert (fate.state, fate.party) == (NOT_OPENED, Party.OTHER)


def test_without_the_opening_key_or_with_another_one_nothing_opens(lot: Lot) -> None:
    bids = [lot.sealed(index) for index in range(3)]
    time_only = OpenerKeys(keys={GroupKind.TIME: lot.time})
    wrong = OpenerKeys(keys={GroupKind.TIME: lot.time, GroupKind.OPENING_KEY: generate_p256()})
    assert {fate.cause for fate in fates(lot, *bids, keys=time_only).values()} == {"package.share_missing"}
    assert {fate.cause for fate in fates(lot, *bids, keys=wrong).values()} == {"package.share_not_ours"}
    assert not any(bid.target.exists() for bid in bids)


@pytest.mark.parametrize("harm", [lambda data: data[: len(data) // 2], lambda data: data[:2000] + b"\0" + data[2001:]])
def test_a_package_that_changed_on_our_disk_is_not_the_bidders_fault(lot: Lot, harm: Callable[[bytes], bytes]) -> None:
    bid, other = lot.sealed(0, lot.plan(0, {"a.bin": bytes(range(256)) * 20})), lot.sealed(1)
    honest = bid.path.read_bytes()
    payload = bid.package.payloads["bid"]
    bid.path.write_bytes(honest[: payload.offset] + harm(honest[payload.offset :]))
    found = fates(lot, bid, other)
    fate = found[bid.package_id]
    assert (fate.state, fate.cause, fate.party) == (None, "opening.package_differs", Party.NOBODY)
    assert found[other.package_id].state is OPENED
    assert not bid.target.exists()
    bid.path.write_bytes(honest)
    assert fates(lot, bid)[bid.package_id].state is OPENED


def test_a_full_disk_decides_nothing_and_the_same_bid_opens_later(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = lot.sealed(0)
    with monkeypatch.context() as broken:
        broken.setattr("desktop.formats.package.opening.write_piece", _full)
        fate = fates(lot, bid)[bid.package_id]
    assert (fate.state, fate.cause, fate.party) == (None, "general.disk_full", Party.NOBODY)
    assert not bid.target.exists()
    assert hidden(lot) == []
    assert fates(lot, bid)[bid.package_id].state is OPENED


def _full(*_: object) -> None:
    raise OSError(28, "no space left")


def test_what_an_interrupted_run_has_opened_is_proven_again_and_kept(lot: Lot) -> None:
    bid = lot.sealed(0)
    before = fates(lot, bid)[bid.package_id]
    stands = {path: path.stat().st_mtime_ns for path in bid.target.iterdir()}
    again = fates(lot, bid)[bid.package_id]
    assert again == before
    assert {path: path.stat().st_mtime_ns for path in bid.target.iterdir()} == stands
    assert hidden(lot) == []


def test_a_folder_of_somebody_else_is_left_alone_and_the_bid_opens_beside_it(lot: Lot) -> None:
    bid = lot.sealed(0)
    fates(lot, bid)
    (bid.target / "投标函.pdf").write_bytes(b"changed after the opening")
    fate = fates(lot, bid)[bid.package_id]
    assert fate.state is OPENED
    assert fate.target == bid.target.with_name(f"{bid.target.name}(2)")
    assert files_in(bid.target)["投标函.pdf"] == b"changed after the opening"
    assert files_in(fate.target)["投标函.pdf"] == (lot.folder / "source-0" / "0").read_bytes()


def test_cancelling_leaves_no_plaintext_half_written_and_the_rest_opens_later(lot: Lot) -> None:
    bids = tuple(lot.sealed(index) for index in range(3))
    calls = count()

    def check() -> None:
        if next(calls) == 2:
            raise RejectedError("ceremony.cancelled")

    with pytest.raises(RejectedError, match=r"ceremony\.cancelled"):
        list(open_bids(bids, "bid", lot.keys, check=check, workers=1))
    assert hidden(lot) == []
    assert {fate.state for fate in fates(lot, *bids).values()} == {OPENED}


@pytest.mark.usefixtures("expected_warnings")
def test_an_error_of_ours_in_one_bid_stops_no_other(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.services import opening_bids

    real = opening_bids.open_bid

    def fragile(bid: SealedBid, *args: object, **named: object) -> object:
        if bid.target.name.startswith("001"):
            raise ZeroDivisionError
        return real(bid, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(opening_bids, "open_bid", fragile)
    bids = [lot.sealed(index) for index in range(3)]
    by_package = fates(lot, *bids)
    found = [by_package[bid.package_id] for bid in bids]
    assert [fate.state for fate in found] == [OPENED, None, OPENED]
    assert found[1].cause == "general.unexpected"


def test_progress_counts_every_byte_once(lot: Lot) -> None:
    bids = tuple(lot.sealed(index) for index in range(3))
    said: list[tuple[int, int]] = []
    list(open_bids(bids, "bid", lot.keys, report=lambda done, total: said.append((done, total))))
    total = sum(bid.package.payloads["bid"].size for bid in bids if bid.package)
    assert said[-1] == (total, total)
    assert said == sorted(said)


def test_the_path_of_a_missing_package_is_our_trouble(lot: Lot) -> None:
    bid = lot.sealed(0)
    Path(bid.path).unlink()
    fate = fates(lot, bid)[bid.package_id]
    assert (fate.state, fate.cause) == (None, "general.file_unreadable")
