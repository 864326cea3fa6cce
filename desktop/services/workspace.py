"""The workstation's services, put together once by the composition root and handed to use cases and pages."""

import dataclasses
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.documents.snapshot import SNAPSHOTS
from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.formats.answer import VerifiedAnswer, verify_answer
from desktop.formats.package.leftovers import remove_leftovers as remove_package_leftovers
from desktop.formats.trust import CertificateUsage
from desktop.portal.api import PlatformApi, UsageEntry
from desktop.portal.http import HttpClient, NoNetwork
from desktop.portal.profile import PlatformProfile
from desktop.portal.relay import RelayClient
from desktop.protocol.transcript import AnyTranscript
from desktop.services.account import AccountService
from desktop.services.action import Action
from desktop.services.camera_session import CameraSession
from desktop.services.ceremony import CeremonyView, Session, SessionParts
from desktop.services.events import Changed, EventBus
from desktop.services.heads import HeadKeeper
from desktop.services.proxy import ProxyKeeper, workstation_secrets
from desktop.services.records import UsageReporter, entries_of
from desktop.services.trust import TrustKeeper
from desktop.services.workstation import WorkstationService, default_name
from desktop.signing.ceremony import CeremonyPolicy
from desktop.signing.pdf.model import PREPARED
from desktop.store.files import remove_leftovers
from desktop.store.heads import HeadStore
from desktop.store.instance import FolderUse, InstanceLock
from desktop.store.journal import Entry, Journal
from desktop.store.outputs import PATTERN, OutputFolders
from desktop.store.paths import DataFolder, moved_to
from desktop.store.pins import PinStore
from desktop.store.secrets import SecretStore, WorkstationKeyStore
from desktop.store.settings import SettingsStore
from desktop.store.workstation import WorkstationStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Everything a use case may need. Build it with `open_workspace`."""

    profile: PlatformProfile
    folder: DataFolder
    clock: Clock
    random: Callable[[int], bytes]
    bus: EventBus
    settings: SettingsStore
    account: AccountService
    api: PlatformApi
    trust: TrustKeeper
    workstation: WorkstationService
    records: UsageReporter
    heads: HeadKeeper
    pins: PinStore
    parts: SessionParts
    directory: "CertificateDirectory"
    lock: InstanceLock
    use: FolderUse
    http: HttpClient
    proxy: ProxyKeeper

    def close(self) -> None:
        """Let go of the data folder and of all connections, as before another platform is opened."""
        self.http.close()
        self.lock.close()
        self.use.close()

    def interrupted(self) -> tuple[Entry, ...]:
        """Return what an earlier run has left unfinished; another process in this folder is not an earlier run."""
        return self.parts.journal.mark_interrupted() if self.lock.is_held else ()

    def session(
        self, action: Action, *, credit_code: str, publish: Callable[[CeremonyView], None], language: str = "zh"
    ) -> Session:
        """Make the session of one scan for an organization ("" for none)."""
        return Session(
            parts=self.parts,
            workstation=self.workstation.asking_for(credit_code),
            action=action,
            publish=publish,
            language=language,
        )

    def camera_session(
        self,
        action: Action,
        *,
        credit_code: str,
        publish: Callable[[CeremonyView], None],
        language: str = "zh",
        offline: bool = True,
    ) -> CameraSession:
        """Make the session of one scan by camera; with `offline` nothing of it uses the network."""
        own = self.without_network() if offline else self
        return CameraSession(
            parts=own.parts,
            workstation=self.workstation.asking_for(credit_code),
            action=action,
            publish=publish,
            language=language,
            offline=offline,
        )

    def for_scan(self, certificate: CertificateFacts, *, offline: bool) -> "Workspace":
        """Return the workspace that a scan with a certificate works with: without a network where it is to keep off."""
        self.directory.keep(certificate)
        return self.without_network() if offline else self

    def without_network(self) -> "Workspace":
        """Return the same workspace with the network cut off: cached evidence and known certificates are all it has.

        Who is not good by what is at hand is not good (`ceremony.revocation_unknown`); usage records wait on disk.
        """
        api = PlatformApi(NoNetwork(self.profile.base_url), lambda: None)
        trust = TrustKeeper(profile=self.profile, api=api, folder=self.folder.trust, clock=self.clock)
        directory = self.directory.asking(api)
        parts = dataclasses.replace(
            self.parts, relay=RelayClient(NoNetwork(self.profile.base_url)), judge=judge_with(trust, directory)
        )
        records = UsageReporter(api=api, folder=self.folder.root / "records", now=self.clock.now)
        heads = _heads_of(self.profile, api=api, trust=trust, folder=self.folder, bus=self.bus, clock=self.clock)
        return dataclasses.replace(
            self, api=api, trust=trust, directory=directory, parts=parts, records=records, heads=heads
        )

    def confirm_workstation(self, credit_code: str) -> None:
        """Ask the platform whether it still knows this workstation for the organization; forget the enrolment if not.

        Who cannot be reached says nothing: sealing works without the platform, on the member's word.

        Raises:
            RejectedError: the workstation was removed (`ceremony.workstation_not_enrolled`).
        """
        unit = next((m for m in self.account.memberships if m.credit_code == credit_code), None)
        if unit is None or not self.workstation.is_enrolled_for(credit_code):
            return
        try:
            registered = self.api.workstations()
        except BidSealError as error:
            log.info("workstation not confirmed: %s", error.code)
            return
        own = self.workstation.workstation_id
        if not any(
            w.get("workstation_id") == own and w.get("organization_id") == unit.organization_id for w in registered
        ):
            self.workstation.forget(credit_code)
            self.bus.publish(Changed.WORKSTATION)
            raise RejectedError("ceremony.workstation_not_enrolled")

    def report_usage(
        self, verified: VerifiedAnswer, *, subject: str, result: str, certificate_serial: str = ""
    ) -> None:
        """Report one use of a certificate; `certificate_serial` is that of a download, which answered without one."""
        uses = ((subject, result),)
        self._report(entries_of(verified, uses, at=self.clock.now(), certificate_serial=certificate_serial))

    def report_usages(self, verified: VerifiedAnswer, uses: Iterable[tuple[str, str]]) -> None:
        """Report the uses of a certificate in one scan, each with its subject and result, in the order of the items."""
        self._report(entries_of(verified, uses, at=self.clock.now()))

    def _report(self, entries: Iterable[UsageEntry]) -> None:
        self.records.report(*entries)
        self.heads.look()


class CertificateDirectory:
    """Certificates by serial number: from the platform's public directory, each fetched once."""

    def __init__(self, api: PlatformApi, known: dict[str, bytes] | None = None) -> None:
        self._api = api
        self._known = {} if known is None else known

    def asking(self, api: PlatformApi) -> "CertificateDirectory":
        """Return a directory with the same certificates that asks `api` for others."""
        return CertificateDirectory(api, self._known)

    def keep(self, certificate: CertificateFacts) -> None:
        """Know a certificate that is at hand already."""
        self._known[certificate.serial] = certificate.der

    def find(self, serial: str) -> bytes | None:
        """Return the DER of the certificate with this number, or None when the platform has none.

        It is believed only as far as its signature path goes; that is checked by the judge.

        Raises:
            UnavailableError: the platform cannot be asked.
        """
        if serial not in self._known:
            try:
                self._known[serial] = self._api.certificate_by_serial(serial)
            except RejectedError:
                return None
        return self._known[serial]

    def facts(self, serial: str) -> CertificateFacts | None:
        """Return the parsed certificate, or None."""
        der = self.find(serial)
        return None if der is None else read_certificate(der)


