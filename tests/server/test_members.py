"""Members and grants: who may let whom into a unit, and what ends with a membership (manual section 9, threat T34)."""

from collections.abc import Callable
from typing import Any

import pytest

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import GrantState, MemberRole, PlatformRole
from desktop.server.cases import grants, members
from desktop.server.context import Platform
from desktop.server.db.models import Grant, Member
from desktop.server.rules.permissions import Actor
from tests.server.client import Client
from tests.server.phone import (
    CREDIT_CODE,
    NAME,
    Ceremonies,
    Keys,
    b64,
    download,
    order_form,
    papers,
    png,
    seal_files,
    seal_form,
)

GRANTEE = {"name": "李四光", "id_number": "36010219900101123X", "mobile": "13822222222", "role": "certificate_user"}
OTHER_CREDIT_CODE = "91360100MA35T0001L"


def unit_of(client: Client) -> str:
    return str(client.get("/api/v1/me")["organizations"][0]["id"])


def give(admin: Client, **changed: str) -> Any:
    return admin.post(f"/api/v1/organizations/{unit_of(admin)}/grants", GRANTEE | changed)


def proof(**changed: str) -> dict[str, Any]:
    form = {"name": GRANTEE["name"], "id_number": GRANTEE["id_number"], **changed}
    return {"data": form, "files": [("papers", ("正面.png", png(), "image/png")), ("papers", ("反面.png", png(70)))]}


def submit(client: Client, grant: Any, **changed: str) -> Any:
    return client.post(f"/api/v1/grants/{grant['id']}/identity-check", **proof(**changed))


@pytest.fixture
def grantee(admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client) -> Client:
    """Somebody who was granted, shown to be the person, and approved."""
    grant = give(admin)
    client = connect()
    client.sign_in(GRANTEE["mobile"])
    check = submit(client, grant)
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})
    return client


def test_grantee_claims_after_the_identity_check_and_downloads(
    admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client, ceremonies: Ceremonies
) -> None:
    grant = give(admin)
    assert (grant["state"], grant["id_number_masked"], grant["mobile_masked"]) == (
        "invited",
        "360***********123X",
        "138****2222",
    )
    client = connect()
    client.sign_in(GRANTEE["mobile"])
    (offer,) = client.get("/api/v1/claimable")
    assert (offer["organization_name"], offer["name"], offer["granted_by"]) == (NAME, "李**", "张**")
    assert client.get("/api/v1/me")["organizations"] == client.get("/api/v1/orders") == []
    check = submit(client, grant)
    assert (check["state"], check["papers"]) == ("pending_review", 2)
    (waiting,) = operator.get("/api/v1/review/checks")
    assert (waiting["name"], waiting["id_number_masked"]) == ("李四光", "360***********123X")
    assert operator.send("GET", f"/api/v1/review/checks/{check['id']}/files/1").content == png(70)
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})
    (order,) = client.get("/api/v1/orders")
    assert (order["kind"], order["state"], order["holder_name"]) == ("grant", "approved", "李四光")
    assert client.get("/api/v1/me")["organizations"][0]["member_role"] == "certificate_user"
    theirs = Keys()
    download(client, ceremonies, order, theirs)
    assert [c["serial"] for c in client.get("/api/v1/certificates")] == [theirs.serial]
    assert client.get("/api/v1/claimable") == []
    kinds = [n["kind"] for n in client.get("/api/v1/notices")["notices"]]
    assert kinds == ["certificate_issued", "order_approved"]
    assert "member_added" in [n["kind"] for n in admin.get("/api/v1/notices")["notices"]]


def test_rejected_papers_may_be_handed_in_again(
    admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client, clock: ManualClock
) -> None:
    grant = give(admin)
    client = connect()
    client.sign_in(GRANTEE["mobile"])
    check = submit(client, grant)
    path = f"/api/v1/review/checks/{check['id']}"
    assert operator.refused("POST", path, json={"approve": False}) == (422, "platform.bad_field")
    operator.post(path, {"approve": False, "reason": "照片不清晰"})
    assert operator.refused("POST", path, json={"approve": True}) == (409, "platform.wrong_state")
    assert [(o["state"], o["reason"]) for o in client.get("/api/v1/claimable")] == [("rejected", "照片不清晰")]
    clock.advance(1)
    assert submit(client, grant)["state"] == "pending_review"
    assert [c["state"] for c in client.get("/api/v1/identity-checks")] == ["pending_review", "rejected"]


def test_t34_grant_is_for_the_person_it_names_and_for_the_number_it_names(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform
) -> None:
    grant = give(admin)
    path = f"/api/v1/grants/{grant['id']}/identity-check"
    client, thief = connect(), connect()
    client.sign_in(GRANTEE["mobile"])
    thief.sign_in("13844444444")
    assert thief.get("/api/v1/claimable") == []
    assert thief.refused("POST", path, **proof()) == (404, "platform.not_found")
    for changed in ({"id_number": "11010519491231002X"}, {"name": "王五"}):
        assert client.refused("POST", path, **proof(**changed)) == (409, "platform.identity_differs")
    assert client.refused("POST", path, **proof(id_number="360102199001011230")) == (400, "platform.id_number_invalid")
    with platform.db.read() as session:
        assert session.query(Grant).one().state == GrantState.INVITED


