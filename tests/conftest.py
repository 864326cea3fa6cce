"""What holds for every test: no unexpected warning in the log, no thread left behind, no real keyring, one time zone.

Source: the log and thread guards follow the ideas of qutebrowser's logfail and napari's conftest.
"""

import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt or asks for the time. A zone that neither server (UTC) nor screen (Shanghai) uses
# shows every place that takes the machine's zone; POSIX form, so no zone database is needed.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TZ"] = "NST+03:30"
if sys.platform != "win32":
    time.tzset()
# For child processes; in this one the fixture below takes the keyring's place.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# A test gives its own folder; one that forgets must not write into the developer's demo.
os.environ["BIDSEAL_DATA"] = str(Path(os.devnull, "this-test-gave-no-folder"))

import hypothesis
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from pytestqt.qtbot import QtBot

from desktop.ui.garbage import collect_due

# A test says the same on every machine: found examples become explicit ones, two busy cores break no deadline.
hypothesis.settings.register_profile("bidseal", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("bidseal")

# What a test waits for comes; only one that waits in vain takes so long. Two busy cores can need more than 5 s.
for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitCallback):
    wait.__kwdefaults__["timeout"] = 30_000

THREAD_GRACE_S = float(os.environ.get("BIDSEAL_THREAD_GRACE_S", "5"))
# They log each finding about a hostile file as a warning; what we make of the file is what the tests look at.
FINDINGS_AS_WARNINGS = ("pyhanko", "pyhanko_certvalidator")


class InMemoryKeyring(KeyringBackend):
    """A keyring that is gone with the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self._passwords.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class WarningCollector(logging.Handler):
    """Keeps what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] not in FINDINGS_AS_WARNINGS:
            self.records.append(record)


class FailureAnnouncer:
    """Names each failure as it happens: a long run that is cut off must not take its findings with it."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print the id of a test that has failed, at once."""
        if report.failed:
            self._terminal.line("")
            self._terminal.line(f"FAILED {report.nodeid} ({report.when})", red=True)
            self._terminal.flush()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Announce failures where there is a terminal: in the process that hands the tests to its workers.

    The platform of many a test is a thread beside its window, and must not collect what is left of the one before.
    """
    gc.disable()
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailureAnnouncer(terminal), "bidseal-failures")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Collect in the thread of the tests what the automatic collection would have."""
    collect_due()


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[InMemoryKeyring]:
    """An empty keyring in place of the machine's."""
    before, mine = keyring.get_keyring(), InMemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


@pytest.fixture
def expected_warnings() -> list[logging.LogRecord]:
    """Ask for this where a warning is the expected outcome: the list fills up, and an empty one fails the test."""
    return []


@pytest.fixture(autouse=True)
def _no_unexpected_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    expected: list[logging.LogRecord] | None = None
    if "expected_warnings" in request.fixturenames:
        expected = request.getfixturevalue("expected_warnings")
    collector = WarningCollector()
    if expected is not None:
        collector.records = expected
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    said = [f"{record.name}: {record.getMessage()}" for record in collector.records]
    if expected is None and said:
        pytest.fail("unexpected warnings in the log:\n" + "\n".join(said))
    if expected is not None and not said:
        pytest.fail("the expected warning was not logged")


def _is_ours(thread: threading.Thread) -> bool:
    # execnet carries pytest-xdist; a _DummyThread is a Qt worker on which Python code once ran, owned by its pool.
    return not isinstance(thread, threading._DummyThread) and not thread.name.startswith("execnet")


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_GRACE_S
    leaked = [thread for thread in threading.enumerate() if thread not in before and _is_ours(thread)]
    for thread in leaked:
        thread.join(max(deadline - time.monotonic(), 0))
    still = [thread.name for thread in leaked if thread.is_alive()]
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QThreadPool

        if not QThreadPool.globalInstance().waitForDone(int(THREAD_GRACE_S * 1000)):
            still.append("a task on QThreadPool")
    if still:
        pytest.fail("threads left running: " + ", ".join(still))
