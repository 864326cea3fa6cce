"""The phone around the app: body, status bar with the platform's time, and the SMS banner of its system."""

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPainterPath, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.clock import Clock
from desktop.phone.window.inbox import Sms
from desktop.phone.window.style import BEZEL, SCREEN_WIDTH, STATUS_HEIGHT
from desktop.ui.i18n import tr
from desktop.ui.kit import Icon, IconButton, KitFrame, Label, LinkButton, local_time
from desktop.ui.theme import current, motion_ms

_BODY_RADIUS = 46.0
_SCREEN_RADIUS = 38.0
_MASK_SLACK = 3.0
_BODY = "#15181D"
_EDGE = "#3A404A"


class Body(QWidget):
    """The device's frame, drawn over its screen so that the screen's corners are round. Takes no clicks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("phoneBody")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(parent.size())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring between body and screen, and what lies outside the body's corners."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        screen = whole.adjusted(BEZEL, BEZEL, -BEZEL, -BEZEL)
        body = QPainterPath()
        body.addRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), _BODY_RADIUS, _BODY_RADIUS)
        hole = QPainterPath()
        hole.addRoundedRect(screen, _SCREEN_RADIUS, _SCREEN_RADIUS)
        outside = QPainterPath()
        outside.addRect(whole)
        # The screen below is a rectangle whose corners reach beyond the body's.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
        painter.fillPath(outside.subtracted(body), Qt.GlobalColor.black)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.fillPath(body.subtracted(hole), QColor(_BODY))
        painter.setPen(QPen(QColor(_EDGE), 1))
        painter.drawPath(body)
        self._draw_camera(painter, screen)

    @staticmethod
    def _draw_camera(painter: QPainter, screen: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_BODY))
        painter.drawRoundedRect(QRectF(screen.center().x() - 42, screen.top() + 9, 84, 24), 12, 12)
        painter.setBrush(QColor("#2B3340"))
        painter.drawEllipse(QRectF(screen.center().x() + 20, screen.top() + 15, 12, 12))


def body_region(size: QSize) -> QRegion:
    """Return what of a window of `size` is phone: its mask, for a system that shows no transparent windows.

    A little more than the body, so that its smooth edge is not cut off on one that does.
    """
    path = QPainterPath()
    path.addRoundedRect(QRectF(QPoint(0, 0), size), _BODY_RADIUS - _MASK_SLACK, _BODY_RADIUS - _MASK_SLACK)
    return QRegion(path.toFillPolygon().toPolygon())


class StatusBar(QWidget):
    """Time at the left, radio and battery at the right; the time is the platform's.

    The phone has no title bar: while the mouse is over it, minimizing and closing stand in the place of the signs.
    """

    mouse_came = Signal(object)

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.setObjectName("phoneStatusBar")
        self.setFixedHeight(STATUS_HEIGHT)
        self._clock = clock
        self.minimize = IconButton("minus", "", name="phoneMinimize", parent=self)
        self.close_phone = IconButton("x", "", name="phoneClose", parent=self)
        for button in (self.minimize, self.close_phone):
            # Of the window, not of the app: Tab and Return in a form must not make the phone vanish.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for place, button in enumerate((self.minimize, self.close_phone)):
            button.setIconSize(QSize(16, 16))
            button.setGeometry(SCREEN_WIDTH - 90 + place * 34, 7, 30, 30)
        self.show_controls(shown=False)
        self.retranslate()
        self._ground = ""
        self._is_dark = False
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.update)
        self._timer.start()

    @property
    def time(self) -> str:
        """The time shown."""
        return local_time(self._clock.now())[-5:]

    def show_controls(self, *, shown: bool) -> None:
        """Show minimizing and closing, or the signs."""
        self._has_controls = shown
        for button in (self.minimize, self.close_phone):
            button.setVisible(shown)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell that the mouse is here."""
        self.mouse_came.emit(event.globalPosition().toPoint())
        super().enterEvent(event)

    def retranslate(self) -> None:
        """Say the words of the controls."""
        self.minimize.set_text(tr("最小化"))
        self.close_phone.set_text(tr("关闭虚拟手机"))

    def set_ground(self, colour: str, *, is_dark: bool) -> None:
        """Lie on `colour`, the page's; with white signs if it is dark."""
        self._ground, self._is_dark = colour, is_dark
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the time and the signs."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._ground:
            painter.fillRect(self.rect(), QColor(self._ground))
        colour = QColor("#FFFFFF" if self._is_dark else current().colours.text)
        font = painter.font()
        font.setPixelSize(15)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(QRectF(32, 8, 80, 28), int(Qt.AlignmentFlag.AlignVCenter), self.time)
        if not self._has_controls:
            self._draw_signs(painter, colour)

    def _draw_signs(self, painter: QPainter, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        right = self.width() - 32.0
        for bar in range(4):
            height = 4.0 + 2.5 * bar
            painter.drawRoundedRect(QRectF(right - 56 + bar * 5, 28 - height, 3.5, height), 1, 1)
        painter.drawRoundedRect(QRectF(right - 23, 18.5, 16, 7), 2, 2)
        painter.drawRoundedRect(QRectF(right - 1.5, 20, 2, 4), 1, 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.2))
        painter.drawRoundedRect(QRectF(right - 25.5, 16, 22, 12), 3.5, 3.5)


class SmsBanner(KitFrame):
    """A text message that slides in from above; one touch copies its code, and fills it in where one is asked for."""

    code_taken = Signal(object)
    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("smsBanner", "", parent)
        self._sms: Sms | None = None
        self._title = Label(role="caption")
        self._text = Label(role="body", name="smsBannerText", wrap=True)
        self._copy = LinkButton(icon="copy", name="smsBannerCopy")
        self._later = LinkButton(name="smsBannerDismiss")
        self._copy.clicked.connect(self._take)
        self._later.clicked.connect(self.dismissed)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Icon("message-square-text", "success", 18))
        head.addWidget(self._title, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._copy)
        foot.addStretch()
        foot.addWidget(self._later)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 6)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._text)
        column.addLayout(foot)
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.hide()
        self._built()

    def show_sms(self, sms: Sms | None) -> None:
        """Show `sms`; None puts the banner away."""
        if sms == self._sms:
            return
        self._sms = sms
        if sms is None:
            self.hide()
            return
        self._text.setText(sms.text)
        self._copy.setVisible(bool(sms.code))
        self.retranslate()
        width = SCREEN_WIDTH - 24
        layout = self.layout()
        assert layout is not None
        self.setFixedSize(width, layout.heightForWidth(width))
        self.show()
        self.raise_()
        self._motion.stop()
        self._motion.setDuration(motion_ms())
        self._motion.setStartValue(QPoint(12, -self.height()))
        self._motion.setEndValue(QPoint(12, 44))
        self._motion.start()

    def retranslate(self) -> None:
        """Say the words of the banner."""
        at = local_time(self._sms.sent_at)[-5:] if self._sms else ""
        to = self._sms.mobile if self._sms else ""
        self._title.setText(tr("短信 · 发至 {mobile} · {time}", mobile=to, time=at))
        self._copy.setText(tr("复制验证码"))
        self._later.setText(tr("收起"))

    def _take(self) -> None:
        if self._sms is not None:
            self.code_taken.emit(self._sms)
