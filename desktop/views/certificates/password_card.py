"""The card of the certificate password in a certificate's detail: change it, or reset a forgotten one. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from desktop.domain.operations import CertificateState, CheckState
from desktop.portal.records import Certificate
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Card, Label, SecondaryButton, Tone
from desktop.views.certificates.reset_model import ResetState

_USABLE = (CertificateState.VALID, CertificateState.EXPIRES_SOON)


class PasswordCard(Card):
    """Of the holder's own certificate; nobody else has its password."""

    change_requested = Signal()
    reset_requested = Signal()

    def __init__(self) -> None:
        super().__init__(name="certificatePassword")
        self.change = SecondaryButton(icon="key-round", name="changePasswordButton")
        self.reset = SecondaryButton(icon="id-card", name="resetPasswordButton")
        self._change_note, self._reset_note = Label(role="caption", wrap=True), Label(role="caption", wrap=True)
        self.standing = Banner(name="resetStanding")
        for button, note in ((self.change, self._change_note), (self.reset, self._reset_note)):
            line = QHBoxLayout()
            line.setSpacing(16)
            line.addWidget(button)
            line.addWidget(note, 1, Qt.AlignmentFlag.AlignVCenter)
            self.body.addLayout(line)
        self.add(self.standing)
        self.change.clicked.connect(self.change_requested)
        self.reset.clicked.connect(self.reset_requested)

    def show_certificate(self, certificate: Certificate, reset: ResetState) -> None:
        """Show what can be done, and where a reset stands."""
        self.setVisible(certificate.mine)
        self.set_title(tr("证书密码"))
        self.change.setText(tr("修改密码"))
        self.reset.setText(tr("忘记密码 · 重置密码"))
        self._change_note.setText(tr("扫码后在手机上输入原密码和新密码; 密码不离开手机。"))
        self._reset_note.setText(tr("需要实名认证; 审核通过后在手机上设置新密码, 密钥和证书不变。"))
        usable = certificate.state in _USABLE
        self.change.setVisible(usable)
        self._change_note.setVisible(usable)
        is_open = reset.is_pending or (reset.check is not None and reset.check.state is CheckState.APPROVED)
        self.reset.setVisible(not is_open)
        self._reset_note.setVisible(not is_open)
        self._show_standing(reset)

    def _show_standing(self, reset: ResetState) -> None:
        check = reset.check
        if check is None:
            self.standing.clear()
        elif check.state is CheckState.PENDING_REVIEW:
            text = tr("实名认证材料已提交, 平台审核后即可在手机上设置新密码。")
            self.standing.show_message(Tone.INFO, tr("重置密码: 待审核"), text)
        elif check.state is CheckState.APPROVED:
            text = tr(
                "请在三天内打开存有此证书的手机: 【数字证书】中点开此证书, 点【忘记密码 · 重置密码】, 设置新密码。"
            )
            self.standing.show_message(Tone.SUCCESS, tr("已通过: 请在手机上设置新密码"), text)
        elif check.state is CheckState.REJECTED:
            text = tr("原因: {reason}。请修改材料后重新提交。", reason=check.reason.rstrip("。.") or tr("未说明"))
            self.standing.show_message(Tone.PROBLEM, tr("重置密码: 已驳回"), text)
        else:
            self.standing.clear()
