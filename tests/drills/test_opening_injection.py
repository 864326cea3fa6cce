"""Killed, out of space, or a bad disk at every system call of what an opening writes (fault plan, T41).

The table of docs/fault-drills.md is what these drills print (`-s`).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills import opening_writers
from tests.drills.durability import SYSCALLS, undurable
from tests.drills.injection import FAULTS, Template, drill, needs_strace
from tests.drills.opening_writers import WRITERS, writer_of
from tests.drills.template import DONE
from tests.drills.writers import furnish

pytestmark = needs_strace
LEAST = 8


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opening-drill")
    furnish(folder)
    return folder


@pytest.fixture(scope="module")
def template(home: Path) -> Iterator[Template]:
    with Template(opening_writers.__name__, home) as template:
        yield template


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", WRITERS)
def test_fault_at_every_call_of_an_opening_leaves_old_or_new_and_no_plaintext(
    home: Path, template: Template, name: str, fault: str
) -> None:
    template.prepare(name)
    tally = drill(template, writer_of(name, home), fault)
    print(tally.line(name, fault))  # noqa: T201 - a drill tells what it did
    assert tally.nameless == []
    assert tally.wrong == []
    assert tally.left == []
    assert tally.total >= LEAST
    assert tally.done > 0
    assert (tally.killed if fault == "KILL" else tally.refused) > 0


@pytest.mark.parametrize("name", ["opening state"])
def test_told_done_only_when_a_power_cut_undoes_nothing(home: Path, template: Template, name: str) -> None:
    writer = writer_of(name, home)
    template.prepare(name)
    writer.reset()
    assert template.run("-e", SYSCALLS).code == DONE
    assert undurable(template.trace, writer.out) == []


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_does_what_it_says(home: Path, name: str) -> None:
    writer, said = writer_of(name, home), list[int]()
    writer.reset()
    assert writer.judge(0) == ""
    writer.work(said.append)
    assert said
    assert writer.judge(max(said)) == ""
    assert writer.left() == []
