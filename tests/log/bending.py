"""A whole record bent in one thing: every paper is still signed by whom it should be."""

from dataclasses import replace
from typing import Any

from desktop.formats.bundle import Part, PartKind
from desktop.protocol.statements import BidResult, Delivered, OpeningNotice, Passed, read_room_statement, read_statement
from tests.log.opening import PACKAGES, Bend, Scene

FIRST, SECOND, THIRD = PACKAGES


def places(parts: list[Part], kind: PartKind) -> list[int]:
    return [n for n, part in enumerate(parts) if part.kind is kind]


def drop(parts: list[Part], *unwanted: int) -> list[Part]:
    return [part for n, part in enumerate(parts) if n not in unwanted]


def add(parts: list[Part], kind: PartKind, *new: Part) -> list[Part]:
    """Put parts behind the last one of a kind."""
    at = places(parts, kind)[-1] + 1
    return [*parts[:at], *new, *parts[at:]]


def is_result(part: Part, package: bytes, envelope: str) -> bool:
    """Tell whether a part is what came of the bid's envelope."""
    if part.kind is not PartKind.RESULT:
        return False
    result = read_room_statement(part.data, BidResult).payload
    return (result.package_id, result.envelope_id) == (package, envelope)


def told(scene: Scene, result: BidResult) -> Part:
    return Part(kind=PartKind.RESULT, data=scene.room(result))


def restate(scene: Scene, parts: list[Part], result: BidResult) -> list[Part]:
    """Put a result in the place of the one about the same bid's envelope."""
    about = (result.package_id, result.envelope_id)
    bent = [told(scene, result) if is_result(part, *about) else part for part in parts]
    assert bent != parts
    return bent


def restated(package: bytes = FIRST, envelope: str = "bid", **changes: Any) -> Bend:
    """Let the bid's result be that of a missing share, but for some words of it."""
    return lambda scene, parts: restate(scene, parts, scene.not_opened(package, envelope, **changes))


def reopened(package: bytes = FIRST, envelope: str = "bid", **changes: Any) -> Bend:
    return lambda scene, parts: restate(scene, parts, scene.opened(package, envelope, **changes))


def windows(*changes: dict[str, Any]) -> Bend:
    """Let these stand for the first notice of opening, each like it but for some words."""

    def bend(scene: Scene, parts: list[Part]) -> list[Part]:
        at = places(parts, PartKind.ROOM)[0]
        first = read_room_statement(parts[at].data, OpeningNotice).payload
        new = [Part(kind=PartKind.ROOM, data=scene.room(replace(first, **each))) for each in changes]
        return [*parts[:at], *new, *parts[at + 1 :]]

    return bend


def ended(number: int = 0, **changes: Any) -> Bend:
    """Let the platform have said something else at the end of a delivery."""

    def bend(scene: Scene, parts: list[Part]) -> list[Part]:
        at = places(parts, PartKind.DELIVERED)[number]
        said = read_statement(parts[at].data, Delivered).payload
        new = Part(kind=PartKind.DELIVERED, data=scene.keeper.state(replace(said, **changes)))
        return [*parts[:at], new, *parts[at + 1 :]]

    return bend


def decided(*decisions: tuple[bytes, bool, dict[str, Any]]) -> Bend:
    """Let these be the decisions."""

    def bend(scene: Scene, parts: list[Part]) -> list[Part]:
        at = places(parts, PartKind.PASSED)
        new = [scene.passed(package, passed=passed, **changes) for package, passed, changes in decisions]
        return [*parts[: at[0]], *new, *drop(parts, *at)[at[0] :]]

    return bend


def said(**how: Any) -> Bend:
    package, envelope = how.pop("package", FIRST), how.pop("envelope", "bid")
    return lambda scene, parts: add(parts, PartKind.RESULT, scene.confirmed(package, envelope, **how))


