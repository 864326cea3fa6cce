"""The platforms this workstation knows: those shipped, the one of the data folder itself, and those added by file.

A platform is added only as a person has confirmed its root certificate (the page shows it). Its data lies in a folder
named after id **and** root: another root is another platform, which finds neither pins nor journal of the first.
Removing takes a platform off the list; its data stays. Source: manual 2 (【更多平台】); threats T26, T48.
"""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.profile import PlatformProfile, TrustAnchorFacts, anchor_of, read_profile, write_profile
from desktop.store.files import write_atomic
from desktop.store.paths import DataFolder
from desktop.store.secrets import SESSION_SECRET, SecretStore
from desktop.store.settings import Settings, SettingsStore

log = logging.getLogger(__name__)

_ROOT_DIGITS = 16


class Origin(StrEnum):
    """Where a profile comes from."""

    OWN = "own"
    ADDED = "added"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlatform:
    """One line of the list. `problem` is the catalogue code of why it cannot be used, "" = it can."""

    profile: PlatformProfile
    origin: Origin
    folder: DataFolder
    problem: str = ""

    @property
    def key(self) -> str:
        """What tells it from the others: id and root."""
        return platform_key(self.profile)

    @property
    def anchor(self) -> TrustAnchorFacts | None:
        """Its root certificate, None where it is not known."""
        return anchor_of(self.profile) if self.profile.root else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlatform:
    """A file that may be added once `anchor` is confirmed; `is_known` = its root is that of one on the list."""

    profile: PlatformProfile
    anchor: TrustAnchorFacts
    is_known: bool


def platform_key(profile: PlatformProfile) -> str:
    """Return the name of the platform's folder."""
    if not profile.root:
        return profile.profile_id
    return f"{profile.profile_id}-{anchor_of(profile).fingerprint[:_ROOT_DIGITS].lower()}"


def shipped_profiles(folder: Path) -> tuple[PlatformProfile, ...]:
    """Return the profiles that come with the product, the default one first.

    Raises:
        RejectedError: one is damaged, as read_profile.
    """
    return tuple(read_profile(path) for path in sorted(folder.glob("*.json")))


def default_platform(folder: Path) -> PlatformProfile:
    """Return the shipped profile that a new workstation begins with.

    Raises:
        RejectedError: it is not there (`portal.profile_damaged`), as read_profile.
    """
    wanted = Settings().platform_profile
    for profile in shipped_profiles(folder):
        if profile.profile_id == wanted:
            return profile
    raise RejectedError("portal.profile_damaged", wanted)


