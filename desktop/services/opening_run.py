"""One opening of one envelope with its keys at hand: from the collected bids to a signed result for each.

Results are written down while it runs, in batches: what a crash costs is proven again from the bids and kept. Files
that were opened before are hashed again and stay. Shares and keys are in memory only. Source: docs/tendering.md §6.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktop.crypto.primitives import hpke_open
from desktop.crypto.suites import P256PrivateKey
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import OpeningState, Party
from desktop.formats.package import GroupKind
from desktop.protocol.notices import BIDDER_GROUP
from desktop.protocol.room_key import room_key_of
from desktop.protocol.statements import BidResult, RoomStatement, read_room_statement
from desktop.services.opening_bids import BidFate, OpenerKeys, SealedBid, open_bids, places_of
from desktop.services.opening_evidence import delivery_info
from desktop.services.opening_fetch import Collected, CollectedBid
from desktop.services.opening_results import result_of
from desktop.store.files import sha256_of
from desktop.store.openings import KeptResult, OpeningStore

#: After so many results they are written down.
_BATCH = 100
_UNUSABLE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRun:
    """What it takes but the opening key. `speak` signs a room statement as this workstation."""

    collected: Collected
    store: OpeningStore
    place: Path
    speak: Callable[[RoomStatement], bytes]
    now: Callable[[], datetime]

    @property
    def envelope_id(self) -> str:
        """The envelope that is opened."""
        return self.collected.envelope.envelope_id

    @property
    def targets(self) -> tuple[Path, ...]:
        """The folders that the bids' files go to, in the order of the bids."""
        title = safe_name(self.collected.envelope.title)
        return tuple(
            self.place / title / f"{number:03} {safe_name(bid.closed.bidder)}"
            for number, bid in enumerate(self.collected.bids, 1)
        )

    @property
    def places(self) -> tuple[Path, ...]:
        """Every folder that this run may begin to write: the targets, and where one is taken those beside it."""
        return tuple(place for target in self.targets for place in _up_to_free(target))

    def standing(self) -> dict[bytes, KeptResult]:
        """Return the results that stand: what is opened and still the same on this disk, what is the bidder's fault."""
        kept = self.store.results(self.envelope_id)
        return {package: result for package, result in kept.items() if self._stands(package, result)}

    def open(
        self,
        opening_key: P256PrivateKey,
        *,
        report: Callable[[int, int], None],
        check: Callable[[], None],
        on_fate: Callable[[BidFate], None],
    ) -> Mapping[bytes, BidFate]:
        """Open every bid without a standing result; return what came of each that was tried.

        `check` raises to cancel; what was decided until then is written down.

        Raises:
            RejectedError: the time key is missing (`opening.not_fetched`).
            UnavailableError: the results cannot be written.
        """
        standing = self.standing()
        bids = self._sealed(self._room_key(opening_key), but=frozenset(standing))
        results = {**self._told_unopened(), **standing}
        fates: dict[bytes, BidFate] = {}
        waiting = 0
        try:
            for fate in open_bids(bids, self.envelope_id, self._opener(opening_key), report=report, check=check):
                fates[fate.package_id] = fate
                if fate.state is not None:
                    results[fate.package_id] = self._kept(fate)
                    waiting += 1
                if waiting == _BATCH:
                    self.store.keep_results(self.envelope_id, results)
                    waiting = 0
                on_fate(fate)
        finally:
            self.store.keep_results(self.envelope_id, results)
        return fates

    def _opener(self, opening_key: P256PrivateKey) -> OpenerKeys:
        keys = {GroupKind.OPENING_KEY: opening_key}
        if self.collected.envelope.time_key:
            if self.collected.time_key is None:
                raise RejectedError("opening.not_fetched", "time key")
            keys[GroupKind.TIME] = self.collected.time_key
        return OpenerKeys(keys=keys)

    def _room_key(self, opening_key: P256PrivateKey) -> P256PrivateKey | None:
        """Return the key that shares were sealed to, None where the notice does not hold it."""
        try:
            return room_key_of(self.collected.room, opening_key)
        except RejectedError:
            return None

    def _sealed(self, room_key: P256PrivateKey | None, *, but: frozenset[bytes]) -> tuple[SealedBid, ...]:
        places = zip(self.collected.bids, self.targets, strict=True)
        return tuple(self._one(bid, target, room_key) for bid, target in places if bid.closed.package not in but)

    def _one(self, bid: CollectedBid, target: Path, room_key: P256PrivateKey | None) -> SealedBid:
        shares: dict[str, SecretBytes] = {}
        refused, party = bid.refused, bid.party
        if not refused and self.collected.envelope.needs_bidder:
            try:
                shares[BIDDER_GROUP] = self._share(bid, room_key)
            except RejectedError as error:
                refused, party = error.code, Party.BIDDER
        return SealedBid(
            package_id=bid.closed.package,
            sha256=bid.closed.sha256,
            path=bid.path,
            target=target,
            package=bid.package,
            shares=shares,
            refused=refused,
            party=party,
        )

    def _share(self, bid: CollectedBid, room_key: P256PrivateKey | None) -> SecretBytes:
        if room_key is None:
            raise RejectedError("opening.room_key_wrong", self.envelope_id)
        notice = self.collected.judge.announcement.notice
        info = delivery_info(
            tender=notice.tender, lot=notice.lot, file_sha256=bid.closed.sha256, envelope_id=self.envelope_id
        )
        try:
            return SecretBytes(hpke_open(key=room_key, info=info, ciphertext=bid.closed.sealed))
        except RejectedError as error:
            raise RejectedError("opening.share_unreadable", error.code) from None

    def _kept(self, fate: BidFate) -> KeptResult:
        notice = self.collected.judge.announcement.notice
        result = result_of(fate, notice, self.envelope_id, at=int(self.now().timestamp()))
        return KeptResult(statement=self.speak(result), target=str(fate.target or ""))

    def _told_unopened(self) -> dict[bytes, KeptResult]:
        """Return the results of bids not opened, given-up ones too: this run may better them, and takes none back."""
        kept = self.store.results(self.envelope_id)
        told = {package: self._told(package, result) for package, result in kept.items()}
        return {package: kept[package] for package, result in told.items() if result and not _is_opened(result)}

    def _stands(self, package: bytes, kept: KeptResult) -> bool:
        result = self._told(package, kept)
        if result is None:
            return False
        return _is_whole(Path(kept.target), result) if _is_opened(result) else result.party is Party.BIDDER

    def _told(self, package: bytes, kept: KeptResult) -> BidResult | None:
        """Return what a kept statement says of a bid in this envelope, None where it is about something else."""
        try:
            result = read_room_statement(kept.statement, BidResult).payload
        except RejectedError:
            return None
        return result if (result.package_id, result.envelope_id) == (package, self.envelope_id) else None


def _up_to_free(target: Path) -> Iterator[Path]:
    for place in places_of(target):
        yield place
        if not place.exists():
            return


def safe_name(name: str) -> str:
    """Return a name that every disk takes, without what a path would be made of."""
    return _UNUSABLE.sub("_", name)[:_NAME_CHARACTERS].strip(" .") or "_"


def _is_opened(result: BidResult) -> bool:
    return result.state is OpeningState.OPENED


def _is_whole(folder: Path, result: BidResult) -> bool:
    """Tell whether a folder still holds exactly the files that were opened into it."""
    try:
        found = sorted(sha256_of(path) for path in folder.iterdir())
    except OSError:
        return False
    return found == sorted(each.sha256 for each in result.files)
