"""The holder's keys, certificates and seals as one ceremony uses them: who may answer, with which key, what is kept.

One desk serves one ceremony and forgets its keys when that ends.
"""

from dataclasses import dataclass

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.suites import PrivateKey, Suite
from desktop.domain.clock import Clock
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.phone.core.answers import open_envelope
from desktop.phone.core.guard import PasswordGuard
from desktop.phone.core.keystore import Keystore, NewKeyOrder, Unlocked
from desktop.phone.core.seals import SealStore
from desktop.phone.core.signer import Signer
from desktop.phone.core.trust import Trust
from desktop.phone.core.vault import KeyPair
from desktop.phone.core.views import PhoneCertificate
from desktop.phone.core.wallet import Wallet
from desktop.protocol.challenge import Challenge
from desktop.protocol.display import ConsentText, consent_text
from desktop.protocol.items import (
    BY_NEW_KEY,
    ISSUING,
    ChangePasswordItem,
    ClaimSealItem,
    DownloadItem,
    SuccessorItem,
)
from desktop.protocol.messages import Receipt

#: Operations for which a certificate password is set anew: there is none yet.
NEW_PASSWORD = BY_NEW_KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSigner:
    """A signer, or None and the tries that are left for the password."""

    signer: Signer | None
    tries_left: int


