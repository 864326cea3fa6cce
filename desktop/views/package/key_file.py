"""A file that names who else has to give a share: a certificate or a bare public key, DER or PEM.

Refuses private keys and whatever is too long to be one of the two. Source: RFC 7468.
"""

import base64
import binascii
import re
from pathlib import Path

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.formats.package import GroupKind, Member, PlannedGroup, member_of_certificate, member_of_key

SUFFIXES = (".pem", ".cer", ".crt", ".der", ".pub")
_MAX_BYTES = 64 * 1024
_PEM = re.compile(rb"-----BEGIN (CERTIFICATE|PUBLIC KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
#: Id and name of the group, and the name of a bare key. They stand in the package, so they are not translated.
_GROUPS = {GroupKind.OPENING_KEY: ("opening", "开标密钥"), GroupKind.TIME: ("time", "平台时间密钥")}


def read_group(path: Path, kind: GroupKind) -> PlannedGroup:
    """Return the group of the one key in `path`.

    Raises:
        RejectedError: it is neither certificate nor public key, or of no allowed suite.
        UnavailableError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None
    if len(data) > _MAX_BYTES:
        raise RejectedError("ceremony.key_not_allowed", "too long")
    group_id, name = _GROUPS[kind]
    return PlannedGroup(group_id=group_id, kind=kind, members=(_member(_der(data), name),))


def _der(data: bytes) -> bytes:
    found = _PEM.search(data)
    if found is None:
        return data
    try:
        return base64.b64decode(b"".join(found.group(2).split()), validate=True)
    except binascii.Error:
        raise RejectedError("ceremony.key_not_allowed", "base64") from None


def _member(der: bytes, name: str) -> Member:
    try:
        return member_of_key(name, der)
    except (BidSealError, ValueError):
        return member_of_certificate(der)
