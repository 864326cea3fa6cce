"""A real platform, phone and workspace for the pages' stories; imported by the conftests of the view tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.clock import ManualClock
from desktop.phone.core import Phone
from desktop.services.workspace import Workspace, open_workspace
from desktop.store.paths import DataFolder
from desktop.testing.rig import Company, PlatformHandle, ThreadedPlatform, make_phone
from tests.views.login.world import NOW


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def handle(tmp_path: Path, clock: ManualClock) -> Iterator[PlatformHandle]:
    platform = ThreadedPlatform(tmp_path / "platform", clock)
    yield platform.start()
    platform.stop()


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def phone(handle: PlatformHandle, tmp_path: Path, clock: ManualClock) -> Phone:
    return make_phone(handle, tmp_path / "phone", clock)


@pytest.fixture
def desk(handle: PlatformHandle, tmp_path: Path, clock: ManualClock) -> Workspace:
    """A workspace at the real platform."""
    return open_workspace(
        profile=handle.profile,
        folder=DataFolder(root=tmp_path / "desktop"),
        clock=clock,
        random=os.urandom,
        name="投标工位一",
    )
