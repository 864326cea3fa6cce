"""Building and checking a certificate path with revocation, through pyhanko-certvalidator behind this one wrapper.

Refuses unknown roots, wrong key usage, algorithms off the closed list, times outside validity; revocation information
is demanded for every certificate below the root and counts only between thisUpdate and nextUpdate (threats T11-T13).
Nothing is fetched. Source: RFC 5280 §6, RFC 6960 §3.2 and §4.2.2.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
)

from desktop.crypto.certificates import RECORD_KEEPER_EKU, SEAL_MAKER_EKU
from desktop.domain.operations import Verdict
from desktop.formats.trust.algorithms import ClosedList, key_allowed
from desktop.formats.trust.model import CertificateUsage, PathVerdict, Reason, RevocationData, TrustAnchors
from desktop.formats.trust.revocation import check_revocation, drive

_LOG = logging.getLogger(__name__)
_MAX_INPUTS = 200
#: How far this machine's clock may lag behind the one that made a CRL or an OCSP response.
CLOCK_TOLERANCE = timedelta(minutes=5)
# Every doubt comes back as a verdict; the library's own log lines would only repeat it, with names from certificates.
logging.getLogger("pyhanko_certvalidator").setLevel(logging.ERROR)
_E = TypeVar("_E", bound=x509.ExtensionType)


def run(
    certificate: bytes,
    helpers: tuple[bytes, ...],
    anchors: TrustAnchors,
    *,
    at: datetime,
    revocation: RevocationData,
    usage: CertificateUsage,
    latest: datetime | None = None,
) -> PathVerdict:
    """Judge a certificate; see check_path. Revocation data counts that was made by `latest`, by `at` unless said."""
    try:
        return _own_checks(x509.load_der_x509_certificate(certificate), usage) or _check(
            certificate, helpers, _Sources(anchors=anchors, at=at, revocation=revocation, latest=latest or at)
        )
    except Exception as error:  # noqa: BLE001 - the one fence around asn1crypto and certvalidator
        _LOG.debug("path check failed: %s", type(error).__name__)
        return _no(Verdict.INVALID, "trust.certificate_unreadable", type(error).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    anchors: TrustAnchors
    at: datetime
    revocation: RevocationData
    latest: datetime


def _check(certificate: bytes, helpers: tuple[bytes, ...], sources: _Sources) -> PathVerdict:
    validator = CertificateValidator(
        _certificate(certificate),
        intermediate_certs=[_certificate(der) for der in helpers[:_MAX_INPUTS]],
        validation_context=_context(sources, NO_REVOCATION),
    )
    try:
        found = cast("ValidationPath", drive(validator.async_validate_path()))
    except Exception as error:  # noqa: BLE001 - certvalidator's many types are sorted out in one place
        return _explain(error)
    doubt = check_revocation(found, _context(sources, REQUIRE_REVINFO, tuple(found.iter_certs(include_root=True))))
    path = tuple(item.dump() for item in found.iter_certs(include_root=True))[::-1]
    return PathVerdict(verdict=Verdict.VALID, path=path) if doubt is None else replace(doubt, path=path)


def _own_checks(leaf: x509.Certificate, usage: CertificateUsage) -> PathVerdict | None:
    """Check what does not depend on a path: use, key, algorithm, and that it is no CA certificate."""
    key_usage = _extension(leaf, x509.KeyUsage)
    if key_usage is None:
        return _no(Verdict.INVALID, "trust.wrong_key_usage", "no key usage")
    purposes = _purposes(leaf)
    if usage is CertificateUsage.TIMESTAMP:
        fits = key_usage.digital_signature and purposes == (True, [ExtendedKeyUsageOID.TIME_STAMPING])
    elif usage in _OWN_PURPOSES:
        fits = key_usage.digital_signature and purposes[1] == [_OWN_PURPOSES[usage]]
    elif not _PEOPLES.issuperset(purposes[1]):
        # A certificate for a service (OCSP, timestamps, seal making, TLS) is nobody's signature under a document.
        fits = False
    elif usage is CertificateUsage.SIGN:
        fits = key_usage.digital_signature or key_usage.content_commitment
    else:
        fits = key_usage.key_agreement or key_usage.key_encipherment
    if not fits:
        return _no(Verdict.INVALID, "trust.wrong_key_usage", usage)
    basic = _extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.ca:
        return _no(Verdict.INVALID, "trust.wrong_key_usage", "a CA certificate")
    if not key_allowed(leaf.public_key()):
        return _no(Verdict.INVALID, "trust.weak_algorithm", "key")
    return None


#: What only the platform's own certificates are for.
_OWN_PURPOSES = {
    CertificateUsage.SEAL_MAKING: x509.ObjectIdentifier(SEAL_MAKER_EKU),
    CertificateUsage.RECORD_KEEPING: x509.ObjectIdentifier(RECORD_KEEPER_EKU),
}
#: Purposes that a person's certificate may be restricted to and still sign documents (RFC 9336, and its predecessors).
_PEOPLES = frozenset(
    {
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
        x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),
        x509.ObjectIdentifier("1.2.840.113583.1.1.5"),
    }
)


def _purposes(leaf: x509.Certificate) -> tuple[bool, list[x509.ObjectIdentifier]]:
    """Return whether the extended key usage is critical, and what it names (RFC 3161 §2.3)."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False, []
    return found.critical, list(found.value)


