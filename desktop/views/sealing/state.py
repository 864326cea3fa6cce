"""What the sealing page shows."""

from dataclasses import dataclass
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.documents import DocumentFacts
from desktop.formats.seal import SealObject
from desktop.services.placing import Placement
from desktop.services.sealing_plan import PlannedScan, SealingPlan, Wish, plan_scans
from desktop.ui.page import PageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One opened document. `result` is the sealed file once there is one; `problem` a catalogue code when it failed.

    `is_done` when nothing is left to seal. After a scan that was not the last one, `facts` are of the `result`, and
    `sha256` is its hash. `level` is how long it can be verified (B-B, B-T, B-LT), `note` why it is not longer.
    """

    key: str
    source: Path
    facts: DocumentFacts
    placed: tuple[Placement, ...] = ()
    result: Path | None = None
    sha256: bytes = b""
    is_done: bool = False
    scans: int = 0
    problem: str = ""
    level: str = ""
    note: str = ""

    @property
    def is_stale(self) -> bool:
        """Whether it was signed and has not been opened again for its next signature."""
        return self.scans > 0 and not self.is_done and self.facts.sha256 != self.sha256

    @property
    def lacks_time(self) -> bool:
        """Whether it was sealed without a trusted timestamp, or without the evidence that makes it last."""
        return self.is_done and self.level in ("B-B", "B-T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingState(PageState):
    """What is open, what is in hand, and what is under way.

    `refused` lists files that could not be opened or served, with their catalogue codes; `work` is (done, total, which)
    of opening, searching, stamping. `folder` is where sealed files go, None = beside each original. `found` is how many
    places a search found, -1 = none made.
    """

    papers: tuple[Paper, ...] = ()
    current: str = ""
    page_index: int = 0
    selected: int = -1
    zoom: float = 1.0
    certificates: tuple[CertificateFacts, ...] = ()
    serial: str = ""
    seals: tuple[SealObject, ...] = ()
    seal_id: str = ""
    unenrolled: frozenset[str] = frozenset()
    work: tuple[int, int, str] = (0, 0, "")
    refused: tuple[tuple[str, str], ...] = ()
    folder: Path | None = None
    shows_list: bool = False
    found: int = -1

    @property
    def paper(self) -> Paper | None:
        """The document in front."""
        return next((p for p in self.papers if p.key == self.current), None)

    @property
    def open_papers(self) -> tuple[Paper, ...]:
        """The documents that can still get seals."""
        return tuple(p for p in self.papers if not p.is_done)

    @property
    def seal(self) -> SealObject | None:
        """The seal in hand."""
        return next((s for s in self.seals if s.seal_id == self.seal_id), None)

    @property
    def certificate(self) -> CertificateFacts | None:
        """The certificate whose seals are offered."""
        return next((c for c in self.certificates if c.serial == self.serial), None)

    @property
    def bare(self) -> tuple[Paper, ...]:
        """The open documents without a seal: the scan leaves them out."""
        return tuple(p for p in self.papers if not p.placed and not p.is_done)

    @property
    def marked(self) -> tuple[Paper, ...]:
        """The documents that bear seals which are not signed yet: what the scans will be about."""
        return tuple(p for p in self.papers if p.placed and not p.is_done and not p.is_stale)

    @property
    def failed(self) -> tuple[Paper, ...]:
        """The documents that the last scan did not serve."""
        return tuple(p for p in self.papers if p.is_stale or (p.placed and p.problem and not p.is_done))

    @property
    def plan(self) -> SealingPlan:
        """The scans that are still needed, in their order."""
        return plan_scans(
            tuple(Wish(key=p.key, is_signed=p.facts.signature_count > 0, placements=p.placed) for p in self.marked)
        )

    def certificate_of(self, scan: PlannedScan) -> CertificateFacts | None:
        """The certificate that a scan is to be made with."""
        return next((c for c in self.certificates if c.sha256 == scan.certificate_sha256), None)
