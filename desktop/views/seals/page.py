"""The page of seals: list and application as panels of one page. Passive."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.services.ceremony import CeremonyView
from desktop.ui.i18n import tr
from desktop.ui.kit import Tone
from desktop.ui.kit.drop import FilePicker, pick_files
from desktop.ui.page import LookAgain, Page
from desktop.views.scan import Cameras, ScanOpener, open_scan, own_cameras
from desktop.views.seals.application_panel import ApplicationPanel
from desktop.views.seals.capture import AskTarget, CaptureDialog, ask_target
from desktop.views.seals.capture_model import CaptureModel
from desktop.views.seals.model import SealsModel
from desktop.views.seals.scale_page import FILE_NAME, scale_sheet_pdf
from desktop.views.seals.seal_list import SealList
from desktop.views.seals.state import Place, SealsState


class SealsPage(Page[SealsState]):
    """`navigate(page id, payload)` asks for another module; `notified(text)` comes after a success, for a toast."""

    navigate = Signal(str, str)
    notified = Signal(str)

    def __init__(
        self,
        model: SealsModel,
        *,
        scan: ScanOpener = open_scan,
        pick: FilePicker = pick_files,
        cameras: Callable[[], Cameras] = own_cameras,
        ask: AskTarget = ask_target,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("sealsPage", parent)
        self.model, self._scan = model, scan
        self._cameras, self._ask = cameras, ask
        self._told = model.state.applied_number
        self.list = SealList()
        self.application = ApplicationPanel(pick=pick)
        self._panels = QStackedWidget()
        self._panels.addWidget(self.list)
        self._panels.addWidget(self.application)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panels)
        self._again = LookAgain(self, model.load)
        # The empty face's one button is the same wish as the list's.
        action = self.empty.findChild(QWidget, "emptyStateAction")
        if action is not None:
            action.setObjectName("applySealButton")
        self._connect(model)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def receive(self, payload: str) -> None:
        """Do what another page asks for; see the model."""
        self.model.receive(payload)

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        state = self.model.state
        begun = state.scan is not None or state.is_cutting or self.application.is_typed
        return tr("填写中的印章申请尚未提交") if begun else ""

    def show_state(self, state: SealsState) -> None:
        """Draw the open panel."""
        if state.choices:
            text = tr("在空白纸上盖章后扫描或拍照, 上传后自动截取印模; 审核通过即可申领。")
            self.empty.set_content("stamp", tr("还没有电子印章"), text, tr("申请印章"))
        else:
            text = tr("印章要绑定一张有效的数字证书; 请先申请并下载。")
            self.empty.set_content("stamp", tr("还没有电子印章"), text, tr("申请数字证书"))
        self.list.show_state(state)
        self.application.show_state(state)
        self._show_problem(state)
        is_list = state.place is Place.LIST
        self._panels.setCurrentWidget(self.list if is_list else self.application)
        self._again.want(wanted=state.is_waiting and state.place is Place.LIST)
        if state.applied_number > self._told:
            self.notified.emit(tr("印章申请已提交, 等待平台审核"))
        self._told = state.applied_number

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: the review may have decided."""
        super().showEvent(event)
        self.model.load()

    def _show_problem(self, state: SealsState) -> None:
        banner = self.list.banner
        if not state.problem_code or state.place is not Place.LIST:
            banner.clear()
            return
        banner.show_problem(state.problem_code, state.problem_detail, tone=Tone.WARNING, action=tr("重试"))

    # -- intents ---------------------------------------------------------------------------------------------------

    def _claim(self, seal_id: str) -> None:
        seal = self.model.seal(seal_id)
        if seal is None or not self.model.state.may_be_claimed(seal):
            return
        self._scan(
            self,
            self.model.workspace,
            lambda: self.model.claim_action(seal),
            credit_code=self.model.credit_code_of(seal),
            on_finished=self._on_scanned,
        )

    def _on_scanned(self, _view: CeremonyView) -> None:
        self.model.load()

    def _begin(self) -> None:
        """The empty face's button: apply, or first get a certificate."""
        if self.model.state.choices:
            self.model.open_form()
        else:
            self.navigate.emit("certificates", "new")

    def _shoot(self) -> None:
        """Open the camera; what is taken goes the way of an upload."""
        workspace, state = self.model.workspace, self.model.state
        dialog = CaptureDialog(CaptureModel(state.kind, workspace.clock.now), self._cameras(), self.window())
        dialog.taken.connect(self.model.take_shot)
        dialog.sheet_wanted.connect(lambda: self._save_sheet(dialog))
        dialog.open()

    def _save_sheet(self, parent: QWidget) -> None:
        target = self._ask(parent, FILE_NAME)
        if target is not None:
            self.model.save_scale_sheet(target, scale_sheet_pdf())

    def _submit(self, name: str, width: str, height: str) -> None:
        self.model.submit(name=name, width=width, height=height)

    def _connect(self, model: SealsModel) -> None:
        self.retry_requested.connect(model.load)
        self.empty.action_triggered.connect(self._begin)
        self.list.apply_requested.connect(model.open_form)
        self.list.claim_requested.connect(self._claim)
        self.list.enrol_requested.connect(lambda: self.navigate.emit("me", "enrol"))
        self.list.again_requested.connect(model.apply_again)
        self.list.refresh_requested.connect(model.load)
        self.list.retry_requested.connect(model.load)
        form = self.application
        form.back_requested.connect(model.show_list)
        form.certificate_chosen.connect(model.choose_certificate)
        form.kind_chosen.connect(model.choose_kind)
        form.scan_chosen.connect(model.take_scan)
        form.camera_requested.connect(self._shoot)
        form.sheet_requested.connect(lambda: self._save_sheet(self))
        model.saved.connect(lambda name: self.notified.emit(tr("已保存 {name}", name=name)))
        form.scan_dropped.connect(model.drop_scan)
        form.cutting_cancelled.connect(model.stop_cutting)
        form.touched.connect(model.touch)
        form.submitted.connect(self._submit)
        form.order_requested.connect(lambda: self.navigate.emit("certificates", "new"))
