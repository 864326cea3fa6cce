"""A bid that no scan opens on the agency's workstation: scanned for again, or given up after a warning."""

from dataclasses import replace

import pytest

from desktop.domain.errors import UnavailableError
from desktop.domain.problems import problem
from desktop.domain.tendering import Party
from desktop.services.action import ItemResult
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.testing.driver import wait_until
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.kit import Label
from desktop.views.room.desk import Kept
from desktop.views.room.facts import Result, Room
from desktop.views.room.state import Call, Job, Work
from tests.views.room import rooms as r
from tests.views.room.conftest import Hall
from tests.views.room.rooms import HandMadeDesk

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
P = r.package
DAMAGED = "opening.package_differs"
GIVEN_UP = "opening.given_up"


def scanned(hall: Hall, *, left: tuple[int, ...], room: Room | None = None) -> HandMadeDesk:
    """Enter a room whose bids were fetched, and let a scan end that leaves the bids `left` without a result."""
    desk = hall.enter(room or r.delivered(1, 2, 3, 4))
    hall.change(fetched=frozenset({P(1), P(2), P(3), P(4)}), folder=hall.folder)
    fates = {P(n): DAMAGED if n in left else "" for n in (1, 2, 3, 4)}
    for package, code in fates.items():
        hall.model._tell_fate(package, code)
    desk.remains = Kept(folder=hall.folder, is_opened=not left, undecided=frozenset(P(n) for n in left))
    details = tuple(ItemResult(name=r.OWN, key=package, code=code) for package, code in fates.items())
    hall.model.opening_finished(CeremonyView(stage=Stage.DONE, details=details))
    wait_until(lambda: hall.model.state.undecided == desk.remains.undecided, "what the scan has left")
    return desk


def given_up(*packages: str) -> Room:
    """The room with the results, those of `packages` given up."""
    room = r.opened()
    lost = {p: Result(is_opened=False, cause=GIVEN_UP, party=Party.OTHER, at=r.MORNING) for p in packages}
    one = replace(room.envelopes[0], results={**r.results(1, 2, 3, 4, missed=(5,)), **lost})
    return replace(room, envelopes=(one,))


def test_bid_that_the_scan_left_without_a_result_is_scanned_for_again(hall: Hall) -> None:
    scanned(hall, left=(4,))
    assert hall.model.state.job is Job.OPEN_BIDS
    assert hall.page.job.title.text() == "再次扫码解密"
    row = hall.rows()[3]
    assert row[5:7] == ["待再次解密", problem(DAMAGED).zh.title]
    hall.driver.click("roomAct")
    assert hall.scans == [hall.model.make_opening]


def test_what_is_left_can_be_fetched_to_another_place_before_the_next_scan(hall: Hall) -> None:
    desk = scanned(hall, left=(4,))
    hall.driver.click("roomPlace")
    hall.rest()
    assert desk.asked == [("fetch", hall.folder)]
    assert hall.model.state.job is Job.OPEN_BIDS


def test_bid_is_given_up_only_after_a_warning_and_the_results_are_published(hall: Hall) -> None:
    desk = scanned(hall, left=(4,))
    hall.model.show_bid(P(4))
    hall.driver.click("roomGiveUp")
    dialog = hall.driver.find("confirmDialog", ConfirmDialog)
    said = " ".join(label.text() for label in dialog.findChildren(Label))
    assert r.NAMES[3] in said
    assert "唱标后不能改变" in said
    assert dialog.back.isDefault()
    desk.show(given_up(P(4)))
    hall.driver.click("confirmDialogConfirm")
    wait_until(lambda: hall.model.state.job is Job.ANNOUNCE, "the results")
    assert desk.asked == [("give_up", P(4)), ("post_results",)]
    assert hall.rows()[3][5:7] == ["未能解密", f"非投标人原因: {problem(GIVEN_UP).zh.title}"]


def test_bid_stays_as_it_is_when_the_person_thinks_better_of_it(hall: Hall) -> None:
    desk = scanned(hall, left=(4,))
    hall.model.show_bid(P(4))
    hall.driver.click("roomGiveUp")
    hall.driver.click("confirmDialogCancel")
    assert desk.asked == []
    assert hall.rows()[3][5] == "待再次解密"


