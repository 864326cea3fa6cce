"""Publish the notice of a lot by phone, and amend it: what the agency's certificate signs is what bidders pack for.

The opening keys come into being on the phone of a committee member and leave it only as envelopes to the committee;
this desk never sees one. Refuses members and officers whose certificates are not good now, and an amendment of a
notice that is not in force any more. Source: docs/tendering.md §2, §3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.suites import generate_p256, spki_of
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.moments import write_moment
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.tender import demand_amendment, signer_of
from desktop.formats.trust import CertificateUsage
from desktop.portal.tender_records import Lot, LotDetail
from desktop.protocol.codec import clean_text
from desktop.protocol.items import MAX_FILE_NAME_BYTES, Item
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import Announcement, read_announcement, read_notice, write_notice
from desktop.protocol.tender_items import amend_tender_item, create_opening_key_item
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.draft_saves import CHANGED
from desktop.services.dry_run import DryRun, run_dry
from desktop.services.events import Changed
from desktop.services.recipients import check_pair
from desktop.services.tender_checks import window_minutes
from desktop.services.tender_desk import Officer, committee, in_force
from desktop.services.tender_draft import TenderDraft, read_draft
from desktop.services.tender_notice import Basis, build_notice, time_envelopes
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest

#: How often a notice is handed in while the own window goes on saving its draft.
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOrder:
    """What is to be published: the draft of a lot, by whom; `before` is what is in force, None for a first notice.

    `officers` are the agency's people from whom the draft chooses by hash. `saves` is the number of saves after
    which the draft was seen last, None for one that was never on the platform.
    """

    lot: Lot
    basis: Basis
    draft: TenderDraft
    officers: tuple[Officer, ...]
    signer: Officer
    before: Announcement | None = None
    saves: int | None = None

    @property
    def members(self) -> tuple[CertificateFacts, ...]:
        """The committee's encryption certificates, in the draft's order.

        Raises:
            RejectedError: one of them is not the agency's any more (`tender.member_not_usable`).
        """
        known = {each.encryption.sha256: each.encryption for each in self.officers}
        return tuple(_found(known, each) for each in self.draft.members)

    @property
    def new_officers(self) -> tuple[CertificateFacts, ...]:
        """The officers' signing certificates, but for those that are in force already and may have been replaced.

        Raises:
            RejectedError: as `members`.
        """
        known = {each.certificate.sha256: each.certificate for each in self.officers}
        kept = self.before.notice.officers if self.before is not None else ()
        return tuple(_found(known, each) for each in self.draft.officers if each not in kept)


def rehearse(workspace: Workspace, order: PublishOrder, preparation: Preparation) -> DryRun:
    """Play the whole opening of the order's notice with test bids; nobody scans, and nothing is sent.

    Raises:
        RejectedError, UnavailableError: as `run_dry` and `demand_outlasting`, and where the draft makes no notice.
    """
    demand_outlasting(order)
    # The platform's time keys take no part: nobody here could open with them.
    stand_in = spki_of(generate_p256())
    keys = dict.fromkeys(time_envelopes(order.draft), stand_in)
    return run_dry(
        build_notice(order.draft, order.basis, time_keys=keys, before=order.before),
        order.members,
        folder=workspace.folder.work,
        now=workspace.clock.now(),
        random=workspace.random,
        preparation=preparation,
    )


def demand_newest(order: PublishOrder, detail: LotDetail) -> None:
    """Demand that no colleague has changed the draft since it was seen: their words would be lost with it.

    Raises:
        RejectedError: somebody has (`tender.draft_changed`).
    """
    if order.saves is None or detail.saved is None or detail.saved.number == order.saves:
        return
    if detail.draft is None or read_draft(detail.draft) != order.draft:
        raise RejectedError(CHANGED, detail.saved.by)


def demand_outlasting(order: PublishOrder) -> None:
    """Demand that somebody will be able to open: an officer whose certificate is still valid when deliveries end.

    An officer is named in the notice by certificate; who renews it meanwhile is not that officer any more.

    Raises:
        RejectedError: the last of them expires before (`tender.officers_expire`, the detail is when).
    """
    draft = order.draft
    moments = [moment for each in draft.used if (moment := draft.opening_moment(each)) is not None]
    ends = [each.certificate.not_after for each in order.officers if each.certificate.sha256 in draft.officers]
    if not moments or not ends:
        return  # said beside the field that is empty
    if max(ends) <= max(moments) + timedelta(minutes=window_minutes(draft.window) or 0):
        raise RejectedError("tender.officers_expire", write_moment(max(ends)))


class _Publish(Protocol):
    """`publish` or `amend` of the platform's API."""

    def __call__(self, lot_id: str, transcript: bytes, *, after: int | None) -> Lot: ...


