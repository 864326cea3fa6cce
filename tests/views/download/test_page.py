"""The apps' page: a code for what a phone reaches and nothing else; the connection check fills row by row."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.services.connection import Probe
from desktop.services.workspace import Workspace
from desktop.testing import OfficeWorker, Platform
from desktop.testing.driver import WindowDriver
from desktop.testing.prepared import open_desk
from desktop.views.download import DownloadDialog, DownloadModel
from desktop.views.download.page import make_download

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
ANDROID = "https://app.example.com/bidseal.apk"
Show = Callable[..., WindowDriver]


@pytest.fixture
def workspace(bidseal_platform: Platform, bidseal_clock: ManualClock, tmp_path: Path) -> Iterator[Workspace]:
    made = open_desk(bidseal_platform, tmp_path / "desk", bidseal_clock)
    yield made
    made.close()


@pytest.fixture
def show(qtbot: QtBot, workspace: Workspace) -> Show:
    def make(*, open_phone: Callable[[], object] | None = None, **urls: Any) -> WindowDriver:
        profile = replace(workspace.profile, **({"embedded": False} | urls))
        page = make_download(DownloadModel(replace(workspace, profile=profile), open_phone=open_phone))
        qtbot.addWidget(page)
        page.resize(820, 760)
        page.show()
        return WindowDriver(page)

    return make


def test_the_code_of_an_app_is_its_address(show: Show) -> None:
    screen = show(android_url=ANDROID, web_phone_url="https://phone.example.com")
    assert screen.read_code("appCode_android") == ANDROID
    assert screen.read_code("appCode_web") == "https://phone.example.com"
    assert not screen.is_visible("appCode_ios")
    assert "尚未公布" in screen.text_of("appNone_ios")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:8443/app",
        "https://localhost/app",
        "https://10.0.0.8/app",
        "https://192.168.1.2/app",
        "https://[::1]/app",
        "https://intranet/app",
    ],
)
def test_an_address_that_no_phone_reaches_is_never_a_code(show: Show, url: str) -> None:
    screen = show(android_url=url)
    assert not screen.is_visible("appCode_android")
    assert "内网" in screen.text_of("appNone_android")


def test_a_platform_without_addresses_says_so(show: Show) -> None:
    screen = show()
    assert "没有可供手机访问的下载地址" in screen.text_of("appsText")
    assert not any(screen.is_visible(f"appCode_{app}") for app in ("android", "ios", "web"))
    assert not screen.is_visible("openPhoneButton")


def test_the_demo_points_to_the_virtual_phone_and_opens_it(show: Show) -> None:
    opened: list[bool] = []
    screen = show(embedded=True, open_phone=lambda: opened.append(True))
    assert screen.text_of("appsText") == "本机演示请使用虚拟手机。"
    assert not any(screen.is_visible(f"appCode_{app}") for app in ("android", "ios", "web"))
    screen.click("openPhoneButton")
    assert opened == [True]


def grades(screen: WindowDriver) -> list[str]:
    return [screen.find(f"probeGrade_{probe.value}").accessibleName() for probe in Probe]


def test_all_rows_are_filled_and_the_results_can_be_copied(qtbot: QtBot, show: Show) -> None:
    screen = show()
    assert grades(screen) == ["未检查"] * 6
    screen.click("checkButton")
    qtbot.waitUntil(lambda: grades(screen) == ["正常"] * 6, timeout=20_000)
    qtbot.waitUntil(lambda: screen.text_of("connectionText") == "全部可用。")
    screen.click("checkCopy")
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].startswith("BidSeal ")
    assert [line.split(":")[0] for line in copied[1:]] == [probe.value for probe in Probe]
    assert all(": ok " in line for line in copied[1:])


def test_what_fails_says_what_to_do_and_can_be_checked_again(
    qtbot: QtBot, show: Show, bidseal_platform: Platform
) -> None:
    screen = show()
    bidseal_platform.stop()
    screen.click("checkButton")
    qtbot.waitUntil(lambda: "未通过" in screen.text_of("connectionText"), timeout=60_000)
    assert grades(screen) == ["失败"] * 6
    assert "请检查网络与代理设置" in screen.text_of("probeText_platform")
    bidseal_platform.start()
    screen.click("checkButton")
    qtbot.waitUntil(lambda: grades(screen) == ["正常"] * 6, timeout=20_000)


def test_rows_are_filled_one_by_one_and_a_cancelled_check_keeps_what_it_found(
    qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from desktop.services.connection import ConnectionCheck

    go_on = threading.Event()
    real = ConnectionCheck._time

    def held(self: ConnectionCheck) -> None:
        go_on.wait(10)
        real(self)

    monkeypatch.setattr(ConnectionCheck, "_time", held)
    screen = show()
    screen.click("checkButton")
    qtbot.waitUntil(lambda: grades(screen) == ["正常", "正常", "检查中…", "未检查", "未检查", "未检查"], timeout=20_000)
    assert not screen.find("checkButton").isEnabled()
    screen.click("checkCancel")
    assert screen.text_of("connectionText") == "检查已取消。"
    go_on.set()
    assert grades(screen) == ["正常", "正常", "未检查", "未检查", "未检查", "未检查"]
    assert screen.find("checkButton").isEnabled()


def test_before_login_the_check_is_a_window_above(bidseal_window: OfficeWorker) -> None:
    bidseal_window.client.go("me", "download")
    screen = bidseal_window.screen
    screen.click("checkButton")
    screen.find("checkCopy")
    screen.click("downloadDialogClose")
    screen.wait_gone("downloadDialog")
    assert bidseal_window.client.window.current_id == "login"


def test_after_login_it_is_a_section_of_my_page(bidseal_window: OfficeWorker, bidseal_platform: Platform) -> None:
    mobile = "13512345678"
    bidseal_window.register(mobile, lambda: bidseal_platform.sms_code(mobile))
    bidseal_window.screen.find("nav_home")
    bidseal_window.client.go("me", "download")
    bidseal_window.screen.find("checkButton")
    page: Any = bidseal_window.client.window.page("me")
    assert page.section == "apps"


def test_a_window_that_is_closed_ends_its_check(qtbot: QtBot, workspace: Workspace) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = DownloadModel(workspace)
    dialog = DownloadDialog(model, parent)
    dialog.open()
    model.check()
    dialog.accept()
    assert not model.state.is_checking
