"""What a platform is started with."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

#: Never resolves (RFC 2606): a demo platform's port changes, so its certificates name no address that could be dialled.
NO_ADDRESS = "http://pki.bidseal.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """One platform.

    `sms_pause_s`: how long a number is left alone after a code, whatever it was for; less only where no real message is
    sent, as in a demo whose one person is at the phone and at the desktop within the same minute.
    `control_token` empty = no control endpoints. `database_url` empty = SQLite in the state folder; else sqlite://… or
    postgresql://… (docs/postgresql.md).
    """

    state_folder: Path
    platform_id: str = "demo"
    name: str = "投标签章演示平台"
    public_base_url: str = NO_ADDRESS
    database_url: str = field(default="", repr=False)  # may hold a password
    control_token: str = field(default="", repr=False)
    sms_pause_s: int = 60
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names under which requests are served (a web page rebinding its own name to us is not)."""
        public = urlsplit(self.public_base_url).hostname
        return frozenset((*self.allowed_hosts, public) if public else self.allowed_hosts)
