"""A network that is cut off inside this process: every attempt to use it is written down and fails.

No socket is made, none connects, no name is looked up, and nothing is sent on a connection that an HTTP client has kept
open from before.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from unittest.mock import patch


@contextmanager
def network_cut_off() -> Iterator[list[str]]:
    """Yield the attempts made so far."""
    tried: list[str] = []

    def refuse(what: str) -> Any:
        def call(*_: Any, **__: Any) -> NoReturn:
            tried.append(what)
            raise OSError(101, f"cut off: {what}")

        return call

    whole = socket.socket
    with (
        patch.object(whole, "connect", refuse("connect"), create=True),
        patch.object(whole, "connect_ex", refuse("connect_ex"), create=True),
        patch.object(whole, "sendall", refuse("sendall"), create=True),
        patch.object(whole, "__init__", refuse("socket")),
        patch.object(socket, "create_connection", refuse("create_connection")),
        patch.object(socket, "getaddrinfo", refuse("getaddrinfo")),
    ):
        yield tried
