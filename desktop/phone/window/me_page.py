"""我的: who one is, for which unit one acts, 账号与安全, 通知, appearance, log out."""

from collections.abc import Callable, Hashable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.phone.core import PhoneOrganization
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, clear_layout
from desktop.phone.window.parts import MenuRow, Pressable
from desktop.phone.window.states import AppState, Screen
from desktop.phone.window.words import role_word
from desktop.ui.i18n import Language, Languages, current_language, tr
from desktop.ui.kit import Card, DangerButton, Icon, Label, SegmentedControl, StatusChip, Tone

#: Dresses the app: "system", "light" or "dark"; and tells which it is now.
ChooseTheme = Callable[[str], None]


class UnitRow(Pressable):
    """A unit of the person; a touch acts for it from now on."""

    def __init__(self, unit: PhoneOrganization, *, is_current: bool, is_only: bool) -> None:
        super().__init__(f"meUnit_{unit.organization_id}", opens=not is_current)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(unit.name, "body", wrap=True))
        words.addWidget(Label(f"{unit.credit_code} · {role_word(unit.member_role)}", "caption", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(Icon("building-2", "primary", 20))
        row.addLayout(words, 1)
        if is_current and not is_only:
            row.addWidget(StatusChip(tr("当前"), Tone.SUCCESS))
        elif not is_current:
            row.addWidget(Label(tr("切换"), "muted"))
        self.setAccessibleName(f"{unit.name} {tr('当前') if is_current else tr('切换')}")


class MePage(PhonePage[AppState]):
    """See the module docstring. Without `choose_theme` the appearance is not the person's to choose."""

    theme_chosen = Signal(str)

    def __init__(self, model: AppModel, languages: Languages, *, theme: str = "") -> None:
        super().__init__("mePage")
        self._model = model
        self._theme = theme
        self._drawn: Hashable = None
        self.nav.back.hide()
        self.name = Label(role="title", name="meName", wrap=True)
        self.mobile = Label(role="muted", name="meMobile")
        head = Card(name="meCard", padding=16)
        head.body.setSpacing(4)
        head.add(self.name)
        head.add(self.mobile)
        self._units_label = Label(role="label")
        self.column.setSpacing(12)
        self._units = QVBoxLayout()
        self._units.setSpacing(8)
        self.security = MenuRow("shield-check", name="meSecurity")
        self.notices = MenuRow("bell", name="meNotices")
        self.messages = MenuRow("message-square-text", name="meInbox")
        self.security.activated.connect(lambda: model.open(Screen.SECURITY))
        self.notices.activated.connect(lambda: model.open(Screen.NOTICES))
        self.messages.activated.connect(lambda: model.open(Screen.INBOX))
        self._language_label = Label(role="label")
        self.language = SegmentedControl(name="meLanguage")
        self.language.set_options([(Language.CHINESE.value, "中文"), (Language.ENGLISH.value, "English")])
        self.language.chosen.connect(lambda chosen: languages.use(Language(chosen)))
        self._theme_label = Label(role="label")
        self.theme = SegmentedControl(name="meTheme")
        self.theme.chosen.connect(self._choose_theme)
        self._note = Label(role="caption", wrap=True)
        self.log_out = DangerButton(icon="log-out", name="meLogOut")
        self.log_out.clicked.connect(model.log_out)
        self.column.addWidget(head)
        self.column.addWidget(self._units_label)
        self.column.addLayout(self._units)
        rows: tuple[QWidget, ...] = (self.security, self.notices, self.messages)
        for widget in rows:
            self.column.addWidget(widget)
        line = QHBoxLayout()
        line.addWidget(self._language_label, 1)
        line.addWidget(self.language)
        self.column.addLayout(line)
        self.column.addWidget(self._theme_label)
        self.column.addWidget(self.theme)
        self.column.addWidget(self._note)
        self.column.addWidget(self.log_out)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self.nav.set_title(tr("我的"))
        session = state.session
        self.name.setText((session.account_name if session is not None else "") or tr("尚未实名"))
        mobile = session.mobile_masked if session is not None else ""
        self.mobile.setText(" · ".join(text for text in (mobile, state.platform_name) if text))
        self.mobile.setWordWrap(True)
        self._show_units(state)
        self.security.set_texts(tr("账号与安全"))
        unread = tr("{count} 条未读", count=state.unread) if state.unread else ""
        self.notices.set_texts(tr("通知"), mark=unread)
        self.messages.set_texts(tr("短信"), tr("{count} 条短信", count=len(state.messages)) if state.messages else "")
        self._language_label.setText(tr("语言"))
        self.language.set_current(current_language().value)
        self._show_theme()
        self._note.setText(tr("退出登录不会删除证书。证书保存在本手机, 卸载或换机后需要补办。"))
        self.log_out.setText(tr("退出登录"))

    def _show_units(self, state: AppState) -> None:
        units = state.session.organizations if state.session is not None else ()
        self._units_label.setText(tr("我的单位") if units else tr("尚未加入单位"))
        drawn = (units, state.organization, current_language())
        if drawn == self._drawn:
            return
        self._drawn = drawn
        clear_layout(self._units)
        for unit in units:
            row = UnitRow(unit, is_current=unit == state.organization, is_only=len(units) == 1)
            row.activated.connect(lambda unit=unit: self._model.choose_unit(unit.organization_id))
            self._units.addWidget(row)

    def _show_theme(self) -> None:
        for widget in (self._theme_label, self.theme):
            widget.setVisible(bool(self._theme))
        self._theme_label.setText(tr("外观"))
        options = [("system", tr("跟随系统")), ("light", tr("浅色")), ("dark", tr("深色"))]
        self.theme.set_options(options)
        self.theme.setAccessibleName(tr("外观"))
        if self._theme:
            self.theme.set_current(self._theme)

    def _choose_theme(self, chosen: str) -> None:
        self._theme = chosen
        self.theme_chosen.emit(chosen)
