"""The platform killed, out of space, or on a bad disk at every system call of a bid's way in (fault plan, T39).

The rows of docs/fault-drills.md are what these drills print (`-s`). The careless writers at the end have to fail.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills import intake_writers
from tests.drills.durability import SYSCALLS, undurable
from tests.drills.injection import FAULTS, Tally, Template, drill, needs_strace
from tests.drills.intake_writers import CARELESS, WRITERS, package, writer_of
from tests.drills.template import DONE
from tests.server.tenders import TenderStage

pytestmark = [needs_strace, pytest.mark.sqlite]
#: Fewer faults than these and the drill broke next to nothing.
LEAST = 40


@pytest.fixture
def home(tender_stage: TenderStage, tmp_path: Path) -> Path:
    """A platform that has published a lot, as it lies on the disk, and a package for it."""
    stage, folder = tender_stage, tmp_path / "drill"
    stage.publish()
    who = stage.unit()
    folder.mkdir()
    (folder / "package.bid").write_bytes(stage.pack(who, size=20_000).data)
    account = who.client.get("/api/v1/me")["account"]["id"]
    (folder / "facts").write_text(f"{stage.lot['id']} {who.unit_id} {account}", encoding="utf-8")
    stage.platform.close()
    shutil.copytree(stage.platform.settings.state_folder, folder / "platform")
    return folder


@pytest.fixture
def forks(home: Path) -> Iterator[Template]:
    with Template(intake_writers.__name__, home) as forks:
        yield forks


def run_drill(forks: Template, name: str, home: Path, fault: str) -> Tally:
    forks.prepare(name)
    tally = drill(forks, writer_of(name, home), fault)
    print(tally.line(name, fault))  # noqa: T201 - a drill tells what it did
    return tally


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", WRITERS)
def test_t39_fault_at_every_call_of_the_intake_leaves_no_torn_file_and_no_early_receipt(
    home: Path, forks: Template, name: str, fault: str
) -> None:
    tally = run_drill(forks, name, home, fault)
    assert tally.nameless == []
    assert tally.wrong == []
    assert tally.left == []
    assert tally.total >= LEAST
    assert tally.done > 0
    assert (tally.killed if fault == "KILL" else tally.refused) > 0


@pytest.mark.parametrize("name", WRITERS)
def test_bidder_is_told_accepted_only_when_a_power_cut_undoes_nothing(home: Path, forks: Template, name: str) -> None:
    writer = writer_of(name, home)
    forks.prepare(name)
    writer.reset()
    assert forks.run("-e", SYSCALLS).code == DONE
    assert undurable(forks.trace, writer.out, but=writer.may_vary) == []
    assert forks.trace.count("fsync(") + forks.trace.count("fdatasync(") >= 4


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rewritten", "too early"])
def test_control_a_careless_intake_fails_the_drill(home: Path, forks: Template, name: str) -> None:
    tally = run_drill(forks, name, home, "KILL")
    assert tally.total >= LEAST
    assert tally.wrong


def test_control_an_intake_that_syncs_nothing_is_seen(home: Path, forks: Template) -> None:
    writer = writer_of("never synced", home)
    forks.prepare("never synced")
    writer.reset()
    assert forks.run("-e", SYSCALLS).code == DONE
    assert any("/bids/" in fault for fault in undurable(forks.trace, writer.out, but=writer.may_vary))


@pytest.mark.parametrize("name", [*WRITERS, *CARELESS])
def test_every_intake_does_what_it_says(home: Path, name: str) -> None:
    writer, said = writer_of(name, home), []
    writer.reset()
    assert writer.judge(0) == ""
    writer.work(said.append)
    assert max(said) == intake_writers.ACCEPTED
    assert writer.judge(max(said)) == ""
    assert writer.left() == []
    assert len(package(home)) > intake_writers._CUT
