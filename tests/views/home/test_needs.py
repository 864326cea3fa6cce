from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desktop.domain.ids import OrganizationId
from desktop.domain.operations import (
    CertificateState,
    GrantState,
    MemberRole,
    OrderKind,
    OrderState,
    SealKind,
    SealState,
)
from desktop.portal.unit_records import Grant
from desktop.store.bids import BidNote
from desktop.store.journal import Entry, EntryState
from desktop.views.home.needs import Need, NeedKind, Situation, needs
from desktop.views.home.words import need_words
from tests.views.login.world import NOW, a_certificate, a_seal, an_order


def kinds(**situation: Any) -> list[NeedKind]:
    return [need.kind for need in needs(Situation(**situation))]


def only(**situation: Any) -> Need:
    (need,) = needs(Situation(**situation))
    return need


def ready(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "certificates": (a_certificate(),),
        "seals": (a_seal(state=SealState.CLAIMED),),
        "orders": (an_order(state=OrderState.COMPLETED),),
        "is_enrolled": True,
    }
    return usual | changes


def entry(operation: str, number: int = 1) -> Entry:
    return Entry(
        ceremony_id=bytes([number]) * 32,
        operation=operation,
        consumed_at=NOW,
        state=EntryState.INTERRUPTED,
        subject="投标函.pdf",
        result="",
    )


def test_new_account_is_told_to_order_a_certificate():
    assert kinds() == [NeedKind.ORDER_CERTIFICATE]


def test_order_under_review_is_waited_for_and_no_second_one_is_asked_for():
    need = only(orders=(an_order(),))
    assert (need.kind, need.subject) == (NeedKind.ORDER_IN_REVIEW, an_order().organization_name)


def test_approved_order_is_to_be_downloaded():
    need = only(orders=(an_order(3, state=OrderState.APPROVED),))
    assert (need.kind, need.target) == (NeedKind.DOWNLOAD, an_order(3).order_id)


def test_rejected_order_tells_its_reason():
    assert only(orders=(an_order(state=OrderState.REJECTED, reason="照片不清晰"),)).reason == "照片不清晰"


def test_rejected_order_followed_by_a_new_one_is_history():
    old = an_order(2, state=OrderState.REJECTED, created_at=NOW - timedelta(days=2))
    assert kinds(orders=(an_order(1), old)) == [NeedKind.ORDER_IN_REVIEW]


def test_everything_ready_needs_nothing():
    assert kinds(**ready()) == []


def test_workstation_not_enrolled_comes_before_the_seal():
    assert kinds(certificates=(a_certificate(),)) == [NeedKind.ENROL, NeedKind.APPLY_FOR_SEAL]


def test_approved_seal_is_to_be_claimed():
    need = only(**ready(seals=(a_seal(9, state=SealState.APPROVED),)))
    assert (need.kind, need.target) == (NeedKind.CLAIM_SEAL, a_seal(9).seal_id)


def test_seal_of_a_colleague_is_not_mine_to_claim():
    foreign = a_seal(state=SealState.APPROVED, certificate_serial="77")
    assert kinds(**ready(seals=(foreign,))) == [NeedKind.APPLY_FOR_SEAL]


def test_void_seal_must_be_applied_for_anew():
    assert kinds(**ready(seals=(a_seal(state=SealState.VOID),))) == [NeedKind.APPLY_FOR_SEAL]


def test_rejected_seal_is_told_until_another_of_its_kind_is_on_its_way():
    rejected = a_seal(1, state=SealState.REJECTED)
    assert kinds(**ready(seals=(rejected,))) == [NeedKind.SEAL_REJECTED]
    assert kinds(**ready(seals=(rejected, a_seal(2)))) == [NeedKind.SEAL_IN_REVIEW]
    other = a_seal(3, kind=SealKind.CONTRACT, state=SealState.CLAIMED)
    assert kinds(**ready(seals=(rejected, other))) == [NeedKind.SEAL_REJECTED]


def test_certificate_that_expires_soon_is_told_with_its_day():
    soon = a_certificate(state=CertificateState.EXPIRES_SOON)
    need = only(**ready(certificates=(soon,)))
    assert (need.kind, need.until) == (NeedKind.EXPIRES_SOON, soon.not_after)


def test_expired_certificate_is_the_first_thing_to_see_to():
    expired = a_certificate(state=CertificateState.EXPIRED)
    assert kinds(**ready(certificates=(expired,)))[0] is NeedKind.CERTIFICATE_EXPIRED


def test_certificate_of_a_colleague_does_not_count_as_mine():
    assert NeedKind.ORDER_CERTIFICATE in kinds(certificates=(a_certificate(mine=False),))


def test_interrupted_sealing_comes_first():
    assert kinds(interrupted=(entry("seal"),))[0] is NeedKind.INTERRUPTED


def test_interrupted_login_is_not_told():
    assert kinds(**ready(interrupted=(entry("login"),))) == []


