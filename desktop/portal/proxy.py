"""The way to the network: the system's, none, or a proxy given by hand. Its password is never shown or logged.

Refuses a host that is no host name. Traffic that stays on this machine never takes a proxy (`portal.http`).
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from desktop.domain.errors import RejectedError

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]")
_PORTS = range(1, 65_536)


class ProxyMode(StrEnum):
    """Which way requests take."""

    SYSTEM = "system"
    NONE = "none"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A way to the network; host to password are of a manual one only, an empty user = no login."""

    mode: ProxyMode = ProxyMode.SYSTEM
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)

    def url(self) -> str:
        """Return the address that requests take, with the login in it: for `requests` alone.

        Raises:
            RejectedError: host or port are none (`portal.proxy_invalid`).
        """
        if not _HOST.fullmatch(self.host) or self.port not in _PORTS:
            raise RejectedError("portal.proxy_invalid")
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        return f"http://{login}{self.host}:{self.port}"


SYSTEM = Proxy()
