"""From a draft to a package: what its files are now, which of them were sealed meanwhile, and the order to pack.

The groups of the opening policy are those of the notice and no others; a platform's list adds nobody (threat T48).
Source: docs/tendering.md §1, In a bid; docs/bid-package.md §3.
"""

import mmap
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.tendering import PolicyGroup
from desktop.formats.package import BidPackage, GroupKind, PlannedGroup, SourceFile, member_of_key
from desktop.formats.tender import demand_as_asked
from desktop.protocol.notices import (
    OPENING_GROUP,
    OPENING_KEY_NAME,
    TIME_GROUP,
    TIME_KEY_NAME,
    Announcement,
    NoticeEnvelope,
)
from desktop.services.bid_checks import FileFacts, summary_of
from desktop.services.packing import EnvelopeOrder, PackOrder
from desktop.signing.pdf.scan import find_traces
from desktop.store.bid_drafts import BidDraft, DraftFile

_PDF_HEAD, _HEAD_BYTES = b"%PDF-", 1024
_CHUNK = 1 << 20
_SEALED = "_已签章"


@dataclass(frozen=True, slots=True, kw_only=True)
class Openers:
    """The mobile certificate that signs and opens, and the confirmed further ones that are to open too (DER)."""

    certificate: CertificateFacts
    encryption_certificate: bytes
    seconds: tuple[bytes, ...] = ()


def look_at(path: Path) -> FileFacts:
    """Return what a file is now; whether it bears a signature is seen, not whether that is good."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if _PDF_HEAD not in file.read(_HEAD_BYTES):
                return FileFacts(size=size)
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return FileFacts(size=size, is_pdf=True, is_signed=bool(find_traces(data)))
    except (OSError, ValueError):
        return FileFacts(size=None)


def add_files(draft: BidDraft, envelope_id: str, paths: list[Path], *, need: str = "") -> BidDraft:
    """Return the draft with more files; what takes the place of a required document replaces what was there.

    A file that stands among the further ones already becomes the required one.
    """
    chosen = {str(path) for path in paths}
    kept = tuple(
        f
        for f in draft.files
        if not (need and f.envelope_id == envelope_id and (f.need == need or (not f.need and f.path in chosen)))
    )
    known = {f.path for f in kept if f.envelope_id == envelope_id}
    new = tuple(
        DraftFile(envelope_id=envelope_id, name=inner_name(path), path=str(path), need=need)
        for path in dict.fromkeys(paths)
        if str(path) not in known
    )
    return replace(draft, files=kept + new)


def remove_file(draft: BidDraft, envelope_id: str, path: str) -> BidDraft:
    """Return the draft without a file; the file itself is not touched."""
    kept = tuple(f for f in draft.files if (f.envelope_id, f.path) != (envelope_id, path))
    return replace(draft, files=kept)


def move_file(draft: BidDraft, envelope_id: str, path: str, step: int) -> BidDraft:
    """Return the draft with a further file moved among those of its envelope, up (-1) or down (1)."""
    places = [n for n, f in enumerate(draft.files) if f.envelope_id == envelope_id and not f.need]
    here = next((k for k, n in enumerate(places) if draft.files[n].path == path), -1)
    if here < 0 or not 0 <= here + step < len(places):
        return draft
    files = list(draft.files)
    one, other = places[here], places[here + step]
    files[one], files[other] = files[other], files[one]
    return replace(draft, files=tuple(files))


def take_sealed(draft: BidDraft, facts: dict[str, FileFacts]) -> BidDraft:
    """Return the draft with each unsealed PDF replaced by its sealed result beside it, where there is one.

    A result is known by being the whole source with something appended, which is what sealing does; the newest counts.
    """
    return replace(draft, files=tuple(_sealed(file, facts) for file in draft.files))


def _sealed(file: DraftFile, facts: dict[str, FileFacts]) -> DraftFile:
    known, source = facts.get(file.path), Path(file.path)
    if known is None or known.size is None or not known.is_pdf or known.is_signed:
        return file
    try:
        results = [p for p in source.parent.iterdir() if p.name.startswith(source.stem + _SEALED) and p != source]
        for path in sorted(results, key=lambda p: p.stat().st_mtime_ns, reverse=True):
            if look_at(path).is_signed and _begins_with(path, source):
                return replace(file, name=inner_name(path), path=str(path))
    except OSError:
        pass  # what cannot be looked for stays as it is; the list says that it has no seal
    return file


def _begins_with(whole: Path, beginning: Path) -> bool:
    with whole.open("rb") as longer, beginning.open("rb") as shorter:
        while chunk := shorter.read(_CHUNK):
            if longer.read(len(chunk)) != chunk:
                return False
    return True


def inner_name(path: Path) -> str:
    """Return the name inside a package: some systems take names apart into letters and accents."""
    return unicodedata.normalize("NFC", path.name)


def pack_order(announcement: Announcement, draft: BidDraft, openers: Openers, *, target: Path) -> PackOrder:
    """Return the order to pack a draft without blocking findings."""
    notice = announcement.notice
    return PackOrder(
        certificate=openers.certificate,
        encryption_certificate=openers.encryption_certificate,
        tender=notice.tender,
        lot=notice.lot,
        deadline=datetime.fromtimestamp(notice.deadline, UTC),
        envelopes=tuple(_envelope(announcement, each, draft, openers) for each in notice.envelopes),
        target=target,
    )


def _envelope(announcement: Announcement, envelope: NoticeEnvelope, draft: BidDraft, openers: Openers) -> EnvelopeOrder:
    return EnvelopeOrder(
        envelope_id=envelope.envelope_id,
        title=envelope.title,
        files=tuple(
            SourceFile(name=file.name, path=Path(file.path))
            for file in draft.files
            if file.envelope_id == envelope.envelope_id
        ),
        summary=summary_of(draft.summary, envelope.fields),
        not_before=envelope.not_before,
        second_recipients=openers.seconds if envelope.needs_bidder else (),
        other_groups=other_groups(announcement, envelope),
        needs_bidder=envelope.needs_bidder,
    )


def other_groups(announcement: Announcement, envelope: NoticeEnvelope) -> tuple[PlannedGroup, ...]:
    """Return the groups beside the bidder's own, with the keys that the agency has signed."""
    found = announcement.key_of(envelope.envelope_id)
    if found is None:
        raise MisuseError("general.unexpected", "an envelope without an opening key")
    opening = member_of_key(OPENING_KEY_NAME, found[0])
    groups = (PlannedGroup(group_id=OPENING_GROUP, kind=GroupKind.OPENING_KEY, members=(opening,)),)
    if PolicyGroup.TIME not in envelope.groups:
        return groups
    time = member_of_key(TIME_KEY_NAME, envelope.time_key)
    return (*groups, PlannedGroup(group_id=TIME_GROUP, kind=GroupKind.TIME, members=(time,)))


def require_for_lot(package: BidPackage, announcements: tuple[Announcement, ...], *, credit_code: str) -> None:
    """Demand that a package is a bid of this unit for this lot, packed by some revision of its notice.

    Raises:
        RejectedError: `bid.package_other_lot`, `bid.package_other_unit` or `tender.package_differs`.
    """
    header, notice = package.header, announcements[-1].notice
    if (header.platform, header.tender, header.lot) != (notice.platform, notice.tender, notice.lot):
        raise RejectedError("bid.package_other_lot", f"{header.tender} {header.lot}"[:200])
    if header.bidder.credit_code != credit_code:
        raise RejectedError("bid.package_other_unit", header.bidder.credit_code)
    demand_as_asked(package, announcements, credit_code=credit_code)
