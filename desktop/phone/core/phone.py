"""The phone: certificates, seals, account, and the scan that begins a ceremony."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from desktop.crypto.primitives import PasswordCost
from desktop.domain.clock import Clock, SystemClock
from desktop.domain.secret import SecretBytes
from desktop.phone.core.account import PlatformAccount, SmsSent
from desktop.phone.core.camera_ceremony import CameraPhoneCeremony
from desktop.phone.core.camera_session import CameraScan
from desktop.phone.core.ceremony import PhoneCeremony
from desktop.phone.core.certificate_calls import CertificateCalls
from desktop.phone.core.desk import Desk
from desktop.phone.core.device_secrets import DeviceSecretStore
from desktop.phone.core.guard import PasswordGuard, ResetStanding
from desktop.phone.core.heads import HeadWatch
from desktop.phone.core.keystore import Keystore, Unlocked
from desktop.phone.core.platform_calls import Upload
from desktop.phone.core.platform_views import PhoneSession
from desktop.phone.core.profile import PlatformProfile
from desktop.phone.core.recovery_calls import RecoveryCalls
from desktop.phone.core.retry import BackOff, RelayTiming, persist
from desktop.phone.core.seals import SealStore
from desktop.phone.core.security_calls import SecurityCalls
from desktop.phone.core.session import ScannedCeremony
from desktop.phone.core.transport import Http, Mailbox
from desktop.phone.core.trust import Trust
from desktop.phone.core.unit_calls import UnitCalls
from desktop.phone.core.views import PhoneCertificate, StoredSeal, UnfinishedDownload
from desktop.phone.core.wallet import Wallet
from desktop.protocol.qr import read_qr
from desktop.store.heads import HeadStore


class Phone:
    """One person's phone. Everything it keeps is below `folder`."""

    def __init__(
        self,
        *,
        folder: Path,
        profile: PlatformProfile,
        clock: Clock,
        random: Callable[[int], bytes],
        http: Http,
        device_secrets: DeviceSecretStore,
        cost: PasswordCost | None = None,
        name: str = "手机",
        timing: RelayTiming | None = None,
        timer: Clock | None = None,
    ) -> None:
        """`clock` tells dates and the time to consent; `timer` measures waiting for the network (real time)."""
        self.profile = profile
        self.name = name
        self._clock = clock
        self._timer = timer or SystemClock()
        self._random = random
        self._http = http
        self._timing = timing or RelayTiming()
        keys = folder / "keys"
        keys.mkdir(parents=True, exist_ok=True)
        self._trust = Trust(profile, clock)
        self._keystore = Keystore(folder=keys, device=device_secrets, random=random, cost=cost or PasswordCost())
        self._wallet = Wallet(self._keystore, self._trust, clock)
        self._seals = SealStore(folder / "seals")
        self._account = PlatformAccount(http, device=name)
        self.unit = UnitCalls(self._account.calls)
        self.registry = CertificateCalls(self._account.calls)
        self.security = SecurityCalls(self._account.calls)
        heads = HeadStore(folder / "heads")
        self.log = HeadWatch(http=http, profile=profile, trust=self._trust, store=heads)
        self._guard = PasswordGuard(self._keystore, RecoveryCalls(self._account.calls))

    # -- what is on it ---------------------------------------------------------------------------------------------

    def certificates(self) -> tuple[PhoneCertificate, ...]:
        """Return the mobile certificates, oldest first."""
        return tuple(
            replace(c, tries_left=0) if self._guard.is_locked_by_platform(c.serial) else c
            for c in self._wallet.certificates()
        )

    def unfinished_downloads(self) -> tuple[UnfinishedDownload, ...]:
        """Return keys whose certificates have not arrived."""
        return self._wallet.unfinished()

    def discard_download(self, entry_id: str) -> None:
        """Delete the keys of an unfinished download."""
        self._keystore.discard(entry_id)

    def complete_downloads(self) -> int:
        """Ask the platform (logged in) for certificates of unfinished downloads; return how many were completed."""
        if not self._wallet.unfinished():
            return 0
        return self._wallet.complete_from(self._account.issued_certificates())

    def seals(self) -> tuple[StoredSeal, ...]:
        """Return the claimed seals."""
        return self._seals.seals()

    def change_password(self, entry_id: str, old: SecretBytes, new: SecretBytes) -> Unlocked:
        """Change a certificate password; see `PasswordGuard.change_password`."""
        changed = self._guard.change_password(entry_id, old, new)
        self._guard.settle()
        return changed

    def reset_standing(self, entry_id: str) -> ResetStanding:
        """Tell where the reset of a forgotten password stands; see `PasswordGuard.standing`."""
        return self._guard.standing(entry_id)

    def request_reset(self, entry_id: str, papers: Sequence[Upload]) -> ResetStanding:
        """Hand in papers of identity for a reset; see `PasswordGuard.request_reset`."""
        return self._guard.request_reset(entry_id, papers)

    def reset_password(self, entry_id: str, new: SecretBytes) -> None:
        """Set a new password after an approved identity check; see `PasswordGuard.reset_password`."""
        self._guard.reset_password(entry_id, new)

    def settle(self) -> None:
        """Tell the platform what waits for it; see `PasswordGuard.settle`."""
        self._guard.settle()

    # -- account ---------------------------------------------------------------------------------------------------

    @property
    def is_logged_in(self) -> bool:
        """Whether somebody is logged in."""
        return self._account.is_logged_in

    def send_sms(self, mobile: str) -> SmsSent:
        """Have a login code sent; see `PlatformAccount.send_sms`."""
        return self._account.send_sms(mobile)

    def log_in_by_sms(self, mobile: str, code: str) -> PhoneSession:
        """Log in or register; see `PlatformAccount.log_in_by_sms`."""
        return self._account.log_in_by_sms(mobile, code)

    def log_in_by_password(self, mobile: str, password: SecretBytes) -> PhoneSession:
        """Log in by login password; see `PlatformAccount.log_in_by_password`."""
        return self._account.log_in_by_password(mobile, password)

    def me(self) -> PhoneSession:
        """Return who is logged in, as the platform knows it now."""
        return self._account.me()

    def log_out(self) -> None:
        """End the session; certificates stay."""
        self._account.log_out()

    def forget_session(self) -> None:
        """Drop a session that the platform has ended."""
        self._account.forget()

    # -- scanning --------------------------------------------------------------------------------------------------

    def scan(self, text: str, *, language: str = "zh", cancel: threading.Event | None = None) -> ScannedCeremony:
        """Take a scanned text, fetch and judge the challenge, and claim it. Blocking; for a worker thread.

        Raises:
            RejectedError: `phone.foreign_qr` (nothing was opened), another platform's or unit's code, a workstation not
                enrolled, no certificate that fits (`phone.no_certificate`), …; nothing was sent.
            UnavailableError: the relay cannot be reached or the code is gone (`phone.mailbox_gone`).
        """
        qr = read_qr(text, self.profile.base_url)
        core = PhoneCeremony(profile=self.profile, trust=self._trust, random=self._random, phone_name=self.name, qr=qr)
        mailbox = Mailbox(self._http, token=core.token, slot=core.slot)
        desk = self._desk()
        stop = cancel or threading.Event()
        body = persist(lambda: mailbox.challenge(timeout_s=self._timing.margin_s), self._back_off(), stop)
        desk.check_servable(core.take_challenge(body))
        frame = core.claim()
        persist(lambda: mailbox.post(frame, timeout_s=self._timing.margin_s), self._back_off(), stop)
        return ScannedCeremony(
            core=core,
            mailbox=mailbox,
            desk=desk,
            clock=self._clock,
            timer=self._timer,
            random=self._random,
            timing=self._timing,
            language=language,
        )

    def take_camera_challenge(self, message: bytes, *, language: str = "zh") -> CameraScan:
        """Take a challenge that the camera has read part by part (`protocol.parts.Assembler`); no network is used.

        Raises:
            RejectedError: as `scan`; also `ceremony.wrong_purpose` for what is no challenge for the camera.
        """
        core = CameraPhoneCeremony(
            profile=self.profile, trust=self._trust, random=self._random, phone_name=self.name, message=message
        )
        desk = self._desk(online=False)
        desk.check_servable(core.challenge)
        return CameraScan(core=core, desk=desk, clock=self._clock, language=language)

    def _desk(self, *, online: bool = True) -> Desk:
        return Desk(
            keystore=self._keystore,
            guard=self._guard,
            wallet=self._wallet,
            seals=self._seals,
            trust=self._trust,
            clock=self._clock,
            online=online,
        )

    def _back_off(self) -> BackOff:
        return BackOff(timer=self._timer, timing=self._timing, random=self._random)
