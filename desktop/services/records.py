"""Usage records: handed to the platform after each ceremony, kept on disk until it has them.

A record is given up only when the platform will never take it (malformed), and after a long time when nobody who may
hand it in has signed in here: it belongs to a unit, and the person now signed in may be of another.
"""

import base64
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from desktop.domain.errors import BidSealError
from desktop.formats.answer import VerifiedAnswer
from desktop.portal.api import PlatformApi, UsageEntry
from desktop.store.files import write_atomic

log = logging.getLogger(__name__)

#: What the platform says of a record that it will not take from anybody: its form, or what it says was never signed.
_FINAL = frozenset(
    {
        "platform.bad_request",
        "platform.bad_field",
        "ceremony.malformed",
        "ceremony.wrong_purpose",
        "ceremony.certificate_not_allowed",
        "ceremony.signature_invalid",
    }
)
_KEPT = timedelta(days=180)
_MOST = 200


class UsageReporter:
    """Reports usage. Never raises: a record that cannot go now goes later."""

    def __init__(self, *, api: PlatformApi, folder: Path, now: Callable[[], datetime]) -> None:
        self._api = api
        self._folder = folder
        self._now = now

    def report(self, *entries: UsageEntry) -> None:
        """Keep the records and try, once, to hand in all that wait."""
        for entry in entries:
            try:
                write_atomic(self._folder / f"{entry.ceremony[:32]}-{entry.number:03d}.json", _write(entry))
            except BidSealError as error:
                log.info("usage record not kept: %s", error.code)
        self.flush()

    @property
    def waiting(self) -> int:
        """How many records the platform does not have yet."""
        return len(list(self._folder.glob("*.json")))

    def flush(self) -> int:
        """Hand in what waits; return how many are left."""
        for path in sorted(self._folder.glob("*.json"))[:_MOST]:
            try:
                entry = _read(path.read_bytes())
            except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
                log.info("usage record unreadable: %s", type(error).__name__)
                continue
            if not self._hand_in(entry):
                continue
            with suppress(OSError):  # another thread is reading it, to hand it in as well: it goes the next time
                path.unlink(missing_ok=True)
        return self.waiting

    def _hand_in(self, entry: UsageEntry) -> bool:
        """Return whether the record is settled: taken, or never to be taken."""
        try:
            self._api.record(entry)
        except BidSealError as error:
            log.info("usage record waits: %s", error.code)
            return error.code in _FINAL or self._now() - entry.at > _KEPT
        return True


def entries_of(
    verified: VerifiedAnswer, uses: Iterable[tuple[str, str]], *, at: datetime, certificate_serial: str = ""
) -> Iterator[UsageEntry]:
    """Make the records of one scan: each use is a subject and what came of it, in the order of the items.

    `certificate_serial` names the certificate that a download has just brought; all others have answered with theirs.
    """
    for number, (subject, result) in enumerate(uses):
        yield UsageEntry(
            operation=str(verified.challenge.operation),
            certificate_serial=certificate_serial or verified.answer.certificate,
            subject=subject,
            number=number,
            result=result,
            ceremony=verified.t2.hex(),
            at=at,
            consent=verified.consent,
            signature=verified.answer.signature,
        )


def _write(entry: UsageEntry) -> bytes:
    bytes_as_text = {name: base64.b64encode(getattr(entry, name)).decode() for name in _BYTES}
    document = asdict(entry) | {"at": entry.at.isoformat()} | bytes_as_text
    return json.dumps(document, ensure_ascii=False).encode()


def _read(data: bytes) -> UsageEntry:
    document = json.loads(data.decode("utf-8"))
    values = {name: base64.b64decode(document[name], validate=True) for name in _BYTES}
    return UsageEntry(**(document | {"at": datetime.fromisoformat(document["at"])} | values))


_BYTES = ("consent", "signature")
