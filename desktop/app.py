"""The composition root: puts services, models and pages together, and starts the processes of the demo.

The client's window is one `MainShell` whose entries follow who is signed in: nobody, a bidder, or the review desk. It
is painted before the services are loaded: they take four times as long as the window (docs/performance.md).
Everything that may fail at start says what to do next and ends with a status; nothing is half started.
"""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop import __version__
from desktop.domain.clock import Clock, SystemClock
from desktop.domain.errors import BidSealError
from desktop.domain.operations import MemberRole
from desktop.services.events import Changed
from desktop.store.logs import start_log
from desktop.store.paths import DataFolder, data_folder
from desktop.store.settings import Settings, SettingsStore
from desktop.ui import theme
from desktop.ui.dialogs import AskFolder, ConfirmDialog, ask_folder
from desktop.ui.garbage import GarbageCollector, settle
from desktop.ui.i18n import Language, Languages, tr
from desktop.ui.kit import FileChooser, FilePicker, SyncState, pick_files
from desktop.ui.page import Page, Phase
from desktop.ui.resources import PLATFORMS
from desktop.ui.shell import MainShell, MenuEntry, NavEntry, UnitEntry
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, end_all, run
from desktop.ui.tokens import Mode

if TYPE_CHECKING:
    from desktop.services.platform_time import PlatformTime
    from desktop.services.platforms import KnownPlatform, Platforms
    from desktop.services.workspace import Workspace
    from desktop.store.journal import Entry
    from desktop.views.login import SessionBar
    from desktop.views.scan import Cameras, ScanOpener

_SYNC_MS = 15_000
_WIDTH, _HEIGHT = 1280, 820
_END_MS = 3_000
_WATCH_MS = 1_000
#: A window that starts minimized is not painted.
_UNPAINTED_MS = 1_000
_EX_UNAVAILABLE = 69
_APPS = "apps"
#: A module of the rail: id, title, icon, and what makes its page.
_Module = tuple[str, Callable[[], str], str, Callable[[], Any]]


