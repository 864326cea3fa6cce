"""A malicious relay learns nothing, and the desktop accepts nothing but the honest answer (T1-T3, T5, T6, T27)."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import load_point
from desktop.domain.clock import ManualClock
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer, verify_answer
from desktop.protocol import cose
from desktop.protocol.messages import RECEIPT_USE, Outcome, PhoneMessage, Receipt, ReplyType
from desktop.protocol.qr import RelayQr, read_qr
from desktop.protocol.transcript import Transcript
from desktop.services.action import AskProof, Finish, Preparation
from desktop.services.ceremony import CeremonyView, Session, SessionParts, Stage
from desktop.signing.ceremony import CeremonyPolicy, CeremonyRequest, State
from desktop.store.journal import EntryState, Journal
from tests.ceremony.bench import (
    BASE_URL,
    CREDIT_CODE,
    DOCUMENT,
    IMPRINT_SHA256,
    NOW,
    ORDER_ID,
    ORGANIZATION,
    SEAL_ID,
    SLOT,
    WORKSTATION_NAME,
    Bench,
    ProbePhone,
    holder,
    make_workstation,
    request_of,
    seal_item,
)
from tests.threats.adversary import Adversary, EvilRelay

ENDED_WITHIN_S = 20.0


def secrets_of(phone: ProbePhone) -> dict[str, bytes]:
    """Everything that must never be visible to the relay, in the forms in which it could be."""
    item = seal_item()
    clear = {
        "document name": DOCUMENT.encode(),
        "part of the document name": "机密报价".encode(),
        "document hash": item.source_sha256,
        "digest to be signed": item.tbs_sha256,
        "signed attributes": item.signed_attributes,
        "seal name": "公章".encode(),
        "seal id": SEAL_ID.encode(),
        "order": ORDER_ID.encode(),
        "imprint": IMPRINT_SHA256,
        "organization": ORGANIZATION.encode(),
        "credit code": CREDIT_CODE.encode(),
        "workstation": WORKSTATION_NAME.encode(),
        "phone": phone.name.encode(),
        "serial number": holder().serial.encode(),
        "certificate": holder().certificate[:64],
        "consent signature": phone.answer_bytes(holder())[-80:],
        "mailbox secret": phone.qr.secret,
        "rotation tag": phone.qr.tag,
        "phone nonce": phone.nonce,
        "reply key": phone.key,
        "challenge nonce": phone.challenge.nonce,
        "r": phone.r,
        "T0": phone.t0,
        "T2": phone.t2 if phone.r else b"",
    }
    return {name: value for name, value in clear.items() if value}


def leaks(seen: list[bytes], phone: ProbePhone) -> list[str]:
    found = []
    for name, value in secrets_of(phone).items():
        forms = (value, value.hex().encode(), value.hex().upper().encode())
        if any(form in blob for blob in seen for form in forms):
            found.append(name)
    return found


# -- the state machine alone: many runs --------------------------------------------------------------------------------


@dataclass
class Run:
    """One ceremony over an adversary without threads: the desktop's bench, a phone, and what came of it."""

    seed: int
    corpus: list[bytes]
    honesty: float = 0.8
    operation: Operation = Operation.SEAL
    seen: list[bytes] = field(default_factory=list)
    honest_answer: bytes = b""
    phone_says: str = ""

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.adversary = Adversary(self.random, honesty=self.honesty, corpus=self.corpus)
        self.bench = Bench(seed=self.seed).start(self.operation)
        token = self.bench.code().token
        self.seen += [token, self.bench.boxes[token].owner, self.bench.boxes[token].challenge]
        self.phone = self.bench.phone(nonce=Random(-self.seed - 1).randbytes(32))

    def go(self) -> "Run":
        self.send(self.phone.claim())
        self.listen({ReplyType.ACCEPTED})
        if self.phone.r:
            self.honest_answer = self.phone.answer_bytes(holder())
            self.send(self.phone.frame(PhoneMessage.ANSWER, self.honest_answer))
        for _ in range(self.random.randrange(4)):
            self.disturb()
        if self.bench.ceremony.state is State.ACTING:
            self.bench.take(self.bench.ceremony.finish(Outcome.DONE))
        if self.phone.r:
            self.listen({ReplyType.RECEIPT, ReplyType.ENDED})
        self.seen += [body for bodies in self.bench.replies.values() for body in bodies]
        return self

    def send(self, frame: bytes) -> None:
        self.seen.append(frame)
        for slot, body in self.adversary.towards_desktop(SLOT, frame):
            self.bench.post(self.phone, body, slot)

    def disturb(self) -> None:
        self.bench.tick(self.random.choice([0, 1, 6]))
        self.bench.post(self.phone, self.random.choice(self.corpus), self.random.choice([SLOT, "77" * 16]))

    def listen(self, wanted: set[ReplyType]) -> None:
        waiting = self.bench.replies.get((self.phone.qr.token, SLOT), [])[self.phone.received :]
        try:
            for body in self.adversary.towards_phone(waiting):
                reply = self.phone.read(body)
                assert reply.kind in wanted | {ReplyType.STALE, ReplyType.TAKEN}
                if reply.kind is ReplyType.RECEIPT:
                    key = load_point(self.phone.challenge.workstation_key)
                    receipt = Receipt.read(cose.open1(reply.document, use=RECEIPT_USE, key=key))
                    assert receipt.t2 == self.phone.t2
                    self.phone_says = str(receipt.outcome)
        except RejectedError:
            self.phone_says = "stopped"


