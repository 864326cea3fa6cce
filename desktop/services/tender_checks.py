"""What is wrong with the draft of a notice, each thing beside the field it is about. Pure functions.

The notice's own reader, the phone and the platform check again and have the last word; here it is said before anybody
scans. Source: docs/tendering.md §1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desktop.domain.errors import RejectedError
from desktop.domain.moments import read_moment
from desktop.domain.money import read_amount
from desktop.domain.tendering import PolicyGroup, SummaryField
from desktop.formats.package import check_names
from desktop.protocol.codec import is_clean_text
from desktop.protocol.notices import MAX_NOTICE_BYTES, MAX_OFFICERS, Notice
from desktop.services.tender_draft import EnvelopeDraft, TenderDraft

MAX_NAME_BYTES = 120
MIN_WINDOW, MAX_WINDOW = 5, 1440
#: Less time than this between publishing and deadline is hardly meant: no bidder could do anything with it.
MIN_LEAD = timedelta(minutes=5)
#: What a notice's encoding takes beside the texts: of a document's hash and size, of a required document, of the rest
#: (names of fields, officers, the platform's keys, times, the agency).
_DOCUMENT_BYTES, _REQUIRED_BYTES, _REST_BYTES = 64, 32, 4096


class Part(StrEnum):
    """A part of the draft."""

    TENDER_NAME = "tender_name"
    LOT_NAME = "lot_name"
    PURCHASER = "purchaser"
    DEADLINE = "deadline"
    WINDOW = "window"
    OPENING = "opening"
    TITLE = "title"
    POLICY = "policy"
    LIMIT = "limit"
    DOCUMENTS = "documents"
    REQUIRED = "required"
    MEMBERS = "members"
    OFFICERS = "officers"


class Fault(StrEnum):
    """What is wrong there."""

    MISSING = "missing"
    NOT_CLEAN = "not_clean"
    NOT_A_TIME = "not_a_time"
    TOO_SOON = "too_soon"
    BEFORE_DEADLINE = "before_deadline"
    BEFORE_FIRST = "before_first"
    EARLIER_THAN_BEFORE = "earlier_than_before"
    NOT_MINUTES = "not_minutes"
    NOT_AN_AMOUNT = "not_an_amount"
    NO_PRICE = "no_price"
    NOT_ACCEPTED = "not_accepted"
    SAME_NAME = "same_name"
    BAD_NAME = "bad_name"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    NOT_ONESELF = "not_oneself"
    NOT_BEFORE = "not_before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault and where it is; `envelope` is empty for what is of no envelope."""

    part: Part
    fault: Fault
    envelope: str = ""


