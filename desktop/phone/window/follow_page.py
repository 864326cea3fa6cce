"""证书延期, 证书变更, 补办, 申领: what will happen, what hangs on it, what is asked for; then how to download."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.certificates_page import download_words
from desktop.phone.window.follow_model import FollowModel, FollowState, Way
from desktop.phone.window.parts import IdNumberField, PapersField, Warned, fault_text
from desktop.phone.window.states import Screen
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Icon, Label, PrimaryButton, SecondaryButton, TextField, Tone
from desktop.ui.kit.drop import FilePicker

_MOST_NAMED = 8


def way_title(way: Way) -> str:
    """Return the page's title."""
    words = {
        Way.RENEW: tr("证书延期"),
        Way.CHANGE: tr("证书变更"),
        Way.REISSUE: tr("证书补办"),
        Way.GRANT: tr("申领授权证书"),
    }
    return words[way]


def way_warning(way: Way) -> tuple[str, str]:
    """Return what must be known before one applies."""
    words = {
        Way.RENEW: (
            tr("延期会生成新的密钥和证书"),
            tr(
                "订单审核通过后用手机扫码下载新证书, 已申领的印章随新证书继续使用, 无需重新审核。"
                "已用旧证书加密的投标文件只能用旧密钥解密: 旧密钥保留在手机中, 请勿卸载应用或删除旧证书。"
            ),
        ),
        Way.CHANGE: (
            tr("变更后, 该证书下绑定的印章即作废, 需要重新申请"),
            tr(
                "审核通过时原证书被吊销, 其印章在所有工位和手机上立即作废。"
                "已用原证书加密的投标文件仍需手机中的旧密钥才能解密, 请勿卸载应用或删除旧证书。"
            ),
        ),
        Way.REISSUE: (
            tr("补办后, 原证书失效, 用它加密的投标文件将无法解密"),
            tr(
                "适用于手机遗失、更换或卸载了应用, 需要完成实名认证。审核通过时原证书被吊销; 下载新证书后, "
                "已通过审核的印章可凭新证书直接申领。密钥只存在于原手机中, 任何人都无法恢复。"
            ),
        ),
        Way.GRANT: (
            tr("申领前需要完成实名认证"),
            tr("请填写本人姓名和身份证号, 并上传身份证照片。审核通过后即可扫码下载该单位的证书。"),
        ),
    }
    return words[way]


