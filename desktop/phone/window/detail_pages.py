"""One certificate, its password, and 我的."""

from PySide6.QtCore import Qt

from desktop.phone.core import Strength, strength_of
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import Facts, PhonePage, ProblemBanner, in_groups
from desktop.phone.window.list_pages import certificate_state_word
from desktop.phone.window.states import AppState, Screen
from desktop.ui.i18n import Language, Languages, current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    DangerButton,
    Label,
    PrimaryButton,
    SecondaryButton,
    SegmentedControl,
    StatusChip,
    TextField,
    Tone,
    local_time,
)

_ALL_TRIES = 10


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


class CertificatePage(PhonePage[AppState]):
    """证书详情: identity, serial numbers, validity, where the key is."""

    def __init__(self, model: AppModel) -> None:
        super().__init__("certificatePage")
        self.nav.back_requested.connect(model.back)
        self.notice = Banner(name="certificateNotice")
        self.chip = StatusChip(name="certificateState")
        self.holder = Label(role="title", name="certificateHolder", wrap=True)
        self.facts = Facts("certificateFacts")
        self.change = SecondaryButton(icon="key-round", name="certificateChangePassword")
        self.change.clicked.connect(lambda: model.open(Screen.PASSWORD))
        card = Card(name="certificateCard", padding=16)
        card.add(self.holder)
        card.body.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        card.add(self.facts)
        for widget in (self.notice, card, self.change):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self.nav.set_title(tr("证书详情"))
        self.change.setText(tr("修改证书密码"))
        if state.notice == "password_changed":
            self.notice.show_message(Tone.SUCCESS, tr("证书密码已修改"))
        else:
            self.notice.clear()
        certificate = state.certificate
        if certificate is None:
            return
        self.chip.set_status(*certificate_state_word(certificate))
        self.holder.setText(certificate.holder)
        self.change.setEnabled(not certificate.is_locked)
        rows = [
            (tr("单位"), certificate.organization),
            (tr("信用代码"), certificate.credit_code),
            (tr("签名证书"), in_groups(certificate.serial)),
            (tr("加密证书"), in_groups(certificate.enc_serial)),
            (tr("算法"), certificate.suite),
            (tr("生效"), local_time(certificate.not_before)),
            (tr("到期"), local_time(certificate.not_after)),
            (tr("密钥位置"), tr("仅在本手机")),
        ]
        if certificate.tries_left < _ALL_TRIES:
            rows.append((tr("密码"), tr("还可输错 {count} 次", count=certificate.tries_left)))
        self.facts.set_rows(tuple(rows))


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


class MePage(PhonePage[AppState]):
    """我的: account, units, language, log out."""

    def __init__(self, model: AppModel, languages: Languages) -> None:
        super().__init__("mePage")
        self.nav.back_requested.connect(model.back)
        self.facts = Facts("meFacts")
        card = Card(name="meCard", padding=16)
        card.add(self.facts)
        self._language_label = Label(role="label")
        self.language = SegmentedControl(name="meLanguage")
        self.language.set_options([(Language.CHINESE.value, "中文"), (Language.ENGLISH.value, "English")])
        self.language.chosen.connect(lambda chosen: languages.use(Language(chosen)))
        self._note = Label(role="caption", wrap=True)
        self.log_out = DangerButton(icon="log-out", name="meLogOut")
        self.log_out.clicked.connect(model.log_out)
        for widget in (card, self._language_label, self.language, self._note, self.log_out):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self.nav.set_title(tr("我的"))
        self._language_label.setText(tr("语言"))
        self.language.set_current(current_language().value)
        self._note.setText(tr("退出登录不会删除证书。证书保存在本手机, 卸载或换机后需要补办。"))
        self.log_out.setText(tr("退出登录"))
        rows = [(tr("平台"), state.platform_name)]
        if state.session is not None:
            rows.insert(0, (tr("手机号"), state.session.mobile_masked))
            rows += [(tr("单位"), o.name) for o in state.session.organizations]
        self.facts.set_rows(tuple(rows))
