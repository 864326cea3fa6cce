"""What the platform tells of tenders, lots, uploads, bids and its log: frozen, typed, checked.

Nothing here is believed because the platform says it: announcements, receipts and statements are kept as the signed
bytes that they are, for `formats` to judge. Source: docs/tendering.md §9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.domain.ids import OrganizationId
from desktop.domain.tendering import BidState, LogKind, LotState, UploadState
from desktop.portal.json_fields import (
    boolean,
    document,
    document_or_nothing,
    hash_of,
    identifier,
    integer,
    moment,
    package_of,
    text,
)
from desktop.portal.records import reading, time_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """A tender project of an agency (招标项目)."""

    tender_id: str
    number: str
    name: str
    purchaser: str
    organization_id: OrganizationId
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A lot as the platform lists it; `deadline` is None and `revision` 0 until it is published.

    `envelope` is the one that its opening is at, `bids` the number of current bids: None until the deadline.
    """

    lot_id: str
    tender_id: str
    tender: str
    tender_name: str
    purchaser: str
    agency: str
    agency_id: OrganizationId
    lot: str
    lot_name: str
    state: LotState
    revision: int
    deadline: datetime | None
    envelope: str
    is_agency: bool
    bids: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAnnouncement:
    """A revision of a lot's notice: the signed announcement, to be judged by `formats.tender`."""

    revision: int
    announcement: bytes = field(repr=False)
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSaved:
    """How often a lot's draft was changed, its publication counted, and who did so when last (`at` None: nobody)."""

    number: int
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDetail:
    """A lot with every revision of its announcement, oldest first; `closing` is the signed statement or empty.

    `draft` and `saved` are for the agency alone.
    """

    lot: Lot
    announcements: tuple[PublishedAnnouncement, ...]
    closing: bytes
    draft: Mapping[str, Any] | None
    saved: DraftSaved | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A tender document as the platform has stored it."""

    name: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BidUpload:
    """An upload: `offset` octets are durable, `code` says why it was refused, `receipt` is there once accepted."""

    upload_id: str
    lot_id: str
    size: int
    offset: int
    state: UploadState
    code: str
    receipt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBid:
    """A bid of the own unit; `receipt` is the receipt file, `withdrawn` the statement of its withdrawal or empty."""

    package: bytes
    state: BidState
    sha256: bytes
    size: int
    number: int
    received_at: datetime
    receipt: bytes = field(repr=False)
    withdrawn: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """An entry of the platform's log; `body` is its hash."""

    kind: LogKind
    at_us: int
    body: bytes


@reading
def tender(d: Mapping[str, Any]) -> Tender:
    """Read a tender project."""
    return Tender(
        tender_id=identifier(d["id"]),
        number=text(d["number"]),
        name=text(d["name"]),
        purchaser=text(d["buyer"]),
        organization_id=OrganizationId(identifier(d["organization_id"])),
        created_at=time_of(d["created_at"]),
    )


@reading
def lot(d: Mapping[str, Any]) -> Lot:
    """Read a lot."""
    return Lot(
        lot_id=identifier(d["id"]),
        tender_id=identifier(d["tender_id"]),
        tender=text(d["tender"]),
        tender_name=text(d["tender_name"]),
        purchaser=text(d["buyer"]),
        agency=text(d["agency"]),
        agency_id=OrganizationId(identifier(d["agency_id"])),
        lot=text(d["lot"]),
        lot_name=text(d["lot_name"]),
        state=LotState(d["state"]),
        revision=integer(d["revision"]),
        deadline=moment(d["deadline"]),
        envelope=text(d["envelope"]),
        is_agency=boolean(d["is_agency"]),
        bids=None if d["bids"] is None else integer(d["bids"]),
    )


@reading
def lot_detail(d: Mapping[str, Any]) -> LotDetail:
    """Read a lot with its announcements."""
    revisions = tuple(
        PublishedAnnouncement(
            revision=integer(each["revision"]),
            announcement=document(each["announcement"]),
            published_at=time_of(each["published_at"]),
        )
        for each in d["announcements"]
    )
    if [each.revision for each in revisions] != list(range(1, len(revisions) + 1)):
        raise ValueError("revisions")
    draft = d["draft"]
    if draft is not None and not isinstance(draft, dict):
        raise ValueError("draft")
    saved = None if d["draft_saved"] is None else draft_saved(d["draft_saved"])
    closing = document_or_nothing(d["closing"])
    return LotDetail(lot=lot(d), announcements=revisions, closing=closing, draft=draft, saved=saved)


@reading
def draft_saved(d: Mapping[str, Any]) -> DraftSaved:
    """Read who saved a draft last."""
    return DraftSaved(number=integer(d["number"]), by=text(d["by"]), at=moment(d["at"]))


@reading
def stored_document(d: Mapping[str, Any]) -> StoredDocument:
    """Read what was stored."""
    return StoredDocument(name=text(d["name"]), size=integer(d["size"]), sha256=hash_of(d["sha256"]))


@reading
def bid_upload(d: Mapping[str, Any]) -> BidUpload:
    """Read the state of an upload."""
    upload = BidUpload(
        upload_id=identifier(d["id"]),
        lot_id=identifier(d["lot_id"]),
        size=integer(d["size"]),
        offset=integer(d["offset"]),
        state=UploadState(d["state"]),
        code=text(d["code"] or ""),
        receipt=document_or_nothing(d["receipt"]),
    )
    if upload.offset > upload.size or (upload.state is UploadState.ACCEPTED) != bool(upload.receipt):
        raise ValueError("upload")
    return upload


@reading
def own_bids(d: list[Mapping[str, Any]]) -> tuple[OwnBid, ...]:
    """Read the own unit's bids."""
    return tuple(
        OwnBid(
            package=package_of(each["package"]),
            state=BidState(each["state"]),
            sha256=hash_of(each["sha256"]),
            size=integer(each["size"]),
            number=integer(each["number"]),
            received_at=time_of(each["received_at"]),
            receipt=document(each["receipt"]),
            withdrawn=document_or_nothing(each["withdrawn"]),
        )
        for each in d
    )


@reading
def log_entries(d: Mapping[str, Any]) -> tuple[LogEntry, ...]:
    """Read entries of the log."""
    return tuple(
        LogEntry(kind=LogKind(each["kind"]), at_us=integer(each["at_us"]), body=hash_of(each["body"]))
        for each in d["entries"]
    )


@reading
def proof(d: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Read the path of a proof."""
    return tuple(hash_of(each) for each in d["path"])


@reading
def time_keys(d: Mapping[str, Any]) -> dict[str, bytes]:
    """Read the platform's time keys (SPKI) by envelope."""
    return {identifier(name): document(key) for name, key in d["keys"].items()}


@reading
def head(d: Mapping[str, Any]) -> bytes:
    """Read the statement of the log's tree head."""
    return document(d["head"])


@reading
def withdrawn(d: Mapping[str, Any]) -> bytes:
    """Read the statement of a withdrawal."""
    return document(d["withdrawn"])