class FollowPage(PhonePage[FollowState]):
    """See the module docstring."""

    scan_requested = Signal()

    def __init__(self, app: AppModel, model: FollowModel, pick: FilePicker) -> None:
        super().__init__("followPage")
        self._app, self._model = app, model
        self._filled = 0
        self.nav.back_requested.connect(app.back)
        self._build_form(pick)
        self._build_end()
        self.column.addWidget(self._form)
        self.column.addWidget(self._end)
        self.column.addStretch(1)
        self.parts = {
            "organization_name": self.organization,
            "name": self.name,
            "id_number": self.id_number,
            "papers": self.papers,
        }
        self.bind(model)

    def _build_form(self, pick: FilePicker) -> None:
        model = self._model
        self.warning = Warned(name="followWarning")
        self.affected = Banner(name="followAffected")
        self.affected.action_triggered.connect(model.look)
        self.organization = TextField(name="followOrganization")
        self.name = TextField(name="followName")
        self.id_number = IdNumberField(name="followIdNumber")
        self.papers = PapersField("followPapers", pick)
        self.problem = ProblemBanner(name="followProblem")
        self.submit = PrimaryButton(name="followSubmit")
        self._form = QWidget()
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        fields = (self.organization, self.name, self.id_number)
        for widget in (self.warning, self.affected, *fields, self.papers, self.problem, self.submit):
            column.addWidget(widget)
        self.organization.changed.connect(lambda _: model.touch("organization_name"))
        self.name.changed.connect(lambda _: model.touch("name"))
        self.id_number.changed.connect(model.type_id_number)
        self.id_number.left.connect(model.check_id_number)
        self.papers.chosen.connect(model.attach)
        self.papers.removed.connect(model.detach)
        self.submit.clicked.connect(self._submit)
        for field in fields:
            field.submitted.connect(self._submit)

    def _build_end(self) -> None:
        self._end = QWidget()
        self.end_title = Label(role="title", name="followEndTitle", wrap=True)
        self.end_text = Label(role="body", name="followEndText", wrap=True)
        for label in (self.end_title, self.end_text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.scan = SecondaryButton(icon="scan-line", name="followScan")
        self.done = PrimaryButton(name="followDone")
        column = QVBoxLayout(self._end)
        column.setContentsMargins(0, 48, 0, 0)
        column.setSpacing(16)
        column.addWidget(Icon("circle-check", "success", 64), 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.end_title, self.end_text, self.done, self.scan):
            column.addWidget(widget)
        self.scan.clicked.connect(self.scan_requested)
        self.done.clicked.connect(lambda: self._app.open(Screen.CERTIFICATES))

    def show_state(self, state: FollowState) -> None:
        """Draw the application."""
        self.nav.set_title(way_title(state.way))
        self._form.setVisible(not state.is_sent)
        self._end.setVisible(state.is_sent)
        self._show_end()
        self.warning.show_words(*way_warning(state.way))
        self._show_affected(state)
        self._show_fields(state)
        self.problem.show_code(state)
        self.submit.setText(tr("正在提交…") if state.is_busy else tr("提交申请"))
        # Nobody gives a certificate up before it was said what hangs on it, or that it cannot be said.
        knows = state.affected is not None or bool(state.affected_code)
        self.submit.setEnabled(knows and not state.is_busy)

    def _show_fields(self, state: FollowState) -> None:
        way = state.way
        self.organization.setVisible(way is Way.CHANGE)
        self.name.setVisible(way is Way.GRANT)
        self.id_number.setVisible(way is Way.GRANT)
        self.papers.setVisible(way is not Way.RENEW)
        if state.form_number != self._filled:
            self._filled = state.form_number
            for field in (self.organization, self.name, self.id_number):
                field.set_value("")
        self.organization.set_label(tr("变更后的单位名称"), state.item.organization if state.item is not None else "")
        self.name.set_label(tr("姓名"), tr("与身份证一致"))
        self.id_number.set_label(tr("身份证号"), tr("18 位"))
        self.organization.set_error(fault_text(state.fault("organization_name")))
        self.name.set_error(fault_text(state.fault("name")))
        self.id_number.set_error(fault_text(state.fault("id_number")))
        asked = tr("上传变更证明: 新营业执照、工商变更通知书") if way is Way.CHANGE else tr("上传身份证正反面照片")
        self.papers.show_papers(asked, state.papers, state.fault("papers"))

    def _show_affected(self, state: FollowState) -> None:
        affected = state.affected
        if state.affected_code:
            title = tr("暂时无法查询受影响的印章和投标文件")
            self.affected.show_message(Tone.WARNING, title, fault_text(state.affected_code), action=tr("重试"))
        elif affected is None or not (affected.seals or affected.bids):
            self.affected.clear()
        else:
            lines: list[str] = []
            if affected.bids:
                count = len(affected.bids)
                lines.append(
                    tr("已用此证书加密的投标文件 {count} 份: {names}", count=count, names=_named(affected.bids))
                )
            if affected.seals:
                count = len(affected.seals)
                lines.append(tr("绑定的印章 {count} 枚: {names}", count=count, names=_named(affected.seals)))
            tone = Tone.INFO if state.way is Way.RENEW else Tone.WARNING
            self.affected.show_message(tone, tr("与此证书有关"), "\n".join(lines))

    def _show_end(self) -> None:
        self.end_title.setText(tr("已提交, 等待平台审核"))
        self.end_text.setText(f"{tr('审核结果会在【我的】-【通知】中告知。')}\n{tr('审核通过后:')} {download_words()}")
        self.scan.setText(tr("扫码下载"))
        self.done.setText(tr("返回证书列表"))

    def _submit(self) -> None:
        if self.submit.isEnabled():
            self._model.submit(
                organization_name=self.organization.value, name=self.name.value, id_number=self.id_number.value
            )


def _named(names: tuple[str, ...]) -> str:
    shown = "、".join(names[:_MOST_NAMED])
    return f"{shown}…" if len(names) > _MOST_NAMED else shown
