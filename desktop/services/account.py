"""Who is signed in at the workstation, for which organization, and how long that is remembered."""

import json
import logging
import threading

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import MemberRole, OrganizationKind, PlatformRole
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.portal.records import Account, Membership, SignedIn
from desktop.services.events import Changed, EventBus
from desktop.store.secrets import SecretStore

log = logging.getLogger(__name__)

_REMEMBERED = "session"


class AccountService:
    """The session of this workstation. Thread-safe; publishes Changed.SESSION at every change.

    A session that the platform has ended is kept, so that its person can log in again and go on: Changed.SESSION_ENDED.
    """

    def __init__(
        self, *, http: HttpClient, secrets: SecretStore, clock: Clock, bus: EventBus, device: str = ""
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        self._bus = bus
        #: What this client is called in the account's list of sessions.
        self.device = device
        self._lock = threading.Lock()
        #: Around each change of the session and of what is remembered of it; the keyring may ask the user meanwhile.
        self._changing = threading.Lock()
        self._token: str | None = None
        self._account: Account | None = None
        self._memberships: tuple[Membership, ...] = ()
        self._current = ""
        self._is_ended = False
        http.on_refused_bearer = self._on_refused
        self.api = PlatformApi(http, self.token)

    # -- what can be seen ------------------------------------------------------------------------------------------

    def token(self) -> str | None:
        """Return the bearer of the current session; for the API only."""
        with self._lock:
            return self._token

    @property
    def account(self) -> Account | None:
        """The signed-in person."""
        with self._lock:
            return self._account

    @property
    def is_ended(self) -> bool:
        """Whether the platform has ended the session of the person who still works here."""
        with self._lock:
            return self._is_ended and self._account is not None

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The person's organizations."""
        with self._lock:
            return self._memberships

    @property
    def organization(self) -> Membership | None:
        """The organization that the person acts for now."""
        with self._lock:
            return next((m for m in self._memberships if m.organization_id == self._current), None)

    @property
    def is_operator(self) -> bool:
        """Whether the signed-in person works at the platform's review desk."""
        account = self.account
        return account is not None and account.role is PlatformRole.OPERATOR

    @property
    def is_agent(self) -> bool:
        """Whether the current organization is a tender agency (招标代理)."""
        organization = self.organization
        return organization is not None and organization.kind is OrganizationKind.AGENCY

    @property
    def is_admin(self) -> bool:
        """Whether the person is certificate admin of the current organization."""
        organization = self.organization
        return organization is not None and organization.role is MemberRole.CERTIFICATE_ADMIN

    # -- use cases -------------------------------------------------------------------------------------------------

    def send_code(self, mobile: str) -> int:
        """Have an SMS code sent; return the seconds until the next one may be asked for."""
        return self.api.send_sms_code(mobile)

    def sign_in_by_sms(self, mobile: str, code: str, *, remember: bool) -> SignedIn:
        """Log in or register by SMS code."""
        session = self.api.sign_in_by_sms(mobile, code, device=self.device)
        self.adopt(session, remember=remember)
        return session

    def sign_in_by_password(self, mobile: str, password: str, *, remember: bool) -> SignedIn:
        """Log in by the number and its login password."""
        session = self.api.sign_in_by_password(mobile, password, device=self.device)
        self.adopt(session, remember=remember)
        return session

    def adopt(self, session: SignedIn, *, remember: bool) -> bool:
        """Make `session` the current one; return whether it will be remembered."""
        remembered = False
        with self._changing:
            with self._lock:
                self._token, self._is_ended = session.token, False
                self._account = session.account
                self._set_memberships(session.organizations)
            if remember:
                value = json.dumps({"token": session.token, "expires_at": session.expires_at.isoformat()})
                remembered = self._secrets.set(_REMEMBERED, value)
        self._bus.publish(Changed.SESSION)
        return remembered

    def can_remember(self) -> bool:
        """Tell whether this machine has a keyring that can keep a session; may take a moment."""
        return self._secrets.is_usable()

    def resume(self) -> bool:
        """Take up a remembered session, if there is one that still holds; who has signed in meanwhile stays."""
        stored = self._secrets.get(_REMEMBERED)
        if not stored:
            return False
        bearer = str(json.loads(stored)["token"])
        with self._lock:
            if self._account is not None:
                return False
            self._token = bearer
        try:
            self.refresh()
        except RejectedError:
            self._forget(bearer)
            return False
        return True

    def refresh(self) -> None:
        """Ask the platform anew who we are and for whom we may act.

        An answer that comes after somebody has signed in or out is of a session before, and says nothing.

        Raises:
            BidSealError: the session does not hold, or the platform cannot be asked.
        """
        bearer = self.token()
        account, memberships = self.api.me()
        with self._lock:
            if bearer != self._token:
                return
            self._account = account
            self._set_memberships(memberships)
        self._bus.publish(Changed.SESSION)

    def switch_organization(self, organization_id: str) -> None:
        """Act for another of the person's organizations."""
        with self._lock:
            self._current = organization_id
        self._bus.publish(Changed.SESSION)

    def sign_out(self) -> None:
        """End the session here, and at the platform if it can be reached."""
        bearer = self.token()
        try:
            self.api.sign_out()
        except BidSealError as error:
            log.info("session not ended at the platform: %s", error.code)
        self._forget(bearer)
        self._bus.publish(Changed.SESSION)

    def sign_out_everywhere(self) -> int:
        """End all sessions of the account, this one last; return how many others there were.

        Raises:
            BidSealError: the platform cannot be asked; then this session goes on, so that it can be tried again.
        """
        ended = self.api.end_other_sessions()
        self.sign_out()
        return ended

    def _forget(self, bearer: str | None) -> None:
        """Forget the session of `bearer`; a later one stays."""
        with self._changing:
            with self._lock:
                if bearer != self._token:
                    return
                self._token, self._is_ended = None, False
                self._account = None
                self._memberships = ()
                self._current = ""
            self._secrets.delete(_REMEMBERED)

    def _on_refused(self, bearer: str) -> None:
        """Note that the platform has ended the session; an answer to an earlier one says nothing of it."""
        with self._lock:
            if bearer != self._token or self._is_ended or self._account is None:
                return
            self._is_ended = True
        self._bus.publish(Changed.SESSION_ENDED)

    def _set_memberships(self, memberships: tuple[Membership, ...]) -> None:
        self._memberships = memberships
        if not any(m.organization_id == self._current for m in memberships):
            self._current = memberships[0].organization_id if memberships else ""
