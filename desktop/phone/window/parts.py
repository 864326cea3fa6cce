"""What the module pages of the app share: empty lists, lists that keep what has not changed, parts of forms."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.phone.core.people import MAX_PAPERS, Paper
from desktop.phone.window.base import ProblemBanner, clear_layout
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    ChoiceField,
    DangerButton,
    ElidedLabel,
    Icon,
    KitFrame,
    Label,
    LinkButton,
    SecondaryButton,
    Skeleton,
    StatusChip,
    TextField,
    Tone,
)
from desktop.ui.kit.drop import FilePicker
from desktop.ui.page import PageState

T = TypeVar("T")

PAPER_SUFFIXES = (".pdf", ".jpg", ".jpeg", ".png")
_KEPT = 4


def fault_text(code: str) -> str:
    """Say at a field what is wrong with it, from the catalogue; empty for no code."""
    if not code:
        return ""
    return problem(code).wording(current_language()).advice


def offer(field: ChoiceField, options: list[tuple[str, str]], value: str) -> None:
    """Offer `options` and choose `value`; an open list is left alone where nothing differs."""
    box = field.box
    if [(str(box.itemData(n)), box.itemText(n)) for n in range(box.count())] != options:
        field.set_options(options, value)
    elif value and field.value != value:
        box.setCurrentIndex(max(box.findData(value), 0))


class Nothing(QWidget):
    """An empty list: a sign, what is missing, how it comes."""

    def __init__(self, icon: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = Label(role="lead", wrap=True)
        self._text = Label(role="muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 64, 12, 24)
        column.setSpacing(10)
        column.addWidget(Icon(icon, "muted", 48), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)

    def set_texts(self, title: str, text: str) -> None:
        """Set the words."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(f"{title} {text}")


class Pressable(KitFrame):
    """A card that opens by a touch, Enter or Space; one that does not open takes no focus."""

    activated = Signal()

    def __init__(self, name: str, *, opens: bool = True) -> None:
        super().__init__(name, "card")
        self._opens = opens
        if opens:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open."""
        if self._opens and self.rect().contains(event.position().toPoint()):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open."""
        if self._opens and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit()
        else:
            super().keyPressEvent(event)


class MenuRow(Pressable):
    """One line of a menu: sign, words, a value or mark at the right, a chevron."""

    def __init__(self, icon: str, *, name: str) -> None:
        super().__init__(name)
        self.title = Label(role="body")
        self.value = ElidedLabel(role="muted")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.chip = StatusChip()
        self.chip.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 12, 14)
        row.setSpacing(12)
        row.addWidget(Icon(icon, "primary", 20))
        row.addWidget(self.title)
        row.addWidget(self.value, 1)
        row.addWidget(self.chip)
        row.addWidget(Icon("chevron-right", size=16))
        self._built()

    def set_texts(self, title: str, value: str = "", *, mark: str = "", tone: Tone = Tone.PROBLEM) -> None:
        """Set the words; `mark` stands in a chip."""
        self.title.setText(title)
        self.value.setText(value)
        self.chip.set_status(mark, tone)
        self.chip.setVisible(bool(mark))
        self.setAccessibleName(" ".join(text for text in (title, value, mark) if text))


class ListArea(QWidget):
    """Problem with a retry, skeleton while loading, an empty face, or a list; `retry` comes from the problem."""

    retry = Signal()

    def __init__(self, name: str, empty_icon: str) -> None:
        super().__init__()
        self._drawn: Hashable = None
        self._items: tuple[Any, ...] = ()
        self.problem = ProblemBanner(name=f"{name}Problem")
        self.problem.action_triggered.connect(self.retry)
        self._skeleton = Skeleton(name=f"{name}Skeleton")
        self.empty = Nothing(empty_icon, f"{name}Empty")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.problem, self._skeleton, self.empty):
            column.addWidget(widget)
        column.addLayout(self._rows)
        self._skeleton.hide()

    def show_items(
        self,
        state: PageState,
        items: Sequence[T],
        make: Callable[[T], QWidget],
        *,
        is_loading: bool,
        key: Hashable = None,
    ) -> None:
        """Show `items` as rows that `make` builds.

        What is there stays, with the focus, as long as neither it nor `key` nor the language differs; more is added.
        """
        self.problem.show_code(state, action=tr("重试"))
        is_bare = not items
        self._skeleton.setVisible(is_bare and is_loading)
        self._skeleton.set_active(active=is_bare and is_loading)
        self.empty.setVisible(is_bare and not is_loading and not state.problem_code)
        dressed: Hashable = (key, current_language())
        wanted = tuple(items)
        known = len(self._items)
        if dressed != self._drawn or wanted[:known] != self._items:
            clear_layout(self._rows)
            known = 0
        self._drawn, self._items = dressed, wanted
        for item in wanted[known:]:
            self._rows.addWidget(make(item))


