"""A login answer is worth nothing without v, and v stays in the desktop until it is redeemed (T49)."""

import threading
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from desktop.crypto.primitives import sha256
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import verify_answer
from desktop.protocol.items import LoginItem
from desktop.protocol.messages import ReplyType
from desktop.protocol.qr import read_qr
from desktop.protocol.transcript import Transcript
from desktop.services.ceremony import CeremonyView, Session, SessionParts, Stage
from desktop.services.login import LoginAction
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyPolicy
from desktop.store.journal import Journal
from tests.ceremony.bench import (
    BASE_URL,
    CREDIT_CODE,
    NOW,
    ORGANIZATION,
    PLATFORM_NAME,
    SLOT,
    ProbePhone,
    holder,
    make_workstation,
)
from tests.threats.adversary import Adversary, EvilRelay

LIMIT_S = 20.0
NONCE = b"\x4e" * 32


class Platform:
    """The platform's API as far as a login needs it; keeps what it was given."""

    def __init__(self) -> None:
        self.redeemed: list[tuple[bytes, bytes]] = []
        self.sessions: list[str] = []
        self._nonces = {NONCE}

    def login_nonce(self) -> bytes:
        return NONCE

    def sign_in_by_transcript(self, transcript: bytes, v: bytes, *, device: str = "") -> Any:
        del device
        self.redeemed.append((transcript, v))
        known = {holder().serial: holder().certificate}
        verified = verify_answer(Transcript.read(transcript), signer_of=known.get)
        item = verified.challenge.items[0]
        assert isinstance(item, LoginItem)
        if sha256(v) != item.v_hash or item.nonce not in self._nonces:
            raise RejectedError("ceremony.wrong_purpose", "v")
        self._nonces.remove(item.nonce)
        self.sessions.append("session")
        return SimpleNamespace(account=SimpleNamespace(name="张三", mobile_masked="138****0000"))


class Desk:
    """A login session over a relay that keeps everything it sees."""

    def __init__(self, folder: Path) -> None:
        self.platform = Platform()
        self.relay = EvilRelay(Adversary(Random(3), honesty=1.0, corpus=[]))
        self.relay.adversary.towards_desktop = lambda slot, frame: [(slot, frame)]  # type: ignore[method-assign]
        self.drawn: list[bytes] = []
        self.views: list[CeremonyView] = []
        self.changed = threading.Condition()
        self.journal_path = folder / "journal.db"
        random = Random(5)

        def draw(length: int) -> bytes:
            self.drawn.append(random.randbytes(length))
            return self.drawn[-1]

        stored = SimpleNamespace(organization=ORGANIZATION, credit_code=CREDIT_CODE)
        workspace = SimpleNamespace(
            api=self.platform,
            random=draw,
            profile=SimpleNamespace(name=PLATFORM_NAME),
            workstation=SimpleNamespace(enrolment_for=lambda _: stored),
            account=SimpleNamespace(adopt=lambda *_, **__: True, device=""),
            report_usage=lambda *_, **__: None,
        )
        self.action = LoginAction(cast("Workspace", workspace), credit_code=CREDIT_CODE)
        parts = SessionParts(
            relay=self.relay,
            base_url=BASE_URL,
            clock=ManualClock(NOW),
            random=Random(6).randbytes,
            policy=CeremonyPolicy(),
            journal=Journal(self.journal_path),
            judge=lambda t: verify_answer(t, signer_of={holder().serial: holder().certificate}.get),
        )
        workstation = make_workstation(enrolled=True)
        self.session = Session(parts=parts, workstation=workstation, action=self.action, publish=self._publish)

    def _publish(self, view: CeremonyView) -> None:
        with self.changed:
            self.views.append(view)
            self.changed.notify_all()

    def wait(self, stage: Stage) -> CeremonyView:
        with self.changed:
            assert self.changed.wait_for(lambda: any(v.stage is stage for v in self.views), LIMIT_S)
            return next(v for v in reversed(self.views) if v.stage is stage)

    def wait_code(self) -> str:
        """Return the shown code: it comes only once its mailbox stands, after the first view of that stage."""
        with self.changed:
            assert self.changed.wait_for(lambda: any(v.qr_text for v in self.views), LIMIT_S)
            return next(v.qr_text for v in reversed(self.views) if v.qr_text)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.session.start()
    return made


def phone_of(desk: Desk) -> ProbePhone:
    code = read_qr(desk.wait_code(), BASE_URL)
    phone = ProbePhone(code, desk.relay.challenge(code.token))
    desk.relay.post(code.token, SLOT, phone.claim())
    (accepted,) = desk.relay.fetch(SLOT, 0, wanted=1, timeout_s=LIMIT_S)
    assert phone.read(accepted).kind is ReplyType.ACCEPTED
    return phone


def test_t49_v_is_shown_to_the_platform_alone_and_only_when_redeemed(desk: Desk) -> None:
    phone = phone_of(desk)
    (v,) = desk.drawn
    assert phone.challenge.operation is Operation.LOGIN
    assert v not in phone.challenge_bytes
    assert desk.platform.redeemed == []
    desk.relay.post(phone.qr.token, SLOT, phone.answer(holder()))
    desk.wait(Stage.DONE)
    assert desk.session.join(LIMIT_S)
    assert [given for _, given in desk.platform.redeemed] == [v]
    assert desk.platform.sessions == ["session"]
    written = b"".join(p.read_bytes() for p in desk.journal_path.parent.iterdir())
    everything = [*desk.relay.seen, written, *(repr(view).encode() for view in desk.views)]
    assert not any(v in blob or v.hex().encode() in blob for blob in everything)
    assert desk.action._v == b""


def test_t49_a_cancelled_login_forgets_v_without_showing_it(desk: Desk) -> None:
    desk.wait(Stage.SHOWING)
    desk.session.cancel()
    assert desk.session.join(LIMIT_S)
    (v,) = desk.drawn
    assert desk.action._v == b""
    assert not any(v in blob for blob in desk.relay.seen)
    assert desk.platform.redeemed == []
