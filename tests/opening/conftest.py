"""One lot with its own folder for each test; keys and certificates are made once."""

from pathlib import Path

import pytest

from tests.opening.world import Lot
from tests.package.world import World


@pytest.fixture(scope="package")
def world() -> World:
    return World()


@pytest.fixture
def lot(world: World, tmp_path: Path) -> Lot:
    return Lot(folder=tmp_path, world=world)
