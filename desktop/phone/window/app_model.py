"""View-model of the app around the scan: log in, what is on the phone, text messages, certificate password."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.passwords import normal
from desktop.domain.secret import SecretBytes
from desktop.phone.core import Phone, PhoneSession, SmsSent, Strength, secret_password, strength_of
from desktop.phone.core.keystore import Unlocked
from desktop.phone.window.errands import Errands
from desktop.phone.window.inbox import Inbox, Sms
from desktop.phone.window.states import MAIN, PARENT, AppState, Screen
from desktop.ui.page import Phase, ViewModel

SIGNED_OUT = "platform.signed_out"
_POLL_MS = 1500
_BANNER_MS = 8000


class AppModel(ViewModel[AppState]):
    """Intents: `open`, `back`, `send_code`, `log_in`, `log_out`, `refresh`, `discard`, `change_password`, ….

    `screen_opened` comes whenever a page is opened, `person_changed` when somebody else, or nobody, is logged in,
    `unit_changed` when the person acts for another unit.
    """

    screen_opened = Signal(object)
    person_changed = Signal()
    unit_changed = Signal()

    def __init__(
        self, phone: Phone, *, inbox: Inbox | None = None, mobile: str = "", parent: QObject | None = None
    ) -> None:
        super().__init__(AppState(phase=Phase.NORMAL, platform_name=phone.profile.name), parent)
        self._phone = phone
        self._inbox = inbox
        self._mobile = mobile
        self._errands = Errands(self)
        self._polling = False
        self._has_looked = False
        self._person = 0
        self._poll_timer = QTimer(self)
        self._poll_timer.setInterval(_POLL_MS)
        self._poll_timer.timeout.connect(self.poll_messages)
        self._banner_timer = QTimer(self)
        self._banner_timer.setSingleShot(True)
        self._banner_timer.setInterval(_BANNER_MS)
        self._banner_timer.timeout.connect(self.dismiss_banner)
        if inbox is not None:
            self._poll_timer.start()
            self.poll_messages()

    @property
    def mobile(self) -> str:
        """The number to log in with, as far as it is known."""
        return self._mobile

    # -- moving about ----------------------------------------------------------------------------------------------

    def open(self, screen: Screen) -> None:
        """Show a page."""
        self._set(screen=screen, problem_code="", problem_detail="", notice="", tries_left=0, busy=False)
        if screen in (Screen.HOME, Screen.CERTIFICATES, Screen.SEALS):
            self.refresh()
        if screen in MAIN:
            self.look_after_account()
        self.screen_opened.emit(screen)

    def back(self) -> None:
        """Go back to where the page belongs."""
        self.open(PARENT.get(self.state.screen, self.state.screen))

    def show_certificate(self, entry_id: str) -> None:
        """Show one certificate."""
        self._set(selected=entry_id)
        self.open(Screen.CERTIFICATE)

    # -- account ---------------------------------------------------------------------------------------------------

    def send_code(self, mobile: str) -> None:
        """Have a login code sent."""
        self._mobile = mobile
        self._set(busy=True, problem_code="")
        self._run(lambda: self._phone.send_sms(mobile), self._code_sent)

    def log_in(self, mobile: str, code: str) -> None:
        """Log in or register by the code."""
        self._mobile = mobile
        self._set(busy=True, problem_code="")
        self._run(lambda: self._begun(self._phone.log_in_by_sms(mobile, code)), self._logged_in)

    def log_in_by_password(self, mobile: str, password: str) -> None:
        """Log in by number and login password."""
        self._mobile = mobile
        typed = login_secret(password)
        self._set(busy=True, problem_code="")
        self._run(lambda: self._begun(self._phone.log_in_by_password(mobile, typed)), self._logged_in)

    def forget_problem(self) -> None:
        """Put away what was said: the person goes another way."""
        self._set(problem_code="", problem_detail="")

    def log_out(self) -> None:
        """End the session; certificates stay on the phone."""
        self._run(self._phone.log_out, lambda _: None)
        self._leave()

    def session_ended(self) -> None:
        """The platform has ended the session, or another device has: to the login page, and say so."""
        if self.state.session is None:
            return
        self._phone.forget_session()
        self._leave()
        self._set(problem_code=SIGNED_OUT)

    def look_after_account(self) -> None:
        """Ask who one is by now (a role may have changed), and whether there is something to read."""
        if self.state.session is None or not self._phone.is_logged_in:
            return
        phone, person = self._phone, self._person

        def done(found: tuple[PhoneSession, int, bool]) -> None:
            if person == self._person:
                self._set(session=found[0], unread=found[1], is_log_contradicted=found[2])
                self._keep_unit()

        def failed(error: BidSealError) -> None:
            # In passing: what cannot be had now is asked for again with the next page.
            if person == self._person and error.code == SIGNED_OUT:
                self.session_ended()

        self._run(lambda: (phone.me(), phone.security.unread_notices(), phone.log.look()), done, failed)

    def choose_unit(self, organization_id: str) -> None:
        """Act for another of one's units."""
        if organization_id != self.state.organization_id:
            self._set(organization_id=organization_id)
            self.unit_changed.emit()

    def learn_of_password(self) -> None:
        """The account has a login password from now on."""
        if self.state.session is not None:
            self._set(session=replace(self.state.session, has_password=True))

    def set_unread(self, count: int) -> None:
        """Say how many notices are unread."""
        self._set(unread=count)

    # -- what is on the phone --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read certificates and seals again."""
        phone = self._phone
        self._run(lambda: (phone.certificates(), phone.unfinished_downloads(), phone.seals()), self._refreshed)
        # What waits for the platform goes now; nobody waits for it.
        self._errands.aside(phone.settle)

    def discard(self, entry_id: str) -> None:
        """Delete the keys of an unfinished download."""
        self._run(lambda: self._phone.discard_download(entry_id), lambda _: self.refresh())

    def complete_downloads(self) -> None:
        """Fetch certificates of unfinished downloads from the platform."""
        self._set(busy=True, problem_code="", notice="")
        self._run(self._phone.complete_downloads, self._completed)

    def change_password(self, old: str, new: str, repeated: str) -> None:
        """Change the shown certificate's password."""
        if strength_of(new) is Strength.TOO_WEAK:
            self._set(problem_code="phone.password_weak")
            return
        if new != repeated:
            self._set(problem_code="phone.password_differs")
            return
        entry_id, before, after = self.state.selected, secret_password(old), secret_password(new)
        self._set(busy=True, problem_code="")
        self._run(lambda: self._phone.change_password(entry_id, before, after), self._password_changed)

    # -- text messages ---------------------------------------------------------------------------------------------

    def poll_messages(self) -> None:
        """Look for new text messages."""
        inbox = self._inbox
        if inbox is None or self._polling:
            return
        self._polling = True
        self._run(inbox.messages, self._messages_came, self._no_messages)

    def dismiss_banner(self) -> None:
        """Put the banner away; the message stays in the inbox."""
        self._banner_timer.stop()
        self._set(banner=None)

    def stop(self) -> None:
        """Wind up when the window goes."""
        self._poll_timer.stop()
        self._banner_timer.stop()
        self._errands.wind_up()

    # -- small parts -----------------------------------------------------------------------------------------------

    def _begun(self, session: PhoneSession) -> PhoneSession:
        """On a worker, after a login."""
        try:
            # Certificates that a lost receipt left behind come home with the next login.
            self._phone.complete_downloads()
        except BidSealError:
            return session
        return session

    def _code_sent(self, sent: SmsSent) -> None:
        self._set(busy=False, resend_after_s=sent.resend_after_s, sent_count=self.state.sent_count + 1)
        self.poll_messages()

    def _logged_in(self, session: PhoneSession) -> None:
        self._person += 1
        self._set(busy=False, session=session, organization_id="", unread=0)
        self._keep_unit()
        self.person_changed.emit()
        self.open(Screen.HOME)

    def _keep_unit(self) -> None:
        """Go on acting for the unit that was chosen, whatever units come; for the first one where it is gone."""
        unit = self.state.organization
        self.choose_unit(unit.organization_id if unit is not None else "")

    def _leave(self) -> None:
        self._person += 1
        self._set(session=None, organization_id="", unread=0)
        self.person_changed.emit()
        self.open(Screen.LOGIN)

    def _refreshed(self, found: tuple[tuple[object, ...], ...]) -> None:
        certificates, unfinished, seals = found
        self._set(certificates=certificates, unfinished=unfinished, seals=seals)

    def _completed(self, count: int) -> None:
        self._set(busy=False, notice="completed" if count else "nothing_yet")
        self.refresh()

    def _password_changed(self, unlocked: Unlocked) -> None:
        if unlocked.keys is None:
            code = "phone.wrong_password" if unlocked.tries_left else "phone.locked"
            self._set(busy=False, problem_code=code, tries_left=unlocked.tries_left)
            return
        self.open(Screen.CERTIFICATE)
        self._set(notice="password_changed")

    def _messages_came(self, messages: tuple[Sms, ...]) -> None:
        self._polling = False
        known = set(self.state.messages)
        new = [m for m in messages if m not in known]
        # What lies there when the phone is switched on is no news.
        is_news, self._has_looked = self._has_looked, True
        self._set(messages=messages)
        if new and is_news:
            self._set(banner=new[0])
            if self._phone.is_logged_in:
                self._banner_timer.start()
            else:
                # Before the login there is no inbox to look the code up in: the message stays until it is put away.
                self._banner_timer.stop()

    def _no_messages(self, _: BidSealError) -> None:
        self._polling = False

    def _failed(self, error: BidSealError) -> None:
        self._set(busy=False, problem_code=error.code, problem_detail=error.detail)

    def _run(
        self, work: Callable[[], object], on_done: Callable[..., object], on_error: Callable[..., object] | None = None
    ) -> None:
        self._errands.run(work, on_done, on_error or self._failed)


def login_secret(typed: str) -> SecretBytes:
    """Turn a typed login password into the form that is sent, the same on every keyboard."""
    return SecretBytes(normal(typed).encode("utf-8", "replace"))
