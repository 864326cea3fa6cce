"""Exports of the log: complete, in order, under the signed head; nothing edited passes, and no second truth (T35)."""

import io
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.crypto.merkle import EMPTY_ROOT, consistency_path
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.tendering import LogKind
from desktop.formats.log import PIECE, LogLine, LogVerdict, demand_extends, judge_export, judge_head, write_piece
from desktop.formats.trust import RevocationData
from desktop.protocol.statements import Head, read_statement
from tests.log.world import NOW, PLATFORM, Keeper, export_of, lines_of

EDITS = 1_000
_HOUR_US = 3_600_000_000


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(folder=tmp_path / "state")


def judge(keeper: Keeper, data: bytes, *known: Head) -> LogVerdict:
    return judge_export(io.BytesIO(data), keeper.basis(), platform=PLATFORM, known=known)


def head_of(data: bytes) -> Head:
    return read_statement(data, Head).payload


@pytest.mark.parametrize("count", [0, 1, 7, PIECE, PIECE + 1, 2 * PIECE + 500])
def test_whole_log_under_its_head_is_valid(keeper: Keeper, count: int) -> None:
    lines = lines_of(count)
    found = judge(keeper, export_of(keeper.head(lines), lines))
    assert (found.verdict, found.reasons, found.unchecked) == (Verdict.VALID, (), ("record.bodies_elsewhere",))
    assert found.head is not None
    assert found.head.payload.size == count


def edited(lines: list[LogLine], draw: random.Random) -> list[LogLine]:
    """Change one thing: an entry's content, kind or time, or remove, repeat, insert or move one."""
    bent, at = list(lines), draw.randrange(len(lines))
    line = bent[at]
    other_kind = draw.choice([kind for kind in LogKind if kind is not line.kind])
    match draw.choice(("body", "kind", "back", "forth", "remove", "repeat", "insert", "move", "cut", "swap bodies")):
        case "body":
            bent[at] = replace(line, body=draw.randbytes(32))
        case "kind":
            bent[at] = replace(line, kind=other_kind)
        case "back":
            bent[at] = replace(line, at_us=line.at_us - draw.randrange(1, _HOUR_US))
        case "forth":
            bent[at] = replace(line, at_us=line.at_us + draw.randrange(1, _HOUR_US))
        case "remove":
            del bent[at]
        case "repeat":
            bent.insert(max(at - 1, 0), line)
        case "insert":
            bent.insert(at, replace(line, body=draw.randbytes(32)))
        case "move":
            bent.insert((at + draw.randrange(1, len(lines) - 1)) % len(lines), bent.pop(at))
        case "cut":
            bent = bent[: draw.randrange(len(lines))]
        case _:
            beside = (at + draw.randrange(1, len(lines))) % len(lines)
            bent[at], bent[beside] = replace(line, body=bent[beside].body), replace(bent[beside], body=line.body)
    return bent


def test_t35_a_thousand_edits_of_a_thousand_are_found_in_an_export(keeper: Keeper) -> None:
    lines, draw = lines_of(40), random.Random(35)
    head = keeper.head(lines)
    found = [judge(keeper, export_of(head, edited(lines, draw))) for _ in range(EDITS)]
    assert [each.verdict for each in found] == [Verdict.INVALID] * EDITS
    assert {each.reasons[0].code for each in found} == {"record.root_wrong"}
    assert judge(keeper, export_of(head, lines)).verdict is Verdict.VALID


def test_t35_platform_that_edits_and_signs_anew_is_found_by_a_head_that_was_kept(keeper: Keeper) -> None:
    """The record keeper itself edits: whoever kept the head of before finds every one of a thousand edits."""
    lines, draw = lines_of(40), random.Random(36)
    kept = head_of(keeper.head(lines))
    for _ in range(EDITS):
        bent = [*edited(lines, draw), *lines_of(2, at=NOW + timedelta(hours=1))]
        if len(bent) < len(lines):
            bent += lines_of(len(lines), at=NOW + timedelta(hours=2))
        found = judge(keeper, export_of(keeper.head(bent), bent), kept)
        assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.split_view")
    longer = [*lines, *lines_of(5, at=NOW + timedelta(minutes=1))]
    assert judge(keeper, export_of(keeper.head(longer), longer), kept).verdict is Verdict.VALID