@pytest.fixture(scope="module")
def corpus() -> list[bytes]:
    """Frames of an honest ceremony that the adversary has recorded before."""
    bench = Bench(seed=999).start()
    phone = bench.claimed_phone()
    return [phone.claim(), phone.answer(holder())]


def check(run: Run) -> None:
    bench = run.bench
    assert len(bench.verified) <= 1
    for verified in bench.verified:
        assert verified.transcript.answer == run.honest_answer
        assert verified.t2 == run.phone.t2
    assert {c.phone_name for c in bench.claims} <= {run.phone.name}
    if run.phone_says == "done":
        assert bench.ceremony.state is State.DONE
        assert len(bench.verified) == 1
    assert leaks(run.seen, run.phone) == []


@pytest.mark.parametrize("block", range(10))
def test_t27_a_malicious_relay_learns_nothing_and_changes_nothing(block: int, corpus: list[bytes]) -> None:
    for seed in range(block * 40, block * 40 + 40):
        check(Run(seed=seed, corpus=list(corpus)).go())


def test_the_adversary_does_something_and_the_honest_run_still_works(corpus: list[bytes]) -> None:
    """The runs above are worth something only if many are disturbed and some get through."""
    runs = [Run(seed=seed, corpus=list(corpus)).go() for seed in range(120)]
    assert sum(r.adversary.tricks for r in runs) > 120
    said = [r.phone_says for r in runs]
    assert said.count("done") > 10
    assert said.count("stopped") > 3
    honest = Run(seed=1, corpus=list(corpus), honesty=1.0)
    honest.adversary.random = Random(3)  # no trick before the first frame by this seed either way
    assert honest.go().phone_says == "done"


def test_the_search_for_leaks_finds_what_is_there(corpus: list[bytes]) -> None:
    run = Run(seed=1, corpus=list(corpus)).go()
    assert leaks([*run.seen, b"x" + DOCUMENT.encode()], run.phone) == ["document name", "part of the document name"]
    assert leaks([run.phone.qr.secret.hex().encode()], run.phone) == ["mailbox secret"]


# -- a relay that also has an old photograph of the code ---------------------------------------------------------------


def test_t03_t51_a_relay_with_an_old_photograph_reads_the_challenge_and_still_changes_nothing() -> None:
    for seed in range(60):
        random = Random(seed)
        bench = Bench(seed=seed).start()
        photograph = bench.code()
        bench.clock.advance(6)
        thief = bench.phone(photograph, name="张三的手机", nonce=random.randbytes(32))
        phone = bench.phone(nonce=random.randbytes(32))
        slots = [SLOT, "77" * 16]
        bench.post(thief, thief.claim(), random.choice(slots))
        bench.post(phone, phone.claim(), SLOT)
        if not bench.claims:
            # The relay put the thief's claim into the honest slot first; that is a refusal of service and no more.
            continue
        phone.read(bench.replies[phone.qr.token, SLOT][-1])
        honest = phone.answer_bytes(holder())
        thief.r = random.choice([b"\x00" * 32, random.randbytes(32)])
        for _ in range(10):
            kind = random.choice([k for k in PhoneMessage if k is not PhoneMessage.CLAIM])
            plaintext = random.choice([honest, thief.answer_bytes(holder()), b"\xa0"])
            bench.post(thief, thief.frame(kind, plaintext), random.choice(slots))
        assert bench.verified == []
        assert bench.ceremony.state is State.CLAIMED
        bench.post(phone, phone.frame(PhoneMessage.ANSWER, honest), SLOT)
        assert [v.transcript.answer for v in bench.verified] == [honest]


# -- the real session with its threads ---------------------------------------------------------------------------------


class CountingAction:
    """An effect that is counted."""

    def __init__(self) -> None:
        self.acted: list[VerifiedAnswer] = []
        self.closed = 0

    def prepare(self, _preparation: Preparation) -> CeremonyRequest:
        return request_of(Operation.SEAL)

    def subject(self) -> str:
        return DOCUMENT

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        self.acted.append(verified)
        return Finish(outcome=Outcome.DONE, results=({"name": DOCUMENT, "sha256": sha256(b"sealed")},))

    def prove(self, _value: bytes) -> Finish:
        raise MisuseError("general.unexpected", "proof")

    def close(self) -> None:
        self.closed += 1


