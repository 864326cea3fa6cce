"""Moving the data folder: planned now, done at the next start before anything is opened, the old folder kept.

Done in an order that loses nothing whenever it is cut off: every file is copied and compared, the keyring's entries are
copied to the names of the new place, and only then the old folder says that it was moved (`moved.json`, one atomic
write). Until that word stands, the old folder is the one in use. Refuses a target that is somebody's: not empty.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.portal.profile import PlatformProfile, read_profile
from desktop.services.proxy import PROXY_SECRET, workstation_secrets
from desktop.store.files import as_problem, check_writable, sha256_of, write_atomic
from desktop.store.instance import FolderUse, InstanceLock
from desktop.store.paths import DataFolder
from desktop.store.secrets import PLATFORM_SECRETS, SecretStore

log = logging.getLogger(__name__)

#: Says that a folder holds an unfinished copy of ours.
_MARKER = ".bidseal-move"
_LEFT = frozenset({"move.json", "moved.json", _MARKER})
#: And what SQLite leaves beside it.
_LOCK = "instance.lock"
#: May be emptied when nothing runs (store.paths).
_WORK = "work"
_RESERVE_BYTES = 16 * 1024 * 1024

#: (files done, files in all)
Report = Callable[[int, int], None]


def plan_move(folder: DataFolder, target: Path) -> None:
    """Have the data moved to `target` at the next start.

    Raises:
        RejectedError: the folder is not empty, or lies within the present one (`general.folder_in_use`).
        UnavailableError: it cannot be written (`general.file_unwritable`), or has no room (`general.disk_full`).
    """
    base = folder.base.resolve()
    wanted = Path(os.path.abspath(target))  # noqa: PTH100 - no link is followed: the disk may be away later
    resolved = wanted.resolve()
    if resolved.is_relative_to(base) or base.is_relative_to(resolved):
        raise RejectedError("general.folder_in_use", "within the data folder")
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        if any(wanted.iterdir()):
            raise RejectedError("general.folder_in_use", "not empty")
        check_writable(wanted)
        needed = sum(path.stat().st_size for path in _files(base)) + _RESERVE_BYTES
        if shutil.disk_usage(wanted).free < needed:
            raise UnavailableError("general.disk_full", "target")
    except FileExistsError:
        raise RejectedError("general.folder_in_use", "a file") from None
    except OSError as error:
        raise as_problem(error) from None
    write_atomic(folder.move_plan, json.dumps({"to": str(wanted)}, ensure_ascii=False).encode())


def planned_move(folder: DataFolder) -> Path | None:
    """Return where the data is to be moved, None = nowhere; a plan that cannot be read is none."""
    try:
        return Path(str(json.loads(folder.move_plan.read_text(encoding="utf-8"))["to"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def drop_plan(folder: DataFolder) -> None:
    """Leave the data where it is."""
    with suppress(OSError):
        folder.move_plan.unlink(missing_ok=True)


def carry_out(folder: DataFolder, *, given: PlatformProfile | None = None, report: Report | None = None) -> DataFolder:
    """Move the data as planned, before it is opened; return the folder to work in: the new one, without plan the old.

    `given` is the profile of the folder's own platform where no file of it tells.

    Raises:
        BidSealError: it was not moved and the old folder is as it was. The plan stays where another process works in
            the folder (`general.data_folder_busy`) or the keyring is locked; else it is dropped.
    """
    target = planned_move(folder)
    if target is None:
        return folder
    try:
        moved = _move(folder, target, given, report or (lambda _done, _total: None))
    except BidSealError as error:
        log.info("data folder not moved: %s", error.code)
        if error.code not in {"general.data_folder_busy", "general.keyring_locked"}:
            drop_plan(folder)
        raise
    drop_plan(folder)
    log.info("data folder moved")
    return moved


def _move(folder: DataFolder, target: Path, given: PlatformProfile | None, report: Report) -> DataFolder:
    with ExitStack() as held:
        for part in (folder, *_parts(folder)):
            lock = held.enter_context(closing(InstanceLock(part.lock)))
            use = held.enter_context(closing(FolderUse(part.use, alone=True)))
            if not (lock.is_held and use.is_held):
                raise UnavailableError("general.data_folder_busy")
        new = DataFolder(root=target)
        carried = _secrets(folder, new, given)
        _claim(folder.base, target)
        try:
            _copy(folder.base, target, report)
            _carry(carried)
            (target / _MARKER).unlink()
        except BidSealError:
            _clear(folder.base, target)
            raise
        except OSError as error:
            _clear(folder.base, target)
            raise as_problem(error) from None
        write_atomic(folder.moved, json.dumps({"to": str(target)}, ensure_ascii=False).encode())
    return new


def _claim(base: Path, target: Path) -> None:
    """Take the empty folder, or one with our own unfinished copy."""
    ours = str(base)
    try:
        target.mkdir(parents=True, exist_ok=True)
        marker = target / _MARKER
        if marker.is_file() and marker.read_text(encoding="utf-8") == ours:
            _clear(base, target)
        if any(target.iterdir()):
            raise RejectedError("general.folder_in_use", "not empty")
        write_atomic(marker, ours.encode())
    except OSError as error:
        raise as_problem(error) from None


def _clear(base: Path, target: Path) -> None:
    """Remove our unfinished copy, the marker last. What is not a copy of a file of ours is somebody's, and stays."""
    if not (target / _MARKER).is_file():
        return
    ours = [path.relative_to(base) for path in _files(base)]
    for path in ours:
        with suppress(OSError):
            (target / path).unlink(missing_ok=True)
    for folder in sorted({parent for path in ours for parent in path.parents if parent.parts}, reverse=True):
        with suppress(OSError):  # another's file is in it
            (target / folder).rmdir()
    with suppress(OSError):
        (target / _MARKER).unlink()


