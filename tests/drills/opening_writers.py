"""What an agency's workstation writes in an opening, as writers of the injection drill."""

import json
import shutil
from pathlib import Path

from desktop.crypto.cms_share import open_share
from desktop.crypto.suites import load_pkcs8
from desktop.domain.errors import BidSealError
from desktop.domain.tendering import OpeningState
from desktop.services.opening_bids import OpenerKeys, SealedBid, open_bids
from desktop.store.files import remove_leftovers, sha256_of
from desktop.store.openings import FetchedBid, FetchedEnvelope, KeptResult, OpeningStore
from tests.drills.injection import Say
from tests.drills.writers import SECRET, OpenedFiles
from tests.drills.writers import _Folder as Folder

LOT = {"platform": "p", "tender": "t", "lot": "1"}
PACKAGES = tuple(bytes([number]) * 16 for number in range(1, 4))


def kept(*packages: bytes) -> dict[bytes, KeptResult]:
    return {package: KeptResult(statement=package * 200, target=f"/opened/{package.hex()}") for package in packages}


def fetched() -> FetchedEnvelope:
    bids = tuple(
        FetchedBid(
            package=package,
            sha256=package * 2,
            bidder="甲",
            bidder_code="91",
            at_us=1,
            number=1,
            size=9,
            sealed=SECRET[:99],
        )
        for package in PACKAGES
    )
    papers = {"closing": b"c" * 900, "notice": b"n" * 900, "delivered": b"d" * 900}
    return FetchedEnvelope(announcements=(b"a" * 900,), bids=bids, **papers)


class _State(Folder):
    """The store below `out`, cleaned as services.workspace does it at the next start."""

    visible = frozenset({"openings"})

    @property
    def store(self) -> OpeningStore:
        return OpeningStore(self.out / "openings", **LOT)

    def files(self) -> list[Path]:
        return [path for path in (self.out / "openings").rglob("*") if path.is_file()]

    def recover(self) -> None:
        super().recover()
        for place in (self.out / "openings").glob("*"):
            remove_leftovers(place, ".*.tmp")

    def left(self) -> list[str]:
        return [*super().left(), *(path.name for path in self.files() if path.name.startswith("."))]

    def torn(self) -> bool:
        try:
            for path in self.files():
                if not path.name.startswith("."):
                    json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            return True
        return False


class OpeningProgress(_State):
    """What was fetched is kept, then results in place of those before."""

    def reset(self) -> None:
        super().reset()
        self.store.keep_results("bid", kept(PACKAGES[0]))

    def work(self, say: Say) -> None:
        self.store.keep_fetched("bid", fetched())
        say(1)
        self.store.keep_results("bid", kept(*PACKAGES))
        say(2)

    def judge(self, said: int) -> str:
        if self.torn() or self.store.fetched("bid") not in (None, fetched()):
            return "torn"
        if said >= 1 and self.store.fetched("bid") is None:
            return "said fetched, not there"
        results = self.store.results("bid")
        if results not in (kept(PACKAGES[0]), kept(*PACKAGES)):
            return "a result is lost"
        return "said kept, still the old ones" if said >= 2 and results != kept(*PACKAGES) else ""


class OpenedBids(OpenedFiles):
    """Two bids are opened and their results kept, as an opening does it."""

    visible = frozenset({"openings", "投标文件"})

    def reset(self) -> None:
        super().reset()
        (self.out / "投标文件").mkdir()
        self.note(*(bid.target for bid in self.bids()))

    def bids(self) -> tuple[SealedBid, ...]:
        path = self.home / "ready.bid"
        package = self.read(path)
        envelope, group = package.header.envelopes[0], package.header.envelopes[0].groups[0]
        share = open_share(
            package.shares["bid", "own"],
            key=load_pkcs8(self.key("key")),
            key_id=group.recipients[0].sha256,
            label=package.header.label(envelope, group),
        )
        return tuple(
            SealedBid(
                package_id=each,
                sha256=sha256_of(path),
                path=path,
                target=self.out / "投标文件" / f"{number} 甲",
                package=package,
                shares={"own": share},
            )
            for number, each in enumerate(PACKAGES[:2], 1)
        )

    @property
    def store(self) -> OpeningStore:
        return OpeningStore(self.out / "openings", **LOT)

    def work(self, say: Say) -> None:
        results = self.store.results("bid")
        undecided = []
        for fate in open_bids(self.bids(), "bid", OpenerKeys(keys={}), workers=1):
            if fate.state is not OpeningState.OPENED:
                undecided.append(fate)
                continue
            results[fate.package_id] = KeptResult(statement=fate.package_id * 20, target=str(fate.target))
            self.store.keep_results("bid", results)
            say(len(results))
        for fate in undecided:
            raise BidSealError(fate.cause)

    def recover(self) -> None:
        super().recover()
        for place in (self.out / "openings").glob("*"):
            remove_leftovers(place, ".*.tmp")

    def left(self) -> list[str]:
        return [path.name for path in self.out.rglob(".*")]

    def judge(self, said: int) -> str:
        results = self.store.results("bid")
        if len(results) < said:
            return "a result that was told is lost"
        for folder in (self.out / "投标文件").glob("[!.]*"):
            if {path.name for path in folder.iterdir()} != set(self.names):
                return "not all files"
            if any((folder / name).read_bytes() != SECRET for name in self.names[1:]):
                return "torn"
        if any(not Path(each.target).is_dir() for each in results.values()):
            return "a result without its files"
        return self.go_on()

    def go_on(self) -> str:
        """Open again on a copy, as after a restart: everything is there then, and nothing twice."""
        copy = OpenedBids(self.home / "copy")
        shutil.rmtree(copy.home, ignore_errors=True)
        copy.home.mkdir()
        for name in ("ready.bid", "key"):
            shutil.copyfile(self.home / name, copy.home / name)
        shutil.copytree(self.out, copy.out)
        copy.work(lambda _step: None)
        there = sorted(path.name for path in (copy.out / "投标文件").iterdir() if not path.name.startswith("."))
        shutil.rmtree(copy.home)
        return "" if there == ["1 甲", "2 甲"] else f"opened twice or not at all: {there}"


AnyWriter = OpeningProgress | OpenedBids
WRITERS: dict[str, type[AnyWriter]] = {"opening state": OpeningProgress, "opened bids": OpenedBids}


def writer_of(name: str, home: Path) -> AnyWriter:
    """Make the writer of that name over `home`."""
    return WRITERS[name](home)
