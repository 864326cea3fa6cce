"""A lot as an agency has announced it, and a small platform of the tests' own that takes bids for it.

The platform is HTTP and what docs/tendering.md §9 says of uploads; receipts are signed by the record keeper of the
platform that the bidder trusts. It keeps count of what it was told, and can be told to misbehave.
"""

import base64
import json
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from desktop.crypto.issuing import Subject
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, sign, spki_of
from desktop.domain.tendering import DocumentKind, PolicyGroup, SummaryField
from desktop.formats.package import GroupKind, PlannedGroup, member_of_key
from desktop.formats.package.reading import read_package
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.protocol import codec
from desktop.protocol.notices import (
    Announcement,
    Notice,
    NoticeEnvelope,
    RequiredDocument,
    TenderDocument,
    signed_text,
    write_announcement,
    write_notice,
)
from desktop.protocol.statements import BidReceipt, write_statement
from desktop.server.ca.authority import Authority
from desktop.services.workspace import Workspace
from desktop.testing.rig import PLATFORM_ID, PLATFORM_NAME

LOT_ID, UNIT_ID = "lot1", "unit1"
TENDER, LOT = "JXJT-2026-118", "JD-01"
_FIELDS = {
    "bid": tuple(SummaryField),
    "first": (SummaryField.DURATION, SummaryField.QUALITY, SummaryField.MANAGER),
    "second": (SummaryField.PRICE, SummaryField.BOND),
}
DOCUMENT = "招标文件正文".encode() * 1000


@dataclass(kw_only=True)
class Agency:
    """A tender agency that the platform's authority has certified."""

    authority: Authority
    name: str = "江西省信诚工程招标代理有限公司"
    code: str = "91430000MA4L2B6X82"
    key: P256PrivateKey = field(default_factory=generate_p256)
    certificate: bytes = b""

    def __post_init__(self) -> None:
        subject = Subject(holder="王代理", organization=self.name, credit_code=self.code)
        pair = self.authority.issue_pair(
            subject=subject, signing_spki=spki_of(self.key), encryption_spki=spki_of(generate_p256())
        )
        self.certificate = pair.signing

    def announce(self, notice: Notice, keys: tuple[bytes, ...]) -> bytes:
        data = write_notice(notice)
        return write_announcement(
            Announcement(
                notice=notice,
                notice_bytes=data,
                keys=keys,
                wraps=tuple(b"wrap" for _ in keys),
                signature=sign(self.key, signed_text(data, keys)),
                certificate=self.certificate,
            )
        )


