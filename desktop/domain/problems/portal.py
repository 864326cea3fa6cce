"""Problems on the way to the platform."""

from desktop.domain.problems.model import Problem, entry

PORTAL: dict[str, Problem] = {
    "portal.unreachable": entry(
        (
            "无法连接平台",
            "网络中断、平台地址不正确或被防火墙拦截。",
            "请检查网络与代理设置后重试; 未完成的工作已保留。",
        ),
        (
            "The platform cannot be reached",
            "The network is down, the address is wrong or a firewall blocks it.",
            "Check network and proxy settings and try again; nothing was lost.",
        ),
    ),
    "portal.timeout": entry(
        ("平台响应超时", "平台在规定时间内没有回应。", "请稍后重试。"),
        ("The platform took too long", "It did not answer in time.", "Try again in a moment."),
    ),
    "portal.failing": entry(
        ("平台暂时无法处理", "平台出现内部错误或正在维护。", "请稍后重试; 若持续出现, 请联系平台。"),
        (
            "The platform cannot serve this now",
            "It has an internal error or is under maintenance.",
            "Try again later; if it persists, contact the platform.",
        ),
    ),
    "portal.bad_answer": entry(
        ("平台的回应无法识别", "收到的内容不符合接口约定, 可能被代理或防火墙改写。", "请检查代理设置, 或联系平台。"),
        (
            "The platform's reply makes no sense",
            "It does not follow the interface; a proxy may have rewritten it.",
            "Check the proxy settings or contact the platform.",
        ),
    ),
    "portal.address_refused": entry(
        ("平台地址不安全", "平台地址必须使用 https (本机演示除外)。", "请检查平台配置文件。"),
        (
            "The platform's address is not safe",
            "It must use https, except on this machine itself.",
            "Check the platform profile.",
        ),
    ),
    "portal.tls": entry(
        ("无法建立安全连接", "平台的安全证书无法验证, 连接可能被拦截。", "请勿继续; 请联系网络管理员或平台。"),
        (
            "No secure connection",
            "The platform's TLS certificate cannot be verified; the connection may be intercepted.",
            "Do not go on; contact your network administrator or the platform.",
        ),
    ),
    "portal.wrong_platform": entry(
        ("连接到的不是所选平台", "对方的平台标识或根证书与配置不符。", "请停止操作并联系平台确认。"),
        (
            "This is not the chosen platform",
            "Its identity or root certificate differs from the profile.",
            "Stop and contact the platform.",
        ),
    ),
    "portal.signed_out": entry(
        ("登录已失效", "登录已过期或已在别处退出。", "请重新登录。"),
        ("You are signed out", "The session expired or was ended elsewhere.", "Log in again."),
    ),
    "portal.proxy_invalid": entry(
        ("代理地址不正确", "代理的主机名或端口填写有误。", "主机名如 proxy.example.com, 端口为 1 到 65535 的整数。"),
        (
            "Not a proxy's address",
            "Its host or its port is not one.",
            "A host is such as proxy.example.com, a port a number from 1 to 65535.",
        ),
    ),
    "portal.proxy_unreachable": entry(
        (
            "无法通过代理连接",
            "代理服务器没有回应, 或拒绝转发到平台。",
            "请在【设置】中检查代理的主机和端口, 或改用系统代理。",
        ),
        (
            "The proxy does not let us through",
            "It does not answer, or refuses to pass requests on to the platform.",
            "Check its host and port in the settings, or use the system's proxy.",
        ),
    ),
    "portal.proxy_refused": entry(
        ("代理要求登录", "代理的用户名或密码不正确, 或尚未填写。", "请在【设置】中填写代理的用户名和密码后重试。"),
        (
            "The proxy wants a login",
            "Its user name or password is wrong or missing.",
            "Fill them in in the settings and try again.",
        ),
    ),
    "portal.clock_off": entry(
        (
            "本机时间不准确",
            "本机时间与平台时间相差较大, 可能影响证书与时间戳的判断。",
            "请在系统设置中开启自动校时后重新检查。",
        ),
        (
            "This computer's clock is wrong",
            "It differs much from the platform's; certificates and timestamps may be judged wrongly.",
            "Let the system set its time automatically, then check again.",
        ),
    ),
    "portal.crl_stale": entry(
        ("吊销列表已过期", "平台给出的证书吊销列表已超过有效期。", "请稍后重试; 若持续出现, 请联系平台。"),
        (
            "The revocation list is out of date",
            "The platform's list of revoked certificates is past its validity.",
            "Try again later; if it persists, contact the platform.",
        ),
    ),
    "portal.profile_damaged": entry(
        (
            "平台配置文件无法识别",
            "该文件不是平台配置文件, 或内容不完整、已损坏。没有做任何更改。",
            "请向平台重新索取配置文件 (.json), 不要自行编辑。",
        ),
        (
            "This is no platform profile",
            "The file is something else, or incomplete or damaged. Nothing was changed.",
            "Ask the platform for its profile (.json) again and do not edit it.",
        ),
    ),
    "portal.profile_version": entry(
        ("平台配置文件的版本较新", "该文件需要更新版本的客户端才能读取。", "请升级客户端后再添加此平台。"),
        (
            "The platform profile is of a later version",
            "It takes a newer client to read it.",
            "Update the client, then add the platform again.",
        ),
    ),
    "portal.profile_untrusted": entry(
        (
            "平台配置文件中的证书有误",
            "其中的根证书与签发证书无法识别, 或不属于同一信任根, 因此没有采用。",
            "请勿使用该文件; 请通过可信渠道向平台重新索取。",
        ),
        (
            "The certificates in the platform profile do not fit",
            "They cannot be read, or are not of one root, so the file was not used.",
            "Do not use it; ask the platform for another by a way you trust.",
        ),
    ),
    "portal.profile_incomplete": entry(
        (
            "平台的连接参数尚不可知",
            "此配置只有平台名称, 没有平台地址和根证书。",
            "请向平台索取完整的配置文件, 再用【添加平台】导入。",
        ),
        (
            "The platform's address is not known here",
            "This profile only names it; address and root certificate are missing.",
            "Ask the platform for its full profile and add it from the file.",
        ),
    ),
    "portal.profile_in_use": entry(
        ("该平台正在使用", "正在使用的平台不能移除。", "请先切换到其他平台, 再移除它。"),
        (
            "This platform is in use",
            "The one you work with cannot be removed.",
            "Switch to another platform first, then remove it.",
        ),
    ),
}
