"""What stands before every request: host names, body size; and behind every answer: headers. Plain ASGI, no buffers.

A host name that is not ours is refused, so a web page cannot rebind its own name to this machine (threat T45).
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.domain.errors import RejectedError
from desktop.server.api.errors import answer

MAX_JSON_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 24 * 1024 * 1024
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

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0]
        if host not in self._hosts:
            await answer("platform.bad_request", "host")(scope, receive, send_with_headers)
            return
        is_upload = headers.get(b"content-type", b"").startswith(b"multipart/")
        limit = MAX_UPLOAD_BYTES if is_upload else MAX_JSON_BYTES
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limit:
            await answer("platform.too_large")(scope, receive, send_with_headers)
            return
        taken = 0

        async def receive_capped() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > limit:
                    raise RejectedError("platform.too_large")
            return message

        await self._app(scope, receive_capped, send_with_headers)
