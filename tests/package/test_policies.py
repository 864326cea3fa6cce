"""Opening policies: exactly those whom the policy names can open, for every subset of up to five holders."""

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

import pytest

from desktop.crypto.suites import generate_p256, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.formats.package import BidPackage, GroupKind, PlannedGroup, member_of_key
from desktop.formats.package.opening import open_envelope
from desktop.formats.package.packing import no_progress
from tests.package.world import Memory, World, pack, plan_of, share_of, write_documents

HOLDERS = {name: generate_p256() for name in "abcde"}
KINDS = (GroupKind.BIDDER, GroupKind.OPENING_KEY, GroupKind.TIME, GroupKind.BIDDER, GroupKind.BIDDER)
Policy = list[list[str]]


def partitions(names: str) -> Iterator[Policy]:
    """Yield every way to put the holders into groups."""
    if not names:
        yield []
        return
    for smaller in partitions(names[1:]):
        for index, members in enumerate(smaller):
            yield [*smaller[:index], [names[0], *members], *smaller[index + 1 :]]
        yield [[names[0]], *smaller]


def subsets(names: str) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def group_of(index: int, members: list[str]) -> PlannedGroup:
    who = tuple(member_of_key(name, spki_of(HOLDERS[name])) for name in members)
    return PlannedGroup(group_id=f"g{index}", kind=KINDS[index], members=who)


def openable(package: BidPackage, policy: Policy) -> dict[tuple[int, str], SecretBytes]:
    """Let every holder try every group's share; return those that opened."""
    found: dict[tuple[int, str], SecretBytes] = {}
    for index in range(len(policy)):
        for name, key in HOLDERS.items():
            with suppress(RejectedError):
                found[index, name] = share_of(package, "bid", f"g{index}", key)
    return found


def released(package: BidPackage, data: bytes, shares: dict[str, SecretBytes]) -> dict[str, bytes]:
    """Try to open; return what came out."""
    target = Memory()
    with suppress(RejectedError):
        open_envelope(io.BytesIO(data), package, "bid", shares, target=target, progress=no_progress)
    return target.released


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_subset_of_holders_opens_exactly_when_it_meets_every_group(world: World, tmp_path: Path, count: int):
    names = "abcde"[:count]
    files = write_documents(tmp_path / "f", {"a": b"secret"})
    tried = opened = 0
    for number, policy in enumerate(partitions(names)):
        groups = tuple(group_of(index, members) for index, members in enumerate(policy))
        plan = plan_of(world, files)
        plan = replace(plan, envelopes=(replace(plan.envelopes[0], groups=groups),))
        path = pack(world, plan, tmp_path / f"{number}.bid")
        package, data = world.package(path), path.read_bytes()
        can = openable(package, policy)
        assert set(can) == {(index, name) for index, members in enumerate(policy) for name in members}
        for present in subsets(names):
            expected = all(set(members) & set(present) for members in policy)
            shares = {f"g{index}": share for (index, name), share in can.items() if name in present}
            assert (released(package, data, shares).get("a") == b"secret") is expected
            tried, opened = tried + 1, opened + expected
    bell = (1, 2, 5, 15, 52)[count - 1]
    assert tried == bell * 2**count
    assert 0 < opened < tried
