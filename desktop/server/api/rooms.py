"""The opening room of a lot. Whoever waits for it holds neither a thread nor a database connection meanwhile."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Path, Query, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from desktop.server.api.access import ThePlatform, b64, permit, unb64
from desktop.server.api.files import file_answer
from desktop.server.api.room_json import room_json
from desktop.server.cases import room_delivery, room_record, room_results, room_talk, room_view, rooms
from desktop.server.context import Platform
from desktop.server.rules.permissions import Action, Actor
from desktop.server.waiting import MAX_WAIT_S

router = APIRouter(prefix="/api/v1/lots/{lot_id}", tags=["rooms"])

#: A moment that is due by the clock is looked for no more often than this.
_SHORTEST_S = 0.5

LotId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Package = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
EnvelopeId = Annotated[str, Field(pattern="^[a-z]{1,16}$")]
Statement = Annotated[str, Field(max_length=512 * 1024)]
Words = Annotated[str, Field(max_length=500)]
Agency = Annotated[Actor, permit(Action.RUN_OPENING)]
Bidder = Annotated[Actor, permit(Action.TAKE_PART_IN_OPENING)]
Reader = Annotated[Actor, permit(Action.READ_ROOM)]


class Unit(BaseModel, extra="forbid"):
    """A unit for which the caller acts."""

    organization_id: Annotated[str, Field(max_length=32)]


class Stated(BaseModel, extra="forbid"):
    """A room statement."""

    statement: Statement


class AllStated(BaseModel, extra="forbid"):
    """Room statements."""

    statements: Annotated[list[Statement], Field(min_length=1, max_length=room_results.MAX_STATEMENTS)]


class Envelope(BaseModel, extra="forbid"):
    """An envelope."""

    envelope: EnvelopeId


class Share(BaseModel, extra="forbid"):
    """A share, sealed to the room key."""

    package: Package
    envelope: EnvelopeId
    sealed: Annotated[str, Field(max_length=400)]


class Confirmation(BaseModel, extra="forbid"):
    """What a bidder says to what was announced."""

    package: Package
    envelope: EnvelopeId
    ok: bool
    text: Words = ""


class Reply(BaseModel, extra="forbid"):
    """What the agency answers."""

    package: Package
    envelope: EnvelopeId
    text: Words


@router.post("/sign-in")
def sign_in(lot_id: LotId, body: Unit, platform: ThePlatform, actor: Bidder) -> dict[str, Any]:
    """Sign a unit in for the opening."""
    rooms.sign_in(platform, actor, lot_id, body.organization_id)
    return _room(platform, actor, lot_id)


@router.get("/room")
async def room(
    lot_id: LotId,
    platform: ThePlatform,
    actor: Reader,
    after: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
    wait: Annotated[int, Query(ge=0, le=MAX_WAIT_S)] = 0,
) -> dict[str, Any]:
    """Show the room, at once or when it has a later version than `after`."""
    if after is not None:
        await _wait(platform, actor, lot_id, after, wait)
    return await run_in_threadpool(_room, platform, actor, lot_id)


@router.post("/room/open")
def open_room(lot_id: LotId, body: Stated, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """Open the room of the next envelope."""
    room_delivery.open_room(platform, actor, lot_id, unb64(body.statement, "statement"))
    return _room(platform, actor, lot_id)


@router.post("/room/extend")
def extend(lot_id: LotId, body: Stated, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """Extend the delivery window."""
    room_delivery.extend(platform, actor, lot_id, unb64(body.statement, "statement"))
    return _room(platform, actor, lot_id)


@router.post("/room/deliver")
def deliver(lot_id: LotId, body: Share, platform: ThePlatform, actor: Bidder) -> dict[str, Any]:
    """Hand in a share."""
    share = room_delivery.SealedShare(
        package=body.package, envelope_id=body.envelope, sealed=unb64(body.sealed, "sealed")
    )
    room_delivery.deliver(platform, actor, lot_id, share)
    return _room(platform, actor, lot_id)


@router.post("/room/end-delivery")
def end_delivery(lot_id: LotId, body: Envelope, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """End the delivery before its time."""
    room_delivery.end_delivery(platform, actor, lot_id, body.envelope)
    return _room(platform, actor, lot_id)


@router.get("/room/deliveries/{envelope}")
def deliveries(
    lot_id: LotId,
    envelope: Annotated[str, Path(pattern="^[a-z]{1,16}$")],
    platform: ThePlatform,
    actor: Agency,
) -> list[dict[str, Any]]:
    """Give the agency the shares, once the window has ended."""
    found = room_delivery.sealed_shares(platform, actor, lot_id, envelope)
    return [{"package": row.package, "sealed": b64(row.sealed)} for row in found]


@router.post("/room/time-key")
def time_key(lot_id: LotId, body: Envelope, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """Give the agency the platform's time key."""
    return {"key": b64(room_delivery.release_time_key(platform, actor, lot_id, body.envelope))}


