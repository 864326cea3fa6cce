"""The two hashes that tie a bid package's keys to one bid: the wrap label and the commitment.

The label goes into every wrap of a share (ECDH: ukm, RSA: OAEP label), so a wrap moved to another bid does not open
(threat T18); phone and desktop both compute it from what they show. The commitment fixes a key before the opening,
because AES-GCM does not commit to its key (threat T46). Source: docs/bid-package.md.
"""

from desktop.crypto.primitives import sha256
from desktop.domain.errors import MisuseError
from desktop.protocol import codec

PACKAGE_ID_BYTES = 16
SHARE_BYTES = 32
#: The role under which the key of an envelope itself is committed to; no group may be called so.
KEK_ROLE = "kek"


def wrap_label(
    *,
    tender: str,
    lot: str,
    bidder: str,
    bidder_name: str,
    package_id: bytes,
    envelope: str,
    title: str,
    group: str,
) -> bytes:
    """Return the label of one group's share, 32 bytes; `bidder` is the credit code, `title` the envelope's.

    Names and titles are in it because they are what the person at the phone reads: with another title shown, the share
    of the price envelope could be had for that of the first one.
    """
    _demand_length(package_id, PACKAGE_ID_BYTES)
    return sha256(codec.encode(["BIDSEAL1/wrap", tender, lot, bidder, bidder_name, package_id, envelope, title, group]))


def commitment(*, package_id: bytes, envelope: str, role: str, value: bytes) -> bytes:
    """Return what bid.json says of a secret beforehand, 32 bytes; `role` is a group's id or `KEK_ROLE`."""
    _demand_length(package_id, PACKAGE_ID_BYTES)
    _demand_length(value, SHARE_BYTES)
    return sha256(codec.encode(["BIDSEAL1/commit", package_id, envelope, role, value]))


def _demand_length(value: bytes, length: int) -> None:
    if len(value) != length:
        raise MisuseError("general.unexpected", f"{len(value)} bytes, not {length}")
