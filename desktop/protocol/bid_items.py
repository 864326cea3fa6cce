"""Items of the bid package's operations: sign_package, decrypt, rehearse, pin_recipient.

What is signed or opened stands in the item so that the phone can build it again from what it shows: bid.json itself
and the digests of all entries (sign_package), the fields that the share's label is made of (decrypt, rehearse).
Refuses a bid.json that is not the one encoding of its values. docs/protocol.md, Operations.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from desktop.domain.errors import RejectedError
from desktop.protocol.codec import Value, is_clean_text
from desktop.protocol.schema import array, blob, fields, integer, text, time

MAX_BID_JSON_BYTES = 64 * 1024
MAX_ENTRIES = 64
MAX_ENVELOPES, MAX_GROUPS, MAX_RECIPIENTS = 4, 8, 16
#: Files named one by one on the phone; of more only the number is shown.
MAX_FILES_SHOWN = 200
MAX_SHARE_ENVELOPE_BYTES = 16 * 1024
_MAX_NAME_BYTES = 255
_PACKAGE_BYTES = 16
#: 2000 to 2049 UTC: what the signing time of a CMS (UTCTime) can say.
_FIRST_SIGNING, _LAST_SIGNING = 946_684_800, 2_524_607_999
_ID = re.compile(r"[a-z][a-z0-9_]{0,15}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PACKAGE = re.compile(r"[0-9a-f]{32}")
_MONEY = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}")
_KINDS = ("bidder", "opening_key", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class BidRecipient:
    """A recipient as bid.json names it."""

    name: str
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BidGroup:
    """A group of an envelope's opening policy; `kind` is bidder, opening_key or time."""

    group_id: str
    kind: str
    recipients: tuple[BidRecipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BidEnvelope:
    """An envelope of a bid; `not_before` in epoch seconds."""

    envelope_id: str
    title: str
    not_before: int
    groups: tuple[BidGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """What bid.json says, as far as a phone shows or needs it. `package_id` is 16 bytes, `deadline` epoch seconds."""

    platform: str
    tender: str
    lot: str
    bidder_name: str
    credit_code: str
    package_id: bytes
    deadline: int
    envelopes: tuple[BidEnvelope, ...]

    @property
    def entry_names(self) -> tuple[str, ...]:
        """Names of all entries that the manifest lists, in its order."""
        names = ["bid.json"]
        for envelope in self.envelopes:
            names.append(f"{envelope.envelope_id}/payload.cms")
            names += [f"{envelope.envelope_id}/keys/{group.group_id}.cms" for group in envelope.groups]
        return tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """A file that the desktop says it has packed."""

    name: str
    size: int

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"name": self.name, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeContent:
    """What the desktop says it has packed into one envelope; texts of the summary are "" where nothing is announced."""

    envelope_id: str
    files: tuple[PackedFile, ...]
    count: int
    size: int
    price: str = ""
    bid_bond: str = ""
    duration_days: int = 0
    quality: str = ""
    project_manager: str = ""

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {
            "id": self.envelope_id,
            "files": [f.to_map() for f in self.files],
            "count": self.count,
            "size": self.size,
            "price": self.price,
            "bond": self.bid_bond,
            "days": self.duration_days,
            "quality": self.quality,
            "manager": self.project_manager,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPackageItem:
    """Sign a bid package: bid.json, the SHA-256 of every entry in the manifest's order, and the signedAttrs over it."""

    bid_json: bytes
    digests: tuple[bytes, ...]
    contents: tuple[EnvelopeContent, ...]
    signing_time: int
    signed_attributes: bytes
    bid: Bid

    def to_map(self) -> dict[str, Value]:
        """Return the wire map; `bid` is what stands in `bid_json`."""
        return {
            "bid": self.bid_json,
            "digests": list(self.digests),
            "contents": [c.to_map() for c in self.contents],
            "at": self.signing_time,
            "attrs": self.signed_attributes,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareItem:
    """Open one share of a bid's key (decrypt), or show that one could (rehearse); `cms` is keys/<group>.cms."""

    name: str
    tender: str
    lot: str
    bidder_name: str
    credit_code: str
    package_id: bytes
    envelope_id: str
    envelope_title: str
    group_id: str
    cms: bytes

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {
            "name": self.name,
            "tender": self.tender,
            "lot": self.lot,
            "bidder": self.bidder_name,
            "bcode": self.credit_code,
            "package": self.package_id,
            "env": self.envelope_id,
            "title": self.envelope_title,
            "group": self.group_id,
            "cms": self.cms,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PinItem:
    """Confirm the encryption certificate that bids are going to be sealed to: fingerprint, holder, serial number."""

    sha256: bytes
    holder: str
    enc_serial: str

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"sha": self.sha256, "holder": self.holder, "serial": self.enc_serial}


def read_bid(data: bytes) -> Bid:
    """Read bid.json.

    Raises:
        RejectedError: `ceremony.malformed`: not the one encoding of a bid (docs/bid-package.md §3).
    """
    if len(data) > MAX_BID_JSON_BYTES:
        raise RejectedError("ceremony.malformed", "bid.json too long")
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_number, parse_constant=_no_number)
        again = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError):
        raise RejectedError("ceremony.malformed", "bid.json") from None
    if again != data:  # refuses a key twice as well: only the last one was kept
        raise RejectedError("ceremony.malformed", "bid.json is not the one encoding")
    return _bid(value)


def _bid(value: Any) -> Bid:
    f = fields(
        value,
        {
            "format": _exactly("BIDSEAL1/bid"),
            "platform": _clean(64),
            "tender": _clean(64),
            "lot": _clean(64),
            "bidder": lambda v: fields(v, {"name": _clean(120), "credit_code": _clean(32)}),
            "package": _hex(_PACKAGE),
            "deadline": time,
            "envelopes": array(_envelope, minimum=1, maximum=MAX_ENVELOPES),
        },
    )
    _demand_different([e.envelope_id for e in f["envelopes"]])
    return Bid(
        platform=f["platform"],
        tender=f["tender"],
        lot=f["lot"],
        bidder_name=f["bidder"]["name"],
        credit_code=f["bidder"]["credit_code"],
        package_id=f["package"],
        deadline=f["deadline"],
        envelopes=f["envelopes"],
    )


def _envelope(value: Value) -> BidEnvelope:
    f = fields(
        value,
        {
            "id": _identifier,
            "title": _clean(120),
            "not_before": time,
            "commitment": _hex(_SHA256),
            "groups": array(_group, minimum=1, maximum=MAX_GROUPS),
        },
    )
    _demand_different([g.group_id for g in f["groups"]])
    return BidEnvelope(envelope_id=f["id"], title=f["title"], not_before=f["not_before"], groups=f["groups"])


def _group(value: Value) -> BidGroup:
    f = fields(
        value,
        {
            "id": _identifier,
            "kind": _exactly(*_KINDS),
            "rule": _exactly("any"),
            "commitment": _hex(_SHA256),
            "recipients": array(_recipient, minimum=1, maximum=MAX_RECIPIENTS),
        },
    )
    return BidGroup(group_id=f["id"], kind=f["kind"], recipients=f["recipients"])


def _recipient(value: Value) -> BidRecipient:
    f = fields(value, {"kind": _exactly("certificate", "key"), "name": _clean(120), "sha256": _hex(_SHA256)})
    return BidRecipient(name=f["name"], sha256=f["sha256"])


def sign_package(value: Value) -> SignPackageItem:
    """Check a sign_package item.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    f = fields(
        value,
        {
            "bid": blob(1, MAX_BID_JSON_BYTES),
            "digests": array(blob(32), minimum=1, maximum=MAX_ENTRIES),
            "contents": array(_content, minimum=1, maximum=MAX_ENVELOPES),
            "at": integer(_FIRST_SIGNING, _LAST_SIGNING),
            "attrs": blob(1, 1024),
        },
    )
    bid = read_bid(f["bid"])
    if [c.envelope_id for c in f["contents"]] != [e.envelope_id for e in bid.envelopes]:
        raise RejectedError("ceremony.malformed", "contents and envelopes differ")
    if len(f["digests"]) != len(bid.entry_names):
        raise RejectedError("ceremony.malformed", "digests and entries differ")
    return SignPackageItem(
        bid_json=f["bid"],
        digests=f["digests"],
        contents=f["contents"],
        signing_time=f["at"],
        signed_attributes=f["attrs"],
        bid=bid,
    )


def _content(value: Value) -> EnvelopeContent:
    f = fields(
        value,
        {
            "id": _identifier,
            "files": array(_packed_file, maximum=MAX_FILES_SHOWN),
            "count": integer(0, 1000),
            "size": integer(0, 2**40),
            "price": _money,
            "bond": _money,
            "days": integer(0, 100_000),
            "quality": text(500, empty=True),
            "manager": text(120, empty=True),
        },
    )
    if len(f["files"]) != min(f["count"], MAX_FILES_SHOWN):
        raise RejectedError("ceremony.malformed", "files and their number differ")
    return EnvelopeContent(
        envelope_id=f["id"],
        files=f["files"],
        count=f["count"],
        size=f["size"],
        price=f["price"],
        bid_bond=f["bond"],
        duration_days=f["days"],
        quality=f["quality"],
        project_manager=f["manager"],
    )


def _packed_file(value: Value) -> PackedFile:
    f = fields(value, {"name": text(_MAX_NAME_BYTES), "size": integer(0, 2**40)})
    return PackedFile(name=f["name"], size=f["size"])


def share(value: Value) -> ShareItem:
    """Check a decrypt or rehearse item.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    f = fields(
        value,
        {
            "name": text(_MAX_NAME_BYTES),
            "tender": text(64),
            "lot": text(64),
            "bidder": text(120),
            "bcode": text(32),
            "package": blob(_PACKAGE_BYTES),
            "env": _identifier,
            "title": text(120),
            "group": _identifier,
            "cms": blob(1, MAX_SHARE_ENVELOPE_BYTES),
        },
    )
    return ShareItem(
        name=f["name"],
        tender=f["tender"],
        lot=f["lot"],
        bidder_name=f["bidder"],
        credit_code=f["bcode"],
        package_id=f["package"],
        envelope_id=f["env"],
        envelope_title=f["title"],
        group_id=f["group"],
        cms=f["cms"],
    )


def _identifier(value: Value) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise RejectedError("ceremony.malformed", "identifier")
    return value


def _money(value: Value) -> str:
    if not isinstance(value, str) or (value and not _MONEY.fullmatch(value)):
        raise RejectedError("ceremony.malformed", "amount")
    return value


def _clean(max_bytes: int) -> Any:
    """Text out of JSON, which the codec has not looked at."""
    check = text(max_bytes)

    def clean(value: Value) -> str:
        read: str = check(value)
        if not is_clean_text(read):
            raise RejectedError("ceremony.malformed", "text")
        return read

    return clean


def _exactly(*allowed: str) -> Any:
    def check(value: Value) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise RejectedError("ceremony.malformed", "unknown value")
        return value

    return check


def _hex(form: re.Pattern[str]) -> Any:
    def check(value: Value) -> bytes:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise RejectedError("ceremony.malformed", "hexadecimal")
        return bytes.fromhex(value)

    return check


def _no_number(_: str) -> Any:
    raise ValueError("a number that is no integer")


def _demand_different(ids: list[str]) -> None:
    if len(set(ids)) != len(ids):
        raise RejectedError("ceremony.malformed", "an id twice")
