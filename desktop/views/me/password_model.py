"""The view-model of setting and changing the login password. Typed passwords pass through and are never in its state.

Refuses to send a password that the platform would find too weak; the platform has the last word. Source: manual 12.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.passwords import Strength, strength_of
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.me.field_checks import CODE, MISSING, WRONG_FORM, own_number

DIFFERS = "differs"
SAME = "same"


class Proof(StrEnum):
    """By what one shows that it is the holder's wish."""

    OLD = "old"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordState(PageState):
    """The form. Problems are catalogue codes or words of field_checks; `detail` is what the platform said beside one.

    `form_number` grows whenever the form is to be emptied, `codes_sent` with each code sent.
    """

    phase: Phase = Phase.NORMAL
    mobile_masked: str = ""
    has_password: bool = False
    proof: Proof = Proof.CODE
    strength: Strength | None = None
    new_problem: str = ""
    again_problem: str = ""
    proof_problem: str = ""
    detail: str = ""
    is_sending: bool = False
    is_saving: bool = False
    codes_sent: int = 0
    resend_after_s: int = 0
    form_number: int = 0


class PasswordModel(ViewModel[PasswordState]):
    """Owns the form. `saved` once for each password set."""

    saved = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(PasswordState(), parent)
        self._workspace = workspace

    # -- intents ---------------------------------------------------------------------------------------------------

    def begin(self, *, has_password: bool, mobile_masked: str) -> None:
        """Start with an empty form."""
        self._state = PasswordState(
            has_password=has_password,
            mobile_masked=mobile_masked,
            proof=Proof.OLD if has_password else Proof.CODE,
            form_number=self.state.form_number + 1,
            codes_sent=self.state.codes_sent,
        )
        self.changed.emit()

    def choose(self, proof: Proof) -> None:
        """Show by the old password or by a code that it is the holder's wish."""
        self._set(proof=proof, proof_problem="", problem_code="", problem_detail="")

    def type_new(self, password: str) -> None:
        """Judge what is typed."""
        self._set(strength=self._strength(password) if password else None, new_problem="", again_problem="")

    def send_code(self) -> None:
        """Have a code sent to the bound number."""
        if self.state.is_sending:
            return
        self._set(is_sending=True, proof_problem="", problem_code="", problem_detail="")

        def work(progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG001 - one short request
            return self._workspace.api.send_password_code()

        run(work, self._on_sent, self._on_refused)

    def save(self, new: str, again: str, proof: str) -> None:
        """Set the password."""
        if self.state.is_saving:
            return
        is_old = self.state.proof is Proof.OLD
        new_problem = MISSING if not new else "platform.password_weak" if self._strength(new) is Strength.WEAK else ""
        if is_old and new and new == proof:
            new_problem = SAME
        proof_problem = "" if (proof if is_old else CODE.fullmatch(proof)) else WRONG_FORM
        self._set(
            new_problem=new_problem,
            again_problem="" if again == new else DIFFERS,
            proof_problem=proof_problem,
            detail="",
            problem_code="",
            problem_detail="",
        )
        if new_problem or proof_problem or again != new:
            return
        self._set(is_saving=True)
        old, code = (proof, "") if is_old else ("", proof)

        def work(progress: ReportProgress, cancel: CancelToken) -> Strength:  # noqa: ARG001 - one request
            return self._workspace.api.set_password(new, old=old, code=code)

        run(work, self._on_saved, self._on_refused)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _strength(self, password: str) -> Strength:
        return strength_of(password, mobile=own_number(self._workspace.settings.load(), self.state.mobile_masked))

    def _on_sent(self, resend_after_s: int) -> None:
        self._set(is_sending=False, codes_sent=self.state.codes_sent + 1, resend_after_s=resend_after_s)

    def _on_saved(self, _strength: Strength) -> None:
        self._set(is_saving=False, form_number=self.state.form_number + 1)
        self.saved.emit()

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_sending=False, is_saving=False, detail=error.detail)
        if error.code == "platform.password_weak":
            self._set(new_problem=error.code)
        elif error.code.startswith(("platform.password_", "platform.code_", "platform.sms_")):
            self._set(proof_problem=error.code)
        else:
            self._set(problem_code=error.code, problem_detail=error.detail)
