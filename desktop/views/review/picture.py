"""A piece of evidence on screen: picture or first page of a PDF, enlarged by a click, saved by a button.

Pictures come from strangers: decoded by the format their first bytes claim, never larger than `_MAX_SIDE`; one that
cannot be decoded is said to be so. An imprint lies on a checker, so that what is transparent can be seen.
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import ElidedLabel, KitFrame, Label
from desktop.ui.kit.buttons import LinkButton
from desktop.ui.theme import current
from desktop.views.review.evidence import Evidence, Piece

_MAX_SIDE = 2400
_CHECK = 8
_PADDING = 12
_HEIGHT = 200
#: A stamp-sized picture is not blown up to a blur.
_MAX_ZOOM = 2


def decode(evidence: Evidence) -> QImage:
    """Return the picture of `evidence`, a null image when there is none to show."""
    if evidence.page is not None:
        page = evidence.page
        drawn = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB888)
        return drawn.copy()
    if not evidence.is_picture:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(evidence.data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(evidence.extension.encode()))
    reader.setAutoTransform(True)
    size = reader.size()
    if max(size.width(), size.height()) > _MAX_SIDE:
        reader.setScaledSize(size.scaled(QSize(_MAX_SIDE, _MAX_SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class Picture(QWidget):
    """Draws an image as large as fits; on a checker in white and grey if asked to."""

    opened = Signal()

    def __init__(self, *, name: str, on_checker: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._on_checker = on_checker
        self._pixmap = QPixmap()
        self._scaled = QPixmap()
        self._words = ""
        self.setMinimumHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def has_picture(self) -> bool:
        """Whether there is something to see."""
        return not self._pixmap.isNull()

    def show_image(self, image: QImage, words: str = "") -> None:
        """Show `image`, or `words` in its place when it is null."""
        self._pixmap = QPixmap.fromImage(image)
        self._scaled = QPixmap()
        self._words = words
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.has_picture else Qt.CursorShape.ArrowCursor)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground and picture."""
        painter = QPainter(self)
        colours = current().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.focus if self.hasFocus() else colours.border))
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if not self.has_picture:
            painter.setPen(QColor(colours.muted))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._words)
            return
        scaled = self._fit()
        size = scaled.deviceIndependentSize()
        place = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        area = QRectF(place, size)
        if self._on_checker:
            _draw_checker(painter, area)
        else:
            painter.fillRect(area, Qt.GlobalColor.white)
        painter.drawPixmap(place, scaled)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Enlarge."""
        if self.has_picture and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enlarge by Enter or Space."""
        if self.has_picture and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        room = (QSize(self.width() - 2 * _PADDING, self.height() - 2 * _PADDING) * ratio).expandedTo(QSize(1, 1))
        room = room.boundedTo(self._pixmap.size() * ratio * _MAX_ZOOM)
        wanted = self._pixmap.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._pixmap.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled


def _draw_checker(painter: QPainter, area: QRectF) -> None:
    """White and light grey, also in dark mode: this is how it will lie on paper."""
    painter.save()
    painter.setClipRect(area)
    painter.fillRect(area, Qt.GlobalColor.white)
    grey = QColor(226, 226, 226)
    for row in range(int(area.height() // _CHECK) + 1):
        for column in range(row % 2, int(area.width() // _CHECK) + 1, 2):
            square = QRectF(area.left() + column * _CHECK, area.top() + row * _CHECK, _CHECK, _CHECK)
            painter.fillRect(square, grey)
    painter.restore()


class EvidencePane(KitFrame):
    """A titled picture with a caption below and a button to save the file."""

    save_requested = Signal(str)

    def __init__(self, piece: Piece) -> None:
        super().__init__(f"{piece.value}Pane")
        self._piece = piece
        self._evidence: Evidence | None = None
        self._problem = ""
        self._size_words = ""
        self.title = ElidedLabel(role="label")
        self.save = LinkButton(icon="save", name=f"{piece.value}Save")
        self.save.clicked.connect(lambda: self.save_requested.emit(piece.value))
        self.picture = Picture(name=f"{piece.value}Picture", on_checker=piece is Piece.IMPRINT)
        self.picture.opened.connect(self._enlarge)
        self.caption = Label(role="caption", wrap=True)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.picture, 1)
        column.addWidget(self.caption)
        self._built()

    def show_evidence(self, evidence: Evidence | None, *, problem: str = "", size_words: str = "") -> None:
        """Show `evidence`; None = still being fetched, or not to be had when `problem` says why."""
        is_new = evidence is not self._evidence
        self._evidence, self._problem, self._size_words = evidence, problem, size_words
        if is_new or evidence is None:
            self.picture.show_image(decode(evidence) if evidence else QImage(), self._words())
        self.retranslate()

    def retranslate(self) -> None:
        """Say title, caption and button."""
        names = {
            Piece.LICENCE: tr("营业执照"),
            Piece.LETTER: tr("经办人授权书"),
            Piece.SCAN: tr("印章扫描件"),
            Piece.IMPRINT: tr("印模"),
        }
        title = names.get(self._piece) or tr("材料 {number}", number=self._piece.value.removeprefix("paper"))
        self.title.setText(title)
        self.picture.setAccessibleName(title)
        self.save.setText(tr("另存"))
        self.save.setVisible(self._evidence is not None)
        self.caption.setText(self._caption())

    def _words(self) -> str:
        if self._evidence is None:
            return self._problem or tr("正在加载…")
        if self._evidence.extension == "pdf":
            return tr("此 PDF 无法预览, 请另存后查看")
        return tr("此文件无法显示, 请另存后查看")

    def _caption(self) -> str:
        if self._evidence is None or not self.picture.has_picture:
            return self._size_words
        if self._piece is Piece.IMPRINT:
            return self._size_words
        return tr("PDF 首页, 点击放大") if self._evidence.extension == "pdf" else tr("点击放大")

    def _enlarge(self) -> None:
        if self._evidence is not None:
            Enlarged(self._evidence, self.title.text(), self.window()).open()


class Enlarged(QDialog):
    """The picture as large as the window; any click or Escape closes it."""

    def __init__(self, evidence: Evidence, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("enlargedDialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.picture = Picture(name="enlargedPicture", on_checker=evidence.piece is Piece.IMPRINT)
        self.picture.show_image(decode(evidence))
        self.picture.opened.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.picture)
        self.resize(parent.size() * 0.9)