Findings = tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who is going to sign: SHA-256 of the signing and of the encryption certificate."""

    signing: bytes
    encryption: bytes


def check_draft(
    draft: TenderDraft, *, now: datetime, before: Notice | None = None, signer: Signer | None = None
) -> Findings:
    """Return what is wrong, in the order of the form; `before` is the notice that is amended."""
    return (
        *_check_names(draft),
        *_check_times(draft, now=now, before=before),
        *(finding for each in draft.used for finding in _check_envelope(each)),
        *_check_limit(draft),
        *_check_documents(draft),
        *_check_required(draft),
        *_check_people(draft, before=before, signer=signer),
    )


def _check_names(draft: TenderDraft) -> Iterable[Finding]:
    named = ((Part.TENDER_NAME, draft.tender_name), (Part.LOT_NAME, draft.lot_name), (Part.PURCHASER, draft.purchaser))
    for part, text in named:
        fault = _text_fault(text)
        if fault is not None:
            yield Finding(part=part, fault=fault)


def _check_times(draft: TenderDraft, *, now: datetime, before: Notice | None) -> Iterable[Finding]:
    fault = _deadline_fault(draft.deadline, now=now, before=before)
    if fault is not None:
        yield Finding(part=Part.DEADLINE, fault=fault)
    if window_minutes(draft.window) is None:
        yield Finding(part=Part.WINDOW, fault=Fault.NOT_MINUTES)
    first: datetime | None = None
    for each in draft.used:
        fault = _opening_fault(draft, each, first=first, before=before)
        if fault is not None:
            yield Finding(part=Part.OPENING, fault=fault, envelope=each.envelope_id)
        first = draft.opening_moment(each)


def _deadline_fault(text: str, *, now: datetime, before: Notice | None) -> Fault | None:
    if not text.strip():
        return Fault.MISSING
    moment = read_moment(text)
    if moment is None:
        return Fault.NOT_A_TIME
    if before is not None and moment.timestamp() < before.deadline:
        return Fault.EARLIER_THAN_BEFORE
    # What is in force stays so, however near it is.
    is_kept = before is not None and moment.timestamp() == before.deadline
    return None if is_kept or moment >= now + MIN_LEAD else Fault.TOO_SOON


def _opening_fault(
    draft: TenderDraft, envelope: EnvelopeDraft, *, first: datetime | None, before: Notice | None
) -> Fault | None:
    moment, deadline = draft.opening_moment(envelope), draft.deadline_moment
    if moment is None:
        return Fault.NOT_A_TIME if envelope.opening.strip() else None
    if deadline is not None and moment < deadline:
        return Fault.BEFORE_DEADLINE
    if first is not None and moment < first:
        return Fault.BEFORE_FIRST
    was = before.envelope(envelope.envelope_id) if before is not None else None
    return Fault.EARLIER_THAN_BEFORE if was is not None and moment.timestamp() < was.not_before else None


def _check_envelope(envelope: EnvelopeDraft) -> Iterable[Finding]:
    fault = _text_fault(envelope.title)
    if fault is not None:
        yield Finding(part=Part.TITLE, fault=fault, envelope=envelope.envelope_id)
    if PolicyGroup.BIDDER not in envelope.groups and not envelope.accepts_early_reading:
        yield Finding(part=Part.POLICY, fault=Fault.NOT_ACCEPTED, envelope=envelope.envelope_id)


def _check_limit(draft: TenderDraft) -> Iterable[Finding]:
    if not draft.price_limit.strip():
        return
    try:
        read_amount(draft.price_limit)
    except RejectedError:
        yield Finding(part=Part.LIMIT, fault=Fault.NOT_AN_AMOUNT)
        return
    if not any(SummaryField.PRICE in each.stated for each in draft.used):
        yield Finding(part=Part.LIMIT, fault=Fault.NO_PRICE)


def _check_documents(draft: TenderDraft) -> Iterable[Finding]:
    names = [each.name for each in draft.documents]
    if len(set(names)) != len(names):
        yield Finding(part=Part.DOCUMENTS, fault=Fault.SAME_NAME)
    if _encoded_bytes(draft) > MAX_NOTICE_BYTES:
        yield Finding(part=Part.DOCUMENTS, fault=Fault.TOO_LARGE)


def _check_required(draft: TenderDraft) -> Iterable[Finding]:
    for envelope in draft.used:
        names = [each.name.strip() for each in draft.required if each.envelope_id == envelope.envelope_id]
        fault: Fault | None = None
        if not all(names):
            fault = Fault.MISSING
        elif not all(_may_be_file(name) for name in names):
            fault = Fault.BAD_NAME
        elif not _fit_together(names):
            fault = Fault.SAME_NAME
        if fault is not None:
            yield Finding(part=Part.REQUIRED, fault=fault, envelope=envelope.envelope_id)


def _check_people(draft: TenderDraft, *, before: Notice | None, signer: Signer | None) -> Iterable[Finding]:
    """The opening keys of an amendment stay as they are, and so does who can open them."""
    if before is None:
        yield from _check_list(Part.MEMBERS, draft.members, own=signer.encryption if signer else b"")
    yield from _check_list(Part.OFFICERS, draft.officers, own=signer.signing if signer else b"")
    if before is not None and signer is not None and signer.signing not in before.officers:
        yield Finding(part=Part.OFFICERS, fault=Fault.NOT_BEFORE)


def _check_list(part: Part, people: tuple[bytes, ...], *, own: bytes) -> Iterable[Finding]:
    if not people:
        yield Finding(part=part, fault=Fault.MISSING)
    elif len(people) > MAX_OFFICERS:
        yield Finding(part=part, fault=Fault.TOO_MANY)
    elif own and own not in people:
        yield Finding(part=part, fault=Fault.NOT_ONESELF)


def window_minutes(text: str) -> int | None:
    """Return the delivery window that was typed, or None."""
    plain = text.strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= len(str(MAX_WINDOW))
    return int(plain) if is_number and MIN_WINDOW <= int(plain) <= MAX_WINDOW else None


def _text_fault(text: str) -> Fault | None:
    plain = text.strip()
    if not plain:
        return Fault.MISSING
    return None if is_clean_text(plain) and len(plain.encode()) <= MAX_NAME_BYTES else Fault.NOT_CLEAN


def _may_be_file(name: str) -> bool:
    """Tell whether it may stand in the notice and name a file of a bid: a bidder's document goes by it."""
    return _text_fault(name) is None and _fit_together([name])


def _fit_together(names: list[str]) -> bool:
    try:
        check_names(names)
    except RejectedError:
        return False
    return True


def _encoded_bytes(draft: TenderDraft) -> int:
    """Return about how long the notice will be, a little too long rather than too short."""
    texts = (draft.tender_name, draft.lot_name, draft.purchaser, *(each.title for each in draft.used))
    documents = sum(len(each.name.encode()) + _DOCUMENT_BYTES for each in draft.documents)
    required = sum(len(each.name.encode()) + _REQUIRED_BYTES for each in draft.used_required)
    return sum(len(text.encode()) for text in texts) + documents + required + _REST_BYTES
