"""Names of the files inside a bid: flat, and good on every operating system that will ever unpack them.

Refuses path separators, drive letters, dots as names, Windows' device names and forbidden characters, trailing dots and
spaces, control and bidi characters, text that is not NFC, and two names that differ only in case or width. Also files
on which Windows acts when their folder is merely shown: shortcuts and the like make it ask a server that the bidder
chose, with the password hash of whoever opens the bids (threat T41).
Source: Win32 "Naming Files, Paths, and Namespaces"; UAX #15.
"""

import unicodedata

from desktop.domain.errors import RejectedError
from desktop.protocol.codec import is_clean_text

MAX_NAME_BYTES = 255
#: The one name that the package itself uses.
SUMMARY_NAME = "bid_summary.json"
_FORBIDDEN = frozenset('\\/:*?"<>|')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)
_LOOKED_AT = frozenset({"desktop.ini", "autorun.inf"})
_LOOKED_AT_ENDS = (
    *(".lnk", ".url", ".scf", ".website", ".theme", ".themepack", ".deskthemepack"),
    *(".library-ms", ".search-ms", ".searchconnector-ms"),
)


def check_names(names: list[str]) -> None:
    """Demand that `names` may stand side by side in one folder, beside SUMMARY_NAME.

    Raises:
        RejectedError: `package.file_name` with the name that may not.
    """
    taken = {_folded(SUMMARY_NAME)}
    for name in names:
        if not _is_good(name) or _folded(name) in taken:
            raise RejectedError("package.file_name", name[:64])
        taken.add(_folded(name))


def _is_good(name: str) -> bool:
    try:
        encoded = name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    if not 0 < len(encoded) <= MAX_NAME_BYTES or not is_clean_text(name) or _FORBIDDEN & set(name):
        return False
    if name[0] == " " or name[-1] in " .":
        return False
    folded = _folded(name)
    if folded in _LOOKED_AT or folded.endswith(_LOOKED_AT_ENDS):
        return False
    return unicodedata.normalize("NFC", name.partition(".")[0].rstrip(" ")).casefold() not in _DEVICES


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
