"""The home page's words: for each need a title, a sentence and the one action; for each operation its name."""

from dataclasses import dataclass
from datetime import datetime

from desktop.domain.clock import SHANGHAI
from desktop.store.journal import EntryState
from desktop.ui.i18n import tr
from desktop.ui.kit.base import Tone
from desktop.ui.kit.progress import local_time
from desktop.views.home.needs import Need, NeedKind

_NOON, _EVENING, _MORNING = 12, 18, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWords:
    """How a need is told and where its action leads: a page id and what that page should open."""

    icon: str
    tone: Tone
    title: str
    text: str
    action: str
    page: str
    payload: str


def greeting(name: str, now: datetime | None) -> str:
    """Greet by the hour in Shanghai."""
    hour = now.astimezone(SHANGHAI).hour if now else _NOON
    if _MORNING <= hour < _NOON:
        return tr("上午好, {name}", name=name)
    if _NOON <= hour < _EVENING:
        return tr("下午好, {name}", name=name)
    return tr("晚上好, {name}", name=name)


def operation_word(operation: str) -> str:
    """Return the name of an operation of the journal."""
    words = {
        "login": tr("扫码登录"),
        "enrol_workstation": tr("登记工位"),
        "download": tr("下载证书"),
        "renew": tr("证书延期"),
        "reissue": tr("证书补办"),
        "change_password": tr("修改证书密码"),
        "claim_seal": tr("申领印章"),
        "seal": tr("文件签章"),
    }
    return words.get(operation, operation)


OPERATION_ICONS = {
    "login": "log-in",
    "enrol_workstation": "monitor",
    "download": "download",
    "renew": "calendar",
    "reissue": "smartphone",
    "change_password": "key-round",
    "claim_seal": "badge-check",
    "seal": "stamp",
}
_OPERATION_PAGES = {
    "seal": ("sealing", ""),
    "download": ("certificates", ""),
    "renew": ("certificates", ""),
    "reissue": ("certificates", ""),
    "change_password": ("certificates", ""),
    "claim_seal": ("seals", ""),
    "enrol_workstation": ("me", ""),
}


def state_word(state: EntryState) -> tuple[str, Tone]:
    """Return word and tone for how an operation ended."""
    words = {
        EntryState.CONSUMED: (tr("进行中"), Tone.INFO),
        EntryState.DONE: (tr("已完成"), Tone.SUCCESS),
        EntryState.FAILED: (tr("未成功"), Tone.PROBLEM),
        EntryState.INTERRUPTED: (tr("已中断"), Tone.WARNING),
    }
    return words[state]


def need_words(need: Need) -> NeedWords:
    """Return the words for `need`."""
    if need.kind is NeedKind.INTERRUPTED:
        return _interrupted(need)
    if need.kind in _CERTIFICATE_KINDS:
        return _certificate(need)
    if need.kind in _ORDER_KINDS:
        return _order(need)
    if need.kind in {NeedKind.CLAIM_CERTIFICATE, NeedKind.IDENTITY_IN_REVIEW}:
        return _claim(need)
    if need.kind is NeedKind.ENROL:
        return NeedWords(
            icon="monitor",
            tone=Tone.INFO,
            title=tr("登记本工位"),
            text=tr("登记后, 手机能确认扫码请求来自本单位的电脑; 签章前必须登记。"),
            action=tr("登记工位"),
            page="me",
            payload="enrol",
        )
    return _seal(need)


_CERTIFICATE_KINDS = {NeedKind.EXPIRES_SOON, NeedKind.CERTIFICATE_EXPIRED}
_ORDER_KINDS = {NeedKind.ORDER_CERTIFICATE, NeedKind.ORDER_IN_REVIEW, NeedKind.ORDER_REJECTED, NeedKind.DOWNLOAD}


def _day(moment: datetime | None) -> str:
    return local_time(moment)[: len("2026-11-24")] if moment else ""


def _interrupted(need: Need) -> NeedWords:
    page, payload = _OPERATION_PAGES.get(need.operation, ("home", ""))
    operation = operation_word(need.operation)
    return NeedWords(
        icon="triangle-alert",
        tone=Tone.WARNING,
        title=tr("上次的{operation}没有完成", operation=operation),
        text=tr("{subject}: 手机已确认, 但程序在完成前中断。请检查结果, 需要时重新操作。", subject=need.subject),
        action=tr("去检查"),
        page=page,
        payload=payload,
    )


