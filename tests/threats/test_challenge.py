"""A swapped or forged challenge never leads to an effect (T4, T5, T53)."""

from dataclasses import replace

import pytest

from desktop.crypto.primitives import aead_seal
from desktop.crypto.suites import generate_p256, sign
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol.challenge import read_challenge, write_challenge
from desktop.protocol.messages import PhoneMessage
from desktop.protocol.transcript import mailbox_key
from desktop.signing.ceremony import State
from tests.ceremony.bench import Bench, ProbePhone, holder, seal_item, workstation_key


def unreadable(bench: Bench, body: bytes) -> str:
    with pytest.raises(RejectedError) as caught:
        ProbePhone(bench.code(), body)
    return caught.value.code


def test_t05_the_phone_reads_only_the_challenge_that_its_code_belongs_to() -> None:
    bench, other = Bench(seed=1).start(), Bench(seed=2).start()
    body = bench.boxes[bench.code().token].challenge
    assert bench.phone().challenge == bench.ceremony.challenge
    for swapped in (
        other.boxes[other.code().token].challenge,
        body[:-1],
        body + b"\x00",
        bytes([body[0] ^ 1]) + body[1:],
        b"",
    ):
        assert unreadable(bench, swapped) == "ceremony.message_unreadable"


@pytest.mark.parametrize("what", ["document", "hash", "operation", "certificate", "platform"])
def test_t05_a_relay_that_photographed_the_code_cannot_change_a_signed_challenge(what: str) -> None:
    """It knows the mailbox key then, but not the workstation's: its own signature does not fit the enrolled key."""
    bench = Bench().start()
    code, honest = bench.code(), bench.ceremony.challenge
    item = seal_item()
    changed = {
        "document": replace(honest, items=(seal_item("另一份.pdf"),)),
        "hash": replace(honest, items=(replace(item, tbs_sha256=b"\x00" * 32),)),
        "operation": replace(honest, operation=Operation.LOGIN, items=()),
        "certificate": replace(honest, certificates=("AB",)),
        "platform": replace(honest, platform="other"),
    }[what]
    forged = write_challenge(changed, lambda m: sign(generate_p256(), m))
    key = mailbox_key(token=code.token, secret=code.secret)
    body = aead_seal(key=key, counter=0, plaintext=forged)
    assert unreadable(bench, body) in {"ceremony.signature_invalid", "ceremony.malformed"}
    again = write_challenge(honest, lambda m: sign(workstation_key(), m))
    assert read_challenge(again) == honest


def test_t05_a_phone_that_was_given_another_challenge_gets_nothing_from_the_desktop() -> None:
    """Even where the phone believes it (an unsigned login, and the relay has the code): T0 differs, so the key does."""
    bench = Bench(enrolled=False).start(Operation.LOGIN)
    code, honest = bench.code(), bench.ceremony.challenge
    changed = write_challenge(replace(honest, organization="乙公司"), None)
    body = aead_seal(key=mailbox_key(token=code.token, secret=code.secret), counter=0, plaintext=changed)
    phone = ProbePhone(code, body)
    bench.post(phone, phone.claim())
    assert bench.claims == []
    assert bench.warnings == ["ceremony.message_unreadable"]
    phone.r = b"\x00" * 32
    bench.post(phone, phone.frame(PhoneMessage.ANSWER, phone.answer_bytes(holder())))
    assert (bench.ceremony.state, bench.verified) == (State.SHOWING, [])


@pytest.mark.parametrize("operation", [Operation.SEAL, Operation.CLAIM_SEAL])
def test_t04_stripping_the_signature_off_a_challenge_makes_it_refused(operation: Operation) -> None:
    honest = Bench().start(operation).ceremony.challenge
    bare = replace(honest, enrolment=None, workstation_key=b"")
    with pytest.raises(RejectedError) as caught:
        read_challenge(write_challenge(bare, None))
    assert caught.value.code == "ceremony.workstation_not_enrolled"
