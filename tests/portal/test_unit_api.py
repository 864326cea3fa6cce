"""The client's calls about people, against the platform itself: what one side writes, the other reads."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.clock import ManualClock
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
from desktop.portal.http import HttpClient
from desktop.portal.unit_api import GrantForm
from desktop.server.app import create_app
from desktop.server.context import Platform
from desktop.server.demo import OPERATOR_MOBILE, seed
from desktop.server.settings import ServerSettings
from desktop.server.sms import outbox
from desktop.server.threaded import ThreadedServer
from desktop.testing.rig import Company, order_form
from tests.server.conftest import START, Counted
from tests.server.phone import png

PAPER = ("证件.png", png(), "image/png")
GRANTEE = GrantForm(
    name="李四光", id_number="36010219900101123X", mobile="13822222222", role=MemberRole.CERTIFICATE_USER
)

SignIn = Callable[[str], PlatformApi]


@pytest.fixture
def sign_in(tmp_path: Path) -> Iterator[SignIn]:
    """Sign somebody in at a platform of this test's own."""
    clock = ManualClock(START)
    app = create_app(ServerSettings(state_folder=tmp_path / "state"), clock, Counted("portal"))
    platform: Platform = app.state.platform
    seed(platform)
    clients: list[HttpClient] = []
    with ThreadedServer(app) as url:

        def make(mobile: str) -> PlatformApi:
            tokens: list[str] = []
            clients.append(HttpClient(url))
            api = PlatformApi(clients[-1], lambda: tokens[-1] if tokens else None)
            api.send_sms_code(mobile)
            with platform.db.read() as session:
                code = outbox(session, mobile)[0].code
            tokens.append(api.sign_in_by_sms(mobile, code).token)
            return api

        yield make
        for client in clients:
            client.close()


@pytest.fixture
def desk(sign_in: SignIn) -> PlatformApi:
    return sign_in(OPERATOR_MOBILE)


@pytest.fixture
def admin(sign_in: SignIn, desk: PlatformApi) -> PlatformApi:
    api = sign_in(Company().mobile)
    desk.review_order(api.place_order(order_form(Company())).order_id, approve=True)
    return api


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