class Desk:
    """See the module docstring."""

    def __init__(
        self,
        *,
        keystore: Keystore,
        guard: PasswordGuard,
        wallet: Wallet,
        seals: SealStore,
        trust: Trust,
        clock: Clock,
        online: bool = True,
    ) -> None:
        """`online` False: the network is left alone."""
        self._keystore = keystore
        self._guard = guard
        self._online = online
        self._wallet = wallet
        self._seals = seals
        self._trust = trust
        self._clock = clock
        self._pending_id = ""
        self._new_enc_key: PrivateKey | None = None
        self._own: CertificateFacts | None = None

    @staticmethod
    def text(challenge: Challenge, language: str) -> ConsentText:
        """Return what is shown."""
        return consent_text(challenge, language)

    def choices(self, challenge: Challenge) -> tuple[PhoneCertificate, ...]:
        """Return the certificates that may answer (T10): of the challenge's unit, and listed where it lists any.

        To what is done to a certificate that one alone agrees.
        """
        if challenge.operation in BY_NEW_KEY:
            return ()
        is_login = challenge.operation is Operation.LOGIN
        item = challenge.items[0]
        about = item.old_serial if isinstance(item, SuccessorItem) else ""
        about = item.serial_number if isinstance(item, ChangePasswordItem) else about
        may_choose = is_login or challenge.operation is Operation.ENROL_WORKSTATION
        return tuple(
            c
            for c in self._wallet.usable()
            if (c.serial in challenge.certificates or (may_choose and not challenge.certificates))
            and about in ("", c.serial)
            and (c.credit_code == challenge.credit_code or (is_login and not challenge.credit_code))
        )

    def check_servable(self, challenge: Challenge) -> None:
        """Demand that this phone can answer at all, before it claims the code.

        Raises:
            RejectedError: `phone.no_certificate`, `ceremony.key_not_allowed`.
        """
        item = challenge.items[0]
        if isinstance(item, DownloadItem) and item.suite not in set(Suite):
            raise RejectedError("ceremony.key_not_allowed", "suite")
        if challenge.operation not in BY_NEW_KEY and not self.choices(challenge):
            raise RejectedError("phone.no_certificate")

    def signer(
        self, challenge: Challenge, serial: str | None, password: SecretBytes, new_password: SecretBytes | None = None
    ) -> DeskSigner:
        """Unlock the chosen certificate's keys, or make new ones; a renewal does both, under the same password.

        A change of password is carried out here, before anything is signed: the answer says that it was done.

        Raises:
            MisuseError: the certificate is not among the choices; a new password is missing.
            RejectedError: `phone.password_weak` for a new password; a damaged key.
        """
        if challenge.operation in BY_NEW_KEY:
            keys = self._make_keys(challenge, password)
            return DeskSigner(signer=Signer(keys=keys, serial="", certificate=b"", new_keys=keys), tries_left=0)
        chosen = next((c for c in self.choices(challenge) if c.serial == serial), None)
        if chosen is None:
            raise MisuseError("general.unexpected", "certificate is not among the choices")
        unlocked = self._unlock(challenge, chosen, password, new_password)
        if unlocked.keys is None:
            return DeskSigner(signer=None, tries_left=unlocked.tries_left)
        renews = challenge.operation is Operation.RENEW
        self._own = read_certificate(chosen.sign_certificate)
        signer = Signer(
            keys=unlocked.keys,
            serial=chosen.serial,
            certificate=chosen.sign_certificate,
            enc_certificate=chosen.enc_certificate,
            new_keys=self._make_keys(challenge, password) if renews else None,
        )
        return DeskSigner(signer=signer, tries_left=unlocked.tries_left)

    def possession(self, envelope: bytes, t2: bytes) -> bytes:
        """Open the CA's envelope with the new encryption key.

        Raises:
            RejectedError: there is no new key, or the envelope is not for it.
        """
        if self._new_enc_key is None:
            raise RejectedError("ceremony.wrong_purpose", "no new key")
        return open_envelope(self._new_enc_key, envelope, t2)

    def keep(self, challenge: Challenge, receipt: Receipt) -> None:
        """Check and keep durably what a good receipt brings: certificates of a download, claimed seals.

        Raises:
            RejectedError: it does not fit what was asked for; nothing of it is kept.
        """
        if challenge.operation in ISSUING:
            sign, enc = receipt.results[0].get("sign_cert"), receipt.results[0].get("enc_cert")
            if not isinstance(sign, bytes) or not isinstance(enc, bytes):
                raise RejectedError("phone.receipt_invalid", "no certificates")
            self._wallet.complete(self._pending_id, sign, enc)
        elif challenge.operation is Operation.CLAIM_SEAL:
            self._keep_seals(challenge, receipt)

    def abandon(self) -> None:
        """Delete the new keys of a download whose answer never went out."""
        if self._pending_id:
            self._keystore.discard(self._pending_id)
            self._pending_id = ""

    def settle(self) -> None:
        """Tell the platform what it has not heard: the password was right, a half it is to keep."""
        if self._online:
            self._guard.settle()

    def forget(self) -> None:
        """Drop unlocked keys."""
        self._new_enc_key = None

    def _unlock(
        self, challenge: Challenge, chosen: PhoneCertificate, password: SecretBytes, new_password: SecretBytes | None
    ) -> Unlocked:
        if challenge.operation is not Operation.CHANGE_PASSWORD:
            return self._guard.unlock(chosen.entry_id, chosen.serial, password, online=self._online)
        if new_password is None:
            raise MisuseError("general.unexpected", "no new password")
        return self._guard.change_password(chosen.entry_id, password, new_password, online=self._online)

    def _make_keys(self, challenge: Challenge, password: SecretBytes) -> KeyPair:
        item = challenge.items[0]
        assert isinstance(item, DownloadItem)
        order = NewKeyOrder(
            order_id=item.order_id,
            holder=item.holder,
            organization=challenge.organization,
            credit_code=challenge.credit_code,
            suite=Suite(item.suite),
            made_at=int(self._clock.now().timestamp()),
        )
        entry, keys = self._keystore.create_pending(order, password)
        self._pending_id, self._new_enc_key = entry.entry_id, keys.enc
        return keys

    def _keep_seals(self, challenge: Challenge, receipt: Receipt) -> None:
        assert self._own is not None
        checked: list[tuple[str, bytes]] = []
        for item, result in zip(challenge.items, receipt.results, strict=True):
            data = result.get("seal")
            if "error" in result or not isinstance(item, ClaimSealItem):
                continue
            if not isinstance(data, bytes):
                raise RejectedError("phone.receipt_invalid", "no seal")
            self._trust.check_seal(data, item, self._own)
            checked.append((item.seal_id, data))
        for seal_id, data in checked:
            self._seals.keep(seal_id, data)
