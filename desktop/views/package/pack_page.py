"""The page that makes a bid package: the form on the left, what will come of it on the right. Passive."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.formats.package import GroupKind
from desktop.ui.i18n import tr
from desktop.ui.kit import Card, FilePicker, ProgressPanel, SegmentedControl, pick_files, scrolled
from desktop.ui.page import Page
from desktop.ui.theme import current
from desktop.views.package.bid_form import BidForm, fault_words
from desktop.views.package.file_box import FileBox
from desktop.views.package.opener_card import OpenerCard
from desktop.views.package.pack_checks import Field
from desktop.views.package.pack_model import PackModel
from desktop.views.package.pack_side import PackSide
from desktop.views.package.pack_state import PackState
from desktop.views.package.words import box_title
from desktop.views.scan import ScanOpener, open_scan

_BOX_FIELDS = (Field.FILES, Field.SECOND_FILES)

#: Asks where to save a file, proposing a path; None when the person thinks better of it.
AskTarget = Callable[[QWidget, Path], Path | None]


def ask_target(parent: QWidget, proposed: Path) -> Path | None:
    """Ask by the system's dialog."""
    chosen, _filter = QFileDialog.getSaveFileName(parent, tr("保存投标文件包"), str(proposed), "*.bid")
    return Path(chosen) if chosen else None


class PackPage(Page[PackState]):
    """`navigate(page id, payload)` asks for another module; `rehearse_requested` names the package just made."""

    navigate = Signal(str, str)
    rehearse_requested = Signal(str)

    def __init__(
        self,
        model: PackModel,
        *,
        scan: ScanOpener = open_scan,
        pick: FilePicker = pick_files,
        ask: AskTarget = ask_target,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("packPage", parent)
        self.model, self._scan, self._ask = model, scan, ask
        model.setParent(self)
        self._form_shown = model.state.form_number
        self._refused = 0
        self.form = BidForm(self)
        self.files_card = Card(name="packFilesCard")
        self.envelopes = SegmentedControl(name="envelopeChoice")
        self.boxes = (FileBox("firstFiles", pick=pick), FileBox("secondFiles", pick=pick))
        self.adding = ProgressPanel(name="packAdding")
        self.openers = OpenerCard(pick=pick)
        self.side = PackSide()
        self._lay_out()
        self._connect()
        self.bind(model)

    def show_state(self, state: PackState) -> None:
        """Draw the state."""
        self.empty.set_content(
            "file-badge",
            tr("还没有可用的证书"),
            tr("加密投标文件需要本单位的数字证书; 请先申请并下载。"),
            tr("去申请证书"),
        )
        if state.form_number != self._form_shown:
            self._form_shown = state.form_number
            self.form.clear()
        self.form.show(state.faults, self.model.workspace.clock.now(), is_double=state.is_double)
        self._show_files(state)
        self.openers.show_state(state)
        self._show_target()
        self._column.setEnabled(state.result is None)
        if state.refused_number != self._refused:
            self._refused = state.refused_number
            self._lead(state)

    def _show_files(self, state: PackState) -> None:
        self.files_card.set_title(tr("投标文件"))
        self.envelopes.set_options([("single", tr("单信封")), ("double", tr("双信封"))])
        self.envelopes.set_current("double" if state.is_double else "single")
        faults = dict(state.faults)
        for number, view in enumerate(self.boxes):
            is_used = number < len(state.envelopes)
            view.setVisible(is_used)
            if is_used:
                where = _BOX_FIELDS[number]
                fault = fault_words(where, faults[where]) if where in faults else ""
                view.show_box(box_title(number, is_double=state.is_double), state.boxes[number], fault)
        done, total = state.adding
        self.adding.setVisible(total > 0)
        self.adding.set_progress(done, total, tr("正在添加文件…"))

    def _show_target(self) -> None:
        self.side.show_state(self.model.state, self.model.proposed_target(self.form.typed))

    def _lead(self, state: PackState) -> None:
        """After a refused wish show the place where the first correction is due."""
        first = next((where for where, _fault in state.faults), None)
        place: QWidget | None = None
        if first in _BOX_FIELDS:
            place = self.boxes[_BOX_FIELDS.index(first)]
        elif first is not None:
            place = self.form.lead_to(state.faults)
        if place is not None:
            self._area.ensureWidgetVisible(place)

    # -- intents ---------------------------------------------------------------------------------------------------

    def _pack(self) -> None:
        holding = self.model.state.holding
        if holding is not None and self.model.check(self.form.typed):
            self._scan(
                self,
                self.model.workspace,
                self.model.make_action,
                credit_code=holding.certificate.credit_code,
                on_finished=self.model.scan_finished,
            )

    def _confirm(self, serial: str) -> None:
        holding = self.model.state.holding
        if holding is not None:
            self._scan(
                self,
                self.model.workspace,
                lambda: self.model.confirm_action(serial),
                credit_code=holding.certificate.credit_code,
                on_finished=self.model.confirmed_by_phone,
            )

    def _change_target(self) -> None:
        proposed = self.model.proposed_target(self.form.typed)
        chosen = self._ask(self, proposed or Path.home() / "投标文件.bid")
        if chosen is not None:
            self.model.save_as(chosen)

    def _load_group(self, path: Path, kind: GroupKind) -> None:
        self.model.load_group(path, kind)

    def _show_folder(self) -> None:
        if self.model.state.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.model.state.result.parent)))

    def _connect(self) -> None:
        model, side, openers = self.model, self.side, self.openers
        self.retry_requested.connect(model.load)
        self.empty.action_triggered.connect(lambda: self.navigate.emit("certificates", "new"))
        self.form.touched.connect(model.touch)
        self.form.changed.connect(self._show_target)
        self.form.submitted.connect(self._pack)
        self.envelopes.chosen.connect(lambda which: model.use_two_envelopes(double=which == "double"))
        self.adding.cancel_requested.connect(model.cancel_adding)
        for number, box in enumerate(self.boxes):
            box.files_chosen.connect(lambda paths, n=number: model.add_files(n, paths))
            box.remove_requested.connect(lambda name, n=number: model.remove_file(n, name))
            box.move_requested.connect(lambda name, step, n=number: model.move_file(n, name, step))
        openers.certificate_chosen.connect(model.choose_certificate)
        openers.second_chosen.connect(lambda sha256, chosen: model.choose_second(sha256, chosen=chosen))
        openers.confirm_requested.connect(self._confirm)
        openers.group_chosen.connect(self._load_group)
        openers.group_dropped.connect(model.drop_group)
        side.pack_requested.connect(self._pack)
        side.target_requested.connect(self._change_target)
        side.enrol_requested.connect(lambda: self.navigate.emit("me", "enrol"))
        side.verify_requested.connect(lambda: self.navigate.emit("verify", str(model.state.result)))
        side.rehearse_requested.connect(lambda: self.rehearse_requested.emit(str(model.state.result)))
        side.show_requested.connect(self._show_folder)
        side.anew_requested.connect(model.begin_anew)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.envelopes)
        line.addStretch()
        self.files_card.body.addLayout(line)
        for box in self.boxes:
            self.files_card.add(box)
        self.files_card.add(self.adding)
        self._column = QWidget()
        self._column.setMaximumWidth(current().sizes.text_width + 64)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(32, 8, 16, 24)
        column.setSpacing(16)
        for card in (self.form.tender_card, self.files_card, self.form.summary_card, self.openers):
            column.addWidget(card)
        column.addStretch()
        self._area = scrolled(self._column, name="packArea")
        # Tab goes from field to field, and the area follows it.
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QHBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._area, 1)
        outer.addWidget(self.side)
