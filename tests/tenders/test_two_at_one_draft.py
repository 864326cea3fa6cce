"""Two colleagues at one draft: the second save is refused, and whatever was typed is on the platform or here."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.tender_records import Lot
from desktop.services.draft_copies import copies_of
from desktop.services.draft_saves import DraftLine
from desktop.services.tender_desk import open_work
from desktop.services.tender_draft import TenderDraft
from desktop.store.draft_copies import DraftCopyStore
from tests.tenders.conftest import Desk


@pytest.fixture
def lot(desk: Desk) -> Lot:
    return desk.lot()


def line(desk: Desk, lot: Lot) -> tuple[DraftLine, TenderDraft]:
    """A window that has opened the draft."""
    made = DraftLine(desk.workspace, lot.lot_id)
    return made, made.open().draft


def copies(desk: Desk, lot: Lot) -> list[TenderDraft]:
    return [each.draft for each in copies_of(desk.workspace, lot.lot_id)]


def test_second_save_is_refused_and_becomes_a_copy_here(desk: Desk, lot: Lot) -> None:
    mine, draft = line(desk, lot)
    theirs, _ = line(desk, lot)
    their_draft, my_draft = replace(draft, price_limit="1"), replace(draft, deadline="2026-12-")
    theirs.save(their_draft, theirs.turn())
    with pytest.raises(RejectedError, match=r"tender\.draft_changed"):
        mine.save(my_draft, mine.turn())
    work = open_work(desk.workspace, lot.lot_id)
    assert (work.draft, [each.draft for each in work.copies]) == (their_draft, [my_draft])
    assert work.saved.by == desk.company.holder


def test_own_version_is_saved_over_theirs_only_after_theirs_was_seen_and_theirs_is_kept(desk: Desk, lot: Lot) -> None:
    mine, draft = line(desk, lot)
    theirs, _ = line(desk, lot)
    my_draft = replace(draft, deadline="2026-12-")
    theirs.save(replace(draft, price_limit="1"), theirs.turn())
    with pytest.raises(RejectedError):
        mine.save(my_draft, mine.turn())
    seen = mine.open()
    copy = replace(seen.copies[0], draft=seen.draft, by=seen.saved.by)
    kept = mine.save(my_draft, mine.turn(), aside=copy)
    assert open_work(desk.workspace, lot.lot_id).draft == my_draft
    assert [(each.draft.price_limit, each.by) for each in kept.copies] == [("1", desk.company.holder)]
    assert mine.drop(seen.draft) == ()


def test_saves_of_one_window_follow_each_other_and_an_older_one_never_wins(desk: Desk, lot: Lot) -> None:
    mine, draft = line(desk, lot)
    first, second = mine.turn(), mine.turn()
    newer = replace(draft, deadline="2026-12-15 09:30")
    assert mine.save(newer, second).saved.number == 1
    assert mine.save(replace(draft, deadline="2026-"), first).saved.number == 1
    assert open_work(desk.workspace, lot.lot_id).draft == newer


def test_save_that_has_not_begun_when_theirs_is_looked_at_is_void(desk: Desk, lot: Lot) -> None:
    mine, draft = line(desk, lot)
    late = mine.turn()
    theirs, _ = line(desk, lot)
    theirs.save(replace(draft, price_limit="1"), theirs.turn())
    mine.open()
    mine.save(replace(draft, deadline="2026-12-"), late)
    assert open_work(desk.workspace, lot.lot_id).draft.price_limit == "1"


def test_what_cannot_be_saved_when_the_window_turns_away_is_kept_here(desk: Desk, lot: Lot) -> None:
    mine, draft = line(desk, lot)
    typed = replace(draft, deadline="2026-12-")
    desk.platform.stop()
    mine.save_somewhere(typed, mine.turn())
    assert copies(desk, lot) == [typed]


def test_what_was_typed_before_the_draft_is_opened_again_is_kept_here_though_opening_was_faster(
    desk: Desk, lot: Lot
) -> None:
    mine, draft = line(desk, lot)
    typed = replace(draft, deadline="2026-12-")
    turn = mine.turn()
    assert mine.open().draft == draft
    mine.save_somewhere(typed, turn)
    assert copies(desk, lot) == [typed]
    assert open_work(desk.workspace, lot.lot_id).draft == draft


def test_what_is_on_the_platform_already_when_the_draft_is_opened_again_becomes_no_copy(desk: Desk, lot: Lot) -> None:
    mine, draft = line(desk, lot)
    typed = replace(draft, deadline="2026-12-")
    first, second = mine.turn(), mine.turn()
    mine.save(typed, first)
    mine.open()
    mine.save_somewhere(typed, second)
    assert copies(desk, lot) == []


def test_copy_that_cannot_be_written_is_said_and_nothing_is_saved_over_theirs(
    desk: Desk, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, draft = line(desk, lot)
    copy = replace(draft, price_limit="1")
    mine.set_aside(copy)
    (kept,) = copies_of(desk.workspace, lot.lot_id)

    def full(_store: DraftCopyStore, _copies: object) -> None:
        raise UnavailableError("general.disk_full")

    monkeypatch.setattr(DraftCopyStore, "write", full)
    with pytest.raises(UnavailableError, match=r"general\.disk_full"):
        mine.save(replace(draft, deadline="2026-"), mine.turn(), aside=kept)
    assert open_work(desk.workspace, lot.lot_id).draft == draft


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"copies": [{"draft": [], "by": "", "at": "2026-11-24"}]}', "[[" * 9999]
)
def test_file_of_copies_that_cannot_be_read_reads_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / f"{'a' * 32}.json").write_text(text, encoding="utf-8")
    assert DraftCopyStore(tmp_path, "a" * 32).read() == ()


def test_copies_of_another_version_of_the_program_are_left_out(desk: Desk, lot: Lot) -> None:
    mine, draft = line(desk, lot)
    mine.set_aside(draft)
    store = DraftCopyStore(desk.workspace.folder.drafts, lot.lot_id)
    (copy,) = store.read()
    store.write((replace(copy, draft={"v": 2}), copy))
    assert copies(desk, lot) == [draft]
