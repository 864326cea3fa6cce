"""Words and signs for states of certificates and orders, algorithms, serial numbers and what is wrong at a field."""

from desktop.domain.operations import CertificateState, OrderState
from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Tone
from desktop.views.certificates.checks import Fault, Field


def certificate_status(state: CertificateState) -> tuple[str, Tone]:
    """Return word and tone of a certificate's state."""
    words = {
        CertificateState.VALID: (tr("有效"), Tone.SUCCESS),
        CertificateState.EXPIRES_SOON: (tr("即将到期"), Tone.WARNING),
        CertificateState.EXPIRED: (tr("已过期"), Tone.NEUTRAL),
        CertificateState.REVOKED: (tr("已吊销"), Tone.PROBLEM),
    }
    return words[state]


def order_status(state: OrderState) -> tuple[str, Tone]:
    """Return word and tone of an order's state."""
    words = {
        OrderState.PENDING_REVIEW: (tr("待审核"), Tone.INFO),
        OrderState.APPROVED: (tr("已通过, 待下载"), Tone.SUCCESS),
        OrderState.REJECTED: (tr("已驳回"), Tone.PROBLEM),
        OrderState.COMPLETED: (tr("已完成"), Tone.NEUTRAL),
    }
    return words[state]


def grouped(serial: str) -> str:
    """Write a number in groups of four, so that two people can compare it aloud."""
    return " ".join(serial[start : start + 4] for start in range(0, len(serial), 4))


def fault_words(where: Field, fault: str) -> str:
    """Say at a field what is wrong with it."""
    if fault == Fault.MISSING:
        return _missing(where)
    words = {
        Fault.NOT_CLEAN: tr("内容过长, 或包含不允许的字符"),
        Fault.TOO_LARGE: tr("文件超过 5 MB, 请压缩后重新上传"),
        Fault.WRONG_KIND: tr("文件内容不是 PDF、JPG 或 PNG"),
        "platform.bad_field": tr("平台不接受此内容: 可能与已登记的不一致, 或包含不允许的字符"),
    }
    if fault in words:
        return words[fault]
    wording = problem(fault).wording(current_language())
    return wording.advice


def _missing(where: Field) -> str:
    words = {
        Field.ORGANIZATION: tr("请填写单位名称"),
        Field.CREDIT_CODE: tr("请填写统一社会信用代码"),
        Field.LEGAL_REPRESENTATIVE: tr("请填写法定代表人"),
        Field.HOLDER: tr("请填写经办人姓名"),
        Field.ID_NUMBER: tr("请填写身份证号"),
        Field.SUITE: tr("请选择算法"),
        Field.LICENCE: tr("请上传营业执照"),
        Field.LETTER: tr("请上传经办人授权书"),
    }
    return words[where]
