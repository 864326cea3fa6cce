"""The opening record between making and filing: a restart, a visit to the sealing page, a late objection."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.errors import UnavailableError
from desktop.domain.tendering import LotState
from desktop.testing.driver import wait_until
from desktop.views.room.desk import Kept, MadeRecord
from desktop.views.room.facts import Room
from desktop.views.room.state import Job
from tests.views.room import rooms as r
from tests.views.room.conftest import Hall
from tests.views.room.rooms import HandMadeDesk

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
SEALED = Path("record_已签章.pdf")
MADE = MadeRecord(pdf=Path("record.pdf"), version=1)


def quiet() -> Room:
    """Announced, and nobody objects."""
    room = r.announced()
    return replace(room, envelopes=(replace(room.envelopes[0], confirmations={}),))


def restarted(hall: Hall, record: MadeRecord, *, room: Room | None = None) -> HandMadeDesk:
    """Enter the room after a restart that has left `record`."""
    desk = HandMadeDesk(room or quiet())
    desk.remains = Kept(folder=hall.folder, is_opened=True, record=record)
    hall.model.open(desk)
    wait_until(lambda: hall.model.state.record is not None, "what was left")
    return desk


def filed(hall: Hall, desk: HandMadeDesk) -> bool:
    return ("file_record", SEALED) in desk.asked and hall.model.state.work is None


def test_record_that_was_sealed_before_a_restart_is_filed_by_one_click(hall: Hall) -> None:
    desk = restarted(hall, replace(MADE, sealed=SEALED))
    assert hall.model.state.job is Job.SEAL_RECORD
    assert hall.page.job.act.text() == "上传归档"
    assert desk.asked == []
    hall.act()
    assert desk.asked == [("file_record", SEALED)]


def test_record_that_was_to_be_filed_before_a_restart_is_filed_by_itself(hall: Hall) -> None:
    desk = restarted(hall, replace(MADE, sealed=SEALED, is_asked=True))
    wait_until(lambda: filed(hall, desk), "the filing")


def test_record_is_filed_by_itself_at_the_next_visit_after_a_line_that_was_cut(hall: Hall) -> None:
    desk = restarted(hall, replace(MADE, sealed=SEALED))
    desk.error = UnavailableError("portal.unreachable")
    hall.driver.click("roomAct")
    wait_until(lambda: hall.model.state.failure == "portal.unreachable", "the failure")
    hall.model.leave()
    desk.error = None
    desk.remains = replace(desk.remains, record=replace(MADE, sealed=SEALED, is_asked=True))
    hall.model.open(desk)
    wait_until(lambda: filed(hall, desk), "the filing")


def test_sealed_copy_beside_the_record_is_taken_up_when_somebody_comes_back_from_sealing(hall: Hall) -> None:
    desk = restarted(hall, MADE)
    assert hall.page.job.act.text() == "去签章"
    assert hall.page.job.preview.isVisible()
    desk.remains = replace(desk.remains, record=replace(MADE, sealed=SEALED))
    hall.page.hide()
    hall.page.show()
    wait_until(lambda: hall.model.state.sealed == SEALED, "the sealed copy")
    assert hall.page.job.act.text() == "上传归档"
    assert not hall.page.job.preview.isVisible()  # the sealed file is what is to be looked at now


def test_record_that_lacks_a_late_objection_is_told_so_and_not_filed_by_itself(hall: Hall) -> None:
    desk = restarted(hall, replace(MADE, sealed=SEALED, is_asked=True), room=replace(quiet(), version=2))
    assert "请重新生成" in hall.page.job.note.text()
    assert desk.asked == []
    hall.driver.click("roomRecordAgain")
    hall.rest()
    assert desk.asked == [("make_record", hall.folder)]
    assert not hall.page.job.note.isVisible()


def test_record_of_a_lot_that_is_filed_is_filed_no_more(hall: Hall) -> None:
    desk = restarted(hall, replace(MADE, sealed=SEALED, is_asked=True), room=r.room(LotState.RECORDED))
    assert hall.model.state.job is Job.OVER
    assert desk.asked == []
