"""What the panel of an application says for each way to a certificate: title, what will happen, what is asked for."""

from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.views.certificates.checks import Fault
from desktop.views.certificates.follow_state import SAME_NAME, TOO_MANY, Part, Way


def way_title(way: Way) -> str:
    """Return the panel's title."""
    words = {
        Way.RENEW: tr("证书延期"),
        Way.CHANGE: tr("证书变更"),
        Way.REISSUE: tr("证书补办"),
        Way.GRANT: tr("申领授权证书"),
        Way.RESET: tr("重置证书密码"),
    }
    return words[way]


def way_steps(way: Way) -> tuple[str, ...]:
    """Return the steps of the procedure."""
    first = {
        Way.RENEW: tr("提交订单"),
        Way.CHANGE: tr("提交材料"),
        Way.REISSUE: tr("实名认证"),
        Way.GRANT: tr("实名认证"),
        Way.RESET: tr("实名认证"),
    }
    last = tr("手机设置新密码") if way is Way.RESET else tr("手机下载")
    return (first[way], tr("平台审核"), last)


def way_notice(way: Way) -> tuple[str, str]:
    """Return what must be known before one applies: a title and the consequences."""
    words = {
        Way.RENEW: (
            tr("延期会生成新的密钥和证书"),
            tr(
                "订单审核通过后用手机扫码下载新证书, 已申领的印章随新证书继续使用, 无需重新审核。"
                "已用旧证书加密的投标文件只能用旧密钥解密: 旧密钥保留在手机中, 请勿卸载手机应用或删除旧证书。"
            ),
        ),
        Way.CHANGE: (
            tr("变更后, 原证书绑定的印章即作废"),
            tr(
                "审核通过时, 原证书被吊销, 下列印章在所有工位和手机上立即作废, 需要以新名称重新申请。"
                "已用原证书加密的投标文件仍需手机中的旧密钥才能解密, 请勿删除。"
            ),
        ),
        Way.REISSUE: (
            tr("补办后, 原证书失效, 原密钥加密的投标文件将无法解密"),
            tr(
                "适用于手机遗失、更换或卸载了应用。审核通过时原证书被吊销; 下载新证书后, 已通过审核的印章可凭新证书"
                "直接申领。密钥只存在于原手机中, 任何人都无法恢复。"
            ),
        ),
        Way.GRANT: (
            tr("申领前需要完成实名认证"),
            tr("请填写本人姓名和身份证号, 并上传身份证照片。审核通过后即可用手机扫码下载该单位的证书。"),
        ),
        Way.RESET: (
            tr("重置密码不会改变密钥和证书, 但必须使用存有此证书的手机"),
            tr(
                "适用于忘记证书密码, 或连续输错十次被锁定。审核通过后三天内, 在存有此证书的手机上设置新密码; 印章继续"
                "使用, 已加密的投标文件仍可解密。手机遗失、更换或卸载了应用时, 请改为办理补办。"
            ),
        ),
    }
    return words[way]


def way_note(way: Way) -> str:
    """Say beside the button what comes after it."""
    if way is Way.RESET:
        return tr("提交后由平台审核; 通过后在手机上设置新密码。")
    return tr("提交后由平台审核; 通过后用手机扫码下载证书。")


def papers_title(way: Way) -> str:
    """Say what to upload."""
    if way is Way.CHANGE:
        return tr("上传变更证明: 新营业执照、工商变更通知书")
    return tr("上传身份证正反面照片")


def part_fault(part: Part, fault: str) -> str:
    """Say at a part what is wrong with it."""
    missing = {
        Part.ORGANIZATION: tr("请填写新的单位名称"),
        Part.NAME: tr("请填写姓名"),
        Part.ID_NUMBER: tr("请填写身份证号"),
        Part.PAPERS: tr("请上传材料"),
    }
    words = {
        Fault.MISSING: missing[part],
        Fault.NOT_CLEAN: tr("内容过长, 或包含不允许的字符"),
        Fault.TOO_LARGE: tr("文件超过 5 MB, 请压缩后重新上传"),
        Fault.WRONG_KIND: tr("文件内容不是 PDF、JPG 或 PNG"),
        SAME_NAME: tr("与证书中的单位名称相同, 无需变更"),
        TOO_MANY: tr("最多上传 8 份材料"),
        "platform.bad_field": tr("平台不接受此内容: 可能与已登记的不一致, 或包含不允许的字符"),
    }
    if fault in words:
        return words[fault]
    wording = problem(fault).wording(current_language())
    return wording.advice
