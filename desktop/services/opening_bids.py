"""Open one envelope of many bids with the keys of one release: each opens or fails by itself.

The opener's own keys are tried on every bid, what bidders delivered comes along with each. A bid that cannot be opened
gets its cause and the party responsible and stops no other; a fault of this workstation (a full disk) decides nothing
about a bid. Shares and keys stay in memory. Source: docs/tendering.md §6; docs/bid-package.md §9.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from desktop.crypto.cms_share import open_share
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import P256PrivateKey, spki_of
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.problems import UNEXPECTED
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import OpeningState, Party
from desktop.formats.package import BidPackage, Envelope, GroupKind, OpenedEnvelope, open_package
from desktop.store.files import replace, sha256_of

log = logging.getLogger(__name__)

#: Hashing, AES and the disk need no interpreter; more would only hold more buffers.
WORKERS = max(2, min(4, os.cpu_count() or 2))
_NAMES = 100
_POLL_S = 0.1
#: Said by our own disk or of our own folder: no word about the bid.
_OURS = frozenset(
    {"package.target_exists", "opening.package_differs", "opening.room_key_wrong", "ceremony.cancelled", UNEXPECTED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBid:
    """A current bid: the package that was verified in `path`, and the folder that its files go to.

    `sha256` is the file's by the closing list; who changes the file here does not make the bid a bad one.
    `shares` are what was delivered for it, by group id. `refused` is the cause for which it cannot be opened whatever
    is released, "" for none; `party` is then who has to answer for it.
    """

    package_id: bytes
    sha256: bytes
    path: Path
    target: Path
    package: BidPackage | None = field(default=None, repr=False)
    shares: Mapping[str, SecretBytes] = field(default_factory=dict, repr=False)
    refused: str = ""
    party: Party = Party.NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenerKeys:
    """The private keys of one envelope that the opener holds: by the kind of the group whose share they open."""

    keys: Mapping[GroupKind, P256PrivateKey] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidFate:
    """What came of one bid. `state` is None where nothing is decided yet: `cause` then is our own trouble."""

    package_id: bytes
    state: OpeningState | None
    cause: str = ""
    party: Party = Party.NOBODY
    opened: OpenedEnvelope | None = None
    target: Path | None = None


def open_bid(
    bid: SealedBid, envelope_id: str, opener: OpenerKeys, *, progress: Callable[[int, int], None]
) -> tuple[OpenedEnvelope, Path]:
    """Open one envelope of one bid into `bid.target`, or the next free name like it.

    A folder that an interrupted run has left whole is proven again and kept.

    Raises:
        RejectedError: with the code that names what is wrong with the bid.
        UnavailableError: the package cannot be read or the files not written.
    """
    if bid.refused or bid.package is None:
        raise RejectedError(bid.refused or UNEXPECTED, bid.package_id.hex())
    envelope = bid.package.header.envelope(envelope_id)
    if envelope is None:
        raise RejectedError("package.share_missing", envelope_id)
    shares = {**bid.shares, **_own_shares(bid.package, envelope, opener)}
    for target in places_of(bid.target):
        try:
            opened = open_package(
                bid.path, bid.package, envelope_id, shares, target, progress=progress, replace=replace, may_stand=True
            )
        except RejectedError as error:
            if error.code != "package.target_exists":
                raise
        else:
            return opened, target
    raise UnavailableError("package.target_exists", bid.target.name)


def places_of(target: Path) -> Iterator[Path]:
    """Yield the folders that a bid may be opened into: the wanted one, and those beside it where that is taken."""
    yield target
    for number in range(2, _NAMES + 1):
        yield target.with_name(f"{target.name}({number})")


def _own_shares(package: BidPackage, envelope: Envelope, opener: OpenerKeys) -> dict[str, SecretBytes]:
    """Open the shares that the opener's keys are for; that they are those committed to is checked with the others."""
    return {
        group.group_id: open_share(
            package.shares[envelope.envelope_id, group.group_id],
            key=opener.keys[group.kind],
            key_id=sha256(spki_of(opener.keys[group.kind])),
            label=package.header.label(envelope, group),
        )
        for group in envelope.groups
        if group.kind in opener.keys
    }


def fate_of(bid: SealedBid, error: BidSealError) -> BidFate:
    """Say what an error means for the bid: its end, or nothing where it is our own trouble."""
    if not isinstance(error, RejectedError) or error.code in _OURS:
        return BidFate(package_id=bid.package_id, state=None, cause=error.code)
    if not bid.refused and sha256_of(bid.path) != bid.sha256:
        return BidFate(package_id=bid.package_id, state=None, cause="opening.package_differs")
    party = bid.party if bid.refused else Party.BIDDER
    return BidFate(package_id=bid.package_id, state=OpeningState.NOT_OPENED, cause=error.code, party=party)


def open_bids(
    bids: tuple[SealedBid, ...],
    envelope_id: str,
    opener: OpenerKeys,
    *,
    report: Callable[[int, int], None] = lambda _done, _total: None,
    check: Callable[[], None] = lambda: None,
    workers: int = WORKERS,
) -> Iterator[BidFate]:
    """Open all bids and yield what came of each, in the order in which they end; `report` counts bytes.

    `check` raises to cancel: what is under way then leaves nothing behind, and what was yielded stays.
    """
    run = _Run(bids, envelope_id, opener)
    with ThreadPoolExecutor(workers, thread_name_prefix="opening") as pool:
        waiting: set[Future[BidFate]] = {pool.submit(run.one, number) for number in range(len(bids))}
        try:
            while waiting:
                check()
                report(run.done, run.total)
                ended, waiting = wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED)
                for future in ended:
                    yield future.result()
            report(run.done, run.total)
        finally:
            run.stop.set()
            for future in waiting:
                future.cancel()


class _Run:
    """What the workers share."""

    def __init__(self, bids: tuple[SealedBid, ...], envelope_id: str, opener: OpenerKeys) -> None:
        self._bids, self._envelope_id, self._opener = bids, envelope_id, opener
        self._sizes = [_size(bid, envelope_id) for bid in bids]
        self._moved = [0] * len(bids)
        self.total = sum(self._sizes)
        self.stop = threading.Event()

    @property
    def done(self) -> int:
        """Bytes that are behind us."""
        return sum(self._moved)

    def one(self, number: int) -> BidFate:
        """Open bid `number`; whatever happens, the others go on."""
        bid = self._bids[number]

        def progress(done: int, _total: int) -> None:
            if self.stop.is_set():
                raise UnavailableError("ceremony.cancelled")
            self._moved[number] = done

        try:
            progress(0, 0)
            opened, target = open_bid(bid, self._envelope_id, self._opener, progress=progress)
        except BidSealError as error:
            log.info("bid not opened: %s", error.code)
            return fate_of(bid, error)
        except Exception:
            log.exception("opening a bid failed")
            return BidFate(package_id=bid.package_id, state=None, cause=UNEXPECTED)
        finally:
            self._moved[number] = self._sizes[number]
        return BidFate(package_id=bid.package_id, state=OpeningState.OPENED, opened=opened, target=target)


def _size(bid: SealedBid, envelope_id: str) -> int:
    payload = bid.package.payloads.get(envelope_id) if bid.package else None
    return payload.size if payload else 0
