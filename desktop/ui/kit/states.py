"""The faces of a page that has nothing normal to show: empty, loading, problem, offline."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.errors import BidSealError
from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import KitFrame, Label, diagnostic
from desktop.ui.kit.buttons import LinkButton, PrimaryButton
from desktop.ui.kit.surfaces import Icon
from desktop.ui.theme import current

_WORDS_WIDTH = 480
#: Space, buttons and stretch that follow the words.
_BELOW_WORDS = 3
_LINE_PERCENTS = (32, 88, 74, 80, 60, 84, 52)


def _in_the_middle(label: Label) -> QHBoxLayout:
    # Stretch, not alignment: an aligned label would be given its first guess of a height, whatever its width.
    label.setSizePolicy(QSizePolicy.Policy.Expanding, label.sizePolicy().verticalPolicy())
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(label, 1000)
    row.addStretch(1)
    return row


class _Centred(KitFrame):
    """Icon, title and words in the middle, then a row of buttons."""

    def __init__(self, name: str, icon: str, colour: str, parent: QWidget | None) -> None:
        super().__init__(name, "", parent)
        self.icon = Icon(icon, colour, 48)
        self.title = Label(role="heading", wrap=True, name=f"{name}Title")
        self.words = Label(role="muted", wrap=True, name=f"{name}Text")
        for label in (self.title, self.words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMaximumWidth(_WORDS_WIDTH)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addLayout(_in_the_middle(self.title))
        column.addLayout(_in_the_middle(self.words))
        self.column = column
        column.addSpacing(16)
        holder = QHBoxLayout()
        holder.addStretch()
        holder.addLayout(self.buttons)
        holder.addStretch()
        column.addLayout(holder)
        column.addStretch(3)


class EmptyState(_Centred):
    """Nothing here yet, and what to do about it."""

    action_triggered = Signal()

    def __init__(self, *, name: str = "emptyState", parent: QWidget | None = None) -> None:
        super().__init__(name, "inbox", "muted", parent)
        self._action = PrimaryButton(name=f"{name}Action")
        self._action.clicked.connect(self.action_triggered)
        self._action.hide()
        self.buttons.addWidget(self._action)
        self._built()

    def set_content(self, icon: str, title: str, text: str = "", action: str = "") -> None:
        """Set icon, title, explanation and the label of the one button (none if empty)."""
        self.icon.set_icon(icon, "muted")
        self.title.setText(title)
        self.words.setText(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))


class Skeleton(KitFrame):
    """Grey bars in place of what is being loaded, shown only when it takes longer than 300 ms."""

    def __init__(self, *, name: str = "skeleton", parent: QWidget | None = None) -> None:
        super().__init__(name, "", parent)
        self._bars = QWidget()
        self._bars.setMaximumWidth(current().sizes.text_width)
        column = QVBoxLayout(self._bars)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        for index, width in enumerate(_LINE_PERCENTS):
            bar = QFrame()
            bar.setProperty("kind", "skeleton")
            bar.setFixedHeight(24 if index == 0 else 16)
            line = QHBoxLayout()
            line.addWidget(bar, width)
            line.addStretch(100 - width)
            column.addLayout(line)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(32, 32, 32, 32)
        outer.addWidget(self._bars)
        outer.addStretch()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(current().durations.skeleton_delay)
        self._timer.timeout.connect(self._bars.show)
        self._bars.hide()
        self._built()

    @property
    def delay_ms(self) -> int:
        """How long loading may take unseen."""
        return self._timer.interval()

    @property
    def is_shown(self) -> bool:
        """Whether the bars are visible by now."""
        return not self._bars.isHidden()

    def show_now(self) -> None:
        """Show the bars without waiting, for pictures."""
        self._bars.show()

    def set_active(self, *, active: bool) -> None:
        """Start waiting, or stop and hide the bars."""
        if active and not self.is_shown and not self._timer.isActive():
            self._timer.start()
        elif not active:
            self._timer.stop()
            self._bars.hide()

    def retranslate(self) -> None:
        """Tell a screen reader that it is loading."""
        self.setAccessibleName(tr("正在加载…"))


class ProblemView(_Centred):
    """What went wrong, why, what to do next; the diagnostic can be copied."""

    retry_requested = Signal()

    def __init__(self, *, name: str = "problemView", parent: QWidget | None = None) -> None:
        super().__init__(name, "circle-alert", "problem", parent)
        self._code, self._detail = "", ""
        self.next_step = Label(role="body", wrap=True, name=f"{name}NextStep")
        self.next_step.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.next_step.setMaximumWidth(_WORDS_WIDTH)
        self.column.insertLayout(self.column.count() - _BELOW_WORDS, _in_the_middle(self.next_step))
        self.retry = PrimaryButton(icon="refresh-cw", name=f"{name}Retry")
        self.copy = LinkButton(icon="copy", name=f"{name}Copy")
        self.retry.clicked.connect(self.retry_requested)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.diagnostic))
        self.buttons.addWidget(self.retry)
        self.buttons.addWidget(self.copy)
        self._built()

    @property
    def diagnostic(self) -> str:
        """The text that the copy button copies."""
        return diagnostic(self._code, self._detail)

    def show_problem(self, code: str, detail: str = "", *, can_retry: bool = True) -> None:
        """Show the catalogue entry of `code`; `detail` goes into the diagnostic only."""
        self._code, self._detail = code, detail
        self.retry.setVisible(can_retry)
        self.retranslate()

    def show_error(self, error: BidSealError, *, can_retry: bool = True) -> None:
        """Show the catalogue entry of `error`."""
        self.show_problem(error.code, error.detail, can_retry=can_retry)

    def retranslate(self) -> None:
        """Say it in the current language."""
        wording = problem(self._code).wording(current_language())
        self.title.setText(wording.title)
        self.words.setText(wording.cause)
        self.next_step.setText(wording.next_step)
        self.setAccessibleName(f"{wording.title} {wording.advice}")
        self.retry.setText(tr("重试"))
        self.copy.setText(tr("复制诊断信息"))


class OfflineView(_Centred):
    """The platform cannot be reached; work goes on when it is back."""

    retry_requested = Signal()

    def __init__(self, *, name: str = "offlineView", parent: QWidget | None = None) -> None:
        super().__init__(name, "wifi-off", "muted", parent)
        self.retry = PrimaryButton(icon="refresh-cw", name=f"{name}Retry")
        self.retry.clicked.connect(self.retry_requested)
        self.buttons.addWidget(self.retry)
        self._built()

    def retranslate(self) -> None:
        """Say it in the current language."""
        self.title.setText(tr("无法连接平台"))
        self.words.setText(tr("请检查网络。未完成的工作已保留, 连接恢复后即可继续。"))
        self.retry.setText(tr("重新连接"))
