"""Moments as people type them: a day and a time in Beijing, in any of the usual notations.

Refuses everything else, without guessing: a deadline that was misread is worse than one that was not read.
"""

import re
from datetime import UTC, datetime, timedelta

from desktop.domain.clock import SHANGHAI

_TIME = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*[ T]?\s*(\d{1,2})\s*[:\uff1a时]\s*(\d{2})\s*分?"
)


def read_moment(text: str) -> datetime | None:
    """Return the moment that was typed as a time of day in Beijing, or None."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=SHANGHAI).astimezone(UTC)  # type: ignore[misc,arg-type]  # five numbers, year to minute
    except ValueError:
        return None


def write_moment(moment: datetime) -> str:
    """Write a moment as it is typed and shown; seconds are left out."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def time_left(moment: datetime, now: datetime) -> tuple[int, int, int]:
    """Return days, hours and minutes until `moment`, all zero when it is past."""
    left = max(moment - now, timedelta())
    hours, rest = divmod(left.seconds, 3600)
    return left.days, hours, rest // 60
