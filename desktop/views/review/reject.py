"""The dialog that asks why an application is sent back; the applicant reads the reason."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label
from desktop.ui.kit.buttons import DangerButton, SecondaryButton

_WIDTH = 480
_MAX_REASON = 500


class RejectDialog(QDialog):
    """`answered(reason)` when a reason is given; `typed(text)` so that nothing is lost when it is closed."""

    answered = Signal(str)
    typed = Signal(str)

    def __init__(self, name: str, draft: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rejectDialog")
        self.setWindowTitle(tr("驳回申请"))
        self.setAccessibleName(tr("驳回申请"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self.field = QPlainTextEdit(draft)
        self.field.setObjectName("reasonField")
        self.field.setAccessibleName(tr("驳回原因"))
        self.field.setPlaceholderText(tr("例如: 营业执照照片不清晰, 请重新拍摄后提交"))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(112)
        self.note = Label(role="error", name="reasonError")
        self.note.hide()
        self.back = SecondaryButton(tr("取消"), name="rejectCancelButton")
        self.confirm = DangerButton(tr("驳回"), name="confirmRejectButton")
        self._lay_out(name)
        self.field.textChanged.connect(self._on_text)
        self.back.clicked.connect(self.reject)
        self.confirm.clicked.connect(self._answer)
        self.field.setFocus()

    def _lay_out(self, name: str) -> None:
        label = Label(tr("驳回原因"), "label")
        label.setBuddy(self.field)
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.confirm)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(Label(tr("驳回申请"), "heading"))
        column.addWidget(Label(tr("{name} 的申请将退回, 申请人会看到下面的原因。", name=name), "body", wrap=True))
        column.addSpacing(8)
        column.addWidget(label)
        column.addWidget(self.field)
        column.addWidget(self.note, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(16)
        column.addLayout(buttons)

    def _on_text(self) -> None:
        self.note.hide()
        self.typed.emit(self.field.toPlainText())

    def _answer(self) -> None:
        reason = self.field.toPlainText().strip()
        if not reason:
            self._complain(tr("请填写驳回原因"))
        elif len(reason) > _MAX_REASON:
            self._complain(tr("原因不能超过 {count} 字", count=_MAX_REASON))
        else:
            self.answered.emit(reason)
            self.accept()

    def _complain(self, words: str) -> None:
        self.note.setText(words)
        self.field.setAccessibleDescription(words)
        self.note.show()
        self.field.setFocus()
