"""The agency's side of an opening at this workstation: what its officers' word is asked for, step by step.

Every step that others must be able to prove is a room statement, signed by this workstation under an officer's
enrolment. A step that was done is not done twice: an answer that was lost is found in the room. All methods block.
Source: docs/tendering.md §6.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import generate_p256, point_of
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import OpeningState, Party
from desktop.portal.room_records import RoomEnvelope, RoomView
from desktop.protocol.codec import clean_text
from desktop.protocol.notices import Announcement, Notice
from desktop.protocol.room_key import wrap_room_key
from desktop.protocol.statements import (
    BidResult,
    OpeningNotice,
    Passed,
    RoomSigned,
    RoomStatement,
    read_room_statement,
    write_room_statement,
)
from desktop.services.action import ItemResult
from desktop.services.opening_bids import BidFate
from desktop.services.opening_evidence import Judge
from desktop.services.opening_fetch import Check, Collected, Report, collect_kept, fetch_envelope, fetch_time_key
from desktop.services.opening_release import ReleaseAction
from desktop.services.opening_results import Ranked, ranking, result_of
from desktop.services.opening_run import OpeningRun
from desktop.services.workspace import Workspace
from desktop.store.openings import KeptResult, OpeningStore

#: What one call takes, and how many bytes of it: with base64 around them, well below the platform's 1 MiB.
_STATEMENTS, _STATEMENT_BYTES = 200, 600 * 1024
_REASON_BYTES = 500
R = TypeVar("R", bound=RoomStatement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a bid's second envelope is opened; a refusal has a reason."""

    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far an envelope's results have come, here and in the room together.

    `undecided` are the bids that have none. `news`: the statements made here, in the order of the bids, that the room
    lacks or that better its own; what stands there for another reason than the agency's stands.
    """

    is_fetched: bool = False
    undecided: frozenset[bytes] = frozenset()
    news: tuple[bytes, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the envelope was fetched here and every bid has its result."""
        return self.is_fetched and not self.undecided


