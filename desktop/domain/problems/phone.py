"""Problems that the phone shows."""

from desktop.domain.problems.model import Problem, entry

PHONE: dict[str, Problem] = {
    "phone.foreign_qr": entry(
        (
            "这不是本平台的二维码",
            "扫到的内容不属于您选择的平台, 没有打开任何链接。",
            "请扫描客户端或招投标平台上显示的二维码。",
        ),
        (
            "This code is not of your platform",
            "What was scanned belongs to something else. Nothing was opened.",
            "Scan the code shown by the desktop client or the platform.",
        ),
    ),
    "phone.other_platform": entry(
        ("平台不一致", "二维码中的请求自称来自另一个平台, 已拒绝。", "请确认客户端选择的平台与手机一致。"),
        (
            "Another platform",
            "The request names a platform other than the one on this phone; it was refused.",
            "Make sure client and phone use the same platform.",
        ),
    ),
    "phone.workstation_mismatch": entry(
        (
            "工位信息不一致",
            "要登记的密钥不属于所显示的工位, 已拒绝。",
            "请在客户端重新发起工位登记; 若再次出现, 请联系平台。",
        ),
        (
            "The workstation does not match",
            "The key to be enrolled is not that of the workstation shown; it was refused.",
            "Start the enrolment again in the client; if it happens again, contact the platform.",
        ),
    ),
    "phone.no_certificate": entry(
        (
            "手机上没有可用的证书",
            "此操作需要本单位指定的、在有效期内的移动证书, 本手机上没有。",
            "请在【数字证书】中下载证书, 或换用持有该证书的手机。",
        ),
        (
            "No suitable certificate on this phone",
            "The operation needs a valid mobile certificate of the unit named, and this phone holds none.",
            "Download the certificate first, or use the phone that holds it.",
        ),
    ),
    "phone.declined": entry(
        ("已拒绝", "您拒绝了此操作, 没有签署任何内容。", "如属误操作, 请重新扫码。"),
        ("Declined", "You declined the operation; nothing was signed.", "Scan again if that was a mistake."),
    ),
    "phone.more_time": entry(
        ("请求延长时间", "手机请求将确认时间延长一次。", "请在延长的时间内完成确认。"),
        (
            "More time asked for",
            "The phone asked to extend the time to confirm, once.",
            "Confirm within the extended time.",
        ),
    ),
    "phone.code_mismatch": entry(
        (
            "核对码不正确",
            "输入的核对码与电脑屏幕上的不一致, 本次扫码已终止, 没有签署任何内容。",
            "请确认是自己在操作电脑, 重新扫码后输入屏幕上的四位核对码。",
        ),
        (
            "The check code is wrong",
            "It differs from the one on the computer's screen. The scan was ended and nothing was signed.",
            "Make sure that it is you at the computer, scan again, and type the four digits on its screen.",
        ),
    ),
    "phone.wrong_password": entry(
        (
            "证书密码不正确",
            "输入的证书密码有误, 连续输错十次将锁定证书。",
            "请核对后重新输入; 忘记密码时, 可在证书详情中重置, 密钥保持不变。",
        ),
        (
            "Wrong certificate password",
            "The password is not right. Ten wrong ones in a row lock the certificate.",
            "Check it and type it again; a forgotten one can be reset in the certificate's details, the key stays.",
        ),
    ),
    "phone.locked": entry(
        (
            "证书已锁定",
            "证书密码已连续输错十次, 为保护证书已锁定。",
            "请在手机【数字证书】的证书详情中通过实名认证重置密码, 密钥和证书保持不变。",
        ),
        (
            "The certificate is locked",
            "Ten wrong passwords in a row have locked it, to protect it.",
            "Reset the password with an identity check in the certificate's details on the phone; key and certificate stay.",
        ),
    ),
    "phone.no_recovery": entry(
        (
            "此证书还不能重置密码",
            "本机证书的密码找回尚未启用: 下载后手机一直未能联系平台, 或证书由旧版本下载。",
            "如还记得密码, 请登录手机并使用一次证书, 即自动启用; 否则请补办证书。",
        ),
        (
            "This certificate's password cannot be reset yet",
            "Recovery is not set up: the phone has not reached the platform since the download, or an old version made it.",
            "If you remember the password, log in on the phone and use the certificate once; else have it reissued.",
        ),
    ),
    "phone.recovery_mismatch": entry(
        (
            "恢复信息不匹配",
            "平台保存的恢复信息不属于本机的密钥, 例如手机数据是从旧备份恢复的。没有更改任何内容。",
            "如还记得密码, 仍可照常使用; 否则请补办证书。",
        ),
        (
            "The recovery secret does not fit",
            "What the platform keeps is not for this phone's key, as after restoring a backup. Nothing was changed.",
            "If you remember the password, go on using it; else have the certificate reissued.",
        ),
    ),
    "phone.reset_not_approved": entry(
        (
            "还不能设置新密码",
            "重置密码的实名认证尚未通过, 或通过后已超过三天, 或已经使用过。",
            "请等待审核结果; 已失效的请重新提交实名认证。",
        ),
        (
            "A new password cannot be set yet",
            "The identity check for it has not been approved, or its approval is older than three days, or was used.",
            "Wait for the review; if the approval has lapsed, hand in the papers again.",
        ),
    ),
    "phone.not_logged_in": entry(
        ("手机尚未登录", "此操作需要联系平台, 请先登录。", "请在手机上用短信验证码登录后再试。"),
        (
            "Nobody is logged in on the phone",
            "The platform has to be asked for this.",
            "Log in on the phone with a text message code and try again.",
        ),
    ),
    "phone.password_weak": entry(
        (
            "证书密码太简单",
            "密码至少 8 位且包含两类字符 (大写、小写、数字、符号), 或至少 12 位。",
            "请设置更长或更复杂的密码。",
        ),
        (
            "The password is too simple",
            "It needs at least 8 characters of two kinds (upper case, lower case, digits, signs), or at least 12.",
            "Choose a longer or more varied one.",
        ),
    ),
    "phone.password_differs": entry(
        ("两次输入的密码不一致", "确认密码与证书密码不同。", "请重新输入。"),
        ("The two passwords differ", "The repeated password is not the same as the first.", "Type them again."),
    ),
    "phone.other_device": entry(
        ("证书不属于本手机", "证书文件来自另一部手机, 在本机无法解锁。", "请在原手机上使用, 或重新申请证书。"),
        (
            "The certificate belongs to another phone",
            "Its file was made on another device and cannot be unlocked here.",
            "Use it on that phone, or have it reissued.",
        ),
    ),
    "phone.key_damaged": entry(
        ("证书文件已损坏", "手机中的证书文件无法读取。", "请联系平台吊销它, 再重新申请。"),
        ("The certificate file is damaged", "The file on this phone cannot be read.", "Have the certificate reissued."),
    ),
    "phone.attributes_differ": entry(
        (
            "签名内容与所示文件不符",
            "电脑请求签名的内容与手机核算的不一致, 该文件未签署。",
            "请在电脑上重新打开该文件后签章; 若再次出现, 请停止操作并联系平台。",
        ),
        (
            "What was to be signed does not fit the file shown",
            "The computer asked for other bytes than the phone works out; this file was not signed.",
            "Open the file again on the computer and seal it; if it happens again, stop and contact the platform.",
        ),
    ),
    "phone.bid_mismatch": entry(
        (
            "投标包与所示内容不符",
            "投标包的平台、单位或目录与电脑所示的不一致, 没有签署。",
            "请在电脑上重新制作加密投标文件; 若再次出现, 请停止操作并联系平台。",
        ),
        (
            "The bid package is not what is shown",
            "Its platform, unit or list of contents differs from what the computer shows; it was not signed.",
            "Pack the bid again on the computer; if it happens again, stop and contact the platform.",
        ),
    ),
    "phone.recipient_missing": entry(
        (
            "本手机将无法解密这份投标文件",
            "投标包的解密证书中没有本手机的证书, 没有签署。",
            "请在电脑上选择本手机的证书后重新制作加密投标文件。",
        ),
        (
            "This phone could not open that bid",
            "Its certificate is not among those that the bid is sealed to; it was not signed.",
            "Choose this phone's certificate on the computer and pack the bid again.",
        ),
    ),
    "phone.recipient_not_ours": entry(
        (
            "所示的解密证书不是本手机的",
            "电脑要求确认的解密证书与本手机中的证书不一致, 没有确认。",
            "请用持有该证书的手机扫码; 若就是这部手机, 请停止操作并联系平台。",
        ),
        (
            "The decryption certificate shown is not this phone's",
            "The computer asked to confirm another certificate than this phone holds; it was not confirmed.",
            "Scan with the phone that holds it; if this is that phone, stop and contact the platform.",
        ),
    ),
    "phone.certificate_mismatch": entry(
        (
            "收到的证书与申请不符",
            "平台返回的证书与本机密钥或所示的单位、姓名不一致, 没有采用。",
            "请稍后在【未完成的下载】中重试, 或联系平台。",
        ),
        (
            "The certificate received is not the one ordered",
            "It does not fit the keys on this phone or the unit and name shown; it was not taken.",
            "Try again later under unfinished downloads, or contact the platform.",
        ),
    ),
    "phone.seal_mismatch": entry(
        (
            "收到的印章与申请不符",
            "印章图样或绑定的证书与审核通过的不一致, 没有采用。",
            "请重新申领; 若再次出现, 请联系平台。",
        ),
        (
            "The seal received is not the one approved",
            "Its imprint or bound certificate differs from what was reviewed; it was not taken.",
            "Claim it again; if it happens again, contact the platform.",
        ),
    ),
    "phone.receipt_invalid": entry(
        (
            "无法确认操作结果",
            "电脑发来的回执不完整或签名不符, 手机没有采信。",
            "请以电脑屏幕上的结果为准; 有疑问请联系平台。",
        ),
        (
            "The outcome cannot be confirmed",
            "The computer's receipt is incomplete or not signed as it must be; the phone did not believe it.",
            "Look at the computer for the result; ask the platform if in doubt.",
        ),
    ),
    "phone.no_receipt": entry(
        (
            "已发送, 尚未得到电脑确认",
            "签署结果已发出, 但没有收到电脑的回执。",
            "请查看电脑屏幕上的结果; 若未完成, 请重新扫码。",
        ),
        (
            "Sent, but not confirmed by the computer",
            "The answer went out and no receipt came back.",
            "Look at the computer for the result; scan again if it was not completed.",
        ),
    ),
    "phone.desktop_silent": entry(
        ("电脑没有响应", "扫码后没有收到电脑的回应, 没有签署任何内容。", "请检查电脑的网络, 刷新二维码后重新扫码。"),
        (
            "The computer does not respond",
            "It did not react to the scan. Nothing was signed.",
            "Check the computer's network, renew its code and scan again.",
        ),
    ),
    "phone.mailbox_gone": entry(
        ("二维码已失效", "该二维码已过期或已在电脑上取消。", "请扫描电脑上正在显示的二维码。"),
        (
            "The code is no longer valid",
            "It has expired or was cancelled on the computer.",
            "Scan the code that the computer shows now.",
        ),
    ),
    "phone.mailbox_closed": entry(
        ("二维码已被使用", "另一部手机已扫描此二维码。", "请在电脑上刷新二维码后重新扫码。"),
        (
            "The code was used already",
            "Another phone has scanned it.",
            "Renew the code on the computer and scan again.",
        ),
    ),
    "phone.platform_unreachable": entry(
        ("无法连接平台", "网络不可用或平台暂时没有响应。", "请检查手机网络后重试。"),
        (
            "The platform cannot be reached",
            "The network is down or the platform does not answer now.",
            "Check the phone's network and try again.",
        ),
    ),
    "phone.platform_refused": entry(
        ("平台未接受请求", "平台拒绝了此请求。", "请核对输入内容后重试。"),
        ("The platform refused", "It did not accept the request.", "Check what you entered and try again."),
    ),
    "phone.relay_refused": entry(
        ("扫码请求未被接受", "中继服务拒绝了手机的消息, 没有签署任何内容。", "请重新扫码。"),
        ("The scan was not accepted", "The relay refused the phone's message. Nothing was signed.", "Scan again."),
    ),
    "phone.profile_insecure": entry(
        ("平台地址不安全", "平台地址不是有效的 https 地址, 已拒绝使用。", "请使用平台提供的安装包或地址。"),
        (
            "The platform's address is not safe",
            "It is not a proper https address and was refused.",
            "Use the app or the address that the platform provides.",
        ),
    ),
    "phone.screen_unavailable": entry(
        ("无法读取屏幕", "系统不允许虚拟手机读取屏幕内容。", "请将二维码保存为图片后, 点【从图片识别】。"),
        (
            "The screen cannot be read",
            "The system does not let the virtual phone take a picture of the screen.",
            "Save the code as a picture and choose From picture.",
        ),
    ),
    "phone.mobile_malformed": entry(
        ("手机号格式不正确", "请输入 11 位中国大陆手机号。", "请核对手机号后重试。"),
        (
            "This is not a mobile number",
            "A mainland mobile number of 11 digits is wanted.",
            "Check the number and try again.",
        ),
    ),
    "phone.sms_code_malformed": entry(
        ("验证码格式不正确", "短信验证码由数字组成。", "请输入短信中的验证码。"),
        (
            "This is not a code",
            "The code in the text message consists of digits.",
            "Type the code from the text message.",
        ),
    ),
    "phone.paper_too_large": entry(
        ("文件超过 5 MB", "每份材料不能超过 5 MB。", "请压缩或重新拍摄后再选择。"),
        ("The file is larger than 5 MB", "Each paper may have 5 MB.", "Compress it or take the picture again."),
    ),
    "phone.paper_kind": entry(
        ("文件格式不支持", "材料须为完好的 PDF、JPG 或 PNG 文件。", "请转换格式后重新选择。"),
        (
            "The file's format is not supported",
            "A paper must be an intact PDF, JPG or PNG.",
            "Convert it and choose it.",
        ),
    ),
    "phone.scan_kind": entry(
        ("文件格式不支持", "印章扫描件须为 JPG 或 PNG 图片。", "请转换格式后重新选择。"),
        ("The file's format is not supported", "The scan must be a JPG or PNG picture.", "Convert it and choose it."),
    ),
    "phone.papers_missing": entry(
        ("尚未选择材料", "此申请需要上传材料才能审核。", "请至少选择一份材料。"),
        ("No papers chosen", "The application cannot be reviewed without papers.", "Choose at least one."),
    ),
    "phone.papers_too_many": entry(
        ("材料过多", "最多上传 8 份材料。", "请先移除一份, 或合并为一个 PDF。"),
        ("Too many papers", "Eight can be uploaded.", "Remove one, or join them into one PDF."),
    ),
    "phone.name_invalid": entry(
        ("名称不符合要求", "名称为空、过长 (最多 64 字) 或包含不允许的字符。", "请对照证件更正。"),
        (
            "The name is not acceptable",
            "It is empty, longer than 64 characters or has characters that are not allowed.",
            "Compare it with the document.",
        ),
    ),
    "phone.name_unchanged": entry(
        ("单位名称没有变化", "与证书中的单位名称相同, 无需变更。", "请填写营业执照上的新名称。"),
        ("The name is the same", "The certificate has this name already.", "Type the new name of the licence."),
    ),
    "phone.login_password_differs": entry(
        ("两次输入的登录密码不一致", "新密码与再次输入的内容不同。", "请重新输入。"),
        ("The login passwords differ", "The repetition is not the same as the new one.", "Type both again."),
    ),
    "phone.mobile_same": entry(
        ("新手机号与当前手机号相同", "账号已绑定此手机号。", "请填写新的手机号。"),
        ("This is the present number", "The account is bound to it already.", "Type the new number."),
    ),
}
