"""What an account is told of: written in the transaction of the event, read and marked by the account alone.

A notice names kinds, units and certificates; its words are the client's, in the language of who reads it.
"""

import json
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from desktop.domain.operations import NoticeKind
from desktop.server.context import Platform
from desktop.server.db.models import Notice
from desktop.server.rules.permissions import Actor

LIMIT = 100
MAX_DETAIL = 120


def tell(session: Session, platform: Platform, account_id: str, kind: NoticeKind, **details: str) -> None:
    """Write a notice; its details are cut where a name is longer than a name may be."""
    cut = {name: value[:MAX_DETAIL] for name, value in details.items()}
    text = json.dumps(cut, ensure_ascii=False, sort_keys=True)
    session.add(Notice(account_id=account_id, kind=kind, details=text, created_at=platform.now()))


def visible(platform: Platform, actor: Actor, *, before: int | None = None) -> list[Notice]:
    """Return the caller's notices, newest first; `before` is the id of the last one seen."""
    query = select(Notice).where(Notice.account_id == actor.id)
    if before is not None:
        query = query.where(Notice.id < before)
    with platform.db.read() as session:
        return list(session.scalars(query.order_by(Notice.id.desc()).limit(LIMIT)))


def unread(platform: Platform, actor: Actor) -> int:
    """Return how many of the caller's notices are unread."""
    query = select(func.count()).where(Notice.account_id == actor.id, Notice.read_at.is_(None))
    with platform.db.read() as session:
        return session.scalar(query) or 0


def mark_read(platform: Platform, actor: Actor, ids: Sequence[int]) -> None:
    """Mark notices as read; those of others, and those read before, are left as they are."""
    with platform.db.write() as session:
        session.execute(
            update(Notice)
            .where(Notice.account_id == actor.id, Notice.id.in_(ids), Notice.read_at.is_(None))
            .values(read_at=platform.now())
        )


def mark_all_read(platform: Platform, actor: Actor, *, until: int) -> int:
    """Mark all of the caller's notices up to the number `until` as read; return how many are unread after that.

    Up to a number, because one that came in while the person read the list was not read.
    """
    with platform.db.write() as session:
        session.execute(
            update(Notice)
            .where(Notice.account_id == actor.id, Notice.id <= until, Notice.read_at.is_(None))
            .values(read_at=platform.now())
        )
    return unread(platform, actor)
