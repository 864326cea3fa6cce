"""Where the workstation's data lives.

Order: an explicit folder, the variable BIDSEAL_DATA, the one-line file `bidseal-data` beside the Python environment (a
portable or source installation), else the operating system's folder for user data.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

POINTER = "bidseal-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFolder:
    """The workstation's folder and the places in it."""

    root: Path

    @property
    def journal(self) -> Path:
        """SQLite file of consumed ceremonies and work in flight."""
        return self.root / "journal.sqlite"

    @property
    def settings(self) -> Path:
        """JSON of the user's choices."""
        return self.root / "settings.json"

    @property
    def trust(self) -> Path:
        """Root and issuing certificates, CRLs and OCSP answers."""
        return self.root / "trust"

    @property
    def seals(self) -> Path:
        """Signed seal objects."""
        return self.root / "seals"

    @property
    def lock(self) -> Path:
        """Held by the process that works in the folder."""
        return self.root / "instance.lock"

    @property
    def work(self) -> Path:
        """Private snapshots and prepared files; may be emptied when nothing runs."""
        return self.root / "work"

    @property
    def outputs(self) -> Path:
        """JSON of the user's folders in which files are being written now."""
        return self.root / "outputs.json"

    @property
    def profile(self) -> Path:
        """JSON profile of the platform that the client works with."""
        return self.root / "platform.json"

    @property
    def recipients(self) -> Path:
        """JSON of the encryption certificates that were confirmed by phone."""
        return self.root / "recipients.json"

    @property
    def workstation_key(self) -> Path:
        """The workstation's wrapped private key."""
        return self.root / "workstation.key"

    @property
    def workstation(self) -> Path:
        """The workstation's name and enrolments, JSON."""
        return self.root / "workstation.json"


def data_folder(explicit: Path | None = None) -> DataFolder:
    """Find the data folder; it need not exist."""
    if explicit is not None:
        return DataFolder(root=explicit)
    if from_environment := os.environ.get("BIDSEAL_DATA"):
        return DataFolder(root=Path(from_environment))
    pointer = Path(sys.prefix) / POINTER
    if pointer.is_file():
        return DataFolder(root=Path(pointer.read_text(encoding="utf-8").strip()))
    import platformdirs  # nobody else needs it

    return DataFolder(root=Path(platformdirs.user_data_dir("bidseal", appauthor=False)))
