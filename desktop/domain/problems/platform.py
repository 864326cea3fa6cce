"""Problems answered by the platform or met on the way to it."""

from desktop.domain.problems.model import Problem, entry

PLATFORM: dict[str, Problem] = {
    "platform.signed_out": entry(
        ("登录已失效", "尚未登录, 或登录已过期、已在别处退出。", "请重新登录。"),
        (
            "You are not signed in",
            "You have not logged in, or the session expired or was ended elsewhere.",
            "Log in again.",
        ),
    ),
    "platform.forbidden": entry(
        ("没有权限", "您的角色不允许此操作。", "请联系本单位的证书管理员或平台。"),
        (
            "You may not do this",
            "Your role does not allow it.",
            "Ask your organization's certificate admin or the platform.",
        ),
    ),
    "platform.own_application": entry(
        ("不能审核自己的申请", "该申请由您本人提交。", "请由其他审核员处理。"),
        ("You cannot review your own application", "You submitted it yourself.", "Another operator has to decide."),
    ),
    "platform.not_found": entry(
        ("未找到", "内容不存在, 或不属于您的单位。", "请刷新列表后重试。"),
        ("Not found", "It does not exist or does not belong to your organization.", "Refresh the list and try again."),
    ),
    "platform.wrong_state": entry(
        ("当前状态不允许此操作", "该订单、印章或证书的状态已改变。", "请刷新后查看最新状态。"),
        (
            "Not possible in this state",
            "The order, seal or certificate has changed meanwhile.",
            "Refresh to see its current state.",
        ),
    ),
    "platform.organization_exists": entry(
        (
            "该单位已有证书管理员",
            "此统一社会信用代码已登记, 新成员须由其证书管理员授权。",
            "请联系提示中的管理员为您授权。",
        ),
        (
            "This organization already has a certificate admin",
            "Its credit code is registered; new members are authorised by its admin.",
            "Ask the named admin to authorise you.",
        ),
    ),
    "platform.order_pending": entry(
        ("已有待审核的订单", "您为该单位提交的订单尚未审核完毕。", "请等待审核结果。"),
        (
            "An order is under review already",
            "You placed one for this organization that is not decided yet.",
            "Wait for the review.",
        ),
    ),
    "platform.too_many_pending": entry(
        ("待审核的申请过多", "同时待审核的申请数量已达上限。", "请等待现有申请审核完毕。"),
        (
            "Too many orders under review",
            "You have reached the limit of undecided orders.",
            "Wait for the present ones.",
        ),
    ),
    "platform.identity_taken": entry(
        ("该身份证号已绑定其他账号", "同一身份证号只能对应一个账号。", "请驳回此订单, 并请申请人使用原账号。"),
        (
            "This ID number belongs to another account",
            "One person has one account.",
            "Reject the order and ask the applicant to use the earlier account.",
        ),
    ),
    "platform.identity_differs": entry(
        ("持有人与账号的实名信息不一致", "账号已完成实名认证, 订单中的姓名或身份证号与之不同。", "请更正后重新提交。"),
        (
            "The holder differs from the account's identity",
            "The account's identity was checked; name or ID number in the order are different.",
            "Correct them and submit again.",
        ),
    ),
    "platform.mobile_invalid": entry(
        ("手机号码不正确", "请输入 11 位中国大陆手机号码。", "请更正后重试。"),
        (
            "The mobile number is not valid",
            "It must be an 11-digit number of mainland China.",
            "Correct it and try again.",
        ),
    ),
    "platform.credit_code_invalid": entry(
        ("统一社会信用代码不正确", "代码应为 18 位且校验位正确。", "请对照营业执照更正。"),
        (
            "The credit code is not valid",
            "It has 18 characters with a check digit.",
            "Compare it with the business licence.",
        ),
    ),
    "platform.id_number_invalid": entry(
        ("身份证号不正确", "身份证号应为 18 位且校验位正确。", "请对照身份证更正。"),
        ("The ID number is not valid", "It has 18 characters with a check digit.", "Compare it with the ID card."),
    ),
    "platform.bad_field": entry(
        ("填写的内容不符合要求", "有一项内容为空、过长或包含不允许的字符。", "请检查标出的内容后重试。"),
        (
            "A field is not acceptable",
            "It is empty, too long or has characters that are not allowed.",
            "Check the named field.",
        ),
    ),
    "platform.bad_request": entry(
        ("请求不符合接口约定", "客户端与平台的版本可能不一致。", "请升级客户端后重试。"),
        (
            "The request does not follow the interface",
            "Client and platform may differ in version.",
            "Update the client and try again.",
        ),
    ),
    "platform.too_large": entry(
        ("发送的数据过大", "数据超过平台允许的大小。", "请减小后重试。"),
        ("Too much data", "It exceeds what the platform takes.", "Send less and try again."),
    ),
    "platform.file_too_large": entry(
        ("文件过大", "上传的文件或图片尺寸超过上限 (10 MB)。", "请压缩或重新扫描后上传。"),
        (
            "The file is too large",
            "An uploaded file or picture exceeds the limit (10 MB).",
            "Compress it or scan it again.",
        ),
    ),
    "platform.image_unsupported": entry(
        ("文件格式不支持", "扫描件须为完好的 PNG 或 JPEG 图片; 证明材料也可用 PDF。", "请转换格式后重新上传。"),
        (
            "The file format is not supported",
            "A scan must be an intact PNG or JPEG picture; papers may also be PDF.",
            "Convert it and upload again.",
        ),
    ),
    "platform.imprint_unsupported": entry(
        ("印模图片不符合要求", "印模须为完好的透明背景 PNG 图片 (RGBA)。", "请重新截取印模。"),
        (
            "The imprint is not acceptable",
            "It must be an intact PNG with transparency (RGBA).",
            "Cut out the imprint again.",
        ),
    ),
    "platform.file_damaged": entry(
        ("平台保存的文件已损坏", "文件缺失或内容与保存时不一致。", "请联系平台。"),
        (
            "A file kept by the platform is damaged",
            "It is missing or no longer what was stored.",
            "Contact the platform.",
        ),
    ),
    "platform.seal_size": entry(
        (
            "印章尺寸不符合规定",
            "圆章直径不超过 45 毫米, 椭圆章不超过 45×30 毫米, 法人章边长 18 至 22 毫米。",
            "请更正尺寸。",
        ),
        (
            "The seal's size is not allowed",
            "Round up to 45 mm, oval up to 45 x 30 mm, a legal representative's seal 18 to 22 mm square.",
            "Correct the size.",
        ),
    ),
    "platform.sms_too_often": entry(
        ("验证码发送过于频繁", "每 60 秒可发送一次, 每天最多 10 次。", "请稍后再试。"),
        ("Codes were sent too often", "One in 60 seconds, ten a day.", "Try again later."),
    ),
    "platform.code_wrong": entry(
        ("验证码不正确", "验证码错误、已使用、已过期或尝试次数过多。", "请核对, 或重新获取验证码。"),
        (
            "The code is not right",
            "It is wrong, used, expired, or was tried too often.",
            "Check it or ask for a new one.",
        ),
    ),
    "platform.nonce_used": entry(
        ("该登录二维码已使用或已过期", "每个二维码只能登录一次。", "请刷新二维码后重新扫码。"),
        ("This login code was used or has expired", "Each works once.", "Renew the QR code and scan again."),
    ),
    "platform.proof_wrong": entry(
        ("未能证明持有加密密钥", "手机返回的证明不正确或已超时。", "请重新扫码下载证书。"),
        (
            "Possession of the encryption key was not shown",
            "The phone's proof is wrong or too late.",
            "Scan again to download.",
        ),
    ),
    "platform.authority_expired": entry(
        ("平台的签发证书已过期", "平台暂时无法签发证书。", "请联系平台。"),
        ("The platform's issuing certificate has expired", "It cannot issue certificates.", "Contact the platform."),
    ),
    "platform.mailbox_gone": entry(
        ("本次扫码已结束", "二维码已过期或被取消。", "请刷新二维码后重新扫码。"),
        ("This scan is over", "The code expired or was cancelled.", "Renew the QR code and scan again."),
    ),
    "platform.mailbox_exists": entry(
        ("中继信箱冲突", "同名信箱已存在。", "请刷新二维码。"),
        ("The mailbox exists already", "Another one has its name.", "Renew the QR code."),
    ),
    "platform.mailbox_full": entry(
        ("扫码人数过多", "同一二维码被过多设备扫描。", "请刷新二维码后重试。"),
        ("Too many scans", "Too many devices scanned this code.", "Renew the QR code and try again."),
    ),
    "platform.mailbox_closed": entry(
        ("二维码已被使用", "已有手机完成了扫码。", "如非本人操作, 请在客户端取消。"),
        ("The code was taken", "Another phone has scanned it.", "If that was not you, cancel on the desktop."),
    ),
    "platform.slow_down": entry(
        ("平台繁忙", "当前请求过多。", "请稍后重试。"),
        ("The platform is busy", "There are too many requests.", "Try again in a moment."),
    ),
    "platform.failing": entry(
        ("平台暂时无法处理", "平台出现内部错误。", "请稍后重试; 若持续出现, 请联系平台。"),
        (
            "The platform cannot serve this now",
            "It has an internal error.",
            "Try again later; if it persists, contact the platform.",
        ),
    ),
    "platform.not_started": entry(
        (
            "内置平台未能启动",
            "本机的平台程序没有在规定时间内就绪。",
            "请重新启动程序; 日志见数据文件夹中的 server.log。",
        ),
        (
            "The embedded platform did not start",
            "It was not ready in time.",
            "Start the program again; its log is server.log in the data folder.",
        ),
    ),
    "platform.state_damaged": entry(
        (
            "平台的数据文件夹已损坏",
            "密钥或证书文件缺失或互不匹配。",
            "请从备份恢复; 演示环境可删除数据文件夹后重新开始。",
        ),
        (
            "The platform's data folder is damaged",
            "Key or certificate files are missing or do not belong together.",
            "Restore a backup; a demo may delete the folder and start anew.",
        ),
    ),
    "platform.busy": entry(
        ("平台繁忙", "平台的数据库正忙, 未能在规定时间内处理。", "请稍后重试。"),
        ("The platform is busy", "Its database could not serve this in time.", "Try again in a moment."),
    ),
    "platform.storage_failing": entry(
        ("平台存储异常", "平台的磁盘已满或无法读写, 本次请求未被接收。", "请稍后重试; 若持续出现, 请联系平台。"),
        (
            "The platform's storage is failing",
            "Its disk is full or cannot be read or written; it has not taken this request.",
            "Try again later; if it goes on, contact the platform.",
        ),
    ),
    "platform.database_away": entry(
        (
            "平台的数据库暂时不可用",
            "平台连接不上其数据库, 或连接在处理途中断开。",
            "请稍后重试; 若持续出现, 请联系平台。",
        ),
        (
            "The platform's database is away",
            "The platform cannot reach it, or lost it while at work.",
            "Try again later; if it persists, contact the platform.",
        ),
    ),
    "platform.database_url": entry(
        (
            "数据库地址无法使用",
            "只支持 SQLite 和 PostgreSQL。",
            "请使用 postgresql://用户@主机/数据库 形式的地址。",
        ),
        (
            "The database address cannot be used",
            "It is not one of SQLite or PostgreSQL.",
            "Use an address of the form postgresql://user@host/database.",
        ),
    ),
    "platform.grant_exists": entry(
        (
            "该人员已有待处理的授权",
            "同一手机号或身份证号在本单位已有尚未完成的授权。",
            "请等待其完成, 或先撤销原授权。",
        ),
        (
            "This person has an open grant already",
            "A grant to this mobile or ID number in your organization is not completed yet.",
            "Wait until it is, or revoke it first.",
        ),
    ),
    "platform.already_member": entry(
        (
            "该人员已是本单位成员",
            "同一手机号或身份证号的成员已在单位成员列表中。",
            "如需更改角色, 请在成员列表中操作。",
        ),
        (
            "This person is a member already",
            "A member with this mobile or ID number is in your list.",
            "To change the role, use the list of members.",
        ),
    ),
    "platform.last_admin": entry(
        ("不能移除最后一名证书管理员", "单位至少要保留一名证书管理员。", "请先授权另一名证书管理员。"),
        (
            "The last certificate admin has to stay",
            "An organization keeps at least one certificate admin.",
            "Grant another certificate admin first.",
        ),
    ),
    "platform.not_yet_renewable": entry(
        ("尚未到可延期的时间", "证书到期前 3 个月起才能申请延期。", "请在到期前 3 个月内申请。"),
        (
            "Too early to renew",
            "A certificate can be renewed from three months before it expires.",
            "Order the renewal within its last three months.",
        ),
    ),
    "platform.password_wrong": entry(
        ("手机号或登录密码不正确", "账号不存在、未设置登录密码, 或密码不正确。", "请重试, 或改用短信验证码登录。"),
        (
            "Mobile number or login password is wrong",
            "There is no such account, it has no login password, or the password is wrong.",
            "Try again, or log in by SMS code.",
        ),
    ),
    "platform.password_paused": entry(
        (
            "登录密码试错次数过多",
            "15 分钟内已输入 10 次, 该号码的密码登录暂停。",
            "请 15 分钟后再试, 或改用短信验证码、扫码登录。",
        ),
        (
            "The login password was tried too often",
            "It was entered ten times within 15 minutes; logging in by password rests for this number.",
            "Try again in 15 minutes, or log in by SMS code or scan.",
        ),
    ),
    "platform.password_weak": entry(
        (
            "登录密码太弱",
            "太短、太常见, 或由手机号组成。",
            "请使用至少 8 个字符、含两类字符的密码; 12 个字符以上更好。",
        ),
        (
            "The login password is too weak",
            "It is too short, too common, or made of your mobile number.",
            "Use at least 8 characters of two kinds; 12 or more are better.",
        ),
    ),
    "platform.password_locked": entry(
        ("证书密码已锁定", "证书密码已连续输错 10 次。", "请通过实名认证重置证书密码。"),
        (
            "The certificate password is locked",
            "It was entered wrongly ten times in a row.",
            "Reset it with an identity check.",
        ),
    ),
    "platform.no_recovery": entry(
        ("此证书不能重置密码", "平台没有保存此证书的恢复信息。", "请补办证书。"),
        (
            "This certificate's password cannot be reset",
            "The platform keeps no recovery secret for it.",
            "Have the certificate reissued.",
        ),
    ),
    "platform.mobile_taken": entry(
        ("该手机号已有账号", "新手机号已注册为另一个账号。", "请使用其他手机号。"),
        (
            "This mobile number has an account",
            "The new number is registered to another account.",
            "Use another number.",
        ),
    ),
    "platform.change_pending": entry(
        ("已有申请在处理中", "同类申请尚未完成。", "请等待其完成, 或先取消。"),
        ("One is under way already", "An application of this kind is not completed yet.", "Wait for it or cancel it."),
    ),
}
