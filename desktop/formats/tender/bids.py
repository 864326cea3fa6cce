"""Whether a bid package has exactly the envelopes, groups and keys that a published notice asks for (T19, T48).

Any revision will do: an amendment moves times, and a bid that was packed before stays good. Who the bidder's own
recipients are is the bidder's business; everybody else's key is named by the announcement.
"""

from collections.abc import Iterable

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import PolicyGroup
from desktop.formats.package import BidPackage, Envelope, Group, GroupKind, Recipient, RecipientKind, demand_for
from desktop.protocol.notices import (
    BIDDER_GROUP,
    OPENING_GROUP,
    OPENING_KEY_NAME,
    TIME_GROUP,
    TIME_KEY_NAME,
    Announcement,
    NoticeEnvelope,
)

_IDS = {
    PolicyGroup.BIDDER: (BIDDER_GROUP, GroupKind.BIDDER),
    PolicyGroup.OPENING_KEY: (OPENING_GROUP, GroupKind.OPENING_KEY),
    PolicyGroup.TIME: (TIME_GROUP, GroupKind.TIME),
}


def demand_as_asked(package: BidPackage, announcements: Iterable[Announcement], *, credit_code: str) -> Announcement:
    """Return the revision that a package was made for: this bidder's bid for this lot, as the notice asks.

    Raises:
        RejectedError: `package.other_tender`: another lot's or another bidder's; `tender.package_differs`: envelopes,
            groups, keys or times are those of no published revision.
    """
    for announcement in announcements:
        notice = announcement.notice
        demand_for(package, platform=notice.platform, tender=notice.tender, lot=notice.lot, credit_code=credit_code)
        if _fits(package, announcement):
            return announcement
    raise RejectedError("tender.package_differs", package.header.package_id.hex())


def _fits(package: BidPackage, announcement: Announcement) -> bool:
    header, asked = package.header, announcement.notice.envelopes
    return (
        header.deadline == announcement.notice.deadline
        and len(header.envelopes) == len(asked)
        and all(map(_envelope_fits, header.envelopes, asked, announcement.keys))
    )


def _envelope_fits(found: Envelope, asked: NoticeEnvelope, opening_key: bytes) -> bool:
    said = (found.envelope_id, found.title, found.not_before)
    if said != (asked.envelope_id, asked.title, asked.not_before) or len(found.groups) != len(asked.groups):
        return False
    keys = {
        PolicyGroup.OPENING_KEY: _bare(OPENING_KEY_NAME, opening_key),
        PolicyGroup.TIME: _bare(TIME_KEY_NAME, asked.time_key),
    }
    return all(_group_fits(group, kind, keys.get(kind)) for group, kind in zip(found.groups, asked.groups, strict=True))


def _group_fits(group: Group, kind: PolicyGroup, recipient: Recipient | None) -> bool:
    if (group.group_id, group.kind) != _IDS[kind]:
        return False
    if recipient is None:
        return all(each.kind is RecipientKind.CERTIFICATE for each in group.recipients)
    return group.recipients == (recipient,)


def _bare(name: str, spki: bytes) -> Recipient:
    return Recipient(kind=RecipientKind.KEY, name=name, sha256=sha256(spki))