class Client(QObject):
    """The client's window and what it shows to whom."""

    _happened = Signal(object)
    workspace: "Workspace"
    platforms: "Platforms"
    _time: "PlatformTime"

    def __init__(
        self,
        languages: Languages,
        *,
        pick: FilePicker = pick_files,
        ask: AskFolder = ask_folder,
        cameras: "Callable[[], Cameras] | None" = None,
        open_phone: Callable[[], object] | None = None,
    ) -> None:
        """Make the window alone; `open` puts the services behind it.

        `cameras` instead of this computer's own; `open_phone` brings the virtual phone, where there is one.
        """
        super().__init__()
        self._cameras, self._open_phone = cameras, open_phone
        self._is_open = False
        self._clock: Clock = SystemClock()
        self._happened.connect(self._on_change)
        self._was_synced = self._is_reachable = True
        self._languages = languages
        self._interrupted: tuple[Entry, ...] = ()
        self._unsubscribe: Callable[[], None] = lambda: None
        self._pick, self._ask = pick, ask
        self._role, self._person = "none", ""
        self._is_quitting = False
        self._counting: TaskHandle[int] | None = None
        self._session_bar: SessionBar | None = None
        self._closers: list[Callable[[], None]] = []
        menu = (
            MenuEntry(id="me", title=lambda: tr("我的"), icon="user", action=lambda: self.go("me", "")),
            MenuEntry(
                id="sign_out", title=lambda: tr("退出登录"), icon="log-out", action=self.sign_out, is_separated=True
            ),
        )
        self.window = MainShell([], clock=SystemClock(), user_menu=menu)
        self.window.resize(_WIDTH, _HEIGHT)
        self.window.set_sync_state(SyncState.SYNCING)
        self.window.set_rail_visible(visible=False)
        self.window.closing.connect(self.close)
        self.window.may_close = self._may_close
        self.window.header.unit_chosen.connect(self.switch_unit)
        self.window.header.notices_requested.connect(lambda: self.go("me", "notices"))
        self.window.header.check_requested.connect(lambda: self.go("me", "download"))
        self.window.page_shown.connect(lambda _page: self._count_notices())
        self._timer = QTimer(self)
        self._timer.setInterval(_SYNC_MS)
        self._timer.timeout.connect(self._sync)

    # -- life ------------------------------------------------------------------------------------------------------

    def open(self, workspace: "Workspace", platforms: "Platforms | None" = None) -> None:
        """Put the services behind the window and show the first page; `platforms` is the list it stands on."""
        from desktop.services.platform_time import PlatformTime
        from desktop.services.platforms import Platforms

        self.workspace, self._is_open, self._clock = workspace, True, workspace.clock
        self.platforms = platforms or Platforms(workspace.folder, PLATFORMS, given=workspace.profile)
        self._interrupted = workspace.interrupted()
        self._time = PlatformTime(workspace.clock, workspace.api)
        self.window.clock.set_clock(self._time)
        self._unsubscribe = workspace.bus.subscribe(self._happened.emit)
        self._show_entries()

    def start(self) -> None:
        """Show the window, take up a remembered session, and keep time with the platform."""
        self.window.show()
        self._timer.start()
        self._sync()
        run(self._resume, lambda _resumed: None, lambda _error: None, receiver=self)

    def quit(self) -> None:
        """Close the window without a question, whatever is open in it."""
        self._is_quitting = True
        self.window.close()

    def close(self) -> None:
        """Stop listening and let the pages go, so that open scans are cancelled."""
        self._unsubscribe()
        self._timer.stop()
        self._drop_pages()
        end_all(_END_MS)

    def choose(self, platforms: "Platforms") -> None:
        """Have a person choose the platform: none is chosen, or the one chosen is no more."""
        from desktop.views.settings import PlatformChoicePage, PlatformsModel

        self.platforms = platforms
        self._drop_pages()

        def make() -> Any:
            return PlatformChoicePage(
                PlatformsModel(platforms), use=self.work_with, pick=self._pick, apply_language=self._apply_language
            )

        self.window.set_entries(
            [NavEntry(id="platforms", title=lambda: tr("选择平台"), icon="building-2", factory=make)]
        )

    def work_with(self, known: "KnownPlatform") -> None:
        """Work with a platform from now on and at the next start; what is open of another one is put away first.

        A platform that cannot be opened is said, and another can be chosen.
        """
        from desktop.services.workspace import open_workspace

        self._leave()
        self._drop_pages()
        try:
            workspace = open_workspace(profile=known.profile, folder=known.folder, clock=self._clock, random=os.urandom)
        except BidSealError as error:
            self.choose(self.platforms)
            self.show_problem(error)
            return
        self.open(workspace, self.platforms)
        self.start()

    def choose_another(self) -> None:
        """Put the present platform away and have a person choose again, as from the login page."""
        self._leave()
        self.choose(self.platforms)

    def _leave(self) -> None:
        """Put away what is open of the present platform; its session stays remembered."""
        if not self._is_open:
            return
        self._is_open = False
        self._unsubscribe()
        self._timer.stop()
        self._drop_pages()
        self._role, self._person = "none", ""
        if self._session_bar is not None:
            self._session_bar.show_ended(ended=False)
        self.window.set_account("", "")
        self.window.set_rail_visible(visible=False)
        self.window.set_sync_state(SyncState.SYNCING)
        end_all(_END_MS)
        self.workspace.close()

    def show_problem(self, error: BidSealError) -> None:
        """Say what went wrong, over whatever is shown."""
        from desktop.ui.dialogs import ProblemDialog

        ProblemDialog(error, parent=self.window).open()

    def show_download(self) -> None:
        """Show the apps and the connection check: in my page, or where there is none as a window above."""
        from desktop.views.download import DownloadDialog, DownloadModel

        if self._role != "none":
            self.window.show_page("me")
            self.window.page("me").receive(_APPS)  # type: ignore[attr-defined] # it is a MePage
            return
        model = DownloadModel(self.workspace, open_phone=self._open_phone)
        DownloadDialog(model, parent=self.window).open()

    def go(self, page: str, payload: str) -> None:
        """Show a page; `payload` is for it alone (which order, start what). What this role does not have stays away."""
        if (page, payload) == ("me", "download"):
            self.show_download()
            return
        if page == "lot":  # an agency's own, or one to bid for
            page, payload = (
                ("publish", payload) if self.window.has_page("publish") else ("projects", f"tenders:{payload}")
            )
        if page == "projects" and not self.window.has_page(page):
            page = "opening" if payload else "room"
        if not self.window.has_page(page):
            return
        self.window.show_page(page)
        receive = getattr(self.window.page(page), "receive", None)
        if payload and receive is not None:
            receive(payload)

    def switch_unit(self, organization_id: str) -> None:
        """Work for another of the person's units, after a question where work is open: all pages begin anew."""
        name = next((m.name for m in self.workspace.account.memberships if m.organization_id == organization_id), "")
        works = self._open_works()
        if not works:
            self._act_for(organization_id)
            return
        text = tr("以下工作尚未完成, 切换单位后需重新开始: {works}。", works=works)
        title = tr("切换到 {unit}?", unit=name)
        dialog = ConfirmDialog(title, text, tr("切换单位"), is_destructive=True, parent=self.window)
        dialog.accepted.connect(lambda: self._act_for(organization_id))
        dialog.open()

    def log_in_again(self) -> None:
        """Have the person whose session has ended log in above the pages, and go on with what is open there."""
        from desktop.views.login import LogInAgainDialog, LoginModel

        dialog = LogInAgainDialog(LoginModel(self.workspace), cameras=self._preferred, parent=self.window)
        dialog.accepted.connect(self._go_on)
        dialog.open()

    def sign_out(self) -> None:
        """End the session, after a question where work is open."""
        works = self._open_works()
        if not works:
            self._sign_out()
            return
        text = tr("以下工作尚未完成, 退出后需重新开始: {works}。", works=works)
        dialog = ConfirmDialog(tr("退出登录?"), text, tr("退出登录"), is_destructive=True, parent=self.window)
        dialog.accepted.connect(self._sign_out)
        dialog.open()

    def _may_close(self) -> bool:
        """Tell whether the window may close now; where work is open a person is asked first, and closes it by that."""
        works = "" if self._is_quitting else self._open_works()
        if works:
            text = tr("以下工作尚未完成, 关闭后需重新开始: {works}。", works=works)
            title = tr("关闭投标签章客户端?")
            dialog = ConfirmDialog(title, text, tr("关闭窗口"), is_destructive=True, parent=self.window)
            dialog.accepted.connect(self.quit)
            dialog.open()
        return not works

    def _open_works(self) -> str:
        """Say what would be lost if the pages began anew; empty for nothing."""
        told = [getattr(page, "open_work", str)() for page in self.window.pages.values()]
        return "; ".join(work for work in told if work)

    def _sign_out(self) -> None:
        def work(progress: ReportProgress, cancel: CancelToken) -> None:
            progress(0, 0)
            cancel.raise_if_set()
            self.workspace.account.sign_out()

        run(work, lambda _nothing: None, lambda _error: None, receiver=self)

    # -- who sees what ---------------------------------------------------------------------------------------------

    def _on_change(self, change: object) -> None:
        if change is Changed.SESSION:
            self._show_entries()
        if change in {Changed.SESSION, Changed.SESSION_ENDED}:
            self._show_session()
        if change is Changed.NOTICES:
            self._count_notices()

    def _show_session(self) -> None:
        """Offer a new login where the session has ended; say nothing while it holds."""
        ended = self.workspace.account.is_ended
        if ended and self._session_bar is None:
            from desktop.views.login import SessionBar

            self._session_bar = SessionBar()
            self._session_bar.log_in_requested.connect(self.log_in_again)
            self.window.add_bar(self._session_bar)
        if self._session_bar is not None:
            self._session_bar.show_ended(ended=ended)

    def _try_again(self, phase: Phase) -> None:
        """Have the pages that show `phase` fetch what they could not before; what was typed in others stays."""
        for page in self.window.findChildren(Page):
            if page.phase is phase:
                page.retry_requested.emit()

    def _go_on(self) -> None:
        """Have the pages fetch what was refused to them meanwhile."""
        self._try_again(Phase.PROBLEM)
        for change in (Changed.ORDERS, Changed.CERTIFICATES, Changed.SEALS, Changed.RECORDS, Changed.NOTICES):
            self.workspace.bus.publish(change)

    def _show_entries(self) -> None:
        account = self.workspace.account
        person, organization = account.account, account.organization
        role = self._role_now()
        if self._person and person is not None and person.account_id != self._person:
            self._role = ""  # nothing of the one before is left for the next
        self._person = "" if person is None else person.account_id
        if role != self._role or not self.window.current_id:
            self._role = role
            self._drop_pages()
            self.window.set_rail_visible(visible=role != "none")
            makers = {"none": self._login, "operator": self._desk, "bidder": self._bidder, "agent": self._agent}
            self.window.set_entries(makers[role]())
        name = "" if person is None else person.name or person.mobile_masked
        self.window.set_account("", name)
        units = [
            UnitEntry(id=m.organization_id, name=m.name, role=partial(_role_word, m.role)) for m in account.memberships
        ]
        self.window.set_units(units, organization.organization_id if organization else "")
        self._count_notices()

    def _role_now(self) -> str:
        account = self.workspace.account
        if account.account is None:
            return "none"
        if account.is_operator:
            return "operator"
        return "agent" if account.is_agent else "bidder"

    def _act_for(self, organization_id: str) -> None:
        shown = self.window.current_id
        self._role = ""  # so that all pages are made anew, whatever the role
        self.workspace.account.switch_organization(organization_id)
        if self.window.has_page(shown):
            self.window.show_page(shown)

    def _drop_pages(self) -> None:
        """Let all pages go, and first what they hold open."""
        for close in self._closers:
            close()
        self._closers.clear()
        self.window.set_entries([])

    def _login(self) -> list[NavEntry]:
        return [NavEntry(id="login", title=lambda: tr("登录"), icon="log-in", factory=self._make_login)]

    def _desk(self) -> list[NavEntry]:
        return [
            NavEntry(
                id="review",
                title=lambda: tr("审核台"),
                icon="clipboard-check",
                factory=self._make_review,
                shortcut="Ctrl+1",
            ),
            NavEntry(
                id="verify", title=lambda: tr("验签"), icon="shield-check", factory=self._make_verify, shortcut="Ctrl+2"
            ),
            NavEntry(id="me", title=lambda: tr("我的"), icon="user", factory=self._make_me, is_foot=True),
        ]

    def _bidder(self) -> list[NavEntry]:
        projects: _Module = ("projects", lambda: tr("投标项目"), "file-lock", self._make_projects)
        room = NavEntry(
            id="room", title=lambda: tr("开标大厅"), icon="gavel", factory=self._make_room, within="projects"
        )
        return [*self._member([projects], after=[self._seals()]), room]

    def _agent(self) -> list[NavEntry]:
        """A tender agency publishes tenders and opens bids, and makes none; its seals stand at the foot."""
        tenders: list[_Module] = [
            ("publish", lambda: tr("招标项目"), "clipboard-check", self._make_publish),
            ("room", lambda: tr("开标大厅"), "gavel", self._make_room),
        ]
        files = NavEntry(
            id="opening",
            title=lambda: tr("解密投标文件包"),
            icon="file-lock",
            factory=self._make_opening,
            within="room",
        )
        identity, title, icon, factory = self._seals()
        seals = NavEntry(id=identity, title=title, icon=icon, factory=factory, is_foot=True)
        *entries, me = self._member(tenders)
        return [*entries, files, seals, me]

    def _seals(self) -> _Module:
        return ("seals", lambda: tr("电子印章"), "badge-check", self._make_seals)

    def _member(self, tenders: list[_Module], *, after: Sequence[_Module] = ()) -> list[NavEntry]:
        """Return what every member has, with what one kind of unit has after home and after the certificates."""
        makers: list[_Module] = [
            ("home", lambda: tr("首页"), "house", self._make_home),
            *tenders,
            ("sealing", lambda: tr("签章"), "stamp", self._make_sealing),
            ("verify", lambda: tr("验签"), "shield-check", self._make_verify),
            ("certificates", lambda: tr("数字证书"), "file-badge", self._make_certificates),
            *after,
            ("records", lambda: tr("使用记录"), "history", self._make_records),
        ]
        entries = [
            NavEntry(id=i, title=title, icon=icon, factory=factory, shortcut=f"Ctrl+{n}")
            for n, (i, title, icon, factory) in enumerate(makers, 1)
        ]
        return [
            *entries,
            NavEntry(id="me", title=lambda: tr("我的"), icon="user", factory=self._make_me, is_foot=True),
        ]

    # -- pages -----------------------------------------------------------------------------------------------------

    def _make_login(self) -> Any:
        from desktop.views.login import LoginModel, LoginPage

        model = LoginModel(self.workspace)
        page = LoginPage(model, apply_language=self._apply_language, cameras=self._preferred)
        page.help.clicked.connect(self.show_download)
        page.platform_requested.connect(self.choose_another)
        page.offer_platforms()
        return page

    def _make_home(self) -> Any:
        from desktop.views.home import HomeModel, HomePage

        page = HomePage(HomeModel(self.workspace, interrupted=self._interrupted, clock=self._time))
        page.navigate.connect(self.go)
        return page

    def _make_projects(self) -> Any:
        from desktop.views.package import OpenModel, OpenPage, PackModel, PackPage
        from desktop.views.tenders import LotModel, LotPage, LotsModel, LotsPage, ProjectsPage, TendersPage

        lot = LotModel(self.workspace, clock=self._time)
        tenders = TendersPage(
            LotsPage(LotsModel(self.workspace), clock=self._time),
            LotPage(lot, clock=self._time, scan=self._scan(), pick=self._pick),
        )
        self._closers.append(lot.finish)
        pack = PackPage(PackModel(self.workspace), scan=self._scan(), pick=self._pick)
        opening = OpenPage(OpenModel(self.workspace), scan=self._scan(), pick=self._pick)
        rehearsal = OpenPage(OpenModel(self.workspace, is_rehearsal=True), scan=self._scan(), pick=self._pick)
        page = ProjectsPage(tenders, pack, opening, rehearsal)
        page.navigate.connect(self.go)
        for each in (pack, opening, rehearsal):
            each.model.load()
        return page

    def _make_publish(self) -> Any:
        from desktop.views.publish import EditorModel, EditorPage, LotsModel, LotsPage, PublishPage

        lots = LotsPage(LotsModel(self.workspace))
        editor = EditorPage(EditorModel(self.workspace), scan=self._scan(), pick=self._pick)
        page = PublishPage(lots, editor)
        page.navigate.connect(self.go)
        page.notified.connect(self.window.show_toast)
        self._closers.append(page.close_work)
        return page

    def _make_room(self) -> Any:
        from desktop.views.room import make_hall

        page = make_hall(self.workspace, clock=self._time, scan=self._scan(), pick=self._pick, ask=self._ask)
        page.navigate.connect(self.go)
        self._closers.append(page.leave)
        return page

    def _make_opening(self) -> Any:
        from desktop.views.package import OpenModel, OpenPage

        page = OpenPage(OpenModel(self.workspace), scan=self._scan(), pick=self._pick)
        page.navigate.connect(self.go)
        page.model.load()
        return page

    def _make_sealing(self) -> Any:
        from desktop.views.sealing import SealingModel, SealingPage

        model = SealingModel(self.workspace)
        page = SealingPage(model, scan=self._scan(), pick=self._pick)
        page.navigate.connect(self.go)
        self._closers.append(model.close_all)
        model.load()
        return page

    def _make_verify(self) -> Any:
        from desktop.views.verify import VerifyModel, VerifyPage

        can_seal = self.window.has_page("sealing")
        page = VerifyPage(VerifyModel(self.workspace), pick=self._pick, can_seal=can_seal)
        page.navigate.connect(self.go)
        return page

    def _make_certificates(self) -> Any:
        from desktop.views.certificates import CertificatesModel, CertificatesPage

        page = CertificatesPage(CertificatesModel(self.workspace), scan=self._scan(), pick=self._pick)
        page.navigate.connect(self.go)
        page.notified.connect(self.window.show_toast)
        return page

    def _make_seals(self) -> Any:
        from desktop.views.seals import SealsModel, SealsPage

        model = SealsModel(self.workspace)
        page = SealsPage(model, scan=self._scan(), pick=self._pick, cameras=self._preferred)
        page.navigate.connect(self.go)
        page.notified.connect(self.window.show_toast)
        return page

    def _make_records(self) -> Any:
        from desktop.views.records import RecordsModel, RecordsPage

        model = RecordsModel(self.workspace)
        self._closers.append(model.cancel_export)
        return RecordsPage(model)

    def _make_review(self) -> Any:
        from desktop.views.review import ReviewModel, ReviewPage

        page = ReviewPage(ReviewModel(self.workspace))
        page.notified.connect(self.window.show_toast)
        return page

    def _make_me(self) -> Any:
        from desktop.views.me import MeModel, MePage

        page = MePage(
            MeModel(self.workspace),
            scan=self._scan(),
            pick=self._pick,
            sections=self._sections(),
            open_work=self._open_works,
            switch_unit=self.switch_unit,
        )
        page.navigate.connect(self.go)
        page.notified.connect(self.window.show_toast)
        return page

    def _sections(self) -> Any:
        from desktop.views.download import download_section
        from desktop.views.settings import SettingsParts, settings_section

        parts = SettingsParts(
            workspace=self.workspace,
            platforms=self.platforms,
            use_platform=self.work_with,
            apply_theme=apply_theme,
            apply_language=self._apply_language,
            cameras=self._preferred,
            pick=self._pick,
        )
        return (settings_section(parts), download_section(self.workspace, open_phone=self._open_phone))

    def _scan(self) -> "ScanOpener":
        from desktop.views.scan import open_scan

        return partial(open_scan, cameras=self._preferred)

    def _preferred(self) -> "Cameras":
        """Return the cameras, the one chosen in the settings first."""
        from desktop.views.scan import own_cameras
        from desktop.views.settings import preferring

        return preferring((self._cameras or own_cameras)(), self.workspace.settings)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _apply_language(self, language: str) -> None:
        self._languages.use(Language(language))

    def _resume(self, progress: ReportProgress, cancel: CancelToken) -> bool:
        progress(0, 0)
        cancel.raise_if_set()
        return self.workspace.account.resume()

    def _count_notices(self) -> None:
        """Ask how many notices are unread; who cannot be asked leaves the number as it is."""
        from desktop.services.notices import unread_count

        if self._counting is not None:
            self._counting.discard()  # may be of the person before, or from before something was read
        if not self._is_open or self.workspace.account.account is None:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> int:
            progress(0, 0)
            cancel.raise_if_set()
            return unread_count(self.workspace)

        self._counting = run(work, self._show_unread, lambda _error: None, receiver=self)

    def _show_unread(self, unread: int) -> None:
        """Put the same number to the bell and into the list of my page."""
        self.window.set_unread(unread)
        page: Any = self.window.pages.get("me")
        if page is not None:
            page.notices.learn(unread)

    def _sync(self) -> None:
        def work(progress: ReportProgress, cancel: CancelToken) -> bool:
            progress(0, 0)
            cancel.raise_if_set()
            synced = self._time.sync()
            if synced and not self._was_synced and self.workspace.account.account is not None:
                # What was done without a network is told when there is one again.
                self.workspace.records.flush()
            self._was_synced = synced
            return synced

        def done(synced: bool) -> None:  # noqa: FBT001 - a task's result
            is_back, self._is_reachable = synced and not self._is_reachable, synced
            self.window.set_sync_state(SyncState.SYNCED if synced else SyncState.UNSYNCED)
            if synced:
                self._count_notices()
            if is_back:
                self._try_again(Phase.OFFLINE)

        run(work, done, lambda _error: done(synced=False), receiver=self)


