"""电子印章: the unit's seals in every state; void ones stay visible and cannot be used (manual, 4)."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.domain.operations import SealKind, SealState
from desktop.phone.core import StoredSeal
from desktop.phone.core.platform_views import ListedSeal
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage
from desktop.phone.window.parts import ListArea
from desktop.phone.window.seals_model import SealsModel, SealsState
from desktop.phone.window.states import AppState
from desktop.phone.window.words import seal_state_word
from desktop.ui.i18n import tr
from desktop.ui.kinds import seal_kind_word
from desktop.ui.kit import KitFrame, Label, LinkButton, PrimaryButton, StatusChip, Tone, local_time

_IMPRINT = 96
_VOID_OPACITY = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class SealItem:
    """A seal as it is shown: `state` None where the platform has not told; `note` says what to do, or why not."""

    seal_id: str
    name: str
    kind: SealKind | None
    width_mm: float
    height_mm: float
    state: SealState | None
    reason: str
    imprint: bytes
    until: str
    is_usable: bool


def seal_items(app: AppState, state: SealsState) -> tuple[SealItem, ...]:
    """Join the platform's list, of the chosen unit, with the seals that this phone keeps."""
    kept = {s.seal_id: s for s in app.seals}
    serials = {str(c.serial) for c in app.certificates}
    bound = {c.sha256 for c in app.certificates}
    unit = app.organization.organization_id if app.organization is not None else ""
    found = [
        _listed(s, kept.get(s.seal_id), state, is_here=s.certificate_serial in serials)
        for s in state.seals
        if not unit or s.organization_id == unit
    ]
    known = {s.seal_id for s in state.seals}
    found += [_kept(s, is_here=s.certificate_sha256 in bound) for s in app.seals if s.seal_id not in known]
    return tuple(sorted(found, key=lambda i: i.state in (SealState.VOID, SealState.REJECTED)))


class Imprint(QLabel):
    """An imprint on white, whatever the theme: it is looked at as it will be on paper."""

    def __init__(self, png: bytes, side: int = _IMPRINT) -> None:
        super().__init__()
        self.setProperty("role", "imprint")
        self.setFixedSize(side, side)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_png(png)

    def show_png(self, png: bytes) -> None:
        """Show a picture, nothing for no bytes."""
        loaded = QPixmap()
        if not png or not loaded.loadFromData(png):
            self.clear()
            return
        inside = (self.size() - QSize(12, 12)) * 2
        scaled = loaded.scaled(inside, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(2)
        self.setPixmap(scaled)


class SealCard(KitFrame):
    """One seal; one that is approved is claimed by scanning."""

    claim_requested = Signal()

    def __init__(self, item: SealItem) -> None:
        super().__init__(f"seal_{item.seal_id}", "card")
        picture = Imprint(item.imprint)
        picture.setAccessibleName(tr("印模: {name}", name=item.name))
        if item.state in (SealState.VOID, SealState.REJECTED):
            faded = QGraphicsOpacityEffect(picture)
            faded.setOpacity(_VOID_OPACITY)
            picture.setGraphicsEffect(faded)
        word, tone = _word(item)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(Label(item.name, "lead", wrap=True))
        size = tr("{width} × {height} 毫米", width=f"{item.width_mm:g}", height=f"{item.height_mm:g}")
        kind = "" if item.kind is None else seal_kind_word(item.kind)
        words.addWidget(Label(" · ".join(text for text in (kind, size) if text), "caption", wrap=True))
        if item.until:
            words.addWidget(Label(tr("有效期至 {date}", date=item.until), "caption"))
        words.addWidget(StatusChip(word, tone, name=f"sealState_{item.seal_id}"), 0, Qt.AlignmentFlag.AlignLeft)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        self._add_note(column, item)
        self.setAccessibleName(f"{item.name} {kind} {word}")

    def _add_note(self, column: QVBoxLayout, item: SealItem) -> None:
        note = _note(item)
        if note:
            column.addWidget(Label(note, "caption", wrap=True, name=f"sealNote_{item.seal_id}"))
        if item.state is SealState.APPROVED:
            claim = LinkButton(tr("扫码申领"), "scan-line", name=f"sealClaim_{item.seal_id}")
            claim.setAccessibleName(tr("扫码申领 {name}", name=item.name))
            claim.clicked.connect(self.claim_requested)
            column.addWidget(claim, 0, Qt.AlignmentFlag.AlignLeft)


class SealsPage(PhonePage[SealsState]):
    """See the module docstring."""

    scan_requested = Signal()

    def __init__(self, app: AppModel, model: SealsModel) -> None:
        super().__init__("sealsPage")
        self._app = app
        self.nav.back_requested.connect(app.back)
        self.apply = PrimaryButton(icon="plus", name="sealsApply")
        self.apply.clicked.connect(model.begin)
        self.list = ListArea("seals", "stamp")
        self.list.retry.connect(model.refresh)
        self.column.addWidget(self.apply)
        self.column.addWidget(self.list)
        self.column.addStretch(1)
        self.bind(model)
        self.look_at(app)

    def show_state(self, state: SealsState) -> None:
        """Draw both states."""
        self.nav.set_title(tr("电子印章"))
        self.apply.setText(tr("申请印章"))
        items = seal_items(self._app.state, state)
        self.list.show_items(state, items, self._make, is_loading=state.is_loading and not state.has_loaded)
        self.list.empty.set_texts(
            tr("还没有电子印章"), tr("先申领数字证书, 再申请与它绑定的印章; 审核通过后扫码申领。")
        )

    def _make(self, item: SealItem) -> QWidget:
        card = SealCard(item)
        card.claim_requested.connect(self.scan_requested)
        return card


def _word(item: SealItem) -> tuple[str, Tone]:
    if item.state is not None and item.state is not SealState.CLAIMED:
        return seal_state_word(item.state)
    return (tr("可用"), Tone.SUCCESS) if item.is_usable else (tr("证书不在本机"), Tone.WARNING)


def _note(item: SealItem) -> str:
    why = tr("原因: {reason}", reason=item.reason) if item.reason else ""
    if item.state is SealState.APPROVED:
        return tr("在电脑客户端【电子印章】中点【申领】, 再用本手机扫码并输入证书密码。")
    if item.state is SealState.VOID:
        return " ".join(part for part in (tr("已作废, 不能再使用。如需要, 请重新申请。"), why) if part)
    if item.state is SealState.PENDING_REVIEW:
        return tr("平台正在审核印章扫描件。")
    return why


def _listed(seal: ListedSeal, kept: StoredSeal | None, state: SealsState, *, is_here: bool) -> SealItem:
    until = kept.not_after if kept is not None and seal.state is SealState.CLAIMED else None
    return SealItem(
        seal_id=seal.seal_id,
        name=seal.name,
        kind=seal.kind,
        width_mm=seal.width_mm,
        height_mm=seal.height_mm,
        state=seal.state,
        reason=seal.reason,
        imprint=state.imprint(seal.seal_id) or (kept.imprint_png if kept is not None else b""),
        until=local_time(until)[:10] if until is not None else "",
        is_usable=seal.state is SealState.CLAIMED and is_here,
    )


def _kept(seal: StoredSeal, *, is_here: bool) -> SealItem:
    return SealItem(
        seal_id=seal.seal_id,
        name=seal.name,
        kind=seal.kind,
        width_mm=seal.width_mm,
        height_mm=seal.height_mm,
        state=None,
        reason="",
        imprint=seal.imprint_png,
        until=local_time(seal.not_after)[:10] if seal.not_after is not None else "",
        is_usable=is_here,
    )
