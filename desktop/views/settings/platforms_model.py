"""The view-model of the list of platforms: add one by file after a look at its root, remove one, work with another."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.profile import grouped
from desktop.services.platforms import KnownPlatform, NewPlatform, Origin, Platforms
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformLine:
    """One platform as it is listed; `problem` is the catalogue code of why it cannot be used."""

    key: str
    name: str
    name_en: str
    host: str
    fingerprint: str
    problem: str
    is_current: bool
    may_remove: bool

    def title(self, language: str) -> str:
        """Return its name in `language`."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformsState(PageState):
    """The list. `is_busy` while a file is read or kept."""

    phase: Phase = Phase.NORMAL
    lines: tuple[PlatformLine, ...] = ()
    is_busy: bool = False


class PlatformsModel(ViewModel[PlatformsState]):
    """Owns the list. `current` is the key of the platform that is open, "" = none.

    `to_confirm` brings what a person must look at before it is trusted; `chosen` the platform to work with now.
    """

    to_confirm = Signal(object)
    chosen = Signal(object)

    def __init__(self, platforms: Platforms, *, current: str = "", parent: QObject | None = None) -> None:
        super().__init__(PlatformsState(), parent)
        self._platforms, self._current = platforms, current
        self._known: tuple[KnownPlatform, ...] = ()
        self._waiting: list[Callable[[], object]] = []

    @property
    def start_problem(self) -> str:
        """The catalogue code of what is wrong with the folder's own profile, "" = nothing."""
        return self._platforms.own_problem()

    def load(self) -> None:
        """Look at the list anew."""
        self._run(lambda: None)

    def look_at(self, path: Path) -> None:
        """Read a file that is to be added; `to_confirm` follows, or the problem."""

        def work(progress: ReportProgress, cancel: CancelToken) -> NewPlatform:  # noqa: ARG001 - one small file
            return self._platforms.look_at(path)

        self._in_turn(lambda: run(work, self._on_looked_at, self._on_problem, receiver=self))

    def add(self, new: NewPlatform) -> None:
        """Keep a platform whose root was confirmed."""
        self._run(lambda: self._platforms.add(new))

    def remove(self, key: str) -> None:
        """Take a platform off the list."""
        self._run(lambda: self._platforms.remove(key, current=self._current))

    def use(self, key: str) -> None:
        """Work with a platform from now on; `chosen` follows once that is kept."""
        known = next((k for k in self._known if k.key == key and not k.problem), None)
        if known is not None and key != self._current:
            self._run(lambda: self._platforms.choose(key), then=lambda: self.chosen.emit(known))

    def _run(self, change: Callable[[], object], then: Callable[[], object] = lambda: None) -> None:
        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[KnownPlatform, ...]:  # noqa: ARG001 - small files
            change()
            return self._platforms.all()

        def done(known: tuple[KnownPlatform, ...]) -> None:
            self._on_listed(known)
            then()

        self._in_turn(lambda: run(work, done, self._on_problem, receiver=self))

    def _in_turn(self, start: Callable[[], object]) -> None:
        """Begin one piece of work after the other: what is kept is listed afterwards."""
        if self.state.is_busy:
            self._waiting.append(start)
            return
        self._set(is_busy=True, problem_code="", problem_detail="")
        start()

    def _next(self, **changes: object) -> None:
        self._set(is_busy=False, **changes)
        if self._waiting:
            self._in_turn(self._waiting.pop(0))

    def _on_listed(self, known: tuple[KnownPlatform, ...]) -> None:
        self._known = known
        self._next(lines=tuple(self._line(each) for each in known))

    def _on_looked_at(self, new: NewPlatform) -> None:
        self._next()
        self.to_confirm.emit(new)

    def _on_problem(self, error: BidSealError) -> None:
        self._next(problem_code=error.code, problem_detail=error.detail)

    def _line(self, known: KnownPlatform) -> PlatformLine:
        profile, anchor = known.profile, known.anchor
        is_current = known.key == self._current
        return PlatformLine(
            key=known.key,
            name=profile.name,
            name_en=profile.name_en,
            host=urlsplit(profile.base_url).netloc,
            fingerprint=grouped(anchor.fingerprint[:16]) if anchor is not None else "",
            problem=known.problem,
            is_current=is_current,
            may_remove=known.origin is Origin.ADDED and not is_current,
        )
