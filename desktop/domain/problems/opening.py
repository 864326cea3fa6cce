"""Problems of the opening: closing and room statements, deliveries, keys, and what is collected for it."""

from desktop.domain.problems.model import Problem, entry

OPENING: dict[str, Problem] = {
    "tender.share_not_delivered": entry(
        (
            "投标人未在规定时间内解密",
            "解密窗口关闭时, 没有收到该投标文件的投标人解密份额。",
            "按规定视为撤销其投标文件; 请在开标记录中注明。",
        ),
        (
            "The bidder did not deliver its share in time",
            "When the delivery window ended, the bidder's share for this bid had not arrived.",
            "By the rules the bid is deemed revoked; note it in the opening record.",
        ),
    ),
    "opening.share_unreadable": entry(
        (
            "投标人交付的解密份额无法读取",
            "该份额不是加密给本开标室的, 或在传输中被改动。",
            "窗口未关闭时请投标人重新交付; 已关闭的, 按投标人原因处理。",
        ),
        (
            "The delivered share cannot be read",
            "It was not sealed to this opening room, or was changed on the way.",
            "While the window is open the bidder delivers again; afterwards it is the bidder's own cause.",
        ),
    ),
    "opening.package_differs": entry(
        (
            "投标文件与截止时的清单不一致",
            "本机上的文件与截止清单所写的哈希值不同: 下载不完整, 或文件在本机被改动。",
            "请重新收取投标文件后再解密。",
        ),
        (
            "The package is not the one of the closing list",
            "The file on this computer has another hash: its download is incomplete, or it was changed here.",
            "Fetch the bids again, then open.",
        ),
    ),
    "opening.package_lost": entry(
        (
            "平台未能提供该投标文件",
            "平台给出的文件与截止清单不一致, 或平台没有该文件。",
            "请联系平台; 无法恢复的, 按投标人之外的原因处理。",
        ),
        (
            "The platform cannot give this package",
            "What it gives is not what its closing list says, or it has nothing.",
            "Contact the platform; if it stays so, it is another's cause, not the bidder's.",
        ),
    ),
    "opening.closing_untrusted": entry(
        (
            "截止声明不可信",
            "截止声明不是该平台签名的, 或不是关于本标段的, 或与截止清单不一致。",
            "请勿继续; 请联系平台和招标代理机构。",
        ),
        (
            "The closing statement cannot be trusted",
            "It is not signed by this platform, not about this lot, or not what the closing list gives.",
            "Do not go on; contact the platform and the tender agency.",
        ),
    ),
    "opening.not_included": entry(
        (
            "本单位的投标文件不在截止清单中",
            "平台签名的截止清单里没有本单位有效的投标文件, 或与回执不一致。",
            "请保存回执, 并立即联系平台和招标代理机构提出异议。",
        ),
        (
            "Our bid is not in the closing list",
            "The list that the platform signed does not hold our current bid, or not as the receipt has it.",
            "Keep the receipt, and object at once with the platform and the tender agency.",
        ),
    ),
    "opening.room_untrusted": entry(
        (
            "开标通知不可信",
            "开标通知不是由招标公告中的开标人员签名的, 或不是关于这次截止的。",
            "请勿交付解密份额; 请联系招标代理机构。",
        ),
        (
            "The opening notice cannot be trusted",
            "It is not signed by an officer of the published notice, or not about this closing.",
            "Do not deliver a share; contact the tender agency.",
        ),
    ),
    "opening.window_closed": entry(
        ("解密窗口已关闭", "规定的解密时间已过。", "请联系招标代理机构。"),
        ("The delivery window is closed", "The time for it is over.", "Contact the tender agency."),
    ),
    "opening.room_key_wrong": entry(
        (
            "开标通知中的开标室密钥不正确",
            "用开标密钥从开标通知中取出的, 不是投标人加密份额时所用的那把密钥。",
            "不属于投标人的原因; 请勿继续解密, 并联系签发开标通知的人员和平台。",
        ),
        (
            "The room key in the opening notice is wrong",
            "What the opening key takes out of the notice is not the key that the bidders' shares are sealed to.",
            "It is not the bidders' cause. Stop here, and contact whoever signed the notice, and the platform.",
        ),
    ),
    "opening.officer_lapsed": entry(
        (
            "发布开标通知的开标人员证书已失效",
            "该人员的证书在发布开标通知之后被吊销或已过期, 解密份额不能交付给由其确认的开标室。",
            "请联系招标代理机构: 由另一名开标人员延长交付时间后, 即可交付。",
        ),
        (
            "The officer's certificate is no longer good",
            "The officer who opened the room has a certificate that was revoked or expired since; no share rests on it.",
            "Contact the tender agency: once another officer extends the window, the share can be delivered.",
        ),
    ),
    "opening.deliveries_untrusted": entry(
        (
            "交付清单与平台的签名不一致",
            "平台给出的解密份额与它签名公布的交付清单不同。",
            "请勿继续解密; 请联系平台。",
        ),
        (
            "The deliveries are not those of the signed list",
            "The shares that the platform gives differ from the list it signed and published.",
            "Do not open; contact the platform.",
        ),
    ),
    "opening.time_key_wrong": entry(
        (
            "平台时间密钥不正确",
            "平台给出的时间密钥与招标公告中的不一致。",
            "请重新获取; 仍不行时请联系平台。",
        ),
        (
            "The platform's time key is wrong",
            "It is not the one of the published notice.",
            "Fetch it again; if that does not help, contact the platform.",
        ),
    ),
    "opening.not_fetched": entry(
        (
            "开标所需的内容尚未收齐",
            "投标文件、交付的份额、截止声明或时间密钥还没有全部取到本机。",
            "请连接网络并先取回投标文件。",
        ),
        (
            "Not everything for the opening is here yet",
            "Bids, delivered shares, the closing statement or the time key were not all fetched to this computer.",
            "Connect to the network and fetch them first.",
        ),
    ),
    "opening.not_officer": entry(
        (
            "该证书不能开标",
            "招标公告没有把该证书列为开标人员, 或本机不是以该单位成员登记的。",
            "请使用公告所列的开标人员证书, 或先发布变更。",
        ),
        (
            "This certificate may not open the lot",
            "The published notice does not name it as an officer, or this computer is not enrolled by one.",
            "Use an officer's certificate, or publish an amendment first.",
        ),
    ),
    "opening.given_up": entry(
        (
            "招标代理机构未能解密该投标文件",
            "因开标电脑方面的原因, 该投标文件未能解密。",
            "不属于投标人的原因; 唱标前仍可再次扫码解密。",
        ),
        (
            "The tender agency could not open this bid",
            "It was not opened for reasons of the computer that opens.",
            "It is not the bidder's cause; until the announcement it can be tried again with another scan.",
        ),
    ),
    "opening.decided_otherwise": entry(
        (
            "同事刚刚公布了不同的评审结论",
            "其中有的投标文件已由本单位同事公布了另一个结论, 本次未公布任何结论。",
            "请查看已公布的结论; 其余的可再次公布。",
        ),
        (
            "A colleague has just published another decision",
            "Of one of these bids another decision was published by your organization. None of yours was published.",
            "Look at what was published; publish the others again.",
        ),
    ),
    "opening.record_missing": entry(
        (
            "找不到已生成的开标记录",
            "本机生成的开标记录或其数据包已被移动或删除。",
            "请在开标大厅重新生成开标记录, 签章后再上传归档。",
        ),
        (
            "The opening record that was made is gone",
            "Its PDF or its bundle was moved or deleted on this computer.",
            "Make the record again in the opening room, seal it, and file it then.",
        ),
    ),
    "opening.undecided": entry(
        (
            "还有投标文件没有结果",
            "有的投标文件因本机原因尚未解密。",
            "请排除原因后再次扫码解密; 已解密的不会重复处理。",
        ),
        (
            "Some bids have no result yet",
            "They could not be opened for reasons of this computer.",
            "Remove the cause and scan again; what is open stays open.",
        ),
    ),
}
