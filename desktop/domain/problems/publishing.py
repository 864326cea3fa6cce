"""Problems of preparing a tender: the draft, its dry run, publishing and amending, at the agency's desk."""

from desktop.domain.problems.model import Problem, entry

PUBLISHING: dict[str, Problem] = {
    "tender.draft_unreadable": entry(
        (
            "草稿无法读取",
            "平台上保存的草稿不是本版本软件写的, 或者已损坏。",
            "请升级到最新版本后再打开; 仍不行时请新建标段重新填写。",
        ),
        (
            "The draft cannot be read",
            "What the platform keeps was not written by this version of the program, or it is damaged.",
            "Update the program and open it again; if that does not help, fill in a new lot.",
        ),
    ),
    "tender.draft_changed": entry(
        (
            "草稿已被同事改动",
            "您打开草稿之后, 本单位另一位成员保存或发布了另一个版本。",
            "您填写的内容没有丢失。请查看对方的版本, 或保留您的版本; 另一个版本会作为副本留在本机。",
        ),
        (
            "A colleague has changed the draft",
            "Since you opened it, another member of your unit has saved or published another version.",
            "Nothing that you typed is lost. Look at theirs, or keep yours; the other one stays here as a copy.",
        ),
    ),
    "tender.draft_incomplete": entry(
        ("招标公告还不完整", "有必填内容没有填写, 或填写的内容不符合要求。", "请按标红处的提示改正后再试。"),
        (
            "The notice is not complete",
            "Something that is needed is missing, or may not stand as it does.",
            "Correct what is marked in red, then try again.",
        ),
    ),
    "tender.member_not_usable": entry(
        (
            "开标成员的证书不可用",
            "所选证书已失效、已被更换, 或不属于本招标代理单位。",
            "请在【开标成员】中重新选择有效的证书。",
        ),
        (
            "A committee member's certificate cannot be used",
            "It is no longer valid, was replaced, or is not one of this agency.",
            "Choose valid certificates under “Committee” again.",
        ),
    ),
    "tender.officers_expire": entry(
        (
            "开标前证书就会到期",
            "所选开标成员的证书都在最后一次开标的交付期结束之前到期, 到时将无人能够开标。",
            "请先办理证书延期, 或增加一位证书有效期更长的同事, 再发布。",
        ),
        (
            "The certificates expire before the opening",
            "The certificates of all committee members chosen expire before deliveries for the last opening end; nobody could open the bids.",
            "Renew the certificate first, or add a colleague whose certificate is valid for longer, then publish.",
        ),
    ),
    "tender.document_unusable": entry(
        ("这个文件不能作为招标文件", "文件是空的, 或超过 64 MB。", "请选择其他文件; 过大的文件请压缩或拆分后再上传。"),
        (
            "This file cannot be a tender document",
            "It is empty, or larger than 64 MB.",
            "Choose another one; compress or split a file that is too large.",
        ),
    ),
    "tender.dry_run_differs": entry(
        (
            "演练打开的内容与装入的不一致",
            "测试投标文件能解密, 但文件或唱标要素与装入时不同。",
            "请勿发布, 并把诊断信息发给技术支持。",
        ),
        (
            "What was opened differs from what was packed",
            "The test bid opened, but its files or announcement items are not those that went in.",
            "Do not publish; send the diagnostic to support.",
        ),
    ),
    "tender.dry_run_opened_early": entry(
        (
            "缺少一方时也能打开",
            "演练中, 有一方没有交出解密份额, 测试投标文件却打开了。",
            "请勿发布, 并把诊断信息发给技术支持。",
        ),
        (
            "It opened although a party was missing",
            "In the dry run a test bid opened without one of the shares that it needs.",
            "Do not publish; send the diagnostic to support.",
        ),
    ),
    "tender.nothing_changed": entry(
        ("没有任何变更", "现在填写的内容与已发布的招标公告完全相同。", "请先修改要变更的内容。"),
        (
            "Nothing was changed",
            "What stands here is what was published already.",
            "Change what is to be amended first.",
        ),
    ),
    "tender.needs_network": entry(
        (
            "发布和变更需要联网",
            "相机方式下本工位不使用网络, 而公告送达平台后才算发布。",
            "请让工位和手机联网, 再用普通扫码方式发布。",
        ),
        (
            "Publishing needs a network",
            "In camera mode this workstation keeps off the network, and a notice is published only once the platform has it.",
            "Connect workstation and phone, then publish by an ordinary scan.",
        ),
    ),
    "tender.changed_elsewhere": entry(
        (
            "该标段刚被其他人变更",
            "打开此页后, 本单位的其他成员已发布或变更了这个标段。",
            "请重新打开该标段, 核对最新内容后再操作。",
        ),
        (
            "The lot was changed by somebody else",
            "After this page was opened, another member published or amended the lot.",
            "Open the lot again and check what stands there now.",
        ),
    ),
}
