"""A platform's authority, its log in memory, and what it states."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.crypto.merkle import root_of
from desktop.crypto.primitives import sha256
from desktop.crypto.timestamps import TimestampQuery, read_reply, write_query
from desktop.domain.clock import ManualClock, microseconds
from desktop.domain.tendering import LogKind
from desktop.formats.log import PIECE, LogLine, write_piece
from desktop.formats.statements import Basis, ReceiptFile, write_receipt
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.protocol.statements import BidReceipt, Head, PlatformStatement, write_statement
from desktop.server.ca.authority import Authority

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PLATFORM = "jxjt"


class Drawn:
    """Randomness that is the same in every run."""

    def __init__(self, seed: str = "log") -> None:
        self._seed, self._calls = seed, 0

    def __call__(self, size: int) -> bytes:
        self._calls += 1
        return hashlib.shake_256(f"{self._seed}/{self._calls}".encode()).digest(size)


@dataclass(kw_only=True)
class Keeper:
    """Signs as the platform does."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))

    def __post_init__(self) -> None:
        self.authority = Authority(
            folder=self.folder, name="平台", base_url="http://127.0.0.1", clock=self.clock, random=Drawn()
        )

    @property
    def anchors(self) -> TrustAnchors:
        return TrustAnchors(roots=(self.authority.root,), intermediates=(self.authority.issuing,))

    def basis(self, **changes: object) -> Basis:
        """What a verifier with fresh revocation lists knows."""
        crls = (self.authority.root_crl(()), self.authority.issuing_crl(()))
        known = {"anchors": self.anchors, "revocation": RevocationData(crls=crls), "now": self.clock.now()}
        return Basis(**{**known, **changes})  # type: ignore[arg-type]

    def state(self, payload: PlatformStatement) -> bytes:
        return write_statement(payload, sign=self.authority.sign_record, signer=self.authority.record_keeper)

    def head(self, lines: list[LogLine], *, at: datetime | None = None, platform: str = PLATFORM) -> bytes:
        at_us = microseconds(at or self.clock.now())
        root = root_of(line.leaf for line in lines)
        return self.state(Head(platform=platform, at_us=at_us, size=len(lines), root=root))

    def receipt(self, *, stamped_after_s: float | None = 0, **changes: object) -> bytes:
        """A receipt file; its token is made so many seconds after the platform's own time, or there is none."""
        at = self.clock.now()
        said = {"platform": PLATFORM, "at_us": microseconds(at), "tender": "T-1", "lot": "1", "bidder": "江西一建"}
        said |= {"bidder_code": "91360000158260001A", "package_id": bytes(16), "sha256": sha256(b"file"), "size": 9}
        said |= {"manifest_sha256": sha256(b"manifest"), "number": 1, "leaf": 7, "replaced": b""}
        statement = self.state(BidReceipt(**{**said, **changes}))  # type: ignore[arg-type]
        if stamped_after_s is None:
            return write_receipt(ReceiptFile(receipt=statement, token=b""))
        return write_receipt(ReceiptFile(receipt=statement, token=self.token(statement, stamped_after_s)))

    def token(self, data: bytes, after_s: float = 0) -> bytes:
        at = self.clock.now()
        self.clock.set_wall(at + timedelta(seconds=after_s))
        query = write_query(TimestampQuery(algorithm="sha256", digest=sha256(data)))
        token = read_reply(self.authority.timestamp(query))
        self.clock.set_wall(at)
        return token


def lines_of(count: int, *, at: datetime = NOW) -> list[LogLine]:
    """A log of `count` entries, a second apart."""
    kinds, first = list(LogKind), microseconds(at - timedelta(seconds=count))
    return [
        LogLine(kind=kinds[n % len(kinds)], at_us=first + n * 1_000_000, body=sha256(b"%d" % n)) for n in range(count)
    ]


def export_of(head: bytes, lines: list[LogLine]) -> bytes:
    """A whole export."""
    starts = range(0, max(len(lines), 1), PIECE)
    return b"".join(write_piece(head, start, lines[start : start + PIECE]) for start in starts)
