"""The QR card: the one place on the desktop where the phone comes in, from the code to the outcome.

What is to be done stands above, the code or what became of it in the middle, time and ways out below. The code is gone
as soon as it is claimed. The card decides nothing: it draws a `QrView` and says what was clicked.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import KitFrame, Label, diagnostic, restyle
from desktop.ui.kit.buttons import LinkButton, PrimaryButton, SecondaryButton
from desktop.ui.kit.surfaces import Icon
from desktop.ui.qr_code import QrCode
from desktop.ui.theme import current

_SOON_S = 15
_FEW = 1000
_PERCENT = 100
_PLACE = 272


class QrState(StrEnum):
    """What the card shows in its middle."""

    LOADING = "loading"
    SHOWING = "showing"
    PAUSED = "paused"
    EXPIRED = "expired"
    CLAIMED = "claimed"
    WORKING = "working"
    DONE = "done"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrView:
    """Everything the card shows. `title` = the operation, `document` = what it is about, `note` = small print.

    `is_code_typed` asks for the check code to be typed on the phone instead of compared. `message` words WORKING and
    DONE; `done`/`total` number LOADING and WORKING; the problem is a catalogue code.
    """

    state: QrState = QrState.LOADING
    title: str = ""
    document: str = ""
    note: str = ""
    payload: str = field(default="", repr=False)
    remaining_s: int = 0
    total_s: int = 0
    check_code: str = field(default="", repr=False)
    phone_name: str = ""
    message: str = ""
    done: int = 0
    total: int = 0
    problem_code: str = ""
    problem_detail: str = ""
    can_cancel: bool = True
    is_code_typed: bool = False
    can_renew: bool = True


class QrCard(KitFrame):
    """Draws a `QrView`; `set_payload` and `set_remaining` are the cheap ways for each second."""

    renew_requested = Signal()
    resume_requested = Signal()
    retry_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, *, name: str = "qrCard", parent: QWidget | None = None) -> None:
        super().__init__(name, "card", parent)
        self._view = QrView()
        self._title = Label(role="heading", name=f"{name}Title", wrap=True)
        self._document = Label(role="body", name=f"{name}Document", wrap=True)
        self._note = Label(role="caption", name=f"{name}Note", wrap=True)
        self.code = QrCode()
        self._middle = QStackedWidget()
        self._middle.setObjectName(f"{name}Middle")
        self._build_pages()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._time = Label(role="caption", name=f"{name}Time")
        self.renew = LinkButton(icon="refresh-cw", name=f"{name}Renew")
        self.cancel = SecondaryButton(name=f"{name}Cancel")
        self.renew.clicked.connect(self.renew_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self._lay_out()
        self._built()

    @property
    def state(self) -> QrState:
        """What is shown now."""
        return self._view.state

    def show_view(self, view: QrView) -> None:
        """Draw `view`."""
        self._view = view
        if view.state is QrState.SHOWING:
            self.code.set_payload(view.payload)
        else:
            self.code.clear()
        is_veiled = view.state in {QrState.PAUSED, QrState.EXPIRED}
        self.code.set_veiled(veiled=is_veiled)
        self._veil.setVisible(is_veiled)
        self._middle.setCurrentWidget(self._pages[view.state])
        is_counting = view.state is QrState.SHOWING
        for part in (self._bar, self._time):
            part.setVisible(is_counting)
        self.renew.setVisible(is_counting and view.can_renew)
        is_open = view.state in {
            QrState.LOADING,
            QrState.SHOWING,
            QrState.PAUSED,
            QrState.EXPIRED,
            QrState.CLAIMED,
            QrState.WORKING,
        }
        self.cancel.setVisible(view.can_cancel and is_open)
        self.retheme()
        self.retranslate()
        self._fit()

    def set_payload(self, text: str) -> None:
        """Show another code while SHOWING; ignored in any other state, so a late one cannot bring a code back."""
        if self._view.state is QrState.SHOWING:
            self.code.set_payload(text)

    def set_remaining(self, remaining_s: int, total_s: int) -> None:
        """Show how long the code may still be scanned."""
        self._bar.setRange(0, max(total_s, 1))
        self._bar.setValue(remaining_s)
        restyle(self._bar, "tone", "warning" if remaining_s <= _SOON_S else "info")
        self._time.setText(tr("请在 {seconds} 秒内扫码", seconds=remaining_s))
        self._bar.setAccessibleName(self._time.text())

    def showEvent(self, event: QShowEvent) -> None:
        """Take the room that the words need, now that the fonts are known."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Wrapped words do not count in a layout's minimum; without this a low window would push them over the code.
        layout = self.layout()
        if layout is not None:
            needed = layout.minimumHeightForWidth(self.width())
            self.setMinimumHeight(max(needed, layout.minimumSize().height()))

    def retheme(self) -> None:
        """Tint the signs."""
        self._problem_icon.retheme()
        self._done_icon.retheme()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        view = self._view
        _say(self._title, view.title)
        _say(self._document, view.document)
        _say(self._note, view.note)
        self.setAccessibleName(f"{view.title} {view.document}".strip())
        self.code.setAccessibleName(tr("二维码, 请用手机扫描"))
        self.set_remaining(view.remaining_s, view.total_s)
        self.renew.setText(tr("换一个"))
        self.renew.setAccessibleName(tr("换一个二维码"))
        self.cancel.setText(tr("取消"))
        self._retranslate_loading()
        is_paused = view.state is QrState.PAUSED
        self._veil_text.setText(tr("二维码已隐藏") if is_paused else tr("二维码已过期"))
        self._resume.setText(tr("点击继续显示") if is_paused else tr("重新生成"))
        _say(self._phone, tr("{phone} 已扫码", phone=view.phone_name) if view.phone_name else tr("手机已扫码"))
        self._check_code.setText(view.check_code)
        self._check_code.setAccessibleName(tr("核对码 {code}", code=" ".join(view.check_code)))
        is_typed = tr("请在手机上输入这四位核对码")
        self._check_hint.setText(is_typed if view.is_code_typed else tr("请核对: 手机上显示的核对码与此一致"))
        self._working_text.setText(view.message or tr("正在处理…"))
        self._working_bar.setRange(0, _PERCENT if view.total else 0)
        self._working_bar.setValue(_PERCENT * view.done // view.total if view.total else 0)
        _say(self._working_number, _how_far(view))
        self._done_text.setText(view.message or tr("已完成"))
        self._retranslate_problem()

    def _retranslate_loading(self) -> None:
        view = self._view
        has_number = view.state is QrState.LOADING and view.total > 0
        self._loading_text.setText(view.message if has_number and view.message else tr("正在生成二维码…"))
        self._loading_bar.setVisible(has_number)
        self._loading_bar.setRange(0, _PERCENT)
        self._loading_bar.setValue(_PERCENT * view.done // view.total if has_number else 0)
        self._loading_bar.setAccessibleName(_how_far(view))
        _say(self._loading_number, _how_far(view) if has_number else "")

    def _retranslate_problem(self) -> None:
        wording = problem(self._view.problem_code).wording(current_language())
        self._problem_title.setText(wording.title)
        self._problem_words.setText(f"{wording.cause}\n{wording.next_step}")
        self._retry.setText(tr("重试"))
        self._copy.setText(tr("复制诊断信息"))

    def _build_pages(self) -> None:
        veil = self._build_code()
        self._pages = {
            QrState.LOADING: self._build_loading(),
            QrState.SHOWING: veil,
            QrState.PAUSED: veil,
            QrState.EXPIRED: veil,
            QrState.CLAIMED: self._build_claimed(),
            QrState.WORKING: self._build_working(),
            QrState.DONE: self._build_done(),
            QrState.PROBLEM: self._build_problem(),
        }
        for page in dict.fromkeys(self._pages.values()):
            self._middle.addWidget(page)

    def _build_code(self) -> QWidget:
        self._veil = KitFrame(f"{self.objectName()}Veil", "card")
        self._veil_text = Label(role="lead")
        self._resume = PrimaryButton(name=f"{self.objectName()}Resume")
        self._resume.clicked.connect(self._on_resume)
        inside = QVBoxLayout(self._veil)
        inside.setContentsMargins(24, 16, 24, 16)
        inside.setSpacing(12)
        inside.addWidget(self._veil_text, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self._resume, 0, Qt.AlignmentFlag.AlignHCenter)
        over = QVBoxLayout(self.code)
        over.addWidget(self._veil, 0, Qt.AlignmentFlag.AlignCenter)
        holder = QWidget()
        row = QVBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.code, 0, Qt.AlignmentFlag.AlignCenter)
        return holder

    def _build_loading(self) -> QWidget:
        self._loading_text = Label(role="muted", wrap=True, name=f"{self.objectName()}Loading")
        self._loading_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._loading_bar = QProgressBar()
        self._loading_bar.setTextVisible(False)
        self._loading_number = Label(role="muted")
        self._loading_number.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        place = KitFrame(kind="sunken")
        place.setFixedSize(_PLACE, _PLACE)
        inside = QVBoxLayout(place)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.setSpacing(12)
        inside.addStretch()
        for part in (self._loading_text, self._loading_bar, self._loading_number):
            inside.addWidget(part)
        inside.addStretch()
        return _middle(place)

    def _build_claimed(self) -> QWidget:
        name = self.objectName()
        self._phone = Label(role="lead", name=f"{name}Phone", wrap=True)
        self._check_code = Label(role="code", name=f"{name}CheckCode")
        self._check_hint = Label(role="muted", wrap=True)
        return _middle(Icon("smartphone", "muted", 32), self._phone, self._check_code, self._check_hint)

    def _build_working(self) -> QWidget:
        self._working_text = Label(role="lead", name=f"{self.objectName()}Working", wrap=True)
        self._working_bar = QProgressBar()
        self._working_bar.setTextVisible(False)
        self._working_bar.setFixedWidth(240)
        self._working_number = Label(role="muted")
        return _middle(self._working_text, self._working_bar, self._working_number)

    def _build_done(self) -> QWidget:
        self._done_icon = Icon("circle-check", "success", 48)
        self._done_text = Label(role="lead", name=f"{self.objectName()}Done", wrap=True)
        return _middle(self._done_icon, self._done_text)

    def _build_problem(self) -> QWidget:
        name = self.objectName()
        self._problem_icon = Icon("circle-alert", "problem", 48)
        self._problem_title = Label(role="lead", name=f"{name}Problem", wrap=True)
        self._problem_words = Label(role="muted", wrap=True)
        self._retry = PrimaryButton(icon="refresh-cw", name=f"{name}Retry")
        self._copy = LinkButton(icon="copy", name=f"{name}Copy")
        self._retry.clicked.connect(self.retry_requested)
        self._copy.clicked.connect(self._copy_diagnostic)
        return _middle(self._problem_icon, self._problem_title, self._problem_words, self._retry, self._copy)

    def _lay_out(self) -> None:
        self._bottom = QWidget()
        foot = QVBoxLayout(self._bottom)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self._bar)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self._time, 1)
        line.addWidget(self.renew)
        line.addWidget(self.cancel)
        foot.addLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        side = current().sizes.qr
        for label in (self._title, self._document, self._note):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addSpacing(8)
        self._middle.setFixedSize(side, side)
        column.addWidget(self._middle, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        self._bottom.setFixedWidth(side)
        column.addWidget(self._bottom, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.setFixedWidth(side + 2 * 32)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def _on_resume(self) -> None:
        (self.resume_requested if self._view.state is QrState.PAUSED else self.renew_requested).emit()

    def _copy_diagnostic(self) -> None:
        QGuiApplication.clipboard().setText(diagnostic(self._view.problem_code, self._view.problem_detail))


def _how_far(view: QrView) -> str:
    """Count few things one by one; of many, such as bytes, say the share. Bytes of 4 GiB do not fit a bar's range."""
    if not view.total:
        return ""
    few = view.total <= _FEW
    return f"{view.done} / {view.total}" if few else f"{_PERCENT * view.done // view.total} %"


def _say(label: Label, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _middle(*parts: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    column.addStretch()
    for part in parts:
        if isinstance(part, Label):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        else:
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch()
    return holder
