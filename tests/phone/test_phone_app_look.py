"""The app's home and its way of being used: modules in the order of the manual, keyboard, themes, words."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop.domain.operations import NoticeKind, Operation
from desktop.phone.core.platform_views import Notice
from desktop.phone.window.appearance import Appearance
from desktop.phone.window.home_page import Tile
from desktop.phone.window.states import MAIN, PARENT, Screen
from desktop.phone.window.style import ON_HERO, hero_colours, phone_sheet
from desktop.phone.window.words import notice_words, operation_words
from desktop.testing.prepared import PreparedCompany
from desktop.ui import theme
from desktop.ui.i18n import Language
from desktop.ui.tokens import DARK, LIGHT, Mode, contrast
from tests.phone.app_world import App


@pytest.fixture
def holder(app: App, bidseal_company: PreparedCompany) -> App:
    """The phone of the company's person, logged in."""
    app.log_in(bidseal_company.mobile)
    return app


@pytest.fixture
def light_again(qapp: QApplication) -> Iterator[None]:
    """Whatever a test chooses, the next one finds the light theme."""
    yield
    theme.apply(qapp, Mode.LIGHT)


def test_the_home_page_has_the_modules_of_the_manual_in_its_order(holder: App) -> None:
    tiles = [t for t in holder.window.findChildren(Tile) if t.isVisibleTo(holder.window)]
    tiles.sort(key=lambda tile: (tile.mapTo(holder.window, tile.rect().topLeft()).y(), tile.x()))
    assert [tile.title.text() for tile in tiles] == ["数字证书", "电子印章", "授权管理", "使用记录"]
    assert holder.find(QAbstractButton, "homeScan").text() == "扫码"
    assert holder.find(QAbstractButton, "barHome").text() == "主页"
    assert holder.find(QAbstractButton, "barMe").text().startswith("我的")


def test_the_lower_bar_goes_between_home_and_me_and_is_nowhere_else(holder: App) -> None:
    holder.press("barMe")
    assert holder.screen is Screen.ME
    holder.press("barHome")
    assert holder.screen is Screen.HOME
    for screen in Screen:
        holder.go(screen)
        assert holder.has("phoneFoot") == (screen in MAIN), screen


def test_every_page_leads_back_to_the_home_page_by_esc(holder: App) -> None:
    holder.window.activateWindow()
    holder.wait(holder.window.isActiveWindow)
    for screen in sorted(set(Screen) - {Screen.LOGIN, Screen.HOME}):
        holder.go(screen)
        for _ in range(len(PARENT)):
            if holder.screen is Screen.HOME:
                break
            QTest.keyClick(holder.window, Qt.Key.Key_Escape)
        assert holder.screen is Screen.HOME, screen


def test_a_module_opens_by_the_keyboard_and_tab_goes_on_in_it(holder: App) -> None:
    holder.window.activateWindow()
    holder.wait(holder.window.isActiveWindow)
    tile = holder.find(QWidget, "homeUnit")
    tile.setFocus()
    QTest.keyClick(tile, Qt.Key.Key_Return)
    assert holder.screen is Screen.UNIT
    holder.settle()
    page = holder.window._app_pages.page(Screen.UNIT)
    for _ in range(6):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        if now.objectName() == "unitAdd":
            break
    assert page.isAncestorOf(now)
    QTest.keyClick(now, Qt.Key.Key_Space)
    assert holder.screen is Screen.GRANT
    assert QApplication.focusWidget() is not None
    assert QApplication.focusWidget().objectName() == "grantName"


def test_every_control_of_every_page_has_a_name(holder: App, bidseal_company: PreparedCompany) -> None:
    holder.window.app.dismiss_banner()  # which names the number that it was sent to
    for screen in set(Screen) - {Screen.INBOX}:
        holder.go(screen)
        assert bidseal_company.mobile not in holder.texts()
        for button in holder.window.findChildren(QAbstractButton):
            if button.isVisibleTo(holder.window) and button.objectName():
                assert button.accessibleName() or button.text(), (screen, button.objectName())


def test_every_page_speaks_english_without_chinese_left(holder: App, bidseal_company: PreparedCompany) -> None:
    holder.languages.use(Language.ENGLISH)
    holder.window.app.dismiss_banner()  # the message is the platform's, in Chinese
    names = (bidseal_company.name, holder.platform.name, "张伟的手机", "张伟", "投标工位一", "公章", "中文", "、")
    for screen in set(Screen) - {Screen.INBOX}:
        holder.go(screen)
        shown = holder.texts()
        for name in names:
            shown = shown.replace(name, "")
        assert not any("\u4e00" <= c <= "\u9fff" for c in shown), (screen, shown)


@pytest.mark.usefixtures("light_again")
def test_the_phone_follows_the_dark_theme_and_back(app: App, qapp: QApplication) -> None:
    theme.apply(qapp, Mode.DARK)
    assert app.window._screen.styleSheet() == phone_sheet()
    assert DARK.ground in app.window._screen.styleSheet()
    image = app.window.grab().toImage()
    assert QColor(image.pixelColor(40, 600)).name().upper() == DARK.ground
    theme.apply(qapp, Mode.LIGHT)
    image = app.window.grab().toImage()
    assert QColor(image.pixelColor(40, 600)).name().upper() == LIGHT.ground


@pytest.mark.usefixtures("light_again")
@pytest.mark.parametrize("mode", Mode)
def test_the_words_on_the_home_pages_head_can_be_read_in_every_theme(qapp: QApplication, mode: Mode) -> None:
    theme.apply(qapp, mode)
    assert all(contrast(ON_HERO, ground) >= 4.5 for ground in hero_colours())


@pytest.mark.usefixtures("light_again")
def test_a_chosen_appearance_is_kept_for_the_next_start(qapp: QApplication, tmp_path: Path) -> None:
    first = Appearance(qapp, tmp_path)
    assert first.chosen == "system"
    first.choose("dark")
    assert theme.current().mode is Mode.DARK
    theme.apply(qapp, Mode.LIGHT)
    again = Appearance(qapp, tmp_path)
    assert again.chosen == "dark"
    assert theme.current().mode is Mode.DARK
    (tmp_path / "appearance").write_bytes(b"\xff" * 100)
    assert Appearance(qapp, tmp_path).chosen == "system"


def test_the_appearance_is_chosen_in_me(make_app: Callable[..., App], bidseal_company: PreparedCompany) -> None:
    app = make_app(theme="system")
    app.log_in(bidseal_company.mobile)
    chosen: list[str] = []
    app.window.theme_chosen.connect(chosen.append)
    app.go(Screen.ME)
    app.press("meTheme_dark")
    assert chosen == ["dark"]


def test_every_operation_and_notice_has_its_words() -> None:
    assert set(operation_words()) == set(Operation)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    for kind in NoticeKind:
        notice = Notice(number=1, kind=kind, details={}, created_at=at, is_read=False)
        assert notice_words(notice)[0] != "平台通知", kind
    newer = Notice(number=1, kind="something_new", details={"name": "公章"}, created_at=at, is_read=False)
    assert notice_words(newer) == ("平台通知", "公章")
