"""The bid in front, below the tables: how it stands, the bidder's word, and what the agency says to it. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.domain.problems import problem
from desktop.domain.tendering import LotState
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Card, DangerButton, Label, SecondaryButton, StatusChip, local_time
from desktop.views.package.words import size_words
from desktop.views.room.course import BidLine
from desktop.views.room.state import Job, RoomState, stuck, undecided
from desktop.views.room.words import confirmation_word, decision_words, fate_word, party_words

_HASH_DIGITS = 16


class BidPanel(Card):
    """`pass_requested(True / False)` is about the second envelope, `answer_requested` about an objection.

    `give_up_requested` is about a bid that a scan here has left without a result.
    """

    pass_requested = Signal(bool)
    answer_requested = Signal()
    give_up_requested = Signal()

    def __init__(self) -> None:
        super().__init__(name="roomBid", padding=16)
        self.name = Label(role="lead", wrap=True, name="roomBidName")
        self.chip = StatusChip(name="roomBidState")
        self.word = StatusChip(name="roomBidWord")
        self.facts = Label(role="muted", wrap=True, name="roomBidFacts", selectable=True)
        self.cause = Label(role="body", wrap=True, name="roomBidCause", selectable=True)
        self.objection = Label(role="body", wrap=True, name="roomBidObjection", selectable=True)
        self.decision = Label(role="body", wrap=True, name="roomBidDecision")
        self.accept = SecondaryButton(icon="check", name="roomPass")
        self.refuse = SecondaryButton(icon="x", name="roomRefuse")
        self.answer = SecondaryButton(icon="message-square-text", name="roomAnswer")
        self.give_up = DangerButton(icon="x", name="roomGiveUp")
        #: Whether there is a bid to show.
        self.is_filled = False
        self._lay_out()
        self.accept.clicked.connect(lambda: self.pass_requested.emit(True))
        self.refuse.clicked.connect(lambda: self.pass_requested.emit(False))
        self.answer.clicked.connect(self.answer_requested)
        self.give_up.clicked.connect(self.give_up_requested)

    def show_state(self, state: RoomState) -> None:
        """Draw the bid in front; nothing where there is none."""
        room = state.room
        line = next((each for each in state.lines if each.bid.package == state.selected), None)
        self.is_filled = line is not None
        if line is None or room is None:
            return
        self.name.setText(line.bid.name)
        self.chip.set_status(*fate_word(line.fate))
        word, tone = confirmation_word(line)
        self.word.setVisible(bool(word) and room.state in {LotState.ANNOUNCED, LotState.RECORDED})
        self.word.set_status(word, tone)
        self.facts.setText(_facts(line))
        _say(self.cause, _cause(line))
        _say(self.objection, _objection(line))
        _say(self.decision, decision_words(state, line))
        self._show_buttons(state, line)

    def _show_buttons(self, state: RoomState, line: BidLine) -> None:
        room = state.room
        is_free = state.work is None and state.is_live
        is_judged = room is not None and state.job is Job.JUDGE and line.bid in undecided(room)
        said = line.confirmation
        owes_answer = room is not None and room.is_agency and said is not None and said.is_open_objection
        self.accept.setText(tr("通过评审"))
        self.refuse.setText(tr("不通过…"))
        self.answer.setText(tr("答复异议…"))
        for button, is_wanted in ((self.accept, is_judged), (self.refuse, is_judged), (self.answer, owes_answer)):
            button.setVisible(is_wanted)
            button.setEnabled(is_free)
        self.give_up.setText(tr("放弃解密…"))
        self.give_up.setVisible(line.bid.package in stuck(state))
        # Without a network, too: it is a statement of this workstation, published with the other results.
        self.give_up.setEnabled(state.work is None and state.is_enrolled)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name, 1)
        for part in (self.word, self.chip, self.accept, self.refuse, self.answer, self.give_up):
            head.addWidget(part)
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self.facts, self.cause, self.objection, self.decision):
            words.addWidget(label)
        self.body.setSpacing(4)
        self.body.addLayout(head)
        self.body.addLayout(words)


def _say(label: Label, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _facts(line: BidLine) -> str:
    bid = line.bid
    parts = [
        tr("第 {number} 份, {time} 递交", number=bid.number, time=local_time(bid.received_at, seconds=True)),
        size_words(bid.size) if bid.size else "",
        tr("SHA-256 {fingerprint}…", fingerprint=bid.sha256.hex()[:_HASH_DIGITS]) if bid.sha256 else "",
    ]
    return " · ".join(part for part in parts if part)


def _cause(line: BidLine) -> str:
    if not line.cause:
        return ""
    wording = problem(line.cause).wording(current_language())
    return "\n".join(part for part in (f"{wording.title}: {wording.cause}", party_words(line.party)) if part)


def _objection(line: BidLine) -> str:
    said = line.confirmation
    if said is None or said.ok:
        return ""
    parts = [tr("异议: {text}", text=said.text)]
    if said.answer:
        parts.append(tr("代理机构答复: {text}", text=said.answer))
    return "\n".join(parts)
