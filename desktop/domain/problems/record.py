"""Reasons of a verdict on what platform and opening room have signed: receipts, tree heads, log, opening record."""

from desktop.domain.problems.model import Problem, entry

RECORD: dict[str, Problem] = {
    "record.unreadable": entry(
        ("文件内容不符合格式", "文件不完整、已损坏, 或不是本平台的凭证文件。", "请向提供方重新索取原件。"),
        (
            "The file is not of the form",
            "It is incomplete or damaged, or no record of this kind.",
            "Ask whoever gave it to you for the original.",
        ),
    ),
    "record.signature_wrong": entry(
        ("签名与内容不符", "内容在签名之后被改动, 或签名是伪造的。", "请勿采信该文件, 并向提供方索取原件。"),
        (
            "The signature does not fit the content",
            "The content was changed after it was signed, or the signature is forged.",
            "Do not rely on this file; ask for the original.",
        ),
    ),
    "record.other_platform": entry(
        ("不是这个平台的凭证", "其中写明的平台与预期的平台不同。", "请核对文件来源, 用对应平台的根证书验证。"),
        (
            "Of another platform",
            "The platform that it names is not the one expected.",
            "Check where the file is from; verify it with that platform's root certificate.",
        ),
    ),
    "record.not_by_keeper": entry(
        (
            "不是平台存证密钥签署的",
            "签署证书没有存证用途, 只有平台的存证证书才能签发回执、截止声明和树头。",
            "请勿采信该文件, 并联系平台核实。",
        ),
        (
            "Not signed by the platform's record key",
            "The signing certificate is not for this use: only the record keeper signs receipts, closings and heads.",
            "Do not rely on this file; ask the platform.",
        ),
    ),
    "record.not_by_officer": entry(
        (
            "不是该标段开标人签署的",
            "签署工位不是招标公告指定的开标人登记的, 或文件属于另一个标段。",
            "请勿采信该文件, 并联系招标代理核实。",
        ),
        (
            "Not signed by an officer of this lot",
            "The workstation was enrolled by nobody whom the notice names, or the statement is about another lot.",
            "Do not rely on this file; ask the tender agency.",
        ),
    ),
    "record.in_future": entry(
        (
            "时间在未来",
            "所称的时间晚于现在: 本机时钟不准, 或其中写入了不实的时间。",
            "请校准本机时钟后重新验证; 仍如此请联系平台。",
        ),
        (
            "Its time is in the future",
            "It says to be of a later time than now: this computer's clock is wrong, or the time is not true.",
            "Set the clock right and verify again; if it stays so, ask the platform.",
        ),
    ),
    "record.clocks_apart": entry(
        (
            "平台时间与时间戳相差超过 60 秒",
            "回执写明的时间与时间戳服务的时间不一致, 无法判断哪个准确。",
            "请联系平台核实收到的时间, 并保留该文件作为证据。",
        ),
        (
            "The platform's time and the timestamp are more than 60 seconds apart",
            "Receipt and time stamping service disagree; which of the two clocks is right cannot be told.",
            "Ask the platform about the time of receipt, and keep this file as evidence.",
        ),
    ),
    "record.no_timestamp": entry(
        (
            "没有独立的时间戳",
            "回执的时间只有平台自己的签名, 未经时间戳服务证明。",
            "回执本身有效; 如对时间有争议, 请以平台日志为准。",
        ),
        (
            "There is no independent timestamp",
            "The time of the receipt stands on the platform's own signature, no time stamping service confirms it.",
            "The receipt itself is good; in a dispute about time, look at the platform's log.",
        ),
    ),
    "record.split_view": entry(
        (
            "平台给出了互相矛盾的日志",
            "这个树头与之前见过的树头不属于同一份日志: 日志被改动或删减, 或平台对不同的人出示不同的日志。",
            "请立即停止依赖平台记录, 保留本机证据文件, 并向监督部门反映。",
        ),
        (
            "The platform shows contradicting logs",
            "This head is not of the log that was seen before: entries were changed or removed, or different people are shown different logs.",
            "Stop relying on the platform's records, keep this computer's evidence files, and report it to the authority.",
        ),
    ),
    "record.root_wrong": entry(
        (
            "内容与签名的树根不符",
            "有条目被改动、删除、添加或调换了顺序。",
            "请勿采信该文件, 并向提供方索取完整的原件。",
        ),
        (
            "The content does not give the signed root",
            "An entry was changed, removed, added or moved.",
            "Do not rely on this file; ask for the complete original.",
        ),
    ),
    "record.row_changed": entry(
        (
            "记录内容与摘要不符",
            "这条记录在写入平台之后被改动过。",
            "请勿采信这条记录, 截图保存并向监督部门反映。",
        ),
        (
            "The record does not give its hash",
            "It was changed after the platform had taken it down.",
            "Do not rely on this record; keep a picture of it and report it to the authority.",
        ),
    ),
    "record.not_in_log": entry(
        (
            "记录不在平台日志中",
            "平台给出的证明不成立: 这条记录没有按其所称的时间写入日志。",
            "请勿采信这条记录, 截图保存并向监督部门反映。",
        ),
        (
            "The record is not in the platform's log",
            "The platform's proof does not hold: the record was not logged at the time that it says.",
            "Do not rely on this record; keep a picture of it and report it to the authority.",
        ),
    ),
    "record.consent_wrong": entry(
        (
            "手机签名与记录不符",
            "记录所附的手机签名不是这张证书对这次操作的签名。",
            "请勿采信这条记录, 截图保存并向监督部门反映。",
        ),
        (
            "The phone's signature does not fit the record",
            "What is attached was not signed by this certificate for this operation.",
            "Do not rely on this record; keep a picture of it and report it to the authority.",
        ),
    ),
    "record.log_gap": entry(
        ("日志不连续", "日志片段的编号不连续, 或出自不同的树头。", "请重新导出完整的日志。"),
        (
            "The log has a gap",
            "Its pieces do not follow one another, or are of different heads.",
            "Export the whole log again.",
        ),
    ),
    "record.log_backdated": entry(
        (
            "日志中有倒签的条目",
            "有条目的时间比它之前的条目早一小时以上。",
            "请向平台核实这些条目的时间。",
        ),
        (
            "The log has back-dated entries",
            "An entry says to be more than an hour older than one before it.",
            "Ask the platform about the time of these entries.",
        ),
    ),
    "record.bodies_elsewhere": entry(
        (
            "日志只含内容摘要",
            "日志可以证明条目没有被改动, 但条目所指的文件不在其中。",
            "需要时, 请用对应的回执、开标记录或使用记录核对摘要。",
        ),
        (
            "The log holds hashes only",
            "It proves that no entry was changed; what the entries are about is not in it.",
            "Where needed, compare with the receipts, opening records or usage records themselves.",
        ),
    ),
    "record.heads_unchecked": entry(
        (
            "未与其他树头比对",
            "本机没有保存过同样大小的树头, 离线无法判断平台是否对所有人出示同一份日志。",
            "请联网登录平台, 客户端会自动核对日志的一致性。",
        ),
        (
            "Not compared with other heads",
            "This computer has seen no head of that size; whether everybody is shown the same log cannot be told offline.",
            "Log in online: the client then checks by itself that the log is consistent.",
        ),
    ),
    "record.incomplete": entry(
        ("开标记录不完整", "缺少公告、截止声明、开标通知或某份投标的解密结果。", "请向招标代理索取完整的开标记录。"),
        (
            "The opening record is incomplete",
            "An announcement, the closing, a notice of opening or the result of a bid is missing.",
            "Ask the tender agency for the complete record.",
        ),
    ),
    "record.contradiction": entry(
        (
            "开标记录自相矛盾",
            "其中的文件互相不符, 例如属于另一标段、同一投标有两个结果, 或未交付解密却已开启。",
            "请勿采信该记录, 并向监督部门反映。",
        ),
        (
            "The opening record contradicts itself",
            "Its documents do not go together: another lot, two results for one bid, or one opened without its delivery.",
            "Do not rely on this record; report it to the authority.",
        ),
    ),
    "record.bids_differ": entry(
        (
            "投标清单与截止声明不符",
            "记录中的投标不是截止时平台签名确认的那些: 有增加、删除或改动。",
            "请勿采信该记录, 并用您的回执核对。",
        ),
        (
            "The bids are not those of the closing",
            "Bids were added, removed or changed after the platform had signed the list.",
            "Do not rely on this record; compare with your receipt.",
        ),
    ),
    "record.deliveries_differ": entry(
        (
            "解密交付清单与平台声明不符",
            "记录中的交付不是平台签名确认的那些。",
            "请勿采信该记录, 并联系平台核实。",
        ),
        (
            "The deliveries are not those of the signed list",
            "Deliveries were added, removed or changed after the platform had signed the list.",
            "Do not rely on this record; ask the platform.",
        ),
    ),
    "record.signer_invalid": entry(
        (
            "签署证书无效",
            "其中一份文件的签署证书在签署时无效、已被吊销或不可信。",
            "请勿采信该文件, 并联系签署方核实。",
        ),
        (
            "A signing certificate is not valid",
            "The certificate under one of the documents was invalid, revoked or not trusted when it signed.",
            "Do not rely on this file; ask the signer.",
        ),
    ),
    "record.confirmations_unsigned": entry(
        (
            "确认与异议未经投标人签名",
            "投标人的确认和异议由平台记录, 离线只能证明平台这样记录。",
            "如有争议, 请与投标人本人核对。",
        ),
        (
            "Confirmations are not signed by the bidders",
            "The platform took them down; offline they show only that it did.",
            "In a dispute, compare with the bidder himself.",
        ),
    ),
    "record.inclusion_unchecked": entry(
        (
            "未核对各文件是否写入平台日志",
            "开标记录不含逐份的日志证明, 离线无法核对。",
            "需要时, 请导出平台日志 (.bidlog) 一并核对。",
        ),
        (
            "Whether the documents are in the platform's log was not checked",
            "The record holds no proof for each of them, so it cannot be told offline.",
            "Where needed, export the platform's log (.bidlog) and compare.",
        ),
    ),
    "record.no_head": entry(
        ("没有平台日志的树头", "开标记录中没有平台签名的日志树头。", "需要时, 请导出平台日志 (.bidlog) 一并核对。"),
        (
            "There is no tree head of the platform's log",
            "The record holds no signed head.",
            "Where needed, export the platform's log (.bidlog) and compare.",
        ),
    ),
    "record.compare_pdf": entry(
        (
            "请核对开标记录 PDF 上的摘要",
            "PDF 开标记录印有本文件的 SHA-256 摘要, 二者应一致。",
            "请把下面的摘要与 PDF 上印的逐位核对。",
        ),
        (
            "Compare the hash with the one on the PDF",
            "The opening record as PDF prints the SHA-256 of this file; both must be the same.",
            "Compare the hash below with the printed one.",
        ),
    ),
}
