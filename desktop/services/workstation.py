"""This workstation: its key, its name, and for which organizations a member has enrolled it."""

import hashlib
import platform
import threading
from collections.abc import Callable

from desktop.crypto.suites import P256PrivateKey, point_of, sign
from desktop.portal.profile import PlatformProfile
from desktop.protocol.challenge import Enrolment, workstation_id_of
from desktop.protocol.codec import clean_text
from desktop.signing.ceremony import Workstation
from desktop.store.workstation import StoredEnrolment, WorkstationStore

_MAX_NAME_BYTES = 64


def default_name() -> str:
    """Return the machine's name in the form that may stand in a challenge."""
    return clean_text(platform.node() or "workstation", max_bytes=_MAX_NAME_BYTES)


class WorkstationService:
    """Who asks in a ceremony. The key is loaded on first use (the keyring may ask the user)."""

    def __init__(
        self,
        *,
        profile: PlatformProfile,
        load_key: Callable[[], P256PrivateKey],
        store: WorkstationStore,
        name: str,
    ) -> None:
        self._profile = profile
        self._load_key = load_key
        self._store = store
        self._key: P256PrivateKey | None = None
        self._loading = threading.Lock()
        self.name = name

    @property
    def key_point(self) -> bytes:
        """The workstation's public key, an uncompressed point."""
        return point_of(self._private_key())

    @property
    def workstation_id(self) -> str:
        """The self-certifying id, hex."""
        return workstation_id_of(self.key_point).hex()

    @property
    def fingerprint(self) -> str:
        """What a person compares between screen and phone: the first 16 hex digits of SHA-256 over the public key."""
        return hashlib.sha256(self.key_point).hexdigest()[:16]

    def enrolment_for(self, credit_code: str) -> StoredEnrolment | None:
        """Return a member's word for this workstation, if there is one for the organization."""
        return self._store.enrolment_for(credit_code, self.key_point)

    def is_enrolled_for(self, credit_code: str) -> bool:
        """Tell whether ceremonies of the organization may start here."""
        return self.enrolment_for(credit_code) is not None

    def enrolments(self) -> tuple[StoredEnrolment, ...]:
        """Return all enrolments of the present key."""
        return tuple(e for e in self._store.enrolments() if e.key_point == self.key_point)

    def keep(self, *, credit_code: str, organization: str, serial: str, enrolment: Enrolment) -> None:
        """Keep a new enrolment."""
        self._store.add(
            StoredEnrolment(
                credit_code=credit_code,
                organization=organization,
                name=self.name,
                key_point=self.key_point,
                serial=serial,
                enrolment=enrolment,
            )
        )

    def forget(self, credit_code: str) -> None:
        """Drop the enrolment for an organization."""
        self._store.remove(credit_code)

    def asking_for(self, credit_code: str) -> Workstation:
        """Return the asker of a ceremony for an organization ("" for none): enrolled where it is, else plain."""
        stored = self.enrolment_for(credit_code) if credit_code else None
        return Workstation(
            platform=self._profile.platform_id,
            platform_name=self._profile.name,
            workstation_id=workstation_id_of(self.key_point),
            # A phone checks the enrolment statement, which holds the name of that day.
            name=stored.name if stored else self.name,
            key_point=self.key_point,
            sign=lambda message: sign(self._private_key(), message),
            enrolment=stored.enrolment if stored else None,
        )

    def _private_key(self) -> P256PrivateKey:
        # Window and workers ask at once: two that find no key would each make one, and one of them would be lost.
        with self._loading:
            if self._key is None:
                self._key = self._load_key()
            return self._key