def _certificate(need: Need) -> NeedWords:
    is_over = need.kind is NeedKind.CERTIFICATE_EXPIRED
    text = tr("{name} 的证书于 {day} 到期, 到期后不能登录和签章。", name=need.subject, day=_day(need.until))
    return NeedWords(
        icon="calendar",
        tone=Tone.PROBLEM if is_over else Tone.WARNING,
        title=tr("数字证书已过期") if is_over else tr("数字证书即将到期"),
        text=text,
        action=tr("查看证书") if is_over else tr("办理延期"),
        page="certificates",
        payload=need.target if is_over else f"renew:{need.target}",
    )


def _claim(need: Need) -> NeedWords:
    if need.kind is NeedKind.IDENTITY_IN_REVIEW:
        return NeedWords(
            icon="clock",
            tone=Tone.NEUTRAL,
            title=tr("身份材料待审核"),
            text=tr("{name} 授权您申领证书; 材料审核通过后即可下载。", name=need.subject),
            action=tr("查看"),
            page="certificates",
            payload="",
        )
    text = tr("{name} 授权您申领证书, 完成实名认证后即可下载。", name=need.subject)
    refused = tr("{name} 的身份材料被驳回: {reason}", name=need.subject, reason=need.reason)
    return NeedWords(
        icon="id-card",
        tone=Tone.INFO,
        title=tr("有待申领的证书"),
        text=refused if need.reason else text,
        action=tr("申领证书"),
        page="certificates",
        payload=f"claim:{need.target}",
    )


def _order(need: Need) -> NeedWords:
    page = "certificates"
    if need.kind is NeedKind.DOWNLOAD:
        text = tr("{name} 的证书订单已通过, 请用手机扫码下载证书并设置证书密码。", name=need.subject)
        return NeedWords(
            icon="download",
            tone=Tone.SUCCESS,
            title=tr("证书可以下载了"),
            text=text,
            action=tr("下载证书"),
            page=page,
            payload=need.target,
        )
    if need.kind is NeedKind.ORDER_IN_REVIEW:
        text = tr("{name} 的证书订单于 {day} 提交, 审核通过后即可下载。", name=need.subject, day=_day(need.until))
        return NeedWords(
            icon="clock",
            tone=Tone.NEUTRAL,
            title=tr("证书订单待审核"),
            text=text,
            action=tr("查看订单"),
            page=page,
            payload=need.target,
        )
    if need.kind is NeedKind.ORDER_REJECTED:
        return NeedWords(
            icon="circle-x",
            tone=Tone.PROBLEM,
            title=tr("证书订单被驳回"),
            text=tr("{name}: {reason}", name=need.subject, reason=need.reason),
            action=tr("修改后重新申请"),
            page=page,
            payload=need.target,
        )
    return NeedWords(
        icon="id-card",
        tone=Tone.INFO,
        title=tr("申请数字证书"),
        text=tr("有了数字证书, 才能扫码登录、申请印章和签章。请准备营业执照和经办人授权书。"),
        action=tr("申请数字证书"),
        page=page,
        payload="new",
    )


def _seal(need: Need) -> NeedWords:
    page = "seals"
    if need.kind is NeedKind.CLAIM_SEAL:
        return NeedWords(
            icon="badge-check",
            tone=Tone.SUCCESS,
            title=tr("印章可以申领了"),
            text=tr("{name} 已通过审核, 请用手机扫码申领, 需要输入证书密码。", name=need.subject),
            action=tr("申领印章"),
            page=page,
            payload=need.target,
        )
    if need.kind is NeedKind.SEAL_IN_REVIEW:
        return NeedWords(
            icon="clock",
            tone=Tone.NEUTRAL,
            title=tr("印章申请待审核"),
            text=tr("{name} 于 {day} 提交, 审核通过后即可申领。", name=need.subject, day=_day(need.until)),
            action=tr("查看印章"),
            page=page,
            payload=need.target,
        )
    if need.kind is NeedKind.SEAL_REJECTED:
        return NeedWords(
            icon="circle-x",
            tone=Tone.PROBLEM,
            title=tr("印章申请被驳回"),
            text=tr("{name}: {reason}", name=need.subject, reason=need.reason),
            action=tr("查看印章"),
            page=page,
            payload=need.target,
        )
    return NeedWords(
        icon="stamp",
        tone=Tone.INFO,
        title=tr("申请电子印章"),
        text=tr("在空白纸上盖章后扫描或拍照上传, 审核通过即可申领。"),
        action=tr("申请印章"),
        page=page,
        payload="new",
    )
