"""One HTTP session with one platform: fixed address, no redirects, capped bodies, errors in our own terms.

`requests` is loaded by the first request: the window does not wait for it.
"""

import ipaddress
import json
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.portal.bodies import ToldBody
from desktop.portal.proxy import SYSTEM, Proxy, ProxyMode

if TYPE_CHECKING:
    import requests

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 20.0
#: From its first byte; a slow line brings the largest answer in this time.
WHOLE_ANSWER_S = 300.0
#: A large answer has as much time more as this many octets a second take.
_SLOWEST_BYTES_S = 16 * 1024
MAX_BODY_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_SUCCESS = range(200, 300)
_SERVER_FAULT = 500
_UNAUTHORIZED = 401
_PROXY_LOGIN = 407
_SIGNED_OUT = frozenset({"platform.signed_out", "portal.signed_out"})


def is_loopback(base_url: str) -> bool:
    """Tell whether an address means this machine itself."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(base_url: str) -> str:
    """Return the address if it may be used: https, or http to this machine, without path, user or query.

    Raises:
        RejectedError: `portal.address_refused`.
    """
    if not _is_safe(base_url):
        raise RejectedError("portal.address_refused", base_url)
    return base_url


def _is_safe(base_url: str) -> bool:
    # urlsplit drops some of these silently, so that what is checked would not be what is dialled.
    if not base_url.isascii() or not base_url.isprintable() or " " in base_url:
        return False
    try:
        parts = urlsplit(base_url)
        host, _port = parts.hostname, parts.port  # a port that is none raises here
    except ValueError:
        return False
    if not host or parts.path or parts.query or parts.fragment or parts.username or parts.password:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(base_url))


class HttpClient:
    """Requests to one platform. Thread-safe: each thread has its own connection pool.

    `proxy` is asked on the thread that sends, for it may have to ask the keyring; again after `renew_proxy`.
    """

    def __init__(
        self, base_url: str, *, verify: str | bool = True, proxy: Callable[[], Proxy] = lambda: SYSTEM
    ) -> None:
        self.base_url = check_address(base_url)
        self._verify = verify
        self._proxy = proxy
        self._local = threading.local()
        #: Called on the sending thread with the bearer that the platform does not take (any more).
        self.on_refused_bearer: Callable[[str], None] = lambda _bearer: None
        self._generation = 0
        # Weakly: a session ends with its thread, of which a workday has many.
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        body: bytes | ToldBody | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | Sequence[tuple[str, tuple[str, bytes, str]]] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read_timeout_s: float | None = None,
    ) -> bytes:
        """Send one request and return the body of a 2xx answer.

        Raises:
            RejectedError: the platform refuses (its code), or answers with what it may not (redirect, too much).
            UnavailableError: no connection, no answer in time, or a fault of the platform.
        """
        content = bytearray()
        data = body if body is not None else form
        sent = {"json": json_body, "data": data, "files": files, "params": params, "headers": headers}
        take = _capped(content.extend, MAX_BODY_BYTES)
        patience_s = READ_TIMEOUT_S if read_timeout_s is None else read_timeout_s
        self._send(method, path, take, sent, read_timeout_s=patience_s, whole_s=WHOLE_ANSWER_S)
        return bytes(content)

    def stream(
        self,
        path: str,
        sink: Callable[[bytes], None],
        *,
        max_bytes: int,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """GET something large into `sink`, piece by piece; what `sink` raises ends the transfer.

        `sink` may have got a beginning of the body when this raises.

        Raises:
            As `request`.
        """
        whole_s = WHOLE_ANSWER_S + max_bytes / _SLOWEST_BYTES_S
        sent = {"params": params, "headers": headers}
        self._send("GET", path, _capped(sink, max_bytes), sent, read_timeout_s=READ_TIMEOUT_S, whole_s=whole_s)

    def _send(
        self,
        method: str,
        path: str,
        take: Callable[[bytes], None],
        sent: Mapping[str, Any],
        *,
        read_timeout_s: float,
        whole_s: float,
    ) -> None:
        """Send one request and give the body of a 2xx answer to `take`."""
        refused = bytearray()
        with _in_own_terms():
            response = self._session().request(
                method,
                self.base_url + path,
                timeout=(CONNECT_TIMEOUT_S, read_timeout_s),
                allow_redirects=False,
                stream=True,
                verify=self._verify,
                **sent,
            )
            is_good = response.status_code in _SUCCESS
            with response:
                _read(response, take if is_good else _capped(refused.extend, MAX_BODY_BYTES), whole_s)
        if is_good:
            return
        if response.status_code == _PROXY_LOGIN:
            raise UnavailableError("portal.proxy_refused", str(response.status_code))
        refusal = _error_of(response.status_code, bytes(refused))
        bearer = (sent["headers"] or {}).get("Authorization")
        if refusal.code in _SIGNED_OUT and bearer is not None:
            self.on_refused_bearer(bearer.removeprefix("Bearer "))
        raise refusal

    def json(self, method: str, path: str, **options: Any) -> Any:
        """Send one request and return its JSON answer.

        Raises:
            As `request`; RejectedError `portal.bad_answer` when the body is no JSON.
        """
        content = self.request(method, path, **options)
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise RejectedError("portal.bad_answer", path) from None

    def renew_proxy(self) -> None:
        """Ask for the proxy again before the next request of each thread; what is under way goes on as it is."""
        with self._lock:
            self._generation += 1

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for session in tuple(self._sessions):
                session.close()
            self._sessions.clear()

    def _session(self) -> "requests.Session":
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is not None and self._local.generation == self._generation:
            return session
        if session is not None:
            session.close()
        self._local.generation = self._generation
        self._local.session = session = self._make_session()
        with self._lock:
            self._sessions.add(session)
        return session

    def _make_session(self) -> "requests.Session":
        from requests import Session

        from desktop.portal.connections import TimedAdapter

        session = Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, TimedAdapter())
        # No proxy must see traffic that stays on this machine, and none but the chosen one any other.
        proxy = Proxy(mode=ProxyMode.NONE) if is_loopback(self.base_url) else self._proxy()
        session.trust_env = proxy.mode is ProxyMode.SYSTEM
        if proxy.mode is ProxyMode.MANUAL:
            session.proxies = dict.fromkeys(("http", "https"), proxy.url())
        return session


class NoNetwork(HttpClient):
    """A client that makes no connection: every request is answered as if the platform could not be reached."""

    def request(self, method: str, path: str, **_options: Any) -> bytes:
        """Raise.

        Raises:
            UnavailableError: always.
        """
        raise UnavailableError("portal.unreachable", f"no network: {method} {path}")

    def stream(self, path: str, sink: Callable[[bytes], None], **_options: Any) -> None:  # noqa: ARG002 - as above
        """Raise.

        Raises:
            UnavailableError: always.
        """
        raise UnavailableError("portal.unreachable", f"no network: GET {path}")


@contextmanager
def _in_own_terms() -> Iterator[None]:
    """Say in our own terms why no answer came."""
    from requests import exceptions

    try:
        yield
    except exceptions.ProxyError as error:
        # The cause may quote the proxy's address with the login in it: only the status is taken.
        code = "portal.proxy_refused" if f" {_PROXY_LOGIN} " in str(error) else "portal.proxy_unreachable"
        raise UnavailableError(code, type(error).__name__) from None
    except exceptions.SSLError as error:
        raise UnavailableError("portal.tls", type(error).__name__) from None
    except exceptions.Timeout as error:
        raise UnavailableError("portal.timeout", type(error).__name__) from None
    except exceptions.RequestException as error:
        raise UnavailableError("portal.unreachable", type(error).__name__) from None


def _capped(take: Callable[[bytes], None], max_bytes: int) -> Callable[[bytes], None]:
    left = max_bytes

    def taking(chunk: bytes) -> None:
        nonlocal left
        left -= len(chunk)
        if left < 0:
            raise RejectedError("portal.bad_answer", "too much")
        take(chunk)

    return taking


def _read(response: "requests.Response", take: Callable[[bytes], None], whole_s: float) -> None:
    """Read the body; `read1` gives what is there, so that a body that drips meets the clock between any two bytes."""
    from requests import exceptions
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    until = time.monotonic() + whole_s
    try:
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            take(chunk)
            if time.monotonic() > until:
                raise UnavailableError("portal.timeout", "whole answer")
    except ReadTimeoutError as error:
        raise exceptions.ReadTimeout(type(error).__name__) from None
    except HTTPError as error:
        raise exceptions.ConnectionError(type(error).__name__) from None


def _error_of(status: int, content: bytes) -> BidSealError:
    code, detail = "", ""
    try:
        document = json.loads(content)
        code, detail = str(document["code"]), str(document.get("detail", ""))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    if status >= _SERVER_FAULT:
        return UnavailableError("portal.failing", f"{status} {code}")
    if status == _UNAUTHORIZED and not code:
        return RejectedError("portal.signed_out", str(status))
    if code:
        return RejectedError(code, detail)
    return RejectedError("portal.bad_answer", str(status))
