"""One scan in its dialog: declined, cancelled, stale, expired, wrong password, closed, and when our own code fails."""

import logging
import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktop.domain.clock import ManualClock
from desktop.services.sealing import SealAction
from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany, wait_until
from desktop.ui.kit import Label
from desktop.views.scan import ScanDialog
from tests.app.words import open_sealing, words_on


@pytest.fixture
def asked(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker) -> OfficeWorker:
    """The code for sealing one document is on the screen."""
    open_sealing(bidseal_window, bidseal_company.document())
    return bidseal_window


def nothing_was_sealed(company: PreparedCompany) -> bool:
    return not list(company.documents.glob("*_已签章*"))


def test_declined_on_the_phone_seals_nothing_and_can_be_tried_again(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    bidseal_phone.scan(asked.screen)
    bidseal_phone.decline()
    asked.screen.find("qrCardProblem")
    assert nothing_was_sealed(bidseal_company)
    bidseal_phone.put_away()
    asked.screen.click("qrCardRetry")
    bidseal_phone.scan(asked.screen)
    bidseal_phone.approve()
    asked.finish_scan()
    assert not nothing_was_sealed(bidseal_company)


def test_cancelled_at_the_desktop_is_heard_on_the_phone(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    bidseal_phone.scan(asked.screen)
    asked.screen.click("qrCardCancel")
    asked.screen.find("qrCardProblem")
    bidseal_phone.screen.find("resultTitle")
    assert nothing_was_sealed(bidseal_company)


def test_a_wrong_password_is_said_on_the_phone_and_the_right_one_still_seals(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    bidseal_phone.scan(asked.screen)
    bidseal_phone.screen.type_text("consentPassword", "Wrong-2026-Pass")
    bidseal_phone.screen.click("consentApprove")
    wait_until(lambda: "还可输错" in words_on(bidseal_phone.screen), "the phone to say how many tries are left")
    assert nothing_was_sealed(bidseal_company)
    bidseal_phone.approve()
    asked.finish_scan()
    assert not nothing_was_sealed(bidseal_company)


def test_a_photographed_code_is_refused_with_a_warning_and_a_fresh_one_works(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_clock: ManualClock
) -> None:
    bidseal_phone._looks_at = asked.screen
    photograph, live = bidseal_phone.see(), bidseal_phone.see
    bidseal_clock.advance(20)
    bidseal_phone.see = lambda: photograph  # type: ignore[method-assign]
    bidseal_phone.screen.click("homeScan")
    asked.screen.find("scanWarning")
    assert asked.screen.is_visible("qrCode")
    bidseal_phone.see = live  # type: ignore[method-assign]
    bidseal_phone.screen.click("scanCancel")
    bidseal_phone.screen.find("homeScan")
    bidseal_phone.scan(asked.screen)
    asked.screen.wait_gone("scanWarning")
    bidseal_phone.approve()
    asked.finish_scan()


def test_a_code_that_nobody_scans_pauses_and_is_renewed_by_a_click(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_clock: ManualClock
) -> None:
    old = asked.screen.read_code()
    bidseal_clock.advance(601)
    asked.screen.find("qrCardResume")
    asked.screen.click("qrCardResume")
    asked.screen.wait_gone("qrCardResume")
    assert asked.screen.read_code() != old
    bidseal_phone.scan(asked.screen)
    bidseal_phone.approve()
    asked.finish_scan()


def test_in_english_no_word_of_the_dialog_is_cut_off(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    bidseal_window.screen.click("nav_me")
    bidseal_window.screen.click("meSection_settings")
    bidseal_window.screen.click("languageSwitch_en")
    open_sealing(bidseal_window, bidseal_company.document())
    dialog = bidseal_window.screen.find("scanDialog", ScanDialog)

    def cut_off() -> list[str]:
        labels = [w for w in dialog.findChildren(Label) if w.isVisible() and not w.wordWrap() and w.text()]
        return [w.text() for w in labels if w.width() < w.sizeHint().width()]

    wait_until(lambda: "Organization" in words_on(bidseal_window.screen) and not cut_off(), "whole words", timeout_s=3)


def test_escape_cancels_the_scan_and_closes_its_dialog(
    asked: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    bidseal_phone.scan(asked.screen)
    asked.screen.press(Qt.Key.Key_Escape)
    asked.screen.wait_gone("scanDialog")
    bidseal_phone.screen.find("resultTitle")
    assert nothing_was_sealed(bidseal_company)


def test_while_the_effect_is_under_way_the_dialog_cannot_be_closed(
    asked: OfficeWorker,
    bidseal_phone: PhoneHolder,
    bidseal_company: PreparedCompany,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_go_on = threading.Event()
    real = SealAction.act

    def slow(self: SealAction, verified: Any) -> Any:
        assert may_go_on.wait(20)
        return real(self, verified)

    monkeypatch.setattr(SealAction, "act", slow)
    bidseal_phone.scan(asked.screen)
    bidseal_phone.screen.type_text("consentPassword", bidseal_company.password)
    bidseal_phone.screen.click("consentApprove")
    asked.screen.find("qrCardWorking")
    dialog = asked.screen.find("scanDialog", ScanDialog)
    dialog.setFocus()
    asked.screen.press(Qt.Key.Key_Escape)
    assert not dialog.close()
    assert dialog.isVisible()
    assert not asked.screen.is_visible("qrCardCancel")
    may_go_on.set()
    asked.finish_scan()
    assert not nothing_was_sealed(bidseal_company)


def test_the_window_closed_during_a_scan_ends_the_scan(asked: OfficeWorker, bidseal_phone: PhoneHolder) -> None:
    bidseal_phone.scan(asked.screen)
    session = asked.screen.find("scanDialog", ScanDialog).model._session
    assert session is not None
    asked.client.window.close()
    assert session.join(0.0)


def test_a_fault_of_our_own_is_told_in_words_and_never_as_a_traceback(
    asked: OfficeWorker,
    bidseal_phone: PhoneHolder,
    bidseal_company: PreparedCompany,
    monkeypatch: pytest.MonkeyPatch,
    expected_warnings: list[logging.LogRecord],
) -> None:
    def broken(_self: SealAction, _verified: Any) -> Any:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr(SealAction, "act", broken)
    bidseal_phone.scan(asked.screen)
    bidseal_phone.approve()
    asked.screen.find("qrCardProblem")
    shown = words_on(asked.screen) + words_on(bidseal_phone.screen)
    for never in ("Traceback", "ZeroDivisionError", "secret inside", ".py"):
        assert never not in shown
    assert nothing_was_sealed(bidseal_company)
    assert expected_warnings
