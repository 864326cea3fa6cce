"""A page of the usage records out of a hundred thousand, by every filter, against the plain SQL query.

Ours is what the platform does for a request: the rules of who may see what, the query, objects, the page's JSON. The
peer is `sqlite3` alone with the query that a person would write by hand for the same page, rows as tuples. Both run in
this process on the same file, page after page in turns; the figure is the 95th percentile. Then the export of all of
them as xlsx, against writing the same rows with the `csv` module.
"""

import csv
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.measure import Figure, Plan, quantile, seconds
from desktop.domain.clock import SystemClock
from desktop.domain.operations import MemberRole, Operation
from desktop.portal.records import UsageRecord as Read
from desktop.portal.records import usage_record
from desktop.server.api.records import _record as as_json
from desktop.server.cases import records
from desktop.server.context import Platform, open_platform
from desktop.server.db.models import Account, Organization, UsageRecord
from desktop.server.rules.permissions import Actor
from desktop.server.settings import ServerSettings
from desktop.services.export import PAGE, ExportColumn, ExportForm, ExportKind, export_records

_ROWS, _LIMIT = 100_000, 101
_FAILED = 1_000
_PLAIN = "SELECT * FROM usage_records WHERE organization_id = ? {where} ORDER BY id DESC LIMIT ?"


def figures(plan: Plan) -> Iterator[Figure]:
    """Fill a platform once, then ask for pages."""
    rows = 2_000 if plan.is_tiny else _ROWS
    rounds = 3 if plan.is_tiny else 40 * plan.rounds
    settings = ServerSettings(state_folder=plan.scratch / "platform", platform_id="bench", name="bench")
    platform = open_platform(settings, SystemClock(), os.urandom)
    try:
        unit = _fill(platform, rows)
        plain = sqlite3.connect(str(platform.db.engine.url.database))
        actor = Actor(account_id=_id("a"), memberships={unit: MemberRole.CERTIFICATE_ADMIN})
        for name, (wanted, where, values) in _cases(platform, rows).items():
            yield _page(name, rounds, _ours(platform, actor, wanted), _theirs(plain, unit, where, values))
        plain.close()
        yield _export(platform, actor, plan.scratch, rows)
    finally:
        platform.close()


