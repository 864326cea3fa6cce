"""The platform's log: one transaction with the effect, roots and proofs that any verifier follows, old records too."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, insert, select, text

from desktop.crypto import merkle
from desktop.crypto.merkle import is_consistent, is_included, leaf_hash, root_of
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LogKind
from desktop.formats.log import log_leaf
from desktop.formats.records import row_hash
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.protocol.statements import Head, read_statement
from desktop.server.cases import log, records
from desktop.server.context import Platform
from desktop.server.db.engine import Database
from desktop.server.db.log_models import LogEntry, LogNode
from desktop.server.db.migrate import FOLDER, migrate
from desktop.server.db.models import UsageRecord
from tests.server.client import Client
from tests.server.phone import Keys, usage

SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33)


def fill(platform: Platform, count: int) -> list[bytes]:
    """Append `count` entries and return their leaf hashes."""
    at = platform.now()
    with platform.db.write() as session:
        start = log.size(session)
        for number in range(start, start + count):
            kind = list(LogKind)[number % len(LogKind)]
            assert log.append(session, kind, at=at + timedelta(microseconds=number), body=b"%d" % number) == number
        return [leaf_hash(log.entry_leaf(entry)) for entry in log.entries(session, start, count)]


def test_empty_log_has_the_root_of_nothing(platform: Platform) -> None:
    with platform.db.read() as session:
        assert log.head(session) == log.Head(size=0, root=merkle.EMPTY_ROOT)


def test_roots_and_proofs_of_every_size_are_those_of_the_rfc(platform: Platform) -> None:
    leaves = fill(platform, max(SIZES))
    with platform.db.read() as session:
        for size in range(max(SIZES) + 1):
            head = log.head(session, size)
            assert head.root == root_of(leaves[:size])
            for index in range(size):
                path = log.inclusion(session, index, size)
                assert is_included(leaves[index], index=index, size=size, path=path, root=head.root)
            for first in (each for each in SIZES if each <= size):
                old, path = log.head(session, first).root, log.consistency(session, first, size)
                assert is_consistent(first=first, second=size, first_root=old, second_root=head.root, path=path)


def test_entry_says_kind_time_and_hash_of_what_happened(platform: Platform) -> None:
    fill(platform, 3)
    with platform.db.read() as session:
        entry = session.get_one(LogEntry, 2)
        at_us = microseconds(platform.now()) + 2
        assert (entry.kind, entry.at_us, entry.body) == ("bid", at_us, sha256(b"2"))
        assert log.entry_leaf(entry) == log_leaf(kind=LogKind.BID, at_us=at_us, body_sha256=sha256(b"2"))


def test_effect_that_is_taken_back_leaves_no_entry(platform: Platform) -> None:
    fill(platform, 3)

    def fail() -> None:
        with platform.db.write() as session:
            log.append(session, LogKind.CLOSED, at=platform.now(), body=b"never")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with platform.db.write() as session:
        assert log.append(session, LogKind.ROOM, at=platform.now(), body=b"next") == 3
        assert session.scalar(select(LogEntry.kind).where(LogEntry.number == 3)) == "room"


def test_proof_of_what_the_log_does_not_have_is_refused(platform: Platform) -> None:
    fill(platform, 5)
    asked: tuple[Callable[[Any], object], ...] = (
        lambda session: log.head(session, 6),
        lambda session: log.head(session, -1),
        lambda session: log.inclusion(session, 5, 5),
        lambda session: log.inclusion(session, -1, 5),
        lambda session: log.inclusion(session, 0, 6),
        lambda session: log.consistency(session, 4, 6),
        lambda session: log.consistency(session, 5, 4),
    )
    with platform.db.read() as session:
        for ask in asked:
            with pytest.raises(RejectedError, match=r"platform\.bad_field"):
                ask(session)


def test_usage_record_and_its_entry_are_one(admin: Client, keys: Keys, platform: Platform) -> None:
    admin.post("/api/v1/records", usage(keys))
    admin.post("/api/v1/records", usage(keys))  # the same again
    admin.post("/api/v1/records", usage(keys, number=1))
    newest, oldest = admin.get("/api/v1/records")
    assert (oldest["leaf"], newest["leaf"]) == (0, 1)
    with platform.db.read() as session:
        assert log.size(session) == 2
        for row in session.scalars(select(UsageRecord)):
            entry = session.get_one(LogEntry, row.leaf)
            assert row.row_hash == row_hash(records.content_of(row)).hex()
            assert (entry.kind, entry.body) == ("usage", sha256(bytes.fromhex(row.row_hash)))
            assert entry.at_us == microseconds(row.received_at)


def test_long_log_answers_after_few_reads(platform: Platform) -> None:
    """100,000 entries: what is read for a root, a proof or an append grows with the logarithm alone."""
    count, at_us = 100_000, microseconds(platform.now())
    leaves = grow(platform, count, at_us)
    root, asked, reads = root_of(leaves), random.Random(1), list[str]()
    event.listen(platform.db.engine, "before_cursor_execute", lambda *seen: reads.append(seen[2]))
    with platform.db.write() as session:
        for _ in range(10):
            index, first = asked.randrange(count), asked.randrange(1, count)
            reads.clear()
            assert log.head(session) == log.Head(size=count, root=root)
            path = log.inclusion(session, index, count)
            old, both = log.head(session, first), log.consistency(session, first, count)
            assert len(reads) < 8 * count.bit_length()
            assert is_included(leaves[index], index=index, size=count, path=path, root=root)
            assert is_consistent(first=first, second=count, first_root=old.root, second_root=root, path=both)
        reads.clear()
        assert log.append(session, LogKind.ROOM, at=platform.now(), body=b"x") == count
        assert len(reads) < 3 * count.bit_length()


def grow(platform: Platform, count: int, at_us: int) -> list[bytes]:
    """Write a long log directly, as it would have been appended; return its leaf hashes."""
    rows = [{"number": n, "kind": "usage", "at_us": at_us, "body": sha256(b"%d" % n)} for n in range(count)]
    leaves = [leaf_hash(log_leaf(kind=LogKind.USAGE, at_us=at_us, body_sha256=row["body"])) for row in rows]  # type: ignore[arg-type]
    nodes, level, below = [], 1, leaves
    while len(below) > 1:
        below = [merkle.node_hash(*below[n : n + 2]) for n in range(0, len(below) - 1, 2)]
        nodes += [{"level": level, "number": n, "hash": each} for n, each in enumerate(below)]
        level += 1
    with platform.db.write() as session:
        session.execute(insert(LogEntry), rows)
        session.execute(insert(LogNode), nodes)
    return leaves


@pytest.mark.sqlite
def test_records_of_before_the_log_are_taken_in_as_they_were(tmp_path: Path) -> None:
    url, config = f"sqlite:///{tmp_path / 'old.sqlite'}", Config()
    config.set_main_option("script_location", str(FOLDER))
    with create_engine(url).begin() as connection:  # without the references that the platform demands
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for number, own in enumerate((None, "ab" * 32, None)):
            connection.execute(text(_OLD_ROW), {"id": number + 7, "number": number, "own": own})
    database = Database(url)
    migrate(database.engine)
    with database.read() as session:
        rows = list(session.scalars(select(UsageRecord).order_by(UsageRecord.id)))
        assert [row.leaf for row in rows] == [0, 1, 2]
        assert rows[0].row_hash == row_hash(records.content_of(rows[0])).hex()
        assert rows[1].row_hash == "ab" * 32  # what somebody changed before is not made true by being taken in
        leaves = [leaf_hash(log.entry_leaf(entry)) for entry in log.entries(session, 0, 10)]
        assert [e.body for e in log.entries(session, 0, 10)] == [sha256(bytes.fromhex(r.row_hash or "")) for r in rows]
        assert log.head(session) == log.Head(size=3, root=root_of(leaves))
        assert log.inclusion(session, 2, 3) == merkle.inclusion_path(leaves, 2)
    database.close()


_OLD_ROW = (
    "INSERT INTO usage_records (id, organization_id, account_id, operation, certificate_serial, user_name, subject,"
    " number, result, ceremony, at, received_at, row_hash) VALUES (:id, 'o', 'a', 'seal', 'AB', '张三', 'x.pdf',"
    " :number, 'done', '', '2026-01-01 08:00:00.000000', '2026-01-01 08:00:00.000001', :own)"
)


def test_anybody_follows_the_log_from_head_to_head(base_url: str, platform: Platform) -> None:
    api = PlatformApi(HttpClient(base_url), lambda: None)
    leaves = fill(platform, 5)
    old = read_statement(api.tree_head(), Head)
    leaves += fill(platform, 9)
    new = read_statement(api.tree_head(), Head)
    assert (old.payload.size, new.payload.size) == (5, 14)
    assert (new.payload.platform, new.payload.at_us) == ("demo", microseconds(platform.now()))
    assert new.signer.der == platform.authority.record_keeper
    assert new.is_record_keeper
    path = api.consistency_proof(5, 14)
    roots = {"first_root": old.payload.root, "second_root": new.payload.root}
    assert is_consistent(first=5, second=14, path=path, **roots)
    proof = api.inclusion_proof(7, 14)
    assert is_included(leaves[7], index=7, size=14, path=proof, root=new.payload.root)
    entries = api.log_entries(0, 14)
    told = [leaf_hash(log_leaf(kind=e.kind, at_us=e.at_us, body_sha256=e.body)) for e in entries]
    assert told == leaves
    assert api.log_entries(14, 10) == ()


def test_question_that_no_log_answers_is_refused(client: Client, platform: Platform) -> None:
    fill(platform, 3)
    for asked, code in (
        ("inclusion?index=3&size=3", "platform.bad_field"),
        ("inclusion?index=0&size=4", "platform.bad_field"),
        ("consistency?first=3&second=2", "platform.bad_field"),
        ("consistency?first=0&second=4", "platform.bad_field"),
        ("entries?first=-1&count=1", "platform.bad_request"),
        ("entries?first=0&count=1001", "platform.bad_request"),
        ("inclusion?index=0", "platform.bad_request"),
        ("inclusion?index=0&size=99999999999999999999", "platform.bad_request"),
    ):
        assert client.refused("GET", f"/api/v1/log/{asked}") == (422, code), asked
