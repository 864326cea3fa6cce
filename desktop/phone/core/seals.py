"""The seals that this phone has claimed: the platform's signed objects as files, `<seal id>.seal`."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from desktop.domain.errors import RejectedError
from desktop.domain.operations import SealKind
from desktop.phone.core.views import StoredSeal
from desktop.protocol import codec, cose
from desktop.protocol.codec import Value
from desktop.store.files import write_atomic

log = logging.getLogger(__name__)


class SealStore:
    """Reads and writes one folder of seals."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, seal_id: str, data: bytes) -> None:
        """Store a seal that the caller has checked; the same seal again replaces it."""
        write_atomic(self._folder / f"{seal_id}.seal", data, private=True)

    def seals(self) -> tuple[StoredSeal, ...]:
        """Return what is stored, by name; a file that cannot be read is not listed."""
        found: list[StoredSeal] = []
        for path in sorted(self._folder.glob("*.seal")):
            try:
                found.append(describe(path.stem, path.read_bytes()))
            except (OSError, RejectedError) as error:
                log.warning("seal file %s is not readable: %s", path.stem, type(error).__name__)
        return tuple(sorted(found, key=lambda s: (s.name, s.seal_id)))


def describe(seal_id: str, data: bytes) -> StoredSeal:
    """Read what can be shown of a seal object; fields that are missing or odd read as empty.

    Raises:
        RejectedError: `ceremony.malformed`, it is no seal object at all.
    """
    outer = codec.decode(data)
    signed = outer.get("seal") if isinstance(outer, Mapping) else None
    body = codec.decode(cose.payload_of(signed)[0]) if isinstance(signed, bytes) else None
    if not isinstance(body, Mapping):
        raise RejectedError("ceremony.malformed", "seal object")
    kind = body.get("kind")
    return StoredSeal(
        seal_id=seal_id,
        name=_text(body.get("name")),
        kind=SealKind(kind) if isinstance(kind, str) and kind in set(SealKind) else None,
        organization=_text(body.get("org")),
        certificate_sha256=_bytes(body.get("cert")),
        imprint_png=_bytes(body.get("imprint")),
        width_mm=_number(body.get("width")) / 1000,
        height_mm=_number(body.get("height")) / 1000,
        not_before=_time(body.get("nbf")),
        not_after=_time(body.get("naf")),
        data=data,
    )


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _bytes(value: Value | None) -> bytes:
    return value if isinstance(value, bytes) else b""


def _number(value: Value | None) -> int:
    return value if isinstance(value, int) else 0


def _time(value: Value | None) -> datetime | None:
    if not isinstance(value, int) or not 0 < value < 2**33:
        return None
    return datetime.fromtimestamp(value, UTC)
