"""Words for bid packages: who opens an envelope, sizes, amounts, verdicts; used by these pages and by verification."""

from datetime import UTC, datetime
from decimal import Decimal

from desktop.domain.money import amount_in_figures, amount_in_words
from desktop.domain.operations import Verdict
from desktop.formats.package import BidSummary, Envelope, Group, GroupKind, PackageVerdict
from desktop.ui.i18n import tr
from desktop.ui.kit import local_time

_KIB = 1024
_UNITS = ("KB", "MB", "GB")


def group_name(kind: GroupKind) -> str:
    """Return the word for whose share a group holds."""
    return {
        GroupKind.BIDDER: tr("本单位证书"),
        GroupKind.OPENING_KEY: tr("开标密钥"),
        GroupKind.TIME: tr("平台时间密钥"),
    }[kind]


def box_title(number: int, *, is_double: bool) -> str:
    """Return the word for an envelope's files while it is being made."""
    if not is_double:
        return tr("投标文件")
    return (tr("第一信封: 商务技术"), tr("第二信封: 报价"))[number]


def members_of(group: Group) -> str:
    """Say a group and who can give its share."""
    names = f" {tr('或')} ".join(recipient.name for recipient in group.recipients)
    word = tr("投标人证书") if group.kind is GroupKind.BIDDER else group_name(group.kind)
    return f"{word} ({names})"


def openers_of(envelope: Envelope) -> str:
    """Say who has to give a share for an envelope to open."""
    return " + ".join(members_of(group) for group in envelope.groups)


def moment(seconds: int) -> str:
    """Write epoch seconds as they are shown on screen."""
    return local_time(datetime.fromtimestamp(seconds, UTC))


def size_words(size: int) -> str:
    """Write a size in bytes for people."""
    if size < _KIB:
        return tr("{size} 字节", size=size)
    amount, unit = float(size), ""
    for name in _UNITS:
        amount, unit = amount / _KIB, name
        if amount < _KIB:
            break
    return f"{amount:.1f} {unit}"


def money_words(amount: Decimal) -> str:
    """Write an amount in figures and in capital characters."""
    return f"¥ {amount_in_figures(amount)} ({amount_in_words(amount)})"


def summary_lines(summary: BidSummary) -> list[tuple[str, str]]:
    """Return (word, value) of every announcement item that is there."""
    lines: list[tuple[str, str]] = []
    if summary.price is not None:
        lines.append((tr("报价"), money_words(summary.price)))
    if summary.duration_days is not None:
        lines.append((tr("工期"), tr("{days} 日历天", days=summary.duration_days)))
    if summary.quality is not None:
        lines.append((tr("质量"), summary.quality))
    if summary.project_manager is not None:
        lines.append((tr("项目负责人"), summary.project_manager))
    if summary.bid_bond is not None:
        lines.append((tr("投标保证金"), money_words(summary.bid_bond)))
    return lines


def verdict_sentence(verdict: PackageVerdict) -> str:
    """Say in one sentence what a verdict on a package means."""
    return {
        Verdict.VALID: tr("投标文件包完整, 签名之后没有改动, 签名证书可信。"),
        Verdict.INVALID: tr("请勿使用此投标文件包: 它不完整、被改动过, 或签名不可信。"),
        Verdict.CANNOT_TELL: tr("无法判断此投标文件包是否可信, 请勿当作有效文件使用。"),
        Verdict.UNSIGNED: tr("此投标文件包没有签名。"),
    }[verdict.verdict]
