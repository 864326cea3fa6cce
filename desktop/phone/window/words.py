"""The app's words for states, roles, operations and notices, the same on every page."""

from collections.abc import Mapping

from desktop.domain.operations import (
    CertificateState,
    CheckPurpose,
    GrantState,
    MemberRole,
    NoticeKind,
    Operation,
    OrderKind,
    OrderState,
    SealState,
)
from desktop.domain.passwords import Strength
from desktop.domain.problems import CATALOGUE
from desktop.phone.core.platform_views import LoginDevice, Notice
from desktop.ui.i18n import current_language, tr
from desktop.ui.kinds import order_kind_word
from desktop.ui.kit import Tone


def certificate_state_word(state: CertificateState, *, is_locked: bool) -> tuple[str, Tone]:
    """Return the word and tone of a certificate's state."""
    if is_locked:
        return tr("已锁定"), Tone.PROBLEM
    words = {
        CertificateState.VALID: (tr("有效"), Tone.SUCCESS),
        CertificateState.EXPIRES_SOON: (tr("即将到期"), Tone.WARNING),
        CertificateState.EXPIRED: (tr("已过期"), Tone.PROBLEM),
        CertificateState.REVOKED: (tr("已吊销"), Tone.PROBLEM),
    }
    return words[state]


def order_state_word(state: OrderState) -> tuple[str, Tone]:
    """Return the word and tone of an order's state."""
    words = {
        OrderState.PENDING_REVIEW: (tr("待审核"), Tone.INFO),
        OrderState.APPROVED: (tr("待下载"), Tone.SUCCESS),
        OrderState.REJECTED: (tr("已驳回"), Tone.PROBLEM),
        OrderState.COMPLETED: (tr("已完成"), Tone.NEUTRAL),
    }
    return words[state]


def seal_state_word(state: SealState) -> tuple[str, Tone]:
    """Return the word and tone of a seal's state."""
    words = {
        SealState.PENDING_REVIEW: (tr("待审核"), Tone.INFO),
        SealState.APPROVED: (tr("待申领"), Tone.INFO),
        SealState.REJECTED: (tr("已驳回"), Tone.PROBLEM),
        SealState.CLAIMED: (tr("已申领"), Tone.SUCCESS),
        SealState.VOID: (tr("作废"), Tone.NEUTRAL),
    }
    return words[state]


def grant_state_word(state: GrantState) -> tuple[str, Tone]:
    """Return the word and tone of a grant's state."""
    words = {
        GrantState.INVITED: (tr("待申领"), Tone.INFO),
        GrantState.PENDING_REVIEW: (tr("身份待审核"), Tone.INFO),
        GrantState.REJECTED: (tr("身份未通过"), Tone.PROBLEM),
        GrantState.ACTIVE: (tr("已授权"), Tone.SUCCESS),
        GrantState.REVOKED: (tr("已撤销"), Tone.NEUTRAL),
    }
    return words[state]


def role_word(role: str) -> str:
    """Return the word for a person's role in a unit."""
    return tr("证书管理员") if role == MemberRole.CERTIFICATE_ADMIN else tr("证书使用人")


def operation_words() -> Mapping[str, str]:
    """Return the name of every operation."""
    return {
        Operation.LOGIN: tr("扫码登录"),
        Operation.SEAL: tr("文件签章"),
        Operation.SIGN_PACKAGE: tr("加密投标文件"),
        Operation.DECRYPT: tr("解密投标文件"),
        Operation.REHEARSE: tr("演练解密"),
        Operation.DOWNLOAD: tr("下载证书"),
        Operation.RENEW: tr("证书延期"),
        Operation.REISSUE: tr("证书补办"),
        Operation.CHANGE_PASSWORD: tr("修改证书密码"),
        Operation.CLAIM_SEAL: tr("申领印章"),
        Operation.ENROL_WORKSTATION: tr("登记工位"),
        Operation.PIN_RECIPIENT: tr("确认解密人"),
        Operation.CREATE_OPENING_KEY: tr("发布招标"),
        Operation.AMEND_TENDER: tr("发布澄清与变更"),
        Operation.WITHDRAW: tr("撤回投标"),
        Operation.RELEASE_OPENING_KEY: tr("交出开标密钥"),
    }


def result_word(result: str) -> tuple[str, Tone]:
    """Return whether it was done; a code that we do not know is no success either."""
    return (tr("成功"), Tone.SUCCESS) if result == "done" else (tr("未成功"), Tone.PROBLEM)


