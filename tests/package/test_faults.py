"""Killed, out of space, or a bad disk at every step of packing and opening: whole or absent, and no plaintext left.

Needs strace (Linux). Each drill counts its injections, and a careless writer has to fail the same drill.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.crypto.cms_share import open_share
from desktop.crypto.suites import load_pkcs8, sign, spki_of
from desktop.domain.errors import BidSealError, RejectedError
from desktop.formats.package import GroupKind, open_package, prepare_package, remove_leftovers
from desktop.formats.package.model import BidPackage, BidSummary
from desktop.formats.package.plan import PackagePlan, PlannedEnvelope, PlannedGroup, SourceFile, member_of_key
from desktop.formats.package.reading import read_package
from desktop.store.files import replace

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("write", "ftruncate", "fsync", "rename", "mkdir")
KILL_STEPS = (*STEPS, "unlink", "unlinkat", "rmdir")
EXIT_REFUSED = 3
RUN = """
import sys
from pathlib import Path
from tests.package.test_faults import main
sys.exit(main(sys.argv[1], Path(sys.argv[2])))
"""
SECRET = b"plaintext-of-the-bid-" * 4000


def pack_small(folder: Path) -> None:
    """Pack and sign; keys come from files, so that the drill makes none."""
    from datetime import UTC, datetime

    from desktop.formats.package import Bidder

    key = load_pkcs8((folder / "key").read_bytes())
    own = PlannedGroup(group_id="own", kind=GroupKind.BIDDER, members=(member_of_key("我", spki_of(key)),))
    envelope = PlannedEnvelope(
        envelope_id="bid",
        title="投标文件",
        not_before=0,
        groups=(own,),
        files=(SourceFile(name="a.txt", path=folder / "a.txt"), SourceFile(name="b.txt", path=folder / "a.txt")),
        summary=BidSummary(),
    )
    bidder = Bidder(name="甲", credit_code="91330100MA27XXXX5N")
    plan = PackagePlan(platform="p", tender="t", lot="1", bidder=bidder, deadline=0, envelopes=(envelope,))
    draft = prepare_package(plan, folder / "out" / "x.bid", random=os.urandom, replace=replace)
    try:
        certificate = (folder / "certificate").read_bytes()
        attributes = draft.signed_attributes(certificate, datetime(2026, 6, 1, tzinfo=UTC))
        signature = sign(load_pkcs8((folder / "sign").read_bytes()), attributes)
        draft.complete(signed_attributes=attributes, signature=signature, certificate_der=certificate)
    except BidSealError:
        draft.discard()
        raise


def read(path: Path) -> BidPackage:
    with path.open("rb") as file:
        return read_package(file, path.stat().st_size, lambda *_: None)


def open_small(folder: Path) -> None:
    package = read(folder / "ready.bid")
    envelope, group = package.header.envelopes[0], package.header.envelopes[0].groups[0]
    share = open_share(
        package.shares["bid", "own"],
        key=load_pkcs8((folder / "key").read_bytes()),
        key_id=group.recipients[0].sha256,
        label=package.header.label(envelope, group),
    )
    open_package(folder / "ready.bid", package, "bid", {"own": share}, folder / "out" / "files", replace=replace)


def write_carelessly(folder: Path) -> None:
    """Overwrite in place, in pieces: the control."""
    target = folder / "out" / "files"
    target.mkdir()
    for name in ("bid_summary.json", "a.txt", "b.txt"):
        with (target / name).open("wb", buffering=0) as file:
            file.write(SECRET[:1000])
            file.write(SECRET[1000:])


def main(work: str, folder: Path) -> int:
    """Run one piece of work in a process of its own."""
    try:
        {"pack": pack_small, "open": open_small, "control": write_carelessly}[work](folder)
    except (BidSealError, OSError):
        return EXIT_REFUSED
    return 0


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with keys, a source file and a finished package."""
    from desktop.crypto.suites import export_pkcs8, generate_p256
    from tests.package.world import BIDDER, subject
    from tests.pdf.pki import Pki, issue

    folder = tmp_path_factory.mktemp("faults")
    signer = issue(subject("张三", BIDDER), key=generate_p256(), issuer=Pki().issuing)
    (folder / "key").write_bytes(export_pkcs8(generate_p256()))
    (folder / "sign").write_bytes(export_pkcs8(signer.key))
    (folder / "certificate").write_bytes(signer.der)
    (folder / "a.txt").write_bytes(SECRET)
    (folder / "out").mkdir()
    pack_small(folder)
    (folder / "out" / "x.bid").replace(folder / "ready.bid")
    return folder


