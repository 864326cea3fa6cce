"""The bid in preparation: an envelope's checklist and further files, the announcement items, who can open. Passive."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.protocol.notices import NoticeEnvelope
from desktop.services.bid_checks import needed
from desktop.services.bidding import other_groups
from desktop.services.tenders import KnownLot
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Card, FilePicker, Label
from desktop.views.lot_words import envelope_word
from desktop.views.package.file_box import FileBox
from desktop.views.package.opener_card import OpenerCard
from desktop.views.package.pack_state import Box, PackFile, PackState
from desktop.views.tenders.need_row import NeedRow
from desktop.views.tenders.state import LotPageState
from desktop.views.tenders.summary_card import SummaryCard


class EnvelopeCard(Card):
    """One envelope; tells what is to be added to it and what to go."""

    added = Signal(str, list, str)
    removed = Signal(str, str)
    moved = Signal(str, str, int)

    def __init__(self, known: KnownLot, envelope: NoticeEnvelope, *, pick: FilePicker) -> None:
        super().__init__(name=f"envelope_{envelope.envelope_id}")
        self._envelope, self._state = envelope, LotPageState()
        identity = envelope.envelope_id
        self.rows = {
            each.name: NeedRow(each, name=f"need_{identity}_{number}", pick=pick)
            for number, each in enumerate(needed(known.notice, identity))
        }
        self.box = FileBox(f"further_{identity}", pick=pick)
        for name, row in self.rows.items():
            row.file_chosen.connect(lambda path, n=name: self.added.emit(identity, [path], n))
            row.removed.connect(lambda n=name: self._remove_needed(n))
            self.add(row)
        self.add(self.box)
        self.box.files_chosen.connect(lambda paths: self.added.emit(identity, paths, ""))
        self.box.remove_requested.connect(lambda name: self.removed.emit(identity, self._path_of(name)))
        self.box.move_requested.connect(lambda name, step: self.moved.emit(identity, self._path_of(name), step))

    def show_state(self, state: LotPageState) -> None:
        """Draw the files of this envelope."""
        self._state = state
        self.set_title(envelope_word(self._envelope.title))
        inside = [file for file in state.draft.files if file.envelope_id == self._envelope.envelope_id]
        for name, row in self.rows.items():
            file = next((each for each in inside if each.need == name), None)
            row.show_file(file, state.facts.get(file.path) if file is not None else None)
        further = tuple(
            PackFile(name=file.name, path=Path(file.path), size=_size(state, file.path))
            for file in inside
            if not file.need
        )
        self.box.show_box(tr("其他文件") if self.rows else tr("装入的文件"), Box(files=further), "")

    def _path_of(self, name: str) -> str:
        return next(
            f.path
            for f in self._state.draft.files
            if (f.envelope_id, f.name, f.need) == (self._envelope.envelope_id, name, "")
        )

    def _remove_needed(self, name: str) -> None:
        for file in self._state.draft.files:
            if (file.envelope_id, file.need) == (self._envelope.envelope_id, name):
                self.removed.emit(file.envelope_id, file.path)


class BidView(QWidget):
    """Made anew for each revision of a notice, whose envelopes it shows."""

    added = Signal(str, list, str)
    removed = Signal(str, str)
    moved = Signal(str, str, int)

    def __init__(self, *, pick: FilePicker) -> None:
        super().__init__()
        self.setObjectName("bidView")
        self._pick = pick
        self._shown: tuple[str, int] = ("", 0)
        self.saved = Label(role="muted", wrap=True, name="draftSaved")
        self.not_saved = Banner(name="draftNotSaved")
        self.envelopes: dict[str, EnvelopeCard] = {}
        self.summary = SummaryCard()
        self.openers = OpenerCard(pick=pick)
        self.openers.advanced.hide()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 8, 16, 24)
        column.setSpacing(16)
        column.addWidget(self.saved)
        column.addWidget(self.not_saved)
        column.addLayout(self._cards)
        column.addWidget(self.summary)
        column.addWidget(self.openers)
        column.addStretch()

    def show_state(self, state: LotPageState) -> None:
        """Draw the draft."""
        known = state.known
        if known is None:
            return
        wanted = (known.lot.lot_id, known.notice.revision)
        if wanted != self._shown:
            self._shown = wanted
            self._build(known)
            self.summary.begin(known.notice, state.draft.summary)
        self.saved.setText(tr("所有更改都已自动保存在本工位; 关闭程序或退出登录也不会丢失。"))
        self.saved.setVisible(not state.draft_problem)
        if state.draft_problem:
            self.not_saved.show_problem(state.draft_problem)
        else:
            self.not_saved.clear()
        for card in self.envelopes.values():
            card.show_state(state)
        self.summary.show_findings(state.findings)
        self.openers.show_state(_openers(state, known))
        if not state.can_rehearse:
            self.openers.rule.setText(tr("此标段的投标文件不需要投标人的手机即可开启; 这张证书只用于签名。"))
            self.openers.advice.clear()
        self.setEnabled(state.is_open and state.sending is None)

    def _build(self, known: KnownLot) -> None:
        for card in self.envelopes.values():
            self._cards.removeWidget(card)
            card.setParent(None)
            card.deleteLater()
        self.envelopes = {each.envelope_id: self._card(known, each) for each in known.notice.envelopes}

    def _card(self, known: KnownLot, envelope: NoticeEnvelope) -> EnvelopeCard:
        card = EnvelopeCard(known, envelope, pick=self._pick)
        card.added.connect(self.added)
        card.removed.connect(self.removed)
        card.moved.connect(self.moved)
        self._cards.addWidget(card)
        return card


def _openers(state: LotPageState, known: KnownLot) -> PackState:
    """Return what the card of openers shows: the groups are those of the notice."""
    holding = state.holding
    return PackState(
        own=state.own,
        serial=holding.key if holding is not None else "",
        confirmed=state.confirmed,
        seconds=frozenset(state.draft.seconds),
        unconfirmed=state.unconfirmed,
        groups=other_groups(known.announcement, known.notice.envelopes[0]),
    )


def _size(state: LotPageState, path: str) -> int:
    facts = state.facts.get(path)
    return facts.size or 0 if facts is not None else 0
