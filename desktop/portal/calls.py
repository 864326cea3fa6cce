"""What all groups of the platform's calls are made of: the bearer, JSON in and out, bytes as base64."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from desktop.domain.errors import RejectedError
from desktop.portal.http import HttpClient

API = "/api/v1"

#: A file to upload: name, bytes, media type.
Upload = tuple[str, bytes, str]


class Calls:
    """Calls of one platform. `token` gives the bearer of the current session, or None."""

    def __init__(self, http: HttpClient, token: Callable[[], str | None]) -> None:
        self._http = http
        self._token = token

    def _bearer(self) -> dict[str, str]:
        token = self._token()
        if not token:
            raise RejectedError("portal.signed_out")
        return {"Authorization": f"Bearer {token}"}

    def _get(self, path: str, params: dict[str, str] | None = None) -> Any:
        return self._http.json("GET", API + path, params=params, headers=self._bearer())

    def _post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._http.json("POST", API + path, json_body=body, headers=self._bearer())

    def _put(self, path: str, body: dict[str, Any]) -> Any:
        return self._http.json("PUT", API + path, json_body=body, headers=self._bearer())

    def _send_form(self, path: str, form: Mapping[str, str], files: Sequence[tuple[str, Upload]]) -> Any:
        return self._http.json("POST", API + path, form=form, files=files, headers=self._bearer())

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        """Send what is answered without a body."""
        self._http.request(method, API + path, json_body=body, headers=self._bearer())

    def _delete(self, path: str) -> None:
        self._http.request("DELETE", API + path, headers=self._bearer())

    def _file(self, path: str) -> bytes:
        return self._http.request("GET", API + path, headers=self._bearer())


def b64(data: bytes) -> str:
    """Write bytes as standard base64."""
    return base64.b64encode(data).decode("ascii")
