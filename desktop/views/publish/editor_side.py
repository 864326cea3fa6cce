"""The right column of a lot: whether it is kept, its dry run, and the one primary button. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.services.dry_run import DryRun, EnvelopeOutcome
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Label,
    LinkButton,
    PrimaryButton,
    ProgressPanel,
    SecondaryButton,
    Separator,
    StatusChip,
    Tone,
    scrolled,
)
from desktop.views.lot_words import envelope_word, lot_state_word
from desktop.views.publish.state import DryState, EditorState, Saving
from desktop.views.publish.versions import Versions
from desktop.views.publish.words import early_words

_WIDTH_PX = 304


class EditorSide(QWidget):
    """Says what was wished."""

    publish_requested = Signal()
    dry_run_requested = Signal()
    cancel_requested = Signal()
    save_requested = Signal()
    notice_followed = Signal()
    reload_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("editorSide")
        self.setFixedWidth(_WIDTH_PX)
        self.chip = StatusChip(name="lotState")
        self.revision = Label(role="muted", wrap=True, name="lotRevision")
        self.saving = Label(role="caption", wrap=True, name="draftSaving")
        self.versions = Versions()
        self.save = LinkButton(icon="save", name="draftSaveButton")
        self.early = Banner(name="lotEarlyWarning", is_narrow=True)
        self.dry_title = Label(role="strong")
        self.dry_note = Label(role="muted", wrap=True, name="dryRunNote")
        self.dry = SecondaryButton(icon="shield-check", name="dryRunButton")
        self.progress = ProgressPanel(name="dryRunProgress")
        self.outcome = Banner(name="dryRunOutcome", is_narrow=True)
        self.notice = Banner(name="lotNotice", is_narrow=True)
        self.failure = Banner(name="lotFailure", is_narrow=True)
        self.publish = PrimaryButton(icon="qr-code", name="publishButton")
        self._lay_out()
        self.publish.clicked.connect(self.publish_requested)
        self.dry.clicked.connect(self.dry_run_requested)
        self.progress.cancel_requested.connect(self.cancel_requested)
        self.save.clicked.connect(self.save_requested)
        self.notice.action_triggered.connect(self.notice_followed)
        self.failure.action_triggered.connect(self.reload_requested)

    def show_state(self, state: EditorState) -> None:
        """Draw the state."""
        if state.lot is not None:
            self.chip.set_status(*lot_state_word(state.lot.state))
        self._show_revision(state)
        self._show_saving(state)
        self.versions.show_state(state)
        if state.is_early_readable:
            self.early.show_message(Tone.WARNING, early_words())
        else:
            self.early.clear()
        self._show_dry(state)
        self._show_notice(state)
        if state.failure:
            self.failure.show_problem(state.failure, state.failure_detail, action=tr("重新打开此标段"))
        else:
            self.failure.clear()
        self.publish.setText(tr("扫码发布变更") if state.is_amendment else tr("扫码发布招标"))
        self.publish.setVisible(state.is_open)
        is_one_version = state.saving is not Saving.CLASH
        is_ready = state.is_enrolled and state.signer is not None and is_one_version
        self.publish.setEnabled(is_ready and not state.dry.is_running)

    def _show_revision(self, state: EditorState) -> None:
        if state.announcement is None:
            self.revision.setText(tr("尚未发布, 只有本单位成员能看到。"))
        else:
            number = state.announcement.notice.revision
            self.revision.setText(tr("现行公告为第 {number} 版。", number=number))

    def _show_saving(self, state: EditorState) -> None:
        words = {
            Saving.SAVED: tr("草稿已保存在平台"),
            Saving.CHANGED: tr("正在编辑, 稍后自动保存"),
            Saving.SAVING: tr("正在保存…"),
            Saving.FAILED: tr("草稿没有保存, 内容仍在此页"),
            Saving.CLASH: tr("草稿没有保存, 内容仍在此页"),
        }
        self.saving.setText(words[state.saving])
        is_unsaved = state.saving in {Saving.FAILED, Saving.CLASH}
        self.saving.set_tone(Tone.PROBLEM if is_unsaved else Tone.NEUTRAL)
        self.saving.setVisible(state.is_open)
        self.save.setText(tr("立即保存"))
        self.save.setVisible(state.is_open and state.saving is Saving.FAILED)

    def _show_dry(self, state: EditorState) -> None:
        dry = state.dry
        self.dry_title.setText(tr("开标演练"))
        self.dry_note.setText(
            tr("用测试投标文件和一次性密钥, 按这份公告完整打包并开标一次。不扫码, 不上传, 不影响任何人。")
        )
        self.dry.setText(tr("重新演练") if dry.outcome or dry.code else tr("演练开标"))
        for part in (self.dry_title, self.dry_note):
            part.setVisible(state.is_open)
        self.dry.setVisible(state.is_open and not dry.is_running)
        self.dry.setEnabled(state.signer is not None)
        self.progress.setVisible(dry.is_running)
        self.progress.set_progress(dry.done, dry.total, dry.text)
        self._show_outcome(dry)

    def _show_outcome(self, dry: DryState) -> None:
        if dry.code:
            self.outcome.show_problem(dry.code, dry.detail)
        elif dry.outcome is None:
            self.outcome.clear()
        elif dry.outcome.is_good:
            text = tr("{lines}\n这只是演练: 所用投标与密钥都已丢弃。", lines=_lines(dry.outcome))
            self.outcome.show_message(Tone.SUCCESS, tr("演练成功"), text)
        else:
            first = next(each for each in dry.outcome.envelopes if not each.is_good)
            text = tr("{lines}\n这只是演练: 没有发布任何内容。", lines=_lines(dry.outcome))
            detail = f"{first.envelope_id} {first.detail}"
            self.outcome.show_message(Tone.PROBLEM, tr("演练失败, 请勿发布"), text, diagnostic=f"{first.code} {detail}")

    def _show_notice(self, state: EditorState) -> None:
        if state.is_past:
            text = tr("投标截止时间已过, 公告不能再变更。开标请到【开标大厅】。")
            self.notice.show_message(Tone.INFO, tr("已截止"), text, action=tr("去开标大厅"))
        elif state.signer is None:
            text = tr("发布需要您在本招标代理单位的数字证书; 请先申请并下载。")
            self.notice.show_message(Tone.WARNING, tr("还没有可用的证书"), text, action=tr("去申请证书"))
        elif not state.is_enrolled:
            text = tr("发布前需由本单位成员用手机登记本工位。")
            self.notice.show_message(Tone.WARNING, tr("本工位尚未登记"), text, action=tr("去登记"))
        elif state.is_checked and state.findings:
            count = len({(each.part, each.envelope) for each in state.findings})
            self.notice.show_message(Tone.WARNING, tr("还有 {count} 处需要改正", count=count))
        else:
            self.notice.clear()

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 0)
        column.setSpacing(12)
        draft: tuple[QWidget, ...] = (self.saving, self.save, self.versions)
        about: tuple[QWidget, ...] = (self.chip, self.revision, *draft, self.early, Separator())
        dry: tuple[QWidget, ...] = (self.dry_title, self.dry_note, self.dry, self.progress, self.outcome)
        for part in (*about, *dry):
            column.addWidget(part)
        column.addStretch()
        # Where this is more than the window is high it scrolls; the button, and what is in its way, stay in sight.
        area = scrolled(inner, name="editorSideArea")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 8, 24)
        outer.setSpacing(12)
        outer.addWidget(area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.setSpacing(12)
        for part in (self.notice, self.failure, self.publish):
            foot.addWidget(part)
        outer.addLayout(foot)


def _lines(outcome: DryRun) -> str:
    return "\n".join(_line(each) for each in outcome.envelopes)


def _line(each: EnvelopeOutcome) -> str:
    told = tr(
        "{title}: 打开 {opened} / {count} 份", title=envelope_word(each.title), opened=each.opened, count=each.count
    )
    return told if each.is_good else f"{told} · {problem(each.code).wording(current_language()).title}"
