"""The demonstration's SMS inbox: what the embedded platform's gateway would have sent, to whatever number.

One virtual phone stands for all phones of the demonstration: the bidder's and the reviewer's codes arrive on it alike.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from desktop.domain.errors import UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.phone.core import Http

_TIMEOUT_S = 3.0
_OK = 200
_MAX_SHOWN = 30
_CODE = re.compile(r"(?<![0-9])[0-9]{4,8}(?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """A text message to the number `mobile`; `code` is what can be copied out of it, empty if there is none."""

    mobile: str
    text: str
    code: str
    sent_at: datetime


class Inbox(Protocol):
    """Where messages come from; blocking, for a worker thread."""

    def messages(self) -> tuple[Sms, ...]:
        """Return the messages, newest first.

        Raises:
            UnavailableError: they cannot be had now.
        """
        ...


class ControlInbox:
    """`Inbox` over the embedded platform's control call."""

    def __init__(self, http: Http, token: SecretBytes) -> None:
        self._http = http
        self._token = token

    def messages(self) -> tuple[Sms, ...]:
        """See `Inbox.messages`."""
        headers = {"X-BidSeal-Control": self._token.reveal().decode("ascii")}
        reply = self._http.send("GET", "/control/outbox", headers=headers, timeout_s=_TIMEOUT_S)
        if reply.status != _OK:
            raise UnavailableError("phone.platform_unreachable", f"status {reply.status}")
        try:
            listed = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise UnavailableError("phone.platform_unreachable", "json") from None
        if not isinstance(listed, list):
            raise UnavailableError("phone.platform_unreachable", "list wanted")
        return tuple(read_sms(m) for m in listed[:_MAX_SHOWN] if isinstance(m, Mapping))


def read_sms(message: Mapping[str, object]) -> Sms:
    """Read one message leniently: it is only shown."""
    text = str(message.get("text", ""))
    code = message.get("code")
    # Of a message without a code neither a day nor the end of a masked number is one.
    found = _CODE.search(text) if "验证码" in text else None
    try:
        sent_at = datetime.fromisoformat(str(message.get("sent_at", "")))
    except ValueError:
        sent_at = datetime.fromtimestamp(0, UTC)
    return Sms(
        mobile=str(message.get("mobile", "")),
        text=text,
        code=code if isinstance(code, str) and code else found.group() if found else "",
        sent_at=sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC),
    )
