"""My page: cards below each other. Passive; the scan of an enrolment is opened by what is handed in."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import PlatformRole
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import Language, tr
from desktop.ui.kit.surfaces import Banner, scrolled
from desktop.ui.page import Page
from desktop.views.me.cards import AboutCard, AccountCard, AppearanceCard, OrganizationsCard, WorkstationCard
from desktop.views.me.model import MeModel, MeState
from desktop.views.scan import ScanOpener, open_scan

_WIDTH = 760
ENROL = "enrol"


class MePage(Page[MeState]):
    """`signed_out` when the session is over; `receive("enrol")` goes straight to enrolling the workstation."""

    signed_out = Signal()

    def __init__(self, model: MeModel, *, scan: ScanOpener = open_scan, parent: QWidget | None = None) -> None:
        super().__init__("mePage", parent)
        self.model, self._scan = model, scan
        self.banner = Banner(name="meBanner")
        self.account = AccountCard()
        self.organizations = OrganizationsCard()
        self.workstation = WorkstationCard()
        self.appearance = AppearanceCard()
        self.about = AboutCard()
        self._lay_out()
        self._connect(model)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def show_state(self, state: MeState) -> None:
        """Draw all cards."""
        for card in (self.account, self.organizations, self.workstation, self.appearance, self.about):
            card.show_state(state)
        is_operator = state.account is not None and state.account.role is PlatformRole.OPERATOR
        self.organizations.setVisible(not is_operator)
        self.workstation.setVisible(not is_operator)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()

    def receive(self, payload: str) -> None:
        """Do at once what another page sent the person here for."""
        if payload == ENROL and self.model.state.organization is not None:
            # After the page has been shown, so that the dialog opens over it.
            QTimer.singleShot(0, self, self.enrol)

    def enrol(self) -> None:
        """Open the scan that enrols this workstation; never as an enrolled one, so that a stale enrolment is no bar."""
        self._scan(self, self.model.workspace, self.model.enrol_action, credit_code="", on_finished=lambda _view: None)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.model.open()

    def _confirm_sign_out(self) -> None:
        text = tr("退出后需要重新登录才能签章或查看证书; 已保存的文件不受影响。")
        dialog = ConfirmDialog(tr("退出登录?"), text, tr("退出登录"), is_destructive=True, parent=self)
        dialog.accepted.connect(self.model.sign_out)
        dialog.open()

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout()
        column.setSpacing(16)
        for card in (
            self.banner,
            self.account,
            self.organizations,
            self.workstation,
            self.appearance,
            self.about,
        ):
            card.setMaximumWidth(_WIDTH)
            column.addWidget(card)
        column.addStretch(1)
        row = QHBoxLayout(inner)
        row.setContentsMargins(32, 24, 32, 32)
        row.addLayout(column, 1)
        row.addStretch()
        outer = QVBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))

    def _connect(self, model: MeModel) -> None:
        self.account.sign_out_requested.connect(self._confirm_sign_out)
        self.organizations.chosen.connect(model.act_for)
        self.workstation.enrol_requested.connect(self.enrol)
        self.appearance.theme_chosen.connect(model.use_theme)
        self.appearance.language_chosen.connect(lambda language: model.use_language(Language(language)))
        self.appearance.freshness_chosen.connect(model.set_freshness)
        self.retry_requested.connect(model.open)
        model.signed_out.connect(self.signed_out)