class ConfirmBox(KitFrame):
    """Asks before something that cannot be taken back; the harmless answer comes first. Hidden until `ask`."""

    confirmed = Signal()
    dismissed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name, "card")
        self._title = Label(role="lead", wrap=True, name=f"{name}Title")
        self._text = Label(role="body", wrap=True, name=f"{name}Text")
        self.keep = SecondaryButton(name=f"{name}Keep")
        self.go = DangerButton(name=f"{name}Go")
        self.keep.clicked.connect(self.dismissed)
        self.go.clicked.connect(self.confirmed)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.keep, 1)
        buttons.addWidget(self.go, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(buttons)
        self.hide()
        self._built()

    def ask(self, title: str, text: str, go: str, *, is_busy: bool = False) -> None:
        """Show the question; focus goes to the harmless answer when it appears."""
        self._title.setText(title)
        self._text.setText(text)
        self.keep.setText(tr("取消"))
        self.go.setText(tr("正在处理…") if is_busy else go)
        self.go.setEnabled(not is_busy)
        self.setAccessibleName(f"{title} {text}")
        if self.isHidden():
            self.show()
            self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc is the harmless answer."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)


class PapersField(QWidget):
    """Papers of an application: a button to choose them, a line for each; `chosen` carries paths, `removed` a place."""

    chosen = Signal(list)
    removed = Signal(int)

    def __init__(self, name: str, pick: FilePicker, *, suffixes: tuple[str, ...] = PAPER_SUFFIXES) -> None:
        super().__init__()
        self._name, self._pick, self._suffixes = name, pick, suffixes
        self._drawn: Hashable = None
        self._label = Label(role="label", wrap=True)
        self.choose = SecondaryButton(icon="upload", name=name)
        self.choose.clicked.connect(self._ask)
        self._note = Label(role="caption", wrap=True)
        self._error = Label(role="error", wrap=True, name=f"{name}Fault")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._label)
        column.addLayout(self._rows)
        column.addWidget(self.choose)
        column.addWidget(self._note)
        column.addWidget(self._error)

    def show_papers(self, label: str, papers: tuple[Paper, ...], fault: str, *, most: int = MAX_PAPERS) -> None:
        """Show what was chosen and, as a code of the catalogue, what is wrong with it."""
        self._label.setText(label)
        self.choose.setText(tr("添加材料") if most > 1 else tr("选择图片"))
        self.choose.setAccessibleName(f"{self.choose.text()} {label}")
        self.choose.setVisible(len(papers) < most)
        self._note.setText(
            tr("PDF、JPG 或 PNG, 每份不超过 5 MB, 最多 {most} 份", most=most)
            if most > 1
            else tr("JPG 或 PNG, 不超过 5 MB")
        )
        self._error.setText(fault_text(fault))
        self._error.setVisible(bool(fault))
        drawn = (papers, current_language())
        if drawn == self._drawn:
            return
        self._drawn = drawn
        clear_layout(self._rows)
        for place, paper in enumerate(papers):
            self._rows.addWidget(self._row(place, paper))

    def _row(self, place: int, paper: Paper) -> QWidget:
        made = KitFrame(f"{self._name}_{place}", "card")
        remove = LinkButton(tr("移除"), name=f"{self._name}Remove_{place}")
        remove.setAccessibleName(tr("移除 {name}", name=paper.name))
        remove.clicked.connect(lambda: self.removed.emit(place))
        row = QHBoxLayout(made)
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(Icon("image" if paper.is_picture else "file-text", "success", 20))
        row.addWidget(ElidedLabel(paper.name), 1)
        row.addWidget(remove)
        return made

    def _ask(self) -> None:
        paths = self._pick(self, self._label.text(), self._suffixes, True)
        if paths:
            self.chosen.emit(paths)


class IdNumberField(TextField):
    """A resident ID number: readable while it is typed, its middle hidden afterwards; `value` is always the whole.

    `left` comes with what stands there when the person goes on.
    """

    left = Signal(str)

    def __init__(self, *, name: str) -> None:
        self._number = ""
        super().__init__(name=name)
        self.edit.textEdited.connect(self._keep)
        self.edit.installEventFilter(self)
        self.edit.editingFinished.connect(lambda: self.left.emit(self.value))

    @property
    def value(self) -> str:
        """The whole number."""
        return self._number

    def set_value(self, value: str) -> None:
        """Put a number in."""
        self._number = value
        self._show(is_hidden=not self.edit.hasFocus())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide on leaving, show again on coming back."""
        if watched is self.edit and event.type() == QEvent.Type.FocusOut:
            self._show(is_hidden=True)
        elif watched is self.edit and event.type() == QEvent.Type.FocusIn:
            self._show(is_hidden=False)
        return super().eventFilter(watched, event)

    def _keep(self, text: str) -> None:
        self._number = text

    def _show(self, *, is_hidden: bool) -> None:
        number = self._number
        hidden = f"{number[:3]}{'*' * (len(number) - 3 - _KEPT)}{number[-_KEPT:]}"
        if len(number) <= 2 * _KEPT:
            hidden = "*" * len(number)
        # Not the person's typing, so nobody is told.
        was_blocked = self.edit.blockSignals(True)
        self.edit.setText(hidden if is_hidden else number)
        self.edit.blockSignals(was_blocked)


class Warned(Banner):
    """What must be known before one applies; stays as long as the form."""

    def show_words(self, title: str, text: str, tone: Tone = Tone.WARNING) -> None:
        """Show them."""
        if (title, text) != getattr(self, "_words", None):
            self._words = (title, text)
            self.show_message(tone, title, text)
