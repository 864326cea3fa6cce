"""Problems of publishing a lot and of handing in bids for it, mostly the platform's answers."""

from desktop.domain.problems.model import Problem, entry

SUBMISSION: dict[str, Problem] = {
    "tender.not_an_agency": entry(
        ("本单位不是招标代理机构", "只有平台审核为招标代理机构的单位才能发布招标。", "如登记有误, 请联系平台审核。"),
        (
            "Your organization is not a tender agency",
            "Only a unit that the platform has admitted as a tender agency can publish tenders.",
            "If it was registered wrongly, contact the platform's review desk.",
        ),
    ),
    "tender.number_taken": entry(
        (
            "编号已被使用",
            "本单位已有相同编号的招标项目, 或该项目已有相同编号的标段。",
            "请改用其他编号, 或打开已有的项目。",
        ),
        (
            "The number is taken",
            "Your agency has a tender of this number, or the tender has a lot of this number.",
            "Use another number, or open the one there is.",
        ),
    ),
    "tender.draft_too_large": entry(
        ("草稿过大", "一个标段的草稿不能超过 64 KiB。", "请减少文件或要求的数量后重试。"),
        ("The draft is too large", "The draft of a lot may hold 64 KiB.", "Remove documents or requirements."),
    ),
    "tender.document_kind": entry(
        (
            "不支持的招标文件类型",
            "招标文件可以是 PDF、OFD、Office/WPS 文档、清单、图纸、图片、文本或压缩包。",
            "请转换为以上类型后再上传。",
        ),
        (
            "This kind of tender document is not accepted",
            "Documents may be PDF, OFD, office files, lists, drawings, pictures, texts or archives.",
            "Convert the file to one of these and upload it again.",
        ),
    ),
    "tender.too_many_documents": entry(
        ("招标文件过多", "一个标段最多 200 个招标文件。", "请合并为压缩包后上传。"),
        ("Too many tender documents", "A lot may have 200 of them.", "Put several into one archive."),
    ),
    "tender.notice_differs": entry(
        (
            "公告与标段不一致",
            "公告中的平台、招标编号、标段、代理机构、文件或时间密钥与平台登记的不同。",
            "请刷新标段, 重新核对草稿后再次发布。",
        ),
        (
            "The notice does not belong to this lot",
            "Its platform, numbers, agency, documents or time keys are not those that the platform has.",
            "Refresh the lot, check the draft and publish again.",
        ),
    ),
    "tender.deadline_not_ahead": entry(
        ("截止时间已过", "公告的投标截止时间不晚于平台的当前时间。", "请把截止时间改到将来, 再次发布。"),
        (
            "The deadline is not in the future",
            "The notice's deadline is not later than the platform's time.",
            "Choose a later deadline and publish again.",
        ),
    ),
    "tender.member_unknown": entry(
        (
            "开标成员的证书不可用",
            "公告或开标密钥指定的证书不是本单位当前有效的证书。",
            "请让成员更新证书, 重新选择开标成员后再次发布。",
        ),
        (
            "A committee member's certificate cannot be used",
            "The notice or the opening key names a certificate that is not a valid one of your agency.",
            "Let the member renew it, choose the committee again and publish again.",
        ),
    ),
    "tender.amendment_not_allowed": entry(
        (
            "不允许这样变更",
            "变更只能推迟时间或修改名称、文件、要求、限价、开标成员与交付时长, 并须由上一版的开标成员签署。",
            "请以最新一版公告为基础重新编制变更。",
        ),
        (
            "The amendment is not allowed",
            "It may move times forwards only, leaves envelopes and keys alone, and is signed by an officer in force.",
            "Begin the amendment again from the newest revision.",
        ),
    ),
    "tender.deadline_passed": entry(
        (
            "投标已截止",
            "平台在截止时间之后才完整收到文件或请求, 截止后不能递交、替换、撤回或变更。",
            "请联系招标代理机构; 此前已被接收的投标文件不受影响。",
        ),
        (
            "The deadline has passed",
            "The platform had the whole file or request only after it, when nothing can be changed any more.",
            "Contact the tender agency. A bid that was accepted before is not affected.",
        ),
    ),
    "tender.not_closed": entry(
        ("尚未截止", "投标截止后平台才公布投标情况。", "请在截止时间之后再试。"),
        ("Not closed yet", "The platform tells about bids only after the deadline.", "Try again after the deadline."),
    ),
    "tender.upload_offset": entry(
        ("上传位置不一致", "平台已保存的长度与本次发送的位置不同, 可能是网络重复发送。", "将自动从已保存的位置继续。"),
        (
            "The upload is at another place",
            "The platform has kept another length than this part begins at; the network may have repeated it.",
            "The upload goes on from what was kept.",
        ),
    ),
    "tender.upload_too_large": entry(
        ("投标文件过大", "一个投标包不能超过 70 GiB, 也不能超过登记的大小。", "请减小投标文件后重新打包。"),
        (
            "The bid is too large",
            "A package may have 70 GiB, and no more than was announced.",
            "Make the documents smaller and pack again.",
        ),
    ),
    "tender.too_many_uploads": entry(
        ("未完成的上传过多", "本单位在该标段已有多个未完成的上传。", "请先完成或取消已有的上传。"),
        (
            "Too many unfinished uploads",
            "Your unit has several for this lot.",
            "Finish or cancel those first.",
        ),
    ),
    "tender.upload_damaged": entry(
        ("文件在上传中损坏", "平台收到的内容与登记的校验值不同, 未被接收。", "请重新提交同一投标包。"),
        (
            "The file was damaged on its way",
            "What the platform received has another hash than was announced; it was not accepted.",
            "Submit the same package again.",
        ),
    ),
    "tender.package_differs": entry(
        (
            "投标包不符合公告要求",
            "投标包的信封、解密需要的成员、密钥或时间与任何一版公告都不一致。",
            "请用最新公告重新打包后提交。",
        ),
        (
            "The package is not as the notice asks",
            "Its envelopes, groups, keys or times are those of no published revision.",
            "Pack again from the newest notice and submit.",
        ),
    ),
    "tender.package_used": entry(
        ("该投标包已使用", "此投标包已被撤回或被新的投标包替换, 不能再次提交。", "请重新打包后提交。"),
        (
            "This package was used before",
            "It was withdrawn, or replaced by a newer one; it cannot be submitted again.",
            "Pack anew and submit.",
        ),
    ),
}
