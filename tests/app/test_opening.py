"""The window comes first, its services after; what goes wrong meanwhile ends with words and a status."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QThreadPool
from PySide6.QtWidgets import QApplication

from desktop.app import Client, Loading
from desktop.domain.errors import RejectedError
from desktop.services.platforms import Platforms
from desktop.store.paths import DataFolder
from desktop.testing import Platform, wait_until
from desktop.ui.i18n import Languages
from desktop.ui.resources import PLATFORMS

HEAVY = ("requests", "cryptography", "segno", "pyhanko", "sqlalchemy", "cv2", "numpy", "platformdirs", "keyring")


class Painted(QObject):
    """Sees whether a window was painted."""

    seen = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def languages(request: pytest.FixtureRequest) -> Languages:
    return request.getfixturevalue("_bidseal_languages")


@pytest.mark.usefixtures("_bidseal_keyring")
def test_the_window_is_painted_before_the_services_are_asked_for(
    tmp_path: Path, bidseal_platform: Platform, languages: Languages
):
    client, painted, asked = Client(languages), Painted(), []
    client.window.installEventFilter(painted)

    def platforms(folder: DataFolder) -> Platforms:
        asked.append(painted.seen)
        return Platforms(folder, PLATFORMS, given=bidseal_platform.profile)

    loading = Loading(client, platforms, DataFolder(root=tmp_path))
    wait_until(lambda: client.window.current_id == "login", "the first page")
    assert asked == [True]
    assert loading.error is None
    client.window.close()


@pytest.mark.usefixtures("_bidseal_keyring")
def test_a_window_closed_before_its_services_are_there_stays_closed(
    tmp_path: Path, bidseal_platform: Platform, languages: Languages
):
    client, painted = Client(languages), Painted()
    client.window.installEventFilter(painted)
    Loading(
        client,
        lambda folder: Platforms(folder, PLATFORMS, given=bidseal_platform.profile),
        DataFolder(root=tmp_path),
    )
    wait_until(lambda: painted.seen, "the first paint")
    client.window.close()
    QApplication.processEvents()
    assert QThreadPool.globalInstance().waitForDone(10_000)
    QApplication.processEvents()
    assert not client.window.isVisible()
    assert client.window.current_id == ""


def test_a_profile_that_is_refused_is_the_error_of_the_start(tmp_path: Path, languages: Languages):
    client = Client(languages)

    def platforms(_folder: DataFolder) -> Platforms:
        raise RejectedError("portal.profile_damaged", "json")

    loading = Loading(client, platforms, DataFolder(root=tmp_path))
    wait_until(lambda: loading.error is not None, "the error")
    assert loading.error is not None
    assert loading.error.code == "portal.profile_damaged"
    client.window.close()


def test_a_damaged_profile_ends_the_command_with_words_and_a_status(tmp_path: Path):
    profile = tmp_path / "platform.json"
    profile.write_text("{", encoding="utf-8")
    argv = [sys.executable, "-m", "desktop", "desktop", "--data", str(tmp_path / "data"), "--profile", str(profile)]
    done = subprocess.run(argv, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == 69
    assert "[portal.profile_damaged" in done.stderr


def test_importing_the_client_loads_no_heavy_library():
    program = f"import sys, desktop.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
