"""电子印章: the seals of the unit in every state, and the application for one (manual, 4).

The imprint is cut out of the scan by what the composition root injects (`Cutter`): the phone itself knows no picture
processing. Without one the page says that seals are applied for at the workstation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject

from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import SealKind, SealState
from desktop.phone.core import Phone
from desktop.phone.core.people import Paper, is_name, read_paper, tidy_name
from desktop.phone.core.platform_views import ListedSeal, SealForm
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.module_model import ModuleModel, ModuleState
from desktop.phone.window.states import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A cut-out imprint, RGBA PNG, empty if none was found; `reasons` are codes of the catalogue why it may not do.

    The size is None where nothing on the scan tells it: it is asked for then, never assumed.
    """

    png: bytes = field(default=b"", repr=False)
    width_mm: float | None = None
    height_mm: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether the size is known."""
        return self.width_mm is not None and self.height_mm is not None

    @property
    def is_good(self) -> bool:
        """Whether it can be handed in."""
        return bool(self.png) and not self.reasons


#: No seal is as large; the platform knows the sizes of each kind.
_MOST_MM = 100.0
#: Cuts the seal out of a scan (bytes of a PNG or JPEG).
Cutter = Callable[[bytes, SealKind], Cut]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealsState(ModuleState):
    """The list, with imprints by seal id; and the application being filled in."""

    seals: tuple[ListedSeal, ...] = ()
    imprints: tuple[tuple[str, bytes], ...] = ()
    has_loaded: bool = False
    may_apply: bool = False
    kind: SealKind = SealKind.OFFICIAL
    certificate: str = ""
    scan: Paper | None = None
    cut: Cut | None = None
    is_cutting: bool = False
    is_sent: bool = False
    form_number: int = 0

    def imprint(self, seal_id: str) -> bytes:
        """Return the imprint, empty while it has not come."""
        return dict(self.imprints).get(seal_id, b"")


class SealsModel(ModuleModel[SealsState]):
    """Intents: `refresh`, `begin`, `choose_kind`, `choose_certificate`, `attach`, `drop_scan`, `submit`."""

    def __init__(
        self, phone: Phone, app: AppModel, *, cut: Cutter | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(SealsState(may_apply=cut is not None), phone, app, parent)
        self._cut = cut

    # -- list ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask again."""
        self._load(self._phone.registry.seals, self._loaded)

    # -- application -----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin an application."""
        self._set(
            faults=(),
            problem_code="",
            kind=SealKind.OFFICIAL,
            certificate="",
            scan=None,
            cut=None,
            is_cutting=False,
            is_sent=False,
            form_number=self.state.form_number + 1,
        )
        self._app.open(Screen.SEAL_APPLICATION)

    def choose_certificate(self, serial: str) -> None:
        """Bind the seal to this certificate."""
        self._set(certificate=serial)
        self._set_fault("certificate", "")

    def choose_kind(self, kind: str) -> None:
        """Apply for this kind; the size of the imprint depends on it."""
        if kind != self.state.kind:
            self._set(kind=SealKind(kind))
            self._cut_out()

    def attach(self, paths: list[Path]) -> None:
        """Take the scan, and cut the seal out of it."""

        def work() -> Paper:
            paper = read_paper(paths[0])
            if not paper.is_picture:
                raise RejectedError("phone.scan_kind")
            return paper

        self._run(work, self._attached, lambda error: self._set_fault("scan", error.code))

    def drop_scan(self, _place: int = 0) -> None:
        """Take the scan back out."""
        self._set(scan=None, cut=None)
        self._set_fault("scan", "")

    def touch(self, part: str) -> None:
        """The person is correcting a part."""
        self._set_fault(part, "")

    def submit(self, name: str, *, width: str = "", height: str = "") -> None:
        """Check the application and send it; `width` and `height` in mm count where the scan does not tell them."""
        state, tidied = self.state, tidy_name(name)
        faults: dict[str, str] = {}
        size = _size(state.cut, width, height)
        if state.cut is not None and state.cut.is_good and size is None:
            faults["size"] = "platform.seal_size"
        if not state.certificate:
            faults["certificate"] = "phone.no_certificate"
        if not is_name(tidied):
            faults["name"] = "phone.name_invalid"
        if state.scan is None:
            faults["scan"] = "phone.papers_missing"
        elif state.cut is not None and not state.cut.is_good:
            faults["scan"] = state.cut.reasons[0] if state.cut.reasons else "imprint.not_found"
        self._set(faults=tuple(faults.items()))
        if faults or state.is_cutting or state.scan is None or state.cut is None or size is None:
            return
        form = SealForm(
            certificate_serial=state.certificate,
            kind=state.kind,
            name=tidied,
            width_mm=size[0],
            height_mm=size[1],
            scan=(f"scan.{state.scan.extension}", state.scan.content, state.scan.media_type),
            imprint_png=state.cut.png,
        )
        self._send(lambda: self._phone.registry.apply_for_seal(form), self._sent)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _loaded(self, seals: tuple[ListedSeal, ...]) -> None:
        self._set(seals=seals, has_loaded=True, is_loading=False, problem_code="", problem_detail="")
        known = dict(self.state.imprints)
        missing = [s.seal_id for s in seals if s.seal_id not in known and s.state is not SealState.REJECTED]
        if missing:
            self._run(lambda: self._fetch(missing), self._pictures_came, lambda _: None)

    def _fetch(self, seal_ids: list[str]) -> tuple[tuple[str, bytes], ...]:
        """On a worker; a picture that cannot be had is left out."""
        found: list[tuple[str, bytes]] = []
        for seal_id in seal_ids:
            try:
                found.append((seal_id, self._phone.registry.imprint(seal_id)))
            except BidSealError:
                continue
        return tuple(found)

    def _pictures_came(self, found: tuple[tuple[str, bytes], ...]) -> None:
        self._set(imprints=(*self.state.imprints, *found))

    def _attached(self, paper: Paper) -> None:
        self._set(scan=paper, cut=None)
        self._set_fault("scan", "")
        self._cut_out()

    def _cut_out(self) -> None:
        scan, kind, cut = self.state.scan, self.state.kind, self._cut
        if scan is None or cut is None:
            return
        self._set(is_cutting=True, cut=None)

        def done(result: Cut) -> None:
            if self.state.scan is scan and self.state.kind is kind:
                self._set(cut=result, is_cutting=False)

        def failed(error: BidSealError) -> None:
            if self.state.scan is scan and self.state.kind is kind:
                self._set(cut=Cut(reasons=(error.code,)), is_cutting=False)

        self._run(lambda: cut(scan.content, kind), done, failed)

    def _sent(self, seal: ListedSeal) -> None:
        self._set(is_busy=False, is_sent=True, scan=None, cut=None, seals=(seal, *self.state.seals))

    def _failed(self, error: BidSealError) -> None:
        super()._failed(error)
        if error.code == "platform.seal_size":
            self._set(problem_code="", problem_detail="")
            self._set_fault("size", error.code)


def _size(cut: Cut | None, width: str, height: str) -> tuple[float, float] | None:
    """Return the size in mm, measured or typed; None where it is neither."""
    if cut is not None and cut.width_mm is not None and cut.height_mm is not None:
        return cut.width_mm, cut.height_mm
    try:
        typed = (float(width.replace(",", ".").replace("，", ".")), float(height.replace(",", ".").replace("，", ".")))
    except ValueError:
        return None
    return typed if all(0 < side < _MOST_MM for side in typed) else None  # also refuses what is no number
