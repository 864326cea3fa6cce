"""The phone watches the platform's log as well: it does not believe the desktop that everything is as it was (T35).

A head that does not extend the one kept before is kept beside it as evidence and told; the kept one is not replaced.
Source: docs/tendering.md §4, §5.
"""

import base64
import binascii
import json
import logging
import threading
from typing import Any
from urllib.parse import urlencode

from desktop.crypto.merkle import is_consistent
from desktop.domain.errors import BidSealError, RejectedError
from desktop.phone.core.platform_calls import API, TIMEOUT_S, check
from desktop.phone.core.profile import PlatformProfile
from desktop.phone.core.transport import Http
from desktop.phone.core.trust import Trust
from desktop.protocol.statements import Head, read_statement
from desktop.store.heads import HeadStore

log = logging.getLogger(__name__)

_MAX_PATH = 64
_CONTRADICTS = "record.split_view"
#: The platform's own word that it has fewer entries than it has signed.
_SHORTER = "platform.bad_field"


class HeadWatch:
    """Keeps the newest head of the phone's platform. Thread-safe."""

    def __init__(self, *, http: Http, profile: PlatformProfile, trust: Trust, store: HeadStore) -> None:
        self._http = http
        self._profile = profile
        self._trust = trust
        self._store = store
        self._lock = threading.Lock()

    @property
    def is_contradicted(self) -> bool:
        """Whether the platform was ever found to contradict itself."""
        return bool(self._store.contradictions())

    def look(self) -> bool:
        """Fetch the head and compare it; return whether the platform contradicts itself. Never raises."""
        try:
            with self._lock:
                self._look()
        except BidSealError as error:
            log.info("tree head not compared: %s", error.code)
        return self.is_contradicted

    def _look(self) -> None:
        data = self._get("/log/head", "head")
        try:
            new = self._read(base64.b64decode(data, validate=True))
        except (binascii.Error, TypeError, ValueError):
            raise RejectedError("ceremony.malformed", "head") from None
        kept = self._store.newest()
        old = _head_of(kept)
        if old is None:
            self._store.keep(new[0])
            return
        try:
            if self._extends(old, new[1]):
                self._store.keep(new[0])
        except RejectedError as error:
            if error.code not in {_CONTRADICTS, _SHORTER}:
                raise
            name = f"{new[1].size}-{new[1].root.hex()[:16]}"
            if self._store.accuse(kept, new[0], name=name):
                log.error("the platform's log contradicts a head that was kept")  # noqa: TRY400 - no fault of ours

    def _read(self, data: bytes) -> tuple[bytes, Head]:
        """Demand a head of this platform's record keeper."""
        signed = read_statement(data, Head)
        self._trust.issuer_of(signed.signer)
        if not signed.is_record_keeper or signed.payload.platform != self._profile.platform_id:
            raise RejectedError("ceremony.certificate_not_allowed", "no record keeper of this platform")
        return data, signed.payload

    def _extends(self, old: Head, new: Head) -> bool:
        """Tell whether `new` is later than `old`, after demanding that one of the two extends the other."""
        if new.size < old.size and new.at_us > old.at_us:
            raise RejectedError(_CONTRADICTS, "shorter than before")
        first, second = (old, new) if old.size <= new.size else (new, old)
        path = () if first.size == second.size else self._proof(first.size, second.size)
        if not is_consistent(
            first=first.size, second=second.size, first_root=first.root, second_root=second.root, path=path
        ):
            raise RejectedError(_CONTRADICTS, f"{first.size} {second.size}")
        return new.size > old.size

    def _proof(self, first: int, second: int) -> tuple[bytes, ...]:
        path = self._get(f"/log/consistency?{urlencode({'first': first, 'second': second})}", "path")
        if not isinstance(path, list) or len(path) > _MAX_PATH:
            raise RejectedError("ceremony.malformed", "proof")
        try:
            return tuple(bytes.fromhex(each) for each in path)
        except (TypeError, ValueError):
            raise RejectedError("ceremony.malformed", "proof") from None

    def _get(self, path: str, name: str) -> Any:
        """Ask openly: the log is there for everybody, and who looks need not be known."""
        reply = self._http.send("GET", API + path, timeout_s=TIMEOUT_S)
        check(reply)
        try:
            return json.loads(reply.body)[name]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise RejectedError("ceremony.malformed", name) from None


def _head_of(kept: bytes) -> Head | None:
    """Read the kept head; a file that somebody has damaged is as good as none."""
    try:
        return read_statement(kept, Head).payload if kept else None
    except RejectedError as error:
        log.warning("kept tree head unreadable: %s", error.code)
        return None
