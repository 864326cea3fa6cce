"""The choice of a seal's kind."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import SealKind
from desktop.ui.i18n import tr
from desktop.ui.kinds import seal_kind_word
from desktop.ui.kit import Label
from desktop.ui.kit.base import KitFrame
from desktop.ui.kit.buttons import KitButton
from desktop.views.seals.words import kind_note

_NAMES = {
    SealKind.OFFICIAL: "kindOfficial",
    SealKind.LEGAL_REPRESENTATIVE: "kindLegal",
    SealKind.CONTRACT: "kindContract",
}


class KindChoice(QWidget):
    """Three kinds, one always chosen; below them what sizes the chosen one may have."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("kindChoice")
        self._label, self._note = Label(role="label"), Label(role="caption", wrap=True)
        self._group = QButtonGroup(self)
        self._buttons: dict[SealKind, KitButton] = {}
        frame = KitFrame("kindSegments", "segments")
        row = QHBoxLayout(frame)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        for kind, name in _NAMES.items():
            button = KitButton(name=name)
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, k=kind: self.chosen.emit(k))
            self._group.addButton(button)
            self._buttons[kind] = button
            row.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._label, frame, self._note):
            column.addWidget(part)

    def show_kind(self, chosen: SealKind) -> None:
        """Show the choice and set all words."""
        self._label.setText(tr("印章类型"))
        for kind, button in self._buttons.items():
            button.setText(seal_kind_word(kind))
            button.setChecked(kind is chosen)
        self._note.setText(kind_note(chosen))