@dataclass(kw_only=True)
class World:
    """An agency, its lot, and the signed revisions of the notice, oldest first."""

    authority: Authority
    now: datetime
    notice: Notice
    agency: Agency
    keys: tuple[bytes, ...]
    revisions: list[bytes]

    def amend(self, agency: Agency | None = None, keys: tuple[bytes, ...] = (), **changes: Any) -> Notice:
        previous = sha256(write_notice(self.notice))
        values: dict[str, Any] = {"revision": self.notice.revision + 1, "previous": previous}
        self.notice = replace(self.notice, **{**values, **changes})
        self.revisions.append((agency or self.agency).announce(self.notice, keys or self.keys))
        return self.notice

    @property
    def groups(self) -> tuple[PlannedGroup, ...]:
        """The groups of the one envelope beside the bidder's own."""
        opening = member_of_key("开标密钥", self.keys[0])
        time = member_of_key("平台时间密钥", self.notice.envelopes[0].time_key)
        return (
            PlannedGroup(group_id="opening", kind=GroupKind.OPENING_KEY, members=(opening,)),
            PlannedGroup(group_id="time", kind=GroupKind.TIME, members=(time,)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What kind of lot: whose shares its envelopes take, and whether there are two."""

    groups: tuple[PolicyGroup, ...] = tuple(PolicyGroup)
    is_double: bool = False


def make_world(state: Path, clock: Any, kind: Kind | None = None, **changes: Any) -> World:
    """Announce a lot that is open for another day."""
    authority = Authority(folder=state, name=PLATFORM_NAME, base_url="http://127.0.0.1", clock=clock, random=_urandom)
    agency, now, kind = Agency(authority=authority), clock.now(), kind or Kind()
    deadline = int((now + timedelta(days=1)).timestamp())
    titles = {"first": "商务技术文件", "second": "报价文件"} if kind.is_double else {"bid": "投标文件"}
    envelopes = tuple(
        NoticeEnvelope(
            envelope_id=envelope_id,
            title=title,
            not_before=deadline,
            fields=_FIELDS[envelope_id],
            groups=kind.groups,
            time_key=spki_of(generate_p256()) if PolicyGroup.TIME in kind.groups else b"",
        )
        for envelope_id, title in titles.items()
    )
    needed = RequiredDocument(envelope_id=envelopes[0].envelope_id, name="投标函", kind=DocumentKind.PDF)
    values: dict[str, Any] = {
        "platform": PLATFORM_ID,
        "tender": TENDER,
        "tender_name": "学校扩建工程",
        "lot": LOT,
        "lot_name": "土建",
        "purchaser": "市教育局",
        "agency": agency.name,
        "agency_code": agency.code,
        "revision": 1,
        "previous": b"",
        "deadline": deadline,
        "officers": (sha256(agency.certificate),),
        "envelopes": envelopes,
        "documents": (TenderDocument(name="招标文件.pdf", size=len(DOCUMENT), sha256=sha256(DOCUMENT)),),
        "required": (needed,),
        "price_limit": "2000000.00",
    }
    notice = Notice(**{**values, **changes})
    keys = tuple(spki_of(generate_p256()) for _ in notice.envelopes)
    return World(
        authority=authority,
        now=now,
        notice=notice,
        agency=agency,
        keys=keys,
        revisions=[agency.announce(notice, keys)],
    )


def _urandom(count: int) -> bytes:
    import os

    return os.urandom(count)


@dataclass(kw_only=True)
class Taken:
    """An upload at the platform, and how often it was made and accepted."""

    upload_id: str
    sha256: bytes
    size: int
    data: bytearray = field(default_factory=bytearray)
    receipt: bytes = b""
    state: str = "receiving"
    code: str = ""


class SmallPlatform:
    """Takes bids over HTTP. `refuse` is the code with which what is whole is refused, with `is_down` uploads fail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.uploads: dict[bytes, Taken] = {}
        self.receipts: list[BidReceipt] = []
        self.refuse = ""
        self.is_down = False
        self.changes: dict[str, Any] = {}
        self.signer: tuple[Any, bytes] | None = None
        self.faults: list[str] = []
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                is_whole_head = "Accept" in self.headers and (self.command == "GET" or "Content-Length" in self.headers)
                if len(body) < length or self.request_version == "HTTP/0.9" or not is_whole_head:
                    self.close_connection = True  # cut off on the way: never taken for whole
                    return
                status, answer = outer.serve(self.command, self.path, body)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names BaseHTTPRequestHandler calls

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A line that is cut is what the tests are about; anything else is a fault of the tests."""
                error = sys.exception()
                if not isinstance(error, OSError):
                    outer.faults.append(f"{error!r} {traceback.format_exc(limit=-2)}")

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        if self.faults:
            raise AssertionError(self.faults)

    def serve(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(path)
        words = parts.path.removeprefix("/api/v1/").split("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.is_down and "uploads" in words:
            return 503, {}
        with self._lock:
            if words[0] == "lots" and method == "GET":
                return (200, DOCUMENT) if "documents" in words else self._lot(words)
            if words[0] == "lots" and words[2] == "uploads":
                return self._start(json.loads(body))
            if words[0] == "uploads":
                return self._upload(method, words[1], query, body)
        return 404, {"code": "platform.not_found"}

    def _lot(self, words: list[str]) -> tuple[int, Any]:
        lot = self._listed()
        if len(words) == 1:
            return 200, [lot]
        if words[2:] == ["bids"]:
            return 200, [_own_bid_json(self, taken) for taken in self.uploads.values() if taken.receipt]
        at = self.world.now.isoformat()
        revisions = [
            {"revision": n, "announcement": base64.b64encode(each).decode(), "published_at": at}
            for n, each in enumerate(self.world.revisions, 1)
        ]
        return 200, lot | {"announcements": revisions, "closing": None, "draft": None, "draft_saved": None}

    def _listed(self) -> dict[str, Any]:
        notice = self.world.notice
        return {
            "id": LOT_ID, "tender_id": "t1", "tender": notice.tender, "tender_name": notice.tender_name,
            "buyer": notice.purchaser, "agency": notice.agency, "agency_id": "a1", "lot": notice.lot,
            "lot_name": notice.lot_name, "state": "published", "revision": notice.revision,
            "deadline": datetime.fromtimestamp(notice.deadline, UTC).isoformat(), "envelope": "",
            "is_agency": False, "bids": None,
        }  # fmt: skip

    def _start(self, asked: dict[str, Any]) -> tuple[int, Any]:
        digest = bytes.fromhex(asked["sha256"])
        taken = self.uploads.setdefault(
            digest, Taken(upload_id=f"u{len(self.uploads)}", sha256=digest, size=asked["size"])
        )
        return 200, _upload_json(taken)

    def _upload(self, method: str, upload_id: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        taken = next(each for each in self.uploads.values() if each.upload_id == upload_id)
        if method == "PUT":
            if int(query["offset"]) != len(taken.data):
                return 409, {"code": "tender.upload_offset", "detail": str(len(taken.data))}
            taken.data += body
            if len(taken.data) == taken.size:
                self._accept(taken)
        return 200, _upload_json(taken)

    def _accept(self, taken: Taken) -> None:
        if self.refuse or sha256(bytes(taken.data)) != taken.sha256:
            taken.state, taken.code = "refused", self.refuse or "package.content_changed"
            return
        package = _package_of(bytes(taken.data))
        values: dict[str, Any] = {
            "platform": PLATFORM_ID,
            "at_us": int(self.world.now.timestamp() * 1_000_000),
            "tender": self.world.notice.tender,
            "lot": self.world.notice.lot,
            "bidder": package.header.bidder.name,
            "bidder_code": package.header.bidder.credit_code,
            "package_id": package.header.package_id,
            "sha256": taken.sha256,
            "size": taken.size,
            "manifest_sha256": package.manifest_sha256,
            "number": len(self.receipts) + 1,
            "leaf": len(self.receipts),
            "replaced": b"",
        }
        receipt = BidReceipt(**{**values, **self.changes})
        self.receipts.append(receipt)
        authority = self.world.authority
        sign_it, certificate = self.signer or (authority.sign_record, authority.record_keeper)
        statement = write_statement(receipt, sign=sign_it, signer=certificate)
        taken.receipt = codec.encode({"receipt": statement, "tst": b""})
        taken.state = "accepted"


def _package_of(data: bytes) -> Any:
    import io

    return read_package(io.BytesIO(data), len(data), lambda _done, _total: None)


def _own_bid_json(platform: SmallPlatform, taken: Taken) -> dict[str, Any]:
    receipt = next(each for each in platform.receipts if each.sha256 == taken.sha256)
    return {
        "package": receipt.package_id.hex(), "state": "current", "sha256": receipt.sha256.hex(), "size": receipt.size,
        "number": receipt.number, "received_at": platform.world.now.isoformat(),
        "receipt": base64.b64encode(taken.receipt).decode(), "withdrawn": None,
    }  # fmt: skip


def _upload_json(taken: Taken) -> dict[str, Any]:
    return {
        "id": taken.upload_id, "lot_id": LOT_ID, "size": taken.size, "offset": len(taken.data), "state": taken.state,
        "code": taken.code, "receipt": base64.b64encode(taken.receipt).decode() if taken.receipt else None,
    }  # fmt: skip


_LOT_CALLS = ("lots", "lot", "tender_document", "start_upload", "send_part", "upload", "own_bids", "withdraw")


@contextmanager
def talking_to(workspace: Workspace, port: int) -> Iterator[Workspace]:
    """Give the workspace with the lots of another address; people, certificates and trust stay where they are."""
    client = HttpClient(f"http://127.0.0.1:{port}")
    lots = PlatformApi(client, lambda: "bearer")
    api = copy(workspace.api)
    for name in _LOT_CALLS:
        setattr(api, name, getattr(lots, name))
    yield replace(workspace, api=api)
    client.close()
