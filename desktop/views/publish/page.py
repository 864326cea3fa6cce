"""招标项目: the list of lots, and the one that is worked on, as panels of one page."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.views.publish.editor_page import EditorPage
from desktop.views.publish.list_page import LotsPage
from desktop.views.publish.state import Saving


class PublishPage(QWidget):
    """`navigate(page id, payload)` asks for another module; another opens a lot here by `receive(lot id)`."""

    navigate = Signal(str, str)
    notified = Signal(str)

    def __init__(self, lots: LotsPage, editor: EditorPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishPage")
        self.lots, self.editor = lots, editor
        self._stack = QStackedWidget()
        self._stack.addWidget(lots)
        self._stack.addWidget(editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        lots.model.opened.connect(self.receive)
        editor.back_requested.connect(self._back)
        editor.navigate.connect(self.navigate)
        editor.notified.connect(self.notified)

    @property
    def is_editing(self) -> bool:
        """Whether a lot is in front."""
        return self._stack.currentWidget() is self.editor

    def receive(self, payload: str) -> None:
        """Open the lot of that id."""
        self.editor.model.open(payload)
        self._stack.setCurrentWidget(self.editor)

    def close_work(self) -> None:
        """Keep what was typed and stop what is under way, as before the page goes."""
        self.editor.model.leave()

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        state = self.editor.model.state
        is_kept = state.saving is Saving.SAVED or not state.is_open
        draft = "" if is_kept and not state.uploading[1] else tr("标段草稿尚未保存")
        is_begun = self.lots.model.state.is_adding and self.lots.form.is_typed
        new = tr("填写中的新标段尚未创建") if is_begun else ""
        return "; ".join(each for each in (draft, new) if each)

    def changeEvent(self, event: QEvent) -> None:
        """Say the name in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(tr("招标项目"))

    def _back(self) -> None:
        self.editor.model.leave()
        self._stack.setCurrentWidget(self.lots)
