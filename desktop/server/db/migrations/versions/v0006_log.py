"""The log over everything of weight, with the hashes of its complete subtrees; usage records of before are taken in.

A record of before stands in the log with the time at which it came, under the hash that it was given then: what was
changed since does not become true by it. One of before the hashes is given its own.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from desktop.crypto.merkle import leaf_hash, node_hash
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.formats.records import RecordRow, row_hash
from desktop.protocol import codec
from desktop.server.db.types import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 1000
_RECORDS = sa.table(
    "usage_records",
    *(sa.column(name) for name in ("id", "organization_id", "account_id", "operation", "certificate_serial")),
    *(sa.column(name) for name in ("user_name", "subject", "number", "result", "ceremony", "row_hash", "leaf")),
    *(sa.column(name, sa.LargeBinary()) for name in ("consent", "signature")),
    *(sa.column(name, UtcTime()) for name in ("at", "received_at")),
)
_OWN = frozenset({"id", "row_hash", "leaf"})


def upgrade() -> None:
    """Create the tables, then enter what is there."""
    entries = op.create_table(
        "log_entries",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_log_entries_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_entries")),
    )
    nodes = op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("level > 0 AND number >= 0", name=op.f("ck_log_nodes_place")),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_nodes")),
    )
    op.add_column("usage_records", sa.Column("leaf", sa.Integer(), nullable=True))
    if not context.is_offline_mode():
        _take_in(op.get_bind(), entries, nodes)


def downgrade() -> None:
    """Drop the tables and the column."""
    op.drop_column("usage_records", "leaf")
    op.drop_table("log_nodes")
    op.drop_table("log_entries")


def _take_in(connection: sa.Connection, entries: sa.Table, nodes: sa.Table) -> None:
    """Enter every record in the order in which they came, a batch at a time."""
    number, peaks = 0, list[bytes]()
    update = _RECORDS.update().where(_RECORDS.c.id == sa.bindparam("record"))
    update = update.values(leaf=sa.bindparam("place"), row_hash=sa.bindparam("own"))
    for batch in _batches(connection):
        written: list[dict[str, Any]] = []
        above: list[dict[str, Any]] = []
        marked: list[dict[str, Any]] = []
        for row in batch:
            own = bytes.fromhex(row["row_hash"]) if row["row_hash"] else row_hash(_content(row))
            at_us = microseconds(row["received_at"])
            entry = {"number": number, "kind": "usage", "at_us": at_us, "body": sha256(own)}
            written.append(entry)
            marked.append({"record": row["id"], "place": number, "own": own.hex()})
            above += _add(peaks, entry)
            number += 1
        connection.execute(entries.insert(), written)
        if above:
            connection.execute(nodes.insert(), above)
        connection.execute(update, marked)


def _batches(connection: sa.Connection) -> Iterator[list[Any]]:
    last = -1
    while True:
        query = sa.select(_RECORDS).where(_RECORDS.c.id > last).order_by(_RECORDS.c.id).limit(_BATCH)
        batch = list(connection.execute(query).mappings())
        if not batch:
            return
        last = batch[-1]["id"]
        yield batch


def _content(row: Any) -> RecordRow:
    fields = {name: value for name, value in row.items() if name not in _OWN}
    return RecordRow(**{**fields, "consent": row["consent"] or b"", "signature": row["signature"] or b""})


def _add(peaks: list[bytes], entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the entry's leaf on the tree, whose full subtrees are `peaks`; return the nodes that became complete."""
    node = leaf_hash(codec.encode(["BIDSEAL1/log", entry["kind"], entry["at_us"], entry["body"]]))
    made, level, place = [], 0, entry["number"]
    while place & 1:
        node, level, place = node_hash(peaks.pop(), node), level + 1, place >> 1
        made.append({"level": level, "number": place, "hash": node})
    peaks.append(node)
    return made
