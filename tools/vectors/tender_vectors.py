"""Vectors of tendering: proofs in trees, statements of platform and room, announcements, and what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktop.crypto import merkle
from desktop.crypto.merkle import leaf_hash
from desktop.domain.operations import Operation
from desktop.protocol import codec, cose
from desktop.protocol.notices import opening_key_label, signed_text, write_announcement
from desktop.protocol.statements import PlatformStatement, RoomStatement
from tools.vectors import scene, tender_items, tender_scene
from tools.vectors.keys import fixed, key, scalar, sign
from tools.vectors.people import seal_maker

Vector = dict[str, Any]
_MALFORMED, _INVALID, _NO_KEY = "ceremony.malformed", "ceremony.signature_invalid", "ceremony.key_not_allowed"
_SIZES = (1, 2, 3, 7, 8, 13)


def trees() -> list[Vector]:
    """Proofs of inclusion and of consistency in small trees; `holds` says whether the proof is one."""
    made = []
    for size in _SIZES:
        data = [fixed(f"leaf {number}", 8 + number) for number in range(size)]
        made += [_inclusion(data, index) for index in sorted({0, size // 2, size - 1})]
        made += [_consistency(data, first) for first in sorted({0, 1, size // 2, size - 1, size})]
    data = [fixed(f"leaf {number}", 8 + number) for number in range(7)]
    included, consistent = _inclusion(data, 4), _consistency(data, 3)
    broken = {
        "path in another order": {**included, "path": included["path"][::-1]},
        "path cut short": {**included, "path": included["path"][:-1]},
        "path of another leaf": {**included, "path": _inclusion(data, 5)["path"]},
        "another leaf": {**included, "leaf": leaf_hash(fixed("other")).hex()},
        "consistency cut short": {**consistent, "path": consistent["path"][1:]},
        "consistency of another size": {**consistent, "path": _consistency(data, 5)["path"]},
        "another first root": {**consistent, "first_root": fixed("root").hex()},
    }
    return made + [{**vector, "name": name, "holds": False} for name, vector in broken.items()]


def _inclusion(data: list[bytes], index: int) -> Vector:
    leaves = [leaf_hash(each) for each in data]
    return {
        "name": f"leaf {index} of {len(data)}",
        "outcome": "accept",
        "what": "inclusion",
        "data": [each.hex() for each in data],
        "root": merkle.root_of(leaves).hex(),
        "index": index,
        "leaf": leaves[index].hex(),
        "path": [each.hex() for each in merkle.inclusion_path(leaves, index)],
        "holds": True,
    }


def _consistency(data: list[bytes], first: int) -> Vector:
    leaves = [leaf_hash(each) for each in data]
    return {
        "name": f"{first} then {len(data)} leaves",
        "outcome": "accept",
        "what": "consistency",
        "data": [each.hex() for each in data],
        "root": merkle.root_of(leaves).hex(),
        "first": first,
        "first_root": merkle.root_of(leaves[:first]).hex(),
        "path": [each.hex() for each in merkle.consistency_path(leaves, first)],
        "holds": True,
    }


def statements() -> list[Vector]:
    """Each statement as it is signed, and what is refused."""
    made = [_platform(type(p).__name__, "accept", p) for p in tender_scene.platform_statements()]
    made += [_room(f"{type(p).__name__} {n}", "accept", p) for n, p in enumerate(tender_scene.room_statements())]
    closing, opening = tender_scene.closing(), tender_scene.room_statements()[0]
    good, room = _decoded(tender_scene.platform_statement(closing)), _decoded(tender_scene.room_statement(opening))
    made += [
        {**_platform("a closing of another kind", _INVALID, closing), "use": "BIDSEAL1/delivered"},
        _changed("another certificate", _INVALID, "platform", closing.USE, {**good, "signer": seal_maker()}),
        _changed("no certificate", _MALFORMED, "platform", closing.USE, {"doc": good["doc"]}),
        _changed("an unknown field", _MALFORMED, "platform", closing.USE, {**good, "x": 1}),
        _changed("another workstation's name", _INVALID, "room", opening.USE, {**room, "name": "别的工位"}),
        _changed(
            "another unit's name", "ceremony.workstation_not_enrolled", "room", opening.USE, {**room, "org": "别的单位"}
        ),
    ]
    return made


def room_keys() -> list[Vector]:
    """Opening notices, each with the opening key and the room key that this takes out of it; `room_key` is a scalar."""
    opening = tender_scene.opening_notice()
    wrong, key_of = "opening.room_key_wrong", f"opening {opening.envelope_id}"
    flipped = bytes([*opening.room_wrap[:-1], opening.room_wrap[-1] ^ 1])
    cases = {
        "the announced opening key": ("accept", opening, key_of),
        "another opening key": (wrong, opening, "opening first"),
        "wrapped for another lot": (wrong, replace(opening, room_wrap=tender_scene.room_wrap(lot="S2")), key_of),
        "another scalar than the point's": (
            wrong,
            replace(opening, room_wrap=tender_scene.room_wrap(scalar_of="other room")),
            key_of,
        ),
        "one bit changed": (wrong, replace(opening, room_wrap=flipped), key_of),
    }
    return [
        {
            "name": name,
            "outcome": outcome,
            "statement": tender_scene.room_statement(notice).hex(),
            "opening_key": scalar(by).to_bytes(32, "big").hex(),
            "room_key": scalar("room").to_bytes(32, "big").hex(),
        }
        for name, (outcome, notice, by) in cases.items()
    ]


def _decoded(data: bytes) -> Mapping[str, Any]:
    value = codec.decode(data)
    assert isinstance(value, dict)
    return value


def _platform(name: str, outcome: str, payload: PlatformStatement) -> Vector:
    data = tender_scene.platform_statement(payload)
    return {
        "name": name,
        "outcome": outcome,
        "by": "platform",
        "use": payload.USE,
        "platform": payload.platform,
        "statement": data.hex(),
    }


def _room(name: str, outcome: str, payload: RoomStatement) -> Vector:
    data = tender_scene.room_statement(payload)
    return {
        "name": name,
        "outcome": outcome,
        "by": "room",
        "use": payload.USE,
        "platform": payload.platform,
        "statement": data.hex(),
    }


def _changed(name: str, outcome: str, by: str, use: str, value: Mapping[str, Any]) -> Vector:
    return {
        "name": name,
        "outcome": outcome,
        "by": by,
        "use": use,
        "platform": scene.PLATFORM,
        "statement": codec.encode(value).hex(),
    }


def announcements() -> list[Vector]:
    """Announcements of one and of two envelopes, with the bytes signed and the labels of the opening keys."""
    made = []
    for name, of in (("one envelope", tender_scene.notice()), ("two envelopes", tender_scene.two_envelopes())):
        announcement = tender_items.announcement(of)
        labels = [
            opening_key_label(of, envelope.envelope_id, spki).hex()
            for envelope, spki in zip(of.envelopes, announcement.keys, strict=True)
        ]
        common = {"message": signed_text(announcement.notice_bytes, announcement.keys).hex(), "labels": labels}
        data = write_announcement(announcement)
        made.append({"name": name, "outcome": "accept", "announcement": data.hex(), **common})
        forged = write_announcement(tender_items.announcement(of, "stranger"))
        made.append({"name": f"{name}, forged", "outcome": _INVALID, "announcement": forged.hex(), **common})
        short = write_announcement(replace(announcement, wraps=announcement.wraps[1:]))
        made.append({"name": f"{name}, a wrap missing", "outcome": _MALFORMED, "announcement": short.hex(), **common})
        other = write_announcement(replace(announcement, keys=(bytes(91), *announcement.keys[1:])))
        made.append({"name": f"{name}, zeros for a key", "outcome": _NO_KEY, "announcement": other.hex(), **common})
    return made


def refused_challenges() -> Mapping[str, tuple[str, bytes]]:
    """Challenges of tendering that are refused when they are read."""
    create, amend, release = (
        dict(scene.challenge(operation, signed=True).to_map())
        for operation in (Operation.CREATE_OPENING_KEY, Operation.AMEND_TENDER, Operation.RELEASE_OPENING_KEY)
    )
    first, amended, released = (dict(made["items"][0]) for made in (create, amend, release))  # type: ignore[index,arg-type]  # lists of maps, as written above
    other = tender_scene.platform_statement(tender_scene.platform_statements()[-1])
    closing = _decoded(released["closing"])
    cases: dict[str, tuple[str, Mapping[str, Any]]] = {
        "opening key, an amendment": (_MALFORMED, {**create, "items": [{**first, "notice": amended["notice"]}]}),
        "opening key, a member twice": (_MALFORMED, {**create, "items": [{**first, "members": first["members"] * 2}]}),
        "opening key, no member": (_MALFORMED, {**create, "items": [{**first, "members": []}]}),
        "opening key, no certificate named": (_MALFORMED, {**create, "certs": []}),
        "opening key, two certificates named": (_MALFORMED, {**create, "certs": ["AB", "CD"]}),
        "opening key, notice with a byte more": (
            _MALFORMED,
            {**create, "items": [{**first, "notice": first["notice"] + b"\0"}]},
        ),
        "amendment, a first notice": (_MALFORMED, {**amend, "items": [{**amended, "notice": first["notice"]}]}),
        "amendment, a key missing": (_MALFORMED, {**amend, "items": [{**amended, "keys": amended["keys"][1:]}]}),
        "amendment, one key twice": (_MALFORMED, {**amend, "items": [{**amended, "keys": amended["keys"][:1] * 2}]}),
        "amendment, a key of another curve": (
            _NO_KEY,
            {**amend, "items": [{**amended, "keys": [amended["keys"][0], bytes(91)]}]},
        ),
        "release of an envelope that is not there": (_MALFORMED, {**release, "items": [{**released, "env": "bid"}]}),
        "release with another statement": (_INVALID, {**release, "items": [{**released, "closing": other}]}),
        "release with a closing of another signer": (
            _INVALID,
            {**release, "items": [{**released, "closing": codec.encode({**closing, "signer": seal_maker()})}]},
        ),
        "two releases": (_MALFORMED, {**release, "items": [released, released]}),
    }
    return {name: (code, _signed(body)) for name, (code, body) in cases.items()}


def _signed(body: Mapping[str, Any]) -> bytes:
    return cose.sign1(codec.encode(body), use="BIDSEAL1/challenge", sign=lambda text: sign(key("workstation"), text))
