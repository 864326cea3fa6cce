"""Lots and what is said about them as JSON (docs/tendering.md §9)."""

from datetime import UTC, datetime
from typing import Any

from desktop.domain.tendering import LotState
from desktop.server.api.access import b64, iso
from desktop.server.cases.lots import LotView
from desktop.server.cases.tenders import draft_of
from desktop.server.db.tender_models import Lot
from desktop.server.rules.permissions import Actor


def lot_json(lot: Lot, *, is_agency: bool) -> dict[str, Any]:
    """Write a lot."""
    return {
        "id": lot.id,
        "tender_id": lot.tender_id,
        "tender": lot.tender,
        "tender_name": lot.tender_name,
        "buyer": lot.buyer,
        "agency": lot.agency,
        "agency_id": lot.organization_id,
        "lot": lot.number,
        "lot_name": lot.name,
        "state": lot.state,
        "revision": lot.revision,
        "deadline": None if lot.state == LotState.DRAFT else iso(datetime.fromtimestamp(lot.deadline, UTC)),
        "envelope": lot.envelope,
        "is_agency": is_agency,
        "bids": lot.bids,
    }


def lot_for(lot: Lot, actor: Actor) -> dict[str, Any]:
    """Write a lot as the caller sees it."""
    return lot_json(lot, is_agency=lot.organization_id in actor.memberships)


def lot_detail(view: LotView, actor: Actor) -> dict[str, Any]:
    """Write a lot with its announcements; the draft is the agency's alone."""
    written = lot_for(view.lot, actor)
    return {
        **written,
        "announcements": [
            {
                "revision": row.revision,
                "announcement": b64(row.announcement),
                "published_at": iso(row.published_at),
            }
            for row in view.announcements
        ],
        "closing": None if view.lot.closing is None else b64(view.lot.closing),
        "draft": draft_of(view.lot) if written["is_agency"] else None,
        "draft_saved": saved_json(view.lot) if written["is_agency"] else None,
    }


def saved_json(lot: Lot) -> dict[str, Any]:
    """Write how often the draft of a lot was saved, and by whom and when last."""
    return {"number": lot.draft_saves, "by": lot.draft_by, "at": None if lot.draft_at is None else iso(lot.draft_at)}
