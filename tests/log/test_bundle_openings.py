"""What a record says of an opening, held against the rules of a room: whoever lies in one paper contradicts another.

Each false record is whole but for the one lie: every paper is signed by whom it should be, and stands in its place.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.suites import point_of
from desktop.domain.operations import Verdict
from desktop.domain.tendering import OpeningState, Party, PolicyGroup
from desktop.formats.bundle import PartKind
from tests.log.bending import (
    FIRST,
    SECOND,
    THIRD,
    a_refused_bid_has_delivered_too,
    a_refused_bid_is_opened_with_the_others,
    a_rivals_second_envelope_vanishes,
    a_second_envelope_is_opened_for_nobody,
    a_share_that_nobody_needs,
    add,
    decided,
    deliveries_in_another_order,
    dropped,
    ended,
    everybody_is_blamed_and_no_list_shows_it,
    moved,
    one_envelope_is_opened_a_second_time,
    one_room_key_for_both,
    reopened,
    restate,
    restated,
    said,
    the_second_envelope_is_left_out,
    windows,
)
from tests.log.opening import DEADLINE, PACKAGES, Bend, Scene, at_us, began, new_key
from tests.log.test_bundle import judge
from tests.log.world import Keeper

NOBODY: frozenset[bytes] = frozenset()
EVERYBODY = frozenset(PACKAGES)
BEFORE_THE_DEADLINE = (PolicyGroup.OPENING_KEY,)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Scene]:
    def made(**how: Any) -> Scene:
        return Scene(keeper=Keeper(folder=tmp_path / "state"), **how)

    return made


@pytest.mark.parametrize(
    ("how", "opened"),
    [
        ({}, 2),
        ({"silent": NOBODY}, 3),
        ({"silent": EVERYBODY}, 0),
        ({"extensions": 3}, 2),
        ({"groups": BEFORE_THE_DEADLINE}, 3),
        ({"is_double": True}, 3),
        ({"is_double": True, "refused": NOBODY, "silent": NOBODY}, 6),
        ({"is_double": True, "refused": EVERYBODY}, 2),
        ({"is_double": True, "silent": EVERYBODY}, 0),
        ({"is_double": True, "groups": BEFORE_THE_DEADLINE, "extensions": 1}, 5),
        ({"count": 2}, 0),
        ({"count": 0}, 0),
    ],
    ids=[
        "one has not delivered",
        "everybody has delivered",
        "nobody has delivered",
        "extended three times",
        "no share needed",
        "double, one passed",
        "double, all passed",
        "double, none passed",
        "double, none opened",
        "double, no share needed",
        "failed with two bids",
        "failed without any",
    ],
)
def test_true_record_of_every_kind_is_valid(make: Callable[..., Scene], how: dict[str, Any], opened: int) -> None:
    scene = make(**how)
    found = judge(scene, scene.parts())
    assert (found.verdict, found.reasons) == (Verdict.VALID, ())
    assert found.opening is not None
    assert sum(result.state is OpeningState.OPENED for result in found.opening.results) == opened


@pytest.mark.parametrize(
    ("cause", "party"),
    [
        ("opening.package_lost", Party.OTHER),
        ("opening.given_up", Party.OTHER),
        ("opening.share_unreadable", Party.BIDDER),
        ("tender.package_differs", Party.BIDDER),
        ("package.share_mismatch", Party.BIDDER),
        ("trust.unknown_root", Party.BIDDER),
        ("verify.outside_validity", Party.BIDDER),
        ("ceremony.certificate_unreadable", Party.BIDDER),
    ],
)
def test_bid_that_was_delivered_and_not_opened_for_a_cause_is_valid(
    make: Callable[..., Scene], cause: str, party: Party
) -> None:
    scene = make()
    found = judge(scene, restate(scene, scene.parts(), scene.not_opened(FIRST, "bid", cause=cause, party=party)))
    assert (found.verdict, found.reasons) == (Verdict.VALID, ())


def test_objection_in_words_and_several_of_one_bidder_are_valid(make: Callable[..., Scene]) -> None:
    scene = make()
    said = [scene.confirmed(SECOND, "bid", ok=False, text="工期有误"), scene.confirmed(SECOND, "bid", after_s=4100)]
    found = judge(scene, add(scene.parts(), PartKind.CONFIRMED, *said))
    assert found.verdict is Verdict.VALID
    assert found.opening is not None
    assert [each.ok for each in found.opening.confirmed] == [True, False, True]


DOUBLE = {"is_double": True}
ALL_PASS = {"is_double": True, "refused": NOBODY}
OPEN_EARLY = {"groups": BEFORE_THE_DEADLINE}
ALL_SILENT = {"silent": EVERYBODY}
LOST = {"cause": "opening.package_lost", "party": Party.OTHER}
UNREADABLE = {"cause": "opening.share_unreadable"}
LATER = {"revision": 2, "reason": "网络故障", "until": began("bid") + 3600}
CONTRADICTION, INCOMPLETE = "record.contradiction", "record.incomplete"


@pytest.mark.parametrize(
    ("how", "bend", "code", "detail"),
    [
        pytest.param(how, bend, code, detail, id=name)
        for name, how, bend, code, detail in [
            # The share, and whose fault it is.
            ("blamed though delivered", {}, restated(), CONTRADICTION, "share is not missing"),
            ("opened though not delivered", {}, reopened(THIRD), CONTRADICTION, "opened without its delivery"),
            ("spared though not delivered", {}, restated(THIRD, **LOST), CONTRADICTION, "share is missing"),
            ("blamed for another's share", OPEN_EARLY, restated(), CONTRADICTION, "share is not missing"),
            ("blamed for no share", OPEN_EARLY, restated(**UNREADABLE), CONTRADICTION, "a share that nobody needs"),
            ("silent, but another's fault", {}, restated(THIRD, party=Party.OTHER), CONTRADICTION, "by other"),
            ("lost, and blamed", {}, restated(**LOST | {"party": Party.BIDDER}), CONTRADICTION, "by bidder"),
            ("bad, and spared", {}, restated(cause="package.damaged", party=Party.OTHER), CONTRADICTION, "by other"),
            ("blamed for the agency", {}, restated(cause="opening.room_key_wrong"), CONTRADICTION, "by bidder"),
            ("blamed for nothing known", {}, restated(cause="no.reason"), CONTRADICTION, "by bidder"),
            # The list of deliveries.
            ("no list at all", {}, everybody_is_blamed_and_no_list_shows_it, INCOMPLETE, "no list of deliveries"),
            ("no list of none", ALL_SILENT, dropped(PartKind.DELIVERED), INCOMPLETE, "no list of deliveries"),
            ("no list where none is needed", OPEN_EARLY, dropped(PartKind.DELIVERED), INCOMPLETE, "no list of deliv"),
            (
                "list of another envelope",
                DOUBLE,
                ended(envelope_id="second"),
                CONTRADICTION,
                "envelope second in first",
            ),
            ("list that nobody needs", OPEN_EARLY, a_share_that_nobody_needs, CONTRADICTION, "that nobody needs"),
            ("list in another order", {}, deliveries_in_another_order, CONTRADICTION, "deliveries"),
            ("list before the closing", {"silent": NOBODY}, ended(at_us=at_us(0)), CONTRADICTION, "before the opening"),
            ("second before the first", DOUBLE, ended(1, at_us=at_us(2400)), CONTRADICTION, "before the opening"),
            # The window.
            ("first notice missing", {}, windows(LATER), INCOMPLETE, "notices of opening [2] of 2"),
            ("extension missing", {}, windows({}, LATER | {"revision": 3}), INCOMPLETE, "notices of opening [1, 3]"),
            ("one extension twice", {}, windows({}, LATER, LATER), CONTRADICTION, "notices of opening [1, 2, 2]"),
            ("extension before the first", {}, windows(LATER, {}), CONTRADICTION, "notices of opening [2, 1]"),
            (
                "extension to the same",
                {},
                windows({}, LATER | {"until": began("bid") + 1800}),
                CONTRADICTION,
                "is none",
            ),
            ("another key", {}, windows({}, LATER | {"room_key": point_of(new_key())}), CONTRADICTION, "two room keys"),
            ("another wrap", {}, windows({}, LATER | {"room_wrap": b"w" * 113}), CONTRADICTION, "two room keys"),
            ("another closing", {}, windows({"closing_sha256": bytes(32)}), CONTRADICTION, "room of another closing"),
            ("of another envelope", DOUBLE, windows({"envelope_id": "second"}), CONTRADICTION, "second in first"),
            ("one key for both envelopes", DOUBLE, one_room_key_for_both, CONTRADICTION, "one room key for two"),
            # Results.
            ("opened and empty", {}, reopened(files=()), CONTRADICTION, "with nothing in it"),
            ("not opened and priced", {}, restated(THIRD, price="1.00"), CONTRADICTION, "not opened, and yet read"),
            ("result left out", {}, dropped(PartKind.RESULT, 1), INCOMPLETE, "no result about 02020202"),
            ("opened twice", {}, one_envelope_is_opened_a_second_time, CONTRADICTION, "that nobody was to open"),
            # Who passed.
            ("a rival vanishes", ALL_PASS, a_rivals_second_envelope_vanishes, INCOMPLETE, "no decision about 01010101"),
            ("no decision", DOUBLE, decided((FIRST, True, {})), INCOMPLETE, "no decision about 02020202"),
            (
                "decided twice",
                DOUBLE,
                decided((FIRST, True, {}), (SECOND, False, {}), (FIRST, False, {})),
                CONTRADICTION,
                "decision about 01010101 twice",
            ),
            (
                "refused without a reason",
                DOUBLE,
                decided((FIRST, True, {}), (SECOND, False, {"reason": ""})),
                CONTRADICTION,
                "02020202 refused without a reason",
            ),
            (
                "passed unopened",
                DOUBLE,
                decided((FIRST, True, {}), (SECOND, False, {}), (THIRD, True, {})),
                CONTRADICTION,
                "decision about 03030303",
            ),
            (
                "refused unopened",
                DOUBLE,
                decided((FIRST, True, {}), (SECOND, False, {}), (THIRD, False, {})),
                CONTRADICTION,
                "decision about 03030303",
            ),
            ("second left out", DOUBLE, the_second_envelope_is_left_out, INCOMPLETE, "no opening of second"),
            ("second of a refused bid", DOUBLE, a_refused_bid_is_opened_with_the_others, CONTRADICTION, "02020202"),
            ("share of a refused bid", DOUBLE, a_refused_bid_has_delivered_too, CONTRADICTION, "deliveries"),
            (
                "second though none passed",
                {"is_double": True, "refused": EVERYBODY},
                a_second_envelope_is_opened_for_nobody,
                CONTRADICTION,
                "that nobody was to open",
            ),
            # What bidders said.
            ("objected without a word", {}, said(ok=False), CONTRADICTION, "objected without a word"),
            ("confirmed before the list", {}, said(after_s=2399), CONTRADICTION, "confirmed what was not opened"),
            ("confirmed by a stranger", {}, said(package=bytes(16)), CONTRADICTION, "confirmed what was not opened"),
            ("refused and confirms", DOUBLE, said(package=SECOND, envelope="second"), CONTRADICTION, "was not opened"),
            ("confirmed elsewhere", DOUBLE, said(envelope="first"), CONTRADICTION, "envelope first in second"),
            # The order.
            ("result before its window", {}, moved(PartKind.RESULT, PartKind.ROOM), INCOMPLETE, "without a notice"),
            ("list before deliveries", {}, moved(PartKind.DELIVERED, PartKind.DELIVERY), CONTRADICTION, "after deliv"),
            ("result before the list", {}, moved(PartKind.RESULT, PartKind.DELIVERED), CONTRADICTION, "after result"),
            ("confirmed first", {}, moved(PartKind.CONFIRMED, PartKind.RESULT), CONTRADICTION, "after confirmed"),
            ("head first", {}, moved(PartKind.HEAD, PartKind.BID), CONTRADICTION, "bid after head"),
            ("bid before the closing", {}, moved(PartKind.BID, PartKind.CLOSING), CONTRADICTION, "closing after bid"),
            ("failed, in disorder", {"count": 2}, moved(PartKind.HEAD, PartKind.BID), CONTRADICTION, "bid after head"),
        ]
    ],
)
def test_t35_record_that_is_false_in_one_thing_is_found(
    make: Callable[..., Scene], how: dict[str, Any], bend: Bend, code: str, detail: str
) -> None:
    scene = make(**how)
    found = judge(scene, bend(scene, scene.parts()))
    assert (found.verdict, found.reasons[0].code, found.opening) == (Verdict.INVALID, code, None)
    assert detail in found.reasons[0].detail


@pytest.mark.parametrize(
    ("bend", "detail"),
    [
        (windows({"until": DEADLINE + 1 + 28 * 60 - 1}), "a shorter window than announced"),
        (ended(at_us=at_us(1860)), "ended while a share was missing"),
    ],
    ids=["from the beginning", "before its end"],
)
def test_t47_record_of_a_window_cut_short_is_found(make: Callable[..., Scene], bend: Bend, detail: str) -> None:
    scene = make()
    found = judge(scene, bend(scene, scene.parts()))
    assert (found.verdict, found.reasons[0].code) == (Verdict.INVALID, "record.contradiction")
    assert detail in found.reasons[0].detail


def test_t47_window_may_be_ended_early_where_no_share_is_missing_or_none_is_needed(make: Callable[..., Scene]) -> None:
    early = ended(at_us=at_us(120))
    for how in ({"silent": NOBODY}, OPEN_EARLY):
        scene = make(**how)
        assert judge(scene, early(scene, scene.parts())).verdict is Verdict.VALID


def test_t47_window_as_long_as_announced_but_for_two_minutes_is_valid(make: Callable[..., Scene]) -> None:
    scene = make()
    shortest = windows({"until": DEADLINE + 1 + 28 * 60})
    assert judge(scene, shortest(scene, scene.parts())).verdict is Verdict.VALID
