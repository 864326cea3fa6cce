"""Every edit of the platform's rows or log is found by the proof of a record, a thousand of a thousand (T35)."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from desktop.crypto.merkle import inclusion_path, root_of
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.tendering import LogKind
from desktop.formats.log import LogLine, usage_body
from desktop.formats.records import RecordRow, row_hash
from desktop.portal.records import RecordContent, UsageRecord
from desktop.protocol.statements import Head
from desktop.services.record_proof import fault_of
from tests.log.world import NOW, PLATFORM

EDITS, ROWS = 1_000, 24
_FIELDS = ("operation", "certificate_serial", "user_name", "subject", "result", "ceremony", "organization_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a platform tells about one record: the content, and the log whose signed head the workstation keeps."""

    content: RecordContent
    lines: tuple[LogLine, ...]


def hashed(content: RecordContent) -> bytes:
    record = content.record
    return row_hash(
        RecordRow(
            organization_id=str(record.organization_id),
            account_id=content.account_id,
            operation=record.operation,
            certificate_serial=str(record.certificate_serial),
            user_name=record.user_name,
            subject=record.subject,
            number=content.place,
            result=record.result,
            ceremony=record.ceremony,
            at=record.at,
            received_at=record.received_at,
            consent=content.consent,
            signature=content.signature,
        )
    )


def with_hash(content: RecordContent) -> RecordContent:
    """Let the row say the hash that it has."""
    return replace(content, record=replace(content.record, row_hash=hashed(content).hex()))


def record(number: int) -> RecordContent:
    row = UsageRecord(
        number=number + 1,
        operation="seal",
        certificate_serial="AB12",
        user_name="张伟",
        subject=f"投标文件{number}.pdf",
        result="done",
        ceremony=sha256(b"%d" % number).hex(),
        organization_id="o",
        at=NOW - timedelta(minutes=number, microseconds=number),
        received_at=NOW + timedelta(seconds=number),
        row_hash="",
        has_evidence=True,
        leaf=number,
    )
    return with_hash(RecordContent(record=row, account_id="a", place=0, consent=b"consent", signature=b"s" * 64))


def line_of(content: RecordContent) -> LogLine:
    body = sha256(usage_body(bytes.fromhex(content.record.row_hash)))
    return LogLine(kind=LogKind.USAGE, at_us=microseconds(content.record.received_at), body=body)


def judged(told: Told, head: Head) -> str:
    """Prove a record as the desktop does, by the head that it keeps and the path that the platform makes now."""
    leaf = told.content.record.leaf
    if leaf is None or not 0 <= leaf < len(told.lines):
        return "record.not_in_log"
    return fault_of(told.content, head, inclusion_path([line.leaf for line in told.lines], leaf))


def edited_row(told: Told, draw: random.Random) -> RecordContent:
    content, minutes = told.content, timedelta(minutes=draw.randrange(1, 10_000))
    name = draw.choice((*_FIELDS, "at", "received_at", "place", "account_id", "consent", "signature"))
    if name in _FIELDS:
        return replace(content, record=replace(content.record, **{name: f"x{draw.random()}"}))
    if name in {"at", "received_at"}:
        moment = getattr(content.record, name) - minutes
        return replace(content, record=replace(content.record, **{name: moment}))
    other = {"place": 1, "account_id": "b", "consent": draw.randbytes(7), "signature": draw.randbytes(64)}
    return replace(content, **{name: other[name]})


def edit_the_row(told: Told, draw: random.Random) -> Told:
    return replace(told, content=edited_row(told, draw))


def edit_the_row_and_its_hash(told: Told, draw: random.Random) -> Told:
    return replace(told, content=with_hash(edited_row(told, draw)))


def edit_row_hash_and_log(told: Told, draw: random.Random) -> Told:
    content = with_hash(edited_row(told, draw))
    lines, at = list(told.lines), told.content.record.leaf or 0
    lines[at] = line_of(content)
    return Told(content=content, lines=tuple(lines))


def name_another_entry(told: Told, draw: random.Random) -> Told:
    leaf = ((told.content.record.leaf or 0) + draw.randrange(1, ROWS)) % ROWS
    return replace(told, content=replace(told.content, record=replace(told.content.record, leaf=leaf)))


def change_another_entry(told: Told, draw: random.Random) -> Told:
    lines, at = list(told.lines), ((told.content.record.leaf or 0) + draw.randrange(1, ROWS)) % ROWS
    lines[at] = replace(lines[at], body=draw.randbytes(32))
    return replace(told, lines=tuple(lines))


def remove_an_entry(told: Told, draw: random.Random) -> Told:
    lines = list(told.lines)
    del lines[draw.randrange(ROWS)]
    return replace(told, lines=tuple(lines))


def move_an_entry(told: Told, draw: random.Random) -> Told:
    lines, at = list(told.lines), draw.randrange(ROWS)
    lines.insert((at + draw.randrange(1, ROWS - 1)) % ROWS, lines.pop(at))
    return replace(told, lines=tuple(lines))


EDITING: tuple[Callable[[Told, random.Random], Told], ...] = (
    edit_the_row,
    edit_the_row_and_its_hash,
    edit_row_hash_and_log,
    name_another_entry,
    change_another_entry,
    remove_an_entry,
    move_an_entry,
)


def test_t35_a_thousand_edits_of_rows_and_log_are_found_by_the_proof_of_a_record() -> None:
    contents, draw = [record(number) for number in range(ROWS)], random.Random(35)
    lines = tuple(map(line_of, contents))
    root = root_of(line.leaf for line in lines)
    head = Head(platform=PLATFORM, at_us=microseconds(NOW), size=ROWS, root=root)
    assert {judged(Told(content=content, lines=lines), head) for content in contents} == {""}
    found = []
    for number in range(EDITS):
        told = Told(content=draw.choice(contents), lines=lines)
        edit = EDITING[number % len(EDITING)]
        found.append((edit.__name__, judged(edit(told, draw), head)))
    assert [each for each in found if each[1] not in {"record.row_changed", "record.not_in_log"}] == []
    assert {code for _, code in found} == {"record.row_changed", "record.not_in_log"}
