"""An in-memory relay and a desktop (the product's own engine) for a phone to live with."""

import base64
import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from desktop.crypto.cades import cades_signed_attributes
from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import PasswordCost, hpke_seal, rsa_oaep_seal
from desktop.crypto.suites import P256PrivateKey, P256PublicKey, generate_p256, load_spki, point_of, sign
from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import Operation, SealKind
from desktop.formats.answer import VerifiedAnswer, verify_answer
from desktop.formats.seal import SealObject, write_seal
from desktop.phone.core import HttpReply, MemoryDeviceSecrets, Phone, PlatformProfile, RelayTiming
from desktop.protocol.challenge import Challenge, Enrolment, enrolment_statement, workstation_id_of
from desktop.protocol.items import ISSUING, ClaimSealItem, DownloadItem, EnrolItem, LoginItem, SealItem, SealMark
from desktop.protocol.messages import Outcome
from desktop.protocol.transcript import possession_context
from desktop.signing.ceremony import (
    AnswerVerified,
    Ceremony,
    CeremonyPolicy,
    CeremonyRequest,
    Claimed,
    DeleteMailbox,
    Ended,
    Event,
    OpenMailbox,
    Proved,
    SendReply,
    Workstation,
)
from tests.phone.phone_ca import CREDIT_CODE, ENC, NOW, ORGANIZATION, PLATFORM_NAME, Ca, usage

BASE_URL = "http://127.0.0.1:8765"
PLATFORM_ID = "jxjt"
OTHER_CODE = "91360000999990000X"
PASSWORD = "Anhui-2026"
CHEAP = PasswordCost(iterations=1, memory_kib=8 * 1024)
QUICK = RelayTiming(
    poll_s=0.05, margin_s=0.5, fault_budget_s=0.2, back_off_s=0.01, accept_s=0.5, receipt_s=90, consent_slack_s=5
)


@dataclass
class _Box:
    challenge: bytes
    owner: bytes
    slots: dict[str, list[bytes]] = field(default_factory=dict)
    frames: list[tuple[str, bytes]] = field(default_factory=list)