def injected(work: str, folder: Path, fault: str, step: str, at: int) -> bool:
    """Run `work` with a fault at its `at`-th `step`; False when there are fewer."""
    shutil.rmtree(folder / "out")
    (folder / "out").mkdir()
    log = folder / "trace"
    trace = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={step}", "-e", f"inject={step}:{fault}:when={at}"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(
        [*trace, sys.executable, "-c", RUN, work, str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert ended.returncode in (0, EXIT_REFUSED, -9, 137), ended.stderr.decode()
    return "INJECTED" in log.read_text(errors="replace") or ended.returncode in (-9, 137)


def is_whole(folder: Path) -> bool:
    """Tell whether what is visible is complete, or nothing is visible."""
    package, files = folder / "out" / "x.bid", folder / "out" / "files"
    try:
        if package.exists():
            read(package)
    except RejectedError:
        return False
    names = ("bid_summary.json", "a.txt", "b.txt")
    return not files.exists() or (
        all((files / name).exists() for name in names)
        and all((files / name).read_bytes() == SECRET for name in names[1:])
    )


def drill(work: str, folder: Path, fault: str, steps: tuple[str, ...], check: Callable[[], bool]) -> tuple[int, int]:
    """Inject the fault at every step; return (injections, runs after which something was wrong)."""
    count = wrong = 0
    for step in steps:  # strace counts each system call by itself
        at = 1
        while injected(work, folder, fault, step, at):
            wrong += not check()
            count, at = count + 1, at + 1
        assert check()
    return count, wrong


needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.mark.slow
@needs_strace
@pytest.mark.parametrize(("work", "least"), [("pack", 12), ("open", 12)])
def test_killed_at_every_step_leaves_whole_or_nothing_and_leftovers_are_found(prepared: Path, work: str, least: int):
    def check() -> bool:
        whole = is_whole(prepared)
        for target in ("x.bid", "files"):
            remove_leftovers(prepared / "out" / target)
        return whole and {path.name for path in (prepared / "out").iterdir()} <= {"x.bid", "files"}

    count, wrong = drill(work, prepared, "signal=KILL", KILL_STEPS, check)
    assert wrong == 0
    assert count >= least


@pytest.mark.slow
@needs_strace
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize(("work", "least"), [("pack", 10), ("open", 10)])
def test_failing_disk_at_every_step_leaves_whole_or_nothing_and_no_leftovers(
    prepared: Path, work: str, least: int, error: str
):
    def check() -> bool:
        return is_whole(prepared) and {path.name for path in (prepared / "out").iterdir()} <= {"x.bid", "files"}

    count, wrong = drill(work, prepared, f"error={error}", STEPS, check)
    assert wrong == 0
    assert count >= least


@pytest.mark.slow
@needs_strace
def test_the_careless_writer_fails_the_same_drill(prepared: Path):
    count, wrong = drill("control", prepared, "signal=KILL", KILL_STEPS, lambda: is_whole(prepared))
    assert count >= 7
    assert wrong > 0


def test_leftovers_of_this_target_go_and_everything_else_stays(tmp_path: Path):
    folder = tmp_path / ".x.bid.0123456789ab.tmp"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "0").write_bytes(b"plaintext")
    (tmp_path / ".x.bid.aaaaaaaaaaaa.tmp").write_bytes(b"ciphertext")
    stay = ("x.bid", ".x.bid.tmp", ".y.bid.0123456789ab.tmp", ".x.bid.0123456789ab.tmp.old", ".xxbid.0123456789ab.tmp")
    for name in stay:
        (tmp_path / name).touch()
    assert remove_leftovers(tmp_path / "x.bid") == 2
    assert {path.name for path in tmp_path.iterdir()} == set(stay)


def test_the_work_of_the_drill_does_what_it_says(prepared: Path):
    for work, made in (("pack", "x.bid"), ("open", "files"), ("control", "files")):
        shutil.rmtree(prepared / "out")
        (prepared / "out").mkdir()
        assert main(work, prepared) == 0
        assert [path.name for path in (prepared / "out").iterdir()] == [made]
        assert is_whole(prepared)
