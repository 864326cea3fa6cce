"""Consent text of the bid package's items: who bids for what, what is inside, and who will be able to read it.

Pure functions of the item; part of the template of protocol/display.py. docs/protocol.md, Consent text.
"""

from desktop.protocol.bid_items import BidEnvelope, EnvelopeContent, PinItem, ShareItem, SignPackageItem
from desktop.protocol.display_parts import GROUP_WORDS, fingerprint, group_words, moment, prefix, warning


def package_lines(item: SignPackageItem, *, en: bool) -> tuple[str, ...]:
    """Return the lines of a sign_package item."""
    bid = item.bid
    deadline = moment(bid.deadline)
    package = prefix(bid.package_id)
    lines = [
        f"{bid.tender} · {bid.lot}",
        f"{bid.bidder_name} ({bid.credit_code})",
        f"Deadline {deadline} · package {package}" if en else f"截止 {deadline} · 投标包 {package}",
    ]
    for envelope, content in zip(bid.envelopes, item.contents, strict=True):
        lines += _envelope_lines(envelope, content, en=en)
    return tuple(lines)


def _envelope_lines(envelope: BidEnvelope, content: EnvelopeContent, *, en: bool) -> list[str]:
    count, size = content.count, f"{content.size:,}"
    head = (
        f"{envelope.title}: {count} files · {size} bytes" if en else f"{envelope.title}: {count} 个文件 · {size} 字节"
    )
    lines = [head]
    summary = _summary(content, en=en)
    if summary:
        lines.append(summary)
    lines += [f"{file.name} · {file.size:,}" for file in content.files]
    if count > len(content.files):
        more = count - len(content.files)
        lines.append(f"and {more} more files" if en else f"另有 {more} 个文件")
    if envelope.not_before:
        when = moment(envelope.not_before)
        lines.append(f"Not to be opened before {when}" if en else f"开启时间不早于 {when}")
    for group in envelope.groups:
        names = ", ".join(f"{r.name} {prefix(r.sha256)}" for r in group.recipients)
        lines.append(
            f"Needed to open: {GROUP_WORDS[group.kind][en]} ({names})"
            if en
            else f"解密需要: {GROUP_WORDS[group.kind][en]} ({names})"
        )
    if all(group.kind != "bidder" for group in envelope.groups):
        lines.append(warning(en=en))
    return lines


def _summary(content: EnvelopeContent, *, en: bool) -> str:
    parts = []
    if content.price:
        parts.append(f"Price {content.price} CNY" if en else f"报价 {content.price} 元")
    if content.duration_days:
        parts.append(f"{content.duration_days} days" if en else f"工期 {content.duration_days} 天")
    if content.quality:
        parts.append(f"Quality {content.quality}" if en else f"质量 {content.quality}")
    if content.project_manager:
        parts.append(f"Project manager {content.project_manager}" if en else f"项目负责人 {content.project_manager}")
    if content.bid_bond:
        parts.append(f"Bid bond {content.bid_bond} CNY" if en else f"投标保证金 {content.bid_bond} 元")
    return " · ".join(parts)


def share_lines(item: ShareItem, *, en: bool) -> tuple[str, ...]:
    """Return the lines of a decrypt or rehearse item."""
    package, group = prefix(item.package_id), group_words(item.group_id, en=en)
    return (
        item.name,
        f"{item.tender} · {item.lot}",
        f"{item.bidder_name} ({item.credit_code})",
        f"{item.envelope_title} ({group}) · package {package}"
        if en
        else f"{item.envelope_title} ({group}) · 投标包 {package}",
    )


def pin_lines(item: PinItem, *, en: bool) -> tuple[str, ...]:
    """Return the lines of a pin_recipient item."""
    note = "Bids may be sealed to it from now on" if en else "确认后投标文件可加密给该证书"
    return (item.holder, note, item.enc_serial, f"SHA-256 {fingerprint(item.sha256)}")
