"""The notice that a draft makes, the draft with which an amendment begins, and what an amendment changes. Pure.

Source: docs/tendering.md §1.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from desktop.domain.errors import RejectedError
from desktop.domain.moments import write_moment
from desktop.domain.money import read_amount
from desktop.domain.tendering import PolicyGroup
from desktop.protocol.notices import Announcement, Notice, NoticeEnvelope, RequiredDocument, write_notice
from desktop.services.tender_checks import Part, window_minutes
from desktop.services.tender_draft import TenderDraft

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a notice says that nobody types: of which platform and lot it is, and whose."""

    platform: str
    tender: str
    lot: str
    agency: str
    agency_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that an amendment changes; texts as they stand in the notices, an empty one = was not or is no more."""

    part: Part
    before: str
    after: str
    envelope: str = ""


def build_notice(
    draft: TenderDraft, basis: Basis, *, time_keys: Mapping[str, bytes], before: Announcement | None = None
) -> Notice:
    """Return the notice of a draft without faults; of an amendment, envelopes stay but for when they may be opened.

    `time_keys` are the platform's (SPKI), by envelope.

    Raises:
        RejectedError: `tender.draft_incomplete`: the draft has faults, or there is no time key for an envelope.
    """
    deadline, window = draft.deadline_moment, window_minutes(draft.window)
    if deadline is None or window is None:
        raise RejectedError("tender.draft_incomplete", "times")
    required = tuple(
        RequiredDocument(envelope_id=each.envelope_id, name=each.name.strip(), kind=each.kind)
        for each in draft.used_required
    )
    notice = Notice(
        platform=basis.platform,
        tender=basis.tender,
        tender_name=draft.tender_name.strip(),
        lot=basis.lot,
        lot_name=draft.lot_name.strip(),
        purchaser=draft.purchaser.strip(),
        agency=basis.agency,
        agency_code=basis.agency_code,
        revision=1 if before is None else before.notice.revision + 1,
        previous=b"" if before is None else before.notice_sha256,
        deadline=int(deadline.timestamp()),
        window_minutes=window,
        officers=draft.officers,
        envelopes=_kept(draft, before.notice) if before is not None else _envelopes(draft, time_keys),
        documents=draft.documents,
        required=required,
        price_limit=f"{read_amount(draft.price_limit):f}" if draft.price_limit.strip() else "",
    )
    try:
        write_notice(notice)
    except RejectedError as error:
        raise RejectedError("tender.draft_incomplete", error.detail) from None
    return notice


def time_envelopes(draft: TenderDraft) -> tuple[str, ...]:
    """Return the ids of the envelopes for which the platform has to make a time key."""
    return tuple(each.envelope_id for each in draft.used if PolicyGroup.TIME in each.groups)


def draft_of(notice: Notice) -> TenderDraft:
    """Return the draft with which an amendment of `notice` begins: what is in force, as it would be typed."""
    draft = TenderDraft(
        amends=notice.revision,
        tender_name=notice.tender_name,
        lot_name=notice.lot_name,
        purchaser=notice.purchaser,
        deadline=_typed(notice.deadline),
        window=str(notice.window_minutes),
        is_double=len(notice.envelopes) > 1,
        price_limit=notice.price_limit,
        documents=notice.documents,
        required=notice.required,
        officers=notice.officers,
    )
    for each in notice.envelopes:
        draft = draft.with_envelope(
            each.envelope_id,
            title=each.title,
            opening="" if each.not_before == notice.deadline else _typed(each.not_before),
            fields=each.fields,
            groups=each.groups,
            accepts_early_reading=not each.needs_bidder,
        )
    return draft


def changes(before: Notice, after: Notice, *, name_of: Callable[[bytes], str]) -> tuple[Change, ...]:
    """Return what `after` changes; `name_of` says whose certificate an officer's is."""
    texts = (
        (Part.TENDER_NAME, before.tender_name, after.tender_name),
        (Part.LOT_NAME, before.lot_name, after.lot_name),
        (Part.PURCHASER, before.purchaser, after.purchaser),
        (Part.DEADLINE, _typed(before.deadline), _typed(after.deadline)),
        (Part.WINDOW, str(before.window_minutes), str(after.window_minutes)),
        (Part.LIMIT, before.price_limit, after.price_limit),
    )
    return (
        *(Change(part=part, before=old, after=new) for part, old, new in texts if old != new),
        *(
            Change(part=Part.OPENING, before=_typed(old), after=_typed(new), envelope=envelope)
            for envelope, old, new in _openings(before, after)
            if old != new
        ),
        *_come_and_gone(Part.DOCUMENTS, before.documents, after.documents, lambda each: each.name),
        *(
            change
            for envelope in before.envelopes
            for change in _come_and_gone(
                Part.REQUIRED,
                _required_in(before, envelope.envelope_id),
                _required_in(after, envelope.envelope_id),
                lambda each: f"{each.name} ({each.kind})",
                envelope.envelope_id,
            )
        ),
        *_come_and_gone(Part.OFFICERS, before.officers, after.officers, name_of),
    )


def _openings(before: Notice, after: Notice) -> Iterable[tuple[str, int, int]]:
    for old, new in zip(before.envelopes, after.envelopes, strict=True):
        yield old.envelope_id, old.not_before, new.not_before


def _required_in(notice: Notice, envelope_id: str) -> tuple[RequiredDocument, ...]:
    return tuple(each for each in notice.required if each.envelope_id == envelope_id)


def _come_and_gone(
    part: Part, before: tuple[T, ...], after: tuple[T, ...], word: Callable[[T], str], envelope: str = ""
) -> Iterable[Change]:
    """Say what a list has lost and gained."""
    for each in before:
        if each not in after:
            yield Change(part=part, before=word(each), after="", envelope=envelope)
    for each in after:
        if each not in before:
            yield Change(part=part, before="", after=word(each), envelope=envelope)


def _envelopes(draft: TenderDraft, time_keys: Mapping[str, bytes]) -> tuple[NoticeEnvelope, ...]:
    made = []
    for each in draft.used:
        has_time = PolicyGroup.TIME in each.groups
        if has_time and not time_keys.get(each.envelope_id):
            raise RejectedError("tender.draft_incomplete", f"no time key of {each.envelope_id}")
        made.append(
            NoticeEnvelope(
                envelope_id=each.envelope_id,
                title=each.title.strip(),
                not_before=_opening(draft, each.envelope_id),
                fields=each.stated,
                groups=tuple(group for group in PolicyGroup if group in each.groups),
                time_key=time_keys[each.envelope_id] if has_time else b"",
            )
        )
    return tuple(made)


def _kept(draft: TenderDraft, before: Notice) -> tuple[NoticeEnvelope, ...]:
    """Return the envelopes in force, to be opened when the draft says: bids are packed for them already."""
    return tuple(replace(each, not_before=_opening(draft, each.envelope_id)) for each in before.envelopes)


def _opening(draft: TenderDraft, envelope_id: str) -> int:
    moment = draft.opening_moment(draft.envelope(envelope_id))
    if moment is None:
        raise RejectedError("tender.draft_incomplete", "opening time")
    return int(moment.timestamp())


def _typed(seconds: int) -> str:
    return write_moment(datetime.fromtimestamp(seconds, UTC))
