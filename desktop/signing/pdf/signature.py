"""Finding the signatures of a file and judging each by itself: format, range, CMS, digest, certificate.

Refuses to guess: formats off our list (GM.sm2seal, adbe.pkcs7.sha1 …) are "signed, cannot tell". A trace of a signature
in the bytes that no form field leads to is reported, never ignored (threat T17: removed AcroForm).
"""

import bisect
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from desktop.domain.errors import RejectedError
from desktop.domain.ids import serial_number
from desktop.domain.operations import Verdict
from desktop.formats.trust import (
    PathVerdict,
    Reason,
    RevocationData,
    TrustAnchors,
    check_path,
    check_path_since,
    check_timestamp,
)
from desktop.signing.pdf.byterange import RangeError, SignedRange, range_digest, read_range
from desktop.signing.pdf.cms import CmsError, Signer, read_signer, unproven_certificates, without_padding
from desktop.signing.pdf.foreign import foreign_parser
from desktop.signing.pdf.objects import as_dictionary, items_of
from desktop.signing.pdf.scan import Bytes, Trace, name_text, traces_in_object_stream

#: Supported formats, and whether they demand signing-certificate-v2 (EN 319 142-1 does, ISO 32000-1 does not).
SUPPORTED = {"ETSI.CAdES.detached": True, "adbe.pkcs7.detached": False}
#: A timestamp over the whole file instead of a signature (EN 319 142-1 §5.4.3).
DOCUMENT_TIMESTAMP = "ETSI.RFC3161"
_MAX_SIGNATURES = 64
_CLOCK_TOLERANCE = timedelta(minutes=10)
_STREAM_MARK = b"stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSignature:
    """A filled signature field.

    `span` is where its dictionary's object lies; `signed` is None for a bad range. `final` is true for a certifying
    signature that allows no change at all, not even a further signature (DocMDP, P = 1).
    """

    field: str
    sub_filter: str
    number: int
    span: tuple[int, int]
    revision: int
    claimed_time: datetime | None
    signed: SignedRange | None
    range_fault: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one signature is worth by itself, before looking at what was added after it.

    `proven_time` is the earliest moment for which a trusted timestamp vouches.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    signer: str = ""
    organization: str = ""
    serial: str = ""
    proven_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """By what certificates are judged; `embedded` is evidence in the file itself, which counts for proven times."""

    anchors: TrustAnchors
    revocation: RevocationData
    now: datetime
    embedded: RevocationData = field(default_factory=RevocationData)

    @property
    def evidence(self) -> RevocationData:
        """What is known from everywhere."""
        return RevocationData(
            crls=(*self.revocation.crls, *self.embedded.crls), ocsps=(*self.revocation.ocsps, *self.embedded.ocsps)
        )


def find_signatures(reader: PdfFileReader, data: Bytes) -> list[FoundSignature]:
    """List the filled signature fields in the order of their revisions."""
    found: list[FoundSignature] = []
    for name, _, field_ref in enumerate_sig_fields(reader, filled_status=True):
        if len(found) >= _MAX_SIGNATURES:
            raise RejectedError("pdf.damaged", "too many signatures")
        field = as_dictionary(field_ref)
        raw = field.raw_get("/V") if field is not None and "/V" in field else None
        found.append(_found(reader, data, str(name), raw))
    return sorted(found, key=lambda each: each.revision)


def _found(reader: PdfFileReader, data: Bytes, name: str, raw: object) -> FoundSignature:
    dictionary = as_dictionary(raw)
    sub_filter = claimed = None
    number, start, revision, signed, fault = 0, -1, reader.xrefs.total_revisions - 1, None, "not an object of its own"
    if dictionary is not None:
        sub_filter = dictionary.get("/SubFilter")
        claimed = _claimed_time(dictionary)
        if isinstance(raw, generic.IndirectObject):
            number, revision = raw.idnum, reader.xrefs.get_last_change(raw.reference)
            place = reader.xrefs.get_historical_ref(raw.reference, revision)
            if isinstance(place, int):
                start = place
                try:
                    signed, fault = read_range(dictionary, place, data), ""
                except RangeError as error:
                    fault = str(error)
    stop = data.find(b"endobj", signed.gap_end if signed else max(start, 0))
    return FoundSignature(
        field=name,
        sub_filter=name_text(str(sub_filter).lstrip("/").encode("latin-1", "replace")) if sub_filter else "",
        number=number,
        span=(start, stop if stop >= 0 else len(data)) if start >= 0 else (-1, -1),
        revision=revision,
        claimed_time=claimed,
        signed=signed,
        range_fault=fault,
        final=dictionary is not None and _allows_no_change(dictionary),
    )


