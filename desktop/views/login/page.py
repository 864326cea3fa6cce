"""The login page: the brand at the left, one card with three ways in at the right. Passive."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.ui.i18n import Language, current_language, tr
from desktop.ui.kit.base import Label, restyle
from desktop.ui.kit.buttons import LinkButton, SegmentedControl
from desktop.ui.kit.surfaces import Banner, Card, scrolled
from desktop.ui.page import Page
from desktop.views.login.brand import BrandPane
from desktop.views.login.model import LoginModel, LoginState, Way
from desktop.views.login.password import PasswordForm
from desktop.views.login.sms import SmsForm
from desktop.views.scan import Cameras, ScanPanel, own_cameras

_CARD_WIDTH = 440


class LoginPage(Page[LoginState]):
    """Emits `signed_in` when a session is there. With `apply_language` it offers the other language as well.

    `platform_requested` when the person wants another platform; the link for it is there after `offer_platforms`.
    Without `has_brand` it is the card alone, as in a dialog.
    """

    signed_in = Signal()
    platform_requested = Signal()

    def __init__(
        self,
        model: LoginModel,
        *,
        apply_language: Callable[[str], object] | None = None,
        cameras: Callable[[], Cameras] = own_cameras,
        has_brand: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("loginPage", parent)
        self.model, self._apply_language = model, apply_language
        self.language = LinkButton(icon="languages", name="loginLanguage")
        self.language.setVisible(apply_language is not None)
        self.help = LinkButton(icon="smartphone", name="loginHelpLink")
        self.platform = Label(role="heading", wrap=True, name="loginPlatform")
        self.other_platform = LinkButton(name="otherPlatformLink")
        self.other_platform.hide()
        self.ways = SegmentedControl(name="loginWay")
        self.banner = Banner(name="loginBanner")
        self.form = SmsForm()
        self.password = PasswordForm()
        self.qr = _QrSide(model, cameras)
        self._lay_out(has_brand=has_brand)
        self._connect(model)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def show_state(self, state: LoginState) -> None:
        """Draw the chosen way."""
        self.platform.setText(state.platform_name)
        # In the other language, so that whoever reads only that one finds it.
        self.language.setText("中文" if current_language() is Language.ENGLISH else "English")
        self.help.setText(tr("手机应用下载与连接检查"))
        self._name_ways()
        self.ways.set_current(state.way.value)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()
        self.other_platform.setText(tr("更换平台"))
        self.form.show_state(state)
        self.password.show_state(state)
        self.qr.show_state(state)
        # The code needs the height; whose platform it is also stands at the left.
        self.head.setVisible(state.way is not Way.QR)
        self.form.setVisible(state.way is Way.SMS)
        self.password.setVisible(state.way is Way.PASSWORD)
        self.qr.setVisible(state.way is Way.QR)

    def offer_platforms(self, *, offered: bool = True) -> None:
        """Show the way to another platform; who answers `platform_requested` calls this."""
        self.other_platform.setVisible(offered)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where the person will type; an open QR side shows a fresh code."""
        super().showEvent(event)
        self.model.show_code()
        self.model.look_at_keyring()
        self._focus()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything in the new language, the open code with it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self.model.show_code_anew()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave no code open out of sight."""
        super().hideEvent(event)
        self.model.leave()

    def _choose(self, way: str) -> None:
        self.password.password.clear()
        self.model.choose(Way(way))
        self._focus()

    def _focus(self) -> None:
        """Go where the person will type next."""
        if self.model.state.way is Way.QR:
            return
        is_sms = self.model.state.way is Way.SMS
        mobile = self.form.mobile if is_sms else self.password.mobile
        secret = self.form.code.edit if is_sms else self.password.password.edit
        (secret if mobile.is_valid else mobile.edit).setFocus()

    def _change_language(self) -> None:
        other = Language.CHINESE if current_language() is Language.ENGLISH else Language.ENGLISH
        if self._apply_language is not None:
            self.model.use_language(other.value)
            self._apply_language(other.value)

    def _on_signed_in(self) -> None:
        """Leave no used code and no password behind for whoever comes next."""
        self.form.code.set_value("")
        self.password.password.clear()
        self.signed_in.emit()

    def _name_ways(self) -> None:
        names = (
            (Way.SMS, "smsLoginTab", tr("短信验证码")),
            (Way.PASSWORD, "passwordLoginTab", tr("密码登录")),
            (Way.QR, "qrLoginTab", tr("扫码登录")),
        )
        self.ways.set_options([(way.value, words) for way, _, words in names])
        for way, name, _ in names:
            button = self.ways.findChild(QPushButton, f"loginWay_{way.value}")
            if button is not None:
                button.setObjectName(name)

    def _lay_out(self, *, has_brand: bool) -> None:
        card = Card(name="loginCard", padding=24)
        card.setFixedWidth(_CARD_WIDTH)
        self.head = QWidget()
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.platform, 1)
        head.addWidget(self.other_platform, 0, Qt.AlignmentFlag.AlignTop)
        card.add(self.head)
        card.add(self.ways)
        card.add(self.banner)
        card.add(self.form)
        card.add(self.password)
        card.add(self.qr)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(24, 12, 24, 12)
        # Not by alignment: a layout would then ask for the card's height at a width the card never has.
        centred = QHBoxLayout()
        centred.addStretch()
        centred.addWidget(card)
        centred.addStretch()
        column.addWidget(self.language, 0, Qt.AlignmentFlag.AlignRight)
        column.addStretch()
        column.addLayout(centred)
        column.addStretch()
        column.addWidget(self.help, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        if has_brand:
            row.addWidget(BrandPane(self.model.state.platform_name))
        row.addWidget(scrolled(middle), 1)

    def _connect(self, model: LoginModel) -> None:
        self.ways.chosen.connect(self._choose)
        self.other_platform.clicked.connect(self.platform_requested)
        self.form.mobile.changed.connect(model.type_mobile)
        self.form.code.send_requested.connect(model.send_code)
        self.form.sign_in_requested.connect(model.sign_in)
        self.form.remember.toggled.connect(model.set_remember)
        self.password.mobile.changed.connect(model.type_mobile)
        self.password.sign_in_requested.connect(model.sign_in_by_password)
        self.password.remember.toggled.connect(model.set_remember)
        self.password.forgotten.connect(lambda: self._choose(Way.SMS.value))
        self.language.clicked.connect(self._change_language)
        model.signed_in.connect(self._on_signed_in)


class _QrSide(QWidget):
    """The scan panel, for whom its code is, and a way to the other code."""

    def __init__(self, model: LoginModel, cameras: Callable[[], Cameras]) -> None:
        super().__init__()
        self.unit = Label(role="body", wrap=True, name="loginUnit")
        self.unit.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.panel = ScanPanel(model.scan, cameras=cameras)
        # The login card is a card already, with room around it.
        restyle(self.panel.card, "kind", "")
        layout = self.panel.card.layout()
        if layout is not None:
            layout.setContentsMargins(32, 8, 32, 8)
        self.other = LinkButton(name="otherUnitLink")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.unit)
        column.addWidget(self.panel, 1)
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignHCenter)
        self.panel.retry_requested.connect(model.show_code)
        self.other.clicked.connect(model.switch_unit)

    def show_state(self, state: LoginState) -> None:
        """Say whom the code is for."""
        if state.organization:
            self.unit.setText(tr("本工位的登录码, 供 {organization} 使用", organization=state.organization))
            self.other.setText(tr("其他单位登录"))
        else:
            self.other.setText(tr("返回本单位登录"))
        self.unit.setVisible(bool(state.organization))
        self.other.setVisible(state.has_unit)
