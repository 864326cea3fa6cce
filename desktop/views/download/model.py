"""The view-model of the apps' addresses and of the connection check. Refuses an address that no phone could reach."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject

import desktop
from desktop.domain.errors import BidSealError
from desktop.portal.profile import PlatformProfile, is_public_link
from desktop.services.connection import ConnectionCheck, Finding, Probe
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run


class App(StrEnum):
    """What a phone can be given."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLink:
    """One app; `url` is empty where the platform has published none; `is_public`: a phone anywhere can reach it."""

    app: App
    url: str
    is_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadState(PageState):
    """The apps, and the findings in the order they came; `asking` is the probe that is being asked now."""

    phase: Phase = Phase.NORMAL
    platform_name: str = ""
    links: tuple[AppLink, ...] = ()
    is_demo: bool = False
    has_phone: bool = False
    findings: tuple[Finding, ...] = ()
    is_checking: bool = False
    was_cancelled: bool = False

    @property
    def asking(self) -> Probe | None:
        """What is being asked now."""
        probes = list(Probe)
        return probes[len(self.findings)] if self.is_checking and len(self.findings) < len(probes) else None


def links_of(profile: PlatformProfile) -> tuple[AppLink, ...]:
    """Return what the profile tells of each app."""
    urls = {App.ANDROID: profile.android_url, App.IOS: profile.ios_url, App.WEB: profile.web_phone_url}
    return tuple(AppLink(app=app, url=url, is_public=is_public_link(url)) for app, url in urls.items())


class DownloadModel(ViewModel[DownloadState]):
    """Owns the page. `open_phone` brings the virtual phone, where there is one."""

    def __init__(
        self, workspace: Workspace, *, open_phone: Callable[[], object] | None = None, parent: QObject | None = None
    ) -> None:
        profile = workspace.profile
        super().__init__(
            DownloadState(
                platform_name=profile.name,
                links=links_of(profile),
                is_demo=profile.embedded,
                has_phone=open_phone is not None,
            ),
            parent,
        )
        self._workspace, self._open_phone = workspace, open_phone
        self._checking: TaskHandle[None] | None = None

    def bring_phone(self) -> None:
        """Open the virtual phone, or bring it to the front."""
        if self._open_phone is not None:
            self._open_phone()

    def check(self) -> None:
        """Ask everything anew; rows are filled as answers come."""
        if self.state.is_checking:
            return
        workspace, found = self._workspace, list[Finding]()
        self._set(findings=(), is_checking=True, was_cancelled=False, problem_code="", problem_detail="")

        def work(progress: ReportProgress, cancel: CancelToken) -> None:
            for finding in ConnectionCheck(workspace).run(check=cancel.raise_if_set):
                found.append(finding)
                progress(len(found), len(Probe))

        def show(_done: object, _total: object = 0, _text: object = "") -> None:
            # Reports may be dropped for newer ones; what was found never is.
            self._set(findings=tuple(found))

        def done(_nothing: None) -> None:
            self._set(findings=tuple(found), is_checking=False)

        self._checking = run(work, done, self._on_problem, show, receiver=self)

    def cancel(self) -> None:
        """Stop; what was found stays."""
        if self._checking is not None and self.state.is_checking:
            self._checking.discard()
            self._set(is_checking=False, was_cancelled=True)

    def report(self) -> str:
        """Return the findings as plain text, for support."""
        lines = [f"BidSeal {desktop.__version__} {self._workspace.profile.platform_id}"]
        lines += [_line(finding) for finding in self.state.findings]
        return "\n".join(lines)

    def _on_problem(self, error: BidSealError) -> None:
        self._set(is_checking=False, problem_code=error.code, problem_detail=error.detail)


def _line(finding: Finding) -> str:
    offset = "" if finding.offset_s is None else f" offset {finding.offset_s:+.1f} s"
    code = f" {finding.code}" if finding.code else ""
    return f"{finding.probe.value}: {finding.grade.value} {finding.took_s:.2f} s{offset}{code}"
