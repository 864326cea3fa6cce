"""Dialogs: confirm something, ask for one line, show a problem. The destructive answer is never the default one.

All are opened without blocking (`open()`), and answer by signals, so that nothing runs a second event loop.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.errors import BidSealError
from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Label, diagnostic
from desktop.ui.kit.buttons import DangerButton, KitButton, LinkButton, PrimaryButton, SecondaryButton
from desktop.ui.kit.fields import TextField
from desktop.ui.kit.surfaces import Icon

_WIDTH = 440

#: Asks for a folder; None when the person thinks better of it.
AskFolder = Callable[[QWidget, str], Path | None]


def ask_folder(parent: QWidget, title: str) -> Path | None:
    """Ask by the system's dialog."""
    chosen = QFileDialog.getExistingDirectory(parent, title)
    return Path(chosen) if chosen else None


class Dialog(QDialog):
    """Title, words, a place in the middle, buttons at the right; deleted when closed."""

    def __init__(self, name: str, title: str, text: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        heading = Label(title, "heading", wrap=True)
        self.body.addWidget(heading)
        words = Label(text, "body", wrap=True, selectable=True)
        words.setVisible(bool(text))
        self.body.addWidget(words)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(16)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(24)
        column.addLayout(self.body)
        column.addStretch()
        column.addLayout(self.buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as the words need: Qt by itself takes two thirds of the screen at most, and would cut them."""
        super().showEvent(event)
        wanted = self._column.totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height(), min(wanted, self.screen().availableGeometry().height())))

    def make_default(self, button: KitButton) -> None:
        """Let Enter press `button`, and start there."""
        button.setDefault(True)
        button.setFocus()


class ConfirmDialog(Dialog):
    """A question with one way on and one way back; `accepted` and `rejected` as in every QDialog."""

    def __init__(
        self, title: str, text: str, action: str, *, is_destructive: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__("confirmDialog", title, text, parent)
        kind = DangerButton if is_destructive else PrimaryButton
        self.confirm: KitButton = kind(action, name="confirmDialogConfirm")
        self.back = SecondaryButton(tr("取消"), name="confirmDialogCancel")
        self.confirm.clicked.connect(self.accept)
        self.back.clicked.connect(self.reject)
        self.buttons.addStretch()
        self.buttons.addWidget(self.back)
        self.buttons.addWidget(self.confirm)
        self.make_default(self.back if is_destructive else self.confirm)


class TextPrompt(Dialog):
    """Asks for one line; `answered(text)` when it is given and not blank."""

    answered = Signal(str)

    def __init__(
        self, title: str, label: str, action: str, *, text: str = "", value: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__("textPrompt", title, text, parent)
        self.field = TextField(label, name="textPromptField")
        self.field.set_value(value)
        self.body.addWidget(self.field)
        self.confirm = PrimaryButton(action, name="textPromptConfirm")
        self.back = SecondaryButton(tr("取消"), name="textPromptCancel")
        self.confirm.clicked.connect(self._answer)
        self.back.clicked.connect(self.reject)
        self.buttons.addStretch()
        self.buttons.addWidget(self.back)
        self.buttons.addWidget(self.confirm)
        self.field.changed.connect(self._allow)
        self._allow(value)
        self.confirm.setDefault(True)
        self.field.edit.setFocus()

    def _allow(self, value: str) -> None:
        self.confirm.setEnabled(bool(value.strip()))

    def _answer(self) -> None:
        self.answered.emit(self.field.value.strip())
        self.accept()


class ProblemDialog(Dialog):
    """What went wrong, why and what to do next, when there is no place for it on the page."""

    def __init__(self, error: BidSealError, *, parent: QWidget | None = None) -> None:
        wording = problem(error.code).wording(current_language())
        super().__init__("problemDialog", wording.title, wording.cause, parent)
        self.diagnostic = diagnostic(error.code, error.detail)
        self.body.insertWidget(0, Icon("circle-alert", "problem", 32))
        self.body.addWidget(Label(wording.next_step, "body", wrap=True, selectable=True))
        copy = LinkButton(tr("复制诊断信息"), "copy", name="problemDialogCopy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.diagnostic))
        self.close_button = PrimaryButton(tr("知道了"), name="problemDialogClose")
        self.close_button.clicked.connect(self.accept)
        self.buttons.addWidget(copy)
        self.buttons.addStretch()
        self.buttons.addWidget(self.close_button)
        self.make_default(self.close_button)
