"""What a bid package says of itself (bid.json) and what is found when it is read or opened."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.cms_labels import wrap_label
from desktop.crypto.cms_mark import Mark
from desktop.crypto.enveloped import PayloadHead
from desktop.domain.operations import Verdict
from desktop.formats.trust import Reason


class GroupKind(StrEnum):
    """Whose share a group holds: the bidder's own certificates, the tender's opening key, the platform's time share."""

    BIDDER = "bidder"
    OPENING_KEY = "opening_key"
    TIME = "time"


class GroupRule(StrEnum):
    """How many members of a group it takes. Version 1 knows one rule; k of n will be another (docs/bid-package.md)."""

    ANY = "any"


class RecipientKind(StrEnum):
    """What a recipient is pinned by: the SHA-256 of a certificate, or of a bare key's SPKI."""

    CERTIFICATE = "certificate"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who can open a group's share; `sha256` is also its key identifier in the share's envelope."""

    kind: RecipientKind
    name: str
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group of the opening policy: it holds one share, and any member can give it."""

    group_id: str
    kind: GroupKind
    commitment: bytes
    recipients: tuple[Recipient, ...]
    rule: GroupRule = GroupRule.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One envelope: the opening policy is that every group gives its share, not before `not_before` (epoch seconds)."""

    envelope_id: str
    title: str
    not_before: int
    commitment: bytes
    groups: tuple[Group, ...]

    @property
    def payload_name(self) -> str:
        """Name of the entry that holds the encrypted files."""
        return f"{self.envelope_id}/payload.cms"

    def share_name(self, group: Group) -> str:
        """Name of the entry that holds `group`'s share."""
        return f"{self.envelope_id}/keys/{group.group_id}.cms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """The unit that bids."""

    name: str
    credit_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BidHeader:
    """The contents of bid.json; `deadline` in epoch seconds."""

    platform: str
    tender: str
    lot: str
    bidder: Bidder
    package_id: bytes
    deadline: int
    envelopes: tuple[Envelope, ...]

    def envelope(self, envelope_id: str) -> Envelope | None:
        """Return the envelope of that id."""
        return next((each for each in self.envelopes if each.envelope_id == envelope_id), None)

    def label(self, envelope: Envelope, group: Group) -> bytes:
        """Return the label under which `group`'s share is wrapped."""
        return wrap_label(
            tender=self.tender,
            lot=self.lot,
            bidder=self.bidder.credit_code,
            bidder_name=self.bidder.name,
            package_id=self.package_id,
            envelope=envelope.envelope_id,
            title=envelope.title,
            group=group.group_id,
        )

    @property
    def is_openable_without_bidder(self) -> bool:
        """Whether an envelope has no bidder group: agent and platform together could read it before the deadline."""
        return any(all(g.kind is not GroupKind.BIDDER for g in each.groups) for each in self.envelopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidSummary:
    """唱标要素: what is announced at the opening. Money in 元 with two decimals; None is left out of the file."""

    price: Decimal | None = None
    duration_days: int | None = None
    quality: str | None = None
    project_manager: str | None = None
    bid_bond: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayload:
    """Where a payload stands in the package file, and the mark of the bytes whose hash the signed manifest holds."""

    offset: int
    size: int
    mark: Mark
    head: PayloadHead


@dataclass(frozen=True, slots=True, kw_only=True)
class BidPackage:
    """A package whose every byte was read, hashed and found to be what its signature covers.

    `shares` holds the DER of each share's envelope by (envelope id, group id), `payloads` goes by envelope id.
    """

    header: BidHeader
    signer: CertificateFacts
    signing_time: datetime
    manifest_sha256: bytes
    chain: tuple[bytes, ...] = field(repr=False)
    shares: dict[tuple[str, str], bytes] = field(repr=False)
    payloads: dict[str, StoredPayload] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageVerdict:
    """The judgement on a package. `package` is there unless it is invalid; `reasons` is empty only for a valid one."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    package: BidPackage | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """A file that came out of an envelope."""

    name: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEnvelope:
    """An envelope that was opened: the files are in the target folder, the summary is read."""

    envelope_id: str
    summary: BidSummary
    files: tuple[OpenedFile, ...]
