"""The error tree.

BidSealError
├── MisuseError        our own bug: an illegal call or event; never shown to a user except as a diagnostic
├── RejectedError      the peer or the file is not to be trusted or not acceptable; trying again does not help
└── UnavailableError   a network, service, device or disk is not there now; trying again may help

Every error carries a `code` of the problem catalogue (domain.problems), which holds the words for the screen, and a
`detail` for the diagnostic. Details never hold secrets or document contents.
"""


class BidSealError(Exception):
    """Base of all errors that this product raises on purpose."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class MisuseError(BidSealError):
    """Our own code called something in a way that is not allowed."""


class RejectedError(BidSealError):
    """Input that must not be accepted: forged, malformed, foreign, out of policy."""


class UnavailableError(BidSealError):
    """Something needed is not reachable or not ready; the same request may succeed later."""