class Scene:
    """A session of the product over the evil relay."""

    def __init__(
        self, folder: Path, seed: int, corpus: list[bytes], *, honesty: float, patience_s: float = 0.3
    ) -> None:
        self._patience_s = patience_s
        self.random = Random(seed)
        self.relay = EvilRelay(Adversary(Random(seed + 1), honesty=honesty, corpus=corpus))
        self.action = CountingAction()
        self.journal = Journal(folder / f"journal-{seed}.db")
        self._codes: list[RelayQr] = []
        self._changed = threading.Condition()
        self.views: list[CeremonyView] = []
        known = {holder().serial: holder().certificate}

        def judge(transcript: Transcript) -> VerifiedAnswer:
            return verify_answer(transcript, signer_of=known.get)

        parts = SessionParts(
            relay=self.relay,
            base_url=BASE_URL,
            clock=ManualClock(NOW),
            random=self.random.randbytes,
            policy=CeremonyPolicy(),
            journal=self.journal,
            judge=judge,
        )
        self.session = Session(
            parts=parts, workstation=make_workstation(enrolled=True), action=self.action, publish=self._publish
        )

    def _publish(self, view: CeremonyView) -> None:
        with self._changed:
            self.views.append(view)
            self._changed.notify_all()

    def code(self) -> RelayQr:
        with self._changed:
            assert self._changed.wait_for(lambda: any(v.qr_text for v in self.views), ENDED_WITHIN_S)
            return read_qr(next(v.qr_text for v in reversed(self.views) if v.qr_text), BASE_URL)

    def reached(self, *stages: Stage, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: any(v.stage in stages for v in self.views), timeout_s)

    def live(self) -> tuple[ProbePhone | None, bytes, str]:
        """Run phone and session to the end; return the phone, its honest answer and what it says."""
        self.session.start()
        try:
            return self._scan(self.code())
        finally:
            self.session.cancel()
            assert self.session.join(ENDED_WITHIN_S)

    def _scan(self, code: RelayQr) -> tuple[ProbePhone | None, bytes, str]:
        try:
            phone = ProbePhone(code, self.relay.challenge(code.token), nonce=self.random.randbytes(32))
        except RejectedError:
            return None, b"", "stopped"
        try:
            self.relay.post(code.token, SLOT, phone.claim())
            for body in self.relay.fetch(SLOT, 0, wanted=1, timeout_s=self._patience_s):
                phone.read(body)
            if not phone.r:
                return phone, b"", "stopped"
            answer = phone.answer_bytes(holder())
            self.relay.post(code.token, SLOT, phone.frame(PhoneMessage.ANSWER, answer))
            self.reached(Stage.DONE, Stage.PROBLEM, timeout_s=self._patience_s)
        except RejectedError:
            return phone, b"", "stopped"
        try:
            for body in self.relay.fetch(SLOT, phone.received, wanted=2, timeout_s=self._patience_s):
                reply = phone.read(body)
                if reply.kind is ReplyType.RECEIPT:
                    key = load_point(phone.challenge.workstation_key)
                    return (
                        phone,
                        answer,
                        str(Receipt.read(cose.open1(reply.document, use=RECEIPT_USE, key=key)).outcome),
                    )
        except RejectedError:
            pass
        return phone, answer, "unconfirmed"


@pytest.fixture
def evil_runs(tmp_path: Path, corpus: list[bytes]) -> list[Scene]:
    return [Scene(tmp_path, seed, list(corpus), honesty=0.75) for seed in range(12)]


def test_t27_the_real_session_holds_against_the_malicious_relay(evil_runs: list[Scene]) -> None:
    for scene in evil_runs:
        phone, answer, says = scene.live()
        assert len(scene.action.acted) <= 1
        assert scene.action.closed == 1
        for verified in scene.action.acted:
            assert verified.transcript.answer == answer
        if says == "done":
            assert len(scene.action.acted) == 1
        if phone is not None:
            assert leaks(scene.relay.seen, phone) == []
        entries = scene.journal.recent()
        assert [e.state for e in entries] == [EntryState.DONE] * len(scene.action.acted)
        assert scene.views[-1].is_over


def test_the_real_session_works_over_an_honest_relay(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 77, [], honesty=1.0, patience_s=ENDED_WITHIN_S)
    scene.relay.adversary.random = Random(3)
    scene.relay.adversary.towards_desktop = lambda slot, frame: [(slot, frame)]  # type: ignore[method-assign]
    phone, _, says = scene.live()
    assert says == "done"
    assert scene.views[-1].stage is Stage.DONE
    assert phone is not None
    assert leaks(scene.relay.seen, phone) == []
