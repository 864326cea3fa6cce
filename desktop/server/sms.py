"""Sending short messages: an interface, and the default gateway that puts them into a table for the virtual phone."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from desktop.server.db.models import OutboxMessage

_KEPT = timedelta(days=1)


class SmsGateway(Protocol):
    """A way to send a short message."""

    def send(self, session: Session, *, mobile: str, text: str, code: str, now: datetime) -> None:
        """Send `text`; `code` is the code in it, for a gateway that shows instead of sends."""
        ...


class OutboxGateway:
    """Keeps messages of the last day in the database."""

    def send(self, session: Session, *, mobile: str, text: str, code: str, now: datetime) -> None:
        """Put the message into the outbox."""
        session.execute(delete(OutboxMessage).where(OutboxMessage.sent_at < now - _KEPT))
        session.add(OutboxMessage(mobile=mobile, text=text, code=code, sent_at=now))


def outbox(session: Session, mobile: str | None, *, limit: int = 50) -> list[OutboxMessage]:
    """Return sent messages, newest first."""
    query = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(limit)
    if mobile:
        query = query.where(OutboxMessage.mobile == mobile)
    return list(session.scalars(query))
