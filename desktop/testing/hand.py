"""The hand that chooses files: stands in for the operating system's file dialog, the one thing a test cannot click."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.testing.driver import NotAsExpectedError
from desktop.ui.kit import ANY_FILE


class FileHand:
    """A `FilePicker` that gives what was put into it, once."""

    def __init__(self) -> None:
        self._held: list[Path] = []

    def hold(self, *paths: Path) -> None:
        """Choose `paths` at the next question."""
        self._held = list(paths)

    def __call__(self, parent: QWidget, title: str, suffixes: tuple[str, ...], several: bool) -> list[Path]:  # noqa: FBT001 - FilePicker
        """Answer the question of `parent`."""
        if not self._held or (len(self._held) > 1 and not several):
            raise NotAsExpectedError(f"{parent.objectName()} asked “{title}” for files and none are at hand")
        if suffixes != ANY_FILE and any(p.suffix.lower() not in suffixes for p in self._held):
            raise NotAsExpectedError(f"{parent.objectName()} takes {suffixes} only")
        held, self._held = self._held, []
        return held

    def choose_folder(self, parent: QWidget, title: str) -> Path:
        """Answer the question of `parent` for a folder, which is made; an `AskFolder`."""
        if len(self._held) != 1:
            raise NotAsExpectedError(f"{parent.objectName()} asked “{title}” for a folder and none is at hand")
        (held,), self._held = self._held, []
        held.mkdir(parents=True, exist_ok=True)
        return held
