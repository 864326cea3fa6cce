"""A place to drop files on, with a button to choose them."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame, Label, restyle
from desktop.ui.kit.buttons import SecondaryButton
from desktop.ui.kit.surfaces import Icon

#: In place of suffixes: files of every kind.
ANY_FILE = ("",)
#: (parent, title, suffixes, several) → the files the user chose.
FilePicker = Callable[[QWidget, str, tuple[str, ...], bool], list[Path]]


def pick_files(parent: QWidget, title: str, suffixes: tuple[str, ...], several: bool) -> list[Path]:  # noqa: FBT001 - FilePicker
    """Ask by the system's dialog."""
    return FileChooser()(parent, title, suffixes, several)


class FileChooser:
    """A `FilePicker` that begins in a given folder and then where the last file was chosen."""

    def __init__(self, start: Path | None = None) -> None:
        self._folder = "" if start is None else str(start)

    def __call__(self, parent: QWidget, title: str, suffixes: tuple[str, ...], several: bool) -> list[Path]:  # noqa: FBT001 - FilePicker
        """Ask by the system's dialog; kinds are matched whatever the case of their letters."""
        patterns = " ".join(f"*{each}" for suffix in suffixes for each in (suffix, suffix.upper()))
        if several:
            chosen = QFileDialog.getOpenFileNames(parent, title, self._folder, patterns)[0]
        else:
            chosen = [QFileDialog.getOpenFileName(parent, title, self._folder, patterns)[0]]
        paths = [Path(name) for name in chosen if name]
        if paths:
            self._folder = str(paths[0].parent)
        return paths


def dropped_files(event: QDropEvent) -> list[Path]:
    """Return the files of this computer among what was dropped."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


class DropZone(KitFrame):
    """Takes files of the given suffixes by drop or by choice and hands them on as a list of paths."""

    files_chosen = Signal(list)

    def __init__(
        self,
        *,
        name: str,
        suffixes: tuple[str, ...] = (".pdf",),
        several: bool = False,
        icon: str = "upload",
        pick: FilePicker = pick_files,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, "drop", parent)
        self._suffixes, self._several, self._pick = suffixes, several, pick
        self.setAcceptDrops(True)
        self._title = Label(role="lead", name=f"{name}Title")
        self._hint = Label(role="muted", name=f"{name}Hint", wrap=True)
        self._error = Label(role="error", name=f"{name}Error", wrap=True)
        self.choose = SecondaryButton(icon="folder-open", name=f"{name}Choose")
        self.choose.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(8)
        column.addStretch()
        column.addWidget(Icon(icon, "primary", 48), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        for label in (self._title, self._hint, self._error):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self._error.hide()
        self._built()

    def set_texts(self, title: str, hint: str = "") -> None:
        """Set what to drop here, and what will happen then."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(title)

    def set_error(self, text: str) -> None:
        """Say why the last file was not taken; empty = nothing was wrong."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def offer(self, paths: Iterable[Path]) -> None:
        """Take `paths` as if dropped: those of a wrong kind are refused with a word."""
        offered = list(paths)
        any_kind = self._suffixes == ANY_FILE
        taken = [path for path in offered if any_kind or path.suffix.lower() in self._suffixes]
        wanted = "、".join(self._suffixes)
        if not self._several and len(offered) > 1:
            self.set_error(tr("一次只能选择一个文件。"))
        elif taken:
            skipped = len(offered) - len(taken)
            self.set_error(
                tr("已忽略 {count} 个不支持的文件, 仅支持 {kinds}。", count=skipped, kinds=wanted) if skipped else ""
            )
            self.files_chosen.emit(taken)
        elif offered:
            self.set_error(tr("不支持这种文件, 仅支持 {kinds}。", kinds=wanted))

    def retranslate(self) -> None:
        """Say the button's words."""
        self.choose.setText(tr("选择文件"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show that files may be dropped."""
        if event.mimeData().hasUrls():
            restyle(self, "over", value=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Show the resting look."""
        restyle(self, "over", value=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        restyle(self, "over", value=False)
        self.offer(dropped_files(event))
        event.acceptProposedAction()

    def _ask(self) -> None:
        self.offer(self._pick(self, self._title.text(), self._suffixes, self._several))
