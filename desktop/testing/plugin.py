"""The public pytest plugin: platform, phone, window and clock of BidSeal as fixtures: no network, no real phone.

Installed with `bidseal`, it is found by pytest by itself. A test asks for what it needs:

`bidseal_clock`
    the one clock of all parts; stands still until `advance(seconds)`.
`bidseal_platform`
    a platform on this machine: `base_url`, `profile`, `sms_code(mobile)`, `operator`, `stop()` and `start()`.
`bidseal_window`
    the client's real window in the hands of an office worker: `register`, `seal`, `verify`, … and `screen` to click,
    type and look.
`bidseal_phone`
    the virtual phone in its holder's hands: `log_in`, `scan`, `approve`, `decline`.
`bidseal_company`
    ask for it and all of the above belong to a company that can seal: it is signed in at the window, its certificate is
    on the phone, the workstation is enrolled and the seal claimed.

Two examples to copy are in tests/examples. Nothing is imported before a fixture is asked for, and no window needs a
display. Refuses to touch the machine's keyring: one that forgets takes its place during a test.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desktop.domain.clock import ManualClock
    from desktop.testing.actors import OfficeWorker, PhoneHolder
    from desktop.testing.prepared import Platform, PreparedCompany
    from desktop.ui.i18n import Languages


@pytest.fixture
def bidseal_clock() -> "ManualClock":
    """The clock of platform, phone and window: 24 November 2026, 02:00 UTC (10:00 in Shanghai) until it is advanced."""
    from desktop.domain.clock import ManualClock
    from desktop.testing.prepared import MORNING

    return ManualClock(MORNING)


@pytest.fixture
def bidseal_platform(_bidseal_state: Path, bidseal_clock: "ManualClock") -> Iterator["Platform"]:
    """A platform that serves on this machine; `stop()` takes it away, `start()` brings it back."""
    from desktop.testing.prepared import Platform

    platform = Platform(_bidseal_state / "platform", bidseal_clock)
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture
def bidseal_company(_bidseal_state: Path) -> "PreparedCompany":
    """A company that can seal; window and phone of the test are its own and logged in."""
    from desktop.testing.demo_files import Company
    from desktop.testing.prepared import PreparedCompany, demo_files
    from desktop.testing.rig import PASSWORD

    company, documents = Company(), _bidseal_state / "documents"
    return PreparedCompany(
        company=company, password=PASSWORD, documents=documents, files=demo_files(documents, company)
    )


@pytest.fixture
def bidseal_window(
    request: pytest.FixtureRequest,
    _bidseal_languages: "Languages",
    _bidseal_keyring: None,
    _bidseal_state: Path,
    bidseal_platform: "Platform",
    bidseal_clock: "ManualClock",
) -> Iterator["OfficeWorker"]:
    """The client's window on the platform, at its login page, or signed in if the test has a `bidseal_company`."""
    from desktop.app import make_client
    from desktop.testing.actors import OfficeWorker
    from desktop.testing.hand import FileHand
    from desktop.testing.prepared import open_desk, sign_in

    workspace = open_desk(bidseal_platform, _bidseal_state, bidseal_clock)
    has_company = "bidseal_company" in request.fixturenames
    if has_company:
        company: PreparedCompany = request.getfixturevalue("bidseal_company")
        sign_in(workspace, bidseal_platform, company.mobile)
    hand = FileHand()
    client = make_client(workspace, _bidseal_languages, pick=hand, ask=hand.choose_folder)
    client.start()
    worker = OfficeWorker(client, hand)
    worker.screen.find("nav_home" if has_company else "mobileField")
    yield worker
    worker.close()


@pytest.fixture
def bidseal_phone(
    request: pytest.FixtureRequest,
    _bidseal_languages: "Languages",
    _bidseal_state: Path,
    bidseal_platform: "Platform",
    bidseal_clock: "ManualClock",
) -> Iterator["PhoneHolder"]:
    """The virtual phone, at its login page, or logged in if the test has a `bidseal_company`."""
    from desktop.testing.actors import PhoneHolder
    from desktop.testing.demo_files import Company
    from desktop.testing.rig import CHEAP

    has_company = "bidseal_company" in request.fixturenames
    mobile = Company().mobile
    holder = PhoneHolder.with_new_phone(
        _bidseal_state / "phone",
        bidseal_platform,
        mobile=mobile,
        languages=_bidseal_languages,
        clock=bidseal_clock,
        cost=CHEAP,
    )
    if has_company:
        holder.log_in(mobile)
    yield holder
    holder.close()


# -- what the fixtures stand on ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _bidseal_prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a company that can seal; copied for each test, so preparing it costs its seconds once."""
    from desktop.store.memory_keyring import no_keyring
    from desktop.testing.demo_files import Company
    from desktop.testing.prepared import demo_files, prepare

    folder = tmp_path_factory.mktemp("bidseal")
    company = Company()
    # Without a keyring the workstation's key can be copied like any other file.
    with no_keyring():
        prepare(folder, company)
    demo_files(folder / "documents", company)
    return folder


@pytest.fixture
def _bidseal_state(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of this test's platform, workstation and phone."""
    state = tmp_path / "bidseal"
    if "bidseal_company" in request.fixturenames:
        from desktop.testing.prepared import copy_state

        copy_state(request.getfixturevalue("_bidseal_prepared"), state)
    return state


@pytest.fixture
def _bidseal_keyring() -> Iterator[None]:
    """A keyring that forgets in the place of the machine's."""
    from desktop.store.memory_keyring import memory_keyring

    with memory_keyring():
        yield


@pytest.fixture
def _bidseal_languages() -> Iterator["Languages"]:
    """The application, speaking Chinese; made at first use, without a display if there is none."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from desktop.app import make_application
    from desktop.ui.i18n import Language, Languages

    languages = Languages(parent=make_application())
    yield languages
    languages.use(Language.CHINESE)
    languages.deleteLater()
