"""The phone's table of phases: what is listed happens, everything else is refused, whatever the order."""

import itertools
import os
from typing import Any

import pytest

from desktop.crypto.primitives import aead_seal, hpke_open, sha256
from desktop.crypto.suites import generate_p256, point_of
from desktop.domain.errors import BidSealError, MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.phone.core.ceremony import TRANSITIONS, Phase, PhoneCeremony
from desktop.phone.core.trust import Trust
from desktop.protocol.challenge import Challenge, write_challenge
from desktop.protocol.messages import Claim, PhoneMessage, Reply, ReplyType, read_frame
from desktop.protocol.qr import RelayQr
from desktop.protocol.transcript import context, mailbox_key, reply_key, t0_of, t1_of
from tests.phone.phone_ca import NOW, PLATFORM_NAME
from tests.phone.phone_world import PLATFORM_ID, World, download_request, login_request


class Counterpart:
    """The desktop's end of the channel, without rules of its own: it says whatever the test wants."""

    def __init__(self, world: World, operation: Operation = Operation.DOWNLOAD) -> None:
        self.r = os.urandom(32)
        self.secret = os.urandom(16)
        self.key = generate_p256()
        request = download_request() if operation is Operation.DOWNLOAD else login_request()
        challenge = Challenge(
            operation=operation,
            platform=PLATFORM_ID,
            platform_name=PLATFORM_NAME,
            workstation_id=os.urandom(16),
            workstation_name="工位",
            organization=request.organization,
            credit_code=request.credit_code,
            items=request.items,
            certificates=(),
            ephemeral_key=point_of(self.key),
            nonce=os.urandom(32),
            r_hash=sha256(self.r),
            issued_at=int(NOW.timestamp()),
            lifetime_s=60,
        )
        self.c = write_challenge(challenge, None)
        qr = RelayQr(token=os.urandom(16), secret=self.secret, elapsed_s=0, tag=bytes(8))
        self.phone = PhoneCeremony(
            profile=world.profile,
            trust=Trust(world.profile, world.clock),
            random=os.urandom,
            phone_name="手机",
            qr=qr,
        )
        body = aead_seal(key=mailbox_key(token=qr.token, secret=qr.secret), counter=0, plaintext=self.c)
        self.phone.take_challenge(body)
        self.sent = 0
        self.reply_key = b""

    def open_claim(self, frame: bytes) -> None:
        kind, ciphertext = read_frame(frame)
        assert kind is PhoneMessage.CLAIM
        plaintext = hpke_open(key=self.key, info=context(kind, t0_of(self.c)), ciphertext=ciphertext)
        t1 = t1_of(t0_of(self.c), plaintext)
        self.reply_key = reply_key(secret=self.secret, phone_nonce=Claim.read(plaintext).nonce, t1=t1)

    def say(self, kind: ReplyType) -> None:
        reply = Reply(
            kind=kind, r=self.r, envelope=b"envelope", document=b"document", code="ceremony.cancelled", near=bytes(16)
        )
        body = aead_seal(key=self.reply_key, counter=self.phone.received, plaintext=reply.write())
        self.phone.receive(body)

    def do(self, kind: PhoneMessage | ReplyType) -> None:
        if isinstance(kind, ReplyType):
            self.say(kind)
        elif kind is PhoneMessage.CLAIM:
            self.open_claim(self.phone.claim())
        elif kind is PhoneMessage.ANSWER:
            # The signature is another test's matter; here only the order counts.
            self.phone._seal(kind, b"answer", self.phone.t2)
        elif kind is PhoneMessage.PROOF:
            self.phone.proof(bytes(32))
        elif kind is PhoneMessage.EXTEND:
            self.phone.extend()
        else:
            self.phone.end(kind, "phone.declined")


