"""A notice in the making: what was typed and chosen for one lot, kept on the platform until it is published.

The platform keeps it as an opaque JSON object; this module is its only writer and its only reader. Texts stand as they
were typed, however wrong, so that nobody loses half a sentence; what is wrong with them says `tender_checks`. Refuses
another version, unknown, missing, mistyped and oversized fields: what another program left there is not guessed at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from desktop.domain.errors import RejectedError
from desktop.domain.moments import read_moment
from desktop.domain.tendering import DELIVERY_MINUTES, DocumentKind, PolicyGroup, SummaryField
from desktop.protocol import schema
from desktop.protocol.codec import Value
from desktop.protocol.notices import (
    FIRST_ENVELOPE,
    MAX_FILES,
    MAX_OFFICERS,
    SECOND_ENVELOPE,
    SINGLE_ENVELOPE,
    RequiredDocument,
    TenderDocument,
)

VERSION: Final = 1
ENVELOPE_IDS = (SINGLE_ENVELOPE, FIRST_ENVELOPE, SECOND_ENVELOPE)
DEFAULT_POLICY = tuple(PolicyGroup)
#: What stands in the package and the notice, for everybody; so it is not translated.
TITLES = {SINGLE_ENVELOPE: "投标文件", FIRST_ENVELOPE: "商务技术文件", SECOND_ENVELOPE: "报价文件"}
PRICED = (SummaryField.PRICE, SummaryField.BOND)
_FIELDS = {
    SINGLE_ENVELOPE: tuple(SummaryField),
    FIRST_ENVELOPE: tuple(each for each in SummaryField if each not in PRICED),
    SECOND_ENVELOPE: PRICED,
}
#: Longer than anything that could be right, so that a text that is too long can be kept and corrected.
_MAX_TYPED_BYTES = 1000
_HASH_HEX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeDraft:
    """One envelope. `opening` is when it may be opened, as typed; empty = at the deadline.

    `accepts_early_reading`: somebody has said that bids without a group of the bidder are wanted.
    """

    envelope_id: str
    title: str
    opening: str = ""
    fields: tuple[SummaryField, ...] = ()
    groups: tuple[PolicyGroup, ...] = DEFAULT_POLICY
    accepts_early_reading: bool = False

    @property
    def stated(self) -> tuple[SummaryField, ...]:
        """What bids state, in the order of a notice; the first of two envelopes has no price, whatever was chosen."""
        barred = PRICED if self.envelope_id == FIRST_ENVELOPE else ()
        return tuple(each for each in SummaryField if each in self.fields and each not in barred)


def default_envelope(envelope_id: str) -> EnvelopeDraft:
    """Return the envelope as it is proposed: the whole policy, and what is usually announced."""
    return EnvelopeDraft(envelope_id=envelope_id, title=TITLES[envelope_id], fields=_FIELDS[envelope_id])


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderDraft:
    """Everything of one lot that a notice will say.

    `envelopes` holds those of both kinds of bid, so that a change of mind loses nothing; `officers` are SHA-256 of
    signing certificates, `members` of encryption certificates. `amends` is the revision that it changes, 0 = none yet.
    """

    amends: int = 0
    tender_name: str = ""
    lot_name: str = ""
    purchaser: str = ""
    deadline: str = ""
    window: str = str(DELIVERY_MINUTES)
    is_double: bool = False
    envelopes: tuple[EnvelopeDraft, ...] = field(default_factory=lambda: tuple(map(default_envelope, ENVELOPE_IDS)))
    price_limit: str = ""
    documents: tuple[TenderDocument, ...] = ()
    required: tuple[RequiredDocument, ...] = ()
    officers: tuple[bytes, ...] = ()
    members: tuple[bytes, ...] = ()

    @property
    def used(self) -> tuple[EnvelopeDraft, ...]:
        """The envelopes of this kind of bid, in order."""
        wanted = (FIRST_ENVELOPE, SECOND_ENVELOPE) if self.is_double else (SINGLE_ENVELOPE,)
        return tuple(each for each in self.envelopes if each.envelope_id in wanted)

    @property
    def used_required(self) -> tuple[RequiredDocument, ...]:
        """The documents that bids of this kind have to hold."""
        ids = {each.envelope_id for each in self.used}
        return tuple(each for each in self.required if each.envelope_id in ids)

    @property
    def deadline_moment(self) -> datetime | None:
        """The deadline, or None while it cannot be read."""
        return read_moment(self.deadline)

    def opening_moment(self, envelope: EnvelopeDraft) -> datetime | None:
        """Return from when on an envelope may be opened: as typed, else from the deadline on."""
        return read_moment(envelope.opening) if envelope.opening.strip() else self.deadline_moment

    def envelope(self, envelope_id: str) -> EnvelopeDraft:
        """Return the envelope of that id."""
        return next(each for each in self.envelopes if each.envelope_id == envelope_id)

    def with_envelope(self, envelope_id: str, **changes: Any) -> "TenderDraft":
        """Return the draft with one envelope changed."""
        envelopes = tuple(
            replace(each, **changes) if each.envelope_id == envelope_id else each for each in self.envelopes
        )
        return replace(self, envelopes=envelopes)


def write_draft(draft: TenderDraft) -> dict[str, Any]:
    """Return the JSON object to keep."""
    return {
        "v": VERSION,
        "amends": draft.amends,
        "tender_name": draft.tender_name,
        "lot_name": draft.lot_name,
        "purchaser": draft.purchaser,
        "deadline": draft.deadline,
        "window": draft.window,
        "is_double": draft.is_double,
        "envelopes": [
            {
                "id": each.envelope_id,
                "title": each.title,
                "opening": each.opening,
                "fields": [str(f) for f in each.fields],
                "groups": [str(g) for g in each.groups],
                "accepts_early_reading": each.accepts_early_reading,
            }
            for each in draft.envelopes
        ],
        "price_limit": draft.price_limit,
        "documents": [{"name": d.name, "size": d.size, "sha256": d.sha256.hex()} for d in draft.documents],
        "required": [{"envelope": r.envelope_id, "name": r.name, "kind": str(r.kind)} for r in draft.required],
        "officers": [each.hex() for each in draft.officers],
        "members": [each.hex() for each in draft.members],
    }


def read_draft(document: object) -> TenderDraft:
    """Read what `write_draft` has written.

    Raises:
        RejectedError: `tender.draft_unreadable`.
    """
    try:
        f = schema.fields(document, _FIELD_CHECKS)  # type: ignore[arg-type]  # JSON is checked here, as decoded CBOR is
    except RejectedError as error:
        raise RejectedError("tender.draft_unreadable", error.detail) from None
    del f["v"]
    return TenderDraft(**f)


def _envelope(value: Value) -> EnvelopeDraft:
    f = schema.fields(
        value,
        {
            "id": schema.one_of(_envelope_id),
            "title": _typed,
            "opening": _typed,
            "fields": _some_of(SummaryField),
            "groups": _some_of(PolicyGroup),
            "accepts_early_reading": schema.boolean,
        },
    )
    return EnvelopeDraft(envelope_id=f.pop("id"), **f)


def _envelopes(value: Value) -> tuple[EnvelopeDraft, ...]:
    envelopes = schema.array(_envelope, minimum=len(ENVELOPE_IDS), maximum=len(ENVELOPE_IDS))(value)
    if tuple(each.envelope_id for each in envelopes) != ENVELOPE_IDS:
        raise RejectedError("ceremony.malformed", "order of envelopes")
    return envelopes


def _document(value: Value) -> TenderDocument:
    f = schema.fields(value, {"name": schema.text(255), "size": schema.integer(1, 2**40), "sha256": _hash})
    return TenderDocument(**f)


def _required(value: Value) -> RequiredDocument:
    f = schema.fields(
        value,
        {"envelope": schema.one_of(_envelope_id), "name": _typed, "kind": schema.one_of(DocumentKind)},
    )
    return RequiredDocument(envelope_id=f["envelope"], name=f["name"], kind=f["kind"])


def _envelope_id(value: str) -> str:
    if value not in ENVELOPE_IDS:
        raise ValueError(value)
    return value


def _some_of(kind: Callable[[str], Any]) -> Callable[[Value], tuple[Any, ...]]:
    """Different members of an enumeration, in its order."""
    read = schema.array(schema.one_of(kind), maximum=len(SummaryField))

    def check(value: Value) -> tuple[Any, ...]:
        found = read(value)
        if len(set(found)) != len(found):
            raise RejectedError("ceremony.malformed", "one twice")
        return found

    return check


def _hash(value: Value) -> bytes:
    if not isinstance(value, str) or len(value) != _HASH_HEX or value != value.lower():
        raise RejectedError("ceremony.malformed", "hash")
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise RejectedError("ceremony.malformed", "hash") from None


def _version(value: Value) -> int:
    if value is True or value != VERSION:
        raise RejectedError("ceremony.malformed", "version")
    return VERSION


_typed = schema.text(_MAX_TYPED_BYTES, empty=True)
_FIELD_CHECKS: dict[str, schema.Check] = {
    "v": _version,
    "amends": schema.integer(0, 1000),
    "tender_name": _typed,
    "lot_name": _typed,
    "purchaser": _typed,
    "deadline": _typed,
    "window": _typed,
    "is_double": schema.boolean,
    "envelopes": _envelopes,
    "price_limit": _typed,
    "documents": schema.array(_document, maximum=MAX_FILES),
    "required": schema.array(_required, maximum=MAX_FILES),
    "officers": schema.array(_hash, maximum=MAX_OFFICERS),
    "members": schema.array(_hash, maximum=MAX_OFFICERS),
}
