"""Publishing a lot and amending it: what the agency's phone signed, if it is this lot's notice and the rules allow it.

The notice says what bidders will pack for and who may open; so every key in it is either made on the phone that signed,
or the platform's own, and every officer and member holds a valid certificate of the agency (T48).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.domain.tendering import LogKind, LotState
from desktop.formats.tender import demand_amendment, signer_of
from desktop.protocol.notices import Announcement, Notice, read_announcement, write_announcement
from desktop.protocol.tender_items import AmendTenderItem, CreateOpeningKeyItem
from desktop.server.cases import log
from desktop.server.cases.accounts import present
from desktop.server.cases.answers import JudgedAnswer, consume, earlier_effect, judge
from desktop.server.cases.closing import close_if_due
from desktop.server.cases.lot_documents import demand_kept
from desktop.server.cases.lot_rows import MICROSECONDS, demand_open, lot_for, revisions_of
from desktop.server.cases.lot_telling import tell_amended
from desktop.server.cases.tenders import demand_saves, note_draft
from desktop.server.cases.time_keys import made_for
from desktop.server.context import Platform
from desktop.server.db.models import IssuedCertificate, MobileCertificate, Organization
from desktop.server.db.tender_models import Lot, LotAnnouncement
from desktop.server.rules.permissions import Action, Actor
from desktop.server.rules.states import LOTS, IssuedState, LotEvent, follow


def publish(platform: Platform, actor: Actor, lot_id: str, transcript: bytes, *, after: int | None = None) -> Lot:
    """Publish a lot by a `create_opening_key` answer; the same one again changes nothing.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; `tender.notice_differs`,
            `.deadline_not_ahead`, `.member_unknown`, or what is wrong with the answer; `.draft_changed`: the draft was
            saved by somebody after the `after`-th save, of which this was made.
    """
    with platform.db.write() as session:
        lot = lot_for(session, present(session, actor), Action.PUBLISH_LOT, lot_id)
        answer = judge(session, platform, transcript, Operation.CREATE_OPENING_KEY)
        if earlier_effect(session, answer) == lot.id:
            return lot
        state = follow(LOTS, LotState(lot.state), LotEvent.PUBLISH)
        demand_saves(lot, after)
        item, result = answer.verified.challenge.items[0], answer.verified.answer.results[0]
        assert isinstance(item, CreateOpeningKeyItem)
        announcement = _signed(
            answer, item.notice, item.notice_bytes, keys=result["keys"], wraps=result["wraps"], signature=result["sig"]
        )
        people = _demand_ours(session, platform, lot, answer, item.notice)
        if not {member.sha256 for member in item.members} <= people.encrypting:
            raise RejectedError("tender.member_unknown", "committee")
        _demand_own_time_keys(session, lot, item.notice)
        lot.state = state
        _put(session, platform, actor, lot, announcement)
        consume(session, platform, answer, effect=lot.id)
        return lot


def amend(platform: Platform, actor: Actor, lot_id: str, transcript: bytes, *, after: int | None = None) -> Lot:
    """Publish an amendment by an `amend_tender` answer; the same one again changes nothing.

    Raises:
        RejectedError: as `publish`; `tender.amendment_not_allowed`, `tender.deadline_passed`.
    """
    close_if_due(platform, lot_id)
    with platform.db.write() as session:
        lot = lot_for(session, present(session, actor), Action.PUBLISH_LOT, lot_id)
        answer = judge(session, platform, transcript, Operation.AMEND_TENDER)
        if earlier_effect(session, answer) == lot.id:
            return lot
        if lot.state == LotState.DRAFT:
            raise RejectedError("platform.wrong_state", lot.state)
        demand_open(platform, lot)
        demand_saves(lot, after)
        item, result = answer.verified.challenge.items[0], answer.verified.answer.results[0]
        assert isinstance(item, AmendTenderItem)
        before = read_announcement(revisions_of(session, lot_id)[-1].announcement)
        announcement = _signed(
            answer, item.notice, item.notice_bytes, keys=item.keys, wraps=before.wraps, signature=result["sig"]
        )
        _demand_ours(session, platform, lot, answer, item.notice)
        demand_amendment(before, announcement)
        lot.state = follow(LOTS, LotState(lot.state), LotEvent.AMEND)
        _put(session, platform, actor, lot, announcement)
        consume(session, platform, answer, effect=lot.id)
        tell_amended(session, platform, lot, actor)
        return lot


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """Hashes of the certificates of an agency that hold now."""

    signing: frozenset[bytes]
    encrypting: frozenset[bytes]


def _signed(
    answer: JudgedAnswer,
    notice: Notice,
    notice_bytes: bytes,
    *,
    keys: tuple[bytes, ...],
    wraps: tuple[bytes, ...],
    signature: bytes,
) -> Announcement:
    """Put the announcement together and demand that its signature is good."""
    assert answer.verified.signer is not None
    announcement = Announcement(
        notice=notice,
        notice_bytes=notice_bytes,
        keys=keys,
        wraps=wraps,
        signature=signature,
        certificate=answer.verified.signer.der,
    )
    if read_announcement(write_announcement(announcement)) != announcement:
        raise RejectedError("ceremony.malformed", "announcement")
    signer_of(announcement)
    return announcement


def _demand_ours(session: Session, platform: Platform, lot: Lot, answer: JudgedAnswer, notice: Notice) -> _People:
    """Demand that a notice is about this lot, of this agency, on this platform, and names people and files it has."""
    unit = session.get_one(Organization, lot.organization_id)
    said = (notice.platform, notice.tender, notice.lot, notice.agency, notice.agency_code)
    ours = (platform.settings.platform_id, lot.tender, lot.number, unit.name, unit.credit_code)
    if said != ours or answer.signer.organization_id != unit.id:
        raise RejectedError("tender.notice_differs", "platform, numbers or agency")
    if notice.deadline * MICROSECONDS <= microseconds(platform.moment()):
        raise RejectedError("tender.deadline_not_ahead")
    demand_kept(session, lot.id, notice)
    people = _people(session, platform, unit.id)
    if not set(notice.officers) <= people.signing:
        raise RejectedError("tender.member_unknown", "officers")
    return people


def _demand_own_time_keys(session: Session, lot: Lot, notice: Notice) -> None:
    made = made_for(session, lot.id)
    for envelope in notice.envelopes:
        if envelope.time_key and envelope.time_key != made.get(envelope.envelope_id):
            raise RejectedError("tender.notice_differs", f"time key of {envelope.envelope_id}")


def _people(session: Session, platform: Platform, organization_id: str) -> _People:
    now = platform.now()

    def hashes(serial: object) -> frozenset[bytes]:
        query = (
            select(IssuedCertificate.der)
            .join(MobileCertificate, IssuedCertificate.serial == serial)
            .where(
                MobileCertificate.organization_id == organization_id,
                IssuedCertificate.state == IssuedState.ACTIVE,
                IssuedCertificate.not_after >= now,
            )
        )
        return frozenset(map(sha256, session.scalars(query)))

    return _People(signing=hashes(MobileCertificate.serial), encrypting=hashes(MobileCertificate.enc_serial))


def _put(session: Session, platform: Platform, actor: Actor, lot: Lot, announcement: Announcement) -> None:
    notice, data, now = announcement.notice, write_announcement(announcement), platform.now()
    lot.revision, lot.deadline, lot.draft = notice.revision, notice.deadline, None
    note_draft(session, platform, actor, lot)
    lot.tender_name, lot.name, lot.buyer, lot.agency = (
        notice.tender_name,
        notice.lot_name,
        notice.purchaser,
        notice.agency,
    )
    session.add(
        LotAnnouncement(
            lot_id=lot.id,
            revision=notice.revision,
            notice_sha256=announcement.notice_sha256.hex(),
            announcement=data,
            account_id=actor.id,
            published_at=now,
        )
    )
    log.append(session, LogKind.ANNOUNCED, at=now, body=data)
