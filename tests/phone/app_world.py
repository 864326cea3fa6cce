"""The virtual phone on a real platform, in a hand that presses, types and chooses files; and the people around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.demo_phone import cut_seal
from desktop.domain.clock import ManualClock
from desktop.domain.secret import SecretBytes
from desktop.phone.core import Phone, RequestsHttp
from desktop.phone.window.application import build_window
from desktop.phone.window.states import Screen
from desktop.testing.prepared import Platform
from desktop.testing.rig import make_phone
from desktop.ui.i18n import Languages

W = TypeVar("W", bound=QWidget)

#: ID numbers that are right, of nobody.
ID_ZHAO = "11010519491231002X"
ID_QIAN = "320311197001015119"


@dataclass
class Files:
    """Chooses files as the person would in the system's dialog."""

    paths: list[Path] = field(default_factory=list)

    def __call__(self, _parent: QWidget, _title: str, _suffixes: tuple[str, ...], _several: bool) -> list[Path]:
        return list(self.paths)


class App:
    """The app on one phone."""

    def __init__(
        self,
        qtbot: QtBot,
        platform: Platform,
        clock: ManualClock,
        languages: Languages,
        folder: Path,
        *,
        can_cut: bool = True,
        theme: str = "",
    ) -> None:
        self.qtbot, self.platform, self.clock, self.languages = qtbot, platform, clock, languages
        self.phone: Phone = make_phone(platform.handle, folder, clock)
        self.files = Files()
        self.http = RequestsHttp(platform.base_url, clock)
        self.window = build_window(
            self.phone,
            clock=clock,
            http=self.http,
            languages=languages,
            control=SecretBytes(platform.control_token.encode()),
            pick=self.files,
            cut=cut_seal if can_cut else None,
            theme=theme,
        )
        qtbot.addWidget(self.window)
        self.window.show()

    @property
    def screen(self) -> Screen:
        """The page shown."""
        return self.window.app.state.screen

    def find(self, kind: type[W], name: str) -> W:
        """Find a widget that can be seen."""
        found = [w for w in self.window.findChildren(kind, name) if w.isVisibleTo(self.window)]
        assert len(found) == 1, (name, len(found))
        return found[0]

    def has(self, name: str) -> bool:
        """Tell whether something of this name can be seen."""
        return any(w.isVisibleTo(self.window) for w in self.window.findChildren(QWidget, name))

    def press(self, name: str) -> None:
        """Press a button, or touch a card or tile."""
        self.wait(lambda: self.has(name))
        found = self.find(QWidget, name)
        assert found.isEnabled(), name
        if isinstance(found, QAbstractButton):
            found.click()
        else:
            QTest.mouseClick(found, Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str) -> None:
        """Type into a field."""
        edit = self.find(QLineEdit, name)
        edit.setText(text)
        edit.textEdited.emit(text)

    def text(self, name: str) -> str:
        """Read a label."""
        return self.find(QLabel, name).text()

    def texts(self) -> str:
        """Read everything that can be seen."""
        labels = (w for w in self.window.findChildren(QLabel) if w.isVisibleTo(self.window))
        return "\n".join(label.text() for label in labels)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(condition, timeout=10_000)

    def wait_text(self, text: str) -> None:
        """Wait until a text can be seen."""
        self.wait(lambda: text in self.texts())

    def sees(self, text: str) -> bool:
        """Tell whether a text can be seen now."""
        return text in self.texts()

    # -- ways through the app --------------------------------------------------------------------------------------

    def log_in(self, mobile: str) -> None:
        """Log in by SMS code; the clock goes on so that a code may be sent again."""
        self.clock.advance(61)
        self.window.login.code.start_countdown(0)  # it counts the seconds of the wall
        self.type("loginMobile", mobile)
        before = self.window.app.state.sent_count
        self.press("loginCodeSend")
        self.wait(lambda: self.window.app.state.sent_count > before)
        self.type("loginCode", self.platform.sms_code(mobile))
        self.press("loginSubmit")
        self.wait(lambda: self.screen is Screen.HOME)

    def log_out(self) -> None:
        """Leave by 我的."""
        self.window.app.open(Screen.ME)
        self.press("meLogOut")
        self.wait(lambda: self.screen is Screen.LOGIN)

    def go(self, screen: Screen) -> None:
        """Be at a page, loaded."""
        self.window.app.open(screen)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being loaded or sent."""
        models = self.window.modules.all
        self.wait(lambda: not any(m.state.is_loading or m.state.is_busy for m in models))
        QApplication.processEvents()  # Qt shows new rows with the next turn of its loop
