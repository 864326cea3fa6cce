"""Statements of platform and room: what was written is read, and nothing else is, whoever signed it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.crypto.suites import point_of, spki_of
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.tendering import OpeningState, Party
from desktop.protocol import codec
from desktop.protocol.statements import (
    BidResult,
    Closing,
    Head,
    OpeningNotice,
    Passed,
    PlatformStatement,
    RoomStatement,
    Withdrawn,
    read_room_statement,
    read_statement,
    write_room_statement,
    write_statement,
)
from tools.vectors import tender_scene
from tools.vectors.keys import fixed, key, sign
from tools.vectors.people import member, record_keeper, seal_maker, sha256, stranger

PLATFORM_STATEMENTS = tender_scene.platform_statements()
ROOM_STATEMENTS = tender_scene.room_statements()


def named(value: object) -> str:
    return type(value).__name__


@pytest.mark.parametrize("payload", PLATFORM_STATEMENTS, ids=named)
def test_a_statement_of_the_platform_is_read_as_it_was_written(payload: PlatformStatement) -> None:
    signed = read_statement(tender_scene.platform_statement(payload), type(payload))

    assert signed.payload == payload
    assert signed.signer.der == record_keeper()
    assert signed.is_record_keeper
    assert signed.document_sha256 == sha256(signed.document)


@pytest.mark.parametrize("payload", ROOM_STATEMENTS, ids=named)
def test_a_statement_of_the_room_is_read_with_its_workstation_and_officer(payload: RoomStatement) -> None:
    signed = read_room_statement(tender_scene.room_statement(payload), type(payload))

    assert signed.payload == payload
    assert (signed.workstation_key, signed.workstation_name) == (
        point_of(key("workstation")),
        tender_scene.WORKSTATION_NAME,
    )
    assert signed.officer.der == member()
    assert signed.is_by_officer(tender_scene.notice())


@pytest.mark.parametrize("payload", PLATFORM_STATEMENTS, ids=named)
def test_a_statement_of_one_kind_is_not_read_as_another(payload: PlatformStatement) -> None:
    data = tender_scene.platform_statement(payload)

    for kind in {type(each) for each in PLATFORM_STATEMENTS} - {type(payload)}:
        with pytest.raises(RejectedError) as refused:
            read_statement(data, kind)
        assert refused.value.code == "ceremony.signature_invalid"


@given(st.sampled_from(PLATFORM_STATEMENTS), st.data())
def test_one_changed_bit_is_refused(payload: PlatformStatement, data: st.DataObject) -> None:
    good = tender_scene.platform_statement(payload)
    signer_at = good.index(record_keeper())
    at = data.draw(st.integers(min_value=0, max_value=signer_at - 1), label="byte before the certificate")
    bad = bytearray(good)
    bad[at] ^= 1 << data.draw(st.integers(min_value=0, max_value=7), label="bit")

    with pytest.raises(RejectedError):
        read_statement(bytes(bad), type(payload))


@given(st.sampled_from(ROOM_STATEMENTS), st.data())
def test_one_changed_bit_of_a_room_statement_is_refused(payload: RoomStatement, data: st.DataObject) -> None:
    good = tender_scene.room_statement(payload)
    bits = data.draw(st.integers(min_value=0, max_value=8 * len(good) - 1))
    if good.find(member()) <= bits // 8 < good.find(member()) + len(member()):
        return
    bad = bytearray(good)
    bad[bits // 8] ^= 1 << bits % 8

    with pytest.raises(RejectedError):
        read_room_statement(bytes(bad), type(payload))


def test_a_statement_with_the_certificate_of_another_is_not_its_statement() -> None:
    payload = PLATFORM_STATEMENTS[0]
    good = codec.decode(tender_scene.platform_statement(payload))
    assert isinstance(good, dict)

    with pytest.raises(RejectedError) as refused:
        read_statement(codec.encode({**good, "signer": seal_maker()}), Head)

    assert refused.value.code == "ceremony.signature_invalid"


def test_who_signs_without_the_record_keeper_s_usage_is_no_record_keeper() -> None:
    data = write_statement(PLATFORM_STATEMENTS[0], sign=lambda text: sign(key("seal maker"), text), signer=seal_maker())

    assert not read_statement(data, Head).is_record_keeper


def test_a_workstation_of_another_unit_or_lot_does_not_speak_for_this_one() -> None:
    spoken = ROOM_STATEMENTS[0]
    notice = tender_scene.notice()
    other_lot = read_room_statement(tender_scene.room_statement(replace(spoken, lot="S2")), OpeningNotice)
    no_officer = replace(notice, officers=(sha256(stranger()),))
    signed = read_room_statement(tender_scene.room_statement(spoken), OpeningNotice)

    assert not other_lot.is_by_officer(notice)
    assert not signed.is_by_officer(no_officer)
    assert signed.is_by_officer(notice)


def test_a_workstation_that_nobody_enrolled_so_is_refused() -> None:
    with pytest.raises(RejectedError) as renamed:
        read_room_statement(
            write_room_statement(
                ROOM_STATEMENTS[0],
                sign=lambda text: sign(key("workstation"), text),
                workstation_key=point_of(key("workstation")),
                workstation_name="别的工位",
                enrolment=tender_scene.enrolment(),
            ),
            OpeningNotice,
        )
    with pytest.raises(RejectedError) as foreign:
        read_room_statement(
            write_room_statement(
                ROOM_STATEMENTS[0],
                sign=lambda text: sign(key("other"), text),
                workstation_key=point_of(key("other")),
                workstation_name=tender_scene.WORKSTATION_NAME,
                enrolment=tender_scene.enrolment(),
            ),
            OpeningNotice,
        )
    with pytest.raises(RejectedError) as unsigned:
        read_room_statement(
            write_room_statement(
                ROOM_STATEMENTS[0],
                sign=lambda text: sign(key("other"), text),
                workstation_key=point_of(key("workstation")),
                workstation_name=tender_scene.WORKSTATION_NAME,
                enrolment=tender_scene.enrolment(),
            ),
            OpeningNotice,
        )

    assert {renamed.value.code, foreign.value.code, unsigned.value.code} == {"ceremony.signature_invalid"}


def test_a_unit_s_name_that_the_enrolment_does_not_bear_is_refused() -> None:
    good = codec.decode(tender_scene.room_statement(ROOM_STATEMENTS[0]))
    assert isinstance(good, dict)

    for lie in ({"org": "别的代理公司"}, {"code": "91360000000000000X"}):
        with pytest.raises(RejectedError) as refused:
            read_room_statement(codec.encode({**good, **lie}), OpeningNotice)
        assert refused.value.code == "ceremony.workstation_not_enrolled"


OPENED, NOT_OPENED = (tender_scene.result(state) for state in OpeningState)
(OPENING,) = (each for each in ROOM_STATEMENTS if isinstance(each, OpeningNotice))
(PASSED,) = (each for each in ROOM_STATEMENTS if isinstance(each, Passed))
WITHDRAWN = next(each for each in PLATFORM_STATEMENTS if isinstance(each, Withdrawn))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(tender_scene.closing(count=3), opens=False),
        replace(tender_scene.closing(count=2), opens=True),
        replace(tender_scene.closing(), root=bytes(31)),
        replace(tender_scene.closing(), at_us=2**53),
        replace(WITHDRAWN, package_id=bytes(15)),
        replace(OPENED, cause="package.too_old"),
        replace(OPENED, party=Party.BIDDER),
        replace(NOT_OPENED, cause=""),
        replace(NOT_OPENED, party=Party.NOBODY),
        replace(OPENED, price="12.5"),
        replace(OPENED, envelope_id="third"),
        replace(OPENED, files=OPENED.files * 1001),
        replace(OPENING, room_key=spki_of(key("room"))[-65:-1] + b"\0"),
        replace(OPENING, reason=""),
        replace(PASSED, tender=""),
    ],
    ids=str,
)
def test_what_may_not_be_said_is_not_written(wrong: PlatformStatement | RoomStatement) -> None:
    with pytest.raises((RejectedError, MisuseError)):
        wrong.write()


def test_an_unknown_field_or_version_is_refused() -> None:
    body = codec.decode(tender_scene.closing().write())
    assert isinstance(body, dict)

    assert Closing.read(codec.encode(body)) == tender_scene.closing()
    for change in ({"v": 2}, {"note": "?"}):
        with pytest.raises(RejectedError) as refused:
            Closing.read(codec.encode({**body, **change}))
        assert refused.value.code == "ceremony.malformed"


def test_a_result_with_many_long_names_says_so_instead_of_being_unreadable() -> None:
    files = tuple(replace(OPENED.files[0], name="长" * 85, sha256=fixed(f"{n}")) for n in range(1000))

    with pytest.raises(RejectedError):
        replace(OPENED, files=files).write()
    assert BidResult.read(replace(OPENED, files=files[:500]).write()).files == files[:500]
