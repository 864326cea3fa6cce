"""A room whose papers are read though a signer's certificate is not good any more says so, by name, beside them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel

from desktop.services.opening_evidence import EXPIRED, REVOKED, Doubt, Paper
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import local_time
from desktop.views.room.facts import Room
from tests.views.room import rooms as r
from tests.views.room.conftest import Hall

REVOKED_AT = r.MORNING - timedelta(minutes=4)


def doubt(paper: Paper = Paper.OPENING_NOTICE, code: str = REVOKED, *, envelope_id: str = "bid") -> Doubt:
    return Doubt(
        paper=paper,
        envelope_id=envelope_id,
        code=code,
        at=REVOKED_AT,
        signer="王代理",
        unit="江西省招标咨询集团有限公司",
    )


def said(hall: Hall) -> str:
    return " ".join(label.text() for label in hall.page.doubt_bar.findChildren(QLabel) if label.isVisible())


def test_room_without_a_doubt_says_none(hall: Hall) -> None:
    hall.enter(r.delivering(1))
    assert not hall.page.doubt_bar.isVisible()


@pytest.mark.parametrize(
    ("is_agency", "next_step"),
    [
        (True, "请由另一名开标人员在其电脑上延长交付时间"),
        (False, "在另一名开标人员延长交付时间之前不能交付; 请联系招标代理机构"),
    ],
)
def test_window_of_a_revoked_officer_says_who_when_and_what_mends_it(
    hall: Hall, is_agency: bool, next_step: str
) -> None:
    hall.enter(r.delivering(2, is_agency=is_agency, doubts=(doubt(),)))
    words = said(hall)
    assert f"开标通知: 由 江西省招标咨询集团有限公司 王代理 签名, 其证书已于 {local_time(REVOKED_AT)} 被吊销" in words
    assert next_step in words


def test_doubt_goes_when_a_colleague_has_extended_the_window(hall: Hall) -> None:
    desk = hall.enter(r.delivering(2, doubts=(doubt(),)))
    assert hall.page.doubt_bar.isVisible()
    desk.show(r.delivering(2))
    hall.driver.wait_gone("roomDoubt")


def test_what_one_signer_has_signed_is_told_in_one_line_and_asks_for_nothing_after_the_window(hall: Hall) -> None:
    papers = tuple(doubt(paper, EXPIRED) for paper in (Paper.OPENING_NOTICE, Paper.RESULT, Paper.PASSED))
    hall.enter(r.announced(doubts=(*papers, doubt(Paper.CLOSING, EXPIRED, envelope_id=""))))
    words = said(hall)
    assert f"开标通知、开标结果、评审结论、截止声明: 由 {papers[0].unit} 王代理 签名, 其证书已于" in words
    assert "过期" in words
    assert "交付" not in words


def test_doubt_about_the_first_window_asks_for_nothing_in_the_second(hall: Hall) -> None:
    room: Room = r.double(r.LotState.DELIVERING, at="second", doubts=(doubt(envelope_id="first"),))
    hall.enter(room)
    assert "王代理" in said(hall)
    assert "不能交付" not in said(hall)


def test_doubts_are_told_in_english(hall: Hall) -> None:
    languages = Languages()
    try:
        languages.use(Language.ENGLISH)
        told = replace(doubt(), signer="Wang", unit="Agency")
        hall.enter(r.delivering(2, doubts=(told, replace(told, paper=Paper.RESULT, code=EXPIRED))))
        words = said(hall)
        assert (
            f"Opening notice: signed by Wang, Agency; the certificate was revoked at {local_time(REVOKED_AT)}." in words
        )
        assert "Results: signed by Wang, Agency; the certificate expired at" in words
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in words)
    finally:
        languages.use(Language.CHINESE)
