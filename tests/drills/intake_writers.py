"""The platform's intake of bids as `Writer`s of the injection drill, and careless ones that have to fail it.

A run starts the platform on a copy of its state, uploads a package in two pieces and has it checked and accepted. The
first word is said when the first piece is acknowledged, the second when the bid is.
"""

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import MemberRole
from desktop.domain.tendering import BidState, UploadState
from desktop.protocol.statements import BidReceipt, read_statement
from desktop.server.cases.checking import settle
from desktop.server.cases.log import entries
from desktop.server.cases.uploads import begin, receive
from desktop.server.context import Platform, open_platform
from desktop.server.db.tender_models import Bid, Upload
from desktop.server.rules.permissions import Actor
from desktop.server.settings import ServerSettings
from tests.drills.injection import Say

ACKNOWLEDGED, ACCEPTED = 1, 2
AT = datetime(2026, 11, 24, 9, 2, tzinfo=UTC)
_CUT = 4000


@cache
def facts(home: Path) -> Mapping[str, str]:
    """Return who bids for which lot."""
    names = ("lot", "unit", "account")
    return dict(zip(names, (home / "facts").read_text(encoding="utf-8").split(), strict=True))


@cache
def package(home: Path) -> bytes:
    """Return the package that is uploaded."""
    return (home / "package.bid").read_bytes()


class HandedInBid:
    """As a desktop has it: begin, two pieces, accepted."""

    #: SQLite's log is emptied into the database and removed; a lock file says nothing.
    may_vary = r"platform\.sqlite-(wal|shm)$|/platform$"

    def __init__(self, home: Path) -> None:
        self.home, self.out = home, home / "out"

    def reset(self) -> None:
        """Put the platform's state back to before the bid."""
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.copytree(self.home / "platform", self.out)

    def start(self) -> Platform:
        """Open the platform on its state."""
        return open_platform(ServerSettings(state_folder=self.out), ManualClock(AT), os.urandom)

    def work(self, say: Say) -> None:
        """Hand in the bid."""
        who, data = self.actor(), package(self.home)
        try:
            platform = self.start()
        except OSError as error:
            # All that anybody sees of a process that does not start (server/embedded.py).
            raise UnavailableError("platform.not_started", type(error).__name__) from None
        try:
            lot, unit = facts(self.home)["lot"], facts(self.home)["unit"]
            digest = sha256(data).hexdigest()
            upload = begin(platform, who, lot, organization_id=unit, sha256=digest, size=len(data)).upload
            receive(platform, who, upload.id, 0, data[:_CUT])
            say(ACKNOWLEDGED)
            view = receive(platform, who, upload.id, _CUT, data[_CUT:])
            if view.upload.state != UploadState.ACCEPTED:
                raise UnavailableError("platform.busy", view.upload.state)  # as the desktop sees it: ask again
            say(ACCEPTED)
        finally:
            platform.close()

    def actor(self) -> Actor:
        """The bidder's member."""
        known = facts(self.home)
        memberships = {known["unit"]: MemberRole.CERTIFICATE_ADMIN}
        return Actor(account_id=known["account"], memberships=memberships)

    def recover(self) -> None:
        """Do what the next start does: check what was whole."""
        platform = self.start()
        try:
            settle(platform, facts(self.home)["lot"], facts(self.home)["unit"])
        finally:
            platform.close()

    def judge(self, said: int) -> str:
        """Tell what is wrong between database, file, log and what the bidder was told."""
        with closing(sqlite3.connect(self.out / "platform.sqlite")) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "torn database"
        platform = self.start()
        try:
            return self._judge(platform, said)
        finally:
            platform.close()

    def _judge(self, platform: Platform, said: int) -> str:
        with platform.db.read() as session:
            uploads, bids = list(session.query(Upload)), list(session.query(Bid))
            logged = [each.number for each in entries(session, 0, 1000) if each.kind == "bid"]
        if len(uploads) > 1 or len(bids) > 1 or len(bids) != len(logged):
            return f"{len(uploads)} uploads, {len(bids)} bids, {len(logged)} entries of the log"
        if said >= ACKNOWLEDGED and not (uploads and uploads[0].offset >= _CUT):
            return "said acknowledged, not there"
        if said >= ACCEPTED and not bids:
            return "said accepted, no bid"
        wrong = [self._of_upload(platform, upload, bids) for upload in uploads]
        wrong += [self._of_bid(platform, bid, logged[0]) for bid in bids]
        return next(filter(None, wrong), "")

    def _of_upload(self, platform: Platform, upload: Upload, bids: list[Bid]) -> str:
        path = platform.parts.path(upload.id)
        kept = path.read_bytes() if path.exists() else b""
        if kept[: upload.offset] != package(self.home)[: upload.offset]:
            return "torn file"
        if (upload.state == UploadState.ACCEPTED) != bool(bids) or upload.state == UploadState.REFUSED:
            return f"{upload.state} with {len(bids)} bids"
        return ""

    def _of_bid(self, platform: Platform, bid: Bid, leaf: int) -> str:
        receipt = read_statement(bid.receipt, BidReceipt).payload
        if (receipt.package_id.hex(), receipt.leaf, bid.state) != (bid.package, leaf, BidState.CURRENT):
            return "a receipt of another bid"
        path = platform.parts.path(bid.upload_id)
        whole = path.exists() and sha256(path.read_bytes()).hexdigest() == bid.sha256
        return "" if whole else "accepted without its file"

    def left(self) -> list[str]:
        """Name temp files."""
        return sorted(path.name for path in self.out.rglob("*.tmp"))


# -- careless ones ----------------------------------------------------------------------------------------------------


class RewrittenFile(HandedInBid):
    """Writes the whole file anew for each piece, in place."""

    def start(self) -> Platform:
        platform = super().start()

        def write(file_id: str, offset: int, piece: bytes) -> None:
            path = platform.parts.path(file_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_bytes()[:offset] if offset else b""
            with path.open("wb", buffering=0) as file:
                file.write(before)
                file.write(piece)

        platform.parts.write = write  # type: ignore[method-assign]
        return platform


class SaidTooEarly(HandedInBid):
    """Tells the bidder before the last byte is there."""

    def work(self, say: Say) -> None:
        say(ACCEPTED)
        super().work(say)


class NeverSynced(RewrittenFile):
    """Writes in place, and nothing makes it durable."""


WRITERS = {"bid handed in": HandedInBid}
CARELESS = {"rewritten": RewrittenFile, "too early": SaidTooEarly, "never synced": NeverSynced}


def writer_of(name: str, home: Path) -> HandedInBid:
    """Make the writer of that name over `home`."""
    return {**WRITERS, **CARELESS}[name](home)
