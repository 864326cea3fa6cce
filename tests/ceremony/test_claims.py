"""Claims: which scan is accepted, and what happens to all others (T3, T50, T51)."""

from itertools import combinations

import pytest

from desktop.crypto.primitives import aead_open, hpke_seal, sha256
from desktop.crypto.suites import load_point
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol.messages import Claim, PhoneMessage, Reason, Reply, ReplyType, write_frame
from desktop.protocol.qr import RelayQr
from desktop.protocol.transcript import check_code, context
from desktop.signing.ceremony import CloseMailbox, SendReply, State
from tests.ceremony.bench import OTHER_SLOT, SLOT, Bench, holder


def kinds(replies: list[Reply]) -> list[ReplyType]:
    return [r.kind for r in replies]


def test_a_fresh_scan_is_accepted_and_both_sides_show_the_same_code() -> None:
    bench = Bench().start()
    phone = bench.claimed_phone()
    assert bench.ceremony.state is State.CLAIMED
    assert [(c.phone_name, c.check_code) for c in bench.claims] == [("张三的手机", check_code(phone.t2))]
    assert bench.ceremony.code() is None
    assert CloseMailbox(token=phone.qr.token) in bench.events


@pytest.mark.parametrize("age_s", [0, 1, 4, 5])
def test_t03_a_code_shown_up_to_five_seconds_ago_is_accepted(age_s: int) -> None:
    bench = Bench().start()
    bench.clock.advance(7)
    phone = bench.phone()
    bench.clock.advance(age_s)
    bench.post(phone, phone.claim())
    assert kinds(bench.replies_to(phone)) == [ReplyType.ACCEPTED]


@pytest.mark.parametrize("age_s", [6, 30, 59])
def test_t03_a_photographed_code_is_stale(age_s: int) -> None:
    bench = Bench().start()
    phone = bench.phone()
    bench.clock.advance(age_s)
    bench.post(phone, phone.claim())
    assert kinds(bench.replies_to(phone)) == [ReplyType.STALE]
    assert bench.ceremony.state is State.SHOWING
    assert bench.warnings == ["ceremony.stale_code"]


def test_t03_setting_the_clock_back_makes_no_photograph_fresh() -> None:
    bench = Bench().start()
    phone = bench.phone()
    shown_at = bench.clock.now()
    bench.clock.advance(30)
    bench.clock.set_wall(shown_at)
    bench.post(phone, phone.claim())
    assert kinds(bench.replies_to(phone)) == [ReplyType.STALE]


def test_t03_a_photograph_with_a_later_second_written_into_it_is_stale() -> None:
    bench = Bench().start()
    code = bench.code()
    bench.clock.advance(20)
    forged = RelayQr(token=code.token, secret=code.secret, elapsed_s=20, tag=code.tag)
    phone = bench.phone(forged)
    bench.post(phone, phone.claim())
    assert kinds(bench.replies_to(phone)) == [ReplyType.STALE]
    assert bench.claims == []


def test_t03_a_code_that_was_not_shown_yet_is_stale() -> None:
    bench = Bench().start()
    bench.clock.advance(4)
    later = bench.code()
    early = Bench().start()  # same seed, same secrets, four seconds earlier
    early_phone = early.phone()
    claim = Claim(elapsed_s=later.elapsed_s, tag=later.tag, phone_name="x", nonce=b"\x08" * 32)
    early.post(early_phone, early_phone.frame(PhoneMessage.CLAIM, claim.write()))
    assert early.claims == []


def test_a_scan_in_the_last_second_of_a_round_still_counts_after_renewal() -> None:
    bench = Bench().start()
    bench.tick(59)
    phone = bench.phone()
    bench.tick(3)
    assert len(bench.boxes) == 2
    bench.post(phone, phone.claim())
    assert kinds(bench.replies_to(phone)) == [ReplyType.ACCEPTED]
    assert bench.ceremony.t0 == phone.t0
    unused = next(t for t in bench.boxes if t != phone.qr.token)
    assert unused in bench.deleted


def test_a_renewed_code_shares_nothing_with_the_one_before() -> None:
    bench = Bench().start()
    first = bench.phone()
    bench.tick(60)
    second = bench.phone()
    a, b = first.challenge, second.challenge
    for name in ("ephemeral_key", "nonce", "r_hash"):
        assert getattr(a, name) != getattr(b, name)
    assert first.qr.token != second.qr.token
    assert first.qr.secret != second.qr.secret


def test_t51_the_second_phone_is_told_taken_and_the_first_goes_on() -> None:
    bench = Bench().start()
    other = bench.phone(name="陌生手机", nonce=b"\x09" * 32)
    phone = bench.claimed_phone()
    bench.post(other, other.claim(), OTHER_SLOT)
    assert kinds(bench.replies_to(other, OTHER_SLOT)) == [ReplyType.TAKEN]
    assert bench.warnings == ["ceremony.taken"]
    bench.post(phone, phone.answer(holder()))
    assert len(bench.verified) == 1


@pytest.mark.parametrize(
    "junk",
    [b"", b"\xff", b"\x00" * 1000, bytes.fromhex("a1617401"), write_frame(PhoneMessage.CLAIM, b"\x04" * 80)],
)
def test_t51_junk_in_the_mailbox_ends_nothing(junk: bytes) -> None:
    bench = Bench().start()
    phone = bench.phone()
    bench.post(phone, junk)
    assert bench.ceremony.state is State.SHOWING
    assert len(bench.warnings) == 1
    bench.post(phone, phone.claim())
    for slot in (SLOT, OTHER_SLOT):
        bench.post(phone, junk, slot)
    assert bench.ceremony.state is State.CLAIMED


