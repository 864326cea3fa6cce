"""The page of one lot: notice, the bid in preparation, bids submitted; what is next stands at the right. Passive."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.clock import Clock
from desktop.domain.tendering import LotState
from desktop.services.receipts import Judged, receipt_path
from desktop.services.tenders import document_path
from desktop.store.files import write_new
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Countdown,
    ElidedLabel,
    FilePicker,
    IconButton,
    SegmentedControl,
    StatusChip,
    pick_files,
    scrolled,
)
from desktop.ui.page import Page
from desktop.ui.theme import current
from desktop.views.lot_words import lot_state_word
from desktop.views.package.pack_page import ask_target
from desktop.views.scan import ScanOpener, open_scan
from desktop.views.tenders.bid_view import BidView
from desktop.views.tenders.bids_view import BidsView
from desktop.views.tenders.lot_model import LotModel
from desktop.views.tenders.lot_side import LotSide
from desktop.views.tenders.notice_view import NoticeView
from desktop.views.tenders.receipt_print import print_receipt
from desktop.views.tenders.state import LotPageState, Stage

NOTICE, BID, BIDS = "notice", "bid", "bids"
_JUDGE_MS = 5_000
_MAY_OPEN = frozenset({".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ofd", ".txt", ".png", ".jpg", ".jpeg"})

#: Asks where to save a file, proposing a path; None when the person thinks better of it.
AskTarget = Callable[[QWidget, Path], Path | None]


def ask_save(parent: QWidget, proposed: Path) -> Path | None:
    """Ask by the system's dialog, which need not ask about replacing: nothing is."""
    keep = QFileDialog.Option.DontConfirmOverwrite
    kinds = f"*{proposed.suffix}"
    chosen, _filter = QFileDialog.getSaveFileName(parent, tr("另存"), str(proposed), kinds, options=keep)
    return Path(chosen) if chosen else None


