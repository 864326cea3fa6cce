"""Bring to this workstation what one scan will open: bids, delivered shares, and the papers that prove them.

A download goes on where it stopped and counts only with the hash of the closing list. Everything is judged before
anybody is asked for a key, and kept so that the opening itself needs no network; the platform's time key alone stays
in memory. Source: docs/tendering.md §5, §6.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.crypto.suites import P256PrivateKey, p256_of_scalar, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import Party
from desktop.formats.package import BidPackage, verify_package
from desktop.formats.tender import demand_as_asked
from desktop.portal.room_records import ClosedBid, RoomView, SealedShare
from desktop.protocol.notices import NoticeEnvelope, read_announcement, write_announcement
from desktop.protocol.statements import Closing, OpeningNotice, Signed
from desktop.services.opening_evidence import Judge, check_deliveries
from desktop.services.workspace import Workspace
from desktop.store.files import as_problem, check_writable, sha256_of
from desktop.store.openings import FetchedBid, FetchedEnvelope, OpeningStore

log = logging.getLogger(__name__)

#: Cause of a bid whose bidder gave no share; the platform knows it by the same name.
NOT_DELIVERED = "tender.share_not_delivered"
#: What lies here is not the listed package, or nothing lies here: our own trouble, and mended by fetching.
DIFFERS = "opening.package_differs"
_LOST = frozenset({"platform.not_found", "opening.package_lost"})
_OWN_DIGITS = 8
Report = Callable[[int, int, str], None]
Check = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedBid:
    """A bid on this disk. `refused` is why it cannot be opened whatever is released, `party` who answers for it."""

    closed: FetchedBid
    path: Path
    package: BidPackage | None = field(default=None, repr=False)
    refused: str = ""
    party: Party = Party.NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Everything that the opening of one envelope needs but the opening key; `bids` are those that take part."""

    judge: Judge
    closing: Signed[Closing]
    closing_statement: bytes = field(repr=False)
    envelope: NoticeEnvelope
    room: OpeningNotice
    bids: tuple[CollectedBid, ...]
    time_key: P256PrivateKey | None = field(default=None, repr=False)

    def with_time_key(self, key: P256PrivateKey | None) -> "Collected":
        """Return the same with the platform's time key."""
        return replace(self, time_key=key)

    @property
    def delivered(self) -> int:
        """How many bidders gave their share."""
        return sum(bool(bid.closed.sealed) for bid in self.bids)

    @property
    def refusals(self) -> dict[bytes, str]:
        """By package the code of what is wrong with it, "" for nothing."""
        return {bid.closed.package: bid.refused for bid in self.bids}


def fetch_envelope(
    workspace: Workspace,
    lot_id: str,
    judge: Judge,
    envelope_id: str,
    store: OpeningStore,
    *,
    report: Report,
    check: Check,
) -> Collected:
    """Fetch everything for one envelope and keep it; `check` raises to cancel, what has arrived stays.

    Raises:
        RejectedError: a paper is not what it should be (`opening.*_untrusted`), or a key (`opening.time_key_wrong`).
        UnavailableError: no connection, or no room on the disk.
    """
    place = _place(store)
    check_writable(place)
    fetched = _papers(workspace, lot_id, judge, envelope_id)
    store.keep_fetched(envelope_id, fetched)
    total = sum(bid.size for bid in fetched.bids)
    done, lost = 0, set[bytes]()
    for number, bid in enumerate(fetched.bids):
        check()
        report(done, total, bid.bidder)
        if not _download(workspace, bid, package_path(place, number, bid), check=check):
            lost.add(bid.package)
        done += bid.size
    collected = collect_kept(judge, envelope_id, store, report=report, check=check)
    bids = tuple(_as_lost(bid) if bid.closed.package in lost else bid for bid in collected.bids)
    return replace(collected, bids=bids).with_time_key(fetch_time_key(workspace, lot_id, collected.envelope))


def collect_kept(judge: Judge, envelope_id: str, store: OpeningStore, *, report: Report, check: Check) -> Collected:
    """Judge again what was fetched before, without a network; the time key has to be fetched apart.

    A bid whose package is not here, or not whole, is `opening.package_differs`: nobody's fault, and undecided. That the
    platform has not given it only a fetch that came to its end can say.

    Raises:
        RejectedError: nothing was fetched (`opening.not_fetched`), or a paper is not what it should be.
    """
    fetched, place = store.fetched(envelope_id), _place(store)
    if fetched is None:
        raise RejectedError("opening.not_fetched", envelope_id)
    judge = replace(judge, announcements=tuple(read_announcement(each) for each in fetched.announcements))
    envelope = judge.announcement.notice.envelope(envelope_id)
    if envelope is None:
        raise RejectedError("opening.not_fetched", envelope_id)
    closing = judge.closing(fetched.closing)
    bids = []
    for number, bid in enumerate(fetched.bids):
        check()
        report(number, len(fetched.bids), bid.bidder)
        bids.append(_judged(judge, envelope, bid, package_path(place, number, bid)))
    report(len(bids), len(bids), "")
    return Collected(
        judge=judge,
        closing=closing,
        closing_statement=fetched.closing,
        envelope=envelope,
        room=judge.opening_notice(fetched.notice, closing, envelope_id).payload,
        bids=tuple(bids),
    )


def fetch_time_key(workspace: Workspace, lot_id: str, envelope: NoticeEnvelope) -> P256PrivateKey | None:
    """Have the platform's time key released; None where the policy knows none.

    Raises:
        RejectedError: it is not the announced one (`opening.time_key_wrong`), or the platform does not give it yet.
    """
    if not envelope.time_key:
        return None
    key = p256_of_scalar(workspace.api.release_time_key(lot_id, envelope.envelope_id))
    if spki_of(key) != envelope.time_key:
        raise RejectedError("opening.time_key_wrong", envelope.envelope_id)
    return key


