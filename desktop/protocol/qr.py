"""The text inside the relay QR: platform address, mailbox token and secret, and the code's age with its tag.

The fragment never reaches a server. A phone accepts the text only when it begins with exactly its own platform's
address; nothing in a QR is ever opened as a URL. docs/protocol.md, QR (relay).
"""

import base64
import binascii
from dataclasses import dataclass

from desktop.domain.errors import RejectedError
from desktop.protocol.messages import TAG_BYTES
from desktop.protocol.transcript import SECRET_BYTES, TOKEN_BYTES

VERSION = 1
MAX_TEXT = 120
_PATH = "/m#"
_RAW_BYTES = 1 + TOKEN_BYTES + SECRET_BYTES + 2 + TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayQr:
    """What one shown code says."""

    token: bytes
    secret: bytes
    elapsed_s: int
    tag: bytes

    def write(self, base_url: str) -> str:
        """Return the QR's text, at most 120 characters.

        Raises:
            RejectedError: the platform's address is too long for the code (`ceremony.address_too_long`).
        """
        raw = bytes([VERSION]) + self.token + self.secret + self.elapsed_s.to_bytes(2, "big") + self.tag
        written = base_url + _PATH + base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
        if len(written) > MAX_TEXT:
            raise RejectedError("ceremony.address_too_long", base_url)
        return written


def read_qr(text: str, base_url: str) -> RelayQr:
    """Read a scanned text as a code of the platform at `base_url`.

    Raises:
        RejectedError: of another origin or purpose (`phone.foreign_qr`), or of a newer version
            (`ceremony.version_unknown`).
    """
    head = base_url + _PATH
    if len(text) > MAX_TEXT or not text.startswith(head):
        raise RejectedError("phone.foreign_qr")
    encoded = text[len(head) :]
    try:
        raw = base64.b64decode(encoded.encode("ascii") + b"=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise RejectedError("phone.foreign_qr", "not base64url") from None
    if raw[:1] > bytes([VERSION]):
        raise RejectedError("ceremony.version_unknown", str(raw[0]))
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
    if len(raw) != _RAW_BYTES or raw[0] != VERSION or canonical != encoded:
        raise RejectedError("phone.foreign_qr", "form")
    token_end = 1 + TOKEN_BYTES
    secret_end = token_end + SECRET_BYTES
    return RelayQr(
        token=raw[1:token_end],
        secret=raw[token_end:secret_end],
        elapsed_s=int.from_bytes(raw[secret_end : secret_end + 2], "big"),
        tag=raw[secret_end + 2 :],
    )