class _NoticeAction(WithoutProof):
    """What publishing and amending have in common: one notice, signed by one of the agency's officers."""

    def __init__(self, workspace: Workspace, order: PublishOrder) -> None:
        self._workspace = workspace
        self._order = order
        self._notice_bytes = b""

    def subject(self) -> str:
        """Name tender and lot."""
        lot = self._order.lot
        return clean_text(f"{lot.tender} · {lot.lot}", max_bytes=MAX_FILE_NAME_BYTES)

    def close(self) -> None:
        """Nothing is held open."""

    def _begin(self, preparation: Preparation) -> LotDetail:
        """Demand that everybody who is named is good now, before anybody scans; return the lot as it is.

        Raises:
            RejectedError: the scan keeps off the network, over which alone anything is published
                (`tender.needs_network`), or somebody is not good.
        """
        if preparation.offline:
            raise RejectedError("tender.needs_network")
        order, signer = self._order, self._order.signer
        preparation.report(0, 1, self.subject())
        self._workspace = self._workspace.for_scan(signer.certificate, offline=False)
        check_pair(self._workspace, signer.certificate, signer.encryption)
        self._workspace.confirm_workstation(order.basis.agency_code)
        self._order = replace(order, officers=committee(self._workspace, order.lot.agency_id))
        demand_outlasting(self._order)
        detail = self._workspace.api.lot(order.lot.lot_id)
        demand_newest(self._order, detail)
        for officer in self._order.new_officers:
            self._require(preparation, officer, CertificateUsage.SIGN)
        return detail

    def _require(self, preparation: Preparation, certificate: CertificateFacts, usage: CertificateUsage) -> None:
        preparation.check()
        if certificate.credit_code != self._order.basis.agency_code:
            raise RejectedError("tender.member_not_usable", certificate.serial)
        self._workspace.trust.require_valid(certificate, usage=usage)

    def _request(self, operation: Operation, item: Item) -> CeremonyRequest:
        signer = self._order.signer.certificate
        return CeremonyRequest(
            operation=operation,
            items=(item,),
            organization=signer.organization,
            credit_code=signer.credit_code,
            certificates=(signer.serial,),
        )

    def _hand_in(self, publish: _Publish, verified: VerifiedAnswer) -> Finish:
        """Have the platform publish what was signed, unless a colleague has changed the draft during the scan."""
        try:
            self._publish_as_seen(publish, verified.transcript.write())
        except UnavailableError:
            if not self._is_published():
                raise
        return self._finish(verified)

    def _publish_as_seen(self, publish: _Publish, transcript: bytes) -> None:
        """Publish over the draft that was seen: a save of it by this very window may arrive between look and call."""
        lot_id = self._order.lot.lot_id
        for tries_left in reversed(range(_TRIES)):
            detail = self._workspace.api.lot(lot_id)
            demand_newest(self._order, detail)
            try:
                publish(lot_id, transcript, after=detail.saved.number if detail.saved else None)
            except RejectedError as error:
                if error.code != CHANGED or not tries_left:
                    raise
            else:
                return

    def _finish(self, verified: VerifiedAnswer) -> Finish:
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        self._workspace.bus.publish(Changed.TENDERS)
        name = self.subject()
        return Finish(
            outcome=Outcome.DONE,
            results=({"name": name},),
            details=(ItemResult(name=name, target=self._order.lot.lot_id),),
        )

    def _is_published(self) -> bool:
        """Ask what is in force: an answer that was lost on the way back does not mean that nothing was done."""
        detail = self._workspace.api.lot(self._order.lot.lot_id)
        newest = next((each.announcement for each in reversed(detail.announcements)), b"")
        return bool(newest) and read_announcement(newest).notice_bytes == self._notice_bytes


