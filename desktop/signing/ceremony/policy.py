"""How long each step of a ceremony may take."""

from dataclasses import dataclass

from desktop.domain.errors import MisuseError


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyPolicy:
    """Life times in seconds: docs/protocol.md, Life. `freshness_s` may be set up to 15."""

    freshness_s: int = 5
    round_s: int = 60
    shown_s: int = 600
    answer_s: int = 120
    proof_s: int = 30
    #: Camera mode: how long a challenge, a request for proof and a receipt are shown.
    camera_s: int = 600

    def __post_init__(self) -> None:
        """Refuse a freshness that would make photographs useful (T3)."""
        if not 1 <= self.freshness_s <= 15:  # noqa: PLR2004 - the protocol's own limit
            raise MisuseError("general.unexpected", "freshness out of range")
