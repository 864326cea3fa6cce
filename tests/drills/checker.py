"""What must be true of the state on disk after any kill. Pure readers; each returns the list of what is wrong."""

import hashlib
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from desktop.domain.operations import Verdict
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.signing.pdf import verify_pdf

_SCRAP = ("*.tmp", "*.part", "*.new")

#: Each query counts rows that break a rule of the platform; the name says which.
PLATFORM_RULES = {
    "completed orders without certificate": """
        SELECT count(*) FROM orders o WHERE o.state = 'completed'
        AND NOT EXISTS (SELECT 1 FROM mobile_certificates m WHERE m.order_id = o.id)""",
    "certificates of orders that are not completed": """
        SELECT count(*) FROM mobile_certificates m JOIN orders o ON o.id = m.order_id WHERE o.state <> 'completed'""",
    "certificates whose two halves were not both issued": """
        SELECT count(*) FROM mobile_certificates m WHERE
        (SELECT count(*) FROM issued_certificates i WHERE i.serial IN (m.serial, m.enc_serial)) <> 2""",
    "units without a certificate admin": """
        SELECT count(*) FROM organizations g WHERE NOT EXISTS
        (SELECT 1 FROM members m WHERE m.organization_id = g.id AND m.role = 'certificate_admin')""",
    "claimed seals without object or time": """
        SELECT count(*) FROM seals WHERE state = 'claimed' AND (object IS NULL OR claimed_at IS NULL)""",
    "seal objects of seals that nobody claimed": """
        SELECT count(*) FROM seals WHERE state IN ('pending_review', 'approved', 'rejected') AND object IS NOT NULL""",
    "login ceremonies without exactly one session": """
        SELECT abs((SELECT count(*) FROM consumed_ceremonies WHERE operation = 'login')
        - (SELECT count(*) FROM sessions WHERE certificate_serial IS NOT NULL))""",
    "used nonces without their ceremony": """
        SELECT max(0, (SELECT count(*) FROM login_nonces WHERE consumed_at IS NOT NULL)
        - (SELECT count(*) FROM consumed_ceremonies WHERE operation = 'login'))""",
    "workstations without their ceremony": """
        SELECT max(0, (SELECT count(*) FROM workstations)
        - (SELECT count(*) FROM consumed_ceremonies WHERE operation = 'enrol_workstation'))""",
}


def database_faults(path: Path, rules: dict[str, str]) -> list[str]:
    """Check a SQLite file: its own integrity, its references, and our rules."""
    if not path.is_file():
        return []
    connection = sqlite3.connect(path, timeout=10)
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        faults = [] if said == ["ok"] else [f"{path.name}: {line}" for line in said]
        faults += [
            f"{path.name}: dangling reference in {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")
        ]
        for name, query in rules.items():
            (count,) = connection.execute(query).fetchone()
            if count:
                faults.append(f"{path.name}: {count} {name}")
    except sqlite3.Error as error:
        faults = [f"{path.name}: {error}"]
    finally:
        connection.close()
    return faults


def document_faults(folder: Path, sources: Iterable[bytes], *, anchors: TrustAnchors, trust: Path) -> list[str]:
    """Every PDF is an untouched source or verifies as valid; nothing else of ours lies there."""
    known = {hashlib.sha256(source).digest() for source in sources}
    crls = tuple(p.read_bytes() for p in sorted((trust / "crl").glob("*.crl")))
    faults, seen = [], set()
    for path in sorted(folder.glob("*.pdf")):
        digest = hashlib.sha256(path.read_bytes()).digest()
        seen.add(digest)
        if digest in known:
            continue
        verdict = verify_pdf(path, anchors=anchors, revocation=RevocationData(crls=crls), now=datetime.now(UTC))
        if verdict.verdict is not Verdict.VALID:
            faults.append(f"{path.name} is {verdict.verdict}: {[r.code for r in verdict.reasons]}")
    if not known <= seen:
        faults.append("a source was changed or is gone")
    return faults + scrap(folder)


def scrap(folder: Path) -> list[str]:
    """Temp files that should not be there after a start, wherever below `folder`."""
    return [f"left over: {p.relative_to(folder)}" for pattern in _SCRAP for p in sorted(folder.rglob(pattern))]
