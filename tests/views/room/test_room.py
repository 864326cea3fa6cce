"""The page of a room: live, one thing to do, what each bid is at in words, the announcement, objections; by hand."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QScrollArea
from pytestqt.qtbot import QtBot

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.problems import problem
from desktop.domain.tendering import LotState
from desktop.services.action import ItemResult
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.services.confirming import Comparison
from desktop.testing.driver import wait_until
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import Label
from desktop.ui.page import Phase
from desktop.views.room import live_model
from desktop.views.room.desk import Kept
from desktop.views.room.facts import Confirmation, Passed, Room
from desktop.views.room.state import Board, Job
from tests.views.certificates.world import tab_stops
from tests.views.room import rooms as r
from tests.views.room.conftest import Hall

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
HAN = re.compile(r"[\u4e00-\u9fff]")
P = r.package


def title(hall: Hall) -> str:
    return hall.driver.find("roomJobTitle", Label).text()


# -- live --------------------------------------------------------------------------------------------------------------


def test_what_changes_in_the_room_appears_by_itself(hall: Hall) -> None:
    desk = hall.enter(r.delivering(1))
    assert [row[5] for row in hall.rows()] == ["已交付", "等待交付", "等待交付", "等待交付", "等待交付"]
    desk.show(r.delivering(1, 4))
    wait_until(lambda: hall.rows()[3][5] == "已交付", "the delivery")


def test_names_have_the_room_of_the_reasons_until_there_is_one(hall: Hall) -> None:
    desk = hall.enter(r.delivering(1))
    assert {len(row) for row in hall.rows()} == {6}
    desk.show(r.opened())
    wait_until(lambda: {len(row) for row in hall.rows()} == {7}, "the column of the reasons")
    assert [bool(row[6]) for row in hall.rows()] == [False, False, False, True, True]


def test_room_goes_on_by_itself_when_the_platform_is_back(hall: Hall) -> None:
    desk = hall.enter(r.delivering(1))
    desk.error = UnavailableError("portal.unreachable")
    hall.driver.find("roomOffline")
    assert not hall.page.job.extend.isEnabled()
    assert len(hall.rows()) == 5
    languages = Languages()
    languages.use(Language.ENGLISH)
    wait_until(lambda: not HAN.search(hall.page.offline_bar.accessibleName()), "the words in the new language")
    languages.use(Language.CHINESE)
    desk.error = None
    desk.show(r.delivering(1, 2))
    hall.driver.wait_gone("roomOffline")
    wait_until(lambda: hall.rows()[1][5] == "已交付", "the delivery")
    assert hall.page.job.extend.isEnabled()


def test_paper_that_does_not_fit_takes_the_place_of_the_room(hall: Hall) -> None:
    desk = hall.enter(r.closed())
    desk.error = RejectedError("opening.closing_untrusted")
    wait_until(lambda: hall.page.phase is Phase.PROBLEM, "the problem")
    assert hall.page.problem.title.text() == problem("opening.closing_untrusted").zh.title


def test_room_that_cannot_be_reached_is_offline_and_entered_on_the_next_try(hall: Hall) -> None:
    desk = r.HandMadeDesk(r.closed())
    desk.error = UnavailableError("portal.unreachable")
    hall.model.open(desk)
    wait_until(lambda: hall.page.phase is Phase.OFFLINE, "the offline face")
    desk.error = None
    hall.page.retry_requested.emit()
    wait_until(lambda: hall.page.phase is Phase.NORMAL, "the room")


def test_late_news_of_an_older_version_changes_nothing(hall: Hall) -> None:
    hall.enter(replace(r.opened(), version=9))
    hall.model.take(replace(r.delivering(1), version=8))
    assert hall.model.state.room is not None
    assert hall.model.state.room.state is LotState.OPENED


def test_room_that_answers_after_another_was_entered_is_not_shown_in_its_place(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Callable[[Room], None]] = []

    def keep_waiting(_work: object, done: Callable[[Room], None], *_rest: object, **_named: object) -> None:
        answers.append(done)

    monkeypatch.setattr(live_model, "run", keep_waiting)
    first, second = r.delivering(1), r.closed(lot_id="lot2")
    hall.model.open(r.HandMadeDesk(first))
    of_first = tuple(answers)
    answers.clear()
    hall.model.open(r.HandMadeDesk(second))
    for answer in of_first:
        answer(first)
    assert hall.model.state.room is None
    for answer in tuple(answers):
        answer(second)
    assert hall.model.state.room == second


def test_news_of_a_room_that_was_left_is_not_shown_in_the_next_one(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.enter(r.delivering(1))
    watch = hall.model._watch
    assert watch is not None
    monkeypatch.setattr(live_model, "run", lambda *_work, **_named: None)
    hall.model.open(r.HandMadeDesk(r.closed(lot_id="lot2")))
    watch._on_room(r.delivering(1, 2))
    watch._on_link(False)
    watch._on_lost(RejectedError("platform.not_found"))
    state = hall.model.state
    assert (state.room, state.phase, state.is_live) == (None, Phase.LOADING, True)


def test_deadline_that_passes_is_noticed_by_the_platforms_clock(hall: Hall) -> None:
    hall.enter(r.before_deadline())
    assert not hall.model.state.is_past_deadline
    hall.clock.advance(13 * 60)
    wait_until(lambda: hall.model.state.is_past_deadline, "the deadline")
    assert hall.page.timeline.steps[1].mark == "here"


# -- a bidder ----------------------------------------------------------------------------------------------------------


def test_bidder_signs_in_with_one_click_and_waits(hall: Hall) -> None:
    desk = hall.enter(replace(r.before_deadline(is_agency=False), is_entered=False, version=0))
    signed_in = (r.SignedIn(name=r.OWN, at=r.MORNING),)
    desk.held = r.before_deadline(is_agency=False, signed_in=signed_in)
    hall.act()
    assert desk.asked == [("sign_in",)]
    assert hall.model.state.job is Job.AWAIT_DEADLINE
    assert hall.rows() == [["1", r.OWN, "2026-11-24 10:00:00"]]


def test_bidder_hears_that_its_bid_is_in_what_the_platform_has_closed(hall: Hall) -> None:
    desk = hall.enter(r.closed(is_agency=False))
    wait_until(lambda: "本工位已核对" in hall.page.job.text.text(), "the check")
    assert desk.asked == [("is_own_bid_closed",)]


def test_bidder_delivers_by_one_scan_and_sees_it_in_the_list(hall: Hall) -> None:
    desk = hall.enter(r.delivering(3, is_agency=False))
    hall.driver.click("roomAct")
    assert hall.scans == [hall.model.make_delivery]
    desk.show(r.delivering(1, 3, is_agency=False))
    hall.model.delivery_finished(CeremonyView(stage=Stage.DONE))
    wait_until(lambda: hall.model.state.job is Job.DELIVERED, "the delivery")
    assert hall.rows()[0][1:2] + hall.rows()[0][5:6] == [f"{r.OWN} (本单位)", "已交付"]


def test_workstation_that_is_not_enrolled_is_told_where_to_enrol(hall: Hall, qtbot: QtBot) -> None:
    hall.enter(r.delivering(3, is_agency=False), is_enrolled=False)
    assert not hall.page.job.act.isEnabled()
    with qtbot.waitSignal(hall.page.navigate, timeout=1000) as asked:
        hall.driver.click("roomNoticeAction")
    assert asked.args == ["me", "enrol"]


def test_announcement_equal_to_the_own_bid_is_confirmed_by_the_workstation_itself(hall: Hall) -> None:
    said = {P(2): Confirmation(ok=False, text="有误")}
    room = r.announced(is_agency=False)
    desk = hall.enter(replace(room, envelopes=(replace(room.envelopes[0], confirmations=said),)))
    wait_until(lambda: ("confirm", True, "") in desk.asked, "the confirmation")
    assert desk.asked.count(("compare_own",)) == 1


@pytest.mark.parametrize("comparison", [Comparison.DIFFERS, Comparison.UNKNOWN])
def test_announcement_that_cannot_be_confirmed_is_left_to_the_person(hall: Hall, comparison: Comparison) -> None:
    room = r.announced(is_agency=False)
    desk = r.HandMadeDesk(replace(room, envelopes=(replace(room.envelopes[0], confirmations={}),)))
    desk.comparison = comparison
    hall.model.open(desk)
    wait_until(lambda: hall.model.state.job is Job.CONFIRM_OWN, "the question")
    assert not [asked for asked in desk.asked if asked[0] == "confirm"]
    hall.act()
    assert ("confirm", True, "") in desk.asked


def test_bidder_objects_with_a_text(hall: Hall) -> None:
    desk = hall.enter(r.announced(is_agency=False))
    hall.driver.click("roomObject")
    hall.driver.type_text("textPromptField", "工期应为180天")
    hall.driver.click("textPromptConfirm")
    hall.rest()
    assert desk.asked[-1] == ("confirm", False, "工期应为180天")


def test_text_of_an_objection_always_fits_its_statement(hall: Hall) -> None:
    hall.enter(r.announced(is_agency=False))
    hall.driver.click("roomObject")
    field = hall.driver.find("textPromptField", QLineEdit)
    field.setText("长" * 500)
    assert len(field.text().encode()) <= 500
    hall.driver.click("textPromptCancel")


# -- the agency --------------------------------------------------------------------------------------------------------


def test_agency_opens_the_window_and_watches_it(hall: Hall) -> None:
    desk = hall.enter(r.closed())
    desk.show(r.delivering())
    hall.act()
    assert desk.asked == [("open_window",)]
    assert hall.model.state.job is Job.WATCH_DELIVERY
    assert hall.driver.find("roomFiguresLeftValue", Label).text() == "剩余 00:17:00"


def test_agency_gives_more_time_only_with_a_reason(hall: Hall) -> None:
    desk = hall.enter(r.delivering(1))
    hall.driver.click("roomExtend")
    assert not hall.driver.find("extendConfirm").isEnabled()
    hall.driver.type_text("extendReason", "一家投标人断网")
    hall.driver.click("extendConfirm")
    hall.rest()
    assert desk.asked == [("extend", 15, "一家投标人断网")]


def test_delivery_can_be_ended_before_its_time_only_when_nobody_is_waited_for(hall: Hall) -> None:
    desk = hall.enter(r.delivering(1, 2, 3))
    assert not hall.page.job.act.isEnabled()
    desk.show(r.delivering(1, 2, 3, 4, 5))
    hall.act()
    assert desk.asked == [("end_delivery",)]


def test_agency_fetches_into_a_folder_and_bad_bids_are_said_and_stop_no_other(hall: Hall) -> None:
    desk = hall.enter(r.delivered(1, 2, 3, 4))
    desk.bad = {P(4): "package.damaged"}
    hall.act()
    assert desk.asked == [("fetch", hall.folder)]
    assert [row[5] for row in hall.rows()][:4] == ["已取回", "已取回", "已取回", "检查未通过"]
    assert hall.model.state.job is Job.OPEN_BIDS
    hall.driver.click("roomAct")
    assert hall.scans == [hall.model.make_opening]


def test_each_bid_shows_its_fate_while_the_scan_opens_them(hall: Hall) -> None:
    hall.enter(r.delivered(1, 2, 3, 4))
    hall.model._tell_fate(P(1), "")
    hall.model._tell_fate(P(2), "package.payload_damaged")
    wait_until(lambda: len(hall.model.state.fates) == 2, "the fates")
    assert [row[5] for row in hall.rows()][:3] == ["已解密", "未能解密", "已交付"]
    assert hall.rows()[1][6] == problem("package.payload_damaged").zh.title


def test_results_are_published_after_the_scan_and_stay_here_without_a_network(hall: Hall) -> None:
    desk = hall.enter(r.delivered(1, 2, 3, 4))
    desk.error = UnavailableError("portal.unreachable")
    desk.remains = Kept(folder=hall.folder, is_opened=True)
    done = CeremonyView(stage=Stage.DONE, details=(ItemResult(name=r.OWN, key=P(1)),))
    hall.model.opening_finished(done)
    wait_until(lambda: hall.model.state.failure != "", "the failure")
    assert hall.model.state.job is Job.POST_RESULTS
    assert hall.page.open_work() != ""
    desk.error = None
    wait_until(lambda: hall.model.state.is_live, "the platform")
    desk.show(r.opened())
    hall.act()
    assert ("post_results",) in desk.asked
    assert hall.model.state.job is Job.ANNOUNCE
    assert hall.page.open_work() == ""


def test_opening_that_an_earlier_run_finished_only_waits_to_be_published(hall: Hall) -> None:
    desk = r.HandMadeDesk(r.delivered(1, 2, 3))
    desk.remains = Kept(folder=hall.folder, is_opened=True)
    hall.model.open(desk)
    wait_until(lambda: hall.model.state.job is Job.POST_RESULTS, "what was left")


def test_scan_by_camera_can_begin_while_the_platform_is_away(hall: Hall) -> None:
    hall.enter(r.delivered(1, 2, 3))
    hall.change(fetched=frozenset({P(1), P(2), P(3)}), is_live=False)
    assert hall.page.job.act.isEnabled()


def test_announcing_brings_the_table_of_prices_to_the_front_for_everybody(hall: Hall) -> None:
    desk = hall.enter(r.opened())
    desk.show(r.announced())
    hall.act()
    assert desk.asked == [("announce",)]
    assert hall.model.state.board is Board.ANNOUNCEMENT
    assert [row[:3] for row in hall.rows("roomAnnouncement")][:3] == [
        ["1", r.NAMES[1], "12,199,000.00"],
        ["2", r.NAMES[0], "12,345,678.90"],
        ["3", r.NAMES[2], "13,500,000.00"],
    ]
    assert [row[7] for row in hall.rows("roomAnnouncement")] == ["", "", "超最高限价", "未能解密", "未能解密"]


def test_large_type_is_read_from_afar_and_left_again(hall: Hall) -> None:
    hall.enter(r.announced())
    hall.driver.click("roomBoard_announcement")
    hall.driver.click("roomLarge")
    table = hall.page.announcement.table
    assert table.rowHeight(0) == 72
    assert not hall.page.job.isVisible()
    hall.driver.click("roomLarge")
    assert table.rowHeight(0) == 40
    assert hall.page.job.isVisible()


def test_record_waits_for_the_answer_to_each_objection(hall: Hall) -> None:
    desk = hall.enter(r.announced())
    assert not hall.page.job.act.isEnabled()
    hall.model.show_bid(P(2))
    hall.driver.click("roomAnswer")
    hall.driver.type_text("textPromptField", "已核对, 唱标无误")
    room = r.announced()
    said = {P(2): Confirmation(ok=False, text="有误", answer="已核对, 唱标无误")}
    desk.show(replace(room, envelopes=(replace(room.envelopes[0], confirmations=said),)))
    hall.driver.click("textPromptConfirm")
    hall.rest()
    assert desk.asked == [("answer", P(2), "已核对, 唱标无误")]
    assert hall.page.job.act.isEnabled()


def test_second_envelope_is_opened_for_those_who_pass_and_a_refusal_has_a_reason(hall: Hall) -> None:
    desk = hall.enter(r.double(LotState.ANNOUNCED))
    assert not hall.page.job.act.isEnabled()
    for number in (1, 2, 4, 5):
        hall.model.show_bid(P(number))
        hall.driver.click("roomPass")
    hall.model.show_bid(P(3))
    hall.driver.click("roomRefuse")
    hall.driver.type_text("textPromptField", "业绩不满足")
    hall.driver.click("textPromptConfirm")
    hall.act()
    decisions = {P(n): Passed(passed=n != 3, reason="业绩不满足" if n == 3 else "") for n in (1, 2, 4, 5, 3)}
    assert desk.asked == [("judge", decisions)]


def test_second_window_begins_anew(hall: Hall) -> None:
    passed = {P(n): Passed(passed=True) for n in range(1, 6)}
    desk = hall.enter(r.double(LotState.ANNOUNCED, passed=passed))
    hall.change(fates={P(1): ""}, fetched=frozenset({P(1)}))
    desk.show(r.double(LotState.DELIVERING, at="second", passed=passed))
    hall.act()
    assert hall.model.state.fetched == frozenset()
    assert [row[5] for row in hall.rows()][:2] == ["已交付", "等待交付"]


@pytest.mark.parametrize(
    ("verdict", "title", "text"),
    [
        (Passed(passed=True), "第一信封已通过评审", "请准备好持证手机"),
        (Passed(passed=False, reason="业绩不满足"), "第一信封未通过评审", "理由: 业绩不满足"),
    ],
)
def test_bidder_is_told_at_once_what_was_decided_of_the_first_envelope(
    hall: Hall, verdict: Passed, title: str, text: str
) -> None:
    hall.enter(r.double(LotState.ANNOUNCED, passed={P(1): verdict}, is_agency=False))
    wait_until(lambda: hall.page.job.title.text() == title, "the decision")
    assert hall.page.job.text.text().startswith(text)


def test_opening_record_is_made_sealed_elsewhere_and_filed(hall: Hall, qtbot: QtBot) -> None:
    room = r.announced()
    quiet = replace(room, envelopes=(replace(room.envelopes[0], confirmations={}),))
    desk = hall.enter(quiet)
    hall.act()
    assert hall.model.state.job is Job.SEAL_RECORD
    with qtbot.waitSignal(hall.page.navigate, timeout=1000) as asked:
        hall.driver.click("roomAct")
    assert asked.args == ["sealing", "open:record.pdf"]
    hall.picked = [Path("record_已签章.pdf")]
    hall.driver.click("roomSealedFile")
    desk.show(replace(quiet, state=LotState.RECORDED))
    hall.act()
    sealed = Path("record_已签章.pdf")
    assert desk.asked == [("make_record", hall.folder), ("keep_sealed", sealed), ("file_record", sealed)]
    assert hall.model.state.job is Job.OVER


def test_filed_record_can_be_exported_by_everybody(hall: Hall) -> None:
    desk = hall.enter(r.room(LotState.RECORDED, is_agency=False))
    hall.act()
    assert ("save_record", hall.folder) in desk.asked
    hall.driver.find("roomSaved")


def test_words_of_the_room_are_not_cut_by_the_bid_and_its_objection_below_them(hall: Hall) -> None:
    said = {P(2): Confirmation(ok=False, text="报价大写与唱标不一致, 请核对原件", answer="已核对, 唱标无误")}
    room = r.double(LotState.RECORDED)
    hall.enter(replace(room, envelopes=tuple(replace(each, confirmations=said) for each in room.envelopes)))
    hall.model.show_bid(P(2))
    hall.act()
    hall.driver.find("roomSaved")
    hall.driver.shot()
    page = hall.page
    for part in (page.timeline, page.job, page.job.text, page.job.saved, page.bid, page.bid.objection):
        wanted = max(part.heightForWidth(part.width()), part.minimumSizeHint().height())
        assert part.height() >= wanted, part.objectName()


def test_lot_for_which_nobody_has_bid_says_so_instead_of_an_empty_table(hall: Hall) -> None:
    hall.enter(r.room(LotState.FAILED, count=0))
    hall.driver.find("roomNobody")
    assert hall.page.nobody.title.text() == "没有收到投标文件"


def test_failed_lot_says_so_to_both_sides_and_opens_nothing(hall: Hall) -> None:
    hall.enter(r.failed(is_agency=False))
    assert title(hall) == "本标段流标"
    assert not hall.page.job.act.isVisible()
    hall.enter(r.failed())
    assert hall.model.state.job is Job.MAKE_RECORD
    assert [step.mark for step in hall.page.timeline.steps][2:6] == ["left_out"] * 4


def test_failure_of_a_call_is_said_with_cause_and_next_step_and_can_be_tried_again(hall: Hall) -> None:
    desk = hall.enter(r.closed())
    desk.error = RejectedError("opening.not_officer")
    hall.driver.click("roomAct")
    wait_until(lambda: hall.model.state.failure == "opening.not_officer", "the refusal")
    assert hall.model.state.work is None


# -- for everybody -----------------------------------------------------------------------------------------------------


def test_room_is_left_and_followed_no_longer(hall: Hall, qtbot: QtBot) -> None:
    desk = hall.enter(r.delivering(1))
    with qtbot.waitSignal(hall.page.left, timeout=1000):
        hall.driver.click("roomBack")
    hall.model.leave()
    desk.show(r.delivering(1, 2))
    qtbot.wait(300)
    assert hall.model.state.room is not None
    assert len(hall.model.state.room.envelopes[0].deliveries) == 1


def test_every_control_is_named_and_reached_by_tab(hall: Hall) -> None:
    hall.enter(r.announced())
    hall.model.show_bid(P(2))
    stops = tab_stops(hall.page)
    assert {"roomBack", "roomLarge", "roomBoard_announcement", "roomBids", "roomAnswer"} <= set(stops)
    nameless = [
        w.objectName()
        for w in hall.page.findChildren(QAbstractButton)
        if w.isVisible() and not (w.accessibleName() and w.objectName())
    ]
    assert nameless == []


def test_rows_are_chosen_by_the_arrow_keys(hall: Hall) -> None:
    hall.enter(r.opened())
    hall.page.bids.table.setFocus()
    hall.page.bids.table.select(P(1))
    QTest.keyClick(hall.page.bids.table, Qt.Key.Key_Down)
    assert hall.model.state.selected == P(2)
    assert hall.driver.find("roomBidName", Label).text() == r.NAMES[1]


def test_room_speaks_english_without_a_rest_of_chinese(hall: Hall) -> None:
    languages = Languages()
    try:
        languages.use(Language.ENGLISH)
        plain = {"tender_name": "Road", "lot_name": "Lot 1", "purchaser": "City", "agency": "Agency", "signed_in": ()}
        room = r.announced(**plain)
        bids = tuple(replace(bid, name=f"Bidder {bid.number}") for bid in room.bids)
        one = replace(room.envelopes[0], title="Bid", confirmations={})
        hall.enter(replace(room, bids=bids, envelopes=(one,)))
        hall.model.show_bid(P(5))
        said = [w.text() for w in hall.page.findChildren(QLabel) if w.isVisible()]
        said += [w.text() for w in hall.page.findChildren(QAbstractButton) if w.isVisible()]
        said += [text for row in hall.rows() for text in row]
        assert [text for text in said if HAN.search(text)] == []
    finally:
        languages.use(Language.CHINESE)


@pytest.mark.parametrize("is_agency", [True, False])
def test_long_objection_and_answer_cut_nothing_in_the_smallest_window_and_can_be_scrolled_to(
    hall: Hall, is_agency: bool
) -> None:
    said = Confirmation(ok=False, text="长" * 160, answer="答" * 160, at=r.MORNING)
    room = r.announced(is_agency=is_agency)
    hall.enter(replace(room, envelopes=(replace(room.envelopes[0], confirmations={P(1): said}),)))
    hall.model.show_bid(P(1))
    hall.page.resize(936, 500)
    hall.driver.shot()
    page = hall.page
    for part in (page.timeline, page.job.title, page.job.text, page.job.act, page.bid.facts, page.bid.objection):
        if part.isVisible():
            wanted = max(part.heightForWidth(part.width()), part.minimumSizeHint().height())
            assert part.height() >= wanted, part.objectName()
    area = hall.driver.find("roomArea", QScrollArea)
    area.ensureWidgetVisible(page.bid.objection)
    shown = page.bid.objection.visibleRegion().boundingRect()
    assert shown.bottom() >= page.bid.objection.rect().bottom() - 1
    assert page.head.back.visibleRegion().boundingRect() == page.head.back.rect()
