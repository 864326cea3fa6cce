"""A workstation with the product's engine on a bench, and a small phone of our own that can also misbehave.

The phone is written from docs/protocol.md on desktop.protocol alone; it shares no code with desktop.phone.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from desktop.crypto.cades import cades_signed_attributes
from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import aead_open, hpke_open, hpke_seal, sha256
from desktop.crypto.suites import P256PrivateKey, as_p256, generate_p256, load_point, load_spki, point_of, sign, spki_of
from desktop.domain.clock import ManualClock
from desktop.domain.operations import Operation, SealKind
from desktop.formats.answer import VerifiedAnswer, statement_of, verify_answer
from desktop.protocol.bid_items import PinItem, ShareItem, SignPackageItem
from desktop.protocol.challenge import Enrolment, enrolment_statement, read_challenge, workstation_id_of
from desktop.protocol.items import (
    BY_NEW_KEY,
    ChangePasswordItem,
    ClaimSealItem,
    DownloadItem,
    EnrolItem,
    Item,
    LoginItem,
    SealItem,
    SealMark,
    SuccessorItem,
)
from desktop.protocol.messages import Answer, Claim, PhoneMessage, Reply, ReplyType, write_frame
from desktop.protocol.qr import RelayQr
from desktop.protocol.tender_items import TenderItem
from desktop.protocol.transcript import (
    Consent,
    Transcript,
    context,
    key_request,
    mailbox_key,
    possession_context,
    reply_key,
    results_hash,
    t0_of,
    t1_of,
    t2_of,
)
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
    Warned,
    Workstation,
)
from tools.vectors import bid_scene, tender_items

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
BASE_URL = "https://jxjt.example"
PLATFORM, PLATFORM_NAME = "jxjt", "江西交投招标采购平台"
ORGANIZATION, CREDIT_CODE = "赣江建设工程有限公司", "91360000158260000X"
OTHER_CODE = "91360000999990000X"
WORKSTATION_NAME = "投标部-01"
SLOT, OTHER_SLOT = "5a" * 16, "6b" * 16
ORDER_ID, SEAL_ID = "ab" * 16, "cd" * 16
IMPRINT_SHA256 = hashlib.sha256(b"imprint").digest()
DOCUMENT = "商务标-机密报价.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A mobile certificate and its key."""

    key: P256PrivateKey
    certificate: bytes

    @property
    def serial(self) -> str:
        return read_certificate(self.certificate).serial


def make_holder(
    *,
    name: str = "张三",
    organization: str = ORGANIZATION,
    credit_code: str = CREDIT_CODE,
    may_sign: bool = True,
    is_ca: bool = False,
) -> Holder:
    key = generate_p256()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), credit_code),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=may_sign,
        content_commitment=may_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not may_sign,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "测试签发 CA")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(_issuer(), hashes.SHA256())
    )
    return Holder(key=key, certificate=certificate.public_bytes(serialization.Encoding.DER))


@cache
def _issuer() -> ec.EllipticCurvePrivateKey:
    return generate_p256()


@cache
def holder() -> Holder:
    """The member of the organization who answers in most tests."""
    return make_holder()


@cache
def workstation_key() -> P256PrivateKey:
    return generate_p256()


def make_workstation(*, enrolled: bool) -> Workstation:
    key = workstation_key()
    point = point_of(key)
    at = int(NOW.timestamp())
    statement = enrolment_statement(
        platform=PLATFORM,
        credit_code=CREDIT_CODE,
        workstation_key=point,
        workstation_name=WORKSTATION_NAME,
        issued_at=at,
    )
    enrolment = Enrolment(certificate=holder().certificate, issued_at=at, signature=sign(holder().key, statement))
    return Workstation(
        platform=PLATFORM,
        platform_name=PLATFORM_NAME,
        workstation_id=workstation_id_of(point),
        name=WORKSTATION_NAME,
        key_point=point,
        sign=lambda message: sign(key, message),
        enrolment=enrolment if enrolled else None,
    )


def seal_item(name: str = DOCUMENT, *, signer: Holder | None = None) -> SealItem:
    digest = sha256(b"prepared" + name.encode())
    return SealItem(
        name=name,
        size=123_456,
        pages=12,
        source_sha256=sha256(b"source" + name.encode()),
        tbs_sha256=digest,
        signed_attributes=cades_signed_attributes(digest, (signer or holder()).certificate),
        marks=(SealMark(seal_id=SEAL_ID, name="公章", kind=SealKind.OFFICIAL, pages=12),),
    )


