"""The session was ended elsewhere: every page offers to log in again, and what was open and typed is kept."""

import pytest

from desktop.domain.clock import ManualClock
from desktop.testing import OfficeWorker, Platform, PreparedCompany, wait_until
from desktop.ui.page import Phase
from desktop.views.home import HomePage
from tests.app.words import words_on

NAME = "江西省赣南高速公路机电工程有限责任公司"


def end_elsewhere(platform: Platform, mobile: str, clock: ManualClock) -> None:
    """End all other sessions of the account, as from another workstation."""
    clock.advance(61)
    platform.signed_in(mobile).end_other_sessions()
    clock.advance(61)


def log_in_by_sms(worker: OfficeWorker, platform: Platform, mobile: str) -> None:
    screen = worker.screen
    screen.find("logInAgainDialog")
    worker.type_sms_code(mobile, lambda: platform.sms_code(mobile))
    screen.wait_gone("logInAgainDialog")
    wait_until(lambda: not screen.is_visible("sessionBanner"), "the bar to go")


def fill_in_order(worker: OfficeWorker) -> None:
    worker.screen.click("nav_certificates")
    worker.screen.click("newOrderButton")
    worker.screen.type_text("orgNameField", NAME)


@pytest.fixture
def ended(
    bidseal_platform: Platform,
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    bidseal_clock: ManualClock,
) -> OfficeWorker:
    """The window with a document and a half-filled order open, after the session was ended elsewhere."""
    bidseal_window.open_document(bidseal_company.document())
    fill_in_order(bidseal_window)
    end_elsewhere(bidseal_platform, bidseal_company.mobile, bidseal_clock)
    bidseal_window.screen.click("nav_records")
    bidseal_window.screen.find("sessionBanner")
    return bidseal_window


def test_the_same_person_goes_on_where_the_work_was(
    ended: OfficeWorker, bidseal_platform: Platform, bidseal_company: PreparedCompany
) -> None:
    screen = ended.screen
    assert "仍在原处" in words_on(screen)
    screen.click("sessionBannerAction")
    log_in_by_sms(ended, bidseal_platform, bidseal_company.mobile)
    assert ended.client.window.current_id == "records"
    screen.find("recordsTable")  # what was refused is fetched without a further click
    screen.click("nav_certificates")
    assert screen.text_of("orgNameField") == NAME
    assert "登录已失效" not in words_on(screen)
    screen.click("nav_sealing")
    screen.find("pageCanvas")


def test_who_thinks_better_of_it_keeps_the_offer(ended: OfficeWorker) -> None:
    ended.screen.click("sessionBannerAction")
    ended.screen.find("logInAgainDialog")
    ended.screen.click("logInAgainCancel")
    ended.screen.wait_gone("logInAgainDialog")
    assert ended.screen.is_visible("sessionBannerAction")
    assert ended.client.window.current_id == "records"


def test_another_person_finds_nothing_of_the_one_before(ended: OfficeWorker, bidseal_platform: Platform) -> None:
    screen = ended.screen
    screen.click("sessionBannerAction")
    screen.find("logInAgainDialog")
    assert "换用其他账号" in words_on(screen)
    log_in_by_sms(ended, bidseal_platform, "13512345678")
    wait_until(lambda: ended.client.window.current_id == "home", "the first page")
    screen.click("nav_certificates")
    screen.click("newOrderButton")
    assert screen.text_of("orgNameField") == ""
    assert not list(ended.client.workspace.folder.work.iterdir())


def test_an_idle_window_says_it_too(
    bidseal_platform: Platform,
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    bidseal_clock: ManualClock,
) -> None:
    home = bidseal_window.screen.find("homePage", HomePage)
    wait_until(lambda: home.phase is Phase.NORMAL, "the first page to be loaded")
    end_elsewhere(bidseal_platform, bidseal_company.mobile, bidseal_clock)
    bidseal_window.client._sync()  # as its timer does
    bidseal_window.screen.find("sessionBannerAction")
    assert bidseal_window.client.window.current_id == "home"
    assert not bidseal_window.screen.is_visible("problemView")


def test_signing_out_with_an_ended_session_needs_no_platform(ended: OfficeWorker) -> None:
    ended.sign_out()
    assert not ended.screen.is_visible("sessionBanner")
