"""How far something is: a number and a cancel for work, steps for a procedure, time left for a deadline, a clock."""

from datetime import datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.clock import SHANGHAI, Clock
from desktop.ui.i18n import tr
from desktop.ui.icons import pixmap
from desktop.ui.kit.base import TONE_COLOUR, KitFrame, Label, Tone
from desktop.ui.kit.buttons import SecondaryButton
from desktop.ui.kit.surfaces import Icon
from desktop.ui.theme import current

_AMBER = timedelta(minutes=30)
_RED = timedelta(minutes=5)


def local_time(moment: datetime, *, seconds: bool = False) -> str:
    """Write an aware `moment` as it is shown on screen, in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


class ProgressPanel(KitFrame):
    """A bar with a number, what is being done, and a cancel."""

    cancel_requested = Signal()

    def __init__(self, *, name: str = "progress", parent: QWidget | None = None) -> None:
        super().__init__(name, "", parent)
        self._done, self._total = 0, 0
        self._text = Label(role="body")
        self._number = Label(role="muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel = SecondaryButton(name=f"{name}Cancel")
        self.cancel.clicked.connect(self.cancel_requested)
        words = QHBoxLayout()
        words.addWidget(self._text, 1)
        words.addWidget(self._number)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(words)
        left.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addLayout(left, 1)
        row.addWidget(self.cancel)
        self._built()

    def set_progress(self, done: int, total: int, text: str = "") -> None:
        """Show `done` of `total`; total 0 = not known, the bar then only shows that work goes on."""
        self._done, self._total = done, total
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._text.setText(text)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the number."""
        self.cancel.setText(tr("取消"))
        known = tr("{done} / {total} ({percent}%)", done=self._done, total=self._total, percent=self._percent())
        self._number.setText(known if self._total else tr("已完成 {done}", done=self._done))
        self._bar.setAccessibleName(f"{self._text.text()} {self._number.text()}")

    def _percent(self) -> int:
        return 100 * self._done // self._total if self._total else 0


class StepIndicator(KitFrame):
    """Where one is in a procedure of two to six steps."""

    _DOT = 24

    def __init__(self, *, name: str = "steps", parent: QWidget | None = None) -> None:
        super().__init__(name, "", parent)
        self._steps: tuple[str, ...] = ()
        self._current = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._built()

    def set_steps(self, steps: tuple[str, ...], current_step: int) -> None:
        """Show `steps`, those before index `current_step` done; an index past the end = all done."""
        self._steps, self._current = steps, current_step
        here = steps[current_step] if current_step < len(steps) else ""
        number = min(current_step + 1, len(steps))
        self.setAccessibleName(tr("第 {number} 步, 共 {total} 步: {name}", number=number, total=len(steps), name=here))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the dots and names in one line."""
        return QSize(160 * max(len(self._steps), 1), 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw dots, names and the lines between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        widths = [self._DOT + 8 + metrics.horizontalAdvance(step) for step in self._steps]
        gaps = max(len(self._steps) - 1, 1)
        line = min(max((self.width() - sum(widths)) / gaps, 24.0), 120.0)
        left = 0.0
        for index, (step, width) in enumerate(zip(self._steps, widths, strict=True)):
            self._draw_step(painter, left, index, step)
            left += width
            if index + 1 < len(self._steps):
                painter.setPen(QColor(current().colours.border_strong))
                middle = self.height() / 2
                painter.drawLine(QPointF(left + 12, middle), QPointF(left + line - 12, middle))
                left += line

    def _draw_step(self, painter: QPainter, left: float, index: int, step: str) -> None:
        colours = current().colours
        dot = QRectF(left, (self.height() - self._DOT) / 2, self._DOT, self._DOT)
        is_done, is_here = index < self._current, index == self._current
        painter.setPen(QColor(colours.primary if is_done or is_here else colours.border_strong))
        painter.setBrush(QColor(colours.primary if is_here else colours.primary_tint if is_done else colours.surface))
        painter.drawEllipse(dot.adjusted(0.5, 0.5, -0.5, -0.5))
        if is_done:
            inner = dot.adjusted(5, 5, -5, -5)
            picture = pixmap("check", colours.primary, 14, 2.0)
            painter.drawPixmap(inner, picture, QRectF(picture.rect()))
        else:
            painter.setPen(QColor(colours.on_primary if is_here else colours.muted))
            painter.drawText(dot, int(Qt.AlignmentFlag.AlignCenter), str(index + 1))
        font = painter.font()
        font.setBold(is_here)
        painter.setFont(font)
        painter.setPen(QColor(colours.text if is_here else colours.muted))
        words = QRectF(left + self._DOT + 8, 0, 400, self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), step)
        font.setBold(False)
        painter.setFont(font)


class Countdown(Label):
    """Time left until a deadline by `clock`: amber from 30 minutes, red from 5, in words after it."""

    def __init__(self, clock: Clock, *, name: str = "countdown") -> None:
        super().__init__(role="lead", name=name)
        self._clock = clock
        self._deadline: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.refresh)

    def set_deadline(self, deadline: datetime | None) -> None:
        """Count towards the aware `deadline`; None shows nothing."""
        self._deadline = deadline
        if deadline is None:
            self._timer.stop()
            self.clear()
        else:
            self._timer.start()
            self.refresh()

    def refresh(self) -> None:
        """Say the time left now."""
        if self._deadline is None:
            return
        left = self._deadline - self._clock.now()
        self.set_tone(Tone.PROBLEM if left <= _RED else Tone.WARNING if left <= _AMBER else Tone.NEUTRAL)
        self.setText(_time_left(left))


def _time_left(left: timedelta) -> str:
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return tr("已截止")
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return tr("剩余 {days} 天 {clock}", days=days, clock=clock) if days else tr("剩余 {clock}", clock=clock)


class SyncState(StrEnum):
    """Whether the shown time is the platform's."""

    SYNCED = "synced"
    SYNCING = "syncing"
    UNSYNCED = "unsynced"


