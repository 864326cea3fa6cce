"""What the leaves of the platform's trees are made of: its log, the bids of a lot at closing, the deliveries.

Whoever checks a proof writes the leaf anew from what is known, so nothing here reads. Source: docs/tendering.md §5.
"""

from desktop.crypto.primitives import sha256
from desktop.domain.tendering import LogKind
from desktop.protocol import codec

#: The step of a unit that signs in for an opening (签到).
SIGNED_IN = "signed_in"


def log_leaf(*, kind: LogKind, at_us: int, body_sha256: bytes) -> bytes:
    """Return the data of a log entry's leaf; `at_us` in microseconds since the epoch."""
    return codec.encode(["BIDSEAL1/log", str(kind), at_us, body_sha256])


def bid_leaf(*, package: bytes, file_sha256: bytes, credit_code: str, at_us: int) -> bytes:
    """Return the data of the leaf of a current bid, whose file's last byte was durable at `at_us`."""
    return codec.encode(["BIDSEAL1/bid", package, file_sha256, credit_code, at_us])


def delivery_leaf(*, package: bytes, sealed: bytes) -> bytes:
    """Return the data of the leaf of a delivered share as it was sealed to the room."""
    return codec.encode(["BIDSEAL1/delivery", package, sha256(sealed)])


def bid_body(
    *, package: bytes, file_sha256: bytes, credit_code: str, at_us: int, number: int, tender: str, lot: str
) -> bytes:
    """Return the body of the log entry of kind `bid`: the receipt names that entry and so cannot be its body."""
    return codec.encode(
        {
            "package": package,
            "sha": file_sha256,
            "bcode": credit_code,
            "at": at_us,
            "number": number,
            "tender": tender,
            "lot": lot,
        }
    )


def usage_body(row_hash: bytes) -> bytes:
    """Return the body of the log entry of a usage record: the hash over its row."""
    return row_hash


def time_key_body(*, tender: str, lot: str, envelope: str, spki: bytes) -> bytes:
    """Return the body of the log entry written before the platform gives its time key away."""
    return codec.encode({"tender": tender, "lot": lot, "env": envelope, "key": spki})


def confirmation_body(*, package: bytes, envelope: str, ok: bool, text: str, at_us: int) -> bytes:
    """Return the body of the log entry of a bidder's confirmation or objection."""
    return codec.encode({"package": package, "env": envelope, "ok": ok, "text": text, "at": at_us})


def withdrawal_body(*, consent: bytes, signature: bytes) -> bytes:
    """Return the body of the log entry of a withdrawal: the bidder's own consent."""
    return consent + signature


def record_body(*, pdf_sha256: bytes, bundle_sha256: bytes) -> bytes:
    """Return the body of the log entry of an opening record."""
    return pdf_sha256 + bundle_sha256


def answer_body(*, package: bytes, envelope: str, text: str, at_us: int) -> bytes:
    """Return the body of the log entry of the agency's answer to an objection."""
    return codec.encode({"package": package, "env": envelope, "answer": text, "at": at_us})


def step_body(*, step: str, tender: str, lot: str, envelope: str, by: str) -> bytes:
    """Return the body of the log entry of a step in the opening room that no workstation signs, by a credit code."""
    return codec.encode({"step": step, "tender": tender, "lot": lot, "env": envelope, "by": by})