_M, _R = PhoneMessage, ReplyType
PATHS: dict[Phase, list[PhoneMessage | ReplyType]] = {
    Phase.CHALLENGED: [],
    Phase.CLAIMED: [_M.CLAIM],
    Phase.CONSENT: [_M.CLAIM, _R.ACCEPTED],
    Phase.ANSWERED: [_M.CLAIM, _R.ACCEPTED, _M.ANSWER],
    Phase.PROVING: [_M.CLAIM, _R.ACCEPTED, _M.ANSWER, _R.PROVE],
    Phase.PROVED: [_M.CLAIM, _R.ACCEPTED, _M.ANSWER, _R.PROVE, _M.PROOF],
    Phase.ENDED: [_M.CLAIM, _R.ACCEPTED, _R.ENDED],
}
EVERYTHING: list[PhoneMessage | ReplyType] = [*PhoneMessage, *ReplyType]


# Before the claim there is no channel on which a desktop could say anything.
CASES = [
    (phase, kind)
    for phase, kind in itertools.product(PATHS, EVERYTHING)
    if phase is not Phase.CHALLENGED or isinstance(kind, PhoneMessage)
]


@pytest.mark.parametrize(("phase", "kind"), CASES)
def test_exactly_the_listed_moves_are_made(world: World, phase: Phase, kind: PhoneMessage | ReplyType) -> None:
    counterpart = Counterpart(world)
    for step in PATHS[phase]:
        counterpart.do(step)
    assert counterpart.phone.phase is phase
    following = TRANSITIONS.get((phase, kind))
    if following is not None:
        counterpart.do(kind)
        assert counterpart.phone.phase is following
        return
    expected: type[BidSealError] = RejectedError if isinstance(kind, ReplyType) else MisuseError
    with pytest.raises(expected):
        counterpart.do(kind)
    assert counterpart.phone.phase is phase


@pytest.mark.parametrize("kind", [_M.CLAIM, _M.ANSWER, _M.EXTEND, _M.PROOF])
def test_no_message_type_goes_out_twice(world: World, kind: PhoneMessage) -> None:
    counterpart = Counterpart(world)
    for step in (_M.CLAIM, _R.ACCEPTED, _M.EXTEND, _M.ANSWER, _R.PROVE, _M.PROOF):
        counterpart.do(step)
    with pytest.raises(MisuseError):
        counterpart.do(kind)


def test_a_second_request_for_proof_is_refused(world: World) -> None:
    counterpart = Counterpart(world)
    for step in (_M.CLAIM, _R.ACCEPTED, _M.ANSWER, _R.PROVE, _M.PROOF):
        counterpart.do(step)
    with pytest.raises(RejectedError):
        counterpart.do(_R.PROVE)


def test_nothing_is_read_before_the_claim(world: World) -> None:
    counterpart = Counterpart(world)
    with pytest.raises((RejectedError, MisuseError)):
        counterpart.phone.receive(b"anything")


def test_a_challenge_is_taken_once(world: World) -> None:
    counterpart = Counterpart(world)
    with pytest.raises(MisuseError):
        counterpart.phone.take_challenge(b"again")


def test_code_and_transcript_exist_only_after_acceptance(world: World) -> None:
    counterpart = Counterpart(world)
    for question in (lambda: counterpart.phone.code, lambda: counterpart.phone.t2):
        with pytest.raises(MisuseError):
            question()
    counterpart.do(_M.CLAIM)
    counterpart.do(_R.ACCEPTED)
    assert len(counterpart.phone.code) == 4
    assert counterpart.phone.code.isdigit()


def test_every_unfinished_phase_can_end() -> None:
    ends = {phase for (phase, _), following in TRANSITIONS.items() if following is Phase.ENDED}
    assert ends == {Phase.CLAIMED, Phase.CONSENT, Phase.ANSWERED, Phase.PROVING, Phase.PROVED}


def test_no_answer_is_possible_without_acceptance() -> None:
    sources = [phase for (phase, kind) in TRANSITIONS if kind is PhoneMessage.ANSWER]
    assert sources == [Phase.CONSENT]
    into: list[Any] = [kind for (_, kind), following in TRANSITIONS.items() if following is Phase.CONSENT]
    assert set(into) == {ReplyType.ACCEPTED, PhoneMessage.EXTEND, ReplyType.EXTENDED, ReplyType.NEAR}