def _allows_no_change(dictionary: generic.DictionaryObject) -> bool:
    for item in items_of(dictionary.get("/Reference")):
        reference = as_dictionary(item)
        parameters = as_dictionary(reference.get("/TransformParams")) if reference is not None else None
        if parameters is not None and "/P" in parameters and parameters["/P"] == 1:
            return True
    return False


def _claimed_time(dictionary: generic.DictionaryObject) -> datetime | None:
    text = dictionary.get("/M")
    if not isinstance(text, generic.TextStringObject):
        return None
    try:
        with foreign_parser("pdf.damaged"):
            moment = generic.parse_pdf_date(text, strict=False)
    except RejectedError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def judge_timestamp(found: FoundSignature, data: Bytes, trust: Trust) -> Judgement:
    """Judge a document timestamp."""
    signed = found.signed
    if signed is None:
        return _judgement(Verdict.INVALID, "verify.byte_range", found.range_fault)
    try:
        with foreign_parser("verify.timestamp_invalid"):
            token = without_padding(signed.contents)
    except RejectedError as error:
        return _judgement(Verdict.INVALID, "verify.timestamp_invalid", error.detail)
    judged = check_timestamp(
        token,
        trust.anchors,
        digest_of=lambda algorithm: range_digest(signed, data, algorithm),
        now=trust.now,
        revocation=trust.evidence,
    )
    return Judgement(
        verdict=judged.verdict,
        reasons=judged.reasons,
        signer=judged.service,
        serial=judged.serial,
        proven_time=judged.time,
    )


def judge_signature(found: FoundSignature, data: Bytes, trust: Trust, covered_since: datetime | None) -> Judgement:
    """Judge one signature by its own bytes and its certificate.

    `covered_since` is the proven moment from which a document timestamp covers it.
    """
    if found.sub_filter not in SUPPORTED:
        return _judgement(Verdict.CANNOT_TELL, "verify.format_unsupported", found.sub_filter)
    if found.signed is None:
        return _judgement(Verdict.INVALID, "verify.byte_range", found.range_fault)
    try:
        with foreign_parser("verify.cms_unreadable"):
            signer = read_signer(found.signed.contents, needs_signing_certificate=SUPPORTED[found.sub_filter])
            if range_digest(found.signed, data, signer.digest_algorithm) != signer.message_digest:
                return _judgement(Verdict.INVALID, "verify.document_changed", found.field)
            return _judge_times(found, signer, trust, covered_since)
    except CmsError as error:
        return _judgement(error.verdict, error.code, error.detail)
    except RejectedError as error:
        return _judgement(Verdict.INVALID, error.code, error.detail)


def _judge_times(found: FoundSignature, signer: Signer, trust: Trust, covered_since: datetime | None) -> Judgement:
    """Find out for which moment there is proof; a timestamp that proves nothing is a doubt about the whole."""
    if not signer.timestamp:
        return _judge_certificate(found, signer, trust, covered_since)
    stamp = check_timestamp(
        signer.timestamp,
        trust.anchors,
        digest_of=lambda algorithm: hashlib.new(algorithm, signer.signature).digest(),
        now=trust.now,
        revocation=trust.evidence,
    )
    proven = min((time for time in (stamp.time, covered_since) if time is not None), default=None)
    judged = _judge_certificate(found, signer, trust, proven)
    if stamp.verdict is Verdict.VALID:
        return judged
    worst = Verdict.CANNOT_TELL if judged.verdict is Verdict.VALID else judged.verdict
    return replace(judged, verdict=worst, reasons=(*judged.reasons, *stamp.reasons))


def _judge_certificate(found: FoundSignature, signer: Signer, trust: Trust, proven: datetime | None) -> Judgement:
    certificate = x509.load_der_x509_certificate(signer.certificate)
    if proven is None:
        path = check_path(
            signer.certificate, trust.anchors, at=trust.now, revocation=trust.revocation, carried=signer.carried
        )
        verdict, reasons = _at_signing(certificate, signer.signing_time or found.claimed_time, path)
    else:
        path = check_path_since(
            signer.certificate,
            trust.anchors,
            since=proven,
            now=trust.now,
            revocation=trust.evidence,
            carried=signer.carried,
        )
        verdict, reasons = _at_proven(certificate, proven, path)
    claims = [time for time in (signer.signing_time, found.claimed_time) if time is not None]
    if verdict is Verdict.VALID and any(time > trust.now + _CLOCK_TOLERANCE for time in claims):
        verdict, reasons = Verdict.CANNOT_TELL, (Reason(code="verify.claimed_future", detail=max(claims).isoformat()),)
    known = (*path.path, *trust.anchors.roots, *trust.anchors.intermediates)
    if verdict is Verdict.VALID and unproven_certificates(signer.carried, known):
        verdict, reasons = Verdict.CANNOT_TELL, (Reason(code="verify.cms_unchecked_part", detail="certificates"),)
    return Judgement(
        verdict=verdict,
        reasons=reasons,
        signer=_name(certificate, NameOID.COMMON_NAME),
        organization=_name(certificate, NameOID.ORGANIZATION_NAME),
        serial=serial_number(certificate.serial_number),
        proven_time=proven,
    )


