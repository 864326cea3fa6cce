"""扫码: the viewfinder, the wait for the computer, and the result."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import Operation
from desktop.domain.problems import problem
from desktop.phone.core import PhoneOutcome
from desktop.phone.window.base import PhonePage, clear_layout
from desktop.phone.window.grabbing import Grab
from desktop.phone.window.scan_model import ScanModel
from desktop.phone.window.states import ScanState, Stage
from desktop.phone.window.style import SCANNER_TEXT
from desktop.protocol.codec import Value
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Icon, KitFrame, Label, PrimaryButton, SecondaryButton, Tone

_CORNER = 28.0
_SIDE = 332
_LOW_SIDE = 232


class Viewfinder(QWidget):
    """The camera's picture, darkened outside a square with bright corners; a line sweeps it while looking."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.setObjectName("scanViewfinder")
        self.setFixedSize(side, side)
        self._image: QImage | None = None
        self._sweep = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._move)

    def show_grab(self, grab: Grab) -> None:
        """Show what the camera sees, cut to a square in its middle."""
        image = grab.image()
        side = min(image.width(), image.height())
        square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
        self._image = square.scaled(
            self.size() * 2, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self.update()

    def set_looking(self, looking: bool) -> None:  # noqa: FBT001 - like Qt's setters
        """Sweep, or stand still."""
        if looking:
            self._timer.start()
        else:
            self._timer.stop()
            self._image = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw picture, corners and line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self._image is not None:
            painter.setOpacity(0.55)
            painter.drawImage(area, self._image)
            painter.setOpacity(1.0)
        inset = area.width() / 9
        frame = area.adjusted(inset, inset, -inset, -inset)
        pen = QPen(QColor(SCANNER_TEXT), 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for x, dx in ((frame.left(), _CORNER), (frame.right(), -_CORNER)):
            for y, dy in ((frame.top(), _CORNER), (frame.bottom(), -_CORNER)):
                painter.drawLine(QPointF(x, y), QPointF(x + dx, y))
                painter.drawLine(QPointF(x, y), QPointF(x, y + dy))
        if self._timer.isActive():
            painter.setPen(QPen(QColor("#5AA2F5"), 2))
            y = frame.top() + frame.height() * self._sweep
            painter.drawLine(QPointF(frame.left() + 10, y), QPointF(frame.right() - 10, y))

    def _move(self) -> None:
        self._sweep = (self._sweep + 0.02) % 1.0
        self.update()


class ScanPage(PhonePage[ScanState]):
    """Looking for a code; not found; connecting."""

    def __init__(self, model: ScanModel, *, is_low: bool) -> None:
        super().__init__("scanPage", has_nav=False)
        self._model = model
        self.finder = Viewfinder(_LOW_SIDE if is_low else _SIDE)
        self.title = Label(role="lead", name="scanTitle", wrap=True)
        self.text = Label(role="body", name="scanText", wrap=True)
        self.again = PrimaryButton(icon="scan-line", name="scanAgain")
        self.file = SecondaryButton(name="scanFromImage")
        self.leave = SecondaryButton(name="scanCancel")
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.addStretch(1)
        self.column.addWidget(self.finder, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self.title)
        self.column.addWidget(self.text)
        self.column.addStretch(1)
        self.column.addWidget(self.again)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.leave, 1)
        row.addWidget(self.file, 1)
        self.column.addLayout(row)
        self.again.clicked.connect(model.start)
        self.leave.clicked.connect(self._go_back)
        self.file.clicked.connect(self._choose_file)
        model.seen.connect(self.finder.show_grab)
        self.bind(model)

    def show_state(self, state: ScanState) -> None:
        """Draw `state`."""
        connecting, checking = state.stage is Stage.CONNECTING, state.stage is Stage.CHECKING
        looking = checking or state.stage is Stage.LOOKING
        self.finder.set_looking(looking)
        self.again.setVisible(state.stage is Stage.NOT_FOUND)
        self.file.setVisible(not connecting and not checking)
        self.again.setText(tr("重新扫描"))
        self.file.setText(tr("从图片识别"))
        self.leave.setText(tr("返回二维码") if checking else tr("取消"))
        if state.to_read:
            self.title.setText(tr("正在读取 {done} / {total}", done=state.read, total=state.to_read))
            self.text.setText(tr("请继续对准电脑屏幕, 直到全部读完"))
        elif checking and state.problem_code:
            words = problem(state.problem_code).wording(current_language())
            self.title.setText(words.title)
            self.text.setText(words.next_step)
        elif checking:
            self.title.setText(tr("正在寻找电脑的回执"))
            self.text.setText(tr("请对准电脑屏幕上的动态二维码"))
        elif connecting:
            self.title.setText(tr("已扫描, 正在连接电脑…"))
            self.text.setText(tr("请保持网络畅通"))
        elif state.stage is Stage.NOT_FOUND:
            words = problem(state.problem_code).wording(current_language())
            self.title.setText(words.title)
            self.text.setText(words.next_step)
        else:
            self.title.setText(tr("正在寻找二维码"))
            self.text.setText(tr("请让客户端的二维码完整显示在电脑屏幕上"))

    def _go_back(self) -> None:
        """Back to the codes where an answer is being shown, else out of the scan."""
        if self._model.state.stage is Stage.CHECKING:
            self._model.show_codes()
        else:
            self._model.leave()

    def _choose_file(self) -> None:
        from pathlib import Path

        name, _ = QFileDialog.getOpenFileName(self, tr("选择二维码图片"), "", "*.png *.jpg *.jpeg *.webp *.bmp")
        if name:
            self._model.read_file(Path(name))


def done_words(operation: Operation | None) -> tuple[str, str]:
    """Return title and text of a success."""
    words = {
        Operation.LOGIN: (tr("登录成功"), tr("电脑已登录平台, 可以在电脑上继续操作。")),
        Operation.ENROL_WORKSTATION: (tr("工位已登记"), tr("该工位可以向本单位成员发起扫码。")),
        Operation.DOWNLOAD: (tr("证书已下载"), tr("请牢记证书密码。密钥只保存在本手机。")),
        Operation.RENEW: (tr("证书已延期"), tr("新证书沿用原证书密码; 原证书和解密密钥仍保留在本手机。")),
        Operation.REISSUE: (tr("证书已补办"), tr("请牢记证书密码。已通过审核的印章可凭新证书申领。")),
        Operation.CHANGE_PASSWORD: (tr("证书密码已修改"), tr("请牢记新密码。密钥和证书不变。")),
        Operation.CLAIM_SEAL: (tr("印章已申领"), tr("可以在电脑上用该印章签章。")),
        Operation.SEAL: (tr("签章完成"), tr("电脑已确认保存签章后的文件。")),
        Operation.SIGN_PACKAGE: (tr("投标文件已签署"), tr("电脑已确认保存加密投标文件。请随后演练一次解密。")),
        Operation.DECRYPT: (tr("解密完成"), tr("电脑已确认打开投标文件。")),
        Operation.REHEARSE: (tr("演练成功"), tr("本手机能够解密这些投标文件。")),
        Operation.PIN_RECIPIENT: (tr("解密证书已确认"), tr("该工位可将投标文件加密给本手机的证书。")),
        Operation.CREATE_OPENING_KEY: (tr("招标已发布"), tr("开标密钥已加密给所列成员, 截止前不会离开手机。")),
        Operation.AMEND_TENDER: (tr("变更已发布"), tr("平台已公布新一版招标公告。")),
        Operation.WITHDRAW: (tr("投标已撤回"), tr("该投标文件不再参加开标; 截止前可以重新提交。")),
        Operation.RELEASE_OPENING_KEY: (tr("开标密钥已交出"), tr("电脑正在解密投标文件。")),
    }
    return words[operation] if operation is not None else (tr("操作成功"), "")


class DetailRow(KitFrame):
    """One item of a receipt: its name, and why it failed if it did."""

    def __init__(self, detail: Mapping[str, Value], number: int) -> None:
        super().__init__(f"resultDetail_{number}", "card")
        error, name = detail.get("error"), detail.get("name")
        failed = isinstance(error, str)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(12)
        row.addWidget(
            Icon("circle-x", "problem", 20) if failed else Icon("circle-check", "success", 20),
            0,
            Qt.AlignmentFlag.AlignTop,
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(name if isinstance(name, str) else "", "body", wrap=True))
        if isinstance(error, str):
            why = problem(error).wording(current_language())
            reason = Label(f"{why.title}: {why.next_step}", "caption", wrap=True)
            reason.set_tone(Tone.PROBLEM)
            words.addWidget(reason)
        row.addLayout(words, 1)


class ResultPage(PhonePage[ScanState]):
    """How it ended: in words, with every item that has a name."""

    def __init__(self, model: ScanModel) -> None:
        super().__init__("resultPage", has_nav=False)
        self._shown: object = None
        self.icon = Icon("circle-check", "success", 72)
        self.title = Label(role="title", name="resultTitle", wrap=True)
        self.text = Label(role="body", name="resultText", wrap=True)
        self.next_step = Label(role="muted", name="resultNextStep", wrap=True)
        for label in (self.title, self.text, self.next_step):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._details = QVBoxLayout()
        self._details.setSpacing(8)
        self.again = SecondaryButton(icon="scan-line", name="resultScanAgain")
        self.close_button = PrimaryButton(name="resultClose")
        self.column.addSpacing(56)
        self.column.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.title, self.text, self.next_step):
            self.column.addWidget(widget)
        self.column.addLayout(self._details)
        self.column.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 8, 20, 28)
        foot.setSpacing(12)
        foot.addWidget(self.close_button)
        foot.addWidget(self.again)
        self.outer.addLayout(foot)
        self.again.clicked.connect(model.start)
        self.close_button.clicked.connect(model.close)
        self.bind(model)

    def show_state(self, state: ScanState) -> None:
        """Draw `state`."""
        self.close_button.setText(tr("完成"))
        self.again.setText(tr("重新扫码"))
        if state.outcome is None:
            return
        good = state.outcome is PhoneOutcome.DONE
        calm = state.outcome in (PhoneOutcome.DECLINED, PhoneOutcome.CANCELLED) and state.problem_code in (
            "phone.declined",
            "ceremony.cancelled",
            "",
        )
        unsure = state.outcome in (PhoneOutcome.PARTIAL, PhoneOutcome.UNCONFIRMED)
        sign = "circle-check" if good else "circle-question-mark" if unsure else "info" if calm else "circle-x"
        self.icon.set_icon(sign, "success" if good else "warning" if unsure else "muted" if calm else "problem")
        title, text, step = self._words(state)
        self.title.setText(title)
        self.text.setText(text)
        self.next_step.setText(step)
        self.next_step.setVisible(bool(step))
        self.again.setVisible(not good)
        key = (state.details, current_language())
        if key != self._shown:
            self._shown = key
            clear_layout(self._details)
            # Only a sealing names its items one by one; elsewhere the title says it all, unless an item failed.
            for number, detail in enumerate(state.details):
                if state.operation is Operation.SEAL or "error" in detail:
                    self._details.addWidget(DetailRow(detail, number))

    @staticmethod
    def _words(state: ScanState) -> tuple[str, str, str]:
        if state.outcome is PhoneOutcome.DONE:
            return (*done_words(state.operation), "")
        if state.outcome is PhoneOutcome.PARTIAL and not state.problem_code:
            failed = sum("error" in d for d in state.details)
            text = tr("{failed} 项未完成, 其余 {done} 项成功。", failed=failed, done=len(state.details) - failed)
            return tr("部分完成"), text, tr("请查看各项说明, 处理后重新扫码。")
        words = problem(state.problem_code).wording(current_language())
        return words.title, words.cause, words.next_step
