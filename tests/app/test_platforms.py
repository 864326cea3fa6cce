"""Starting without a platform, choosing one in the window, working with another one, and a folder that moves."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.app import Client, Loading
from desktop.domain.clock import ManualClock
from desktop.portal.profile import write_profile
from desktop.services.moving import plan_move
from desktop.services.platforms import Platforms
from desktop.services.workspace import open_workspace
from desktop.store.paths import DataFolder, data_folder
from desktop.testing import Platform, wait_until
from desktop.testing.actors import OfficeWorker
from desktop.testing.hand import FileHand
from desktop.testing.prepared import Platform as OtherPlatform
from desktop.ui.i18n import Languages
from desktop.ui.resources import PLATFORMS

MOBILE = "13512345678"
Start = Callable[[DataFolder], OfficeWorker]


@pytest.fixture
def start(request: pytest.FixtureRequest, _bidseal_keyring: None) -> Iterator[Start]:
    """Start the client as `bidseal` does; all are closed with the test."""
    languages: Languages = request.getfixturevalue("_bidseal_languages")
    workers: list[OfficeWorker] = []

    def make(folder: DataFolder) -> OfficeWorker:
        hand = FileHand()
        client = Client(languages, pick=hand)
        Loading(client, lambda found: Platforms(found, PLATFORMS), folder)
        workers.append(OfficeWorker(client, hand))
        return workers[-1]

    yield make
    for worker in reversed(workers):
        worker.close()


@pytest.fixture
def other(tmp_path: Path, bidseal_clock: ManualClock) -> Iterator[OtherPlatform]:
    made = OtherPlatform(tmp_path / "other", bidseal_clock)
    made.start()
    yield made
    made.stop()


def profile_file(platform: Platform, path: Path, profile_id: str = "jxjt") -> Path:
    from dataclasses import replace

    path.write_bytes(write_profile(replace(platform.profile, profile_id=profile_id)))
    return path


def test_without_a_platform_the_window_asks_for_one_and_goes_on_to_the_login(
    start: Start, bidseal_platform: Platform, tmp_path: Path
) -> None:
    folder = DataFolder(root=tmp_path / "data")
    worker = start(folder)
    screen = worker.screen
    screen.find("platformChoicePage")
    assert screen.text_of("platformName_0") == "江西交投集团招标采购交易平台"
    assert not screen.is_visible("usePlatform_0")
    worker.hand.hold(profile_file(bidseal_platform, tmp_path / "jxjt.json"))
    screen.click("addPlatformButton")
    screen.click("confirmDialogConfirm")
    screen.click("usePlatform_0")
    screen.find("mobileField")
    worker.register(MOBILE, lambda: bidseal_platform.sms_code(MOBILE))
    screen.find("nav_home")
    # Another start goes straight to it.
    start(folder).screen.find("mobileField")


def test_the_login_page_leads_to_the_choice_and_back(start: Start, bidseal_platform: Platform, tmp_path: Path) -> None:
    folder = DataFolder(root=tmp_path / "data")
    folder.root.mkdir()
    profile_file(bidseal_platform, folder.profile)
    worker = start(folder)
    worker.screen.click("otherPlatformLink")
    worker.screen.click("usePlatform_0")
    worker.screen.find("mobileField")
    worker.screen.click("loginHelpLink")
    worker.screen.find("checkButton")
    worker.screen.click("downloadDialogClose")
    worker.screen.wait_gone("downloadDialog")


def test_a_damaged_own_profile_is_said_in_the_window(start: Start, tmp_path: Path) -> None:
    folder = DataFolder(root=tmp_path / "data")
    folder.root.mkdir()
    folder.profile.write_text("{", encoding="utf-8")
    assert "平台配置文件无法识别" in start(folder).screen.find("choiceBanner").accessibleName()


def test_another_platform_is_worked_with_without_a_restart_and_with_data_of_its_own(
    start: Start, bidseal_platform: Platform, other: OtherPlatform, tmp_path: Path
) -> None:
    folder = DataFolder(root=tmp_path / "data")
    folder.root.mkdir()
    profile_file(bidseal_platform, folder.profile)
    worker = start(folder)
    screen = worker.screen
    screen.find("mobileField")
    worker.register(MOBILE, lambda: bidseal_platform.sms_code(MOBILE))
    screen.find("nav_home")
    before = worker.client.workspace
    worker.client.go("me", "settings")
    worker.hand.hold(profile_file(other, tmp_path / "other.json", "ganzhou"))
    screen.click("addPlatformButton")
    screen.click("confirmDialogConfirm")
    screen.click("usePlatform_1")
    screen.click("confirmDialogConfirm")
    screen.find("mobileField")
    now = worker.client.workspace
    assert now.profile.profile_id == "ganzhou"
    assert now.account.account is None
    assert now.folder.root != before.folder.root
    assert now.folder.journal.is_file()
    assert not before.lock.is_held
    worker.register(MOBILE, lambda: other.sms_code(MOBILE))
    screen.find("nav_home")
    # And back: the first platform still knows who was signed in.
    worker.client.go("me", "settings")
    screen.click("usePlatform_0")
    screen.click("confirmDialogConfirm")
    wait_until(lambda: worker.client.workspace.folder.root == folder.root, "the first platform")
    screen.find("nav_home")


def test_a_planned_move_is_done_before_anything_is_opened(
    start: Start, bidseal_platform: Platform, bidseal_clock: ManualClock, tmp_path: Path
) -> None:
    folder = DataFolder(root=tmp_path / "data")
    folder.root.mkdir()
    profile_file(bidseal_platform, folder.profile)
    workspace = open_workspace(
        profile=bidseal_platform.profile, folder=folder, clock=bidseal_clock, random=os.urandom, name="工位"
    )
    identity = workspace.workstation.workstation_id
    workspace.close()
    plan_move(folder, tmp_path / "new")
    worker = start(folder)
    worker.screen.find("mobileField")
    assert worker.client.workspace.folder.root == tmp_path / "new"
    assert worker.client.workspace.workstation.workstation_id == identity
    assert data_folder(folder.root).root == tmp_path / "new"


def test_the_log_is_kept_while_the_client_runs(start: Start, bidseal_platform: Platform, tmp_path: Path) -> None:
    folder = DataFolder(root=tmp_path / "data")
    folder.root.mkdir()
    profile_file(bidseal_platform, folder.profile)
    bidseal_platform.stop()
    worker = start(folder)
    worker.screen.find("mobileField")
    wait_until(lambda: any(p.stat().st_size for p in folder.logs.glob("*.log")), "a line in the log")
    (today,) = folder.logs.glob("*.log")
    assert "platform time not known: portal.unreachable" in today.read_text(encoding="utf-8")
