"""The words of the connection check, in the current language."""

from desktop.domain.problems import problem, running
from desktop.services.connection import Finding, Grade, Probe
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Tone
from desktop.views.download.model import App

TONES = {Grade.OK: Tone.SUCCESS, Grade.SLOW: Tone.WARNING, Grade.FAILED: Tone.PROBLEM}
ICONS = {Grade.OK: "circle-check", Grade.SLOW: "triangle-alert", Grade.FAILED: "circle-x"}
#: A clock that is off by less is not worth a word.
_TELLING_S = 1.0


def app_word(app: App) -> str:
    """Return the name of an app."""
    return {App.ANDROID: tr("APP安卓版"), App.IOS: tr("APP苹果版"), App.WEB: tr("网页版 (免安装)")}[app]


def probe_word(probe: Probe) -> str:
    """Return what is asked."""
    return {
        Probe.PLATFORM: tr("平台"),
        Probe.RELAY: tr("扫码通道"),
        Probe.TIME: tr("时间"),
        Probe.TSA: tr("时间戳服务"),
        Probe.OCSP: tr("证书状态查询 (OCSP)"),
        Probe.CRL: tr("证书吊销列表 (CRL)"),
    }[probe]


def grade_word(grade: Grade) -> str:
    """Return how it went, in one word."""
    return {Grade.OK: tr("正常"), Grade.SLOW: tr("较慢"), Grade.FAILED: tr("失败")}[grade]


def finding_words(finding: Finding) -> str:
    """Return the details and, where something is wrong, what to do."""
    if finding.code:
        wording = problem(finding.code).wording(current_language())
        offset = _offset(finding.offset_s) if finding.offset_s is not None else ""
        return running(offset, tr("{title}。{next_step}", title=wording.title, next_step=wording.next_step))
    if finding.offset_s is not None:
        if finding.grade is Grade.OK:
            return _offset(finding.offset_s)
        return running(_offset(finding.offset_s), tr("建议开启系统的自动校时。"))
    took = tr("用时 {seconds} 秒", seconds=f"{finding.took_s:.1f}")
    if finding.grade is Grade.OK:
        return took
    return tr("{title}。{next_step}", title=took, next_step=tr("可以使用, 但扫码与签章会变慢; 请检查网络。"))


def _offset(offset_s: float | None) -> str:
    if offset_s is None or abs(offset_s) < _TELLING_S:
        return tr("与平台时间一致。")
    seconds = f"{abs(offset_s):.0f}"
    if offset_s > 0:
        return tr("本机比平台慢 {seconds} 秒。", seconds=seconds)
    return tr("本机比平台快 {seconds} 秒。", seconds=seconds)