def items_of(operation: Operation) -> tuple[Item, ...]:
    successor = SuccessorItem(order_id=ORDER_ID, holder="张三", suite="P-256", old_serial=holder().serial)
    made: dict[Operation, Item] = {
        Operation.LOGIN: LoginItem(nonce=b"\x01" * 32, v_hash=sha256(b"v" * 32)),
        Operation.ENROL_WORKSTATION: EnrolItem(workstation_key=point_of(workstation_key()), name=WORKSTATION_NAME),
        Operation.DOWNLOAD: DownloadItem(order_id=ORDER_ID, holder="张三", suite="P-256"),
        Operation.RENEW: successor,
        Operation.REISSUE: successor,
        Operation.CHANGE_PASSWORD: ChangePasswordItem(holder="张三", serial_number=holder().serial),
        Operation.CLAIM_SEAL: ClaimSealItem(
            seal_id=SEAL_ID, name="公章", kind=SealKind.OFFICIAL, imprint_sha256=IMPRINT_SHA256
        ),
        Operation.SEAL: seal_item(),
    }
    own = (made[operation],) if operation in made else tender_items.items(operation)
    return own or bid_scene.items(operation)


def request_of(operation: Operation, **changes: Any) -> CeremonyRequest:
    unlisted = (Operation.LOGIN, Operation.ENROL_WORKSTATION, *BY_NEW_KEY)
    values: dict[str, Any] = {
        "operation": operation,
        "items": items_of(operation),
        "organization": ORGANIZATION,
        "credit_code": CREDIT_CODE,
        "certificates": () if operation in unlisted else (holder().serial,),
    }
    return CeremonyRequest(**{**values, **changes})


class ProbePhone:
    """Lives one scan by hand. Every step is a method; nothing is checked unless the method says so."""

    def __init__(self, qr: RelayQr, body: bytes, *, name: str = "张三的手机", nonce: bytes = b"\x07" * 32) -> None:
        self.qr = qr
        self.name = name
        self.nonce = nonce
        self.challenge_bytes = aead_open(key=mailbox_key(token=qr.token, secret=qr.secret), counter=0, ciphertext=body)
        self.challenge = read_challenge(self.challenge_bytes)
        self.t0 = t0_of(self.challenge_bytes)
        self.claim_bytes = Claim(elapsed_s=qr.elapsed_s, tag=qr.tag, phone_name=name, nonce=nonce).write()
        self.t1 = t1_of(self.t0, self.claim_bytes)
        self.key = reply_key(secret=qr.secret, phone_nonce=nonce, t1=self.t1)
        self.r = b""
        self.received = 0

    @property
    def t2(self) -> bytes:
        return t2_of(self.t1, self.r)

    def claim(self) -> bytes:
        return self.frame(PhoneMessage.CLAIM, self.claim_bytes)

    def frame(self, kind: PhoneMessage, plaintext: bytes, transcript: bytes | None = None) -> bytes:
        if transcript is None:
            transcript = self.t0 if kind is PhoneMessage.CLAIM else self.t2
        sealed = hpke_seal(
            recipient=load_point(self.challenge.ephemeral_key), info=context(kind, transcript), plaintext=plaintext
        )
        return write_frame(kind, sealed)

    def read(self, body: bytes) -> Reply:
        reply = Reply.read(aead_open(key=self.key, counter=self.received, ciphertext=body))
        self.received += 1
        if reply.kind is ReplyType.ACCEPTED:
            assert sha256(reply.r) == self.challenge.r_hash
            self.r = reply.r
        return reply

    def answer(self, signer: Holder, **changes: Any) -> bytes:
        return self.frame(PhoneMessage.ANSWER, self.answer_bytes(signer, **changes))

    def answer_bytes(
        self,
        signer: Holder,
        *,
        results: tuple[Mapping[str, Any], ...] | None = None,
        consent: Callable[[Consent], Consent] = lambda c: c,
        certificate: str | None = None,
        enc_key: P256PrivateKey | None = None,
    ) -> bytes:
        """Answer as `signer`; `consent` may change what is signed, `results` and `certificate` what is said."""
        is_download = self.challenge.operation in BY_NEW_KEY
        results = self.results(signer, enc_key or generate_p256()) if results is None else results
        signer_sha256 = sha256(spki_of(signer.key)) if is_download else sha256(signer.certificate)
        agreed = Consent(
            challenge=self.challenge,
            t2=self.t2,
            phone_nonce=self.nonce,
            signer_sha256=signer_sha256,
            language="zh",
            results_sha256=results_hash(results),
        )
        serial = ("" if is_download else signer.serial) if certificate is None else certificate
        signature = sign(signer.key, consent(agreed).to_be_signed())
        return Answer(certificate=serial, results=results, signature=signature, language="zh").write()

    def results(self, signer: Holder, enc_key: P256PrivateKey) -> tuple[Mapping[str, Any], ...]:
        found: list[Mapping[str, Any]] = []
        for item in self.challenge.items:
            if isinstance(item, SealItem | SignPackageItem):
                found.append({"sig": sign(signer.key, item.signed_attributes)})
            elif isinstance(item, ShareItem):
                is_open = self.challenge.operation is Operation.DECRYPT
                found.append({"share": b"\x05" * 32} if is_open else {"commit": b"\x06" * 32})
            elif isinstance(item, PinItem):
                found.append({"cert": signer.certificate})
            elif isinstance(item, EnrolItem):
                found.append({"sig": sign(signer.key, statement_of(self.challenge, item))})
            elif isinstance(item, DownloadItem):
                # A renewal is agreed to by the old certificate; its new key is another.
                new = generate_p256() if self.challenge.operation is Operation.RENEW else signer.key
                pair = {"sign": spki_of(new), "enc": spki_of(enc_key)}
                request = key_request(sign_spki=pair["sign"], enc_spki=pair["enc"], order_id=item.order_id, t2=self.t2)
                found.append({**pair, "req_sig": sign(new, request)})
            elif isinstance(item, TenderItem):
                found.extend(tender_items.results(self.challenge.operation, signer.key))
            else:
                found.append({})
        return tuple(found)

    def possession(self, enc_key: P256PrivateKey, envelope: bytes) -> bytes:
        return hpke_open(key=enc_key, info=possession_context(self.t2), ciphertext=envelope)


