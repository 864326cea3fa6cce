"""SIGKILL at every durable step of making, completing and re-locking a key: old or new, never torn, never uncounted.

Needs strace (Linux); the same steps are cut in-process on every machine in test_phone_keystore.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.phone.core import MemoryDeviceSecrets, secret_password
from desktop.phone.core.keystore import EntryState, Keystore
from tests.phone.phone_world import CHEAP, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
OTHER = "Another-2026"
WORK = """
import sys
from pathlib import Path
from tests.phone.test_phone_kill import work
work(Path(sys.argv[1]))
"""
STEPS = "fsync,rename,renameat,renameat2,unlink,unlinkat,mkdir"


def store_in(folder: Path) -> Keystore:
    return Keystore(folder=folder, device=MemoryDeviceSecrets(bytes(32)), random=os.urandom, cost=CHEAP)


def work(folder: Path) -> None:
    """A download that completes, a wrong password, a changed password."""
    from desktop.crypto.suites import Suite
    from desktop.phone.core.keystore import NewKeyOrder

    store = store_in(folder)
    order = NewKeyOrder(
        order_id="ab" * 16, holder="张三", organization="甲公司", credit_code="", suite=Suite.P256, made_at=1
    )
    entry, _ = store.create_pending(order, secret_password(PASSWORD))
    (folder.parent / "made").touch()
    store.complete(entry.entry_id, sign_certificate=b"s", enc_certificate=b"e", chain=(b"c",))
    (folder.parent / "completed").touch()
    store.unlock(entry.entry_id, secret_password("wrong-password-1"))
    store.change_password(entry.entry_id, secret_password(PASSWORD), secret_password(OTHER))
    (folder.parent / "changed").touch()


def run_killed(home: Path, at: int) -> bool:
    """Run `work` killed at the `at`-th durable step; False when there are fewer."""
    folder = home / "keys"
    folder.mkdir(parents=True)
    trace = ["strace", "-f", "-qq", "-o", str(home / "trace"), "-e", f"trace={STEPS}", "-e"]
    trace.append(f"inject={STEPS}:signal=KILL:when={at}")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(
        [*trace, sys.executable, "-c", WORK, str(folder)], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert ended.returncode in (0, -9, 137), ended.stderr.decode()
    return ended.returncode != 0


def check(home: Path) -> None:
    """Whatever was said to be done is there; whatever was not is absent or whole."""
    said = {name for name in ("made", "completed", "changed") if (home / name).exists()}
    store = store_in(home / "keys")
    entries = store.entries()
    assert len(entries) == 1 or (not entries and "made" not in said)
    if not entries:
        return
    entry = entries[0]
    assert entry.state is EntryState.ACTIVE or "completed" not in said
    opens = [p for p in (PASSWORD, OTHER) if store.unlock(entry.entry_id, secret_password(p)).keys is not None]
    assert len(opens) == 1
    assert opens == [OTHER] or "changed" not in said
    assert not list((home / "keys").glob(".*.tmp"))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_kill_at_every_durable_step_leaves_old_or_new(tmp_path: Path) -> None:
    killed = 0
    while run_killed(tmp_path / f"{killed + 1}", killed + 1):
        killed += 1
        check(tmp_path / f"{killed}")
    check(tmp_path / f"{killed + 1}")
    # Three files, each with temp synced, renamed and folder synced, and a try counted; an empty drill proves nothing.
    assert killed >= 12


def test_the_work_of_the_drill_does_what_it_says(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    work(folder)
    check(tmp_path)
    assert (tmp_path / "changed").exists()
