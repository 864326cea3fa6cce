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
}
