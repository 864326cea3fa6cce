"""What each kind of notice says, and where it leads. A kind of a newer platform is said to be one."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain.operations import CheckPurpose, MemberRole, NoticeKind, OrderKind
from desktop.ui.i18n import tr
from desktop.ui.kinds import order_kind_word
from desktop.ui.kit.base import Tone
from desktop.views.me.role_words import role_word


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWords:
    """A notice as it is shown. `page` and `payload` name where it leads, "" for nowhere."""

    title: str
    text: str
    tone: Tone = Tone.INFO
    page: str = ""
    payload: str = ""


def notice_words(kind: str, details: Mapping[str, str]) -> NoticeWords:
    """Return the words of a notice; details that are missing read as "-"."""
    told = _Told(details)
    try:
        known = NoticeKind(kind)
    except ValueError:
        text = tr("此客户端还不认识这类通知 ({kind}), 请升级客户端后查看。", kind=kind)
        return NoticeWords(title=tr("平台通知"), text=text)
    if known in _SECURITY:
        return _security(known, told)
    if known in _PEOPLE:
        return _people(known, told)
    if known in _LOTS:
        return _lots(known, told)
    return _papers(known, told)


class _Told:
    """The details of a notice."""

    def __init__(self, details: Mapping[str, str]) -> None:
        self._details = details

    def __getitem__(self, name: str) -> str:
        return self._details.get(name) or "-"

    @property
    def role(self) -> str:
        value = self["role"]
        return role_word(MemberRole(value)) if value in set(MemberRole) else value

    @property
    def order_kind(self) -> str:
        value = self["order_kind"]
        return order_kind_word(OrderKind(value)) if value in set(OrderKind) else value

    @property
    def purpose(self) -> str:
        words = {
            CheckPurpose.GRANT: tr("申领授权证书"),
            CheckPurpose.PASSWORD_RESET: tr("重置证书密码"),
            CheckPurpose.MOBILE_CHANGE: tr("更换手机号"),
        }
        value = self["purpose"]
        return words[CheckPurpose(value)] if value in set(CheckPurpose) else value


_SECURITY = frozenset(
    {
        NoticeKind.WORKSTATION_ENROLLED,
        NoticeKind.WORKSTATION_REMOVED,
        NoticeKind.PASSWORD_CHANGED,
        NoticeKind.MOBILE_CHANGE_REQUESTED,
        NoticeKind.MOBILE_CHANGE_PLANNED,
        NoticeKind.MOBILE_CHANGE_CANCELLED,
        NoticeKind.MOBILE_CHANGED,
        NoticeKind.RECOVERY_RELEASED,
    }
)
_PEOPLE = frozenset(
    {
        NoticeKind.GRANTED,
        NoticeKind.GRANT_REJECTED,
        NoticeKind.MEMBER_ADDED,
        NoticeKind.MEMBER_REMOVED,
        NoticeKind.ROLE_CHANGED,
    }
)
_LOTS = frozenset({NoticeKind.LOT_AMENDED, NoticeKind.LOT_CLOSED, NoticeKind.LOT_FAILED})


def _security(kind: NoticeKind, told: _Told) -> NoticeWords:
    words = {
        NoticeKind.WORKSTATION_ENROLLED: (
            tr("新工位已登记"),
            tr("{name} 已用您的证书登记。若非本人操作, 请立即移除。", name=told["name"]),
        ),
        NoticeKind.WORKSTATION_REMOVED: (
            tr("工位已移除"),
            tr("{name} 不能再发起签章和解密, 需要时请重新登记。", name=told["name"]),
        ),
        NoticeKind.PASSWORD_CHANGED: (
            tr("登录密码已修改"),
            tr("其他设备上的登录已全部退出。若非本人操作, 请立即用短信验证码重新设置。"),
        ),
        NoticeKind.MOBILE_CHANGE_REQUESTED: (
            tr("有人申请更换绑定手机号"),
            tr("申请更换为 {mobile}, 正在审核。若非本人操作, 请立即撤回并修改登录密码。", mobile=told["mobile"]),
        ),
        NoticeKind.MOBILE_CHANGE_PLANNED: (
            tr("绑定手机号即将更换"),
            tr("将更换为 {mobile}。若非本人操作, 请在生效前取消并修改登录密码。", mobile=told["mobile"]),
        ),
        NoticeKind.MOBILE_CHANGE_CANCELLED: (
            tr("更换手机号已取消"),
            tr("绑定的手机号保持不变, 没有更换为 {mobile}。", mobile=told["mobile"]),
        ),
        NoticeKind.MOBILE_CHANGED: (
            tr("绑定手机号已更换"),
            tr("现在的号码是 {mobile}, 请用它登录。", mobile=told["mobile"]),
        ),
        NoticeKind.RECOVERY_RELEASED: (
            tr("证书密码正在重置"),
            tr("已为证书 {serial} 放行一次密码重置。若非本人操作, 请立即联系平台。", serial=told["serial"]),
        ),
    }
    title, text = words[kind]
    calm = {NoticeKind.WORKSTATION_REMOVED, NoticeKind.MOBILE_CHANGE_CANCELLED, NoticeKind.MOBILE_CHANGED}
    stations = {NoticeKind.WORKSTATION_ENROLLED, NoticeKind.WORKSTATION_REMOVED}
    page = "certificates" if kind is NoticeKind.RECOVERY_RELEASED else "me"
    payload = {"me": "workstations" if kind in stations else "security"}.get(page, "")
    tone = Tone.INFO if kind in calm else Tone.WARNING
    return NoticeWords(title=title, text=text, tone=tone, page=page, payload=payload)


def _people(kind: NoticeKind, told: _Told) -> NoticeWords:
    unit = told["organization"]
    words = {
        NoticeKind.GRANTED: (
            tr("您被授权申领证书"),
            tr("{unit} 授权您为{role}, 完成实名认证后即可下载证书。", unit=unit, role=told.role),
        ),
        NoticeKind.GRANT_REJECTED: (tr("身份审核未通过"), tr("{unit} 的授权证书: 请更正材料后重新提交。", unit=unit)),
        NoticeKind.MEMBER_ADDED: (tr("单位有新成员"), tr("{name} 已加入 {unit}。", name=told["name"], unit=unit)),
        NoticeKind.MEMBER_REMOVED: (
            tr("您已不是单位成员"),
            tr("{unit} 收回了授权, 您在该单位的证书已吊销, 印章作废。", unit=unit),
        ),
        NoticeKind.ROLE_CHANGED: (
            tr("您的角色已变更"),
            tr("您在 {unit} 的角色现在是{role}。", unit=unit, role=told.role),
        ),
    }
    title, text = words[kind]
    bad = {NoticeKind.GRANT_REJECTED, NoticeKind.MEMBER_REMOVED}
    return NoticeWords(title=title, text=text, tone=Tone.WARNING if kind in bad else Tone.INFO, page="certificates")


def _lots(kind: NoticeKind, told: _Told) -> NoticeWords:
    which = tr("{tender} · 标段 {lot} {name}", tender=told["tender"], lot=told["lot"], name=told["name"])
    words = {
        NoticeKind.LOT_AMENDED: (
            tr("招标公告有变更"),
            tr(
                "{lot}: 第 {revision} 版公告已发布。已提交的投标仍然有效, 请核对变更。",
                lot=which,
                revision=told["revision"],
            ),
        ),
        NoticeKind.LOT_CLOSED: (tr("标段已截止"), tr("{lot}: 投标已截止, 请进入开标大厅。", lot=which)),
        NoticeKind.LOT_FAILED: (tr("标段已流标"), tr("{lot}: 截止时投标不足三份, 不再开标。", lot=which)),
    }
    title, text = words[kind]
    tone = Tone.INFO if kind is NoticeKind.LOT_CLOSED else Tone.WARNING
    return NoticeWords(title=title, text=text, tone=tone, page="lot", payload=told["lot_id"])


def _papers(kind: NoticeKind, told: _Told) -> NoticeWords:
    words = {
        NoticeKind.ORDER_APPROVED: (
            tr("证书订单已通过"),
            tr("{unit} 的{kind}订单已通过, 请用手机扫码下载证书。", unit=told["organization"], kind=told.order_kind),
        ),
        NoticeKind.ORDER_REJECTED: (
            tr("证书订单未通过"),
            tr("{unit} 的{kind}订单被驳回, 原因见订单。", unit=told["organization"], kind=told.order_kind),
        ),
        NoticeKind.CERTIFICATE_ISSUED: (
            tr("新证书已签发"),
            tr("{unit} 的证书 {serial} 已下载到手机。", unit=told["organization"], serial=told["serial"]),
        ),
        NoticeKind.CERTIFICATE_REVOKED: (tr("证书已吊销"), tr("证书 {serial} 已不能使用。", serial=told["serial"])),
        NoticeKind.SEALS_VOID: (
            tr("印章已作废"),
            tr("证书 {serial} 绑定的印章已作废, 需要时请重新申请。", serial=told["serial"]),
        ),
        NoticeKind.SEAL_APPROVED: (tr("印章申请已通过"), tr("{name} 可以申领了。", name=told["name"])),
        NoticeKind.SEAL_REJECTED: (
            tr("印章申请未通过"),
            tr("{name} 的申请被驳回, 原因见印章列表。", name=told["name"]),
        ),
        NoticeKind.CHECK_REJECTED: (
            tr("实名认证未通过"),
            tr("{purpose}的申请被驳回, 请更正后重新提交。", purpose=told.purpose),
        ),
    }
    title, text = words[kind]
    good = {NoticeKind.ORDER_APPROVED, NoticeKind.CERTIFICATE_ISSUED, NoticeKind.SEAL_APPROVED}
    page, payload = "certificates", ""
    if kind in {NoticeKind.SEALS_VOID, NoticeKind.SEAL_APPROVED, NoticeKind.SEAL_REJECTED}:
        page = "seals"
    elif kind is NoticeKind.CHECK_REJECTED and told["purpose"] == CheckPurpose.MOBILE_CHANGE:
        page, payload = "me", "security"
    tone = Tone.SUCCESS if kind in good else Tone.WARNING
    return NoticeWords(title=title, text=text, tone=tone, page=page, payload=payload)
