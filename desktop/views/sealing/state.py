"""What the sealing page shows."""

from dataclasses import dataclass
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.documents import DocumentFacts
from desktop.formats.seal import SealObject
from desktop.ui.page import PageState
from desktop.views.sealing.placing import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One opened document. `result` is the sealed file once there is one; `problem` a catalogue code when it failed.

    `level` is how long it can be verified (B-B, B-T, B-LT), `note` why it is not longer.
    """

    key: str
    source: Path
    facts: DocumentFacts
    placed: tuple[Placed, ...] = ()
    result: Path | None = None
    problem: str = ""
    level: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingState(PageState):
    """What is open, what is in hand, and what is under way.

    `refused` lists files that could not be opened with their catalogue codes; `opening` is (done, total). `folder` is
    where sealed files go, None = beside each original.
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
    is_enrolled: bool = True
    opening: tuple[int, int] = (0, 0)
    refused: tuple[tuple[str, str], ...] = ()
    folder: Path | None = None

    @property
    def paper(self) -> Paper | None:
        """The document in front."""
        return next((p for p in self.papers if p.key == self.current), None)

    @property
    def seal(self) -> SealObject | None:
        """The seal in hand."""
        return next((s for s in self.seals if s.seal_id == self.seal_id), None)

    @property
    def certificate(self) -> CertificateFacts | None:
        """The certificate to sign with."""
        return next((c for c in self.certificates if c.serial == self.serial), None)

    @property
    def bare(self) -> tuple[Paper, ...]:
        """The open documents without a seal: the scan leaves them out."""
        return tuple(p for p in self.papers if not p.placed and p.result is None)

    @property
    def marked(self) -> tuple[Paper, ...]:
        """The documents that bear a seal and are not sealed yet: what the scan will be about."""
        return tuple(p for p in self.papers if p.placed and p.result is None)