def batches(statements: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Divide statements, in their order, into as much as one call takes; a bid of many files has a long one."""
    batch: list[bytes] = []
    for statement in statements:
        if batch and (len(batch) == _STATEMENTS or sum(map(len, batch)) + len(statement) > _STATEMENT_BYTES):
            yield batch
            batch = []
        batch.append(statement)
    if batch:
        yield batch


class AgentRoom:
    """One lot's opening; `announcements` are all revisions, judged, oldest first."""

    def __init__(self, workspace: Workspace, lot_id: str, announcements: Sequence[Announcement]) -> None:
        self._workspace, self._lot_id = workspace, lot_id
        self._announcements = tuple(announcements)
        notice = self.notice
        own = {"platform": notice.platform, "tender": notice.tender, "lot": notice.lot}
        self._of_lot = own
        self.store = OpeningStore(workspace.folder.openings, **own)
        self._collected: dict[str, Collected] = {}

    @property
    def notice(self) -> Notice:
        """The notice in force."""
        return self._announcements[-1].notice

    def judge(self) -> Judge:
        """Return the judge of this lot's papers, with fresh lists as far as they can be had."""
        self._workspace.trust.refresh()
        return Judge.of(self._workspace, self._announcements)

    # -- the delivery window -----------------------------------------------------------------------------------------

    def open_window(self, envelope_id: str) -> RoomView:
        """Make the room key of an envelope, and publish the opening notice for the announced time.

        A window that a colleague has opened is left as it is: either of them goes on with it.

        Raises:
            RejectedError: `opening.not_officer`, `opening.closing_untrusted`, or what the platform refuses.
            UnavailableError: no connection.
        """
        room = self._workspace.api.room(self._lot_id)
        if self._opening_notice(room, envelope_id) is not None:
            return room
        announced = self._announcements[-1].key_of(envelope_id)
        if announced is None:
            raise RejectedError("opening.not_fetched", envelope_id)
        key = generate_p256()
        statement = OpeningNotice(
            **self._of_lot,
            envelope_id=envelope_id,
            room_key=point_of(key),
            room_wrap=wrap_room_key(key, opening_key=announced[0], **self._of_lot, envelope_id=envelope_id),
            closing_sha256=self.judge().closing(room.closing).document_sha256,
            until=int(self._workspace.api.time().timestamp()) + 60 * self.notice.window_minutes,
            revision=1,
            reason="",
        )
        try:
            return self._workspace.api.open_room(self._lot_id, self._speak(statement))
        except RejectedError:
            room = self._workspace.api.room(self._lot_id)
            if self._opening_notice(room, envelope_id) is None:
                raise
            return room  # a colleague was faster

    def extend(self, envelope_id: str, minutes: int, reason: str) -> RoomView:
        """Make the window of an envelope longer by some minutes, for a reason that everybody sees.

        Raises:
            RejectedError: as open_window, or there is no window.
        """
        room = self._workspace.api.room(self._lot_id)
        before = self._opening_notice(room, envelope_id)
        if before is None:
            raise RejectedError("opening.not_fetched", "no window")
        until = max(before.until, int(self._workspace.api.time().timestamp())) + 60 * minutes
        statement = replace(before, until=until, revision=before.revision + 1, reason=_clean(reason))
        return self._workspace.api.extend_room(self._lot_id, self._speak(statement))

    def end_delivery(self, envelope_id: str) -> RoomView:
        """Take no more shares; the platform says when it may be."""
        return self._workspace.api.end_delivery(self._lot_id, envelope_id)

    # -- the opening -------------------------------------------------------------------------------------------------

    def choose_place(self, folder: Path) -> None:
        """Say where bids and opened files go, before they are fetched."""
        self.store.keep_place(folder)

    def fetch(self, envelope_id: str, *, report: Report, check: Check) -> Mapping[bytes, str]:
        """Fetch and judge all that the opening needs; return by package what keeps a bid from opening, "" for nothing.

        Raises:
            RejectedError: a paper or a key is not what it should be.
            UnavailableError: no connection, or no room on the disk.
        """
        collected = fetch_envelope(
            self._workspace, self._lot_id, self.judge(), envelope_id, self.store, report=report, check=check
        )
        self._collected[envelope_id] = collected
        return collected.refusals

    def take_up(self, envelope_id: str, *, report: Report, check: Check) -> Mapping[bytes, str]:
        """Judge again what an earlier run fetched; of the network it needs the time key alone.

        Raises:
            RejectedError: nothing was fetched (`opening.not_fetched`), or it is not what it should be.
            UnavailableError: the platform's time key cannot be had.
        """
        collected = collect_kept(self.judge(), envelope_id, self.store, report=report, check=check)
        self._collected[envelope_id] = collected.with_time_key(
            fetch_time_key(self._workspace, self._lot_id, collected.envelope)
        )
        return collected.refusals

    def forget(self, envelope_id: str) -> None:
        """Take back that everything is here; what was fetched stays on the disk."""
        self._collected.pop(envelope_id, None)

    def is_ready(self, envelope_id: str) -> bool:
        """Tell whether everything for the scan is here."""
        return envelope_id in self._collected

    def release(
        self,
        envelope_id: str,
        certificate: CertificateFacts,
        *,
        on_fate: Callable[[ItemResult], None] = lambda _result: None,
    ) -> ReleaseAction:
        """Return the one scan that opens an envelope's bids.

        Raises:
            RejectedError: not everything is here (`opening.not_fetched`).
        """
        collected, place = self._collected.get(envelope_id), self.store.place()
        if collected is None or place is None:
            raise RejectedError("opening.not_fetched", envelope_id)
        run = OpeningRun(
            collected=collected,
            store=self.store,
            place=place,
            speak=self._speak,
            now=self._workspace.clock.now,
        )
        return ReleaseAction(self._workspace, run, certificate=certificate, on_fate=on_fate)

    def give_up(self, envelope_id: str, package: bytes) -> None:
        """State that a bid without a result could not be opened here, which is not its bidder's fault.

        For what no further scan mends; opened later all the same, the bid gets the better result until it is announced.

        Raises:
            RejectedError: it has a result, or takes no part (`opening.not_fetched`).
            UnavailableError: the result cannot be written.
        """
        results, fetched = self.store.results(envelope_id), self.store.fetched(envelope_id)
        if fetched is None or package in results or package not in {bid.package for bid in fetched.bids}:
            raise RejectedError("opening.not_fetched", package.hex())
        fate = BidFate(package_id=package, state=OpeningState.NOT_OPENED, cause="opening.given_up", party=Party.OTHER)
        at = int(self._workspace.clock.now().timestamp())
        statement = self._speak(result_of(fate, self.notice, envelope_id, at=at))
        self.store.keep_results(envelope_id, {**results, package: KeptResult(statement=statement)})

    # -- afterwards --------------------------------------------------------------------------------------------------

    def standing(self, envelope_id: str, told: Mapping[bytes, Party]) -> Standing:
        """Hold what was found here against what the room has been `told`: by package, the party of each result."""
        fetched = self.store.fetched(envelope_id)
        if fetched is None:
            return Standing()
        results, packages = self.store.results(envelope_id), [bid.package for bid in fetched.bids]
        return Standing(
            is_fetched=True,
            undecided=frozenset(packages) - results.keys() - told.keys(),
            news=tuple(
                results[package].statement
                for package in packages
                if package in results and _is_news(results[package], told.get(package))
            ),
        )

    def post_results(self, envelope_id: str, *, report: Report) -> RoomView:
        """Publish what came of each bid, as far as that is news: a colleague may have opened what failed here.

        Raises:
            RejectedError: some bid has no result, here or there (`opening.undecided`), or the platform refuses one.
        """
        room = self._workspace.api.room(self._lot_id)
        told = self._said(room, envelope_id, lambda found: found.results, Judge.result)
        standing = self.standing(envelope_id, {each.package_id: each.party for each in told})
        if not standing.is_complete:
            raise RejectedError("opening.undecided", envelope_id)
        statements, done = standing.news, 0
        for batch in batches(statements):
            report(done, len(statements), "")
            room = self._workspace.api.post_results(self._lot_id, batch)
            done += len(batch)
        report(len(statements), len(statements), "")
        return room

    def ranked(self, envelope_id: str, room: RoomView) -> tuple[Ranked, ...]:
        """Return the announcement's rows of the results that stand in the room."""
        judge = Judge.of(self._workspace, self._announcements)
        results: list[BidResult] = [
            judge.result(data, envelope_id).payload for data in room.envelopes[envelope_id].results.values()
        ]
        return ranking(results, self.notice.price_limit)

    def announce(self, envelope_id: str) -> RoomView:
        """Announce the results (唱标)."""
        return self._workspace.api.announce(self._lot_id, envelope_id)

    def decide(self, envelope_id: str, decisions: Mapping[bytes, Decision]) -> RoomView:
        """Publish which bids' next envelope is opened; the others stay sealed.

        Raises:
            RejectedError: a colleague has published another decision meanwhile (`opening.decided_otherwise`); then none
                is published.
        """
        at = int(self._workspace.clock.now().timestamp())
        decisions = {package: replace(said, reason=_clean(said.reason)) for package, said in decisions.items()}
        room = self._workspace.api.room(self._lot_id)
        told = self._said(room, envelope_id, lambda found: found.passed, Judge.passed)
        known = {each.package_id: Decision(passed=each.passed, reason=each.reason) for each in told}
        if any(known.get(package, said) != said for package, said in decisions.items()):
            raise RejectedError("opening.decided_otherwise", envelope_id)
        statements = [
            self._speak(
                Passed(
                    **self._of_lot,
                    envelope_id=envelope_id,
                    package_id=package,
                    passed=decision.passed,
                    reason=decision.reason,
                    at=at,
                )
            )
            for package, decision in decisions.items()
            if package not in known
        ]
        for batch in batches(statements):
            room = self._workspace.api.pass_bids(self._lot_id, batch)
        return room

    def answer(self, envelope_id: str, package: bytes, text: str) -> RoomView:
        """Answer a bidder's objection."""
        return self._workspace.api.answer_objection(self._lot_id, package=package, envelope=envelope_id, text=text)

    # -- statements --------------------------------------------------------------------------------------------------

    def _said(
        self,
        room: RoomView,
        envelope_id: str,
        papers: Callable[[RoomEnvelope], Mapping[bytes, bytes]],
        read: Callable[[Judge, bytes, str], RoomSigned[R]],
    ) -> list[R]:
        """Read the statements of one kind that the room has about the bids of an envelope."""
        judge, found = self.judge(), room.envelopes.get(envelope_id)
        return [read(judge, data, envelope_id).payload for data in papers(found).values()] if found else []

    def _opening_notice(self, room: RoomView, envelope_id: str) -> OpeningNotice | None:
        found: RoomEnvelope | None = room.envelopes.get(envelope_id)
        if found is None or not found.notice:
            return None
        judge = self.judge()
        return judge.opening_notice(found.notice, judge.closing(room.closing), envelope_id).payload

    def _speak(self, statement: RoomStatement) -> bytes:
        """Sign as this workstation, by the officer's enrolment.

        Raises:
            RejectedError: it is not enrolled by an officer of the lot (`opening.not_officer`).
        """
        own = self._workspace.workstation.asking_for(self.notice.agency_code)
        if own.enrolment is None or sha256(own.enrolment.certificate) not in self.notice.officers:
            raise RejectedError("opening.not_officer", own.name)
        return write_room_statement(
            statement,
            sign=own.sign,
            workstation_key=own.key_point,
            workstation_name=own.name,
            enrolment=own.enrolment,
        )


def _is_news(kept: KeptResult, told: Party | None) -> bool:
    """Tell whether the room lacks a result, or has one for which the agency is to blame, and this betters it."""
    if told is not Party.OTHER:
        return told is None
    return read_room_statement(kept.statement, BidResult).payload.party is not Party.OTHER


def _clean(reason: str) -> str:
    """Return a reason as it may stand in a statement; line breaks come in when texts are pasted."""
    return clean_text(reason.strip(), max_bytes=_REASON_BYTES)
