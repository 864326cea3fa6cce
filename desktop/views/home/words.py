"""The home page's words: for each need a title, a sentence and the one action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from desktop.domain.clock import SHANGHAI
from desktop.domain.operations import Operation
from desktop.ui.i18n import tr
from desktop.ui.kit.base import Tone
from desktop.ui.kit.progress import local_time
from desktop.views.home.needs import Need, NeedKind
from desktop.views.records.words import operation_words

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


OPERATION_ICONS = {
    Operation.LOGIN: "log-in",
    Operation.ENROL_WORKSTATION: "monitor",
    Operation.DOWNLOAD: "download",
    Operation.RENEW: "calendar",
    Operation.REISSUE: "smartphone",
    Operation.CHANGE_PASSWORD: "key-round",
    Operation.CLAIM_SEAL: "badge-check",
    Operation.SEAL: "stamp",
    Operation.SIGN_PACKAGE: "file-lock",
    Operation.DECRYPT: "key-round",
    Operation.REHEARSE: "key-round",
    Operation.PIN_RECIPIENT: "smartphone",
    Operation.CREATE_OPENING_KEY: "megaphone",
    Operation.AMEND_TENDER: "megaphone",
    Operation.WITHDRAW: "file-lock",
    Operation.RELEASE_OPENING_KEY: "gavel",
}
_OPERATION_PAGES = {
    Operation.SEAL: ("sealing", ""),
    Operation.DOWNLOAD: ("certificates", ""),
    Operation.RENEW: ("certificates", ""),
    Operation.REISSUE: ("certificates", ""),
    Operation.CHANGE_PASSWORD: ("certificates", ""),
    Operation.CLAIM_SEAL: ("seals", ""),
    Operation.ENROL_WORKSTATION: ("me", ""),
    Operation.SIGN_PACKAGE: ("projects", "pack"),
    Operation.DECRYPT: ("projects", "open"),
    Operation.REHEARSE: ("projects", "rehearse"),
    Operation.PIN_RECIPIENT: ("projects", "pack"),
    Operation.CREATE_OPENING_KEY: ("publish", ""),
    Operation.AMEND_TENDER: ("publish", ""),
    Operation.WITHDRAW: ("projects", ""),
    Operation.RELEASE_OPENING_KEY: ("room", ""),
}


_PAGES_BY_NAME: Mapping[str, tuple[str, str]] = {str(operation): page for operation, page in _OPERATION_PAGES.items()}
_BID_KINDS = {NeedKind.BID_DUE, NeedKind.BID_OPENING, NeedKind.BID_PREPARED}
_CERTIFICATE_KINDS = {NeedKind.EXPIRES_SOON, NeedKind.CERTIFICATE_EXPIRED}
_ORDER_KINDS = {NeedKind.ORDER_CERTIFICATE, NeedKind.ORDER_IN_REVIEW, NeedKind.ORDER_REJECTED, NeedKind.DOWNLOAD}


def _day(moment: datetime | None) -> str:
    return local_time(moment)[: len("2026-11-24")] if moment else ""


def _interrupted(need: Need) -> NeedWords:
    page, payload = _PAGES_BY_NAME.get(need.operation, ("home", ""))
    operation = operation_words().get(need.operation, need.operation)
    return NeedWords(
        icon="triangle-alert",
        tone=Tone.WARNING,
        title=tr("上次的{operation}没有完成", operation=operation),
        text=tr("{subject}: 手机已确认, 但程序在完成前中断。请检查结果, 需要时重新操作。", subject=need.subject),
        action=tr("去检查"),
        page=page,
        payload=payload,
    )


def _bid(need: Need) -> NeedWords:
    time = local_time(need.until) if need.until else ""
    if need.kind is NeedKind.BID_OPENING and need.lot_id:
        return NeedWords(
            icon="gavel",
            tone=Tone.INFO,
            title=tr("投标已截止, 等待开标"),
            text=tr("{subject}: 请到开标大厅签到, 并按时交付解密。", subject=need.subject),
            action=tr("进入开标大厅"),
            page="room",
            payload=need.lot_id,
        )
    if need.kind is NeedKind.BID_OPENING:
        return NeedWords(
            icon="key-round",
            tone=Tone.INFO,
            title=tr("投标已截止, 等待开标"),
            text=tr("{subject}: 开标时请用手机扫码解密投标文件。", subject=need.subject),
            action=tr("去解密"),
            page="projects",
            payload=f"open:{need.target}",
        )
    is_due = need.kind is NeedKind.BID_DUE
    packed = tr("{subject}: {time} 截止。投标文件已加密, 请按招标文件的要求递交。", subject=need.subject, time=time)
    open_still = tr("{subject}: {time} 截止。投标文件尚未加密完成。", subject=need.subject, time=time)
    return NeedWords(
        icon="calendar",
        tone=Tone.WARNING if is_due else Tone.INFO,
        title=tr("投标即将截止") if is_due else tr("有准备中的投标"),
        text=packed if need.target else open_still,
        action=tr("演练解密") if need.target else tr("继续准备"),
        page="projects",
        payload=f"rehearse:{need.target}" if need.target else "pack",
    )


def _records(need: Need) -> NeedWords:
    return NeedWords(
        icon="upload",
        tone=Tone.NEUTRAL,
        title=tr("{count} 条使用记录尚未上传", count=need.count),
        text=tr("离线时的操作记录保存在本工位, 联网后自动补传。"),
        action=tr("查看记录"),
        page="records",
        payload="",
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


def _enrol(_need: Need) -> NeedWords:
    return NeedWords(
        icon="monitor",
        tone=Tone.INFO,
        title=tr("登记本工位"),
        text=tr("登记后, 手机能确认扫码请求来自本单位的电脑; 签章前必须登记。"),
        action=tr("登记工位"),
        page="me",
        payload="enrol",
    )


def _contradicted(_need: Need) -> NeedWords:
    return NeedWords(
        icon="triangle-alert",
        tone=Tone.PROBLEM,
        title=tr("平台日志前后矛盾"),
        text=tr("平台出示的日志与本工位之前见过的不是同一份。请停止依赖平台记录, 保留证据并向监督部门反映。"),
        action=tr("查看使用记录"),
        page="records",
        payload="",
    )


_WORDS: tuple[tuple[set[NeedKind], Callable[[Need], NeedWords]], ...] = (
    ({NeedKind.LOG_CONTRADICTED}, _contradicted),
    ({NeedKind.INTERRUPTED}, _interrupted),
    (_BID_KINDS, _bid),
    ({NeedKind.RECORDS_WAIT}, _records),
    (_CERTIFICATE_KINDS, _certificate),
    (_ORDER_KINDS, _order),
    ({NeedKind.CLAIM_CERTIFICATE, NeedKind.IDENTITY_IN_REVIEW}, _claim),
    ({NeedKind.ENROL}, _enrol),
)


def need_words(need: Need) -> NeedWords:
    """Return the words for `need`."""
    return next((words for kinds, words in _WORDS if need.kind in kinds), _seal)(need)
