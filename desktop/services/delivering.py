"""Deliver the own share of a bid to the opening room: the phone opens it, the room key closes it again.

Before anybody scans, the closing and the own bid's place in it are proven, and the room key is shown to be the word
about that closing of an officer whose certificate is good now. The share is held against its commitment, sealed and
handed in; it is written nowhere. It is worth nothing to anybody without the opening key, which is released only after
the window (threat T47). Any certificate of the unit that the bid was sealed to can deliver (T42: a lost phone).
Source: docs/tendering.md §6.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.primitives import equal, hpke_seal
from desktop.crypto.suites import load_point
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.formats.package import Envelope, Group, check_share_value
from desktop.portal.room_records import ClosedBid, RoomView
from desktop.protocol.notices import Announcement
from desktop.protocol.statements import BidReceipt, Closing, Signed
from desktop.services.action import ItemResult, Preparation
from desktop.services.opening import OpenJob, ShareAction, inspect_package
from desktop.services.opening_evidence import Judge, delivery_info
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.files import sha256_of

#: Tries of handing in before the person has to scan again.
_TRIES = 4
_PAUSE_S = 0.5


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSubmission:
    """The own bid: its package on this disk, and the platform's receipt for it where it is at hand."""

    lot_id: str
    announcements: tuple[Announcement, ...]
    package: Path
    receipt: BidReceipt | None = None


def own_closed_bid(
    judge: Judge, closing: Signed[Closing], bids: tuple[ClosedBid, ...], *, package: bytes, sha256: bytes
) -> ClosedBid:
    """Return the own bid as it was closed, having proven that it is under the root that the platform signed.

    Raises:
        RejectedError: `opening.closing_untrusted`, or the bid is not in it as submitted (`opening.not_included`).
    """
    judge.closed_bids(closing, bids)
    found = next((bid for bid in bids if bid.package == package), None)
    if found is None or not equal(found.sha256, sha256):
        raise RejectedError("opening.not_included", package.hex())
    return found


def demand_passed(judge: Judge, room: RoomView, *, package: bytes, envelope_id: str) -> None:
    """Demand an officer's word that the own bid has passed, before the share of the second envelope is given.

    What did not pass stays sealed by the bidder's own share, whatever the platform says (双信封).

    Raises:
        RejectedError: it has not passed (`room.not_taking_part`), or nobody of the lot says so
            (`opening.room_untrusted`).
    """
    first = judge.announcement.notice.envelopes[0].envelope_id
    if envelope_id == first:
        return
    reviewed = room.envelopes.get(first)
    data = b"" if reviewed is None else reviewed.passed.get(package, b"")
    if not data:
        raise RejectedError("room.not_taking_part", package.hex())
    said = judge.passed(data, first).payload
    if said.package_id != package or not said.passed:
        raise RejectedError("room.not_taking_part", package.hex())


class DeliverAction(ShareAction):
    """The delivery of one envelope's share; doing it again replaces what was delivered."""

    operation = Operation.DECRYPT

    def __init__(
        self,
        workspace: Workspace,
        *,
        certificate: CertificateFacts,
        encryption_certificate: bytes,
        submission: OwnSubmission,
        envelope_id: str,
        pause: Callable[[float], object] = _pause,
    ) -> None:
        verdict = inspect_package(workspace, submission.package, report=lambda _done, _total: None, check=lambda: None)
        if verdict.package is None:
            raise RejectedError(verdict.reasons[0].code, submission.package.name)
        job = OpenJob(
            path=submission.package, package=verdict.package, envelope_id=envelope_id, target=submission.package
        )
        super().__init__(workspace, certificate=certificate, encryption_certificate=encryption_certificate, jobs=(job,))
        self._submission, self._envelope_id, self._pause = submission, envelope_id, pause
        self._sha256 = b""
        self._room_key = b""
        #: The room after the delivery.
        self.room: RoomView | None = None

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Prove closing, inclusion and room before anybody is asked for a share.

        Raises:
            RejectedError: `opening.closing_untrusted`, `opening.not_included`, `opening.room_untrusted`,
                `opening.officer_lapsed`, `opening.window_closed`, `room.not_taking_part`, or no share of the bid is
                this certificate's (`package.share_not_ours`).
            UnavailableError: the platform cannot be asked.
        """
        workspace, submission = (
            self._workspace.for_scan(self._certificate, offline=preparation.offline),
            self._submission,
        )
        workspace.trust.refresh()
        judge = Judge.of(workspace, submission.announcements)
        listed = workspace.api.closing(submission.lot_id)
        closing = judge.closing(listed.closing)
        header = self._jobs[0].package.header
        self._sha256 = sha256_of(submission.package)
        own = own_closed_bid(judge, closing, listed.bids, package=header.package_id, sha256=self._sha256)
        receipt = submission.receipt
        if receipt is not None and (receipt.package_id, receipt.at_us) != (own.package, own.at_us):
            raise RejectedError("opening.not_included", "another receipt")
        room = workspace.api.room(submission.lot_id)
        envelope = room.envelopes.get(self._envelope_id)
        if envelope is None or not envelope.notice:
            raise RejectedError("opening.window_closed", "not open yet")
        if envelope.delivered:
            raise RejectedError("opening.window_closed", self._envelope_id)
        notice = judge.notice_to_deliver_on(envelope.notice, closing, self._envelope_id).payload
        demand_passed(judge, room, package=own.package, envelope_id=self._envelope_id)
        if notice.until < workspace.api.time().timestamp():
            raise RejectedError("opening.window_closed", self._envelope_id)
        self._room_key = notice.room_key
        return super().prepare(preparation)

    def _check_places(self) -> None:
        """Write nothing anywhere."""

    def _serve(self, job: OpenJob, envelope: Envelope, group: Group, result: Mapping[str, Any]) -> ItemResult:
        share = SecretBytes(result["share"])
        if not check_share_value(job.package, envelope, group.group_id, share):
            raise RejectedError("package.share_mismatch", group.group_id)
        header = job.package.header
        info = delivery_info(
            tender=header.tender, lot=header.lot, file_sha256=self._sha256, envelope_id=envelope.envelope_id
        )
        sealed = hpke_seal(recipient=load_point(self._room_key), info=info, plaintext=share.reveal())
        self.room = self._hand_in(header.package_id, envelope.envelope_id, sealed)
        return ItemResult(name=job.path.name, target=envelope.title, key=header.package_id.hex())

    def _hand_in(self, package: bytes, envelope_id: str, sealed: bytes) -> RoomView:
        """Hand in; where the line breaks, the same again, which the platform takes once."""
        for attempt in range(_TRIES):
            try:
                return self._workspace.api.deliver(
                    self._submission.lot_id, package=package, envelope=envelope_id, sealed=sealed
                )
            except UnavailableError:
                if attempt == _TRIES - 1:
                    raise
                self._pause(_PAUSE_S * 2**attempt)
        raise AssertionError("unreachable")
