"""Vectors of camera mode: codes and the messages they carry, from screen to screen."""

from collections.abc import Mapping
from typing import Any

from desktop.domain.operations import Operation
from desktop.protocol import codec
from desktop.protocol.camera import CameraAnswer, CameraContext, CameraKind, context, read_message, write_message
from desktop.protocol.messages import Answer, Proof
from desktop.protocol.parts import CHUNK_BYTES, MAX_PARTS, Part, split
from desktop.protocol.transcript import CameraTranscript, Consent, results_hash, t0_of
from tools.vectors import scene
from tools.vectors.hpke_reference import seal
from tools.vectors.keys import fixed, key, scalar, sign

Vector = dict[str, Any]
_MALFORMED = "ceremony.malformed"


def parts() -> list[Vector]:
    """Texts as a camera reads them and the message they make; a text alone that is no part is to be refused."""
    message = write_message(CameraKind.CHALLENGE, challenge(Operation.SEAL))
    texts = list(split(message))
    small = b"\x01"
    mixed = [t for pair in zip(texts[::-1], ["https://example.com", "BS1", *texts], strict=False) for t in pair]
    good = {
        "in order": (texts, message),
        "backwards, repeated and mixed with other codes": ([*mixed, *texts], message),
        "one byte": (list(split(small)), small),
        "exactly one part": (list(split(fixed("x", CHUNK_BYTES))), fixed("x", CHUNK_BYTES)),
        "exactly two parts": (list(split(fixed("y", 2 * CHUNK_BYTES))), fixed("y", 2 * CHUNK_BYTES)),
    }
    made = [{"name": n, "outcome": "accept", "texts": t, "message": m.hex()} for n, (t, m) in good.items()]
    return made + [{"name": n, "outcome": _MALFORMED, "texts": [t]} for n, t in _refused_texts(texts).items()]


def _refused_texts(texts: list[str]) -> Mapping[str, str]:
    def part(index: int, total: int, size: int) -> str:
        return Part(message_id=b"abcd", index=index, total=total, chunk=fixed("chunk", size)).write()

    return {
        "empty": "",
        "only the prefix": "BS1",
        "another prefix": "BS2" + texts[0][3:],
        "lower case": texts[0].lower(),
        "one character less": texts[0][:-1],
        "one character more": texts[0] + "0",
        "character outside the alphabet": texts[0][:10] + "_" + texts[0][11:],
        "group above 65535": texts[0][:3] + "GGW" + texts[0][6:],
        "no chunk": part(0, 1, 0),
        "short part before the last": part(0, 2, CHUNK_BYTES - 1),
        "chunk of 89 bytes": part(0, 1, CHUNK_BYTES + 1),
        "number beyond the total": part(2, 2, CHUNK_BYTES),
        "total of zero": part(0, 0, CHUNK_BYTES),
        "total above 2048": part(0, MAX_PARTS + 1, CHUNK_BYTES),
    }


def messages() -> list[Vector]:
    """Whole messages; what the phone says is to be opened with the private key given."""
    made = [_sealed(o, CameraKind.ANSWER, answer(o).write()) for o in (Operation.SEAL, Operation.CLAIM_SEAL)]
    made.append(_sealed(Operation.DOWNLOAD, CameraKind.PROOF, Proof(value=fixed("proof")).write()))
    good = bytes.fromhex(made[0]["message"])
    _, body = read_message(good)
    refused: dict[str, tuple[str, bytes]] = {
        "unknown kind": (_MALFORMED, codec.encode({"t": "decline", "body": body})),
        "unknown field": (_MALFORMED, codec.encode({"t": "answer", "body": body, "x": 1})),
        "no body": (_MALFORMED, codec.encode({"t": "answer", "body": b""})),
        "trailing byte": (_MALFORMED, good + b"\x00"),
        "answer as proof": ("ceremony.message_unreadable", write_message(CameraKind.PROOF, body)),
        "last bit of the tag": ("ceremony.message_unreadable", good[:-2] + bytes([good[-2] ^ 1]) + good[-1:]),
    }
    return made + [{**made[0], "name": n, "outcome": code, "message": m.hex()} for n, (code, m) in refused.items()]


def _sealed(operation: Operation, kind: CameraKind, plaintext: bytes) -> Vector:
    c = challenge(operation)
    name = CameraContext.PROOF if kind is CameraKind.PROOF else CameraContext.ANSWER
    ciphertext = seal(
        recipient=key("ephemeral").public_key(),
        ephemeral=key(f"sender {name} {operation}"),
        info=context(name, t0_of(c)),
        plaintext=plaintext,
    )
    return {
        "name": f"{kind} of {operation}",
        "outcome": "accept",
        "challenge": c.hex(),
        "private_key": scalar("ephemeral").to_bytes(32, "big").hex(),
        "message": write_message(kind, ciphertext).hex(),
        "plaintext": plaintext.hex(),
    }


def challenge(operation: Operation) -> bytes:
    """C of an operation by camera."""
    return scene.write(scene.challenge(operation, signed=True, is_camera=True, r_hash=b""))


def answer(operation: Operation, *, t: bytes = b"", **changes: Any) -> CameraAnswer:
    """The holder's answer over T0 (or `t`)."""
    made = scene.challenge(operation, signed=True, is_camera=True, r_hash=b"")
    results = scene.results(operation, signed=True)
    consent = Consent(
        challenge=made,
        t2=t or t0_of(challenge(operation)),
        phone_nonce=scene.PHONE_NONCE,
        signer_sha256=scene.sha256(scene.member()),
        language="zh",
        results_sha256=results_hash(results),
    )
    values: dict[str, Any] = {
        "certificate": scene.serial_of(scene.member()),
        "results": results,
        "signature": sign(key("member"), consent.to_be_signed()),
        "language": "zh",
    }
    said = Answer(**{**values, **changes})
    return CameraAnswer(phone_name="张三的手机", nonce=scene.PHONE_NONCE, answer=said)


def transcript(operation: Operation, **changes: Any) -> CameraTranscript:
    """A whole ceremony by camera."""
    return CameraTranscript(challenge=challenge(operation), answer=answer(operation, **changes).write())
