"""Share files: shares of bid keys as their phones opened them, for an opening with other groups or by hand.

Whoever has the shares of all groups can read the bid: such a file is as secret as the bid, until the opening.
Source: docs/opening-by-hand.md.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.formats.package import BidPackage, check_share_value

SHARES_FORMAT = "BIDSEAL1/shares"
_MAX_SHARE_FILE_BYTES = 1024 * 1024
_SHARE_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedShare:
    """One share of one envelope, as a share file holds it."""

    package_id: bytes
    envelope_id: str
    group_id: str
    share: SecretBytes


def write_shares(shares: tuple[ExportedShare, ...]) -> bytes:
    """Return a share file: JSON, values in hexadecimal."""
    listed = [
        {
            "package": each.package_id.hex(),
            "envelope": each.envelope_id,
            "group": each.group_id,
            "share": each.share.reveal().hex(),
        }
        for each in shares
    ]
    return json.dumps({"format": SHARES_FORMAT, "shares": listed}, indent=2).encode("ascii")


def read_shares(path: Path) -> tuple[ExportedShare, ...]:
    """Read a share file.

    Raises:
        RejectedError: it is none (`package.shares_unreadable`).
        UnavailableError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SHARE_FILE_BYTES + 1)
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None
    try:
        document = json.loads(data) if len(data) <= _MAX_SHARE_FILE_BYTES else {}
        is_ours = document["format"] == SHARES_FORMAT
        return tuple(_exported(each) for each in document["shares" if is_ours else "no shares"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RejectedError("package.shares_unreadable", type(error).__name__) from None


def shares_for(package: BidPackage, envelope_id: str, known: tuple[ExportedShare, ...]) -> dict[str, SecretBytes]:
    """Return those of `known` that belong to one envelope of `package`, by group id.

    Of several for one group the one that the bid has committed to: a false one, whoever made it, takes no good one's
    place. A lone false one is returned as well, so that the opening names the group that gave it; one of a group that
    the envelope does not have is nobody's.
    """
    envelope = package.header.envelope(envelope_id)
    groups = frozenset(group.group_id for group in envelope.groups) if envelope is not None else frozenset()
    found: dict[str, SecretBytes] = {}
    for each in known:
        is_ours = (each.package_id, each.envelope_id) == (package.header.package_id, envelope_id)
        if envelope is None or not is_ours or each.group_id not in groups:
            continue
        if each.group_id not in found or check_share_value(package, envelope, each.group_id, each.share):
            found[each.group_id] = each.share
    return found


def _exported(value: Mapping[str, str]) -> ExportedShare:
    share = bytes.fromhex(value["share"])
    if len(share) != _SHARE_BYTES:
        raise ValueError("share length")
    return ExportedShare(
        package_id=bytes.fromhex(value["package"]),
        envelope_id=str(value["envelope"]),
        group_id=str(value["group"]),
        share=SecretBytes(share),
    )
