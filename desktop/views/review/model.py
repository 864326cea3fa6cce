"""The view-model of the review desk: what waits, the evidence of the one selected, and the decision on it.

Refuses a rejection without a reason and a second decision while one is under way. Whether it may be decided at all
(never one's own application, T45) is for the platform to say; its refusal is shown and nothing is taken off the list.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.operations import OrganizationKind, SealKind
from desktop.portal.records import Order, Seal
from desktop.portal.unit_records import IdentityCheck
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.signing.imprint.comparison import Comparison, compare
from desktop.store.files import write_atomic
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.review.evidence import (
    Evidence,
    Piece,
    check_evidence,
    expected_pieces,
    order_evidence,
    present_name,
    seal_evidence,
)

#: Refusals after which the list shown is known to be old.
_OUTDATED = frozenset({"platform.wrong_state", "platform.not_found"})


class Desk(StrEnum):
    """Which applications are looked at."""

    ORDERS = "orders"
    CHANGES = "changes"
    SEALS = "seals"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The last decision made, for the short message about it."""

    name: str
    is_approval: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState(PageState):
    """What the review desk shows. `evidence` belongs to the selected application; empty while it is fetched.

    `changes` are orders for a certificate that follows another: renewal, change of name, reissue; `present_name` is the
    unit's name in the certificate that the one selected follows. `unit_kind` is what the unit of the selected first
    order will be. `comparison` lays a seal's imprint over its scan, None while that is under way.
    """

    desk: Desk = Desk.ORDERS
    orders: tuple[Order, ...] = ()
    changes: tuple[Order, ...] = ()
    seals: tuple[Seal, ...] = ()
    checks: tuple[IdentityCheck, ...] = ()
    order_id: str = ""
    change_id: str = ""
    check_id: str = ""
    seal_id: str = ""
    evidence: tuple[Evidence, ...] = ()
    present_name: str = ""
    unit_kind: OrganizationKind = OrganizationKind.BIDDER
    comparison: Comparison | None = None
    evidence_problem: str = ""
    is_deciding: bool = False
    last: Decision | None = None

    @property
    def order(self) -> Order | None:
        """The selected order while orders of either kind are looked at."""
        if self.desk is Desk.CHANGES:
            return next((o for o in self.changes if o.order_id == self.change_id), None)
        wanted = self.order_id if self.desk is Desk.ORDERS else ""
        return next((o for o in self.orders if o.order_id == wanted), None)

    @property
    def check(self) -> IdentityCheck | None:
        """The selected identity check while these are looked at."""
        wanted = self.check_id if self.desk is Desk.CHECKS else ""
        return next((c for c in self.checks if c.check_id == wanted), None)

    @property
    def seal(self) -> Seal | None:
        """The selected seal application while the seals are looked at."""
        wanted = self.seal_id if self.desk is Desk.SEALS else ""
        return next((s for s in self.seals if s.seal_id == wanted), None)

    @property
    def selected_id(self) -> str:
        """The id of the application in view, "" if there is none."""
        if self.check is not None:
            return self.check.check_id
        return self.order.order_id if self.order else self.seal.seal_id if self.seal else ""

    @property
    def subject(self) -> str:
        """Whom or what the application in view is about."""
        if self.check is not None:
            return self.check.name
        return self.order.organization_name if self.order else self.seal.name if self.seal else ""

    @property
    def has_all_evidence(self) -> bool:
        """Whether everything that the application comes with is there to see."""
        expected = expected_pieces(self.order, self.seal, self.check)
        is_compared = self.order is None or not self.order.predecessor or bool(self.present_name)
        return bool(self.selected_id) and is_compared and {e.piece for e in self.evidence} >= set(expected)


_Lists = tuple[tuple[Order, ...], tuple[Seal, ...], tuple[IdentityCheck, ...]]
_Seen = tuple[tuple[Evidence, ...], str]
_IDS = {Desk.ORDERS: "order_id", Desk.CHANGES: "change_id", Desk.SEALS: "seal_id", Desk.CHECKS: "check_id"}