class Platforms:
    """The list. `given` is a profile that the composition root was started with, in place of the folder's own."""

    def __init__(self, folder: DataFolder, shipped: Path, *, given: PlatformProfile | None = None) -> None:
        self.folder = folder if folder.home is None else DataFolder(root=folder.home)
        self._shipped = shipped
        self._given = given

    def all(self) -> tuple[KnownPlatform, ...]:
        """Return every platform: the folder's own, then those added, then those only named by the product."""
        found = [*self._own(), *self._added()]
        ids = {known.profile.profile_id for known in found}
        for profile in shipped_profiles(self._shipped):
            if profile.profile_id not in ids:
                problem = "" if profile.is_complete else "portal.profile_incomplete"
                part = self.folder.part(platform_key(profile))
                found.append(KnownPlatform(profile=profile, origin=Origin.SHIPPED, folder=part, problem=problem))
        return tuple(found)

    def chosen(self) -> KnownPlatform | None:
        """Return the platform to start with: the given one, else the one chosen last, else the folder's own.

        None means that a person must choose.
        """
        if self._given is not None and self._given.is_complete:
            return self._own()[0]
        wanted = SettingsStore(self.folder.settings).load().platform_profile
        usable = [known for known in self.all() if not known.problem]
        by_key = [known for known in usable if known.key == wanted]
        by_id = [known for known in usable if known.profile.profile_id == wanted]
        if by_key or by_id:
            return (by_key or by_id)[0]
        return next((known for known in usable if known.origin is Origin.OWN), None)

    def choose(self, key: str) -> None:
        """Start with this platform from now on.

        Raises:
            UnavailableError: the disk refuses.
        """
        SettingsStore(self.folder.settings).change(platform_profile=key)

    def own_problem(self) -> str:
        """Return the catalogue code of what is wrong with the folder's own profile, "" = nothing, or there is none."""
        if self._given is not None:
            return "" if self._given.is_complete else "portal.profile_incomplete"
        if self.folder.profile.is_file():
            try:
                read_profile(self.folder.profile)
            except RejectedError as error:
                return error.code
        return ""

    def look_at(self, path: Path) -> NewPlatform:
        """Read a file that somebody wants to add; nothing is kept yet.

        Raises:
            RejectedError: as read_profile, or it only names a platform (`portal.profile_incomplete`).
        """
        profile = read_profile(path)
        if not profile.is_complete:
            raise RejectedError("portal.profile_incomplete", profile.profile_id)
        key = platform_key(profile)
        is_known = any(known.key == key and known.origin is not Origin.SHIPPED for known in self.all())
        return NewPlatform(profile=profile, anchor=anchor_of(profile), is_known=is_known)

    def add(self, new: NewPlatform) -> KnownPlatform:
        """Keep a platform whose root was confirmed; one with the same root gets the new address and names.

        A session remembered for another address is forgotten first: a root is public, and no proof of an address.

        Raises:
            UnavailableError: the disk refuses.
        """
        own = next((known for known in self._own() if known.key == platform_key(new.profile)), None)
        folder = own.folder if own is not None else self.folder.part(platform_key(new.profile))
        before = own.profile.base_url if own is not None else _address_in(folder)
        if before != new.profile.base_url:
            SecretStore.of_platform(new.profile.profile_id, folder).delete(SESSION_SECRET)
        write_atomic(folder.profile, write_profile(new.profile))
        log.info("platform added: %s", new.profile.profile_id)
        origin = Origin.ADDED if own is None else Origin.OWN
        return KnownPlatform(profile=new.profile, origin=origin, folder=folder)

    def remove(self, key: str, *, current: str) -> None:
        """Take an added platform off the list; its data stays, for one that comes back.

        Raises:
            RejectedError: it is the one in use (`portal.profile_in_use`).
            UnavailableError: the disk refuses.
        """
        if key == current:
            raise RejectedError("portal.profile_in_use")
        for known in self._added():
            if known.key == key:
                try:
                    known.folder.profile.unlink(missing_ok=True)
                except OSError as error:
                    raise UnavailableError("general.file_unwritable", type(error).__name__) from None
                log.info("platform removed: %s", known.profile.profile_id)

    def _own(self) -> tuple[KnownPlatform, ...]:
        profile = self._given
        if profile is None and self.folder.profile.is_file():
            with suppress(RejectedError):  # said by own_problem
                profile = read_profile(self.folder.profile)
        if profile is None:
            return ()
        problem = "" if profile.is_complete else "portal.profile_incomplete"
        return (KnownPlatform(profile=profile, origin=Origin.OWN, folder=self.folder, problem=problem),)

    def _added(self) -> Iterator[KnownPlatform]:
        for part in sorted(self.folder.platforms.glob("*")):
            folder = self.folder.part(part.name)
            # A damaged profile of one platform keeps nobody from another.
            with suppress(RejectedError):
                if folder.profile.is_file():
                    profile = read_profile(folder.profile)
                    if profile.is_complete and platform_key(profile) == part.name:
                        yield KnownPlatform(profile=profile, origin=Origin.ADDED, folder=folder)


def _address_in(folder: DataFolder) -> str:
    try:
        return read_profile(folder.profile).base_url
    except RejectedError:  # none there, or none that can be read: what is remembered may be of any address
        return ""
