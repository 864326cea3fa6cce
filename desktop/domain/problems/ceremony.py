"""Problems of a scan (ceremony) as the desktop sees them."""

from desktop.domain.problems.model import Problem, entry

CEREMONY: dict[str, Problem] = {
    "ceremony.malformed": entry(
        (
            "收到的数据格式不正确",
            "对方发来的数据不符合协议, 可能被篡改或来自其他软件。",
            "请重新扫码; 若反复出现, 请检查网络并升级手机 App 与客户端。",
        ),
        (
            "The data received is malformed",
            "It does not follow the protocol; it may have been altered or come from other software.",
            "Scan again; if it keeps happening, check the network and update phone app and client.",
        ),
    ),
    "ceremony.too_large": entry(
        ("一次扫码的内容过多", "文件或投标包太多, 一次扫码无法全部确认。", "请减少数量, 分几次扫码完成。"),
        (
            "Too much for one scan",
            "There are more documents or bids than one scan can confirm.",
            "Take fewer at a time and scan several times.",
        ),
    ),
    "ceremony.version_unknown": entry(
        ("版本不兼容", "手机 App 与客户端的协议版本不一致。", "请将手机 App 和客户端都升级到最新版本。"),
        (
            "The versions do not match",
            "Phone app and client speak different protocol versions.",
            "Update both to the latest version.",
        ),
    ),
    "ceremony.message_unreadable": entry(
        ("无法解读手机发来的数据", "数据不是发给本次扫码的, 或在途中被改动。", "请重新扫码。"),
        (
            "The phone's message cannot be read",
            "It was not meant for this scan or was altered on the way.",
            "Scan again.",
        ),
    ),
    "ceremony.signature_invalid": entry(
        ("签名无效", "手机返回的签名与证书或内容不符, 已拒绝。", "请重新扫码; 若再次出现, 请停止操作并联系平台。"),
        (
            "The signature is not valid",
            "The phone's signature does not fit the certificate or the content; it was refused.",
            "Scan again; if it happens again, stop and contact the platform.",
        ),
    ),
    "ceremony.key_not_allowed": entry(
        ("密钥不被允许", "密钥算法或长度不在允许的范围内。", "请使用平台签发的移动证书。"),
        (
            "The key is not allowed",
            "Its algorithm or size is not on the list of allowed ones.",
            "Use a mobile certificate issued by the platform.",
        ),
    ),
    "ceremony.certificate_unreadable": entry(
        ("证书无法读取", "证书已损坏或格式不正确。", "请在手机上重新下载证书, 或联系平台。"),
        (
            "The certificate cannot be read",
            "It is damaged or malformed.",
            "Download it again on the phone or contact the platform.",
        ),
    ),
    "ceremony.certificate_not_allowed": entry(
        (
            "所选证书不能用于此操作",
            "该证书不属于本单位, 或不是此操作指定的证书。",
            "请在手机上选择提示的证书后重新扫码。",
        ),
        (
            "This certificate cannot be used here",
            "It belongs to another organization or is not the one this operation names.",
            "Choose the certificate named on the screen and scan again.",
        ),
    ),
    "ceremony.certificate_invalid": entry(
        (
            "证书无效",
            "证书已过期、尚未生效、已吊销或不是平台签发的。",
            "请在【数字证书】中查看状态, 需要时重新申请。",
        ),
        (
            "The certificate is not valid",
            "It has expired, is not valid yet, was revoked, or was not issued by the platform.",
            "Look at its state under Certificates; order a new one if needed.",
        ),
    ),
    "ceremony.revocation_unknown": entry(
        ("无法确认证书是否已吊销", "吊销信息暂时无法获取, 为安全起见未继续。", "请检查网络后重试。"),
        (
            "Cannot tell whether the certificate was revoked",
            "Revocation information is not available now; to be safe nothing was done.",
            "Check the network and try again.",
        ),
    ),
    "ceremony.wrong_purpose": entry(
        ("应答与操作不符", "收到的应答属于另一项操作, 已拒绝。", "请重新扫码。"),
        ("The answer is for something else", "It belongs to another operation and was refused.", "Scan again."),
    ),
    "ceremony.wrong_document": entry(
        ("应答与所示文件不符", "手机确认的文件与屏幕上的文件不是同一个, 已拒绝。", "请重新打开文件并扫码。"),
        (
            "The answer is for another document",
            "The document confirmed on the phone is not the one shown here; it was refused.",
            "Open the document again and scan.",
        ),
    ),
    "ceremony.already_used": entry(
        ("该应答已使用过", "同一次扫码的应答只能使用一次。", "如需再次操作, 请重新扫码。"),
        (
            "This answer was used already",
            "The answer of one scan counts once.",
            "Scan again if you need to repeat the operation.",
        ),
    ),
    "ceremony.stale_code": entry(
        ("扫描的二维码已过时", "有人使用了过时的二维码 (可能是照片), 已拒绝。", "请直接扫描屏幕上正在显示的二维码。"),
        (
            "An old code was scanned",
            "Somebody used a code that is no longer shown, perhaps a photograph; it was refused.",
            "Scan the code that is on the screen now.",
        ),
    ),
    "ceremony.taken": entry(
        ("已有另一部手机扫码", "另一部手机先扫描了此二维码。", "请确认是谁在操作; 需要时取消并重新开始。"),
        (
            "Another phone was first",
            "Another phone has scanned this code already.",
            "Make sure who it was; cancel and start again if needed.",
        ),
    ),
    "ceremony.expired": entry(
        ("二维码已过期", "超过了有效时间, 没有手机完成操作。", "请点击【刷新】重新显示二维码。"),
        ("The code has expired", "No phone completed the operation in time.", "Press Renew to show a new code."),
    ),
    "ceremony.answer_timeout": entry(
        (
            "手机未在规定时间内确认",
            "扫码后超过时限未收到手机的应答, 没有产生任何结果。",
            "请重新扫码并及时在手机上确认。",
        ),
        (
            "The phone did not answer in time",
            "No answer came within the time allowed; nothing was done.",
            "Scan again and confirm on the phone in time.",
        ),
    ),
    "ceremony.declined": entry(
        ("手机上已拒绝", "持证人在手机上拒绝了此操作。", "如属误操作, 请重新扫码。"),
        (
            "Declined on the phone",
            "The holder declined the operation on the phone.",
            "Scan again if that was a mistake.",
        ),
    ),
    "ceremony.code_mismatch": entry(
        ("核对码不一致", "手机上输入的核对码与屏幕不符, 已终止。", "请重新扫码, 并输入屏幕上的四位核对码。"),
        (
            "The check code did not match",
            "The code typed on the phone differs from the one on the screen; the scan was ended.",
            "Scan again and type the four digits shown on the screen.",
        ),
    ),
    "ceremony.cancelled": entry(
        ("操作已取消", "本次扫码已取消, 没有产生任何结果。", "需要时可重新开始。"),
        ("Cancelled", "This scan was cancelled; it left nothing behind.", "Start again whenever you like."),
    ),
    "ceremony.workstation_not_enrolled": entry(
        ("工位尚未登记", "此操作需要先由本单位成员用手机登记本工位。", "请先在【我的】-【工位】中扫码登记。"),
        (
            "The workstation is not enrolled",
            "This operation needs a workstation that a member of the organization has enrolled by phone.",
            "Enrol it first under Me, Workstation.",
        ),
    ),
    "ceremony.address_too_long": entry(
        ("平台地址过长", "平台地址太长, 无法放入二维码。", "请联系平台提供较短的地址。"),
        (
            "The platform's address is too long",
            "It does not fit into the QR code.",
            "Ask the platform for a shorter address.",
        ),
    ),
    "ceremony.relay_unreachable": entry(
        ("无法连接中继服务", "与平台的网络连接中断。", "请检查网络, 连接恢复后会自动继续。"),
        (
            "The relay cannot be reached",
            "The connection to the platform is interrupted.",
            "Check the network; it goes on by itself once the connection is back.",
        ),
    ),
    "ceremony.platform_refused": entry(
        ("平台拒绝了此操作", "平台核对后没有接受, 没有产生任何结果。", "请查看原因, 处理后重试。"),
        (
            "The platform refused",
            "The platform checked the answer and did not accept it; nothing was done.",
            "See the reason, mend it and try again.",
        ),
    ),
    "ceremony.interrupted": entry(
        ("上次操作被中断", "程序在完成前被关闭, 未签章的文件没有改变。", "请重新扫码完成操作。"),
        (
            "The last operation was interrupted",
            "The program was closed before it was finished; the unsealed file has not changed.",
            "Scan again to complete it.",
        ),
    ),
    "ceremony.seal_not_bound": entry(
        (
            "印章与证书不匹配",
            "该印章绑定的是另一张证书 (证书变更、延期或补办后旧印章作废)。",
            "请选择与证书绑定的印章, 或重新申请印章。",
        ),
        (
            "Seal and certificate do not belong together",
            "The seal is bound to another certificate; after a change, renewal or reissue the old seal is void.",
            "Choose a seal bound to this certificate or apply for a new one.",
        ),
    ),
    "ceremony.seal_expired": entry(
        ("印章不在有效期内", "该印章尚未生效或已过期。", "请在【电子印章】中查看, 需要时重新申请。"),
        (
            "The seal is not valid now",
            "It is not valid yet or has expired.",
            "Look under Seals; apply for a new one if needed.",
        ),
    ),
    "ceremony.no_organization": entry(
        ("尚未加入任何单位", "工位登记需要以单位成员的身份进行。", "请先在【数字证书】中申请证书, 审核通过后再登记。"),
        (
            "You belong to no organization yet",
            "A workstation is enrolled by a member of an organization.",
            "Order a certificate first; enrol after it was approved.",
        ),
    ),
    "ceremony.seal_not_claimed": entry(
        ("印章不可使用", "该印章尚未申领, 或已驳回、作废。", "请在【电子印章】中查看状态, 审核通过后先申领。"),
        (
            "The seal cannot be used",
            "It has not been claimed yet, or it was rejected or became void.",
            "Look under Seals; claim it once it is approved.",
        ),
    ),
    "ceremony.too_many_documents": entry(
        (
            "一次最多签章八个文件",
            "手机上要逐一确认每个文件, 因此一次扫码最多八个。",
            "请先完成已打开的文件, 再打开其余文件。",
        ),
        (
            "Eight documents at a time",
            "Each document is confirmed on the phone, so one scan takes at most eight.",
            "Seal the open ones first, then open the rest.",
        ),
    ),
    "ceremony.too_large_for_camera": entry(
        (
            "内容过大, 无法用相机方式",
            "要显示的二维码太多, 手机难以读完。",
            "请减少一次签章的文件数量, 或改用联网扫码。",
        ),
        (
            "Too much for the camera mode",
            "It would take more codes than a phone can read in reasonable time.",
            "Take fewer documents at a time, or scan with a network.",
        ),
    ),
    "ceremony.nothing_done": entry(
        ("未能完成", "每一项都没有成功, 原因见各项说明。", "请查看各项原因后重试。"),
        ("Nothing was completed", "None of the items succeeded; each one says why.", "Read the reasons and try again."),
    ),
}
