"""The session was ended elsewhere: a bar that says so over every page, and the dialog to log in again and go on."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame, Label, Tone
from desktop.ui.kit.buttons import SecondaryButton
from desktop.ui.kit.surfaces import Banner
from desktop.views.login.model import LoginModel
from desktop.views.login.page import LoginPage
from desktop.views.scan import Cameras, own_cameras

#: As high as the code to scan needs, where the window has that room.
_WIDTH, _HEIGHT = 520, 840


class SessionBar(KitFrame):
    """Hidden until `show_ended`; stands between header and page, so that no page hides it."""

    log_in_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sessionBar", "", parent)
        self.banner = Banner(name="sessionBanner")
        self.banner.action_triggered.connect(self.log_in_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 16, 32, 0)
        column.addWidget(self.banner)
        self.hide()
        self._built()

    def show_ended(self, *, ended: bool) -> None:
        """Say that the session has ended, or say nothing any more."""
        if ended != self.isHidden():
            return
        self.setVisible(ended)
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the current language."""
        if self.isHidden():
            self.banner.clear()
            return
        text = tr("登录已过期或已在别处退出。未完成的工作仍在原处, 重新登录后即可继续。")
        self.banner.show_message(Tone.WARNING, tr("登录已失效"), text, action=tr("重新登录"))


class LogInAgainDialog(QDialog):
    """The login card above the work; accepted when somebody is logged in."""

    def __init__(
        self, model: LoginModel, *, cameras: Callable[[], Cameras] = own_cameras, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("logInAgainDialog")
        self.setWindowTitle(tr("重新登录"))
        self.setAccessibleName(tr("重新登录"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT if parent is None else min(_HEIGHT, parent.window().height()))
        words = Label(
            tr("用同一账号登录, 未完成的工作原样保留。换用其他账号登录, 所有页面将重新开始, 未完成的工作不保留。"),
            wrap=True,
            name="logInAgainText",
        )
        self.page = LoginPage(model, cameras=cameras, has_brand=False)
        self.page.help.hide()
        self.page.signed_in.connect(self.accept)
        self.back = SecondaryButton(tr("取消"), name="logInAgainCancel")
        self.back.clicked.connect(self.reject)
        above = QVBoxLayout()
        above.setContentsMargins(32, 24, 32, 0)
        above.addWidget(words)
        foot = QHBoxLayout()
        foot.setContentsMargins(32, 0, 32, 16)
        foot.addStretch()
        foot.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(above)
        column.addWidget(self.page, 1)
        column.addLayout(foot)
