"""The platform's append-only log: every effect of weight, one entry, in the same transaction (RFC 9162, T35).

`append` is called by whoever has the effect, with the session that writes it: both are kept, or neither. Writers follow
one after the other (db/engine.py), so entries are numbered without a gap. Nothing here changes or deletes.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from desktop.crypto.merkle import EMPTY_ROOT, LeafRange, consistency_ranges, inclusion_ranges, leaf_hash, node_hash
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LogKind
from desktop.formats.log import log_leaf
from desktop.server.db.log_models import LogEntry, LogNode

MAX_ENTRIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The log as it is: number of entries, and the root over them."""

    size: int
    root: bytes


def append(session: Session, kind: LogKind, *, at: datetime, body: bytes) -> int:
    """Add an entry over `body` to the log and return its number; `session` is the caller's writing transaction."""
    number, at_us, digest = size(session), microseconds(at), sha256(body)
    session.execute(insert(LogEntry).values(number=number, kind=str(kind), at_us=at_us, body=digest))
    node, level, place = leaf_hash(log_leaf(kind=kind, at_us=at_us, body_sha256=digest)), 0, number
    while place & 1:
        node = node_hash(_full(session, level, place - 1), node)
        level, place = level + 1, place >> 1
        session.execute(insert(LogNode).values(level=level, number=place, hash=node))
    return number


def size(session: Session) -> int:
    """Return the number of entries."""
    last = session.scalar(select(func.max(LogEntry.number)))
    return 0 if last is None else last + 1


def head(session: Session, at_size: int | None = None) -> Head:
    """Return the log's size and root, now or as they were with `at_size` entries.

    Raises:
        RejectedError: `platform.bad_field`: the log never had so many.
    """
    wanted = _known(session, at_size)
    return Head(size=wanted, root=_root(session, (0, wanted)))


def inclusion(session: Session, number: int, at_size: int) -> tuple[bytes, ...]:
    """Return the proof that entry `number` is in the log of `at_size` entries.

    Raises:
        RejectedError: `platform.bad_field`.
    """
    if not 0 <= number < _known(session, at_size):
        raise RejectedError("platform.bad_field", "index")
    return tuple(_root(session, each) for each in inclusion_ranges(number, at_size))


def consistency(session: Session, first: int, second: int) -> tuple[bytes, ...]:
    """Return the proof that the log of `first` entries begins the log of `second` entries.

    Raises:
        RejectedError: `platform.bad_field`.
    """
    if not 0 <= first <= _known(session, second):
        raise RejectedError("platform.bad_field", "first")
    return tuple(_root(session, each) for each in consistency_ranges(first, second))


def entries(session: Session, first: int, count: int) -> list[LogEntry]:
    """Return at most `count` entries from `first` on."""
    wanted = select(LogEntry).where(LogEntry.number >= first).order_by(LogEntry.number).limit(min(count, MAX_ENTRIES))
    return list(session.scalars(wanted))


def entry_leaf(entry: LogEntry) -> bytes:
    """Return the data of an entry's leaf."""
    return log_leaf(kind=LogKind(entry.kind), at_us=entry.at_us, body_sha256=entry.body)


def _known(session: Session, at_size: int | None) -> int:
    present = size(session)
    if at_size is None:
        return present
    if not 0 <= at_size <= present:
        raise RejectedError("platform.bad_field", "size")
    return at_size


def _root(session: Session, covered: LeafRange) -> bytes:
    """Return the root over a subtree of the log: it is complete, or ends where the log ended."""
    start, end = covered
    full: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        full.append(_full(session, level, start >> level))
        start += 1 << level
    root = full.pop() if full else EMPTY_ROOT
    while full:
        root = node_hash(full.pop(), root)
    return root


def _full(session: Session, level: int, number: int) -> bytes:
    """Return the hash of a complete subtree."""
    if level == 0:
        return leaf_hash(entry_leaf(session.get_one(LogEntry, number)))
    return session.scalars(select(LogNode.hash).where(LogNode.level == level, LogNode.number == number)).one()