def reason_word(result: str) -> str:
    """Return why it was not done, as far as the code is known."""
    known = CATALOGUE.get(result)
    return known.wording(current_language()).title if known is not None else ""


def login_strength_text(strength: Strength, *, is_empty: bool) -> str:
    """Say what a new login password is worth."""
    if is_empty:
        return tr("至少 8 个字符, 含两类字符; 12 个字符以上更好")
    words = {
        Strength.WEAK: tr("太弱: 太短、太常见, 或由手机号组成"),
        Strength.FAIR: tr("一般: 可以使用, 12 个字符以上更好"),
        Strength.GOOD: tr("良好"),
        Strength.STRONG: tr("强"),
    }
    return words[strength]


def device_words(device: LoginDevice) -> str:
    """Say what a login is called."""
    if device.device:
        return device.device
    return tr("未命名的设备")


def method_word(method: str) -> str:
    """Say how somebody logged in."""
    words = {
        "sms": tr("短信验证码登录"),
        "app": tr("手机应用登录"),
        "password": tr("密码登录"),
        "phone": tr("扫码登录"),
    }
    return words.get(method, tr("登录"))


def notice_words(notice: Notice) -> tuple[str, str]:
    """Return what a notice says and what it is about; one of a newer platform is said to be one."""
    details = notice.details
    about = " · ".join(
        text
        for text in (
            _kind(details.get("order_kind", "")),
            _purpose(details.get("purpose", "")),
            details.get("name", ""),
            details.get("organization", ""),
            role_word(details["role"]) if details.get("role") in set(MemberRole) else "",
            details.get("mobile", ""),
        )
        if text
    )
    # Long numbers and sentences begin a line of their own.
    lines = (about, details.get("serial", ""), details.get("reason", ""))
    return _titles().get(notice.kind, tr("平台通知")), "\n".join(filter(None, lines))


def _purpose(purpose: str) -> str:
    words = {
        CheckPurpose.GRANT: tr("申领授权证书"),
        CheckPurpose.PASSWORD_RESET: tr("重置证书密码"),
        CheckPurpose.MOBILE_CHANGE: tr("更换手机号"),
    }
    return words.get(CheckPurpose(purpose), "") if purpose in set(CheckPurpose) else ""


def _kind(kind: str) -> str:
    return order_kind_word(OrderKind(kind)) if kind in set(OrderKind) else ""


def _titles() -> Mapping[str, str]:
    return {
        NoticeKind.ORDER_APPROVED: tr("证书订单已通过审核, 可以下载"),
        NoticeKind.ORDER_REJECTED: tr("证书订单被驳回"),
        NoticeKind.CERTIFICATE_ISSUED: tr("新证书已签发"),
        NoticeKind.CERTIFICATE_REVOKED: tr("证书已吊销"),
        NoticeKind.SEALS_VOID: tr("证书下的印章已作废, 需要重新申请"),
        NoticeKind.SEAL_APPROVED: tr("印章已通过审核, 可以申领"),
        NoticeKind.SEAL_REJECTED: tr("印章申请被驳回"),
        NoticeKind.GRANTED: tr("您已获授权, 可以申领证书"),
        NoticeKind.GRANT_REJECTED: tr("实名认证未通过"),
        NoticeKind.MEMBER_ADDED: tr("新成员已加入单位"),
        NoticeKind.MEMBER_REMOVED: tr("您已不再是单位成员"),
        NoticeKind.ROLE_CHANGED: tr("您在单位的角色已变更"),
        NoticeKind.WORKSTATION_ENROLLED: tr("新工位已登记"),
        NoticeKind.WORKSTATION_REMOVED: tr("工位已移除"),
        NoticeKind.MOBILE_CHANGE_REQUESTED: tr("有人申请更换绑定手机号"),
        NoticeKind.PASSWORD_CHANGED: tr("登录密码已修改, 其他设备已退出"),
        NoticeKind.MOBILE_CHANGE_PLANNED: tr("账号将更换手机号, 若非本人操作请取消"),
        NoticeKind.MOBILE_CHANGE_CANCELLED: tr("更换手机号已取消"),
        NoticeKind.MOBILE_CHANGED: tr("绑定手机号已更换"),
        NoticeKind.CHECK_REJECTED: tr("实名认证未通过"),
        NoticeKind.RECOVERY_RELEASED: tr("证书密码可以重置"),
        NoticeKind.LOT_AMENDED: tr("招标公告有变更"),
        NoticeKind.LOT_CLOSED: tr("投标已截止"),
        NoticeKind.LOT_FAILED: tr("您关注的标段已流标"),
    }
