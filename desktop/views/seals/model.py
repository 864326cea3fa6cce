"""The view-model of seals: the list with its pictures, the application being filled in, the claim by phone.

Refuses to send an application without a good imprint, and a second one while one is on its way. Nothing typed is lost
by an error; everything is forgotten when another person signs in. Source: manual 4; docs/protocol.md, seals.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.crypto.primitives import sha256
from desktop.domain.errors import BidSealError, MisuseError
from desktop.domain.operations import SealKind, SealState
from desktop.portal.api import SealForm
from desktop.portal.records import Certificate, Seal
from desktop.services.events import Changed
from desktop.services.seals import ClaimSealAction
from desktop.services.workspace import Workspace
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.model import CutOut
from desktop.store.files import write_atomic
from desktop.ui.i18n import tr
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, Work, run
from desktop.views.seals.checks import (
    Fault,
    Field,
    Scan,
    check_name,
    check_size,
    length_of,
    proposed_name,
    read_scan,
    scan_of,
)
from desktop.views.seals.state import Place, Proposal, SealsState

T = TypeVar("T")
_Lists = tuple[tuple[Seal, ...], tuple[Certificate, ...], frozenset[str]]
_Pictures = tuple[tuple[str, bytes], ...]
_RELOAD = {Changed.SEALS, Changed.CERTIFICATES, Changed.WORKSTATION}

_FIELD_OF_CODE = {
    "platform.seal_size": Field.WIDTH,
    "platform.file_too_large": Field.SCAN,
    "platform.image_unsupported": Field.SCAN,
    "platform.imprint_unsupported": Field.SCAN,
}


class SealsModel(ViewModel[SealsState]):
    """Owns the page of seals; `load` fetches the lists."""

    saved = Signal(str)
    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(SealsState(), parent)
        self.workspace = workspace
        self._held: list[TaskHandle[Any]] = []
        self._loading: TaskHandle[_Lists] | None = None
        self._cutting: TaskHandle[tuple[Scan, CutOut]] | None = None
        self._person = self._account_id()
        self._wish = ""
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- lists -----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Fetch seals and certificates; what is shown stays until the answer is there."""
        if self._loading is not None:
            self._loading.discard()
        if self.state.phase in {Phase.PROBLEM, Phase.OFFLINE}:
            self._set(phase=Phase.LOADING, problem_code="", problem_detail="")
        workspace = self.workspace

        def work(progress: ReportProgress, cancel: CancelToken) -> _Lists:  # noqa: ARG001 - two short requests
            seals, certificates = workspace.api.seals(), workspace.api.certificates()
            codes = {c.credit_code for c in certificates}
            return seals, certificates, frozenset(c for c in codes if workspace.workstation.is_enrolled_for(c))

        self._loading = self._run(work, self._on_lists, self._on_no_lists)

    def receive(self, payload: str) -> None:
        """Do what another page asks for: "new" = apply; a seal's id = show the list that has it."""
        self._wish = payload
        self.load()

    def seal(self, seal_id: str) -> Seal | None:
        """Return one of the seals shown."""
        return next((s for s in self.state.seals if s.seal_id == seal_id), None)

    def credit_code_of(self, seal: Seal) -> str:
        """Return the credit code of the unit of the bound certificate, "" when the certificate is not known here."""
        bound = self.state.bound_certificate(seal)
        return bound.credit_code if bound is not None else ""

    def claim_action(self, seal: Seal) -> ClaimSealAction:
        """Return the use case that claims an approved seal.

        Raises:
            MisuseError: it may not be claimed here; the page does not offer it.
        """
        if not self.state.may_be_claimed(seal):
            raise MisuseError("general.unexpected", "claim of a seal that may not be claimed")
        return ClaimSealAction(self.workspace, seal, credit_code=self.credit_code_of(seal))

    # -- places ----------------------------------------------------------------------------------------------------

    def show_list(self) -> None:
        """Close the form; what was filled in is still there when it is opened again."""
        self._go(Place.LIST)

    def open_form(self) -> None:
        """Open the application, as it was left."""
        self._go(Place.APPLICATION)
        if self.state.chosen is None and self.state.choices:
            self.choose_certificate(self.state.choices[0].serial)

    # -- the application -------------------------------------------------------------------------------------------

    def choose_certificate(self, serial: str) -> None:
        """Bind the seal to a certificate."""
        self._set(certificate_serial=serial)
        self.touch(Field.CERTIFICATE)
        self._propose_name()

    def choose_kind(self, kind: SealKind) -> None:
        """Apply for a seal of this kind; the scan is judged again, since sizes differ by kind."""
        if kind is self.state.kind:
            return
        self._set(kind=kind)
        self.touch(Field.WIDTH)
        self._propose_name()
        scan = self.state.scan
        if scan is not None:
            self._cut(lambda: scan)

    def take_scan(self, path: Path) -> None:
        """Take a scan from a file and cut the seal out of it."""
        self._set(entered=("", ""))
        self._cut(lambda: read_scan(path))

    def take_shot(self, scan: Scan) -> None:
        """Take a picture made by the camera and cut the seal out of it, as of any scan."""
        self._set(entered=("", ""))
        self._cut(lambda: scan)

    def apply_again(self, seal_id: str) -> None:
        """Begin a new application with all that was entered for a seal that was rejected or is void, scan included."""
        seal = self.seal(seal_id)
        if seal is None or not self.state.may_be_applied_for_again(seal):
            return
        bound = next((c for c in self.state.choices if c.serial == seal.certificate_serial), self.state.choices[0])
        size = (f"{seal.width_mm:g}", f"{seal.height_mm:g}")
        number = self.state.proposal.number + 1
        proposal = Proposal(number=number, name=seal.name, width=size[0], height=size[1], is_firm=True)
        self.stop_cutting()
        self._set(
            certificate_serial=bound.serial,
            kind=seal.kind,
            scan=None,
            cut=None,
            entered=size,
            proposal=proposal,
            form_number=self.state.form_number + 1,
            faults=(),
        )
        self._go(Place.APPLICATION)
        api, name = self.workspace.api, tr("上次提交的扫描件")
        self._cut(lambda: scan_of(name, api.seal_scan(seal.seal_id)))

    def save_scale_sheet(self, target: Path, content: bytes) -> None:
        """Keep the page to print."""

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - one write
            write_atomic(target, content)

        self._run(work, lambda _nothing: self.saved.emit(target.name), self._on_failed)

    def stop_cutting(self) -> None:
        """Give the cut-out up."""
        if self._cutting is not None:
            self._cutting.discard()
            self._cutting = None
        self._set(is_cutting=False)

    def drop_scan(self) -> None:
        """Take the scan back out."""
        self.stop_cutting()
        self._set(scan=None, cut=None, entered=("", ""))
        self.touch(Field.SCAN)

    def touch(self, where: Field) -> None:
        """The person is correcting a field: what was said about it no longer holds."""
        self._set_fault(where, "")

    def submit(self, *, name: str, width: str, height: str) -> None:
        """Check the application and send it."""
        state = self.state
        if state.is_submitting or state.is_cutting:
            return
        faults = self._faults(name.strip(), width, height)
        self._set(faults=tuple(faults.items()), problem_code="", problem_detail="")
        chosen, scan, cut = state.chosen, state.scan, state.cut
        width_mm, height_mm = length_of(width), length_of(height)
        if faults or chosen is None or scan is None or cut is None or cut.imprint is None:
            self._set(refused_number=self.state.refused_number + 1)
            return
        assert width_mm is not None
        assert height_mm is not None
        form = SealForm(
            certificate_serial=chosen.serial,
            kind=state.kind.value,
            name=name.strip(),
            width_mm=width_mm,
            height_mm=height_mm,
            scan=(f"scan.{scan.extension}", scan.content, scan.media_type),
            imprint_png=cut.imprint.png,
        )
        self._set(is_submitting=True)
        api = self.workspace.api

        def work(progress: ReportProgress, cancel: CancelToken) -> Seal:  # noqa: ARG001 - one request
            return api.apply_for_seal(form)

        self._run(work, self._on_applied, self._on_refused)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _on_lists(self, lists: _Lists) -> None:
        seals, certificates, enrolled = lists
        self._set(seals=seals, certificates=certificates, enrolled=enrolled)
        if self.state.place is Place.LIST:
            self._set(problem_code="", problem_detail="")
        elif self.state.chosen is None and self.state.choices:
            self.choose_certificate(self.state.choices[0].serial)
        self._set(phase=self._phase())
        self._fetch_pictures()
        self._fulfil()

    def _on_no_lists(self, error: BidSealError) -> None:
        """Keep what is there to see, and what is being filled in, in sight."""
        if self.state.seals or self.state.place is not Place.LIST:
            self._on_failed(error)
        else:
            self._fail(error)

    def _on_failed(self, error: BidSealError) -> None:
        self._set(problem_code=error.code, problem_detail=error.detail)

    def _fetch_pictures(self) -> None:
        known = dict(self.state.imprints)
        wanted = tuple(s for s in self.state.seals if s.seal_id not in known)
        if not wanted:
            return
        api = self.workspace.api

        def work(progress: ReportProgress, cancel: CancelToken) -> _Pictures:
            found: list[tuple[str, bytes]] = []
            for done, seal in enumerate(wanted):
                cancel.raise_if_set()
                progress(done, len(wanted))
                picture = api.seal_imprint(seal.seal_id)
                # Shown only when it is what the review saw.
                if sha256(picture) == seal.imprint_sha256:
                    found.append((seal.seal_id, picture))
            return tuple(found)

        self._run(work, self._on_pictures, lambda _error: None)

    def _on_pictures(self, pictures: _Pictures) -> None:
        self._set(imprints=tuple((dict(self.state.imprints) | dict(pictures)).items()))

    def _cut(self, scan_of: Callable[[], Scan]) -> None:
        self.stop_cutting()
        kind = self.state.kind
        self._set(is_cutting=True)
        self.touch(Field.SCAN)

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[Scan, CutOut]:
            progress(0, 0)
            scan = scan_of()
            cancel.raise_if_set()
            return scan, cut_out(scan.content, kind)

        self._cutting = self._run(work, self._on_cut, self._on_not_cut)

    def _on_cut(self, result: tuple[Scan, CutOut]) -> None:
        scan, cut = result
        self._set(is_cutting=False, scan=scan, cut=cut)
        if cut.imprint is not None:
            sides = (cut.imprint.width_mm, cut.imprint.height_mm)
            known = tuple("" if side is None else f"{side:g}" for side in sides)
            width, height = known if all(known) else self.state.entered
            before = self.state.proposal
            self._set(proposal=replace(before, number=before.number + 1, width=width, height=height, is_firm=False))
            for where in (Field.WIDTH, Field.HEIGHT):
                self.touch(where)

    def _on_not_cut(self, error: BidSealError) -> None:
        self._set(is_cutting=False, scan=None, cut=None)
        self._set_fault(Field.SCAN, error.code)

    def _on_applied(self, seal: Seal) -> None:
        seals = (seal, *(s for s in self.state.seals if s.seal_id != seal.seal_id))
        cut = self.state.cut
        if cut is not None and cut.imprint is not None and sha256(cut.imprint.png) == seal.imprint_sha256:
            self._on_pictures(((str(seal.seal_id), cut.imprint.png),))
        self._set(is_submitting=False, seals=seals, applied_number=self.state.applied_number + 1)
        self._empty_form()
        self._go(Place.LIST)
        self.workspace.bus.publish(Changed.SEALS)

    def _on_refused(self, error: BidSealError) -> None:
        self._set(is_submitting=False)
        where = _FIELD_OF_CODE.get(error.code)
        if error.code == "platform.bad_field" and error.detail in set(Field):
            where = Field(error.detail)
        if where is not None:
            self._set_fault(where, error.code)
        else:
            self._on_failed(error)
        self._set(refused_number=self.state.refused_number + 1)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _faults(self, name: str, width: str, height: str) -> dict[Field, str]:
        state = self.state
        faults: dict[Field, str] = {}
        if state.chosen is None:
            faults[Field.CERTIFICATE] = Fault.MISSING
        fault = check_name(name)
        if fault:
            faults[Field.NAME] = fault
        if state.scan is None or state.cut is None:
            faults[Field.SCAN] = Fault.MISSING
        elif not state.cut.is_acceptable:
            faults[Field.SCAN] = Fault.NOT_GOOD
        else:
            faults |= check_size(state.kind, width, height)
        return faults

    def _set_fault(self, where: Field, fault: str) -> None:
        others = tuple(f for f in self.state.faults if f[0] is not where)
        self._set(faults=(*others, (where, fault)) if fault else others)

    def _propose_name(self) -> None:
        chosen, before = self.state.chosen, self.state.proposal
        if chosen is not None:
            name = proposed_name(chosen.organization_name, self.state.kind)
            self._set(proposal=replace(before, number=before.number + 1, name=name, is_firm=False))

    def _empty_form(self) -> None:
        empty = SealsState()
        self.stop_cutting()
        self._set(
            certificate_serial="",
            kind=empty.kind,
            scan=None,
            cut=None,
            entered=empty.entered,
            proposal=replace(empty.proposal, number=self.state.proposal.number + 1),
            form_number=self.state.form_number + 1,
            faults=(),
        )

    def _go(self, place: Place) -> None:
        self._wish = ""  # one that waits for the lists is overtaken by where the person goes now
        self._set(place=place, problem_code="", problem_detail="")
        if self.state.phase in {Phase.NORMAL, Phase.EMPTY}:
            self._set(phase=self._phase())

    def _phase(self) -> Phase:
        return Phase.EMPTY if not self.state.seals and self.state.place is Place.LIST else Phase.NORMAL

    def _fulfil(self) -> None:
        """Go where another page asked to, now that the lists are fresh."""
        wish, self._wish = self._wish, ""
        if wish == "new" and self.state.choices:
            self.open_form()
        elif wish:
            self.show_list()

    def _on_heard(self, change: Changed) -> None:
        if change is Changed.SESSION and self._account_id() != self._person:
            self._person = self._account_id()
            self._forget()
            if self._person:
                self.load()
        elif change in _RELOAD and self._person:
            self.load()

    def _forget(self) -> None:
        """Drop everything of the person who has left."""
        for handle in self._held:
            handle.discard()
        self._wish = ""
        before = self.state
        number = before.proposal.number + 1
        # The form still holds what was typed: other numbers make it empty itself.
        self._state = SealsState(
            form_number=before.form_number + 1, proposal=replace(SealsState().proposal, number=number)
        )
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


def states_in_order(seals: tuple[Seal, ...]) -> tuple[Seal, ...]:
    """Return seals with what there is to do first: to claim, refused, under review, usable, void."""
    rank = {
        SealState.APPROVED: 0,
        SealState.REJECTED: 1,
        SealState.PENDING_REVIEW: 2,
        SealState.CLAIMED: 3,
        SealState.VOID: 4,
    }
    return tuple(sorted(seals, key=lambda s: rank[s.state]))
