"""The list of enrolled workstations as a card. Passive; its faces are drawn inside the card."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.portal.security_api import WorkstationEntry
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import ElidedLabel, Label, Tone
from desktop.ui.kit.buttons import SecondaryButton
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import Banner, Card, Icon, StatusChip
from desktop.ui.page import Phase
from desktop.views.me.workstations_model import WorkstationsModel, WorkstationsState


class EnrolledCard(Card):
    """Every workstation of the person's units; those that the person may remove have a button for it."""

    retry_requested = Signal()

    def __init__(self, model: WorkstationsModel) -> None:
        super().__init__(name="enrolledCard")
        self.model = model
        self.hint = Label(role="muted", wrap=True)
        self.banner = Banner(name="enrolledBanner")
        self.rows = QVBoxLayout()
        self.rows.setSpacing(12)
        self._drawn: list[QWidget] = []
        self._shown: tuple[object, ...] = ()
        self.add(self.hint)
        self.add(self.banner)
        self.body.addLayout(self.rows)
        self.banner.action_triggered.connect(model.open)
        model.changed.connect(self.retranslate)
        if model.parent() is None:
            model.setParent(self)
        self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.model.open()

    def retranslate(self) -> None:
        """Draw the list; the rows only when they differ, so that the focus stays."""
        if not hasattr(self, "_drawn"):
            return
        state = self.model.state
        self.set_title(tr("已登记的工位"))
        hints = {
            Phase.LOADING: tr("正在读取…"),
            Phase.EMPTY: tr("您的单位还没有登记工位。"),
        }
        normal = tr("签章和解密只能在本单位登记过的工位上发起。停用或转让电脑前, 请移除。")
        self.hint.setText(hints.get(state.phase, normal))
        if state.problem_code:
            again = tr("重试") if state.phase in {Phase.PROBLEM, Phase.OFFLINE} else ""
            self.banner.show_problem(state.problem_code, state.problem_detail, action=again)
        else:
            self.banner.clear()
        shown = (state.entries, state.own_id, state.removing, current_language())
        if shown != self._shown:
            self._shown = shown
            self._draw(state)

    def _draw(self, state: WorkstationsState) -> None:
        for old in self._drawn:
            old.hide()
            old.deleteLater()
        self._drawn = [self._row(number, entry, state) for number, entry in enumerate(state.entries)]
        for row in self._drawn:
            self.rows.addWidget(row)

    def _row(self, number: int, entry: WorkstationEntry, state: WorkstationsState) -> QWidget:
        made = QWidget()
        made.setObjectName(f"workstation_{number}")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(entry.name))
        words.addWidget(ElidedLabel(entry.organization_name, "caption"))
        since = local_time(entry.enrolled_at)
        words.addWidget(ElidedLabel(tr("{time} 由{name}登记", time=since, name=entry.enrolled_by), "caption"))
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(Icon("monitor", "muted", 20))
        row.addLayout(words, 1)
        if entry.workstation_id == state.own_id:
            row.addWidget(StatusChip(tr("这台电脑"), Tone.SUCCESS, name=f"ownWorkstation_{number}"))
        if entry.may_remove:
            remove = SecondaryButton(tr("移除"), name=f"removeWorkstation_{number}")
            remove.setAccessibleName(tr("移除 {name}", name=entry.name))
            remove.setEnabled(not state.removing)
            remove.clicked.connect(lambda: self._ask(entry))
            row.addWidget(remove)
        return made

    def _ask(self, entry: WorkstationEntry) -> None:
        title = tr("移除工位 {name}?", name=entry.name)
        text = tr(
            "移除后, 该电脑立即不能再为 {unit} 发起签章和解密, 直到本单位成员重新扫码登记。",
            unit=entry.organization_name,
        )
        dialog = ConfirmDialog(title, text, tr("移除"), is_destructive=True, parent=self)
        dialog.accepted.connect(lambda: self.model.remove(entry.entry_id))
        dialog.open()
