"""What a phone shows before consent: a pure function of the challenge and the template version.

The desktop shows the same lines, so two people can read them to each other. Nothing here comes from anywhere but the
challenge; a phone that shows these lines shows what it signs. docs/protocol.md, Consent text.
"""

from dataclasses import dataclass

from desktop.crypto.primitives import sha256
from desktop.domain.operations import Operation, SealKind
from desktop.protocol.bid_items import PinItem, ShareItem, SignPackageItem
from desktop.protocol.challenge import Challenge
from desktop.protocol.display_bid import package_lines, pin_lines, share_lines
from desktop.protocol.display_parts import PREFIX_DIGITS, fingerprint, moment, prefix
from desktop.protocol.display_tender import tender_lines
from desktop.protocol.items import (
    ChangePasswordItem,
    ClaimSealItem,
    DownloadItem,
    EnrolItem,
    Item,
    LoginItem,
    SealItem,
    SealMark,
    SuccessorItem,
)
from desktop.protocol.tender_items import TenderItem

_TITLES: dict[Operation, tuple[str, str]] = {
    Operation.LOGIN: ("登录平台", "Log in to the platform"),
    Operation.ENROL_WORKSTATION: ("登记工位", "Enrol this workstation"),
    Operation.DOWNLOAD: ("下载数字证书", "Download the certificate"),
    Operation.RENEW: ("证书延期", "Renew the certificate"),
    Operation.REISSUE: ("证书补办", "Reissue the certificate"),
    Operation.CHANGE_PASSWORD: ("修改证书密码", "Change the certificate password"),
    Operation.CLAIM_SEAL: ("申领电子印章", "Claim the electronic seal"),
    Operation.SEAL: ("文件签章", "Seal documents"),
    Operation.SIGN_PACKAGE: ("签署加密投标文件", "Sign the encrypted bid"),
    Operation.DECRYPT: ("解密投标文件", "Open bids"),
    Operation.REHEARSE: ("演练解密", "Rehearse the opening"),
    Operation.PIN_RECIPIENT: ("确认解密证书", "Confirm the decryption certificate"),
    Operation.CREATE_OPENING_KEY: ("发布招标", "Publish a tender"),
    Operation.AMEND_TENDER: ("发布澄清与变更", "Amend a tender"),
    Operation.WITHDRAW: ("撤回投标", "Withdraw a bid"),
    Operation.RELEASE_OPENING_KEY: ("开标解密", "Release the opening key"),
}

_KINDS: dict[SealKind, tuple[str, str]] = {
    SealKind.OFFICIAL: ("企业公章", "official seal"),
    SealKind.LEGAL_REPRESENTATIVE: ("法人章", "legal representative's seal"),
    SealKind.CONTRACT: ("合同章", "contract seal"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """Title in large type, labelled rows, and one block of lines for each item."""

    title: str
    rows: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, ...], ...]


def consent_text(challenge: Challenge, language: str) -> ConsentText:
    """Return the text of `challenge` in "zh" or "en" (anything else reads Chinese)."""
    en = language == "en"

    def pick(zh_en: tuple[str, str]) -> str:
        return zh_en[en]

    rows = [
        (pick(("平台", "Platform")), challenge.platform_name),
        (pick(("单位", "Organization")), _organization(challenge) or pick(("(未指定)", "(not given)"))),
        (
            pick(("工位", "Workstation")),
            f"{challenge.workstation_name} · {prefix(challenge.workstation_id)}",
        ),
        (pick(("时间", "Time")), moment(challenge.issued_at)),
        (pick(("数量", "Count")), str(len(challenge.items))),
    ]
    if not challenge.is_signed:
        rows.append((pick(("注意", "Note")), pick(("该工位尚未登记", "This workstation is not enrolled"))))
    items = tuple((*_item_lines(item, en=en), *_note(challenge.operation, en=en)) for item in challenge.items)
    return ConsentText(title=pick(_TITLES[challenge.operation]), rows=tuple(rows), items=items)


def _note(operation: Operation, *, en: bool) -> tuple[str, ...]:
    """What the operation does to keys that are there, where it is not all in the item."""
    notes = {
        Operation.RENEW: ("原解密密钥保留在本手机", "The old decryption key stays on this phone"),
        Operation.REISSUE: ("原证书已失效", "The old certificate is no longer valid"),
        Operation.CHANGE_PASSWORD: ("密钥和证书不变", "Keys and certificate stay the same"),
    }
    return (notes[operation][en],) if operation in notes else ()


def _organization(challenge: Challenge) -> str:
    if not challenge.credit_code:
        return challenge.organization
    return f"{challenge.organization} ({challenge.credit_code})"


def _item_lines(item: Item, *, en: bool) -> tuple[str, ...]:
    if isinstance(item, SealItem):
        return _seal_lines(item, en=en)
    if isinstance(item, SignPackageItem):
        return package_lines(item, en=en)
    if isinstance(item, ShareItem):
        return share_lines(item, en=en)
    if isinstance(item, PinItem):
        return pin_lines(item, en=en)
    if isinstance(item, TenderItem):
        return tender_lines(item, en=en)
    return _short_lines(item, en=en)


def _seal_lines(item: SealItem, *, en: bool) -> tuple[str, ...]:
    marks = ", ".join(_mark(mark, en=en) for mark in item.marks)
    facts = (
        f"{item.pages} pages · {item.size:,} bytes · SHA-256 {prefix(item.source_sha256)}"
        if en
        else f"{item.pages} 页 · {item.size:,} 字节 · SHA-256 {prefix(item.source_sha256)}"
    )
    return (item.name, facts, marks)


def _short_lines(item: Item, *, en: bool) -> tuple[str, ...]:
    if isinstance(item, ClaimSealItem):
        return (item.name, _KINDS[item.kind][en], f"SHA-256 {prefix(item.imprint_sha256)}")
    if isinstance(item, DownloadItem):
        return _download_lines(item, en=en)
    if isinstance(item, ChangePasswordItem):
        return (f"{'Holder' if en else '持有人'}: {item.holder}", item.serial_number)
    if isinstance(item, EnrolItem):
        note = "It may ask members of the organization for scans" if en else "登记后可向本单位成员发起扫码"
        return (item.name, note, f"SHA-256 {fingerprint(sha256(item.workstation_key))}")
    if isinstance(item, LoginItem):
        return ("Log in on the workstation named above" if en else "在上述工位登录平台",)
    raise TypeError(type(item).__name__)


def _download_lines(item: DownloadItem, *, en: bool) -> tuple[str, ...]:
    holder, order, old = ("Holder", "order", "Old certificate") if en else ("持有人", "订单", "原证书")
    lines = (f"{holder}: {item.holder}", f"{order} {item.order_id[:PREFIX_DIGITS]} · {item.suite}")
    return (*lines, f"{old}: {item.old_serial}") if isinstance(item, SuccessorItem) else lines


def _mark(mark: SealMark, *, en: bool) -> str:
    what = f"{mark.name} ({_KINDS[mark.kind][en]})"
    if en:
        return f"{what}{', cross-page seal' if mark.cross_page else ''} × {mark.pages} pages"
    return f"{what}{' 骑缝章' if mark.cross_page else ''} × {mark.pages} 页"
