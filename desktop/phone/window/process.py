"""The virtual phone as a process of its own (`python -m desktop.phone`), ended by the end of its standard input.

    --folder F     everything the phone keeps
    --base-url U   the platform
    --control T    token of the embedded platform's control calls (SMS inbox); "-" reads it from the first line of stdin
    --screen FILE  a picture of the phone's screen, kept up to date: what the demo's client films without a webcam
    --mobile M     number to log in with, filled in at start; --name N, --language zh|en

The platform's certificates are taken from the platform itself at start: right for a demonstration whose platform was
made a minute ago, wrong for an app, which pins them when it is built (docs/threat-model.md).
"""

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.domain.clock import SystemClock
from desktop.domain.errors import BidSealError
from desktop.domain.secret import SecretBytes
from desktop.phone.core import FetchedProfile, Http, RelayTiming, RequestsHttp, fetch_profile
from desktop.phone.core.clock import OffsetClock
from desktop.phone.core.retry import BackOff, persist

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from desktop.phone.window.seals_model import Cutter

_PATIENCE = RelayTiming(fault_budget_s=20.0)
_NO_PLATFORM = 3
_MARGIN = 24
#: What our starter writes to have the window brought to the front.
RAISE = b"raise"


def main(arguments: Sequence[str] | None = None, *, cut: "Cutter | None" = None) -> int:
    """Run the virtual phone; returns the process's exit code. Without `cut` no seal can be applied for on it."""
    chosen = _parse(arguments)
    control = chosen.control
    if control == "-":
        control = sys.stdin.readline().strip()
    system = SystemClock()
    try:
        http = RequestsHttp(chosen.base_url, system)
        fetched = _fetch(http, chosen.base_url)
    except BidSealError as error:
        sys.stderr.write(f"{error}\n")
        return _NO_PLATFORM
    offset = fetched.now - system.now()
    return _run(chosen, http, fetched, (offset, control), cut)


def _run(
    chosen: argparse.Namespace,
    http: RequestsHttp,
    fetched: FetchedProfile,
    demo: tuple[timedelta, str],
    cut: "Cutter | None",
) -> int:
    offset, control = demo
    from PySide6.QtWidgets import QApplication

    from desktop.phone.window.appearance import Appearance
    from desktop.phone.window.application import build_phone, build_window
    from desktop.phone.window.screen_cast import ScreenCast
    from desktop.phone.window.style import FULL_HEIGHT
    from desktop.ui.garbage import GarbageCollector
    from desktop.ui.i18n import Language, Languages

    application = QApplication(sys.argv[:1])
    application.setApplicationName("BidSeal")
    GarbageCollector(application)
    appearance = Appearance(application, chosen.folder)
    languages = Languages(parent=application)
    languages.use(Language(chosen.language))
    clock = OffsetClock(SystemClock(), offset)
    phone = build_phone(folder=chosen.folder, profile=fetched.profile, clock=clock, http=http, name=chosen.name)
    window = build_window(
        phone,
        clock=clock,
        http=http,
        languages=languages,
        control=SecretBytes(control.encode()) if control else None,
        mobile=chosen.mobile,
        cut=cut,
        theme=appearance.chosen,
        height=min(FULL_HEIGHT, application.primaryScreen().availableGeometry().height() - 2 * _MARGIN),
    )
    window.theme_chosen.connect(appearance.choose)
    if chosen.screen is not None:
        ScreenCast(window, chosen.screen)
    _place(window)
    window.show()
    _obey_stdin(application, window)
    code = application.exec()
    window.close()
    http.close()
    return code


def _place(window: "QWidget") -> None:
    """Stand at the right edge of the screen, where the client's window is least in the way of a scan."""
    area = window.screen().availableGeometry()
    window.move(max(area.right() - window.width() - _MARGIN, area.left()), area.top() + _MARGIN)


def _obey_stdin(application: "QApplication", window: "QWidget") -> None:
    """Come to the front at each line that says so; end with the process that started us, which closes our input."""
    from PySide6.QtCore import QMetaObject, QObject, Qt, Signal

    class Bell(QObject):
        rung = Signal()

    bell = Bell(application)
    bell.rung.connect(lambda: _raise(window), Qt.ConnectionType.QueuedConnection)

    def watch() -> None:
        while said := os.read(sys.stdin.fileno(), 4096):
            if RAISE in said:
                bell.rung.emit()
        QMetaObject.invokeMethod(application, "quit", Qt.ConnectionType.QueuedConnection)

    threading.Thread(target=watch, name="phone-stdin", daemon=True).start()


def _raise(window: "QWidget") -> None:
    window.showNormal()
    window.raise_()
    window.activateWindow()


def _fetch(http: Http, base_url: str) -> FetchedProfile:
    back_off = BackOff(timer=SystemClock(), timing=_PATIENCE, random=os.urandom)
    return persist(lambda: fetch_profile(http, base_url), back_off, threading.Event())


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m desktop.phone", description="The virtual phone.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--control", default="")
    parser.add_argument("--mobile", default="")
    parser.add_argument("--name", default="虚拟手机")
    parser.add_argument("--screen", type=Path, default=None)
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser.parse_args(arguments)
