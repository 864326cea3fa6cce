"""One phone operation on the command line: the code drawn in the terminal, then who scanned it, then the outcome.

Written to a pipe, each new code is a line `code: …` instead, for a program that shows it elsewhere. Nothing here asks
for a password: it is typed on the phone.
"""

import os
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from desktop.domain.clock import SystemClock
from desktop.domain.errors import RejectedError
from desktop.domain.problems import problem
from desktop.portal.profile import read_profile
from desktop.protocol.messages import Outcome
from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.platforms import Platforms
from desktop.services.workspace import Workspace, open_workspace
from desktop.store.paths import data_folder
from desktop.store.pins import PinnedRecipient
from desktop.ui.resources import PLATFORMS

EXIT_OK, EXIT_FAILED, EXIT_PARTIAL = 0, 1, 2
_POLL_S = 0.2
_OUTCOMES = {Outcome.DONE: EXIT_OK, Outcome.PARTIAL: EXIT_PARTIAL}


def open_desk(data: Path | None, profile: Path | None) -> Workspace:
    """Open the workstation whose data the desktop client uses, for the platform in its profile.

    Raises:
        RejectedError: there is no profile, or it is damaged.
        UnavailableError: the data folder is not there now.
    """
    platforms = Platforms(data_folder(data), PLATFORMS, given=read_profile(profile) if profile else None)
    known = platforms.chosen()
    if known is None:
        raise RejectedError(platforms.own_problem() or "portal.profile_incomplete")
    return open_workspace(profile=known.profile, folder=known.folder, clock=SystemClock(), random=os.urandom)


def own_pair(workspace: Workspace, serial: str) -> PinnedRecipient:
    """Return the mobile certificate to work with: by its signing serial number, or the only one there is.

    Raises:
        RejectedError: none, or several and none named (`package.certificate_missing`, `package.certificate_unclear`).
    """
    enrolled = {enrolment.credit_code for enrolment in workspace.workstation.enrolments()}
    known = [p for p in workspace.pins.all() if p.certificate.credit_code in enrolled]
    wanted = [p for p in known if p.signing_serial == serial.upper()] if serial else known
    if not wanted:
        raise RejectedError("package.certificate_missing", serial)
    if len(wanted) > 1:
        raise RejectedError("package.certificate_unclear", ", ".join(p.signing_serial for p in wanted))
    return wanted[0]


@dataclass(slots=True)
class TerminalScan:
    """Shows one ceremony on `out`; the session's thread only leaves its snapshots here."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    language: str = "zh"
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _view: CeremonyView | None = None
    _shown: tuple[str, ...] = ()
    _said: tuple[object, ...] = ()

    def run(self, workspace: Workspace, action: Action, *, credit_code: str) -> CeremonyView:
        """Carry the ceremony through; Ctrl+C cancels it. Returns the last snapshot."""
        session = workspace.session(action, credit_code=credit_code, publish=self._take, language=self.language)
        session.start()
        try:
            while not session.join(_POLL_S):
                self._draw()
        except KeyboardInterrupt:
            session.cancel()
            session.join()
        self._erase()
        with self._lock:
            assert self._view is not None
            return self._view

    def report(self, view: CeremonyView) -> int:
        """Say what came of it, an item a line, and return the exit status."""
        for result in view.details:
            word = problem(result.code) if result.code else None
            text = f"{result.name} -> {result.target}" if word is None else f"{result.name}: {self._words(result.code)}"
            self._say(text)
        if view.outcome not in _OUTCOMES:
            self._say(self._words(view.problem or "general.unexpected"))
        return _OUTCOMES.get(view.outcome, EXIT_FAILED) if view.outcome else EXIT_FAILED

    def _words(self, code: str) -> str:
        wording = problem(code).wording(self.language)
        return f"{wording.title} · {wording.next_step} [{code}]"

    def _take(self, view: CeremonyView) -> None:
        with self._lock:
            self._view = view

    def _draw(self) -> None:
        with self._lock:
            view = self._view
        if view is None:
            return
        if view.stage is Stage.SHOWING and view.qr_text:
            self._introduce(view)
            self._show_code(view.qr_text)
        elif view.stage is Stage.CLAIMED:
            self._erase()
            self._once(view.check_code, f"{view.phone_name} · {view.check_code}")
        elif view.stage is Stage.PREPARING and self.out.isatty() and view.progress[1]:
            done, total, text = view.progress
            self.out.write(f"\r{done * 100 // total:3d} % {text}\x1b[K")
            self.out.flush()
        if view.warning:
            self._once(view.warning, self._words(view.warning))

    def _introduce(self, view: CeremonyView) -> None:
        """Say once what will be confirmed on the phone."""
        if view.text is None or "text" in self._said:
            return
        if self.out.isatty():
            self.out.write("\r\x1b[K")
        self._say(view.text.title)
        for label, value in view.text.rows:
            self._say(f"  {label}: {value}")
        for lines in view.text.items:
            self._say("  - " + "\n    ".join(lines))
        self._said = (*self._said, "text")

    def _show_code(self, text: str) -> None:
        from desktop.ui.terminal_qr import terminal_qr

        if self._shown and self._shown[0] == text:
            return
        if not self.out.isatty():
            self._say(f"code: {text}")
            self._shown = (text,)
            return
        lines = terminal_qr(text)
        self._erase()
        self.out.write("\n".join(lines) + "\n")
        self.out.flush()
        self._shown = (text, *lines)

    def _erase(self) -> None:
        if len(self._shown) > 1:
            self.out.write(f"\x1b[{len(self._shown) - 1}A\x1b[J")
            self.out.flush()
        self._shown = self._shown[:1] if not self.out.isatty() else ()

    def _once(self, key: object, text: str) -> None:
        if key not in self._said:
            self._said = (*self._said, key)
            self._say(text)

    def _say(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()
