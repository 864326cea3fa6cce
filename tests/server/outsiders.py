"""Callers who know a unit well and have no say in it: who left it, who runs another one, whose session has ended."""

from collections.abc import Callable

from desktop.domain.operations import MemberRole
from desktop.server.context import Platform
from desktop.server.db.models import Member
from tests.server.client import Client
from tests.server.phone import place_order

OTHER_CREDIT_CODE = "91360100MA35T0001L"
OTHER_NAME = "江西另一家建设有限公司"


def unit_of(client: Client) -> str:
    return str(client.get("/api/v1/me")["organizations"][0]["id"])


def join(platform: Platform, organization_id: str, account_id: str, role: MemberRole) -> None:
    """Make somebody a member without the way there."""
    with platform.db.write() as session:
        member = Member(
            id=account_id[::-1],
            organization_id=organization_id,
            account_id=account_id,
            role=role,
            created_at=platform.now(),
        )
        session.add(member)


def former_member(admin: Client, connect: Callable[[], Client], platform: Platform) -> Client:
    """Return a certificate admin of the unit whom another one has removed; the session goes on."""
    client, unit = connect(), unit_of(admin)
    account = client.sign_in("13844444441")["account"]
    join(platform, unit, account["id"], MemberRole.CERTIFICATE_ADMIN)
    assert client.get(f"/api/v1/organizations/{unit}/grants") == []
    assert admin.send("DELETE", f"/api/v1/organizations/{unit}/members/{account['id']}").status_code == 204
    return client


def other_admin(operator: Client, connect: Callable[[], Client]) -> Client:
    """Return the certificate admin of another unit."""
    client = connect()
    client.sign_in("13844444442")
    person = {"holder_name": "王五", "id_number": "110101199003074258"}
    order = place_order(client, organization_name=OTHER_NAME, credit_code=OTHER_CREDIT_CODE, **person)
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    assert client.get("/api/v1/me")["organizations"][0]["member_role"] == MemberRole.CERTIFICATE_ADMIN
    return client


def with_ended_session(connect: Callable[[], Client], mobile: str) -> Client:
    """Return who has the token of a session that its owner has ended since."""
    thief, owner = connect(), connect()
    owner.sign_in(mobile)
    thief.token = owner.token
    assert owner.send("DELETE", "/api/v1/sessions/current").status_code == 204
    return thief
