"""The platform's opening room as a `Writer` of the injection drill, and careless ones that have to fail it.

A run starts the platform on a copy of its state, a closed lot of three bids, and brings it to its record; a word is
said after each step. However it ends, database, log and files agree, nothing that was said is missing, and the next
start brings the lot to its end.
"""

import os
import pickle
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from desktop.crypto.primitives import sha256
from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import MemberRole
from desktop.domain.tendering import LogKind, LotState
from desktop.server.cases import log, room_delivery, room_record, room_results, room_talk
from desktop.server.cases.room_delivery import SealedShare
from desktop.server.context import Platform, open_platform
from desktop.server.db.room_models import Confirmation, Delivery, Room, RoomEnvelope, RoomStatement
from desktop.server.db.tender_models import Lot
from desktop.server.rules.permissions import Actor
from desktop.server.settings import ServerSettings
from tests.drills.injection import Say

ENVELOPE = "bid"
PDF, BUNDLE = b"%PDF-1.7 opening record", b"bundle of the record"
#: Steps by what has come of them; shares are steps 2 to 4.
OPENED_ROOM, SHARES, ENDED, KEY, RESULTS, ANNOUNCED, CONFIRMED, RECORDED = 1, 3, 5, 6, 7, 8, 9, 10


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a run starts from: who acts on which lot, and what workstation and bidders have signed and sealed."""

    lot_id: str
    at: datetime
    agency: tuple[str, str]
    bidders: Sequence[tuple[str, str, SealedShare]]
    opening: bytes
    results: Sequence[bytes]


@cache
def facts(home: Path) -> Facts:
    """Read them, once."""
    found = pickle.loads((home / "facts").read_bytes())
    assert isinstance(found, Facts)
    return found


def member(account: str, unit: str) -> Actor:
    return Actor(account_id=account, memberships={unit: MemberRole.CERTIFICATE_ADMIN})


class OpeningRoom:
    """As it is."""

    #: SQLite's log is emptied into the database and removed; a lock file says nothing.
    may_vary = r"platform\.sqlite-(wal|shm)$|/platform$"

    def __init__(self, home: Path) -> None:
        self.home, self.out = home, home / "out"

    def reset(self) -> None:
        """Put the platform's state back to the closing."""
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.copytree(self.home / "platform", self.out)

    def start(self) -> Platform:
        """Open the platform on its state.

        Raises:
            UnavailableError: it does not start.
        """
        try:
            return open_platform(ServerSettings(state_folder=self.out), ManualClock(facts(self.home).at), os.urandom)
        except OSError as error:
            # All that anybody sees of a process that does not start (server/embedded.py).
            raise UnavailableError("platform.not_started", type(error).__name__) from None

    def work(self, say: Say) -> None:
        """Bring the lot from its closing to its record."""
        platform = self.start()
        try:
            self.go_on(platform, 0, say)
        finally:
            platform.close()

    def go_on(self, platform: Platform, done: int, say: Say) -> None:
        """Do what is left after the first `done` steps."""
        for number, step in enumerate(self.steps(platform), start=1):
            if number > done:
                step()
                say(number)

    def steps(self, platform: Platform) -> list[Callable[[], Any]]:
        """The steps in their order."""
        known = facts(self.home)
        agency, lot = member(*known.agency), known.lot_id
        first, unit, share = known.bidders[0]
        return [
            lambda: room_delivery.open_room(platform, agency, lot, known.opening),
            *(
                lambda account=account, unit=unit, share=share: self.deliver(platform, member(account, unit), share)
                for account, unit, share in known.bidders
            ),
            lambda: room_delivery.end_delivery(platform, agency, lot, ENVELOPE),
            lambda: room_delivery.release_time_key(platform, agency, lot, ENVELOPE),
            lambda: room_results.report(platform, agency, lot, known.results),
            lambda: room_results.announce(platform, agency, lot, ENVELOPE),
            lambda: room_talk.confirm(
                platform,
                member(first, unit),
                lot,
                package=share.package,
                envelope_id=ENVELOPE,
                is_confirmed=True,
                text="",
            ),
            lambda: room_record.file_record(platform, agency, lot, pdf=PDF, bundle=BUNDLE),
        ]

    def deliver(self, platform: Platform, who: Actor, share: SealedShare) -> None:
        """Hand in a share."""
        room_delivery.deliver(platform, who, facts(self.home).lot_id, share)

    def recover(self) -> None:
        """Do what the next start does, and bring the lot to its end."""
        platform = self.start()
        try:
            self.go_on(platform, self.progress(platform), lambda _: None)
        finally:
            platform.close()

    def progress(self, platform: Platform) -> int:
        """Return how many steps the database knows."""
        lot_id = facts(self.home).lot_id
        with platform.db.read() as session:
            row = session.get(RoomEnvelope, (lot_id, ENVELOPE))
            if row is None:
                return 0
            state = session.get_one(Lot, lot_id).state
            known = {
                RECORDED: state == LotState.RECORDED,
                CONFIRMED: session.query(Confirmation).count() > 0,
                ANNOUNCED: row.announced_at is not None,
                RESULTS: state == LotState.OPENED,
                KEY: row.time_key_at is not None,
                ENDED: row.delivered is not None,
            }
            shares = OPENED_ROOM + session.query(Delivery).count()
        return next((step for step, is_done in known.items() if is_done), shares)

    def judge(self, said: int) -> str:
        """Tell what is wrong between database, log, files and what was said."""
        with closing(sqlite3.connect(self.out / "platform.sqlite")) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "torn database"
        platform = self.start()
        try:
            progress = self.progress(platform)
            if progress < said:
                return f"said {said}, there are {progress}"
            return self._unlogged(platform, progress) or self._torn_record(platform)
        finally:
            platform.close()

    def _unlogged(self, platform: Platform, progress: int) -> str:
        with platform.db.read() as session:
            entries = log.entries(session, 0, log.MAX_ENTRIES)
            kinds, bodies = Counter(entry.kind for entry in entries), {entry.body for entry in entries}
            said = [row.statement for row in session.query(RoomStatement)]
            sealed = [row.sealed for row in session.query(Delivery)]
        expected = {
            LogKind.ROOM: len(said) + (progress >= ANNOUNCED),
            LogKind.SHARE: len(sealed),
            LogKind.DELIVERED: progress >= ENDED,
            LogKind.TIME_KEY: progress >= KEY,
            LogKind.CONFIRMED: progress >= CONFIRMED,
            LogKind.RECORD: progress >= RECORDED,
        }
        wrong = [str(kind) for kind, count in expected.items() if kinds[kind] != count]
        wrong += ["a body"] * (not {sha256(each) for each in (*said, *sealed)} <= bodies)
        return f"the log differs: {wrong}" if wrong else ""

    def _torn_record(self, platform: Platform) -> str:
        with platform.db.read() as session:
            room = session.get(Room, facts(self.home).lot_id)
        if room is None or room.recorded_at is None:
            return ""
        kept = [platform.files.get(address or "") for address in (room.record_pdf, room.record_bundle)]
        return "" if kept == [PDF, BUNDLE] else "torn record"

    def left(self) -> list[str]:
        """Name temp files."""
        return sorted(path.name for path in self.out.rglob("*.tmp"))


# -- careless ones -----------------------------------------------------------------------------------------------------


class LoggedLater(OpeningRoom):
    """Keeps a share in one transaction and logs it in the next."""

    def deliver(self, platform: Platform, who: Actor, share: SealedShare) -> None:
        at = platform.now()
        with platform.db.write() as session:
            session.add(
                Delivery(
                    lot_id=facts(self.home).lot_id,
                    envelope=share.envelope_id,
                    package=share.package,
                    sealed=share.sealed,
                    count=1,
                    account_id=who.id,
                    at=at,
                )
            )
        with platform.db.write() as session:
            log.append(session, LogKind.SHARE, at=at, body=share.sealed)


class SaidTooEarly(OpeningRoom):
    """Says each step done before it is."""

    def go_on(self, platform: Platform, done: int, say: Say) -> None:
        for number, step in enumerate(self.steps(platform), start=1):
            if number > done:
                say(number)
                step()


WRITERS = {"opening room": OpeningRoom}
CARELESS = {"logged later": LoggedLater, "too early": SaidTooEarly}


def writer_of(name: str, home: Path) -> OpeningRoom:
    """Make the writer of that name over `home`."""
    return {**WRITERS, **CARELESS}[name](home)
