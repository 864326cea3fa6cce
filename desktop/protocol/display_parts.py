"""What the lines of a consent text are made of: times, beginnings of hashes, groups. docs/protocol.md, Consent text."""

from datetime import UTC, datetime

from desktop.domain.clock import SHANGHAI

PREFIX_DIGITS = 8
#: Who has to take part in the opening, by the kind of a group, in Chinese and English.
GROUP_WORDS: dict[str, tuple[str, str]] = {
    "bidder": ("投标人", "bidder"),
    "opening_key": ("开标密钥", "opening key"),
    "time": ("平台时间份额", "platform's time share"),
}
#: The groups of a tender's bids (docs/tendering.md §1), and their kinds; other packages call theirs as they like.
_KINDS = {"bidder": "bidder", "opening": "opening_key", "time": "time"}
#: Under an envelope that can be opened without its bidder, in Chinese and English.
_WARNING = (
    "警告: 无需投标人参与即可解密, 截止前也可能被读取",
    "Warning: it can be read without the bidder, before the deadline too",
)
#: Of a key or certificate that nothing else on the page pins: too long to be matched by trying keys.
_FINGERPRINT_DIGITS = 16


def moment(seconds: int) -> str:
    """Write a time, seconds since 1970-01-01 UTC, as people read it in China."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def prefix(digest: bytes) -> str:
    """Return the first eight hexadecimal digits."""
    return digest.hex()[:PREFIX_DIGITS]


def fingerprint(digest: bytes) -> str:
    """Return the first sixteen hexadecimal digits."""
    return digest.hex()[:_FINGERPRINT_DIGITS]


def group_words(group_id: str, *, en: bool) -> str:
    """Say whose share a group's is: in words where the id is a tender's, else by the id, which no word looks like."""
    kind = _KINDS.get(group_id)
    return group_id if kind is None else GROUP_WORDS[kind][en]


def warning(*, en: bool) -> str:
    """Return the line under an envelope that can be opened without its bidder."""
    return _WARNING[en]


def is_warning(line: str) -> bool:
    """Tell whether a line warns, so that a screen may show it as what it is."""
    return line in _WARNING
