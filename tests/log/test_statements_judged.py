"""Statements and receipts of the platform, judged offline (T10, T12, T35, T38)."""

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.statements import judge_receipt, judge_statement, worst
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.protocol.statements import Closing, Head, write_statement
from tests.log.world import NOW, PLATFORM, Keeper, lines_of


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(folder=tmp_path / "state")


def test_head_of_the_record_keeper_is_valid(keeper: Keeper) -> None:
    found = judge_statement(keeper.head(lines_of(3)), Head, keeper.basis(), platform=PLATFORM)
    assert (found.verdict, found.reasons) == (Verdict.VALID, ())
    assert found.required().payload.size == 3


def test_t12_without_revocation_lists_nobody_can_tell(keeper: Keeper) -> None:
    found = judge_statement(keeper.head([]), Head, keeper.basis(revocation=RevocationData()))
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.statement is not None
    with pytest.raises(RejectedError, match=r"trust\.revocation_unknown"):
        found.required()


def test_t10_statement_by_another_certificate_of_the_platform_is_invalid(keeper: Keeper) -> None:
    authority = keeper.authority
    payload = Head(platform=PLATFORM, at_us=microseconds(NOW), size=0, root=bytes(32))
    by_seal_maker = write_statement(payload, sign=authority.sign_seal, signer=authority.seal_making)
    found = judge_statement(by_seal_maker, Head, keeper.basis())
    assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.not_by_keeper")
    assert found.statement is None


def test_statement_of_another_root_is_not_believed(keeper: Keeper, tmp_path: Path) -> None:
    other = Keeper(folder=tmp_path / "other")
    found = judge_statement(other.head([]), Head, keeper.basis())
    assert found.verdict is Verdict.CANNOT_TELL
    assert [r.code for r in found.reasons] == ["trust.unknown_root"]
    strange = judge_statement(keeper.head([]), Head, keeper.basis(anchors=TrustAnchors(roots=())))
    assert strange.verdict is Verdict.CANNOT_TELL


def test_statement_of_another_kind_platform_or_time_is_invalid(keeper: Keeper) -> None:
    later, before = NOW + timedelta(minutes=6), NOW - timedelta(days=30)
    for data, code in (
        (keeper.head([], platform="other"), "record.other_platform"),
        (keeper.head([], at=later), "record.in_future"),
        (keeper.head([], at=before), "verify.outside_validity"),
        (keeper.state(Head(platform=PLATFORM, at_us=2**53 - 1, size=0, root=bytes(32))), "record.in_future"),
        (b"", "record.unreadable"),
    ):
        found = judge_statement(data, Head, keeper.basis(), platform=PLATFORM)
        assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, code)
    as_closing = judge_statement(keeper.head([]), Closing, keeper.basis())
    assert as_closing.reasons[0].code == "record.signature_wrong"
    in_tolerance = judge_statement(keeper.head([], at=NOW + timedelta(minutes=4)), Head, keeper.basis())
    assert in_tolerance.verdict is Verdict.VALID


def test_every_flipped_bit_of_what_is_signed_is_found(keeper: Keeper) -> None:
    data = keeper.head(lines_of(2))
    basis = keeper.basis(revocation=RevocationData())  # what is not refused cannot be told: no path is judged twice
    for at in range(data.index(keeper.authority.record_keeper)):
        for bit in range(8):
            bent = bytearray(data)
            bent[at] ^= 1 << bit
            assert judge_statement(bytes(bent), Head, basis).verdict is Verdict.INVALID, (at, bit)


def test_receipt_with_a_timestamp_is_valid_and_says_both_times(keeper: Keeper) -> None:
    found = judge_receipt(keeper.receipt(), keeper.basis(), platform=PLATFORM)
    assert (found.verdict, found.reasons, found.unchecked) == (Verdict.VALID, (), ())
    assert found.receipt is not None
    assert (found.receipt.payload.number, found.stamped_at, found.service) == (1, NOW, "平台 时间戳")


def test_receipt_without_a_timestamp_is_valid_and_says_what_is_missing(keeper: Keeper) -> None:
    found = judge_receipt(keeper.receipt(stamped_after_s=None), keeper.basis())
    assert (found.verdict, found.unchecked, found.stamped_at) == (Verdict.VALID, ("record.no_timestamp",), None)


@pytest.mark.parametrize("apart", [61, -61, 86_400])
def test_t38_receipt_and_timestamp_that_disagree_leave_the_time_open(keeper: Keeper, apart: int) -> None:
    keeper.clock.advance(86_500)
    data = keeper.receipt(stamped_after_s=apart, at_us=microseconds(keeper.clock.now()))
    keeper.clock.advance(86_500)
    found = judge_receipt(data, keeper.basis())
    assert (found.verdict, [r.code for r in found.reasons]) == (Verdict.CANNOT_TELL, ["record.clocks_apart"])


@pytest.mark.parametrize("apart", [0, 60, -60])
def test_t38_receipt_and_timestamp_within_a_minute_agree(keeper: Keeper, apart: int) -> None:
    data = keeper.receipt(stamped_after_s=apart)
    keeper.clock.advance(90)
    assert judge_receipt(data, keeper.basis()).verdict is Verdict.VALID


def test_t38_verifiers_clock_a_day_slow_or_fast_changes_no_time_that_was_signed(keeper: Keeper) -> None:
    data = keeper.receipt()
    keeper.clock.advance(2 * 86_400)
    for days, verdict in ((0, Verdict.VALID), (1, Verdict.VALID)):
        found = judge_receipt(data, keeper.basis(now=keeper.clock.now() + timedelta(days=days)))
        assert (found.verdict, found.stamped_at) == (verdict, NOW)
    slow = judge_receipt(data, keeper.basis(now=NOW - timedelta(days=1)))
    assert (slow.verdict, slow.reasons[0].code) == (Verdict.INVALID, "record.in_future")


def test_timestamp_over_another_receipt_is_invalid(keeper: Keeper) -> None:
    from desktop.formats.statements import ReceiptFile, read_receipt, write_receipt

    good, other = read_receipt(keeper.receipt()), read_receipt(keeper.receipt(number=2))
    mixed = write_receipt(ReceiptFile(receipt=good.receipt, token=other.token))
    found = judge_receipt(mixed, keeper.basis())
    assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "verify.timestamp_invalid")
    assert found.receipt is None


def test_receipt_that_is_none_is_unreadable(keeper: Keeper) -> None:
    for data in (b"", b"PK", keeper.head([])):
        found = judge_receipt(data, keeper.basis())
        assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.unreadable")


def test_whole_is_as_bad_as_its_worst_part() -> None:
    valid, open_, wrong = Verdict.VALID, Verdict.CANNOT_TELL, Verdict.INVALID
    assert worst((valid, valid)) is valid
    assert worst((valid, open_)) is open_
    assert worst((open_, wrong, valid)) is wrong
    assert worst(()) is open_
