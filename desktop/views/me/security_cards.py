"""The cards of 账号与安全: login password, bound number with what is under way, sessions. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.portal.security_api import SessionEntry
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import ElidedLabel, Label, Tone
from desktop.ui.kit.buttons import DangerButton, SecondaryButton
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import Banner, Card, Icon, StatusChip
from desktop.views.me.security_model import ALL, OTHERS, SecurityState

_ICONS = {"sms": "message-square-text", "app": "smartphone", "password": "key-round", "phone": "scan-line"}


def method_word(method: str) -> str:
    """Return how a session was begun."""
    words = {
        "sms": tr("短信验证码登录"),
        "app": tr("手机应用登录"),
        "password": tr("密码登录"),
        "phone": tr("扫码登录"),
    }
    return words.get(method, tr("登录"))


class PasswordCard(Card):
    """Whether there is a login password, and the way to one."""

    change_requested = Signal()

    def __init__(self) -> None:
        super().__init__(name="passwordCard")
        self.words = Label(role="muted", wrap=True, name="passwordWords")
        self.chip = StatusChip(name="passwordChip")
        self.change = SecondaryButton(name="changePasswordButton")
        self.change.clicked.connect(self.change_requested)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Icon("key-round", "muted", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        row.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.change, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)

    def show_state(self, state: SecurityState) -> None:
        """Draw it."""
        self.set_title(tr("登录密码"))
        has_one = state.security is not None and state.security.account.has_password
        self.change.setText(tr("修改登录密码") if has_one else tr("设置登录密码"))
        self.chip.set_status(tr("已设置") if has_one else tr("未设置"), Tone.SUCCESS if has_one else Tone.NEUTRAL)
        if has_one:
            self.words.setText(tr("可用手机号和登录密码登录, 短信验证码和扫码登录同样可用。"))
        else:
            self.words.setText(tr("设置后, 短信验证码和密码两种方式都可以登录。"))


class MobileCard(Card):
    """The bound number, masked; a change that waits or is under review, with the way to stop it."""

    change_requested = Signal()
    cancel_requested = Signal(str)
    withdraw_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__(name="mobileCard")
        self.number = Label(role="strong", name="boundMobile")
        self.words = Label(role="muted", wrap=True)
        self.change = SecondaryButton(name="changeMobileButton")
        self.pending = Banner(name="pendingChange")
        self.cancel = DangerButton(name="cancelChangeButton")
        self.withdraw = DangerButton(name="withdrawRequestButton")
        self.refused = Banner(name="refusedRequest")
        self._change_id = self._check_id = ""
        self.change.clicked.connect(self.change_requested)
        self.cancel.clicked.connect(lambda: self.cancel_requested.emit(self._change_id))
        self.withdraw.clicked.connect(lambda: self.withdraw_requested.emit(self._check_id))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.number)
        words.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Icon("smartphone", "muted", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.change, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)
        self.add(self.pending)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.cancel)
        foot.addWidget(self.withdraw)
        self.body.addLayout(foot)
        self.add(self.refused)

    def show_state(self, state: SecurityState) -> None:
        """Draw it."""
        self.set_title(tr("绑定手机号"))
        self.number.setText(state.security.account.mobile_masked if state.security else "")
        self.words.setText(tr("登录、验证码和安全提醒都用此号码; 手机号发生变更时请在此更换。"))
        self.change.setText(tr("更换号码"))
        change, check = state.pending, state.under_review
        self._change_id = change.change_id if change else ""
        self._check_id = check.check_id if check else ""
        self.change.setEnabled(change is None and check is None)
        self.cancel.setText(tr("取消更换"))
        self.cancel.setVisible(change is not None)
        self.cancel.setEnabled(not state.busy)
        self.withdraw.setText(tr("撤回申请"))
        self.withdraw.setVisible(check is not None)
        self.withdraw.setEnabled(not state.busy)
        if change is not None:
            title = tr("将更换为 {mobile}", mobile=change.new_masked)
            text = tr(
                "{time} 生效, 在此之前可以取消。若非本人操作, 请立即取消并修改登录密码。",
                time=local_time(change.effective_at),
            )
            self.pending.show_message(Tone.WARNING, title, text)
        elif check is not None:
            title = tr("更换为 {mobile} 的申请正在审核", mobile=check.subject)
            text = tr(
                "{time} 提交。审核通过后再等待 72 小时生效。若非本人操作, 请立即撤回。",
                time=local_time(check.created_at),
            )
            self.pending.show_message(Tone.INFO, title, text)
        else:
            self.pending.clear()
        refused = state.refused if change is None and check is None else None
        if refused is not None:
            title = tr("更换为 {mobile} 的申请未通过", mobile=refused.subject)
            self.refused.show_message(Tone.WARNING, title, tr("原因: {reason}", reason=refused.reason))
        else:
            self.refused.clear()


class SessionsCard(Card):
    """Where the account is signed in; this one is marked, the others can be ended."""

    end_requested = Signal(str)
    end_others_requested = Signal()
    everywhere_requested = Signal()

    def __init__(self) -> None:
        super().__init__(name="sessionsCard")
        self.hint = Label(role="muted", wrap=True)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(12)
        self.others = SecondaryButton(name="endOthersButton")
        self.everywhere = DangerButton(icon="log-out", name="signOutEverywhereButton")
        self.ended = Label(role="caption", name="endedWords")
        self._drawn: list[QWidget] = []
        self._shown: tuple[object, ...] = ()
        self.others.clicked.connect(self.end_others_requested)
        self.everywhere.clicked.connect(self.everywhere_requested)
        self.add(self.hint)
        self.body.addLayout(self.rows)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.ended, 1)
        foot.addWidget(self.others)
        foot.addWidget(self.everywhere)
        self.body.addLayout(foot)

    def show_state(self, state: SecurityState) -> None:
        """Draw the sessions; the rows only when they differ, so that the focus stays."""
        self.set_title(tr("登录的设备"))
        self.hint.setText(tr("不认识的登录请立即结束, 并修改登录密码。登录 12 小时后自动失效。"))
        self.others.setText(tr("结束其他登录"))
        self.everywhere.setText(tr("正在退出…") if state.busy == ALL else tr("全部退出"))
        sessions = state.security.sessions if state.security else ()
        self.others.setEnabled(not state.busy and any(not s.is_current for s in sessions))
        self.everywhere.setEnabled(not state.busy)
        self.ended.setText(tr("已结束 {count} 个登录", count=state.ended) if state.ended >= 0 else "")
        shown = (sessions, state.busy == OTHERS, state.busy, current_language())
        if shown != self._shown:
            self._shown = shown
            self._draw(sessions, state.busy)

    def _draw(self, sessions: tuple[SessionEntry, ...], busy: str) -> None:
        for old in self._drawn:
            old.hide()
            old.deleteLater()
        self._drawn = [self._row(number, entry, busy) for number, entry in enumerate(sessions)]
        for row in self._drawn:
            self.rows.addWidget(row)

    def _row(self, number: int, entry: SessionEntry, busy: str) -> QWidget:
        made = QWidget()
        made.setObjectName(f"session_{number}")
        words = QVBoxLayout()
        words.setSpacing(2)
        device = entry.device or (tr("手机应用") if entry.method == "app" else tr("未命名的设备"))
        words.addWidget(ElidedLabel(device))
        since = local_time(entry.created_at)
        words.addWidget(
            ElidedLabel(tr("{method} · {since} 起", method=method_word(entry.method), since=since), "caption")
        )
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(Icon(_ICONS.get(entry.method, "log-in"), "muted", 20))
        row.addLayout(words, 1)
        if entry.is_current:
            row.addWidget(StatusChip(tr("当前登录"), Tone.SUCCESS, name="currentSession"))
        else:
            end = SecondaryButton(tr("结束"), name=f"endSession_{number}")
            end.setAccessibleName(tr("结束 {device} 的登录", device=device))
            end.setEnabled(not busy)
            end.clicked.connect(lambda: self.end_requested.emit(entry.session_id))
            row.addWidget(end)
        return made
