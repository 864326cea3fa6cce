"""What the product writes, each as a `Writer` of the injection drill, and careless writers that have to fail it."""

import os
import pickle
import shutil
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop.crypto.cms_share import open_share
from desktop.crypto.suites import Suite, generate_p256, load_pkcs8, sign, spki_of
from desktop.domain.errors import BidSealError
from desktop.domain.secret import SecretBytes
from desktop.formats.package import (
    Bidder,
    BidSummary,
    GroupKind,
    PackagePlan,
    PlannedEnvelope,
    PlannedGroup,
    SourceFile,
    member_of_key,
    open_package,
    prepare_package,
)
from desktop.formats.package import remove_leftovers as remove_package_leftovers
from desktop.formats.package.model import BidPackage
from desktop.formats.package.reading import read_package
from desktop.formats.package.streams import unreadable
from desktop.phone.core import MemoryDeviceSecrets, secret_password
from desktop.phone.core.keystore import EntryState as KeyState
from desktop.phone.core.keystore import Keystore, NewKeyOrder
from desktop.services.receipts import keep_receipt
from desktop.signing.pdf import extend_lt, finish
from desktop.store.bid_drafts import BidDraft, DraftStore, TypedSummary
from desktop.store.files import place_new, remove_leftovers, replace, write_new
from desktop.store.journal import EntryState, Journal
from desktop.store.outputs import OutputFolders
from desktop.store.settings import Settings, SettingsStore
from desktop.testing.rig import CHEAP
from tests.drills.injection import Say
from tests.drills.seal_at_hand import is_valid, leave_seal

AT = datetime(2026, 6, 1, tzinfo=UTC)
SECRET = b"plaintext-of-the-bid-" * 4000
OLD_PDF = b"%PDF-1.7 somebody's own file under the wanted name"
PART = ".bidseal-0123456789abcdef.part"
PASSWORD, OTHER, WRONG = "Jxjt-2026-Pass", "Another-2026-Word", "wrong-password-1"
CEREMONY = bytes(range(32))


@cache
def inputs(path: Path) -> bytes:
    """Read what a writer starts from: once, in the process that is forked, so that no fault hits the drill itself."""
    return path.read_bytes()