def _role_word(role: MemberRole) -> str:
    return tr("证书管理员") if role is MemberRole.CERTIFICATE_ADMIN else tr("证书使用人")


# -- starting ----------------------------------------------------------------------------------------------------------


def apply_theme(name: str) -> None:
    """Dress the application: light, dark, contrast, or system."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    modes = {"light": Mode.LIGHT, "dark": Mode.DARK, "contrast": Mode.HIGH_CONTRAST}
    theme.apply(app, modes.get(name) or theme.system_mode())


def make_application() -> QApplication:
    """Return the one application object."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(sys.argv[:1])
    app.setApplicationName("BidSeal")
    app.setApplicationDisplayName("投标签章客户端")
    app.setApplicationVersion(__version__)
    GarbageCollector(app)
    return app


def make_client(
    workspace: "Workspace",
    languages: Languages,
    *,
    pick: FilePicker = pick_files,
    ask: AskFolder = ask_folder,
    cameras: "Callable[[], Cameras] | None" = None,
    open_phone: Callable[[], object] | None = None,
) -> Client:
    """Dress the application as the settings say and return the client, not yet shown."""
    dress(workspace.settings.load(), languages)
    client = Client(languages, pick=pick, ask=ask, cameras=cameras, open_phone=open_phone)
    client.open(workspace)
    return client


