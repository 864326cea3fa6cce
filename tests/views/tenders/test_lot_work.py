"""Drafts of bids on their way to the disk: those of two lots keep out of each other's way."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject

from desktop.store.bid_drafts import BidDraft, DraftStore, TypedSummary
from desktop.views.tenders.lot_work import DraftSaver

UNIT = "91360100MA35ABCD1R"


def typed(price: str) -> BidDraft:
    return BidDraft(summary=TypedSummary(price=price))


@pytest.fixture
def saver(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> DraftSaver:
    """A saver whose worker has not come to its turn yet."""

    def wait_in_line(*_work: Any, **_named: Any) -> None: ...

    monkeypatch.setattr("desktop.views.tenders.lot_work.run", wait_in_line)
    return DraftSaver(qapp)


def test_a_change_to_one_lot_is_kept_though_another_lot_was_turned_to_before_it_was_written(
    saver: DraftSaver, tmp_path: Path
) -> None:
    first, second = DraftStore(tmp_path / "lot1", UNIT), DraftStore(tmp_path / "lot2", UNIT)
    saver.save(first, typed("1"))
    saver.save(first, typed("12"))
    saver.save(second, typed("7"))
    saver.flush()
    assert (first.read(), second.read()) == (typed("12"), typed("7"))


def test_a_lot_that_is_opened_again_shows_what_was_typed_though_it_is_not_written_yet(
    saver: DraftSaver, tmp_path: Path
) -> None:
    lot = DraftStore(tmp_path, UNIT)
    lot.write(typed("1"))
    saver.save(lot, typed("12"))
    assert saver.newest(DraftStore(tmp_path, UNIT)) == typed("12")
    saver.flush()
    assert saver.newest(DraftStore(tmp_path, UNIT)) == typed("12")


def test_a_lot_whose_draft_cannot_be_written_keeps_no_other_from_the_disk(saver: DraftSaver, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    good, bad = DraftStore(tmp_path / "lot1", UNIT), DraftStore(tmp_path / "a file", UNIT)
    saver.save(good, typed("1"))
    saver.save(bad, typed("2"))
    saver.flush()
    assert good.read() == typed("1")