class _Folder:
    """`home`/out is emptied before each run; nothing but `visible` may lie there in the end."""

    visible: frozenset[str] = frozenset()
    #: Paths that a power cut may bring back or take away: what was removed, and what says nothing.
    may_vary = "^$"

    def __init__(self, home: Path) -> None:
        self.home, self.out = home, home / "out"

    def reset(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir(parents=True)

    def recover(self) -> None:
        """Clean as the next start does (services.workspace)."""
        OutputFolders(self.home / "outputs.json").clean(remove_package_leftovers)

    def note(self, *targets: Path) -> None:
        """Say where is written, as services do before they begin."""
        OutputFolders(self.home / "outputs.json").note([self.out], targets=targets)

    def left(self) -> list[str]:
        return sorted({path.name for path in self.out.iterdir()} - self.visible)


class SealedPdf(_Folder):
    """As services.sealing does it: a hidden file, then the wanted name or the next free one."""

    visible = frozenset({"a.pdf", "a(2).pdf"})

    def reset(self) -> None:
        super().reset()
        (self.out / "a.pdf").write_bytes(OLD_PDF)
        self.note()

    def work(self, say: Say) -> None:
        prepared, signature = pickle.loads(inputs(self.home / "seal.pickle"))
        part = self.out / PART
        try:
            finish(prepared, signature, part, replace=replace)
            place_new(part, self.out / "a.pdf")
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        say(1)

    def judge(self, said: int) -> str:
        if (self.out / "a.pdf").read_bytes() != OLD_PDF:
            return "somebody's file was touched"
        sealed = self.out / "a(2).pdf"
        if not sealed.exists():
            return "said done, not there" if said else ""
        return "" if sealed.read_bytes() == (self.home / "expected.pdf").read_bytes() else "torn"


class AddedEvidence(_Folder):
    """Evidence for the long term is added to a sealed file (B-LT), over the file itself."""

    visible = frozenset({"a.pdf"})

    def reset(self) -> None:
        super().reset()
        shutil.copyfile(self.home / "stamped.pdf", self.out / "a.pdf")
        self.note()

    def work(self, say: Say) -> None:
        extend_lt(self.out / "a.pdf", pickle.loads(inputs(self.home / "evidence.pickle")), replace=replace)
        say(1)

    def judge(self, said: int) -> str:
        if (self.out / "a.pdf").read_bytes() == (self.home / "stamped.pdf").read_bytes():
            return "said done, still the old one" if said else ""
        return "" if is_valid(self.home, self.out / "a.pdf") else "torn"


class _Package(_Folder):
    def key(self, name: str) -> bytes:
        return inputs(self.home / name)

    def read(self, path: Path) -> BidPackage:
        try:
            with path.open("rb") as file:
                return read_package(file, path.stat().st_size, lambda *_: None)
        except OSError as error:
            raise unreadable(error) from None


class PackedBid(_Package):
    """As services.packing does it: a hidden file, then the wanted name or the next free one."""

    visible = frozenset({"x.bid", "x(2).bid"})

    def reset(self) -> None:
        super().reset()
        (self.out / "x.bid").write_bytes(OLD_PDF)
        self.note(self.out / PART)

    def work(self, say: Say) -> None:
        key = load_pkcs8(self.key("key"))
        own = PlannedGroup(group_id="own", kind=GroupKind.BIDDER, members=(member_of_key("我", spki_of(key)),))
        envelope = PlannedEnvelope(
            envelope_id="bid",
            title="投标文件",
            not_before=0,
            groups=(own,),
            files=tuple(SourceFile(name=name, path=self.home / "a.txt") for name in ("a.txt", "b.txt")),
            summary=BidSummary(),
        )
        bidder = Bidder(name="甲", credit_code="91330100MA27XXXX5N")
        plan = PackagePlan(platform="p", tender="t", lot="1", bidder=bidder, deadline=0, envelopes=(envelope,))
        draft = prepare_package(plan, self.out / PART, random=os.urandom, replace=replace)
        try:
            certificate = self.key("certificate")
            attributes = draft.signed_attributes(certificate, AT)
            signature = sign(load_pkcs8(self.key("sign")), attributes)
            draft.complete(signed_attributes=attributes, signature=signature, certificate_der=certificate)
            place_new(self.out / PART, self.out / "x.bid")
        finally:
            draft.discard()
            with suppress(OSError):
                (self.out / PART).unlink(missing_ok=True)
        say(1)

    def judge(self, said: int) -> str:
        if (self.home / "a.txt").read_bytes() != SECRET or (self.out / "x.bid").read_bytes() != OLD_PDF:
            return "somebody's file was touched"
        if any(SECRET[:64] in path.read_bytes() for path in self.out.iterdir()):
            return "plaintext beside the package"
        packed = self.out / "x(2).bid"
        if not packed.exists():
            return "said done, not there" if said else ""
        try:
            self.read(packed)
        except BidSealError as error:
            return f"torn: {error}"
        return ""


class OpenedFiles(_Package):
    """Open a package into a new folder."""

    visible = frozenset({"files"})
    may_vary = r"/\.files\.[0-9a-f]{12}\.tmp"  # the hidden folder, empty in the end

    def reset(self) -> None:
        super().reset()
        self.note(self.out / "files")

    names = ("bid_summary.json", "a.txt", "b.txt")

    def work(self, say: Say) -> None:
        path = self.home / "ready.bid"
        package = self.read(path)
        envelope, group = package.header.envelopes[0], package.header.envelopes[0].groups[0]
        share = open_share(
            package.shares["bid", "own"],
            key=load_pkcs8(self.key("key")),
            key_id=group.recipients[0].sha256,
            label=package.header.label(envelope, group),
        )
        open_package(path, package, "bid", {"own": share}, self.out / "files", replace=replace)
        say(1)

    def judge(self, said: int) -> str:
        files = self.out / "files"
        if not files.exists():
            return "said done, not there" if said else ""
        if {path.name for path in files.iterdir()} != set(self.names):
            return "not all files"
        return "" if all((files / name).read_bytes() == SECRET for name in self.names[1:]) else "torn"


class ShareFile(_Folder):
    """Exported shares are written into a new file (services.opening)."""

    visible = frozenset({"a.json", "a(2).json"})

    def reset(self) -> None:
        super().reset()
        (self.out / "a.json").write_bytes(OLD_PDF)
        self.note()

    def work(self, say: Say) -> None:
        write_new(self.out / "a.json", SECRET, private=True)
        say(1)

    def judge(self, said: int) -> str:
        if (self.out / "a.json").read_bytes() != OLD_PDF:
            return "somebody's file was touched"
        written = self.out / "a(2).json"
        if not written.exists():
            return "said done, not there" if said else ""
        return "" if written.read_bytes() == SECRET else "torn"


class _Keys(_Folder):
    visible = frozenset({"keys"})

    def store(self) -> Keystore:
        return Keystore(folder=self.out / "keys", device=MemoryDeviceSecrets(bytes(32)), random=os.urandom, cost=CHEAP)

    def reset(self) -> None:
        super().reset()
        if (self.home / "keys").exists():
            shutil.copytree(self.home / "keys", self.out / "keys")
        else:
            (self.out / "keys").mkdir()

    def left(self) -> list[str]:
        return [*super().left(), *(path.name for path in (self.out / "keys").glob(".*.tmp"))]

    def recover(self) -> None:
        self.store()

    def entry_id(self) -> str:
        return inputs(self.home / "entry").decode()

    def opening(self) -> list[str]:
        """The passwords that open the key."""
        store = self.store()
        (entry,) = store.entries()
        return [p for p in (PASSWORD, OTHER) if store.unlock(entry.entry_id, secret_password(p)).keys is not None]


class NewKey(_Keys):
    """A download: a key pair is made, then its certificates arrive."""

    def reset(self) -> None:
        _Folder.reset(self)
        (self.out / "keys").mkdir()

    def work(self, say: Say) -> None:
        store = self.store()
        order = NewKeyOrder(
            order_id="ab" * 16, holder="张三", organization="甲公司", credit_code="", suite=Suite.P256, made_at=1
        )
        entry, _ = store.create_pending(order, secret_password(PASSWORD))
        say(1)
        store.complete(entry.entry_id, sign_certificate=b"s", enc_certificate=b"e", chain=(b"c",))
        say(2)

    def judge(self, said: int) -> str:
        files, entries = list((self.out / "keys").glob("*.key")), self.store().entries()
        if len(files) != len(entries):
            return "torn"
        if not entries:
            return "said made, not there" if said else ""
        if said >= 2 and entries[0].state is not KeyState.ACTIVE:
            return "said complete, still pending"
        return "" if self.opening() == [PASSWORD] else "does not open"


class WrongTry(_Keys):
    """A wrong password is counted before it is looked at."""

    def work(self, say: Say) -> None:
        self.store().unlock(self.entry_id(), secret_password(WRONG))
        say(1)

    def judge(self, said: int) -> str:
        left = self.store().tries_left(self.entry_id())
        return "" if left in ((9,) if said else (9, 10)) else f"{left} tries left"


class ChangedPassword(_Keys):
    """The certificate password is changed."""

    may_vary = r"\.tries/01$"  # the try that was given back: too many counted, never too few

    def work(self, say: Say) -> None:
        changed = self.store().change_password(self.entry_id(), secret_password(PASSWORD), secret_password(OTHER))
        assert changed.keys is not None
        say(1)

    def judge(self, said: int) -> str:
        opens = self.opening()
        if len(opens) != 1:
            return "torn"
        return "said changed, still the old one" if said and opens != [OTHER] else ""


class ResetPassword(_Keys):
    """A forgotten password, locked by ten wrong tries, is set anew by the recovery halves."""

    may_vary = r"\.tries/\d\d$"  # given back before the new password is there

    def reset(self) -> None:
        super().reset()
        store = self.store()
        for _ in range(10):
            store.unlock(self.entry_id(), secret_password(WRONG))

    def work(self, say: Say) -> None:
        store = self.store()
        store.reset_password(store.prepare_reset(self.entry_id(), secret_password(OTHER)), self.half())
        say(1)

    def half(self) -> SecretBytes:
        return SecretBytes(inputs(self.home / "half"))

    def judge(self, said: int) -> str:
        opens = [] if self.store().tries_left(self.entry_id()) == 0 else self.opening()
        if said and opens != [OTHER]:
            return "said reset, the new one does not open"
        return "" if opens == [OTHER] or self.resets() else "lost"

    def resets(self) -> bool:
        """Whether the platform's half still opens the key, tried on a copy."""
        with TemporaryDirectory(dir=self.home) as folder:
            copied = Path(folder) / "keys"
            shutil.copytree(self.out / "keys", copied)
            store = Keystore(folder=copied, device=MemoryDeviceSecrets(bytes(32)), random=os.urandom, cost=CHEAP)
            store.reset_password(store.prepare_reset(self.entry_id(), secret_password(OTHER)), self.half())
            return store.unlock(self.entry_id(), secret_password(OTHER)).keys is not None


class CeremonyJournal(_Folder):
    """The journal is made, a ceremony is consumed and acted on, another is consumed."""

    visible = frozenset({"journal.db", "journal.db-wal", "journal.db-shm"})
    may_vary = "-(wal|shm)$"  # removed after everything went into the database

    def work(self, say: Say) -> None:
        journal = Journal(self.out / "journal.db")
        self.consume(journal, 1)
        say(1)
        journal.finish(bytes([1]) * 32, EntryState.DONE, "a.pdf")
        say(2)
        self.consume(journal, 2)
        say(3)

    def consume(self, journal: Journal, number: int) -> bool:
        return journal.consume(bytes([number]) * 32, operation="seal", subject="a.pdf", answer=SECRET[:9000], at=AT)

    def judge(self, said: int) -> str:
        journal = Journal(self.out / "journal.db")
        with sqlite3.connect(self.out / "journal.db") as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
        if not whole:
            return "torn"
        states = {entry.ceremony_id[0]: entry.state for entry in journal.recent()}
        told = [number for number, step in ((1, 1), (2, 3)) if said >= step]
        if not set(told) <= set(states) or any(self.consume(journal, number) for number in told):
            return "a consumed ceremony is forgotten"
        if said >= 2 and states[1] is not EntryState.DONE:
            return "what was done is not"
        return ""


class UserSettings(_Folder):
    """The user's choices are changed."""

    visible = frozenset({"settings.json"})
    old, new = Settings(last_folder="甲" * 2000), Settings(theme="dark", last_folder="乙" * 3000)

    def reset(self) -> None:
        super().reset()
        self.save(self.old)

    def save(self, settings: Settings) -> None:
        SettingsStore(self.out / "settings.json").save(settings)

    def work(self, say: Say) -> None:
        self.save(self.new)
        say(1)

    def recover(self) -> None:
        remove_leftovers(self.out, ".settings.json.*.tmp")

    def judge(self, said: int) -> str:
        found = SettingsStore(self.out / "settings.json").load()
        if found not in (self.old, self.new):
            return "torn"
        return "said saved, still the old ones" if said and found != self.new else ""


# -- careless writers, each of which must fail ------------------------------------------------------------------------


class BidReceiptFile(_Folder):
    """The receipt of a submitted bid, beside its package, as services.submitting keeps it."""

    visible = frozenset({"投标文件.bid", "投标文件.bid.receipt"})
    may_vary = r"outputs-[0-9a-f]+\.json$"
    data = b"receipt" * 300

    def reset(self) -> None:
        super().reset()
        (self.out / "投标文件.bid").write_bytes(SECRET)

    def work(self, say: Say) -> None:
        outputs = OutputFolders(self.home / "outputs.json")
        keep_receipt(self.out / "投标文件.bid", self.data, outputs=outputs, is_good=lambda _data: False)
        say(1)

    def judge(self, said: int) -> str:
        receipt = self.out / "投标文件.bid.receipt"
        if not receipt.exists():
            return "said submitted, no receipt" if said else ""
        return "" if receipt.read_bytes() == self.data else "torn"


class BidInPreparation(_Folder):
    """The draft of a bid with the state of its submission, over the one before."""

    visible = frozenset({"bid-A1.json"})
    old = BidDraft(summary=TypedSummary(price="1.00"))
    new = BidDraft(summary=TypedSummary(price="2.00"), submitting="/x/投标文件.bid")

    def reset(self) -> None:
        super().reset()
        DraftStore(self.out, "A1").write(self.old)

    def recover(self) -> None:
        remove_leftovers(self.out, ".*.tmp")

    def work(self, say: Say) -> None:
        DraftStore(self.out, "A1").write(self.new)
        say(1)

    def judge(self, said: int) -> str:
        found = DraftStore(self.out, "A1").read()
        if found not in {self.old, self.new}:
            return "torn"
        return "said kept, still the old one" if said and found != self.new else ""


class SubmittedTooEarly(BidReceiptFile):
    """Says submitted on the platform's word, before the receipt is on the disk."""

    def work(self, say: Say) -> None:
        say(1)
        super().work(lambda _done: None)


class InPlace(UserSettings):
    """Overwrites in place, in pieces."""

    def work(self, say: Say) -> None:
        data = inputs(self.home / "new.json")
        with (self.out / "settings.json").open("wb", buffering=0) as file:
            for start in range(0, len(data), 1000):
                file.write(data[start : start + 1000])
            os.fsync(file.fileno())
        say(1)


class TooEarly(UserSettings):
    """Says done before it is."""

    def work(self, say: Say) -> None:
        say(1)
        self.save(self.new)


class Untidy(OpenedFiles):
    """Unpacks under names that the next start does not know."""

    def work(self, say: Say) -> None:
        hidden = self.out / "unpacking"
        hidden.mkdir()
        for name in self.names:
            (hidden / name).write_bytes(SECRET)
        hidden.rename(self.out / "files")
        say(1)


class NeverSynced(UserSettings):
    """A temp file and a rename, and nothing that makes them durable."""

    def work(self, say: Say) -> None:
        temp = self.out / ".settings.json.0.tmp"
        temp.write_bytes(inputs(self.home / "new.json"))
        temp.replace(self.out / "settings.json")
        say(1)


WRITERS = {
    "sealed PDF": SealedPdf,
    "evidence added": AddedEvidence,
    "bid package": PackedBid,
    "opened files": OpenedFiles,
    "share file": ShareFile,
    "new key": NewKey,
    "wrong try": WrongTry,
    "changed password": ChangedPassword,
    "reset password": ResetPassword,
    "journal": CeremonyJournal,
    "settings": UserSettings,
    "bid receipt": BidReceiptFile,
    "bid in preparation": BidInPreparation,
}
CARELESS = {
    "in place": InPlace,
    "too early": TooEarly,
    "submitted too early": SubmittedTooEarly,
    "untidy": Untidy,
    "never synced": NeverSynced,
}


def writer_of(name: str, home: Path) -> _Folder:
    """Make the writer of that name over `home`."""
    return {**WRITERS, **CARELESS}[name](home)


def furnish(home: Path) -> None:
    """Put into `home` what the writers start from: keys, sources, a signed seal, a package, a key store."""
    from desktop.crypto.suites import export_pkcs8
    from tests.package.world import BIDDER, subject
    from tests.pdf.pki import Pki, issue

    signer = issue(subject("张三", BIDDER), key=generate_p256(), issuer=Pki().issuing)
    (home / "key").write_bytes(export_pkcs8(generate_p256()))
    (home / "sign").write_bytes(export_pkcs8(signer.key))
    (home / "certificate").write_bytes(signer.der)
    (home / "a.txt").write_bytes(SECRET)
    leave_seal(home)
    packed = PackedBid(home)
    packed.reset()
    packed.work(lambda _: None)
    (packed.out / "x(2).bid").replace(home / "ready.bid")
    settings = UserSettings(home)
    settings.reset()
    settings.work(lambda _: None)
    (settings.out / "settings.json").replace(home / "new.json")
    keys = NewKey(home)
    keys.reset()
    keys.work(lambda _: None)
    store = keys.store()
    store.unlock(store.entries()[0].entry_id, secret_password(PASSWORD))
    (waiting,) = store.waiting_halves()
    (home / "half").write_bytes(waiting.half.reveal())
    store.handed_in(waiting)
    (keys.out / "keys").replace(home / "keys")
    (home / "entry").write_text(next((home / "keys").glob("*.key")).stem, encoding="utf-8")
