"""The view-model of making a bid package: files, who can open them, and the action that a scan carries out."""

import unicodedata
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.domain.moments import read_moment
from desktop.formats.package import GroupKind, PlannedGroup, SourceFile
from desktop.protocol.messages import Outcome
from desktop.services.ceremony import CeremonyView
from desktop.services.events import Changed
from desktop.services.packing import EnvelopeOrder, PackAction, PackOrder
from desktop.services.recipients import PinAction
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.package.holdings import usable_holdings
from desktop.views.package.key_file import read_group
from desktop.views.package.pack_checks import (
    Field,
    NameFit,
    PackInput,
    check_form,
    fit_of,
    fit_together,
    summaries,
    target_name,
)
from desktop.views.package.pack_state import Box, Holding, PackFile, PackState, Refusal

_RELOAD = frozenset({Changed.SESSION, Changed.CERTIFICATES, Changed.WORKSTATION, Changed.RECIPIENTS})
_MAX_FILES = 1000

_Found = tuple[Path, int, str]
_Holdings = tuple[tuple[Holding, ...], tuple[Holding, ...]]


class PackModel(ViewModel[PackState]):
    """Owns the lists; texts come with `check`."""

    _changed_elsewhere = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(PackState(), parent)
        self.workspace = workspace
        self._others: tuple[Holding, ...] = ()
        self._typed = PackInput()
        self._asked = ""
        self._adding: TaskHandle[tuple[_Found, ...]] | None = None
        self._waiting: list[tuple[int, tuple[Path, ...]]] = []
        unsubscribe = workspace.bus.subscribe(self._changed_elsewhere.emit)
        self._changed_elsewhere.connect(self._on_change)
        self.destroyed.connect(unsubscribe)

    # -- certificates ----------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Find out which certificates can sign and open."""
        if not self.state.own:
            self._set(phase=Phase.LOADING)
        run(self._fetch, self._take_holdings, self._fail, receiver=self)

    def choose_certificate(self, serial: str) -> None:
        """Sign and open with another certificate; who else can open is chosen anew."""
        if serial != self.state.serial:
            self._set(serial=serial, seconds=frozenset())
        self._look_at_unit()

    def choose_second(self, sha256: str, *, chosen: bool) -> None:
        """Let a confirmed certificate of the unit open the bid too, or not."""
        seconds = self.state.seconds - {sha256} | ({sha256} if chosen else frozenset())
        self._set(seconds=seconds)

    def confirm_action(self, serial: str) -> PinAction:
        """Return the use case in which that certificate's phone confirms it; called anew for each try."""
        holding = next(each for each in self._candidates() if each.key == serial)
        self._asked = holding.encryption.sha256.hex()
        return PinAction(self.workspace, certificate=holding.certificate, encryption_certificate=holding.encryption.der)

    def confirmed_by_phone(self, view: CeremonyView) -> None:
        """Look at the confirmed certificates again, and choose the new one: that is what the scan was for."""
        self._look_at_unit()
        if view.outcome is Outcome.DONE:
            self.choose_second(self._asked, chosen=True)

    # -- other groups ----------------------------------------------------------------------------------------------

    def load_group(self, path: Path, kind: GroupKind) -> None:
        """Add the opening key or the time key from a file; one that is there already is replaced."""

        def work(progress: ReportProgress, cancel: CancelToken) -> PlannedGroup:
            progress(0, 1)
            cancel.raise_if_set()
            return read_group(path, kind)

        run(work, self._take_group, lambda error: self._set(group_problem=error.code), receiver=self)

    def drop_group(self, kind: GroupKind) -> None:
        """Do without that group."""
        self._set(groups=tuple(g for g in self.state.groups if g.kind is not kind), group_problem="")

    # -- files -----------------------------------------------------------------------------------------------------

    def use_two_envelopes(self, *, double: bool) -> None:
        """Pack into one envelope or into two; what was put into the second is kept, in case of another change."""
        self._set(is_double=double, faults=())

    def add_files(self, number: int, paths: list[Path]) -> None:
        """Look at files on a worker and put them into an envelope, in the order of asking.

        Those that cannot be packed are named at once.
        """
        self._waiting.append((number, tuple(paths)))
        if self._adding is None:
            self._add_next()

    def cancel_adding(self) -> None:
        """Add none of the files that are being looked at, nor any that wait for it."""
        self._waiting.clear()
        if self._adding is not None:
            self._adding.cancel()

    def remove_file(self, number: int, name: str) -> None:
        """Take a file out; the file itself is not touched."""
        box = self.state.boxes[number]
        self._put(number, replace(box, files=tuple(f for f in box.files if f.name != name), refused=()))

    def move_file(self, number: int, name: str, step: int) -> None:
        """Move a file up (-1) or down (1)."""
        files = list(self.state.boxes[number].files)
        here = next((n for n, file in enumerate(files) if file.name == name), -1)
        there = here + step
        if here >= 0 and 0 <= there < len(files):
            files[here], files[there] = files[there], files[here]
            self._put(number, replace(self.state.boxes[number], files=tuple(files)))

    # -- the package -----------------------------------------------------------------------------------------------

    def proposed_target(self, typed: PackInput) -> Path | None:
        """Return where the package will go: as chosen, else beside its first file."""
        if self.state.target is not None:
            return self.state.target
        first = next((file for box in self.state.used for file in box.files), None)
        return None if first is None else first.path.with_name(target_name(typed.tender, typed.lot))

    def save_as(self, target: Path) -> None:
        """Give the package this place."""
        self._set(target=target)

    def touch(self, where: Field) -> None:
        """Somebody corrects this field."""
        self._set(faults=tuple(fault for fault in self.state.faults if fault[0] is not where))

    def check(self, typed: PackInput) -> bool:
        """Tell whether the form is good enough to pack; what is wrong stands in the state."""
        counts = tuple(len(box.files) for box in self.state.used)
        faults = check_form(typed, now=self.workspace.clock.now(), counts=counts)
        self._typed = typed
        self._set(faults=faults, refused_number=self.state.refused_number + bool(faults), failure="")
        return not faults and self.state.holding is not None and self.state.is_enrolled

    def make_action(self) -> PackAction:
        """Return the use case for what was checked last; called anew for each try."""
        return PackAction(self.workspace, self._order())

    def scan_finished(self, view: CeremonyView) -> None:
        """Take over what came of it."""
        done = next(iter(view.details), None)
        if done is not None and done.target and not done.code:
            self._set(result=Path(done.target), failure="")
        else:
            self._set(failure=view.problem or (done.code if done else ""))

    def begin_anew(self) -> None:
        """Make another package; who can open it stays."""
        self._set(
            boxes=(Box(), Box()),
            result=None,
            failure="",
            target=None,
            faults=(),
            form_number=self.state.form_number + 1,
        )

    # -- small parts -----------------------------------------------------------------------------------------------

    def _order(self) -> PackOrder:
        state, typed = self.state, self._typed
        holding, deadline, target = state.holding, read_moment(typed.deadline), self.proposed_target(typed)
        assert holding is not None
        assert deadline is not None
        assert target is not None
        seconds = tuple(each.der for each in state.confirmed if each.sha256.hex() in state.seconds)
        envelopes = tuple(
            EnvelopeOrder(
                envelope_id=identity,
                title=title,
                files=tuple(SourceFile(name=file.name, path=file.path) for file in box.files),
                summary=summary,
                not_before=int(deadline.timestamp()),
                second_recipients=seconds,
                other_groups=state.groups,
            )
            for (identity, title), box, summary in zip(
                state.envelopes, state.used, summaries(typed, is_double=state.is_double), strict=True
            )
        )
        return PackOrder(
            certificate=holding.certificate,
            encryption_certificate=holding.encryption.der,
            tender=typed.tender.strip(),
            lot=typed.lot.strip(),
            deadline=deadline,
            envelopes=envelopes,
            target=free_name(target),
        )

    def _on_change(self, change: object) -> None:
        if change in _RELOAD and self.state.phase is not Phase.LOADING and self.workspace.account.account is not None:
            self.load()

    def _fetch(self, progress: ReportProgress, cancel: CancelToken) -> _Holdings:
        progress(0, 1)
        cancel.raise_if_set()
        return usable_holdings(self.workspace)

    def _take_holdings(self, found: _Holdings) -> None:
        own, self._others = found
        serials = [each.key for each in own]
        chosen = self.state.serial if self.state.serial in serials else next(iter(serials), "")
        self._set(phase=Phase.NORMAL if own else Phase.EMPTY, own=own, problem_code="", problem_detail="")
        self.choose_certificate(chosen)

    def _candidates(self) -> tuple[Holding, ...]:
        return (*self._others, *(each for each in self.state.own if each.key != self.state.serial))

    def _look_at_unit(self) -> None:
        holding = self.state.holding
        if holding is None:
            return
        unit = holding.certificate.credit_code
        pins = {each.certificate.sha256: each.certificate for each in self.workspace.pins.of(unit)}
        pins.pop(holding.encryption.sha256, None)
        self._set(
            is_enrolled=self.workspace.workstation.is_enrolled_for(unit),
            confirmed=tuple(pins.values()),
            seconds=self.state.seconds & {sha.hex() for sha in pins},
            unconfirmed=tuple(
                each
                for each in self._candidates()
                if each.certificate.credit_code == unit and each.encryption.sha256 not in pins
            ),
        )

    def _take_group(self, group: PlannedGroup) -> None:
        others = [each for each in self.state.groups if each.kind is not group.kind]
        self._set(groups=tuple(sorted([*others, group], key=lambda g: g.group_id)), group_problem="")

    def _add_next(self) -> None:
        self._adding = None
        if not self._waiting:
            self._set(adding=(0, 0))
            return
        number, paths = self._waiting.pop(0)
        self._set(adding=(0, len(paths)))
        self._adding = run(
            partial(_look_at, paths),
            lambda found: self._take_files(number, found),
            lambda _error: self._add_next(),
            lambda done, total, _text: self._set(adding=(done, total)),
            receiver=self,
        )

    def _take_files(self, number: int, found: tuple[_Found, ...]) -> None:
        files = list(self.state.boxes[number].files)
        refused: list[Refusal] = []
        all_fit = fit_together([file.name for file in files] + [_inner_name(path) for path, _size, _code in found])
        for path, size, code in found:
            name = _inner_name(path)
            fit = NameFit.GOOD if all_fit else fit_of(name, [file.name for file in files])
            if code:
                refused.append(Refusal(name=name, code=code))
            elif fit is not NameFit.GOOD:
                refused.append(Refusal(name=name, code="package.file_name", is_clash=fit is NameFit.CLASHES))
            elif len(files) >= _MAX_FILES:
                refused.append(Refusal(name=name, code="package.too_large"))
            else:
                files.append(PackFile(name=name, path=path, size=size))
        self._put(number, Box(files=tuple(files), refused=tuple(refused)))
        self._add_next()

    def _put(self, number: int, box: Box) -> None:
        boxes = list(self.state.boxes)
        boxes[number] = box
        where = (Field.FILES, Field.SECOND_FILES)[number]
        faults = tuple(fault for fault in self.state.faults if fault[0] is not where)
        self._set(boxes=tuple(boxes), faults=faults)


def free_name(wanted: Path) -> Path:
    """Return `wanted`, or the next free name like it."""
    number, path = 1, wanted
    while path.exists():
        number += 1
        path = wanted.with_name(f"{wanted.stem}({number}){wanted.suffix}")
    return path


def _inner_name(path: Path) -> str:
    """Some systems take names apart into letters and accents; inside a package they stand together."""
    return unicodedata.normalize("NFC", path.name)


def _look_at(paths: tuple[Path, ...], progress: ReportProgress, cancel: CancelToken) -> tuple[_Found, ...]:
    """Return each file with its size, or with the code of why it cannot be read."""
    found: list[_Found] = []
    for number, path in enumerate(paths):
        progress(number, len(paths), path.name)
        cancel.raise_if_set()
        try:
            with path.open("rb"):
                found.append((path, path.stat().st_size, ""))
        except OSError:
            found.append((path, 0, "general.file_unreadable"))
    return tuple(found)
