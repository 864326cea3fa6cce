"""Seal PDF documents against pyhanko-cli, and against a copy with a hash.

Ours is what the desktop does from the opened document to the file on the disk, without person and phone between:
prepare, sign, embed, fsync. pyhanko-cli is the whole program, which draws no seal and does not wait for the disk. A
hundred documents in one scan go through the real service, platform, relay and reference phone; a hundred runs of
pyhanko-cli are ten times ten of them.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.documents import Office, Paper, papers, write_text
from benchmarks.measure import Figure, Plan, in_turns, run, seconds, to_disk
from benchmarks.scans import open_office
from desktop.crypto.hashed_file import hash_file

_CHUNK = 1024 * 1024
_HUNDRED = 100
_SAMPLE = 10


def figures(plan: Plan) -> Iterator[Figure]:
    """Measure each document, then the hundred."""
    office = Office(plan.scratch)
    for paper in papers(plan):
        yield from _one(plan, office, paper)
    yield from _hundred(plan, office)


def _one(plan: Plan, office: Office, paper: Paper) -> Iterator[Figure]:
    hashed, target, theirs = hash_file(paper.path), plan.scratch / "sealed.pdf", plan.scratch / "theirs.pdf"
    pyhanko = office.pyhanko(paper.path, theirs)
    cases = {
        "ours": lambda: _fresh(target, lambda: office.seal(paper.path, hashed, target)),
        "copy and SHA-256, on disk": lambda: _fresh(theirs, lambda: _copy_and_hash(paper.path, theirs)),
        "pyhanko-cli": lambda: _fresh(theirs, lambda: run(*pyhanko)),
    }
    in_turns({"ours": cases["ours"]}, 1)  # loads the libraries, as the desktop has when a document is open
    rounds = max(plan.rounds, 1) * (1 if plan.is_tiny else paper.times)
    took = in_turns(cases, rounds)
    is_large = paper.title.startswith("scans")
    for peer in list(cases)[1:]:
        yield Figure(
            name=f"seal {paper.title}",
            peer=peer,
            ours=min(took["ours"]),
            theirs=min(took[peer]),
            unit="s",
            how=f"min of {rounds}",
            target="ratio <= 1.3" if is_large and peer.startswith("copy") else "",
        )


def _hundred(plan: Plan, office: Office) -> Iterator[Figure]:
    count = 2 if plan.is_tiny else _HUNDRED
    sample = 1 if plan.is_tiny else _SAMPLE
    folder = plan.scratch / "many"
    folder.mkdir()
    sources = [write_text(folder / f"{number:03}.pdf", 3) for number in range(count)]
    target = plan.scratch / "theirs.pdf"

    def sample_run(*options: str) -> float:
        argvs = [office.pyhanko(source, target, *options) for source in sources[:sample]]
        return sum(_fresh(target, lambda argv=argv: run(*argv)) for argv in argvs)

    with open_office(plan.scratch / "office") as scans:
        stamped = ("--timestamp-url", f"{scans.workspace.profile.base_url}/pki/tsa")
        cases = {
            "ours": lambda: scans.seal(sources),
            "pyhanko-cli": sample_run,
            "pyhanko-cli with a timestamp": lambda: sample_run(*stamped),
        }
        took = in_turns(cases, plan.rounds)
    for peer in list(cases)[1:]:
        yield Figure(
            name=f"seal {count} documents of 3 pages in one scan, with timestamp and evidence",
            peer=f"{count} runs of {peer}",
            ours=min(took["ours"]),
            theirs=min(took[peer]) * count / sample,
            unit="s",
            how=f"min of {plan.rounds}; theirs is {sample} runs, times {count // sample}",
            target="ratio <= 0.05" if peer == "pyhanko-cli" else "",
        )


def _fresh(target: Path, act: Callable[[], object]) -> float:
    """Measure `act` with `target` absent and nothing waiting for the disk."""
    target.unlink(missing_ok=True)
    os.sync()
    return seconds(act)


def _copy_and_hash(source: Path, target: Path) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as write:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            write.write(chunk)
    to_disk(target)
