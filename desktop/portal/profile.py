"""Platform profiles: which platform, at which address, with which root of trust (JSON files in resources/platforms).

The root certificate of a real platform ships in its profile; the embedded demo platform makes its own at first start
and hands it over through its private start-up channel.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import RejectedError
from desktop.portal.http import check_address


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformProfile:
    """One platform. `root` and `issuing` are DER; `embedded` means this machine runs it."""

    profile_id: str
    platform_id: str
    name: str
    base_url: str
    root: bytes
    issuing: tuple[bytes, ...]
    embedded: bool = False
    android_url: str = ""
    ios_url: str = ""
    web_phone_url: str = ""


def write_profile(profile: PlatformProfile) -> bytes:
    """Return the profile file of `profile`."""
    document = {
        "profile_id": profile.profile_id,
        "platform_id": profile.platform_id,
        "name": profile.name,
        "base_url": profile.base_url,
        "root": base64.b64encode(profile.root).decode("ascii"),
        "issuing": [base64.b64encode(der).decode("ascii") for der in profile.issuing],
        "android_url": profile.android_url,
        "ios_url": profile.ios_url,
        "web_phone_url": profile.web_phone_url,
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def read_profile(path: Path) -> PlatformProfile:
    """Read a profile file.

    Raises:
        RejectedError: `portal.wrong_platform` when it is damaged, `portal.address_refused` when it is unsafe.
    """
    try:
        d = json.loads(path.read_text(encoding="utf-8"))
        return PlatformProfile(
            profile_id=str(d["profile_id"]),
            platform_id=str(d["platform_id"]),
            name=str(d["name"]),
            base_url=check_address(str(d["base_url"])),
            root=base64.b64decode(d["root"]),
            issuing=tuple(base64.b64decode(c) for c in d.get("issuing", [])),
            android_url=str(d.get("android_url", "")),
            ios_url=str(d.get("ios_url", "")),
            web_phone_url=str(d.get("web_phone_url", "")),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RejectedError("portal.wrong_platform", type(error).__name__) from None
