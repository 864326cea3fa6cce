"""Problems of the opening room at the platform: its window, what workstations state there, what is given to whom."""

from desktop.domain.problems.model import Problem, entry

ROOM: dict[str, Problem] = {
    "room.statement": entry(
        (
            "开标声明与本标段不符",
            "声明所指的标段、截止声明、开标间密钥或版次与平台记录不一致, 或签发工位不属于开标人员。",
            "请刷新开标间后, 由公告列明的开标人员在已登记的工位上重试。",
        ),
        (
            "The statement does not fit this lot",
            "Lot, closing, room key or revision differ from what the platform holds, or no officer enrolled the workstation.",
            "Refresh the room and try again at an enrolled workstation of an officer named in the notice.",
        ),
    ),
    "room.window_length": entry(
        (
            "解密交付时间不符合公告",
            "首次开启须给足公告规定的交付时间; 延长后的结束时间须晚于原定时间, 且不超过 24 小时。",
            "请核对本机时间与平台时间, 重新设定结束时间。",
        ),
        (
            "The delivery window has the wrong length",
            "It must be as long as announced; an extension must end later than before, and within 24 hours.",
            "Compare this machine's time with the platform's, and choose the end again.",
        ),
    ),
    "room.over": entry(
        (
            "交付时间已结束",
            "本信封的解密交付已结束, 平台不再接收。",
            "未交付的投标文件将按规则记录; 如有异议, 请在唱标后提出。",
        ),
        (
            "The delivery window has ended",
            "Shares of this envelope are no longer taken.",
            "A bid without a share is recorded as the rules say; object after the announcement if you disagree.",
        ),
    ),
    "room.no_share_needed": entry(
        ("本信封无需投标人解密", "公告规定的解密方式不含投标人。", "无需操作, 请等待开标。"),
        (
            "This envelope needs nothing from bidders",
            "The notice opens it without the bidder.",
            "There is nothing to do; wait for the opening.",
        ),
    ),
    "room.not_taking_part": entry(
        (
            "该投标文件不参加本次开启",
            "它已被撤回或替换, 未通过前一信封, 或不属于本标段。",
            "请核对截止时的投标文件清单。",
        ),
        (
            "This bid takes no part here",
            "It was withdrawn or replaced, did not pass the envelope before, or is of another lot.",
            "Compare it with the list of bids at closing.",
        ),
    ),
    "room.shares_missing": entry(
        ("仍有投标人未交付", "交付时间未到, 且并非所有投标人都已交付。", "请等待全部交付, 或等交付时间结束。"),
        (
            "Shares are still missing",
            "The window has not ended, and not every bidder has delivered.",
            "Wait for the missing ones, or for the end of the window.",
        ),
    ),
    "room.no_time_key": entry(
        ("本信封没有平台时间密钥", "公告规定的解密方式不含平台时间密钥。", "直接使用开标密钥解密即可。"),
        (
            "This envelope has no time key",
            "The notice opens it without the platform's time key.",
            "Open the bids with the opening key alone.",
        ),
    ),
    "room.not_before": entry(
        ("未到开启时间", "按平台时间, 本信封尚未到公告规定的最早开启时间。", "请到时再试。"),
        (
            "It is too early to open this envelope",
            "By the platform's time the earliest moment of the notice has not come.",
            "Try again then.",
        ),
    ),
    "room.clock_disagrees": entry(
        (
            "平台时钟异常",
            "平台当前时间早于其已记录的时间, 为安全起见暂不交出时间密钥。",
            "请平台管理员校准时钟后重试。",
        ),
        (
            "The platform's clock is wrong",
            "It stands behind a time that the platform has seen already; no time key is given away.",
            "Have the platform's operator set the clock right, then try again.",
        ),
    ),
    "room.result_contradicts": entry(
        ("开标结果与交付记录不符", "有投标文件的结果与平台的解密交付记录相矛盾。", "请重新取回交付清单后再次解密。"),
        (
            "A result contradicts the deliveries",
            "What is said of a bid does not agree with whether its share was delivered.",
            "Fetch the deliveries again and repeat the opening.",
        ),
    ),
    "room.result_differs": entry(
        (
            "该投标文件已有不同的开标结果",
            "已登记的结果不能更改。",
            "请以开标间中的结果为准, 并核对是否有另一工位在操作。",
        ),
        (
            "This bid has another result already",
            "A result that was registered is not changed.",
            "The one in the room counts; see whether another workstation is at work.",
        ),
    ),
    "room.reason_missing": entry(
        ("须填写理由", "提出异议或不予通过时须说明理由。", "请填写理由后重新提交。"),
        ("A reason is needed", "An objection, and a bid that does not pass, need one.", "Write it and send again."),
    ),
    "room.undecided": entry(
        (
            "第二信封尚不能开启",
            "仍有投标文件未作出通过与否的决定, 或没有投标文件通过。",
            "请先对每份已解密的投标文件作出决定。",
        ),
        (
            "The second envelope cannot be opened yet",
            "Some bids are not decided, or none has passed.",
            "Decide on every opened bid first.",
        ),
    ),
    "room.envelope_left": entry(
        ("仍有信封未开启", "有通过的投标文件的下一信封尚未开启, 或仍有未决定的投标文件。", "请先完成后续信封的开启。"),
        (
            "An envelope is still to be opened",
            "Bids have passed whose next envelope is closed, or are not decided yet.",
            "Finish the next envelope first.",
        ),
    ),
    "room.answered": entry(
        ("该异议已答复", "每条意见只答复一次。", "如需补充, 请在开标记录中说明。"),
        ("It was answered already", "Each objection is answered once.", "Add what is missing to the opening record."),
    ),
}
