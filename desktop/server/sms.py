"""Sending short messages: an interface, and the default gateway that puts them into a table for the virtual phone.

What a message says is encrypted at rest: a code that still holds must not be read off a copy of the database (T36).
"""

import base64
import binascii
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.server.db.models import OutboxMessage
from desktop.server.vault import Vault

log = logging.getLogger(__name__)

_KEPT = timedelta(days=1)
_CONTEXT = b"outbox"


class SmsGateway(Protocol):
    """A way to send a short message."""

    def send(self, session: Session, *, mobile: str, text: str, code: str, now: datetime) -> None:
        """Send `text`; `code` is the code in it, for a gateway that shows instead of sends."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message in the outbox."""

    mobile: str
    text: str = field(repr=False)
    code: str = field(repr=False)
    sent_at: datetime


class OutboxGateway:
    """Keeps messages of the last day in the database."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def send(self, session: Session, *, mobile: str, text: str, code: str, now: datetime) -> None:
        """Put the message into the outbox."""
        session.execute(delete(OutboxMessage).where(OutboxMessage.sent_at < now - _KEPT))
        sealed = self._vault.seal(_CONTEXT, json.dumps([text, code], ensure_ascii=False).encode())
        session.add(OutboxMessage(mobile=mobile, text=base64.b64encode(sealed).decode(), code="", sent_at=now))


def outbox(session: Session, vault: Vault, mobile: str | None, *, limit: int = 50) -> list[SentMessage]:
    """Return sent messages, newest first."""
    query = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(limit)
    if mobile:
        query = query.where(OutboxMessage.mobile == mobile)
    return list(_opened(session.scalars(query), vault))


def _opened(rows: Iterator[OutboxMessage], vault: Vault) -> Iterator[SentMessage]:
    """Open messages; one that an earlier version kept in clear is left out, and gone within its day."""
    for row in rows:
        try:
            text, code = json.loads(vault.open(_CONTEXT, base64.b64decode(row.text, validate=True)))
        except (RejectedError, binascii.Error, ValueError):
            log.info("message %d is none of this version", row.id)
            continue
        yield SentMessage(mobile=row.mobile, text=text, code=code, sent_at=row.sent_at)