class PublishAction(_NoticeAction):
    """The first notice of a lot, and its opening keys."""

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Check the committee, have the platform make its time keys, write the notice."""
        self._begin(preparation)
        members = self._order.members
        for member in members:
            self._require(preparation, member, CertificateUsage.ENCRYPT)
        envelopes = time_envelopes(self._order.draft)
        api, lot = self._workspace.api, self._order.lot
        time_keys = api.make_time_keys(lot.lot_id, envelopes) if envelopes else {}
        notice = build_notice(self._order.draft, self._order.basis, time_keys=time_keys)
        self._notice_bytes = write_notice(notice)
        item = create_opening_key_item(self._notice_bytes, tuple(member.der for member in members))
        return self._request(Operation.CREATE_OPENING_KEY, item)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Look at what the phone made, and have the platform publish it."""
        result = _only(verified)
        signer_of(_announcement(verified, self._notice_bytes, result["keys"], result["wraps"]))
        return self._hand_in(self._workspace.api.publish, verified)


class AmendAction(_NoticeAction):
    """A changed notice of a published lot, under the opening keys that it has."""

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Demand that what is amended is in force, and write the notice."""
        before = self._before(self._begin(preparation))
        notice = build_notice(self._order.draft, self._order.basis, time_keys={}, before=before)
        self._notice_bytes = write_notice(notice)
        item = amend_tender_item(self._notice_bytes, before.keys)
        return self._request(Operation.AMEND_TENDER, item)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Look at what the phone signed, and have the platform publish it."""
        before = self._order.before
        if before is None:
            raise MisuseError("general.unexpected", "an amendment of nothing")
        _only(verified)
        after = _announcement(verified, self._notice_bytes, before.keys, before.wraps)
        signer_of(after)
        demand_amendment(before, after)
        return self._hand_in(self._workspace.api.amend, verified)

    def _before(self, detail: LotDetail) -> Announcement:
        """Return what is amended, which somebody else may have amended meanwhile."""
        now = in_force(self._workspace, detail)
        before = self._order.before
        if before is None or now is None or now.notice_bytes != before.notice_bytes:
            raise RejectedError("tender.changed_elsewhere")
        return before


def _announcement(
    verified: VerifiedAnswer, notice_bytes: bytes, keys: tuple[bytes, ...], wraps: tuple[bytes, ...]
) -> Announcement:
    if verified.signer is None:
        raise MisuseError("general.unexpected", "an answer without a signer")
    return Announcement(
        notice=read_notice(notice_bytes),
        notice_bytes=notice_bytes,
        keys=tuple(keys),
        wraps=tuple(wraps),
        signature=_only(verified)["sig"],
        certificate=verified.signer.der,
    )


def _only(verified: VerifiedAnswer) -> Mapping[str, Any]:
    """Return what the phone made of the one item.

    Raises:
        RejectedError: with the code that the phone gave for not serving it.
    """
    result = verified.answer.results[0]
    if "error" in result:
        raise RejectedError(str(result["error"]))
    return result


def _found(known: dict[bytes, CertificateFacts], sha256: bytes) -> CertificateFacts:
    if sha256 not in known:
        raise RejectedError("tender.member_not_usable", sha256.hex()[:16])
    return known[sha256]