def _at_proven(
    certificate: x509.Certificate, proven: datetime, path: PathVerdict
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Weigh what happened to the certificate before and after a moment for which there is proof (threat T11)."""
    if not certificate.not_valid_before_utc <= proven <= certificate.not_valid_after_utc:
        return Verdict.INVALID, (Reason(code="verify.outside_validity", detail=proven.isoformat()),)
    codes = {reason.code for reason in path.reasons}
    if codes == {"trust.revoked"} and path.revoked_at is not None and path.revoked_at > proven:
        return Verdict.VALID, ()
    if codes == {"trust.expired"}:
        # Good at that time as far as dates go, but nothing from then says that it was not revoked.
        return Verdict.CANNOT_TELL, (Reason(code="trust.revocation_unknown", detail=path.reasons[0].detail),)
    return path.verdict, path.reasons


def _at_signing(
    certificate: x509.Certificate, claimed: datetime | None, path: PathVerdict
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Weigh what happened to the certificate after the claimed time, for which there is no proof in a B-B signature."""
    if claimed is not None:
        early = claimed < certificate.not_valid_before_utc - _CLOCK_TOLERANCE
        if early or claimed > certificate.not_valid_after_utc + _CLOCK_TOLERANCE:
            return Verdict.INVALID, (Reason(code="verify.outside_validity", detail=claimed.isoformat()),)
        codes = {reason.code for reason in path.reasons}
        if codes == {"trust.expired"}:
            return Verdict.CANNOT_TELL, (Reason(code="verify.expired_since", detail=path.reasons[0].detail),)
        if path.revoked_at is not None and path.revoked_at > claimed:
            return Verdict.CANNOT_TELL, (Reason(code="verify.revoked_since", detail=path.revoked_at.isoformat()),)
    return path.verdict, path.reasons


def orphan_traces(
    reader: PdfFileReader, data: Bytes, traces: tuple[Trace, ...], found: list[FoundSignature]
) -> list[Trace]:
    """Return the traces of signatures to which no field leads.

    Beside known signatures, text inside streams (an attached PDF, say) does not count; without any, everything does.
    """
    spans = [each.span for each in found]
    stray = [t for t in traces if t.position is None or not any(a <= t.position <= b for a, b in spans)]
    if not found:
        return stray or _compressed_traces(reader)
    if not stray:
        return []
    starts = _object_starts(reader)
    return [t for t in stray if t.position is None or not _in_stream(data, starts, t.position)]


def _in_stream(data: Bytes, starts: list[int], position: int) -> bool:
    index = bisect.bisect_right(starts, position) - 1
    return index >= 0 and data.find(_STREAM_MARK, starts[index], position) >= 0


def _object_starts(reader: PdfFileReader) -> list[int]:
    starts = set()
    for revision in range(reader.xrefs.total_revisions):
        for ref in reader.xrefs.explicit_refs_in_revision(revision):
            place = reader.xrefs.get_historical_ref(ref, revision)
            if isinstance(place, int):
                starts.add(place)
    return sorted(starts)


def _compressed_traces(reader: PdfFileReader) -> list[Trace]:
    found: list[Trace] = []
    for revision in range(reader.xrefs.total_revisions):
        for ref in reader.xrefs.object_streams_used_in(revision):  # type: ignore[no-untyped-call]  # bare in pyHanko
            stream = reader.get_object(ref, revision)  # type: ignore[no-untyped-call]  # bare in pyHanko
            if isinstance(stream, generic.StreamObject):
                found += traces_in_object_stream(stream.data)
    return found


def _name(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    values = certificate.subject.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""


def _judgement(verdict: Verdict, code: str, detail: str) -> Judgement:
    return Judgement(verdict=verdict, reasons=(Reason(code=code, detail=detail),))
