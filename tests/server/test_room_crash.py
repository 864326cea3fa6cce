"""The opening room killed, out of space and on a bad disk at every system call that writes (fault plan).

Prints the rows of docs/fault-drills.md (`-s`). The careless writers have to fail.
"""

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.tendering import LotState
from desktop.server.cases.room_delivery import SealedShare
from tests.drills import room_writers
from tests.drills.durability import SYSCALLS, undurable
from tests.drills.injection import FAULTS, Template, drill, needs_strace
from tests.drills.room_writers import CARELESS, RECORDED, WRITERS, Facts, writer_of
from tests.drills.template import DONE
from tests.server.outsiders import unit_of
from tests.server.rooms import RoomStage

pytestmark = [needs_strace, pytest.mark.sqlite]
ROOM = "opening room"


@pytest.fixture
def home(stage: RoomStage, tmp_path: Path) -> Path:
    """A platform with a closed lot, and all that its opening takes."""
    stage.advance(LotState.CLOSED)
    folder = tmp_path / "drill"
    folder.mkdir()

    def account(client: object) -> str:
        return str(client.get("/api/v1/me")["account"]["id"])  # type: ignore[attr-defined]

    known = Facts(
        lot_id=stage.lot_id,
        at=stage.clock.now(),
        agency=(account(stage.agency), unit_of(stage.agency)),
        bidders=[
            (
                account(bidder.client),
                bidder.unit,
                SealedShare(package=bidder.package, envelope_id="bid", sealed=stage.sealed(bidder)),
            )
            for bidder in stage.bidders
        ],
        opening=stage.stated(stage.opening()),
        results=[stage.stated(stage.result(bidder)) for bidder in stage.bidders],
    )
    stage.platform.db.close()
    shutil.copytree(stage.platform.settings.state_folder, folder / "platform")
    (folder / "facts").write_bytes(pickle.dumps(known))
    return folder


@pytest.fixture
def process(home: Path) -> Iterator[Template]:
    with Template(room_writers.__name__, home) as process:
        yield process


@pytest.mark.parametrize("name", [*WRITERS, *CARELESS])
def test_writer_does_what_it_says(home: Path, name: str) -> None:
    writer = writer_of(name, home)
    said: list[int] = []
    writer.reset()
    assert writer.judge(0) == ""
    writer.work(said.append)
    assert said[-1] == RECORDED
    assert writer.judge(RECORDED) == ""
    assert writer.left() == []


def test_step_is_told_done_only_when_a_power_cut_undoes_nothing(home: Path, process: Template) -> None:
    writer = writer_of(ROOM, home)
    process.prepare(ROOM)
    writer.reset()
    assert process.run("-e", SYSCALLS).code == DONE
    assert undurable(process.trace, writer.out, but=writer.may_vary) == []
    assert process.trace.count("fdatasync(") >= RECORDED


def test_file_that_was_being_written_when_the_platform_was_killed_is_gone_after_the_next_start(home: Path) -> None:
    writer = writer_of(ROOM, home)
    writer.reset()
    (writer.out / "files" / "ab").mkdir(parents=True)
    leftover = writer.out / "files" / "ab" / ".cd.0123456789ab.tmp"
    leftover.write_bytes(b"half of a record, encrypted")
    writer.start().close()
    assert writer.left() == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_at_every_call_of_an_opening_leaves_old_or_new_and_the_next_start_ends_it(
    home: Path, process: Template, fault: str
) -> None:
    process.prepare(ROOM)
    tally = drill(process, writer_of(ROOM, home), fault)
    print(tally.line(ROOM, fault))  # noqa: T201 - a drill tells what it did
    assert (tally.nameless, tally.wrong, tally.left) == ([], [], [])
    assert tally.total > 100
    assert (tally.killed if fault == "KILL" else tally.refused) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CARELESS))
def test_control_a_careless_room_fails_the_drill(home: Path, process: Template, name: str) -> None:
    process.prepare(name)
    tally = drill(process, writer_of(name, home), "KILL")
    print(tally.line(f"control: {name}", "KILL"))  # noqa: T201 - as above
    assert tally.total > 100
    assert tally.wrong
