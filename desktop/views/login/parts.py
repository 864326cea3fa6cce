"""What the forms of the login card share: the box that keeps a session, and words at the fields."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label
from desktop.views.login.model import WRONG_FORM, LoginState
from desktop.views.refusals import refusal_words


class RememberBox(QWidget):
    """Whether the next start finds the person still signed in; where no keyring answers it cannot, and says why."""

    toggled = Signal(bool)

    def __init__(self, name: str, note_name: str) -> None:
        super().__init__()
        self.box = QCheckBox()
        self.box.setObjectName(name)
        self.note = Label(role="caption", wrap=True, name=note_name)
        self.box.toggled.connect(self.toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.box)
        column.addWidget(self.note)

    def show_state(self, state: LoginState) -> None:
        """Draw it."""
        self.box.setText(tr("记住登录"))
        self.box.setAccessibleName(tr("记住登录"))
        self.box.setToolTip(tr("请勿在公用电脑上勾选"))
        self.note.setText(tr("本机的系统密钥环不可用, 无法记住登录; 下次启动需重新登录。"))
        with QSignalBlocker(self.box):  # that it cannot be is not that it is not wished
            self.box.setChecked(state.remember and state.can_remember)
        self.box.setEnabled(state.can_remember)
        self.note.setVisible(not state.can_remember)


def mobile_words(state: LoginState) -> str:
    """Say what is wrong with the number."""
    if state.mobile_problem == WRONG_FORM:
        return tr("请输入 11 位手机号码, 以 13 至 19 开头")
    return refusal_words(state.mobile_problem, state.refusal_detail)


def code_words(state: LoginState) -> str:
    """Say what is wrong with the SMS code, or with asking for one."""
    if state.code_problem == WRONG_FORM:
        return tr("请输入短信中的 6 位数字")
    return refusal_words(state.code_problem, state.refusal_detail)


def password_words(state: LoginState) -> str:
    """Say what is wrong with the login password."""
    if state.password_problem == WRONG_FORM:
        return tr("请输入登录密码")
    return refusal_words(state.password_problem, state.refusal_detail)
