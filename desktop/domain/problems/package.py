"""Problems of packing, verifying and opening bid packages."""

from desktop.domain.problems.model import Problem, entry

PACKAGE: dict[str, Problem] = {
    "package.not_a_package": entry(
        ("这不是投标文件包", "文件开头没有投标文件包(.bid)的标记。", "请选择由本软件生成的 .bid 文件。"),
        (
            "This is not a bid package",
            "The file does not begin like a bid package (.bid).",
            "Choose a .bid file that this program made.",
        ),
    ),
    "package.damaged": entry(
        (
            "投标文件包已损坏",
            "文件不完整, 或结构与规定的格式不一致。",
            "请重新下载或重新复制该文件; 仍不行时请向投标人索取原件。",
        ),
        (
            "The bid package is damaged",
            "It is incomplete, or its structure is not the prescribed one.",
            "Download or copy it again; if that does not help, ask the bidder for the original.",
        ),
    ),
    "package.content_changed": entry(
        (
            "投标文件包在签名后被改动",
            "其中有内容与投标人签名时的内容不一致。",
            "请勿采信该文件, 并向投标人索取原件。",
        ),
        (
            "The bid package was changed after it was signed",
            "Something in it differs from what the bidder signed.",
            "Do not rely on this file; ask the bidder for the original.",
        ),
    ),
    "package.signature_wrong": entry(
        ("投标文件包的签名不正确", "签名数据损坏、不符合规定, 或与证书不符。", "请勿采信该文件, 并向投标人索取原件。"),
        (
            "The bid package's signature is wrong",
            "It is damaged, not in the prescribed form, or not the certificate's.",
            "Do not rely on this file; ask the bidder for the original.",
        ),
    ),
    "package.signer_not_bidder": entry(
        (
            "签名人不是该投标人",
            "签名证书的单位名称或统一社会信用代码与投标文件包所写的投标人不同。",
            "请用投标单位自己的签名证书签名。",
        ),
        (
            "The signer is not the bidder",
            "The signing certificate's organization or credit code is not that of the bidder named in the package.",
            "Sign with the bidding organization's own signing certificate.",
        ),
    ),
    "package.signed_in_future": entry(
        ("签名时间晚于当前时间", "投标文件包所写的签名时间在将来。", "请核对电脑时间; 如时间无误, 请投标人重新生成。"),
        (
            "Signed in the future",
            "The signing time in the package lies ahead of now.",
            "Check this computer's clock; if it is right, have the bidder pack again.",
        ),
    ),
    "package.header_invalid": entry(
        ("投标文件包的说明不合规定", "其中的项目、投标人或开启条件等信息有误。", "请重新生成投标文件包。"),
        (
            "The package's description is not acceptable",
            "What it says of tender, bidder or opening policy is not in the prescribed form.",
            "Make the bid package again.",
        ),
    ),
    "package.wrong_binding": entry(
        (
            "密钥属于另一份投标文件",
            "其中的密钥是为另一个项目、标段、投标人或文件包加密的。",
            "请勿使用该文件, 并向投标人索取原件。",
        ),
        (
            "The key belongs to another bid",
            "A key in it was encrypted for another tender, lot, bidder or package.",
            "Do not use this file; ask the bidder for the original.",
        ),
    ),
    "package.recipient_unexpected": entry(
        (
            "有未经投标人确认的收件人",
            "能解密的人与投标人签名确认的名单不一致。",
            "请勿递交该文件, 请重新生成; 如仍出现, 请联系平台。",
        ),
        (
            "There is a recipient that the bidder did not confirm",
            "Those who can decrypt differ from the list that the bidder signed.",
            "Do not submit this file, make it again; if this comes back, contact the platform.",
        ),
    ),
    "package.recipient_not_confirmed": entry(
        (
            "该解密证书尚未在本工位确认",
            "投标文件只能加密给在本工位用手机确认过的证书, 以防他人混入。",
            "请先用持有该证书的手机扫码确认, 再制作加密投标文件。",
        ),
        (
            "That decryption certificate was not confirmed on this workstation",
            "Bids are sealed only to certificates that their phone confirmed here, so that nobody can slip in.",
            "Confirm it first by a scan with the phone that holds it, then pack the bid.",
        ),
    ),
    "package.certificate_missing": entry(
        (
            "本工位没有可用的解密证书",
            "本工位未登记, 或没有在本工位下载或确认过移动证书。",
            "请先打开客户端, 登记本工位并下载证书, 或用手机扫码确认解密证书。",
        ),
        (
            "This workstation knows no certificate to work with",
            "It is not enrolled, or no mobile certificate was downloaded or confirmed here.",
            "Open the client, enrol the workstation and download the certificate, or confirm one by phone.",
        ),
    ),
    "package.certificate_unclear": entry(
        ("有多张证书, 请指定一张", "本工位确认过多张移动证书。", "请用 --certificate 加证书序列号指定。"),
        (
            "There are several certificates",
            "More than one mobile certificate was confirmed on this workstation.",
            "Name one by --certificate and its serial number.",
        ),
    ),
    "package.shares_unreadable": entry(
        (
            "份额文件无法读取",
            "所选文件不是解密份额文件, 或已损坏。",
            "请选择由 bidseal open --export-shares 导出的文件。",
        ),
        (
            "The share file cannot be read",
            "It holds no shares, or it is damaged.",
            "Choose a file that bidseal open --export-shares has written.",
        ),
    ),
    "package.envelope_unreadable": entry(
        (
            "加密格式不受支持",
            "加密数据损坏, 或使用了本软件不接受的算法或格式。",
            "请投标人用本软件重新生成投标文件包。",
        ),
        (
            "The encryption is not in a supported form",
            "It is damaged, or uses an algorithm or form that this program does not accept.",
            "Have the bidder make the package again with this program.",
        ),
    ),
    "package.share_not_ours": entry(
        ("不是为该证书加密的", "该证书不在可以解密的名单中。", "请换用生成投标文件时选定的证书。"),
        (
            "Not encrypted for this certificate",
            "The certificate is not among those that can decrypt.",
            "Use the certificate that was chosen when the bid was packed.",
        ),
    ),
    "package.share_unreadable": entry(
        ("无法解开密钥", "密钥数据被改动, 或不是为该证书加密的。", "请向投标人索取原件后再试。"),
        (
            "The key cannot be unlocked",
            "It was altered, or was not encrypted for this certificate.",
            "Ask the bidder for the original and try again.",
        ),
    ),
    "package.share_missing": entry(
        ("密钥份额不齐", "还有应当解密的一方没有提供密钥份额。", "请等待各方扫码解密后再开启。"),
        (
            "A key share is missing",
            "One of those who have to decrypt has not given its share.",
            "Wait until all of them have scanned, then open.",
        ),
    ),
    "package.share_mismatch": entry(
        (
            "密钥份额与投标时承诺的不一致",
            "收到的份额不是投标人生成文件时确定的那一份。",
            "请记录由谁提供, 并请其重新扫码解密。",
        ),
        (
            "A key share is not the one committed to",
            "What was delivered is not the share that was fixed when the bid was packed.",
            "Record who delivered it and have them scan again.",
        ),
    ),
    "package.key_mismatch": entry(
        (
            "密钥与投标时承诺的不一致",
            "由各份额得到的密钥不是投标文件所承诺的密钥。",
            "该投标文件无法开启, 请如实记入开标记录。",
        ),
        (
            "The key is not the one committed to",
            "What the shares make together is not the key that the bid commits to.",
            "This bid cannot be opened; record it so.",
        ),
    ),
    "package.payload_damaged": entry(
        ("加密内容已损坏", "解密后的内容没有通过完整性检查, 未写出任何文件。", "请重新下载该投标文件包后再试。"),
        (
            "The encrypted content is damaged",
            "It did not pass the integrity check after decryption; no file was written.",
            "Download the package again and retry.",
        ),
    ),
    "package.file_name": entry(
        (
            "文件名不可用",
            "文件名含有不允许的字符、为系统保留名称、是快捷方式一类的文件, 或与另一个文件重名(不分大小写)。",
            "请修改文件名, 或去掉该文件后再试。",
        ),
        (
            "A file name cannot be used",
            "It holds a forbidden character, is reserved by a system, is a shortcut or the like, or equals another but for case.",
            "Rename the file or leave it out, and try again.",
        ),
    ),
    "package.file_changed": entry(
        ("文件在打包过程中被改动", "读取时文件的长度发生了变化。", "请关闭正在编辑该文件的软件后重新打包。"),
        (
            "A file changed while it was packed",
            "Its length changed while it was read.",
            "Close the program that edits it and pack again.",
        ),
    ),
    "package.too_large": entry(
        ("投标文件过大或过多", "超过了一个投标文件包所能容纳的大小或文件数。", "请压缩扫描件或合并文件后再试。"),
        (
            "The bid is too large",
            "It exceeds the size or number of files that one package can hold.",
            "Compress scans or merge files, then try again.",
        ),
    ),
    "package.summary_invalid": entry(
        ("唱标要素不合规定", "报价、工期等唱标要素缺失或格式有误。", "请核对后重新填写。"),
        (
            "The announcement items are not acceptable",
            "Price, duration or another item is missing or not in the prescribed form.",
            "Check and fill them in again.",
        ),
    ),
    "package.no_bidder_group": entry(
        (
            "开启条件中没有投标人",
            "招标代理与平台一起就能在截止前读到该投标文件。",
            "请把本单位的证书加入开启条件; 如招标文件要求如此, 请明确选择后再继续。",
        ),
        (
            "The bidder is not part of the opening policy",
            "Agent and platform together could read this bid before the deadline.",
            "Add your own certificate; if the tender demands it so, choose that explicitly and go on.",
        ),
    ),
    "package.other_tender": entry(
        (
            "不是该项目或该投标人的文件",
            "投标文件包所写的平台、项目、标段或投标人与此处不同。",
            "请选择正确的投标文件包。",
        ),
        (
            "Not for this tender or of this bidder",
            "Platform, tender, lot or bidder named in the package differ from those here.",
            "Choose the right bid package.",
        ),
    ),
    "package.target_exists": entry(
        ("目标文件夹已存在", "为避免混淆, 只会解密到新的文件夹。", "请另选一个文件夹名称。"),
        (
            "The target folder exists already",
            "To avoid a mix-up, files are only decrypted into a new folder.",
            "Choose another folder name.",
        ),
    ),
}
