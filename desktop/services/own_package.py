"""The package of the own bid when it is to be opened: where it was made, else fetched from the platform.

It counts with the hash of what was closed, wherever it comes from. Source: docs/tendering.md §6.
"""

from collections.abc import Callable
from pathlib import Path

from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.portal.room_records import ClosedBid
from desktop.services.tenders import KnownLot
from desktop.services.workspace import Workspace
from desktop.store.bid_drafts import BidDraft
from desktop.store.files import as_problem, sha256_of


def own_package(
    workspace: Workspace, known: KnownLot, draft: BidDraft, bid: ClosedBid, *, check: Callable[[], None]
) -> Path:
    """Return the package of the own closed bid on this disk; `check` raises to cancel.

    Raises:
        RejectedError: the platform gives other bytes than it has closed (`opening.not_included`).
        UnavailableError: it is not here and cannot be fetched or written.
    """
    kept = known.folder / "packages" / f"{bid.package.hex()}.bid"
    for path in (draft.package, draft.submitting, str(kept)):
        if path and equal(sha256_of(Path(path)), bid.sha256):
            return Path(path)
    part = kept.with_suffix(".bid.part")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:

            def take(chunk: bytes) -> None:
                check()
                file.write(chunk)

            workspace.api.bid_file(bid.package, take)
        if not equal(sha256_of(part), bid.sha256):
            raise RejectedError("opening.not_included", bid.package.hex())
        part.replace(kept)
    except OSError as error:
        raise as_problem(error) from None
    finally:
        part.unlink(missing_ok=True)
    return kept