def dress(settings: Settings, languages: Languages) -> None:
    """Give the application the look and the language that were chosen."""
    apply_theme(settings.theme)
    languages.use(Language(settings.language))


class Loading(QObject):
    """Paints the client's window, then loads the services and puts them behind it; `error` is what went wrong.

    A planned move of the data folder is done in between, before anything of it is opened.
    """

    def __init__(self, client: Client, platforms: "Callable[[DataFolder], Platforms]", folder: DataFolder) -> None:
        super().__init__(client)
        self.error: BidSealError | None = None
        self._client, self._platforms, self._folder = client, platforms, folder
        self._end_log: Callable[[], None] = lambda: None
        self._unpainted = QTimer(self)
        self._unpainted.setSingleShot(True)
        self._unpainted.timeout.connect(self._load)
        client.window.closing.connect(self._wait_no_more)
        client.window.closing.connect(self._log_no_more)
        client.window.installEventFilter(self)
        client.window.show()
        self._unpainted.start(_UNPAINTED_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin when everything has been painted once."""
        if event.type() == QEvent.Type.Paint and watched is self._client.window:
            self._unpainted.start(0)
        return False

    def _wait_no_more(self) -> None:
        self._unpainted.stop()
        self._client.window.removeEventFilter(self)

    def _log_no_more(self) -> None:
        self._end_log()

    def _load(self) -> None:
        self._wait_no_more()
        run(partial(_prepare, self._folder), self._open, self._fail, receiver=self)

    def _open(self, prepared: "tuple[DataFolder, BidSealError | None]") -> None:
        folder, not_moved = prepared
        settle()
        # Not before: a move finds no file that is being written.
        self._end_log = start_log(folder.logs)
        try:
            platforms = self._platforms(folder)
            known = platforms.chosen()
            if known is None:
                self._client.choose(platforms)
            else:
                self._client.platforms = platforms
                self._client.work_with(known)
        except BidSealError as error:
            self._fail(error)
            return
        if not_moved is not None:
            self._client.show_problem(not_moved)
        elif folder != self._folder:
            self._client.window.show_toast(tr("数据目录已移到 {place}, 原目录保留未动", place=folder.root))

    def _fail(self, error: BidSealError) -> None:
        self.error = error
        QApplication.quit()


def _prepare(
    folder: DataFolder, progress: ReportProgress, cancel: CancelToken
) -> tuple[DataFolder, BidSealError | None]:
    """Load what is wanted next and move the data folder where that was planned; return where it is now."""
    progress(0, 0)
    cancel.raise_if_set()
    import desktop.services.platforms
    import desktop.services.workspace
    import desktop.signing.pdf  # noqa: F401 - all are wanted next

    if not folder.move_plan.is_file():
        return folder, None
    from desktop.services.moving import carry_out

    try:
        return carry_out(folder), None
    except BidSealError as error:
        return folder, error


def run_desktop(*, data: Path | None = None, profile: Path | None = None) -> int:
    """Open the client for a platform given by its profile file, else for the one chosen; returns the exit status."""

    def platforms(folder: DataFolder) -> "Platforms":
        from desktop.portal.profile import read_profile
        from desktop.services.platforms import Platforms

        return Platforms(folder, PLATFORMS, given=read_profile(profile) if profile is not None else None)

    return guarded(lambda: run_client(platforms, data_folder(data)))


def run_client(
    platforms: "Callable[[DataFolder], Platforms]",
    folder: DataFolder,
    *,
    files: Path | None = None,
    each_second: Callable[[Client], None] | None = None,
    cameras: "Callable[[], Cameras] | None" = None,
    open_phone: Callable[[], object] | None = None,
) -> int:
    """Open the client and live with it until it is closed; `files` is where its file dialogs begin.

    Raises:
        BidSealError: it could not be opened.
    """
    app = make_application()
    languages = Languages(parent=app)
    dress(SettingsStore(folder.settings).load(), languages)
    client = Client(languages, pick=FileChooser(files or Path.home()), cameras=cameras, open_phone=open_phone)
    loading = Loading(client, platforms, folder)
    watch = QTimer()
    if each_second is not None:
        watch.timeout.connect(lambda: each_second(client))
        watch.start(_WATCH_MS)
    status = app.exec()
    if loading.error is not None:
        raise loading.error
    return status


def guarded(work: Callable[[], int]) -> int:
    """Run a command; what is foreseen to go wrong ends in words and a status, not in a traceback."""
    try:
        return work()
    except BidSealError as error:
        from desktop.domain.problems import problem

        wording = problem(error.code).zh
        sys.stderr.write(f"bidseal: {wording.title}。{wording.cause}{wording.next_step} [{error}]\n")
        return _EX_UNAVAILABLE
