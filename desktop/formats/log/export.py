"""The platform's log in one file (`.bidlog`): every entry from the first one on, under one signed tree head (T35).

An entry that was changed, taken out, put in or moved gives another root than the signed one. Against heads that were
seen before, the file also shows whether the platform tells everybody the same. Source: docs/tendering.md §5.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from desktop.crypto.merkle import Accumulator, leaf_hash
from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.tendering import LogKind
from desktop.formats.log.leaves import log_leaf
from desktop.formats.statements import Basis, judge_statement, unreadable
from desktop.formats.trust import Reason
from desktop.protocol import codec
from desktop.protocol.schema import array, blob, fields, integer, one_of
from desktop.protocol.statements import Head, Signed, micros, read_statement

PIECE = 1000
_MAX_NUMBER = 2**53 - 1
_HASH = 32
#: Entries follow one another in time, but for what was measured before it was written: a large bid takes its time.
MAX_STEP_BACK_US = 3600 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """An entry; `body` is the hash of what happened."""

    kind: LogKind
    at_us: int
    body: bytes

    @property
    def leaf(self) -> bytes:
        """Its leaf hash."""
        return leaf_hash(log_leaf(kind=self.kind, at_us=self.at_us, body_sha256=self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogVerdict:
    """The judgement on an export; `unchecked` are catalogue codes of what could not be checked."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    head: Signed[Head] | None = None
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    head: bytes
    first: int
    entries: tuple[LogLine, ...]


def write_piece(head: bytes, first: int, entries: Sequence[LogLine]) -> bytes:
    """Return one piece of an export: at most 1000 entries from number `first` on."""
    lines: list[codec.Value] = [{"kind": str(each.kind), "at": each.at_us, "body": each.body} for each in entries]
    return codec.encode({"head": head, "first": first, "entries": lines})


def judge_export(file: BinaryIO, basis: Basis, *, platform: str = "", known: Iterable[Head] = ()) -> LogVerdict:
    """Judge an export; `known` are heads of the same platform that were seen elsewhere."""
    try:
        return _judge(file, basis, platform, tuple(known))
    except RejectedError as error:
        return _no(unreadable(error))


def _judge(file: BinaryIO, basis: Basis, platform: str, known: tuple[Head, ...]) -> LogVerdict:
    pieces = _pieces(file)
    first = next(pieces, None)
    if first is None:
        return _no(Reason(code="record.unreadable", detail="empty"))
    told = read_statement(first.head, Head).payload
    wrong = _check_entries(chain((first,), pieces), first.head, told, known)
    if isinstance(wrong, Reason):
        return _no(wrong)
    judged = judge_statement(first.head, Head, basis, platform=platform)
    if judged.statement is None:
        return LogVerdict(verdict=judged.verdict, reasons=judged.reasons)
    return _good(judged.verdict, judged.reasons, judged.statement, backdated=wrong)


def _check_entries(pieces: Iterable[_Piece], signed: bytes, head: Head, known: tuple[Head, ...]) -> Reason | bool:
    """Return why the entries are not those of the head, or whether one of them is dated back."""
    seen = {each.size: each.root for each in known if each.platform == head.platform}
    tree, newest, backdated = Accumulator(), 0, False
    for piece in pieces:
        follows = piece.first == tree.size and not tree.size % PIECE and (piece.entries or not tree.size)
        if piece.head != signed or not follows:
            return Reason(code="record.log_gap", detail=str(tree.size))
        for line in piece.entries:
            tree = tree.append(line.leaf)
            backdated |= line.at_us < newest - MAX_STEP_BACK_US
            newest = max(newest, line.at_us)
            if tree.size in seen and not equal(seen[tree.size], tree.root):
                return Reason(code="record.split_view", detail=str(tree.size))
    if tree.size != head.size or not equal(tree.root, head.root):
        return Reason(code="record.root_wrong", detail=f"{tree.size} of {head.size}")
    return backdated


def _good(verdict: Verdict, reasons: tuple[Reason, ...], head: Signed[Head], *, backdated: bool) -> LogVerdict:
    if backdated and verdict is Verdict.VALID:
        verdict = Verdict.CANNOT_TELL
    if backdated:
        reasons = (*reasons, Reason(code="record.log_backdated"))
    return LogVerdict(verdict=verdict, reasons=reasons, head=head, unchecked=("record.bodies_elsewhere",))


def _pieces(file: BinaryIO) -> Iterator[_Piece]:
    for data in codec.read_sequence(file):
        f = fields(
            codec.decode(data),
            {
                "head": blob(1, codec.MAX_BYTES),
                "first": integer(0, _MAX_NUMBER),
                "entries": array(_line, maximum=PIECE),
            },
        )
        yield _Piece(head=f["head"], first=f["first"], entries=f["entries"])


def _line(value: codec.Value) -> LogLine:
    f = fields(value, {"kind": one_of(LogKind), "at": micros, "body": blob(_HASH)})
    return LogLine(kind=f["kind"], at_us=f["at"], body=f["body"])


def _no(reason: Reason) -> LogVerdict:
    return LogVerdict(verdict=Verdict.INVALID, reasons=(reason,))
