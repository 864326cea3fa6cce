"""Two colleagues at one draft: the second is told whose version there is, loses nothing, and says which one goes on."""

from dataclasses import replace

from PySide6.QtCore import Qt

from desktop.services.tender_draft import read_draft, write_draft
from desktop.testing import wait_until
from desktop.views.publish.state import Saving
from tests.tenders.agency import AGENCY
from tests.views.publish.conftest import Agent

TYPED = "2026-12-15 09:30"


def at_platform(agent: Agent) -> tuple[str, str]:
    """The limit and the deadline of the draft that is on the platform."""
    assert agent.state.lot is not None
    kept = agent.worker.client.workspace.api.lot(agent.state.lot.lot_id).draft
    assert kept is not None
    draft = read_draft(kept)
    return draft.price_limit, draft.deadline


def colleague_saves(agent: Agent, limit: str) -> None:
    """Let somebody else of the agency save another limit, who has seen the newest draft."""
    api, lot = agent.worker.client.workspace.api, agent.state.lot
    assert lot is not None
    seen = api.lot(lot.lot_id).saved
    assert seen is not None
    api.save_draft(lot.lot_id, write_draft(replace(agent.state.draft, price_limit=limit)), after=seen.number)


def clash(agent: Agent) -> None:
    """Type a deadline while a colleague saves a limit."""
    agent.new_lot()
    colleague_saves(agent, "999.00")
    agent.screen.type_text("draftDeadline", TYPED)
    wait_until(lambda: agent.state.clash is not None, "the colleague's version")


def test_second_save_is_refused_with_whose_version_there_is_and_what_differs(agent: Agent) -> None:
    clash(agent)
    assert at_platform(agent) == ("999.00", "")
    said = agent.editor.side.versions.clash.accessibleName()
    assert AGENCY.holder in said
    assert "不同之处: 投标截止时间, 最高投标限价" in said
    assert agent.editor.times.fields["deadline"].value == TYPED
    assert not agent.editor.side.publish.isEnabled()
    assert "标段草稿尚未保存" in agent.worker.client.window.pages["publish"].open_work()
    agent.screen.type_text("draftLimit", "1.00")
    assert agent.state.saving is Saving.CLASH
    assert not agent.editor.model._saver.isActive()


def test_their_version_is_looked_at_and_the_own_one_is_kept_and_taken_again(agent: Agent) -> None:
    clash(agent)
    agent.screen.click("draftTheirs")
    assert agent.state.saving is Saving.SAVED
    assert agent.editor.limit.fields["limit"].value == "999.00"
    assert agent.editor.times.fields["deadline"].value == ""
    assert "您" in agent.screen.text_of("draftCopy")
    agent.screen.click("draftTakeCopy")
    agent.saved()
    assert agent.editor.times.fields["deadline"].value == TYPED
    assert at_platform(agent) == ("", TYPED)
    assert [each.draft.price_limit for each in agent.state.copies] == ["999.00"]


def test_own_version_goes_on_and_theirs_is_kept_until_it_is_dropped(agent: Agent) -> None:
    clash(agent)
    agent.screen.click("draftMine")
    agent.saved()
    assert at_platform(agent) == ("", TYPED)
    assert agent.editor.times.fields["deadline"].value == TYPED
    assert AGENCY.holder in agent.screen.text_of("draftCopy")
    agent.screen.click("draftDropCopy")
    wait_until(lambda: agent.state.copies == (), "the copy to go")


def test_clash_that_is_left_undecided_keeps_what_was_typed_as_a_copy(agent: Agent) -> None:
    clash(agent)
    agent.screen.click("editorBack")
    agent.screen.find("lotsTable").setFocus()
    agent.screen.click_row("lotsTable", 0)
    agent.screen.press(Qt.Key.Key_Return)
    wait_until(lambda: agent.state.draft.price_limit == "999.00", "the draft to be there again")
    assert [each.draft.deadline for each in agent.state.copies] == [TYPED]


def test_colleague_who_has_saved_the_same_is_no_clash(agent: Agent) -> None:
    agent.new_lot()
    colleague_saves(agent, "999.00")
    agent.screen.type_text("draftLimit", "999.00")
    agent.saved()
    assert at_platform(agent) == ("999.00", "")
    agent.screen.type_text("draftDeadline", TYPED)
    agent.saved()
    assert at_platform(agent) == ("999.00", TYPED)


def test_own_saves_in_a_row_never_clash(agent: Agent) -> None:
    agent.new_lot()
    for limit in ("1", "12", "123"):
        agent.editor.model.edit(price_limit=limit)
        agent.editor.model.save()
    agent.saved()
    wait_until(lambda: at_platform(agent)[0] == "123", "the last of them")
    assert agent.state.saving is Saving.SAVED


def test_words_at_the_side_are_not_cut_in_the_smallest_window(agent: Agent) -> None:
    clash(agent)
    agent.worker.client.window.resize(agent.worker.client.window.minimumSize())
    agent.screen.shot()
    side = agent.editor.side
    for part in (side.versions.clash, side.dry_note, side.publish):
        wanted = max(part.heightForWidth(part.width()), part.minimumSizeHint().height())
        assert part.height() >= wanted, part.objectName()
    assert side.publish.visibleRegion().boundingRect() == side.publish.rect()