def package_path(place: Path, number: int, bid: FetchedBid) -> Path:
    """Return where a bid's package lies, `number` being its place in the list."""
    return place / "packages" / f"{number + 1:04}-{bid.package.hex()[:8]}.bid"


def _place(store: OpeningStore) -> Path:
    place = store.place()
    if place is None:
        raise RejectedError("opening.not_fetched", "no folder was chosen")
    return place


def _papers(workspace: Workspace, lot_id: str, judge: Judge, envelope_id: str) -> FetchedEnvelope:
    """Fetch and judge the papers, and hold the deliveries against what was published of them."""
    listed = workspace.api.closing(lot_id)
    closing = judge.closing(listed.closing)
    judge.closed_bids(closing, listed.bids)
    if not closing.payload.opens:
        raise RejectedError("opening.not_fetched", "fewer than three bids")
    room = workspace.api.room(lot_id)
    taking_part = _taking_part(judge, room, envelope_id, listed.bids)
    found = room.envelopes.get(envelope_id)
    envelope = judge.announcement.notice.envelope(envelope_id)
    if found is None or envelope is None or not found.delivered:
        raise RejectedError("opening.not_fetched", "the delivery has not ended")
    delivered = judge.delivered(found.delivered, envelope_id)
    shares: tuple[SealedShare, ...] = workspace.api.deliveries(lot_id, envelope_id) if envelope.needs_bidder else ()
    sealed = check_deliveries(delivered, taking_part, shares)
    return FetchedEnvelope(
        announcements=tuple(write_announcement(each) for each in judge.announcements),
        closing=listed.closing,
        notice=found.notice,
        delivered=found.delivered,
        bids=tuple(_fetched(bid, sealed) for bid in taking_part),
    )


def _taking_part(judge: Judge, room: RoomView, envelope_id: str, bids: tuple[ClosedBid, ...]) -> tuple[ClosedBid, ...]:
    """Return the bids whose envelope is opened: all, or for the second one those that an officer let pass."""
    first = judge.announcement.notice.envelopes[0].envelope_id
    if envelope_id == first:
        return bids
    decisions = room.envelopes[first].passed if first in room.envelopes else {}
    said = {package: judge.passed(data, first).payload for package, data in decisions.items()}
    return tuple(bid for bid in bids if bid.package in said and said[bid.package].passed)


def _fetched(bid: ClosedBid, sealed: Mapping[bytes, bytes]) -> FetchedBid:
    return FetchedBid(
        package=bid.package,
        sha256=bid.sha256,
        bidder=bid.bidder,
        bidder_code=bid.bidder_code,
        at_us=bid.at_us,
        number=bid.number,
        size=bid.size,
        sealed=sealed.get(bid.package, b""),
    )


def _download(workspace: Workspace, bid: FetchedBid, target: Path, *, check: Check) -> bool:
    """Fetch a package unless it is here; tell whether it is the one of the closing list.

    What stopped half-way goes on; where that gives other bytes, it is fetched once more from the beginning.
    """
    if sha256_of(target) == bid.sha256:
        return True
    # Colleagues may fetch into one folder of the network: each goes on with its own part.
    part = target.with_suffix(f".bid.{workspace.workstation.workstation_id[:_OWN_DIGITS]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            _fetch_rest(workspace, bid, part, check=check)
            if sha256_of(part) == bid.sha256:
                part.replace(target)
                return True
            part.unlink(missing_ok=True)
    except OSError as error:
        raise as_problem(error) from None
    log.info("the platform's package is not the listed one")
    return False


def _fetch_rest(workspace: Workspace, bid: FetchedBid, part: Path, *, check: Check) -> None:
    offset = part.stat().st_size if part.is_file() else 0
    if offset >= bid.size:
        return
    with part.open("ab") as file:

        def take(chunk: bytes) -> None:
            nonlocal offset
            check()
            offset += len(chunk)
            if offset > bid.size:
                raise RejectedError("opening.package_lost", bid.package.hex())
            file.write(chunk)

        try:
            workspace.api.bid_file(bid.package, take, offset=offset)
        except RejectedError as error:
            if error.code not in _LOST:
                raise


def _judged(judge: Judge, envelope: NoticeEnvelope, bid: FetchedBid, path: Path) -> CollectedBid:
    """Say what is at hand of a bid, in the order in which it would keep the bid from being opened."""
    found = CollectedBid(closed=bid, path=path)
    if envelope.needs_bidder and not bid.sealed:
        return replace(found, refused=NOT_DELIVERED, party=Party.BIDDER)
    if sha256_of(path) != bid.sha256:
        return replace(found, refused=DIFFERS)
    basis = judge.basis
    verdict = verify_package(path, anchors=basis.anchors, revocation=basis.revocation, now=basis.now)
    if verdict.package is None:
        return replace(found, refused=verdict.reasons[0].code, party=Party.BIDDER)
    try:
        demand_as_asked(verdict.package, judge.announcements, credit_code=bid.bidder_code)
    except RejectedError as error:
        return replace(found, refused=error.code, party=Party.BIDDER)
    if verdict.package.header.package_id != bid.package:
        return replace(found, refused="package.other_tender", party=Party.BIDDER)
    return replace(found, package=verdict.package)


def _as_lost(bid: CollectedBid) -> CollectedBid:
    if bid.refused == NOT_DELIVERED:
        return bid
    return replace(bid, package=None, refused="opening.package_lost", party=Party.OTHER)
