"""账号与安全: the overview with its three cards, and in its place the form that one of them opens. Passive."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import tr
from desktop.ui.kit.base import Tone
from desktop.ui.kit.drop import FilePicker, pick_files
from desktop.ui.kit.surfaces import Banner
from desktop.ui.page import LookAgain, Page
from desktop.views.me.frame import framed
from desktop.views.me.mobile_model import MobileModel
from desktop.views.me.mobile_panel import MobilePanel
from desktop.views.me.password_model import PasswordModel
from desktop.views.me.password_panel import PasswordPanel
from desktop.views.me.security_cards import MobileCard, PasswordCard, SessionsCard
from desktop.views.me.security_model import SecurityModel, SecurityState


class SecuritySection(Page[SecurityState]):
    """`receive("password")` and `receive("mobile")` open the forms; `notified(text)` is for a toast."""

    notified = Signal(str)

    def __init__(self, model: SecurityModel, *, pick: FilePicker = pick_files, parent: QWidget | None = None) -> None:
        super().__init__("securitySection", parent)
        self.model = model
        self.banner = Banner(name="securityBanner")
        self.done = Banner(name="securityDone")
        self.password, self.mobile, self.sessions = PasswordCard(), MobileCard(), SessionsCard()
        self.password_panel = PasswordPanel(PasswordModel(model.workspace, self))
        self.mobile_panel = MobilePanel(MobileModel(model.workspace, self), pick=pick)
        self._wanted = ""
        self.shelf = QStackedWidget()
        self.overview = framed(
            self.banner, self.done, self.password, self.mobile, self.sessions, name="securityOverview"
        )
        for widget in (self.overview, self.password_panel, self.mobile_panel):
            self.shelf.addWidget(widget)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.shelf)
        self._looking = LookAgain(self, model.open)
        self._connect()
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def show_state(self, state: SecurityState) -> None:
        """Draw the cards; the panels draw themselves."""
        for card in (self.password, self.mobile, self.sessions):
            card.show_state(state)
        self.password_panel.show_state()
        self.mobile_panel.show_state()
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()
        # The review desk decides, a change takes effect, another device signs in.
        self._looking.want(wanted=state.security is not None)
        if state.security is not None and self._wanted:
            wanted, self._wanted = self._wanted, ""
            self.receive(wanted)

    def receive(self, text: str) -> None:
        """Open a form, as soon as it is known what it has to ask."""
        if self.model.state.security is None:
            self._wanted = text
        elif text == "password":
            self._open_password()
        elif text == "mobile" and self.mobile.change.isEnabled():
            self._open_mobile()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.model.open()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was done just now is old news to who comes back."""
        super().hideEvent(event)
        self.done.clear()

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew; a form that was left was emptied."""
        here = self.shelf.currentWidget()
        if here is self.password_panel and self.password_panel.is_typed:
            return tr("填写中的登录密码尚未保存")
        return tr("填写中的新手机号尚未提交") if here is self.mobile_panel and self.mobile_panel.is_typed else ""

    def _open_password(self) -> None:
        security = self.model.state.security
        if security is not None:
            self.done.clear()
            panel, account = self.password_panel, security.account
            panel.model.begin(has_password=account.has_password, mobile_masked=account.mobile_masked)
            self.shelf.setCurrentWidget(panel)
            panel.focus()

    def _open_mobile(self) -> None:
        security = self.model.state.security
        if security is not None:
            self.done.clear()
            panel, account = self.mobile_panel, security.account
            panel.model.begin(has_password=account.has_password, old_masked=account.mobile_masked)
            self.shelf.setCurrentWidget(panel)
            panel.focus()

    def _back(self, said: Callable[[], str] | None = None) -> None:
        """Return to the overview, where it is `said` what was done; what was typed in the form is gone."""
        for panel in (self.password_panel, self.mobile_panel):
            if self.shelf.currentWidget() is panel:
                (self.password.change if panel is self.password_panel else self.mobile.change).setFocus()
        self.shelf.setCurrentWidget(self.overview)
        security = self.model.state.security
        if security is not None:
            account = security.account
            self.password_panel.model.begin(has_password=account.has_password, mobile_masked=account.mobile_masked)
            self.mobile_panel.model.begin(has_password=account.has_password, old_masked=account.mobile_masked)
        if said is not None:
            self.done.show_said(Tone.SUCCESS, lambda: (said(), ""))
            self.notified.emit(said())
        self.model.open()

    def _ask(self, title: str, text: str, action: str) -> ConfirmDialog:
        return ConfirmDialog(title, text, action, is_destructive=True, parent=self)

    def _ask_everywhere(self) -> None:
        text = tr("包括手机应用和其他电脑; 本机也会退出, 之后需要重新登录。")
        dialog = self._ask(tr("在所有设备上退出登录?"), text, tr("全部退出"))
        dialog.accepted.connect(self.model.sign_out_everywhere)
        dialog.open()

    def _ask_cancel(self, change_id: str) -> None:
        dialog = self._ask(tr("取消更换手机号?"), tr("绑定的手机号保持不变; 需要时可以重新申请。"), tr("取消更换"))
        dialog.accepted.connect(lambda: self.model.cancel_change(change_id))
        dialog.open()

    def _ask_withdraw(self, check_id: str) -> None:
        dialog = self._ask(tr("撤回申请?"), tr("绑定的手机号保持不变; 需要时可以重新申请。"), tr("撤回申请"))
        dialog.accepted.connect(lambda: self.model.withdraw_request(check_id))
        dialog.open()

    def _connect(self) -> None:
        self.retry_requested.connect(self.model.open)
        self.password.change_requested.connect(self._open_password)
        self.mobile.change_requested.connect(self._open_mobile)
        self.mobile.cancel_requested.connect(self._ask_cancel)
        self.mobile.withdraw_requested.connect(self._ask_withdraw)
        self.sessions.end_requested.connect(self.model.end_session)
        self.sessions.end_others_requested.connect(self.model.end_others)
        self.sessions.everywhere_requested.connect(self._ask_everywhere)
        self.password_panel.closed.connect(self._back)
        self.mobile_panel.closed.connect(self._back)
        saved, mobile = self.password_panel.model.saved, self.mobile_panel.model
        saved.connect(lambda: self._back(lambda: tr("登录密码已保存, 其他设备上的登录已退出")))
        mobile.planned.connect(lambda: self._back(lambda: tr("更换已登记, 24 小时后生效")))
        mobile.requested.connect(lambda: self._back(lambda: tr("申请已提交, 等待平台审核")))
