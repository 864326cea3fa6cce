"""A phone and a desktop reduced to what the platform sees of them: transcripts, made with keys held here."""

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.crypto.primitives import hpke_open, rsa_oaep_open, sha256
from desktop.crypto.suites import (
    P256PrivateKey,
    PrivateKey,
    Suite,
    generate_key,
    generate_p256,
    point_of,
    sign,
    spki_of,
)
from desktop.domain.operations import Operation, SealKind
from desktop.protocol import codec
from desktop.protocol.challenge import (
    Challenge,
    Enrolment,
    enrolment_statement,
    read_challenge,
    workstation_id_of,
    write_challenge,
)
from desktop.protocol.items import ClaimSealItem, DownloadItem, EnrolItem, Item, LoginItem, SuccessorItem
from desktop.protocol.messages import Answer, Claim
from desktop.protocol.transcript import (
    Consent,
    Transcript,
    key_request,
    possession_context,
    results_hash,
    t0_of,
    t1_of,
    t2_of,
)
from tests.server.client import Client

PLATFORM = "demo"
NAME = "江西测试建设有限公司"
CREDIT_CODE = "91360100MA35T0000H"
HOLDER = "张三丰"
ID_NUMBER = "11010519491231002X"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def png(width: int = 64, height: int = 64, *, colour: int = 6) -> bytes:
    """A PNG of one colour, RGBA unless told otherwise."""
    channels = {6: 4, 2: 3, 0: 1}[colour]

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, colour, 0, 0, 0])
    pixels = zlib.compress((b"\0" + b"\xc8" * channels * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@dataclass(kw_only=True)
class Workstation:
    """A desktop: its key and, once enrolled, the enrolment that its challenges carry."""

    key: P256PrivateKey = field(default_factory=generate_p256)
    name: str = "投标一号机"
    enrolment: Enrolment | None = None

    @property
    def point(self) -> bytes:
        return point_of(self.key)


@dataclass(kw_only=True)
class Keys:
    """The two keys of a mobile certificate, its certificates once issued, the desktop it is used at once enrolled."""

    suite: Suite = Suite.P256
    signing: PrivateKey = field(init=False)
    encryption: PrivateKey = field(init=False)
    sign_cert: bytes = b""
    serial: str = ""
    station: Workstation | None = None

    def __post_init__(self) -> None:
        self.signing, self.encryption = generate_key(self.suite), generate_key(self.suite)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What a challenge says of the organization."""

    name: str = NAME
    credit_code: str = CREDIT_CODE


NO_UNIT = Unit(name="", credit_code="")


class Ceremonies:
    """Makes transcripts as an honest desktop and phone would; every part can be bent by a test."""

    def __init__(self, now: Callable[[], datetime], random: Callable[[int], bytes]) -> None:
        self._now = now
        self._random = random

    def transcript(
        self,
        operation: Operation,
        items: Sequence[Item],
        results: Callable[[Challenge, bytes], Sequence[Mapping[str, Any]]],
        *,
        key: PrivateKey,
        signer: bytes,
        serial: str,
        unit: Unit,
        workstation: Workstation | None = None,
        platform: str = PLATFORM,
        certificates: tuple[str, ...] = (),
    ) -> bytes:
        station = workstation or Workstation()
        r = self._random(32)
        challenge = Challenge(
            operation=operation,
            platform=platform,
            platform_name="投标签章演示平台",
            workstation_id=workstation_id_of(station.point),
            workstation_name=station.name,
            organization=unit.name,
            credit_code=unit.credit_code,
            items=tuple(items),
            certificates=certificates,
            ephemeral_key=point_of(generate_p256()),
            nonce=self._random(32),
            r_hash=sha256(r),
            issued_at=int(self._now().timestamp()),
            lifetime_s=60,
            workstation_key=station.point if station.enrolment else b"",
            enrolment=station.enrolment,
        )
        c = write_challenge(challenge, lambda m: sign(station.key, m))
        claim = Claim(elapsed_s=1, tag=self._random(8), phone_name="测试手机", nonce=self._random(32))
        t2 = t2_of(t1_of(t0_of(c), claim.write()), r)
        made = tuple(results(challenge, t2))
        consent = Consent(
            challenge=challenge,
            t2=t2,
            phone_nonce=claim.nonce,
            signer_sha256=sha256(signer),
            language="zh",
            results_sha256=results_hash(made),
        )
        answer = Answer(certificate=serial, results=made, signature=sign(key, consent.to_be_signed()), language="zh")
        return Transcript(challenge=c, claim=claim.write(), r=r, answer=answer.write()).write()

    def login(self, keys: Keys, *, nonce: bytes, v: bytes, **bent: Any) -> bytes:
        options: dict[str, Any] = {"unit": NO_UNIT, "serial": keys.serial, "signer": keys.sign_cert, **bent}
        item = LoginItem(nonce=nonce, v_hash=sha256(v))
        return self.transcript(Operation.LOGIN, [item], lambda _c, _t: [{}], key=keys.signing, **options)

    def download(self, keys: Keys, *, order_id: str, holder: str = HOLDER, **bent: Any) -> bytes:
        sign_spki, enc_spki = spki_of(keys.signing), spki_of(keys.encryption)

        def results(_challenge: Challenge, t2: bytes) -> list[dict[str, Any]]:
            request = key_request(sign_spki=sign_spki, enc_spki=enc_spki, order_id=order_id, t2=t2)
            return [{"sign": sign_spki, "enc": enc_spki, "req_sig": sign(keys.signing, request)}]

        options: dict[str, Any] = {"unit": Unit(), "serial": "", "signer": sign_spki, **bent}
        item = DownloadItem(order_id=order_id, holder=holder, suite=keys.suite)
        operation, old = options.pop("operation", Operation.DOWNLOAD), options.pop("old", "")
        if operation is not Operation.DOWNLOAD:
            item = SuccessorItem(order_id=order_id, holder=holder, suite=keys.suite, old_serial=old)
        return self.transcript(operation, [item], results, key=options.pop("key", keys.signing), **options)

    def successor(self, keys: Keys, before: Keys, order: Mapping[str, Any], **bent: Any) -> bytes:
        """The download of an order of any kind: a renewal is agreed to by the old certificate."""
        operation = {"renew": Operation.RENEW, "reissue": Operation.REISSUE}.get(order["kind"], Operation.DOWNLOAD)
        options: dict[str, Any] = {"operation": operation, "old": order["predecessor"]}
        if operation is Operation.RENEW:
            options |= {
                "key": before.signing,
                "serial": before.serial,
                "signer": before.sign_cert,
                "certificates": (before.serial,),
                "workstation": before.station,
            }
        wanted = {**options, **bent}
        return self.download(keys, order_id=order["id"], holder=order["holder_name"], **wanted)

    def enrol(self, keys: Keys, station: Workstation, **bent: Any) -> bytes:
        unit: Unit = bent.get("unit", Unit())
        item = EnrolItem(workstation_key=bent.pop("point", station.point), name=station.name)

        def results(challenge: Challenge, _t2: bytes) -> list[dict[str, Any]]:
            statement = enrolment_statement(
                platform=challenge.platform,
                credit_code=unit.credit_code,
                workstation_key=item.workstation_key,
                workstation_name=item.name,
                issued_at=challenge.issued_at,
            )
            return [{"sig": sign(bent.get("statement_key", keys.signing), statement)}]

        options = {"unit": unit, "serial": keys.serial, "signer": keys.sign_cert, "workstation": station, **bent}
        options.pop("statement_key", None)
        return self.transcript(Operation.ENROL_WORKSTATION, [item], results, key=keys.signing, **options)

    def claim_seal(self, keys: Keys, seal: Mapping[str, Any], **bent: Any) -> bytes:
        item = ClaimSealItem(
            seal_id=seal["id"],
            name=seal["name"],
            kind=SealKind(seal["kind"]),
            imprint_sha256=bytes.fromhex(seal["imprint_sha256"]),
        )
        options: dict[str, Any] = {
            "unit": Unit(),
            "serial": keys.serial,
            "signer": keys.sign_cert,
            "certificates": (keys.serial,),
            "workstation": keys.station,
            **bent,
        }
        return self.transcript(Operation.CLAIM_SEAL, [item], lambda _c, _t: [{}], key=keys.signing, **options)


def usage(keys: Keys, *, t: bytes = b"t", bent: Mapping[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """A usage record as a desktop hands it in; `bent` changes what the phone has signed, `changed` what is said."""
    consent = b"BIDSEAL1/consent\0" + codec.encode(
        {
            "op": changed.get("operation", "seal"),
            "platform": PLATFORM,
            "org": NAME,
            "code": CREDIT_CODE,
            "t": sha256(t),
            "nonce": bytes(32),
            "cert": sha256(keys.sign_cert),
            "tpl": 1,
            "lang": "zh",
            "results": bytes(32),
            **(bent or {}),
        }
    )
    return {
        "operation": "seal",
        "certificate_serial": keys.serial,
        "subject": "投标文件.pdf",
        "number": 0,
        "result": "done",
        "at": "2026-11-24T09:00:00Z",
        "consent": b64(consent),
        "signature": b64(sign(keys.signing, consent)),
        **changed,
    }


def enrol(client: Client, ceremonies: Ceremonies, keys: Keys, unit: Unit | None = None) -> Workstation:
    """Play the whole enrolment of a new workstation; its challenges carry the enrolment from then on."""
    station = Workstation()
    transcript = ceremonies.enrol(keys, station, unit=unit or Unit())
    client.post("/api/v1/workstations", {"transcript": b64(transcript)})
    parts = Transcript.read(transcript)
    challenge = read_challenge(parts.challenge)
    signature = Answer.read(challenge.operation, parts.answer).results[0]["sig"]
    station.enrolment = Enrolment(certificate=keys.sign_cert, issued_at=challenge.issued_at, signature=signature)
    return station


def open_envelope(keys: Keys, envelope: str, transcript: bytes) -> bytes:
    """Answer the CA's possession challenge."""
    context = possession_context(Transcript.read(transcript).t2)
    sealed = base64.b64decode(envelope)
    if isinstance(keys.encryption, P256PrivateKey):
        return hpke_open(key=keys.encryption, info=context, ciphertext=sealed)
    return rsa_oaep_open(key=keys.encryption, label=context, ciphertext=sealed)


def order_form(**changed: str) -> dict[str, str]:
    return {
        "organization_name": NAME,
        "credit_code": CREDIT_CODE,
        "legal_representative": "李四",
        "holder_name": HOLDER,
        "id_number": ID_NUMBER,
        "suite": "P-256",
        **changed,
    }


def papers(**changed: bytes) -> dict[str, tuple[str, bytes, str]]:
    files = {"licence": png(), "letter": b"%PDF-1.7 letter", **changed}
    return {name: (f"{name}.bin", content, "application/octet-stream") for name, content in files.items()}


def seal_form(serial: str, **changed: str) -> dict[str, str]:
    return {
        "certificate_serial": serial,
        "kind": "official",
        "name": "企业公章",
        "width_mm": "42.00",
        "height_mm": "42.00",
        **changed,
    }


def seal_files(*, scan: bytes | None = None, imprint: bytes | None = None) -> dict[str, tuple[str, bytes, str]]:
    return {
        "scan": ("扫描件.png", scan if scan is not None else png(300, 300, colour=2), "image/png"),
        "imprint": ("imprint.png", imprint if imprint is not None else png(), "image/png"),
    }


def place_order(client: Client, **changed: str) -> Any:
    return client.post("/api/v1/orders", data=order_form(**changed), files=papers())


def download(  # noqa: PLR0917 - all take part
    client: Client, ceremonies: Ceremonies, order: Any, keys: Keys, unit: Unit | None = None, old: Keys | None = None
) -> Any:
    """Play the whole download and remember the certificate in `keys`; `old` is the one that a renewal follows."""
    transcript = ceremonies.successor(keys, old or Keys(), order, unit=unit or Unit())
    body = {"transcript": b64(transcript)}
    envelope = client.post(f"/api/v1/orders/{order['id']}/possession", body)["envelope"]
    proof = open_envelope(keys, envelope, transcript)
    issued = client.post(f"/api/v1/orders/{order['id']}/certificate", {**body, "proof": b64(proof)})
    keys.sign_cert = base64.b64decode(issued["sign_cert"])
    keys.serial = client.get("/api/v1/orders")[0]["certificate_serial"]
    return issued
