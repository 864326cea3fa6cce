"""Encryption certificates that a phone has confirmed on this workstation (JSON, no secrets): bids go to these only.

Source: docs/protocol.md §3.6, threat T48. An unreadable file reads as none: confirming again is safe, guessing is not.
"""

import base64
import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import equal, sha256
from desktop.domain.errors import BidSealError
from desktop.store.files import write_atomic


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedRecipient:
    """A confirmed encryption certificate, when it was confirmed and in which ceremony (T0).

    `signing_serial` is of the signing certificate beside it, which answers for it in ceremonies.
    """

    certificate: CertificateFacts
    signing_serial: str
    confirmed_at: datetime
    ceremony: bytes


class PinStore:
    """Reads and writes `recipients.json`. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changing = threading.Lock()

    def all(self) -> tuple[PinnedRecipient, ...]:
        """Return every pin, oldest first."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(_from_json(pin) for pin in stored["recipients"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, BidSealError):
            return ()

    def of(self, credit_code: str) -> tuple[PinnedRecipient, ...]:
        """Return the pins of an organization, oldest first."""
        return tuple(pin for pin in self.all() if pin.certificate.credit_code == credit_code)

    def is_pinned(self, certificate_sha256: bytes) -> bool:
        """Tell whether the certificate of this SHA-256 was confirmed here."""
        return any(equal(pin.certificate.sha256, certificate_sha256) for pin in self.all())

    def add(self, new: PinnedRecipient) -> None:
        """Keep `new`; the same certificate confirmed again replaces the older word.

        Raises:
            UnavailableError: the file cannot be written.
        """
        with self._changing:
            kept = [pin for pin in self.all() if pin.certificate.sha256 != new.certificate.sha256]
            self._write([*kept, new])

    def remove(self, certificate_sha256: bytes) -> None:
        """Forget a pin."""
        with self._changing:
            self._write([pin for pin in self.all() if pin.certificate.sha256 != certificate_sha256])

    def _write(self, pins: list[PinnedRecipient]) -> None:
        document = {"recipients": [_to_json(pin) for pin in pins]}
        write_atomic(self._path, json.dumps(document, ensure_ascii=False, indent=2).encode())


def _to_json(pin: PinnedRecipient) -> dict[str, str]:
    return {
        "sha256": pin.certificate.sha256.hex(),
        "signing_serial": pin.signing_serial,
        "certificate": base64.b64encode(pin.certificate.der).decode("ascii"),
        "confirmed_at": pin.confirmed_at.astimezone(UTC).isoformat(),
        "ceremony": pin.ceremony.hex(),
    }


def _from_json(stored: dict[str, str]) -> PinnedRecipient:
    der = base64.b64decode(stored["certificate"], validate=True)
    if sha256(der).hex() != stored["sha256"]:
        raise ValueError("fingerprint")
    return PinnedRecipient(
        certificate=read_certificate(der),
        signing_serial=str(stored["signing_serial"]),
        confirmed_at=datetime.fromisoformat(stored["confirmed_at"]).astimezone(UTC),
        ceremony=bytes.fromhex(stored["ceremony"]),
    )
