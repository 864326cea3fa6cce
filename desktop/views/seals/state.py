"""What the page of seals shows."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.operations import CertificateState, SealKind, SealState
from desktop.portal.records import Certificate, Seal
from desktop.signing.imprint.model import CutOut
from desktop.ui.page import PageState
from desktop.views.seals.checks import Field, Scan

_USABLE = {CertificateState.VALID, CertificateState.EXPIRES_SOON}


class Place(StrEnum):
    """Which panel is open."""

    LIST = "list"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the fields are to be filled with; `number` grows with each new proposal."""

    number: int = 0
    name: str = ""
    width: str = ""
    height: str = ""
    #: Replaces what a person has typed, too.
    is_firm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SealsState(PageState):
    """Seals with their pictures, and the application being filled in.

    A `problem_code` beside the normal face is shown above the open panel. `enrolled` are the credit codes that this
    workstation is enrolled for. `form_number` grows whenever the form is to be emptied, `refused_number` with each
    submission that something is wrong with. `entered` is the size of the seal that is applied for again.
    """

    place: Place = Place.LIST
    seals: tuple[Seal, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    enrolled: frozenset[str] = frozenset()
    imprints: tuple[tuple[str, bytes], ...] = ()
    certificate_serial: str = ""
    kind: SealKind = SealKind.OFFICIAL
    scan: Scan | None = None
    cut: CutOut | None = None
    entered: tuple[str, str] = ("", "")
    is_cutting: bool = False
    proposal: Proposal = field(default_factory=Proposal)
    form_number: int = 0
    faults: tuple[tuple[Field, str], ...] = ()
    is_submitting: bool = False
    refused_number: int = 0
    applied_number: int = 0

    @property
    def choices(self) -> tuple[Certificate, ...]:
        """Certificates that a seal can be bound to: the person's own that hold."""
        return tuple(c for c in self.certificates if c.mine and c.state in _USABLE)

    @property
    def chosen(self) -> Certificate | None:
        """The certificate that the application is for."""
        return next((c for c in self.choices if c.serial == self.certificate_serial), None)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody else will change what is shown."""
        return any(s.state is SealState.PENDING_REVIEW for s in self.seals)

    def bound_certificate(self, seal: Seal) -> Certificate | None:
        """Return the certificate that a seal is bound to."""
        return next((c for c in self.certificates if c.serial == seal.certificate_serial), None)

    def may_be_claimed(self, seal: Seal) -> bool:
        """Tell whether the claim of `seal` can start here now: approved, and the workstation enrolled."""
        bound = self.bound_certificate(seal)
        return seal.state is SealState.APPROVED and bound is not None and bound.credit_code in self.enrolled

    def has_ended(self, seal: Seal) -> bool:
        """Tell whether a seal in use cannot be used any more, since its certificate has expired."""
        bound = self.bound_certificate(seal)
        return seal.state is SealState.CLAIMED and bound is not None and bound.state is CertificateState.EXPIRED

    def may_be_applied_for_again(self, seal: Seal) -> bool:
        """Tell whether a new application can be made of what was entered for `seal`."""
        is_over = seal.state in {SealState.VOID, SealState.REJECTED} or self.has_ended(seal)
        return is_over and bool(self.choices)

    @property
    def needs_enrolment(self) -> bool:
        """Whether a claim waits for this workstation to be enrolled."""
        return any(s.state is SealState.APPROVED and not self.may_be_claimed(s) for s in self.seals)
