"""A line between client and platform that fails in every way that lines do: our own small TCP proxy.

`fault` is asked for each connection by its number; what it gives is done to that connection and to no other.
"""

import logging
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

_CHUNK = 16 * 1024
_WAIT_S = 10.0
_POLL_S = 0.05
#: A slow line carries a little about so often.
_TICK_S = 0.02
#: Closing then sends RST and drops what is under way, instead of FIN after it.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What becomes of a connection: cut after so many octets there or back, silent from there on, slow, doubled, ..."""

    cut_there: int | None = None
    cut_back: int | None = None
    #: What is cut is reset, not closed.
    resets: bool = False
    stall_there: int | None = None
    #: Octets a second each way, after so many that went at full speed.
    rate: float | None = None
    slow_from: int = 0
    twice: bool = False
    #: Answer 502 to the first request: before the platform has heard it, or after.
    bad_gateway: str = ""


GOOD = Fault()
_502 = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


#: The client's library warns of a head that ends within a field: on a line that cuts anywhere, that is to be expected.
_CLIENT_LOG = logging.getLogger("urllib3.connection")


def _is_news(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Failed to parse headers")


class Line:
    """Listens on `port`; counts connections and the octets that went there and back on the first one."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.fault: Callable[[int], Fault] = lambda _number: GOOD
        self.connections = 0
        self.there = self.back = 0
        self.closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_POLL_S)
        self.port = int(self._listener.getsockname()[1])
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        _CLIENT_LOG.addFilter(_is_news)

    def begin(self, fault: Callable[[int], Fault]) -> None:
        """Count anew, and break what `fault` says."""
        self.fault, self.connections, self.there, self.back = fault, 0, 0, 0

    def close(self) -> None:
        self.closing.set()
        self._accepting.join(_WAIT_S)
        for thread in self._threads:
            thread.join(_WAIT_S)
        self._listener.close()
        _CLIENT_LOG.removeFilter(_is_news)

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            number, self.connections = self.connections, self.connections + 1
            thread = threading.Thread(target=self._carry, args=(client, self.fault(number), number))
            self._threads = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()

    def _carry(self, client: socket.socket, fault: Fault, number: int) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._target), timeout=5) as server:
            if fault.bad_gateway:
                _answer_badly(client, server, fault)
            else:
                _Connection(self, client, server, fault, is_first=number == 0).carry()

    def say_again(self, request: bytes) -> None:
        """Send the platform what it has just been sent, as an impatient gateway does."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._target), timeout=2) as again:
            again.sendall(request)
            again.settimeout(0.2)
            again.recv(_CHUNK)


class _Connection:
    """One connection of the line, carried by a thread each way."""

    def __init__(
        self, line: Line, client: socket.socket, server: socket.socket, fault: Fault, *, is_first: bool
    ) -> None:
        self._line, self._fault, self._is_first = line, fault, is_first
        self._client, self._server = client, server
        self._is_reset = threading.Event()

    def carry(self) -> None:
        back = threading.Thread(target=self._pump_back)
        back.start()
        self._pump_there()
        if not self._is_reset.is_set():
            _shut(self._server)
        back.join(_WAIT_S)

    def _pump_there(self) -> None:
        fault, done = self._fault, 0
        limit = fault.cut_there if fault.cut_there is not None else fault.stall_there
        for data in self._heard(self._client):
            part = data if limit is None else data[: max(limit - done, 0)]
            with suppress(OSError):
                self._server.sendall(part)
            done += len(part)
            if self._is_first:
                self._line.there = done
            if fault.twice:
                self._line.say_again(data)
            if len(part) < len(data):
                if fault.stall_there is not None:
                    self._hold()
                self._cut()
                return

    def _pump_back(self) -> None:
        fault, done = self._fault, 0
        for data in self._heard(self._server):
            part = data if fault.cut_back is None else data[: max(fault.cut_back - done, 0)]
            with suppress(OSError):
                self._client.sendall(part)
            done += len(part)
            if self._is_first:
                self._line.back = done
            if len(part) < len(data):
                self._cut()
                return
        if not self._is_reset.is_set():
            _shut(self._client)

    def _heard(self, side: socket.socket) -> Iterator[bytes]:
        """Give what a side says, as fast as the line carries it, until that was all or the line is gone."""
        done = 0
        side.settimeout(_POLL_S)
        while not self._line.closing.is_set() and not self._is_reset.is_set():
            try:
                data = side.recv(self._piece(done))
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            done += len(data)
            if self._fault.rate is not None and done > self._fault.slow_from:
                self._line.closing.wait(len(data) / self._fault.rate)
            yield data

    def _piece(self, done: int) -> int:
        """Return how much the line takes at once."""
        rate, full_speed = self._fault.rate, self._fault.slow_from - done
        if rate is None:
            return _CHUNK
        return min(full_speed, _CHUNK) if full_speed > 0 else max(1, int(rate * _TICK_S))

    def _cut(self) -> None:
        """End both ways; a reset takes place when both have noticed and the sockets are closed."""
        if not self._fault.resets:
            _shut(self._client)
            return
        for side in (self._client, self._server):
            with suppress(OSError):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._is_reset.set()

    def _hold(self) -> None:
        """Keep silent until the client hangs up."""
        while not self._line.closing.is_set():
            try:
                if not self._client.recv(_CHUNK):
                    return
            except TimeoutError:
                continue
            except OSError:
                return


def _answer_badly(client: socket.socket, server: socket.socket, fault: Fault) -> None:
    request = _request(client)
    if fault.bad_gateway == "after":
        server.sendall(request)
        server.settimeout(5)
        server.recv(_CHUNK)
    client.sendall(_502)


def _request(client: socket.socket) -> bytes:
    """Read one request whole."""
    client.settimeout(5)
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += client.recv(_CHUNK)
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    left = int(lengths[0]) - len(body) if lengths else 0
    while left > 0:
        more = client.recv(_CHUNK)
        data += more
        left -= len(more)
    return bytes(data)


def _shut(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
