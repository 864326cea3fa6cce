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
    """The pages, each made when it is shown for the first time: there are twenty, and most days need three.

    `pick` asks for files, `theme` see `build_window`.
    """

    def __init__(
        self, app: AppModel, modules: Modules, languages: Languages, *, pick: FilePicker, theme: str = ""
    ) -> None:
        self._makers: dict[Screen, Callable[[], PhonePage[Any]]] = {
            Screen.LOGIN: lambda: LoginPage(app),
            Screen.HOME: lambda: HomePage(app),
            Screen.CERTIFICATES: lambda: CertificatesPage(app, modules.certificates, modules.follow),
            Screen.CERTIFICATE: lambda: CertificatePage(app, modules.certificates, modules.follow, modules.forgotten),
            Screen.FOLLOW: lambda: FollowPage(app, modules.follow, pick),
            Screen.PASSWORD: lambda: PasswordPage(app),
            Screen.FORGOTTEN: lambda: ForgottenPage(app, modules.forgotten, pick),
            Screen.SEALS: lambda: SealsPage(app, modules.seals),
            Screen.SEAL_APPLICATION: lambda: SealApplicationPage(app, modules.seals, modules.certificates, pick),
            Screen.UNIT: lambda: UnitPage(app, modules.unit),
            Screen.GRANT: lambda: GrantPage(app, modules.unit),
            Screen.RECORDS: lambda: RecordsPage(app, modules.records),
            Screen.INBOX: lambda: InboxPage(app),
            Screen.ME: lambda: MePage(app, languages, theme=theme),
            Screen.SECURITY: lambda: SecurityPage(app, modules.security),
            Screen.LOGIN_PASSWORD: lambda: LoginPasswordPage(app, modules.security),
            Screen.MOBILE: lambda: MobilePage(app, modules.security, pick),
            Screen.DEVICES: lambda: DevicesPage(app, modules.security),
            Screen.NOTICES: lambda: NoticesPage(app, modules.notices),
        }
        self._made: dict[Screen, PhonePage[Any]] = {}
        self._on_made: Callable[[PhonePage[Any]], object] = lambda _page: None

    def tell(self, on_made: Callable[[PhonePage[Any]], object]) -> None:
        """Have `on_made` called with each page that is made."""
        self._on_made = on_made

    def page(self, screen: Screen) -> PhonePage[Any]:
        """Return the page of a screen."""
        if screen not in self._made:
            self._made[screen] = self._makers[screen]()
            self._on_made(self._made[screen])
        return self._made[screen]
