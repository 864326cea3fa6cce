"""Platform profiles: which platform, at which address, with which root of trust (JSON files, resources/platforms).

The root certificate of a real platform stands in its profile; the embedded demo platform makes its own at first start
and hands it over through its private start-up channel. Reading is strict: a file that is not exactly what it should be
is refused whole. Address and certificates belong together and may both be absent: such a profile only names a platform
whose address is not known here (`is_complete`). Source: manual 1 and 2.
"""

import base64
import binascii
import ipaddress
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop.crypto.certificates import CertificateFacts, is_issued_by, read_certificate
from desktop.domain.errors import RejectedError
from desktop.portal.http import check_address

FORMAT, VERSION = "bidseal-platform", 1
MAX_BYTES = 256 * 1024
_MAX_NAME = 64
_MAX_URL = 512
_MAX_ISSUING = 8
#: It names a folder as well: one that every file system takes.
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
_LINKS = ("android_url", "ios_url", "web_phone_url")
_REQUIRED = {"format", "version", "profile_id", "platform_id", "name"}
_OPTIONAL = {"base_url", "root", "issuing", *_LINKS}
_LANGUAGES = {"zh", "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformProfile:
    """One platform. `root` and `issuing` are DER; `embedded` means this machine runs it; "" or b"" = not known."""

    profile_id: str
    platform_id: str
    name: str
    base_url: str
    root: bytes
    issuing: tuple[bytes, ...]
    embedded: bool = False
    name_en: str = ""
    android_url: str = ""
    ios_url: str = ""
    web_phone_url: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether the client can work with it: its address and its root of trust are known."""
        return bool(self.base_url and self.root)

    def title(self, language: str) -> str:
        """Return the name to show in `language` ("zh" or "en"); the Chinese one where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchorFacts:
    """What a person compares before trusting a platform: its root's owner, days and SHA-256 (hex, upper case)."""

    holder: str
    organization: str
    not_before: datetime
    not_after: datetime
    fingerprint: str


def anchor_of(profile: PlatformProfile) -> TrustAnchorFacts:
    """Return the facts of the profile's root certificate.

    Raises:
        RejectedError: it does not parse (`portal.profile_untrusted`).
    """
    root = _certificate(profile.root)
    return TrustAnchorFacts(
        holder=root.holder,
        organization=root.organization,
        not_before=root.not_before,
        not_after=root.not_after,
        fingerprint=root.sha256.hex().upper(),
    )


def grouped(code: str) -> str:
    """Return a fingerprint in groups of four, as two people read it to each other."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def is_public_link(url: str) -> bool:
    """Tell whether a phone anywhere may reach this address: https, and no address of a private or own network."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        parts.port  # noqa: B018 - a port that is none raises here
    except ValueError:
        return False
    if parts.scheme != "https" or not host or parts.username is not None or parts.password is not None:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # A name: one without a dot, of the own network, or one that is a number in disguise leads nowhere from outside.
        last = host.rpartition(".")[2]
        return "." in host and last not in {"local", "localhost", "internal", "lan", "home"} and not last[:1].isdigit()
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global


def write_profile(profile: PlatformProfile) -> bytes:
    """Return the profile file of `profile`."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "profile_id": profile.profile_id,
        "platform_id": profile.platform_id,
        "name": {"zh": profile.name} | ({"en": profile.name_en} if profile.name_en else {}),
    }
    if profile.is_complete:
        document |= {
            "base_url": profile.base_url,
            "root": base64.b64encode(profile.root).decode("ascii"),
            "issuing": [base64.b64encode(der).decode("ascii") for der in profile.issuing],
        }
    document |= {link: getattr(profile, link) for link in _LINKS if getattr(profile, link)}
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def read_profile(path: Path) -> PlatformProfile:
    """Read a profile file.

    Raises:
        RejectedError: it cannot be read (`general.file_unreadable`), is none or damaged (`portal.profile_damaged`), is
            of a later version (`portal.profile_version`), its certificates do not belong together
            (`portal.profile_untrusted`) or an address of it is unsafe (`portal.address_refused`).
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RejectedError("general.file_unreadable", type(error).__name__) from None
    return parse_profile(data)


def parse_profile(data: bytes) -> PlatformProfile:
    """Read the bytes of a profile file.

    Raises:
        RejectedError: as read_profile.
    """
    if len(data) > MAX_BYTES:
        raise _damaged("size")
    try:
        # A file that Windows' editor has saved begins with a mark.
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise _damaged("json") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _damaged("format")
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise _damaged("version")
    if version > VERSION:
        raise RejectedError("portal.profile_version", str(version))
    if not document.keys() >= _REQUIRED or document.keys() - _REQUIRED - _OPTIONAL:
        raise _damaged("fields")
    return _profile(document)


def _profile(document: dict[str, Any]) -> PlatformProfile:
    names = document["name"]
    if not isinstance(names, dict) or "zh" not in names or names.keys() - _LANGUAGES:
        raise _damaged("name")
    profile_id, platform_id = _text(document, "profile_id"), _text(document, "platform_id")
    if not _ID.fullmatch(profile_id) or _RESERVED.fullmatch(profile_id) or not _ID.fullmatch(platform_id):
        raise _damaged("id")
    known = {field for field in ("base_url", "root", "issuing") if field in document}
    if known not in (set(), {"base_url", "root", "issuing"}):
        raise _damaged("address and certificates belong together")
    base_url = check_address(_text(document, "base_url")) if known else ""
    root, issuing = _certificates(document) if known else (b"", ())
    links = {link: _link(document, link) if link in document else "" for link in _LINKS}
    return PlatformProfile(
        profile_id=profile_id,
        platform_id=platform_id,
        name=_name(names["zh"]),
        name_en=_name(names["en"]) if "en" in names else "",
        base_url=base_url,
        root=root,
        issuing=issuing,
        android_url=links["android_url"],
        ios_url=links["ios_url"],
        web_phone_url=links["web_phone_url"],
    )


def _certificates(document: dict[str, Any]) -> tuple[bytes, tuple[bytes, ...]]:
    stored = document["issuing"]
    if not isinstance(stored, list) or not 1 <= len(stored) <= _MAX_ISSUING:
        raise _damaged("issuing")
    root = _certificate(_bytes(document["root"]))
    issuing = tuple(_certificate(_bytes(each)) for each in stored)
    if not is_issued_by(root, root) or not all(is_issued_by(each, root) for each in issuing):
        raise RejectedError("portal.profile_untrusted", "not of one root")
    return root.der, tuple(each.der for each in issuing)


def _certificate(der: bytes) -> CertificateFacts:
    try:
        return read_certificate(der)
    except RejectedError as error:
        raise RejectedError("portal.profile_untrusted", error.code) from None


def _link(document: dict[str, Any], field: str) -> str:
    url = _text(document, field)
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise RejectedError("portal.address_refused", field)
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_safe = False
    if not is_safe:
        raise RejectedError("portal.address_refused", field)
    return url


def _name(value: object) -> str:
    """Take a name to show: no line breaks, no invisible or direction-turning signs."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME or value != value.strip():
        raise _damaged("name")
    if any(unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in {"Zl", "Zp"} for sign in value):
        raise _damaged("name")
    return value


def _text(document: dict[str, Any], field: str) -> str:
    value = document[field]
    if not isinstance(value, str):
        raise _damaged(field)
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise _damaged("certificate")
    try:
        return base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        raise _damaged("certificate") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a field that stands twice: two readers could read two platforms."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field twice")
    return found


def _damaged(what: str) -> RejectedError:
    return RejectedError("portal.profile_damaged", what)
