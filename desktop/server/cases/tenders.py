"""Tenders of an agency and their lots, as long as they are drafts."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.operations import OrganizationKind
from desktop.domain.tendering import LotState
from desktop.server.cases.accounts import present
from desktop.server.cases.lot_rows import lot_for
from desktop.server.context import Platform
from desktop.server.db.models import Account, Organization
from desktop.server.db.tender_models import Lot, Tender
from desktop.server.rules import lots as rules
from desktop.server.rules.permissions import Action, Actor, Target, demand

_TENDERS = 500


def create(platform: Platform, actor: Actor, organization_id: str, *, number: str, name: str, buyer: str) -> Tender:
    """Create a tender of an agency of the caller.

    Raises:
        RejectedError: `platform.not_found`, `platform.bad_field`; `tender.not_an_agency`, `tender.number_taken`.
    """
    with platform.db.write() as session:
        unit = session.get(Organization, organization_id)
        demand(present(session, actor), Action.CREATE_TENDER, Target(agency=organization_id))
        if unit is None or unit.kind != OrganizationKind.AGENCY:
            raise RejectedError("tender.not_an_agency")
        number, name, buyer = rules.number(number, "number"), rules.name(name, "name"), rules.name(buyer, "buyer")
        taken = select(Tender.id).where(Tender.organization_id == organization_id, Tender.number == number)
        if session.scalar(taken) is not None:
            raise RejectedError("tender.number_taken", number)
        tender = Tender(
            id=platform.new_id(),
            organization_id=organization_id,
            account_id=actor.id,
            number=number,
            name=name,
            buyer=buyer,
            created_at=platform.now(),
        )
        session.add(tender)
        return tender


def visible(platform: Platform, actor: Actor) -> Sequence[Tender]:
    """Return the tenders of the caller's agencies, newest first."""
    query = (
        select(Tender)
        .where(Tender.organization_id.in_(list(actor.memberships)))
        .order_by(Tender.created_at.desc(), Tender.id)
        .limit(_TENDERS)
    )
    with platform.db.read() as session:
        return session.scalars(query).all()


def create_lot(platform: Platform, actor: Actor, tender_id: str, *, number: str, name: str) -> Lot:
    """Create a lot of a tender, a draft.

    Raises:
        RejectedError: `platform.not_found`, `platform.bad_field`; `tender.number_taken`.
    """
    with platform.db.write() as session:
        tender = session.get(Tender, tender_id)
        if tender is None:
            raise RejectedError("platform.not_found")
        demand(present(session, actor), Action.PREPARE_LOT, Target(agency=tender.organization_id))
        number, name = rules.number(number, "lot"), rules.name(name, "name")
        taken = select(Lot.id).where(Lot.tender_id == tender_id, Lot.number == number)
        if session.scalar(taken) is not None:
            raise RejectedError("tender.number_taken", number)
        lot = _lot(session, platform, tender, number=number, name=name)
        session.add(lot)
        return lot


def keep_draft(platform: Platform, actor: Actor, lot_id: str, draft: dict[str, Any], *, after: int) -> Lot:
    """Keep what somebody of the agency is preparing, who has seen the draft as it was after so many saves.

    The same draft again changes nothing: its answer may have been lost.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; what `rules.lots.draft` refuses;
            `tender.draft_changed`: somebody has saved another one meanwhile, or published it.
    """
    with platform.db.write() as session:
        lot = lot_for(session, present(session, actor), Action.PREPARE_LOT, lot_id)
        if lot.state not in {LotState.DRAFT, LotState.PUBLISHED}:
            raise RejectedError("platform.wrong_state", lot.state)
        text = rules.draft(draft)
        if text != lot.draft:
            demand_saves(lot, after)
            lot.draft = text
            note_draft(session, platform, actor, lot)
        return lot


def demand_saves(lot: Lot, after: int | None) -> None:
    """Demand that nobody has saved another draft since the `after`-th save; None: whoever asks does not say.

    Raises:
        RejectedError: `tender.draft_changed`.
    """
    if after not in {None, lot.draft_saves}:
        raise RejectedError("tender.draft_changed", f"{after}, {lot.draft_saves} by now")


def note_draft(session: Session, platform: Platform, actor: Actor, lot: Lot) -> None:
    """Note who has changed a lot's draft, or has published it, and when: whoever saw it before has not seen this."""
    lot.draft_saves += 1
    lot.draft_by, lot.draft_at = session.get_one(Account, actor.id).name, platform.now()


def draft_of(lot: Lot) -> dict[str, Any] | None:
    """Return a lot's draft."""
    kept: dict[str, Any] | None = json.loads(lot.draft) if lot.draft is not None else None
    return kept


def _lot(session: Session, platform: Platform, tender: Tender, *, number: str, name: str) -> Lot:
    return Lot(
        id=platform.new_id(),
        position=1 + (session.scalar(select(func.max(Lot.position))) or 0),
        tender_id=tender.id,
        organization_id=tender.organization_id,
        tender=tender.number,
        tender_name=tender.name,
        buyer=tender.buyer,
        agency=session.get_one(Organization, tender.organization_id).name,
        number=number,
        name=name,
        state=LotState.DRAFT,
        revision=0,
        deadline=0,
        envelope="",
        draft_saves=0,
        draft_by="",
        created_at=platform.now(),
    )
