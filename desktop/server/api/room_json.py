"""The opening room as JSON (docs/tendering.md §9)."""

from datetime import UTC, datetime
from typing import Any

from desktop.crypto.primitives import sha256
from desktop.server.api.access import b64, iso
from desktop.server.api.lot_json import lot_json
from desktop.server.cases.room_view import EnvelopeView, RoomView
from desktop.server.db.room_models import Confirmation, Room


def room_json(view: RoomView) -> dict[str, Any]:
    """Write a room."""
    return {
        "version": view.version,
        "lot": lot_json(view.lot, is_agency=view.is_agency),
        "signed_in": [{"name": name, "at": iso(at)} for name, at in view.signed_in],
        "closing": _document(view.lot.closing),
        "envelopes": {each.envelope_id: _envelope(each) for each in view.envelopes},
        "record": _record(view.room),
    }


def _envelope(view: EnvelopeView) -> dict[str, Any]:
    row = view.row
    return {
        "notice": _document(view.notices[-1] if view.notices else None),
        "notices": [b64(each) for each in view.notices],
        "until": None if row is None else iso(datetime.fromtimestamp(row.until, UTC)),
        "deliveries": [
            {"package": each.package, "at": iso(each.at), "sha256": sha256(each.sealed).hex()}
            for each in view.deliveries
        ],
        "delivered": _document(None if row is None else row.delivered),
        "results": {package: b64(statement) for package, statement in view.results.items()},
        "passed": {package: b64(statement) for package, statement in view.passed.items()},
        "announced_at": None if row is None or row.announced_at is None else iso(row.announced_at),
        "confirmations": [_confirmation(each) for each in view.confirmations],
    }


def _confirmation(row: Confirmation) -> dict[str, Any]:
    return {
        "package": row.package,
        "ok": row.is_confirmed,
        "text": row.text,
        "at": iso(row.at),
        "answer": row.answer,
    }


def _record(room: Room | None) -> dict[str, Any] | None:
    if room is None or room.recorded_at is None:
        return None
    return {"pdf_sha256": room.pdf_sha256, "bundle_sha256": room.bundle_sha256}


def _document(statement: bytes | None) -> str | None:
    return None if statement is None else b64(statement)