def judge_with(trust: TrustKeeper, directory: CertificateDirectory) -> Callable[[AnyTranscript], VerifiedAnswer]:
    """Return the judge of phone answers: content by formats.answer, path and revocation by `trust`."""

    def judge(transcript: AnyTranscript) -> VerifiedAnswer:
        verified = verify_answer(transcript, signer_of=directory.find)
        if verified.signer is not None:
            trust.require_valid(verified.signer, usage=CertificateUsage.SIGN)
        return verified

    return judge


def open_workspace(
    *,
    profile: PlatformProfile,
    folder: DataFolder,
    clock: Clock,
    random: Callable[[int], bytes],
    name: str | None = None,
) -> Workspace:
    """Open the data folder and connect the services to the platform of `profile`; nothing is sent yet.

    Raises:
        UnavailableError: the folder is being moved, or was moved since it was found (`general.data_folder_busy`).
    """
    folder.root.mkdir(parents=True, exist_ok=True)
    use = FolderUse(folder.use)
    if not use.is_held or moved_to(DataFolder(root=folder.base)) is not None:
        use.close()
        raise UnavailableError("general.data_folder_busy")
    lock = InstanceLock(folder.lock)
    if lock.is_held:
        _clean(folder)
    settings = SettingsStore(folder.settings)
    proxy = ProxyKeeper(settings, workstation_secrets(folder))
    http = HttpClient(profile.base_url, proxy=proxy.current)
    bus = EventBus()
    secrets = SecretStore.of_platform(profile.profile_id, folder)
    called = name or default_name()
    account = AccountService(http=http, secrets=secrets, clock=clock, bus=bus, device=called)
    trust = TrustKeeper(profile=profile, api=account.api, folder=folder.trust, clock=clock)
    directory = CertificateDirectory(account.api)
    parts = SessionParts(
        relay=RelayClient(http),
        base_url=profile.base_url,
        clock=clock,
        random=random,
        policy=CeremonyPolicy(freshness_s=settings.load().freshness_s),
        journal=Journal(folder.journal),
        judge=judge_with(trust, directory),
    )
    return Workspace(
        profile=profile,
        folder=folder,
        clock=clock,
        random=random,
        bus=bus,
        settings=settings,
        account=account,
        api=account.api,
        trust=trust,
        workstation=WorkstationService(
            profile=profile,
            load_key=WorkstationKeyStore(folder.workstation_key, secrets, random).load_or_make,
            store=WorkstationStore(folder.workstation),
            name=called,
        ),
        records=UsageReporter(api=account.api, folder=folder.root / "records", now=clock.now),
        heads=_heads_of(profile, api=account.api, trust=trust, folder=folder, bus=bus, clock=clock),
        pins=PinStore(folder.recipients),
        parts=parts,
        directory=directory,
        lock=lock,
        use=use,
        http=http,
        proxy=proxy,
    )


def _heads_of(
    profile: PlatformProfile, *, api: PlatformApi, trust: TrustKeeper, folder: DataFolder, bus: EventBus, clock: Clock
) -> HeadKeeper:
    store = HeadStore(folder.heads)
    return HeadKeeper(platform=profile.platform_id, api=api, trust=trust, store=store, bus=bus, clock=clock)


def _clean(folder: DataFolder) -> None:
    """Remove what a killed run left behind: snapshots, prepared and half-written files; none is anybody's only copy."""
    for pattern in (SNAPSHOTS, PREPARED):
        remove_leftovers(folder.work, pattern)
    for place in (folder.root, folder.trust, folder.trust / "crl", folder.seals, folder.heads, folder.root / "records"):
        remove_leftovers(place, ".*.tmp")
    for place in (folder.packed, folder.drafts, *folder.openings.glob("*")):
        remove_leftovers(place, ".*.tmp")
    for place in folder.tenders.glob("*"):
        remove_leftovers(place, ".*.tmp")
        for documents in place.glob("documents/*"):
            remove_leftovers(documents, PATTERN)
    OutputFolders(folder.outputs).clean(remove_package_leftovers)
