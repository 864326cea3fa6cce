"""What stands around every request: host names, body size, headers, and the last fence. Plain ASGI, no buffers.

A host name that is not ours is refused, so a web page cannot rebind its own name to this machine (threat T45). An
exception that nobody caught is logged by its type and places only: its text may hold what somebody sent (T36).
"""

import logging
import traceback

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.domain.errors import RejectedError
from desktop.server.api.errors import answer
from desktop.server.cases.uploads import MAX_PIECE_BYTES
from desktop.server.rules.lots import MAX_DOCUMENT_BYTES

_LOG = logging.getLogger(__name__)

_FRAMES = 12
MAX_JSON_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 24 * 1024 * 1024
#: A tender document, which is never in memory as a whole, and the form around it.
MAX_DOCUMENT_REQUEST_BYTES = MAX_DOCUMENT_BYTES + 64 * 1024
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        outgoing = _Outgoing(send)
        headers = dict(scope["headers"])
        limit = _limit(scope["path"], headers)
        refusal = self._refusal(headers, limit)
        if refusal is not None:
            await answer(*refusal)(scope, receive, outgoing.send)
            return
        incoming = _Incoming(receive, limit)
        try:
            await self._app(scope, incoming.receive, outgoing.send)
        except ClientDisconnect:
            _LOG.info("caller left before the request was complete")
        except Exception as error:  # noqa: BLE001 - the fence: whatever gets here becomes one answer without its text
            frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
            places = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
            _LOG.error("request failed: %s\n%s", type(error).__name__, places)
            if not outgoing.has_started:
                await answer("platform.failing", type(error).__name__, 500)(scope, receive, outgoing.send)

    def _refusal(self, headers: dict[bytes, bytes], limit: int) -> tuple[str, str] | None:
        host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0]
        if host not in self._hosts:
            return "platform.bad_request", "host"
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limit:
            return "platform.too_large", ""
        return None


class _Incoming:
    """Counts what is received."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise RejectedError("platform.too_large")
        return message


class _Outgoing:
    """Adds headers, and knows whether an answer was begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            message = {**message, "headers": [*message["headers"], *_HEADERS]}
        await self._send(message)


def _limit(path: str, headers: dict[bytes, bytes]) -> int:
    kind = headers.get(b"content-type", b"")
    if kind.startswith(b"multipart/"):
        return MAX_DOCUMENT_REQUEST_BYTES if path.endswith("/documents") else MAX_UPLOAD_BYTES
    return MAX_PIECE_BYTES if kind.startswith(b"application/octet-stream") else MAX_JSON_BYTES
