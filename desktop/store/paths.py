"""Where the workstation's data lives.

Order: an explicit folder, the variable BIDSEAL_DATA, the one-line file `bidseal-data` beside the Python environment (a
portable or source installation), else the operating system's folder for user data. A folder that was moved says where
to (`moved.json`), and is followed: its own files are of the day of the move, and must not be taken up again.

Each platform has a part of its own, so that journal, pins, trust and seals of two platforms never meet. The first
platform, or the only one, lives in the folder itself; those added later in `platforms/<id>-<root>/`.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import UnavailableError

POINTER = "bidseal-data"
#: The lists of all platforms are looked for in these.
_PLATFORMS = "platforms"
_MOVED = "moved.json"
_MOST_MOVES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFolder:
    """The folder of one platform's data and the places in it; `home` is that of the workstation, None = the same."""

    root: Path
    home: Path | None = None

    @property
    def base(self) -> Path:
        """The workstation's folder, whatever the platform."""
        return self.home or self.root

    @property
    def platforms(self) -> Path:
        """A folder for each platform that was added."""
        return self.base / _PLATFORMS

    def part(self, name: str) -> "DataFolder":
        """Return the part of an added platform."""
        return DataFolder(root=self.platforms / name, home=self.base)

    @property
    def logs(self) -> Path:
        """The application's log, a file a day."""
        return self.base / "logs"

    @property
    def moved(self) -> Path:
        """JSON that says where the data was moved to."""
        return self.base / _MOVED

    @property
    def move_plan(self) -> Path:
        """JSON that says where the data is to be moved at the next start."""
        return self.base / "move.json"

    @property
    def trust_folders(self) -> tuple[Path, ...]:
        """The trust folders of all platforms, also of those removed from the list."""
        return (self.base / "trust", *sorted(self.platforms.glob("*/trust")))

    @property
    def journal(self) -> Path:
        """SQLite file of consumed ceremonies and work in flight."""
        return self.root / "journal.sqlite"

    @property
    def settings(self) -> Path:
        """JSON of the user's choices, for all platforms."""
        return self.base / "settings.json"

    @property
    def trust(self) -> Path:
        """Root and issuing certificates, CRLs and OCSP answers."""
        return self.root / "trust"

    @property
    def heads(self) -> Path:
        """Tree heads of the platform's log as they were seen."""
        return self.root / "heads"

    @property
    def heads_folders(self) -> tuple[Path, ...]:
        """The heads of all platforms, also of those removed from the list."""
        return (self.base / "heads", *sorted(self.platforms.glob("*/heads")))

    @property
    def seals(self) -> Path:
        """Signed seal objects."""
        return self.root / "seals"

    @property
    def lock(self) -> Path:
        """Held by the process that works in the folder."""
        return self.root / "instance.lock"

    @property
    def use(self) -> Path:
        """Shared by all processes that work in the folder; held alone by one that moves it."""
        return self.root / "instance.lock.use"

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
    def bids(self) -> Path:
        """JSON of the bids prepared here whose deadline is to come."""
        return self.root / "bids.json"

    @property
    def openings(self) -> Path:
        """What openings have come to, one folder a lot."""
        return self.root / "openings"

    @property
    def packed(self) -> Path:
        """Hashes of what was packed into bids here."""
        return self.root / "packed"

    @property
    def tenders(self) -> Path:
        """A folder for each lot: its announcements as first seen, tender documents, the bid in preparation."""
        return self.root / "tenders"

    @property
    def drafts(self) -> Path:
        """Versions of lots' drafts that are not the one on the platform, one file a lot."""
        return self.root / "drafts"

    @property
    def workstation_key(self) -> Path:
        """The workstation's wrapped private key."""
        return self.root / "workstation.key"

    @property
    def workstation(self) -> Path:
        """The workstation's name and enrolments, JSON."""
        return self.root / "workstation.json"


def data_folder(explicit: Path | None = None) -> DataFolder:
    """Find the data folder, where it is now; it need not exist.

    Raises:
        UnavailableError: it was moved to a place that is not there now (`general.data_folder_away`).
    """
    return _followed(_chosen(explicit))


def _chosen(explicit: Path | None) -> Path:
    if explicit is not None:
        return explicit
    if from_environment := os.environ.get("BIDSEAL_DATA"):
        return Path(from_environment)
    pointer = Path(sys.prefix) / POINTER
    if pointer.is_file():
        return Path(pointer.read_text(encoding="utf-8").strip())
    import platformdirs  # nobody else needs it

    return Path(platformdirs.user_data_dir("bidseal", appauthor=False))


def _followed(root: Path) -> DataFolder:
    for _ in range(_MOST_MOVES):
        folder = DataFolder(root=root)
        target = moved_to(folder)
        if target is None:
            return folder
        if not _holds_something(target):
            # A new workstation in its place would have no journal, and overwrite the other's key in the keyring.
            raise UnavailableError("general.data_folder_away", str(target))
        root = target
    raise UnavailableError("general.data_folder_away", "moved in a circle")


def _holds_something(place: Path) -> bool:
    """Tell whether a folder is there with something in it: of a disk that is away the mount point may be left."""
    try:
        return any(place.iterdir())
    except OSError:
        return False


def moved_to(folder: DataFolder) -> Path | None:
    """Return where a folder was moved to, None if it was not.

    Raises:
        UnavailableError: it was, but where to cannot be read (`general.data_folder_away`).
    """
    try:
        return Path(str(json.loads(folder.moved.read_text(encoding="utf-8"))["to"]))
    except (FileNotFoundError, NotADirectoryError):
        return None  # where no folder can be, none was moved away
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnavailableError("general.data_folder_away", type(error).__name__) from None
