"""What the usage records page shows, and what was asked for. Days are those of Asia/Shanghai.

Refuses a day that is none, and a period that ends before it begins. Source: manual, section 10.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from desktop.domain.clock import SHANGHAI
from desktop.portal.api import UsageFilter
from desktop.portal.records import UsageRecord
from desktop.services.record_proof import RecordProof
from desktop.ui.page import PageState

_DAY = "%Y-%m-%d"
_DAY_LENGTH = len("2026-11-24")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filters as they were typed; `result` is "done" or "failed", `since` and `until` are days, both included."""

    operation: str = ""
    result: str = ""
    user: str = ""
    since: str = ""
    until: str = ""
    text: str = ""


class Fault(StrEnum):
    """What is wrong with the days."""

    SINCE = "since"
    UNTIL = "until"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRun:
    """An export: under way with `done` records read, then `path` of the new file or the `problem` why there is none.

    `path` is the first of `files`.
    """

    done: int = 0
    path: Path | None = None
    files: int = 1
    problem: str = ""
    detail: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.path is None and not self.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsState(PageState):
    """One page of records, never more. `selected` is the number of the record looked at, 0 for none.

    `waiting`: records that this workstation has not been able to hand in yet. `proof`: of the record looked at, None
    while it is being looked for. `is_contradicted`: the platform's log does not go together with what was seen of it.
    """

    organization: str = ""
    is_admin: bool = False
    wanted: Wanted = field(default_factory=Wanted)
    faults: frozenset[Fault] = frozenset()
    records: tuple[UsageRecord, ...] = ()
    page: int = 1
    has_next: bool = False
    is_loading: bool = False
    selected: int = 0
    waiting: int = 0
    proof: RecordProof | None = None
    is_contradicted: bool = False
    export: ExportRun | None = None

    @property
    def looked_at(self) -> UsageRecord | None:
        """The record whose detail is open."""
        return next((r for r in self.records if r.number == self.selected), None)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return self.wanted != Wanted()

    @property
    def is_exporting(self) -> bool:
        """Whether an export is under way."""
        return self.export is not None and self.export.is_running


def faults(wanted: Wanted) -> frozenset[Fault]:
    """Tell what is wrong with the days asked for."""
    since, until = _day(wanted.since), _day(wanted.until)
    found = set()
    if wanted.since and since is None:
        found.add(Fault.SINCE)
    if wanted.until and until is None:
        found.add(Fault.UNTIL)
    if since and until and until < since:
        found.add(Fault.ORDER)
    return frozenset(found)


def platform_filter(wanted: Wanted, organization_id: str) -> UsageFilter:
    """Turn faultless filters into what the platform is asked; the last day is included to its end."""
    until = _day(wanted.until)
    return UsageFilter(
        organization_id=organization_id,
        operation=wanted.operation,
        user=wanted.user,
        since=_day(wanted.since),
        until=until + timedelta(days=1) if until else None,
        result=wanted.result,
        text=wanted.text,
    )


def _day(text: str) -> datetime | None:
    """Return the begin of a day in Shanghai; None if it is no day, or one that has no next."""
    try:
        day = datetime.strptime(text, _DAY).replace(tzinfo=SHANGHAI)
        return day if len(text) == _DAY_LENGTH and day + timedelta(days=1) else None
    except (ValueError, OverflowError):
        return None
