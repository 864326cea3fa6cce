"""A platform on a thread of this process, for tests that share its clock."""

import socket
import threading
from types import TracebackType

from fastapi import FastAPI

from desktop.domain.errors import UnavailableError
from desktop.server.serving import Server, listen

_START_S = 20.0
_STOP_S = 10.0


class ThreadedServer:
    """Serves `app` between `start` and `stop`, or as a context manager; without a `listener` on a free port."""

    def __init__(self, app: FastAPI, listener: socket.socket | None = None) -> None:
        self._ready = threading.Event()
        self._server = Server(app, self._ready.set)
        self._socket = listener or listen()
        self._thread = threading.Thread(target=self._run, name="bidseal-platform")

    @property
    def base_url(self) -> str:
        """The address, without a trailing slash."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> str:
        """Serve, and return the address once requests are answered.

        Raises:
            UnavailableError: it does not start (`platform.not_started`).
        """
        base_url = self.base_url
        self._thread.start()
        if not self._ready.wait(_START_S):
            raise UnavailableError("platform.not_started")
        return base_url

    def stop(self) -> None:
        """End, and wait for the end; twice is fine."""
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)
        self._socket.close()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])
