"""A bidder's way to a lot through the whole window, against a platform where an agency has published it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Client, make_client
from desktop.testing.demo_files import write_bid_document
from desktop.testing.driver import WindowDriver, wait_until
from desktop.ui.i18n import Languages
from desktop.ui.page import Phase
from desktop.views.sealing import SealingPage
from desktop.views.tenders import LotPage, ProjectsPage
from tests.opening.conftest import _people, bidding
from tests.opening.people import Bidding
from tests.views.tenders.people import Hand

__all__ = ["_people", "bidding"]


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def client(qtbot: QtBot, bidding: Bidding, hand: Hand) -> Iterator[Client]:
    made = make_client(bidding.bidders[0].workspace, Languages(), pick=hand.pick)
    qtbot.addWidget(made.window)
    made.start()
    yield made
    made.quit()


def lot_page(client: Client) -> LotPage:
    projects = client.window.page("projects")
    assert isinstance(projects, ProjectsPage)
    (page,) = projects.findChildren(LotPage)
    return page


def test_a_lot_is_found_entered_filled_and_its_documents_go_to_be_sealed(
    client: Client, bidding: Bidding, hand: Hand, tmp_path: Path
) -> None:
    bidding.publish()
    screen = WindowDriver(client.window)
    screen.click("nav_projects")
    wait_until(lambda: screen.is_visible("lotsEnter"), "the lots")
    screen.click("lotsEnter")
    page = lot_page(client)
    wait_until(lambda: page.phase is Phase.NORMAL, "the lot")
    paths = [tmp_path / "投标函.pdf", tmp_path / "授权书.pdf"]
    for path in paths:
        write_bid_document(path, bidding.bidders[0].company.name, pages=1)
    page.model.add_files("bid", paths)
    wait_until(lambda: len(page.model.state.unsealed) == len(paths), "the files to be looked at")
    screen.click("bidSealAll")
    sealing = client.window.page("sealing")
    assert isinstance(sealing, SealingPage)
    assert client.window.current_id == "sealing"
    wait_until(lambda: len(sealing._model.state.papers) == len(paths), "both documents to be open for sealing")
    screen.click("nav_projects")
    assert page.isVisible()
    screen.click("lotBack")
    assert screen.is_visible("lotsTable")


def test_what_is_being_prepared_is_no_open_work_for_it_is_on_the_disk(client: Client, bidding: Bidding) -> None:
    bidding.publish()
    screen = WindowDriver(client.window)
    screen.click("nav_projects")
    wait_until(lambda: screen.is_visible("lotsEnter"), "the lots")
    screen.click("lotsEnter")
    page = lot_page(client)
    wait_until(lambda: page.phase is Phase.NORMAL, "the lot")
    screen.type_text("summary_price", "42")
    assert client._open_works() == ""