class FakeRelay:
    """The relay's HTTP in memory; frames go straight to `on_frame`."""

    def __init__(self) -> None:
        self.boxes: dict[str, _Box] = {}
        self.on_frame: Callable[[str, str, bytes], None] = lambda *_: None
        self.requests: list[str] = []
        #: Replaces an answer: called with (method, path); None lets the request through.
        self.fault: Callable[[str, str], HttpReply | None] = lambda *_: None
        #: So many POSTs do their work, but their answers get lost.
        self.lost_answers = 0
        self.changed = threading.Condition()
        self.account: dict[str, Any] = {}

    def send(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float
    ) -> HttpReply:
        assert timeout_s > 0
        self.requests.append(f"{method} {path}")
        faulty = self.fault(method, path)
        if faulty is not None:
            return faulty
        parts = urlsplit(path)
        if parts.path.startswith("/api/v1/"):
            return self._api(method, parts.path, body, headers or {})
        _, _, _, _, token, kind, *rest = parts.path.split("/")
        return self._relay(method, token, path=[kind, *rest], body=body, query=parse_qs(parts.query))

    def _relay(
        self, method: str, token: str, *, path: list[str], body: bytes, query: dict[str, list[str]]
    ) -> HttpReply:
        box = self.boxes.get(token)  # once: the test may delete it at any moment
        if box is None:
            return HttpReply(status=404, body=b'{"code": "platform.mailbox_gone"}')
        if method == "GET" and path == ["challenge"]:
            return HttpReply(status=200, body=box.challenge)
        slot = path[1]
        if method == "GET":
            return self._poll(token, slot, int(query["after"][0]), float(query["wait"][0]))
        box.slots.setdefault(slot, [])
        if (slot, body) not in box.frames:
            box.frames.append((slot, body))
            self.on_frame(token, slot, body)
        if self.lost_answers:
            self.lost_answers -= 1
            return HttpReply(status=502)
        return HttpReply(status=202, body=b'{"queued": 1}')

    def _api(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> HttpReply:
        answer = self.account.get(f"{method} {path}")
        if callable(answer):
            answer = answer(json.loads(body) if body else None, headers)
        if answer is None:
            return HttpReply(status=404, body=b'{"code": "platform.not_found"}')
        status, value = answer
        return HttpReply(status=status, body=json.dumps(value).encode())

    def _poll(self, token: str, slot: str, after: int, wait_s: float) -> HttpReply:
        with self.changed:
            self.changed.wait_for(
                lambda: token not in self.boxes or len(self.boxes[token].slots.get(slot, [])) > after, wait_s
            )
            box = self.boxes.get(token)
            if box is None:
                return HttpReply(status=404, body=b'{"code": "platform.mailbox_gone"}')
            messages = box.slots.get(slot, [])[after:]
        encoded = [base64.b64encode(m).decode() for m in messages]
        return HttpReply(status=200, body=json.dumps({"next": after + len(messages), "messages": encoded}).encode())

    def reply(self, token: str, slot: str, body: bytes) -> None:
        with self.changed:
            if token in self.boxes:
                self.boxes[token].slots.setdefault(slot, []).append(body)
            self.changed.notify_all()

    def delete(self, token: str) -> None:
        with self.changed:
            self.boxes.pop(token, None)
            self.changed.notify_all()


class Desktop:
    """A workstation driven by the product's engine. `acts` replaces what happens after a good answer."""

    def __init__(self, world: "World", *, enrolled: bool, name: str = "投标部-01", lazy: bool = False) -> None:
        self.world = world
        self.key: P256PrivateKey = generate_p256()
        self.name = name
        self.events: list[Event] = []
        self.verified: VerifiedAnswer | None = None
        self.proof = b""
        self.enrolment: Enrolment | None = world.enrolment(self.key, name) if enrolled else None
        self.lazy = lazy
        self.on_verified: Callable[[VerifiedAnswer], None] = self.act
        self.ceremony: Ceremony
        self._expected_proof = b""
        self._held_delete: list[str] = []

    def show(self, request: CeremonyRequest) -> str:
        """Start a ceremony; return the text of the QR code shown now."""
        point = point_of(self.key)
        self.ceremony = Ceremony(
            policy=CeremonyPolicy(),
            workstation=Workstation(
                platform=PLATFORM_ID,
                platform_name=PLATFORM_NAME,
                workstation_id=workstation_id_of(point),
                name=self.name,
                key_point=point,
                sign=lambda message: sign(self.key, message),
                enrolment=self.enrolment,
            ),
            clock=self.world.clock,
            random=os.urandom,
            judge=lambda t: verify_answer(t, signer_of=self.world.issued.get),
            consume=lambda _: True,
        )
        self.world.relay.on_frame = self._on_frame
        self.carry_out(self.ceremony.start(request))
        return self.code()

    def code(self) -> str:
        shown = self.ceremony.code()
        assert shown is not None
        return shown.write(BASE_URL)

    def carry_out(self, events: list[Event]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, OpenMailbox):
                self.world.relay.boxes[event.token.hex()] = _Box(challenge=event.challenge, owner=event.owner)
            elif isinstance(event, SendReply):
                self.world.relay.reply(event.token.hex(), event.slot, event.body)
            elif isinstance(event, DeleteMailbox):
                self._held_delete.append(event.token.hex())
            elif isinstance(event, AnswerVerified):
                self.verified = event.verified
                self.on_verified(event.verified)
            elif isinstance(event, Proved):
                self.proof = event.value
                self._proved()

    def delete_mailboxes(self) -> None:
        for token in self._held_delete:
            self.world.relay.delete(token)

    def finish(self, outcome: Outcome, *, code: str = "", results: Any = ()) -> None:
        self.carry_out(self.ceremony.finish(outcome, code=code, results=results))

    def act(self, verified: VerifiedAnswer) -> None:
        challenge = verified.challenge
        if challenge.operation in ISSUING:
            self._ask_proof(verified)
        elif challenge.operation is Operation.CLAIM_SEAL:
            results = [{"seal": self.world.seal_object(i, verified)} for i in challenge.items]
            self.finish(Outcome.DONE, results=results)
        elif challenge.operation is Operation.SEAL:
            self._seal(challenge, verified)
        else:
            self.finish(Outcome.DONE)

    @property
    def ended(self) -> Ended | None:
        return next((e for e in self.events if isinstance(e, Ended)), None)

    @property
    def claimed(self) -> Claimed | None:
        return next((e for e in self.events if isinstance(e, Claimed)), None)

    @property
    def check_code(self) -> str:
        """What the desktop's screen shows to whoever stands before it."""
        assert self.claimed is not None
        return self.claimed.check_code

    def _on_frame(self, token: str, slot: str, body: bytes) -> None:
        if not self.lazy:
            self.carry_out(self.ceremony.receive(bytes.fromhex(token), slot, body))

    def _seal(self, challenge: Challenge, verified: VerifiedAnswer) -> None:
        results: list[dict[str, Any]] = []
        for item, result in zip(challenge.items, verified.answer.results, strict=True):
            assert isinstance(item, SealItem)
            if "error" in result:
                results.append({"name": item.name, "error": result["error"]})
            else:
                results.append({"name": item.name, "sha256": item.tbs_sha256})
        bad = sum("error" in r for r in results)
        outcome = Outcome.DONE if not bad else Outcome.PARTIAL if bad < len(results) else Outcome.FAILED
        self.finish(outcome, code="ceremony.nothing_done" if outcome is Outcome.FAILED else "", results=results)

    def _ask_proof(self, verified: VerifiedAnswer) -> None:
        key = load_spki(verified.answer.results[0]["enc"])
        self._expected_proof = os.urandom(32)
        context = possession_context(verified.t2)
        if isinstance(key, P256PublicKey):
            envelope = hpke_seal(recipient=key, info=context, plaintext=self._expected_proof)
        else:
            envelope = rsa_oaep_seal(recipient=key, label=context, plaintext=self._expected_proof)
        self.carry_out(self.ceremony.ask_proof(envelope))

    def _proved(self) -> None:
        assert self.verified is not None
        assert self.proof == self._expected_proof
        item = self.verified.challenge.items[0]
        assert isinstance(item, DownloadItem)
        result = self.verified.answer.results[0]
        self.finish(Outcome.DONE, results=[self.world.issue(item.holder, result["sign"], result["enc"])])


class World:
    """Everything around one phone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(NOW)
        self.ca = Ca()
        self.relay = FakeRelay()
        self.issued: dict[str, bytes] = {}
        self.seal_imprint = b"\x89PNG imprint"
        self.profile = PlatformProfile(
            platform_id=PLATFORM_ID,  # type: ignore[arg-type]
            name=PLATFORM_NAME,
            base_url=BASE_URL,
            root=self.ca.root,
            issuing=(self.ca.issuing,),
        )
        self.device = MemoryDeviceSecrets(bytes(range(32)))

    def phone(self, folder: str = "phone", timing: RelayTiming = QUICK) -> Phone:
        return Phone(
            folder=self.folder / folder,
            profile=self.profile,
            clock=self.clock,
            random=os.urandom,
            http=self.relay,
            device_secrets=self.device,
            cost=CHEAP,
            name="张三的手机",
            timing=timing,
        )

    def enrolment(
        self, key: P256PrivateKey, name: str, *, credit_code: str = CREDIT_CODE, ca: Ca | None = None
    ) -> Enrolment:
        member = generate_p256()
        statement = enrolment_statement(
            platform=PLATFORM_ID,
            credit_code=credit_code,
            workstation_key=point_of(key),
            workstation_name=name,
            issued_at=int(NOW.timestamp()),
        )
        certificate = (ca or self.ca).leaf(member.public_key(), credit_code=credit_code, holder="李四")
        return Enrolment(certificate=certificate, issued_at=int(NOW.timestamp()), signature=sign(member, statement))

    def issue(self, holder: str, sign_spki: bytes, enc_spki: bytes) -> dict[str, Any]:
        sign_cert = self.ca.leaf(load_spki(sign_spki), holder=holder)
        rsa = not isinstance(load_spki(enc_spki), P256PublicKey)
        enc_cert = self.ca.leaf(load_spki(enc_spki), holder=holder, key_usage=usage("key_encipherment") if rsa else ENC)
        self.issued[read_certificate(sign_cert).serial] = sign_cert
        return {"sign_cert": sign_cert, "enc_cert": enc_cert, "chain": [self.ca.issuing, self.ca.root]}

    def seal_object(self, item: Any, verified: VerifiedAnswer) -> bytes:
        key = generate_p256()
        maker = self.ca.leaf(key.public_key(), holder="制章", organization=PLATFORM_NAME, makes_seals=True)
        return self.seal_made_by(key, maker, item, verified)

    def seal_made_by(self, key: P256PrivateKey, maker: bytes, item: Any, verified: VerifiedAnswer) -> bytes:
        """A seal as it should be, signed by whoever `maker` is."""
        assert verified.signer is not None
        at = int(NOW.timestamp())
        seal = SealObject(
            seal_id=item.seal_id,
            platform=PLATFORM_ID,
            organization=ORGANIZATION,
            credit_code=CREDIT_CODE,
            kind=item.kind,
            name=item.name,
            certificate_sha256=verified.signer.sha256,
            imprint_png=self.seal_imprint,
            width_um=42_000,
            height_um=42_000,
            not_before=at,
            not_after=at + 1000,
            issued_at=at,
        )
        return write_seal(seal, signer_certificate=maker, sign=lambda m: sign(key, m))


def login_request(**changes: Any) -> CeremonyRequest:
    values: dict[str, Any] = {
        "operation": Operation.LOGIN,
        "items": (LoginItem(nonce=os.urandom(32), v_hash=os.urandom(32)),),
    }
    return CeremonyRequest(**{**values, **changes})


def download_request(suite: str = "P-256", holder: str = "张三") -> CeremonyRequest:
    return CeremonyRequest(
        operation=Operation.DOWNLOAD,
        items=(DownloadItem(order_id="ab" * 16, holder=holder, suite=suite),),
        organization=ORGANIZATION,
        credit_code=CREDIT_CODE,
    )


def enrol_request(desktop: Desktop) -> CeremonyRequest:
    return CeremonyRequest(
        operation=Operation.ENROL_WORKSTATION,
        items=(EnrolItem(workstation_key=point_of(desktop.key), name=desktop.name),),
        organization=ORGANIZATION,
        credit_code=CREDIT_CODE,
    )


def seal_item(certificate: bytes, name: str = "投标函.pdf", *, attributes: bytes | None = None) -> SealItem:
    digest = hashlib.sha256(name.encode()).digest()
    return SealItem(
        name=name,
        size=1234,
        pages=3,
        source_sha256=hashlib.sha256(b"source" + name.encode()).digest(),
        tbs_sha256=digest,
        signed_attributes=cades_signed_attributes(digest, certificate) if attributes is None else attributes,
        marks=(SealMark(seal_id="cd" * 16, name="公章", kind=SealKind.OFFICIAL, pages=3),),
    )


def unit_request(operation: Operation, serial: str, *items: Any) -> CeremonyRequest:
    return CeremonyRequest(
        operation=operation,
        items=tuple(items),
        organization=ORGANIZATION,
        credit_code=CREDIT_CODE,
        certificates=(serial,),
    )


def claim_item(world: World) -> ClaimSealItem:
    return ClaimSealItem(
        seal_id="cd" * 16,
        name="公章",
        kind=SealKind.OFFICIAL,
        imprint_sha256=hashlib.sha256(world.seal_imprint).digest(),
    )


def unreachable(*_: str) -> HttpReply | None:
    raise UnavailableError("phone.platform_unreachable", "test")
