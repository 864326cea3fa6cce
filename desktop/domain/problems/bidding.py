"""Problems of a bidder with a lot: its announcement, the bid in preparation, submission and receipt."""

from desktop.domain.problems.model import Problem, entry

BIDDING: dict[str, Problem] = {
    "bid.announcement_untrusted": entry(
        (
            "招标公告的签名不可信",
            "公告不是由该招标代理的有效证书签发, 或签发后被改动。",
            "请勿按此公告制作投标文件; 请直接向招标代理核实。",
        ),
        (
            "The announcement's signature cannot be trusted",
            "It is not by a valid certificate of this agency, or was changed after signing.",
            "Do not prepare a bid by it; ask the agency itself.",
        ),
    ),
    "bid.keys_exchanged": entry(
        (
            "开标密钥或招标代理被更换",
            "澄清公告中的开标密钥、开标条件或招标代理与最初公告不一致, 这是不允许的。",
            "请停止制作和递交, 保留现场, 并立即向招标人和平台核实。",
        ),
        (
            "The opening keys or the agency were exchanged",
            "An amendment names other keys, another policy or another agency than the first notice, which is forbidden.",
            "Stop, submit nothing, and ask the purchaser and the platform at once.",
        ),
    ),
    "bid.announcement_exchanged": entry(
        (
            "公告与本机此前收到的不一致",
            "平台现在给出的公告与本工位以前核对并保存的不同, 可能被替换。",
            "请停止操作, 不要递交; 请联系招标代理和平台核实。",
        ),
        (
            "The announcement is not the one seen before",
            "What the platform gives now differs from what this workstation has checked and kept; it may be a forgery.",
            "Stop and submit nothing; ask the agency and the platform.",
        ),
    ),
    "bid.document_changed": entry(
        (
            "招标文件与公告不符",
            "下载到的文件与招标代理签名的公告中的指纹不一致, 没有保存。",
            "请重新下载; 仍不一致时请向招标代理核实。",
        ),
        (
            "The tender document is not the announced one",
            "Its fingerprint differs from the one the agency has signed; it was not kept.",
            "Download it again; if it still differs, ask the agency.",
        ),
    ),
    "bid.package_other_lot": entry(
        (
            "这不是本标段的投标文件包",
            "文件包中的平台、项目或标段与所选标段不同。",
            "请选择为本标段加密的文件包, 或到对应的标段递交。",
        ),
        (
            "This package is for another lot",
            "Platform, tender or lot in it differ from the one chosen.",
            "Choose the package made for this lot, or submit it at its own.",
        ),
    ),
    "bid.package_other_unit": entry(
        (
            "文件包属于另一单位",
            "文件包由另一单位的证书签名, 不能以当前单位的名义递交。",
            "请切换到制作该文件包的单位, 或用当前单位的证书重新加密。",
        ),
        (
            "The package is another unit's",
            "It was signed with another unit's certificate and cannot be submitted for this one.",
            "Switch to the unit that made it, or encrypt it again with this unit's certificate.",
        ),
    ),
    "bid.package_gone": entry(
        (
            "找不到投标文件包",
            "文件已被移动、改名或删除, 或所在的磁盘没有连接。",
            "请把文件放回原处, 或重新加密。",
        ),
        (
            "The bid package is not there",
            "It was moved, renamed or deleted, or its disk is not connected.",
            "Put it back, or encrypt again.",
        ),
    ),
    "bid.refused": entry(
        (
            "平台没有接收该投标文件",
            "平台检查后拒收, 但没有给出原因; 该文件没有递交成功。",
            "请验证文件包后重试; 临近截止时请立即联系平台。",
        ),
        (
            "The platform has not accepted the bid",
            "It was refused without a reason; the bid is not submitted.",
            "Verify the package and try again; close to the deadline call the platform at once.",
        ),
    ),
    "bid.receipt_wrong": entry(
        (
            "回执无效",
            "平台返回的回执签名不可信, 或说的不是这份文件; 不能视为已递交。",
            "请重试; 仍然如此时请立即联系平台, 并保留诊断信息。",
        ),
        (
            "The receipt is not valid",
            "Its signature cannot be trusted, or it is about another file; the bid does not count as submitted.",
            "Try again; if it stays so, call the platform at once and keep the diagnostic.",
        ),
    ),
    "bid.receipt_unsure": entry(
        (
            "现在无法核实回执",
            "吊销列表或时间戳服务的状态暂时无法得知, 或两处时间不一致; 还不能告诉您已递交。",
            "请在网络正常后重试; 仍然如此时请联系平台, 不要重新加密。",
        ),
        (
            "The receipt cannot be checked now",
            "Revocation lists or the time stamping service cannot be asked, or two clocks disagree.",
            "Try again when the network is fine; if it stays so, call the platform and do not encrypt anew.",
        ),
    ),
    "bid.receipt_not_kept": entry(
        (
            "已被平台接收, 但回执没有保存下来",
            "投标文件已在平台, 但本机无法写入回执文件 (磁盘已满或没有写入权限)。",
            "请腾出空间或更换位置后点【继续递交】, 只会补存回执, 不会重复递交。",
        ),
        (
            "Accepted by the platform, but the receipt could not be kept",
            "The bid is with the platform; the receipt file could not be written here (disk full, or no permission).",
            "Make room, then choose to go on: only the receipt is fetched, nothing is submitted twice.",
        ),
    ),
    "bid.submission_unclear": entry(
        (
            "还不能确定是否已递交",
            "全部内容已经发出, 但没有收到平台的答复, 网络可能中断。",
            "请在网络恢复后点【继续递交】: 已收到的会直接给出回执, 不会重复递交。",
        ),
        (
            "Not known whether it was submitted",
            "Everything was sent, but no answer came; the network may be down.",
            "Go on when the network is back: if it has arrived you get the receipt, nothing is submitted twice.",
        ),
    ),
    "bid.withdrawal_wrong": entry(
        (
            "撤回凭证无效",
            "平台返回的撤回凭证签名不可信, 或说的是另一份投标文件。",
            "请刷新后查看该投标的状态; 不明确时请联系平台。",
        ),
        (
            "The word of the withdrawal is not valid",
            "Its signature cannot be trusted, or it is about another bid.",
            "Look at the bid's state again; if it is not clear, call the platform.",
        ),
    ),
}
