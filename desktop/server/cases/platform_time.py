"""The time that the platform acts on: its clock, but never a time before one that it has acted on (T37, T38).

Whoever sets the platform's clock back brings no deadline and no delivery window back. While the clock stands behind
what was seen, no time key is given away: one of the two times is wrong.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from desktop.domain.errors import UnavailableError
from desktop.server.context import Platform
from desktop.server.db.room_models import PlatformTime
from desktop.server.moments import TOLERANCE

_ONLY = 1


def platform_time(session: Session, platform: Platform) -> datetime:
    """Return the time to act on, and remember it; `session` is a writing transaction."""
    now = platform.moment()
    row = session.get(PlatformTime, _ONLY)
    if row is None:
        session.add(PlatformTime(id=_ONLY, highest=now))
        session.flush()
        return now
    row.highest = max(row.highest, now)
    return row.highest


def time_to_read_by(session: Session, platform: Platform) -> datetime:
    """Return the time to act on, in a transaction that only reads."""
    row = session.get(PlatformTime, _ONLY)
    return platform.moment() if row is None else max(row.highest, platform.moment())


def demand_agreement(session: Session, platform: Platform) -> None:
    """Demand that the clock does not stand behind what was seen.

    Raises:
        UnavailableError: `room.clock_disagrees`.
    """
    behind = time_to_read_by(session, platform) - platform.now()
    if behind > TOLERANCE:
        raise UnavailableError("room.clock_disagrees", f"{int(behind.total_seconds())} s behind")
