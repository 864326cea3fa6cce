"""The scan panel: the QR card with its warnings. Passive; the model does the rest."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.services.ceremony import CeremonyView, Stage
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Banner, LinkButton, Tone
from desktop.ui.page import Page
from desktop.ui.qr import QrCard, QrState
from desktop.views.scan.camera import Cameras, own_cameras
from desktop.views.scan.card import card_view
from desktop.views.scan.model import ScanModel, ScanState
from desktop.views.scan.near import NearDialog


class ScanPanel(Page[ScanState]):
    """Shows the ceremony of `model`; also used inside the login page."""

    def __init__(
        self, model: ScanModel, parent: QWidget | None = None, *, cameras: Callable[[], Cameras] = own_cameras
    ) -> None:
        super().__init__("scanPanel", parent)
        self._model = model
        self._cameras = cameras
        self.near = LinkButton(icon="eye", name="scanNear")
        self.near.clicked.connect(self._open_near)
        self._warning = Banner(name="scanWarning")
        self.card = QrCard(name="qrCard")
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._warning)
        column.addWidget(self.card, 1)
        column.addWidget(self.near, 0, Qt.AlignmentFlag.AlignHCenter)
        self.card.cancel_requested.connect(model.cancel)
        self.card.renew_requested.connect(model.renew)
        self.card.resume_requested.connect(model.renew)
        self.card.retry_requested.connect(self.retry_requested)
        self.bind(model)

    def show_state(self, state: ScanState) -> None:
        """Draw the snapshot; within a running countdown only code and seconds are touched."""
        view = state.view
        if view.is_camera:
            return
        if view.offline:
            self._say(Tone.WARNING, "ceremony.relay_unreachable")
        elif view.warning and not view.is_over and not _is_past(view):
            self._say(Tone.WARNING, view.warning)
        else:
            self._warning.clear()
        self.near.setText(tr("用摄像头确认, 不必输入"))
        self.near.setVisible(view.stage is Stage.CLAIMED and view.code_is_typed)
        drawn = card_view(view, total_s=state.total_s)
        if drawn.state is QrState.SHOWING and self.card.state is QrState.SHOWING and view.stage is Stage.SHOWING:
            self.card.set_payload(drawn.payload)
            self.card.set_remaining(drawn.remaining_s, drawn.total_s)
        else:
            self.card.show_view(drawn)

    def _open_near(self) -> None:
        NearDialog(self._model, self._cameras(), self.window()).begin()

    def _say(self, tone: Tone, code: str) -> None:
        wording = problem(code).wording(current_language())
        self._warning.show_message(tone, wording.title, wording.cause)


def _is_past(view: CeremonyView) -> bool:
    """Tell whether the warning was of a code that is gone: a stale one counts no more once a fresh one was scanned."""
    return view.warning == "ceremony.stale_code" and view.stage is not Stage.SHOWING


def item_word(code: str) -> str:
    """Return the short word for an item's fate: its problem's title, or that it is done."""
    return problem(code).wording(current_language()).title if code else tr("已完成")
