"""My page: its sections in a list at the left, the one chosen beside it. Passive.

A section's widget is made when it is first shown. What the sections bring beyond the state of the account (security,
workstations, notices) they own themselves.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.operations import PlatformRole
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import tr
from desktop.ui.kit.drop import FilePicker, pick_files
from desktop.ui.kit.surfaces import Banner
from desktop.ui.page import Page
from desktop.views.me import sections as ids
from desktop.views.me.cards import AboutCard, AccountCard, OrganizationsCard, WorkstationCard
from desktop.views.me.frame import framed
from desktop.views.me.model import MeModel, MeState
from desktop.views.me.notices_model import NoticesModel
from desktop.views.me.notices_section import NoticesSection
from desktop.views.me.section_list import SectionList
from desktop.views.me.sections import MeSection, arranged
from desktop.views.me.security_model import SecurityModel
from desktop.views.me.security_section import SecuritySection
from desktop.views.me.workstations_card import EnrolledCard
from desktop.views.me.workstations_model import WorkstationsModel
from desktop.views.scan import ScanOpener, open_scan

ENROL = "enrol"


class MePage(Page[MeState]):
    """`signed_out` when the session is over, `navigate(page id, payload)` when a notice leads elsewhere.

    `notices` is the window's model where there is a bell, else the page makes its own. `notified(text)` is for toasts.
    `sections` are brought by others, see sections.py. `receive("notices")` shows a section, `receive("enrol")` goes
    straight to enrolling the workstation. `open_work` says what the pages would lose by a logout;
    `switch_unit` has the window act for another unit.
    """

    signed_out = Signal()
    navigate = Signal(str, str)
    notified = Signal(str)

    def __init__(
        self,
        model: MeModel,
        *,
        scan: ScanOpener = open_scan,
        pick: FilePicker = pick_files,
        notices: NoticesModel | None = None,
        sections: Sequence[MeSection] = (),
        open_work: Callable[[], str] = str,
        switch_unit: Callable[[str], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("mePage", parent)
        self.model, self._scan, self._pick = model, scan, pick
        self._open_work, self._switch_unit = open_work, switch_unit or model.act_for
        self.notices = notices or NoticesModel(model.workspace, self)
        self.sections = arranged(self._own(), sections)
        self._made: dict[str, QWidget] = {}
        self._drawn: list[Callable[[MeState], None]] = []
        self.banner = Banner(name="meBanner")
        self.list = SectionList(self.sections)
        self._shelf = QStackedWidget()
        self._lay_out()
        self.list.chosen.connect(self.show_section)
        self.retry_requested.connect(model.open)
        model.signed_out.connect(self.signed_out)
        self.notices.unread_changed.connect(lambda unread: self.list.set_count(ids.NOTICES, unread))
        self.list.set_count(ids.NOTICES, self.notices.state.unread)
        if model.parent() is None:
            model.setParent(self)
        self.show_section(ids.ACCOUNT)
        self.bind(model)

    @property
    def section(self) -> str:
        """The id of the section shown."""
        return self.list.current

    def widget(self, identity: str) -> QWidget:
        """Return the widget of a section, made if it was never shown."""
        if identity not in self._made:
            made = next(s for s in self.sections if s.id == identity).factory()
            self._made[identity] = made
            self._shelf.addWidget(made)
        return self._made[identity]

    def open_work(self) -> str:
        """Say what would be lost in the sections if the page began anew."""
        told = [getattr(made, "open_work", str)() for made in self._made.values()]
        return "; ".join(work for work in told if work)

    def show_section(self, identity: str) -> None:
        """Bring a section to the front."""
        self._shelf.setCurrentWidget(self.widget(identity))
        self.list.set_current(identity)

    def show_state(self, state: MeState) -> None:
        """Draw the list and the sections that were made."""
        is_operator = state.account is not None and state.account.role is PlatformRole.OPERATOR
        for section in self.sections:
            self.list.set_offered(section.id, offered=section.is_for_operators or not is_operator)
        if not self.list.is_offered(self.section):
            self.show_section(ids.ACCOUNT)
        for draw in self._drawn:
            draw(state)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()

    def receive(self, payload: str) -> None:
        """Do at once what another page sent the person here for."""
        identity, _, text = payload.partition(":")
        if payload == ENROL:
            self.show_section(ids.WORKSTATIONS)
            if self.model.state.organization is not None:
                # After the page has been shown, so that the dialog opens over it.
                QTimer.singleShot(0, self, self.enrol)
        elif self.list.is_offered(identity):
            self.show_section(identity)
            receive = getattr(self.widget(identity), "receive", None)
            if text and receive is not None:
                receive(text)

    def enrol(self) -> None:
        """Open the scan that enrols this workstation; never as an enrolled one, so that a stale enrolment is no bar."""
        self._scan(self, self.model.workspace, self.model.enrol_action, credit_code="", on_finished=lambda _view: None)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.model.open()
        self.notices.count()

    # -- own sections ----------------------------------------------------------------------------------------------

    def _own(self) -> tuple[MeSection, ...]:
        return (
            MeSection(id=ids.ACCOUNT, title=lambda: tr("账号"), icon="user", factory=self._make_account),
            MeSection(id=ids.SECURITY, title=lambda: tr("账号与安全"), icon="lock", factory=self._make_security),
            MeSection(
                id=ids.UNITS,
                title=lambda: tr("单位"),
                icon="building-2",
                factory=self._make_units,
                is_for_operators=False,
            ),
            MeSection(
                id=ids.WORKSTATIONS,
                title=lambda: tr("工位"),
                icon="monitor",
                factory=self._make_workstations,
                is_for_operators=False,
            ),
            MeSection(id=ids.NOTICES, title=lambda: tr("通知"), icon="bell", factory=self._make_notices),
            MeSection(id=ids.ABOUT, title=lambda: tr("关于"), icon="info", factory=self._make_about),
        )

    def _make_account(self) -> QWidget:
        card = AccountCard()
        card.sign_out_requested.connect(self._confirm_sign_out)
        return self._following(card.show_state, framed(card, name="meAccount"))

    def _make_units(self) -> QWidget:
        card = OrganizationsCard()
        card.chosen.connect(self._switch_unit)
        return self._following(card.show_state, framed(card, name="meUnits"))

    def _make_workstations(self) -> QWidget:
        card = WorkstationCard()
        card.enrol_requested.connect(self.enrol)
        enrolled = EnrolledCard(WorkstationsModel(self.model.workspace))
        return self._following(card.show_state, framed(card, enrolled, name="meWorkstations"))

    def _make_security(self) -> QWidget:
        made = SecuritySection(SecurityModel(self.model.workspace), pick=self._pick)
        made.notified.connect(self.notified)
        return made

    def _make_notices(self) -> QWidget:
        made = NoticesSection(self.notices)
        made.navigate.connect(self._go)
        return made

    def _go(self, page: str, payload: str) -> None:
        """Follow a notice: within this page, or to another."""
        if page == "me":
            self.receive(payload)
        else:
            self.navigate.emit(page, payload)

    def _make_about(self) -> QWidget:
        card = AboutCard()
        return self._following(card.show_state, framed(card, name="meAbout"))

    def _following(self, draw: Callable[[MeState], None], section: QWidget) -> QWidget:
        """Have `draw` called now and at each change of state."""
        self._drawn.append(draw)
        draw(self.model.state)
        return section

    def _confirm_sign_out(self) -> None:
        text = tr("退出后需要重新登录才能签章或查看证书; 已保存的文件不受影响。")
        works = self._open_work()
        if works:
            text = tr("以下工作尚未完成, 退出后需重新开始: {works}。", works=works)
        dialog = ConfirmDialog(tr("退出登录?"), text, tr("退出登录"), is_destructive=True, parent=self)
        dialog.accepted.connect(self.model.sign_out)
        dialog.open()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(24, 24, 0, 24)
        left.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        above = QHBoxLayout()
        above.setContentsMargins(24, 16, 32, 0)
        above.addWidget(self.banner)
        right.addLayout(above)
        right.addWidget(self._shelf, 1)
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left)
        row.addLayout(right, 1)
