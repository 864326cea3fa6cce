"""The phone as a window: body, status bar, the pages of app and scan, the SMS banner.

A window without a frame, whose shape is the phone's: it is moved by its bezel or status bar, and closed there.
"""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QEnterEvent,
    QGuiApplication,
    QKeySequence,
    QMouseEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.clock import Clock
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.app_pages import AppPages
from desktop.phone.window.base import PhonePage
from desktop.phone.window.bottom_bar import BottomBar
from desktop.phone.window.certificate_page import CertificatePage
from desktop.phone.window.certificates_page import CertificatesPage
from desktop.phone.window.chrome import Body, SmsBanner, StatusBar, body_region
from desktop.phone.window.codes_page import CodesPage
from desktop.phone.window.consent_page import ConsentPage, WaitingPage
from desktop.phone.window.follow_page import FollowPage
from desktop.phone.window.home_page import HomePage
from desktop.phone.window.inbox import Sms
from desktop.phone.window.inbox_page import InboxPage
from desktop.phone.window.login_page import LoginPage
from desktop.phone.window.me_page import MePage
from desktop.phone.window.modules import Modules
from desktop.phone.window.scan_model import ScanModel
from desktop.phone.window.scan_pages import ResultPage, ScanPage
from desktop.phone.window.seals_page import SealsPage
from desktop.phone.window.states import MAIN, ScanState, Screen, Stage
from desktop.phone.window.style import (
    BEZEL,
    FULL_HEIGHT,
    LEAST_HEIGHT,
    SCANNER,
    SCREEN_WIDTH,
    STATUS_HEIGHT,
    hero_colours,
    phone_sheet,
)
from desktop.ui.i18n import tr
from desktop.ui.theme import current

_FLAGS = (
    Qt.WindowType.Window
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowSystemMenuHint
    | Qt.WindowType.WindowMinimizeButtonHint
    | Qt.WindowType.WindowCloseButtonHint
)
_DARK_STAGES = frozenset({Stage.LOOKING, Stage.NOT_FOUND, Stage.CONNECTING, Stage.CHECKING})


