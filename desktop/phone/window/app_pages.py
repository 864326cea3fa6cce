"""The app's own pages, by the name of their screen."""

from collections.abc import Callable
from typing import Any

from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage
from desktop.phone.window.certificate_page import CertificatePage
from desktop.phone.window.certificates_page import CertificatesPage
from desktop.phone.window.detail_pages import PasswordPage
from desktop.phone.window.follow_page import FollowPage
from desktop.phone.window.grant_page import GrantPage
from desktop.phone.window.home_page import HomePage
from desktop.phone.window.inbox_page import InboxPage
from desktop.phone.window.login_page import LoginPage
from desktop.phone.window.me_page import MePage
from desktop.phone.window.mobile_page import MobilePage
from desktop.phone.window.modules import Modules
from desktop.phone.window.notices_page import NoticesPage
from desktop.phone.window.password_page import ForgottenPage
from desktop.phone.window.records_page import RecordsPage
from desktop.phone.window.seal_application_page import SealApplicationPage
from desktop.phone.window.seals_page import SealsPage
from desktop.phone.window.security_pages import DevicesPage, LoginPasswordPage, SecurityPage
from desktop.phone.window.states import Screen
from desktop.phone.window.unit_page import UnitPage
from desktop.ui.i18n import Languages
from desktop.ui.kit.drop import FilePicker


class AppPages:
    """Makes the pages. `pick` asks for files, `theme` see `build_window`."""

    def __init__(
        self, app: AppModel, modules: Modules, languages: Languages, *, pick: FilePicker, theme: str = ""
    ) -> None:
        self.login = LoginPage(app)
        self.home = HomePage(app)
        self.inbox = InboxPage(app)
        self.me = MePage(app, languages, theme=theme)
        self._certificates = CertificatesPage(app, modules.certificates, modules.follow)
        self._certificate = CertificatePage(app, modules.certificates, modules.follow, modules.forgotten)
        self._follow = FollowPage(app, modules.follow, pick)
        self._seals = SealsPage(app, modules.seals)
        self.by_screen: dict[Screen, PhonePage[Any]] = {
            Screen.LOGIN: self.login,
            Screen.HOME: self.home,
            Screen.CERTIFICATES: self._certificates,
            Screen.CERTIFICATE: self._certificate,
            Screen.FOLLOW: self._follow,
            Screen.PASSWORD: PasswordPage(app),
            Screen.FORGOTTEN: ForgottenPage(app, modules.forgotten, pick),
            Screen.SEALS: self._seals,
            Screen.SEAL_APPLICATION: SealApplicationPage(app, modules.seals, modules.certificates, pick),
            Screen.UNIT: UnitPage(app, modules.unit),
            Screen.GRANT: GrantPage(app, modules.unit),
            Screen.RECORDS: RecordsPage(app, modules.records),
            Screen.INBOX: self.inbox,
            Screen.ME: self.me,
            Screen.SECURITY: SecurityPage(app, modules.security),
            Screen.LOGIN_PASSWORD: LoginPasswordPage(app, modules.security),
            Screen.MOBILE: MobilePage(app, modules.security, pick),
            Screen.DEVICES: DevicesPage(app, modules.security),
            Screen.NOTICES: NoticesPage(app, modules.notices),
        }

    def connect_scan(self, start: Callable[[], object]) -> None:
        """Let 扫码 begin wherever a page offers it."""
        for page in (self.home, self._certificates, self._certificate, self._follow, self._seals):
            page.scan_requested.connect(start)
