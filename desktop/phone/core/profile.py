"""Which platform a phone belongs to: its address and the certificates that everything is checked against.

Refuses addresses that are not https (http only to this machine), that carry user names, paths or queries.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop.domain.errors import RejectedError
from desktop.domain.ids import PlatformId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformProfile:
    """A platform as pinned in the app: certificates as DER; `base_url` without a slash at the end."""

    platform_id: PlatformId
    name: str
    base_url: str
    root: bytes
    issuing: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse an address that could lead elsewhere or be listened to.

        Raises:
            RejectedError: `phone.profile_insecure`.
        """
        check_base_url(self.base_url)


def check_base_url(url: str) -> None:
    """Demand `https://host[:port]`, or `http://` to a loopback host.

    Raises:
        RejectedError: `phone.profile_insecure`.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise RejectedError("phone.profile_insecure", "not a URL") from None
    netloc = f"[{host}]" if ":" in host else host
    exact = f"{parts.scheme}://{netloc}" + ("" if port is None else f":{port}")
    if not host or exact != url:
        raise RejectedError("phone.profile_insecure", "not a plain address")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise RejectedError("phone.profile_insecure", "https wanted")


def is_loopback(host: str) -> bool:
    """Tell whether `host` names this very machine without asking anybody."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