def _copy(base: Path, target: Path, report: Report) -> None:
    """Copy every file and compare the copies.

    Raises:
        UnavailableError: a copy differs (`general.copy_differs`).
    """
    files = list(_files(base))
    for number, path in enumerate(files):
        report(number, 2 * len(files))
        copy = target / path.relative_to(base)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as source, copy.open("xb") as sink:
            shutil.copyfileobj(source, sink)
            sink.flush()
            os.fsync(sink.fileno())
        shutil.copystat(path, copy)
    for number, path in enumerate(files):
        report(len(files) + number, 2 * len(files))
        expected = sha256_of(path)
        if not expected or sha256_of(target / path.relative_to(base)) != expected:
            raise UnavailableError("general.copy_differs", "a copy differs")
    if list(_files(base)) != files:
        raise UnavailableError("general.copy_differs", "a file came or went")


def _files(base: Path) -> Iterator[Path]:
    """Every file that is data: not what one run leaves for itself, and nothing behind a link."""
    for folder, names, files in os.walk(base):
        here = Path(folder)
        names[:] = sorted(n for n in names if n != _WORK and not (here / n).is_symlink())
        for name in sorted(files):
            is_left = (
                name in _LEFT or name.startswith(_LOCK) or (name.startswith(".") and name.endswith((".tmp", ".part")))
            )
            if not is_left and not (here / name).is_symlink():
                yield here / name


def _parts(folder: DataFolder) -> Iterator[DataFolder]:
    for path in sorted(folder.platforms.glob("*")):
        if path.is_dir():
            yield folder.part(path.name)


def _secrets(folder: DataFolder, new: DataFolder, given: PlatformProfile | None) -> list[tuple[SecretStore, str, str]]:
    """Return (store of the new place, name, value) of every keyring entry that belongs to the folder.

    Raises:
        UnavailableError: a workstation key's entry cannot be read now (`general.keyring_locked`).
    """
    found: list[tuple[SecretStore, str, str]] = []
    pairs = [(folder, new, given)]
    pairs += [(part, new.part(part.root.name), None) for part in _parts(folder)]
    for old_part, new_part, own in pairs:
        profile_id = own.profile_id if own is not None else _profile_id(old_part)
        if not profile_id:
            continue
        before = SecretStore.of_platform(profile_id, old_part)
        after = SecretStore.of_platform(profile_id, new_part)
        key = old_part.workstation_key
        if key.is_file() and not key.with_suffix(".wrap").is_file() and before.get("workstation") is None:
            raise UnavailableError("general.keyring_locked")
        found += [(after, name, value) for name in PLATFORM_SECRETS if (value := before.get(name)) is not None]
    proxy = workstation_secrets(folder).get(PROXY_SECRET)
    if proxy is not None:
        found.append((workstation_secrets(new), PROXY_SECRET, proxy))
    return found


def _carry(secrets: list[tuple[SecretStore, str, str]]) -> None:
    for store, name, value in secrets:
        if not store.set(name, value):
            raise UnavailableError("general.keyring_locked")


def _profile_id(part: DataFolder) -> str:
    try:
        return read_profile(part.profile).profile_id
    except RejectedError:
        return ""
