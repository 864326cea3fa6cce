"""The field of a resident ID number: readable while it is being typed, its middle hidden as soon as one goes on."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.kit import TextField
from desktop.views.certificates.checks import masked_id_number

#: Of a resident ID number.
_LENGTH = 18


class IdNumberField(TextField):
    """A `TextField` whose `value` is always the whole number; a copy from the masked field copies the mask.

    `typed_whole` comes with what stands there once it is long enough to be judged, or left.
    """

    typed_whole = Signal(str)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        self._number = ""
        self._is_masked = False
        super().__init__(name=name, parent=parent)
        self.edit.textEdited.connect(self._keep)
        self.edit.installEventFilter(self)
        # The field drops its error at every change: what is wrong is told after that.
        self.changed.connect(self._tell_if_whole)
        self.edit.editingFinished.connect(lambda: self.typed_whole.emit(self.value))

    @property
    def value(self) -> str:
        """The whole number."""
        return self._number

    def set_value(self, value: str) -> None:
        """Put a number in, hidden unless the field is being typed in."""
        self._number = value
        self._show(is_masked=not self.edit.hasFocus())

    @property
    def is_masked(self) -> bool:
        """Whether the middle is hidden now."""
        return self._is_masked

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide on leaving, show again on coming back."""
        if watched is self.edit and event.type() == QEvent.Type.FocusOut:
            self._show(is_masked=True)
        elif watched is self.edit and event.type() == QEvent.Type.FocusIn:
            self._show(is_masked=False)
        return super().eventFilter(watched, event)

    def _tell_if_whole(self, text: str) -> None:
        if len(text.replace(" ", "")) >= _LENGTH:
            self.typed_whole.emit(text)

    def _keep(self, text: str) -> None:
        self._number = text
        self._is_masked = False

    def _show(self, *, is_masked: bool) -> None:
        self._is_masked = is_masked and bool(self._number)
        shown = masked_id_number(self._number) if self._is_masked else self._number
        # Not the person's typing, so nobody is told.
        was_blocked = self.edit.blockSignals(True)
        self.edit.setText(shown)
        self.edit.blockSignals(was_blocked)
