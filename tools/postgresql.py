"""A PostgreSQL of our own for tests and drills: made in a temporary folder, reached by a socket in it, gone afterwards.

Never touches a cluster of the machine. PostgreSQL refuses to run as root, so root has it run as `postgres` (which the
Debian package made). Source: postgresql.org/docs app-initdb, app-pg-ctl, app-postgres.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "bidseal"
_DEBIAN = Path("/usr/lib/postgresql")
_SERVICE_USER = "postgres"
_TIMEOUT_S = 120


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL of this machine; Debian keeps it out of PATH."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int("0" + path.parts[-3].partition(".")[0]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """One server; `durable` False is for tests whose machine need not survive them."""

    def __init__(self, folder: Path, bin_folder: Path, *, durable: bool, max_connections: int) -> None:
        self._folder, self._bin = folder, bin_folder
        self._options = f"-c listen_addresses= -c unix_socket_directories={folder} -c unix_socket_permissions=0700"
        self._options += f" -c max_connections={max_connections} -c shared_buffers=64MB"
        if not durable:
            self._options += " -c fsync=off -c full_page_writes=off"

    def create(self) -> None:
        """Make its files and start it."""
        self._run("initdb", "-A", "trust", "-U", USER, "-E", "UTF8", "--no-locale", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._run("pg_ctl", "-w", "-t", "60", "-l", str(self._folder / "log"), "-o", self._options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is a crash: no shutdown, the next start recovers from the log."""
        self._run("pg_ctl", "-w", "-t", "60", "-m", mode, "stop")

    @property
    def is_running(self) -> bool:
        """Whether a server runs on its files."""
        return self._call("pg_ctl", "status").returncode == 0

    def url(self, database: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{USER}@/{database}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        done = self._call(program, *arguments)
        if done.returncode:
            raise OSError(f"{program} failed: {done.stdout.strip()} {done.stderr.strip()}")

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [str(self._bin / program), "-D", str(self._folder / "data"), *arguments]
        # The server inherits these: pipes would never see their end.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                argv,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"LC_ALL": "C"},
                user=_SERVICE_USER if _is_root() else None,
                group=_SERVICE_USER if _is_root() else None,
                extra_groups=[] if _is_root() else None,
                timeout=_TIMEOUT_S,
                check=False,
            )
            out.seek(0)
            return subprocess.CompletedProcess(argv, done.returncode, out.read(), "")


@contextmanager
def cluster(*, durable: bool = False, max_connections: int = 100) -> Iterator[Cluster]:
    """Give a running server, removed at the end.

    Raises:
        OSError: PostgreSQL is not installed, or does not start.
    """
    bin_folder = programs()
    if bin_folder is None:
        raise OSError("PostgreSQL is not installed")
    # The path of a socket may have 107 bytes only, so not in a folder of pytest.
    folder = Path(tempfile.mkdtemp(prefix="bidseal-pg-"))
    made = Cluster(folder, bin_folder, durable=durable, max_connections=max_connections)
    try:
        if _is_root():
            shutil.chown(folder, _SERVICE_USER, _SERVICE_USER)
        made.create()
        yield made
    finally:
        if made.is_running:
            made.stop("immediate")
        shutil.rmtree(folder)


def _is_root() -> bool:
    return os.geteuid() == 0
