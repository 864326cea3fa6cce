"""The composition root: puts services, models and pages together, and starts the processes of the demo.

The client's window is one `MainShell` whose entries follow who is signed in: nobody, a bidder, or the review desk. It
is painted before the services are loaded: they take four times as long as the window (docs/performance.md).
Everything that may fail at start says what to do next and ends with a status; nothing is half started.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop import __version__
from desktop.domain.clock import SystemClock
from desktop.domain.errors import BidSealError
from desktop.services.events import Changed
from desktop.store.paths import DataFolder, data_folder
from desktop.store.settings import Settings, SettingsStore
from desktop.ui import theme
from desktop.ui.i18n import Language, Languages, tr
from desktop.ui.kit import FileChooser, FilePicker, SyncState, pick_files
from desktop.ui.shell import MainShell, MenuEntry, NavEntry
from desktop.ui.tasks import CancelToken, ReportProgress, end_all, run
from desktop.ui.tokens import Mode

if TYPE_CHECKING:
    from desktop.portal.profile import PlatformProfile
    from desktop.services.platform_time import PlatformTime
    from desktop.services.workspace import Workspace
    from desktop.store.journal import Entry
    from desktop.views.scan import Cameras, ScanOpener

PLATFORM_ID = "jxjt"
PLATFORM_NAME = "江西交投集团招标采购交易平台"
_SYNC_MS = 15_000
_WIDTH, _HEIGHT = 1280, 820
_END_MS = 3_000
_WATCH_MS = 1_000
#: A window that starts minimized is not painted.
_UNPAINTED_MS = 1_000
_EX_UNAVAILABLE = 69
_EX_CONFIG = 78


class Client(QObject):
    """The client's window and what it shows to whom."""

    _happened = Signal(object)
    workspace: "Workspace"
    _time: "PlatformTime"

    def __init__(
        self,
        languages: Languages,
        *,
        pick: FilePicker = pick_files,
        cameras: "Callable[[], Cameras] | None" = None,
    ) -> None:
        """Make the window alone; `open` puts the services behind it. `cameras` instead of this computer's own."""
        super().__init__()
        self._cameras = cameras
        self._was_synced = True
        self._languages = languages
        self._interrupted: tuple[Entry, ...] = ()
        self._unsubscribe: Callable[[], None] = lambda: None
        self._pick = pick
        self._role = "none"
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
        self._timer = QTimer(self)
        self._timer.setInterval(_SYNC_MS)
        self._timer.timeout.connect(self._sync)

    # -- life ------------------------------------------------------------------------------------------------------

    def open(self, workspace: "Workspace") -> None:
        """Put the services behind the window and show the first page."""
        from desktop.services.platform_time import PlatformTime

        self.workspace = workspace
        self._interrupted = workspace.interrupted()
        self._time = PlatformTime(workspace.clock, workspace.api)
        self.window.clock.set_clock(self._time)
        self._happened.connect(self._on_change)
        self._unsubscribe = workspace.bus.subscribe(self._happened.emit)
        self._show_entries()

    def start(self) -> None:
        """Show the window, take up a remembered session, and keep time with the platform."""
        self.window.show()
        self._timer.start()
        self._sync()
        run(self._resume, lambda _resumed: None, lambda _error: None, receiver=self)

    def close(self) -> None:
        """Stop listening and let the pages go, so that open scans are cancelled."""
        self._unsubscribe()
        self._timer.stop()
        self._drop_pages()
        end_all(_END_MS)

    def go(self, page: str, payload: str) -> None:
        """Show a page; `payload` is for it alone (which order, start what)."""
        self.window.show_page(page)
        receive = getattr(self.window.page(page), "receive", None)
        if payload and receive is not None:
            receive(payload)

    def sign_out(self) -> None:
        """End the session."""

        def work(progress: ReportProgress, cancel: CancelToken) -> None:
            progress(0, 0)
            cancel.raise_if_set()
            self.workspace.account.sign_out()

        run(work, lambda _nothing: None, lambda _error: None, receiver=self)

    # -- who sees what ---------------------------------------------------------------------------------------------

    def _on_change(self, change: object) -> None:
        if change is Changed.SESSION:
            self._show_entries()

    def _show_entries(self) -> None:
        account = self.workspace.account
        person, organization = account.account, account.organization
        role = "none" if person is None else ("operator" if account.is_operator else "bidder")
        if role != self._role or not self.window.current_id:
            self._role = role
            self._drop_pages()
            self.window.set_rail_visible(visible=role != "none")
            self.window.set_entries({"none": self._login, "operator": self._desk, "bidder": self._bidder}[role]())
        name = "" if person is None else person.name or person.mobile_masked
        self.window.set_account(organization.name if organization else "", name)

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
        makers: list[tuple[str, Callable[[], str], str, Callable[[], Any]]] = [
            ("home", lambda: tr("首页"), "house", self._make_home),
            ("projects", lambda: tr("投标项目"), "file-lock", self._make_projects),
            ("sealing", lambda: tr("签章"), "stamp", self._make_sealing),
            ("verify", lambda: tr("验签"), "shield-check", self._make_verify),
            ("certificates", lambda: tr("数字证书"), "file-badge", self._make_certificates),
            ("seals", lambda: tr("电子印章"), "badge-check", self._make_seals),
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
        from desktop.views.scan import own_cameras

        model, cameras = LoginModel(self.workspace), self._cameras or own_cameras
        return LoginPage(model, apply_language=self._apply_language, cameras=cameras)

    def _make_home(self) -> Any:
        from desktop.views.home import HomeModel, HomePage

        page = HomePage(HomeModel(self.workspace, interrupted=self._interrupted))
        page.navigate.connect(self.go)
        return page

    def _make_projects(self) -> Any:
        from desktop.views.package import OpenModel, OpenPage, PackModel, PackPage, ProjectsPage

        pack = PackPage(PackModel(self.workspace), scan=self._scan(), pick=self._pick)
        opening = OpenPage(OpenModel(self.workspace), scan=self._scan(), pick=self._pick)
        rehearsal = OpenPage(OpenModel(self.workspace, is_rehearsal=True), scan=self._scan(), pick=self._pick)
        page = ProjectsPage(pack, opening, rehearsal)
        page.navigate.connect(self.go)
        for each in (pack, opening, rehearsal):
            each.model.load()
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

        return VerifyPage(VerifyModel(self.workspace), pick=self._pick)

    def _make_certificates(self) -> Any:
        from desktop.views.certificates import CertificatesModel, CertificatesPage

        page = CertificatesPage(CertificatesModel(self.workspace), scan=self._scan(), pick=self._pick)
        page.navigate.connect(self.go)
        page.notified.connect(self.window.show_toast)
        return page

    def _make_seals(self) -> Any:
        from desktop.views.seals import SealsModel, SealsPage

        page = SealsPage(SealsModel(self.workspace), scan=self._scan(), pick=self._pick)
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

        model = MeModel(self.workspace, apply_theme=apply_theme, apply_language=self._apply_language)
        return MePage(model, scan=self._scan())

    def _scan(self) -> "ScanOpener":
        from desktop.views.scan import open_scan

        return open_scan if self._cameras is None else partial(open_scan, cameras=self._cameras)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _apply_language(self, language: str) -> None:
        self._languages.use(Language(language))

    def _resume(self, progress: ReportProgress, cancel: CancelToken) -> bool:
        progress(0, 0)
        cancel.raise_if_set()
        return self.workspace.account.resume()

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
            self.window.set_sync_state(SyncState.SYNCED if synced else SyncState.UNSYNCED)

        run(work, done, lambda _error: self.window.set_sync_state(SyncState.UNSYNCED), receiver=self)


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
    return app


def make_client(
    workspace: "Workspace",
    languages: Languages,
    *,
    pick: FilePicker = pick_files,
    cameras: "Callable[[], Cameras] | None" = None,
) -> Client:
    """Dress the application as the settings say and return the client, not yet shown."""
    dress(workspace.settings.load(), languages)
    client = Client(languages, pick=pick, cameras=cameras)
    client.open(workspace)
    return client


def dress(settings: Settings, languages: Languages) -> None:
    """Give the application the look and the language that were chosen."""
    apply_theme(settings.theme)
    languages.use(Language(settings.language))


class Loading(QObject):
    """Paints the client's window, then loads the services and puts them behind it; `error` is what went wrong."""

    def __init__(self, client: Client, profile: "Callable[[], PlatformProfile]", folder: DataFolder) -> None:
        super().__init__(client)
        self.error: BidSealError | None = None
        self._client, self._profile, self._folder = client, profile, folder
        self._unpainted = QTimer(self)
        self._unpainted.setSingleShot(True)
        self._unpainted.timeout.connect(self._load)
        client.window.closing.connect(self._wait_no_more)
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

    def _load(self) -> None:
        self._wait_no_more()
        run(_import_services, lambda _nothing: self._open(), self._fail, receiver=self)

    def _open(self) -> None:
        from desktop.services.workspace import open_workspace

        try:
            workspace = open_workspace(
                profile=self._profile(), folder=self._folder, clock=SystemClock(), random=os.urandom
            )
            self._client.open(workspace)
            self._client.start()
        except BidSealError as error:
            self._fail(error)

    def _fail(self, error: BidSealError) -> None:
        self.error = error
        QApplication.quit()


def _import_services(progress: ReportProgress, cancel: CancelToken) -> None:
    progress(0, 0)
    cancel.raise_if_set()
    import desktop.services.workspace
    import desktop.signing.pdf  # noqa: F401 - both are wanted next


def run_desktop(*, data: Path | None = None, profile: Path | None = None) -> int:
    """Open the client for a platform given by its profile file; returns the exit status."""
    folder = data_folder(data)
    chosen = profile or folder.profile
    if not chosen.is_file():
        sys.stderr.write(
            f"bidseal: no platform profile at {chosen}. Give one with --profile FILE, or try `bidseal demo`.\n"
        )
        return _EX_CONFIG

    def read() -> "PlatformProfile":
        from desktop.portal.profile import read_profile

        return read_profile(chosen)

    return guarded(lambda: run_client(read, folder))


def run_client(
    profile: "Callable[[], PlatformProfile]",
    folder: DataFolder,
    *,
    files: Path | None = None,
    each_second: Callable[[Client], None] | None = None,
    cameras: "Callable[[], Cameras] | None" = None,
) -> int:
    """Open the client and live with it until it is closed; `files` is where its file dialogs begin.

    Raises:
        BidSealError: it could not be opened.
    """
    app = make_application()
    languages = Languages(parent=app)
    dress(SettingsStore(folder.settings).load(), languages)
    client = Client(languages, pick=FileChooser(files or Path.home()), cameras=cameras)
    loading = Loading(client, profile, folder)
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
