"""What has to hold between the documents about the opening of one envelope. Pure functions.

The platform demands it of everybody while the lot is opened (docs/tendering.md §6); here it is demanded once more of
what is on record, as whoever reads that has only the agency's word that it was. The times that workstations write
are held against nothing: no one vouches for their clocks. Threats T19, T35, T42, T47.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import OpeningState, Party
from desktop.formats.bundle.model import Confirmed
from desktop.protocol.notices import NoticeEnvelope
from desktop.protocol.statements import BidResult, Delivered, OpeningNotice, Passed

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
#: How much shorter than announced the platform lets a delivery window be.
_TOLERANCE = 2 * _MINUTE
_NOT_DELIVERED, _UNREADABLE = "tender.share_not_delivered", "opening.share_unreadable"
#: Causes for which nobody blames the bidder (视为撤回).
_OF_OTHERS = frozenset({"opening.package_lost", "opening.given_up"})
#: Causes that are the bidder's (视为撤销): how these codes begin. The last three are of certificates and signatures.
_OF_THE_BIDDER = (
    _NOT_DELIVERED,
    _UNREADABLE,
    "tender.package_differs",
    "package.",
    "ceremony.",
    "trust.",
    "verify.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeOpening:
    """What was said about the opening of one envelope, each document believed by itself.

    `wanted` are the packages whose envelope was to be opened, in the order of the bids; `shares` those of which the
    bidder's share was delivered. Nothing of all this was so before `since_us`, by the platform's clock.
    """

    envelope: NoticeEnvelope
    is_last: bool
    wanted: tuple[bytes, ...]
    window_minutes: int
    since_us: int
    windows: tuple[OpeningNotice, ...]
    shares: tuple[bytes, ...]
    delivered: Delivered
    results: tuple[BidResult, ...]
    passed: tuple[Passed, ...]
    confirmed: tuple[Confirmed, ...]

    @property
    def missing(self) -> frozenset[bytes]:
        """Packages that cannot have been opened: their bidder's share is needed and was not delivered."""
        return frozenset(self.wanted) - frozenset(self.shares) if self.envelope.needs_bidder else frozenset()

    @property
    def opened(self) -> frozenset[bytes]:
        """Packages whose envelope was opened."""
        return frozenset(each.package_id for each in self.results if each.state is OpeningState.OPENED)

    @property
    def passed_on(self) -> tuple[bytes, ...]:
        """Packages whose next envelope was to be opened, in the order of the bids."""
        good = {each.package_id for each in self.passed if each.passed}
        return tuple(package for package in self.wanted if package in good)


def demand_plausible(opening: EnvelopeOpening) -> None:
    """Demand that all that was said about an opening goes together, and that nothing is missing.

    Raises:
        RejectedError: `record.contradiction`, `record.incomplete`.
    """
    _demand_windows(opening)
    _demand_delivery(opening)
    _demand_results(opening)
    _demand_decisions(opening)
    _demand_confirmations(opening)


def _demand_windows(opening: EnvelopeOpening) -> None:
    """Demand the first notice and every extension, for one room key, and no less time than was announced."""
    windows = opening.windows
    revisions = [each.revision for each in windows]
    whole = list(range(1, max(revisions) + 1))
    if set(revisions) != set(whole):
        raise RejectedError("record.incomplete", f"notices of opening {revisions} of {len(whole)}")
    if revisions != whole:
        _contradiction(f"notices of opening {revisions}")
    if len({(each.room_key, each.room_wrap) for each in windows}) > 1:
        _contradiction("two room keys")
    if any(after.until <= before.until for before, after in pairwise(windows)):
        _contradiction("an extension that is none")
    if windows[0].until * _SECOND + _TOLERANCE < opening.since_us + opening.window_minutes * _MINUTE:
        _contradiction("a shorter window than announced")


