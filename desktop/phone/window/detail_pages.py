"""修改证书密码, and what a certificate password is worth."""

from desktop.phone.core import Strength, strength_of
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.states import AppState, Screen
from desktop.ui.i18n import tr
from desktop.ui.kit import PrimaryButton, TextField


def strength_text(password: str) -> str:
    """Say what a new password is worth (threat T29)."""
    if not password:
        return tr("至少 8 位且包含两类字符, 或至少 12 位")
    words = {
        Strength.TOO_WEAK: tr("太简单: 至少 8 位且包含两类字符, 或至少 12 位"),
        Strength.WITH_DEVICE: tr("可用: 配合本机密钥保护证书; 12 位以上更安全"),
        Strength.ALONE: tr("强: 即使手机文件被盗也难以猜出"),
    }
    return words[strength_of(password)]


class PasswordPage(PhonePage[AppState]):
    """修改证书密码."""

    def __init__(self, model: AppModel) -> None:
        super().__init__("passwordPage")
        self._model = model
        self.nav.back_requested.connect(model.back)
        self.old = TextField(name="passwordOld", secret=True)
        self.new = TextField(name="passwordNew", secret=True)
        self.repeated = TextField(name="passwordRepeated", secret=True)
        self.problem = ProblemBanner(name="passwordProblem")
        self.submit = PrimaryButton(name="passwordSubmit")
        for widget in (self.old, self.new, self.repeated, self.problem, self.submit):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.new.changed.connect(lambda text: self.new.set_help(strength_text(text)))
        for field in (self.old, self.new, self.repeated):
            field.changed.connect(self.render_again)
        self.submit.clicked.connect(self._submit)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        if state.screen is not Screen.PASSWORD:
            # A secret does not wait in a hidden field.
            for field in (self.old, self.new, self.repeated):
                field.set_value("")
        self.nav.set_title(tr("修改证书密码"))
        self.old.set_label(tr("当前证书密码"))
        self.new.set_label(tr("新证书密码"))
        self.new.set_help(strength_text(self.new.value))
        self.repeated.set_label(tr("再次输入新密码"))
        self.submit.setText(tr("正在修改…") if state.busy else tr("修改"))
        filled = all(f.value for f in (self.old, self.new, self.repeated))
        self.submit.setEnabled(filled and not state.busy)
        extra = tr("还可输错 {count} 次。", count=state.tries_left) if state.tries_left else ""
        self.problem.show_code(state, extra)

    def _submit(self) -> None:
        self._model.change_password(self.old.value, self.new.value, self.repeated.value)
