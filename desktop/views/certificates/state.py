"""What the page of certificates shows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.crypto.certificates import read_certificate
from desktop.domain.operations import CertificateState, GrantState, OrderKind, OrderState
from desktop.portal.records import Certificate, Order
from desktop.portal.unit_records import Grant
from desktop.ui.page import PageState
from desktop.views.certificates.checks import Field, OrderInput, Paper
from desktop.views.certificates.follow_state import Way

_UNDER_WAY = (OrderState.PENDING_REVIEW, OrderState.APPROVED)


class Place(StrEnum):
    """Which panel is open."""

    OVERVIEW = "overview"
    ORDER = "order"
    DETAIL = "detail"
    FOLLOW = "follow"
    UNIT = "unit"


class ChainWord(StrEnum):
    """What is known of a certificate's path now."""

    CHECKING = "checking"
    GOOD = "good"
    BAD = "bad"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One certificate of a path, from the root down."""

    name: str
    serial: str
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the certificates themselves say; the path is judged against the platform's profile."""

    links: tuple[Link, ...] = ()
    sign_sha256: str = ""
    enc_sha256: str = ""
    word: ChainWord = ChainWord.CHECKING
    problem_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What a download has brought: of which kind of order, and how many seals go on with it."""

    kind: OrderKind
    seals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesState(PageState):
    """Orders and certificates, the one looked at, and the order being filled in.

    A `problem_code` beside the normal face is shown above the open panel. `form_number` grows whenever the form is to
    be filled anew from `draft`; `placed_number` and `exported_number` grow with each success, for the short message;
    `refused_number` grows with each submission that something is wrong with. `claimable` are the grants to the person's
    mobile number; `arrived` is what the last download here brought, until it has been seen.
    """

    place: Place = Place.OVERVIEW
    orders: tuple[Order, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    claimable: tuple[Grant, ...] = ()
    arrived: Arrived | None = None
    in_unit: bool = False
    may_rename: bool = False
    unit_name: str = ""
    serial: str = ""
    detail: Detail | None = None
    draft: OrderInput = field(default_factory=OrderInput)
    form_number: int = 0
    papers: tuple[tuple[Field, Paper], ...] = ()
    faults: tuple[tuple[Field, str], ...] = ()
    admin_name: str = ""
    is_submitting: bool = False
    refused_number: int = 0
    placed_number: int = 0
    exported_number: int = 0

    @property
    def certificate(self) -> Certificate | None:
        """The certificate looked at."""
        return next((c for c in self.certificates if c.serial == self.serial), None)

    @property
    def open_orders(self) -> tuple[Order, ...]:
        """Orders with something to do or to wait for: downloads first, then refusals, then reviews."""
        rank = {OrderState.APPROVED: 0, OrderState.REJECTED: 1, OrderState.PENDING_REVIEW: 2}
        wanted = [o for o in self.orders if o.state in rank and not self._is_replaced(o)]
        return tuple(sorted(wanted, key=lambda o: rank[o.state]))

    @property
    def past_orders(self) -> tuple[Order, ...]:
        """All other orders."""
        now = {o.order_id for o in self.open_orders}
        return tuple(o for o in self.orders if o.order_id not in now)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody else will change what is shown."""
        return any(o.state is OrderState.PENDING_REVIEW for o in self.orders) or any(
            g.state is GrantState.PENDING_REVIEW for g in self.claimable
        )

    @property
    def ways(self) -> tuple[Way, ...]:
        """Which applications the certificate looked at is open to: its holder's, while it holds and none has followed.

        A way with an application under way is left out; the order stands in the overview.
        """
        certificate = self.certificate
        if certificate is None or not certificate.mine or certificate.successor:
            return ()
        if certificate.state not in {CertificateState.VALID, CertificateState.EXPIRES_SOON}:
            return ()
        under_way = {o.kind for o in self.orders if o.predecessor == certificate.serial and o.state in _UNDER_WAY}
        ways = []
        if certificate.state is CertificateState.EXPIRES_SOON and OrderKind.RENEW not in under_way:
            ways.append(Way.RENEW)
        if OrderKind.CHANGE not in under_way and (self.may_rename or self._is_renamed(certificate)):
            ways.append(Way.CHANGE)
        if OrderKind.REISSUE not in under_way:
            ways.append(Way.REISSUE)
        return tuple(ways)

    def _is_renamed(self, certificate: Certificate) -> bool:
        """Tell whether the unit has another name by now than the certificate."""
        return bool(self.unit_name) and self.unit_name != read_certificate(certificate.sign_cert).organization

    def _is_replaced(self, order: Order) -> bool:
        """Tell whether a refused order was followed by another for the same unit and certificate."""
        return order.state is OrderState.REJECTED and any(
            (o.credit_code, o.predecessor) == (order.credit_code, order.predecessor) and o.created_at > order.created_at
            for o in self.orders
        )


def accepted_units(orders: tuple[Order, ...]) -> set[object]:
    """Return the units that accepted orders speak of, by credit code; with their new names where they were changed."""
    good = [o for o in orders if o.state in {OrderState.APPROVED, OrderState.COMPLETED}]
    changed = {(o.credit_code, o.organization_name) for o in good if o.kind is OrderKind.CHANGE}
    return {o.credit_code for o in good} | changed
