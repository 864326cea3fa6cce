"""One lot with its own folder for each test; keys and certificates are made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.clock import ManualClock
from desktop.store.memory_keyring import no_keyring
from desktop.testing.prepared import MORNING
from tests.opening.people import Bidding, playing, prepare
from tests.opening.world import Lot
from tests.package.world import World


@pytest.fixture(scope="package")
def world() -> World:
    return World()


@pytest.fixture
def lot(world: World, tmp_path: Path) -> Lot:
    return Lot(folder=tmp_path, world=world)


@pytest.fixture(scope="session")
def _people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    with no_keyring():
        prepare(folder)
    return folder


@pytest.fixture
def bidding(_people: Path, tmp_path: Path) -> Iterator[Bidding]:
    """An agency and three bidders who can act, on a morning of their own."""
    state = tmp_path / "state"
    shutil.copytree(_people, state)
    with no_keyring(), playing(state, ManualClock(MORNING)) as opened:
        yield opened
