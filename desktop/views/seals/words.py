"""Words and signs for kinds and states of seals, verdicts on a scan, and what is wrong at a field."""

from desktop.domain.operations import SealKind, SealState
from desktop.domain.problems import problem
from desktop.portal.records import Seal
from desktop.signing.imprint.model import CutOut, QualityReason, SizeSource
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
    return wording.title, wording.advice


def verdict_words(cut: CutOut) -> tuple[str, str]:
    """Say what is thought of an imprint; then what follows, or what to do about each reason against it."""
    if cut.is_acceptable:
        return tr("印模清晰完整"), tr("底色已去除, 可以提交审核。")
    words = [reason_words(reason) for reason in cut.reasons]
    return "、".join(what for what, _how in words), "\n".join(how for _what, how in words)


def size_words(cut: CutOut, kind: SealKind) -> str:
    """Say where the size of an imprint comes from, or that it has to be measured by hand."""
    source = cut.imprint.size_source if cut.imprint is not None else None
    words = {
        SizeSource.RESOLUTION: tr("尺寸按扫描分辨率量出, 请与实物核对。"),
        SizeSource.SCALE_SHEET: tr("尺寸按校准纸量出, 请与实物核对。"),
        SizeSource.PAPER_EDGES: tr("尺寸按 A4 纸边量出, 请与实物核对; 若不是 A4 纸请更正。"),
    }
    if source is not None:
        return words[source]
    return tr("图片没有说明尺寸: 请用尺量出印章, 填写毫米数 ({range})。", range=kind_note(kind))


def void_words(seal: Seal) -> str:
    """Say why a seal is void."""
    return tr("作废原因: {reason}", reason=seal.reason) if seal.reason else tr("作废原因: 关联的证书已变更、到期或吊销")


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
    return wording.advice
