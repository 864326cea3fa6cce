"""The workstation's name and its enrolments, one for each organization (JSON, no secrets)."""

import base64
import json
import threading
from dataclasses import dataclass
from pathlib import Path

from desktop.protocol.challenge import Enrolment
from desktop.store.files import write_atomic


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEnrolment:
    """A member's word for this workstation, and by which certificate (serial number) it was given."""

    credit_code: str
    organization: str
    name: str
    key_point: bytes
    serial: str
    enrolment: Enrolment


class WorkstationStore:
    """Reads and writes `workstation.json`. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changing = threading.Lock()

    def enrolments(self) -> tuple[StoredEnrolment, ...]:
        """Return all enrolments; an unreadable file reads as none, because enrolling again is safe."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(_from_json(e) for e in stored["enrolments"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return ()

    def enrolment_for(self, credit_code: str, key_point: bytes) -> StoredEnrolment | None:
        """Return the enrolment of this key for the organization, if any."""
        return next((e for e in self.enrolments() if e.credit_code == credit_code and e.key_point == key_point), None)

    def add(self, new: StoredEnrolment) -> None:
        """Keep `new`, replacing an older one for the same organization."""
        with self._changing:
            kept = [e for e in self.enrolments() if e.credit_code != new.credit_code]
            self._write([*kept, new])

    def remove(self, credit_code: str) -> None:
        """Forget the enrolment for an organization."""
        with self._changing:
            self._write([e for e in self.enrolments() if e.credit_code != credit_code])

    def _write(self, enrolments: list[StoredEnrolment]) -> None:
        document = {"enrolments": [_to_json(e) for e in enrolments]}
        write_atomic(self._path, json.dumps(document, ensure_ascii=False, indent=2).encode())


def _to_json(e: StoredEnrolment) -> dict[str, str | int]:
    return {
        "credit_code": e.credit_code,
        "organization": e.organization,
        "name": e.name,
        "key": base64.b64encode(e.key_point).decode("ascii"),
        "serial": e.serial,
        "certificate": base64.b64encode(e.enrolment.certificate).decode("ascii"),
        "issued_at": e.enrolment.issued_at,
        "signature": base64.b64encode(e.enrolment.signature).decode("ascii"),
    }


def _from_json(stored: dict[str, str | int]) -> StoredEnrolment:
    return StoredEnrolment(
        credit_code=str(stored["credit_code"]),
        organization=str(stored["organization"]),
        name=str(stored["name"]),
        key_point=base64.b64decode(str(stored["key"])),
        serial=str(stored["serial"]),
        enrolment=Enrolment(
            certificate=base64.b64decode(str(stored["certificate"])),
            issued_at=int(stored["issued_at"]),
            signature=base64.b64decode(str(stored["signature"])),
        ),
    )
