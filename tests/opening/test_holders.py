"""Who can open a bid: every subset of the key holders, for every policy that a tender can be published with.

Holders are the bidder, his second recipient, each member of the tender's committee (who holds the opening key only as
enveloped to him) and the platform (its time key). Each tries every key of his on everything that is sealed.
"""

import io
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from pathlib import Path

import pytest

from desktop.crypto.cms_share import ShareRecipient, open_share, seal_share
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, p256_of_scalar, scalar_of, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import PolicyGroup
from desktop.formats.package import BidPackage, GroupKind, PlannedGroup, member_of_key
from desktop.formats.package.opening import open_envelope
from desktop.formats.package.packing import no_progress
from desktop.formats.package.reading import read_package
from desktop.protocol.notices import Notice, NoticeEnvelope, opening_key_label, read_notice, write_notice
from tests.package.world import Memory, World, pack, plan_of, write_documents

SECRET = b"the price"
BIDDER, SECOND, PLATFORM = "投标人", "备用手机", "平台"
MEMBERS = ("成员甲", "成员乙", "成员丙")
KEYS = {name: generate_p256() for name in (BIDDER, SECOND, PLATFORM, *MEMBERS)}
DEADLINE = 1_780_000_000
GROUP_IDS = {PolicyGroup.BIDDER: "bidder", PolicyGroup.OPENING_KEY: "opening", PolicyGroup.TIME: "time"}
DEFAULT = tuple(PolicyGroup)
#: Every policy that a notice can say.
POLICIES = [
    tuple(group for group in PolicyGroup if group in chosen)
    for size in range(1, len(PolicyGroup) + 1)
    for chosen in combinations(PolicyGroup, size)
    if PolicyGroup.OPENING_KEY in chosen
]


