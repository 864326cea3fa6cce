"""The dialog that takes a picture of the stamped sheet: camera and advice, then the picture, its imprint and verdict.

Enter takes the picture, then uses it; Escape closes. The camera runs only while something is to be seen.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.signing.imprint.model import SizeSource
from desktop.signing.imprint.sight import Sight
from desktop.ui.camera import CameraPanel
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Banner, Icon, Label, LinkButton, PrimaryButton, ProgressPanel, SecondaryButton, Tone
from desktop.views.scan import Cameras
from desktop.views.seals.capture_model import CaptureModel, CaptureState, Face
from desktop.views.seals.picture import SealPicture
from desktop.views.seals.words import verdict_words

_WIDTH, _HEIGHT = 920, 660
_ADVICE_WIDTH = 264

#: Asks where to save a file proposed as `name`; None when the person thinks better of it.
AskTarget = Callable[[QWidget, str], Path | None]


def ask_target(parent: QWidget, name: str) -> Path | None:
    """Ask by the system's dialog."""
    chosen, _filter = QFileDialog.getSaveFileName(parent, tr("另存"), name, "*.pdf")
    return Path(chosen) if chosen else None


class Advice(QWidget):
    """One thing to look after: an icon and a line, which says what to do while it is not yet so."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._icon, self._text = Icon("minus", "muted", 20), Label(role="body", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)

    def show_advice(self, *, is_good: bool | None, text: str) -> None:
        """Show `text`; None = not known yet."""
        icons = {True: ("circle-check", "success"), False: ("circle-alert", "warning"), None: ("minus", "muted")}
        self._icon.set_icon(*icons[is_good])
        self._text.setText(text)
        self.setAccessibleName(text)


class CaptureDialog(QDialog):
    """`taken(scan)` when a picture is used; deleted when closed."""

    taken = Signal(object)
    sheet_wanted = Signal()

    def __init__(self, model: CaptureModel, cameras: Cameras, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("captureDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(_WIDTH, _HEIGHT)
        self.model = model
        self._led_to: QWidget | None = None
        model.setParent(self)
        self._title = Label(role="heading", name="captureTitle")
        self._intro = Label(role="muted", wrap=True)
        self.camera = CameraPanel(
            model.reader_of(cameras.make_reader),
            cameras.list_devices,
            name="captureCamera",
            is_mirrored=False,
            hint=lambda: tr("请从正上方拍摄, 印章居中, 四周留白。"),
        )
        self.advice = {name: Advice(f"advice_{name}") for name in ("light", "whole", "near", "sharp", "alone", "size")}
        self.sheet = LinkButton(icon="printer", name="scaleSheetButton")
        self.note = Banner(name="captureBanner")
        self.scan = SealPicture(name="shotPicture", on_checker=False)
        self.imprint = SealPicture(name="shotImprint", on_checker=True)
        self.verdict = Banner(name="shotVerdict")
        self.progress = ProgressPanel(name="shotProgress")
        self.close_button = SecondaryButton(name="captureCancel")
        self.retake = SecondaryButton(icon="refresh-cw", name="retakeButton")
        self.capture = PrimaryButton(icon="scan-line", name="captureButton")
        self.use = PrimaryButton(icon="check", name="useShotButton")
        self._lay_out()
        self._connect()
        self._show()
        self.camera.start()

    def done(self, result: int) -> None:
        """End the camera and the work with the dialog."""
        self.model.stop()
        self.camera.stop()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show()

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        state = self.model.state
        self._say()
        is_live = state.face is Face.LIVE
        self._faces.setCurrentIndex(0 if is_live else 1)
        for button, is_shown in ((self.capture, is_live), (self.use, not is_live), (self.retake, not is_live)):
            button.setVisible(is_shown)
        self.capture.setEnabled(state.may_capture)
        self.use.setEnabled(state.may_use)
        # Enter does the one thing that makes sense now.
        self.retake.setDefault(not is_live and state.cut is not None and not state.may_use)
        self.capture.setDefault(is_live)
        self.use.setDefault(state.may_use)
        self._lead(state)
        self._show_advice(state.sight)
        self._show_still(state)
        if state.problem_code:
            self.note.show_problem(state.problem_code)
        else:
            self.note.clear()

    def _lead(self, state: CaptureState) -> None:
        """Bring the focus to the button that makes sense, whenever another one does; not away from a hand at work."""
        wanted: QWidget | None
        if state.face is Face.LIVE:
            wanted = self.capture if state.may_capture else None
        elif state.cut is None:
            wanted = None
        else:
            wanted = self.use if state.may_use else self.retake
        if wanted is not self._led_to:
            self._led_to = wanted
            if wanted is not None:
                wanted.setFocus()

    def _show_advice(self, sight: Sight | None) -> None:
        for name, (is_good, text) in _advice(sight).items():
            self.advice[name].show_advice(is_good=is_good, text=text)

    def _show_still(self, state: CaptureState) -> None:
        imprint = state.cut.imprint if state.cut is not None else None
        self.scan.show_picture(state.shot.content if state.shot else b"", box=imprint.box if imprint else None)
        self.imprint.show_picture(imprint.png if imprint else b"")
        self.progress.setVisible(state.face is Face.STILL and state.cut is None)
        self.progress.set_progress(0, 0, tr("正在截取印章…"))
        if state.cut is None:
            self.verdict.clear()
        else:
            tone = Tone.SUCCESS if state.cut.is_acceptable else Tone.PROBLEM
            self.verdict.show_message(tone, *verdict_words(state.cut))

    def _say(self) -> None:
        self.setWindowTitle(tr("拍摄印章"))
        self._title.setText(tr("拍摄印章"))
        self._intro.setText(tr("将盖好章的白纸平放在桌面上。盖在校准纸上拍摄, 可自动量出印章尺寸。"))
        self.sheet.setText(tr("保存校准纸 (PDF)"))
        self.close_button.setText(tr("取消"))
        self.retake.setText(tr("重新拍摄"))
        self.capture.setText(tr("拍摄"))
        self.use.setText(tr("使用这张照片"))
        self.scan.setAccessibleName(tr("拍摄的照片"))
        self.imprint.setAccessibleName(tr("截取的印模"))

    # -- building --------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        model = self.model
        model.changed.connect(self._show)
        self.camera.state_changed.connect(model.show_camera)
        self.capture.clicked.connect(model.capture)
        self.retake.clicked.connect(self._retake)
        self.use.clicked.connect(self._use)
        self.close_button.clicked.connect(self.reject)
        self.sheet.clicked.connect(self.sheet_wanted)
        self.progress.cancel_requested.connect(self._retake)
        model.changed.connect(self._rest)

    def _rest(self) -> None:
        """Let the camera rest while a still picture is looked at."""
        if self.model.state.face is Face.STILL:
            self.camera.stop()

    def _retake(self) -> None:
        self.model.retake()
        self.camera.start()

    def _use(self) -> None:
        shot = self.model.state.shot
        if shot is not None and self.model.state.may_use:
            self.taken.emit(shot)
            self.accept()

    def _lay_out(self) -> None:
        self._faces = QStackedWidget()
        self._faces.addWidget(self._live_face())
        self._faces.addWidget(self._still_face())
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addStretch(1)
        for button in (self.close_button, self.retake, self.capture, self.use):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._intro)
        column.addWidget(self.note)
        column.addWidget(self._faces, 1)
        column.addLayout(foot)

    def _live_face(self) -> QWidget:
        face, aside = QWidget(), QWidget()
        aside.setFixedWidth(_ADVICE_WIDTH)
        lines = QVBoxLayout(aside)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(12)
        for advice in self.advice.values():
            lines.addWidget(advice)
        lines.addStretch(1)
        lines.addWidget(self.sheet, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(face)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self.camera, 1)
        row.addWidget(aside)
        return face

    def _still_face(self) -> QWidget:
        face = QWidget()
        pictures = QHBoxLayout()
        pictures.setSpacing(16)
        pictures.addWidget(self.scan, 3)
        pictures.addWidget(self.imprint, 2)
        column = QVBoxLayout(face)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(pictures, 1)
        column.addWidget(self.progress)
        column.addWidget(self.verdict)
        return face


def _advice(sight: Sight | None) -> dict[str, tuple[bool | None, str]]:
    """Return for each line whether it is well, and the words: what is well, or what to do."""
    if sight is None:
        unknown = (tr("光线"), tr("印章完整"), tr("距离"), tr("清晰度"), tr("空白纸上只有一枚印章"), tr("尺寸参照"))
        return {name: (None, text) for name, text in zip(_LINES, unknown, strict=True)}
    seen = sight.box is not None
    lines: dict[str, tuple[bool | None, str]] = {
        "light": (
            sight.is_light,
            tr("光线合适") if sight.is_light else tr("光线太暗或反光: 请移到明亮处, 避开灯光直射"),
        ),
        "whole": (sight.is_whole, tr("印章完整") if sight.is_whole else _not_whole(sight)),
        "near": (sight.is_near if seen else None, tr("距离合适") if sight.is_near else tr("请靠近一些, 让印章更大")),
        "sharp": (
            sight.is_sharp if seen else None,
            tr("画面清晰") if sight.is_sharp else tr("画面模糊: 请拿稳并等待对焦"),
        ),
        "alone": (
            sight.is_alone if seen else None,
            tr("空白纸上只有一枚印章") if sight.is_alone else tr("印章应单独盖在空白的白纸上"),
        ),
        "size": (sight.size_source is not None or None, _size_words(sight.size_source)),
    }
    rest = [r for r in sight.reasons if r.value in {"imprint.wrong_shape", "imprint.faint"}]
    if rest:
        wording = problem(rest[0].value).wording(current_language())
        lines["alone"] = (False, f"{wording.title}: {wording.next_step}")
    return lines


_LINES = ("light", "whole", "near", "sharp", "alone", "size")


def _not_whole(sight: Sight) -> str:
    if sight.box is None:
        return tr("还没有看到印章: 请将整个印章放入画面")
    return tr("印章有一部分在画面之外")


def _size_words(source: SizeSource | None) -> str:
    if source is SizeSource.SCALE_SHEET:
        return tr("看到校准纸, 尺寸可自动量出")
    if source is SizeSource.PAPER_EDGES:
        return tr("看到整张 A4 纸, 尺寸可按纸边量出")
    return tr("没有尺寸参照: 拍摄后请填写用尺量出的直径")
