"""The verdict on a bid package: intact, of this bidder, by a certificate that may be relied on.

Refuses by default: without revocation information the answer is "cannot tell". The signing time is the bidder's own
claim; when the platform received the package is proven by its receipt, not here. Source: docs/bid-package.md.
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.package.model import BidPackage, PackageVerdict
from desktop.formats.package.reading import read_package
from desktop.formats.package.streams import unreadable
from desktop.formats.trust import PathVerdict, Reason, RevocationData, TrustAnchors, check_path

_LOG = logging.getLogger(__name__)
_CLOCK_TOLERANCE = timedelta(minutes=5)


def run(
    path: Path,
    *,
    anchors: TrustAnchors,
    revocation: RevocationData,
    now: datetime,
    progress: Callable[[int, int], None],
) -> PackageVerdict:
    """Judge a file; see verify_package."""
    try:
        with path.open("rb") as file:
            package = read_package(file, os.fstat(file.fileno()).st_size, progress)
    except RejectedError as error:
        _LOG.debug("package refused: %s", error.code)
        return _no(error.code, error.detail)
    except OSError as error:
        raise unreadable(error) from None
    return judge(package, anchors=anchors, revocation=revocation, now=now)


def judge(package: BidPackage, *, anchors: TrustAnchors, revocation: RevocationData, now: datetime) -> PackageVerdict:
    """Judge the signer of a package that was read."""
    signer, bidder = package.signer, package.header.bidder
    # The name as well: it is what people read, and any bidder could write a rival's beside his own credit code (T19).
    if (signer.organization, signer.credit_code) != (bidder.name, bidder.credit_code) or not signer.credit_code:
        return _no("package.signer_not_bidder", signer.serial)
    if package.signing_time > now + _CLOCK_TOLERANCE:
        return _no("package.signed_in_future", package.signing_time.isoformat())
    path = check_path(signer.der, anchors, at=now, revocation=revocation, carried=package.chain)
    verdict, reasons = _at_signing(package, path)
    if verdict is Verdict.VALID and not set(package.chain) <= {*path.path, *anchors.roots, *anchors.intermediates}:
        # Nobody vouches for its bytes: it is covered neither by the signature nor by a proven path.
        verdict, reasons = Verdict.INVALID, (Reason(code="package.signature_wrong", detail="surplus certificate"),)
    return PackageVerdict(verdict=verdict, reasons=reasons, package=None if verdict is Verdict.INVALID else package)


def _at_signing(package: BidPackage, path: PathVerdict) -> tuple[Verdict, tuple[Reason, ...]]:
    """Weigh what happened to the certificate after the claimed time, for which the package itself has no proof."""
    signer, claimed = package.signer, package.signing_time
    if not signer.not_before - _CLOCK_TOLERANCE <= claimed <= signer.not_after + _CLOCK_TOLERANCE:
        return Verdict.INVALID, (Reason(code="verify.outside_validity", detail=claimed.isoformat()),)
    if {reason.code for reason in path.reasons} == {"trust.expired"}:
        return Verdict.CANNOT_TELL, (Reason(code="verify.expired_since", detail=signer.not_after.isoformat()),)
    if path.revoked_at is not None and path.revoked_at > claimed:
        return Verdict.CANNOT_TELL, (Reason(code="verify.revoked_since", detail=path.revoked_at.isoformat()),)
    return path.verdict, path.reasons


def _no(code: str, detail: str) -> PackageVerdict:
    return PackageVerdict(verdict=Verdict.INVALID, reasons=(Reason(code=code, detail=detail),))
