"""Messages, challenge and seal fields: written and read the same; bounds hold from both sides (T22)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation, SealKind
from desktop.protocol import codec, cose
from desktop.protocol.bid_items import EnvelopeContent, PackedFile, PinItem, ShareItem, SignPackageItem, read_bid
from desktop.protocol.challenge import MAX_CHALLENGE_BYTES, Enrolment, read_challenge, write_challenge
from desktop.protocol.items import (
    MAX_ITEMS,
    SINGLE,
    TENDERING,
    ChangePasswordItem,
    ClaimSealItem,
    DownloadItem,
    EnrolItem,
    LoginItem,
    SealItem,
    SealMark,
    SuccessorItem,
    read_items,
)
from desktop.protocol.messages import Claim, PhoneMessage, Receipt, Reply, ReplyType, read_frame, write_frame
from desktop.protocol.schema import array, blob, fields, integer, one_of, text
from desktop.protocol.tender_items import WithdrawItem
from desktop.protocol.transcript import Transcript
from tests.protocol.test_display import SEAL, challenge_of
from tools.vectors import bid_scene, tender_items

ENROLLED: dict[str, Any] = {
    "workstation_key": bytes(65),
    "enrolment": Enrolment(certificate=bytes(900), issued_at=0, signature=bytes(64)),
}

ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
hashes = st.binary(min_size=32, max_size=32)
kinds = st.sampled_from(list(SealKind))


def name_of(limit: int) -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=limit).map(lambda s: codec.clean_text(s, max_bytes=limit) or "x")


sizes = st.integers(0, 2**40)
money = st.just("") | st.decimals(0, 10**12, places=2).map("{:.2f}".format)
words = st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True)
shares = st.builds(
    ShareItem,
    name=name_of(255),
    tender=name_of(64),
    lot=name_of(64),
    bidder_name=name_of(120),
    credit_code=name_of(32),
    package_id=st.binary(min_size=16, max_size=16),
    envelope_id=words,
    envelope_title=name_of(120),
    group_id=words,
    cms=st.binary(min_size=1, max_size=600),
)

serials = st.integers(1, 2**150).map("{:X}".format)
items: dict[Operation, st.SearchStrategy[Any]] = {
    Operation.LOGIN: st.builds(LoginItem, nonce=hashes, v_hash=hashes),
    Operation.ENROL_WORKSTATION: st.builds(
        EnrolItem, workstation_key=st.binary(min_size=65, max_size=65), name=name_of(64)
    ),
    Operation.DOWNLOAD: st.builds(DownloadItem, order_id=ids, holder=name_of(120), suite=name_of(16)),
    Operation.RENEW: st.builds(SuccessorItem, order_id=ids, holder=name_of(120), suite=name_of(16), old_serial=serials),
    Operation.REISSUE: st.builds(
        SuccessorItem, order_id=ids, holder=name_of(120), suite=name_of(16), old_serial=serials
    ),
    Operation.CHANGE_PASSWORD: st.builds(ChangePasswordItem, holder=name_of(120), serial_number=serials),
    Operation.CLAIM_SEAL: st.builds(ClaimSealItem, seal_id=ids, name=name_of(120), kind=kinds, imprint_sha256=hashes),
    Operation.SEAL: st.builds(
        SealItem,
        name=name_of(255),
        size=st.integers(1, 2**40),
        pages=st.integers(1, 1_000_000),
        source_sha256=hashes,
        tbs_sha256=hashes,
        signed_attributes=st.binary(min_size=1, max_size=1024),
        marks=st.lists(
            st.builds(
                SealMark,
                seal_id=ids,
                name=name_of(120),
                kind=kinds,
                pages=st.integers(1, 1_000_000),
                cross_page=st.booleans(),
            ),
            min_size=1,
            max_size=16,
        ).map(tuple),
    ),
    Operation.SIGN_PACKAGE: st.builds(
        SignPackageItem,
        bid_json=st.just(bid_scene.bid_json()),
        digests=st.lists(hashes, min_size=7, max_size=7).map(tuple),
        contents=st.tuples(
            *(
                st.builds(
                    EnvelopeContent,
                    envelope_id=st.just(name),
                    files=st.lists(st.builds(PackedFile, name=name_of(255), size=sizes), max_size=3).map(tuple),
                    count=st.just(0),
                    size=sizes,
                    price=money,
                    bid_bond=money,
                    duration_days=st.integers(0, 100_000),
                    quality=st.just("") | name_of(500),
                    project_manager=st.just("") | name_of(120),
                ).map(lambda c: replace(c, count=len(c.files)))
                for name in ("first", "second")
            )
        ),
        signing_time=st.integers(946_684_800, 2_524_607_999),
        signed_attributes=st.binary(min_size=1, max_size=1024),
        bid=st.just(read_bid(bid_scene.bid_json())),
    ),
    Operation.DECRYPT: shares,
    Operation.REHEARSE: shares,
    Operation.PIN_RECIPIENT: st.builds(PinItem, sha256=hashes, holder=name_of(120), enc_serial=serials),
    Operation.CREATE_OPENING_KEY: st.sampled_from(tender_items.items(Operation.CREATE_OPENING_KEY)),
    Operation.AMEND_TENDER: st.sampled_from(tender_items.items(Operation.AMEND_TENDER)),
    Operation.WITHDRAW: st.builds(
        WithdrawItem,
        tender=name_of(64),
        tender_name=name_of(120),
        lot=name_of(64),
        lot_name=name_of(120),
        package_id=st.binary(min_size=16, max_size=16),
        sha256=hashes,
        number=st.integers(1, 1_000_000),
    ),
    Operation.RELEASE_OPENING_KEY: st.sampled_from(tender_items.items(Operation.RELEASE_OPENING_KEY)),
}
LIMITS = dict.fromkeys(Operation, MAX_ITEMS) | dict.fromkeys(SINGLE, 1)


@pytest.mark.parametrize("operation", list(Operation))
@given(data=st.data())
def test_items_are_read_as_they_were_written(operation: Operation, data: st.DataObject) -> None:
    count = min(LIMITS[operation], 8)
    drawn = data.draw(st.lists(items[operation], min_size=1, max_size=count))
    wire = codec.decode(codec.encode([i.to_map() for i in drawn]))
    assert read_items(operation, wire) == tuple(drawn)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.parametrize("operation", sorted(TENDERING))
@given(data=st.data())
def test_t22_an_item_of_tendering_with_one_bit_changed_is_another_or_refused(
    operation: Operation, data: st.DataObject
) -> None:
    """Certificates, keys, notices and statements within it come from whoever showed the code."""
    (item,) = tender_items.items(operation)
    wire = bytearray(codec.encode([item.to_map()]))
    bit = data.draw(st.integers(0, 8 * len(wire) - 1))
    wire[bit // 8] ^= 1 << bit % 8
    try:
        (read,) = read_items(operation, codec.decode(bytes(wire)))
    except RejectedError:
        return
    assert codec.encode([read.to_map()]) == bytes(wire)


@pytest.mark.parametrize("operation", list(Operation))
def test_no_items_or_too_many_are_refused(operation: Operation) -> None:
    wire = codec.decode(codec.encode(challenge_of(operation).items[0].to_map()))
    limit = LIMITS[operation]
    assert len(read_items(operation, [wire] * limit)) == limit
    for count in (0, limit + 1):
        with pytest.raises(RejectedError):
            read_items(operation, [wire] * count)


def test_a_hundred_documents_fit_into_one_challenge() -> None:
    item = replace(SEAL, name="投标文件 第二册 技术标 施工组织设计.pdf")
    written = write_challenge(challenge_of(Operation.SEAL, items=(item,) * 100, **ENROLLED), lambda _: bytes(64))
    assert len(written) < MAX_CHALLENGE_BYTES // 2


def test_more_than_one_challenge_holds_is_said_before_anything_is_shown() -> None:
    item = bid_scene.share("甲.bid")
    many = challenge_of(Operation.DECRYPT, items=(replace(item, cms=bytes(16_384)),) * 12, **ENROLLED)
    with pytest.raises(RejectedError) as caught:
        write_challenge(many, lambda _: bytes(64))
    assert caught.value.code == "ceremony.too_large"


def test_the_largest_challenge_fits_and_a_longer_one_is_refused_unread() -> None:
    marks = tuple(
        SealMark(
            seal_id=f"{n:032x}", name="章" * 40, kind=SealKind.LEGAL_REPRESENTATIVE, pages=1_000_000, cross_page=True
        )
        for n in range(16)
    )
    item = SealItem(
        name="名" * 85,
        size=2**40,
        pages=1_000_000,
        source_sha256=bytes(32),
        tbs_sha256=bytes(32),
        signed_attributes=bytes(1024),
        marks=marks,
    )
    largest = codec.encode(challenge_of(Operation.SEAL, items=(item,) * 8, certificates=("F" * 40,) * 16).to_map())
    assert len(largest) + 5000 < MAX_CHALLENGE_BYTES
    assert codec.decode(largest)
    with pytest.raises(RejectedError, match="too long"):
        read_challenge(bytes(MAX_CHALLENGE_BYTES + 1))


def test_an_enrolled_challenge_is_never_written_unsigned() -> None:

    enrolled = replace(
        challenge_of(Operation.LOGIN),
        workstation_key=bytes(65),
        enrolment=Enrolment(certificate=b"0", issued_at=0, signature=bytes(64)),
    )
    with pytest.raises(RejectedError):
        write_challenge(enrolled, None)


@given(st.sampled_from(list(PhoneMessage)), st.binary(min_size=1, max_size=200))
def test_frames_are_read_as_they_were_written(kind: PhoneMessage, ciphertext: bytes) -> None:
    assert read_frame(write_frame(kind, ciphertext)) == (kind, ciphertext)


@given(st.binary(max_size=300))
def test_t22_whatever_the_bytes_a_reader_says_malformed_and_nothing_else(data: bytes) -> None:
    readers: list[Callable[[bytes], Any]] = [read_frame, Claim.read, Reply.read, Receipt.read, Transcript.read]
    for read in readers:
        with pytest.raises(RejectedError) as caught:
            read(data)
        assert caught.value.code == "ceremony.malformed"


@given(st.binary(max_size=300))
def test_t22_no_bytes_make_a_challenge_reader_raise_anything_else(data: bytes) -> None:
    for prefix in (b"", bytes.fromhex("d28443a10126a0")):
        with pytest.raises(RejectedError):
            read_challenge(prefix + data)


@given(st.sampled_from(list(ReplyType)), st.binary(min_size=32, max_size=32))
def test_replies_carry_the_fields_of_their_type_alone(kind: ReplyType, value: bytes) -> None:
    reply = Reply(kind=kind, r=value, envelope=value, document=value, code="ceremony.cancelled", near=value[:16])
    read = Reply.read(reply.write())
    wanted = {
        ReplyType.ACCEPTED: Reply(kind=kind, r=value),
        ReplyType.PROVE: Reply(kind=kind, envelope=value),
        ReplyType.RECEIPT: Reply(kind=kind, document=value),
        ReplyType.ENDED: Reply(kind=kind, code="ceremony.cancelled"),
        ReplyType.NEAR: Reply(kind=kind, near=value[:16]),
    }
    assert read == wanted.get(kind, Reply(kind=kind))


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (text(3), ["a", "abc", "é"], ["", "abcd", "éé", b"a", 1]),
        (text(3, empty=True), ["", "abc"], ["abcd", 0]),
        (blob(2), [b"ab"], [b"a", b"abc", "ab"]),
        (blob(1, 3), [b"a", b"abc"], [b"", b"abcd"]),
        (integer(1, 3), [1, 3], [0, 4, True, "1"]),
        (array(integer(0, 1), minimum=1, maximum=2), [[0], [0, 1]], [[], [0, 0, 0], [2], 0, {}]),
        (one_of(SealKind), ["official"], ["Official", 1, b"official"]),
    ],
)
def test_the_checks_hold_their_bounds(check: Callable[[Any], Any], good: list[Any], bad: list[Any]) -> None:
    for value in good:
        check(value)
    for value in bad:
        with pytest.raises(RejectedError):
            check(value)


def test_the_name_of_the_field_at_fault_is_told() -> None:
    with pytest.raises(RejectedError, match="size: integer"):
        fields({"size": "x"}, {"size": integer(0, 1)})
    with pytest.raises(RejectedError, match="missing field size"):
        fields({}, {"size": integer(0, 1)})
    with pytest.raises(RejectedError, match="unknown field more"):
        fields({"more": 1}, {}, {"size": integer(0, 1)})
    assert fields({}, {}, {"size": integer(0, 1)}) == {}


@pytest.mark.parametrize("payload", [b"", b"x", bytes(300)])
def test_cose_gives_back_what_was_signed_and_only_a_byte_string(payload: bytes) -> None:
    document = cose.sign1(payload, use="BIDSEAL1/receipt", sign=lambda _: bytes(64))
    assert cose.payload_of(document) == (payload, bytes(64))
    head, tail = document[:7], document[-66:]
    for inner in (codec.encode("text"), codec.encode(1), b"", b"\xd2"):
        with pytest.raises(RejectedError) as caught:
            cose.payload_of(head + inner + tail)
        assert caught.value.code == "ceremony.malformed"