class ServerClock(KitFrame):
    """The platform's time, each second, with a word on whether it is in step with the platform.

    Where it is not, it can be pressed (`activated`) by mouse, Enter or Space: somebody wants to know why.
    """

    activated = Signal()

    def __init__(self, clock: Clock, *, name: str = "serverClock", parent: QWidget | None = None) -> None:
        super().__init__(name, "", parent)
        self._clock = clock
        self._state = SyncState.SYNCING
        self._icon = Icon("clock", "muted", 16)
        self._time = Label(role="body", name=f"{name}Time")
        self._word = Label(role="caption", name=f"{name}State")
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(8)
        for part in (self._icon, self._time, self._word):
            row.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self._built()

    def set_clock(self, clock: Clock) -> None:
        """Show the time of another clock from now on."""
        self._clock = clock
        self.refresh()

    def set_state(self, state: SyncState) -> None:
        """Show whether the time is in step."""
        self._state = state
        can_press = state is SyncState.UNSYNCED
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if can_press else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_press else Qt.CursorShape.ArrowCursor)
        self.retheme()
        self.retranslate()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask why it is not in step."""
        if self._state is SyncState.UNSYNCED and self.rect().contains(event.position().toPoint()):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask by Enter or Space."""
        if self._state is SyncState.UNSYNCED and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show where the keyboard is."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(current().colours.focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def refresh(self) -> None:
        """Show the time now."""
        self._time.setText(local_time(self._clock.now(), seconds=True))

    def retheme(self) -> None:
        """Colour the sign."""
        tone = {SyncState.SYNCED: Tone.SUCCESS, SyncState.SYNCING: Tone.NEUTRAL, SyncState.UNSYNCED: Tone.WARNING}
        self._word.set_tone(tone[self._state])
        self._icon.set_icon("clock", TONE_COLOUR[tone[self._state]])

    def retranslate(self) -> None:
        """Say the state."""
        words = {
            SyncState.SYNCED: tr("已与平台同步"),
            SyncState.SYNCING: tr("正在同步"),
            SyncState.UNSYNCED: tr("未同步"),
        }
        self._word.setText(words[self._state])
        about = tr("平台时间 (北京时间)")
        why = tr("与平台的时间未同步: 点击检查连接")
        self.setToolTip(why if self._state is SyncState.UNSYNCED else about)
        self.setAccessibleName(f"{about} {self._word.text()}")
        self.refresh()
