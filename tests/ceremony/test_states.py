"""The table of states is complete, closed, and drawn as it is; no walk of the engine leaves it."""

from itertools import product
from pathlib import Path
from random import Random

import pytest

from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.protocol.messages import Outcome, PhoneMessage, Proof, Reason
from desktop.signing.ceremony import TERMINAL, TRANSITIONS, CeremonyPolicy, Ended, State, Trigger, diagram
from desktop.signing.ceremony.transitions import allows, move
from tests.ceremony.bench import OTHER_SLOT, SLOT, Bench, ProbePhone, envelope_for, make_holder

STATES_DOCUMENT = Path(__file__).parents[2] / "docs" / "ceremony-states.md"

#: Said a second time, state by state, so that a change of the table is a change of two minds.
EXPECTED: dict[State, dict[Trigger, State]] = {
    State.NEW: {Trigger.START: State.SHOWING},
    State.SHOWING: {
        Trigger.ROUND_OVER: State.SHOWING,
        Trigger.SHOWN_TOO_LONG: State.PAUSED,
        Trigger.WINDOW_HIDDEN: State.PAUSED,
        Trigger.RENEW: State.SHOWING,
        Trigger.STALE_CLAIM: State.SHOWING,
        Trigger.FRESH_CLAIM: State.CLAIMED,
        Trigger.USER_CANCEL: State.CANCELLED,
    },
    State.PAUSED: {
        Trigger.RENEW: State.SHOWING,
        Trigger.STALE_CLAIM: State.PAUSED,
        Trigger.FRESH_CLAIM: State.CLAIMED,
        Trigger.USER_CANCEL: State.CANCELLED,
    },
    State.CLAIMED: {
        Trigger.LATER_CLAIM: State.CLAIMED,
        Trigger.EXTEND: State.CLAIMED,
        Trigger.NEAR: State.CLAIMED,
        Trigger.GOOD_ANSWER: State.ACTING,
        Trigger.BAD_ANSWER: State.REFUSED,
        Trigger.DECLINE: State.DECLINED,
        Trigger.PHONE_CANCEL: State.CANCELLED,
        Trigger.USER_CANCEL: State.CANCELLED,
        Trigger.ANSWER_OVERDUE: State.EXPIRED,
    },
    State.ACTING: {
        Trigger.LATER_CLAIM: State.ACTING,
        Trigger.ASK_PROOF: State.PROVING,
        Trigger.FINISH: State.DONE,
        Trigger.REFUSE: State.REFUSED,
    },
    State.PROVING: {
        Trigger.LATER_CLAIM: State.PROVING,
        Trigger.PROOF: State.ACTING,
        Trigger.PROOF_OVERDUE: State.EXPIRED,
        Trigger.PHONE_CANCEL: State.CANCELLED,
        Trigger.USER_CANCEL: State.CANCELLED,
        Trigger.REFUSE: State.REFUSED,
    },
}


@pytest.mark.parametrize(("state", "trigger"), list(product(State, Trigger)))
def test_every_pair_moves_as_listed_or_is_refused(state: State, trigger: Trigger) -> None:
    target = EXPECTED.get(state, {}).get(trigger)
    assert allows(state, trigger) is (target is not None)
    if target is None:
        with pytest.raises(MisuseError):
            move(state, trigger)
    else:
        assert move(state, trigger) is target


def test_final_states_are_final_and_every_other_state_can_end() -> None:
    assert not {source for source, _ in TRANSITIONS} & TERMINAL
    reachable: dict[State, set[State]] = {s: {s} for s in State}
    for _ in State:
        for (source, _trigger), target in TRANSITIONS.items():
            reachable[source] |= reachable[target]
    assert all(reached & TERMINAL for reached in reachable.values())
    assert reachable[State.NEW] == set(State)


def test_the_document_holds_the_diagram_of_the_table() -> None:
    assert f"```mermaid\n{diagram()}```" in STATES_DOCUMENT.read_text(encoding="utf-8")


def test_there_is_one_way_to_an_effect() -> None:
    into_acting = {pair for pair, target in TRANSITIONS.items() if target is State.ACTING}
    assert into_acting == {
        (State.CLAIMED, Trigger.GOOD_ANSWER),
        (State.ACTING, Trigger.LATER_CLAIM),
        (State.PROVING, Trigger.PROOF),
    }
    assert {s for (s, t), _ in TRANSITIONS.items() if t is Trigger.ASK_PROOF} == {State.ACTING}


@pytest.mark.parametrize("freshness_s", [0, 16, 600])
def test_a_freshness_that_would_serve_photographs_cannot_be_set(freshness_s: int) -> None:
    with pytest.raises(MisuseError):
        CeremonyPolicy(freshness_s=freshness_s)
    assert CeremonyPolicy(freshness_s=15).freshness_s == 15