def envelope_for(verified: VerifiedAnswer, value: bytes) -> bytes:
    """What the CA makes for the new encryption key of a download."""
    key = as_p256(load_spki(verified.answer.results[0]["enc"]))
    return hpke_seal(recipient=key, info=possession_context(verified.t2), plaintext=value)


@dataclass
class Bench:
    """The engine with everything it wanted done written down, and nothing done."""

    enrolled: bool = True
    known: dict[str, bytes] = field(default_factory=lambda: {holder().serial: holder().certificate})
    seed: int = 1
    policy: CeremonyPolicy = field(default_factory=CeremonyPolicy)
    consumed: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.events: list[Event] = []
        self.boxes: dict[bytes, OpenMailbox] = {}
        self.replies: dict[tuple[bytes, str], list[bytes]] = {}
        self.judged: list[Transcript] = []
        self.ceremony = Ceremony(
            policy=self.policy,
            workstation=make_workstation(enrolled=self.enrolled),
            clock=self.clock,
            random=Random(self.seed).randbytes,
            judge=self._judge,
            consume=self._consume,
        )

    def start(self, operation: Operation = Operation.SEAL, **changes: Any) -> "Bench":
        self.take(self.ceremony.start(request_of(operation, **changes)))
        return self

    def take(self, events: list[Event]) -> list[Event]:
        for event in events:
            if isinstance(event, OpenMailbox):
                self.boxes[event.token] = event
            elif isinstance(event, SendReply):
                self.replies.setdefault((event.token, event.slot), []).append(event.body)
        self.events += events
        return events

    def code(self) -> RelayQr:
        code = self.ceremony.code()
        assert code is not None
        return code

    def phone(self, code: RelayQr | None = None, **options: Any) -> ProbePhone:
        code = code or self.code()
        return ProbePhone(code, self.boxes[code.token].challenge, **options)

    def post(self, phone: ProbePhone, frame: bytes, slot: str = SLOT) -> list[Event]:
        return self.take(self.ceremony.receive(phone.qr.token, slot, frame))

    def replies_to(self, phone: ProbePhone, slot: str = SLOT) -> list[Reply]:
        """Everything said to the phone that it has not read yet."""
        return [phone.read(body) for body in self.replies.get((phone.qr.token, slot), [])[phone.received :]]

    def claimed_phone(self, **options: Any) -> ProbePhone:
        phone = self.phone(**options)
        self.post(phone, phone.claim())
        assert [r.kind for r in self.replies_to(phone)] == [ReplyType.ACCEPTED]
        return phone

    def tick(self, seconds: float = 0.0) -> list[Event]:
        self.clock.advance(seconds)
        return self.take(self.ceremony.tick())

    @property
    def ended(self) -> Ended | None:
        return next((e for e in self.events if isinstance(e, Ended)), None)

    @property
    def warnings(self) -> list[str]:
        return [e.code for e in self.events if isinstance(e, Warned)]

    @property
    def verified(self) -> list[VerifiedAnswer]:
        return [e.verified for e in self.events if isinstance(e, AnswerVerified)]

    @property
    def claims(self) -> list[Claimed]:
        return [e for e in self.events if isinstance(e, Claimed)]

    @property
    def proofs(self) -> list[bytes]:
        return [e.value for e in self.events if isinstance(e, Proved)]

    @property
    def deleted(self) -> list[bytes]:
        return [e.token for e in self.events if isinstance(e, DeleteMailbox)]

    def _judge(self, transcript: Transcript) -> VerifiedAnswer:
        self.judged.append(transcript)
        return verify_answer(transcript, signer_of=self.known.get)

    def _consume(self, verified: VerifiedAnswer) -> bool:
        if verified.t0 in self.consumed:
            return False
        self.consumed.add(verified.t0)
        return True