def test_t34_user_cannot_grant_or_remove_and_a_stranger_learns_nothing(
    admin: Client, grantee: Client, connect: Callable[[], Client]
) -> None:
    unit = unit_of(admin)
    stranger = connect()
    stranger.sign_in("13844444444")
    someone = GRANTEE | {"mobile": "13855555555", "id_number": "110101199003074477"}
    admin_id = admin.get("/api/v1/me")["account"]["id"]
    requests = [
        ("POST", f"/api/v1/organizations/{unit}/grants", {"json": someone}),
        ("GET", f"/api/v1/organizations/{unit}/grants", {}),
        ("DELETE", f"/api/v1/organizations/{unit}/members/{admin_id}", {}),
        ("POST", f"/api/v1/organizations/{unit}/members/{admin_id}/role", {"json": {"role": "certificate_user"}}),
    ]
    for method, path, options in requests:
        assert grantee.refused(method, path, **options) == (403, "platform.forbidden"), path
        assert stranger.refused(method, path, **options) == (404, "platform.not_found"), path
    assert len(grantee.get(f"/api/v1/organizations/{unit}/members")) == 2
    assert stranger.refused("GET", f"/api/v1/organizations/{unit}/members") == (404, "platform.not_found")


def test_same_person_is_granted_once(admin: Client, keys: Keys, grantee: Client) -> None:
    path = f"/api/v1/organizations/{unit_of(admin)}/grants"
    assert admin.refused("POST", path, json=GRANTEE) == (409, "platform.already_member")
    give(admin, mobile="13855555555", id_number="110101199003074477")
    for changed in ({"mobile": "13866666666"}, {"id_number": "11010519491231002X"}):
        body = GRANTEE | {"mobile": "13855555555", "id_number": "110101199003074477"} | changed
        assert admin.refused("POST", path, json=body)[0] == 409


@pytest.mark.parametrize(
    "changed", [{"id_number": "360102199001011230"}, {"mobile": "12822222222"}, {"name": " "}, {"role": "operator"}]
)
def test_grant_with_an_unacceptable_part_is_refused(admin: Client, keys: Keys, changed: dict[str, str]) -> None:
    assert admin.refused("POST", f"/api/v1/organizations/{unit_of(admin)}/grants", json=GRANTEE | changed)[0] in {
        400,
        422,
    }


def test_revoked_grant_can_neither_be_claimed_nor_approved(
    admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client
) -> None:
    grant = give(admin)
    client = connect()
    client.sign_in(GRANTEE["mobile"])
    check = submit(client, grant)
    assert admin.send("DELETE", f"/api/v1/grants/{grant['id']}").status_code == 204
    assert operator.refused("POST", f"/api/v1/review/checks/{check['id']}", json={"approve": True}) == (
        409,
        "platform.wrong_state",
    )
    assert client.get("/api/v1/claimable") == []
    assert client.refused("POST", f"/api/v1/grants/{grant['id']}/identity-check", **proof()) == (
        409,
        "platform.wrong_state",
    )
    assert admin.refused("DELETE", f"/api/v1/grants/{grant['id']}") == (409, "platform.wrong_state")
    assert give(admin)["state"] == "invited"


def test_last_admin_stays_and_one_of_two_may_go(admin: Client, grantee: Client) -> None:
    unit = unit_of(admin)
    own = admin.get("/api/v1/me")["account"]["id"]
    other = grantee.get("/api/v1/me")["account"]["id"]
    listed = f"/api/v1/organizations/{unit}/members"
    assert admin.refused("DELETE", f"{listed}/{own}") == (409, "platform.last_admin")
    assert admin.refused("POST", f"{listed}/{own}/role", json={"role": "certificate_user"}) == (
        409,
        "platform.last_admin",
    )
    admin.post(f"{listed}/{other}/role", {"role": "certificate_admin"})
    assert grantee.get(f"/api/v1/organizations/{unit}/grants") != []
    assert admin.send("DELETE", f"{listed}/{own}").status_code == 204
    assert admin.get("/api/v1/me")["organizations"] == []
    assert grantee.refused("DELETE", f"{listed}/{other}") == (409, "platform.last_admin")


def test_t34_removed_admin_grants_no_more(admin: Client, grantee: Client) -> None:
    unit = unit_of(admin)
    other = grantee.get("/api/v1/me")["account"]["id"]
    admin.post(f"/api/v1/organizations/{unit}/members/{other}/role", {"role": "certificate_admin"})
    admin.send("DELETE", f"/api/v1/organizations/{unit}/members/{other}")
    someone = GRANTEE | {"mobile": "13855555555", "id_number": "110101199003074477"}
    assert grantee.refused("POST", f"/api/v1/organizations/{unit}/grants", json=someone) == (404, "platform.not_found")
    assert grantee.get("/api/v1/notices")["notices"][0]["kind"] == "member_removed"


