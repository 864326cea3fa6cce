"""The phone's way to the platform: mailbox calls of the relay and the few account calls it needs.

Never follows a redirect, never opens an address but the profile's, never reads more than a cap, never waits longer than
told (threats T24, T25, fault plan: network). The relay is not trusted: what it answers is checked as data.
Source: the platform's HTTP contract, version 1.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from desktop.domain.clock import Clock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.phone.core.profile import check_base_url, is_loopback
from desktop.protocol import codec

MAX_BODY_BYTES = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_MAX_REPLIES = 8
_OK, _CREATED, _ACCEPTED, _NOT_FOUND, _GONE, _TOO_MANY = 200, 201, 202, 404, 410, 429


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """An HTTP answer, whatever its status."""

    status: int
    body: bytes = b""
    retry_after_s: float = 0.0


class Http(Protocol):
    """Sends one request to the profile's platform; `path` begins with a slash."""

    def send(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float
    ) -> HttpReply:
        """Return the answer.

        Raises:
            UnavailableError: `phone.platform_unreachable`.
        """
        ...


class RequestsHttp:
    """`Http` over the network."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        import requests

        check_base_url(base_url)
        self._base_url = base_url
        self._clock = clock
        self._session = requests.Session()
        # A proxy has no business between this machine and itself; elsewhere the system's settings count.
        self._session.trust_env = not is_loopback(urlsplit(base_url).hostname or "")
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": "BidSeal-phone"})

    def send(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float
    ) -> HttpReply:
        """See `Http.send`."""
        import requests
        import urllib3

        until = self._clock.monotonic() + timeout_s
        try:
            with self._session.request(
                method,
                self._base_url + path,
                data=body or None,
                headers=dict(headers or {}),
                timeout=(min(timeout_s, 5.0), timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                data = self._read(response, until)
                retry_after = response.headers.get("Retry-After", "")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise UnavailableError("phone.platform_unreachable", type(error).__name__) from None
        seconds = float(retry_after) if retry_after.isdigit() else 0.0
        return HttpReply(status=response.status_code, body=data, retry_after_s=seconds)

    def close(self) -> None:
        """Close idle connections."""
        self._session.close()

    def _read(self, response: Any, until: float) -> bytes:
        data = bytearray()
        # read1 returns what is there, so that a server that drips bytes meets the clock between any two of them.
        while chunk := response.raw.read1(_CHUNK):
            data += chunk
            if len(data) > MAX_BODY_BYTES:
                raise UnavailableError("phone.platform_unreachable", "answer too long")
            if self._clock.monotonic() > until:
                raise UnavailableError("phone.platform_unreachable", "answer too slow")
        return bytes(data)


class MailboxGoneError(UnavailableError):
    """The mailbox does not exist (any more): expired, deleted, or the relay was restarted."""

    def __init__(self, code: str = "phone.mailbox_gone") -> None:
        super().__init__(code)


class SlowDownError(UnavailableError):
    """The relay asks to wait before the next request."""

    def __init__(self, after_s: float) -> None:
        super().__init__("phone.platform_unreachable", "slow down")
        self.after_s = after_s


class Mailbox:
    """One ceremony's mailbox at the relay, as its claimant sees it."""

    def __init__(self, http: Http, *, token: str, slot: str) -> None:
        self._http = http
        self._base = f"/relay/v1/mailboxes/{token}"
        self._slot = f"{self._base}/slots/{slot}"

    def challenge(self, *, timeout_s: float) -> bytes:
        """Fetch the encrypted challenge."""
        reply = self._http.send("GET", f"{self._base}/challenge", timeout_s=timeout_s)
        _check(reply, _OK)
        if len(reply.body) > codec.MAX_BYTES:
            raise RejectedError("ceremony.malformed", "challenge too long")
        return reply.body

    def post(self, frame: bytes, *, timeout_s: float) -> None:
        """Put a frame into the slot; the same frame again is the same as once."""
        headers = {"Content-Type": "application/octet-stream"}
        _check(self._http.send("POST", self._slot, body=frame, headers=headers, timeout_s=timeout_s), _ACCEPTED)

    def replies(self, *, after: int, wait_s: float, timeout_s: float) -> list[bytes]:
        """Return the desktop's replies after the first `after`, waiting up to `wait_s` for one."""
        path = f"{self._slot}?after={after}&wait={max(int(wait_s), 0)}"
        reply = self._http.send("GET", path, timeout_s=timeout_s)
        _check(reply, _OK)
        messages = read_object(reply.body).get("messages")
        if not isinstance(messages, list) or len(messages) > _MAX_REPLIES:
            raise RejectedError("ceremony.malformed", "messages")
        return [read_base64(m) for m in messages]


def read_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise RejectedError("ceremony.malformed", "json") from None
    if not isinstance(value, dict):
        raise RejectedError("ceremony.malformed", "json object wanted")
    return value


def read_base64(value: object) -> bytes:
    """Read a field of standard, padded base64.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    if not isinstance(value, str):
        raise RejectedError("ceremony.malformed", "base64")
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise RejectedError("ceremony.malformed", "base64") from None


def refusal_code(reply: HttpReply, fallback: str) -> str:
    """Return the platform's own problem code out of an error answer, if it gives one of its own."""
    try:
        code = read_object(reply.body).get("code")
    except RejectedError:
        return fallback
    return code if isinstance(code, str) and code.startswith("platform.") and len(code) <= 64 else fallback  # noqa: PLR2004 - the protocol's cap on codes


def _check(reply: HttpReply, wanted: int) -> None:
    if reply.status == wanted:
        return
    if reply.status == _TOO_MANY:
        code = refusal_code(reply, "")
        if code == "platform.mailbox_full":
            raise RejectedError(code)
        raise SlowDownError(after_s=min(max(reply.retry_after_s, 0.5), 5.0))
    if reply.status in (_NOT_FOUND, _GONE):
        raise MailboxGoneError("phone.mailbox_closed" if reply.status == _GONE else "phone.mailbox_gone")
    if reply.status >= 500 or 300 <= reply.status < 400:  # noqa: PLR2004 - the classes of HTTP status
        raise UnavailableError("phone.platform_unreachable", f"status {reply.status}")
    raise RejectedError(refusal_code(reply, "phone.relay_refused"), f"status {reply.status}")
