"""What the platform refused, said in one line at the field that it concerns."""

from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr

_MINUTE = 60


def refusal_words(code: str, detail: str = "") -> str:
    """Say a code of the problem catalogue; where the platform told how long to wait, say that. Empty for no code."""
    if not code:
        return ""
    seconds = int(detail) if detail.isascii() and detail.isdigit() and len(detail) <= len("99999") else 0
    if code == "platform.sms_too_often" and seconds:
        return tr("刚刚发送过验证码, 请 {seconds} 秒后再获取。", seconds=seconds)
    if code == "platform.sms_too_often" and detail == "day":
        return tr("该号码今天的 10 次验证码已用完, 请明天再试。")
    if code == "platform.password_paused" and seconds:
        minutes = -(-seconds // _MINUTE)
        return tr("登录密码试错次数过多, 请 {minutes} 分钟后再试, 或改用短信验证码。", minutes=minutes)
    wording = problem(code).wording(current_language())
    return tr("{title}。{next_step}", title=wording.title.rstrip("。."), next_step=wording.next_step)
