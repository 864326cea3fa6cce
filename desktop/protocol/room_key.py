"""The key of an opening room: made for one envelope's delivery window, and kept by no workstation.

Bidders seal their shares to it. Its private scalar stands in the opening notice, sealed to the envelope's opening key:
the scan that opens the bids gives it back, at whichever workstation of the agency that scan is made. A computer that
breaks down between the window and the scan costs nobody a bid (ADR 0007). Source: docs/tendering.md §6.
"""

from desktop.crypto.primitives import equal, hpke_open, hpke_seal, sha256
from desktop.crypto.suites import P256PrivateKey, load_point, p256_of_scalar, point_of, scalar_of
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.protocol import codec
from desktop.protocol.statements import OpeningNotice

_POINT_BYTES = 65
_PURPOSE = b"BIDSEAL1/room-key"


def wrap_room_key(
    room_key: P256PrivateKey, *, opening_key: bytes, platform: str, tender: str, lot: str, envelope_id: str
) -> bytes:
    """Return `room_wrap` of an OpeningNotice; `opening_key` is the SPKI that was announced for the envelope.

    Raises:
        RejectedError: that is no P-256 key (`ceremony.key_not_allowed`).
    """
    info = _info(point_of(room_key), platform=platform, tender=tender, lot=lot, envelope_id=envelope_id)
    recipient = load_point(opening_key[-_POINT_BYTES:])
    return hpke_seal(recipient=recipient, info=info, plaintext=scalar_of(room_key).reveal())


def room_key_of(notice: OpeningNotice, opening_key: P256PrivateKey) -> P256PrivateKey:
    """Return the room key of a notice.

    Raises:
        RejectedError: the notice does not hold the key that it names (`opening.room_key_wrong`).
    """
    info = _info(
        notice.room_key,
        platform=notice.platform,
        tender=notice.tender,
        lot=notice.lot,
        envelope_id=notice.envelope_id,
    )
    try:
        key = p256_of_scalar(SecretBytes(hpke_open(key=opening_key, info=info, ciphertext=notice.room_wrap)))
    except RejectedError as error:
        raise RejectedError("opening.room_key_wrong", error.code) from None
    if not equal(point_of(key), notice.room_key):
        raise RejectedError("opening.room_key_wrong", "another key")
    return key


def _info(point: bytes, *, platform: str, tender: str, lot: str, envelope_id: str) -> bytes:
    return _PURPOSE + sha256(codec.encode([platform, tender, lot, envelope_id, point]))
