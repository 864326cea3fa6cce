"""The dialog of one phone operation: what is signed on the left, the code on the right, the outcome at the end.

A phone without a network is served by camera: another panel takes the right side, and the dialog grows by the webcam's
picture. The way there is offered where it can be gone: an enrolled workstation, an operation that is not for the relay.
"""

from collections.abc import Callable
from pathlib import PurePath
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.protocol.challenge import RELAY_ONLY
from desktop.protocol.display import ConsentText
from desktop.protocol.display_parts import is_warning
from desktop.services.action import Action, ItemResult
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.workspace import Workspace
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Label, LinkButton, SecondaryButton, Separator, StatusChip, Tone, clear_layout, scrolled
from desktop.views.scan.camera import Cameras, CameraScanPanel, own_cameras
from desktop.views.scan.model import ScanModel
from desktop.views.scan.panel import ScanPanel, item_word

_WIDTH, _HEIGHT = 880, 640
_CAMERA_WIDTH, _CAMERA_LEFT_WIDTH = 1264, 280
_END_S = 5.0
#: Problems of a scan over the relay that a scan by camera does not have.
_NO_NETWORK = frozenset({"ceremony.relay_unreachable", "portal.unreachable", "portal.timeout"})
_LEFT_WIDTH = 400
_NAME_WIDTH = 88
_LEFT_OUT_LINES = 5


class ScanOpener(Protocol):
    """Opens the scan of a phone operation: `open_scan`, or what a test puts in its place."""

    def __call__(
        self,
        parent: QWidget,
        workspace: Workspace,
        action: Callable[[], Action],
        *,
        credit_code: str,
        on_finished: Callable[[CeremonyView], object],
    ) -> object:
        """Open it and return without waiting."""
        ...