@pytest.mark.parametrize("kind", [PhoneMessage.DECLINE, PhoneMessage.CANCEL, PhoneMessage.EXTEND, PhoneMessage.ANSWER])
def test_t51_only_the_accepted_phone_may_speak(kind: PhoneMessage) -> None:
    bench = Bench().start()
    other = bench.phone(name="陌生手机", nonce=b"\x09" * 32)
    phone = bench.claimed_phone()
    other.r = b"\x00" * 32  # what it would need and does not have
    bench.post(other, other.frame(kind, Reason(code="phone.declined").write()), OTHER_SLOT)
    bench.post(other, other.frame(kind, Reason(code="phone.declined").write()), SLOT)
    assert bench.ceremony.state is State.CLAIMED
    assert bench.replies_to(phone) == []


def test_frames_before_a_claim_or_in_an_unknown_mailbox_are_left_aside() -> None:
    bench = Bench().start()
    phone = bench.phone()
    phone.r = b"\x00" * 32
    assert bench.post(phone, phone.frame(PhoneMessage.CANCEL, Reason(code="phone.declined").write())) == []
    assert bench.ceremony.receive(b"\x00" * 16, SLOT, phone.claim()) == []
    assert bench.ceremony.state is State.SHOWING


@pytest.mark.parametrize("slot", ["", "../../../api/v1/me", "A" * 32, "5a" * 17, "5a" * 15 + "/."])
def test_a_slot_that_is_no_slot_is_not_answered(slot: str) -> None:
    bench = Bench().start()
    phone = bench.phone()
    bench.post(phone, phone.claim(), slot)
    assert bench.ceremony.state is State.SHOWING
    assert bench.replies == {}


def test_t01_no_two_replies_are_encrypted_under_one_key_and_counter() -> None:
    """A relay that replays claims must not make us reuse a nonce: it could read and forge replies from then on."""
    bench = Bench().start()
    stale = bench.phone(name="照片", nonce=b"\x0a" * 32)
    bench.clock.advance(6)
    bench.post(stale, stale.claim(), "01" * 16)
    phone = bench.phone()
    taken = bench.phone(name="陌生手机", nonce=b"\x09" * 32)
    claim, other = phone.claim(), taken.claim()
    bench.post(phone, claim, SLOT)
    bench.post(taken, other, OTHER_SLOT)
    for age_s in (0, 3, 10, 30):
        bench.clock.advance(age_s)
        for number, (owner, frame) in enumerate([(phone, claim), (taken, other), (stale, stale.claim())]):
            bench.post(owner, frame, f"{number:02x}" * 16)
            bench.post(owner, frame, SLOT)
            bench.post(owner, frame, OTHER_SLOT)
    bodies = [e.body for e in bench.events if isinstance(e, SendReply)]
    for key in (phone.key, taken.key, stale.key):
        readable = [b for b in bodies if _is_under(key, 0, b)]
        assert len(readable) == 1
    assert len(bodies) == 3


def _is_under(key: bytes, counter: int, body: bytes) -> bool:
    try:
        aead_open(key=key, counter=counter, ciphertext=body)
    except RejectedError:
        return False
    return True


def test_t50_r_is_committed_before_the_claim_and_revealed_to_the_accepted_phone_alone() -> None:
    bench = Bench().start()
    other = bench.phone(name="陌生手机", nonce=b"\x09" * 32)
    phone = bench.claimed_phone()
    bench.post(other, other.claim(), OTHER_SLOT)
    assert sha256(phone.r) == phone.challenge.r_hash
    assert phone.r not in phone.challenge_bytes
    assert all(reply.r == b"" for reply in bench.replies_to(other, OTHER_SLOT))


def test_t50_check_codes_of_a_ground_claim_cannot_be_chosen_before_r_is_known() -> None:
    """One claim a round counts: whoever tries more gets `taken`, so a code is met by luck only, one in 10,000."""
    bench = Bench().start()
    phones = [bench.phone(nonce=bytes([n]) * 32) for n in range(8)]
    for number, phone in enumerate(phones):
        bench.post(phone, phone.claim(), f"{number:02x}" * 16)
    accepted = [kinds(bench.replies_to(p, f"{n:02x}" * 16)) for n, p in enumerate(phones)]
    assert accepted == [[ReplyType.ACCEPTED]] + [[ReplyType.TAKEN]] * 7
    assert all(a.key != b.key for a, b in combinations(phones, 2))


@pytest.mark.parametrize("operation", list(Operation))
def test_a_claim_under_another_context_is_unreadable(operation: Operation) -> None:
    bench = Bench().start(operation)
    phone = bench.phone()
    recipient = load_point(phone.challenge.ephemeral_key)
    for info in (b"", context(PhoneMessage.ANSWER, phone.t0), context(PhoneMessage.CLAIM, phone.t1)):
        sealed = hpke_seal(recipient=recipient, info=info, plaintext=phone.claim_bytes)
        bench.post(phone, write_frame(PhoneMessage.CLAIM, sealed))
    assert bench.ceremony.state is State.SHOWING
    assert bench.warnings == ["ceremony.message_unreadable"] * 3
