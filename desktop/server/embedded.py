"""The platform as a child of this process: told its settings over a pipe, gone when the pipe closes."""

import base64
import json
import logging
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from desktop.domain.errors import MisuseError, UnavailableError
from desktop.server.settings import ServerSettings

_LOG = logging.getLogger(__name__)
_START_S = 60.0
_STOP_S = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedAddress:
    """Where the embedded platform is and who it is; certificates are DER."""

    base_url: str
    control_token: str = field(repr=False)
    platform_id: str
    name: str
    root: bytes
    issuing: tuple[bytes, ...]


class EmbeddedPlatform:
    """One embedded platform; `demo` creates the operator's account at start."""

    def __init__(
        self,
        state_folder: Path,
        *,
        settings: ServerSettings | None = None,
        demo: bool = True,
        command: tuple[str, ...] = ("desktop.server.process",),
    ) -> None:
        """`command` is the module that runs in the process, and what is told to it; a story has one of its own."""
        self._command = command
        self._settings = settings or ServerSettings(state_folder=state_folder)
        self._demo = demo
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def start(self) -> EmbeddedAddress:
        """Start, and wait until requests are answered.

        Raises:
            UnavailableError: it does not start (`platform.not_started`); its log is server.log in the state folder.
        """
        if self._process is not None:
            raise MisuseError("general.unexpected", "already started")
        folder = self._settings.state_folder
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "server.log").open("wb")
        self._process = subprocess.Popen(  # noqa: S603 - one of our own modules
            [sys.executable, "-m", *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            self._tell(self._process)
            return _address(_first_line(self._process))
        except (OSError, ValueError, KeyError, TypeError, queue.Empty) as error:
            self.stop()
            raise UnavailableError("platform.not_started", type(error).__name__) from None

    def stop(self) -> None:
        """End the platform, and wait for its end; twice is fine."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.close()
        except OSError:  # it died with our words unread
            _LOG.info("embedded platform had ended before")
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_S)
        process.stdout.close()
        if self._log is not None:
            self._log.close()

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def _tell(self, process: subprocess.Popen[bytes]) -> None:
        settings = self._settings
        told = {
            "state_folder": str(settings.state_folder.resolve()),
            "platform_id": settings.platform_id,
            "name": settings.name,
            "public_base_url": settings.public_base_url,
            "database_url": settings.database_url,
            "sms_pause_s": settings.sms_pause_s,
            "demo": self._demo,
        }
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()


def _first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Read the ready line; a thread reads because a pipe cannot be waited for with a timeout on Windows."""
    lines: queue.Queue[bytes] = queue.Queue()
    assert process.stdout is not None
    reader = threading.Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,), daemon=True)
    reader.start()
    ready: dict[str, Any] = json.loads(lines.get(timeout=_START_S))
    reader.join()
    return ready


def _address(ready: dict[str, Any]) -> EmbeddedAddress:
    return EmbeddedAddress(
        base_url=f"http://127.0.0.1:{int(ready['port'])}",
        control_token=str(ready["control"]),
        platform_id=str(ready["platform_id"]),
        name=str(ready["name"]),
        root=base64.b64decode(ready["root"]),
        issuing=tuple(base64.b64decode(der) for der in ready["issuing"]),
    )
