"""Vectors of what is signed: consents, whole transcripts, receipts, seal objects."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktop.crypto.suites import point_of, spki_of
from desktop.domain.operations import Operation, SealKind
from desktop.formats.seal import SealObject, write_seal
from desktop.protocol import codec, cose
from desktop.protocol.challenge import UNSIGNED_OPERATIONS
from desktop.protocol.codec import Value
from desktop.protocol.items import BY_NEW_KEY, SealItem
from desktop.protocol.messages import RECEIPT_USE, Outcome, Receipt
from desktop.protocol.transcript import AnyTranscript, Transcript, key_request, possession_context
from tools.vectors import camera_vectors, scene
from tools.vectors.keys import ISSUED_AT, certificate, fixed, key, sign

Vector = dict[str, Any]
_INVALID = "ceremony.signature_invalid"


def signed_bytes() -> list[Vector]:
    """Byte strings that a key signs: enrolment statement, key request, consents; and signatures that are none."""
    t2 = scene.t2(Operation.DOWNLOAD, signed=False)
    request = key_request(
        sign_spki=spki_of(key("new signing")), enc_spki=spki_of(key("new encryption")), order_id=scene.ORDER_ID, t2=t2
    )
    named: list[tuple[str, str, bytes]] = [
        ("enrolment statement", "member", scene.statement()),
        ("key request", "new signing", request),
    ]
    for operation in Operation:
        signed = operation not in UNSIGNED_OPERATIONS
        results = scene.results(operation, signed=signed)
        agreed = scene.consent(operation, signed=signed, results=results).to_be_signed()
        named.append((f"consent to {operation}", "new signing" if operation in BY_NEW_KEY else "member", agreed))
    made = [_signature(n, k, message, sign(key(k), message), "accept") for n, k, message in named]
    name, signer, message = named[-1]
    good = sign(key(signer), message)
    r, s = good[:32], good[32:]
    for what, signature in {
        "by another key": sign(key("stranger"), message),
        "r and s swapped": s + r,
        "zeros": bytes(64),
        "63 bytes": good[:63],
        "65 bytes": good + b"\x00",
        "DER instead of raw": bytes.fromhex("3044") + b"\x02\x20" + r + b"\x02\x20" + s,
    }.items():
        made.append(_signature(f"{name}: {what}", signer, message, signature, _INVALID))
    made.append(_signature(f"{name}: another message", signer, message + b"\x00", good, _INVALID))
    context = {"name": "possession context", "outcome": "accept", "t2": t2.hex(), "info": possession_context(t2).hex()}
    return [*made, context]


def _signature(name: str, signer: str, message: bytes, signature: bytes, outcome: str) -> Vector:
    return {
        "name": name,
        "outcome": outcome,
        "public_key": point_of(key(signer)).hex(),
        "message": message.hex(),
        "signature": signature.hex(),
    }


def answers() -> list[Vector]:
    """Whole transcripts, judged by §2.8 but for path and revocation; `certificates` are the ones known."""
    made = []
    for operation in Operation:
        signed = operation not in UNSIGNED_OPERATIONS
        made.append(_answer(f"{operation}", "accept", scene.transcript(operation, signed=signed)))
    made.append(_answer("login, signed challenge", "accept", scene.transcript(Operation.LOGIN, signed=True)))
    results = scene.results(Operation.SEAL, signed=True)
    partial = (results[0], {"error": "phone.attributes_differ"})
    made.append(
        _answer("seal, one item refused", "accept", scene.transcript(Operation.SEAL, signed=True, results=partial))
    )
    made += [_answer(n, code, t) for n, (code, t) in _refused(results).items()]
    return made + [_answer(n, code, t) for n, (code, t) in _by_camera().items()]


def _by_camera() -> dict[str, tuple[str, AnyTranscript]]:
    seal = camera_vectors.transcript(Operation.SEAL)
    relay = scene.transcript(Operation.SEAL, signed=True)
    return {
        "seal by camera": ("accept", seal),
        "claim_seal by camera": ("accept", camera_vectors.transcript(Operation.CLAIM_SEAL)),
        "camera answer to a relay challenge": ("ceremony.wrong_purpose", replace(seal, challenge=relay.challenge)),
        "relay answer to a camera challenge": ("ceremony.wrong_purpose", replace(relay, challenge=seal.challenge)),
        "camera answer with the form of a relay's": ("ceremony.malformed", replace(seal, answer=relay.answer)),
        "camera consent over another T0": (_INVALID, camera_vectors.transcript(Operation.SEAL, t=fixed("t0"))),
        "camera signature of zeros": (_INVALID, camera_vectors.transcript(Operation.SEAL, signature=bytes(64))),
    }


def _refused(results: tuple[Mapping[str, Any], ...]) -> dict[str, tuple[str, Transcript]]:
    seal, login = (scene.transcript(o, signed=o is Operation.SEAL) for o in (Operation.SEAL, Operation.LOGIN))
    other = scene.transcript(Operation.ENROL_WORKSTATION, signed=False)

    def changed(**answer: Any) -> Transcript:
        return scene.transcript(Operation.SEAL, signed=True, **answer)

    consented = sign(key("member"), scene.consent(Operation.SEAL, signed=True, results=results).to_be_signed())
    encryption = certificate(
        "member", organization=scene.ORGANIZATION, credit_code=scene.CREDIT_CODE, holder="张三", may_sign=False
    )
    assert scene.serial_of(encryption) == scene.serial_of(scene.member())
    return {
        "another r": (_INVALID, replace(seal, r=fixed("another r"))),
        "another claim": (_INVALID, replace(seal, claim=replace(scene.claim(), nonce=fixed("n2")).write())),
        "challenge of another ceremony": (_INVALID, replace(seal, challenge=_renamed())),
        "answer of a login": ("ceremony.malformed", replace(seal, answer=login.answer)),
        "enrolment's answer to a login": ("ceremony.malformed", replace(login, answer=other.answer)),
        "signer of another organization": (
            "ceremony.certificate_not_allowed",
            scene.transcript(Operation.SEAL, signed=True, signer="stranger"),
        ),
        "number nobody knows": (
            "ceremony.certificate_not_allowed",
            scene.transcript(Operation.LOGIN, signed=False, certificate="AB"),
        ),
        "no number": (
            "ceremony.certificate_not_allowed",
            scene.transcript(Operation.LOGIN, signed=False, certificate=""),
        ),
        "download with a number": (
            "ceremony.certificate_not_allowed",
            scene.transcript(Operation.DOWNLOAD, signed=False, certificate=scene.serial_of(scene.member())),
        ),
        "signatures of two documents swapped": (_INVALID, changed(results=results[::-1])),
        "results other than consented": (_INVALID, changed(results=(results[0], {"error": "x"}), signature=consented)),
        "one result for two items": ("ceremony.malformed", changed(results=results[:1])),
        "language other than consented": (_INVALID, changed(language="en")),
        "signature of zeros": (_INVALID, changed(signature=bytes(64))),
        "one key for signing and encryption": ("ceremony.key_not_allowed", _download(enc="new signing")),
        "another encryption key than asked for": (_INVALID, _download(enc="stranger")),
    }


def _renamed() -> bytes:
    challenge = scene.challenge(Operation.SEAL, signed=True)
    first, *rest = challenge.items
    assert isinstance(first, SealItem)
    return scene.write(replace(challenge, items=(replace(first, name="另一份.pdf"), *rest)))


def _download(*, enc: str) -> Transcript:
    (honest,) = scene.results(Operation.DOWNLOAD, signed=False)
    swapped = ({**honest, "enc": spki_of(key(enc))},)
    return scene.transcript(Operation.DOWNLOAD, signed=False, results=swapped)


def _answer(name: str, outcome: str, transcript: AnyTranscript) -> Vector:
    return {
        "name": name,
        "outcome": outcome,
        "transcript": transcript.write().hex(),
        "t2": transcript.t2.hex(),
        "certificates": [scene.member().hex(), scene.stranger().hex()],
    }


def receipts() -> list[Vector]:
    """Receipts; with `workstation_key` they must be COSE_Sign1 by it, without it plain."""
    t2 = scene.t2(Operation.SEAL, signed=True)
    sealed: dict[str, Value] = {"name": "投标函.pdf", "sha256": fixed("sealed")}
    body = Receipt(t2=t2, outcome=Outcome.PARTIAL, results=(sealed, {"name": "b", "error": "pdf.source_changed"}))
    refused = Receipt(t2=t2, outcome=Outcome.REFUSED, code="ceremony.platform_refused")

    def signed(payload: bytes, signer: str = "workstation", use: str = RECEIPT_USE) -> bytes:
        return cose.sign1(payload, use=use, sign=lambda m: sign(key(signer), m))

    def vector(name: str, outcome: str, document: bytes, *, enrolled: bool) -> Vector:
        made: Vector = {"name": name, "outcome": outcome, "document": document.hex(), "t2": t2.hex()}
        if enrolled:
            made["workstation_key"] = scene.workstation_point().hex()
        return made

    good, plain = signed(body.write()), body.write()
    maps: dict[str, Any] = {"t2": t2, "outcome": "done", "code": "", "results": []}
    malformed = {
        "unknown outcome": {**maps, "outcome": "perhaps"},
        "t2 of 31 bytes": {**maps, "t2": t2[1:]},
        "129 results": {**maps, "results": [{}] * 129},
        "unknown result field": {**maps, "results": [{"path": "C:"}]},
        "result as text": {**maps, "results": ["done"]},
        "no code": {k: v for k, v in maps.items() if k != "code"},
    }
    return [
        vector("signed, partial", "accept", good, enrolled=True),
        vector("signed, refused", "accept", signed(refused.write()), enrolled=True),
        vector("plain, partial", "accept", plain, enrolled=False),
        vector("by another key", _INVALID, signed(body.write(), signer="stranger"), enrolled=True),
        vector("signed for another use", _INVALID, signed(body.write(), use="BIDSEAL1/challenge"), enrolled=True),
        vector("plain where signed is due", "ceremony.malformed", plain, enrolled=True),
        vector("signed where plain is due", "ceremony.malformed", good, enrolled=False),
        *(vector(n, "ceremony.malformed", codec.encode(m), enrolled=False) for n, m in malformed.items()),
    ]


def seals() -> list[Vector]:
    """Seal objects and the moment and certificate they are to be used with; trust in the signer is not judged."""
    seal = SealObject(
        seal_id=scene.SEAL_ID,
        platform=scene.PLATFORM,
        organization=scene.ORGANIZATION,
        credit_code=scene.CREDIT_CODE,
        kind=SealKind.OFFICIAL,
        name="公章",
        certificate_sha256=scene.sha256(scene.member()),
        imprint_png=scene.IMPRINT,
        width_um=42_000,
        height_um=42_000,
        not_before=ISSUED_AT,
        not_after=ISSUED_AT + 31_536_000,
        issued_at=ISSUED_AT,
    )

    def written(made: SealObject, signer: str = "seal maker") -> bytes:
        return write_seal(made, signer_certificate=scene.seal_maker(), sign=lambda m: sign(key(signer), m))

    def vector(name: str, outcome: str, data: bytes, *, at: int = ISSUED_AT, der: bytes = b"") -> Vector:
        user = der or scene.member()
        return {"name": name, "outcome": outcome, "seal": data.hex(), "at": at, "certificate": user.hex()}

    good = written(seal)
    outer = {"seal": codec.decode(good)["seal"], "signer": scene.seal_maker()}  # type: ignore[index,call-overload]
    return [
        vector("first second", "accept", good),
        vector("last second", "accept", good, at=seal.not_after),
        vector("before its time", "ceremony.seal_expired", good, at=ISSUED_AT - 1),
        vector("after its time", "ceremony.seal_expired", good, at=seal.not_after + 1),
        vector("another certificate", "ceremony.seal_not_bound", good, der=scene.stranger()),
        vector("another credit code", "ceremony.seal_not_bound", written(replace(seal, credit_code="X"))),
        vector("signed by another key", _INVALID, written(seal, signer="stranger")),
        vector("imprint changed", _INVALID, good.replace(scene.IMPRINT[-8:], bytes(8))),
        vector("61 mm wide", "ceremony.malformed", written(replace(seal, width_um=61_000))),
        vector("under 1 mm high", "ceremony.malformed", written(replace(seal, height_um=999))),
        vector("unknown outer field", "ceremony.malformed", codec.encode({**outer, "x": 1})),
        vector("signer is no certificate", "ceremony.certificate_unreadable", codec.encode({**outer, "signer": b"0"})),
    ]
