"""Closed lists of tendering: states of a lot and of a bid, what an opening finds, and who had to deliver what.

The values stand on the wire and in the database (docs/tendering.md).
"""

from enum import StrEnum

#: Fewer bids than this, and nothing of the lot is opened (流标).
MIN_BIDS = 3
#: Length of the delivery window in minutes where nothing else was chosen.
DELIVERY_MINUTES = 30


class LotState(StrEnum):
    """State of a lot: 草稿, 招标中, 已截止, 流标, 交付解密中, 交付结束, 已解密, 已唱标, 已归档."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    FAILED = "failed"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    OPENED = "opened"
    ANNOUNCED = "announced"
    RECORDED = "recorded"


class BidState(StrEnum):
    """State of a submitted bid: 有效, 已撤回, 已被替换."""

    CURRENT = "current"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class UploadState(StrEnum):
    """State of an upload: 上传中, 校验中, 已接收, 已拒收."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class OpeningState(StrEnum):
    """What the opening of one envelope of one bid came to."""

    OPENED = "opened"
    NOT_OPENED = "not_opened"


class Party(StrEnum):
    """Through whom a bid was not opened: the bidder (视为撤销), somebody else (视为撤回), nobody."""

    BIDDER = "bidder"
    OTHER = "other"
    NOBODY = ""


class SummaryField(StrEnum):
    """唱标要素 that an envelope may have to state."""

    PRICE = "price"
    DURATION = "duration"
    QUALITY = "quality"
    MANAGER = "manager"
    BOND = "bond"


class PolicyGroup(StrEnum):
    """A group of an envelope's opening policy as the notice names it; the values are the kinds of bid.json."""

    BIDDER = "bidder"
    OPENING_KEY = "opening_key"
    TIME = "time"


class DocumentKind(StrEnum):
    """What a document of a bid has to be."""

    PDF = "pdf"
    XML = "xml"
    XLSX = "xlsx"
    ANY = "any"


class LogKind(StrEnum):
    """What an entry of the platform's log is about."""

    USAGE = "usage"
    ANNOUNCED = "announced"
    BID = "bid"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ROOM = "room"
    SHARE = "share"
    DELIVERED = "delivered"
    TIME_KEY = "time_key"
    CONFIRMED = "confirmed"
    RECORD = "record"
