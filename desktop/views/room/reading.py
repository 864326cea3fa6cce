"""From what the platform says of a room to checked facts: every signed paper is judged, once, before it is shown.

Where a paper does not fit there is no room to show: the judge's problem takes its place (threats T39, T47, T52). One
that is read although its signer's certificate is not good any more is told beside the room as a doubt.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from desktop.domain.tendering import OpeningState
from desktop.portal import room_records
from desktop.portal.room_records import ClosedBid, RoomView
from desktop.portal.tender_records import Lot
from desktop.protocol.notices import Notice, NoticeEnvelope
from desktop.protocol.statements import BidResult, Closing, OpeningNotice, Signed
from desktop.services.opening_evidence import Doubt, Judge
from desktop.views.room.facts import Bid, Confirmation, Passed, Result, Room, RoomEnvelope, SignedIn

_MICRO = 1_000_000
T = TypeVar("T")


class RoomReader:
    """Reads the views of one room; papers that were judged before are not judged again."""

    def __init__(self, *, own_code: str) -> None:
        """`own_code` is the credit code of the unit that looks."""
        self._own_code = own_code
        self._judged: dict[tuple[str, bytes], tuple[object, tuple[Doubt, ...]]] = {}
        self._doubts: dict[Doubt, None] = {}

    def lot(self, lot: Lot, notice: Notice) -> Room:
        """Return what a unit sees that has not entered: the lot alone."""
        envelopes = tuple(_envelope(each) for each in notice.envelopes)
        return _room(lot, notice, version=0, is_entered=False, envelopes=envelopes)

    def room(self, view: RoomView, judge: Judge, bids: Callable[[], tuple[ClosedBid, ...]]) -> Room:
        """Return the room; `bids` is asked for the list of what was closed, once there is one.

        Raises:
            RejectedError: `opening.closing_untrusted`, `opening.room_untrusted`, `opening.deliveries_untrusted`.
        """
        self._doubts = {}
        notice = judge.announcement.notice
        closing = self._once("closing", view.closing, judge, Judge.closing) if view.closing else None
        closed: tuple[Bid, ...] = ()
        if closing is not None:
            closed = self._once("bids", view.closing, judge, lambda judge, _: self._bids(closing, judge, bids()))
        envelopes = tuple(self._envelope(each, view, judge, closing) for each in notice.envelopes)
        return _room(
            view.lot,
            notice,
            version=view.version,
            signed_in=tuple(SignedIn(name=each.name, at=each.at) for each in view.signed_in),
            closed_at=_at_us(closing.payload.at_us) if closing else None,
            count=closing.payload.count if closing else None,
            opens=closing is not None and closing.payload.opens,
            bids=closed,
            envelopes=envelopes,
            record_sha256=view.record.pdf_sha256 if view.record else b"",
            doubts=tuple(self._doubts),
        )

    def _bids(self, closing: Signed[Closing], judge: Judge, bids: tuple[ClosedBid, ...]) -> tuple[Bid, ...]:
        judge.closed_bids(closing, bids)
        return tuple(
            Bid(
                package=each.package.hex(),
                number=number,
                name=each.bidder,
                code=each.bidder_code,
                received_at=_at_us(each.at_us),
                sha256=each.sha256,
                size=each.size,
                is_own=each.bidder_code == self._own_code,
            )
            for number, each in enumerate(bids, 1)
        )

    def _envelope(
        self, announced: NoticeEnvelope, view: RoomView, judge: Judge, closing: Signed[Closing] | None
    ) -> RoomEnvelope:
        name, found = announced.envelope_id, view.envelopes.get(announced.envelope_id)
        if found is None or closing is None:
            return _envelope(announced)
        window: OpeningNotice | None = None
        if found.notice:
            signed = self._once(name, found.notice, judge, lambda j, data: j.opening_notice(data, closing, name))
            window = signed.payload
        if found.delivered:
            self._once(name, found.delivered, judge, lambda j, data: j.delivered(data, name))
        results = {
            package.hex(): _result(self._once(name, data, judge, lambda j, data: j.result(data, name)).payload)
            for package, data in found.results.items()
        }
        passed = {
            package.hex(): self._once(name, data, judge, lambda j, data: j.passed(data, name)).payload
            for package, data in found.passed.items()
        }
        return _envelope(
            announced,
            until=_at(window.until) if window else None,
            revision=window.revision if window else 0,
            reason=window.reason if window else "",
            is_delivered=bool(found.delivered),
            deliveries={each.package.hex(): each.at for each in found.deliveries},
            results=results,
            passed={package: Passed(passed=each.passed, reason=each.reason) for package, each in passed.items()},
            announced_at=found.announced_at,
            confirmations={each.package.hex(): _confirmation(each) for each in found.confirmations},
        )

    def _once(self, kind: str, data: bytes, judge: Judge, read: Callable[[Judge, bytes], T]) -> T:
        """Read a paper unless that was done before, and note its doubts for this reading of the room."""
        key = (kind, data)
        if key not in self._judged:
            doubts: list[Doubt] = []
            self._judged[key] = read(replace(judge, on_doubt=doubts.append), data), tuple(doubts)
        found, told = self._judged[key]
        self._doubts |= dict.fromkeys(told)
        return found  # type: ignore[return-value]  # put there by a call of the same kind


def _room(lot: Lot, notice: Notice, **told: object) -> Room:
    return Room(
        lot_id=lot.lot_id,
        state=lot.state,
        tender=notice.tender,
        tender_name=notice.tender_name,
        lot=notice.lot,
        lot_name=notice.lot_name,
        purchaser=notice.purchaser,
        agency=notice.agency,
        deadline=_at(notice.deadline),
        is_agency=lot.is_agency,
        envelope_id=lot.envelope,
        window_minutes=notice.window_minutes,
        price_limit=Decimal(notice.price_limit) if notice.price_limit else None,
        **told,  # type: ignore[arg-type]  # the names above and these make up a Room
    )


def _envelope(announced: NoticeEnvelope, **told: object) -> RoomEnvelope:
    return RoomEnvelope(
        envelope_id=announced.envelope_id,
        title=announced.title,
        not_before=_at(announced.not_before),
        needs_bidder=announced.needs_bidder,
        **told,  # type: ignore[arg-type]  # the names above and these make up an envelope
    )


def _result(said: BidResult) -> Result:
    return Result(
        is_opened=said.state is OpeningState.OPENED,
        cause=said.cause,
        party=said.party,
        at=_at(said.at),
        price=Decimal(said.price) if said.price else None,
        bond=Decimal(said.bid_bond) if said.bid_bond else None,
        days=said.duration_days or None,
        quality=said.quality,
        manager=said.project_manager,
        files=len(said.files),
    )


def _confirmation(said: room_records.Confirmation) -> Confirmation:
    return Confirmation(ok=said.is_agreed, text=said.text, at=said.at, answer=said.answer)


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _at_us(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / _MICRO, UTC)
