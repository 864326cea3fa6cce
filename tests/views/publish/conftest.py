"""A tender agent at the client's window, with phone and enrolled workstation, on a real platform."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.app import make_client
from desktop.domain.clock import SHANGHAI, ManualClock
from desktop.portal.api import PlatformApi
from desktop.store.memory_keyring import memory_keyring, no_keyring
from desktop.testing import OfficeWorker, PhoneHolder, Platform, WindowDriver, wait_until
from desktop.testing.hand import FileHand
from desktop.testing.prepared import MORNING, copy_state, open_desk, sign_in
from desktop.testing.rig import CHEAP
from desktop.ui.i18n import Languages
from desktop.ui.page import Phase
from desktop.views.publish import EditorPage, LotsPage
from desktop.views.publish.state import EditorState
from tests.tenders.agency import AGENCY, BIDDER_MOBILE, prepare_agency


@dataclass(kw_only=True)
class Agent:
    """The agent's window and phone, and how a bidder's person sees the platform."""

    worker: OfficeWorker
    phone: PhoneHolder
    platform: Platform
    clock: ManualClock
    folder: Path

    @property
    def screen(self) -> WindowDriver:
        return self.worker.screen

    @property
    def bidder(self) -> PlatformApi:
        return self.platform.signed_in(BIDDER_MOBILE)

    @property
    def editor(self) -> EditorPage:
        return self.screen.find("editorPage", EditorPage)

    @property
    def state(self) -> EditorState:
        return self.editor.model.state

    def day(self, days: int, time: str = "09:30") -> str:
        moment = self.clock.now().astimezone(SHANGHAI) + timedelta(days=days)
        return f"{moment:%Y-%m-%d} {time}"

    def open_list(self) -> None:
        self.screen.click("nav_publish")
        page = self.screen.find("lotsPage", LotsPage)
        wait_until(lambda: page.phase is not Phase.LOADING, "the list")

    def new_lot(self, lot: str = "JD-01") -> None:
        """Fill in the form of a new lot and come to its editor."""
        self.open_list()
        self.screen.click("emptyStateAction" if self.screen.is_visible("emptyStateAction") else "newLotButton")
        self.screen.type_text("newLotNumber", "JXJT-2026-118")
        self.screen.type_text("newLotProject", "赣南高速公路机电工程施工招标")
        self.screen.type_text("newLotPurchaser", "江西省交通投资集团有限责任公司")
        self.screen.type_text("newLotLot", lot)
        self.screen.type_text("newLotName", "第一标段")
        self.screen.click("newLotSubmit")
        self.screen.find("publishButton")

    def fill_in(self) -> None:
        """Type what a notice needs beside its names."""
        self.screen.type_text("draftDeadline", self.day(14))
        self.screen.type_text("draftLimit", "12345678.90")
        self.screen.click("bidRequiredAdd")
        self.screen.type_text("required_0Name", "投标函")

    def saved(self) -> None:
        wait_until(lambda: self.state.saving == "saved", "the draft to be saved")

    def scan(self) -> None:
        """Let the phone agree to what the window shows, and close the dialog."""
        self.phone.scan(self.screen)
        self.phone.approve(typed_code=self.worker.code_to_type(self.phone))
        self.worker.finish_scan()
        self.phone.put_away()

    def publish(self) -> None:
        self.screen.click("publishButton")
        self.scan()
        wait_until(lambda: self.state.announcement is not None, "the lot to be published")


@pytest.fixture(scope="session")
def agency_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agency")
    with no_keyring():
        prepare_agency(folder)
    return folder


@pytest.fixture
def agent(agency_state: Path, tmp_path: Path, _bidseal_languages: Languages) -> Iterator[Agent]:
    state, clock = tmp_path / "state", ManualClock(MORNING)
    copy_state(agency_state, state)
    platform = Platform(state / "platform", clock)
    platform.start()
    with memory_keyring():
        workspace = open_desk(platform, state, clock)
        sign_in(workspace, platform, AGENCY.mobile)
        clock.advance(61)
        hand = FileHand()
        client = make_client(workspace, _bidseal_languages, pick=hand)
        client.start()
        worker = OfficeWorker(client, hand)
        worker.screen.find("nav_home")
        phone = PhoneHolder.with_new_phone(
            state / "phone", platform, mobile=AGENCY.mobile, languages=_bidseal_languages, clock=clock, cost=CHEAP
        )
        phone.log_in(AGENCY.mobile)
        yield Agent(worker=worker, phone=phone, platform=platform, clock=clock, folder=tmp_path)
        phone.close()
        worker.close()
    platform.stop()
