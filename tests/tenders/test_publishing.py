"""An agency publishes and amends by phone on a real platform; phone and platform refuse what is not its own notice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.moments import write_moment
from desktop.domain.tendering import LotState, PolicyGroup
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.tender import read_announcements, signer_of
from desktop.portal.tender_records import DraftSaved, Lot
from desktop.protocol.notices import Announcement
from desktop.services.action import AskProof, Finish, Preparation
from desktop.services.publishing import AmendAction, PublishAction, PublishOrder, rehearse
from desktop.services.tender_desk import create_lot, open_work, own_lots, upload_documents
from desktop.services.tender_draft import TenderDraft, write_draft
from desktop.services.tender_notice import draft_of
from tests.tenders.conftest import Desk
from tests.tenders.notices import DOUBLE, DRAFT

LATER = "2026-12-16 09:30"


def published(desk: Desk, lot_id: str) -> tuple[Announcement, ...]:
    """What a bidder is told of the lot."""
    return read_announcements([each.announcement for each in desk.bidder.lot(lot_id).announcements])


# -- publishing --------------------------------------------------------------------------------------------------------


def test_a_published_lot_is_seen_by_a_bidder_with_the_notice_that_the_phone_signed(desk: Desk) -> None:
    lot = desk.lot()
    with pytest.raises(RejectedError) as unseen:
        desk.bidder.lot(lot.lot_id)
    assert unseen.value.code == "platform.not_found"
    desk.publish(lot)
    (announcement,) = published(desk, lot.lot_id)
    assert signer_of(announcement).sha256 == desk.me.certificate.sha256
    notice = announcement.notice
    assert (notice.tender, notice.lot, notice.agency) == (lot.tender, lot.lot, desk.company.name)
    assert notice.envelopes[0].groups == tuple(PolicyGroup)
    (listed,) = desk.bidder.lots()
    assert (listed.state, listed.revision, listed.is_agency) == (LotState.PUBLISHED, 1, False)


def test_both_envelopes_of_a_lot_get_their_own_opening_key_and_time_key(desk: Desk) -> None:
    lot = desk.lot()
    draft = desk.draft(is_double=True, envelopes=DOUBLE.envelopes)
    desk.publish(lot, draft)
    (announcement,) = published(desk, lot.lot_id)
    first, second = announcement.notice.envelopes
    assert len(set(announcement.keys)) == len(set(announcement.wraps)) == 2
    assert first.time_key != second.time_key
    assert second.not_before > first.not_before


def test_a_draft_is_kept_on_the_platform_for_the_agency_alone(desk: Desk) -> None:
    lot = desk.lot()
    begun = open_work(desk.workspace, lot.lot_id).draft
    assert (begun.tender_name, begun.members) == (DRAFT.tender_name, (desk.me.encryption.sha256,))
    half = replace(begun, deadline="2026-12-")
    saved = save(desk, lot, half)
    work = open_work(desk.workspace, lot.lot_id)
    assert (work.draft, work.saved) == (half, saved)
    assert desk.bidder.lots() == ()
    lots, more = own_lots(desk.workspace)
    assert ([each.lot_id for each in lots], more) == ([lot.lot_id], "")


def test_a_second_lot_of_the_same_project_is_made_under_it(desk: Desk) -> None:
    first = desk.lot()
    second = desk.lot(lot="JD-02")
    assert first.tender_id == second.tender_id
    with pytest.raises(RejectedError):
        create_lot(desk.workspace, number="", name="", purchaser="", lot="", lot_name="")


def test_documents_are_uploaded_and_found_by_bidders_under_their_hash(desk: Desk) -> None:
    lot, paths, taken = desk.lot(), [], []
    for name in ("招标文件.pdf", "清单.xlsx"):
        paths.append(desk.folder / name)
        paths[-1].write_bytes(b"%PDF-1.7 " + name.encode())
    _upload(desk, lot.lot_id, paths, taken)
    assert [each.name for each in taken] == ["招标文件.pdf", "清单.xlsx"]
    desk.publish(lot, desk.draft(documents=tuple(taken)))
    (announcement,) = published(desk, lot.lot_id)
    for document in announcement.notice.documents:
        received = bytearray()
        desk.bidder.tender_document(lot.lot_id, document.sha256, received.extend)
        assert sha256(bytes(received)) == document.sha256


def test_an_empty_document_is_refused_and_what_came_before_stays(desk: Desk) -> None:
    lot, taken = desk.lot(), []
    good, empty = desk.folder / "好.pdf", desk.folder / "空.pdf"
    good.write_bytes(b"%PDF-1.7")
    empty.touch()
    with pytest.raises(RejectedError) as refused:
        _upload(desk, lot.lot_id, [good, empty], taken)
    assert refused.value.code == "tender.document_unusable"
    assert [each.name for each in taken] == ["好.pdf"]


def test_the_dry_run_of_a_lot_leaves_no_trace_here_or_on_the_platform(desk: Desk) -> None:
    lot = desk.lot()
    run = rehearse(desk.workspace, desk.order(lot), Preparation())
    assert run.is_good
    assert list(desk.workspace.folder.work.glob("dry-run-*")) == []
    assert desk.workspace.api.lot(lot.lot_id).announcements == ()


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_t48_a_notice_of_another_agency_is_refused_by_the_phone(desk: Desk) -> None:
    lot = desk.lot()
    order = desk.order(lot)
    foreign = replace(order, basis=replace(order.basis, agency="别家代理", agency_code="91360000MA35XA712T"))
    for officer in foreign.officers:
        assert officer.certificate.credit_code != foreign.basis.agency_code
    view, result = desk.scan(_Unchecked(desk.workspace, foreign))
    assert (view.problem, result.code) == ("ceremony.declined", "phone.notice_mismatch")
    assert desk.workspace.api.lot(lot.lot_id).announcements == ()


def test_t48_a_notice_with_another_lot_s_number_is_refused_by_the_platform(desk: Desk) -> None:
    lot = desk.lot()
    order = desk.order(lot)
    view, _result = desk.scan(PublishAction(desk.workspace, replace(order, basis=replace(order.basis, lot="JD-99"))))
    assert view.problem == "tender.notice_differs"
    assert desk.workspace.api.lot(lot.lot_id).announcements == ()
    desk.publish(lot)


def test_a_committee_member_who_is_not_of_the_agency_is_refused_before_anybody_scans(desk: Desk) -> None:
    lot = desk.lot()
    stranger = desk.draft(members=(desk.me.encryption.sha256, b"\7" * 32))
    with pytest.raises(RejectedError) as refused:
        PublishAction(desk.workspace, desk.order(lot, stranger)).prepare(Preparation())
    assert refused.value.code == "tender.member_not_usable"


def test_t12_a_member_whose_certificate_was_revoked_is_refused_before_anybody_scans(desk: Desk) -> None:
    lot = desk.lot()
    order = desk.order(lot)
    desk.platform.operator.revoke_certificate(desk.me.certificate.serial, "遗失")
    with pytest.raises(RejectedError) as refused:
        PublishAction(desk.workspace, order).prepare(Preparation())
    assert refused.value.code in {"tender.member_not_usable", "ceremony.certificate_invalid"}


def test_a_lot_that_opens_after_every_officer_s_certificate_has_expired_is_refused_before_a_scan(
    desk: Desk,
) -> None:
    lot = desk.lot()
    expiry = desk.me.certificate.not_after
    (envelope,) = DRAFT.used
    for minutes, is_refused in ((29, True), (31, False)):
        opening = write_moment(expiry - timedelta(minutes=minutes))
        late = desk.draft(window="30", envelopes=(replace(envelope, opening=opening),))
        order = desk.order(lot, late)
        if is_refused:
            with pytest.raises(RejectedError) as refused:
                PublishAction(desk.workspace, order).prepare(Preparation())
            assert refused.value.code == "tender.officers_expire"
            with pytest.raises(RejectedError) as refused:
                rehearse(desk.workspace, order, Preparation())
            assert refused.value.code == "tender.officers_expire"
        else:
            PublishAction(desk.workspace, order).prepare(Preparation())


def test_a_scan_that_keeps_off_the_network_publishes_nothing(desk: Desk) -> None:
    lot = desk.lot()
    with pytest.raises(RejectedError) as refused:
        PublishAction(desk.workspace, desk.order(lot)).prepare(Preparation(offline=True))
    assert refused.value.code == "tender.needs_network"


def test_an_answer_lost_on_the_way_back_is_found_to_have_published(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = desk.lot()
    real = type(desk.workspace.api).publish

    def lost(api: Any, lot_id: str, transcript: bytes, **given: Any) -> None:
        real(api, lot_id, transcript, **given)
        raise UnavailableError("portal.timeout")

    monkeypatch.setattr(type(desk.workspace.api), "publish", lost)
    desk.publish(lot)
    assert len(published(desk, lot.lot_id)) == 1


def test_an_answer_that_never_arrived_is_not_taken_for_published(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = desk.lot()

    def never(*_given: Any, **_named: Any) -> None:
        raise UnavailableError("portal.timeout")

    with monkeypatch.context() as cut:
        cut.setattr(type(desk.workspace.api), "publish", never)
        view, _result = desk.scan(PublishAction(desk.workspace, desk.order(lot)))
    assert view.problem == "portal.timeout"
    desk.publish(lot)


# -- amendments --------------------------------------------------------------------------------------------------------


def test_an_amendment_moves_the_deadline_and_keeps_the_opening_keys(desk: Desk) -> None:
    lot = desk.lot()
    desk.publish(lot)
    work = open_work(desk.workspace, lot.lot_id)
    assert work.announcement is not None
    assert work.draft == draft_of(work.announcement.notice)
    changed = replace(work.draft, deadline=LATER, window="60")
    view, result = desk.scan(AmendAction(desk.workspace, desk.order(lot, changed)))
    assert (view.problem, result.is_success) == ("", True)
    first, second = published(desk, lot.lot_id)
    assert second.keys == first.keys
    assert second.notice.previous == first.notice_sha256
    assert second.notice.deadline > first.notice.deadline
    assert second.notice.window_minutes == 60


def test_an_amendment_of_what_a_colleague_amended_meanwhile_is_refused(desk: Desk) -> None:
    lot = desk.lot()
    desk.publish(lot)
    stale = desk.order(lot, draft_of(_in_force(desk, lot.lot_id).notice))
    view, _result = desk.scan(AmendAction(desk.workspace, replace(stale, draft=replace(stale.draft, window="40"))))
    assert view.problem == ""
    with pytest.raises(RejectedError) as refused:
        AmendAction(desk.workspace, stale).prepare(Preparation())
    assert refused.value.code == "tender.changed_elsewhere"


def test_an_amendment_after_the_deadline_is_refused_by_the_platform(desk: Desk) -> None:
    lot = desk.lot()
    desk.publish(lot, desk.draft(deadline="2026-11-24 10:30"))
    draft = replace(draft_of(_in_force(desk, lot.lot_id).notice), deadline=LATER)
    order = desk.order(lot, draft)
    desk.clock.advance(31 * 60)
    desk.platform.handle.forget_sessions()
    view, _result = desk.scan(AmendAction(desk.workspace, order))
    assert view.problem == "tender.deadline_passed"
    assert len(published(desk, lot.lot_id)) == 1


def test_a_draft_begun_before_an_amendment_is_not_taken_up_after_it(desk: Desk) -> None:
    lot = desk.lot()
    desk.publish(lot)
    old = draft_of(_in_force(desk, lot.lot_id).notice)
    view, _result = desk.scan(AmendAction(desk.workspace, desk.order(lot, replace(old, window="45"))))
    assert view.problem == ""
    save(desk, lot, replace(old, lot_name="旧稿"))
    work = open_work(desk.workspace, lot.lot_id)
    assert (work.draft.amends, work.draft.window, work.draft.lot_name) == (2, "45", old.lot_name)


def test_a_draft_that_a_colleague_has_changed_meanwhile_is_not_published_over_their_words(desk: Desk) -> None:
    lot = desk.lot()
    seen = save(desk, lot, desk.draft()).number
    save(desk, lot, desk.draft(price_limit="999.00"))
    with pytest.raises(RejectedError, match=r"tender\.draft_changed"):
        PublishAction(desk.workspace, desk.order(lot, saves=seen)).prepare(Preparation())


class _ColleagueIsFaster(PublishAction):
    """A colleague changes the draft while the phone is asked."""

    def __init__(self, desk: Desk, order: PublishOrder) -> None:
        super().__init__(desk.workspace, order)
        self.desk, self.lot = desk, order.lot

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        save(self.desk, self.lot, self.desk.draft(price_limit="999.00"))
        return super().act(verified)


def test_words_that_a_colleague_saves_during_the_scan_are_not_published_over(desk: Desk) -> None:
    lot = desk.lot()
    seen = save(desk, lot, desk.draft()).number
    view, _result = desk.scan(_ColleagueIsFaster(desk, desk.order(lot, saves=seen)))
    assert view.problem == "tender.draft_changed"
    work = open_work(desk.workspace, lot.lot_id)
    assert (work.announcement, work.lot.state) == (None, LotState.DRAFT)
    assert work.draft.price_limit == "999.00"


def test_own_save_that_arrives_while_the_notice_is_handed_in_is_no_colleagues(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = desk.lot()
    api = type(desk.workspace.api)
    real = api.publish

    def slower(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(api, "publish", real)
        save(desk, lot, desk.draft())
        return real(*given, **named)

    seen = save(desk, lot, desk.draft(price_limit="999.00")).number
    monkeypatch.setattr(api, "publish", slower)
    view, result = desk.scan(PublishAction(desk.workspace, desk.order(lot, saves=seen)))
    assert (view.problem, result.is_success) == ("", True)
    assert len(published(desk, lot.lot_id)) == 1


def save(desk: Desk, lot: Lot, draft: TenderDraft) -> DraftSaved:
    """Save a draft as a colleague does who has seen the newest."""
    seen = desk.workspace.api.lot(lot.lot_id).saved
    assert seen is not None
    return desk.workspace.api.save_draft(lot.lot_id, write_draft(draft), after=seen.number)


class _Unchecked(PublishAction):
    """A workstation that does not look before it asks."""

    def _require(self, *_given: Any) -> None:
        """Let everybody pass."""


def _in_force(desk: Desk, lot_id: str) -> Announcement:
    announcement = open_work(desk.workspace, lot_id).announcement
    assert announcement is not None
    return announcement


def _upload(desk: Desk, lot_id: str, paths: list[Path], taken: list[Any]) -> None:
    upload_documents(
        desk.workspace,
        lot_id,
        tuple(paths),
        report=lambda _done, _total, _text: None,
        check=lambda: None,
        taken=taken.append,
    )
