"""The page of certificates: overview, order form and detail as panels of one page. Passive."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.operations import OrderKind
from desktop.portal.records import Order
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.password import ChangePasswordAction
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Tone
from desktop.ui.kit.drop import FilePicker, pick_files
from desktop.ui.page import LookAgain, Page
from desktop.views.certificates.detail_panel import DetailPanel
from desktop.views.certificates.follow_panel import FollowPanel
from desktop.views.certificates.model import CertificatesModel
from desktop.views.certificates.order_panel import OrderPanel
from desktop.views.certificates.overview import Overview
from desktop.views.certificates.state import Arrived, CertificatesState, Place
from desktop.views.certificates.unit_panel import UnitPanel
from desktop.views.scan import ScanOpener, open_scan

#: Asks where to save a file proposed as `name`; None when the person thinks better of it.
AskTarget = Callable[[QWidget, str], Path | None]


def ask_target(parent: QWidget, name: str) -> Path | None:
    """Ask by the system's dialog."""
    chosen, _filter = QFileDialog.getSaveFileName(parent, tr("另存"), name, "PEM (*.pem);;DER (*.cer)")
    return Path(chosen) if chosen else None


class CertificatesPage(Page[CertificatesState]):
    """`navigate(page id, payload)` asks for another module; `notified(text)` comes after a success, for a toast."""

    navigate = Signal(str, str)
    notified = Signal(str)

    def __init__(
        self,
        model: CertificatesModel,
        *,
        scan: ScanOpener = open_scan,
        pick: FilePicker = pick_files,
        ask: AskTarget = ask_target,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("certificatesPage", parent)
        self.model, self._scan, self._ask = model, scan, ask
        self._told = (model.state.placed_number, model.state.exported_number)
        self.banner = Banner(name="certificatesBanner")
        self.overview = Overview()
        self.order = OrderPanel(pick=pick)
        self.detail = DetailPanel()
        self.follow = FollowPanel(pick=pick)
        self.unit = UnitPanel(model.unit)
        self.arrived = Banner(name="arrivedBanner")
        self._panels = QStackedWidget()
        self._places: dict[Place, QWidget] = {
            Place.OVERVIEW: self._with_banner(),
            Place.ORDER: self.order,
            Place.DETAIL: self.detail,
            Place.FOLLOW: self.follow,
            Place.UNIT: self.unit,
        }
        for panel in self._places.values():
            self._panels.addWidget(panel)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panels)
        self._again = LookAgain(self, model.load)
        self._reset_again = LookAgain(self, model.reset.look_again)
        # The empty face's one button is the same wish as the overview's.
        action = self.empty.findChild(QWidget, "emptyStateAction")
        if action is not None:
            action.setObjectName("newOrderButton")
        self._connect(model)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def receive(self, payload: str) -> None:
        """Do what another page asks for; see the model."""
        self.model.receive(payload)

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        begun = self.order.is_begun(self.model.state) or self.follow.is_begun(self.model.follow.state)
        order = tr("填写中的证书申请尚未提交") if begun else ""
        grant = tr("填写中的成员授权尚未提交") if self.unit.is_begun else ""
        return "; ".join(each for each in (order, grant) if each)

    def show_state(self, state: CertificatesState) -> None:
        """Draw the open panel."""
        self.empty.set_content(
            "file-badge",
            tr("还没有数字证书"),
            tr("先申请数字证书: 填写单位与经办人信息, 上传营业执照和授权书; 审核通过后用手机扫码下载。"),
            tr("申请数字证书"),
        )
        self.overview.show_state(state)
        self.order.show_state(state)
        self.detail.show_state(state, self.model.reset.state, self.model.workspace.clock.now())
        self.follow.show_state(self.model.follow.state)
        self._show_problem(state)
        self._show_arrived(state.arrived)
        is_new = self._panels.currentWidget() is not self._places[state.place]
        self._panels.setCurrentWidget(self._places[state.place])
        if is_new and state.place is Place.ORDER:
            self.order.begin()
        if is_new and state.place is Place.FOLLOW:
            self.follow.begin()
        self._again.want(wanted=state.is_waiting and state.place is Place.OVERVIEW)
        self._reset_again.want(wanted=self.model.reset.state.is_pending and state.place is Place.DETAIL)
        self._tell(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: the review may have decided."""
        super().showEvent(event)
        self.model.load()

    def _show_problem(self, state: CertificatesState) -> None:
        if not state.problem_code or state.place is not Place.OVERVIEW:
            self.banner.clear()
            return
        self.banner.show_problem(state.problem_code, state.problem_detail, tone=Tone.WARNING, action=tr("重试"))

    def _show_arrived(self, arrived: Arrived | None) -> None:
        if arrived is None:
            self.arrived.clear()
        elif arrived.kind is OrderKind.RENEW:
            text = tr(
                "{count} 枚印章已随新证书启用, 可直接签章。旧证书请保留在手机中, 用于解密以前的投标文件。",
                count=arrived.seals,
            )
            self.arrived.show_message(Tone.SUCCESS, tr("证书已延期"), text, action=tr("知道了"))
        elif arrived.kind is OrderKind.CHANGE:
            text = tr("原证书绑定的印章已作废, 请以新名称重新申请印章。")
            self.arrived.show_message(Tone.WARNING, tr("证书已变更"), text, action=tr("重新申请印章"))
        elif arrived.kind is OrderKind.REISSUE:
            text = tr("已通过审核的印章可凭新证书直接申领, 无需重新审核。")
            self.arrived.show_message(Tone.SUCCESS, tr("证书已补办"), text, action=tr("去申领印章"))
        else:
            self.arrived.clear()

    def _on_arrived(self) -> None:
        arrived = self.model.state.arrived
        self.model.seen()
        if arrived is not None and arrived.kind is OrderKind.CHANGE:
            self.navigate.emit("seals", "new")
        elif arrived is not None and arrived.kind is OrderKind.REISSUE:
            self.navigate.emit("seals", "")

    def _tell(self, state: CertificatesState) -> None:
        placed, exported = self._told
        self._told = (state.placed_number, state.exported_number)
        if state.placed_number > placed:
            self.notified.emit(tr("申请已提交, 等待平台审核"))
        if state.exported_number > exported:
            self.notified.emit(tr("公钥证书已导出"))

    # -- intents ---------------------------------------------------------------------------------------------------

    def _download(self, order_id: str) -> None:
        order = self.model.order(order_id)
        if order is None:
            return
        self._scan(
            self,
            self.model.workspace,
            lambda: self.model.download_action(order),
            credit_code=order.credit_code,
            on_finished=lambda view: self._on_scanned(order, view),
        )

    def _on_scanned(self, order: Order, view: CeremonyView) -> None:
        self.model.downloaded(order, view)
        self.model.load()

    def _change_password(self) -> None:
        certificate = self.model.state.certificate
        if certificate is None:
            return
        self._scan(
            self,
            self.model.workspace,
            lambda: ChangePasswordAction(self.model.workspace, certificate),
            credit_code=certificate.credit_code,
            on_finished=self._on_password_changed,
        )

    def _on_password_changed(self, view: CeremonyView) -> None:
        if view.stage is Stage.DONE and not view.problem:
            self.notified.emit(tr("证书密码已在手机上修改"))

    def _export(self) -> None:
        certificate = self.model.state.certificate
        if certificate is None:
            return
        target = self._ask(self, f"{certificate.serial}.pem")
        if target is not None:
            self.model.export(target)

    # -- building --------------------------------------------------------------------------------------------------

    def _with_banner(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        room = QVBoxLayout()
        room.setContentsMargins(32, 0, 32, 0)
        room.addWidget(self.banner)
        room.addWidget(self.arrived)
        column.addLayout(room)
        column.addWidget(self.overview, 1)
        return panel

    def _connect(self, model: CertificatesModel) -> None:
        self.retry_requested.connect(model.load)
        self.banner.action_triggered.connect(model.load)
        self.empty.action_triggered.connect(model.open_form)
        self.overview.order_requested.connect(model.open_form)
        self.overview.again_requested.connect(model.open_order_again)
        self.overview.claim_requested.connect(model.claim)
        self.overview.unit_requested.connect(model.open_unit)
        self.arrived.action_triggered.connect(self._on_arrived)
        self.unit.back_requested.connect(model.show_overview)
        self.unit.notified.connect(self.notified)
        self.detail.way_requested.connect(model.begin_way)
        self.detail.password.change_requested.connect(self._change_password)
        self.detail.password.reset_requested.connect(model.begin_reset)
        model.reset.changed.connect(lambda: self.show_state(model.state))
        self.follow.back_requested.connect(model.leave_application)
        self.follow.submitted.connect(model.follow.submit)
        self.follow.touched.connect(model.follow.touch)
        self.follow.id_typed.connect(model.follow.check_id_number)
        self.follow.papers_chosen.connect(model.follow.attach)
        self.follow.paper_removed.connect(model.follow.detach)
        self.follow.look_requested.connect(model.follow.look)
        model.follow.changed.connect(lambda: self.follow.show_state(model.follow.state))
        self.overview.download_requested.connect(self._download)
        self.overview.certificate_opened.connect(model.open_certificate)
        self.overview.refresh_requested.connect(model.load)
        self.order.back_requested.connect(model.show_overview)
        self.order.submitted.connect(model.submit)
        self.order.touched.connect(model.touch)
        self.order.paper_chosen.connect(model.attach)
        self.order.paper_removed.connect(model.detach)
        self.detail.back_requested.connect(model.show_overview)
        self.detail.export_requested.connect(self._export)
        self.detail.seal_requested.connect(lambda serial: self.navigate.emit("sealing", f"certificate:{serial}"))