def _extension(leaf: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return leaf.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _context(
    sources: _Sources, policy: RevocationCheckingPolicy, others: tuple[asn1_x509.Certificate, ...] = ()
) -> ValidationContext:
    """Make the setting of one pass: the path by itself, or the signers of revocation data, who need proof too."""
    latest = sources.latest + CLOCK_TOLERANCE
    return ValidationContext(
        trust_roots=[_certificate(der) for der in sources.anchors.roots],
        other_certs=others,
        moment=sources.at,
        allow_fetching=False,
        crls=_readable(asn1_crl.CertificateList, sources.revocation.crls, latest),
        ocsps=_readable(asn1_ocsp.OCSPResponse, sources.revocation.ocsps, latest),
        # The library's own check of thisUpdate knows no clock that is a little slow; `latest` does.
        revinfo_policy=CertRevTrustPolicy(revocation_checking_policy=policy, retroactive_revinfo=True),
        time_tolerance=timedelta(0),
        algorithm_usage_policy=ClosedList(),
    )


def _certificate(der: bytes) -> asn1_x509.Certificate:
    found = asn1_x509.Certificate.load(der, strict=True)
    if found["signature_value"].contents[:1] != b"\0":
        # Bits that do not count would make other bytes the same certificate: no signature has any (X.690 §11.2).
        raise ValueError("a signature of broken bytes")
    return found


def _readable(kind: Any, ders: tuple[bytes, ...], latest: datetime) -> list[Any]:
    """Keep what parses to the last field, was made by `latest` and says until when it counts.

    One broken file in a folder must not hide the good ones.
    """
    good = []
    for der in ders[:_MAX_INPUTS]:
        try:
            parsed = kind.load(der, strict=True)
            _ = parsed.native
            if all(made <= latest and until is not None for made, until in _periods(parsed)):
                good.append(parsed)
        except Exception as error:  # noqa: BLE001 - asn1crypto raises many types on crafted input
            _LOG.debug("revocation data skipped: %s", type(error).__name__)
    return good


def made_between(revocation: RevocationData, first: datetime, last: datetime) -> tuple[RevocationData, list[datetime]]:
    """Keep the data whose every statement was made from `first` to `last`; return it and the moments it was made."""
    moments: set[datetime] = set()

    def kept(kind: Any, ders: tuple[bytes, ...]) -> tuple[bytes, ...]:
        good = []
        for der in ders[:_MAX_INPUTS]:
            for parsed in _readable(kind, (der,), last):
                made = {when for when, _ in _periods(parsed)}
                if made and min(made) >= first:
                    good.append(der)
                    moments.update(made)
        return tuple(good)

    crls = kept(asn1_crl.CertificateList, revocation.crls)
    ocsps = kept(asn1_ocsp.OCSPResponse, revocation.ocsps)
    return RevocationData(crls=crls, ocsps=ocsps), sorted(moments)


def known_by(revocation: RevocationData, since: datetime, now: datetime) -> RevocationData:
    """Keep the data of which every statement is current `now`, or was made after `since`: no other is news of then."""

    def kept(kind: Any, ders: tuple[bytes, ...]) -> tuple[bytes, ...]:
        return tuple(der for der in ders[:_MAX_INPUTS] if _is_news(kind, der, since, now))

    return RevocationData(
        crls=kept(asn1_crl.CertificateList, revocation.crls), ocsps=kept(asn1_ocsp.OCSPResponse, revocation.ocsps)
    )


def _is_news(kind: Any, der: bytes, since: datetime, now: datetime) -> bool:
    periods = [period for parsed in _readable(kind, (der,), now + CLOCK_TOLERANCE) for period in _periods(parsed)]
    return bool(periods) and all(made >= since or (until is not None and until >= now) for made, until in periods)


def _periods(parsed: Any) -> list[tuple[datetime, datetime | None]]:
    """Return (thisUpdate, nextUpdate) of a CRL or of every answer in an OCSP response."""
    if isinstance(parsed, asn1_crl.CertificateList):
        answers = [parsed["tbs_cert_list"]]
    else:
        answers = list(parsed.response_data["responses"])
    return [(answer["this_update"].native, answer["next_update"].native) for answer in answers]


_SIMPLE: tuple[tuple[type[Exception], Verdict, str], ...] = (
    (ExpiredError, Verdict.INVALID, "trust.expired"),
    (NotYetValidError, Verdict.INVALID, "trust.not_yet_valid"),
    (DisallowedAlgorithmError, Verdict.INVALID, "trust.weak_algorithm"),
    (PathBuildingError, Verdict.CANNOT_TELL, "trust.unknown_root"),
)


def _explain(error: Exception) -> PathVerdict:
    for kind, verdict, code in _SIMPLE:
        if isinstance(error, kind):
            return _no(verdict, code, str(error)[:300])
    return _no(Verdict.INVALID, "trust.path_invalid", f"{type(error).__name__}: {error}"[:300])


def _no(verdict: Verdict, code: str, detail: str) -> PathVerdict:
    return PathVerdict(verdict=verdict, reasons=(Reason(code=code, detail=detail),))
