"""bid.json and bid_summary.json: strict fields, and one sequence of bytes for each content.

JSON with sorted keys, no spaces, UTF-8 unescaped, no floats; what is read is written again and must be the same
bytes (as RFC 8785 would have it for such values). Refuses unknown, missing, repeated and oversized fields, names of
groups and envelopes that could not be file names, a group or recipient twice. Source: docs/bid-package.md.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from desktop.crypto.cms_labels import KEK_ROLE, PACKAGE_ID_BYTES
from desktop.crypto.cms_share import MAX_RECIPIENTS
from desktop.domain.errors import RejectedError
from desktop.formats.package.model import (
    Bidder,
    BidHeader,
    BidSummary,
    Envelope,
    Group,
    GroupKind,
    GroupRule,
    Recipient,
    RecipientKind,
)
from desktop.protocol.codec import is_clean_text
from desktop.protocol.schema import array, fields, integer, one_of, text, time

FORMAT, SUMMARY_FORMAT = "BIDSEAL1/bid", "BIDSEAL1/summary"
MAX_JSON_BYTES = 128 * 1024
MAX_ENVELOPES, MAX_GROUPS = 4, 8
_ID = re.compile(r"[a-z][a-z0-9_]{0,15}")
_MONEY = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}")
_RESERVED = frozenset({KEK_ROLE, "con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))})


def write_header(header: BidHeader) -> bytes:
    """Return bid.json.

    Raises:
        RejectedError: a value may not stand there (`package.header_invalid`).
    """
    data = _dump(
        {
            "format": FORMAT,
            "platform": header.platform,
            "tender": header.tender,
            "lot": header.lot,
            "bidder": {"name": header.bidder.name, "credit_code": header.bidder.credit_code},
            "package": header.package_id.hex(),
            "deadline": header.deadline,
            "envelopes": [_envelope_value(each) for each in header.envelopes],
        }
    )
    if read_header(data) != header:
        raise RejectedError("package.header_invalid", "values")
    return data


def read_header(data: bytes) -> BidHeader:
    """Read bid.json.

    Raises:
        RejectedError: `package.header_invalid`, whatever the bytes.
    """
    f = _load(data, FORMAT, "package.header_invalid", _header_fields)
    envelopes = f["envelopes"]
    if len({each.envelope_id for each in envelopes}) != len(envelopes):
        raise RejectedError("package.header_invalid", "an envelope twice")
    return BidHeader(
        platform=f["platform"],
        tender=f["tender"],
        lot=f["lot"],
        bidder=f["bidder"],
        package_id=f["package"],
        deadline=f["deadline"],
        envelopes=envelopes,
    )


def write_summary(summary: BidSummary) -> bytes:
    """Return bid_summary.json.

    Raises:
        RejectedError: a value may not stand there (`package.summary_invalid`).
    """
    money = {"price": summary.price, "bid_bond": summary.bid_bond}
    value: dict[str, Any] = {name: f"{amount:f}" for name, amount in money.items() if amount is not None}
    others = {
        "duration_days": summary.duration_days,
        "quality": summary.quality,
        "project_manager": summary.project_manager,
    }
    value |= {name: each for name, each in others.items() if each is not None}
    data = _dump({"format": SUMMARY_FORMAT, **value})
    read_summary(data)
    return data


def read_summary(data: bytes) -> BidSummary:
    """Read bid_summary.json.

    Raises:
        RejectedError: `package.summary_invalid`, whatever the bytes.
    """
    return BidSummary(**_load(data, SUMMARY_FORMAT, "package.summary_invalid", _summary_fields))


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _load(data: bytes, form: str, code: str, check: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    if len(data) > MAX_JSON_BYTES:
        raise RejectedError(code, "too long")
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise RejectedError(code, type(error).__name__) from None
    if not isinstance(value, dict) or value.pop("format", None) != form:
        raise RejectedError(code, "format")
    try:
        checked = check(value)
    except RejectedError as error:
        raise RejectedError(code, error.detail) from None
    if _dump({"format": form, **value}) != data:  # also refuses a key twice: only the last one was kept
        raise RejectedError(code, "not the one encoding")
    return checked


def _refuse(_: str) -> Any:
    raise ValueError("a number that is no integer")


def _header_fields(value: Any) -> dict[str, Any]:
    return fields(
        value,
        {
            "platform": _clean(64),
            "tender": _clean(64),
            "lot": _clean(64),
            "bidder": _bidder,
            "package": _hex(PACKAGE_ID_BYTES),
            "deadline": time,
            "envelopes": array(_envelope, minimum=1, maximum=MAX_ENVELOPES),
        },
    )


def _summary_fields(value: Any) -> dict[str, Any]:
    optional = {
        "price": _money,
        "bid_bond": _money,
        "duration_days": integer(1, 100_000),
        "quality": _clean(500),
        "project_manager": _clean(120),
    }
    return fields(value, {}, optional)


def _envelope_value(envelope: Envelope) -> dict[str, Any]:
    return {
        "id": envelope.envelope_id,
        "title": envelope.title,
        "not_before": envelope.not_before,
        "commitment": envelope.commitment.hex(),
        "groups": [_group_value(each) for each in envelope.groups],
    }


def _group_value(group: Group) -> dict[str, Any]:
    return {
        "id": group.group_id,
        "kind": str(group.kind),
        "rule": str(group.rule),
        "commitment": group.commitment.hex(),
        "recipients": [
            {"kind": str(each.kind), "name": each.name, "sha256": each.sha256.hex()} for each in group.recipients
        ],
    }


def _bidder(value: Any) -> Bidder:
    return Bidder(**fields(value, {"name": _clean(120), "credit_code": _clean(32)}))


def _envelope(value: Any) -> Envelope:
    checks = {
        "id": check_identifier,
        "title": _clean(120),
        "not_before": time,
        "commitment": _hex(32),
        "groups": array(_group, minimum=1, maximum=MAX_GROUPS),
    }
    f = fields(value, checks)
    f["envelope_id"] = f.pop("id")
    if len({each.group_id for each in f["groups"]}) != len(f["groups"]):
        raise RejectedError("package.header_invalid", "a group twice")
    return Envelope(**f)


def _group(value: Any) -> Group:
    checks = {
        "id": check_identifier,
        "kind": one_of(GroupKind),
        "rule": one_of(GroupRule),
        "commitment": _hex(32),
        "recipients": array(_recipient, minimum=1, maximum=MAX_RECIPIENTS),
    }
    f = fields(value, checks)
    f["group_id"] = f.pop("id")
    if len({each.sha256 for each in f["recipients"]}) != len(f["recipients"]):
        raise RejectedError("package.header_invalid", "a recipient twice")
    return Group(**f)


def _recipient(value: Any) -> Recipient:
    return Recipient(**fields(value, {"kind": one_of(RecipientKind), "name": _clean(120), "sha256": _hex(32)}))


def _clean(max_bytes: int) -> Callable[[Any], str]:
    plain = text(max_bytes)

    def check(value: Any) -> str:
        if not isinstance(value, str) or not is_clean_text(value):
            raise RejectedError("package.header_invalid", "text")
        return str(plain(value))

    return check


def check_identifier(value: Any) -> str:
    """Return `value` if it may name an envelope or a group: a short word that is a good folder name everywhere.

    Raises:
        RejectedError: `package.header_invalid`.
    """
    if not isinstance(value, str) or not _ID.fullmatch(value) or value in _RESERVED:
        raise RejectedError("package.header_invalid", "id")
    return value


def _hex(length: int) -> Callable[[Any], bytes]:
    shape = re.compile(f"[0-9a-f]{{{2 * length}}}")

    def check(value: Any) -> bytes:
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise RejectedError("package.header_invalid", "hex")
        return bytes.fromhex(value)

    return check


def _money(value: Any) -> Decimal:
    if not isinstance(value, str) or not _MONEY.fullmatch(value):
        raise RejectedError("package.summary_invalid", "money")
    return Decimal(value)
