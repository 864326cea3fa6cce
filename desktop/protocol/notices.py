"""The notice of a lot and its announcement: what is tendered, by when, and who has to take part in the opening.

Phone, desktop and platform read the same bytes; what a bid has to look like follows from them. Refuses everything that
is not the one encoding of an allowed notice. Who signed an announcement is for the reader to judge.
Source: docs/tendering.md §1, §2.
"""

import re
from dataclasses import dataclass

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import as_p256, load_spki
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import DELIVERY_MINUTES, DocumentKind, PolicyGroup, SummaryField
from desktop.protocol import codec
from desktop.protocol.codec import Value
from desktop.protocol.schema import array, blob, fields, integer, one_of, text, time

MAX_NOTICE_BYTES = 64 * 1024
MAX_ANNOUNCEMENT_BYTES = 192 * 1024
MAX_OFFICERS, MAX_FILES = 16, 200
#: Ids of bid.json's groups, and the names that bare keys carry there.
BIDDER_GROUP, OPENING_GROUP, TIME_GROUP = "bidder", "opening", "time"
OPENING_KEY_NAME, TIME_KEY_NAME = "开标密钥", "平台时间密钥"
SINGLE_ENVELOPE, FIRST_ENVELOPE, SECOND_ENVELOPE = "bid", "first", "second"
_ENVELOPE_IDS = ((SINGLE_ENVELOPE,), (FIRST_ENVELOPE, SECOND_ENVELOPE))
_VERSION = 1
_MAX_SPKI_BYTES, _MAX_WRAP_BYTES, _MAX_CERTIFICATE_BYTES = 600, 16 * 1024, 4096
_MONEY = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}")
_HASH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEnvelope:
    """An envelope that every bid has; `not_before` in epoch seconds, `time_key` is SPKI or empty."""

    envelope_id: str
    title: str
    not_before: int
    fields: tuple[SummaryField, ...]
    groups: tuple[PolicyGroup, ...]
    time_key: bytes

    @property
    def needs_bidder(self) -> bool:
        """Whether it cannot be opened without the bidder; where not, agency and platform together can, at any time."""
        return PolicyGroup.BIDDER in self.groups

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {
            "id": self.envelope_id,
            "title": self.title,
            "nb": self.not_before,
            "fields": [str(f) for f in self.fields],
            "groups": [str(g) for g in self.groups],
            "time": self.time_key,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderDocument:
    """A file of the tender (招标文件)."""

    name: str
    size: int
    sha256: bytes

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"name": self.name, "size": self.size, "sha": self.sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredDocument:
    """A document that an envelope of a bid has to hold."""

    envelope_id: str
    name: str
    kind: DocumentKind

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"env": self.envelope_id, "name": self.name, "kind": str(self.kind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The notice of one lot. Times in epoch seconds; `price_limit` in 元 with two decimals or empty."""

    platform: str
    tender: str
    tender_name: str
    lot: str
    lot_name: str
    purchaser: str
    agency: str
    agency_code: str
    revision: int
    previous: bytes
    deadline: int
    officers: tuple[bytes, ...]
    envelopes: tuple[NoticeEnvelope, ...]
    documents: tuple[TenderDocument, ...] = ()
    required: tuple[RequiredDocument, ...] = ()
    price_limit: str = ""
    window_minutes: int = DELIVERY_MINUTES

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {
            "v": _VERSION,
            "platform": self.platform,
            "tender": self.tender,
            "tname": self.tender_name,
            "lot": self.lot,
            "lname": self.lot_name,
            "buyer": self.purchaser,
            "agency": self.agency,
            "acode": self.agency_code,
            "rev": self.revision,
            "prev": self.previous,
            "deadline": self.deadline,
            "window": self.window_minutes,
            "officers": list(self.officers),
            "envs": [e.to_map() for e in self.envelopes],
            "docs": [d.to_map() for d in self.documents],
            "need": [r.to_map() for r in self.required],
            "limit": self.price_limit,
        }

    def envelope(self, envelope_id: str) -> NoticeEnvelope | None:
        """Return the envelope of that id."""
        return next((each for each in self.envelopes if each.envelope_id == envelope_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A notice with the opening keys and their envelopes, and the signature over it; `notice_bytes` as signed."""

    notice: Notice
    notice_bytes: bytes
    keys: tuple[bytes, ...]
    wraps: tuple[bytes, ...]
    signature: bytes
    certificate: bytes

    @property
    def notice_sha256(self) -> bytes:
        """Hash by which closing statements and amendments name the notice."""
        return sha256(self.notice_bytes)

    def key_of(self, envelope_id: str) -> tuple[bytes, bytes] | None:
        """Return the opening key (SPKI) of an envelope and its wrap."""
        for envelope, key, wrap in zip(self.notice.envelopes, self.keys, self.wraps, strict=True):
            if envelope.envelope_id == envelope_id:
                return key, wrap
        return None


def write_notice(notice: Notice) -> bytes:
    """Return the notice's bytes.

    Raises:
        RejectedError: `ceremony.malformed`: a value may not stand there.
    """
    data = codec.encode(notice.to_map())
    if read_notice(data) != notice:
        raise RejectedError("ceremony.malformed", "notice")
    return data


def read_notice(data: bytes) -> Notice:
    """Read a notice.

    Raises:
        RejectedError: `ceremony.malformed`: not an allowed notice in its one encoding; `ceremony.key_not_allowed`.
    """
    if len(data) > MAX_NOTICE_BYTES:
        raise RejectedError("ceremony.malformed", "notice too long")
    f = fields(
        codec.decode(data),
        {
            "v": integer(_VERSION, _VERSION),
            "platform": text(64),
            "tender": text(64),
            "tname": text(120),
            "lot": text(64),
            "lname": text(120),
            "buyer": text(120),
            "agency": text(120),
            "acode": text(32),
            "rev": integer(1, 1000),
            "prev": _hash_or_nothing,
            "deadline": time,
            "window": integer(5, 1440),
            "officers": array(blob(_HASH), minimum=1, maximum=MAX_OFFICERS),
            "envs": array(_envelope, minimum=1, maximum=2),
            "docs": array(_document, maximum=MAX_FILES),
            "need": array(_required, maximum=MAX_FILES),
            "limit": money,
        },
    )
    notice = Notice(
        platform=f["platform"],
        tender=f["tender"],
        tender_name=f["tname"],
        lot=f["lot"],
        lot_name=f["lname"],
        purchaser=f["buyer"],
        agency=f["agency"],
        agency_code=f["acode"],
        revision=f["rev"],
        previous=f["prev"],
        deadline=f["deadline"],
        officers=f["officers"],
        envelopes=f["envs"],
        documents=f["docs"],
        required=f["need"],
        price_limit=f["limit"],
        window_minutes=f["window"],
    )
    _check(notice)
    return notice


def signed_text(notice_bytes: bytes, keys: tuple[bytes, ...]) -> bytes:
    """Return what the agency's certificate signs: the notice and the opening keys (SPKI)."""
    body: Value = {"notice": sha256(notice_bytes), "keys": [sha256(key) for key in keys]}
    return b"BIDSEAL1/notice\0" + codec.encode(body)


def opening_key_label(notice: Notice, envelope_id: str, spki: bytes) -> bytes:
    """Return the label under which an opening key is enveloped to the committee."""
    body: Value = ["BIDSEAL1/opening-key", notice.platform, notice.tender, notice.lot, envelope_id, sha256(spki)]
    return sha256(codec.encode(body))


def write_announcement(announcement: Announcement) -> bytes:
    """Return the announcement's bytes."""
    return codec.encode(
        {
            "notice": announcement.notice_bytes,
            "keys": list(announcement.keys),
            "wraps": list(announcement.wraps),
            "sig": announcement.signature,
            "cert": announcement.certificate,
        }
    )


def read_announcement(data: bytes) -> Announcement:
    """Read an announcement; its signature is the caller's to check.

    Raises:
        RejectedError: `ceremony.malformed`, `ceremony.key_not_allowed`.
    """
    if len(data) > MAX_ANNOUNCEMENT_BYTES:
        raise RejectedError("ceremony.malformed", "announcement too long")
    f = fields(
        codec.decode(data),
        {
            "notice": blob(1, MAX_NOTICE_BYTES),
            "keys": array(blob(1, _MAX_SPKI_BYTES), minimum=1, maximum=2),
            "wraps": array(blob(1, _MAX_WRAP_BYTES), minimum=1, maximum=2),
            "sig": blob(64, 384),
            "cert": blob(1, _MAX_CERTIFICATE_BYTES),
        },
    )
    notice = read_notice(f["notice"])
    if len(f["wraps"]) != len(notice.envelopes):
        raise RejectedError("ceremony.malformed", "opening keys and envelopes")
    check_opening_keys(notice, f["keys"])
    return Announcement(
        notice=notice,
        notice_bytes=f["notice"],
        keys=f["keys"],
        wraps=f["wraps"],
        signature=f["sig"],
        certificate=f["cert"],
    )


def check_opening_keys(notice: Notice, keys: tuple[bytes, ...]) -> None:
    """Demand one P-256 key (SPKI) for each envelope, all different.

    Raises:
        RejectedError: `ceremony.malformed`, `ceremony.key_not_allowed`.
    """
    if len(keys) != len(notice.envelopes) or len(set(keys)) != len(keys):
        raise RejectedError("ceremony.malformed", "opening keys and envelopes")
    for key in keys:
        as_p256(load_spki(key))


def money(value: Value) -> str:
    """Check an amount: empty, or 元 with two decimals.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    if not isinstance(value, str) or (value and not _MONEY.fullmatch(value)):
        raise RejectedError("ceremony.malformed", "amount")
    return value


def known_envelope(value: Value) -> str:
    """Check an envelope's id: one of those that notices have.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    if not isinstance(value, str) or value not in (SINGLE_ENVELOPE, FIRST_ENVELOPE, SECOND_ENVELOPE):
        raise RejectedError("ceremony.malformed", "envelope id")
    return value


def _envelope(value: Value) -> NoticeEnvelope:
    f = fields(
        value,
        {
            "id": known_envelope,
            "title": text(120),
            "nb": time,
            "fields": array(one_of(SummaryField), maximum=len(SummaryField)),
            "groups": array(one_of(PolicyGroup), minimum=1, maximum=len(PolicyGroup)),
            "time": blob(0, _MAX_SPKI_BYTES),
        },
    )
    return NoticeEnvelope(
        envelope_id=f["id"],
        title=f["title"],
        not_before=f["nb"],
        fields=f["fields"],
        groups=f["groups"],
        time_key=f["time"],
    )


def _document(value: Value) -> TenderDocument:
    f = fields(value, {"name": text(255), "size": integer(1, 2**40), "sha": blob(_HASH)})
    return TenderDocument(name=f["name"], size=f["size"], sha256=f["sha"])


def _required(value: Value) -> RequiredDocument:
    f = fields(value, {"env": known_envelope, "name": text(120), "kind": one_of(DocumentKind)})
    return RequiredDocument(envelope_id=f["env"], name=f["name"], kind=f["kind"])


def _hash_or_nothing(value: Value) -> bytes:
    if not isinstance(value, bytes) or len(value) not in (0, _HASH):
        raise RejectedError("ceremony.malformed", "hash")
    return value


def _check(notice: Notice) -> None:
    """Demand what no single field can say."""
    ids = tuple(envelope.envelope_id for envelope in notice.envelopes)
    if ids not in _ENVELOPE_IDS:
        raise RejectedError("ceremony.malformed", "envelopes")
    if (notice.revision == 1) != (not notice.previous):
        raise RejectedError("ceremony.malformed", "revision and previous")
    if len(set(notice.officers)) != len(notice.officers):
        raise RejectedError("ceremony.malformed", "an officer twice")
    for envelope in notice.envelopes:
        _check_envelope(notice, envelope)
    if any(required.envelope_id not in ids for required in notice.required):
        raise RejectedError("ceremony.malformed", "a document of no envelope")


def _check_envelope(notice: Notice, envelope: NoticeEnvelope) -> None:
    in_order = tuple(group for group in PolicyGroup if group in envelope.groups)
    if envelope.groups != in_order or PolicyGroup.OPENING_KEY not in envelope.groups:
        raise RejectedError("ceremony.malformed", "groups")
    if (PolicyGroup.TIME in envelope.groups) != bool(envelope.time_key):
        raise RejectedError("ceremony.malformed", "time key")
    if envelope.time_key:
        as_p256(load_spki(envelope.time_key))
    if envelope.fields != tuple(each for each in SummaryField if each in envelope.fields):
        raise RejectedError("ceremony.malformed", "fields")
    if envelope.not_before < notice.deadline:
        raise RejectedError("ceremony.malformed", "opened before the deadline")
    priced = {SummaryField.PRICE, SummaryField.BOND} & set(envelope.fields)
    if envelope.envelope_id == FIRST_ENVELOPE and priced:
        raise RejectedError("ceremony.malformed", "a price in the first envelope")