class ReviewModel(ViewModel[ReviewState]):
    """Owns the review desk; `open` loads it. Decisions are published as ORDERS or SEALS changed."""

    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(ReviewState(), parent)
        self._workspace = workspace
        self._loading: TaskHandle[_Lists] | None = None
        self._fetching: TaskHandle[_Seen] | None = None
        self._comparing: TaskHandle[Comparison] | None = None
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- intents ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Load what waits for review; what is shown stays until the answer is there."""
        if self._loading is not None:
            self._loading.discard()
        if self.state.phase is not Phase.NORMAL:
            self._set(phase=Phase.LOADING)
        api = self._workspace.api

        def work(progress: ReportProgress, cancel: CancelToken) -> _Lists:  # noqa: ARG001 - three short requests
            return api.orders_to_review(), api.seals_to_review(), api.checks_to_review()

        self._loading = run(work, self._on_lists, self._fail)

    def choose(self, desk: Desk) -> None:
        """Turn to the other kind of application."""
        if desk is not self.state.desk:
            self._look_at(desk=desk)

    def select(self, identity: str) -> None:
        """Look at another application."""
        if identity == self.state.selected_id:
            return
        self._look_at(**{_IDS[self.state.desk]: identity})

    def choose_unit_kind(self, kind: OrganizationKind) -> None:
        """Say what the unit of the selected first order is to tenders."""
        self._set(unit_kind=kind)

    def approve(self) -> None:
        """Let the selected application pass."""
        self._decide(is_approval=True, reason="")

    def reject(self, reason: str) -> None:
        """Send the selected application back; `reason` is told to the applicant."""
        if reason.strip():
            self._decide(is_approval=False, reason=reason.strip())

    def save_evidence(self, piece: Piece, target: Path) -> None:
        """Keep a copy of a piece of evidence outside."""
        found = next((e for e in self.state.evidence if e.piece is piece), None)
        if found is None:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - one write
            write_atomic(target, found.data)

        run(work, lambda _nothing: None, self._on_refused, receiver=self)

    # -- loading ---------------------------------------------------------------------------------------------------

    def _on_lists(self, lists: _Lists) -> None:
        every, seals, checks = lists
        orders = tuple(o for o in every if not o.predecessor)
        following = tuple(o for o in every if o.predecessor)
        self._loading = None
        was_normal = self.state.phase is Phase.NORMAL
        desk = self.state.desk
        waiting = {Desk.ORDERS: orders, Desk.CHANGES: following, Desk.SEALS: seals, Desk.CHECKS: checks}
        if not was_normal and not waiting[desk]:
            desk = next((d for d, those in waiting.items() if those), desk)
        changes: dict[str, Any] = {
            "phase": Phase.NORMAL if any(waiting.values()) else Phase.EMPTY,
            "desk": desk,
            "orders": orders,
            "changes": following,
            "seals": seals,
            "checks": checks,
            "change_id": _kept(self.state.change_id, tuple(o.order_id for o in following)),
            "check_id": _kept(self.state.check_id, tuple(c.check_id for c in checks)),
            "order_id": _kept(self.state.order_id, tuple(o.order_id for o in orders)),
            "seal_id": _kept(self.state.seal_id, tuple(s.seal_id for s in seals)),
        }
        before = self.state.selected_id
        if replace(self.state, **changes).selected_id == before and self._is_fetched:
            self._set(**changes)
        else:
            problem = (self.state.problem_code, self.state.problem_detail)
            self._look_at(**changes)
            # Why the list was loaded anew must still be readable.
            self._set(problem_code=problem[0], problem_detail=problem[1])

    def _look_at(self, **changes: Any) -> None:
        """Change what is looked at and fetch its evidence; that of another is never shown with it."""
        for handle in (self._fetching, self._comparing):
            if handle is not None:
                handle.discard()
        self._set(
            **changes,
            evidence=(),
            comparison=None,
            present_name="",
            unit_kind=OrganizationKind.BIDDER,
            evidence_problem="",
            problem_code="",
            problem_detail="",
        )
        state, api, folder = self.state, self._workspace.api, self._workspace.folder.work
        order, seal, check = state.order, state.seal, state.check

        def work(progress: ReportProgress, cancel: CancelToken) -> _Seen:  # noqa: ARG001 - short
            if check is not None:
                return check_evidence(api, check, folder), ""
            if order is not None:
                return order_evidence(api, order, folder), present_name(api, order)
            return (seal_evidence(api, seal, folder), "") if seal is not None else ((), "")

        if state.selected_id:
            self._fetching = run(work, self._on_evidence, self._on_no_evidence)

    def _on_evidence(self, seen: _Seen) -> None:
        evidence, name = seen
        self._set(evidence=evidence, present_name=name)
        seal = self.state.seal
        if seal is not None:
            self._compare(evidence, seal.kind)

    def _compare(self, evidence: tuple[Evidence, ...], kind: SealKind) -> None:
        """Lay imprint and scan over each other, apart from fetching: it takes a moment, and nobody waits for it."""
        found = {each.piece: each.data for each in evidence}

        def work(progress: ReportProgress, cancel: CancelToken) -> Comparison:  # noqa: ARG001 - half a second
            return compare(found[Piece.SCAN], found[Piece.IMPRINT], kind)

        self._comparing = run(work, self._on_compared, lambda _error: self._on_compared(Comparison(overlap=None)))

    def _on_compared(self, comparison: Comparison) -> None:
        self._set(comparison=comparison)

    def _on_no_evidence(self, error: BidSealError) -> None:
        self._set(evidence_problem=error.code)

    @property
    def _is_fetched(self) -> bool:
        """Whether the evidence of what is looked at is there or on its way."""
        return self.state.has_all_evidence or (self._fetching is not None and self._fetching.is_running)

    # -- deciding --------------------------------------------------------------------------------------------------

    def _decide(self, *, is_approval: bool, reason: str) -> None:
        state, api = self.state, self._workspace.api
        order, seal, check = state.order, state.seal, state.check
        if state.is_deciding or not state.selected_id:
            return
        self._set(is_deciding=True, problem_code="", problem_detail="")

        def work(progress: ReportProgress, cancel: CancelToken) -> str:  # noqa: ARG001 - one short request
            if check is not None:
                api.review_check(check.check_id, approve=is_approval, reason=reason)
                return check.check_id
            if order is not None:
                is_agency = state.unit_kind is OrganizationKind.AGENCY
                how = {"unit_kind": state.unit_kind} if is_approval and is_agency else {}
                api.review_order(order.order_id, approve=is_approval, reason=reason, **how)
                return order.order_id
            assert seal is not None
            api.review_seal(seal.seal_id, approve=is_approval, reason=reason)
            return seal.seal_id

        run(work, lambda identity: self._on_decided(identity, is_approval=is_approval), self._on_refused, receiver=self)

    def _on_decided(self, identity: str, *, is_approval: bool) -> None:
        """Take it off the list at once, look at the next one, tell everybody."""
        state = self.state
        name = next((n for i, n in _names(state) if i == identity), "")
        is_seal = any(s.seal_id == identity for s in state.seals)
        number = state.last.number + 1 if state.last else 1
        self._look_at(
            orders=tuple(o for o in state.orders if o.order_id != identity),
            changes=tuple(o for o in state.changes if o.order_id != identity),
            seals=tuple(s for s in state.seals if s.seal_id != identity),
            checks=tuple(c for c in state.checks if c.check_id != identity),
            order_id=_after(state.order_id, identity, [str(o.order_id) for o in state.orders]),
            change_id=_after(state.change_id, identity, [str(o.order_id) for o in state.changes]),
            seal_id=_after(state.seal_id, identity, [str(s.seal_id) for s in state.seals]),
            check_id=_after(state.check_id, identity, [c.check_id for c in state.checks]),
            last=Decision(name=name, is_approval=is_approval, number=number),
            is_deciding=False,
        )
        self._workspace.bus.publish(Changed.SEALS if is_seal else Changed.ORDERS)
        self.open()

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_deciding=False, problem_code=error.code, problem_detail=error.detail)
        if error.code in _OUTDATED:
            self.open()

    def _on_heard(self, change: Changed) -> None:
        if change is Changed.SESSION and self._workspace.account.is_operator:
            self.open()


def _names(state: ReviewState) -> list[tuple[str, str]]:
    """Return every application shown, by id and name."""
    return [
        *((str(o.order_id), o.organization_name) for o in (*state.orders, *state.changes)),
        *((str(s.seal_id), s.name) for s in state.seals),
        *((c.check_id, c.name) for c in state.checks),
    ]


def _kept(chosen: str, identities: tuple[str, ...]) -> str:
    """Keep the choice where it is still offered, else take the first."""
    return chosen if chosen in identities else next(iter(identities), "")


def _after(chosen: str, gone: str, identities: list[str]) -> str:
    """Keep the choice unless it is the one gone: then take what comes after it, before it at the end, "" when alone."""
    if chosen != gone or gone not in identities:
        return chosen
    position = identities.index(gone)
    rest = identities[:position] + identities[position + 1 :]
    return rest[min(position, len(rest) - 1)] if rest else ""
