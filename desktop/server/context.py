"""Everything that a use case of the platform works with, put together once."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from desktop.domain.clock import Clock
from desktop.server.ca.authority import Authority
from desktop.server.ca.keys import load_or_create_secret
from desktop.server.cases.issued import register_own
from desktop.server.db.engine import Database
from desktop.server.db.migrate import migrate
from desktop.server.db.room_models import PlatformTime
from desktop.server.intake import Intake
from desktop.server.moments import Moments
from desktop.server.parts import PartFiles
from desktop.server.passwords import PasswordHasher
from desktop.server.relay.mailboxes import Mailboxes
from desktop.server.settings import ServerSettings
from desktop.server.sms import OutboxGateway, SmsGateway
from desktop.server.storage import FileStore, FolderStore, remove_leftovers
from desktop.server.vault import Vault
from desktop.server.waiting import Waiters


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One running platform."""

    settings: ServerSettings
    clock: Clock
    random: Callable[[int], bytes]
    db: Database
    authority: Authority
    vault: Vault
    files: FileStore
    parts: PartFiles
    intake: Intake
    sms: SmsGateway
    mailboxes: Mailboxes
    waiters: Waiters
    moments: Moments
    passwords: PasswordHasher

    def now(self) -> datetime:
        """Return the platform's time, aware UTC."""
        return self.clock.now()

    def moment(self) -> datetime:
        """Return the time by which deadlines are judged: never long before one that was seen."""
        return self.moments.now()

    def new_id(self) -> str:
        """Draw an id."""
        return self.random(16).hex()

    def close(self) -> None:
        """Begin no further checks, and close the database."""
        self.intake.stop()
        self.db.close()


def open_platform(settings: ServerSettings, clock: Clock, random: Callable[[int], bytes]) -> Platform:
    """Open the state folder (made at first start), bring the database up to date and load the keys.

    Raises:
        RejectedError: the state folder is damaged (`platform.state_damaged`), or `platform.database_url`.
        UnavailableError: the database is away or busy.
    """
    folder = settings.state_folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as undo:
        db = Database(settings.database_url or _private_sqlite(folder / "platform.sqlite"))
        undo.callback(db.close)
        platform = _open(settings, clock, random, db)
        undo.pop_all()
    return platform


def _open(settings: ServerSettings, clock: Clock, random: Callable[[int], bytes], db: Database) -> Platform:
    folder = settings.state_folder
    remove_leftovers(folder)
    migrate(db.engine)
    is_new = not (folder / "pki" / "root.cer").is_file()
    vault = Vault(load_or_create_secret(folder / "keys" / "master.key", random, may_create=is_new), random)
    authority = Authority(
        folder=folder, name=settings.name, base_url=settings.public_base_url, clock=clock, random=random
    )
    moments = Moments(clock)
    with db.write() as session:
        register_own(session, authority)
        for row in session.scalars(select(PlatformTime)):
            moments.learn(row.highest)
    return Platform(
        settings=settings,
        clock=clock,
        random=random,
        db=db,
        authority=authority,
        vault=vault,
        files=FolderStore(folder / "files", vault),
        parts=PartFiles(folder / "bids"),
        intake=Intake(),
        sms=OutboxGateway(vault),
        mailboxes=Mailboxes(clock),
        waiters=Waiters(),
        moments=moments,
        passwords=PasswordHasher(random),
    )


def _private_sqlite(path: Path) -> str:
    # SQLite would make the file readable to everybody; its log inherits the mode.
    path.touch(mode=0o600)
    return f"sqlite:///{path.as_posix()}"