@router.post("/room/results")
def results(lot_id: LotId, body: AllStated, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """Take what the opening of bids came to."""
    room_results.report(platform, actor, lot_id, _all(body))
    return _room(platform, actor, lot_id)


@router.post("/room/announce")
def announce(lot_id: LotId, body: Envelope, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """Announce the results."""
    room_results.announce(platform, actor, lot_id, body.envelope)
    return _room(platform, actor, lot_id)


@router.post("/room/pass")
def pass_bids(lot_id: LotId, body: AllStated, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """Take decisions on whose second envelope is opened."""
    room_results.decide(platform, actor, lot_id, _all(body))
    return _room(platform, actor, lot_id)


@router.post("/room/confirm")
def confirm(lot_id: LotId, body: Confirmation, platform: ThePlatform, actor: Bidder) -> dict[str, Any]:
    """Confirm what was announced of an own bid, or object to it."""
    room_talk.confirm(
        platform,
        actor,
        lot_id,
        package=body.package,
        envelope_id=body.envelope,
        is_confirmed=body.ok,
        text=body.text,
    )
    return _room(platform, actor, lot_id)


@router.post("/room/answer")
def answer(lot_id: LotId, body: Reply, platform: ThePlatform, actor: Agency) -> dict[str, Any]:
    """Answer an objection."""
    room_talk.answer(platform, actor, lot_id, package=body.package, envelope_id=body.envelope, text=body.text)
    return _room(platform, actor, lot_id)


@router.post("/room/record")
def file_record(
    lot_id: LotId,
    platform: ThePlatform,
    actor: Agency,
    pdf: Annotated[UploadFile, File()],
    bundle: Annotated[UploadFile, File()],
) -> dict[str, Any]:
    """Keep the opening record and its bundle."""
    most = room_record.MAX_RECORD_BYTES + 1
    room_record.file_record(platform, actor, lot_id, pdf=pdf.file.read(most), bundle=bundle.file.read(most))
    return _room(platform, actor, lot_id)


@router.get("/room/record/{which}")
def record_file(lot_id: LotId, which: Literal["pdf", "bundle"], platform: ThePlatform, actor: Reader) -> Response:
    """Give the opening record or its bundle."""
    kind = "application/pdf" if which == room_record.PDF else "application/octet-stream"
    return file_answer(room_record.record_file(platform, actor, lot_id, which), kind)


async def _wait(platform: Platform, actor: Actor, lot_id: str, after: int, seconds: float) -> None:
    """Wait for a later version, or until something happens by the clock."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        with platform.waiters.turn(lot_id) as turn:
            seen = await run_in_threadpool(room_view.glance, platform, actor, lot_id)
            left = end - loop.time()
            if seen.version > after or left <= 0 or not await turn.over(min(left, max(seen.due_in_s, _SHORTEST_S))):
                return
        await asyncio.sleep(platform.waiters.pause_s)


def _all(body: AllStated) -> list[bytes]:
    return [unb64(each, "statements") for each in body.statements]


def _room(platform: Platform, actor: Actor, lot_id: str) -> dict[str, Any]:
    return room_json(room_view.view(platform, actor, lot_id))
