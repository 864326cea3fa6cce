"""Consent text of tendering: what is tendered until when, who can read a bid and when, what is withdrawn or opened.

Pure functions of the item; part of the template of protocol/display.py. docs/tendering.md §3.
"""

from desktop.crypto.certificates import CertificateFacts
from desktop.protocol.codec import clean_text
from desktop.protocol.display_parts import GROUP_WORDS, moment, prefix, warning
from desktop.protocol.notices import Notice, NoticeEnvelope
from desktop.protocol.tender_items import (
    AmendTenderItem,
    CreateOpeningKeyItem,
    ReleaseOpeningKeyItem,
    TenderItem,
    WithdrawItem,
)

_MAX_HOLDER_BYTES = 120
_MICROSECONDS = 1_000_000


def tender_lines(item: TenderItem, *, en: bool) -> tuple[str, ...]:
    """Return the lines of an item of tendering."""
    if isinstance(item, CreateOpeningKeyItem):
        members = (_member(member, en=en) for member in item.members)
        return (*_names(item.notice), *_envelopes(item.notice, en=en), *members)
    if isinstance(item, AmendTenderItem):
        revision = f"Revision {item.notice.revision}" if en else f"第 {item.notice.revision} 版"
        return (*_names(item.notice), revision, *_envelopes(item.notice, en=en))
    if isinstance(item, WithdrawItem):
        return _withdraw(item, en=en)
    return _release(item, en=en)


def _names(notice: Notice) -> tuple[str, str]:
    return f"{notice.tender} · {notice.tender_name}", f"{notice.lot} · {notice.lot_name}"


def _envelopes(notice: Notice, *, en: bool) -> list[str]:
    return [line for envelope in notice.envelopes for line in _envelope(notice, envelope, en=en)]


def _envelope(notice: Notice, envelope: NoticeEnvelope, *, en: bool) -> list[str]:
    deadline, not_before = moment(notice.deadline), moment(envelope.not_before)
    groups = " + ".join(GROUP_WORDS[group][en] for group in envelope.groups)
    lines = (
        [f"{envelope.title}: deadline {deadline} · not to be opened before {not_before}", f"Needed to open: {groups}"]
        if en
        else [f"{envelope.title}: 截止 {deadline} · 开标不早于 {not_before}", f"解密需要: {groups}"]
    )
    return lines if envelope.needs_bidder else [*lines, warning(en=en)]


def _member(member: CertificateFacts, *, en: bool) -> str:
    # The name is the certificate's, whose path the phone has yet to judge: only the item's own texts are clean already.
    holder = clean_text(member.holder, max_bytes=_MAX_HOLDER_BYTES)
    return f"{'Holder of the opening key' if en else '开标密钥成员'}: {holder} {prefix(member.sha256)}"


def _withdraw(item: WithdrawItem, *, en: bool) -> tuple[str, ...]:
    package = prefix(item.package_id)
    return (
        f"{item.tender} · {item.lot}",
        f"{item.tender_name} · {item.lot_name}",
        f"Package {package} · bid no. {item.number}" if en else f"投标包 {package} · 第 {item.number} 份",
        "Once withdrawn, the bid takes no part in the opening" if en else "撤回后该投标文件不再参加开标",
    )


def _release(item: ReleaseOpeningKeyItem, *, en: bool) -> tuple[str, ...]:
    title, count, delivered = item.envelope.title, item.closing.payload.count, item.delivered
    closed = moment(item.closing.payload.at_us // _MICROSECONDS)
    return (
        *_names(item.announcement.notice),
        f"{title} · {count} bids · {delivered} delivered"
        if en
        else f"{title} · 投标 {count} 份 · 已交付 {delivered} 份",
        f"Closed {closed}" if en else f"截止 {closed}",
    )
