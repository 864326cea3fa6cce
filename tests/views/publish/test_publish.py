"""An agent makes a lot, fills in its notice, rehearses the opening, publishes by one scan and amends it later."""

import pytest
from PySide6.QtCore import Qt

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LotState, PolicyGroup
from desktop.formats.tender import read_announcements
from desktop.services.action import Preparation
from desktop.testing import wait_until
from desktop.ui.page import Phase
from desktop.views.publish import PublishPage, editor_model
from desktop.views.publish.list_page import NewLotCard
from tests.views.publish.conftest import Agent

EARLY = "招标代理与平台合在一起, 能在截止时间之前读到投标文件。"


def text(agent: Agent, name: str) -> str:
    return agent.screen.text_of(name)


def test_the_first_lot_is_made_from_the_empty_list(agent: Agent) -> None:
    agent.open_list()
    assert agent.screen.is_visible("emptyStateAction")
    agent.new_lot()
    assert agent.state.lot is not None
    assert (agent.state.lot.state, agent.state.lot.lot) == (LotState.DRAFT, "JD-01")
    agent.screen.click("editorBack")
    assert agent.worker.rows("lotsTable") == 1


def test_beside_the_form_of_the_first_lot_nothing_is_said_to_be_missing(agent: Agent) -> None:
    agent.open_list()
    agent.screen.click("emptyStateAction")
    agent.screen.find("newLotForm")
    assert not agent.screen.is_visible("lotsNothing")
    assert not agent.screen.is_visible("lotsSearch")


def test_a_lot_is_opened_by_the_button_below_the_list(agent: Agent) -> None:
    agent.new_lot()
    agent.screen.click("editorBack")
    agent.screen.click("lotsOpen")
    agent.screen.find("publishButton")


def test_a_new_lot_that_was_typed_and_not_created_is_open_work(agent: Agent) -> None:
    agent.open_list()
    agent.screen.click("emptyStateAction")
    page = agent.screen.find("publishPage", PublishPage)
    assert page.open_work() == ""
    agent.screen.type_text("newLotNumber", "JXJT")
    assert page.open_work() == "填写中的新标段尚未创建"
    agent.screen.click("newLotCancel")
    assert page.open_work() == ""


def test_a_form_without_numbers_says_so_at_the_fields(agent: Agent) -> None:
    agent.open_list()
    agent.screen.click("emptyStateAction")
    agent.screen.click("newLotSubmit")
    form = agent.screen.find("newLotForm", NewLotCard)
    assert [field.error for field in form.fields.values()] == ["请填写"] * 5


def test_what_is_typed_is_kept_on_the_platform_without_asking(agent: Agent) -> None:
    agent.new_lot()
    agent.fill_in()
    agent.saved()
    lot = agent.state.lot
    assert lot is not None
    kept = agent.worker.client.workspace.api.lot(lot.lot_id).draft
    assert kept is not None
    assert (kept["deadline"], kept["required"][0]["name"]) == (agent.day(14), "投标函")
    agent.screen.click("editorBack")
    agent.screen.find("lotsTable").setFocus()
    agent.screen.click_row("lotsTable", 0)
    agent.screen.press(Qt.Key.Key_Return)
    wait_until(lambda: agent.state.draft.deadline == agent.day(14), "the draft to be there again")
    assert agent.editor.times.fields["deadline"].value == agent.day(14)


def test_publishing_a_draft_with_faults_names_them_and_scans_nothing(agent: Agent) -> None:
    agent.new_lot()
    agent.screen.click("publishButton")
    assert agent.editor.times.fields["deadline"].error == "请填写投标截止时间"
    assert not agent.screen.is_visible("scanDialog")
    agent.screen.type_text("draftDeadline", agent.day(-1))
    assert agent.editor.times.fields["deadline"].error == "截止时间至少应在 5 分钟之后"


def test_a_lot_is_published_by_one_scan_after_its_dry_run(agent: Agent) -> None:
    agent.new_lot()
    agent.fill_in()
    agent.publish()
    assert agent.state.dry.outcome is None  # of the draft before
    (lot,) = agent.bidder.lots()
    assert (lot.lot_name, lot.state) == ("第一标段", LotState.PUBLISHED)
    assert not agent.editor.envelopes.boxes["bid"].title.isEnabled()


def test_a_dry_run_says_what_was_opened_and_that_it_was_a_rehearsal(agent: Agent) -> None:
    agent.new_lot()
    agent.fill_in()
    agent.screen.click("dryRunButton")
    agent.screen.find("dryRunOutcome")
    said = agent.editor.side.outcome.accessibleName()
    assert "演练成功" in said
    assert "投标文件: 打开 3 / 3 份" in said
    assert "这只是演练" in said
    agent.screen.type_text("draftLotName", "另一标段")
    wait_until(lambda: agent.state.dry.outcome is None, "the outcome to go with the draft it was of")