def test_t34_admin_who_is_removed_while_the_request_is_under_way_grants_nothing(
    admin: Client, keys: Keys, platform: Platform
) -> None:
    account = admin.get("/api/v1/me")["account"]["id"]
    unit = unit_of(admin)
    stale = Actor(
        account_id=account, platform_role=PlatformRole.BIDDER, memberships={unit: MemberRole.CERTIFICATE_ADMIN}
    )
    with platform.db.write() as session:
        session.query(Member).filter_by(account_id=account).delete()
    request = grants.GrantRequest(
        name="李四光", id_number=GRANTEE["id_number"], mobile=GRANTEE["mobile"], role=MemberRole.CERTIFICATE_ADMIN
    )
    for call in (
        lambda: grants.give(platform, stale, unit, request),
        lambda: members.remove(platform, stale, unit, account),
        lambda: members.change_role(platform, stale, unit, account, role=MemberRole.CERTIFICATE_USER),
    ):
        with pytest.raises(RejectedError, match=r"platform\.not_found"):
            call()


def test_removed_member_loses_certificate_seal_and_open_order(
    admin: Client, grantee: Client, operator: Client, ceremonies: Ceremonies
) -> None:
    (order,) = grantee.get("/api/v1/orders")
    theirs = Keys()
    download(grantee, ceremonies, order, theirs)
    seal = grantee.post("/api/v1/seals", data=seal_form(theirs.serial), files=seal_files())
    operator.post(f"/api/v1/review/seals/{seal['id']}", {"approve": True})
    member = grantee.get("/api/v1/me")["account"]["id"]
    admin.send("DELETE", f"/api/v1/organizations/{unit_of(admin)}/members/{member}")
    assert [c["state"] for c in grantee.get("/api/v1/certificates")] == ["revoked"]
    assert [s["state"] for s in admin.get("/api/v1/seals")] == ["void"]
    claim = ceremonies.claim_seal(theirs, seal, workstation=None)
    assert grantee.refused("POST", f"/api/v1/seals/{seal['id']}/claim", json={"transcript": b64(claim)})[0] == 404


def test_member_removed_before_the_download_downloads_nothing(
    admin: Client, grantee: Client, ceremonies: Ceremonies
) -> None:
    member = grantee.get("/api/v1/me")["account"]["id"]
    (order,) = grantee.get("/api/v1/orders")
    admin.send("DELETE", f"/api/v1/organizations/{unit_of(admin)}/members/{member}")
    assert [o["state"] for o in grantee.get("/api/v1/orders")] == ["rejected"]
    transcript = ceremonies.download(Keys(), order_id=order["id"], holder="李四光")
    path = f"/api/v1/orders/{order['id']}/possession"
    assert grantee.refused("POST", path, json={"transcript": b64(transcript)}) == (409, "platform.wrong_state")


def test_one_person_belongs_to_several_units(
    admin: Client, grantee: Client, connect: Callable[[], Client], operator: Client
) -> None:
    second = connect()
    second.sign_in("13877777777")
    form = order_form(
        organization_name="南昌另一建设有限公司",
        credit_code=OTHER_CREDIT_CODE,
        holder_name="王五",
        id_number="110101199003074477",
    )
    order = second.post("/api/v1/orders", data=form, files=papers())
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    check = submit(grantee, give(second))
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})
    units = grantee.get("/api/v1/me")["organizations"]
    assert {u["credit_code"] for u in units} == {CREDIT_CODE, OTHER_CREDIT_CODE}


def test_operator_who_granted_does_not_review(
    admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client
) -> None:
    operator_id = operator.get("/api/v1/me")["account"]["id"]
    admin_unit = unit_of(admin)
    grant = give(admin, name="平台审核员", mobile="13900000000", id_number="110101199003074477")
    check = submit(operator, grant, name="平台审核员", id_number="110101199003074477")
    path = f"/api/v1/review/checks/{check['id']}"
    assert operator.refused("POST", path, json={"approve": True}) == (403, "platform.own_application")
    assert operator_id not in [m["account_id"] for m in admin.get(f"/api/v1/organizations/{admin_unit}/members")]


def test_notices_are_read_once_and_by_their_owner_only(admin: Client, grantee: Client) -> None:
    before = admin.get("/api/v1/notices")
    assert before["unread"] == len(before["notices"]) > 0
    newest = before["notices"][0]["id"]
    grantee.send("POST", "/api/v1/notices/read", json={"ids": [newest]})
    assert admin.get("/api/v1/notices")["unread"] == before["unread"]
    admin.send("POST", "/api/v1/notices/read", json={"ids": [newest]})
    after = admin.get("/api/v1/notices")
    assert after["unread"] == before["unread"] - 1
    assert after["notices"][0]["read_at"] is not None
