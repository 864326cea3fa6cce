"""Who is told of a lot, by notices to accounts: units that bid or have signed in, who fetched a document, the agency.

A notice names the lot, never how many others are told. Who has fetched a document is remembered for this alone.
"""

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desktop.domain.operations import NoticeKind
from desktop.server.cases.notices import tell
from desktop.server.cases.room_rows import participants
from desktop.server.context import Platform
from desktop.server.db.models import Member
from desktop.server.db.tender_models import Lot, LotReader, Upload
from desktop.server.rules.permissions import Actor


def remember_reader(platform: Platform, actor: Actor, lot_id: str) -> None:
    """Tell this account of the lot from now on; its agency's members are told anyway."""
    with platform.db.read() as session:
        lot = session.get_one(Lot, lot_id)
        if lot.organization_id in actor.memberships or _is_known(session, lot_id, actor.id):
            return
    try:
        with platform.db.write() as session:
            session.add(LotReader(lot_id=lot_id, account_id=actor.id, since=platform.now()))
    except IntegrityError:  # the same account has asked for two documents at this very moment
        return


def tell_amended(session: Session, platform: Platform, lot: Lot, actor: Actor) -> None:
    """Tell everybody but who has published it that the notice has a new revision."""
    for account_id in _concerned(session, lot) - {actor.id}:
        tell(session, platform, account_id, NoticeKind.LOT_AMENDED, revision=str(lot.revision), **_named(lot))


def tell_closed(session: Session, platform: Platform, lot: Lot, *, opens: bool) -> None:
    """Tell that the deadline has passed, and whether there is anything to open."""
    kind = NoticeKind.LOT_CLOSED if opens else NoticeKind.LOT_FAILED
    for account_id in _concerned(session, lot):
        tell(session, platform, account_id, kind, **_named(lot))


def _concerned(session: Session, lot: Lot) -> set[str]:
    units = participants(session, lot.id) | {lot.organization_id}
    uploading = select(Upload.organization_id).where(Upload.lot_id == lot.id)
    members = select(Member.account_id).where(
        or_(Member.organization_id.in_(list(units)), Member.organization_id.in_(uploading))
    )
    readers = select(LotReader.account_id).where(LotReader.lot_id == lot.id)
    return set(session.scalars(members)) | set(session.scalars(readers))


def _named(lot: Lot) -> dict[str, str]:
    return {"lot_id": lot.id, "tender": lot.tender, "lot": lot.number, "name": lot.name}


def _is_known(session: Session, lot_id: str, account_id: str) -> bool:
    query = select(LotReader.id).where(LotReader.lot_id == lot_id, LotReader.account_id == account_id)
    return session.scalar(query) is not None
