"""Verify sealed PDFs against pdfsig and pyhanko-cli.

Ours is the call that the desktop and the platform make, its libraries loaded; `bidseal verify` as a fresh process is a
figure of its own. pdfsig is the whole program; it looks neither for revocation nor for what was added afterwards.
pyhanko-cli looks at both, given the same root.
"""

import sys
from collections.abc import Iterator

from benchmarks.documents import PYHANKO, Office, Paper, papers
from benchmarks.measure import Figure, Plan, in_turns, run, seconds
from desktop.crypto.hashed_file import hash_file


def figures(plan: Plan) -> Iterator[Figure]:
    """Seal each document, then verify it in turns."""
    office = Office(plan.scratch)
    for paper in papers(plan):
        yield from _one(plan, office, paper)


def _one(plan: Plan, office: Office, paper: Paper) -> Iterator[Figure]:
    sealed = plan.scratch / "sealed.pdf"
    office.seal(paper.path, hash_file(paper.path), sealed)
    if (said := office.verify(sealed)) != "valid":
        raise RuntimeError(f"verified as {said}")
    pyhanko = [PYHANKO, "sign", "validate", "--no-revocation-check", "--trust", office.root, sealed]
    own = [sys.executable, "-m", "desktop", "verify", *office.trust_options(), sealed]
    cases = {
        "ours": lambda: seconds(lambda: office.verify(sealed)),
        "pdfsig": lambda: run("pdfsig", sealed).seconds,
        "pyhanko-cli": lambda: run(*pyhanko).seconds,
        "program": lambda: run(*own).seconds,
    }
    rounds = plan.rounds * (1 if plan.is_tiny else paper.times)
    took = in_turns(cases, rounds)
    for name, peer, target in (
        ("ours", "pdfsig", "ratio <= 1"),
        ("ours", "pyhanko-cli", ""),
        ("program", "pdfsig", ""),
        ("program", "pyhanko-cli", ""),
    ):
        yield Figure(
            name=f"{'bidseal verify' if name == 'program' else 'verify'} {paper.title}",
            peer=peer,
            ours=min(took[name]),
            theirs=min(took[peer]),
            unit="s",
            how=f"min of {rounds}",
            target=target,
        )
