"""Vectors of messages: challenges, frames' plaintexts, replies, and the text that a phone shows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktop.domain.operations import Operation
from desktop.protocol import codec, cose
from desktop.protocol.challenge import RELAY_ONLY, UNSIGNED_OPERATIONS, Challenge, workstation_id_of
from desktop.protocol.codec import Value
from desktop.protocol.display import consent_text
from desktop.protocol.messages import Proof, Reason, Reply, ReplyType
from desktop.protocol.transcript import t0_of
from tools.vectors import bid_scene, scene, tender_vectors
from tools.vectors.keys import fixed, key, sign

Vector = dict[str, Any]
_MALFORMED = "ceremony.malformed"
_HEAD = bytes.fromhex("d28443a10126a0")


def challenges() -> list[Vector]:
    """Challenges to accept, with their T0, and to refuse by rules 1-3 (no trust decision is in them)."""
    good = [
        {
            "name": f"{o}, {'signed' if s else 'unsigned'}",
            "outcome": "accept",
            "challenge": c.hex(),
            "t0": t0_of(c).hex(),
        }
        for o in Operation
        for s in (True, False)
        if s or o in UNSIGNED_OPERATIONS
        for c in [scene.write(scene.challenge(o, signed=s))]
    ]
    refused = [
        {"name": n, "outcome": code, "challenge": c.hex()}
        for cases in (_refused_maps(), _refused_signatures(), _refused_by_camera(), tender_vectors.refused_challenges())
        for n, (code, c) in cases.items()
    ]
    by_camera = [
        {"name": f"{o}, by camera", "outcome": "accept", "challenge": c.hex(), "t0": t0_of(c).hex()}
        for o in Operation
        if o not in RELAY_ONLY
        for c in [scene.write(scene.challenge(o, signed=True, is_camera=True, r_hash=b""))]
    ]
    return good + by_camera + refused


def _refused_maps() -> Mapping[str, tuple[str, bytes]]:
    login = dict(scene.challenge(Operation.LOGIN, signed=False).to_map())
    seal = dict(scene.challenge(Operation.SEAL, signed=True).to_map())
    item = login["items"][0]  # type: ignore[index]  # a list, as written two lines above
    bad: dict[str, tuple[str, Mapping[str, Any]]] = {
        "version 2": ("ceremony.version_unknown", {**login, "v": 2}),
        "version 0": ("ceremony.version_unknown", {**login, "v": 0}),
        "version true": (_MALFORMED, {**login, "v": True}),
        "unknown field": (_MALFORMED, {**login, "x": 1}),
        "missing field": (_MALFORMED, {k: v for k, v in login.items() if k != "nonce"}),
        "operation of a later version": (_MALFORMED, {**login, "op": "renew"}),
        "operation in capitals": (_MALFORMED, {**login, "op": "LOGIN"}),
        "template 2": (_MALFORMED, {**login, "tpl": 2}),
        "no items": (_MALFORMED, {**login, "items": []}),
        "two items for a login": (_MALFORMED, {**login, "items": [item, item]}),
        "item of another operation": (_MALFORMED, {**login, "op": "download"}),
        "key of 64 bytes": (_MALFORMED, {**login, "key": bytes(64)}),
        "nonce of 31 bytes": (_MALFORMED, {**login, "nonce": bytes(31)}),
        "nonce as text": (_MALFORMED, {**login, "nonce": "0" * 32}),
        "ttl 0": (_MALFORMED, {**login, "ttl": 0}),
        "ttl negative": (_MALFORMED, {**login, "ttl": -1}),
        "time after 2^37": (_MALFORMED, {**login, "iat": 2**37 + 1}),
        "empty platform": (_MALFORMED, {**login, "platform": ""}),
        "workstation name of 65 bytes": (_MALFORMED, {**login, "ws_name": "x" * 65}),
        "17 certificates": (_MALFORMED, {**login, "certs": ["AB"] * 17}),
        "serial number in lower case": (_MALFORMED, {**login, "certs": ["ab"]}),
        "serial number with leading zero": (_MALFORMED, {**login, "certs": ["0A"]}),
        "only ws_key": (_MALFORMED, {**login, "ws_key": seal["ws_key"]}),
        "enrolment without signature": (_MALFORMED, seal),
        "seal, unsigned": (
            "ceremony.workstation_not_enrolled",
            {k: v for k, v in seal.items() if k not in ("ws_key", "enrol")},
        ),
        "claim_seal, unsigned": (
            "ceremony.workstation_not_enrolled",
            scene.challenge(Operation.CLAIM_SEAL, signed=False).to_map(),
        ),
    }
    bad |= {n: (_MALFORMED, body) for n, body in _refused_bids().items()}
    written = {n: (code, codec.encode(body)) for n, (code, body) in bad.items()}
    login_bytes = codec.encode(login)
    written["trailing byte"] = (_MALFORMED, login_bytes + b"\x00")
    written["bidi character in the name"] = (_MALFORMED, login_bytes.replace("投标部".encode(), "投标\u202e".encode()))
    written["array"] = (_MALFORMED, codec.encode([1, 2]))
    return written


def _refused_bids() -> Mapping[str, Mapping[str, Any]]:
    """sign_package and decrypt challenges that are malformed; unsigned, which is judged later."""
    package = dict(scene.challenge(Operation.SIGN_PACKAGE, signed=False).to_map())
    decrypt = dict(scene.challenge(Operation.DECRYPT, signed=False).to_map())
    item, share = bid_scene.package().to_map(), bid_scene.share("甲.bid").to_map()
    text = bid_scene.bid_json()
    content = bid_scene.package().contents[1].to_map()

    def bid(name: str, changed: bytes) -> tuple[str, Mapping[str, Any]]:
        return f"bid.json {name}", {**package, "items": [{**item, "bid": changed}]}

    return dict(
        [
            bid("with a space", text.replace(b'":', b'": ', 1)),
            bid("with a key twice", text.replace(b'"deadline":', b'"deadline":1,"deadline":', 1)),
            bid("with an unknown field", text[:-1] + b',"zzz":1}'),
            bid("with a float", text.replace(b'"deadline":', b'"deadline":1.5,"x":', 1)),
            bid("with an escape", text.replace("报价".encode(), b"\\u62a5\\u4ef7")),
            bid("with a bidi character", text.replace("报价".encode(), "报\u202e价".encode())),
            bid("of another format", text.replace(b"BIDSEAL1/bid", b"BIDSEAL2/bid")),
            bid("with an unknown group kind", text.replace(b'"kind":"time"', b'"kind":"moon"')),
            bid("with an envelope twice", text.replace(b'"id":"second"', b'"id":"first"')),
            bid("cut short", text[:-1]),
            ("a digest too few", {**package, "items": [{**item, "digests": item["digests"][1:]}]}),  # type: ignore[index]
            ("contents of one envelope", {**package, "items": [{**item, "contents": [content]}]}),
            ("two packages", {**package, "items": [item, item]}),
            ("signing time in 2050", {**package, "items": [{**item, "at": 2_524_608_000}]}),
            ("group in capitals", {**decrypt, "items": [{**share, "group": "BIDDER"}]}),
            ("package id of 15 bytes", {**decrypt, "items": [{**share, "package": bytes(15)}]}),
            ("129 shares", {**decrypt, "items": [share] * 129}),
            (
                "share as a document",
                {**decrypt, "items": scene.challenge(Operation.SEAL, signed=True).to_map()["items"]},
            ),
        ]
    )


def _refused_by_camera() -> Mapping[str, tuple[str, bytes]]:
    seal = scene.challenge(Operation.SEAL, signed=True, is_camera=True, r_hash=b"")
    body = dict(seal.to_map())

    def signed(changed: Mapping[str, Any]) -> bytes:
        return cose.sign1(codec.encode(changed), use="BIDSEAL1/challenge", sign=lambda m: sign(key("workstation"), m))

    unsigned = {k: v for k, v in body.items() if k not in ("ws_key", "enrol")}
    login = scene.challenge(Operation.LOGIN, signed=True, is_camera=True, r_hash=b"")
    download = scene.challenge(Operation.DOWNLOAD, signed=False, is_camera=True, r_hash=b"")
    return {
        "mode and rh": (_MALFORMED, signed({**body, "rh": bytes(32)})),
        "neither mode nor rh": (_MALFORMED, signed({k: v for k, v in body.items() if k != "mode"})),
        "unknown mode": (_MALFORMED, signed({**body, "mode": "relay"})),
        "nine items by camera": (_MALFORMED, signed({**body, "items": [body["items"][0]] * 9})),  # type: ignore[index]
        "seal by camera, unsigned": ("ceremony.workstation_not_enrolled", codec.encode(unsigned)),
        "download by camera, unsigned": ("ceremony.workstation_not_enrolled", scene.write(download)),
        "login by camera": ("ceremony.wrong_purpose", scene.write(login)),
    }


def _refused_signatures() -> Mapping[str, tuple[str, bytes]]:
    seal = scene.challenge(Operation.SEAL, signed=True)
    good = scene.write(seal)
    body = codec.encode(seal.to_map())
    unsigned = codec.encode(scene.challenge(Operation.LOGIN, signed=False).to_map())
    invalid = "ceremony.signature_invalid"

    def cose(payload: bytes, signature: bytes) -> bytes:
        return _HEAD + codec.encode(payload) + b"\x58\x40" + signature

    def signature(payload: bytes, use: str) -> bytes:
        structure: Value = ["Signature1", bytes.fromhex("a10126"), use.encode(), payload]
        return sign(key("workstation"), codec.encode(structure))

    right = signature(body, "BIDSEAL1/challenge")
    assert cose(body, right) == good
    return {
        "signed by another key": (invalid, scene.write(seal, signer="stranger")),
        "signed for another use": (invalid, cose(body, signature(body, "BIDSEAL1/receipt"))),
        "signature over the map alone": (invalid, cose(body, sign(key("workstation"), body))),
        "signature of zeros": (invalid, cose(body, bytes(64))),
        "last bit of the signature": (invalid, good[:-1] + bytes([good[-1] ^ 1])),
        "another document under the signature": (
            invalid,
            cose(codec.encode(replace(seal, items=seal.items[:1]).to_map()), right),
        ),
        "id of another workstation": (_MALFORMED, scene.write(replace(seal, workstation_id=fixed("other", 16)))),
        "signed without enrolment": (_MALFORMED, cose(unsigned, signature(unsigned, "BIDSEAL1/challenge"))),
        "without tag 18": (_MALFORMED, good[1:]),
        "algorithm ES384": (_MALFORMED, bytes.fromhex("d28444a1013822a0") + good[7:]),
        "unprotected header": (_MALFORMED, good[:6] + bytes.fromhex("a10401") + good[7:]),
        "signature of 63 bytes": (_MALFORMED, good[:-66] + b"\x58\x3f" + good[-63:]),
        "payload length not shortest": (
            _MALFORMED,
            _HEAD + b"\x5a" + len(body).to_bytes(4, "big") + body + b"\x58\x40" + right,
        ),
        "COSE with a trailing byte": (_MALFORMED, good + b"\x00"),
        "COSE cut short": (_MALFORMED, good[:-1]),
        "ws_key not on the curve": (
            "ceremony.key_not_allowed",
            scene.write(_with_key(seal, b"\x04" + bytes(64))),
        ),
    }


def _with_key(challenge: Challenge, point: bytes) -> Challenge:
    return replace(challenge, workstation_key=point, workstation_id=workstation_id_of(point))


def messages() -> list[Vector]:
    """Plaintexts by `type`: claim, reason (decline, extend, cancel), proof, reply."""
    claim = scene.claim().write()
    body: dict[str, Value] = {"elapsed": 7, "tag": bytes(8), "phone": "x", "nonce": bytes(32)}
    good: dict[str, tuple[str, bytes]] = {
        "claim": ("claim", claim),
        "claim, oldest code": ("claim", codec.encode({**body, "elapsed": 65_535})),
        "decline": ("reason", Reason(code="phone.declined").write()),
        "proof": ("proof", Proof(value=fixed("proof")).write()),
        "accepted": ("reply", Reply(kind=ReplyType.ACCEPTED, r=scene.R).write()),
        "stale": ("reply", Reply(kind=ReplyType.STALE).write()),
        "taken": ("reply", Reply(kind=ReplyType.TAKEN).write()),
        "prove": ("reply", Reply(kind=ReplyType.PROVE, envelope=fixed("envelope", 113)).write()),
        "extended": ("reply", Reply(kind=ReplyType.EXTENDED).write()),
        "near": ("reply", Reply(kind=ReplyType.NEAR, near=fixed("near", 16)).write()),
        "ended": ("reply", Reply(kind=ReplyType.ENDED, code="ceremony.cancelled").write()),
        "receipt": ("reply", Reply(kind=ReplyType.RECEIPT, document=b"\xa0").write()),
    }
    bad: dict[str, tuple[str, Any]] = {
        "claim with a new field": ("claim", {**body, "x": 1}),
        "claim without nonce": ("claim", {k: v for k, v in body.items() if k != "nonce"}),
        "elapsed 65536": ("claim", {**body, "elapsed": 65_536}),
        "elapsed negative": ("claim", {**body, "elapsed": -1}),
        "elapsed true": ("claim", {**body, "elapsed": True}),
        "tag of 7 bytes": ("claim", {**body, "tag": bytes(7)}),
        "phone without name": ("claim", {**body, "phone": ""}),
        "phone name of 65 bytes": ("claim", {**body, "phone": "x" * 65}),
        "claim as array": ("claim", [1]),
        "empty reason": ("reason", {"reason": ""}),
        "reason of 65 bytes": ("reason", {"reason": "x" * 65}),
        "proof of 31 bytes": ("proof", {"proof": bytes(31)}),
        "unknown reply": ("reply", {"t": "granted"}),
        "reply without type": ("reply", {"r": bytes(32)}),
        "reply of type 1": ("reply", {"t": 1}),
        "accepted without r": ("reply", {"t": "accepted"}),
        "stale with r": ("reply", {"t": "stale", "r": bytes(32)}),
        "envelope of 1025 bytes": ("reply", {"t": "prove", "env": bytes(1025)}),
        "reply as text": ("reply", "stale"),
        "near of 15 bytes": ("reply", {"t": "near", "near": bytes(15)}),
    }
    made = [{"name": n, "outcome": "accept", "type": t, "plaintext": d.hex()} for n, (t, d) in good.items()]
    return made + [
        {"name": n, "outcome": _MALFORMED, "type": t, "plaintext": codec.encode(v).hex()} for n, (t, v) in bad.items()
    ]


def display() -> list[Vector]:
    """Title, rows and item lines in both languages."""
    made = []
    for operation in Operation:
        for signed in (True, False):
            if not signed and operation not in UNSIGNED_OPERATIONS:
                continue
            challenge = scene.challenge(operation, signed=signed)
            for language in ("zh", "en"):
                text = consent_text(challenge, language)
                made.append(
                    {
                        "name": f"{operation}, {'signed' if signed else 'unsigned'}, {language}",
                        "outcome": "accept",
                        "challenge": scene.write(challenge).hex(),
                        "language": language,
                        "title": text.title,
                        "rows": [list(r) for r in text.rows],
                        "items": [list(lines) for lines in text.items],
                    }
                )
    return made