def test_t35_entry_dated_back_behind_its_neighbours_is_said(keeper: Keeper) -> None:
    lines = lines_of(10)
    lines.append(replace(lines[-1], at_us=lines[-1].at_us - _HOUR_US - 1))
    found = judge(keeper, export_of(keeper.head(lines), lines))
    assert (found.verdict, [r.code for r in found.reasons]) == (Verdict.CANNOT_TELL, ["record.log_backdated"])
    lines[-1] = replace(lines[-1], at_us=lines[-2].at_us - _HOUR_US // 2)  # a large bid that took its time
    assert judge(keeper, export_of(keeper.head(lines), lines)).verdict is Verdict.VALID


def test_pieces_that_do_not_follow_one_another_are_a_gap(keeper: Keeper) -> None:
    lines = lines_of(PIECE + 10)
    head, other = keeper.head(lines), keeper.head(lines[:-1])
    first, last = write_piece(head, 0, lines[:PIECE]), write_piece(head, PIECE, lines[PIECE:])
    for data in (
        last,
        last + first,
        first + first,
        first + last + last,
        first + write_piece(other, PIECE, lines[PIECE:]),
        first + write_piece(head, PIECE + 1, lines[PIECE + 1 :]),
        first + write_piece(head, PIECE, []) + last,
        write_piece(head, 0, lines[: PIECE - 1]) + write_piece(head, PIECE - 1, lines[PIECE - 1 :]),
    ):
        found = judge(keeper, data)
        assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.log_gap")
    assert judge(keeper, first).reasons[0].code == "record.root_wrong"
    assert judge(keeper, first + last).verdict is Verdict.VALID


def test_file_that_is_no_export_is_unreadable(keeper: Keeper) -> None:
    good = export_of(keeper.head(lines_of(3)), lines_of(3))
    for data in (b"", b"\0", b"%PDF-1.7", good[:-1], good + b"\0", b"\xff" * 100, b"\x5b" + b"\xff" * 8):
        found = judge(keeper, data)
        assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.unreadable"), data[:9]


def test_long_export_is_judged_in_bounded_memory_and_time(keeper: Keeper) -> None:
    lines = lines_of(20_000)
    data = export_of(keeper.head(lines), lines)
    began = time.process_time()
    assert judge(keeper, data).verdict is Verdict.VALID
    assert time.process_time() - began < 30


def test_later_head_extends_an_earlier_one_only_with_its_proof() -> None:
    lines = lines_of(20)
    leaves = [line.leaf for line in lines]

    def head(count: int, **changes: object) -> Head:
        from desktop.crypto.merkle import root_of

        said = {"platform": PLATFORM, "at_us": microseconds(NOW), "size": count, "root": root_of(leaves[:count])}
        return Head(**{**said, **changes})  # type: ignore[arg-type]

    for first in range(21):
        demand_extends(head(first), head(20), consistency_path(leaves, first))
    path = consistency_path(leaves, 7)
    wrong: tuple[Callable[[], None], ...] = (
        lambda: demand_extends(head(7, root=sha256(b"x")), head(20), path),
        lambda: demand_extends(head(7), head(20, root=sha256(b"x")), path),
        lambda: demand_extends(head(7), head(20), path[:-1]),
        lambda: demand_extends(head(7), head(20), ()),
        lambda: demand_extends(head(8), head(20), path),
        lambda: demand_extends(head(20), head(7), path),
        lambda: demand_extends(head(20), head(20, root=EMPTY_ROOT), ()),
    )
    for ask in wrong:
        with pytest.raises(RejectedError, match=r"record\.split_view"):
            ask()
    with pytest.raises(RejectedError, match=r"record\.other_platform"):
        demand_extends(head(20), head(20, platform="other"), ())


def test_t35_two_heads_of_one_size_with_two_roots_are_a_split_view(keeper: Keeper) -> None:
    mine, other = keeper.head(lines_of(5)), keeper.head(lines_of(6)[1:])
    found = judge_head(mine, keeper.basis(), known=[head_of(other)])
    assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.split_view")
    same = judge_head(mine, keeper.basis(), known=[head_of(mine)])
    assert (same.verdict, same.unchecked) == (Verdict.VALID, ())
    alone = judge_head(mine, keeper.basis(), known=[head_of(keeper.head(lines_of(4)))])
    assert (alone.verdict, alone.unchecked) == (Verdict.VALID, ("record.heads_unchecked",))


def test_t12_log_without_revocation_lists_cannot_be_told(keeper: Keeper) -> None:
    lines = lines_of(3)
    data, basis = export_of(keeper.head(lines), lines), keeper.basis(revocation=RevocationData())
    assert judge_export(io.BytesIO(data), basis).verdict is Verdict.CANNOT_TELL
