"""Killed, out of space, or a bad disk at every system call of everything that the product writes (fault plan).

The table of docs/fault-drills.md is what these drills print (`-s`). The careless writers at the end have to fail.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills import writers
from tests.drills.durability import SYSCALLS, undurable
from tests.drills.injection import FAULTS, Tally, Template, drill, needs_strace
from tests.drills.template import DONE
from tests.drills.writers import CARELESS, WRITERS, furnish, writer_of

pytestmark = needs_strace
#: Fewer faults than these and the drill broke next to nothing.
LEAST = 8
HEAD = """
| writer | fault | runs | faults that took effect | killed | refused | done | torn | left |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drill")
    furnish(folder)
    return folder


@pytest.fixture(scope="module")
def template(home: Path) -> Iterator[Template]:
    with Template(writers.__name__, home) as template:
        yield template


def run_drill(template: Template, name: str, home: Path, fault: str) -> Tally:
    template.prepare(name)
    tally = drill(template, writer_of(name, home), fault)
    print(tally.line(name, fault))  # noqa: T201 - a drill tells what it did
    return tally


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", WRITERS)
def test_fault_at_every_call_leaves_old_or_new_and_nothing_else(
    home: Path, template: Template, name: str, fault: str
) -> None:
    tally = run_drill(template, name, home, fault)
    assert tally.nameless == []
    assert tally.wrong == []
    assert tally.left == []
    assert tally.total >= LEAST
    assert tally.done > 0
    assert (tally.killed if fault == "KILL" else tally.refused) > 0


@pytest.mark.parametrize("name", WRITERS)
def test_told_done_only_when_a_power_cut_undoes_nothing(home: Path, template: Template, name: str) -> None:
    writer = writer_of(name, home)
    template.prepare(name)
    writer.reset()
    assert template.run("-e", SYSCALLS).code == DONE
    assert undurable(template.trace, writer.out, but=writer.may_vary) == []
    assert template.trace.count("fsync(") + template.trace.count("fdatasync(") >= 2


@pytest.mark.parametrize(
    ("name", "fault", "found"),
    [
        ("in place", "KILL", "wrong"),
        ("too early", "KILL", "wrong"),
        ("submitted too early", "KILL", "wrong"),
        ("untidy", "KILL", "left"),
    ],
)
def test_control_a_careless_writer_fails_the_drill(
    home: Path, template: Template, name: str, fault: str, found: str
) -> None:
    tally = run_drill(template, name, home, fault)
    assert tally.total >= LEAST
    assert getattr(tally, found)


def test_control_a_writer_that_syncs_nothing_is_seen(home: Path, template: Template) -> None:
    writer = writer_of("never synced", home)
    template.prepare("never synced")
    writer.reset()
    assert template.run("-e", SYSCALLS).code == DONE
    faults = undurable(template.trace, writer.out)
    assert any("took its place before" in fault for fault in faults)
    assert any("name" in fault for fault in faults)


@pytest.mark.parametrize("name", [*WRITERS, *CARELESS])
def test_every_writer_does_what_it_says(home: Path, name: str) -> None:
    writer, said = writer_of(name, home), []
    writer.reset()
    assert writer.judge(0) == ""
    writer.work(said.append)
    assert said
    assert writer.judge(max(said)) == ""
    assert writer.left() == []
