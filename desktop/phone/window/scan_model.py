"""View-model of a scan: from the picture of a code to the receipt.

A code of several parts begins a scan by camera (docs/protocol.md, Camera mode), any other one over the relay. Blocking
work runs on the phone's own thread pool. One worker listens to the desktop from acceptance to the end, so that its
cancel is heard while the holder reads; approving runs beside it.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.operations import Operation
from desktop.phone.core import (
    ApproveResult,
    ApproveState,
    CameraScan,
    ConsentView,
    Phone,
    PhoneOutcome,
    PhoneResult,
    ScannedCeremony,
    Strength,
    secret_password,
    strength_of,
)
from desktop.phone.window.camera_scan import PartReading, parts_of
from desktop.phone.window.errands import Errands
from desktop.phone.window.grabbing import Decoder, FileDecoder, Grab, Grabber
from desktop.phone.window.states import ScanState, Stage
from desktop.ui.i18n import current_language
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import TaskHandle

_LOOK_EVERY_MS = 350
_LOOKS = 12
#: A code of several parts: looked at more often, and longer without seeing a part.
_PART_EVERY_MS = 40
_PART_LOOKS = 150
_STALE_RETRIES = 2
_QR_NOT_FOUND = "camera.qr_not_found"


class ScanModel(ViewModel[ScanState]):
    """Intents: `start`, `read_file`, `take_text`, `choose`, `approve`, `decline`, `extend`, `leave`, `close`.

    By camera also `look_back` (at the computer's receipt) and `finish` (without it).
    """

    seen = Signal(object)
    finished = Signal(object)

    def __init__(
        self,
        phone: Phone,
        *,
        grab: Grabber,
        decode: Decoder,
        decode_file: FileDecoder,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(ScanState(phase=Phase.NORMAL), parent)
        self._phone = phone
        self._grab = grab
        self._decode = decode
        self._decode_file = decode_file
        self._errands = Errands(self)
        self._looks = 0
        self._stale_left = 0
        self._scanned: ScannedCeremony | None = None
        self._camera: CameraScan | None = None
        self._reading = PartReading()
        self._cancel = threading.Event()
        self._task: TaskHandle[Any] | None = None
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.timeout.connect(self._look)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)

    # -- intents ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Look for a code on the screen."""
        self._stale_left = _STALE_RETRIES
        self._reading = PartReading()
        self._look_again()

    def read_file(self, path: Path) -> None:
        """Look for a code in an image file."""
        self._reset(Stage.LOOKING)
        self._run(lambda: self._decode_file(path), self._take_texts, self._not_found_error)

    def take_text(self, text: str) -> None:
        """Go on with a decoded text."""
        self._reset(Stage.CONNECTING)
        cancel, language = self._cancel, current_language().value

        def connect() -> ScannedCeremony:
            scanned = self._phone.scan(text, language=language, cancel=cancel)
            scanned.wait_accepted(cancel)
            if cancel.is_set():
                scanned.cancel()
            return scanned

        self._run(connect, self._connected, self._scan_failed)

    def choose(self, serial: str) -> None:
        """Choose the certificate to answer with."""
        self._set(chosen=serial)

    def edited(self) -> None:
        """The holder types again: what was wrong before is no longer said."""
        if self.state.stage is Stage.CONSENT and not self.state.busy:
            self._set(problem_code="phone.locked" if self.state.view and self.state.view.is_locked else "")

    def approve(self, password: str, repeated: str, code: str, *, new: str = "") -> None:
        """Agree to what is shown; `new` is the new password where one is asked for beside the present one."""
        scanned, camera, view = self._scanned, self._camera, self.state.view
        is_open = scanned is not None or camera is not None
        if not is_open or view is None or self.state.busy or self.state.stage is not Stage.CONSENT:
            return
        to_set = new if view.changes_password else password if view.needs_new_password else None
        if to_set is not None and strength_of(to_set) is Strength.TOO_WEAK:
            self._set(problem_code="phone.password_weak")
            return
        if to_set is not None and to_set != repeated:
            self._set(problem_code="phone.password_differs")
            return
        serial = None if view.needs_new_password else self.state.chosen
        secret, after = secret_password(password), secret_password(new) if view.changes_password else None
        self._set(busy=True, problem_code="")
        if camera is not None:
            self._run(lambda: camera.approve(serial, secret, new_password=after), self._approved, self._scan_failed)
        elif scanned is not None:
            self._run(
                lambda: scanned.approve(serial, secret, code, new_password=after), self._approved, self._scan_failed
            )

    def decline(self) -> None:
        """Say no."""
        scanned = self._scanned
        if self._camera is not None and self.state.stage is Stage.CONSENT:
            self._camera.decline()
            self._camera_over()
        elif scanned is not None and self.state.stage is Stage.CONSENT:
            self._set(busy=True)
            self._errands.aside(scanned.decline)

    def extend(self) -> None:
        """Ask for more time."""
        scanned = self._scanned
        if scanned is not None and self.state.stage is Stage.CONSENT:
            self._set(may_extend=False)
            self._errands.aside(scanned.extend)

    def leave(self) -> None:
        """Give up the scan and go back to the app; the desktop is told if it knows of us."""
        self._cancel.set()
        scanned = self._scanned
        if scanned is not None and scanned.result is None:
            self._errands.aside(scanned.cancel)
        if self._camera is not None:
            self._camera.leave()
        self._scanned = self._camera = None
        self._reset(Stage.IDLE)

    def look_back(self) -> None:
        """Look at the computer's codes after the answer: its receipt, or a request for proof."""
        if self._camera is not None and self.state.stage is Stage.CODES:
            self._set(stage=Stage.CHECKING, read=0, to_read=0)
            self._looks = 0
            self._look_timer.start(0)

    def show_codes(self) -> None:
        """Show the answer's codes again."""
        if self._camera is not None and self.state.stage is Stage.CHECKING:
            self._set(stage=Stage.CODES, problem_code="")

    def finish(self) -> None:
        """Leave the codes without the receipt: handed over, not confirmed."""
        if self._camera is not None:
            self._camera.leave()
            self._camera_over()

    def close(self) -> None:
        """Leave the result page."""
        self._reset(Stage.IDLE)

    def stop(self) -> None:
        """Wind up when the window goes: nothing may outlive it."""
        self._look_timer.stop()
        self._second.stop()
        self.leave()
        self._errands.wind_up()

    def _look_again(self) -> None:
        self._reset(Stage.LOOKING)
        self._looks = 0
        self._look_timer.start(0)

    # -- looking ---------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self.state.stage not in (Stage.LOOKING, Stage.CHECKING):
            return
        grabs = self._grab()
        if not grabs:
            self._set(stage=Stage.NOT_FOUND, problem_code="phone.screen_unavailable")
            return
        self.seen.emit(grabs[0])
        self._run(lambda: self._decode_all(grabs), self._looked, self._not_found_error)

    def _decode_all(self, grabs: tuple[Grab, ...]) -> list[str]:
        return [text for grab in grabs for text in self._decode(grab)]

    def _looked(self, texts: list[str]) -> None:
        self._looks += 1
        if self.state.stage is Stage.CHECKING:
            self._checked(texts)
        elif parts := parts_of(texts):
            self._take_parts(parts)
        elif self._reading.is_begun and self._looks < _PART_LOOKS:
            self._look_timer.start(_PART_EVERY_MS)
        elif texts or self._looks >= _LOOKS:
            self._take_texts(texts)
        else:
            self._look_timer.start(_LOOK_EVERY_MS)

    def _take_texts(self, texts: list[str]) -> None:
        if not texts:
            self._set(stage=Stage.NOT_FOUND, problem_code=_QR_NOT_FOUND)
            return
        if parts_of(texts):
            self._reading.take(texts)
            self._set(stage=Stage.NOT_FOUND, problem_code="camera.qr_part_only")
            return
        ours = [t for t in texts if t.startswith(self._phone.profile.base_url)]
        self.take_text((ours or texts)[0])

    def _not_found_error(self, error: BidSealError) -> None:
        self._set(stage=Stage.NOT_FOUND, problem_code=error.code, problem_detail=error.detail)

    # -- by camera -------------------------------------------------------------------------------------------------

    def _take_parts(self, parts: list[str]) -> None:
        message = self._reading.take(parts)
        self._looks = 0
        if message is None:
            self._set(read=self._reading.progress.have, to_read=self._reading.progress.total)
            self._look_timer.start(_PART_EVERY_MS)
            return
        phone, language = self._phone, current_language().value
        self._set(stage=Stage.CONNECTING, read=0, to_read=0)
        self._run(lambda: phone.take_camera_challenge(message, language=language), self._camera_read, self._scan_failed)

    def _camera_read(self, camera: CameraScan) -> None:
        self._camera = camera
        self._ask(camera.view, remaining_s=int(camera.remaining_s()), may_extend=False)

    def _checked(self, texts: list[str]) -> None:
        camera = self._camera
        if camera is None:
            return
        shown = camera.parts
        problems = [code for code in map(camera.take_text, parts_of(texts)) if code]
        if camera.result is not None:
            self._camera_over()
        elif camera.parts != shown:
            self._set(stage=Stage.CODES, codes=camera.parts, problem_code="", read=0, to_read=0)
        else:
            progress = camera.progress
            code = problems[-1] if problems else self.state.problem_code
            self._set(read=progress.have, to_read=progress.total, problem_code=code)
            self._look_timer.start(_PART_EVERY_MS)

    def _camera_over(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None and camera.result is not None:
            self._show_result(camera.operation, camera.result)

    # -- the ceremony ----------------------------------------------------------------------------------------------

    def _connected(self, scanned: ScannedCeremony) -> None:
        self._scanned = scanned
        if scanned.result is not None:
            self._ended(scanned, scanned.result)
            return
        self._ask(scanned.view, remaining_s=int(scanned.remaining_s()), may_extend=scanned.may_extend)
        cancel = self._cancel
        # Not through `_run`: starting to approve must not discard the listener.
        self._errands.run(
            lambda: scanned.wait_result(cancel), lambda result: self._ended(scanned, result), self._scan_failed
        )

    def _ask(self, view: ConsentView, *, remaining_s: int, may_extend: bool) -> None:
        usable = [c for c in view.certificates if not c.is_locked] or list(view.certificates)
        self._set(
            stage=Stage.CONSENT,
            view=view,
            operation=view.operation,
            chosen=usable[0].serial if usable else "",
            problem_code="phone.locked" if view.is_locked else "",
            remaining_s=remaining_s,
            may_extend=may_extend,
        )
        self._second.start()

    def _approved(self, approved: ApproveResult) -> None:
        if self.state.stage is not Stage.CONSENT:
            return
        camera = self._camera
        if camera is not None and approved.state is ApproveState.SENT:
            self._second.stop()
            self._set(stage=Stage.CODES, busy=False, codes=camera.parts, needs_receipt=camera.needs_receipt)
            return
        if camera is not None and approved.state is ApproveState.ENDED:
            self._camera_over()
            return
        if approved.state is ApproveState.SENT:
            self._set(stage=Stage.WAITING, busy=False)
            return
        codes = {
            ApproveState.WRONG_PASSWORD: "phone.wrong_password",
            ApproveState.LOCKED: "phone.locked",
            ApproveState.WEAK_PASSWORD: "phone.password_weak",
        }
        self._set(busy=False, tries_left=approved.tries_left, problem_code=codes.get(approved.state, ""))

    def _ended(self, scanned: ScannedCeremony, result: PhoneResult) -> None:
        if scanned is not self._scanned or self.state.stage in (Stage.IDLE, Stage.RESULT):
            return
        if result.outcome is PhoneOutcome.STALE and self._stale_left:
            # The code on the screen was renewed while we looked: look again, as the desktop expects.
            self._stale_left -= 1
            self._scanned = None
            self._look_again()
            return
        self._scanned = None
        self._show_result(scanned.operation, result)

    def _show_result(self, operation: Operation, result: PhoneResult) -> None:
        self._second.stop()
        self._set(
            stage=Stage.RESULT,
            busy=False,
            codes=(),
            operation=operation,
            outcome=result.outcome,
            problem_code=result.code,
            details=result.details,
            view=None,
        )
        self.finished.emit(result)

    def _scan_failed(self, error: BidSealError) -> None:
        self._second.stop()
        if self.state.stage is Stage.IDLE:
            return
        self._set(
            stage=Stage.RESULT,
            busy=False,
            outcome=PhoneOutcome.REJECTED,
            problem_code=error.code,
            problem_detail=error.detail,
            view=None,
        )

    def _tick(self) -> None:
        scanned = self._scanned
        if self._camera is not None and self.state.stage is Stage.CONSENT:
            self._set(remaining_s=int(self._camera.remaining_s()))
            return
        if scanned is None or scanned.result is not None or self.state.stage is not Stage.CONSENT:
            return
        self._set(remaining_s=int(scanned.remaining_s()), may_extend=scanned.may_extend)
        if self.state.view is not None and self.state.view.needs_code and scanned.is_near:
            self._set(view=scanned.view)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _reset(self, stage: Stage) -> None:
        self._second.stop()
        if self._task is not None:
            self._task.discard()
            self._task = None
        if stage is not Stage.IDLE:
            self._cancel = threading.Event()
        self._set(
            stage=stage,
            view=None,
            operation=None,
            codes=(),
            read=0,
            to_read=0,
            chosen="",
            busy=False,
            tries_left=0,
            problem_code="",
            problem_detail="",
            outcome=None,
            details=(),
        )

    def _run(self, work: Callable[[], object], on_done: Callable[..., object], on_error: Callable[..., object]) -> None:
        self._task = self._errands.run(work, on_done, on_error)
