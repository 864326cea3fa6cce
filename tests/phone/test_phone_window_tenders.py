"""Tenders on the phone's screen: what is asked for is read whole, and every end has words."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from desktop.domain.operations import Operation
from desktop.domain.tendering import PolicyGroup
from desktop.phone.core import Phone
from desktop.phone.window.states import Stage
from desktop.ui.i18n import Language, Languages
from tests.phone.phone_hand import Eyes, Hand
from tests.phone.phone_world import PASSWORD, World, unit_request
from tests.phone.tender_world import Lot


@pytest.fixture
def lot(world: World, equipped: Phone) -> Lot:
    return Lot(world, equipped)


def agree(hand: Hand, eyes: Eyes, lot: Lot, operation: Operation, item: object) -> None:
    hand.scan(eyes, lot.desktop.show(unit_request(operation, lot.own.serial, item)))
    hand.type("consentPassword", PASSWORD)
    hand.press("consentApprove")
    hand.wait_stage(Stage.RESULT)


def shown(hand: Hand, role: str) -> list[str]:
    return [label.text() for label in hand.window.findChildren(QLabel) if label.property("role") == role]


def test_a_tender_is_published_by_clicks(hand: Hand, eyes: Eyes, lot: Lot) -> None:
    agree(hand, eyes, lot, Operation.CREATE_OPENING_KEY, lot.create_item())

    assert hand.text("resultTitle") == "招标已发布"
    assert set(lot.result) == {"keys", "wraps", "sig"}


def test_a_lot_that_can_be_read_without_its_bidders_is_shown_with_a_warning(hand: Hand, eyes: Eyes, lot: Lot) -> None:
    without = tuple(replace(each, groups=(PolicyGroup.OPENING_KEY,), time_key=b"") for each in lot.notice.envelopes)
    item = lot.create_item(replace(lot.notice, envelopes=without))

    hand.scan(eyes, lot.desktop.show(unit_request(Operation.CREATE_OPENING_KEY, lot.own.serial, item)))

    warnings = [text for text in shown(hand, "warning") if "警告" in text]
    assert len(warnings) == 2


def test_an_opening_key_asked_for_too_early_ends_with_the_reason(hand: Hand, eyes: Eyes, lot: Lot) -> None:
    announcement = lot.announce()
    lot.desktop.verified = None
    item = lot.release_item(announcement, lot.closing(announcement, count=2, opens=False))

    agree(hand, eyes, lot, Operation.RELEASE_OPENING_KEY, item)

    assert hand.window.scan.state.problem_code == "phone.not_closed"
    assert any("该标段尚未截止" in label.text() for label in hand.window.findChildren(QLabel))
    assert lot.desktop.verified is None


def test_the_released_opening_key_is_never_on_the_screen(
    hand: Hand, eyes: Eyes, lot: Lot, languages: Languages
) -> None:
    languages.use(Language.ENGLISH)
    item = lot.release_item(lot.announce())

    agree(hand, eyes, lot, Operation.RELEASE_OPENING_KEY, item)

    assert hand.text("resultTitle") == "The opening key was released"
    key = lot.result["key"]
    assert not any(key.hex()[:16] in label.text() for label in hand.window.findChildren(QLabel))
