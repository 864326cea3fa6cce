"""The platform's part in certificate passwords: its half of a recovery secret, identity checks, its count of tries.

Refuses what does not read as an answer. Source: the platform's HTTP contract, version 1; docs/protocol.md §5.3.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, CheckState
from desktop.domain.secret import SecretBytes
from desktop.phone.core.platform_calls import PlatformCalls, Upload, part
from desktop.phone.core.transport import read_base64
from desktop.protocol.recovery import HALF_BYTES, NONCE_BYTES

#: A consent does not wait longer than this to have its password counted by the platform.
TRY_TIMEOUT_S = 3.0
_MAX_TRIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetCheck:
    """An identity check for a password reset; `reason` is the review desk's, of a rejection.

    `has_lapsed`: approved, and not used in time.
    """

    state: CheckState
    reason: str
    has_lapsed: bool = False


class RecoveryCalls:
    """Calls of whoever is logged in; see `PlatformCalls` for what they raise."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    @property
    def is_possible(self) -> bool:
        """Whether somebody is logged in."""
        return self._calls.is_logged_in

    def store(self, serial: str, half: SecretBytes) -> None:
        """Hand in the platform's half; the same one again changes nothing."""
        self._calls.post(_path(serial, "recovery"), {"half": _b64(half.reveal())}, timeout_s=TRY_TIMEOUT_S)

    def release(self, serial: str) -> SecretBytes:
        """Fetch the half, once for an approved identity check."""
        half = read_base64(_field(self._calls.post(_path(serial, "recovery/release")), "half"))
        if len(half) != HALF_BYTES:
            raise RejectedError("ceremony.malformed", "half")
        return SecretBytes(half)

    def begin_try(self, serial: str) -> tuple[int, bytes]:
        """Have a password counted before it is tried; return how many are left after it, and the try's nonce."""
        answer = self._calls.post(_path(serial, "password-tries"), timeout_s=TRY_TIMEOUT_S)
        left, nonce = _field(answer, "tries_left"), read_base64(_field(answer, "nonce"))
        if not isinstance(left, int) or not 0 <= left <= _MAX_TRIES or len(nonce) != NONCE_BYTES:
            raise RejectedError("ceremony.malformed", "try")
        return left, nonce

    def end_try(self, serial: str, *, nonce: bytes, signature: bytes) -> None:
        """Show that the latest password was right; the count starts anew."""
        body = {"nonce": _b64(nonce), "signature": _b64(signature)}
        self._calls.post(_path(serial, "password-tries/passed"), body, timeout_s=TRY_TIMEOUT_S)

    def request_reset(self, serial: str, papers: Sequence[Upload]) -> None:
        """Ask, with papers of identity, that the password can be set anew."""
        self._calls.post_form(_path(serial, "password-reset"), {}, [("papers", paper) for paper in papers])

    def reset_checks(self, serial: str) -> tuple[ResetCheck, ...]:
        """Return the identity checks for a reset of this certificate's password, newest first."""
        listed = self._calls.get_list("/identity-checks")
        return tuple(_check(c) for c in listed if isinstance(c, dict) and _is_reset_of(c, serial))


def _is_reset_of(check: Mapping[str, Any], serial: str) -> bool:
    return check.get("purpose") == CheckPurpose.PASSWORD_RESET and check.get("subject") == serial


def _check(check: Mapping[str, Any]) -> ResetCheck:
    try:
        return ResetCheck(
            state=CheckState(str(check.get("state"))),
            reason=str(check.get("reason") or "")[:1000],
            has_lapsed=check.get("lapsed") is True,
        )
    except ValueError:
        raise RejectedError("ceremony.malformed", "state") from None


def _field(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None


def _path(serial: str, what: str) -> str:
    return f"/certificates/{part(serial)}/{what}"


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