def a_rivals_second_envelope_vanishes(_scene: Scene, parts: list[Part]) -> list[Part]:
    """Drop one opened bid's decision and the result of its second envelope; nothing else speaks of either."""

    def is_of_rival(part: Part) -> bool:
        if part.kind is PartKind.PASSED:
            return read_room_statement(part.data, Passed).payload.package_id == FIRST
        return is_result(part, FIRST, "second")

    left = [part for part in parts if not is_of_rival(part)]
    assert len(left) == len(parts) - 2
    return left


def everybody_is_blamed_and_no_list_shows_it(scene: Scene, parts: list[Part]) -> list[Part]:
    bent = drop(parts, *places(parts, PartKind.DELIVERY), *places(parts, PartKind.DELIVERED))
    for package in PACKAGES:
        bent = restate(scene, bent, scene.not_opened(package, "bid"))
    return drop(bent, *places(bent, PartKind.CONFIRMED))


def the_second_envelope_is_left_out(_scene: Scene, parts: list[Part]) -> list[Part]:
    at = places(parts, PartKind.ROOM)[1]
    return [*parts[:at], parts[-1]]


def a_refused_bid_is_opened_with_the_others(scene: Scene, parts: list[Part]) -> list[Part]:
    return add(parts, PartKind.RESULT, told(scene, scene.opened(SECOND, "second")))


def a_refused_bid_has_delivered_too(scene: Scene, parts: list[Part]) -> list[Part]:
    at = places(parts, PartKind.DELIVERED)[1]
    listed = Part(kind=PartKind.DELIVERED, data=scene.keeper.state(scene.delivered("second", [FIRST, SECOND])))
    return [*parts[:at], Part(kind=PartKind.DELIVERY, data=scene.share(SECOND)), listed, *parts[at + 1 :]]


def a_second_envelope_is_opened_for_nobody(scene: Scene, parts: list[Part]) -> list[Part]:
    closing = parts[places(parts, PartKind.CLOSING)[0]].data
    return [*parts[:-1], *scene.envelope_parts(closing, "second", ()), parts[-1]]


def one_envelope_is_opened_a_second_time(scene: Scene, parts: list[Part]) -> list[Part]:
    closing = parts[places(parts, PartKind.CLOSING)[0]].data
    return [*parts[:-1], *scene.envelope_parts(closing, "bid", PACKAGES), parts[-1]]


def a_share_that_nobody_needs(scene: Scene, parts: list[Part]) -> list[Part]:
    at = places(parts, PartKind.DELIVERED)[0]
    new = [
        Part(kind=PartKind.DELIVERY, data=scene.share(FIRST)),
        Part(kind=PartKind.DELIVERED, data=scene.keeper.state(scene.delivered("bid", [FIRST]))),
    ]
    return [*parts[:at], *new, *parts[at + 1 :]]


def deliveries_in_another_order(scene: Scene, parts: list[Part]) -> list[Part]:
    at = places(parts, PartKind.DELIVERY)[0]
    shared = [SECOND, FIRST]
    new = [Part(kind=PartKind.DELIVERY, data=scene.share(each)) for each in shared]
    listed = Part(kind=PartKind.DELIVERED, data=scene.keeper.state(scene.delivered("bid", shared)))
    return [*parts[:at], *new, listed, *parts[at + 3 :]]


def one_room_key_for_both(scene: Scene, _parts: list[Part]) -> list[Part]:
    scene.room_keys["second"] = scene.room_keys["first"]
    return scene.parts()


def moved(kind: PartKind, before: PartKind) -> Bend:
    """Let the first part of a kind stand before the first of another."""

    def bend(_scene: Scene, parts: list[Part]) -> list[Part]:
        at, to = places(parts, kind)[0], places(parts, before)[0]
        return [*parts[:to], parts[at], *drop(parts, at)[to:]]

    return bend


def dropped(kind: PartKind, number: int = 0) -> Bend:
    return lambda _scene, parts: drop(parts, places(parts, kind)[number])