def test_results_wait_until_the_last_bid_that_was_left_is_decided(hall: Hall) -> None:
    desk = scanned(hall, left=(3, 4))
    hall.model.show_bid(P(3))
    hall.driver.click("roomGiveUp")
    hall.driver.click("confirmDialogConfirm")
    wait_until(lambda: hall.model.state.undecided == {P(4)}, "the first of them")
    assert desk.asked == [("give_up", P(3))]
    assert hall.model.state.job is Job.OPEN_BIDS
    assert [row[5] for row in hall.rows()][2:4] == ["未能解密", "待再次解密"]


def test_only_the_agency_and_only_what_its_scan_has_left_can_be_given_up(hall: Hall) -> None:
    scanned(hall, left=(4,))
    for number in (1, 5):  # opened, and not delivered in time
        hall.model.show_bid(P(number))
        assert not hall.page.bid.give_up.isVisible()
    hall.enter(r.delivered(1, 2, 3, 4))
    hall.model.show_bid(P(4))  # no scan here has tried it
    assert not hall.page.bid.give_up.isVisible()
    hall.enter(r.delivered(1, 2, 3, 4, is_agency=False))
    hall.change(fates={P(4): DAMAGED}, undecided=frozenset({P(4)}))
    hall.model.show_bid(P(4))
    assert not hall.page.bid.give_up.isVisible()


def test_bid_that_was_given_up_can_be_scanned_for_until_the_announcement(hall: Hall) -> None:
    desk = hall.enter(given_up(P(4)))
    hall.change(folder=hall.folder)
    hall.driver.click("roomScanAgain")
    assert hall.scans == [hall.model.make_opening]
    desk.remains = Kept(folder=hall.folder, is_opened=True)
    desk.show(given_up())
    hall.model.opening_finished(CeremonyView(stage=Stage.DONE, details=(ItemResult(name=r.NAMES[3], key=P(4)),)))
    wait_until(lambda: hall.rows()[3][5] == "已解密", "the better result")
    assert ("post_results",) in desk.asked
    assert not hall.page.job.scan_again.isVisible()


def test_computer_that_has_fetched_nothing_fetches_before_it_opens_what_a_colleague_has_given_up(hall: Hall) -> None:
    hall.enter(given_up(P(4)))
    assert not hall.page.job.scan_again.isEnabled()
    assert hall.page.job.place.text() == "取回投标文件"
    hall.driver.click("roomPlace")
    wait_until(lambda: hall.model.state.work is None and bool(hall.model.state.fetched), "the bids")
    assert hall.page.job.scan_again.isEnabled()
    assert hall.page.job.place.text() == "重新取回到别处"


def test_better_results_that_were_found_here_are_published_once_a_colleague_has_published_the_others(
    hall: Hall,
) -> None:
    desk = hall.enter(r.delivered(1, 2, 3, 4))
    desk.remains = Kept(folder=hall.folder, is_opened=True, has_news=True)
    assert desk.asked == []
    desk.show(given_up(P(4)))
    wait_until(lambda: ("post_results",) in desk.asked, "the better results")


def test_what_fails_beside_a_call_does_not_end_the_call(hall: Hall) -> None:
    hall.enter(r.delivered(1, 2, 3, 4))
    hall.change(work=Work(call=Call.FETCH))
    hall.model._not_done_alone(UnavailableError("portal.unreachable"))
    assert hall.model.state.work is not None
    assert hall.model.state.failure == "portal.unreachable"


def test_envelope_to_which_nobody_delivered_is_fetched_before_it_is_opened(hall: Hall) -> None:
    hall.enter(r.delivered())
    assert hall.model.state.job is Job.FETCH
    hall.change(unfetched={P(n): "tender.share_not_delivered" for n in range(1, 6)})
    assert hall.model.state.job is Job.OPEN_BIDS


def test_everybody_in_the_room_reads_who_is_responsible_for_a_bid_that_was_given_up(hall: Hall) -> None:
    room = given_up(P(1))
    announced = replace(r.announced(is_agency=False), envelopes=(replace(room.envelopes[0], announced_at=r.MORNING),))
    hall.enter(announced)
    hall.driver.click("roomBoard_bids")
    assert hall.rows()[0][5:7] == ["未能解密", f"非投标人原因: {problem(GIVEN_UP).zh.title}"]
    hall.model.show_bid(P(1))
    assert "非投标人原因, 视为撤回投标" in hall.page.bid.cause.text()
    assert hall.page.job.title.text() == "本单位的投标文件未能解密"
