"""Being seen instead of typing: the accepted phone's value comes back over the accepted channel (T4)."""

import pytest

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol.challenge import UNSIGNED_OPERATIONS
from desktop.protocol.messages import ReplyType
from desktop.protocol.near import read_near, write_near
from desktop.signing.ceremony import State
from tests.ceremony.bench import Bench, holder

VALUE = bytes(range(16))


def test_a_value_is_shown_in_27_characters_and_read_again() -> None:
    text = write_near(VALUE)
    assert len(text) == 27
    assert read_near(text) == VALUE


@pytest.mark.parametrize(
    "text", ["", "BN1", write_near(VALUE)[:-1], write_near(VALUE) + "0", "BS1" + "0" * 24, "x" * 27]
)
def test_other_codes_are_none(text: str) -> None:
    with pytest.raises(RejectedError) as caught:
        read_near(text)
    assert caught.value.code == "ceremony.malformed"


@pytest.mark.parametrize("operation", sorted(UNSIGNED_OPERATIONS))
def test_the_accepted_phones_code_is_sent_back_once(operation: Operation) -> None:
    bench = Bench(enrolled=False).start(operation)
    phone = bench.claimed_phone()
    for _ in range(5):
        bench.take(bench.ceremony.see(write_near(VALUE)))
    assert [(r.kind, r.near) for r in bench.replies_to(phone)] == [(ReplyType.NEAR, VALUE)]
    bench.post(phone, phone.answer(holder()))
    assert len(bench.verified) == 1


def test_before_a_claim_after_the_answer_and_of_an_enrolled_workstation_nothing_is_sent() -> None:
    bench = Bench(enrolled=False).start(Operation.LOGIN)
    assert bench.ceremony.see(write_near(VALUE)) == []
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(holder()))
    assert bench.ceremony.see(write_near(VALUE)) == []
    signed = Bench(enrolled=True).start(Operation.LOGIN)
    signed.claimed_phone()
    assert signed.ceremony.see(write_near(VALUE)) == []


def test_t23_whatever_else_is_before_the_camera_ends_nothing_and_is_bounded() -> None:
    bench = Bench(enrolled=False).start(Operation.LOGIN)
    phone = bench.claimed_phone()
    for text in ("", "https://evil.example", "BN1", "BS1" + "0" * 144):
        assert bench.ceremony.see(text) == []
    for number in range(100):
        bench.take(bench.ceremony.see(write_near(number.to_bytes(16, "big"))))
    assert len(bench.replies_to(phone)) == 8
    assert bench.ceremony.state is State.CLAIMED
