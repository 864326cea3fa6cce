"""Open the bids of one envelope with one release, against reading, AES-GCM-verifying and writing the same bytes.

Ours is what happens from the phone's answer on: each bid's shares out of HPKE and CMS, commitments, the key, the
payload held against what was verified, decrypted and proven, every file hashed, signed results and the state on disk.
Theirs is a loop that is given each payload's key: it reads the whole package, decrypts and verifies it, and writes the
same files. Both sync every file, its folder and the folder's new name. The same loop in as many threads as ours says
what the work beside those bytes costs. That the packages were verified before is a figure of its own.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from benchmarks.measure import MIB, Figure, Plan, in_turns, peak_mib, seconds
from benchmarks.package import write_input
from desktop.formats.package import BidPackage, SourceFile
from desktop.formats.package.opening import key_of
from desktop.services.opening_bids import WORKERS
from desktop.services.opening_fetch import Collected, CollectedBid
from desktop.services.opening_run import OpeningRun
from desktop.store.files import sha256_of
from desktop.store.openings import FetchedBid, OpeningStore
from tests.opening.papers import LOT, PLATFORM, TENDER, Papers
from tests.package.world import BIDDER, DEADLINE, World, pack, plan_of
from tests.pdf.pki import NOW

_BIDS, _TINY = 1000, 4
_SUMMARY_BYTES = 300


def figures(plan: Plan) -> Iterator[Figure]:
    """Measure opening and its peers in turns."""
    lot = _Lot(plan.scratch, _TINY if plan.is_tiny else _BIDS)
    contestants: dict[str, Callable[[], float]] = {
        "ours": lot.ours,
        "read, AES-GCM, write": lambda: lot.theirs(1),
        f"read, AES-GCM, write in {WORKERS} threads": lambda: lot.theirs(WORKERS),
    }
    spent = in_turns(contestants, plan.rounds)
    name = f"open {len(lot.bids)} bids of 1 MiB with one release"
    for peer in list(contestants)[1:]:
        yield Figure(
            name=name,
            peer=peer,
            ours=min(spent["ours"]),
            theirs=min(spent[peer]),
            unit="s",
            how=f"min of {plan.rounds}, in turns",
            target="" if "threads" in peer else "ratio <= 1.5",
        )
    yield Figure(
        name=f"verify {len(lot.bids)} bids of 1 MiB before the release",
        peer="",
        ours=lot.verified_s,
        theirs=None,
        unit="s",
        how="once",
    )
    yield Figure(name=f"{name}: peak memory", peer="", ours=peak_mib(), theirs=None, unit="MiB", how="of the process")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bid:
    """A package and what each contestant is given for it."""

    path: Path
    package: BidPackage
    sealed: bytes
    content_key: bytes


class _Lot:
    def __init__(self, folder: Path, count: int) -> None:
        self._folder, self._world = folder, World()
        self._papers = Papers(world=self._world)
        source = folder / "source"
        write_input(source, MIB)
        plan = plan_of(self._world, (SourceFile(name="投标文件.pdf", path=source),))
        paths = [pack(self._world, plan, folder / f"{number}.bid", seed=str(number)) for number in range(count)]
        packages: list[BidPackage] = []
        self.verified_s = seconds(lambda: packages.extend(self._world.package(path) for path in paths))
        self.bids = [self._bid(path, package) for path, package in zip(paths, packages, strict=True)]
        self._round = 0

    def _bid(self, path: Path, package: BidPackage) -> _Bid:
        shares = self._world.shares(package)
        kek = key_of(package, package.header.envelopes[0], shares)
        return _Bid(
            path=path,
            package=package,
            sealed=self._papers.sealed(shares["bidder"], sha256_of(path)),
            content_key=aes_key_unwrap(kek.reveal(), package.payloads["bid"].head.wrapped_key),
        )

    # -- ours ----------------------------------------------------------------------------------------------------------

    def ours(self) -> float:
        """Open everything with one release."""
        run = self._run(self._place())
        spent = seconds(
            lambda: run.open(
                self._world.opening_key,
                report=lambda _done, _total: None,
                check=lambda: None,
                on_fate=lambda _fate: None,
            )
        )
        if len(run.standing()) != len(self.bids):
            raise RuntimeError("not every bid was opened")
        shutil.rmtree(run.place)
        return spent

    def _run(self, place: Path) -> OpeningRun:
        closing = self._papers.stated(self._papers.closing(()))
        collected = Collected(
            judge=self._papers.judge(),
            closing=self._papers.judge().closing(closing),
            closing_statement=closing,
            envelope=self._papers.envelopes[0],
            room=self._papers.opening(closing),
            bids=tuple(_collected(bid) for bid in self.bids),
            time_key=self._world.time_key,
        )
        store = OpeningStore(place, platform=PLATFORM, tender=TENDER, lot=LOT)
        run = OpeningRun(
            collected=collected,
            store=store,
            place=place,
            speak=self._papers.spoken,
            now=lambda: NOW,
        )
        run.targets[0].parent.mkdir(parents=True)
        return run

    # -- theirs --------------------------------------------------------------------------------------------------------

    def theirs(self, workers: int) -> float:
        """Read, decrypt, verify and write each package in turn, or several at once."""
        place = self._place()

        def each() -> None:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(lambda bid: _read_and_write(bid, place), self.bids))

        spent = seconds(each)
        shutil.rmtree(place)
        return spent

    def _place(self) -> Path:
        self._round += 1
        place = self._folder / f"round-{self._round}"
        place.mkdir()
        subprocess.run(["sync"], check=True)
        return place


def _collected(bid: _Bid) -> CollectedBid:
    closed = FetchedBid(
        package=bid.package.header.package_id,
        sha256=sha256_of(bid.path),
        bidder=BIDDER.name,
        bidder_code=BIDDER.credit_code,
        at_us=DEADLINE * 1_000_000,
        number=1,
        size=bid.path.stat().st_size,
        sealed=bid.sealed,
    )
    return CollectedBid(closed=closed, path=bid.path, package=bid.package)


def _read_and_write(bid: _Bid, place: Path) -> None:
    data, payload = bid.path.read_bytes(), bid.package.payloads["bid"]
    head = payload.head
    start = payload.offset + head.head_bytes
    sealed = data[start : start + head.content_bytes] + head.tag
    plain = memoryview(AESGCM(bid.content_key).decrypt(head.nonce, sealed, None))
    hidden, folder = place / f".{bid.path.stem}", place / bid.path.stem
    hidden.mkdir()
    for name, piece in (("summary", plain[:_SUMMARY_BYTES]), ("document", plain[_SUMMARY_BYTES:])):
        with (hidden / name).open("xb") as file:
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    _sync(hidden)
    hidden.rename(folder)
    _sync(place)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
