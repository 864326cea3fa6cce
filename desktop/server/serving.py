"""uvicorn with what it lacks: our own listening socket, a callback when ready, and waiters sent home at the end."""

import os
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from desktop.server.context import Platform

_GRACE_S = 3
#: Longer than a person pauses between two clicks, so that a client rarely meets a connection just being closed.
_KEEP_ALIVE_S = 75


def listen(port: int = 0) -> socket.socket:
    """Open a listening socket on this machine; 0 = at a free port."""
    # asyncio switches Nagle's algorithm off only where the protocol number says TCP; without it every body waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # After a kill the old connections linger; the next start must get its port. On Windows it would mean sharing.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


class _SilentHttp(H11Protocol):
    """HTTP without an access log, whatever handlers somebody attached: paths hold mailbox tokens."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.access_log = False


class Server(uvicorn.Server):
    """One application on one socket."""

    def __init__(self, app: FastAPI, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
                timeout_keep_alive=_KEEP_ALIVE_S,
                lifespan="on",
                ws="none",
                http=_SilentHttp,
            )
        )
        self._platform: Platform = app.state.platform
        self._on_ready = on_ready
        app.state.stop = self.stop

    def stop(self) -> None:
        """Ask the server to end; callable from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start and tell."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End without waiting for long polls."""
        self._platform.mailboxes.stop()
        self._platform.waiters.stop()
        await super().shutdown(sockets)
