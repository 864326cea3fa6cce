"""kill -9 of desktop, platform or phone at any step of the first job: the next start is consistent (issue 3).

Every story is played by three real processes on one state folder; in each step one of them is killed at a seeded
moment and started again on the same state, everything on disk is judged, and the step is played to its end.
See docs/fault-drills.md.
"""

import time
from pathlib import Path

import pytest

from desktop.formats.trust import TrustAnchors
from tests.drills.checker import PLATFORM_RULES, database_faults, document_faults
from tests.drills.world import NAMED_WITHIN_S, SCANS, STEPS, VICTIMS, Kill, Played, World

#: One test each, about 30 s with two busy cores; 8 kills a story.
STORIES = 6
MOMENTS = ("view:showing", "scanned", "view:claimed", "shown", "approved", "view:acting")
MAX_DELAY_S = 0.12
TRIES = 4


def kill_for(world: World, story: int, number: int) -> Kill:
    """Rotate victims over steps and moments, so that all meet; the offset within is drawn."""
    victim, event = planned(story, number)
    return Kill(victim=victim, event=event, delay_s=world.random.random() * MAX_DELAY_S)


def planned(story: int, number: int) -> tuple[str, str]:
    if STEPS[number] not in SCANS:
        return ("desktop", "platform")[(story + number) % 2], "asked"
    return VICTIMS[(story + number) % 3], MOMENTS[(story * 5 + number) % len(MOMENTS)]


def check_named(played: Played) -> None:
    assert not played.crashes, played
    if played.killed == "platform":
        assert played.problem is not None
    if played.killed in ("platform", "phone"):
        assert played.named_after_s <= NAMED_WITHIN_S, played


def play_to_the_end(world: World, step: str) -> None:
    for _ in range(TRIES):
        played = world.play(step)
        assert not played.crashes, played
        if played.problem == "":
            return
    raise AssertionError(f"{step} does not come to its end: {played}")


@pytest.mark.slow
@pytest.mark.parametrize("story", range(STORIES))
def test_a_kill_at_any_step_leaves_a_state_that_starts_and_goes_on(tmp_path: Path, story: int) -> None:
    kills: list[str] = []
    slowest, began = 0.0, time.monotonic()
    world = World(tmp_path / "state", seed=1000 + story)
    world.start_all()
    try:
        for number, step in enumerate(STEPS):
            kill = kill_for(world, story, number)
            played = world.play(step, kill)
            check_named(played)
            world.recover(played)
            assert world.faults() == [], (step, kill)
            if played.killed:
                kills.append(f"{played.killed} in {step} at {kill.event}+{kill.delay_s * 1000:.0f} ms")
                slowest = max(slowest, played.named_after_s)
            play_to_the_end(world, step)
            world.between(step)
            assert world.faults() == [], (step, kill)
    finally:
        world.stop()
    print(  # noqa: T201 - a drill tells what it did
        f"\nstory {story}: {len(kills)} kills, {len(STEPS) - len(kills)} came after the step, "
        f"{len(world.interrupted)} reported as interrupted, named state within {slowest:.1f} s, "
        f"{time.monotonic() - began:.0f} s\n  " + "\n  ".join(kills)
    )
    # An empty drill proves nothing.
    assert len(kills) >= len(STEPS) - 2


def test_the_plan_of_the_drill_meets_every_victim_at_every_step_and_every_moment() -> None:
    plan = {(STEPS[n], *planned(story, n)) for story in range(STORIES) for n in range(len(STEPS))}
    assert {(step, victim) for step, victim, _ in plan} >= {(step, victim) for step in SCANS for victim in VICTIMS}
    assert {step for step, _, _ in plan} == set(STEPS)
    assert {moment for _, _, moment in plan} == {*MOMENTS, "asked"}


def test_control_a_file_written_in_place_is_caught(tmp_path: Path) -> None:
    """The checker sees what an in-place writer leaves when it is killed half-way: it would not pass a torn file."""
    world = World(tmp_path / "world", seed=1)
    anchors, trust = TrustAnchors(roots=()), tmp_path / "trust"
    assert document_faults(world.documents, [world.source_bytes], anchors=anchors, trust=trust) == []
    torn = world.documents / "投标文件_已签章.pdf"
    torn.write_bytes(world.source_bytes[: len(world.source_bytes) // 2])
    (fault,) = document_faults(world.documents, [world.source_bytes], anchors=anchors, trust=trust)
    assert fault.startswith(torn.name)
    torn.unlink()
    world.source.write_bytes(world.source_bytes[:100])
    assert len(document_faults(world.documents, [world.source_bytes], anchors=anchors, trust=trust)) == 2
    world.source.write_bytes(world.source_bytes)
    (world.documents / ".bidseal-x.part").touch()
    assert document_faults(world.documents, [world.source_bytes], anchors=anchors, trust=trust) == [
        "left over: .bidseal-x.part"
    ]


def test_control_a_broken_rule_and_a_torn_database_are_caught(tmp_path: Path) -> None:
    import os
    import sqlite3

    from desktop.domain.clock import SystemClock
    from desktop.server.context import open_platform
    from desktop.server.settings import ServerSettings

    open_platform(ServerSettings(state_folder=tmp_path), SystemClock(), os.urandom).close()
    path = tmp_path / "platform.sqlite"
    assert database_faults(path, PLATFORM_RULES) == []
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO organizations (id, name, credit_code, legal_representative, created_at)"
            " VALUES ('a', 'b', 'c', 'd', '2026-01-01 00:00:00')"
        )
    connection.close()
    assert database_faults(path, PLATFORM_RULES) == ["platform.sqlite: 1 units without a certificate admin"]
    data = bytearray(path.read_bytes())
    data[2 * 4096 : 20 * 4096] = bytes(18 * 4096)
    path.write_bytes(data)
    assert database_faults(path, PLATFORM_RULES)
