"""Mailboxes of the relay, from the desktop's side. Everything that passes here is ciphertext to the relay."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from desktop.domain.errors import RejectedError
from desktop.portal.http import HttpClient
from desktop.protocol.items import hex_id

WAIT_S = 25
_MARGIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """One frame that a phone put into a slot."""

    slot: str
    body: bytes


class RelayClient:
    """Creates, reads and closes mailboxes; `owner` is the secret that proves them ours."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def open(self, *, token: bytes, owner: bytes, challenge: bytes, ttl_s: int) -> None:
        """Create the mailbox with its encrypted challenge; the same call again is fine."""
        self._http.request(
            "PUT", self._path(token), params={"ttl": str(ttl_s)}, body=challenge, headers=_headers(owner)
        )

    def inbox(
        self, *, token: bytes, owner: bytes, after: int, wait_s: int = WAIT_S
    ) -> tuple[int, tuple[InboxMessage, ...]]:
        """Wait up to `wait_s` for frames after position `after`; return the new position and the frames."""
        answer = self._http.json(
            "GET",
            f"{self._path(token)}/inbox",
            params={"after": str(after), "wait": str(wait_s)},
            headers=_headers(owner),
            read_timeout_s=wait_s + _MARGIN_S,
        )
        return _read_inbox(answer)

    def reply(self, *, token: bytes, owner: bytes, slot: str, body: bytes) -> None:
        """Put an encrypted reply into a claimant's slot."""
        self._http.request("POST", f"{self._path(token)}/replies/{slot}", body=body, headers=_headers(owner))

    def close(self, *, token: bytes, owner: bytes) -> None:
        """Take no further claims."""
        self._http.request("POST", f"{self._path(token)}/close", headers=_headers(owner))

    def delete(self, *, token: bytes, owner: bytes, linger_s: int = 0) -> None:
        """End the mailbox and our waiting on it; replies already sent stay readable for `linger_s` seconds."""
        self._http.request("DELETE", self._path(token), params={"linger": str(linger_s)}, headers=_headers(owner))

    @staticmethod
    def _path(token: bytes) -> str:
        return f"/relay/v1/mailboxes/{token.hex()}"


def _headers(owner: bytes) -> dict[str, str]:
    return {"X-Mailbox-Owner": owner.hex(), "Content-Type": "application/octet-stream"}


def _read_inbox(answer: Any) -> tuple[int, tuple[InboxMessage, ...]]:
    try:
        messages = tuple(
            InboxMessage(slot=hex_id(m["slot"]), body=base64.b64decode(m["body"], validate=True))
            for m in answer["messages"]
        )
        return int(answer["next"]), messages
    except (KeyError, TypeError, ValueError, binascii.Error, RejectedError):
        raise RejectedError("portal.bad_answer", "inbox") from None
