"""The view-model of the proxy: chosen, tried, kept. The password is handed through and never part of the state."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.domain.errors import BidSealError
from desktop.portal.http import is_loopback
from desktop.portal.proxy import Proxy, ProxyMode
from desktop.services.proxy import try_proxy
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run

#: The platform answers, but it is on this machine, to which no proxy leads.
LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyState(PageState):
    """What is typed, and what came of the last try: `tried` is "" = not yet, "ok", LOCAL or a catalogue code."""

    phase: Phase = Phase.NORMAL
    mode: ProxyMode = ProxyMode.SYSTEM
    host: str = ""
    port: str = ""
    user: str = ""
    has_password: bool = False
    is_trying: bool = False
    is_keeping: bool = False
    is_kept: bool = False
    tried: str = ""


class ProxyModel(ViewModel[ProxyState]):
    """Owns the proxy's form."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        settings = workspace.settings.load()
        super().__init__(
            ProxyState(
                mode=ProxyMode(settings.proxy_mode),
                host=settings.proxy_host,
                port=str(settings.proxy_port or ""),
                user=settings.proxy_user,
            ),
            parent,
        )
        self._workspace = workspace
        self._trying: TaskHandle[str] | None = None

    def load(self) -> None:
        """Find out whether a password is kept; the keyring may take a moment."""

        def work(progress: ReportProgress, cancel: CancelToken) -> bool:  # noqa: ARG001 - the keyring may ask
            return bool(self._workspace.proxy.current().password)

        run(work, lambda has: self._set(has_password=has), lambda _error: None, receiver=self)

    def choose(self, mode: ProxyMode) -> None:
        """Choose the way."""
        self._change(mode=mode)

    def type_host(self, host: str) -> None:
        """Take over what is typed."""
        self._change(host=host.strip())

    def type_port(self, port: str) -> None:
        """Take over what is typed."""
        self._change(port=port.strip())

    def type_user(self, user: str) -> None:
        """Take over what is typed; another user has another password."""
        self._change(user=user.strip(), has_password=self.state.has_password and user.strip() == self.state.user)

    def try_out(self, password: str) -> None:
        """Ask the platform through what is typed, without keeping it."""
        self._set(is_trying=True, tried="", problem_code="", problem_detail="")
        base_url = self._workspace.profile.base_url

        def work(progress: ReportProgress, cancel: CancelToken) -> str:  # noqa: ARG001 - one request with a limit
            proxy = self._proxy(password)
            if proxy.mode is ProxyMode.MANUAL:
                proxy.url()
            return try_proxy(base_url, proxy) or (LOCAL if is_loopback(base_url) else "ok")

        self._trying = run(work, self._on_tried, self._on_problem, receiver=self)

    def keep(self, password: str) -> None:
        """Use what is typed from now on, for platform and relay alike; "" = the password kept before."""
        self._set(is_keeping=True, problem_code="", problem_detail="")

        def work(progress: ReportProgress, cancel: CancelToken) -> bool:  # noqa: ARG001 - keyring and one small file
            proxy = self._proxy(password)
            self._workspace.proxy.keep(proxy)
            self._workspace.http.renew_proxy()
            return bool(proxy.password)

        run(work, self._on_kept, self._on_problem, receiver=self)

    def _proxy(self, password: str) -> Proxy:
        state = self.state
        if state.mode is not ProxyMode.MANUAL:
            return Proxy(mode=state.mode)
        if not password and state.has_password and state.user:
            password = self._workspace.proxy.kept_password()
        port = int(state.port) if state.port.isascii() and state.port.isdigit() else 0
        return Proxy(mode=state.mode, host=state.host, port=port, user=state.user, password=password)

    def _change(self, **changes: object) -> None:
        self._set(**changes, tried="", is_kept=False, problem_code="", problem_detail="")

    def _on_tried(self, outcome: str) -> None:
        self._set(is_trying=False, tried=outcome)

    def _on_kept(self, has_password: bool) -> None:  # noqa: FBT001 - a task's result
        self._set(is_keeping=False, is_kept=True, has_password=has_password)

    def _on_problem(self, error: BidSealError) -> None:
        self._set(is_trying=False, is_keeping=False, problem_code=error.code, problem_detail=error.detail)
