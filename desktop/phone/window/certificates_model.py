"""数字证书 as the platform knows it: states of certificates, orders on their way, grants to claim; beside what is here.

What is on the phone is listed even when the platform cannot be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QObject

from desktop.domain.operations import CertificateState, GrantState, OrderState
from desktop.phone.core import Phone, PhoneCertificate
from desktop.phone.core.platform_views import Grant, ListedCertificate, Order
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.module_model import ModuleModel, ModuleState


class Tab(StrEnum):
    """The two lists of the page."""

    MINE = "mine"
    CLAIMABLE = "claimable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateItem:
    """One certificate of the person: on this phone (`local`), in the platform's list (`listed`), or in both."""

    serial: str
    holder: str
    organization: str
    not_after: datetime
    state: CertificateState
    local: PhoneCertificate | None
    listed: ListedCertificate | None

    @property
    def is_here(self) -> bool:
        """Whether its keys are on this phone."""
        return self.local is not None

    @property
    def is_locked(self) -> bool:
        """Whether ten wrong passwords have locked it on this phone."""
        return self.local is not None and self.local.is_locked

    @property
    def is_followed(self) -> bool:
        """Whether another certificate has taken its place."""
        return self.listed is not None and bool(self.listed.successor)

    @property
    def is_alive(self) -> bool:
        """Whether the platform could issue another one after it."""
        return self.state in (CertificateState.VALID, CertificateState.EXPIRES_SOON) and not self.is_followed


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesState(ModuleState):
    """What the platform says; `has_loaded` once it did."""

    tab: Tab = Tab.MINE
    listed: tuple[ListedCertificate, ...] = ()
    orders: tuple[Order, ...] = ()
    claimable: tuple[Grant, ...] = ()
    selected: str = ""
    has_loaded: bool = False


class CertificatesModel(ModuleModel[CertificatesState]):
    """Intents: `refresh`, `show_tab`, `select`."""

    def __init__(self, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(CertificatesState(), phone, app, parent)

    def refresh(self) -> None:
        """Ask again."""
        registry, unit = self._phone.registry, self._phone.unit
        self._load(lambda: (registry.certificates(), registry.orders(), unit.claimable()), self._loaded)

    def show_tab(self, tab: str) -> None:
        """Show the other list."""
        self._set(tab=Tab(tab))

    def select(self, serial: str) -> None:
        """Say which certificate the detail page is about."""
        self._set(selected=serial)

    def _loaded(self, found: tuple[tuple[ListedCertificate, ...], tuple[Order, ...], tuple[Grant, ...]]) -> None:
        listed, orders, claimable = found
        self._set(
            listed=listed,
            orders=orders,
            claimable=claimable,
            is_loading=False,
            has_loaded=True,
            problem_code="",
            problem_detail="",
        )


def items_of(local: Sequence[PhoneCertificate], listed: Sequence[ListedCertificate]) -> tuple[CertificateItem, ...]:
    """Join what is on the phone with what the platform lists as the person's own; what can be used comes first.

    One that is not here any more and has been followed by another is history, and left out.
    """
    known = {c.serial: c for c in listed}
    found = [_here(c, known.get(c.serial)) for c in local]
    here = {c.serial for c in local}
    found += [_elsewhere(c) for c in listed if c.mine and c.serial not in here and not c.successor]
    return tuple(
        sorted(found, key=lambda i: (not (i.is_alive and i.is_here), not i.is_alive, -i.not_after.timestamp()))
    )


def open_orders(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return the orders that still mean something: on their way, or refused with nothing ordered for the same since."""
    found: list[Order] = []
    said: set[tuple[str, str]] = set()
    for order in orders:  # newest first
        about = (order.predecessor, order.organization_name if not order.predecessor else "")
        if order.state is not OrderState.COMPLETED and (order.state is not OrderState.REJECTED or about not in said):
            found.append(order)
        said.add(about)
    return tuple(found)


def open_grants(claimable: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return the grants that wait for their grantee, or for the review of who he is."""
    waiting = (GrantState.INVITED, GrantState.PENDING_REVIEW, GrantState.REJECTED)
    return tuple(g for g in claimable if g.state in waiting)


def _here(local: PhoneCertificate, listed: ListedCertificate | None) -> CertificateItem:
    return CertificateItem(
        serial=local.serial,
        holder=local.holder,
        organization=local.organization,
        not_after=local.not_after,
        state=local.state if listed is None else listed.state,
        local=local,
        listed=listed,
    )


def _elsewhere(listed: ListedCertificate) -> CertificateItem:
    return CertificateItem(
        serial=listed.serial,
        holder=listed.holder_name,
        organization=listed.organization_name,
        not_after=listed.not_after,
        state=listed.state,
        local=None,
        listed=listed,
    )
