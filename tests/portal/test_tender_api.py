"""Calls about tenders and rooms: what is asked, what is taken from the answer, and that nothing else is taken (T23)."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.tendering import BidState, LotState, UploadState
from desktop.portal import http, room_records, tender_records
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient, NoNetwork
from tests.portal.conftest import Platform, reply

Serve = Callable[..., Platform]

HASH, PACKAGE = "ab" * 32, "cd" * 16
AT = "2026-12-01T01:00:00Z"
MOMENT = datetime(2026, 12, 1, 1, tzinfo=UTC)
DOCUMENT = base64.b64encode(b"document").decode()

LOT: dict[str, Any] = {
    "id": "l1", "tender_id": "t1", "tender": "ZB-1", "tender_name": "学校", "buyer": "教育局", "agency": "代理",
    "agency_id": "o1", "lot": "L1", "lot_name": "土建", "state": "published", "revision": 1, "deadline": AT,
    "envelope": "", "is_agency": False, "bids": None,
}  # fmt: skip
UPLOAD: dict[str, Any] = {
    "id": "u1", "lot_id": "l1", "size": 10, "offset": 4, "state": "receiving", "code": "", "receipt": None,
}  # fmt: skip
OWN_BID: dict[str, Any] = {
    "package": PACKAGE, "state": "current", "sha256": HASH, "size": 10, "number": 1, "received_at": AT,
    "receipt": DOCUMENT, "withdrawn": None,
}  # fmt: skip
ENVELOPE: dict[str, Any] = {
    "notice": DOCUMENT, "notices": [DOCUMENT], "until": AT, "deliveries": [{"package": PACKAGE, "at": AT}],
    "delivered": None,
    "results": {PACKAGE: DOCUMENT}, "passed": {}, "announced_at": None,
    "confirmations": [{"package": PACKAGE, "ok": False, "text": "工期有误", "at": AT, "answer": ""}],
}  # fmt: skip
ROOM: dict[str, Any] = {
    "version": 3, "lot": LOT | {"state": "delivering", "envelope": "bid", "bids": 3},
    "signed_in": [{"name": "甲公司", "at": AT}], "closing": DOCUMENT, "envelopes": {"bid": ENVELOPE},
    "record": {"pdf_sha256": HASH, "bundle_sha256": HASH},
}  # fmt: skip


def client(serve: Serve, answer: Any) -> tuple[PlatformApi, Platform]:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    platform = serve(reply(200, body))
    return PlatformApi(HttpClient(platform.url), lambda: "bearer"), platform


def test_lots_are_listed_by_page_and_words(serve: Serve) -> None:
    api, platform = client(serve, [LOT, LOT | {"state": "draft", "deadline": None, "revision": 0}])
    published, draft = api.lots("学校", before="l9")
    assert (published.state, published.deadline, published.bids) == (LotState.PUBLISHED, MOMENT, None)
    assert (draft.state, draft.deadline) == (LotState.DRAFT, None)
    assert platform.asked == ["/api/v1/lots?text=%E5%AD%A6%E6%A0%A1&before=l9&limit=50"]


def test_names_that_would_pose_as_others_are_shown_for_what_they_are(serve: Serve) -> None:
    api, _ = client(serve, [LOT | {"lot_name": "土建\u202e\u0000"}])
    assert api.lots()[0].lot_name == "土建\ufffd\ufffd"


def test_a_room_is_read_whole(serve: Serve) -> None:
    api, platform = client(serve, ROOM)
    room = api.room("l1", after=2, wait_s=60)
    envelope = room.envelopes["bid"]
    assert platform.asked == ["/api/v1/lots/l1/room?after=2&wait=25"]
    assert (room.version, room.lot.state, room.lot.bids) == (3, LotState.DELIVERING, 3)
    assert envelope.delivered_packages == {bytes.fromhex(PACKAGE)}
    assert (envelope.notice, envelope.notices) == (b"document", (b"document",))
    assert (envelope.delivered, envelope.until) == (b"", MOMENT)
    assert not envelope.confirmations[0].is_agreed


def test_a_part_goes_to_its_offset_and_own_bids_come_with_their_receipts(serve: Serve) -> None:
    api, platform = client(serve, UPLOAD)
    assert api.send_part("u1", 4, b"octets").state is UploadState.RECEIVING
    assert platform.asked == ["/api/v1/uploads/u1?offset=4"]
    api, _ = client(serve, [OWN_BID])
    (bid,) = api.own_bids("l1", "o1")
    assert (bid.state, bid.receipt, bid.withdrawn) == (BidState.CURRENT, b"document", b"")


def _without(d: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in d.items() if key != name}


BAD = [
    (tender_records.lot, _without(LOT, "state")),
    (tender_records.lot, LOT | {"state": "won"}),
    (tender_records.lot, LOT | {"deadline": "2026-12-01T01:00:00"}),
    (tender_records.lot, LOT | {"id": "../l1"}),
    (tender_records.lot, LOT | {"revision": -1}),
    (tender_records.lot, LOT | {"is_agency": 1}),
    (tender_records.lot, LOT | {"lot_name": 7}),
    (tender_records.lot, [LOT]),
    (tender_records.bid_upload, UPLOAD | {"offset": 11}),
    (tender_records.bid_upload, UPLOAD | {"offset": True}),
    (tender_records.bid_upload, UPLOAD | {"state": "accepted"}),
    (tender_records.bid_upload, UPLOAD | {"receipt": DOCUMENT}),
    (tender_records.own_bids, [OWN_BID | {"receipt": None}]),
    (tender_records.own_bids, [OWN_BID | {"package": PACKAGE.upper()}]),
    (tender_records.own_bids, [OWN_BID | {"sha256": HASH[:-2]}]),
    (tender_records.lot_detail, LOT | {"closing": None, "draft": [], "draft_saved": None, "announcements": []}),
    (
        tender_records.lot_detail,
        LOT
        | {
            "closing": None,
            "draft": None,
            "draft_saved": None,
            "announcements": [{"revision": 2, "announcement": DOCUMENT, "published_at": AT}],
        },
    ),
    (tender_records.proof, {"path": [HASH, "zz"]}),
    (room_records.time_key, {"key": DOCUMENT}),
    (room_records.room_view, ROOM | {"record": {}}),
    (room_records.room_view, ROOM | {"envelopes": {"../bid": ENVELOPE}}),
    (room_records.room_view, ROOM | {"envelopes": {"bid": ENVELOPE | {"results": {"x": DOCUMENT}}}}),
    (room_records.room_view, ROOM | {"closing": "not base64!"}),
    (room_records.closing_list, {"closing": "", "bids": []}),
]


@pytest.mark.parametrize(("read", "answer"), BAD)
def test_t23_an_answer_that_is_not_as_agreed_is_refused(read: Callable[[Any], Any], answer: Any) -> None:
    with pytest.raises(RejectedError, match=r"portal\.bad_answer"):
        read(answer)


def test_t23_a_document_larger_than_any_is_cut_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.portal.tender_api._MAX_DOCUMENT_BYTES", 100_000)
    got = bytearray()
    api, _ = client(serve, b"x" * 100_001)
    with pytest.raises(RejectedError, match=r"portal\.bad_answer"):
        api.tender_document("l1", bytes(32), got.extend)
    assert len(got) <= 100_000
    got.clear()
    api, platform = client(serve, b"x" * 100_000)
    api.tender_document("l1", bytes(32), got.extend)
    assert (len(got), platform.asked) == (100_000, [f"/api/v1/lots/l1/documents/{bytes(32).hex()}"])


def test_a_transfer_may_be_larger_than_an_answer_and_is_ended_by_who_takes_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 10)
    got = bytearray()
    api, platform = client(serve, b"x" * 200_000)
    api.bid_file(bytes(16), got.extend, offset=7)
    assert (len(got), platform.asked) == (200_000, [f"/api/v1/bids/{bytes(16).hex()}/file?offset=7"])

    def full(_chunk: bytes) -> None:
        raise OSError(28, "disk full")

    with pytest.raises(OSError, match="disk full"):
        api.bid_file(bytes(16), full)


def test_a_transfer_that_stops_half_way_or_is_refused_is_named(serve: Serve) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 500)
        handler.close_connection = True

    api = PlatformApi(HttpClient(serve(half).url), lambda: "bearer")
    with pytest.raises(UnavailableError, match=r"portal\.unreachable"):
        api.bid_file(bytes(16), bytearray().extend)
    api = PlatformApi(HttpClient(serve(reply(404, b'{"code": "platform.not_found"}')).url), lambda: "bearer")
    with pytest.raises(RejectedError, match=r"platform\.not_found"):
        api.bid_file(bytes(16), bytearray().extend)
    api = PlatformApi(NoNetwork("http://127.0.0.1:9"), lambda: "bearer")
    with pytest.raises(UnavailableError, match=r"portal\.unreachable"):
        api.bid_file(bytes(16), bytearray().extend)
