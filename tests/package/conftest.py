"""One world and one small honest package for all tests of this folder."""

from pathlib import Path

import pytest

from tests.package.world import World, pack, plan_of, write_documents


@pytest.fixture(scope="package")
def world() -> World:
    return World()


@pytest.fixture(scope="package")
def honest(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a package that everybody may read and nobody may change."""
    folder = tmp_path_factory.mktemp("honest")
    return pack(world, plan_of(world, write_documents(folder / "files")), folder / "投标.bid")
