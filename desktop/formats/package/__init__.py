"""The bid package (`.bid`): pack, verify, open. ASiC-E outside, one CMS-encrypted ZIP per envelope inside.

Refuses everything that docs/bid-package.md does not describe, byte by byte; a package that is read is a package that
this module could have written. Knows no ceremony and no platform: signatures and shares come from the caller, who gets
them from phones. Source: docs/bid-package.md; EN 319 162-1, RFC 5083, RFC 5652.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.formats.package.documents import write_header as bid_json
from desktop.formats.package.leftovers import remove_leftovers
from desktop.formats.package.manifest import MIMETYPE, MIMETYPE_NAME
from desktop.formats.package.model import (
    Bidder,
    BidHeader,
    BidPackage,
    BidSummary,
    Envelope,
    Group,
    GroupKind,
    GroupRule,
    OpenedEnvelope,
    OpenedFile,
    PackageVerdict,
    Recipient,
    RecipientKind,
)
from desktop.formats.package.names import check_names
from desktop.formats.package.opening import FolderTarget, check_share_value, open_envelope
from desktop.formats.package.packing import (
    PackageDraft,
    Progress,
    Replace,
    no_progress,
    plain_replace,
    prepare_package,
)
from desktop.formats.package.plan import (
    Member,
    PackagePlan,
    PlannedEnvelope,
    PlannedGroup,
    SourceFile,
    member_of_certificate,
    member_of_key,
)
from desktop.formats.package.streams import unreadable
from desktop.formats.package.verdict import run
from desktop.formats.trust import RevocationData, TrustAnchors

__all__ = [
    "BidHeader",
    "BidPackage",
    "BidSummary",
    "Bidder",
    "Envelope",
    "Group",
    "GroupKind",
    "GroupRule",
    "Member",
    "OpenedEnvelope",
    "OpenedFile",
    "PackageDraft",
    "PackagePlan",
    "PackageVerdict",
    "PlannedEnvelope",
    "PlannedGroup",
    "Recipient",
    "RecipientKind",
    "SourceFile",
    "bid_json",
    "check_names",
    "check_share_value",
    "demand_for",
    "is_called_package",
    "member_of_certificate",
    "member_of_key",
    "open_package",
    "prepare_package",
    "remove_leftovers",
    "verify_package",
]


SUFFIX = ".bid"
_BEGINNING = MIMETYPE_NAME.encode() + MIMETYPE
_LOCAL_HEADER_BYTES = 30


def is_called_package(path: Path) -> bool:
    """Tell whether a file is to be judged as a bid package: by its name, or because it begins as one.

    Raises:
        UnavailableError: the file cannot be read (`general.file_unreadable`).
    """
    if path.suffix.lower() == SUFFIX:
        return True
    try:
        with path.open("rb") as file:
            return file.read(_LOCAL_HEADER_BYTES + len(_BEGINNING))[_LOCAL_HEADER_BYTES:] == _BEGINNING
    except OSError as error:
        raise unreadable(error) from None


def verify_package(
    path: Path,
    *,
    anchors: TrustAnchors,
    revocation: RevocationData,
    now: datetime,
    progress: Progress = no_progress,
) -> PackageVerdict:
    """Judge a package file; whatever its bytes, the outcome is a verdict.

    Raises:
        UnavailableError: the file cannot be read (`general.file_unreadable`).
    """
    return run(path, anchors=anchors, revocation=revocation, now=now, progress=progress)


def open_package(
    path: Path,
    package: BidPackage,
    envelope_id: str,
    shares: Mapping[str, SecretBytes],
    target: Path,
    *,
    progress: Progress = no_progress,
    replace: Replace = plain_replace,
    may_stand: bool = False,
) -> OpenedEnvelope:
    """Open one envelope of the `package` that verify_package found in `path`, into the new folder `target`.

    `shares` by group id. Nothing stands in `target` before everything is proven, and nothing is left if it is not.
    With `may_stand` a folder that already holds exactly what comes out is proven again and left as it is.

    Raises:
        RejectedError: with the `package.*` code that names what is wrong.
        UnavailableError: the package cannot be read or the files not written.
    """
    folder = FolderTarget(target, replace=replace, may_stand=may_stand)
    try:
        with path.open("rb", buffering=0) as source:
            return open_envelope(source, package, envelope_id, shares, target=folder, progress=progress)
    except OSError as error:  # what goes wrong while writing has its name already
        raise unreadable(error) from None


def demand_for(package: BidPackage, *, platform: str, tender: str, lot: str, credit_code: str) -> None:
    """Demand that a package is this bidder's bid for this lot of this tender (threat T19).

    Raises:
        RejectedError: it is for something else or of somebody else (`package.other_tender`).
    """
    header = package.header
    found = (header.platform, header.tender, header.lot, header.bidder.credit_code)
    if found != (platform, tender, lot, credit_code):
        raise RejectedError("package.other_tender", header.package_id.hex())
