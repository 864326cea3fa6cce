"""The window as a whole: language and look change with a page open; the platform goes away and comes back."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDialog, QListWidget, QWidget

from desktop.domain.clock import ManualClock
from desktop.testing import OfficeWorker, PhoneHolder, Platform, PreparedCompany, wait_until
from tests.app.words import words_on


def chinese(text: str) -> str:
    return "".join(c for c in text if "\u4e00" <= c <= "\u9fff")


def test_the_language_changes_with_a_document_open_and_nothing_is_lost(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    screen = bidseal_window.screen
    bidseal_window.open_document(bidseal_company.document())
    bidseal_window.place_seal(100, 100)
    screen.click("nav_me")
    screen.click("meSection_settings")
    screen.click("languageSwitch_en")
    screen.click("nav_sealing")
    wait_until(lambda: screen.text_of("sealButton").isascii(), "the button to speak English")
    screen.find("removeSealButton")
    names = (bidseal_company.name, f"{bidseal_company.name}公章", bidseal_company.company.holder, "投标文件.pdf")
    seals = screen.find("sealChoice", QListWidget)
    left = "\n".join([words_on(screen), *(seals.item(n).text() for n in range(seals.count()))])
    for name in ("江西交投集团招标采购交易平台", *sorted(names, key=len, reverse=True)):
        left = left.replace(name, "")
    assert chinese(left) == ""
    screen.click("nav_me")
    screen.click("meSection_settings")
    screen.click("languageSwitch_zh")
    screen.click("nav_sealing")
    wait_until(lambda: screen.text_of("sealButton") == "扫码签章", "the button to speak Chinese")


@pytest.mark.parametrize("look", ["dark", "contrast", "light"])
def test_the_look_changes_with_a_page_open(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, look: str
) -> None:
    screen = bidseal_window.screen
    bidseal_window.open_document(bidseal_company.document())
    screen.click("nav_me")
    screen.click("meSection_settings")
    screen.click(f"themeSwitch_{look}")
    screen.click("nav_sealing")
    app = QApplication.instance()
    assert isinstance(app, QApplication)

    def brightness() -> int:
        image = screen.find("sealingSide").grab().toImage()
        return QColor(image.pixel(4, 4)).lightness()

    wait_until(lambda: (brightness() > 128) == (look == "light"), f"the side column to be {look}")
    assert screen.is_visible("pageCanvas")
    screen.click("nav_me")
    screen.click("meSection_settings")
    screen.click("themeSwitch_light")


def test_without_platform_the_page_says_so_and_recovers(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    screen = bidseal_window.screen
    bidseal_platform.stop()
    screen.click("nav_sealing")
    screen.find("offlineView")
    bidseal_platform.start()
    screen.click("offlineViewRetry")
    screen.find("sealDrop")


def test_the_login_page_without_platform_says_so_and_recovers(
    bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    screen = bidseal_window.screen
    bidseal_platform.stop()
    screen.type_text("mobileField", "13512345678")
    screen.click("sendCodeButton")
    screen.find("loginBanner")
    bidseal_platform.start()
    bidseal_window.register("13512345678", lambda: bidseal_platform.sms_code("13512345678"))
    screen.find("nav_home")


def test_a_file_opened_before_the_platform_went_away_can_be_sealed_after_it_is_back(
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    bidseal_platform: Platform,
    bidseal_clock: ManualClock,
) -> None:
    screen = bidseal_window.screen
    bidseal_window.open_document(bidseal_company.document())
    bidseal_window.place_seal(100, 100)
    bidseal_platform.stop()
    screen.click("sealButton")
    screen.find("scanDialog")

    def is_said() -> bool:
        bidseal_clock.advance(0.1)
        return screen.is_visible("scanWarning")

    wait_until(is_said, "a word about the platform")
    assert not screen.is_visible("qrCode")
    bidseal_platform.start()
    screen.read_code()


class WindowWatch(QObject):
    """Notes every widget that is shown as a window of its own, but for dialogs, menus and tooltips."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            kinds = ("QMenu", "QTipLabel", "QComboBoxPrivateContainer")
            if not isinstance(watched, QDialog) and watched.metaObject().className() not in kinds:
                self.seen.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def test_nothing_flashes_as_a_window_of_its_own(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    """A widget made visible before it has a parent is a window for a moment: it flickers, and is laid out wrongly."""
    app = QApplication.instance()
    assert app is not None
    watch = WindowWatch()
    app.installEventFilter(watch)
    try:
        sealed = bidseal_window.seal(bidseal_company.document(), bidseal_phone)
        bidseal_window.verify(sealed)
        for page in ("home", "projects", "certificates", "seals", "records", "me"):
            bidseal_window.screen.click(f"nav_{page}")
            bidseal_window.settle()
    finally:
        app.removeEventFilter(watch)
    assert watch.seen == []


def test_the_bell_follows_what_is_read_on_my_page(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    bell = bidseal_window.client.window.header.bell
    wait_until(lambda: bell.unread > 0, "the notices of the first certificate and seal to be counted")
    bidseal_window.screen.click("noticeBell")
    bidseal_window.screen.click("markAllReadButton")
    wait_until(lambda: bell.unread == 0, "the bell to be empty")
