"""The view-model of certificates: orders and certificates of the person, the order being filled in, one looked at.

Refuses to send an order that its own checks find wrong, and a second one while one is on its way. Nothing typed is
lost by an error; everything is forgotten when another person signs in. Source: manual 3; docs/protocol.md, orders.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.operations import OrderState
from desktop.portal.records import Certificate, Order
from desktop.portal.unit_records import Grant
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.services.download import DownloadAction
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, Work, run
from desktop.views.certificates.chain import detail_of, export_to
from desktop.views.certificates.checks import Field, OrderInput, Paper, check_order, form_of, read_paper, tidied
from desktop.views.certificates.follow_model import FollowModel
from desktop.views.certificates.follow_state import Way
from desktop.views.certificates.reset_model import ResetModel
from desktop.views.certificates.state import Arrived, CertificatesState, ChainWord, Detail, Place, accepted_units
from desktop.views.certificates.unit_model import UnitModel

T = TypeVar("T")
_Lists = tuple[tuple[Order, ...], tuple[Certificate, ...], tuple[Grant, ...]]

_FIELD_OF_CODE = {
    "platform.credit_code_invalid": Field.CREDIT_CODE,
    "platform.id_number_invalid": Field.ID_NUMBER,
    "platform.organization_exists": Field.CREDIT_CODE,
}


class CertificatesModel(ViewModel[CertificatesState]):
    """Owns the page of certificates; `load` fetches the lists."""

    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(CertificatesState(), parent)
        self.workspace = workspace
        self.follow = FollowModel(workspace, self)
        self.unit = UnitModel(workspace, self)
        self.reset = ResetModel(workspace, self)
        self.follow.done.connect(self._on_followed)
        self._held: list[TaskHandle[Any]] = []
        self._loading: TaskHandle[_Lists] | None = None
        self._looking: TaskHandle[Detail] | None = None
        self._person = self._account_id()
        self._asked_for: set[object] = set()
        self._is_form_begun = False
        self._wish = ""
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- lists -----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Fetch orders and certificates; what is shown stays until the answer is there."""
        if self._loading is not None:
            self._loading.discard()
        if self.state.phase in {Phase.PROBLEM, Phase.OFFLINE}:
            self._set(phase=Phase.LOADING, problem_code="", problem_detail="")
        api = self.workspace.api

        def work(progress: ReportProgress, cancel: CancelToken) -> _Lists:  # noqa: ARG001 - two short requests
            orders, certificates, claimable = api.orders(), api.certificates(), api.claimable()
            self._learn_memberships(orders)
            return orders, certificates, claimable

        self._loading = self._run(work, self._on_lists, self._on_no_lists)

    def receive(self, payload: str) -> None:
        """Do what another page asks: "new", "unit", "renew:<serial>", "claim:<grant>"; a serial or order id = show."""
        self._wish = payload
        self.load()

    def download_action(self, order: Order) -> DownloadAction:
        """Return the use case that downloads the certificate of an approved order."""
        return DownloadAction(self.workspace, order)

    def order(self, order_id: str) -> Order | None:
        """Return one of the orders shown."""
        return next((o for o in self.state.orders if o.order_id == order_id), None)

    # -- places ----------------------------------------------------------------------------------------------------

    def show_overview(self) -> None:
        """Close form or detail; what was typed is still there when the form is opened again."""
        self._go(Place.OVERVIEW)

    def open_form(self) -> None:
        """Open the order form, as it was left; a fresh one knows the organization that the person acts for."""
        organization = self.workspace.account.organization
        if not self._is_form_begun:
            known = OrderInput()
            if organization is not None:
                known = OrderInput(organization_name=organization.name, credit_code=organization.credit_code)
            self._fill(known)
        self._go(Place.ORDER)

    def open_form_again(self, order_id: str) -> None:
        """Open the form with what a refused order said, but for the ID number, which is kept nowhere."""
        order = self.order(order_id)
        if order is None:
            return
        self._fill(
            OrderInput(
                organization_name=order.organization_name,
                credit_code=order.credit_code,
                legal_representative=order.legal_representative,
                holder_name=order.holder_name,
                suite=order.suite,
            )
        )
        self._go(Place.ORDER)

    def open_order_again(self, order_id: str) -> None:
        """Open the form that a refused order came from."""
        order = self.order(order_id)
        if order is not None and order.predecessor:
            self.open_certificate(order.predecessor)
            self.begin_way(Way(order.kind.value))
        else:
            self.open_form_again(order_id)

    def begin_way(self, way: Way) -> None:
        """Open the application for the certificate that follows the one looked at, where that is possible."""
        certificate = self.state.certificate
        if certificate is not None and way in self.state.ways:
            self.follow.begin(way, certificate)
            self._go(Place.FOLLOW)

    def begin_reset(self) -> None:
        """Open the identity check for a forgotten password of the one looked at."""
        certificate = self.state.certificate
        if certificate is not None and certificate.mine:
            self.follow.begin(Way.RESET, certificate)
            self._go(Place.FOLLOW)

    def claim(self, grant_id: str) -> None:
        """Open the identity check for a granted certificate."""
        grant = next((g for g in self.state.claimable if g.grant_id == grant_id), None)
        if grant is not None:
            self.follow.begin_claim(grant)
            self._go(Place.FOLLOW)

    def leave_application(self) -> None:
        """Go back to where the application was opened."""
        self._go(Place.DETAIL if self.follow.state.certificate is not None else Place.OVERVIEW)

    def open_unit(self) -> None:
        """Look at the unit's people."""
        self.unit.load()
        self._go(Place.UNIT)

    def downloaded(self, order: Order, view: CeremonyView) -> None:
        """Hear how a download ended: say what its certificate brought."""
        if view.stage is Stage.DONE and not view.problem:
            seals = sum(1 for item in view.details[1:] if not item.code)
            self._set(arrived=Arrived(kind=order.kind, seals=seals))

    def seen(self) -> None:
        """What the download brought was read."""
        self._set(arrived=None)

    def open_certificate(self, serial: str) -> None:
        """Look at one certificate and judge its path."""
        self._set(serial=serial, detail=Detail())
        certificate = self.state.certificate
        if certificate is None:
            return
        self._go(Place.DETAIL)
        if certificate.mine:
            self.reset.look(certificate.serial)
        if self._looking is not None:
            self._looking.discard()

        def work(progress: ReportProgress, cancel: CancelToken) -> Detail:  # noqa: ARG001 - two short requests
            return detail_of(self.workspace, certificate)

        self._looking = self._run(work, self._on_detail, self._on_no_detail)

    # -- the order -------------------------------------------------------------------------------------------------

    def attach(self, where: Field, path: Path) -> None:
        """Take a paper from a file."""

        def work(progress: ReportProgress, cancel: CancelToken) -> Paper:  # noqa: ARG001 - at most 5 MB
            return read_paper(path)

        self._run(work, lambda paper: self._on_paper(where, paper), lambda error: self._set_fault(where, error.code))

    def detach(self, where: Field) -> None:
        """Take a paper back out."""
        self._set(papers=tuple(p for p in self.state.papers if p[0] is not where))

    def touch(self, where: Field) -> None:
        """The person is correcting a field: what was said about it no longer holds."""
        self._set_fault(where, "")

    def submit(self, typed: OrderInput) -> None:
        """Check the order and place it."""
        if self.state.is_submitting:
            return
        order, papers = tidied(typed), dict(self.state.papers)
        faults = check_order(order, papers)
        self._set(faults=tuple(faults.items()), problem_code="", problem_detail="", admin_name="")
        if faults:
            self._set(refused_number=self.state.refused_number + 1)
            return
        self._set(is_submitting=True)
        api, form = self.workspace.api, form_of(order, papers)

        def work(progress: ReportProgress, cancel: CancelToken) -> Order:  # noqa: ARG001 - one request
            return api.place_order(form)

        self._run(work, self._on_placed, self._on_refused)

    def export(self, target: Path) -> None:
        """Save the public certificates of the one looked at."""
        certificate = self.state.certificate
        if certificate is None:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - one small file
            export_to(target, self.workspace, certificate)

        self._run(work, self._on_exported, self._on_failed)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _on_lists(self, lists: _Lists) -> None:
        orders, certificates, claimable = lists
        account = self.workspace.account
        unit = account.organization
        self._set(
            orders=orders,
            certificates=certificates,
            claimable=claimable,
            in_unit=unit is not None,
            may_rename=account.is_admin,
            unit_name=unit.name if unit else "",
        )
        if self.state.place is Place.OVERVIEW:
            self._set(problem_code="", problem_detail="")
        if unit is None and self.state.place is Place.UNIT:
            self._set(place=Place.OVERVIEW)
        lost = self.state.place is Place.DETAIL and self.state.certificate is None
        if lost:
            self._set(place=Place.OVERVIEW)
        self._set(phase=self._phase())
        self._fulfil()

    def _on_no_lists(self, error: BidSealError) -> None:
        """Keep what is there to see, and what is being typed, in sight."""
        if (
            self.state.orders
            or self.state.certificates
            or self.state.claimable
            or self.state.place is not Place.OVERVIEW
        ):
            self._on_failed(error)
        else:
            self._fail(error)

    def _on_failed(self, error: BidSealError) -> None:
        self._set(problem_code=error.code, problem_detail=error.detail)

    def _on_detail(self, detail: Detail) -> None:
        self._set(detail=detail)

    def _on_no_detail(self, error: BidSealError) -> None:
        self._set(detail=Detail(word=ChainWord.CANNOT_TELL, problem_code=error.code))

    def _on_paper(self, where: Field, paper: Paper) -> None:
        self.detach(where)
        self._set(papers=(*self.state.papers, (where, paper)))
        self._set_fault(where, "")

    def _set_fault(self, where: Field, fault: str) -> None:
        others = tuple(f for f in self.state.faults if f[0] is not where)
        self._set(faults=(*others, (where, fault)) if fault else others)

    def _on_placed(self, order: Order) -> None:
        orders = (order, *(o for o in self.state.orders if o.order_id != order.order_id))
        self._set(is_submitting=False, orders=orders, placed_number=self.state.placed_number + 1)
        self._fill(OrderInput())
        self._is_form_begun = False
        self._go(Place.OVERVIEW)
        self.workspace.bus.publish(Changed.ORDERS)

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_submitting=False)
        where = _FIELD_OF_CODE.get(error.code)
        if error.code == "platform.bad_field" and error.detail in set(Field):
            where = Field(error.detail)
        if error.code == "platform.organization_exists":
            self._set(admin_name=error.detail)
        if where is not None:
            self._set_fault(where, error.code)
        if where is None or error.code == "platform.organization_exists":
            self._on_failed(error)
        self._set(refused_number=self.state.refused_number + 1)

    def _on_exported(self, _nothing: None) -> None:
        self._set(exported_number=self.state.exported_number + 1, problem_code="", problem_detail="")

    # -- small parts -----------------------------------------------------------------------------------------------

    def _fill(self, draft: OrderInput) -> None:
        self._is_form_begun = True
        self._set(
            draft=draft,
            form_number=self.state.form_number + 1,
            papers=(),
            faults=(),
            admin_name="",
            is_submitting=False,
        )

    def _go(self, place: Place) -> None:
        self._wish = ""  # one that waits for the lists is overtaken by where the person goes now
        self._set(place=place, problem_code="", problem_detail="")
        if self.state.phase in {Phase.NORMAL, Phase.EMPTY}:
            self._set(phase=self._phase())

    def _phase(self) -> Phase:
        state = self.state
        has_any = state.orders or state.certificates or state.claimable or state.in_unit
        is_empty = not has_any and state.place is Place.OVERVIEW
        return Phase.EMPTY if is_empty else Phase.NORMAL

    def _fulfil(self) -> None:
        """Go where another page asked to, now that the lists are fresh."""
        wish, self._wish = self._wish, ""
        verb, _, target = wish.partition(":")
        order = self.order(wish)
        if verb == "claim":
            self.claim(target)
        elif verb == "renew":
            self.open_certificate(target)
            self.begin_way(Way.RENEW)
        elif wish == "new":
            self.open_form()
        elif wish == "unit" and self.state.in_unit:
            self.open_unit()
        elif order is not None and order.state is OrderState.REJECTED:
            self.open_order_again(wish)
        elif any(c.serial == wish for c in self.state.certificates):
            self.open_certificate(wish)
        elif wish:
            self.show_overview()

    def _learn_memberships(self, orders: tuple[Order, ...]) -> None:
        """Ask once who we are when the review made the person a member; runs on a worker."""
        account = self.workspace.account
        known: set[object] = {m.credit_code for m in account.memberships} | {
            (m.credit_code, m.name) for m in account.memberships
        }
        news = accepted_units(orders) - known - self._asked_for
        if news:
            account.refresh()
            self._asked_for |= news

    def _on_heard(self, change: Changed) -> None:
        if change is Changed.SESSION and self._account_id() != self._person:
            self._person = self._account_id()
            self._forget()
            if self._person:
                self.load()
        elif change in {Changed.ORDERS, Changed.CERTIFICATES} and self._person:
            self.load()

    def _on_followed(self, way: Way) -> None:
        self._set(placed_number=self.state.placed_number + 1)
        self._go(Place.DETAIL if way is Way.RESET else Place.OVERVIEW)
        self.reset.look_again()

    def _forget(self) -> None:
        """Drop everything of the person who has left."""
        self.follow.forget()
        self.unit.forget()
        self.reset.forget()
        for handle in self._held:
            handle.discard()
        self._asked_for.clear()
        self._wish = ""
        self._is_form_begun = False
        # The form still holds what was typed: another number makes it empty itself.
        self._state = CertificatesState(form_number=self.state.form_number + 1)
        self.changed.emit()

    def _account_id(self) -> str:
        account = self.workspace.account.account
        return account.account_id if account is not None else ""

    def _run(
        self, work: Work[T], on_done: Callable[[T], object], on_error: Callable[[BidSealError], object]
    ) -> TaskHandle[T]:
        """Run `work` on a worker and remember it, so that it can be discarded with the person."""
        self._held = [held for held in self._held if held.is_running]
        handle = run(work, on_done, on_error, receiver=self)
        self._held.append(handle)
        return handle
