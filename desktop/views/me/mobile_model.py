"""The view-model of changing the bound mobile number: by codes to both numbers, or by papers where the old one is lost.

Either way the change waits before it takes effect and can be cancelled until then (T33). Source: manual 12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.security_api import MobileChangeForm
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.certificates.checks import Paper, read_paper
from desktop.views.certificates.follow_state import MAX_PAPERS, TOO_MANY, uploads_of
from desktop.views.me.field_checks import CODE, MISSING, MOBILE, WRONG_FORM

#: What the platform calls the code to the old number.
_OLD = "mobile_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileInput:
    """The form's texts as typed."""

    new_mobile: str = ""
    new_code: str = ""
    old_code: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Leave the proofs out."""
        return "MobileInput()"


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileState(PageState):
    """The form. Problems are catalogue codes or words of field_checks; `detail` is what the platform said beside one.

    `is_lost`: the old number cannot be read any more. `form_number` grows whenever the form is to be emptied.
    """

    phase: Phase = Phase.NORMAL
    old_masked: str = ""
    has_password: bool = False
    is_lost: bool = False
    mobile_problem: str = ""
    new_code_problem: str = ""
    old_code_problem: str = ""
    password_problem: str = ""
    papers: tuple[Paper, ...] = ()
    papers_problem: str = ""
    detail: str = ""
    is_sending: bool = False
    is_saving: bool = False
    codes_sent: int = 0
    resend_after_s: int = 0
    form_number: int = 0


class MobileModel(ViewModel[MobileState]):
    """Owns the form. `planned` when a change waits for its time, `requested` when the review desk has the papers."""

    planned = Signal()
    requested = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(MobileState(), parent)
        self._workspace = workspace

    # -- intents ---------------------------------------------------------------------------------------------------

    def begin(self, *, has_password: bool, old_masked: str) -> None:
        """Start with an empty form."""
        self._state = MobileState(
            has_password=has_password,
            old_masked=old_masked,
            form_number=self.state.form_number + 1,
            codes_sent=self.state.codes_sent,
        )
        self.changed.emit()

    def set_lost(self, *, is_lost: bool) -> None:
        """Choose between codes to both numbers and papers."""
        self._set(is_lost=is_lost, problem_code="", problem_detail="", old_code_problem="", password_problem="")

    def send_codes(self, new_mobile: str) -> None:
        """Have the codes sent: to the new number, and to the old one where it is not lost."""
        if self.state.is_sending or not self._has_number(new_mobile):
            return
        self._set(is_sending=True, problem_code="", problem_detail="", new_code_problem="", detail="")
        with_old = not self.state.is_lost

        def work(progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG001 - one short request
            return self._workspace.api.send_mobile_codes(new_mobile, with_old=with_old)

        run(work, self._on_sent, self._on_refused)

    def add_papers(self, paths: Sequence[Path]) -> None:
        """Take over papers of identity."""
        fault, papers = "", list(self.state.papers)
        for path in paths:
            try:
                papers.append(read_paper(path))
            except BidSealError as error:
                fault = error.code
        if len(papers) > MAX_PAPERS:
            papers, fault = papers[:MAX_PAPERS], TOO_MANY
        self._set(papers=tuple(papers), papers_problem=fault)

    def remove_paper(self, position: int) -> None:
        """Put a paper away again."""
        papers = self.state.papers
        self._set(papers=papers[:position] + papers[position + 1 :], papers_problem="")

    def submit(self, typed: MobileInput) -> None:
        """Ask for the change."""
        if self.state.is_saving or not self._is_complete(typed):
            return
        self._set(is_saving=True, problem_code="", problem_detail="", detail="")
        api, uploads, is_lost = self._workspace.api, uploads_of(self.state.papers), self.state.is_lost

        def work(progress: ReportProgress, cancel: CancelToken) -> bool:  # noqa: ARG001 - one request
            if is_lost:
                api.change_lost_mobile(typed.new_mobile, typed.new_code, uploads)
            else:
                api.change_mobile(
                    MobileChangeForm(
                        new_mobile=typed.new_mobile,
                        new_code=typed.new_code,
                        old_code=typed.old_code,
                        password=typed.password,
                    )
                )
            return is_lost

        run(work, self._on_taken, self._on_refused)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _has_number(self, mobile: str) -> bool:
        good = MOBILE.fullmatch(mobile) is not None
        self._set(mobile_problem="" if good else WRONG_FORM)
        return good

    def _is_complete(self, typed: MobileInput) -> bool:
        state = self.state
        wants_old, wants_papers = not state.is_lost, state.is_lost
        self._has_number(typed.new_mobile)
        self._set(
            new_code_problem="" if CODE.fullmatch(typed.new_code) else WRONG_FORM,
            old_code_problem=WRONG_FORM if wants_old and not CODE.fullmatch(typed.old_code) else "",
            password_problem=WRONG_FORM if wants_old and state.has_password and not typed.password else "",
            papers_problem=MISSING if wants_papers and not state.papers else "",
        )
        found = self.state
        return not any(
            (
                found.mobile_problem,
                found.new_code_problem,
                found.old_code_problem,
                found.password_problem,
                found.papers_problem,
            )
        )

    def _on_sent(self, resend_after_s: int) -> None:
        self._set(is_sending=False, codes_sent=self.state.codes_sent + 1, resend_after_s=resend_after_s)

    def _on_taken(self, is_lost: bool) -> None:  # noqa: FBT001 - a task's result
        self._set(is_saving=False, form_number=self.state.form_number + 1, papers=())
        (self.requested if is_lost else self.planned).emit()

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_sending=False, is_saving=False, detail=error.detail)
        if error.code in {"platform.mobile_invalid", "platform.mobile_taken"}:
            self._set(mobile_problem=error.code)
        elif error.code.startswith("platform.password_"):
            self._set(password_problem=error.code)
        elif error.code == "platform.code_wrong" and error.detail == _OLD:
            self._set(old_code_problem=error.code)
        elif error.code.startswith(("platform.sms_", "platform.code_")):
            self._set(new_code_problem=error.code)
        else:
            self._set(problem_code=error.code, problem_detail=error.detail)
