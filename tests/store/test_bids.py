"""Deadlines of bids prepared here: kept over a restart, gone a day after, unreadable ones are none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.store.bids import KEPT, BidNote, BidNotes

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def bid(lot: str = "1", *, hours: int = 2, path: str = "", unit: str = "C") -> BidNote:
    return BidNote(credit_code=unit, tender="T", lot=lot, deadline=NOW + timedelta(hours=hours), path=path)


def test_bids_of_the_unit_are_there_after_a_restart_the_nearest_first(tmp_path: Path) -> None:
    for each in (bid("2", hours=9), bid("1", hours=1), bid("3", unit="D")):
        BidNotes(tmp_path / "bids.json").note(each, NOW)
    assert BidNotes(tmp_path / "bids.json").of("C", NOW) == (bid("1", hours=1), bid("2", hours=9))


def test_a_bid_is_kept_for_a_day_after_its_deadline_and_then_forgotten(tmp_path: Path) -> None:
    notes = BidNotes(tmp_path / "bids.json")
    notes.note(bid(), NOW)
    assert notes.of("C", NOW + timedelta(hours=2) + KEPT - timedelta(seconds=1)) == (bid(),)
    assert notes.of("C", NOW + timedelta(hours=2) + KEPT) == ()
    notes.note(bid("9", hours=99), NOW + timedelta(hours=2) + KEPT)
    assert '"1"' not in (tmp_path / "bids.json").read_text(encoding="utf-8")


def test_a_finished_package_takes_the_place_of_its_draft_and_not_the_other_way(tmp_path: Path) -> None:
    notes = BidNotes(tmp_path / "bids.json")
    for each in (bid(), bid(path="/a.bid"), bid()):
        notes.note(each, NOW)
    assert notes.of("C", NOW) == (bid(path="/a.bid"),)
    notes.note(bid(hours=5), NOW)  # the deadline was put off: the package names the old one
    assert notes.of("C", NOW) == (bid(hours=5),)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"bids": 1}', '{"bids": [1]}', '{"bids": [{"deadline": "x"}]}', '{"bids": [{"deadline": 1e400}]}'],
)
def test_what_cannot_be_read_is_none_and_is_written_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "bids.json").write_text(content, encoding="utf-8")
    notes = BidNotes(tmp_path / "bids.json")
    assert notes.of("C", NOW) == ()
    notes.note(bid(), NOW)
    assert notes.of("C", NOW) == (bid(),)


def test_what_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "bids.json").mkdir()
    BidNotes(tmp_path / "bids.json").note(bid(), NOW)
    assert BidNotes(tmp_path / "bids.json").of("C", NOW) == ()
