"""How far a room is, for timeline and figures: what is done and when, how many, and what everybody waits for."""

from datetime import datetime

from desktop.domain.tendering import LotState
from desktop.ui.i18n import tr
from desktop.views.room.course import Fate, Step, left_out, next_end, step_of, steps_of
from desktop.views.room.facts import Room
from desktop.views.room.state import RoomState
from desktop.views.room.timeline import Mark, TimelineStep
from desktop.views.room.words import clock_of, step_word


def timeline_of(state: RoomState) -> tuple[TimelineStep, ...]:
    """Return the steps of the room that is shown."""
    room = state.room
    if room is None:
        return ()
    steps, here = steps_of(room), step_of(room, is_past_deadline=state.is_past_deadline)
    never = left_out(room)
    position = steps.index(here) if here is not None else len(steps)
    found = []
    for number, step in enumerate(steps):
        if step in never:
            mark = Mark.LEFT_OUT
        else:
            mark = Mark.DONE if number < position else Mark.HERE if number == position else Mark.AHEAD
        found.append(TimelineStep(word=step_word(step), mark=mark, note=_note(room, step)))
    return tuple(found)


def _note(room: Room, step: Step) -> str:
    """Return the hour that belongs to a step, of the first envelope; of the second where the step is its own."""
    first = room.envelopes[0] if room.envelopes else None
    if step is Step.DEADLINE:
        return clock_of(room.deadline)
    if step is Step.DELIVERY and first is not None and first.until is not None:
        return tr("至 {time}", time=clock_of(first.until))
    if step is Step.ANNOUNCEMENT and first is not None:
        return clock_of(first.announced_at)
    if step is Step.SECOND and room.is_double:
        return clock_of(room.envelopes[-1].announced_at)
    return ""


def figures_of(state: RoomState) -> tuple[tuple[str, str], ...]:
    """Return the large figures as (word, number)."""
    room, envelope = state.room, state.envelope
    if room is None:
        return ()
    if room.count is None:  # nobody is told before the deadline who is here
        return ()
    figures = [(tr("已签到"), str(len(room.signed_in))), (tr("投标文件"), str(room.count))]
    fates = [line.fate for line in state.lines]
    taking_part = sum(room.takes_part(line.bid, envelope) for line in state.lines) if envelope else 0
    if envelope is not None and envelope.needs_bidder and envelope.until is not None:
        figures.append((tr("已交付"), f"{len(envelope.deliveries)} / {taking_part}"))
    if Fate.OPENED in fates or Fate.NOT_OPENED in fates:
        figures.append((tr("已解密"), f"{fates.count(Fate.OPENED)} / {taking_part}"))
    return tuple(figures)


def count_down(room: Room) -> tuple[str, datetime | None]:
    """Return what everybody waits for, and until when; None for nothing that has an hour."""
    word = tr("距投标截止") if room.state is LotState.PUBLISHED else tr("距交付结束")
    return word, next_end(room)
