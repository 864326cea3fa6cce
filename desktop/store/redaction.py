"""Takes secrets and personal data out of text that leaves a place of its own: the log, and what is sent to support.

Rather too much than too little: whatever has the form of a number of a person, a code, a password or a token goes, and
so does each text that the caller knows to be secret. Source: threats T36; design.md §5 rule 7.
"""

import re
from collections.abc import Iterable
from pathlib import Path

_REMOVED = "[removed]"
_SHORTEST_KNOWN = 4
_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|pin|token|secret|code|bearer|authorization|cookie|session|api[_-]?key|private[_-]?key"
    r"|mobile|phone|id[_-]?number|口令|密码|验证码|手机号?|身份证号?"
)
#: A word that promises a secret, and what follows it.
_LABELLED = re.compile(
    rf"(?i)((?:{_NAMES})[\"']?\s*(?:[:=：]|\bis\b|为|是)\s*)(?:bearer\s+)?(\"[^\"]*\"|'[^']*'|[^\s,;&}}\"']+)"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}")
_USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@")
_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL)
#: ID numbers (15 or 18 places, the last may be X), mobile numbers and SMS codes, also when parted by blanks or hyphens.
_DIGITS = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[ -]?)?[0-9](?:[ -]?[0-9]){4,}(?:[ -]?[xX])?(?![ -]?[0-9])(?![A-Za-z])")
#: The same of the two kinds that name a person, whatever letters stand beside them.
_PERSONAL = re.compile(r"(?<![0-9])(?:[1-9][0-9]{16}[0-9xX]|1[3-9][0-9]{9})(?![0-9])")
_LONG = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{32,}={0,2}(?![A-Za-z0-9+/_=-])")
_PLAIN_NAME = re.compile(r"[a-z_]*[0-9]{0,3}|[A-Z][a-z]+[0-9]{0,3}|site-packages")
_MONTHS, _DAYS = range(1, 13), range(1, 32)
_DATE = re.compile(r"20[0-9]{2}-?([01][0-9])-?([0-3][0-9])")


def redact(text: str, known: Iterable[str] = ()) -> str:
    """Return `text` without secrets; `known` are such that the caller holds now. Line breaks stay."""
    for secret in sorted({k for k in known if len(k) >= _SHORTEST_KNOWN}, key=len, reverse=True):
        text = text.replace(secret, _REMOVED)
    text = _KEY_BLOCK.sub(_REMOVED, text)
    text = _USERINFO.sub(rf"\1{_REMOVED}@", text)
    text = _BEARER.sub(rf"\1 {_REMOVED}", text)
    text = _LABELLED.sub(rf"\1{_REMOVED}", text)
    text = _PERSONAL.sub(_REMOVED, text)
    text = _DIGITS.sub(_without_number, text)
    text = _LONG.sub(_without_token, text)
    return _without_home(text)


def _without_number(found: re.Match[str]) -> str:
    date = _DATE.fullmatch(found.group())
    if date is not None and int(date[1]) in _MONTHS and int(date[2]) in _DAYS:
        return found.group()
    return _REMOVED


def _without_token(found: re.Match[str]) -> str:
    """Take a long word out, but not the path of a source file."""
    parts = found.group().split("/")
    return found.group() if len(parts) > 1 and all(map(_PLAIN_NAME.fullmatch, parts)) else _REMOVED


def _without_home(text: str) -> str:
    """A path below the home folder names its owner."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return text
    if len(home) < _SHORTEST_KNOWN:
        return text
    return text.replace(home, "~").replace(home.replace("\\", "/"), "~").replace(home.replace("\\", "\\\\"), "~")
