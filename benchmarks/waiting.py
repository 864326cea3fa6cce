"""Ten thousand desktops waiting at one relay: its memory, and how fast one of them is woken.

The relay is a real process, the clients are bare asyncio connections in this one. Woken are clients chosen by a seed,
one after the other, while all others wait; the peer is the same relay with a single client waiting. From the phone's
post to the desktop's last byte. Needs two file descriptors a client; the limit is raised for this run alone.
"""

import asyncio
import os
import resource  # noqa: TID251 - a benchmark on Debian: the limit on open files
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from benchmarks.measure import Figure, Plan, quantile
from benchmarks.scans import relay_process

_CLIENTS = 10_000
_WAKES = 300
#: What a mailbox takes: eight slots of eight frames.
_WAKES_OF_ONE = 60
_SLOTS = 8
_OWNER = "ab" * 32
_AT_ONCE = 200
_SEED = 20261124
_SPARE_FILES = 500
_FINE = (200, 201, 202)


def figures(plan: Plan) -> Iterator[Figure]:
    """Let one wait, then all."""
    clients = 20 if plan.is_tiny else _CLIENTS
    _allow_files(clients + _SPARE_FILES)
    with relay_process(plan.scratch / "platform") as handle:
        asyncio.run(_warm(handle.base_url))
        alone: list[float] = []
        wakes = 5 if plan.is_tiny else _WAKES
        while len(alone) < wakes:
            alone += asyncio.run(_Crowd(handle.base_url, 1, first=len(alone)).measure(min(wakes, _WAKES_OF_ONE)))
        before = _rss_mib()
        crowd = _Crowd(handle.base_url, clients, first=wakes)
        together = asyncio.run(crowd.measure(wakes))
    yield Figure(
        name=f"{clients} waiting: memory of the relay",
        peer="the same relay with nobody waiting",
        ours=crowd.rss_mib,
        theirs=before,
        unit="MiB",
        how=f"once; {(crowd.rss_mib - before) * 1024 / clients:.1f} KiB a client",
    )
    for share in (0.5, 0.95):
        yield Figure(
            name=f"{clients} waiting: one is woken, p{share * 100:.0f}",
            peer="one client waiting",
            ours=quantile(together, share) * 1000,
            theirs=quantile(alone, share) * 1000,
            unit="ms",
            how=f"p{share * 100:.0f} of {len(together)}",
        )


class _Crowd:
    """Clients of one relay, each with a mailbox and a long poll on it that is repeated until it brings a frame."""

    def __init__(self, base_url: str, count: int, *, first: int) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._tokens = [f"{first + number:032x}" for number in range(count)]
        self._woken: dict[str, asyncio.Future[float]] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._positions = dict.fromkeys(self._tokens, 0)
        self.rss_mib = 0.0

    async def measure(self, wakes: int) -> list[float]:
        """Let all wait, wake `wakes` of them one by one, and return how long each took."""
        waiting = asyncio.Event()
        left = [len(self._tokens)]
        tasks = [asyncio.create_task(self._live(token, left, waiting)) for token in self._tokens]
        await waiting.wait()
        self.rss_mib = _rss_mib()
        chance = Random(_SEED)  # noqa: S311 - input of a measurement
        reader, writer = await asyncio.open_connection(self._host, self._port)
        took = [await self._wake(chance.choice(self._tokens), number, reader, writer) for number in range(wakes)]
        writer.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return took

    async def _live(self, token: str, left: list[int], waiting: asyncio.Event) -> None:
        async with self._gate:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            await _ask(reader, writer, "PUT", f"/relay/v1/mailboxes/{token}?ttl=900", b"challenge")
        left[0] -= 1
        if not left[0]:
            waiting.set()
        while True:
            path = f"/relay/v1/mailboxes/{token}/inbox?after={self._positions[token]}&wait=25"
            body = await _ask(reader, writer, "GET", path)
            if b'"slot"' in body:
                self._positions[token] += 1
                self._woken[token].set_result(time.perf_counter())

    async def _wake(self, token: str, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
        woken = self._woken[token] = asyncio.get_running_loop().create_future()
        sent = time.perf_counter()
        slot = f"/relay/v1/mailboxes/{token}/slots/{number % _SLOTS:032x}"
        await _ask(reader, writer, "POST", slot, f"frame {number}".encode())
        return await asyncio.wait_for(woken, 60) - sent


async def _warm(base_url: str) -> None:
    parts = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for _ in range(20):
        await _ask(reader, writer, "GET", "/api/v1/profile")
    writer.close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, path: str, body: bytes = b""
) -> bytes:
    fields = ("Host: 127.0.0.1", f"X-Mailbox-Owner: {_OWNER}", f"Content-Length: {len(body)}")
    writer.write("\r\n".join((f"{method} {path} HTTP/1.1", *fields, "", "")).encode("ascii") + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    status = int(answer[9:12])
    lines = answer.decode("latin-1").lower().split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), 0)
    said = await reader.readexactly(length)
    if status not in _FINE:
        raise RuntimeError(f"{method} {path.partition('?')[0][:40]}: {status} {said[:200]!r}")
    return said


def _rss_mib() -> float:
    """Return the memory of the relay, our only child."""
    (child,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    status = Path(f"/proc/{child}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count:
        raise RuntimeError(f"the limit on open files is {hard}, {count} are needed (ulimit -n)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
