"""The platform's part in certificate passwords: its half of a recovery secret, identity checks, its count of tries.

Refuses what does not read as an answer. Source: the platform's HTTP contract, version 1; docs/protocol.md §5.3.
"""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, CheckState
from desktop.domain.secret import SecretBytes
from desktop.phone.core.account import PlatformAccount
from desktop.phone.core.transport import read_base64, read_object
from desktop.protocol.recovery import HALF_BYTES, NONCE_BYTES

#: A consent does not wait longer than this to have its password counted by the platform.
TRY_TIMEOUT_S = 3.0
_MAX_TRIES = 1000
_MAX_CHECKS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetCheck:
    """An identity check for a password reset; `reason` is the review desk's, of a rejection."""

    state: CheckState
    reason: str


class RecoveryCalls:
    """Calls of whoever is logged in; see `PlatformAccount.request` for what they raise."""

    def __init__(self, account: PlatformAccount) -> None:
        self._account = account

    @property
    def is_possible(self) -> bool:
        """Whether somebody is logged in."""
        return self._account.is_logged_in

    def store(self, serial: str, half: SecretBytes) -> None:
        """Hand in the platform's half; the same one again changes nothing."""
        self._post(serial, "recovery", {"half": _b64(half.reveal())}, timeout_s=TRY_TIMEOUT_S)

    def release(self, serial: str) -> SecretBytes:
        """Fetch the half, once for an approved identity check."""
        half = read_base64(read_object(self._post(serial, "recovery/release", {})).get("half"))
        if len(half) != HALF_BYTES:
            raise RejectedError("ceremony.malformed", "half")
        return SecretBytes(half)

    def begin_try(self, serial: str) -> tuple[int, bytes]:
        """Have a password counted before it is tried; return how many are left after it, and the try's nonce."""
        answer = read_object(self._post(serial, "password-tries", {}, timeout_s=TRY_TIMEOUT_S))
        left, nonce = answer.get("tries_left"), read_base64(answer.get("nonce"))
        if not isinstance(left, int) or not 0 <= left <= _MAX_TRIES or len(nonce) != NONCE_BYTES:
            raise RejectedError("ceremony.malformed", "try")
        return left, nonce

    def end_try(self, serial: str, *, nonce: bytes, signature: bytes) -> None:
        """Show that the latest password was right; the count starts anew."""
        body = {"nonce": _b64(nonce), "signature": _b64(signature)}
        self._post(serial, "password-tries/passed", body, timeout_s=TRY_TIMEOUT_S)

    def request_reset(self, serial: str, papers: Sequence[tuple[str, bytes]]) -> None:
        """Ask, with papers of identity (file name, content), that the password can be set anew."""
        body, content_type = multipart("papers", papers)
        self._account.request("POST", _path(serial, "password-reset"), body=body, content_type=content_type)

    def reset_checks(self, serial: str) -> tuple[ResetCheck, ...]:
        """Return the identity checks for a reset of this certificate's password, newest first."""
        try:
            listed = json.loads(self._account.request("GET", "/api/v1/identity-checks"))
        except (ValueError, RecursionError):
            raise RejectedError("ceremony.malformed", "json") from None
        if not isinstance(listed, list) or len(listed) > _MAX_CHECKS:
            raise RejectedError("ceremony.malformed", "list wanted")
        return tuple(_check(c) for c in listed if isinstance(c, dict) and _is_reset_of(c, serial))

    def _post(self, serial: str, what: str, body: Mapping[str, str], *, timeout_s: float = 10.0) -> bytes:
        return self._account.request(
            "POST",
            _path(serial, what),
            body=json.dumps(body).encode(),
            content_type="application/json",
            timeout_s=timeout_s,
        )


def multipart(field: str, files: Sequence[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Write files as a form, and its content type. Names are shown to nobody and kept out: only the ending counts."""
    boundary = secrets.token_hex(16)
    parts = b"".join(
        b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%d%b"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%b\r\n"
        % (boundary.encode(), field.encode(), number, _ending(name).encode(), content)
        for number, (name, content) in enumerate(files, 1)
    )
    return parts + b"--%b--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def _ending(name: str) -> str:
    _, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and ending.isascii() and ending.isalnum() else ""


def _is_reset_of(check: Mapping[str, Any], serial: str) -> bool:
    return check.get("purpose") == CheckPurpose.PASSWORD_RESET and check.get("subject") == serial


def _check(check: Mapping[str, Any]) -> ResetCheck:
    try:
        return ResetCheck(state=CheckState(str(check.get("state"))), reason=str(check.get("reason") or "")[:1000])
    except ValueError:
        raise RejectedError("ceremony.malformed", "state") from None


def _path(serial: str, what: str) -> str:
    return f"/api/v1/certificates/{serial}/{what}"


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