def _cases(platform: Platform, rows: int) -> dict[str, tuple[records.RecordFilter, str, tuple[object, ...]]]:
    day = platform.now() - timedelta(seconds=rows // 2)
    old = platform.now() - timedelta(seconds=rows - 500)
    text = str(rows - 7)
    return {
        "first page": (records.RecordFilter(), "", ()),
        "middle page": (records.RecordFilter(before=rows // 2), "AND id < ?", (rows // 2,)),
        "last page": (records.RecordFilter(before=_LIMIT), "AND id < ?", (_LIMIT,)),
        "operation": (records.RecordFilter(operation=Operation.SEAL), "AND operation = ?", ("seal",)),
        "user": (records.RecordFilter(user="用户7"), "AND user_name = ?", ("用户7",)),
        "failed": (records.RecordFilter(is_done=False), "AND result <> 'done'", ()),
        "since": (records.RecordFilter(since=day), "AND at >= ?", (_as_stored(day),)),
        "until (the oldest)": (records.RecordFilter(until=old), "AND at < ?", (_as_stored(old),)),
        "text (read through)": (records.RecordFilter(text=text), "AND subject LIKE ?", (f"%{text}%",)),
    }


def _page(name: str, rounds: int, ours: Callable[[], int], theirs: Callable[[], int]) -> Figure:
    if ours() != theirs():
        raise RuntimeError(f"{name}: other rows than the plain query")
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        took[0].append(seconds(ours))
        took[1].append(seconds(theirs))
    return Figure(
        name=f"records: {name}, p95",
        peer="sqlite3, plain query",
        ours=quantile(took[0], 0.95) * 1000,
        theirs=quantile(took[1], 0.95) * 1000,
        unit="ms",
        how=f"p95 of {rounds}",
    )


def _ours(platform: Platform, actor: Actor, wanted: records.RecordFilter) -> Callable[[], int]:
    return lambda: len([as_json(row) for row in records.visible(platform, actor, wanted, limit=_LIMIT)])


def _theirs(plain: sqlite3.Connection, unit: str, where: str, values: tuple[object, ...]) -> Callable[[], int]:
    query = _PLAIN.format(where=where)
    return lambda: len(plain.execute(query, (unit, *values, _LIMIT)).fetchall())


def _export(platform: Platform, actor: Actor, folder: Path, rows: int) -> Figure:
    """The pages are read from the platform in this process: what is measured is reading and writing, no network."""

    def read(before: int | None) -> list[Read]:
        found = records.visible(platform, actor, records.RecordFilter(before=before), limit=PAGE)
        return [usage_record(as_json(row)) for row in found]

    form = ExportForm(
        title="使用记录",
        notes=(),
        notes_title="说明",
        page="{page}",
        columns=tuple(ExportColumn(heading=h) for h in ("时间", "使用者", "证书", "文件", "结果")),
        line=lambda r: (r.at.isoformat(), r.user_name, r.certificate_serial, r.subject, r.result),
    )
    begun = time.perf_counter()
    done = export_records(read, form, folder / "all.xlsx", kind=ExportKind.XLSX)
    ours = time.perf_counter() - begun
    if done.count != rows:
        raise RuntimeError(f"{done.count} of {rows} records exported")

    def plain() -> None:
        before: int | None = None
        with (folder / "all.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            while page := read(before):
                out.writerows(form.line(r) for r in page)
                before = page[-1].number

    return Figure(
        name=f"records: export of {rows} as xlsx",
        peer="the same pages into a CSV file",
        ours=ours,
        theirs=seconds(plain),
        unit="s",
        how="once",
    )


def _fill(platform: Platform, rows: int) -> str:
    unit, other = _id("1"), _id("2")
    now, operations = platform.now(), list(Operation)
    with platform.db.write() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        session.add(Account(id=_id("a"), mobile="13811111111", name="", role="bidder", created_at=now))
        for number, each in enumerate((unit, other)):
            session.add(
                Organization(
                    id=each,
                    kind="bidder",
                    name=f"单位{number}",
                    credit_code=f"{number:018}",
                    legal_representative="",
                    created_at=now,
                )
            )
        session.flush()
        _certificate(session, unit, now)
        for start in range(0, rows, 10_000):
            session.execute(
                insert(UsageRecord),
                [
                    _row(unit, n, rows, now, operations[n % len(operations)])
                    for n in range(start, min(rows, start + 10_000))
                ],
            )
    return unit


def _row(unit: str, n: int, rows: int, now: Any, operation: Operation) -> dict[str, Any]:
    return {
        "organization_id": unit,
        "account_id": _id("a"),
        "operation": operation,
        "certificate_serial": "A",
        "user_name": f"用户{n % 50}",
        "subject": f"投标文件{n}.pdf",
        "number": n % 128,
        "result": "pdf.damaged" if n % _FAILED == 0 else "done",
        "ceremony": f"{n:064x}",
        "at": now - timedelta(seconds=rows - n),
        "received_at": now,
        "row_hash": f"{n:064x}",
    }


def _certificate(session: Any, unit: str, now: Any) -> None:
    """Records point to a certificate, which points to its order: the least that the references ask for."""
    from desktop.server.db.models import IssuedCertificate, MobileCertificate, Order

    order = Order(
        id=_id("c"),
        kind="new",
        papers="",
        account_id=_id("a"),
        organization_id=unit,
        state="completed",
        organization_name="",
        credit_code="",
        legal_representative="",
        holder_name="",
        id_number=b"",
        id_number_index="",
        suite="P-256",
        licence="",
        letter="",
        created_at=now,
    )
    ends = {"not_before": now, "not_after": now + timedelta(days=365)}
    pair = [
        IssuedCertificate(serial=serial, issuer="issuing", kind="sign", state="active", der=b"", **ends)
        for serial in ("A", "B")
    ]
    session.add_all([order, *pair])
    session.flush()
    session.add(
        MobileCertificate(
            serial="A",
            enc_serial="B",
            order_id=_id("c"),
            account_id=_id("a"),
            organization_id=unit,
            holder_name="",
            suite="P-256",
            issued_at=now,
        )
    )
    session.flush()


def _id(digit: str) -> str:
    return digit * 32


def _as_stored(moment: Any) -> str:
    """Write a time as SQLAlchemy keeps it in SQLite."""
    return str(moment.strftime("%Y-%m-%d %H:%M:%S.%f"))
