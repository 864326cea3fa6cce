"""The client's calls about people, against the platform itself: what one side writes, the other reads."""

from collections.abc import Callable

import pytest

from desktop.domain.errors import RejectedError
from desktop.domain.operations import (
    CheckState,
    GrantState,
    MemberRole,
    NoticeKind,
    OrderKind,
    OrderState,
)
from desktop.portal.api import PlatformApi, UsageFilter
from desktop.portal.unit_api import GrantForm
from tests.portal.platform import PAPER, SignIn
from tests.server.conftest import START
from tests.server.phone import png

GRANTEE = GrantForm(
    name="李四光", id_number="36010219900101123X", mobile="13822222222", role=MemberRole.CERTIFICATE_USER
)


def unit_of(api: PlatformApi) -> str:
    return api.me()[1][0].organization_id


def test_grant_is_given_claimed_reviewed_and_ended(admin: PlatformApi, desk: PlatformApi, sign_in: SignIn) -> None:
    unit = unit_of(admin)
    given = admin.give(unit, GRANTEE)
    assert admin.grants(unit) == (given,)
    grantee = sign_in(GRANTEE.mobile)
    (offer,) = grantee.claimable()
    assert (offer.state, offer.organization_name) == (GrantState.INVITED, given.organization_name)
    check = grantee.submit_for_grant(
        offer.grant_id, name=GRANTEE.name, id_number=GRANTEE.id_number, papers=[PAPER, PAPER]
    )
    assert (grantee.identity_checks(), check.papers) == ((check,), 2)
    (seen,) = desk.checks_to_review()
    assert (seen.name, desk.check_file(seen.check_id, 1)) == (GRANTEE.name, png())
    desk.review_check(seen.check_id, approve=True)
    assert [c.state for c in grantee.identity_checks()] == [CheckState.APPROVED]
    (order,) = grantee.orders()
    assert (order.kind, order.state) == (OrderKind.GRANT, OrderState.APPROVED)
    (me,) = (m for m in grantee.members(unit) if m.is_self)
    assert admin.change_role(unit, me.account_id, MemberRole.CERTIFICATE_ADMIN).role is MemberRole.CERTIFICATE_ADMIN
    admin.remove_member(unit, me.account_id)
    assert [m.is_self for m in admin.members(unit)] == [True]
    found = grantee.notices()
    assert found.unread == len(found.notices) == 3
    assert found.notices[0].kind == NoticeKind.MEMBER_REMOVED
    grantee.mark_read([n.number for n in found.notices])
    assert grantee.notices().unread == 0
    assert grantee.notices(before=found.notices[0].number).notices[0].read_at is not None


def test_revoked_grant_is_offered_no_more(admin: PlatformApi, sign_in: SignIn) -> None:
    given = admin.give(unit_of(admin), GRANTEE)
    admin.revoke_grant(given.grant_id)
    assert sign_in(GRANTEE.mobile).claimable() == ()
    assert [g.state for g in admin.grants(unit_of(admin))] == [GrantState.REVOKED]


def test_certificate_that_nobody_has_is_followed_by_none(admin: PlatformApi) -> None:
    calls: list[Callable[[], object]] = [
        lambda: admin.renew("AB"),
        lambda: admin.change("AB", organization_name="新名称", papers=[PAPER]),
        lambda: admin.reissue("AB", [PAPER]),
    ]
    for call in calls:
        with pytest.raises(RejectedError, match=r"platform\.not_found"):
            call()


def test_usage_records_are_asked_for_with_every_filter(admin: PlatformApi) -> None:
    wanted = UsageFilter(
        organization_id=unit_of(admin),
        operation="seal",
        user="张三丰",
        certificate_serial="AB",
        since=START,
        until=START,
        result="failed",
        text="标",
    )
    assert admin.usage_records(wanted, limit=10, before=5) == admin.usage_records() == ()