def notice_of(groups: tuple[PolicyGroup, ...]) -> Notice:
    """A lot's notice of that policy, as phones and platform read it."""
    envelope = NoticeEnvelope(
        envelope_id="bid",
        title="投标文件",
        not_before=DEADLINE,
        fields=(),
        groups=groups,
        time_key=spki_of(KEYS[PLATFORM]) if PolicyGroup.TIME in groups else b"",
    )
    notice = Notice(
        platform="demo",
        tender="T-2026-001",
        tender_name="某工程",
        lot="1",
        lot_name="施工",
        purchaser="某业主",
        agency="某代理",
        agency_code="91330100MA27XXXX5N",
        revision=1,
        previous=b"",
        deadline=DEADLINE,
        officers=(bytes(32),),
        envelopes=(envelope,),
    )
    return read_notice(write_notice(notice))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A bid, and the opening key as the committee has it."""

    data: bytes
    package: BidPackage
    wrap: bytes
    label: bytes
    groups: tuple[PolicyGroup, ...]
    recipients: tuple[str, ...]
    committee: tuple[str, ...]

    @property
    def holders(self) -> tuple[str, ...]:
        return (*self.recipients, *self.committee, PLATFORM)


def seal(
    world: World,
    folder: Path,
    groups: tuple[PolicyGroup, ...],
    *,
    recipients: tuple[str, ...] = (BIDDER,),
    committee: tuple[str, ...] = MEMBERS[:1],
) -> Sealed:
    """Publish a lot of that policy, and pack a bid for it."""
    notice, opening_key = notice_of(groups), generate_p256()
    spki = spki_of(opening_key)
    label = opening_key_label(notice, "bid", spki)
    members = tuple(ShareRecipient(key_id=sha256(name.encode()), spki=spki_of(KEYS[name])) for name in committee)
    wrap = seal_share(scalar_of(opening_key), members, label=label, random=secrets.token_bytes)
    planned = {
        PolicyGroup.BIDDER: tuple(member_of_key(name, spki_of(KEYS[name])) for name in recipients),
        PolicyGroup.OPENING_KEY: (member_of_key("开标密钥", spki),),
        PolicyGroup.TIME: (member_of_key("平台时间密钥", spki_of(KEYS[PLATFORM])),),
    }
    plan = plan_of(world, write_documents(folder / "f", {"a": SECRET}), allow_without_bidder=True)
    chosen = tuple(
        PlannedGroup(group_id=GROUP_IDS[each], kind=GroupKind(each), members=planned[each]) for each in groups
    )
    path = pack(world, replace(plan, envelopes=(replace(plan.envelopes[0], groups=chosen),)), folder / "x.bid")
    data = path.read_bytes()
    return Sealed(
        data=data,
        package=read_package(io.BytesIO(data), len(data), no_progress),
        wrap=wrap,
        label=label,
        groups=groups,
        recipients=recipients,
        committee=committee,
    )


def keys_of(bid: Sealed, present: tuple[str, ...]) -> list[P256PrivateKey]:
    """Return every private key that these holders have or can open."""
    own = [KEYS[name] for name in present]
    opened = []
    for key, name in product(own, bid.committee):
        with suppress(RejectedError):
            scalar = open_share(bid.wrap, key=key, key_id=sha256(name.encode()), label=bid.label)
            opened.append(p256_of_scalar(scalar))
    return own + opened


def shares_of(bid: Sealed, keys: list[P256PrivateKey]) -> dict[str, SecretBytes]:
    """Try every key on every share; return those that opened, by group."""
    header = bid.package.header
    (envelope,) = header.envelopes
    found: dict[str, SecretBytes] = {}
    for group, key in product(envelope.groups, keys):
        der, label = bid.package.shares["bid", group.group_id], header.label(envelope, group)
        with suppress(RejectedError):
            found[group.group_id] = open_share(der, key=key, key_id=sha256(spki_of(key)), label=label)
    return found


def read(bid: Sealed, shares: Mapping[str, SecretBytes]) -> bytes | None:
    """Try to open the bid with these shares; return the secret or None, and see that nothing else ever came out."""
    target = Memory()
    with suppress(RejectedError):
        open_envelope(io.BytesIO(bid.data), bid.package, "bid", shares, target=target, progress=no_progress)
    assert target.released == {} or target.released["a"] == SECRET
    return target.released.get("a")


def subsets(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def suffices(bid: Sealed, present: tuple[str, ...]) -> bool:
    """Say by the words of the notice whether these holders can open."""
    named = {
        PolicyGroup.BIDDER: set(bid.recipients),
        PolicyGroup.OPENING_KEY: set(bid.committee),
        PolicyGroup.TIME: {PLATFORM},
    }
    return all(named[group] & set(present) for group in bid.groups)


def test_the_policies_are_all_that_a_notice_can_say() -> None:
    said = []
    for size in range(len(PolicyGroup) + 1):
        for groups in combinations(PolicyGroup, size):
            with suppress(RejectedError):
                said.append(notice_of(groups).envelopes[0].groups)
    assert said == POLICIES
    assert len(POLICIES) == 4
    assert DEFAULT in POLICIES


@pytest.mark.parametrize("groups", POLICIES, ids=" ".join)
def test_exactly_those_whom_the_policy_names_can_open_for_every_subset_of_holders(
    world: World, tmp_path: Path, groups: tuple[PolicyGroup, ...]
) -> None:
    tried = opened = 0
    for recipients, size in product(((BIDDER,), (BIDDER, SECOND)), (1, 2, 3)):
        bid = seal(world, tmp_path, groups, recipients=recipients, committee=MEMBERS[:size])
        for present in subsets(bid.holders):
            came_out = read(bid, shares_of(bid, keys_of(bid, present)))
            assert (came_out == SECRET) is suffices(bid, present), present
            tried, opened = tried + 1, opened + (came_out is not None)
    assert tried == sum(2 ** (recipients + size + 1) for recipients, size in product((1, 2), (1, 2, 3)))
    assert 0 < opened < tried


def test_t37_agent_and_platform_together_cannot_read_a_bid_of_the_default_policy(world: World, tmp_path: Path) -> None:
    bid = seal(world, tmp_path, DEFAULT, committee=MEMBERS)
    conspirators = (*MEMBERS, PLATFORM)
    shares = shares_of(bid, keys_of(bid, conspirators))
    assert set(shares) == {"opening", "time"}
    assert read(bid, shares) is None
    # Nor does guessing or leaving out the bidder's share help: the commitments say so, and without them the cipher.
    for guess in (bytes(32), b"\xff" * 32, shares["opening"].reveal(), shares["time"].reveal()):
        assert read(bid, {**shares, "bidder": SecretBytes(guess)}) is None


def test_t37_with_the_bidder_they_can(world: World, tmp_path: Path) -> None:
    bid = seal(world, tmp_path, DEFAULT, committee=MEMBERS)
    for member in MEMBERS:
        assert read(bid, shares_of(bid, keys_of(bid, (BIDDER, member, PLATFORM)))) == SECRET


def test_t37_the_bidder_with_the_platform_cannot_open_without_the_committee(world: World, tmp_path: Path) -> None:
    bid = seal(world, tmp_path, DEFAULT, recipients=(BIDDER, SECOND), committee=MEMBERS)
    assert read(bid, shares_of(bid, keys_of(bid, (BIDDER, SECOND, PLATFORM)))) is None


def test_t37_without_a_bidder_group_they_can_and_the_notice_says_so(world: World, tmp_path: Path) -> None:
    groups = (PolicyGroup.OPENING_KEY, PolicyGroup.TIME)
    bid = seal(world, tmp_path, groups)
    assert not notice_of(groups).envelopes[0].needs_bidder
    assert bid.package.header.is_openable_without_bidder
    assert read(bid, shares_of(bid, keys_of(bid, (MEMBERS[0], PLATFORM)))) == SECRET


def test_t42_either_phone_of_the_bidder_opens_his_share(world: World, tmp_path: Path) -> None:
    bid = seal(world, tmp_path, DEFAULT, recipients=(BIDDER, SECOND))
    agent = (MEMBERS[0], PLATFORM)
    assert read(bid, shares_of(bid, keys_of(bid, (BIDDER, *agent)))) == SECRET
    assert read(bid, shares_of(bid, keys_of(bid, (SECOND, *agent)))) == SECRET
    assert read(bid, shares_of(bid, keys_of(bid, agent))) is None


def test_the_opening_key_of_another_lot_or_envelope_opens_no_wrap_and_no_share(world: World, tmp_path: Path) -> None:
    bid, other = seal(world, tmp_path, DEFAULT), seal(world, tmp_path, DEFAULT)
    (opening_key,) = set(keys_of(other, (MEMBERS[0],))) - {KEYS[MEMBERS[0]]}
    assert "opening" not in shares_of(bid, [opening_key])
    moved = replace(bid, wrap=other.wrap)
    assert shares_of(moved, keys_of(moved, (MEMBERS[0],))) == {}
