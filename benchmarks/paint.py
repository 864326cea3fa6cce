"""Time to the first paint of the client against an empty PySide6 window, each in a fresh process.

From the start of the interpreter until the window and everything in it is painted once. The client starts as
`bidseal desktop` does, on a data folder that it knows, with its platform away. Its window comes first and its first
page, the login, when the services are loaded: that is the second figure. Files are in the page cache and modules are
compiled for all, as in an installation.
"""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure, Plan, in_turns
from tests.pdf.pki import Pki

_ROUNDS = 5  # times as many as asked for: one takes half a second


def figures(plan: Plan) -> Iterator[Figure]:
    """Start both in turns."""
    profile, data = plan.scratch / "platform.json", plan.scratch / "data"
    profile.write_text(json.dumps(_profile()), encoding="utf-8")
    compiled = plan.scratch / "compiled"
    cases = {
        "empty": lambda: _start(compiled, "empty"),
        "first": lambda: _start(compiled, "first", data, profile),
        "page": lambda: _start(compiled, "page", data, profile),
    }
    in_turns(cases, 1)  # compiles, and fills the page cache and the data folder
    rounds = plan.rounds if plan.is_tiny else plan.rounds * _ROUNDS
    took = in_turns(cases, rounds)
    for name, what, target in (("first", "first paint", "ratio <= 2"), ("page", "first page painted", "")):
        yield Figure(
            name=what,
            peer="an empty PySide6 window",
            ours=min(took[name]),
            theirs=min(took["empty"]),
            unit="s",
            how=f"min of {rounds}",
            target=target,
        )


def _profile() -> dict[str, object]:
    pki = Pki()
    return {
        "profile_id": "bench",
        "platform_id": "bench",
        "name": "江西交投集团招标采购交易平台",
        "base_url": "http://127.0.0.1:9",  # nobody there
        "root": base64.b64encode(pki.root.der).decode("ascii"),
        "issuing": [base64.b64encode(pki.issuing.der).decode("ascii")],
    }


def _start(compiled: Path, *arguments: str | Path) -> float:
    argv = [sys.executable, "-m", "benchmarks.paint_worker", *(str(each) for each in arguments)]
    # The same for both: no display server takes part, which would only add the same to each.
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(compiled)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        took = time.perf_counter() - begun
        if said != "painted\n":
            raise RuntimeError(process.communicate()[1])
    return took
