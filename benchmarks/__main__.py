"""The command line: `python -m benchmarks [name …]` prints one JSON line a figure."""

import argparse
import importlib
import sys
from pathlib import Path

from benchmarks.measure import Plan, scratch

#: In the order in which they run when none is named.
NAMES = {
    "package": "pack and open a bid package against openssl cms, age and cp",
    "seal": "seal PDFs against pyhanko-cli and a plain copy with a hash",
    "verify": "verify PDFs against pdfsig and pyhanko-cli",
    "opening": "open 1,000 bids with one release against reading, AES-GCM-verifying and writing the same bytes",
    "paint": "time to the first paint against an empty window",
    "approve": "from the phone's approval to the desktop's verified answer, over the relay",
    "waiting": "10,000 clients waiting at the relay: memory and wake-up",
    "imprint": "cutting seals out of scans: overlap with the truth, colour error, defects named",
    "records": "a page of 100,000 usage records by each filter against plain SQL; their export",
    "qr": "QR reading: recall and time against zxing-cpp, pyzbar and OpenCV alone",
}


def main(argv: list[str] | None = None) -> int:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="which ones; all without a name")
    parser.add_argument("--list", action="store_true", help="name them and end")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contestant, at least 3 for a figure")
    parser.add_argument("--scratch", type=Path, help="where the inputs go; 12 GiB must fit")
    parser.add_argument("--tiny", action="store_true", help="tiny inputs: shows that it works, measures nothing")
    chosen = parser.parse_args(argv)
    if chosen.list:
        for name, about in NAMES.items():
            print(f"{name:10}{about}")
        return 0
    unknown = [name for name in chosen.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    for name in chosen.names or NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        with scratch(chosen.scratch) as folder:
            plan = Plan(scratch=folder, rounds=1 if chosen.tiny else chosen.rounds, is_tiny=chosen.tiny)
            for figure in module.figures(plan):
                print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
