"""Words for lots and bids: states, findings, steps."""

from desktop.domain.tendering import BidState, DocumentKind, PolicyGroup, SummaryField
from desktop.protocol.notices import NoticeEnvelope
from desktop.services.bid_checks import Finding, FindingKind
from desktop.services.submitting import Step
from desktop.ui.i18n import tr
from desktop.ui.kit import Tone


def bid_state_word(state: BidState) -> tuple[str, Tone]:
    """Return the word and tone of a submitted bid's state."""
    return {
        BidState.CURRENT: (tr("有效"), Tone.SUCCESS),
        BidState.WITHDRAWN: (tr("已撤回"), Tone.NEUTRAL),
        BidState.REPLACED: (tr("已被替换"), Tone.NEUTRAL),
    }[state]


def kind_word(kind: DocumentKind) -> str:
    """Return what a required document has to be."""
    return {
        DocumentKind.PDF: "PDF",
        DocumentKind.XML: "XML",
        DocumentKind.XLSX: "Excel",
        DocumentKind.ANY: tr("格式不限"),
    }[kind]


def field_word(field: SummaryField) -> str:
    """Return the word for an announcement item."""
    return {
        SummaryField.PRICE: tr("报价 (元)"),
        SummaryField.DURATION: tr("工期 (日历天)"),
        SummaryField.QUALITY: tr("质量"),
        SummaryField.MANAGER: tr("项目负责人"),
        SummaryField.BOND: tr("投标保证金 (元)"),
    }[field]


def group_words(envelope: NoticeEnvelope) -> str:
    """Say whose shares an envelope takes to open."""
    words = {
        PolicyGroup.BIDDER: tr("投标人证书"),
        PolicyGroup.OPENING_KEY: tr("开标密钥"),
        PolicyGroup.TIME: tr("平台时间密钥"),
    }
    return " + ".join(words[group] for group in envelope.groups)


def finding_words(finding: Finding) -> str:
    """Say what was found, so that it can be corrected."""
    if finding.field is not None:
        return field_finding_words(finding)
    return {
        FindingKind.DOCUMENT_MISSING: tr("缺少必须提交的文件: {name}", name=finding.name),
        FindingKind.DOCUMENT_OTHER_KIND: tr("{name} 的格式与要求不同", name=finding.name),
        FindingKind.FILE_GONE: tr("找不到文件 {name}, 请重新选择", name=finding.name),
        FindingKind.FILE_NAME: tr("文件名 {name} 不能装入, 或与其他文件重名", name=finding.name),
        FindingKind.NOTHING_IN_IT: tr("信封里还没有文件"),
        FindingKind.NOT_SEALED: tr("{name} 尚未签章", name=finding.name),
        FindingKind.DEADLINE_PASSED: tr("投标截止时间已过"),
    }.get(finding.kind, tr("请检查 {name}", name=finding.name))


def field_finding_words(finding: Finding) -> str:
    """Say what was found at a field of the summary."""
    name = field_word(finding.field) if finding.field is not None else ""
    return {
        FindingKind.FIELD_MISSING: tr("请填写 {name}", name=name),
        FindingKind.NOT_AN_AMOUNT: tr("{name}: 请填写数字, 最多两位小数", name=name),
        FindingKind.NOT_DAYS: tr("{name}: 请填写 1 到 100000 之间的整数", name=name),
        FindingKind.NOT_CLEAN: tr("{name}: 内容过长, 或包含不允许的字符", name=name),
        FindingKind.PRICE_ABOVE_LIMIT: tr("报价高于最高投标限价: 可以递交, 但开标时会被标记"),
    }.get(finding.kind, name)


def step_words(step: Step) -> str:
    """Say what a submission is at."""
    return {
        Step.CHECKING: tr("正在检查投标文件包…"),
        Step.SENDING: tr("正在上传…"),
        Step.WAITING: tr("已全部上传, 平台正在检查…"),
        Step.RETRYING: tr("网络中断, 正在重试…"),
    }[step]