class PhoneWindow(QWidget):
    """One phone, `height` pixels high. The models are the caller's; closing the window winds them up."""

    theme_chosen = Signal(str)

    def __init__(
        self,
        app: AppModel,
        scan: ScanModel,
        modules: Modules,
        pages: AppPages,
        clock: Clock,
        *,
        height: int = FULL_HEIGHT,
    ) -> None:
        super().__init__(None, _FLAGS)
        self.setObjectName("phoneWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.app, self.scan, self.modules, self._app_pages = app, scan, modules, pages
        self._grip: QPoint | None = None
        self._mouse_at_show = QPoint()
        self.setFixedSize(SCREEN_WIDTH + 2 * BEZEL, max(height, LEAST_HEIGHT))
        if QGuiApplication.platformName() == "xcb":
            # X11 without a compositor shows transparent corners black.
            self.setMask(body_region(self.size()))
        self._screen = QWidget(self)
        self._screen.setObjectName("phoneScreen")
        self._screen.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._screen.setGeometry(self.rect().adjusted(BEZEL, BEZEL, -BEZEL, -BEZEL))
        self._screen.setStyleSheet(phone_sheet())
        self.status = StatusBar(clock)
        self._pages = QStackedWidget()
        self.bar = BottomBar()
        scanning, consent = ScanPage(scan, is_low=self.height() < FULL_HEIGHT), ConsentPage(scan)
        self.codes = CodesPage(scan)
        self._scan_pages: dict[Stage, PhonePage[ScanState]] = {
            Stage.LOOKING: scanning,
            Stage.NOT_FOUND: scanning,
            Stage.CONNECTING: scanning,
            Stage.CONSENT: consent,
            Stage.WAITING: WaitingPage(scan),
            Stage.CODES: self.codes,
            Stage.CHECKING: scanning,
            Stage.RESULT: ResultPage(scan),
        }
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        for page in dict.fromkeys(self._scan_pages.values()):
            self._pages.addWidget(page)
        column = QVBoxLayout(self._screen)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.status)
        column.addWidget(self._pages, 1)
        column.addWidget(self.bar)
        self.banner = SmsBanner(self._screen)
        self._body = Body(self)
        self._body.raise_()

    def _connect(self) -> None:
        self.app.changed.connect(self._show)
        self.scan.changed.connect(self._show)
        self.scan.finished.connect(self._scanned)
        self.bar.chosen.connect(self.app.open)
        self._app_pages.tell(self._take_in)
        self.banner.code_taken.connect(self._take_code)
        self.banner.dismissed.connect(self.app.dismiss_banner)
        self.status.mouse_came.connect(self._mouse_came)
        self.status.minimize.clicked.connect(self.showMinimized)
        self.status.close_phone.clicked.connect(self.close)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self, self.close)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._escape)

    @property
    def login(self) -> LoginPage:
        """The login page."""
        page = self._app_pages.page(Screen.LOGIN)
        assert isinstance(page, LoginPage)
        return page

    def _take_in(self, page: PhonePage[Any]) -> None:
        """Put a page that was just made where it belongs, and listen to it."""
        self._pages.addWidget(page)
        if isinstance(page, InboxPage):
            page.code_taken.connect(self._take_code)
        elif isinstance(page, MePage):
            page.theme_chosen.connect(self.theme_chosen)
        elif isinstance(page, HomePage | CertificatesPage | CertificatePage | FollowPage | SealsPage):
            page.scan_requested.connect(self.scan.start)

    def _show(self) -> None:
        self.setWindowTitle(tr("虚拟手机"))
        stage, screen = self.scan.state.stage, self.app.state.screen
        page: QWidget = self._app_pages.page(screen) if stage is Stage.IDLE else self._scan_pages[stage]
        if self._pages.currentWidget() is not page:
            self._turn_to(page)
        self.bar.setVisible(stage is Stage.IDLE and screen in MAIN)
        self.bar.show_state(self.app.state)
        at_home = stage is Stage.IDLE and screen is Screen.HOME
        self._colour_status(stage, page, at_home=at_home)
        # Nothing lies over what is being agreed to; the message waits in the inbox.
        self.banner.show_sms(self.app.state.banner if stage is Stage.IDLE else None)

    def _turn_to(self, page: QWidget) -> None:
        before, focused = self._pages.currentWidget(), QApplication.focusWidget()
        had_focus = before is not None and focused is not None and before.isAncestorOf(focused)
        self._pages.setCurrentWidget(page)
        if had_focus and isinstance(page, PhonePage) and self.scan.state.stage is Stage.IDLE:
            # Whoever came by the keyboard goes on by it, and does not begin in a page that is out of sight.
            page.take_focus()

    def _escape(self) -> None:
        """Esc goes back, as far as the app's own pages go; a scan has its own ways out."""
        screen = self.app.state.screen
        if self.scan.state.stage is Stage.IDLE and screen not in (Screen.LOGIN, Screen.HOME):
            self.app.back()

    def _scanned(self) -> None:
        self.app.refresh()
        if self.app.state.session is not None:
            self.modules.after_scan(self.app.state.screen)

    def _colour_status(self, stage: Stage, page: QWidget, *, at_home: bool) -> None:
        colours = current().colours
        if stage in _DARK_STAGES:
            self.status.set_ground(SCANNER, is_dark=True)
        elif at_home:
            self.status.set_ground(hero_colours()[0], is_dark=True)
        else:
            has_head = stage is Stage.CONSENT or (isinstance(page, PhonePage) and not page.nav.isHidden())
            self.status.set_ground(colours.surface if has_head else colours.ground, is_dark=False)

    def _dress(self) -> None:
        sheet = phone_sheet()
        if self._screen.styleSheet() != sheet:
            self._screen.setStyleSheet(sheet)
            self._show()

    def _mouse_came(self, at: QPoint) -> None:
        # A phone that appears below a resting mouse looks like a phone.
        if at != self._mouse_at_show:
            self.status.show_controls(shown=True)

    def _take_code(self, sms: Sms) -> None:
        QGuiApplication.clipboard().setText(sms.code)
        if self.app.state.screen is Screen.LOGIN and self.login.mobile.value == sms.mobile:
            self.login.fill_code(sms.code)
        self.app.dismiss_banner()

    def showEvent(self, event: QShowEvent) -> None:
        """Remember where the mouse was; the keyboard begins at the page's first field, not around the whole page."""
        self._mouse_at_show = QCursor.pos()
        page = self._pages.currentWidget()
        if self.focusWidget() is None and isinstance(page, PhonePage):
            page.take_focus()
        super().showEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer minimizing and closing."""
        self._mouse_came(event.globalPosition().toPoint())
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Look like a phone again."""
        self.status.show_controls(shown=False)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the phone by its bezel or status bar."""
        at = event.position().toPoint()
        # Without a title bar; a page's own blank parts are no handle, they may be scrolled.
        is_handle = not self._screen.geometry().adjusted(0, STATUS_HEIGHT, 0, 0).contains(at)
        handle = self.windowHandle()
        if event.button() is not Qt.MouseButton.LeftButton or not is_handle or handle is None:
            super().mousePressEvent(event)
        elif not handle.startSystemMove():
            self._grip = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move along, where the window system leaves that to us."""
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None
        super().mouseReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Say the words of the window again in a new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setWindowTitle(tr("虚拟手机"))
            self.status.retranslate()
            self.bar.show_state(self.app.state)
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "bar"):
            self._dress()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wind up the models' workers."""
        self.scan.stop()
        self.modules.stop()
        self.app.stop()
        super().closeEvent(event)
