"""The proxy's form. Passive; the password leaves its field only towards the model and is emptied once it is kept."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.portal.proxy import ProxyMode
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.buttons import SecondaryButton, SegmentedControl
from desktop.ui.kit.fields import TextField
from desktop.views.settings.form_card import FormCard, Rows
from desktop.views.settings.proxy_model import LOCAL, ProxyModel, ProxyState

_PORT_WIDTH = 112


class ProxyCard(FormCard[ProxyState]):
    """System, none or by hand; try and keep."""

    def __init__(self, model: ProxyModel) -> None:
        super().__init__("proxyCard")
        self.model = model
        self.modes = SegmentedControl(name="proxyMode")
        self.host = TextField(name="proxyHost")
        self.port = TextField(name="proxyPort")
        self.port.setFixedWidth(_PORT_WIDTH)
        self.user = TextField(name="proxyUser")
        self.password = TextField(name="proxyPassword", secret=True)
        self.test = SecondaryButton(icon="refresh-cw", name="proxyTestButton")
        self.save = SecondaryButton(icon="save", name="proxySaveButton")
        self.outcome = Label(role="body", wrap=True, name="proxyOutcome")
        self.note = Label(role="caption", wrap=True)
        self._lay_out()
        self.modes.chosen.connect(lambda mode: model.choose(ProxyMode(mode)))
        self.host.changed.connect(model.type_host)
        self.port.changed.connect(model.type_port)
        self.user.changed.connect(model.type_user)
        self.test.clicked.connect(lambda: model.try_out(self.password.value))
        self.save.clicked.connect(lambda: model.keep(self.password.value))
        for field in (self.host, self.port, self.user, self.password):
            field.submitted.connect(self.test.click)
        self._built()
        self.bind(model)
        model.load()

    def show_state(self, state: ProxyState) -> None:
        """Draw form and outcome."""
        self.set_title(tr("网络代理"))
        self._mode_word.setText(tr("连接方式"))
        self.modes.set_options([("system", tr("系统代理")), ("none", tr("不使用")), ("manual", tr("手动设置"))])
        self.modes.set_current(state.mode.value)
        self.modes.setAccessibleName(tr("连接方式"))
        self.host.set_label(tr("代理主机"), "proxy.example.com")
        self.port.set_label(tr("端口"), "8080")
        self.user.set_label(tr("用户名 (可不填)"))
        kept = tr("已保存, 不改则不必填写") if state.has_password else ""
        self.password.set_label(tr("密码"), kept)
        self.form.setVisible(state.mode is ProxyMode.MANUAL)
        for field, value in ((self.host, state.host), (self.port, state.port), (self.user, state.user)):
            if field.value.strip() != value:
                field.set_value(value)
        self.note.setText(tr("平台与扫码通道都经由此设置; 本机演示不经过代理。密码只保存在系统密钥环中。"))
        is_busy = state.is_trying or state.is_keeping
        self.test.setText(tr("正在测试…") if state.is_trying else tr("测试连接"))
        self.save.setText(tr("保存"))
        for button in (self.test, self.save):
            button.setEnabled(not is_busy)
        if state.is_kept and self.password.value:
            self.password.set_value("")
        self._say_outcome(state)

    def _say_outcome(self, state: ProxyState) -> None:
        tone, text = Tone.SUCCESS, ""
        if state.tried == "ok":
            text = tr("连接成功: 已通过此设置到达平台。")
        elif state.tried == LOCAL:
            text = tr("连接成功: 平台在本机, 没有经过代理。")
        elif state.tried:
            wording = problem(state.tried).wording(current_language())
            tone = Tone.PROBLEM
            text = tr("{title}。{next_step}", title=wording.title, next_step=wording.next_step)
        elif state.is_kept:
            text = tr("已保存, 立即生效。")
        self.outcome.setText(text)
        self.outcome.set_tone(tone)
        self.outcome.setVisible(bool(text))

    def _lay_out(self) -> None:
        rows = Rows()
        self._mode_word = rows.add(self.modes)
        self.body.addLayout(rows.grid)
        self.form = QWidget()
        form = QVBoxLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(16)
        for first, second in ((self.host, self.port), (self.user, self.password)):
            line = QHBoxLayout()
            line.setSpacing(16)
            line.addWidget(first, 1)
            line.addWidget(second, 0 if second is self.port else 1)
            form.addLayout(line)
        self.add(self.form)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.test)
        foot.addWidget(self.save)
        foot.addWidget(self.outcome, 1000)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.add(self.note)
