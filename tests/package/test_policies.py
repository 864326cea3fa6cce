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
from desktop.formats.package.documents import MAX_GROUPS
from desktop.formats.package.opening import open_envelope
from desktop.formats.package.packing import no_progress
from desktop.formats.package.reading import read_package
from tests.package.world import Memory, World, pack, plan_of, share_of, write_documents

HOLDERS = {name: generate_p256() for name in "abcde"}
KINDS = (GroupKind.BIDDER, GroupKind.OPENING_KEY, GroupKind.TIME, GroupKind.BIDDER)
Policy = list[list[str]]
#: Policies of five holders with at most as many groups as a package has.
FIVE = 7557
PARTS = 8


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
    return PlannedGroup(group_id=f"g{index}", kind=KINDS[index % len(KINDS)], members=who)


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


def antichains(names: str) -> Iterator[Policy]:
    """Yield every policy that there is: groups of any holders, none of which makes another one superfluous."""
    every = [set(members) for size in range(1, len(names) + 1) for members in combinations(names, size)]

    def extend(chosen: list[set[str]], start: int) -> Iterator[Policy]:
        if chosen:
            yield [sorted(members) for members in chosen]
        for index in range(start, len(every)):
            if not any(each <= every[index] for each in chosen):
                yield from extend([*chosen, every[index]], index + 1)

    yield from extend([], 0)


def judge(world: World, policy: Policy, names: str, folder: Path) -> tuple[int, int]:
    """Pack under `policy` and let every subset of the holders try; return how many tried and how many opened."""
    files = write_documents(folder / "f", {"a": b"secret"})
    plan = plan_of(world, files)
    groups = tuple(group_of(index, members) for index, members in enumerate(policy))
    plan = replace(plan, envelopes=(replace(plan.envelopes[0], groups=groups),))
    path = pack(world, plan, folder / "x.bid")
    data = path.read_bytes()
    package = read_package(io.BytesIO(data), len(data), no_progress)
    can = openable(package, policy)
    assert set(can) == {(index, name) for index, members in enumerate(policy) for name in members}
    tried = opened = 0
    for present in subsets(names):
        expected = all(set(members) & set(present) for members in policy)
        shares = {f"g{index}": share for (index, name), share in can.items() if name in present}
        out = released(package, data, shares)
        assert (out.get("a") == b"secret") is expected
        assert bool(out) is expected
        tried, opened = tried + 1, opened + expected
    return tried, opened


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_subset_of_holders_opens_exactly_when_it_meets_every_group(world: World, tmp_path: Path, count: int):
    names = "abcde"[:count]
    counts = [judge(world, policy, names, tmp_path) for policy in partitions(names)]
    tried, opened = (sum(each) for each in zip(*counts, strict=True))
    assert len(counts) == (1, 2, 5, 15, 52)[count - 1]  # Bell numbers
    assert tried == len(counts) * 2**count
    assert 0 < opened < tried


def every_policy(count: int) -> list[Policy]:
    """All policies of `count` holders that a package can say."""
    return [policy for policy in antichains("abcde"[:count]) if len(policy) <= MAX_GROUPS]


def drill_policies(world: World, policies: list[Policy], folder: Path, count: int) -> None:
    counts = [judge(world, policy, "abcde"[:count], folder) for policy in policies]
    tried, opened = (sum(each) for each in zip(*counts, strict=True))
    print(f"{count} holders: {len(counts)} policies, {tried} subsets, {opened} opened")  # noqa: T201 - a drill tells
    assert tried == len(counts) * 2**count
    assert 0 < opened < tried


def test_the_policies_are_all_that_there_are():
    """As many as monotone functions but the two constant ones (Dedekind), less what has more groups than a package."""
    assert [len(list(antichains("abcde"[:count]))) for count in (1, 2, 3, 4, 5)] == [1, 4, 18, 166, 7579]
    assert [len(every_policy(count)) for count in (1, 2, 3, 4)] == [1, 4, 18, 166]
    assert len(every_policy(5)) == FIVE


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_policy_with_holders_in_several_groups_opens_for_exactly_those_it_names(
    world: World, tmp_path: Path, count: int
):
    drill_policies(world, every_policy(count), tmp_path, count)


@pytest.mark.slow
def test_every_policy_of_four_holders_opens_for_exactly_those_it_names(world: World, tmp_path: Path):
    drill_policies(world, every_policy(4), tmp_path, 4)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_policy_of_five_holders_opens_for_exactly_those_it_names(world: World, tmp_path: Path, part: int):
    drill_policies(world, every_policy(5)[part::PARTS], tmp_path, 5)
