"""Calls about tenders: projects, lots, announcements, uploads of bids, receipts, withdrawals, the platform's log."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from desktop.portal import tender_records as read
from desktop.portal.bodies import ToldBody
from desktop.portal.calls import API, Calls, Upload, b64
from desktop.portal.tender_records import (
    BidUpload,
    DraftSaved,
    LogEntry,
    Lot,
    LotDetail,
    OwnBid,
    StoredDocument,
    Tender,
)

#: What one request of an upload may carry.
MAX_PART_BYTES = 4 * 1024 * 1024
_MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
_MAX_BID_BYTES = 2**40
#: A part is answered once it is durable, which takes a slow disk a while.
_PART_TIMEOUT_S = 60.0

#: Takes what arrives, piece by piece; what it raises ends the transfer.
Sink = Callable[[bytes], None]


class TenderCalls(Calls):
    """Tenders, lots and bids."""

    # -- agency ----------------------------------------------------------------------------------------------------

    def tenders(self) -> tuple[Tender, ...]:
        """Return the tender projects of the account's agencies."""
        return tuple(read.tender(t) for t in self._get("/tenders"))

    def create_tender(self, organization_id: str, *, number: str, name: str, purchaser: str) -> Tender:
        """Create a tender project."""
        body = {"organization_id": organization_id, "number": number, "name": name, "buyer": purchaser}
        return read.tender(self._post("/tenders", body))

    def create_lot(self, tender_id: str, *, lot: str, name: str) -> Lot:
        """Create a lot, a draft."""
        return read.lot(self._post(f"/tenders/{tender_id}/lots", {"lot": lot, "name": name}))

    def save_draft(self, lot_id: str, draft: Mapping[str, Any], *, after: int) -> DraftSaved:
        """Keep the draft of a notice or of its amendment, which goes on from the one after so many saves.

        Raises:
            RejectedError: `tender.draft_changed`: somebody has saved another one meanwhile.
        """
        return read.draft_saved(self._put(f"/lots/{lot_id}/draft", {"draft": dict(draft), "after": after}))

    def make_time_keys(self, lot_id: str, envelopes: Sequence[str]) -> dict[str, bytes]:
        """Have time keys made; return their SPKI by envelope. The same again gives the same keys."""
        return read.time_keys(self._post(f"/lots/{lot_id}/time-keys", {"envelopes": list(envelopes)}))

    def add_document(self, lot_id: str, document: Upload) -> StoredDocument:
        """Upload a tender document."""
        return read.stored_document(self._send_form(f"/lots/{lot_id}/documents", {}, [("file", document)]))

    def publish(self, lot_id: str, transcript: bytes, *, after: int | None = None) -> Lot:
        """Publish a lot by what the phone has signed; `after` is the number of saves of the draft that it was made of.

        Raises:
            RejectedError: `tender.draft_changed`: somebody has saved another draft meanwhile.
        """
        return read.lot(self._post(f"/lots/{lot_id}/publish", {"transcript": b64(transcript), "after": after}))

    def amend(self, lot_id: str, transcript: bytes, *, after: int | None = None) -> Lot:
        """Publish an amendment; as `publish`."""
        return read.lot(self._post(f"/lots/{lot_id}/amend", {"transcript": b64(transcript), "after": after}))

    # -- everybody -------------------------------------------------------------------------------------------------

    def lots(self, text: str = "", *, before: str = "", limit: int = 50) -> tuple[Lot, ...]:
        """Return a page of lots, newest first; `before` is the id of the last one seen."""
        params = {"text": text, "before": before, "limit": str(limit)}
        return tuple(read.lot(each) for each in self._get("/lots", {k: v for k, v in params.items() if v}))

    def lot(self, lot_id: str) -> LotDetail:
        """Return a lot with the announcements of all revisions."""
        return read.lot_detail(self._get(f"/lots/{lot_id}"))

    def tender_document(self, lot_id: str, sha256: bytes, sink: Sink) -> None:
        """Fetch a tender document; whether it is the one of the notice is for the caller to check."""
        path = f"{API}/lots/{lot_id}/documents/{sha256.hex()}"
        self._http.stream(path, sink, max_bytes=_MAX_DOCUMENT_BYTES, headers=self._bearer())

    # -- bidder ----------------------------------------------------------------------------------------------------

    def start_upload(self, lot_id: str, organization_id: str, *, sha256: bytes, size: int) -> BidUpload:
        """Start an upload, or find the one that the unit has started with this file."""
        body = {"organization_id": organization_id, "sha256": sha256.hex(), "size": size}
        return read.bid_upload(self._post(f"/lots/{lot_id}/uploads", body))

    def send_part(
        self, upload_id: str, offset: int, part: bytes, *, tell: Callable[[int], None] = lambda _left: None
    ) -> BidUpload:
        """Send octets from `offset`; `tell` hears how many have left, and ends it by raising.

        Raises:
            RejectedError: `tender.upload_offset`: the upload has got to another offset, which `upload` tells.
        """
        return read.bid_upload(
            self._http.json(
                "PUT",
                f"{API}/uploads/{upload_id}",
                params={"offset": str(offset)},
                body=ToldBody(part, tell),
                headers=self._bearer() | {"Content-Type": "application/octet-stream"},
                read_timeout_s=_PART_TIMEOUT_S,
            )
        )

    def upload(self, upload_id: str) -> BidUpload:
        """Return how far an upload is."""
        return read.bid_upload(self._get(f"/uploads/{upload_id}"))

    def discard_upload(self, upload_id: str) -> None:
        """Give up an upload that was not accepted."""
        self._delete(f"/uploads/{upload_id}")

    def own_bids(self, lot_id: str, organization_id: str) -> tuple[OwnBid, ...]:
        """Return the bids that a unit of the account has submitted."""
        return read.own_bids(self._get(f"/lots/{lot_id}/bids", {"organization_id": organization_id}))

    def bid_file(self, package: bytes, sink: Sink, *, offset: int = 0) -> None:
        """Fetch a submitted package from `offset` on: an own one, or as the agency after closing."""
        params = {"offset": str(offset)}
        path = f"{API}/bids/{package.hex()}/file"
        self._http.stream(path, sink, max_bytes=_MAX_BID_BYTES, params=params, headers=self._bearer())

    def withdraw(self, lot_id: str, transcript: bytes) -> bytes:
        """Withdraw a bid by what the phone has signed; return the platform's statement."""
        return read.withdrawn(self._post(f"/lots/{lot_id}/withdraw", {"transcript": b64(transcript)}))

    # -- the log, public -------------------------------------------------------------------------------------------

    def tree_head(self) -> bytes:
        """Return the platform's statement of the log's head."""
        return read.head(self._public("/log/head"))

    def log_entries(self, first: int, count: int) -> tuple[LogEntry, ...]:
        """Return entries of the log, at most 1000."""
        return read.log_entries(self._public("/log/entries", first=first, count=count))

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that an entry is in the tree of `size`."""
        return read.proof(self._public("/log/inclusion", index=index, size=size))

    def consistency_proof(self, first: int, second: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of `first` entries is the beginning of that of `second`."""
        return read.proof(self._public("/log/consistency", first=first, second=second))

    def _public(self, path: str, **params: int) -> Any:
        return self._http.json("GET", API + path, params={name: str(value) for name, value in params.items()})
