"""The diagnostics file: one zip for support, without secret, code, mobile number or ID number.

Holds versions, settings (without what names a person), which platform, the connection check's findings and the log of
the last days. Everything passes the redaction once more on its way in, with what is known to be secret now. Refuses to
hold documents, keys, certificates of persons, or the journal. Source: threat T36; tests with seeded canaries.
"""

import io
import json
import platform
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import desktop
from desktop.portal.profile import anchor_of, grouped
from desktop.services.connection import Finding
from desktop.services.workspace import Workspace
from desktop.store.files import write_atomic
from desktop.store.logs import log_files
from desktop.store.redaction import redact

LOG_DAYS = 7
_MAX_LOG_BYTES = 16 * 1024 * 1024
_LIBRARIES = (
    "asn1crypto", "cryptography", "keyring", "opencv-contrib-python-headless", "pyhanko", "pypdfium2",
    "PySide6-Essentials", "requests", "urllib3", "zxing-cpp",
)  # fmt: skip
#: Settings that name a person or his folders.
_PERSONAL = frozenset({"last_mobile", "last_folder", "proxy_user"})
#: A zip of the same content is the same file.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

#: (done, total)
Report = Callable[[int, int], None]


def export_diagnostics(
    workspace: Workspace,
    target: Path,
    findings: Iterable[Finding] = (),
    *,
    check: Callable[[], None] = lambda: None,
) -> Path:
    """Write the file to `target`, whole or not at all; `check` may raise to stop.

    Raises:
        UnavailableError: it cannot be written; what stood there is as it was.
    """
    known = known_secrets(workspace)
    documents: dict[str, Any] = {
        "versions.json": _versions(),
        "settings.json": _settings(workspace),
        "platform.json": _platform(workspace),
        "connection.json": [_finding(f) for f in findings],
    }
    parts = [(name, _json(_redacted(document, known))) for name, document in documents.items()]
    check()
    since = workspace.clock.now() - timedelta(days=LOG_DAYS - 1)
    parts += [(f"logs/{path.name}", redact(text, known)) for path, text in _logs(workspace.folder.logs, since)]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts:
            check()
            file.writestr(zipfile.ZipInfo(name, _ZIP_TIME), text, zipfile.ZIP_DEFLATED)
    check()
    write_atomic(target, made.getvalue(), private=True)
    return target


def known_secrets(workspace: Workspace) -> tuple[str, ...]:
    """Return what is secret or names the person now, as text to be taken out."""
    settings, account = workspace.settings.load(), workspace.account
    proxy = workspace.proxy.current()
    person = account.account
    known = [account.token(), settings.last_mobile, settings.proxy_user, proxy.password, proxy.user]
    known += [person.name, person.mobile_masked] if person is not None else []
    known += [text for m in account.memberships for text in (m.name, m.credit_code)]
    return tuple(text for text in known if text)


def _versions() -> dict[str, Any]:
    libraries: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            libraries[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            libraries[name] = "-"
    return {
        "bidseal": desktop.__version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "file_system_encoding": sys.getfilesystemencoding(),
        "libraries": libraries,
    }


def _settings(workspace: Workspace) -> dict[str, Any]:
    return {
        name: ("set" if value else "") if name in _PERSONAL else value
        for name, value in asdict(workspace.settings.load()).items()
    }


def _platform(workspace: Workspace) -> dict[str, Any]:
    profile = workspace.profile
    return {
        "profile_id": profile.profile_id,
        "platform_id": profile.platform_id,
        "base_url": profile.base_url,
        "embedded": profile.embedded,
        # In groups: one long word would be taken for a secret.
        "root_sha256": grouped(anchor_of(profile).fingerprint).replace(" ", ":") if profile.root else "",
        "is_signed_in": workspace.account.account is not None,
        "keyring": workspace.account.can_remember(),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "probe": finding.probe.value,
        "grade": finding.grade.value,
        "took_s": round(finding.took_s, 3),
        "code": finding.code,
        "detail": finding.detail,
        "offset_s": None if finding.offset_s is None else round(finding.offset_s, 3),
    }


def _logs(folder: Path, since: datetime) -> Iterable[tuple[Path, str]]:
    """The newest days first, as far as there is room."""
    room = _MAX_LOG_BYTES
    for path in reversed(log_files(folder, since=since)):
        try:
            with path.open("rb") as file:
                data = file.read(room)
        except OSError:
            continue  # a log that cannot be read is not worth failing for
        room -= len(data)
        yield path, data.decode("utf-8", errors="replace")


def _redacted(value: Any, known: tuple[str, ...]) -> Any:
    """Redact every text of a document; what it is part of stays whole."""
    if isinstance(value, dict):
        return {name: _redacted(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [_redacted(inner, known) for inner in value]
    return redact(value, known) if isinstance(value, str) else value


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
