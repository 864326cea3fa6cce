"""Attack: read every byte that leaves the phone, and look for the certificate password and the private keys in it.

A whole company life runs; the relay, the platform's folder, the desktop's folder, the logs, the temporary folder, the
environment and the command line are then searched for the secrets in every form they could travel in.
"""

import base64
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from desktop.crypto.suites import export_pkcs8
from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.phone.core import FileDeviceSecrets, secret_password
from desktop.phone.core.keystore import Keystore
from desktop.server.relay.mailboxes import Mailboxes
from desktop.services.login import LoginAction
from desktop.services.sealing import SealAction
from desktop.testing.rig import CHEAP, PASSWORD, scan_headless
from tests.services.test_threats import Unit

WRONG_PASSWORD = "Canary-Wrong-4711-Pass"
#: Enough of a secret to recognise it, short enough to find it cut.
SCRAP_BYTES = 12


def forms(secret: bytes) -> set[bytes]:
    """Return what a secret looks like as itself, in hex and in base64 at each alignment."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + secret)
        found.add(text[4 if shift else 0 : -4])
        found.add(base64.urlsafe_b64encode(b"\0" * shift + secret)[4 if shift else 0 : -4])
    return {form for form in found if len(form) >= SCRAP_BYTES}


def private_parts(key: Any) -> list[bytes]:
    """Return what must never be seen of a private key: a scalar or primes, and the tail of its PKCS#8."""
    numbers = key.private_numbers()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return [numbers.private_value.to_bytes(32, "big")]
    return [numbers.p.to_bytes(256, "big").lstrip(b"\0"), numbers.d.to_bytes(512, "big").lstrip(b"\0")]


def secrets_of(unit: Unit, tmp_path: Path, clock: ManualClock) -> set[bytes]:
    """Unlock the phone's keys as only the holder can, and list all forms of all secrets."""
    folder = tmp_path / "phone"
    (entry,) = (c.entry_id for c in unit.phone.certificates())
    store = Keystore(
        folder=folder / "keys",
        random=os.urandom,
        device=FileDeviceSecrets(folder, os.urandom),
        cost=CHEAP,
    )
    keys = store.unlock(entry, secret_password(PASSWORD)).keys
    assert keys is not None
    found = forms(PASSWORD.encode()) | forms(WRONG_PASSWORD.encode()) | forms(PASSWORD.encode("utf-16-le"))
    for key in (keys.sign, keys.enc):
        for part in private_parts(key):
            found |= forms(part)
        found |= forms(export_pkcs8(key)[:64])
    return found


def below(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path), path.read_bytes()


def hits(places: list[tuple[str, bytes]], secrets: set[bytes]) -> list[str]:
    return [name for name, data in places if any(secret in data for secret in secrets)]


@pytest.fixture
def relayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """Everything that the relay is given, as it is given."""
    seen: list[tuple[str, bytes]] = []

    def tapped(name: str) -> None:
        original: Callable[..., Any] = getattr(Mailboxes, name)

        def tap(self: Mailboxes, *args: Any, **options: Any) -> Any:
            blobs = [*args, *options.values()]
            seen.extend((f"relay {name}", blob) for blob in blobs if isinstance(blob, bytes))
            return original(self, *args, **options)

        monkeypatch.setattr(Mailboxes, name, tap)

    for name in ("create", "put_frame", "put_reply"):
        tapped(name)
    return seen


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_no_password_and_no_private_key_is_seen_outside_the_phone_in_a_whole_company_life(  # noqa: PLR0917 - fixtures
    relayed: list[tuple[str, bytes]],
    everything_logged: pytest.LogCaptureFixture,
    unit: Unit,
    source: Path,
    tmp_path: Path,
    clock: ManualClock,
) -> None:
    code = unit.company.credit_code
    with open_document(source, unit.workspace.folder.work) as document:
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(unit.job(source, document),))
        view, _ = scan_headless(unit.workspace, unit.phone, action, credit_code=code)
    assert view.problem == ""
    login = LoginAction(unit.workspace, credit_code=code)
    view, _ = scan_headless(unit.workspace, unit.phone, login, credit_code=code, password=WRONG_PASSWORD)
    assert view.problem != ""

    secrets = secrets_of(unit, tmp_path, clock)
    places = [("log", everything_logged.text.encode()), *relayed]
    places += [(name, data) for name, data in below(tmp_path)]
    places += [(name, data) for name, data in below(Path(tempfile.gettempdir())) if "bidseal" in Path(name).name]
    places.append(("environment", "\0".join(f"{k}={v}" for k, v in os.environ.items()).encode()))
    places.append(("command line", Path("/proc/self/cmdline").read_bytes()))
    assert len(relayed) > 10
    assert hits(places, secrets) == []


def test_the_search_finds_a_secret_in_each_form_it_could_travel_in(
    unit: Unit, tmp_path: Path, clock: ManualClock
) -> None:
    secrets = secrets_of(unit, tmp_path, clock)
    planted = [
        ("plain", b"x" + PASSWORD.encode() + b"y"),
        ("base64", base64.b64encode(b"{'password': '" + PASSWORD.encode() + b"'}")),
        ("hex", PASSWORD.encode().hex().encode()),
    ]
    assert hits(planted, secrets) == ["plain", "base64", "hex"]
