"""kill -9 and a full disk at every system call of finishing a seal: the target is old or new, never torn."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.domain.operations import Verdict
from desktop.signing.pdf import ImprintPlacement, PreparedSeal
from tests.pdf import builders
from tests.pdf.conftest import Sealer, Verifier, phone_signs

pytestmark = pytest.mark.slow

#: Finishes the seal pickled beside it; importing everything first keeps foreign system calls out of the count.
CHILD = """
import pickle, sys
from pathlib import Path
from desktop.signing.pdf import finish
import desktop.signing.pdf.completion, desktop.crypto.cades, asn1crypto.cms
folder = Path(sys.argv[1])
prepared, signature = pickle.loads((folder / "seal.pickle").read_bytes())
finish(prepared, signature, folder / "target.pdf")
"""
OLD = b"%PDF-1.7 an older file under the same name"


@pytest.fixture
def folder(sealer: Sealer, one_imprint: ImprintPlacement) -> Path:
    import pickle

    prepared: PreparedSeal = sealer.prepare(builders.plain(sealer.folder / "a.pdf"), one_imprint)
    signature = phone_signs(sealer.signer, prepared.signed_attributes)
    (sealer.folder / "seal.pickle").write_bytes(pickle.dumps((prepared, signature)))
    return sealer.folder


@pytest.mark.parametrize("fault", ["signal=KILL", "error=ENOSPC"])
@pytest.mark.parametrize("call", ["write", "fsync", "rename,renameat,renameat2"])
def test_fault_at_any_system_call_leaves_the_old_or_the_new_file(fault: str, call: str, folder: Path, verify: Verifier):
    if shutil.which("strace") is None:
        pytest.fail("strace is missing: run ./check --all, which installs it")
    target, injected = folder / "target.pdf", 0
    for count in range(1, 60):
        target.write_bytes(OLD)
        command = [
            "strace",
            "-f",
            "-o",
            str(folder / "log"),
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:{fault}:when={count}",
        ]
        subprocess.run(
            [*command, sys.executable, "-c", CHILD, str(folder)], capture_output=True, check=False, timeout=60
        )
        hit = "INJECTED" in (folder / "log").read_text() or "killed by SIGKILL" in (folder / "log").read_text()
        content = target.read_bytes()
        assert content == OLD or verify(target).verdict is Verdict.VALID, (call, count)
        if not hit:
            assert content != OLD
            break
        injected += 1
    else:
        pytest.fail("the drill never ended")
    assert injected > 0
