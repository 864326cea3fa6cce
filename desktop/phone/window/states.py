"""What the phone's pages show: frozen states of its two view-models."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.operations import Operation
from desktop.phone.core import (
    ConsentView,
    PhoneCertificate,
    PhoneOrganization,
    PhoneOutcome,
    PhoneSession,
    StoredSeal,
    UnfinishedDownload,
)
from desktop.phone.window.inbox import Sms
from desktop.protocol.codec import Value
from desktop.ui.page import PageState


class Screen(StrEnum):
    """The app's own pages."""

    LOGIN = "login"
    HOME = "home"
    CERTIFICATES = "certificates"
    CERTIFICATE = "certificate"
    PASSWORD = "password"  # noqa: S105 - the name of a page
    FORGOTTEN = "forgotten"
    SEALS = "seals"
    INBOX = "inbox"
    ME = "me"
    FOLLOW = "follow"
    SEAL_APPLICATION = "seal_application"
    UNIT = "unit"
    GRANT = "grant"
    RECORDS = "records"
    SECURITY = "security"
    LOGIN_PASSWORD = "login_password"  # noqa: S105 - the name of a page
    MOBILE = "mobile"
    DEVICES = "devices"
    NOTICES = "notices"


#: Where "back" leads.
PARENT: dict[Screen, Screen] = {
    Screen.CERTIFICATES: Screen.HOME,
    Screen.CERTIFICATE: Screen.CERTIFICATES,
    Screen.PASSWORD: Screen.CERTIFICATE,
    Screen.FORGOTTEN: Screen.CERTIFICATE,
    Screen.SEALS: Screen.HOME,
    Screen.INBOX: Screen.ME,
    Screen.ME: Screen.HOME,
    Screen.FOLLOW: Screen.CERTIFICATES,
    Screen.SEAL_APPLICATION: Screen.SEALS,
    Screen.UNIT: Screen.HOME,
    Screen.GRANT: Screen.UNIT,
    Screen.RECORDS: Screen.HOME,
    Screen.SECURITY: Screen.ME,
    Screen.LOGIN_PASSWORD: Screen.SECURITY,
    Screen.MOBILE: Screen.SECURITY,
    Screen.DEVICES: Screen.SECURITY,
    Screen.NOTICES: Screen.ME,
}
#: Pages with the lower bar 主页 / 我的.
MAIN = frozenset({Screen.HOME, Screen.ME})


@dataclass(frozen=True, slots=True, kw_only=True)
class AppState(PageState):
    """Everything but a scan. `problem_code` belongs to the page shown."""

    screen: Screen = Screen.LOGIN
    platform_name: str = ""
    busy: bool = False
    resend_after_s: int = 0
    sent_count: int = 0
    session: PhoneSession | None = None
    certificates: tuple[PhoneCertificate, ...] = ()
    unfinished: tuple[UnfinishedDownload, ...] = ()
    seals: tuple[StoredSeal, ...] = ()
    selected: str = ""
    organization_id: str = ""
    unread: int = 0
    is_log_contradicted: bool = False
    tries_left: int = 0
    messages: tuple[Sms, ...] = ()
    banner: Sms | None = None
    notice: str = ""

    @property
    def certificate(self) -> PhoneCertificate | None:
        """The certificate that the detail page shows."""
        return next((c for c in self.certificates if c.entry_id == self.selected), None)

    @property
    def organization(self) -> PhoneOrganization | None:
        """The unit that the person acts for: the chosen one, else the first."""
        units = self.session.organizations if self.session is not None else ()
        return next((o for o in units if o.organization_id == self.organization_id), units[0] if units else None)

    @property
    def is_admin(self) -> bool:
        """Whether the person is certificate admin of that unit."""
        return self.organization is not None and self.organization.is_administered


class Stage(StrEnum):
    """Where a scan stands, as pages."""

    IDLE = "idle"
    LOOKING = "looking"
    NOT_FOUND = "not_found"
    CONNECTING = "connecting"
    CONSENT = "consent"
    WAITING = "waiting"
    #: Camera mode: the answer as codes; looking back at the computer for its receipt.
    CODES = "codes"
    CHECKING = "checking"
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanState(PageState):
    """A scan. `problem_code` on the consent page is about the input, on NOT_FOUND and RESULT about the scan.

    In camera mode `read` of `to_read` parts have been seen, and `codes` are shown one after the other.
    """

    stage: Stage = Stage.IDLE
    view: ConsentView | None = None
    operation: Operation | None = None
    chosen: str = ""
    busy: bool = False
    tries_left: int = 0
    remaining_s: int = 0
    may_extend: bool = False
    codes: tuple[str, ...] = ()
    needs_receipt: bool = False
    read: int = 0
    to_read: int = 0
    outcome: PhoneOutcome | None = None
    details: tuple[Mapping[str, Value], ...] = ()
