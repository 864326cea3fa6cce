"""The cards of my page. Each shows its part of the state and tells what the person wants; passive."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import PlatformRole
from desktop.portal.records import Membership
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import ElidedLabel, Label, Tone
from desktop.ui.kit.buttons import DangerButton, LinkButton, PrimaryButton, SecondaryButton
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import Banner, Card, Icon, Separator, StatusChip
from desktop.views.me.model import MeState
from desktop.views.me.role_words import role_word

_WORD_WIDTH = 112


class AccountCard(Card):
    """Name, masked number, role, and the way out."""

    sign_out_requested = Signal()

    def __init__(self) -> None:
        super().__init__(name="accountCard")
        self.name = Label(role="lead", name="accountName", wrap=True)
        self.mobile = Label(role="muted", name="accountMobile")
        self.role = StatusChip(name="accountRole")
        self.sign_out = DangerButton(icon="log-out", name="signOutButton")
        self.sign_out.clicked.connect(self.sign_out_requested)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.name)
        words.addWidget(self.mobile)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Icon("user", "primary", 32))
        row.addLayout(words, 1)
        row.addWidget(self.role)
        row.addWidget(self.sign_out)
        self.body.addLayout(row)

    def show_state(self, state: MeState) -> None:
        """Draw the account."""
        self.set_title(tr("账号"))
        self.sign_out.setText(tr("正在退出…") if state.is_signing_out else tr("退出登录"))
        self.sign_out.setEnabled(not state.is_signing_out)
        account = state.account
        self.name.setText((account.name or tr("尚未实名")) if account else "")
        self.mobile.setText(tr("账号 {mobile}", mobile=account.mobile_masked) if account else "")
        is_operator = account is not None and account.role is PlatformRole.OPERATOR
        self.role.setVisible(is_operator)
        self.role.set_status(tr("平台审核员"), Tone.INFO)


class OrganizationsCard(Card):
    """For whom the person may act; one row each, the present one marked."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(name="organizationsCard")
        self.none = Label(role="muted", wrap=True)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(8)
        self.add(self.none)
        self.body.addLayout(self.rows)
        self._drawn: list[QWidget] = []
        self._shown: tuple[object, ...] = ()

    def show_state(self, state: MeState) -> None:
        """Draw the organizations; the rows only when they differ, so that the focus stays."""
        self.set_title(tr("我的单位"))
        self.none.setText(tr("尚未加入单位。首个证书订单通过后, 您将成为该单位的证书管理员。"))
        self.none.setVisible(not state.memberships)
        shown = (state.memberships, state.organization, current_language())
        if shown != self._shown:
            self._shown = shown
            self._draw(state)

    def _draw(self, state: MeState) -> None:
        for old in self._drawn:
            old.hide()
            old.deleteLater()
        self._drawn = []
        for position, membership in enumerate(state.memberships):
            row = self._row(position, membership, is_current=membership == state.organization)
            self._drawn.append(row)
            self.rows.addWidget(row)

    def _row(self, position: int, membership: Membership, *, is_current: bool) -> QWidget:
        made = QWidget()
        made.setObjectName(f"organization_{position}")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(membership.name))
        credit = tr("{code} · {role}", code=membership.credit_code, role=role_word(membership.role))
        words.addWidget(Label(credit, "caption", selectable=True))
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(Icon("building-2", "muted", 20))
        row.addLayout(words, 1)
        if is_current:
            row.addWidget(StatusChip(tr("当前单位"), Tone.SUCCESS, name="currentOrganization"))
        else:
            switch = SecondaryButton(tr("切换到此单位"), name=f"switchOrganization_{position}")
            switch.clicked.connect(lambda: self.chosen.emit(membership.organization_id))
            row.addWidget(switch)
        return made


