"""What is told, as a notice to the account, to those who have begun to bid for a lot or have published it.

It names the lot, never how many others are told.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.operations import NoticeKind
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.tender_models import Lot, LotAnnouncement, SignIn, Upload


def tell_amended(session: Session, platform: Platform, lot: Lot) -> None:
    """Tell bidders that the notice has a new revision."""
    for account in _bidding(session, lot):
        tell(session, platform, account, NoticeKind.LOT_AMENDED, revision=str(lot.revision), **_named(lot))


def tell_closed(session: Session, platform: Platform, lot: Lot) -> None:
    """Tell bidders and agency that the deadline has passed and the lot is closed."""
    published = select(LotAnnouncement.account_id).where(LotAnnouncement.lot_id == lot.id)
    for account in _bidding(session, lot) | set(session.scalars(published)):
        tell(session, platform, account, NoticeKind.LOT_CLOSED, **_named(lot))


def _bidding(session: Session, lot: Lot) -> set[str]:
    uploading = select(Upload.account_id).where(Upload.lot_id == lot.id)
    signed_in = select(SignIn.account_id).where(SignIn.lot_id == lot.id)
    return set(session.scalars(uploading)) | set(session.scalars(signed_in))


def _named(lot: Lot) -> dict[str, str]:
    return {"tender": lot.tender, "lot": lot.number, "name": lot.name}
