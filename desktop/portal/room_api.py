"""Calls about closings and opening rooms, from sign-in to the record. Source: docs/tendering.md §6, §9."""

from collections.abc import Sequence
from typing import Any

from desktop.domain.secret import SecretBytes
from desktop.portal import room_records as read
from desktop.portal.calls import API, Calls, Upload, b64
from desktop.portal.room_records import ClosingList, RoomView, SealedShare

#: Longest time that the platform holds back an answer about a room, and how much longer the answer may then take.
MAX_WAIT_S = 25
_ANSWER_S = 15.0


class RoomCalls(Calls):
    """The closing of a lot and its opening room."""

    def closing(self, lot_id: str) -> ClosingList:
        """Return the closing statement and the bids that it covers.

        Raises:
            RejectedError: `tender.not_closed`.
        """
        return read.closing_list(self._get(f"/lots/{lot_id}/closing"))

    def room(self, lot_id: str, *, after: int | None = None, wait_s: int = 0) -> RoomView:
        """Return the room, waiting up to `wait_s` for a version later than `after`."""
        params = {} if after is None else {"after": str(after), "wait": str(min(wait_s, MAX_WAIT_S))}
        return read.room_view(
            self._http.json(
                "GET",
                f"{API}/lots/{lot_id}/room",
                params=params,
                headers=self._bearer(),
                read_timeout_s=wait_s + _ANSWER_S,
            )
        )

    def record_file(self, lot_id: str, which: str) -> bytes:
        """Fetch the opening record's "pdf" or "bundle"."""
        return self._file(f"/lots/{lot_id}/room/record/{which}")

    # -- bidder ----------------------------------------------------------------------------------------------------

    def sign_in_to_opening(self, lot_id: str, organization_id: str) -> RoomView:
        """Sign a unit in (签到)."""
        return read.room_view(self._post(f"/lots/{lot_id}/sign-in", {"organization_id": organization_id}))

    def deliver(self, lot_id: str, *, package: bytes, envelope: str, sealed: bytes) -> RoomView:
        """Hand in a share sealed to the room key; the same again changes nothing."""
        body = {"package": package.hex(), "envelope": envelope, "sealed": b64(sealed)}
        return self._act(lot_id, "deliver", body)

    def confirm(self, lot_id: str, *, package: bytes, envelope: str, is_agreed: bool, text: str) -> RoomView:
        """Confirm what was announced of an own bid, or object to it."""
        body = {"package": package.hex(), "envelope": envelope, "ok": is_agreed, "text": text}
        return self._act(lot_id, "confirm", body)

    # -- agency ----------------------------------------------------------------------------------------------------

    def open_room(self, lot_id: str, statement: bytes) -> RoomView:
        """Publish the opening notice, which names the room key."""
        return self._act(lot_id, "open", {"statement": b64(statement)})

    def extend_room(self, lot_id: str, statement: bytes) -> RoomView:
        """Extend the delivery window."""
        return self._act(lot_id, "extend", {"statement": b64(statement)})

    def end_delivery(self, lot_id: str, envelope: str) -> RoomView:
        """End the delivery of an envelope's shares."""
        return self._act(lot_id, "end-delivery", {"envelope": envelope})

    def deliveries(self, lot_id: str, envelope: str) -> tuple[SealedShare, ...]:
        """Fetch the shares that were handed in."""
        return read.sealed_shares(self._get(f"/lots/{lot_id}/room/deliveries/{envelope}"))

    def release_time_key(self, lot_id: str, envelope: str) -> SecretBytes:
        """Have the platform's time key of an envelope released."""
        return read.time_key(self._post(f"/lots/{lot_id}/room/time-key", {"envelope": envelope}))

    def post_results(self, lot_id: str, statements: Sequence[bytes]) -> RoomView:
        """Publish what the opening of bids came to, at most 200 at once."""
        return self._act(lot_id, "results", {"statements": [b64(each) for each in statements]})

    def announce(self, lot_id: str, envelope: str) -> RoomView:
        """Announce the results of an envelope (唱标)."""
        return self._act(lot_id, "announce", {"envelope": envelope})

    def pass_bids(self, lot_id: str, statements: Sequence[bytes]) -> RoomView:
        """Publish which bids' second envelope is opened."""
        return self._act(lot_id, "pass", {"statements": [b64(each) for each in statements]})

    def answer_objection(self, lot_id: str, *, package: bytes, envelope: str, text: str) -> RoomView:
        """Answer a bidder's objection."""
        return self._act(lot_id, "answer", {"package": package.hex(), "envelope": envelope, "text": text})

    def file_record(self, lot_id: str, *, pdf: Upload, bundle: Upload) -> RoomView:
        """File the opening record and its bundle."""
        files = [("pdf", pdf), ("bundle", bundle)]
        return read.room_view(self._send_form(f"/lots/{lot_id}/room/record", {}, files))

    def _act(self, lot_id: str, what: str, body: dict[str, Any]) -> RoomView:
        return read.room_view(self._post(f"/lots/{lot_id}/room/{what}", body))
