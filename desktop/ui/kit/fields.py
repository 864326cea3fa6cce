"""Input: a labelled line with its error below, a mobile number, an SMS code, a choice, a number."""

import re

from PySide6.QtCore import QRegularExpression, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QRegularExpressionValidator, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame, Label, restyle
from desktop.ui.kit.buttons import SecondaryButton

# Source: numbering plan as in facts of the dependencies; the platform has the last word.
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
CODE_DIGITS = 6
#: What a style leaves free at both sides of a choice.
_EDGE = 4


class TextField(KitFrame):
    """Label above, line edit (objectName = `name`), then one line of help or error."""

    changed = Signal(str)
    submitted = Signal()

    def __init__(
        self, label: str = "", *, name: str, placeholder: str = "", secret: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(f"{name}Field", "", parent)
        self._help = ""
        self._label = Label(role="label")
        self.edit = QLineEdit()
        self.edit.setObjectName(name)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._note = Label(role="caption", wrap=True)
        self._label.setBuddy(self.edit)
        self.edit.textChanged.connect(self._on_text)
        self.edit.returnPressed.connect(self.submitted)
        self.setFocusProxy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.setSpacing(4)
        self.line = QHBoxLayout()
        self.line.setSpacing(8)
        self.line.addWidget(self.edit, 1)
        column.addWidget(self._label)
        column.addLayout(self.line)
        column.addWidget(self._note)
        self.set_label(label, placeholder)
        self.set_error("")
        self._built()

    @property
    def value(self) -> str:
        """What was typed."""
        return self.edit.text()

    def set_value(self, value: str) -> None:
        """Put `value` in, without moving the cursor when it is there already."""
        if self.edit.text() != value:
            self.edit.setText(value)

    def set_label(self, label: str, placeholder: str = "") -> None:
        """Set the label, which is also the accessible name, and the example inside."""
        self._label.setText(label)
        self._label.setVisible(bool(label))
        self.edit.setAccessibleName(label or placeholder)
        self.edit.setPlaceholderText(placeholder)

    def set_help(self, text: str) -> None:
        """Set the line shown while there is no error."""
        self._help = text
        self.set_error("")

    def set_error(self, text: str) -> None:
        """Show `text` as what is wrong; empty = nothing is."""
        self._note.setText(text or self._help)
        self._note.setVisible(bool(text or self._help))
        restyle(self._note, "role", "error" if text else "caption")
        restyle(self.edit, "invalid", bool(text))
        self.edit.setAccessibleDescription(text)

    @property
    def error(self) -> str:
        """The error now shown."""
        return self.edit.accessibleDescription()

    def _on_text(self, text: str) -> None:
        self.set_error("")
        self.changed.emit(text)


class PhoneNumberField(TextField):
    """A mobile number of the mainland; anything but digits is dropped, so that a pasted number with blanks works."""

    def __init__(self, label: str = "", *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(label, name=name, placeholder="", parent=parent)
        self.edit.textEdited.connect(self._keep_digits)

    @property
    def is_valid(self) -> bool:
        """Whether it has the form of a mobile number."""
        return _MOBILE.fullmatch(self.value) is not None

    def _keep_digits(self, text: str) -> None:
        digits = re.sub(r"^\+?86(?=1\d{10})|[^0-9]", "", re.sub(r"[\s-]", "", text))[:11]
        if digits != text:
            self.edit.setText(digits)


class CodeField(TextField):
    """Six digits of an SMS code with the button that sends it and, after sending, counts until it may be sent again."""

    send_requested = Signal()
    completed = Signal(str)

    def __init__(self, label: str = "", *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(label, name=name, parent=parent)
        self._wait_s = 0
        self._was_sent = False
        digits = QRegularExpression(f"[0-9]{{0,{CODE_DIGITS}}}")
        self.edit.setValidator(QRegularExpressionValidator(digits, self))
        self.send = SecondaryButton(name=f"{name}Send")
        self.send.setMinimumWidth(144)
        self.send.clicked.connect(self.send_requested)
        self.line.addWidget(self.send)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count)
        self.edit.textEdited.connect(self._tell_when_complete)
        self.retranslate()

    @property
    def is_complete(self) -> bool:
        """Whether all digits are there."""
        return len(self.value) == CODE_DIGITS

    @property
    def wait_s(self) -> int:
        """Seconds until the code may be sent again."""
        return self._wait_s

    def start_countdown(self, seconds: int) -> None:
        """Forbid sending again for `seconds`."""
        self._wait_s, self._was_sent = seconds, True
        self._timer.start()
        self.retranslate()

    def set_send_enabled(self, *, enabled: bool) -> None:
        """Allow sending, as far as the countdown does."""
        self._may_send = enabled
        self.retranslate()

    _may_send = True

    def _count(self) -> None:
        self._wait_s = max(self._wait_s - 1, 0)
        if not self._wait_s:
            self._timer.stop()
        self.retranslate()

    def retranslate(self) -> None:
        """Say what the button does now."""
        if not hasattr(self, "send"):
            return
        self.send.setEnabled(self._may_send and not self._wait_s)
        if self._wait_s:
            self.send.setText(tr("{seconds} 秒后重新获取", seconds=self._wait_s))
        else:
            self.send.setText(tr("重新获取") if self._was_sent else tr("获取验证码"))

    def _tell_when_complete(self, text: str) -> None:
        if len(text) == CODE_DIGITS:
            self.completed.emit(text)


class _Box(QComboBox):
    """A list that the mouse wheel does not change in passing: it may hold a setting that matters."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Shorten a choice that is too long at its end, and show that it goes on; the list has it whole."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, room.width() - _EDGE)
        whole = option.currentText if text != option.currentText else ""
        if self.toolTip() != whole:
            self.setToolTip(whole)
        option.currentText = text
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ChoiceField(KitFrame):
    """A labelled drop-down list of (id, text)."""

    chosen = Signal(str)

    def __init__(self, label: str = "", *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(f"{name}Field", "", parent)
        self._label = Label(role="label")
        self.box = _Box()
        self.box.setObjectName(name)
        self._label.setBuddy(self.box)
        self.setFocusProxy(self.box)
        self.box.activated.connect(lambda: self.chosen.emit(self.value))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.setSpacing(4)
        column.addWidget(self._label)
        column.addWidget(self.box)
        self.set_label(label)
        self._built()

    @property
    def value(self) -> str:
        """The id chosen, empty if there is none."""
        return str(self.box.currentData() or "")

    def set_label(self, label: str) -> None:
        """Set the label, which is also the accessible name."""
        self._label.setText(label)
        self._label.setVisible(bool(label))
        self.box.setAccessibleName(label)

    def set_options(self, options: list[tuple[str, str]], value: str = "") -> None:
        """Offer `options` and choose `value`, else keep the present choice where it is still offered."""
        wanted = value or self.value
        self.box.clear()
        for identity, text in options:
            self.box.addItem(text, identity)
        self.box.setCurrentIndex(max(self.box.findData(wanted), 0))


class NumberField(KitFrame):
    """A labelled number between two limits, typed, or moved by arrow keys and wheel."""

    changed = Signal(float)

    def __init__(
        self,
        label: str = "",
        *,
        name: str,
        minimum: float = 0,
        maximum: float = 100,
        decimals: int = 0,
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"{name}Field", "", parent)
        self._label = Label(role="label")
        self.box = QDoubleSpinBox()
        self.box.setObjectName(name)
        self.box.setDecimals(decimals)
        self.box.setRange(minimum, maximum)
        self.box.setSuffix(suffix)
        # The style sheet's padding does not reach the line edit inside.
        self.box.lineEdit().setTextMargins(8, 0, 0, 0)
        self._label.setBuddy(self.box)
        self.setFocusProxy(self.box)
        self.box.valueChanged.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.setSpacing(4)
        column.addWidget(self._label)
        column.addWidget(self.box)
        self.set_label(label)
        self._built()

    @property
    def value(self) -> float:
        """The number; whole where there are no decimals."""
        return self.box.value()

    def set_value(self, value: float) -> None:
        """Put `value` in, drawn into the limits, without telling `changed`."""
        self.box.blockSignals(True)
        self.box.setValue(value)
        self.box.blockSignals(False)

    def set_range(self, minimum: float, maximum: float) -> None:
        """Set other limits."""
        self.box.setRange(minimum, maximum)

    def set_label(self, label: str) -> None:
        """Set the label, which is also the accessible name."""
        self._label.setText(label)
        self._label.setVisible(bool(label))
        self.box.setAccessibleName(label)
