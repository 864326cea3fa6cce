"""A fresh process that packs, verifies and opens one file and prints what that took; see package.py.

Usage: python -m benchmarks.package_worker SOURCE FOLDER
"""

import json
import os
import sys
from pathlib import Path

from benchmarks.measure import peak_mib, seconds
from desktop.formats.package import SourceFile, open_package
from tests.package.world import World, pack, plan_of


def main(source: Path, folder: Path) -> None:
    """Pack `source` into `folder`, verify the package, open it, and print the times as JSON."""
    world, target, opened = World(), folder / "bid.bid", folder / "opened"
    plan = plan_of(world, (SourceFile(name="scans.bin", path=source),))
    spent = {"pack": seconds(lambda: pack(world, plan, target)), "pack_mib": peak_mib()}
    os.sync()
    spent["verify"] = seconds(lambda: world.package(target))
    package = world.package(target)
    shares = world.shares(package)
    spent["open"] = seconds(lambda: open_package(target, package, "bid", shares, opened))
    spent["open_mib"] = peak_mib()
    print(json.dumps(spent))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
