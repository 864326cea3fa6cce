"""主页: who is logged in, the scan button in the middle, the modules of the app below it (manual, order and words)."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QVBoxLayout, QWidget

from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage
from desktop.phone.window.states import AppState, Screen
from desktop.phone.window.style import hero_colours
from desktop.ui.i18n import tr
from desktop.ui.icons import pixmap
from desktop.ui.kit import Banner, ElidedLabel, Icon, KitFrame, Label
from desktop.ui.theme import current

_HERO_HEIGHT = 320


class ScanButton(QAbstractButton):
    """扫码: a large round button."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("homeScan")
        self.setFixedSize(148, 148)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the disc, the sign and the word."""
        colours = current().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        halo = QColor("#FFFFFF")
        halo.setAlpha(90 if self.hasFocus() else 45)
        painter.setBrush(halo)
        painter.drawEllipse(QRectF(self.rect()))
        painter.setBrush(QColor(colours.hover if self.isDown() else colours.surface))
        painter.drawEllipse(QRectF(self.rect()).adjusted(12, 12, -12, -12))
        sign = pixmap("scan-line", colours.primary, 44, 2.0)
        painter.drawPixmap(QRectF(52, 36, 44, 44), sign, QRectF(sign.rect()))
        font = painter.font()
        font.setPixelSize(20)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colours.primary))
        painter.drawText(QRectF(0, 84, 148, 30), int(Qt.AlignmentFlag.AlignCenter), self.text())


class Hero(QWidget):
    """The coloured head of the home page."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_HERO_HEIGHT)
        self.platform = Label(role="onBrandTitle", name="homePlatform", wrap=True)
        self.who = Label(role="onBrand", name="homeWho", wrap=True)
        self.hint = Label(role="onBrand", wrap=True)
        self.scan = ScanButton()
        for label in (self.platform, self.who, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 20)
        column.setSpacing(6)
        column.addWidget(self.platform)
        column.addWidget(self.who)
        column.addStretch()
        column.addWidget(self.scan, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        column.addWidget(self.hint)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground."""
        top, bottom = hero_colours()
        painter = QPainter(self)
        gradient = QLinearGradient(QPointF(0, 0), QPointF(0, self.height()))
        gradient.setColorAt(0, QColor(top))
        gradient.setColorAt(1, QColor(bottom))
        painter.fillRect(self.rect(), gradient)


class Tile(KitFrame):
    """A module: sign, name, a word about it."""

    activated = Signal()

    def __init__(self, icon: str, *, name: str) -> None:
        super().__init__(name, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.title = Label(role="lead")
        self.small = ElidedLabel(role="caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(4)
        column.addWidget(Icon(icon, "primary", 28))
        column.addSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.small)
        self._built()

    def set_texts(self, title: str, small: str) -> None:
        """Set name and small print."""
        self.title.setText(title)
        self.small.setText(small)
        self.setAccessibleName(f"{title} {small}".strip())

    def sizeHint(self) -> QSize:
        """All tiles are alike."""
        return QSize(156, 122)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the module."""
        if self.rect().contains(event.position().toPoint()):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the module by Enter or Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit()
        else:
            super().keyPressEvent(event)


class HomePage(PhonePage[AppState]):
    """See the module docstring. 授权管理 is there for certificate admins only."""

    scan_requested = Signal()

    def __init__(self, model: AppModel) -> None:
        super().__init__("homePage", has_nav=False)
        self.hero = Hero()
        self.hero.scan.clicked.connect(self.scan_requested)
        self.outer.insertWidget(0, self.hero)
        self.certificates = Tile("file-badge", name="homeCertificates")
        self.seals = Tile("stamp", name="homeSeals")
        self.unit = Tile("users", name="homeUnit")
        self.records = Tile("history", name="homeRecords")
        screens = {
            Screen.CERTIFICATES: self.certificates,
            Screen.SEALS: self.seals,
            Screen.UNIT: self.unit,
            Screen.RECORDS: self.records,
        }
        for screen, tile in screens.items():
            tile.activated.connect(lambda screen=screen: model.open(screen))
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._has_unit: bool | None = None
        self.contradicted = Banner(name="homeLogContradicted")
        self.column.addWidget(self.contradicted)
        self.column.addLayout(self._grid)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        session = state.session
        self.hero.platform.setText(state.platform_name)
        unit = state.organization.name if state.organization is not None else ""
        mobile = session.mobile_masked if session is not None else ""
        self.hero.who.setText("\n".join(part for part in (mobile, unit) if part))
        self.hero.hint.setText(tr("扫描电脑上的二维码, 完成登录、解密、签章"))
        self.hero.scan.setText(tr("扫码"))
        self.hero.scan.setAccessibleName(tr("扫码"))
        self._place(is_admin=state.is_admin)
        if state.is_log_contradicted:
            self.contradicted.show_problem("record.split_view")
        else:
            self.contradicted.clear()
        waiting = tr("{count} 个下载未完成", count=len(state.unfinished)) if state.unfinished else ""
        owned = tr("{count} 张证书", count=len(state.certificates)) if state.certificates else tr("尚未下载")
        self.certificates.set_texts(tr("数字证书"), waiting or owned)
        seals = tr("{count} 枚印章", count=len(state.seals)) if state.seals else tr("尚未申领")
        self.seals.set_texts(tr("电子印章"), seals)
        self.unit.set_texts(tr("授权管理"), tr("单位成员授权"))
        self.records.set_texts(tr("使用记录"), tr("单位全体成员") if state.is_admin else tr("仅本人"))

    def _place(self, *, is_admin: bool) -> None:
        if is_admin == self._has_unit:
            return
        self._has_unit = is_admin
        self.unit.setVisible(is_admin)
        tiles = [self.certificates, self.seals, *((self.unit,) if is_admin else ()), self.records]
        for index, tile in enumerate(tiles):
            self._grid.addWidget(tile, index // 2, index % 2)
