"""The code by which a phone learns that the desktop it answers sees its screen: a random value, shown, and sent back.

    text = "BN1" ‖ base45(value (16))

For ceremonies of a workstation that nobody vouches for, in place of typing the check code. The value never goes over
the relay but in the desktop's encrypted reply. docs/protocol.md, Proximity.
"""

from desktop.domain.errors import RejectedError
from desktop.protocol import base45

PREFIX = "BN1"
VALUE_BYTES = 16
#: Characters: 16 bytes are eight pairs.
_TEXT = len(PREFIX) + VALUE_BYTES // 2 * 3


def write_near(value: bytes) -> str:
    """Return the text that the phone shows."""
    return PREFIX + base45.encode(value)


def read_near(text: str) -> bytes:
    """Return the value that a phone shows.

    Raises:
        RejectedError: another code (`ceremony.malformed`).
    """
    if not text.startswith(PREFIX) or len(text) != _TEXT:
        raise RejectedError("ceremony.malformed", "no proximity code")
    return base45.decode(text[len(PREFIX) :])
