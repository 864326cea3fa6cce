"""What is to be done now: words, the one primary button, how far it is, and what went wrong. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.tendering import LotState
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Label, LinkButton, PrimaryButton, ProgressPanel, SecondaryButton, Tone
from desktop.ui.theme import current
from desktop.views.room.state import (
    Call,
    Job,
    RoomState,
    is_record_old,
    may_scan_again,
    owes_answers,
    stuck,
    to_deliver,
    undecided,
)
from desktop.views.room.words import call_word, job_words

_SCANS = frozenset({Job.DELIVER, Job.OPEN_BIDS})
_CANCELLABLE = frozenset({Call.FETCH})
_OBJECTING = frozenset({LotState.ANNOUNCED, LotState.OPENED, LotState.DELIVERED})
#: The words take all the room that they may have, before anything is left over.
_MOST = 1000


class JobBar(QWidget):
    """`acted` = the primary button; the others say themselves."""

    acted = Signal()
    extend_requested = Signal()
    scan_again_requested = Signal()
    objection_requested = Signal()
    place_requested = Signal()
    preview_requested = Signal()
    again_requested = Signal()
    sealed_requested = Signal()
    enrol_requested = Signal()
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("roomJob")
        self.title = Label(role="heading", wrap=True, name="roomJobTitle")
        self.text = Label(role="body", wrap=True, name="roomJobText")
        self.note = Label(role="muted", wrap=True, name="roomJobNote")
        self.notice = Banner(name="roomNotice")
        self.failure = Banner(name="roomFailure")
        self.saved = Banner(name="roomSaved")
        self.progress = ProgressPanel(name="roomProgress")
        self.place = LinkButton(icon="folder-open", name="roomPlace")
        self.preview = LinkButton(icon="eye", name="roomPreview")
        self.again = LinkButton(icon="refresh-cw", name="roomRecordAgain")
        self.sealed = SecondaryButton(icon="folder-open", name="roomSealedFile")
        self.extend = SecondaryButton(icon="clock", name="roomExtend")
        self.scan_again = SecondaryButton(icon="qr-code", name="roomScanAgain")
        self.object = SecondaryButton(icon="message-square-text", name="roomObject")
        self.act = PrimaryButton(name="roomAct")
        self._lay_out()
        self._connect()

    def show_state(self, state: RoomState) -> None:
        """Draw the state."""
        job, words = state.job, job_words(state)
        self.title.setText(words.title)
        self.text.setText(words.text)
        self.act.setText(words.action)
        self.act.set_icon(words.icon)
        self.act.setVisible(bool(words.action))
        self.act.setEnabled(self._may_act(state))
        self._show_others(state, job)
        self._show_note(state, job)
        self._show_notice(state)
        self._show_work(state)
        if state.failure:
            self.failure.show_problem(state.failure, state.failure_detail)
        else:
            self.failure.clear()

    def _may_act(self, state: RoomState) -> bool:
        """Tell whether the primary button leads anywhere: a scan by camera does without the network."""
        job = state.job
        if state.work is not None or (not state.is_live and job is not Job.OPEN_BIDS):
            return False
        if job in _SCANS | {Job.OPEN_WINDOW, Job.JUDGE} and not state.is_enrolled:
            return False
        if job is Job.WATCH_DELIVERY:  # before its time only when nobody is waited for; at its end it ends by itself
            return not to_deliver(state)
        if job is Job.JUDGE:
            return state.room is not None and all(bid.package in state.decisions for bid in undecided(state.room))
        return job is not Job.MAKE_RECORD or owes_answers(state) == 0

    def _show_others(self, state: RoomState, job: Job) -> None:
        room = state.room
        can_go = state.work is None and state.is_live
        self.extend.setText(tr("延长时限"))
        self.extend.setVisible(job is Job.WATCH_DELIVERY)
        self.scan_again.setText(tr("再次扫码解密"))
        self.scan_again.setVisible(may_scan_again(state))
        self.scan_again.setEnabled(state.work is None and state.is_enrolled and state.folder is not None)
        self.object.setText(tr("提出异议"))
        is_bidder = room is not None and not room.is_agency and room.own_bid is not None
        self.object.setVisible(is_bidder and room is not None and room.state in _OBJECTING)
        self.preview.setText(tr("预览开标记录"))
        self.again.setText(tr("重新生成"))
        self.sealed.setText(tr("选择已签章的文件"))
        for part in (self.again, self.sealed):
            part.setVisible(job is Job.SEAL_RECORD)
        self.preview.setVisible(job is Job.SEAL_RECORD and state.sealed is None)
        # A disk that is full, or a file that was damaged on it: fetched to another place, the next scan goes on there.
        # And where a colleague could not open everything, this computer may: it has to have the bids for that.
        is_again = may_scan_again(state) or (job is Job.OPEN_BIDS and bool(stuck(state)))
        elsewhere = tr("重新取回到别处") if is_again else tr("存放到别处")
        self.place.setText(elsewhere if state.folder is not None else tr("取回投标文件"))
        self.place.setVisible(is_again or (job is Job.FETCH and state.folder is not None))
        for button in (self.extend, self.object, self.place, self.again, self.sealed):
            button.setEnabled(can_go)

    def _show_note(self, state: RoomState, job: Job) -> None:
        text = ""
        if job is Job.WATCH_DELIVERY and state.envelope is not None and state.envelope.revision > 1:
            text = tr("已延长 {count} 次: {reason}", count=state.envelope.revision - 1, reason=state.envelope.reason)
        elif job is Job.FETCH and state.folder is not None:
            text = tr("存放到: {folder}", folder=str(state.folder))
        elif job is Job.OPEN_BIDS and state.unfetched:
            text = tr("{count} 份未通过检查, 将单独记录, 不影响其他。", count=len(state.unfetched))
        elif job is Job.SEAL_RECORD and is_record_old(state):
            text = tr("生成之后又有新的确认或异议, 记录中没有; 请重新生成并签章。")
        elif job is Job.SEAL_RECORD and state.sealed is not None:
            text = tr("已选择: {name}", name=state.sealed.name)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _show_notice(self, state: RoomState) -> None:
        if state.is_enrolled or state.job in {Job.OVER, Job.FAILED, Job.NO_PART}:
            self.notice.clear()
        else:
            text = tr("开标所用的声明与扫码须由已登记的工位发出, 由本单位成员用手机登记一次即可。")
            self.notice.show_message(Tone.WARNING, tr("本工位尚未登记"), text, action=tr("去登记"))

    def _show_work(self, state: RoomState) -> None:
        work = state.work
        self.progress.setVisible(work is not None)
        if work is not None:
            self.progress.set_progress(work.done, work.total, f"{call_word(work.call)}  {work.text}".strip())
            self.progress.cancel.setVisible(work.call in _CANCELLABLE)
        if state.saved is None:
            self.saved.clear()
        else:
            self.saved.show_message(Tone.SUCCESS, tr("已保存"), str(state.saved))

    def _connect(self) -> None:
        self.act.clicked.connect(self.acted)
        self.extend.clicked.connect(self.extend_requested)
        self.scan_again.clicked.connect(self.scan_again_requested)
        self.object.clicked.connect(self.objection_requested)
        self.place.clicked.connect(self.place_requested)
        self.preview.clicked.connect(self.preview_requested)
        self.again.clicked.connect(self.again_requested)
        self.sealed.clicked.connect(self.sealed_requested)
        self.notice.action_triggered.connect(self.enrol_requested)
        self.progress.cancel_requested.connect(self.cancel_requested)

    def _lay_out(self) -> None:
        holder = QWidget()
        holder.setMaximumWidth(current().sizes.text_width)
        words = QVBoxLayout(holder)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        for label in (self.title, self.text, self.note):
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(holder, _MOST)
        row.addStretch(1)
        parts = (
            self.place,
            self.preview,
            self.again,
            self.sealed,
            self.extend,
            self.scan_again,
            self.object,
            self.act,
        )
        for part in parts:
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.progress)
        for banner in (self.notice, self.failure, self.saved):
            column.addWidget(banner)