def test_a_policy_without_the_bidder_is_said_everywhere_and_needs_an_explicit_choice(agent: Agent) -> None:
    agent.new_lot()
    agent.fill_in()
    agent.editor.model.edit_envelope("bid", groups=(PolicyGroup.OPENING_KEY, PolicyGroup.TIME))
    assert EARLY in agent.editor.side.early.accessibleName()
    assert EARLY in agent.editor.envelopes.boxes["bid"].warning.accessibleName()
    agent.screen.click("publishButton")
    assert "明确选择" in text(agent, "bidPolicyFault")
    assert not agent.screen.is_visible("scanDialog")
    agent.editor.envelopes.boxes["bid"].accept.click()
    agent.publish()
    assert EARLY in agent.editor.side.early.accessibleName()
    (announcement,) = read_announcements(
        [agent.bidder.lot(agent.bidder.lots()[0].lot_id).announcements[0].announcement]
    )
    assert not announcement.notice.envelopes[0].needs_bidder


def test_documents_are_uploaded_listed_and_taken_out(agent: Agent) -> None:
    agent.new_lot()
    for name in ("招标文件.pdf", "清单.xlsx"):
        (agent.folder / name).write_bytes(b"%PDF-1.7 " + name.encode())
    agent.worker.hand.hold(agent.folder / "招标文件.pdf", agent.folder / "清单.xlsx")
    agent.screen.click("documentsAdd")
    wait_until(lambda: len(agent.state.draft.documents) == 2, "both documents")
    agent.screen.click_row("documentsTable", 0)
    agent.screen.click("documentsRemove")
    assert [each.name for each in agent.state.draft.documents] == ["清单.xlsx"]


def test_an_amendment_shows_what_changes_before_the_scan(agent: Agent) -> None:
    agent.new_lot()
    agent.fill_in()
    agent.publish()
    agent.screen.click("publishButton")
    assert agent.state.failure == "tender.nothing_changed"
    agent.screen.type_text("draftDeadline", agent.day(15))
    assert agent.editor.changes.grid.texts() == [
        f"{agent.day(14)} → {agent.day(15)}",
        f"{agent.day(14)} → {agent.day(15)}",
    ]
    agent.screen.click("publishButton")
    agent.scan()
    wait_until(
        lambda: agent.state.announcement is not None and agent.state.announcement.notice.revision == 2, "revision 2"
    )
    assert "第 2 版" in text(agent, "lotRevision")


def test_after_the_deadline_nothing_can_be_changed_any_more(agent: Agent) -> None:
    agent.new_lot()
    agent.fill_in()
    agent.screen.type_text("draftDeadline", agent.day(0, "10:30"))
    agent.publish()
    agent.clock.advance(3600)
    agent.editor.model.judge()  # as it does from time to time
    assert agent.state.is_past
    assert not agent.screen.is_visible("publishButton")
    assert not agent.editor.times.fields["deadline"].isEnabled()
    agent.screen.click("lotNoticeAction")
    assert agent.worker.client.window.current_id == "room"
    agent.screen.find("roomPage")


def test_a_notice_about_a_lot_leads_to_it(agent: Agent) -> None:
    agent.new_lot()
    assert agent.state.lot is not None
    lot_id = agent.state.lot.lot_id
    agent.screen.click("nav_home")
    agent.worker.client.go("lot", lot_id)
    wait_until(lambda: agent.state.lot is not None and agent.state.lot.lot_id == lot_id, "the lot")
    assert agent.worker.client.window.current_id == "publish"


def test_both_envelopes_have_their_cards_and_the_first_no_price(agent: Agent) -> None:
    agent.new_lot()
    agent.screen.click("draftEnvelopes_double")
    agent.screen.find("firstTitle")
    agent.screen.find("secondTitle")
    assert not agent.screen.is_visible("bidTitle")
    assert not agent.screen.is_visible("firstField_price")
    assert agent.editor.envelopes.boxes["second"].fields["price"].isChecked()


def test_a_platform_out_of_reach_is_said_and_what_was_typed_stays(agent: Agent) -> None:
    agent.new_lot()
    agent.platform.stop()
    agent.screen.type_text("draftDeadline", agent.day(14))
    wait_until(lambda: agent.state.saving == "failed", "the failure to be seen")
    assert agent.editor.phase is Phase.NORMAL
    assert agent.editor.times.fields["deadline"].value == agent.day(14)
    agent.platform.start()
    agent.screen.click("draftSaveButton")
    agent.saved()


def test_a_dry_run_that_fails_as_a_whole_says_why_and_publishes_nothing(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise RejectedError("package.file_name", "a/b")

    agent.new_lot()
    agent.fill_in()
    monkeypatch.setattr(editor_model, "rehearse", fail)
    agent.screen.click("publishButton")
    wait_until(lambda: agent.state.dry.code == "package.file_name", "the failure")
    assert agent.screen.is_visible("dryRunOutcome")
    assert not agent.screen.is_visible("scanDialog")
    assert agent.screen.is_visible("dryRunButton")


def test_a_dry_run_is_cancelled_by_its_button(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(_workspace: object, _order: object, preparation: Preparation) -> None:
        preparation.report(1, 4, "演练投标人A")
        while True:
            preparation.check()

    agent.new_lot()
    agent.fill_in()
    monkeypatch.setattr(editor_model, "rehearse", wait)
    agent.screen.click("dryRunButton")
    agent.screen.click("dryRunProgressCancel")
    agent.screen.find("dryRunButton")
    assert (agent.state.dry.code, agent.state.dry.outcome) == ("", None)
