"""Saving the draft of a lot, which colleagues may be writing as well: nobody's words are overwritten unseen.

The platform refuses a save that goes on from another draft than the one it has. What was refused, and what is put aside
for a colleague's version, stays here as a copy. Source: docs/tendering.md §9.
"""

import threading
from dataclasses import dataclass

from desktop.domain.errors import BidSealError, RejectedError
from desktop.portal.tender_records import DraftSaved
from desktop.services.draft_copies import DraftCopy, copies_of, keep_copies
from desktop.services.tender_desk import NEVER_SAVED, LotWork, open_work
from desktop.services.tender_draft import TenderDraft, write_draft
from desktop.services.workspace import Workspace

#: Somebody has saved another draft meanwhile, or has published it.
CHANGED = "tender.draft_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKept:
    """What came of a save: how the draft stands on the platform, and the versions beside it.

    `is_void`: nothing was saved, for the draft was opened anew before this save began, and had another one.
    """

    saved: DraftSaved
    copies: tuple[DraftCopy, ...]
    is_void: bool = False


class DraftLine:
    """The saves of one lot's draft from this window, one after the other: each goes on from the one before it."""

    def __init__(self, workspace: Workspace, lot_id: str) -> None:
        self._workspace, self._lot_id, self._saved = workspace, lot_id, NEVER_SAVED
        self._lock = threading.Lock()
        self._asked = self._done = 0
        #: The draft that was opened last, and the last turn before that.
        self._opened: tuple[int, TenderDraft] = (0, TenderDraft())

    def open(self) -> LotWork:
        """Fetch the lot once earlier saves have ended; those that have not begun by now are void.

        Raises:
            RejectedError, UnavailableError: as `open_work`.
        """
        with self._lock:
            work = open_work(self._workspace, self._lot_id)
            self._saved, self._done = work.saved, self._asked
            self._opened = (self._asked, work.draft)
            return work

    @property
    def newest(self) -> int:
        """The turn that was taken last."""
        return self._asked

    def turn(self) -> int:
        """Take the next turn, in the order in which drafts were written; each save has one."""
        self._asked += 1
        return self._asked

    def save(self, draft: TenderDraft, turn: int, *, aside: DraftCopy | None = None) -> DraftKept:
        """Keep the draft on the platform, unless a later one was faster; `aside` is the version that it takes over.

        Raises:
            RejectedError: somebody has changed the draft meanwhile (`tender.draft_changed`): this one is then a copy.
            UnavailableError: the platform is away, or a copy cannot be kept.
        """
        with self._lock:
            if turn > self._done:
                if aside is not None:
                    self._keep(aside, but=draft)
                try:
                    self._saved = self._workspace.api.save_draft(
                        self._lot_id, write_draft(draft), after=self._saved.number
                    )
                except RejectedError as error:
                    if error.code == CHANGED:
                        self._keep(self._own(draft))
                    raise
                self._done = turn
            is_void = turn <= self._opened[0] and draft != self._opened[1]
            return DraftKept(saved=self._saved, copies=copies_of(self._workspace, self._lot_id), is_void=is_void)

    def save_somewhere(self, draft: TenderDraft, turn: int) -> None:
        """Keep what was typed, before the window turns to something else: on the platform, or else here as a copy.

        Who opens the same draft again at once may be faster, and works with the one before.

        Raises:
            UnavailableError: neither could be.
        """
        try:
            is_kept = not self.save(draft, turn).is_void
        except BidSealError:
            is_kept = False
        if not is_kept:
            self.set_aside(draft)

    def set_aside(self, draft: TenderDraft) -> None:
        """Keep a draft here as a copy.

        Raises:
            UnavailableError: it cannot be written.
        """
        with self._lock:
            self._keep(self._own(draft))

    def drop(self, draft: TenderDraft) -> tuple[DraftCopy, ...]:
        """Keep a version no longer; return the others.

        Raises:
            UnavailableError: the file cannot be written.
        """
        with self._lock:
            others = [each for each in copies_of(self._workspace, self._lot_id) if each.draft != draft]
            keep_copies(self._workspace, self._lot_id, others)
            return copies_of(self._workspace, self._lot_id)

    def _own(self, draft: TenderDraft) -> DraftCopy:
        return DraftCopy(draft=draft, by="", at=self._workspace.clock.now())

    def _keep(self, copy: DraftCopy, *, but: TenderDraft | None = None) -> None:
        others = (c for c in copies_of(self._workspace, self._lot_id) if c.draft not in (copy.draft, but))
        keep_copies(self._workspace, self._lot_id, (copy, *others))
