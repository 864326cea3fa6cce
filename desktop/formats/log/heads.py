"""Whether tree heads are of one log: a later one extends an earlier one, or somebody was told otherwise (T35)."""

from collections.abc import Iterable, Sequence

from desktop.crypto.merkle import is_consistent
from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.log.export import LogVerdict
from desktop.formats.statements import Basis, judge_statement
from desktop.formats.trust import Reason
from desktop.protocol.statements import Head


def demand_extends(old: Head, new: Head, path: Sequence[bytes]) -> None:
    """Demand that `new` is of the same log as `old` and keeps all that was in it.

    Raises:
        RejectedError: `record.other_platform`, `record.split_view`.
    """
    if old.platform != new.platform:
        raise RejectedError("record.other_platform", new.platform)
    if not is_consistent(first=old.size, second=new.size, first_root=old.root, second_root=new.root, path=path):
        raise RejectedError("record.split_view", f"{old.size} {new.size}")


def judge_head(data: bytes, basis: Basis, *, platform: str = "", known: Iterable[Head] = ()) -> LogVerdict:
    """Judge a tree head by itself, and beside those that were seen; between other sizes only a proof could tell."""
    judged = judge_statement(data, Head, basis, platform=platform)
    if judged.statement is None:
        return LogVerdict(verdict=judged.verdict, reasons=judged.reasons)
    head, compared = judged.statement.payload, False
    for seen in (each for each in known if each.platform == head.platform and each.size == head.size):
        if not equal(seen.root, head.root):
            reason = Reason(code="record.split_view", detail=str(head.size))
            return LogVerdict(verdict=Verdict.INVALID, reasons=(reason,))
        compared = True
    return LogVerdict(
        verdict=judged.verdict,
        reasons=judged.reasons,
        head=judged.statement,
        unchecked=() if compared else ("record.heads_unchecked",),
    )
