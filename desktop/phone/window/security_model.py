"""账号与安全: login password, bound mobile number, login devices (manual, 12)."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.domain.errors import BidSealError
from desktop.domain.operations import MobileChangeState
from desktop.domain.passwords import Strength, strength_of
from desktop.phone.core import Phone
from desktop.phone.core.account import MOBILE
from desktop.phone.core.people import Paper, uploads_of
from desktop.phone.core.platform_views import LoginDevice, MobileChange, MobileChangeForm
from desktop.phone.window.app_model import AppModel, login_secret
from desktop.phone.window.module_model import ModuleState, WithPapers
from desktop.phone.window.states import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityState(ModuleState):
    """What the security pages show. `sent_count` grows with each sending, `form_number` when forms are emptied."""

    devices: tuple[LoginDevice, ...] = ()
    changes: tuple[MobileChange, ...] = ()
    by_code: bool = False
    is_lost: bool = False
    papers: tuple[Paper, ...] = ()
    resend_after_s: int = 0
    sent_count: int = 0
    form_number: int = 0

    @property
    def pending_change(self) -> MobileChange | None:
        """The change of number that has not taken effect."""
        return next((c for c in self.changes if c.state is MobileChangeState.PENDING), None)


class SecurityModel(WithPapers[SecurityState]):
    """Intents of 账号与安全 and its pages."""

    def __init__(self, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(SecurityState(), phone, app, parent)

    def enter(self, screen: Screen) -> None:
        """A page of this module was opened: begin with an empty form, and look."""
        has_password = self._has_password
        self._set(
            by_code=screen is Screen.LOGIN_PASSWORD and not has_password,
            is_lost=False,
            papers=(),
            faults=(),
            problem_code="",
            problem_detail="",
            form_number=self.state.form_number + 1,
        )
        if screen is not Screen.SECURITY:
            self._set(notice="")
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        security = self._phone.security
        self._load(lambda: (security.devices(), security.mobile_changes()), self._loaded)

    # -- login password --------------------------------------------------------------------------------------------

    def choose_proof(self, how: str) -> None:
        """Prove oneself by the old password, or by a code to the bound number."""
        self._set(by_code=how == "code", faults=(), problem_code="")

    def send_password_code(self) -> None:
        """Have a code sent to the bound number."""
        self._send(self._phone.security.send_password_code, self._code_sent)

    def set_password(self, *, old: str, code: str, new: str, repeated: str) -> None:
        """Set the login password."""
        faults: dict[str, str] = {}
        if strength_of(new) is Strength.WEAK:
            faults["new"] = "platform.password_weak"
        elif new != repeated:
            faults["repeated"] = "phone.login_password_differs"
        self._set(faults=tuple(faults.items()))
        if faults:
            return
        by_code, security = self.state.by_code, self._phone.security
        fresh, before = login_secret(new), None if by_code else login_secret(old)

        def work() -> Strength:
            return security.set_password(fresh, old=before, code=code if by_code else "")

        self._send(work, self._password_set)

    # -- bound number ----------------------------------------------------------------------------------------------

    def choose_lost(self, how: str) -> None:
        """The old number still works, or is lost."""
        self._set(is_lost=how == "lost", faults=(), problem_code="", papers=())

    def send_mobile_codes(self, new_mobile: str) -> None:
        """Have codes sent to both numbers, or to the new one only."""
        if not self._is_new(new_mobile):
            return
        with_old = not self.state.is_lost
        self._send(lambda: self._phone.security.send_mobile_codes(new_mobile, with_old=with_old), self._code_sent)

    def change_mobile(self, *, new_mobile: str, new_code: str, old_code: str, password: str) -> None:
        """Plan the change."""
        state, security = self.state, self._phone.security
        if not self._is_new(new_mobile):
            return
        if state.is_lost:
            if not state.papers:
                self._set_fault("papers", "phone.papers_missing")
                return
            papers = uploads_of(state.papers)
            self._send(
                lambda: security.change_lost_mobile(new_mobile, new_code, papers), lambda _: self._planned("lost_sent")
            )
            return
        secret = login_secret(password).reveal().decode()
        form = MobileChangeForm(new_mobile=new_mobile, new_code=new_code, old_code=old_code, password=secret)
        self._send(lambda: security.change_mobile(form), lambda _: self._planned("change_planned"))

    def cancel_change(self) -> None:
        """Cancel a change that has not taken effect."""
        change, security = self.state.pending_change, self._phone.security
        if change is not None:
            self._send(
                lambda: security.cancel_mobile_change(change.change_id), lambda _: self._planned("change_cancelled")
            )

    def touch(self, part: str) -> None:
        """The person is correcting a part."""
        self._set_fault(part, "")

    # -- login devices ---------------------------------------------------------------------------------------------

    def end_device(self, session_id: str) -> None:
        """End one login."""
        self._send(lambda: self._phone.security.end_device(session_id), lambda _: self._ended())

    def end_others(self) -> None:
        """End all logins but this one."""
        self._send(self._phone.security.end_other_devices, lambda _: self._ended())

    # -- small parts -----------------------------------------------------------------------------------------------

    @property
    def _has_password(self) -> bool:
        session = self._app.state.session
        return session is not None and session.has_password

    def _is_new(self, new_mobile: str) -> bool:
        fault = "" if MOBILE.fullmatch(new_mobile) else "phone.mobile_malformed"
        if not fault and new_mobile == self._app.mobile:
            fault = "phone.mobile_same"
        self._set_fault("mobile", fault)
        return not fault

    def _loaded(self, found: tuple[tuple[LoginDevice, ...], tuple[MobileChange, ...]]) -> None:
        devices, changes = found
        self._set(devices=devices, changes=changes, is_loading=False)

    def _code_sent(self, resend_after_s: int) -> None:
        self._set(is_busy=False, resend_after_s=resend_after_s, sent_count=self.state.sent_count + 1)
        self._app.poll_messages()

    def _password_set(self, _strength: Strength) -> None:
        self._set(is_busy=False)
        self._app.learn_of_password()
        self._app.open(Screen.SECURITY)
        self._set(notice="password_set")

    def _planned(self, notice: str) -> None:
        self._set(is_busy=False, papers=(), form_number=self.state.form_number + 1, notice=notice)
        self.refresh()

    def _ended(self) -> None:
        self._set(is_busy=False, notice="devices_ended")
        self.refresh()

    def _failed(self, error: BidSealError) -> None:
        where = {
            "platform.password_weak": "new",
            "platform.mobile_taken": "mobile",
            "platform.mobile_invalid": "mobile",
        }.get(error.code)
        if where is None:
            super()._failed(error)
        else:
            self._set(is_busy=False)
            self._set_fault(where, error.code)
