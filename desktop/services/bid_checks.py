"""What has to be right in a bid before it is packed, by the notice of its lot; pure functions.

What blocks would make the bid useless or cannot be packed; the rest is flagged and left to the bidder: a price above
最高投标限价 is his own risk, and so is a PDF without a seal. Source: docs/tendering.md §1; protocol.md §4.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePath

from desktop.domain.errors import RejectedError
from desktop.domain.money import read_amount
from desktop.domain.tendering import DocumentKind, SummaryField
from desktop.formats.package import BidSummary, check_names
from desktop.protocol.codec import is_clean_text
from desktop.protocol.notices import Notice, RequiredDocument
from desktop.store.bid_drafts import BidDraft, DraftFile, TypedSummary

MAX_DAYS = 100_000
_MAX_QUALITY_BYTES, _MAX_NAME_BYTES = 500, 120
_ENDINGS = {
    DocumentKind.PDF: (".pdf",),
    DocumentKind.XML: (".xml", ".xmlx", ".gczb", ".zb"),
    DocumentKind.XLSX: (".xlsx", ".xls"),
}


class FindingKind(StrEnum):
    """What was found."""

    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_OTHER_KIND = "document_other_kind"
    FILE_GONE = "file_gone"
    FILE_NAME = "file_name"
    NOTHING_IN_IT = "nothing_in_it"
    NOT_SEALED = "not_sealed"
    FIELD_MISSING = "field_missing"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_DAYS = "not_days"
    NOT_CLEAN = "not_clean"
    PRICE_ABOVE_LIMIT = "price_above_limit"
    DEADLINE_PASSED = "deadline_passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to correct (`blocks`) or to know; `name` is of a file or required document, `field` of the summary."""

    kind: FindingKind
    blocks: bool = True
    envelope_id: str = ""
    name: str = ""
    field: SummaryField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file of the draft is now; `size` is None when it is not there any more."""

    size: int | None
    is_pdf: bool = False
    is_signed: bool = False


def check_bid(
    notice: Notice, draft: BidDraft, facts: dict[str, FileFacts], *, now: datetime, deadline: datetime | None = None
) -> tuple[Finding, ...]:
    """Return what was found, in the order in which the page shows the parts; `facts` by path."""
    found: list[Finding] = []
    if now > (deadline or datetime.fromtimestamp(notice.deadline, UTC)):
        found.append(Finding(kind=FindingKind.DEADLINE_PASSED))
    for envelope in notice.envelopes:
        inside = [file for file in draft.files if file.envelope_id == envelope.envelope_id]
        found += _check_documents(notice, envelope.envelope_id, inside)
        found += _check_files(envelope.envelope_id, inside, facts)
    asked = {field for envelope in notice.envelopes for field in envelope.fields}
    found += check_summary(draft.summary, tuple(field for field in SummaryField if field in asked))
    if is_above_limit(draft.summary.price, notice.price_limit):
        found.append(Finding(kind=FindingKind.PRICE_ABOVE_LIMIT, blocks=False, field=SummaryField.PRICE))
    return tuple(found)


def check_summary(typed: TypedSummary, fields: tuple[SummaryField, ...]) -> list[Finding]:
    """Return what is wrong with the summary as typed; all `fields` have to be stated."""
    found: list[Finding] = []
    for field in fields:
        text = value_of(typed, field).strip()
        kind = FindingKind.FIELD_MISSING if not text else _fault(field, text)
        if kind is not None:
            found.append(Finding(kind=kind, field=field))
    return found


def summary_of(typed: TypedSummary, fields: tuple[SummaryField, ...]) -> BidSummary:
    """Return the announcement items of an envelope, of a summary without faults."""

    def text(field: SummaryField) -> str:
        return value_of(typed, field).strip() if field in fields else ""

    price, bond, days = text(SummaryField.PRICE), text(SummaryField.BOND), text(SummaryField.DURATION)
    return BidSummary(
        price=read_amount(price) if price else None,
        bid_bond=read_amount(bond) if bond else None,
        duration_days=int(days) if days else None,
        quality=text(SummaryField.QUALITY) or None,
        project_manager=text(SummaryField.MANAGER) or None,
    )


def value_of(typed: TypedSummary, field: SummaryField) -> str:
    """Return what was typed into a field."""
    return {
        SummaryField.PRICE: typed.price,
        SummaryField.DURATION: typed.duration,
        SummaryField.QUALITY: typed.quality,
        SummaryField.MANAGER: typed.manager,
        SummaryField.BOND: typed.bond,
    }[field]


def is_above_limit(price: str, limit: str) -> bool:
    """Tell whether a price as typed is above 最高投标限价."""
    if not limit or not price.strip():
        return False
    try:
        return read_amount(price) > Decimal(limit)
    except RejectedError:
        return False


def fits_kind(name: str, kind: DocumentKind) -> bool:
    """Tell by its ending whether a file is of the kind that a required document has to be."""
    return kind is DocumentKind.ANY or PurePath(name).suffix.lower() in _ENDINGS[kind]


def _check_documents(notice: Notice, envelope_id: str, inside: list[DraftFile]) -> list[Finding]:
    found: list[Finding] = []
    for required in needed(notice, envelope_id):
        given = [file for file in inside if file.need == required.name]
        if not given:
            found.append(Finding(kind=FindingKind.DOCUMENT_MISSING, envelope_id=envelope_id, name=required.name))
        found += [
            Finding(kind=FindingKind.DOCUMENT_OTHER_KIND, blocks=False, envelope_id=envelope_id, name=file.name)
            for file in given
            if not fits_kind(file.name, required.kind)
        ]
    if not inside and not needed(notice, envelope_id):
        found.append(Finding(kind=FindingKind.NOTHING_IN_IT, envelope_id=envelope_id))
    return found


def needed(notice: Notice, envelope_id: str) -> tuple[RequiredDocument, ...]:
    """Return the documents that an envelope has to hold."""
    return tuple(each for each in notice.required if each.envelope_id == envelope_id)


def _check_files(envelope_id: str, inside: list[DraftFile], facts: dict[str, FileFacts]) -> list[Finding]:
    found: list[Finding] = []
    names: list[str] = []
    for file in inside:
        known = facts.get(file.path, FileFacts(size=None))
        if known.size is None:
            found.append(Finding(kind=FindingKind.FILE_GONE, envelope_id=envelope_id, name=file.name))
        elif known.is_pdf and not known.is_signed:
            found.append(Finding(kind=FindingKind.NOT_SEALED, blocks=False, envelope_id=envelope_id, name=file.name))
        try:
            check_names([*names, file.name])
            names.append(file.name)
        except RejectedError:
            found.append(Finding(kind=FindingKind.FILE_NAME, envelope_id=envelope_id, name=file.name))
    return found


def _fault(field: SummaryField, text: str) -> FindingKind | None:
    if field in {SummaryField.PRICE, SummaryField.BOND}:
        try:
            read_amount(text)
        except RejectedError:
            return FindingKind.NOT_AN_AMOUNT
        return None
    if field is SummaryField.DURATION:
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_DAYS))
        return None if is_number and 1 <= int(text) <= MAX_DAYS else FindingKind.NOT_DAYS
    most = _MAX_QUALITY_BYTES if field is SummaryField.QUALITY else _MAX_NAME_BYTES
    return None if is_clean_text(text) and len(text.encode()) <= most else FindingKind.NOT_CLEAN
