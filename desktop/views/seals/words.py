"""Words and signs for kinds and states of seals, verdicts on a scan, and what is wrong at a field."""

from desktop.domain.operations import SealKind, SealState
from desktop.domain.problems import problem
from desktop.signing.imprint.model import QualityReason
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Tone
from desktop.views.seals.checks import Fault, Field


def kind_note(kind: SealKind) -> str:
    """Say which sizes a kind of seal may have."""
    if kind is SealKind.LEGAL_REPRESENTATIVE:
        return tr("方形, 边长 18 至 22 毫米")
    return tr("圆形直径不超过 45 毫米, 椭圆形不超过 45 × 30 毫米")


def seal_status(state: SealState) -> tuple[str, Tone]:
    """Return word and tone of a seal's state."""
    words = {
        SealState.PENDING_REVIEW: (tr("待审核"), Tone.INFO),
        SealState.APPROVED: (tr("已通过, 待申领"), Tone.SUCCESS),
        SealState.REJECTED: (tr("已驳回"), Tone.PROBLEM),
        SealState.CLAIMED: (tr("已申领"), Tone.SUCCESS),
        SealState.VOID: (tr("作废"), Tone.NEUTRAL),
    }
    return words[state]


def reason_words(reason: QualityReason) -> tuple[str, str]:
    """Say what is wrong with a scan; then why, and what to do better."""
    wording = problem(reason.value).wording(current_language())
    return wording.title, f"{wording.cause} {wording.next_step}"


def fault_words(where: Field, fault: str) -> str:
    """Say at a field what is wrong with it."""
    if fault == Fault.MISSING:
        missing = {
            Field.CERTIFICATE: tr("请选择关联证书"),
            Field.NAME: tr("请填写印章名称"),
            Field.SCAN: tr("请上传印章扫描件"),
        }
        return missing.get(where, tr("请填写毫米数"))
    words = {
        Fault.NOT_CLEAN: tr("名称过长, 或包含不允许的字符"),
        Fault.NOT_A_NUMBER: tr("请填写毫米数, 例如 42"),
        Fault.TOO_LARGE: tr("文件超过 10 MB, 请压缩后重新上传"),
        Fault.WRONG_KIND: tr("文件内容不是 PNG 或 JPG 图片"),
        Fault.NOT_GOOD: tr("印模不符合要求, 请按提示重新扫描后上传"),
        "platform.bad_field": tr("平台不接受此内容, 请检查"),
    }
    if fault in words:
        return words[fault]
    wording = problem(fault).wording(current_language())
    return f"{wording.cause} {wording.next_step}".strip()
