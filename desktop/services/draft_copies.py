"""Versions of a lot's draft that are not the one on the platform: kept at this workstation until they are dropped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from desktop.domain.errors import RejectedError
from desktop.services.tender_draft import TenderDraft, read_draft, write_draft
from desktop.services.workspace import Workspace
from desktop.store.draft_copies import DraftCopyStore, StoredCopy

_MOST_COPIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCopy:
    """A version of the draft: who wrote it ("" = whoever works here), and when."""

    draft: TenderDraft
    by: str
    at: datetime


def copies_of(workspace: Workspace, lot_id: str) -> tuple[DraftCopy, ...]:
    """Return the versions of a lot's draft that are kept here, newest first."""
    found = []
    for each in DraftCopyStore(workspace.folder.drafts, lot_id).read():
        try:
            found.append(DraftCopy(draft=read_draft(each.draft), by=each.by, at=each.at))
        except RejectedError:  # of another version of this program
            continue
    return tuple(found)


def keep_copies(workspace: Workspace, lot_id: str, copies: Iterable[DraftCopy]) -> None:
    """Keep these versions, newest first, and no others.

    Raises:
        UnavailableError: they cannot be written; those from before are still there.
    """
    stored = [StoredCopy(draft=write_draft(each.draft), by=each.by, at=each.at) for each in copies]
    DraftCopyStore(workspace.folder.drafts, lot_id).write(stored[:_MOST_COPIES])
