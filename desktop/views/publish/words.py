"""Words of an agency's tenders: states, faults, policies, kinds of documents, changes."""

from desktop.domain.tendering import DocumentKind, PolicyGroup, SummaryField
from desktop.services.tender_checks import Fault, Finding, Part
from desktop.services.tender_draft import TenderDraft
from desktop.ui.i18n import tr

#: Every policy that can be published, the proposed one first.
POLICIES: dict[str, tuple[PolicyGroup, ...]] = {
    "all": tuple(PolicyGroup),
    "no_time": (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY),
    "no_bidder": (PolicyGroup.OPENING_KEY, PolicyGroup.TIME),
    "opening_only": (PolicyGroup.OPENING_KEY,),
}


def policy_id(groups: tuple[PolicyGroup, ...]) -> str:
    """Return the name of a policy here."""
    wanted = set(groups)
    return next((name for name, each in POLICIES.items() if set(each) == wanted), "all")


def policy_words(name: str) -> str:
    """Say who has to take part for an envelope to open."""
    return {
        "all": tr("投标人 + 开标密钥 + 平台时间密钥 (默认)"),
        "no_time": tr("投标人 + 开标密钥"),
        "no_bidder": tr("开标密钥 + 平台时间密钥 (没有投标人)"),
        "opening_only": tr("仅开标密钥 (没有投标人)"),
    }[name]


def early_words() -> str:
    """Say what a policy without the bidder means; it stands on every page of such a lot (docs/tendering.md §1)."""
    return tr("招标代理与平台合在一起, 能在截止时间之前读到投标文件。")


def group_words(group: PolicyGroup) -> str:
    """Say whose share a group is."""
    return {
        PolicyGroup.BIDDER: tr("投标人"),
        PolicyGroup.OPENING_KEY: tr("开标密钥"),
        PolicyGroup.TIME: tr("平台时间密钥"),
    }[group]


def field_words(field: SummaryField) -> str:
    """Say an announcement item."""
    return {
        SummaryField.PRICE: tr("报价"),
        SummaryField.DURATION: tr("工期"),
        SummaryField.QUALITY: tr("质量"),
        SummaryField.MANAGER: tr("项目负责人"),
        SummaryField.BOND: tr("投标保证金"),
    }[field]


def kind_words(kind: DocumentKind) -> str:
    """Say what kind of file a document has to be."""
    return {
        DocumentKind.PDF: "PDF",
        DocumentKind.XML: "XML",
        DocumentKind.XLSX: "XLSX",
        DocumentKind.ANY: tr("任意格式"),
    }[kind]


def part_words(part: Part) -> str:
    """Say a part of the notice."""
    return {
        Part.TENDER_NAME: tr("项目名称"),
        Part.LOT_NAME: tr("标段名称"),
        Part.PURCHASER: tr("招标人"),
        Part.DEADLINE: tr("投标截止时间"),
        Part.WINDOW: tr("交付解密时限"),
        Part.OPENING: tr("开标时间"),
        Part.TITLE: tr("信封名称"),
        Part.POLICY: tr("开标策略"),
        Part.LIMIT: tr("最高投标限价"),
        Part.DOCUMENTS: tr("招标文件"),
        Part.REQUIRED: tr("投标文件组成"),
        Part.MEMBERS: tr("开标成员"),
        Part.OFFICERS: tr("开标成员"),
    }[part]


#: Each field of a draft, and the part of the notice that it belongs to.
_PARTS = {
    "tender_name": Part.TENDER_NAME,
    "lot_name": Part.LOT_NAME,
    "purchaser": Part.PURCHASER,
    "deadline": Part.DEADLINE,
    "window": Part.WINDOW,
    "is_double": Part.POLICY,
    "envelopes": Part.POLICY,
    "price_limit": Part.LIMIT,
    "documents": Part.DOCUMENTS,
    "required": Part.REQUIRED,
    "officers": Part.OFFICERS,
    "members": Part.OFFICERS,
}


def difference_words(one: TenderDraft, other: TenderDraft) -> str:
    """Say in which parts two versions of a draft differ, "" for none that a notice says."""
    parts = dict.fromkeys(part for name, part in _PARTS.items() if getattr(one, name) != getattr(other, name))
    return ", ".join(part_words(part) for part in parts)


def fault_words(finding: Finding) -> str:
    """Say at a field what is wrong with it, and what is wanted."""
    if finding.fault is Fault.MISSING:
        return _missing(finding.part)
    if finding.fault is Fault.NOT_ONESELF:
        return tr("发布人自己必须是开标成员: 请勾选您用来签名的证书。")
    return {
        Fault.NOT_CLEAN: tr("内容过长 (最多 40 个汉字), 或包含不允许的字符"),
        Fault.NOT_A_TIME: tr("请按 2026-12-01 09:30 的格式填写"),
        Fault.TOO_SOON: tr("截止时间至少应在 5 分钟之后"),
        Fault.BEFORE_DEADLINE: tr("开标时间不能早于投标截止时间"),
        Fault.BEFORE_FIRST: tr("第二信封不能早于第一信封开标"),
        Fault.EARLIER_THAN_BEFORE: tr("已发布的时间只能推后, 不能提前"),
        Fault.NOT_MINUTES: tr("请填写 5 到 1440 之间的整数"),
        Fault.NOT_AN_AMOUNT: tr("请填写以元为单位的数字, 最多两位小数"),
        Fault.NO_PRICE: tr("没有信封要求报价, 限价无从比较"),
        Fault.NOT_ACCEPTED: tr("没有投标人参与的策略必须明确选择: 请阅读并勾选上面的说明。"),
        Fault.SAME_NAME: tr("有两份文件重名 (只有大小写或全半角不同也算重名)"),
        Fault.BAD_NAME: tr("有名称不能作为文件名, 或过长"),
        Fault.TOO_MANY: tr("最多 16 人"),
        Fault.TOO_LARGE: tr("招标公告过大: 请减少文件数量或缩短文件名"),
        Fault.NOT_BEFORE: tr("只有现行公告中的开标成员可以发布变更"),
    }[finding.fault]


def _missing(part: Part) -> str:
    return {
        Part.TENDER_NAME: tr("请填写项目名称"),
        Part.LOT_NAME: tr("请填写标段名称"),
        Part.PURCHASER: tr("请填写招标人"),
        Part.DEADLINE: tr("请填写投标截止时间"),
        Part.TITLE: tr("请填写信封名称"),
        Part.REQUIRED: tr("请填写每份文件的名称, 或移除该行"),
    }.get(part, tr("请至少选择一名开标成员"))
