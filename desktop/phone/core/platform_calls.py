"""What all groups of the app's calls to the platform are made of: the bearer, JSON in and out, papers as forms.

Answers are data: whatever is missing or of another kind is `ceremony.malformed`, never an exception of its own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.phone.core.transport import Http, HttpReply, refusal_code

T = TypeVar("T")

API = "/api/v1"
#: A file to upload: name, bytes, media type.
Upload = tuple[str, bytes, str]

TIMEOUT_S = 10.0
#: Papers of 5 MB each, over a slow line.
_UPLOAD_TIMEOUT_S = 60.0
_MAX_LISTED = 1000
_SUCCESS = range(200, 300)
_CLIENT_ERRORS = range(400, 500)


class PlatformCalls:
    """Calls of one platform, as whoever is logged in. The token stays in memory: a restarted phone logs in anew."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._token: SecretBytes | None = None

    @property
    def is_logged_in(self) -> bool:
        """Whether somebody is logged in."""
        return self._token is not None

    def begin(self, token: str) -> None:
        """Go on as the session of `token`."""
        self._token = SecretBytes(token.encode())

    def end(self) -> dict[str, str] | None:
        """Forget the session; return the header with which the platform can be told, None if there was none."""
        if self._token is None:
            return None
        headers, self._token = self._authorization(), None
        return headers

    def tell_end(self, headers: Mapping[str, str]) -> None:
        """Tell the platform that a session has ended, if it can be reached."""
        try:
            self._http.send("DELETE", f"{API}/sessions/current", headers=headers, timeout_s=TIMEOUT_S)
        except UnavailableError:
            return

    # -- calls -----------------------------------------------------------------------------------------------------

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Fetch JSON as the person who is logged in; empty parameters are left out.

        Raises:
            RejectedError: the platform's code (`platform.signed_out`, …), or `ceremony.malformed`.
            UnavailableError: the platform does not answer.
        """
        asked = {name: value for name, value in (params or {}).items() if value}
        target = f"{path}?{urlencode(asked)}" if asked else path
        return _json(self._send("GET", target, headers=self._authorization()))

    def get_list(self, path: str, params: Mapping[str, str] | None = None) -> list[Any]:
        """As `get`, for a list of bounded length."""
        listed = self.get(path, params)
        if not isinstance(listed, list) or len(listed) > _MAX_LISTED:
            raise RejectedError("ceremony.malformed", "list wanted")
        return listed

    def file(self, path: str) -> bytes:
        """Fetch bytes."""
        return self._send("GET", path, headers=self._authorization()).body

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, timeout_s: float = TIMEOUT_S) -> Any:
        """Send JSON; return the answer, None where there is no body."""
        headers = self._authorization() | _JSON
        reply = self._send("POST", path, body=_written(body or {}), headers=headers, timeout_s=timeout_s)
        return _json(reply) if reply.body else None

    def post_openly(self, path: str, body: Mapping[str, Any]) -> Any:
        """As `post`, without a session: to begin one."""
        return _json(self._send("POST", path, body=_written(body), headers=_JSON))

    def post_form(self, path: str, fields: Mapping[str, str], files: Sequence[tuple[str, Upload]]) -> Any:
        """Send a form with files."""
        from urllib3.filepost import encode_multipart_formdata

        parts: list[tuple[str, str | Upload]] = [*fields.items(), *files]
        body, kind = encode_multipart_formdata(parts)
        headers = self._authorization() | {"Content-Type": kind}
        return _json(self._send("POST", path, body=body, headers=headers, timeout_s=_UPLOAD_TIMEOUT_S))

    def delete(self, path: str) -> None:
        """Delete."""
        self._send("DELETE", path, headers=self._authorization())

    # -- small parts -----------------------------------------------------------------------------------------------

    def _authorization(self) -> dict[str, str]:
        if self._token is None:
            raise RejectedError("platform.signed_out")
        return {"Authorization": f"Bearer {self._token.reveal().decode()}"}

    def _send(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str], timeout_s: float = TIMEOUT_S
    ) -> HttpReply:
        reply = self._http.send(method, API + path, body=body, headers=headers, timeout_s=timeout_s)
        check(reply)
        return reply


_JSON = {"Content-Type": "application/json"}


def check(reply: HttpReply) -> None:
    """Demand a success.

    Raises:
        RejectedError: the platform refuses; its own code, and which field it names, else `phone.platform_refused`.
        UnavailableError: `phone.platform_unreachable`, it is in trouble.
    """
    if reply.status in _SUCCESS:
        return
    if reply.status in _CLIENT_ERRORS:
        code = refusal_code(reply, "phone.platform_refused")
        raise RejectedError(code, _detail(reply) or f"status {reply.status}")
    raise UnavailableError("phone.platform_unreachable", f"status {reply.status}")


def part(text: str) -> str:
    """Return an id as a part of a path, whatever the platform calls things."""
    return quote(text, safe="")


def moment(text: object) -> datetime:
    """Read an ISO-8601 time, which must carry its zone; else ValueError."""
    value = datetime.fromisoformat(str(text))
    if value.tzinfo is None:
        raise ValueError("time without zone")
    return value


def reading(build: Callable[[Any], T]) -> Callable[[Any], T]:
    """Turn any missing or mistyped field of a JSON answer into `ceremony.malformed`."""

    def read(document: Any) -> T:
        try:
            return build(document)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RejectedError("ceremony.malformed", f"{build.__name__} {type(error).__name__}") from None

    return read


def _written(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _json(reply: HttpReply) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        raise RejectedError("ceremony.malformed", "json") from None


def _detail(reply: HttpReply) -> str:
    """Return what the platform names: a field, or a masked person; short and plain, or nothing."""
    try:
        detail = json.loads(reply.body).get("detail")
    except (ValueError, RecursionError, AttributeError):
        return ""
    return detail if isinstance(detail, str) and len(detail) <= 120 else ""  # noqa: PLR2004 - as long as a name
