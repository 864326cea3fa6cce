"""The field of a login password: hidden until an eye beside it is pressed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.buttons import IconButton
from desktop.ui.kit.fields import TextField

#: More than a password may have, so that one too long is refused in words and not cut in silence.
_MOST = 200


class SecretField(TextField):
    """A `TextField` for a secret; `<name>Eye` shows what was typed and hides it again."""

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name=name, secret=True, parent=parent)
        self.edit.setMaxLength(_MOST)
        hints = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        self.edit.setInputMethodHints(hints | Qt.InputMethodHint.ImhNoPredictiveText)
        self.eye = IconButton("eye", tr("显示密码"), name=f"{name}Eye")
        self.eye.setCheckable(True)
        self.eye.toggled.connect(self._turn)
        self.line.addWidget(self.eye)
        self.retranslate()

    def clear(self) -> None:
        """Empty it and hide what is typed next; what undo could bring back is gone as well."""
        self.eye.setChecked(False)
        self.edit.clear()

    def retranslate(self) -> None:
        """Say what the eye does."""
        if hasattr(self, "eye"):
            self.eye.set_text(tr("隐藏密码") if self.eye.isChecked() else tr("显示密码"))

    def _turn(self, shown: bool) -> None:  # noqa: FBT001 - a button's signal
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.eye.set_icon("eye-off" if shown else "eye")
        self.retranslate()
