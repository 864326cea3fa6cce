"""The settings as a person uses them, on the real platform; each card with its real model."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.camera.live import LiveReader
from desktop.domain.camera import CameraDevice
from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.portal.proxy import Proxy, ProxyMode
from desktop.services.moving import carry_out, planned_move
from desktop.services.platforms import KnownPlatform, Platforms
from desktop.services.workspace import Workspace
from desktop.store.settings import Settings
from desktop.testing import Platform
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.hand import FileHand
from desktop.testing.prepared import open_desk
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import Language, Languages
from desktop.ui.resources import PLATFORMS
from desktop.views.scan import Cameras
from desktop.views.settings import SettingsParts, preferring, settings_section
from tests.portal.profiles import certificates, write

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Chosen:
    """What was handed to the composition root, and what the dialogs of the system would answer."""

    def __init__(self, tmp_path: Path) -> None:
        self.languages: list[str] = []
        self.themes: list[str] = []
        self.platforms: list[KnownPlatform] = []
        self.hand = FileHand()
        self.folder: Path | None = None
        self.target: Path | None = tmp_path / "诊断.zip"


@pytest.fixture
def workspace(bidseal_platform: Platform, bidseal_clock: ManualClock, tmp_path: Path) -> Iterator[Workspace]:
    made = open_desk(bidseal_platform, tmp_path / "desk", bidseal_clock)
    yield made
    made.close()


@pytest.fixture
def chosen(tmp_path: Path) -> Chosen:
    return Chosen(tmp_path)


def open_camera(_source: int | Path) -> Any:
    from desktop.domain.camera import CameraState

    return CameraState.ABSENT


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace, chosen: Chosen) -> QWidget:
    def make_reader(source: int | Path, **callbacks: Any) -> LiveReader:
        return LiveReader(source, open_source=open_camera, **callbacks)

    cameras = Cameras(
        make_reader=make_reader,
        list_devices=lambda: (CameraDevice(index=0, name="内置"), CameraDevice(index=3, name="外接")),
    )
    parts = SettingsParts(
        workspace=workspace,
        platforms=Platforms(workspace.folder, PLATFORMS, given=workspace.profile),
        use_platform=chosen.platforms.append,
        apply_theme=chosen.themes.append,
        apply_language=chosen.languages.append,
        cameras=lambda: preferring(cameras, workspace.settings),
        pick=chosen.hand,
        ask_folder=lambda _parent, _title: chosen.folder,
        ask_target=lambda _parent, _title, _suggested: chosen.target,
    )
    made = settings_section(parts).factory()
    qtbot.addWidget(made)
    made.resize(820, 700)
    made.show()
    return made


@pytest.fixture
def screen(page: QWidget) -> WindowDriver:
    return WindowDriver(page)


def dialog_of(page: QWidget) -> ConfirmDialog:
    wait_until(lambda: any(d.isVisible() for d in page.findChildren(ConfirmDialog)), "a dialog")
    return next(d for d in page.findChildren(ConfirmDialog) if d.isVisible())


def stored(qtbot: QtBot, workspace: Workspace, condition: Callable[[Any], bool]) -> None:
    qtbot.waitUntil(lambda: condition(workspace.settings.load()))


def test_look_and_language_apply_at_once_and_are_kept(
    qtbot: QtBot, screen: WindowDriver, workspace: Workspace, chosen: Chosen
) -> None:
    screen.click("themeSwitch_dark")
    screen.click("languageSwitch_en")
    assert (chosen.themes, chosen.languages) == (["dark"], ["en"])
    stored(qtbot, workspace, lambda s: (s.theme, s.language) == ("dark", "en"))


def test_the_last_of_several_choices_is_the_one_kept_and_others_fields_stay(
    qtbot: QtBot, screen: WindowDriver, workspace: Workspace, chosen: Chosen
) -> None:
    workspace.settings.change(last_mobile="13800138000")
    for theme in ("dark", "contrast", "light", "contrast"):
        screen.click(f"themeSwitch_{theme}")
    stored(qtbot, workspace, lambda s: s.theme == "contrast")
    assert chosen.themes[-1] == "contrast"
    assert workspace.settings.load().last_mobile == "13800138000"


def test_a_choice_that_cannot_be_stored_is_said_and_still_holds(
    screen: WindowDriver, workspace: Workspace, chosen: Chosen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_settings: Settings) -> None:
        raise UnavailableError("general.disk_full")

    monkeypatch.setattr(workspace.settings, "save", refuse)
    screen.click("themeSwitch_dark")
    assert "磁盘空间不足" in screen.find("appearanceCardBanner").accessibleName()
    assert chosen.themes == ["dark"]


def test_freshness_is_kept_and_says_when_it_holds(qtbot: QtBot, screen: WindowDriver, workspace: Workspace) -> None:
    box = screen.find("freshnessChoice", QComboBox)
    box.setCurrentIndex(box.findData("9"))
    box.activated.emit(box.currentIndex())
    stored(qtbot, workspace, lambda s: s.freshness_s == 9)
    card = screen.find("scanningCard")
    assert any("下次启动时生效" in label.text() for label in card.findChildren(QWidget) if hasattr(label, "text"))


def test_a_camera_is_tested_only_while_asked_and_the_one_chosen_comes_first_from_then_on(
    qtbot: QtBot, screen: WindowDriver, workspace: Workspace
) -> None:
    assert not screen.is_visible("settingsCameraDevice")
    screen.click("cameraTestButton")
    box = screen.find("settingsCameraDevice", QComboBox)
    qtbot.waitUntil(lambda: box.count() == 2)
    screen.find("settingsCameraProblem")  # this one is absent, and says so
    box.setCurrentIndex(box.findData("3"))
    box.activated.emit(box.currentIndex())
    stored(qtbot, workspace, lambda s: s.camera == 3)
    listed = preferring(
        Cameras(make_reader=LiveReader, list_devices=lambda: (CameraDevice(index=0), CameraDevice(index=3))),
        workspace.settings,
    ).list_devices()
    assert [d.index for d in listed] == [3, 0]
    screen.click("cameraTestButton")
    assert not screen.is_visible("settingsCameraDevice")


def test_the_present_platform_is_marked_and_cannot_be_removed(qtbot: QtBot, screen: WindowDriver) -> None:
    screen.find("currentPlatform")
    assert screen.text_of("platformName_0") == "江西交投集团招标采购交易平台"
    assert not screen.is_visible("removePlatform_0")


def test_a_platform_is_added_after_a_look_at_its_root(
    screen: WindowDriver, page: QWidget, chosen: Chosen, tmp_path: Path
) -> None:
    import hashlib

    chosen.hand.hold(write(tmp_path / "new.json"))
    screen.click("addPlatformButton")
    dialog = dialog_of(page)
    said = {name: dialog.findChild(QWidget, f"addPlatform{name}").text() for name in ("Name", "Issuer", "Fingerprint")}
    assert said["Name"] == "南昌公共资源交易平台"
    assert "甲根 CA" in said["Issuer"]
    assert "".join(said["Fingerprint"].split()).lower() == hashlib.sha256(certificates()[0]).hexdigest()
    assert dialog.back.isDefault()  # Enter trusts nobody
    dialog.confirm.click()
    screen.find("usePlatform_1")
    assert "bidding.example.com" in screen.text_of("platformSmall_1")


def test_a_platform_that_is_not_confirmed_is_not_added(
    screen: WindowDriver, page: QWidget, chosen: Chosen, tmp_path: Path, workspace: Workspace
) -> None:
    chosen.hand.hold(write(tmp_path / "new.json"))
    screen.click("addPlatformButton")
    dialog_of(page).reject()
    assert not workspace.folder.platforms.exists()
    assert not screen.is_visible("platform_1")


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "平台配置文件无法识别"), ('{"format": "bidseal-platform", "version": 9}', "版本较新")],
)
def test_a_bad_file_is_refused_with_words(
    screen: WindowDriver, chosen: Chosen, tmp_path: Path, content: str, words: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(content, encoding="utf-8")
    chosen.hand.hold(bad)
    screen.click("addPlatformButton")
    banner = screen.find("platformsCardBanner")
    assert words in banner.accessibleName()
    assert screen.window.findChildren(ConfirmDialog) == []
    assert screen.find("addPlatformButton").isEnabled()


def test_switching_asks_first_then_hands_the_platform_over_and_remembers_it(
    screen: WindowDriver, page: QWidget, chosen: Chosen, tmp_path: Path, workspace: Workspace
) -> None:
    chosen.hand.hold(write(tmp_path / "new.json"))
    screen.click("addPlatformButton")
    dialog_of(page).confirm.click()
    screen.click("usePlatform_1")
    dialog_of(page).confirm.click()
    wait_until(lambda: len(chosen.platforms) == 1, "the platform")
    assert chosen.platforms[0].profile.profile_id == "nanchang"
    assert workspace.settings.load().platform_profile == chosen.platforms[0].key


def test_an_added_platform_is_removed_after_a_question(
    screen: WindowDriver, page: QWidget, chosen: Chosen, tmp_path: Path
) -> None:
    chosen.hand.hold(write(tmp_path / "new.json"))
    screen.click("addPlatformButton")
    dialog_of(page).confirm.click()
    screen.click("removePlatform_1")
    dialog = dialog_of(page)
    assert dialog.back.isDefault()
    dialog.confirm.click()
    screen.wait_gone("platform_1")


def fill_proxy(screen: WindowDriver, host: str, port: str, user: str = "", password: str = "") -> None:
    screen.click("proxyMode_manual")
    for name, text in (("proxyHost", host), ("proxyPort", port), ("proxyUser", user), ("proxyPassword", password)):
        screen.type_text(name, text)


def test_a_proxy_is_kept_with_its_password_in_the_keyring_and_the_field_is_emptied(
    qtbot: QtBot, screen: WindowDriver, workspace: Workspace
) -> None:
    fill_proxy(screen, "proxy.example.com", "8080", "zhang", "Geheim-77")
    assert screen.find("proxyPassword", QLineEdit).echoMode() is QLineEdit.EchoMode.Password
    screen.click("proxySaveButton")
    qtbot.waitUntil(lambda: "已保存" in screen.text_of("proxyOutcome"))
    assert screen.text_of("proxyPassword") == ""
    assert workspace.proxy.current() == Proxy(
        mode=ProxyMode.MANUAL, host="proxy.example.com", port=8080, user="zhang", password="Geheim-77"
    )
    assert "Geheim" not in workspace.folder.settings.read_text(encoding="utf-8")
    # Kept without being typed again.
    screen.type_text("proxyPort", "8081")
    screen.click("proxySaveButton")
    qtbot.waitUntil(lambda: workspace.proxy.current().port == 8081)
    assert workspace.proxy.current().password == "Geheim-77"


def test_another_user_does_not_get_the_old_ones_password(
    qtbot: QtBot, screen: WindowDriver, workspace: Workspace
) -> None:
    fill_proxy(screen, "proxy.example.com", "8080", "zhang", "Geheim-77")
    screen.click("proxySaveButton")
    qtbot.waitUntil(lambda: workspace.proxy.current().user == "zhang")
    qtbot.waitUntil(screen.find("proxySaveButton").isEnabled)
    screen.type_text("proxyUser", "li")
    screen.click("proxySaveButton")
    qtbot.waitUntil(lambda: workspace.proxy.current().user == "li")
    assert workspace.proxy.current().password == ""


def test_a_proxy_that_is_none_is_said_and_not_kept(qtbot: QtBot, screen: WindowDriver, workspace: Workspace) -> None:
    fill_proxy(screen, "not a host", "80")
    screen.click("proxySaveButton")
    assert "代理地址不正确" in screen.find("proxyCardBanner").accessibleName()
    assert workspace.settings.load().proxy_mode == "system"


def test_trying_a_way_tells_whether_the_platform_answers(
    qtbot: QtBot, screen: WindowDriver, bidseal_platform: Platform
) -> None:
    screen.click("proxyMode_none")
    screen.click("proxyTestButton")
    qtbot.waitUntil(lambda: screen.is_visible("proxyOutcome"))
    assert "没有经过代理" in screen.text_of("proxyOutcome")
    bidseal_platform.stop()
    screen.click("proxyTestButton")
    qtbot.waitUntil(lambda: "无法连接平台" in screen.text_of("proxyOutcome"))


def test_a_move_is_planned_shown_and_can_be_dropped(
    qtbot: QtBot, screen: WindowDriver, workspace: Workspace, chosen: Chosen, tmp_path: Path
) -> None:
    chosen.folder = tmp_path / "新位置"
    screen.click("settingsFolderMove")
    qtbot.waitUntil(lambda: screen.is_visible("settingsFolderPlanned"))
    assert str(chosen.folder) in screen.text_of("settingsFolderPlanned")
    assert planned_move(workspace.folder) == chosen.folder
    screen.click("settingsFolderStay")
    screen.wait_gone("settingsFolderPlanned")
    assert carry_out(workspace.folder) == workspace.folder


def test_a_folder_that_cannot_be_taken_is_refused_with_words(
    qtbot: QtBot, screen: WindowDriver, workspace: Workspace, chosen: Chosen
) -> None:
    chosen.folder = workspace.folder.root / "inside"
    screen.click("settingsFolderMove")
    assert "目标文件夹不可用" in screen.find("folderCardBanner").accessibleName()
    assert planned_move(workspace.folder) is None


def test_the_diagnostics_file_is_written_where_it_was_asked_for(
    qtbot: QtBot, screen: WindowDriver, chosen: Chosen
) -> None:
    import json
    import zipfile

    screen.click("diagnosticsButton")
    qtbot.waitUntil(lambda: screen.is_visible("diagnosticsOutcome"), timeout=20_000)
    assert chosen.target is not None
    with zipfile.ZipFile(chosen.target) as file:
        assert len(json.loads(file.read("connection.json"))) == 6
    assert "诊断.zip" in screen.text_of("diagnosticsOutcome")


def test_a_diagnostics_file_that_cannot_be_written_is_said(
    qtbot: QtBot, screen: WindowDriver, chosen: Chosen, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    chosen.target = tmp_path / "file" / "d.zip"
    screen.click("diagnosticsButton")
    qtbot.waitUntil(lambda: screen.is_visible("diagnosticsCardBanner"), timeout=20_000)
    assert screen.find("diagnosticsButton").isEnabled()


def test_every_control_has_a_name_and_is_reached_by_tab(page: QWidget, screen: WindowDriver, qtbot: QtBot) -> None:
    screen.click("proxyMode_manual")
    screen.find("currentPlatform")
    for kind in (QPushButton, QComboBox, QLineEdit):
        for control in page.findChildren(kind):
            if control.isVisible():
                assert control.objectName(), control
                assert control.accessibleName(), control.objectName()
                # Of a choice among several, Tab reaches the one chosen and arrow keys the others.
                is_other = isinstance(control, QPushButton) and control.isCheckable() and not control.isChecked()
                assert is_other or control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.objectName()


def test_everything_is_said_again_in_another_language(
    qtbot: QtBot, qapp: QApplication, screen: WindowDriver, page: QWidget
) -> None:
    languages = Languages()
    languages.use(Language.ENGLISH)
    try:
        qtbot.waitUntil(lambda: screen.text_of("addPlatformButton") == "Add a platform…")
        for button in page.findChildren(QPushButton):
            if button.isVisible() and not button.objectName().startswith("languageSwitch"):
                assert not any("\u4e00" <= sign <= "\u9fff" for sign in button.text()), button.text()
        assert "Jiangxi" not in screen.text_of("platformName_0")  # the demo's own profile has the Chinese name alone
    finally:
        languages.use(Language.CHINESE)
