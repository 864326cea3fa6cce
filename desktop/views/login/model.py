"""The view-model of login and registration: by SMS code, by login password, or by a scan of the phone.

Refuses to send anything while the mobile number has not the form of one; the platform has the last word on the rest.
Nothing that was typed is lost by an error, but a refused password; a password is handed through and never kept.
Source: manual 2 and 12; docs/protocol.md, login.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.records import SignedIn
from desktop.protocol.messages import Outcome
from desktop.services.ceremony import CeremonyView
from desktop.services.login import LoginAction
from desktop.services.workspace import Workspace
from desktop.store.workstation import StoredEnrolment
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.scan.model import ScanModel

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CODE = re.compile(r"[0-9]{6}")
#: What the form itself finds wrong, in place of a code of the problem catalogue.
WRONG_FORM = "form"


class Way(StrEnum):
    """How to log in."""

    SMS = "sms"
    PASSWORD = "password"  # noqa: S105 - a way to log in, no password
    QR = "qr"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginState(PageState):
    """What the login page shows; always its normal face, because typing must go on after an error.

    `mobile_problem`, `code_problem`, `password_problem` are catalogue codes or `WRONG_FORM`, `refusal_detail` is what
    the platform said beside its code. `codes_sent` grows with each code sent, `refused` with each refused login.
    `can_remember` is false where no keyring answers; what was wished stays in `remember`.
    `organization` is the unit that the workstation's code is for, "" when it is for anybody.
    """

    phase: Phase = Phase.NORMAL
    platform_name: str = ""
    is_demo: bool = False
    way: Way = Way.SMS
    mobile: str = ""
    remember: bool = True
    can_remember: bool = True
    mobile_problem: str = ""
    code_problem: str = ""
    password_problem: str = ""
    refusal_detail: str = ""
    refused: int = 0
    is_sending: bool = False
    is_signing_in: bool = False
    resend_after_s: int = 0
    codes_sent: int = 0
    organization: str = ""
    has_unit: bool = False


class LoginModel(ViewModel[LoginState]):
    """Owns the form and the scan of the login page. `signed_in` comes once for each successful login."""

    signed_in = Signal()
    looked_at_keyring = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        settings = workspace.settings.load()
        super().__init__(
            LoginState(
                platform_name=workspace.profile.name,
                is_demo=workspace.profile.embedded,
                mobile=settings.last_mobile,
                remember=settings.remember_session,
            ),
            parent,
        )
        self._workspace = workspace
        self._is_wanted = False
        self._unit: StoredEnrolment | None = None
        self._is_anybody = False
        self.scan = ScanModel(workspace, self)
        self.scan.finished.connect(self._on_scan_finished)

    # -- intents ---------------------------------------------------------------------------------------------------

    def type_mobile(self, mobile: str) -> None:
        """Take over what is typed."""
        self._set(mobile=mobile, mobile_problem="")

    def set_remember(self, remember: bool) -> None:  # noqa: FBT001 - a check box's signal
        """Choose whether the next start finds the person still signed in."""
        self._set(remember=remember)

    def look_at_keyring(self) -> None:
        """Find out whether a session can be remembered on this machine at all."""

        def work(progress: ReportProgress, cancel: CancelToken) -> bool:
            progress(0, 0)
            cancel.raise_if_set()
            return self._workspace.account.can_remember()

        run(work, self._take_keyring, lambda _error: None, receiver=self)

    def use_language(self, language: str) -> None:
        """Keep the language chosen here, so that the next start speaks it too."""
        settings = self._workspace.settings

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - one small file
            settings.change(language=language)

        run(work, lambda _nothing: None, self._fail, receiver=self)

    def choose(self, way: Way) -> None:
        """Turn to the other way of logging in."""
        self._set(way=way, problem_code="", problem_detail="", mobile_problem="", code_problem="", password_problem="")
        if way is Way.QR:
            self.show_code()
        else:
            self.leave()

    def send_code(self) -> None:
        """Have an SMS code sent to the number typed."""
        if self.state.is_sending or not self._has_mobile():
            return
        mobile = self.state.mobile
        self._set(is_sending=True, problem_code="", problem_detail="", code_problem="")

        def work(progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG001 - one short request
            return self._workspace.account.send_code(mobile)

        run(work, self._on_code_sent, self._on_not_sent)

    def sign_in(self, code: str) -> None:
        """Log in with the code typed, registering an unknown number."""
        if self.state.is_signing_in or not self._has_mobile():
            return
        if not _CODE.fullmatch(code):
            self._set(code_problem=WRONG_FORM)
            return
        mobile, remember = self.state.mobile, self._may_remember
        self._begin(lambda: self._workspace.account.sign_in_by_sms(mobile, code, remember=remember))

    def sign_in_by_password(self, password: str) -> None:
        """Log in with the login password typed; a number without an account is not registered by it."""
        if self.state.is_signing_in or not self._has_mobile():
            return
        if not password:
            self._set(password_problem=WRONG_FORM)
            return
        mobile, remember = self.state.mobile, self._may_remember
        self._begin(lambda: self._workspace.account.sign_in_by_password(mobile, password, remember=remember))

    def show_code(self) -> None:
        """Show a code to scan: for the one unit the workstation is enrolled for, else for anybody."""
        if self.scan.is_running or self.state.way is not Way.QR:
            return
        self._is_wanted = True

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[StoredEnrolment, ...]:  # noqa: ARG001 - local
            return self._workspace.workstation.enrolments()

        self._set(problem_code="", problem_detail="")
        run(work, self._on_enrolments, self._fail)

    def switch_unit(self) -> None:
        """Turn from the code for the workstation's own unit to one for people of any unit, or back."""
        self._is_anybody = not self._is_anybody
        self.scan.stop()
        self.show_code()

    def show_code_anew(self) -> None:
        """Show another code where one is shown: its words are those of the language it was made in."""
        if self.scan.is_running and self.state.way is Way.QR:
            self.scan.stop()
            self.show_code()

    def leave(self) -> None:
        """The page went out of sight: no code stays open."""
        self._is_wanted = False
        self.scan.stop()

    @property
    def _may_remember(self) -> bool:
        return self.state.remember and self.state.can_remember

    def _begin(self, sign_in: Callable[[], SignedIn]) -> None:
        mobile, remember, settings = self.state.mobile, self.state.remember, self._workspace.settings
        self._set(is_signing_in=True, problem_code="", problem_detail="", code_problem="", password_problem="")

        def work(progress: ReportProgress, cancel: CancelToken) -> SignedIn:  # noqa: ARG001 - one short request
            session = sign_in()
            settings.change(last_mobile=mobile, remember_session=remember)
            return session

        run(work, self._on_signed_in, self._on_refused)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _fail(self, error: BidSealError) -> None:
        """Stay on the form and say above it what is wrong."""
        self._set(problem_code=error.code, problem_detail=error.detail)

    def _has_mobile(self) -> bool:
        good = _MOBILE.fullmatch(self.state.mobile) is not None
        self._set(mobile_problem="" if good else WRONG_FORM)
        return good

    def _on_code_sent(self, resend_after_s: int) -> None:
        self._set(is_sending=False, resend_after_s=resend_after_s, codes_sent=self.state.codes_sent + 1)

    def _on_not_sent(self, error: BidSealError) -> None:
        self._set(is_sending=False)
        if error.code == "platform.sms_too_often":
            self._set(code_problem=error.code, refusal_detail=error.detail)
        else:
            self._on_refused(error)

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_signing_in=False, refused=self.state.refused + 1, refusal_detail=error.detail)
        if error.code.startswith("platform.mobile_"):
            self._set(mobile_problem=error.code)
        elif error.code.startswith(("platform.sms_", "platform.code_")):
            self._set(code_problem=error.code)
        elif error.code.startswith("platform.password_"):
            self._set(password_problem=error.code)
        else:
            self._fail(error)

    def _on_signed_in(self, _session: SignedIn) -> None:
        self._set(is_signing_in=False)
        self.signed_in.emit()

    def _take_keyring(self, usable: bool) -> None:  # noqa: FBT001 - a task's result
        self._set(can_remember=usable)
        self.looked_at_keyring.emit()

    def _on_enrolments(self, enrolments: tuple[StoredEnrolment, ...]) -> None:
        if not self._is_wanted or self.scan.is_running:
            return
        self._unit = enrolments[0] if len(enrolments) == 1 else None
        own = self._unit if not self._is_anybody else None
        self._set(organization=own.organization if own else "", has_unit=self._unit is not None)
        credit_code = own.credit_code if own else ""
        action = LoginAction(self._workspace, credit_code=credit_code, remember=self.state.remember)
        self.scan.begin(action, credit_code=credit_code)

    def _on_scan_finished(self, view: CeremonyView) -> None:
        if view.outcome is Outcome.DONE:
            self.signed_in.emit()