class LotPage(Page[LotPageState]):
    """`left` goes back to the list; `navigate(page id, payload)` asks for another module."""

    left = Signal()
    navigate = Signal(str, str)

    def __init__(
        self,
        model: LotModel,
        *,
        clock: Clock,
        scan: ScanOpener = open_scan,
        pick: FilePicker = pick_files,
        ask: AskTarget = ask_target,
        save: AskTarget = ask_save,
        open_url: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__("lotPage")
        self.model, self._scan, self._ask, self._save, self._open = model, scan, ask, save, open_url
        model.setParent(self)
        self.back = IconButton("arrow-left", "", name="lotBack")
        self.title = ElidedLabel(role="title", name="lotTitle")
        self.about = ElidedLabel(role="muted", name="lotAbout")
        self.chip = StatusChip(name="lotState")
        self.countdown = Countdown(clock, name="lotCountdown")
        self.tabs = SegmentedControl(name="lotTab")
        self.notice, self.bid, self.bids, self.side = NoticeView(), BidView(pick=pick), BidsView(), LotSide()
        self._views = QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setInterval(_JUDGE_MS)
        self._timer.timeout.connect(self._judge)
        self._lay_out()
        self._connect()
        self.bind(model)
        self.tabs.set_current(BID)
        self.show_tab(BID)

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: files may have been sealed meanwhile, and after the deadline the lot goes on elsewhere."""
        super().showEvent(event)
        self._timer.start()
        self.model.look_at_files()
        if self.model.state.known is not None and not self.model.state.is_open:
            self.model.load()

    def show_tab(self, tab: str) -> None:
        """Bring a part to the front."""
        self.tabs.set_current(tab)
        self._views.setCurrentIndex((NOTICE, BID, BIDS).index(tab))

    def show_state(self, state: LotPageState) -> None:
        """Draw the state."""
        self.back.set_text(tr("返回列表"))
        self.tabs.set_options(
            [(NOTICE, tr("招标公告")), (BID, tr("投标文件")), (BIDS, tr("已递交 ({count})", count=len(state.bids)))]
        )
        known = state.known
        if known is None:
            return
        notice = known.notice
        self.title.setText(f"{notice.lot} · {notice.lot_name}")
        self.about.setText(f"{notice.tender} · {notice.tender_name} · {notice.purchaser}")
        is_past = known.lot.state is LotState.PUBLISHED and not state.is_open
        self.chip.set_status(*lot_state_word(LotState.CLOSED if is_past else known.lot.state))
        # Afterwards the state says it.
        self.countdown.set_deadline(known.deadline if state.is_open else None)
        target = self.model.proposed_target()
        self.notice.show_state(state)
        self.bid.show_state(state)
        self.bids.show_state(state)
        self.side.show_state(state, "" if target is None else str(target))

    # -- intents ---------------------------------------------------------------------------------------------------

    def _primary(self, stage: Stage) -> None:
        steps: dict[Stage, Callable[[], None]] = {
            Stage.FILL: lambda: None,
            Stage.PACK: self._pack,
            Stage.REHEARSE: self.model.prepare_rehearsal,
            Stage.SUBMIT: self._submit,
            Stage.CONTINUE: self.model.submit,
            Stage.SUBMITTED: lambda: self._print(self.model.state.receipt),
            Stage.OVER: lambda: self.navigate.emit("room", self.model.lot_id),
        }
        steps[stage]()

    def _pack(self) -> None:
        self._show_scan(self.model.pack_action, self.model.packed)

    def _rehearse(self) -> None:
        self._show_scan(self.model.rehearse_action, self.model.rehearsed)

    def _submit(self) -> None:
        """Submit; where a policy lets others read the bid early, not before that was said here again."""
        state = self.model.state
        if state.known is None or not state.known.is_readable_early:
            self.model.submit()
            return
        title = tr("招标代理与平台共同即可在截止前读取该投标文件")
        text = tr("此标段的开标条件不含投标人证书。确认仍要递交?")
        dialog = ConfirmDialog(title, text, tr("仍要递交"), is_destructive=True, parent=self)
        dialog.accepted.connect(self.model.submit)
        dialog.open()

    def _withdraw(self, package: str) -> None:
        title = tr("撤回投标?")
        text = tr("撤回后该投标文件不再参加开标。截止时间前可以重新递交。")
        dialog = ConfirmDialog(title, text, tr("撤回投标"), is_destructive=True, parent=self)
        dialog.accepted.connect(
            lambda: self._show_scan(lambda: self.model.withdraw_action(bytes.fromhex(package)), self.model.withdrawn)
        )
        dialog.open()

    def _show_scan(self, make: Callable[[], object], finished: Callable[..., None]) -> None:
        holding = self.model.state.holding
        if holding is not None:
            self._scan(
                self,
                self.model.workspace,
                make,  # type: ignore[arg-type]  # every maker gives an Action
                credit_code=holding.certificate.credit_code,
                on_finished=finished,
            )

    def _seal_all(self) -> None:
        self.navigate.emit("sealing", "open:" + "\n".join(self.model.state.unsealed))

    def _change_target(self) -> None:
        chosen = self._ask(self, self.model.proposed_target() or Path.home() / "投标文件.bid")
        if chosen is not None:
            self.model.save_as(chosen)

    def _show_folder(self) -> None:
        self._open(QUrl.fromLocalFile(str(Path(self.model.state.draft.package).parent)))

    def _fetch(self, sha256: str) -> None:
        known = self.model.state.known
        found = next((d for d in known.notice.documents if d.sha256.hex() == sha256), None) if known else None
        if found is not None:
            self.model.fetch(found)

    def _open_document(self, sha256: str) -> None:
        """Open what a reader opens; of anything else only the folder is shown."""
        known = self.model.state.known
        found = next((d for d in known.notice.documents if d.sha256.hex() == sha256), None) if known else None
        if known is not None and found is not None:
            path = document_path(known, found)
            self._open(QUrl.fromLocalFile(str(path if path.suffix.lower() in _MAY_OPEN else path.parent)))

    def _print_listed(self, package: str) -> None:
        self._print(next((b.judged for b in self.model.state.bids if b.package.hex() == package), None))

    def _print(self, judged: Judged | None) -> None:
        """Write the receipt as a PDF where a person wants it, and show it."""
        if judged is None:
            return
        place = self._save(self, self._beside_package(f"投标回执_{judged.receipt.number}.pdf"))
        if place is not None:
            self.model.write(lambda: print_receipt(judged, place))

    def _keep(self, package: str) -> None:
        judged = next((b.judged for b in self.model.state.bids if b.package.hex() == package), None)
        place = self._save(self, receipt_path(self._beside_package("投标文件.bid"))) if judged is not None else None
        if judged is not None and place is not None:
            self.model.write(lambda: write_new(place, judged.data))

    def _written(self, path: Path) -> None:
        self._open(QUrl.fromLocalFile(str(path if path.suffix == ".pdf" else path.parent)))

    def _beside_package(self, name: str) -> Path:
        package = self.model.state.draft.package
        return Path(package).with_name(name) if package else Path.home() / name

    def _judge(self) -> None:
        if self.isVisible():
            self.model.judge()

    def _confirm(self, serial: str) -> None:
        self._show_scan(lambda: self.model.confirm_action(serial), self.model.confirmed_by_phone)

    def _connect(self) -> None:
        model, side, bid = self.model, self.side, self.bid
        self.retry_requested.connect(model.load)
        self.back.clicked.connect(self.left)
        self.tabs.chosen.connect(self.show_tab)
        model.rehearsal_ready.connect(self._rehearse)
        model.written.connect(self._written)
        self.notice.document_requested.connect(self._fetch)
        self.notice.open_requested.connect(self._open_document)
        self.notice.cancel_requested.connect(model.cancel_fetching)
        bid.added.connect(model.add_files)
        bid.removed.connect(model.remove_file)
        bid.moved.connect(model.move_file)
        bid.summary.typed.connect(model.type_summary)
        bid.openers.certificate_chosen.connect(model.choose_certificate)
        bid.openers.second_chosen.connect(lambda sha256, chosen: model.choose_second(sha256, chosen=chosen))
        bid.openers.confirm_requested.connect(self._confirm)
        self.bids.withdraw_requested.connect(self._withdraw)
        self.bids.print_requested.connect(self._print_listed)
        self.bids.keep_requested.connect(self._keep)
        side.primary_requested.connect(self._primary)
        side.seal_requested.connect(self._seal_all)
        side.submit_requested.connect(self._submit)
        side.rehearse_requested.connect(model.prepare_rehearsal)
        side.target_requested.connect(self._change_target)
        side.folder_requested.connect(self._show_folder)
        side.print_requested.connect(lambda: self._print(model.state.receipt))
        side.enrol_requested.connect(lambda: self.navigate.emit("me", "enrol"))
        side.cancel_requested.connect(model.cancel_sending)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.title)
        texts.addWidget(self.about)
        head = QHBoxLayout()
        head.setContentsMargins(24, 8, 24, 0)
        head.setSpacing(12)
        head.addWidget(self.back)
        head.addLayout(texts, 1)
        head.addWidget(self.chip)
        head.addWidget(self.countdown)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(32, 0, 24, 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch()
        for view in (self.notice, self.bid, self.bids):
            view.setMaximumWidth(current().sizes.text_width + 64)
            area = scrolled(view, name=f"{view.objectName()}Area")
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._views.addWidget(area)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(tabs)
        left.addWidget(self._views, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left, 1)
        body.addWidget(self.side)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(body, 1)
