"""Light or dark: what the person chose on this phone, kept in its folder; else as the system is, and with it."""

import logging
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.domain.errors import BidSealError
from desktop.store.files import write_atomic
from desktop.ui import theme
from desktop.ui.tokens import Mode

log = logging.getLogger(__name__)

SYSTEM = "system"
_MODES = {"light": Mode.LIGHT, "dark": Mode.DARK}
_MOST_BYTES = 16


class Appearance(QObject):
    """Dresses the application at once, and whenever something is chosen or the system changes."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        super().__init__(application)
        self._application = application
        self._file = folder / "appearance"
        self._chosen = self._read()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._dress)
        self._dress()

    @property
    def chosen(self) -> str:
        """What was chosen: "system", "light" or "dark"."""
        return self._chosen

    def choose(self, name: str) -> None:
        """Look like this from now on."""
        self._chosen = name if name in _MODES else SYSTEM
        self._dress()
        try:
            write_atomic(self._file, self._chosen.encode(), private=True)
        except BidSealError as error:
            # It looks as chosen; only the next start will not know of it.
            log.info("appearance not kept: %s", error.code)

    def _read(self) -> str:
        try:
            with self._file.open("rb") as file:
                kept = file.read(_MOST_BYTES).decode("ascii", "replace")
        except OSError:
            return SYSTEM
        return kept if kept in _MODES else SYSTEM

    def _dress(self, *_: object) -> None:
        theme.apply(self._application, _MODES.get(self._chosen) or theme.system_mode())
