"""The platform's keys on disk: PKCS#8 files that only the owner may read, made at first start and never replaced.

A lost key beside a kept certificate stops the start: a silently new authority would be the worst of all answers.
"""

from collections.abc import Callable
from pathlib import Path

from desktop.crypto.suites import P256PrivateKey, export_pkcs8, generate_p256, load_pkcs8
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes
from desktop.server.storage import write_private


def load_or_create_key(path: Path, *, may_create: bool) -> P256PrivateKey:
    """Return the P-256 key of a file, made now if there is none yet.

    Raises:
        RejectedError: the file is damaged, or missing although it must exist (`platform.state_damaged`).
    """
    if not path.is_file():
        if not may_create:
            raise RejectedError("platform.state_damaged", f"{path.name} is missing")
        key = generate_p256()
        write_private(path, export_pkcs8(key))
        return key
    try:
        key_read = load_pkcs8(path.read_bytes())
    except MisuseError:
        raise RejectedError("platform.state_damaged", path.name) from None
    if not isinstance(key_read, P256PrivateKey):
        raise RejectedError("platform.state_damaged", path.name)
    return key_read


def load_or_create_secret(path: Path, random: Callable[[int], bytes], *, may_create: bool) -> SecretBytes:
    """Return the 32-byte secret of a file, made now if there is none yet.

    Raises:
        RejectedError: it is missing although it must exist (`platform.state_damaged`).
    """
    if not path.is_file():
        if not may_create:
            raise RejectedError("platform.state_damaged", f"{path.name} is missing")
        write_private(path, random(32))
    return SecretBytes(path.read_bytes())
