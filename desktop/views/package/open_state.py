"""What the pages that open bids, or rehearse it, show; and what can be done with each bid, as pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.formats.package import Envelope, Group, OpenedEnvelope, PackageVerdict
from desktop.services.opening import own_group
from desktop.services.share_file import ExportedShare, shares_for
from desktop.ui.page import PageState, Phase
from desktop.views.package.pack_state import Holding


class Readiness(StrEnum):
    """What can be done with a bid now."""

    CHECKING = "checking"
    REFUSED = "refused"
    NO_ENVELOPE = "no_envelope"
    NOT_OURS = "not_ours"
    SHARES_MISSING = "shares_missing"
    READY = "ready"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """One bid package: its verdict, or the code of why it cannot be read; neither while it is being looked at.

    `done` says for which envelope it was opened or rehearsed, `failure` is the code of the last failed try.
    """

    path: Path
    verdict: PackageVerdict | None = None
    problem: str = ""
    done: str = ""
    failure: str = ""
    target: Path | None = None
    opened: OpenedEnvelope | None = None

    @property
    def key(self) -> str:
        """What tells it from others."""
        return str(self.path)

    def envelope(self, envelope_id: str) -> Envelope | None:
        """Return one of its envelopes, if it was found to be intact and has it."""
        package = self.verdict.package if self.verdict else None
        return package.header.envelope(envelope_id) if package else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenState(PageState):
    """`checking` is (done, total, name), in MiB. `shares` come from share files; their values are never shown."""

    phase: Phase = Phase.LOADING
    own: tuple[Holding, ...] = ()
    serial: str = ""
    is_enrolled: bool = True
    bids: tuple[Bid, ...] = ()
    current: str = ""
    envelope_id: str = ""
    folder: Path | None = None
    shares: tuple[ExportedShare, ...] = field(default=(), repr=False)
    share_problem: str = ""
    checking: tuple[int, int, str] = (0, 0, "")
    failure: str = ""
    is_rehearsal: bool = False

    @property
    def holding(self) -> Holding | None:
        """The certificate to open with."""
        return next((each for each in self.own if each.key == self.serial), None)

    @property
    def bid(self) -> Bid | None:
        """The bid in front."""
        return next((each for each in self.bids if each.key == self.current), None)

    @property
    def envelopes(self) -> tuple[tuple[str, str], ...]:
        """Id and title of every envelope that some bid has."""
        found: dict[str, str] = {}
        for bid in self.bids:
            if bid.verdict is not None and bid.verdict.package is not None:
                for envelope in bid.verdict.package.header.envelopes:
                    found.setdefault(envelope.envelope_id, envelope.title)
        return tuple(found.items())

    def readiness(self, bid: Bid) -> Readiness:
        """Tell what can be done with a bid."""
        return readiness_of(
            bid,
            self.envelope_id,
            self.holding.encryption if self.holding else None,
            known=self.shares,
            needs_all=not self.is_rehearsal,
        )

    @property
    def ready(self) -> tuple[Bid, ...]:
        """The bids that the next scan will be about."""
        return tuple(bid for bid in self.bids if self.readiness(bid) in {Readiness.READY, Readiness.FAILED})

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of the groups whose shares are missing for some bid."""
        found: dict[str, None] = {}
        for bid in self.bids:
            if self.readiness(bid) is Readiness.SHARES_MISSING and self.holding is not None:
                for group in missing_groups(bid, self.envelope_id, self.holding.encryption, self.shares):
                    found[group.group_id] = None
        return tuple(found)


def readiness_of(
    bid: Bid,
    envelope_id: str,
    encryption: CertificateFacts | None,
    *,
    known: tuple[ExportedShare, ...],
    needs_all: bool,
) -> Readiness:
    """Tell what can be done with a bid by the holder of `encryption`; a rehearsal does not need the others' shares."""
    if bid.verdict is None or bid.verdict.package is None:
        return Readiness.REFUSED if bid.verdict or bid.problem else Readiness.CHECKING
    envelope = bid.envelope(envelope_id)
    if envelope is None or bid.done == envelope_id:
        return Readiness.DONE if envelope else Readiness.NO_ENVELOPE
    if encryption is None or own_group_of(bid, envelope_id, encryption) is None:
        return Readiness.NOT_OURS
    if needs_all and missing_groups(bid, envelope_id, encryption, known):
        return Readiness.SHARES_MISSING
    return Readiness.FAILED if bid.failure else Readiness.READY


def own_group_of(bid: Bid, envelope_id: str, encryption: CertificateFacts) -> Group | None:
    """Return the group whose share this certificate opens, or None."""
    envelope = bid.envelope(envelope_id)
    if envelope is None or bid.verdict is None or bid.verdict.package is None:
        return None
    try:
        return own_group(bid.verdict.package, envelope, encryption)
    except RejectedError:
        return None


def missing_groups(
    bid: Bid, envelope_id: str, encryption: CertificateFacts, known: tuple[ExportedShare, ...]
) -> tuple[Group, ...]:
    """Return the groups of an envelope whose share neither this certificate opens nor a share file has given."""
    envelope = bid.envelope(envelope_id)
    if envelope is None:
        return ()
    own = own_group_of(bid, envelope_id, encryption)
    there = known_shares(bid, envelope_id, known)
    return tuple(group for group in envelope.groups if group != own and group.group_id not in there)


def known_shares(bid: Bid, envelope_id: str, known: tuple[ExportedShare, ...]) -> Mapping[str, SecretBytes]:
    """Return the loaded shares of one envelope of a bid, by group id."""
    if bid.verdict is None or bid.verdict.package is None:
        return {}
    return shares_for(bid.verdict.package, envelope_id, known)
