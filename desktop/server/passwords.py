"""Login passwords at rest: Argon2id with a salt of its own, its cost written beside it (protocol.md §6).

Two at a time: each takes 64 MiB, and whoever knows nothing may ask for one. Unknown numbers cost the same (T31).
"""

import threading
from collections.abc import Callable

from desktop.crypto.primitives import PasswordCost, argon2id, equal
from desktop.domain.errors import RejectedError
from desktop.domain.passwords import normal

_SALT_BYTES = 16
_AT_ONCE = 2


class PasswordHasher:
    """Writes and checks password hashes; `random` gives the salts."""

    def __init__(self, random: Callable[[int], bytes], cost: PasswordCost | None = None) -> None:
        self._random = random
        self._cost = cost or PasswordCost()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._nobody = self._write(b"\0" * _SALT_BYTES, b"\0" * 32)

    def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        salt = self._random(_SALT_BYTES)
        return self._write(salt, self._derive(password, salt, self._cost))

    def matches(self, password: str, kept: str | None) -> bool:
        """Tell whether this is the password; None, an account without one, takes as long and never matches."""
        iterations, memory, lanes, salt, digest = _read(kept or self._nobody)
        cost = PasswordCost(iterations=iterations, memory_kib=memory, lanes=lanes)
        derived = self._derive(password, salt, cost)
        return equal(derived, digest) and kept is not None

    def _derive(self, password: str, salt: bytes, cost: PasswordCost) -> bytes:
        with self._turns:
            return argon2id(password=normal(password).encode("utf-8", "surrogatepass"), salt=salt, cost=cost)

    def _write(self, salt: bytes, digest: bytes) -> str:
        cost = self._cost
        return f"argon2id${cost.iterations}${cost.memory_kib}${cost.lanes}${salt.hex()}${digest.hex()}"


def _read(kept: str) -> tuple[int, int, int, bytes, bytes]:
    kind, *numbers, salt, digest = kept.split("$")
    if kind != "argon2id":
        raise RejectedError("platform.state_damaged", "password hash")
    iterations, memory, lanes = (int(n) for n in numbers)
    return iterations, memory, lanes, bytes.fromhex(salt), bytes.fromhex(digest)
