"""Notices and announcements: read as they were written; what may not stand in them is refused from both sides."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.crypto.suites import Suite, generate_key, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import PolicyGroup, SummaryField
from desktop.protocol import codec
from desktop.protocol.notices import (
    FIRST_ENVELOPE,
    MAX_FILES,
    MAX_NOTICE_BYTES,
    SECOND_ENVELOPE,
    SINGLE_ENVELOPE,
    Notice,
    TenderDocument,
    opening_key_label,
    read_announcement,
    read_notice,
    signed_text,
    write_announcement,
    write_notice,
)
from tools.vectors import tender_items, tender_scene
from tools.vectors.keys import fixed

ONE, TWO = tender_scene.notice(), tender_scene.two_envelopes()


def refused(notice: Notice) -> str:
    with pytest.raises(RejectedError) as caught:
        write_notice(notice)
    # Who writes without looking is refused by every reader.
    with pytest.raises(RejectedError):
        read_notice(codec.encode(notice.to_map()))
    return caught.value.code


@pytest.mark.parametrize("notice", [ONE, TWO, tender_items.amendment()], ids=["one", "two", "amended"])
def test_a_notice_is_read_as_it_was_written(notice: Notice) -> None:
    data = write_notice(notice)

    assert read_notice(data) == notice
    assert codec.encode(read_notice(data).to_map()) == data


def test_an_announcement_is_read_as_it_was_written_and_finds_the_key_of_an_envelope() -> None:
    announcement = tender_items.announcement(TWO)

    read = read_announcement(write_announcement(announcement))

    assert read == announcement
    assert read.key_of(SECOND_ENVELOPE) == (announcement.keys[1], announcement.wraps[1])
    assert read.key_of(SINGLE_ENVELOPE) is None
    assert TWO.envelope(SINGLE_ENVELOPE) is None


FIELDS: dict[str, dict[str, Any]] = {
    "no number": {"tender": ""},
    "a number of 65 bytes": {"tender": "x" * 65},
    "a name of 121 bytes": {"tender_name": "x" * 121},
    "revision 0": {"revision": 0},
    "revision 1001": {"revision": 1001, "previous": bytes(32)},
    "a first notice with one before": {"previous": bytes(32)},
    "an amendment of nothing": {"revision": 2},
    "a hash of 31 bytes": {"revision": 2, "previous": bytes(31)},
    "a window of four minutes": {"window_minutes": 4},
    "a window of more than a day": {"window_minutes": 1441},
    "no officer": {"officers": ()},
    "an officer twice": {"officers": (bytes(32), bytes(32))},
    "17 officers": {"officers": tuple(fixed(f"officer {n}") for n in range(17))},
    "no envelope": {"envelopes": ()},
    "envelopes in the other order": {"envelopes": TWO.envelopes[::-1]},
    "the first envelope alone": {"envelopes": TWO.envelopes[:1]},
    "the first envelope twice": {"envelopes": TWO.envelopes[:1] * 2},
    "a limit without decimals": {"price_limit": "12000000"},
    "a negative limit": {"price_limit": "-1.00"},
    "a limit with a leading zero": {"price_limit": "01.00"},
    "an empty document": {"documents": (TenderDocument(name="a.pdf", size=0, sha256=bytes(32)),)},
    "too many documents": {
        "documents": tuple(TenderDocument(name=f"{n}.pdf", size=1, sha256=bytes(32)) for n in range(MAX_FILES + 1))
    },
    "a document of no envelope": {"required": (replace(ONE.required[0], envelope_id=SECOND_ENVELOPE),)},
}


@pytest.mark.parametrize("case", FIELDS)
def test_a_notice_with_a_value_out_of_its_bounds_is_neither_written_nor_read(case: str) -> None:
    assert refused(replace(ONE, **FIELDS[case])) == "ceremony.malformed"


ENVELOPES: dict[str, dict[str, Any]] = {
    "opened before the deadline": {"not_before": ONE.deadline - 1},
    "without an opening key": {"groups": (PolicyGroup.BIDDER, PolicyGroup.TIME)},
    "groups in another order": {"groups": (PolicyGroup.OPENING_KEY, PolicyGroup.BIDDER, PolicyGroup.TIME)},
    "a group twice": {"groups": (PolicyGroup.BIDDER, PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY)},
    "a time key without its group": {"groups": (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY)},
    "a time group without its key": {"time_key": b""},
    "fields in another order": {"fields": (SummaryField.DURATION, SummaryField.PRICE)},
    "no title": {"title": ""},
}


@pytest.mark.parametrize("case", ENVELOPES)
def test_an_envelope_that_could_not_be_opened_as_it_says_is_refused(case: str) -> None:
    envelope = replace(ONE.envelopes[0], **ENVELOPES[case])

    assert refused(replace(ONE, envelopes=(envelope,))) == "ceremony.malformed"


@pytest.mark.parametrize("spki", [bytes(91), spki_of(generate_key(Suite.RSA2048))], ids=["no key", "an RSA key"])
def test_a_time_key_that_nobody_could_seal_a_share_to_is_refused(spki: bytes) -> None:
    envelope = replace(ONE.envelopes[0], time_key=spki)

    assert refused(replace(ONE, envelopes=(envelope,))) == "ceremony.key_not_allowed"


@pytest.mark.parametrize("field", [SummaryField.PRICE, SummaryField.BOND])
def test_the_first_of_two_envelopes_holds_no_price(field: SummaryField) -> None:
    first = replace(TWO.envelopes[0], fields=(field,))

    assert refused(replace(TWO, envelopes=(first, TWO.envelopes[1]))) == "ceremony.malformed"
    assert first.envelope_id == FIRST_ENVELOPE


def test_a_notice_longer_than_its_limit_is_refused_unread() -> None:
    with pytest.raises(RejectedError):
        read_notice(bytes(MAX_NOTICE_BYTES + 1))


@given(st.sampled_from([ONE, TWO]), st.data())
def test_a_notice_with_one_bit_changed_is_another_or_refused(notice: Notice, data: st.DataObject) -> None:
    good = write_notice(notice)
    bit = data.draw(st.integers(0, 8 * len(good) - 1))
    changed = bytearray(good)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        read = read_notice(bytes(changed))
    except RejectedError:
        return
    assert read != notice
    assert write_notice(read) == bytes(changed)


def test_what_is_signed_and_the_label_follow_from_every_value_they_name() -> None:
    keys = tender_scene.opening_keys(TWO)
    texts = {
        signed_text(write_notice(TWO), keys),
        signed_text(write_notice(TWO), keys[::-1]),
        signed_text(write_notice(TWO), keys[:1]),
        signed_text(write_notice(ONE), keys),
    }
    labels = {
        opening_key_label(TWO, FIRST_ENVELOPE, keys[0]),
        opening_key_label(TWO, SECOND_ENVELOPE, keys[0]),
        opening_key_label(TWO, FIRST_ENVELOPE, keys[1]),
        *(
            opening_key_label(replace(TWO, **{name: "other"}), FIRST_ENVELOPE, keys[0])
            for name in ("platform", "tender", "lot")
        ),
    }

    assert (len(texts), len(labels)) == (4, 6)