class ScanDialog(QDialog):
    """Modal to its window; deleted when closed. `finished_with` carries the last snapshot."""

    finished_with = Signal(object)

    def __init__(
        self, workspace: Workspace, parent: QWidget | None = None, *, cameras: Callable[[], Cameras] = own_cameras
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._cameras = cameras
        self._by_camera: CameraScanPanel | None = None
        self._sides = QStackedWidget()
        self._left = QWidget()
        self.switch = LinkButton(icon="smartphone", name="scanSwitch")
        self.switch.clicked.connect(self._switch)
        self.setObjectName("scanDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        # Where the keyboard begins: the first Tab goes to the list, which need not be framed before.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()
        self.resize(_WIDTH, _HEIGHT)
        self.model = ScanModel(workspace, self)
        self.panel = ScanPanel(self.model, cameras=cameras)
        self._text_shown: ConsentText | None = None
        self._results_shown: tuple[object, ...] | None = None
        self._caption = Label(role="caption")
        self._title = Label(role="heading", name="scanTitle", wrap=True)
        self._left_out = Label(role="muted", wrap=True, name="scanLeftOut")
        self._left_out.set_tone(Tone.WARNING)
        self._rows = QVBoxLayout()
        self._items = QVBoxLayout()
        self._close_button = SecondaryButton(name="scanCloseButton")
        self._close_button.clicked.connect(self.reject)
        self.panel.retry_requested.connect(self._retry)
        self.model.changed.connect(self._show)
        self.model.finished.connect(self.finished_with)
        self._action: Callable[[], Action] | None = None
        self._is_camera = False
        self._is_offline = False
        self._credit_code = ""
        if parent is not None:
            parent.window().installEventFilter(self)
        self._lay_out()
        self._show()

    def begin(self, action: Callable[[], Action], *, credit_code: str) -> None:
        """Start; `action` makes a fresh one for each try."""
        self._action, self._credit_code = action, credit_code
        self._retry()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is cancelling, unless the effect has begun: then the window waits for the end."""
        if self._is_acting():
            event.ignore()
        else:
            super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End with the window: the phone hears that nobody waits any more; an effect under way is waited for."""
        if event.type() == QEvent.Type.Close and watched is self.parent():
            self.model.stop(_END_S)
        return super().eventFilter(watched, event)

    def reject(self) -> None:
        """Escape and the close button end here: cancel what runs, then go."""
        if not self._is_acting():
            self.model.stop()
            super().reject()

    def _is_acting(self) -> bool:
        return self.model.state.view.stage is Stage.ACTING and self.model.is_running

    def changeEvent(self, event: QEvent) -> None:
        """Hide the code when the window goes to the back for good (minimised), say all again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.model.hide()
        elif event.type() == QEvent.Type.LanguageChange:
            self._show()

    def _retry(self) -> None:
        if self._action is None:
            return
        if self._is_camera:
            self.model.begin_by_camera(self._action(), credit_code=self._credit_code, offline=self._is_offline)
        else:
            self.model.begin(self._action(), credit_code=self._credit_code)

    def _switch(self) -> None:
        """Begin anew the other way; what was shown so far counts no more."""
        # Where the relay was just found out of reach the use case need not find it out again, call by call.
        self._is_offline = self._is_offline or self.model.state.view.offline
        self._is_camera = not self._is_camera
        if self._is_camera and self._by_camera is None:
            self._by_camera = CameraScanPanel(self.model, self._cameras())
            self._by_camera.retry_requested.connect(self._retry)
            self._sides.addWidget(self._by_camera)
        side = self._by_camera if self._is_camera else self.panel
        assert side is not None
        # A page out of sight asks for no room; told while it is in sight, or the layouts would not hear of it.
        for page in (self.panel, self._by_camera):
            if page is not None:
                policy = QSizePolicy.Policy.Preferred if page is side else QSizePolicy.Policy.Ignored
                page.setSizePolicy(policy, policy)
        self._sides.setCurrentWidget(side)
        self._left.setFixedWidth(_CAMERA_LEFT_WIDTH if self._is_camera else _LEFT_WIDTH)
        self._stand(_CAMERA_WIDTH if self._is_camera else _WIDTH)
        self._retry()

    def _stand(self, width: int) -> None:
        """Take another width in the middle of the window, on the screen."""
        parent = self.parentWidget()
        middle = (parent or self).window().frameGeometry().center()
        room = self.screen().availableGeometry()
        side = self._sides.currentWidget()
        # From the inside out, or the room that the page before wanted would still count.
        for layout in (side.layout() if side is not None else None, self.layout()):
            if layout is not None:
                layout.activate()
        self.resize(min(width, room.width()), self.height())
        place = self.frameGeometry()
        place.moveCenter(middle)
        left = max(min(place.left(), room.right() - place.width()), room.left())
        self.move(left, max(place.top(), room.top()))

    def _may_switch(self, view: CeremonyView) -> bool:
        if self._is_camera:
            return view.stage in (Stage.SHOWING, Stage.PAUSED, Stage.PROBLEM)
        is_open = view.stage in (Stage.SHOWING, Stage.PAUSED) or view.problem in _NO_NETWORK
        is_possible = view.operation is not None and view.operation not in RELAY_ONLY
        return is_open and is_possible and self._workspace.workstation.is_enrolled_for(self._credit_code)

    def _show(self) -> None:
        view = self.model.state.view
        self.setWindowTitle(view.text.title if view.text else tr("手机扫码"))
        self._close_button.setText(tr("关闭"))
        self._close_button.setVisible(view.has_result)
        self.switch.setText(tr("改用联网扫码") if self._is_camera else tr("手机没有网络? 用相机方式"))
        self.switch.setVisible(self._may_switch(view))
        if view.stage is Stage.DONE:
            self._close_button.setFocus()
        self._title.setText(view.text.title if view.text else tr("正在准备…"))
        self._caption.setText(tr("将在手机上确认的内容"))
        self._show_left_out(view)
        if view.text != self._text_shown:
            self._text_shown = view.text
            self._show_rows(view)
            self._results_shown = None
        results = (view.details, tr("关闭"))
        if results != self._results_shown:
            self._results_shown = results
            self._show_items(view)

    def _show_left_out(self, view: CeremonyView) -> None:
        lines = [f"{item.name}: {problem(item.code).wording(current_language()).title}" for item in view.left_out]
        self._left_out.setVisible(bool(lines))
        self._left_out.setText(
            "\n".join((tr("未包含在本次扫码中 ({count}):", count=len(lines)), *lines[:_LEFT_OUT_LINES]))
        )

    def _show_rows(self, view: CeremonyView) -> None:
        clear_layout(self._rows)
        for name, value in view.text.rows if view.text else ():
            self._rows.addLayout(_labelled(name, value))

    def _show_items(self, view: CeremonyView) -> None:
        clear_layout(self._items)
        for number, lines in enumerate(view.text.items if view.text else ()):
            result = view.details[number] if number < len(view.details) else None
            self._items.addWidget(_item(number, lines, result))
        self._items.addStretch()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(self._caption)
        left.addWidget(self._title)
        self._rows.setSpacing(8)
        left.addLayout(self._rows)
        left.addWidget(self._left_out)
        left.addWidget(Separator())
        holder = QWidget()
        # The line around it while it has the keyboard stands clear of the words.
        self._items.setContentsMargins(8, 8, 8, 8)
        self._items.setSpacing(16)
        holder.setLayout(self._items)
        left.addWidget(scrolled(holder), 1)
        right = QVBoxLayout()
        right.setSpacing(16)
        self._sides.addWidget(self.panel)
        right.addWidget(self._sides, 1)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addStretch()
        foot.addWidget(self.switch)
        foot.addStretch()
        foot.addWidget(self._close_button)
        right.addLayout(foot)
        self._left.setFixedWidth(_LEFT_WIDTH)
        self._left.setLayout(left)
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 32, 32, 24)
        row.setSpacing(32)
        row.addWidget(self._left)
        row.addLayout(right, 1)


def open_scan(
    parent: QWidget,
    workspace: Workspace,
    action: Callable[[], Action],
    *,
    credit_code: str,
    on_finished: Callable[[CeremonyView], object],
    cameras: Callable[[], Cameras] = own_cameras,
) -> ScanDialog:
    """Open the dialog and start; `action` makes the use case, anew for each try. Returns without waiting."""
    dialog = ScanDialog(workspace, parent.window(), cameras=cameras)
    dialog.finished_with.connect(on_finished)
    dialog.open()
    dialog.begin(action, credit_code=credit_code)
    return dialog


def _labelled(name: str, value: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(16)
    label = Label(name, role="muted")
    label.setFixedWidth(_NAME_WIDTH)
    row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Label(value, role="body", wrap=True, selectable=True), 1)
    return row


def _item(number: int, lines: tuple[str, ...], result: ItemResult | None) -> QWidget:
    box = QWidget()
    box.setObjectName(f"scanItem_{number}")
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(Label(lines[0], role="lead", wrap=True, selectable=True), 1)
    if result is not None:
        tone = Tone.PROBLEM if result.code else Tone.SUCCESS
        head.addWidget(StatusChip(item_word(result.code), tone, name=f"scanItemState_{number}"))
    column.addLayout(head)
    for line in lines[1:]:
        column.addWidget(Label(line, role="warning" if is_warning(line) else "muted", wrap=True, selectable=True))
    if result is not None and result.target and not result.code:
        column.addWidget(Label(PurePath(result.target).name, role="caption", wrap=True))
    return box
