"""Verifying a PDF: what is signed, by whom, and whether anything was added after.

Never "valid" unless the last signature covers the file to its last byte (a DSS apart) and every later revision holds
only a further signature, timestamp or DSS; never "unsigned" while a trace of a signature is in the bytes. For any
input the outcome is a PdfVerdict; nothing foreign is raised. Source: docs/protocol.md §3, ISO 32000-2 §12.8,
EN 319 142-1.
"""

import logging
import mmap
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pyhanko.pdf_utils.reader import PdfFileReader

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.formats.trust import Reason, RevocationData, TrustAnchors
from desktop.signing.pdf.coverage import Coverage, judge_coverage
from desktop.signing.pdf.dss import read_store
from desktop.signing.pdf.foreign import foreign_parser
from desktop.signing.pdf.preparation import open_reader
from desktop.signing.pdf.scan import Bytes, Trace, find_hidden_traces, find_traces
from desktop.signing.pdf.signature import (
    DOCUMENT_TIMESTAMP,
    SUPPORTED,
    FoundSignature,
    Judgement,
    Trust,
    find_signatures,
    judge_signature,
    judge_timestamp,
    orphan_traces,
)
from desktop.signing.pdf.verdict import PdfVerdict, SignatureVerdict

_LOG = logging.getLogger(__name__)
_HEADER_WINDOW = 1024


def run(path: Path, *, anchors: TrustAnchors, revocation: RevocationData, now: datetime) -> PdfVerdict:
    """Judge a file; see api.verify_pdf."""
    try:
        with ExitStack() as stack:
            file = stack.enter_context(path.open("rb"))
            if b"%PDF-" not in file.read(_HEADER_WINDOW):
                return _cannot_tell("pdf.not_a_pdf")
            file.seek(0)
            data = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            return _verify(file, data, Trust(anchors=anchors, revocation=revocation, now=now))
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from error


def _verify(file: BinaryIO, data: Bytes, trust: Trust) -> PdfVerdict:
    traces = find_traces(data)
    try:
        with foreign_parser("pdf.damaged"):
            reader = open_reader(file)
            if reader.encrypted:
                return _cannot_tell("verify.encrypted")
            return _judge(reader, data, traces, trust)
    except RejectedError as error:
        _LOG.debug("unreadable: %s", error)
        marks = traces or find_hidden_traces(data)
        return _cannot_tell("verify.damaged_signed" if marks else "pdf.damaged", error.detail)


def _judge(reader: PdfFileReader, data: Bytes, traces: tuple[Trace, ...], trust: Trust) -> PdfVerdict:
    found = find_signatures(reader, data)
    orphans = orphan_traces(reader, data, traces, found)
    coverage = judge_coverage(reader, data, found)
    signatures = _judge_all(found, coverage, data, _with_store(reader, trust))
    extra = tuple(_orphan_reason(trace) for trace in [t for t in orphans if t.sub_filter] or orphans)
    verdicts = [each.verdict for each in signatures]
    if extra:
        verdicts.append(Verdict.CANNOT_TELL if not found else Verdict.INVALID)
    reasons = [*extra, *(reason for each in signatures for reason in each.reasons)]
    if found and all(each.is_timestamp for each in signatures):
        verdicts.append(Verdict.CANNOT_TELL)
        reasons.append(Reason(code="verify.only_timestamped"))
    return PdfVerdict(verdict=_worst(verdicts), signatures=signatures, reasons=tuple(dict.fromkeys(reasons)))


def _with_store(reader: PdfFileReader, trust: Trust) -> Trust:
    """Add what the file itself brings along: certificates that help to build paths, evidence for proven times."""
    store = read_store(reader)
    intermediates = (*trust.anchors.intermediates, *store.certificates)
    return replace(trust, anchors=replace(trust.anchors, intermediates=intermediates), embedded=store.revocation)


def _judge_all(
    found: list[FoundSignature], coverage: list[Coverage], data: Bytes, trust: Trust
) -> tuple[SignatureVerdict, ...]:
    """Judge timestamps first: a trusted one proves the time of every signature that it covers."""
    stamps = {
        index: judge_timestamp(each, data, trust)
        for index, each in enumerate(found)
        if each.sub_filter == DOCUMENT_TIMESTAMP
    }
    proven = [
        (found[index].revision, stamp.proven_time)
        for index, stamp in stamps.items()
        if stamp.verdict is Verdict.VALID and stamp.proven_time is not None and not coverage[index].reasons
    ]
    signatures = []
    for index, (each, covers) in enumerate(zip(found, coverage, strict=True)):
        since = min((time for revision, time in proven if revision > each.revision), default=None)
        judged = stamps[index] if index in stamps else judge_signature(each, data, trust, since)
        signatures.append(_combine(each, judged, covers))
    return tuple(_with_remark(each, signatures) for each in signatures)


def _with_remark(each: SignatureVerdict, signatures: list[SignatureVerdict]) -> SignatureVerdict:
    """Say of a signature that stands that somebody else has put a mark of theirs into the file since."""
    others = (o for o in signatures if o.revision > each.revision and not o.is_timestamp and o.serial != each.serial)
    if each.is_timestamp or each.verdict is not Verdict.VALID or not any(others):
        return each
    return replace(each, reasons=(*each.reasons, Reason(code="verify.marked_after")))


def _combine(found: FoundSignature, judged: Judgement, coverage: Coverage) -> SignatureVerdict:
    is_timestamp = found.sub_filter == DOCUMENT_TIMESTAMP
    invalid = bool(coverage.reasons) and (is_timestamp or found.sub_filter in SUPPORTED)
    return SignatureVerdict(
        field=found.field,
        revision=found.revision + 1,
        sub_filter=found.sub_filter,
        signer=judged.signer,
        organization=judged.organization,
        serial=judged.serial,
        claimed_time=found.claimed_time,
        proven_time=judged.proven_time,
        is_timestamp=is_timestamp,
        covers_whole_file=coverage.whole_file,
        covers_all_content=coverage.all_content,
        verdict=Verdict.INVALID if invalid else judged.verdict,
        reasons=(*coverage.reasons, *judged.reasons),
    )


def _orphan_reason(trace: Trace) -> Reason:
    known = not trace.sub_filter or trace.sub_filter in (*SUPPORTED, DOCUMENT_TIMESTAMP)
    return Reason(code="verify.orphan_signature" if known else "verify.format_unsupported", detail=trace.sub_filter)


def _worst(verdicts: list[Verdict]) -> Verdict:
    for verdict in (Verdict.INVALID, Verdict.CANNOT_TELL, Verdict.VALID):
        if verdict in verdicts:
            return verdict
    return Verdict.UNSIGNED


def _cannot_tell(code: str, detail: str = "") -> PdfVerdict:
    return PdfVerdict(verdict=Verdict.CANNOT_TELL, reasons=(Reason(code=code, detail=detail),))