def _demand_delivery(opening: EnvelopeOpening) -> None:
    """Demand shares of those only who take part, and that nobody's time was cut short."""
    shared = frozenset(opening.shares)
    if list(opening.shares) != [package for package in opening.wanted if package in shared]:
        _contradiction("deliveries")
    if opening.shares and not opening.envelope.needs_bidder:
        _contradiction("deliveries that nobody needs")
    if opening.delivered.at_us < opening.since_us:
        _contradiction("delivered before the opening")
    if opening.missing and opening.delivered.at_us <= opening.windows[-1].until * _SECOND:
        _contradiction("the window was ended while a share was missing")


def _demand_results(opening: EnvelopeOpening) -> None:
    """Demand one result for each bid that takes part, which blames no one for what another document denies."""
    _demand_each_once("result", [each.package_id for each in opening.results], frozenset(opening.wanted))
    missing, needs_bidder = opening.missing, opening.envelope.needs_bidder
    for each in opening.results:
        if each.state is OpeningState.OPENED:
            _demand_opened(each, is_missing=each.package_id in missing)
        else:
            _demand_not_opened(each, is_missing=each.package_id in missing, needs_bidder=needs_bidder)


def _demand_opened(result: BidResult, *, is_missing: bool) -> None:
    if is_missing:
        _contradiction(f"{_named(result.package_id)} opened without its delivery")
    if not result.files:  # the summary at least is in every envelope
        _contradiction(f"{_named(result.package_id)} opened with nothing in it")


def _demand_not_opened(result: BidResult, *, is_missing: bool, needs_bidder: bool) -> None:
    name = _named(result.package_id)
    if (result.cause == _NOT_DELIVERED) != is_missing:
        share = "missing" if is_missing else "not missing"
        _contradiction(f"{name} not opened for {result.cause}, but its share is {share}")
    if result.cause == _UNREADABLE and not needs_bidder:
        _contradiction(f"{name} not opened for a share that nobody needs")
    if result.party is not _answerable(result.cause):
        _contradiction(f"{name} not opened for {result.cause} by {result.party}")
    stated = (result.price, result.bid_bond, result.duration_days, result.quality, result.project_manager)
    if result.files or any(stated):
        _contradiction(f"{name} not opened, and yet read")


def _demand_decisions(opening: EnvelopeOpening) -> None:
    """Demand of each bid that was opened whether its next envelope is, and of no other."""
    decided = [each.package_id for each in opening.passed]
    if opening.is_last:
        if decided:
            _contradiction("passed on to nothing")
        return
    _demand_each_once("decision", decided, opening.opened)
    for each in opening.passed:
        if not each.passed and not each.reason:
            _contradiction(f"{_named(each.package_id)} refused without a reason")


def _demand_confirmations(opening: EnvelopeOpening) -> None:
    """Demand words of those only who take part, after the delivery, and what is wrong where something is."""
    wanted = frozenset(opening.wanted)
    for each in opening.confirmed:
        if each.package not in wanted or each.at_us < opening.delivered.at_us:
            _contradiction(f"{_named(each.package)} confirmed what was not opened")
        if not each.ok and not each.text:
            _contradiction(f"{_named(each.package)} objected without a word")


def _demand_each_once(what: str, packages: Sequence[bytes], wanted: frozenset[bytes]) -> None:
    for package, count in Counter(packages).items():
        if count > 1:
            _contradiction(f"{what} about {_named(package)} twice")
        if package not in wanted:
            _contradiction(f"{what} about {_named(package)}, of which there may be none")
    left = wanted - frozenset(packages)
    if left:
        raise RejectedError("record.incomplete", f"no {what} about {_named(min(left))}")


def _answerable(cause: str) -> Party:
    """Return who has to answer for a bid that was not opened; nobody for what is no cause of that."""
    if cause in _OF_OTHERS:
        return Party.OTHER
    return Party.BIDDER if cause.startswith(_OF_THE_BIDDER) else Party.NOBODY


def _named(package: bytes) -> str:
    return package.hex()[:8]


def _contradiction(what: str) -> NoReturn:
    raise RejectedError("record.contradiction", what)
