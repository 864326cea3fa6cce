"""Pack and open a bid package against `openssl cms`, `age` and `cp`.

Ours is the library call in a fresh process: packing with both hashes and the final fsync, opening with the proof of
every byte, the hash of every file and the fsync, after the package was verified (which is a figure of its own). Theirs
is the whole program, which hashes nothing and leaves its output to the page cache; "on disk" adds the fsync to it.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.measure import GIB, MIB, Figure, Plan, Spent, has_program, run, seconds, to_disk

_SEED = 20261124
_KEY = "1f" * 32
_FOUR_GIB = 4 * GIB


def figures(plan: Plan) -> Iterator[Figure]:
    """Measure every size; the largest, which shows that it works at all, once and against cp alone."""
    if plan.is_tiny:
        yield from _Size(plan, "1 MiB", MIB).figures()
        return
    yield from _Size(plan, "256 MiB", 256 * MIB).figures()
    yield from _Size(plan, "1 GiB", GIB).figures()
    yield from _Size(plan, "4 GiB", _FOUR_GIB).figures()


def write_input(path: Path, size: int) -> None:
    """Write bytes that cannot be compressed and are the same in every run."""
    block = Random(_SEED).randbytes(MIB)  # noqa: S311 - input of a measurement
    with path.open("wb") as file:
        for number in range(size // MIB):
            file.write(number.to_bytes(8, "big") + block[8:])


class _Size:
    def __init__(self, plan: Plan, title: str, size: int) -> None:
        self._plan, self._title, self._folder = plan, title, plan.scratch
        self._source = plan.scratch / "source"
        write_input(self._source, size)
        to_disk(self._source)
        self._is_huge = size >= _FOUR_GIB
        self._rounds = 1 if self._is_huge else plan.rounds

    def figures(self) -> Iterator[Figure]:
        ours, theirs = self._measure()
        least = {name: min(each[name] for each in ours) for name in ("pack", "verify", "open")}
        both = min(each["verify"] + each["open"] for each in ours)
        for name, peer in (("pack", "encrypt"), ("open", "decrypt")):
            yield from self._against(name, peer, least[name], theirs)
        yield from self._against("verify and open", "decrypt", both, theirs)
        for name, verb in (("pack", "-encrypt"), ("open", "-decrypt")):
            peer = f"openssl cms {verb}"
            yield Figure(
                name=f"{name} {self._title}: peak memory",
                peer=peer,
                ours=max(each[f"{name}_mib"] for each in ours),
                theirs=max((spent.peak_mib for spent in theirs.get(peer, [])), default=None),
                unit="MiB",
                how=f"max of {self._rounds}",
                target="ours <= 80",
            )

    def _against(self, name: str, verb: str, ours: float, theirs: dict[str, list[Spent]]) -> Iterator[Figure]:
        targets = {
            ("pack", "openssl cms -encrypt"): "ratio <= 0.7",
            ("open", "openssl cms -decrypt"): "ratio <= 0.1",
        }
        for peer, spent in theirs.items():
            if verb in peer or peer.startswith("cp"):
                other = min(each.seconds for each in spent)
                yield Figure(
                    name=f"{name} {self._title}",
                    peer=peer,
                    ours=ours,
                    theirs=other,
                    unit="s",
                    how=f"min of {self._rounds}",
                    target=targets.get((name, peer), ""),
                )

    def _measure(self) -> tuple[list[dict[str, float]], dict[str, list[Spent]]]:
        peers = self._peers()
        ours: list[dict[str, float]] = []
        theirs: dict[str, list[Spent]] = {}
        for _ in range(self._rounds):
            ours.append(self._ours())
            (self._folder / "theirs").mkdir()
            for peer in peers:
                subprocess.run(["sync"], check=True)
                spent = peer.run()
                flush = seconds(lambda peer=peer: to_disk(peer.output))
                theirs.setdefault(peer.name, []).append(spent)
                durable = Spent(seconds=spent.seconds + flush, peak_mib=spent.peak_mib)
                theirs.setdefault(f"{peer.name}, on disk", []).append(durable)
            shutil.rmtree(self._folder / "theirs")
        return ours, theirs

    def _ours(self) -> dict[str, float]:
        folder = self._folder / "ours"
        folder.mkdir()
        subprocess.run(["sync"], check=True)
        argv = [sys.executable, "-m", "benchmarks.package_worker", str(self._source), str(folder)]
        done = subprocess.run(argv, check=True, capture_output=True, text=True)
        shutil.rmtree(folder)
        spent: dict[str, float] = json.loads(done.stdout)
        return spent

    def _peers(self) -> list["_Peer"]:
        """Return the peers in the order in which they need each other's output."""
        folder, source = self._folder / "theirs", str(self._source)
        openssl = ["openssl", "cms", "-binary", "-secretkey", _KEY]
        encrypt = [*openssl, "-encrypt", "-aes-256-gcm", "-secretkeyid", "01", "-in", source, "-outform", "DER"]
        cms, age = folder / "cms", folder / "age"
        peers = [_Peer("cp", ["cp", source], folder / "copy")]
        if not self._is_huge:  # openssl needs 11 GiB of memory for 4 GiB
            decrypt = [*openssl, "-decrypt", "-inform", "DER", "-in", str(cms), "-out"]
            peers += [
                _Peer("openssl cms -encrypt -stream", [*encrypt, "-stream", "-out"], folder / "streamed"),
                _Peer("openssl cms -encrypt", [*encrypt, "-out"], cms),
                _Peer("openssl cms -decrypt", decrypt, folder / "plain"),
            ]
        if has_program("age"):
            key = self._folder / "age.key"
            if not key.exists():
                run("age-keygen", "-o", key)
            recipient = next(line for line in key.read_text().splitlines() if "public key" in line).split()[-1]
            peers.append(_Peer("age --encrypt", ["age", "-r", recipient, "-o"], age, [source]))
            peers.append(_Peer("age --decrypt", ["age", "-d", "-i", str(key), "-o"], folder / "age.plain", [str(age)]))
        return peers


@dataclass(frozen=True, slots=True)
class _Peer:
    """A program that writes `output`, which stands between `before` and `after` on its command line."""

    name: str
    before: list[str]
    output: Path
    after: list[str] = field(default_factory=list)

    def run(self) -> Spent:
        return run(*self.before, self.output, *self.after)
