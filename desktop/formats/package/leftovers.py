"""What a killed run leaves behind: hidden files and folders beside the package or folder that was to be made.

A half-written package holds ciphertext only, but a half-opened envelope holds plaintext; whoever packs or opens calls
`remove_leftovers` when nothing else is at work on that target. Source: threats.md, fault plan.
"""

import re
import shutil
from contextlib import suppress
from pathlib import Path

from desktop.crypto.primitives import sha256

#: A disk takes names of 255 bytes, and the hidden one is longer than the target's by 18.
_LONG = 255 - 18


def hidden_beside(target: Path, token: bytes) -> Path:
    """Return the name under which `target` is prepared; `token` is six random bytes."""
    return target.with_name(f".{_stem(target)}.{token.hex()}.tmp")


def _stem(target: Path) -> str:
    name = target.name.encode("utf-8", "surrogateescape")
    return target.name if len(name) <= _LONG else sha256(name).hex()


def remove_leftovers(target: Path) -> int:
    """Delete what killed runs left of making `target`; return how many there were.

    Raises:
        OSError: the folder cannot be read, or something could not be deleted; all else is gone then.
    """
    shape = re.compile(rf"\.{re.escape(_stem(target))}\.[0-9a-f]{{12}}\.tmp")
    found = [path for path in target.parent.iterdir() if shape.fullmatch(path.name)]
    for path in found:
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    if any(path.exists() for path in found):
        raise PermissionError(target.name)
    return len(found)
