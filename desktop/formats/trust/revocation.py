"""Asking CRLs and OCSP responses about every certificate of a path below its root.

Both kinds are asked whether or not the certificate names a source, since we bring the data: one "revoked" decides, one
"good" suffices, neither means cannot tell (fail closed, threat T12). Source: RFC 5280 §6.3, RFC 6960 §3.2.
"""

from collections.abc import Coroutine
from typing import Any

from asn1crypto import x509
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    CRLValidationIndeterminateError,
    OCSPValidationError,
    OCSPValidationIndeterminateError,
    RevokedError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response

from desktop.domain.operations import Verdict
from desktop.formats.trust.model import PathVerdict, Reason


def check_revocation(path: ValidationPath, context: ValidationContext) -> PathVerdict | None:
    """Return why the path cannot be relied on, or None when every certificate below the root is proven good.

    Raises:
        Exception: whatever certvalidator raises on data it did not foresee; the caller's fence takes it.
    """
    missing: list[Reason] = []
    revoked: list[PathVerdict] = []
    for certificate in path.iter_certs(include_root=False):
        outcome = _ask(certificate, path, context)
        if isinstance(outcome, PathVerdict):
            revoked.append(outcome)
        elif outcome is not None:
            missing.append(outcome)
    # Stale data of one CA makes the data of the next unprovable too: the cause is what a person can act upon.
    causes = [reason for reason in missing if reason.code == "trust.revocation_stale"] or missing
    if revoked:
        reasons = tuple(reason for each in revoked for reason in each.reasons)
        first = min(each.revoked_at for each in revoked if each.revoked_at is not None)
        return PathVerdict(verdict=Verdict.INVALID, reasons=(*reasons, *causes), revoked_at=first)
    return PathVerdict(verdict=Verdict.CANNOT_TELL, reasons=tuple(causes)) if causes else None


def drive(work: Coroutine[Any, Any, object]) -> object:
    """Run a coroutine that never waits (nothing is fetched) to its end, without an event loop."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    work.close()
    raise RuntimeError("path validation tried to wait")


def _ask(
    certificate: x509.Certificate, path: ValidationPath, context: ValidationContext
) -> PathVerdict | Reason | None:
    good = stale = False
    serial = f"{certificate.serial_number:X}"
    for question in (verify_ocsp_response, verify_crl):
        try:
            drive(question(certificate, path, context))
        except RevokedError as error:
            reason = Reason(code="trust.revoked", detail=f"{serial} {error.revocation_dt.isoformat()}")
            return PathVerdict(verdict=Verdict.INVALID, reasons=(reason,), revoked_at=error.revocation_dt)
        except (OCSPValidationIndeterminateError, CRLValidationIndeterminateError) as error:
            stale = stale or error.suspect_stale is not None
        except (OCSPValidationError, CRLValidationError):
            continue
        else:
            good = True
    if good:
        return None
    return Reason(code="trust.revocation_stale" if stale else "trust.revocation_unknown", detail=serial)
