"""What the phone's screens see: frozen snapshots, no keys, no secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.ids import SerialNumber
from desktop.domain.operations import CertificateState, Operation, SealKind
from desktop.protocol.codec import Value
from desktop.protocol.display import ConsentText


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCertificate:
    """A mobile certificate on this phone."""

    entry_id: str
    serial: SerialNumber
    enc_serial: SerialNumber
    holder: str
    organization: str
    credit_code: str
    suite: str
    not_before: datetime
    not_after: datetime
    state: CertificateState
    tries_left: int
    sign_certificate: bytes
    enc_certificate: bytes
    sha256: bytes

    @property
    def is_locked(self) -> bool:
        """Whether ten wrong passwords have locked it."""
        return self.tries_left == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedDownload:
    """Keys whose certificates have not arrived (未完成的下载)."""

    entry_id: str
    order_id: str
    holder: str
    organization: str
    suite: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSeal:
    """A claimed seal on this phone; `data` is the signed seal object."""

    seal_id: str
    name: str
    kind: SealKind | None
    organization: str
    certificate_sha256: bytes
    imprint_png: bytes
    width_mm: float
    height_mm: float
    not_before: datetime | None
    not_after: datetime | None
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """The consent page. `code` is empty when the holder has to type the one on the desktop (`needs_code`).

    `near_text` may then be shown to the desktop's camera instead, as a QR code. `changes_password`: besides the
    password a new one is asked for.
    """

    operation: Operation
    text: ConsentText
    code: str
    certificates: tuple[PhoneCertificate, ...]
    needs_code: bool
    needs_new_password: bool
    is_signed: bool
    clock_differs: bool
    has_extended: bool
    near_text: str = ""
    changes_password: bool = False

    @property
    def is_locked(self) -> bool:
        """Whether every certificate that could answer is locked."""
        return bool(self.certificates) and all(c.is_locked for c in self.certificates)


class ApproveState(StrEnum):
    """What came of approving."""

    SENT = "sent"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a state
    LOCKED = "locked"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - the name of a state
    CODE_MISMATCH = "code_mismatch"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveResult:
    """`tries_left` counts for WRONG_PASSWORD; after WRONG_PASSWORD and WEAK_PASSWORD the holder may try again."""

    state: ApproveState
    tries_left: int = 0


class PhoneOutcome(StrEnum):
    """The named state in which every scan ends on the phone."""

    DONE = "done"
    PARTIAL = "partial"
    REFUSED = "refused"
    FAILED = "failed"
    ENDED = "ended"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    STALE = "stale"
    TAKEN = "taken"
    REJECTED = "rejected"
    EXPIRED = "expired"
    UNREACHABLE = "unreachable"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneResult:
    """How a scan ended. `code` is of the problem catalogue, empty after a success; `details` are the receipt's items.

    ENDED: the desktop ended it, `code` says why. REJECTED: the phone refused what it was sent. UNCONFIRMED: the answer
    went out and no receipt came; look at the desktop.
    """

    outcome: PhoneOutcome
    code: str = ""
    details: tuple[Mapping[str, Value], ...] = ()

    @property
    def is_success(self) -> bool:
        """Whether everything was done."""
        return self.outcome is PhoneOutcome.DONE
