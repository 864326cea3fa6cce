"""What a bidder wants packed: tender, envelopes, files, and who holds the shares.

Refuses before a byte is written: an opening policy in which agent and platform together could read the bid early,
unless that was chosen explicitly; recipients that are not encryption certificates of an allowed suite; names that some
system could not unpack. Source: docs/bid-package.md, Opening policy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_labels import KEK_ROLE, SHARE_BYTES, commitment
from desktop.crypto.cms_share import ShareRecipient, seal_share
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import load_spki
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.formats.package.documents import check_identifier, write_header
from desktop.formats.package.model import (
    Bidder,
    BidHeader,
    BidSummary,
    Envelope,
    Group,
    GroupKind,
    Recipient,
    RecipientKind,
)
from desktop.formats.package.names import check_names

MAX_FILES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to pack: the name inside, and where it is read from (the private snapshot)."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A recipient with its public key."""

    recipient: Recipient
    spki: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGroup:
    """A group of the opening policy; any one of its members can give its share."""

    group_id: str
    kind: GroupKind
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEnvelope:
    """An envelope to pack; all groups have to give their share for it to open."""

    envelope_id: str
    title: str
    not_before: int
    groups: tuple[PlannedGroup, ...]
    files: tuple[SourceFile, ...]
    summary: BidSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePlan:
    """A bid to pack. `deadline` and `not_before` in epoch seconds."""

    platform: str
    tender: str
    lot: str
    bidder: Bidder
    deadline: int
    envelopes: tuple[PlannedEnvelope, ...]
    allow_without_bidder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What packing makes of a plan before any file is read; `keks` and `shares` by envelope id."""

    header: BidHeader
    keks: dict[str, SecretBytes]
    shares: dict[tuple[str, str], bytes]


def member_of_certificate(der: bytes) -> Member:
    """Return the recipient that a pinned encryption certificate stands for.

    Raises:
        RejectedError: not an encryption certificate (`ceremony.certificate_not_allowed`) or unreadable.
    """
    facts = read_certificate(der)
    if not facts.may_encrypt or facts.is_ca:
        raise RejectedError("ceremony.certificate_not_allowed", facts.serial)
    recipient = Recipient(kind=RecipientKind.CERTIFICATE, name=facts.holder, sha256=facts.sha256)
    return Member(recipient=recipient, spki=facts.spki)


def member_of_key(name: str, spki: bytes) -> Member:
    """Return the recipient that a bare key stands for: a tender's opening key, the platform's time key.

    Raises:
        RejectedError: of no allowed suite (`ceremony.key_not_allowed`).
    """
    load_spki(spki)
    return Member(recipient=Recipient(kind=RecipientKind.KEY, name=name, sha256=sha256(spki)), spki=spki)


def combine(shares: list[SecretBytes]) -> SecretBytes:
    """Return the key that all `shares` together are."""
    total = 0
    for share in shares:
        total ^= int.from_bytes(share.reveal(), "big")
    return SecretBytes(total.to_bytes(SHARE_BYTES, "big"))


def make_keys(plan: PackagePlan, *, package_id: bytes, random: Callable[[int], bytes]) -> Keys:
    """Draw the shares of every envelope, commit to them and envelope them to their groups.

    Raises:
        RejectedError: the plan is not allowed (`package.no_bidder_group`, `package.file_name`, `package.too_large`,
            `package.header_invalid`).
    """
    _check(plan)
    envelopes: list[Envelope] = []
    keks: dict[str, SecretBytes] = {}
    drawn: dict[tuple[str, str], SecretBytes] = {}
    for planned in plan.envelopes:
        mine = {group.group_id: SecretBytes(random(SHARE_BYTES)) for group in planned.groups}
        keks[planned.envelope_id] = combine(list(mine.values()))
        envelopes.append(_envelope(planned, package_id, mine, keks[planned.envelope_id]))
        drawn |= {(planned.envelope_id, group_id): share for group_id, share in mine.items()}
    header = BidHeader(
        platform=plan.platform,
        tender=plan.tender,
        lot=plan.lot,
        bidder=plan.bidder,
        package_id=package_id,
        deadline=plan.deadline,
        envelopes=tuple(envelopes),
    )
    write_header(header)  # refuses what may not stand there, before it is used
    sealed: dict[tuple[str, str], bytes] = {}
    for planned, envelope in zip(plan.envelopes, envelopes, strict=True):
        for group, committed in zip(planned.groups, envelope.groups, strict=True):
            key = (planned.envelope_id, group.group_id)
            members = tuple(ShareRecipient(key_id=m.recipient.sha256, spki=m.spki) for m in group.members)
            sealed[key] = seal_share(drawn[key], members, label=header.label(envelope, committed), random=random)
    return Keys(header=header, keks=keks, shares=sealed)


def _check(plan: PackagePlan) -> None:
    for envelope in plan.envelopes:
        for name in (envelope.envelope_id, *(group.group_id for group in envelope.groups)):
            check_identifier(name)
        if len(envelope.files) > MAX_FILES:
            raise RejectedError("package.too_large", f"{len(envelope.files)} files")
        check_names([file.name for file in envelope.files])
        if len({group.group_id for group in envelope.groups}) != len(envelope.groups) or not envelope.groups:
            raise RejectedError("package.header_invalid", "groups")
        if not all(group.members for group in envelope.groups):
            raise RejectedError("package.header_invalid", "a group without members")
        has_bidder = any(group.kind is GroupKind.BIDDER for group in envelope.groups)
        if not has_bidder and not plan.allow_without_bidder:
            raise RejectedError("package.no_bidder_group", envelope.envelope_id)


def _envelope(
    planned: PlannedEnvelope, package_id: bytes, shares: dict[str, SecretBytes], kek: SecretBytes
) -> Envelope:
    def commit(role: str, value: SecretBytes) -> bytes:
        return commitment(package_id=package_id, envelope=planned.envelope_id, role=role, value=value.reveal())

    groups = tuple(
        Group(
            group_id=group.group_id,
            kind=group.kind,
            commitment=commit(group.group_id, shares[group.group_id]),
            recipients=tuple(member.recipient for member in group.members),
        )
        for group in planned.groups
    )
    return Envelope(
        envelope_id=planned.envelope_id,
        title=planned.title,
        not_before=planned.not_before,
        commitment=commit(KEK_ROLE, kek),
        groups=groups,
    )
