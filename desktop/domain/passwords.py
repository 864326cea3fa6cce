"""How good a login password is: the same judgement where it is typed and where it is set.

Length counts most (NIST SP 800-63B §3.1.1); what everybody tries first, and what is known of the account, is refused.
A certificate password is another thing (desktop/phone/core/passwords.py): it protects a key offline.
"""

import unicodedata
from enum import IntEnum
from itertools import pairwise

MIN_CHARACTERS = 8
MAX_CHARACTERS = 128
_GOOD = 12
_STRONG = 16
_MIN_DISTINCT = 5
_CLASSES_OF_SHORT = 2
_COMMON = (
    "password",
    "passw0rd",
    "12345678",
    "87654321",
    "11223344",
    "qwertyui",
    "qwerty12",
    "asdfghjk",
    "zxcvbnm",
    "iloveyou",
    "admin123",
    "abcd1234",
    "a1234567",
    "1qaz2wsx",
    "woaini",
    "bidseal",
)
_FIRST_CJK = 0x2E80
#: A known word makes a password weak unless this much stands beside it.
_BESIDE = 8


class Strength(IntEnum):
    """Steps that a meter shows; WEAK is refused."""

    WEAK = 0
    FAIR = 1
    GOOD = 2
    STRONG = 3


def normal(password: str) -> str:
    """Return the form that is hashed, so that two keyboards mean the same."""
    return unicodedata.normalize("NFC", password)


def strength_of(password: str, *, mobile: str = "") -> Strength:
    """Judge a login password; `mobile` is the account's number, which it must not be made of."""
    text = normal(password)
    if not MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS or len(set(text)) < _MIN_DISTINCT or _is_known(text, mobile):
        return Strength.WEAK
    classes = sum(
        any(is_of(character) for character in text)
        for is_of in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum(), lambda c: ord(c) >= _FIRST_CJK)
    )
    if len(text) < _GOOD:
        return Strength.FAIR if classes >= _CLASSES_OF_SHORT else Strength.WEAK
    return Strength.STRONG if len(text) >= _STRONG and classes >= _CLASSES_OF_SHORT else Strength.GOOD


def _is_known(text: str, mobile: str) -> bool:
    lowered = text.lower()
    words = (*_COMMON, *((mobile, mobile[-8:]) if mobile else ()))
    if any(word in lowered and len(text) < len(word) + _BESIDE for word in words):
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps <= {1} or steps <= {-1} or steps <= {0}
