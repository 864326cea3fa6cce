"""A lot as this workstation has seen it: signed by its agency, never exchanged, its documents as signed (T48)."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.crypto.suites import generate_p256, spki_of
from desktop.domain.errors import BidSealError
from desktop.portal.api import PlatformApi
from desktop.protocol.notices import Announcement
from desktop.services import tenders
from desktop.services.tenders import document_path, fetch_document, list_lots, open_lot
from desktop.services.workspace import Workspace
from desktop.store.lots import LotStore
from tests.submission import world as small
from tests.submission.world import LOT_ID, Agency, World


def code_of(desk: Workspace) -> str:
    with pytest.raises(BidSealError) as caught:
        open_lot(desk, LOT_ID)
    return caught.value.code


def test_a_lot_is_listed_opened_and_kept(desk: Workspace, world: World) -> None:
    assert [lot.lot_name for lot in list_lots(desk)] == ["土建"]
    known = open_lot(desk, LOT_ID)
    assert (known.notice, known.is_readable_early) == (world.notice, False)
    kept = LotStore(desk.folder.tenders).read(world.notice.tender, world.notice.lot)
    assert kept is not None
    assert [each.announcement for each in kept.revisions] == world.revisions
    assert LotStore(desk.folder.tenders).find(LOT_ID) == kept


def test_an_amendment_by_an_officer_is_taken_and_kept(desk: Workspace, world: World) -> None:
    open_lot(desk, LOT_ID)
    later = world.notice.deadline + 7200
    world.amend(deadline=later, envelopes=tuple(replace(e, not_before=later) for e in world.notice.envelopes))
    known = open_lot(desk, LOT_ID)
    assert (known.notice.revision, known.notice.deadline) == (2, later)
    assert len(known.announcements) == 2


def test_t48_a_revision_once_seen_cannot_be_exchanged_or_taken_back(desk: Workspace, world: World) -> None:
    world.amend(window_minutes=45)
    open_lot(desk, LOT_ID)
    seen = list(world.revisions)
    world.revisions.pop()
    assert code_of(desk) == "bid.announcement_exchanged"
    agency = Agency(authority=world.authority)
    keys = tuple(spki_of(generate_p256()) for _ in world.keys)
    first = replace(world.notice, revision=1, previous=b"", officers=world.notice.officers)
    world.revisions = [agency.announce(first, keys)]
    assert code_of(desk) == "bid.announcement_exchanged"
    world.revisions = seen
    assert open_lot(desk, LOT_ID).notice.window_minutes == 45


def test_an_answer_that_was_overtaken_by_a_later_one_accuses_nobody(
    desk: Workspace, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, ask = desk.api.lot(LOT_ID), PlatformApi.lot
    world.amend(window_minutes=45)
    open_lot(desk, LOT_ID)
    answers = [late]
    monkeypatch.setattr(PlatformApi, "lot", lambda api, lot_id: answers.pop() if answers else ask(api, lot_id))
    assert open_lot(desk, LOT_ID).notice.window_minutes == 45


def test_what_another_thread_has_seen_of_a_lot_meanwhile_is_not_forgotten(
    desk: Workspace, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = tenders.judge_announcement
    published = [True]

    def judge_slowly(data: bytes, **basis: Any) -> Announcement:
        if published and published.pop():
            world.amend(window_minutes=45)
            open_lot(desk, LOT_ID)  # as another thread does while this one judges what it got before
        return judge(data, **basis)

    monkeypatch.setattr(tenders, "judge_announcement", judge_slowly)
    open_lot(desk, LOT_ID)
    kept = LotStore(desk.folder.tenders).find(LOT_ID)
    assert kept is not None
    assert [each.announcement for each in kept.revisions] == world.revisions


def test_t48_two_threads_that_are_shown_different_notices_do_not_both_believe_them(
    desk: Workspace, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = list(world.revisions)
    judge = tenders.judge_announcement
    shown = [True]

    def judge_slowly(data: bytes, **basis: Any) -> Announcement:
        if shown and shown.pop():
            first = replace(world.notice, window_minutes=45)
            world.revisions = [world.agency.announce(first, world.keys)]
            open_lot(desk, LOT_ID)
            world.revisions = honest
        return judge(data, **basis)

    monkeypatch.setattr(tenders, "judge_announcement", judge_slowly)
    assert code_of(desk) == "bid.announcement_exchanged"


def test_t48_an_amendment_with_other_keys_is_refused_loudly(desk: Workspace, world: World) -> None:
    open_lot(desk, LOT_ID)
    world.amend(keys=tuple(spki_of(generate_p256()) for _ in world.keys))
    assert code_of(desk) == "bid.keys_exchanged"


def test_t48_an_amendment_by_somebody_else_of_the_agency_is_refused(desk: Workspace, world: World) -> None:
    world.amend(agency=Agency(authority=world.authority), window_minutes=45)
    assert code_of(desk) == "tender.amendment_not_allowed"


def test_t48_an_announcement_that_the_agency_did_not_sign_is_refused(desk: Workspace, world: World) -> None:
    stranger = Agency(authority=world.authority, name="别家公司", code="91110000MA00000000")
    world.revisions = [stranger.announce(world.notice, world.keys)]
    assert code_of(desk) == "bid.announcement_untrusted"
    forger = replace(world.agency, key=generate_p256())
    forger.certificate = world.agency.certificate
    world.revisions = [forger.announce(world.notice, world.keys)]
    assert code_of(desk) == "bid.announcement_untrusted"


def test_a_tender_document_is_taken_only_as_it_was_signed(
    desk: Workspace, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = open_lot(desk, LOT_ID)
    (document,) = known.notice.documents
    with monkeypatch.context() as patched:
        for forged in (small.DOCUMENT[:-1] + b"!", small.DOCUMENT + b"!", small.DOCUMENT[:-1]):
            patched.setattr(small, "DOCUMENT", forged)
            with pytest.raises(BidSealError, match=r"bid\.document_changed"):
                fetch_document(desk, known, document)
            assert list(document_path(known, document).parent.iterdir()) == []
    path = fetch_document(desk, known, document)
    assert path.read_bytes() == small.DOCUMENT
    assert fetch_document(desk, known, document) == path
