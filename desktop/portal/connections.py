"""Connections on which the head of an answer has to be whole in time, and which close when they are told to.

`requests` asks for patience between two octets only: a platform, or a box on the way, that drips its head, or says
"100 Continue" for ever, would hold a request for good. The body of an answer has its own clock (http.py).
"""

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

#: From its first octet. At 50 octets a second the usual head takes 8 s.
HEAD_S = 30.0


class _Timed(io.RawIOBase):
    """What comes from a socket, for so long after its first octet."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._until: float | None = None
        self.is_timed = True

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Read what is there; each wait is bounded by the socket's own timeout."""
        if self.is_timed and self._until is not None and time.monotonic() > self._until:
            raise TimeoutError("head of an answer")
        count = self._raw.readinto(buffer)
        if self._until is None:
            self._until = time.monotonic() + HEAD_S
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that is given up when its head drips."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._timed = _Timed(self.fp.detach())
        self.fp = io.BufferedReader(self._timed)

    def begin(self) -> None:
        """Read status and headers."""
        super().begin()
        self._timed.is_timed = False


class _Connection(HTTPConnection):
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class TimedAdapter(HTTPAdapter):
    """Connections of a session, straight or through a proxy."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Return the pools through a proxy."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def close(self) -> None:
        """Close what idles, now: urllib3 does it once nobody remembers the pool, and an error's traceback does."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - this mapping of urllib3 cannot be iterated over
                if (pool := manager.pools.get(key)) is not None:
                    pool.close()
        super().close()
