"""What a draft keeps, what is found wrong with it, what notice it makes, and what an amendment of that changes."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import RejectedError
from desktop.domain.moments import read_moment
from desktop.domain.tendering import DocumentKind, PolicyGroup, SummaryField
from desktop.protocol.notices import RequiredDocument, TenderDocument, write_notice
from desktop.services.tender_checks import Fault, Finding, Part, Signer, check_draft
from desktop.services.tender_draft import TenderDraft, read_draft, write_draft
from desktop.services.tender_notice import Change, changes, draft_of
from tests.tenders.notices import BASIS, DOCUMENT, DOUBLE, DRAFT, NOW, REQUIRED, announced, notice_of

WITHOUT_BIDDER = (PolicyGroup.OPENING_KEY, PolicyGroup.TIME)


def found(draft: TenderDraft, **how: Any) -> set[tuple[Part, Fault, str]]:
    return {(each.part, each.fault, each.envelope) for each in check_draft(draft, now=NOW, **how)}


# -- the draft ---------------------------------------------------------------------------------------------------------

typed = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)
drafts = st.builds(
    TenderDraft,
    tender_name=typed,
    amends=st.integers(0, 1000),
    deadline=typed,
    window=typed,
    is_double=st.booleans(),
    price_limit=typed,
    required=st.lists(
        st.builds(
            RequiredDocument,
            envelope_id=st.sampled_from(("bid", "first", "second")),
            name=typed,
            kind=st.sampled_from(DocumentKind),
        ),
        max_size=4,
    ).map(tuple),
    officers=st.lists(st.binary(min_size=32, max_size=32), max_size=3).map(tuple),
)


@given(drafts)
def test_a_draft_comes_back_as_it_was_kept_however_wrong_what_was_typed(draft: TenderDraft) -> None:
    assert read_draft(json.loads(json.dumps(write_draft(draft)))) == draft


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"more": 1},
        {"amends": -1},
        {"is_double": "yes"},
        {"window": 30},
        {"officers": ["AB" * 32]},
        {"officers": ["ab"]},
        {"deadline": "9" * 1001},
        {"envelopes": []},
        {"envelopes": list(reversed(write_draft(DRAFT)["envelopes"]))},
        {"documents": [{"name": "a.pdf", "size": 0, "sha256": "00" * 32}]},
        {"required": [{"envelope": "third", "name": "a", "kind": "pdf"}]},
    ],
)
def test_a_draft_of_another_shape_is_refused_and_not_guessed_at(change: dict[str, Any]) -> None:
    with pytest.raises(RejectedError) as refused:
        read_draft(write_draft(DRAFT) | change)
    assert refused.value.code == "tender.draft_unreadable"


@pytest.mark.parametrize("other", [None, [], "draft", {}])
def test_what_is_no_draft_at_all_is_refused(other: object) -> None:
    with pytest.raises(RejectedError):
        read_draft(other)


def test_a_change_between_single_and_double_envelope_loses_nothing() -> None:
    back = replace(replace(DOUBLE, is_double=False), is_double=True)
    assert back == DOUBLE
    assert [each.envelope_id for each in DOUBLE.used] == ["first", "second"]
    assert [each.name for each in DRAFT.used_required] == ["投标函", "工程量清单.xml"]


# -- what is wrong -----------------------------------------------------------------------------------------------------


def test_a_complete_draft_has_no_faults_single_or_double() -> None:
    assert check_draft(DRAFT, now=NOW) == ()
    assert check_draft(DOUBLE, now=NOW) == ()


def test_an_empty_draft_says_everything_that_is_missing() -> None:
    assert found(TenderDraft()) == {
        (part, Fault.MISSING, "")
        for part in (Part.TENDER_NAME, Part.LOT_NAME, Part.PURCHASER, Part.DEADLINE, Part.MEMBERS, Part.OFFICERS)
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"deadline": "明天上午"}, (Part.DEADLINE, Fault.NOT_A_TIME, "")),
        ({"deadline": "2026-11-24 10:04"}, (Part.DEADLINE, Fault.TOO_SOON, "")),
        ({"window": "4"}, (Part.WINDOW, Fault.NOT_MINUTES, "")),
        ({"window": "1441"}, (Part.WINDOW, Fault.NOT_MINUTES, "")),
        ({"window": "３０"}, (Part.WINDOW, Fault.NOT_MINUTES, "")),
        ({"price_limit": "一百万"}, (Part.LIMIT, Fault.NOT_AN_AMOUNT, "")),
        ({"tender_name": "标\u202e段"}, (Part.TENDER_NAME, Fault.NOT_CLEAN, "")),
        ({"lot_name": "标" * 41}, (Part.LOT_NAME, Fault.NOT_CLEAN, "")),
        ({"documents": (DOCUMENT, DOCUMENT)}, (Part.DOCUMENTS, Fault.SAME_NAME, "")),
        ({"members": ()}, (Part.MEMBERS, Fault.MISSING, "")),
        ({"officers": ()}, (Part.OFFICERS, Fault.MISSING, "")),
    ],
)
def test_a_fault_is_said_where_it_is(change: dict[str, Any], expected: tuple[Part, Fault, str]) -> None:
    assert found(replace(DRAFT, **change)) == {expected}


@pytest.mark.parametrize(
    ("name", "fault"),
    [("", Fault.MISSING), ("a/b", Fault.BAD_NAME), ("con", Fault.BAD_NAME), ("投标函", Fault.SAME_NAME)],
)
def test_a_required_document_needs_a_name_that_a_file_can_have(name: str, fault: Fault) -> None:
    more = RequiredDocument(envelope_id="bid", name=name, kind=DocumentKind.ANY)
    assert found(replace(DRAFT, required=(*REQUIRED, more))) == {(Part.REQUIRED, fault, "bid")}


def test_a_policy_without_the_bidder_must_have_been_accepted() -> None:
    early = DRAFT.with_envelope("bid", groups=WITHOUT_BIDDER)
    assert found(early) == {(Part.POLICY, Fault.NOT_ACCEPTED, "bid")}
    assert found(early.with_envelope("bid", accepts_early_reading=True)) == set()


def test_an_opening_before_the_deadline_or_before_the_first_envelope_s_is_refused() -> None:
    assert found(DRAFT.with_envelope("bid", opening="2026-12-15 09:29")) == {
        (Part.OPENING, Fault.BEFORE_DEADLINE, "bid")
    }
    first_later = DOUBLE.with_envelope("first", opening="2026-12-20 09:30")
    assert found(first_later) == {(Part.OPENING, Fault.BEFORE_FIRST, "second")}
    assert found(DRAFT.with_envelope("bid", opening="下午")) == {(Part.OPENING, Fault.NOT_A_TIME, "bid")}


def test_a_price_limit_needs_a_price_to_be_stated() -> None:
    no_price = DRAFT.with_envelope("bid", fields=(SummaryField.QUALITY,))
    assert found(no_price) == {(Part.LIMIT, Fault.NO_PRICE, "")}
    only_first = DOUBLE.with_envelope("second", fields=()).with_envelope("first", fields=tuple(SummaryField))
    assert (Part.LIMIT, Fault.NO_PRICE, "") in found(only_first)


def test_more_documents_than_a_notice_holds_are_said_before_the_scan() -> None:
    many = tuple(TenderDocument(name=f"{'文' * 75}{n}", size=1, sha256=bytes([n]) * 32) for n in range(200))
    assert found(replace(DRAFT, documents=many)) == set()
    assert notice_of(documents=many).documents == many
    wide = tuple(
        RequiredDocument(envelope_id="bid", name=f"{'件' * 39}{n:02}", kind=DocumentKind.ANY) for n in range(99)
    )
    assert (Part.DOCUMENTS, Fault.TOO_LARGE, "") in found(replace(DRAFT, documents=many, required=wide))


@given(drafts)
def test_whatever_was_typed_is_judged_and_never_breaks(draft: TenderDraft) -> None:
    assert all(isinstance(each, Finding) for each in check_draft(draft, now=NOW))


# -- the notice --------------------------------------------------------------------------------------------------------


def test_the_notice_says_what_was_typed_in_the_one_encoding() -> None:
    notice = notice_of()
    assert write_notice(notice)
    (envelope,) = notice.envelopes
    deadline = read_moment(DRAFT.deadline)
    assert deadline is not None
    assert notice.deadline == envelope.not_before == int(deadline.timestamp())
    assert envelope.groups == tuple(PolicyGroup)
    assert (notice.revision, notice.previous, notice.price_limit) == (1, b"", "12345678.90")
    assert [each.name for each in notice.required] == ["投标函", "工程量清单.xml"]
    assert (notice.tender, notice.agency_code) == (BASIS.tender, BASIS.agency_code)


def test_of_two_envelopes_only_the_second_states_a_price_and_each_has_its_time() -> None:
    notice = notice_of(DOUBLE.with_envelope("first", fields=tuple(SummaryField)))
    first, second = notice.envelopes
    assert SummaryField.PRICE not in first.fields
    assert second.fields == (SummaryField.PRICE, SummaryField.BOND)
    assert second.not_before - first.not_before == int(timedelta(days=3).total_seconds())


def test_a_draft_with_faults_makes_no_notice() -> None:
    with pytest.raises(RejectedError) as refused:
        notice_of(DRAFT, deadline="")
    assert refused.value.code == "tender.draft_incomplete"


# -- amendments --------------------------------------------------------------------------------------------------------


def test_an_amendment_begins_with_what_is_in_force_and_then_changes_nothing() -> None:
    for draft in (DRAFT, DOUBLE):
        before = announced(notice_of(draft))
        again = draft_of(before.notice)
        assert check_draft(again, now=NOW, before=before.notice) == ()
        after = notice_of(again, before)
        assert changes(before.notice, after, name_of=bytes.hex) == ()
        assert (after.revision, after.previous) == (2, before.notice_sha256)


def test_an_amendment_keeps_the_envelopes_whatever_the_draft_says() -> None:
    before = announced(notice_of())
    bent = draft_of(before.notice).with_envelope("bid", title="别的", groups=WITHOUT_BIDDER, fields=())
    (kept,) = notice_of(bent, before, deadline="2026-12-16 09:30").envelopes
    (was,) = before.notice.envelopes
    assert replace(kept, not_before=was.not_before) == was


def test_an_amendment_may_move_deadline_and_opening_later_but_never_earlier() -> None:
    before = notice_of(DOUBLE)
    draft = draft_of(before)
    later = replace(draft, deadline="2026-12-16 09:30").with_envelope("second", opening="2026-12-19 09:30")
    assert found(later, before=before) == set()
    earlier = replace(draft, deadline="2026-12-15 09:29")
    assert (Part.DEADLINE, Fault.EARLIER_THAN_BEFORE, "") in found(earlier, before=before)
    second = draft.with_envelope("second", opening="2026-12-18 09:29")
    assert found(second, before=before) == {(Part.OPENING, Fault.EARLIER_THAN_BEFORE, "second")}


def test_a_deadline_in_force_may_stay_however_near_it_is() -> None:
    before = notice_of()
    near = NOW.fromtimestamp(before.deadline - 60, tz=NOW.tzinfo)
    assert check_draft(draft_of(before), now=near, before=before) == ()


def test_what_an_amendment_changes_is_said_thing_by_thing() -> None:
    before = announced(notice_of())
    newer = TenderDocument(name="澄清一.pdf", size=5, sha256=b"\5" * 32)
    after = notice_of(
        draft_of(before.notice),
        before,
        deadline="2026-12-16 09:30",
        documents=(DOCUMENT, newer),
        required=REQUIRED[:1],
        officers=(b"\1" * 32, b"\3" * 32),
    )
    said = changes(before.notice, after, name_of=lambda sha: f"成员{sha[0]}")
    assert said == (
        Change(part=Part.DEADLINE, before="2026-12-15 09:30", after="2026-12-16 09:30"),
        Change(part=Part.OPENING, before="2026-12-15 09:30", after="2026-12-16 09:30", envelope="bid"),
        Change(part=Part.DOCUMENTS, before="", after="澄清一.pdf"),
        Change(part=Part.REQUIRED, before="工程量清单.xml (xml)", after="", envelope="bid"),
        Change(part=Part.OFFICERS, before="", after="成员3"),
    )


def test_who_publishes_must_be_of_the_committee_and_who_amends_of_the_one_in_force() -> None:
    me = Signer(signing=b"\1" * 32, encryption=b"\2" * 32)
    other = Signer(signing=rb"\8" * 32, encryption=b"\2" * 32)
    assert found(DRAFT, signer=me) == set()
    assert found(DRAFT, signer=other) == {(Part.OFFICERS, Fault.NOT_ONESELF, "")}
    assert found(DRAFT, signer=replace(me, encryption=rb"\9" * 32)) == {(Part.MEMBERS, Fault.NOT_ONESELF, "")}
    before = notice_of()
    joined = replace(draft_of(before), officers=(b"\1" * 32, other.signing))
    assert found(joined, before=before, signer=me) == set()
    assert found(joined, before=before, signer=other) == {(Part.OFFICERS, Fault.NOT_BEFORE, "")}