def test_our_own_calls_out_of_turn_are_bugs() -> None:
    bench = Bench()
    for call in (
        bench.ceremony.renew,
        lambda: bench.ceremony.finish(Outcome.DONE),
        lambda: bench.ceremony.ask_proof(b"1"),
        lambda: bench.ceremony.challenge,
        lambda: bench.ceremony.t0,
    ):
        with pytest.raises(MisuseError):
            call()
    bench.start()
    with pytest.raises(MisuseError):
        bench.start()
    with pytest.raises(MisuseError):
        bench.ceremony._channel()


class Walk:
    """A random life of one ceremony: window, clock, two phones and junk in any order."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.bench = Bench(seed=seed)
        self.operation = self.random.choice([Operation.SEAL, Operation.DOWNLOAD])
        self.signer = make_holder()
        self.bench.known[self.signer.serial] = self.signer.certificate
        self.phones: list[tuple[ProbePhone, str]] = []

    def run(self) -> None:
        ceremony = self.bench.ceremony
        self.bench.start(self.operation, certificates=(self.signer.serial,))
        for _ in range(60):
            before, effects = ceremony.state, len(self.bench.verified)
            self.random.choice([self.window, self.time, self.scan, self.speak, self.speak, self.work])()
            self.check(before, effects)
        if ceremony.state not in TERMINAL and ceremony.state not in (State.PAUSED, State.ACTING):
            for _ in range(8):
                self.bench.tick(121)
            assert ceremony.state in TERMINAL | {State.PAUSED}

    def check(self, before: State, effects: int) -> None:
        ceremony = self.bench.ceremony
        if before in TERMINAL:
            assert ceremony.state is before
        assert len(self.bench.verified) - effects <= 1
        assert len(self.bench.verified) <= 1
        ended = [e for e in self.bench.events if isinstance(e, Ended)]
        assert len(ended) == (1 if ceremony.state in TERMINAL else 0)
        assert ceremony.remaining_s() >= 0
        assert (ceremony.code() is not None) == (ceremony.state is State.SHOWING)
        if self.bench.verified:
            assert self.bench.verified[0].t0 in self.bench.consumed

    def window(self) -> None:
        ceremony = self.bench.ceremony
        choice = self.random.random()
        if choice < 0.1:
            self.bench.take(ceremony.cancel())
        elif choice < 0.5:
            self.bench.take(ceremony.hide())
        elif ceremony.state in (State.SHOWING, State.PAUSED):
            self.bench.take(ceremony.renew())

    def time(self) -> None:
        self.bench.tick(self.random.choice([0, 1, 3, 7, 61]))

    def scan(self) -> None:
        code = self.bench.ceremony.code()
        if code is not None:
            slot = SLOT if not self.phones else OTHER_SLOT
            self.phones.append((self.bench.phone(code, nonce=self.random.randbytes(32)), slot))

    def speak(self) -> None:
        if not self.phones:
            return
        phone, slot = self.random.choice(self.phones)
        if not phone.r and len(self.bench.replies.get((phone.qr.token, slot), [])) > phone.received:
            for body in self.bench.replies[phone.qr.token, slot][phone.received :]:
                try:
                    phone.read(body)
                except RejectedError:  # another phone's reply in the same slot
                    break
        reason = Reason(code="phone.declined").write()
        frames = {
            PhoneMessage.CLAIM: phone.claim_bytes,
            PhoneMessage.ANSWER: phone.answer_bytes(self.signer),
            PhoneMessage.DECLINE: reason,
            PhoneMessage.CANCEL: reason,
            PhoneMessage.EXTEND: reason,
            PhoneMessage.PROOF: Proof(value=b"\x05" * 32).write(),
        }
        weights = [6, 6, 1, 1, 2, 3]
        kind = self.random.choices(list(frames), weights)[0]
        self.bench.post(phone, phone.frame(kind, frames[kind]), slot)
        if self.random.random() < 0.2:
            self.bench.post(phone, self.random.randbytes(40), slot)

    def work(self) -> None:
        ceremony = self.bench.ceremony
        if ceremony.state is State.ACTING:
            choice = self.random.random()
            if choice < 0.5 and self.operation is Operation.DOWNLOAD and not self.bench.proofs:
                self.bench.take(ceremony.ask_proof(envelope_for(self.bench.verified[0], b"\x05" * 32)))
            else:
                self.bench.take(ceremony.finish(self.random.choice(list(Outcome))))


@pytest.mark.parametrize("seed", range(60))
def test_a_random_life_keeps_its_promises(seed: int) -> None:
    Walk(seed).run()


def test_the_random_lives_reach_every_final_state_and_every_message() -> None:
    """The walks are worth something only if they get somewhere."""
    reached: set[State] = set()
    for seed in range(60):
        walk = Walk(seed)
        walk.run()
        reached.add(walk.bench.ceremony.state)
    assert reached >= TERMINAL
