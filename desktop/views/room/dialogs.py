"""What a room asks before it acts: minutes and a reason for more time, a reason, a text. None of them blocks."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.dialogs import ConfirmDialog, Dialog, TextPrompt
from desktop.ui.i18n import tr
from desktop.ui.kit import NumberField, PrimaryButton, SecondaryButton, TextField

#: Characters; at three bytes each they fit the 500 bytes of a statement's text (docs/tendering.md §6).
MOST_CHARACTERS = 160
_LEAST_MINUTES, _MOST_MINUTES, _PROPOSED_MINUTES = 5, 1440, 15


class ExtendDialog(Dialog):
    """Asks how much longer, and why; `answered(minutes, reason)`."""

    answered = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        text = tr("延长自原定时限起算。理由会随通知发给全部投标人, 并写入开标记录。")
        super().__init__("extendDialog", tr("延长交付时限"), text, parent)
        self.minutes = NumberField(
            tr("延长 (分钟)"), name="extendMinutes", minimum=_LEAST_MINUTES, maximum=_MOST_MINUTES
        )
        self.minutes.set_value(_PROPOSED_MINUTES)
        self.reason = TextField(tr("理由"), name="extendReason")
        self.reason.edit.setMaxLength(MOST_CHARACTERS)
        self.confirm = PrimaryButton(tr("延长并通知"), name="extendConfirm")
        self.back = SecondaryButton(tr("取消"), name="extendCancel")
        self.body.addWidget(self.minutes)
        self.body.addWidget(self.reason)
        self.buttons.addStretch()
        self.buttons.addWidget(self.back)
        self.buttons.addWidget(self.confirm)
        self.confirm.setEnabled(False)
        self.confirm.setDefault(True)
        self.reason.changed.connect(lambda text: self.confirm.setEnabled(bool(text.strip())))
        self.confirm.clicked.connect(self._answer)
        self.back.clicked.connect(self.reject)
        self.reason.edit.setFocus()

    def _answer(self) -> None:
        self.answered.emit(int(self.minutes.value), self.reason.value.strip())
        self.accept()


def ask_give_up(name: str, parent: QWidget | None) -> ConfirmDialog:
    """Return the question before a bid is given up: what everybody will read, and until when it can be bettered."""
    text = tr(
        "将以“非投标人原因, 未能解密”公布: 该投标视为撤回, 不参加唱标排序, 并写入开标记录, 全体投标人可见。"
        "其余投标文件不受影响。唱标后不能改变; 唱标前再次扫码解密成功的, 以解密结果为准。"
    )
    return ConfirmDialog(
        tr("放弃解密 {name} 的投标文件?", name=name), text, tr("放弃解密"), is_destructive=True, parent=parent
    )


def ask_text(title: str, label: str, action: str, *, text: str = "", parent: QWidget | None = None) -> TextPrompt:
    """Return a prompt for a text that fits a statement; the caller connects `answered` and opens it."""
    prompt = TextPrompt(title, label, action, text=text, parent=parent)
    prompt.field.edit.setMaxLength(MOST_CHARACTERS)
    return prompt
