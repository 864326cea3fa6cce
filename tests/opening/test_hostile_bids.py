"""Bids that their bidders made to do harm (T41): each is named and stays closed, and the honest ones beside it open."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.domain.tendering import OpeningState, Party
from desktop.formats.package import PackagePlan
from desktop.formats.package.documents import write_summary
from desktop.formats.package.names import SUMMARY_NAME
from desktop.formats.package.plan import make_keys
from desktop.services.opening_bids import SealedBid, open_bids
from desktop.store.files import sha256_of
from tests.opening.world import Lot
from tests.package.forging import InnerFile, inner_zip, keys_of, package_around, payload_of
from tests.package.world import SUMMARY, counting_random, plan_of

SUMMARY_FILE = InnerFile(name=SUMMARY_NAME.encode(), data=write_summary(SUMMARY))


def bomb() -> bytes:
    """A deflated ZIP of ten megabytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SUMMARY_NAME, SUMMARY_FILE.data)
        archive.writestr("bomb.pdf", bytes(10_000_000))
    return out.getvalue()


def of_another_key(plan: PackagePlan) -> bytes:
    """A payload under a key that the package does not commit to."""
    other = make_keys(plan, package_id=keys_of(plan).header.package_id, random=counting_random("another"))
    return payload_of(other, inner_zip([SUMMARY_FILE]))


PLAINTEXTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb": (bomb, "package.payload_damaged"),
    "nothing": (lambda: b"", "package.payload_damaged"),
    "noise": (lambda: b"\0" * 5000, "package.payload_damaged"),
    "no summary": (lambda: inner_zip([InnerFile(name=b"a.pdf", data=b"x")]), "package.summary_invalid"),
    "a summary of another form": (
        lambda: inner_zip([InnerFile(name=SUMMARY_NAME.encode(), data=b'{"price":1}')]),
        "package.summary_invalid",
    ),
    "a name out of the folder": (
        lambda: inner_zip([SUMMARY_FILE, InnerFile(name=b"../../x", data=b"x")]),
        "package.file_name",
    ),
    "a name that acts": (
        lambda: inner_zip([SUMMARY_FILE, InnerFile(name=b"autorun.inf", data=b"x")]),
        "package.file_name",
    ),
    "two names that are one": (
        lambda: inner_zip([SUMMARY_FILE, InnerFile(name=b"A.pdf", data=b"x"), InnerFile(name=b"a.pdf", data=b"y")]),
        "package.file_name",
    ),
}


def hostile(lot: Lot, data: bytes) -> SealedBid:
    path = lot.folder / "hostile.bid"
    path.write_bytes(data)
    package = lot.world.package(path)
    return SealedBid(
        package_id=package.header.package_id,
        sha256=sha256_of(path),
        path=path,
        target=lot.folder / "opened" / "999 hostile",
        package=package,
        shares={"bidder": lot.delivered(package)},
    )


def opens_beside(lot: Lot, bad: SealedBid) -> str:
    """Open an honest bid before and one after; return the cause why the hostile one did not."""
    honest = [lot.sealed(0), lot.sealed(1)]
    fates = {fate.package_id: fate for fate in open_bids((honest[0], bad, honest[1]), "bid", lot.keys)}
    assert [fates[bid.package_id].state for bid in honest] == [OpeningState.OPENED] * 2
    fate = fates[bad.package_id]
    assert (fate.state, fate.party, fate.opened) == (OpeningState.NOT_OPENED, Party.BIDDER, None)
    assert sorted(path.name for path in (lot.folder / "opened").iterdir()) == ["000 甲", "001 乙"]
    assert not Path(lot.folder / "x").exists()
    return fate.cause


@pytest.mark.parametrize("what", PLAINTEXTS)
def test_t41_a_hostile_payload_is_named_and_leaves_nothing_and_the_others_open(lot: Lot, what: str) -> None:
    make, cause = PLAINTEXTS[what]
    bad = hostile(lot, package_around(lot.world, plan_of(lot.world, ()), plaintext=make()))
    assert opens_beside(lot, bad) == cause


def test_t46_a_payload_under_a_key_that_was_not_committed_to_opens_nothing(lot: Lot) -> None:
    plan = plan_of(lot.world, ())
    bad = hostile(lot, package_around(lot.world, plan, of_another_key(plan)))
    assert opens_beside(lot, bad) == "package.key_mismatch"


def test_t41_the_same_package_with_an_honest_payload_opens(lot: Lot) -> None:
    plaintext = inner_zip([SUMMARY_FILE, InnerFile(name=b"a.pdf", data=b"x")])
    bid = hostile(lot, package_around(lot.world, plan_of(lot.world, ()), plaintext=plaintext))
    bid.target.parent.mkdir(exist_ok=True)
    (fate,) = open_bids((bid,), "bid", lot.keys)
    assert fate.state is OpeningState.OPENED
