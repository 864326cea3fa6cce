"""The verification page: a place to drop files, and a card with words for each. Passive."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import Verdict
from desktop.domain.problems import problem
from desktop.formats.evidence import EvidenceKind, EvidenceVerdict
from desktop.formats.package import PackageVerdict
from desktop.formats.trust import Reason
from desktop.signing.pdf import PdfVerdict, SignatureVerdict
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    DropZone,
    FilePicker,
    Icon,
    Label,
    LinkButton,
    ProgressPanel,
    Separator,
    Tone,
    VerdictBadge,
    clear_layout,
    dropped_files,
    local_time,
    pick_files,
    scrolled,
)
from desktop.ui.page import Page
from desktop.views.package.words import verdict_sentence
from desktop.views.verify.evidence_card import add_evidence, evidence_sentence
from desktop.views.verify.model import AnyVerdict, Judged, VerifyModel, VerifyState
from desktop.views.verify.package_card import add_package

SUFFIXES = (".pdf", ".bid", *map(str, EvidenceKind))
_TEXT_WIDTH_PX = 880
_TO_SEAL = (Verdict.VALID, Verdict.UNSIGNED)
_TONES = {
    Verdict.VALID: Tone.SUCCESS,
    Verdict.INVALID: Tone.PROBLEM,
    Verdict.CANNOT_TELL: Tone.WARNING,
    Verdict.UNSIGNED: Tone.NEUTRAL,
}


class VerifyPage(Page[VerifyState]):
    """Shows verdicts; decides nothing. `navigate(page id, payload)` asks for another module."""

    navigate = Signal(str, str)

    def __init__(
        self,
        model: VerifyModel,
        *,
        pick: FilePicker = pick_files,
        can_seal: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("verifyPage", parent)
        self._can_seal = can_seal
        self._model = model
        model.setParent(self)
        self._shown: tuple[object, ...] = ()
        self.setAcceptDrops(True)
        self.drop = DropZone(name="verifyDrop", suffixes=SUFFIXES, several=True, icon="shield-check", pick=pick)
        self.notice = Banner(name="verifyNotice")
        self.progress = ProgressPanel(name="verifyProgress")
        self.clear = LinkButton(icon="x", name="clearVerdictsButton")
        self._cards = QVBoxLayout()
        self._lay_out()
        self.drop.files_chosen.connect(model.verify)
        self.progress.cancel_requested.connect(model.cancel)
        self.clear.clicked.connect(model.clear)
        self.bind(model)

    def show_state(self, state: VerifyState) -> None:
        """Draw the state."""
        self.drop.set_texts(
            tr("把要验证的 PDF、投标文件包、回执或开标记录拖到这里"),
            tr("逐字节检查签名、证书和签名之后的改动; 文件不会离开本机。"),
        )
        self.clear.setText(tr("清空结果"))
        self.clear.setVisible(bool(state.files) and state.running == (0, 0))
        done, total = state.running
        self.progress.setVisible(total > 0)
        self.progress.set_progress(done, total, tr("正在验证…"))
        if state.is_online:
            self.notice.clear()
        else:
            self.notice.show_message(
                Tone.WARNING,
                tr("未能更新吊销信息"),
                tr("无法连接平台; 若本机缓存的吊销信息已过期, 结果会是“无法判断”。"),
            )
        shown = (state.files, current_language())
        if shown != self._shown:
            self._shown = shown
            self._show_files(state.files)

    def receive(self, payload: str) -> None:
        """Verify the file that another page names by its path."""
        self._model.verify([Path(payload)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files dropped anywhere on the page."""
        if dropped_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Verify what was dropped."""
        self._model.verify(dropped_files(event))

    def _show_files(self, files: tuple[Judged, ...]) -> None:
        clear_layout(self._cards)
        for number, judged in enumerate(files):
            card = _card(number, judged)
            if judged.lacks_time:
                card.add(self._time_button(number, judged.path))
            if self._can_seal and isinstance(judged.verdict, PdfVerdict) and judged.verdict.verdict in _TO_SEAL:
                card.add(self._seal_button(number, judged.path))
            self._cards.addWidget(card)
        self._cards.addStretch()

    def _seal_button(self, number: int, path: Path) -> QWidget:
        """Offer to seal what was found in order, or was never signed."""
        button = LinkButton(tr("加签"), icon="stamp", name=f"sealVerified_{number}")
        button.clicked.connect(lambda: self.navigate.emit("sealing", f"open:{path}"))
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(button)
        row.addStretch()
        return box

    def _time_button(self, number: int, path: Path) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        button = LinkButton(tr("补加时间戳"), icon="clock", name=f"addTime_{number}")
        button.clicked.connect(lambda: self._model.add_time(path))
        words = tr("签名时间尚无可信证明; 加上时间戳后另存为新文件, 原文件不变。")
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(words, role="muted", wrap=True), 1)
        return box

    def _lay_out(self) -> None:
        holder = QWidget()
        holder.setMaximumWidth(_TEXT_WIDTH_PX)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.drop)
        column.addWidget(self.notice)
        column.addWidget(self.progress)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignRight)
        self._cards.setSpacing(16)
        column.addLayout(self._cards, 1)
        self.drop.setMinimumHeight(216)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(32, 24, 32, 24)
        row.addStretch()
        row.addWidget(holder, 1000)
        row.addStretch()
        outer = QVBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))


def _card(number: int, judged: Judged) -> Card:
    card = Card(name=f"verdictCard_{number}")
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(16)
    verdict = judged.verdict
    words = QVBoxLayout()
    words.setSpacing(8)
    words.addWidget(Label(judged.path.name, role="lead", wrap=True, selectable=True, name=f"verdictFile_{number}"))
    if verdict is not None:
        words.addWidget(Label(_sentence_of(verdict), role="body", wrap=True))
    words.addStretch()
    row.addLayout(words, 1)
    badge = VerdictBadge(name=f"verdict_{number}")
    row.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
    card.add(head)
    # Only where it has its place: shown without a parent it would be a window of its own for a moment.
    if judged.problem:
        badge.set_verdict(Verdict.CANNOT_TELL)
    else:
        badge.set_verdict(verdict.verdict if verdict else None)
    if judged.problem:
        card.add(_reason(judged.problem, Tone.WARNING))
    if judged.note:
        card.add(_reason(judged.note, Tone.WARNING))
    if verdict is not None:
        _add_details(card, number, verdict)
    return card


def _add_details(card: Card, number: int, verdict: AnyVerdict) -> None:
    said: set[Reason] = set()
    if isinstance(verdict, PackageVerdict):
        add_package(card, number, verdict)
    elif isinstance(verdict, EvidenceVerdict):
        add_evidence(card, number, verdict)
    else:
        for signature in verdict.signatures:
            card.add(Separator())
            card.add(_signature(signature))
            said |= set(signature.reasons)
    for reason in verdict.reasons:
        if reason not in said:
            card.add(_reason(reason.code, _TONES[verdict.verdict]))
    if isinstance(verdict, EvidenceVerdict) and verdict.verdict is not Verdict.INVALID:
        for code in verdict.unchecked:
            card.add(_reason(code, Tone.NEUTRAL))


def _sentence_of(verdict: AnyVerdict) -> str:
    if isinstance(verdict, PackageVerdict):
        return verdict_sentence(verdict)
    return evidence_sentence(verdict) if isinstance(verdict, EvidenceVerdict) else _sentence(verdict)


def _sentence(judged: PdfVerdict) -> str:
    verdict, count = judged.verdict, len(judged.signatures)
    if verdict is Verdict.VALID and any(reason.code == "verify.marked_after" for reason in judged.reasons):
        return tr("全部 {count} 处签名有效; 较早的签名之后另有他人签章, 请逐一核对。", count=count)
    if verdict is Verdict.VALID and count == 1:
        return tr("签名有效, 签名之后文件内容没有改动。")
    return {
        Verdict.VALID: tr("全部 {count} 处签名有效, 签名之后文件内容没有改动。", count=count),
        Verdict.INVALID: tr("请勿信任此文件: 至少一处签名无效, 或签名之后内容被改动。"),
        Verdict.CANNOT_TELL: tr("无法判断此文件是否可信, 请勿当作有效文件使用。"),
        Verdict.UNSIGNED: tr("此文件没有任何签名。"),
    }[verdict]


def _signature(signature: SignatureVerdict) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    head = QHBoxLayout()
    head.setSpacing(16)
    words = QVBoxLayout()
    words.setSpacing(4)
    who = " · ".join(p for p in (signature.organization, signature.signer) if p) or tr("签名人未知")
    words.addWidget(Label(who, role="body", wrap=True, selectable=True))
    words.addWidget(Label(_facts(signature), role="muted", wrap=True, selectable=True))
    words.addStretch()
    head.addLayout(words, 1)
    badge = VerdictBadge(name=f"signature_{signature.field}")
    head.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
    column.addLayout(head)
    badge.set_verdict(signature.verdict)
    for reason in signature.reasons:
        column.addWidget(_reason(reason.code, _TONES[signature.verdict]))
    return box


def _facts(signature: SignatureVerdict) -> str:
    parts = [tr("第 {number} 个版本", number=signature.revision)]
    if signature.claimed_time is not None:
        parts.append(tr("签名人声称的时间 {time}", time=local_time(signature.claimed_time, seconds=True)))
    if signature.serial:
        parts.append(tr("证书序列号 {serial}", serial=signature.serial))
    parts.append(tr("覆盖整个文件") if signature.covers_all_content else tr("其后还有内容"))
    return " · ".join(parts)


def _reason(code: str, tone: Tone) -> QWidget:
    wording = problem(code).wording(current_language())
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    icon = {Tone.PROBLEM: "circle-x", Tone.WARNING: "triangle-alert"}.get(tone, "info")
    colour = {Tone.PROBLEM: "problem", Tone.WARNING: "warning"}.get(tone, "muted")
    row.addWidget(Icon(icon, colour, 20), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(Label(wording.title, role="body", wrap=True, selectable=True))
    words.addWidget(Label(wording.advice, role="muted", wrap=True, selectable=True))
    row.addLayout(words, 1)
    return box
