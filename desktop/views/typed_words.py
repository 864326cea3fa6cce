"""What was typed, said again beside its field in other words, so that a slip is seen: amounts and moments."""

from datetime import datetime

from desktop.domain.clock import SHANGHAI
from desktop.domain.errors import RejectedError
from desktop.domain.moments import read_moment, time_left, write_moment
from desktop.domain.money import amount_in_words, read_amount
from desktop.ui.i18n import tr


def amount_help(typed: str) -> str:
    """Return a typed amount in capital characters; empty for what is none (yet)."""
    if not typed.strip():
        return ""
    try:
        return amount_in_words(read_amount(typed))
    except RejectedError:
        return ""


def moment_help(typed: str, now: datetime) -> str:
    """Return weekday and time left of a typed moment; empty for what is none (yet), or past."""
    moment = read_moment(typed)
    if moment is None or moment <= now:
        return ""
    days, hours, minutes = time_left(moment, now)
    time, weekday = write_moment(moment), _weekday(moment)
    if not days:
        return tr(
            "{time} {weekday}, 还有 {hours} 小时 {minutes} 分",
            time=time,
            weekday=weekday,
            hours=hours,
            minutes=minutes,
        )
    return tr(
        "{time} {weekday}, 还有 {days} 天 {hours} 小时 {minutes} 分",
        time=time,
        weekday=weekday,
        days=days,
        hours=hours,
        minutes=minutes,
    )


def _weekday(moment: datetime) -> str:
    names = (tr("星期日"), tr("星期一"), tr("星期二"), tr("星期三"), tr("星期四"), tr("星期五"), tr("星期六"))
    return names[int(moment.astimezone(SHANGHAI).strftime("%w"))]
