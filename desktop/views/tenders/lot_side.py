"""The right column of a lot's page: how ready the bid is, the one primary button, and what came of it. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.tendering import LotState
from desktop.services.bid_checks import FindingKind
from desktop.services.submitting import Step
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    ElidedLabel,
    Label,
    LinkButton,
    PrimaryButton,
    ProgressPanel,
    SecondaryButton,
    Separator,
    Tone,
    local_time,
)
from desktop.views.tenders.state import LotPageState, Stage
from desktop.views.tenders.words import finding_words, step_words

_WIDTH_PX = 304
_MOST_FINDINGS = 6


class LotSide(QWidget):
    """`primary_requested(stage)` when the one button is pressed; the others by name."""

    primary_requested = Signal(object)
    seal_requested = Signal()
    submit_requested = Signal()
    rehearse_requested = Signal()
    target_requested = Signal()
    folder_requested = Signal()
    print_requested = Signal()
    enrol_requested = Signal()
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lotSide")
        self.setFixedWidth(_WIDTH_PX)
        self._stage = Stage.FILL
        self.title = Label(role="heading")
        self.checks = Label(role="body", wrap=True, name="bidChecks")
        self.flags = Label(role="muted", wrap=True, name="bidFlags")
        self.seal_all = SecondaryButton(icon="stamp", name="bidSealAll")
        self.notice = Banner(name="bidNotice", is_narrow=True)
        self.place_label = Label(role="label")
        self.place = ElidedLabel(role="body", name="bidTarget")
        self.change_place = LinkButton(name="bidTargetButton")
        self.result = Banner(name="bidResult", is_narrow=True)
        self.progress = ProgressPanel(name="bidSending")
        self.rehearse = SecondaryButton(icon="shield-check", name="bidRehearseAgain")
        self.without = LinkButton(name="bidSubmitAtOnce")
        self.print_receipt = SecondaryButton(icon="printer", name="bidPrintReceipt")
        self.folder = LinkButton(icon="folder-open", name="bidFolder")
        self.primary = PrimaryButton(name="bidPrimary")
        self._place_parts = (self.place_label, self.place, self.change_place)
        self._lay_out()
        self._connect()

    def show_state(self, state: LotPageState, target: str) -> None:
        """Draw the state; `target` is where the package will go."""
        self._stage = stage = state.stage
        self.title.setText(tr("投标进度"))
        self._show_findings(state)
        self.seal_all.setText(tr("全部签章 ({count})", count=len(state.unsealed)))
        self.seal_all.setVisible(bool(state.unsealed) and stage in {Stage.FILL, Stage.PACK})
        self._show_notice(state)
        self._show_place(state, target)
        self._show_result(state)
        self._show_progress(state)
        self._show_buttons(state)

    def _show_findings(self, state: LotPageState) -> None:
        in_preparation = state.stage in {Stage.FILL, Stage.PACK, Stage.REHEARSE, Stage.SUBMIT}
        blocking = [finding_words(each) for each in state.findings if each.blocks]
        flags = [
            finding_words(each)
            for each in state.findings
            if not each.blocks and each.kind is not FindingKind.NOT_SEALED
        ]
        if state.known is not None and state.known.is_readable_early:
            flags.insert(0, tr("招标代理与平台共同即可在截止前读取该投标文件"))
        lines = [f"• {each}" for each in blocking[:_MOST_FINDINGS]]
        if len(blocking) > _MOST_FINDINGS:
            lines.append(tr("… 另有 {count} 项", count=len(blocking) - _MOST_FINDINGS))
        head = tr("还有 {count} 项需要补齐:", count=len(blocking)) if blocking else tr("必须提交的内容已齐全。")
        self.checks.setText("\n".join([head, *lines]))
        self.checks.setVisible(in_preparation)
        self.flags.setText("\n".join(flags))
        self.flags.set_tone(Tone.WARNING)
        self.flags.setVisible(bool(flags) and in_preparation)

    def _show_notice(self, state: LotPageState) -> None:
        if not state.own:
            self.notice.show_message(
                Tone.WARNING, tr("还没有可用的证书"), tr("加密投标文件需要本单位的数字证书; 请先申请并下载。")
            )
        elif not state.is_enrolled:
            text = tr("加密前需由本单位成员用手机登记本工位。")
            self.notice.show_message(Tone.WARNING, tr("本工位尚未登记"), text, action=tr("去登记"))
        elif state.draft.package and not state.draft.is_packed_as_it_is and state.stage is Stage.PACK:
            text = tr("加密之后内容有改动; 请重新加密, 否则递交的仍是旧文件。")
            self.notice.show_message(Tone.WARNING, tr("内容已改动"), text)
        else:
            self.notice.clear()

    def _show_place(self, state: LotPageState, target: str) -> None:
        is_packing = state.stage is Stage.PACK
        for part in self._place_parts:
            part.setVisible(is_packing)
        self.place_label.setText(tr("保存为"))
        self.place.setText(target or tr("添加文件后确定"))
        self.change_place.setText(tr("更改"))

    def _show_result(self, state: LotPageState) -> None:
        if state.failure:
            self.result.show_problem(state.failure, state.failure_detail)
            return
        if state.sending is not None:
            self.result.clear()
            return
        shown = self._result_words(state)
        if shown is None:
            self.result.clear()
        else:
            self.result.show_message(*shown)

    def _result_words(self, state: LotPageState) -> tuple[Tone, str, str] | None:
        if state.stage is Stage.SUBMITTED and state.receipt is not None:
            number, at = state.receipt.receipt.number, local_time(state.receipt.received_at)
            text = tr("{at} 由平台接收, 第 {number} 份。回执已保存在投标文件包旁边。", at=at, number=number)
            return Tone.SUCCESS, tr("已递交"), text
        if state.stage is Stage.CONTINUE:
            text = tr("上次递交没有完成。点【继续递交】接着上传; 同一份文件不会递交两次。")
            return Tone.WARNING, tr("递交中断"), text
        if state.stage is Stage.REHEARSE:
            text = tr("请现在演练一次解密, 确认开标时打得开; 演练不会打开文件, 也不会泄露内容。")
            return Tone.INFO, tr("已加密, 尚未递交"), text
        if state.stage is Stage.SUBMIT:
            return Tone.INFO, tr("可以递交了"), tr("递交后在截止时间前仍可撤回或替换。")
        if state.stage is Stage.OVER:
            return Tone.NEUTRAL, tr("投标已截止"), _over_words(state)
        return None

    def _show_progress(self, state: LotPageState) -> None:
        sending = state.sending
        self.progress.setVisible(sending is not None)
        if sending is not None:
            self.progress.set_progress(sending.done, sending.total, step_words(Step(sending.step)))

    def _show_buttons(self, state: LotPageState) -> None:
        stage, replaces = state.stage, state.current_bid is not None
        words = {
            Stage.FILL: (tr("加密并签名"), "qr-code"),
            Stage.PACK: (tr("加密并签名"), "qr-code"),
            Stage.REHEARSE: (tr("演练解密"), "shield-check"),
            Stage.SUBMIT: (tr("递交并替换原文件") if replaces else tr("递交"), "upload"),
            Stage.CONTINUE: (tr("继续递交"), "upload"),
            Stage.SUBMITTED: (tr("打印回执"), "printer"),
            Stage.OVER: (tr("进入开标大厅"), "gavel"),
        }
        text, icon = words[stage]
        self.primary.setText(text)
        self.primary.set_icon(icon)
        can_scan = state.is_enrolled and state.holding is not None
        is_ready = {Stage.FILL: False, Stage.PACK: can_scan, Stage.REHEARSE: can_scan}.get(stage, True)
        self.primary.setEnabled(is_ready and state.sending is None)
        self.primary.setVisible(state.sending is None)
        self.rehearse.setText(tr("演练解密"))
        self.rehearse.setVisible(stage is Stage.SUBMIT and state.can_rehearse and state.sending is None)
        self.without.setText(tr("递交并替换原文件") if replaces else tr("不演练, 直接递交"))
        self.without.setVisible(stage is Stage.REHEARSE and state.sending is None)
        self.print_receipt.setText(tr("打印回执"))
        self.print_receipt.setVisible(stage is Stage.OVER and state.receipt is not None)
        self.folder.setText(tr("打开文件夹"))
        self.folder.setVisible(bool(state.draft.package))

    def _connect(self) -> None:
        self.primary.clicked.connect(lambda: self.primary_requested.emit(self._stage))
        self.seal_all.clicked.connect(self.seal_requested)
        self.without.clicked.connect(self.submit_requested)
        self.rehearse.clicked.connect(self.rehearse_requested)
        self.change_place.clicked.connect(self.target_requested)
        self.folder.clicked.connect(self.folder_requested)
        self.print_receipt.clicked.connect(self.print_requested)
        self.notice.action_triggered.connect(self.enrol_requested)
        self.progress.cancel_requested.connect(self.cancel_requested)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 24, 24, 24)
        column.setSpacing(12)
        above: tuple[QWidget, ...] = (self.title, self.checks, self.flags, self.seal_all, Separator(), self.notice)
        for part in (*above, *self._place_parts, self.result, self.progress, self.folder):
            column.addWidget(part)
        column.addStretch()
        for button in (self.without, self.rehearse, self.print_receipt, self.primary):
            column.addWidget(button)


def _over_words(state: LotPageState) -> str:
    """Say where it goes on after the deadline."""
    known = state.known
    if known is not None and known.lot.state in {LotState.RECORDED, LotState.FAILED}:
        return tr("开标已结束; 结果与开标记录在开标大厅中查看。")
    return tr("不再接收投标文件; 请到开标大厅签到并交付解密。")