class WorkstationCard(Card):
    """This machine as phones see it, and for whom it is enrolled."""

    enrol_requested = Signal()

    def __init__(self) -> None:
        super().__init__(name="workstationCard")
        self.problem = Banner(name="workstationProblem")
        self.add(self.problem)
        self.hint = Label(role="muted", wrap=True)
        self.enrol = PrimaryButton(icon="qr-code", name="enrolButton")
        self.enrol.clicked.connect(self.enrol_requested)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(16)
        self.grid.setVerticalSpacing(8)
        self.grid.setColumnStretch(1, 1)
        self.facts = [self._fact(row) for row in range(3)]
        self.enrolments = QVBoxLayout()
        self.enrolments.setSpacing(8)
        self._drawn: list[QWidget] = []
        self.body.addLayout(self.grid)
        self.add(Separator())
        self.body.addLayout(self.enrolments)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.hint, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.enrol, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(foot)

    def show_state(self, state: MeState) -> None:
        """Draw name, id, fingerprint and enrolments."""
        self.set_title(tr("本工位"))
        if state.workstation_problem:
            self.problem.show_problem(state.workstation_problem)
        else:
            self.problem.clear()
        facts = state.workstation
        identity = facts.workstation_id if facts else ""
        texts = (
            (tr("名称"), facts.name if facts else "", False),
            (tr("工位编号"), _grouped(identity), True),
            (tr("公钥指纹"), _grouped(facts.fingerprint.upper()) if facts else "", True),
        )
        for (word, value), (title, text, is_code) in zip(self.facts, texts, strict=True):
            word.setText(title)
            value.setText(text)
            value.setAccessibleName(f"{title} {text}")
            value.set_code(is_code=is_code)
        self._draw_enrolments(state)
        self._say_hint(state)

    def _say_hint(self, state: MeState) -> None:
        self.enrol.setText(tr("重新登记本工位") if state.is_enrolled else tr("扫码登记本工位"))
        self.enrol.setEnabled(state.organization is not None)
        if state.organization is None:
            self.hint.setText(tr("加入单位并下载证书后, 才能登记工位。"))
        elif state.is_enrolled:
            self.hint.setText(tr("更换证书后请重新登记。手机上显示的指纹应与此处一致。"))
        else:
            self.hint.setText(tr("由本单位成员用手机证书扫码登记; 请核对手机上显示的指纹与此处一致。"))

    def _draw_enrolments(self, state: MeState) -> None:
        for old in self._drawn:
            old.hide()
            old.deleteLater()
        found = state.workstation.enrolments if state.workstation else ()
        self._drawn = [
            _enrolment_row(position, e.organization, e.serial, e.enrolment.issued_at)
            for position, e in enumerate(found)
        ]
        if not found:
            nothing = QWidget()
            row = QHBoxLayout(nothing)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(Label(tr("尚未为任何单位登记"), "body"), 1)
            row.addWidget(StatusChip(tr("未登记"), Tone.WARNING, name="notEnrolled"))
            self._drawn = [nothing]
        for made in self._drawn:
            self.enrolments.addWidget(made)

    def _fact(self, row: int) -> tuple[Label, Label]:
        word, value = Label(role="muted"), Label(role="body", wrap=True, selectable=True)
        word.setMinimumWidth(_WORD_WIDTH)
        self.grid.addWidget(word, row, 0, Qt.AlignmentFlag.AlignTop)
        self.grid.addWidget(value, row, 1)
        return word, value


def _enrolment_row(position: int, organization: str, serial: str, issued_at: int) -> QWidget:
    made = QWidget()
    made.setObjectName(f"enrolment_{position}")
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(ElidedLabel(organization))
    small = tr("{day} 登记, 证书 {serial}", day=_day(issued_at), serial=_grouped(serial))
    words.addWidget(ElidedLabel(small, "caption"))
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(16)
    row.addWidget(Icon("monitor", "muted", 20))
    row.addLayout(words, 1)
    row.addWidget(StatusChip(tr("已登记"), Tone.SUCCESS))
    return made


class AboutCard(Card):
    """Where the data lies, which platform, which version."""

    def __init__(self) -> None:
        super().__init__(name="aboutCard")
        self.folder = ElidedLabel(name="dataFolder")
        self.open_folder = LinkButton(icon="folder-open", name="openFolderButton")
        self.platform, self.version = Label(wrap=True, name="platformName"), Label(name="version", selectable=True)
        self.words = [Label(role="muted") for _ in range(3)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for position, (word, value) in enumerate(
            zip(self.words, (self.platform, self.folder, self.version), strict=True)
        ):
            word.setMinimumWidth(_WORD_WIDTH)
            grid.addWidget(word, position, 0)
            grid.addWidget(value, position, 1)
        grid.addWidget(self.open_folder, 1, 2)
        self.body.addLayout(grid)
        self.open_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text())))

    def show_state(self, state: MeState) -> None:
        """Draw them."""
        self.set_title(tr("关于"))
        for word, text in zip(self.words, (tr("平台"), tr("数据目录"), tr("版本")), strict=True):
            word.setText(text)
        self.platform.setText(state.platform_name)
        self.folder.setText(state.folder)
        self.version.setText(state.version)
        self.open_folder.setText(tr("打开"))


def _grouped(code: str) -> str:
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _day(issued_at: int) -> str:
    return local_time(datetime.fromtimestamp(issued_at, UTC))[: len("2026-11-24")]
