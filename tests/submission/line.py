"""A line between client and platform that fails in every way that lines do: our own small TCP proxy.

`fault` is asked for each connection by its number; what it gives is done to that connection and to no other.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_CHUNK = 16 * 1024
_WAIT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What becomes of a connection: cut after so many octets there or back, silent from there on, twice, or a 502."""

    cut_there: int | None = None
    cut_back: int | None = None
    stall_there: int | None = None
    twice: bool = False
    #: Answer 502 to the first request: before the platform has heard it, or after.
    bad_gateway: str = ""


GOOD = Fault()
_502 = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Line:
    """Listens on `port`; counts connections and the octets that went there and back on the first one."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.fault: Callable[[int], Fault] = lambda _number: GOOD
        self.connections = 0
        self.there = self.back = 0
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = int(self._listener.getsockname()[1])
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def begin(self, fault: Callable[[int], Fault]) -> None:
        """Count anew, and break what `fault` says."""
        self.fault, self.connections, self.there, self.back = fault, 0, 0, 0

    def close(self) -> None:
        self._closing.set()
        self._accepting.join(_WAIT_S)
        for thread in self._threads:
            thread.join(_WAIT_S)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            number, self.connections = self.connections, self.connections + 1
            thread = threading.Thread(target=self._carry, args=(client, self.fault(number), number))
            self._threads.append(thread)
            thread.start()

    def _carry(self, client: socket.socket, fault: Fault, number: int) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._target), timeout=5) as server:
            if fault.bad_gateway:
                self._answer_badly(client, server, fault)
                return
            back = threading.Thread(target=self._pump_back, args=(server, client, fault, number))
            back.start()
            self._pump_there(client, server, fault, number)
            _shut(server)
            back.join(_WAIT_S)

    def _pump_there(self, client: socket.socket, server: socket.socket, fault: Fault, number: int) -> None:
        done, heard = 0, bytearray()
        client.settimeout(0.05)
        while not self._closing.is_set():
            try:
                data = client.recv(_CHUNK)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            limit = fault.cut_there if fault.cut_there is not None else fault.stall_there
            part = data if limit is None else data[: max(limit - done, 0)]
            with suppress(OSError):
                server.sendall(part)
            done += len(part)
            heard += part
            if number == 0:
                self.there = done
            if fault.twice:
                self._say_again(bytes(data))
            if limit is not None and len(part) < len(data):
                if fault.stall_there is not None:
                    self._hold(client)
                _shut(client)
                return

    def _pump_back(self, server: socket.socket, client: socket.socket, fault: Fault, number: int) -> None:
        done = 0
        server.settimeout(0.05)
        while not self._closing.is_set():
            try:
                data = server.recv(_CHUNK)
            except TimeoutError:
                continue
            except OSError:
                return
            part = data if fault.cut_back is None else data[: max(fault.cut_back - done, 0)]
            with suppress(OSError):
                client.sendall(part)
            done += len(part)
            if number == 0:
                self.back = done
            if not data or len(part) < len(data):
                _shut(client)
                return

    def _answer_badly(self, client: socket.socket, server: socket.socket, fault: Fault) -> None:
        request = _request(client)
        if fault.bad_gateway == "after":
            server.sendall(request)
            server.settimeout(5)
            server.recv(_CHUNK)
        client.sendall(_502)

    def _say_again(self, request: bytes) -> None:
        """Send the platform what it has just been sent, as an impatient gateway does."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._target), timeout=2) as again:
            again.sendall(request)
            again.settimeout(0.2)
            again.recv(_CHUNK)

    def _hold(self, client: socket.socket) -> None:
        """Keep silent until the client hangs up."""
        while not self._closing.is_set():
            try:
                if not client.recv(_CHUNK):
                    return
            except TimeoutError:
                continue
            except OSError:
                return


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
