"""Lots as a bidder sees them: listed by the platform, announced by the agency's signature, kept on this workstation.

What is shown of a lot beyond the list comes from announcements that were judged. A revision that was seen once must be
the same for ever; where it is not, nothing of the lot is used (threat T48). Tender documents are taken only with the
hash that the notice signs.
"""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.formats.package import check_names
from desktop.portal.tender_records import Lot, LotDetail
from desktop.protocol.notices import Announcement, Notice, TenderDocument, read_announcement
from desktop.services.announcements import judge_announcement
from desktop.services.workspace import Workspace
from desktop.store.files import as_problem, replace, sha256_of
from desktop.store.lots import KeptLot, KeptRevision, LotStore

_RANDOM_BYTES = 8
#: Between the last look at what was kept of a lot and keeping more of it.
_KEEPING = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLot:
    """A lot whose announcements were judged, oldest first; `lot` and `closing` are the platform's word of now.

    `folder` is where this workstation keeps what belongs to the lot.
    """

    lot: Lot
    announcements: tuple[Announcement, ...]
    closing: bytes = field(repr=False)
    folder: Path

    @property
    def announcement(self) -> Announcement:
        """The newest one."""
        return self.announcements[-1]

    @property
    def notice(self) -> Notice:
        """The notice in force."""
        return self.announcement.notice

    @property
    def deadline(self) -> datetime:
        """The submission deadline in force."""
        return datetime.fromtimestamp(self.notice.deadline, UTC)

    @property
    def is_readable_early(self) -> bool:
        """Whether agency and platform together could read a bid before the deadline."""
        return not all(envelope.needs_bidder for envelope in self.notice.envelopes)


def list_lots(workspace: Workspace, text: str = "", *, before: str = "") -> tuple[Lot, ...]:
    """Return a page of the lots that a bidder may see, newest first; `before` is the id of the last one seen."""
    return tuple(lot for lot in workspace.api.lots(text, before=before) if lot.revision)


def open_lot(workspace: Workspace, lot_id: str) -> KnownLot:
    """Fetch a lot, judge its announcements and keep them.

    Raises:
        RejectedError: as `judge_announcement`; `bid.announcement_exchanged`: not what this workstation has seen before.
        UnavailableError: the platform cannot be reached, or what is new cannot be kept.
    """
    store = LotStore(workspace.folder.tenders)
    detail = _ask(workspace, lot_id)
    if len(detail.announcements) < len(_kept(store, detail).revisions):
        # Perhaps overtaken by a later answer, to another thread: asked again, the platform has to say all of it.
        detail = _ask(workspace, lot_id)
    _compare(_kept(store, detail), detail)
    announcements = _judge(workspace, detail)
    notice = announcements[-1].notice
    if (notice.tender, notice.lot) != (detail.lot.tender, detail.lot.lot):
        raise RejectedError("bid.announcement_exchanged", "listed as another lot")
    _keep(store, notice, detail)
    return KnownLot(
        lot=detail.lot,
        announcements=announcements,
        closing=detail.closing,
        folder=store.folder_of(notice.tender, notice.lot),
    )


def fetch_document(
    workspace: Workspace,
    known: KnownLot,
    document: TenderDocument,
    *,
    report: Callable[[int, int, str], None] = lambda _done, _total, _text: None,
    check: Callable[[], None] = lambda: None,
) -> Path:
    """Return the tender document on this disk, fetched unless it is there already; `check` raises to cancel.

    Raises:
        RejectedError: `bid.document_changed`: not what the notice signs; or its name is not one for a file.
        UnavailableError: no connection, or no room.
    """
    target = document_path(known, document)
    if equal(sha256_of(target), document.sha256):
        return target
    part = target.with_name(f".bidseal-{workspace.random(_RANDOM_BYTES).hex()}.part")
    digest, done = hashlib.sha256(), 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:

            def take(chunk: bytes) -> None:
                nonlocal done
                check()
                done += len(chunk)
                if done > document.size:
                    raise RejectedError("bid.document_changed", document.name)
                digest.update(chunk)
                file.write(chunk)
                report(done, document.size, document.name)

            workspace.api.tender_document(known.lot.lot_id, document.sha256, take)
        if not equal(digest.digest(), document.sha256):
            raise RejectedError("bid.document_changed", document.name)
        replace(part, target)
    except OSError as error:
        raise as_problem(error) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target


def document_path(known: KnownLot, document: TenderDocument) -> Path:
    """Return where a tender document is kept.

    Documents of one name, of two revisions, stand apart by their hashes.

    Raises:
        RejectedError: its name is not one for a file (`package.file_name`).
    """
    check_names([document.name])
    return known.folder / "documents" / document.sha256.hex()[:16] / document.name


def _ask(workspace: Workspace, lot_id: str) -> LotDetail:
    detail = workspace.api.lot(lot_id)
    if not detail.announcements:
        raise RejectedError("platform.not_found", lot_id)
    return detail


def _kept(store: LotStore, detail: LotDetail) -> KeptLot:
    """Return what was kept of the lot that is told of, or nothing yet."""
    first = read_announcement(detail.announcements[0].announcement).notice
    return store.read(first.tender, first.lot) or KeptLot(lot_id=detail.lot.lot_id, revisions=())


def _keep(store: LotStore, notice: Notice, detail: LotDetail) -> None:
    """Keep what was judged, unless another thread has kept more meanwhile, or something else."""
    with _KEEPING:
        kept = _kept(store, detail)
        known = min(len(kept.revisions), len(detail.announcements))
        _compare(KeptLot(lot_id=kept.lot_id, revisions=kept.revisions[:known]), detail)
        is_new = len(detail.announcements) > len(kept.revisions) or kept.lot_id != detail.lot.lot_id
        if is_new and known == len(kept.revisions):
            revisions = tuple(
                KeptRevision(announcement=each.announcement, published_at=each.published_at)
                for each in detail.announcements
            )
            store.keep(notice.tender, notice.lot, KeptLot(lot_id=detail.lot.lot_id, revisions=revisions))


def _compare(kept: KeptLot, detail: LotDetail) -> None:
    """Demand that everything seen before is still said, byte for byte."""
    said = [each.announcement for each in detail.announcements]
    seen = [each.announcement for each in kept.revisions]
    if said[: len(seen)] != seen:
        raise RejectedError("bid.announcement_exchanged", f"{len(seen)} seen, {len(said)} said")


def _judge(workspace: Workspace, detail: LotDetail) -> tuple[Announcement, ...]:
    good: list[Announcement] = []
    for each in detail.announcements:
        good.append(
            judge_announcement(
                each.announcement,
                platform=workspace.profile.platform_id,
                before=good[-1] if good else None,
                published_at=each.published_at,
                now=workspace.clock.now(),
                trust=workspace.trust,
            )
        )
    return tuple(good)
