"""The diagnostics file helps support and holds nothing of a person: canaries seeded everywhere do not occur in it."""

import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.proxy import Proxy, ProxyMode
from desktop.services.connection import Finding, Grade, Probe
from desktop.services.diagnostics import export_diagnostics
from desktop.services.workspace import Workspace
from desktop.store.logs import DailyLog, start_log
from desktop.testing import Platform, PreparedCompany
from desktop.testing.prepared import open_desk, sign_in

MOBILE, ID_NUMBER, CODE = "13877665544", "360102199003077710", "739104"
SECRETS = {
    "mobile": MOBILE,
    "id number": ID_NUMBER,
    "sms code": CODE,
    "proxy password": "Proxy-Geheim-77",
    "proxy user": "zhangsan01",
    "login password": "Login-Geheim-88",
    "bearer": "kQ3vT9xW2pL7mN5bR8cY1dF4gH6jS0aZeU-iO_pX",
}


@pytest.fixture
def workspace(
    bidseal_company: PreparedCompany,
    bidseal_platform: Platform,
    bidseal_clock: ManualClock,
    tmp_path: Path,
    _bidseal_state: Path,
    _bidseal_keyring: None,
) -> Iterator[Workspace]:
    made = open_desk(bidseal_platform, _bidseal_state, bidseal_clock)
    sign_in(made, bidseal_platform, bidseal_company.mobile)
    yield made
    made.close()


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        return {name: file.read(name).decode() for name in file.namelist()}


def seed(workspace: Workspace) -> None:
    """Put the canaries wherever a careless hand could."""
    settings = workspace.settings.load()
    workspace.settings.save(replace(settings, last_mobile=MOBILE, last_folder=str(Path.home() / "投标")))
    workspace.proxy.keep(
        Proxy(
            mode=ProxyMode.MANUAL,
            host="proxy.example.com",
            port=8080,
            user=SECRETS["proxy user"],
            password=SECRETS["proxy password"],
        )
    )
    folder = workspace.folder.logs
    handler = DailyLog(folder, now=workspace.clock.now)
    logger = logging.getLogger("desktop.canary")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.info("code %s for %s", CODE, MOBILE)
    logger.info("order of %s; password=%s", ID_NUMBER, SECRETS["login password"])
    logger.info("bearer %s", SECRETS["bearer"])
    logger.removeHandler(handler)
    # And a line that came there by another way than our filter.
    today = next(folder.glob("*.log"))
    raw = "\n".join([*SECRETS.values(), f"token={workspace.account.token()}", str(Path.home())])
    with today.open("a", encoding="utf-8") as file:
        file.write(raw.replace(SECRETS["login password"], f"password: {SECRETS['login password']}") + "\n")


def test_t36_no_seeded_secret_is_in_the_file(
    workspace: Workspace, bidseal_company: PreparedCompany, tmp_path: Path
) -> None:
    seed(workspace)
    finding = Finding(probe=Probe.TIME, grade=Grade.FAILED, code="portal.clock_off", detail=f"seen at {MOBILE}")
    made = parts(export_diagnostics(workspace, tmp_path / "d.zip", [finding]))
    written = "\n".join(made.values())
    token = workspace.account.token()
    assert token
    canaries = SECRETS | {
        "session": token,
        "home": str(Path.home()),
        "own mobile": bidseal_company.mobile,
        "unit": bidseal_company.name,
        "credit code": bidseal_company.credit_code,
    }
    assert {name for name, secret in canaries.items() if secret in written} == set()
    raw = (tmp_path / "d.zip").read_bytes()
    assert not any(secret.encode() in raw for secret in canaries.values())


def test_the_canaries_would_be_seen_without_the_redaction(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: the canaries do lie where the file is made from."""
    seed(workspace)
    monkeypatch.setattr("desktop.services.diagnostics.redact", lambda text, _known=(): text)
    written = "\n".join(parts(export_diagnostics(workspace, tmp_path / "d.zip")).values())
    assert all(secret in written for secret in SECRETS.values())


def test_it_says_what_support_asks_first(workspace: Workspace, tmp_path: Path) -> None:
    import PySide6

    end = start_log(workspace.folder.logs)
    logging.getLogger("desktop.services.trust").info("revocation lists not renewed: portal.timeout")
    end()
    finding = Finding(probe=Probe.RELAY, grade=Grade.FAILED, code="portal.timeout", took_s=20.5)
    made = parts(export_diagnostics(workspace, tmp_path / "d.zip", [finding]))
    versions = json.loads(made["versions.json"])
    assert versions["libraries"]["PySide6-Essentials"] == PySide6.__version__
    assert json.loads(made["settings.json"])["theme"] == "light"
    assert json.loads(made["settings.json"])["last_mobile"] == ""
    assert json.loads(made["platform.json"])["platform_id"] == workspace.profile.platform_id
    (stored,) = json.loads(made["connection.json"])
    assert (stored["probe"], stored["grade"], stored["code"]) == ("relay", "failed", "portal.timeout")
    assert any("portal.timeout" in text for name, text in made.items() if name.startswith("logs/"))


def test_the_root_can_be_compared(workspace: Workspace, tmp_path: Path) -> None:
    import hashlib

    made = parts(export_diagnostics(workspace, tmp_path / "d.zip"))
    shown = json.loads(made["platform.json"])["root_sha256"].replace(":", "").lower()
    assert shown == hashlib.sha256(workspace.profile.root).hexdigest()


def test_what_cannot_be_written_is_said_and_the_old_file_stays(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UnavailableError) as caught:
        export_diagnostics(workspace, tmp_path / "file" / "d.zip")
    assert caught.value.code == "general.file_unwritable"


def test_a_cancelled_export_leaves_what_stood_there(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "d.zip").write_bytes(b"the one before")

    def check() -> None:
        raise RejectedError("general.cancelled")

    with pytest.raises(RejectedError):
        export_diagnostics(workspace, tmp_path / "d.zip", check=check)
    assert (tmp_path / "d.zip").read_bytes() == b"the one before"
    assert [p.name for p in tmp_path.glob("*.tmp")] == []


def test_keys_documents_and_the_journal_stay_out(workspace: Workspace, tmp_path: Path) -> None:
    names = set(parts(export_diagnostics(workspace, tmp_path / "d.zip")))
    assert {name for name in names if not name.startswith("logs/")} == {
        "versions.json",
        "settings.json",
        "platform.json",
        "connection.json",
    }