def test_many_interrupted_operations_do_not_fill_the_page():
    many = tuple(entry("seal", number) for number in range(9))
    assert kinds(**ready(interrupted=many)) == [NeedKind.INTERRUPTED] * 3


def a_grant(state: GrantState = GrantState.INVITED) -> Grant:
    return Grant(
        grant_id="g" * 32,
        organization_id=OrganizationId("1" * 32),
        organization_name="赣州市第1建设有限公司",
        name="李*",
        id_number_masked="110***********425X",
        mobile_masked="137****0022",
        role=MemberRole.CERTIFICATE_USER,
        state=state,
        granted_by="张*",
        reason="",
        created_at=NOW,
    )


def test_granted_certificate_is_to_be_claimed_and_nothing_else_ordered():
    need = only(claimable=(a_grant(),))
    assert (need.kind, need.target) == (NeedKind.CLAIM_CERTIFICATE, "g" * 32)


def test_papers_of_a_grantee_in_review_are_waited_for():
    assert kinds(claimable=(a_grant(GrantState.PENDING_REVIEW),)) == [NeedKind.IDENTITY_IN_REVIEW]


def test_certificate_that_expires_soon_is_no_longer_told_once_its_renewal_is_under_way_or_done():
    soon = a_certificate(state=CertificateState.EXPIRES_SOON)
    assert NeedKind.EXPIRES_SOON in kinds(**ready(certificates=(soon,)))
    renewal = an_order(5, kind=OrderKind.RENEW, predecessor=soon.serial)
    assert kinds(**ready(certificates=(soon,), orders=(renewal,))) == [NeedKind.ORDER_IN_REVIEW]
    followed = a_certificate(state=CertificateState.EXPIRES_SOON, successor="99")
    assert kinds(**ready(certificates=(followed,))) == []


def test_refused_change_is_told_beside_the_first_order():
    refused = an_order(
        5, kind=OrderKind.CHANGE, predecessor="11", state=OrderState.REJECTED, created_at=NOW - timedelta(days=9)
    )
    assert kinds(**ready(orders=(an_order(state=OrderState.COMPLETED), refused))) == [NeedKind.ORDER_REJECTED]


def bid(hours: float, path: str = "/a.bid") -> BidNote:
    return BidNote(credit_code="C", tender="T", lot="1", deadline=NOW + timedelta(hours=hours), path=path)


@pytest.mark.parametrize(
    ("hours", "path", "kind", "page"),
    [
        (48, "/a.bid", NeedKind.BID_PREPARED, ("projects", "rehearse:/a.bid")),
        (48, "", NeedKind.BID_PREPARED, ("projects", "pack")),
        (24, "/a.bid", NeedKind.BID_DUE, ("projects", "rehearse:/a.bid")),
        (0.1, "", NeedKind.BID_DUE, ("projects", "pack")),
        (0, "/a.bid", NeedKind.BID_OPENING, ("projects", "open:/a.bid")),
    ],
)
def test_bid_is_told_by_its_deadline(hours: float, path: str, kind: NeedKind, page: tuple[str, str]) -> None:
    need = only(**ready(bids=(bid(hours, path),), now=NOW))
    assert need.kind is kind
    words = need_words(need)
    assert (words.page, words.payload) == page
    assert "T · 1" in words.text


def test_bid_that_was_never_finished_is_not_told_after_its_deadline() -> None:
    assert kinds(**ready(bids=(bid(-1, ""),), now=NOW)) == []


def test_a_submitted_bid_is_told_only_when_its_opening_begins() -> None:
    assert kinds(**ready(bids=(replace(bid(1), submitted_lot="l1"),), now=NOW)) == []
    need = only(**ready(bids=(replace(bid(-1), submitted_lot="l1"),), now=NOW))
    words = need_words(need)
    assert (need.kind, words.page, words.payload) == (NeedKind.BID_OPENING, "room", "l1")


def test_bid_due_comes_first_and_one_with_time_last() -> None:
    expiring = a_certificate(state=CertificateState.EXPIRES_SOON)
    situation = ready(bids=(bid(1), bid(99)), now=NOW, certificates=(expiring,))
    assert kinds(**situation) == [NeedKind.BID_DUE, NeedKind.EXPIRES_SOON, NeedKind.BID_PREPARED]


def test_records_that_wait_are_told_with_their_number() -> None:
    need = only(**ready(waiting=3))
    assert need_words(need).title == "3 条使用记录尚未上传"
    assert need_words(need).page == "records"


@pytest.mark.parametrize("kind", NeedKind)
def test_every_need_has_words_and_a_way(kind: NeedKind) -> None:
    words = need_words(Need(kind=kind, subject="x", target="t", operation="seal", until=NOW))
    assert words.title
    assert words.action
    assert words.page in {"projects", "sealing", "certificates", "seals", "records", "me", "home"}
