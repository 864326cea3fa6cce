"""What an admin has set going ends with his office, and papers are kept only of who may hand them in (T34, T45)."""

from collections.abc import Callable
from typing import Any

import pytest

from desktop.server.context import Platform
from tests.server.client import Client
from tests.server.phone import NAME, Ceremonies, Keys, Unit, download, png
from tests.server.test_members import GRANTEE, give, grantee, proof, submit, unit_of

__all__ = ["grantee"]

ACCOMPLICE = {"name": "王五", "mobile": "13855555555", "id_number": "110101199003074477", "role": "certificate_admin"}
PAPERS = [("papers", ("变更通知书.pdf", b"%PDF-1.7 changed"))]


def appoint(admin: Client, member: Client, role: str = "certificate_admin") -> str:
    other = str(member.get("/api/v1/me")["account"]["id"])
    admin.post(f"/api/v1/organizations/{unit_of(admin)}/members/{other}/role", {"role": role})
    return other


@pytest.mark.parametrize("is_removed", [True, False])
def test_t34_grants_of_an_admin_who_is_none_any_more_come_to_nothing(
    admin: Client, grantee: Client, connect: Callable[[], Client], operator: Client, *, is_removed: bool
) -> None:
    other = appoint(admin, grantee)
    grant = give(grantee, **ACCOMPLICE)
    accomplice = connect()
    accomplice.sign_in(ACCOMPLICE["mobile"])
    check = submit(accomplice, grant, name=ACCOMPLICE["name"], id_number=ACCOMPLICE["id_number"])
    if is_removed:
        admin.send("DELETE", f"/api/v1/organizations/{unit_of(admin)}/members/{other}")
    else:
        appoint(admin, grantee, "certificate_user")
    assert operator.refused("POST", f"/api/v1/review/checks/{check['id']}", json={"approve": True}) == (
        409,
        "platform.wrong_state",
    )
    assert accomplice.get("/api/v1/claimable") == []
    assert accomplice.get("/api/v1/me")["organizations"] == []
    assert {g["id"]: g["state"] for g in admin.get(f"/api/v1/organizations/{unit_of(admin)}/grants")}[
        grant["id"]
    ] == "revoked"


def test_grants_of_an_admin_who_stays_are_left_alone(
    admin: Client, grantee: Client, connect: Callable[[], Client], operator: Client
) -> None:
    grant = give(admin, **ACCOMPLICE)
    client = connect()
    client.sign_in(ACCOMPLICE["mobile"])
    other = appoint(admin, grantee)
    admin.send("DELETE", f"/api/v1/organizations/{unit_of(admin)}/members/{other}")
    check = submit(client, grant, name=ACCOMPLICE["name"], id_number=ACCOMPLICE["id_number"])
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})
    assert client.get("/api/v1/me")["organizations"][0]["member_role"] == "certificate_admin"


def test_t34_a_members_old_order_does_not_take_the_unit_its_name(
    admin: Client, keys: Keys, grantee: Client, operator: Client, ceremonies: Ceremonies
) -> None:
    """A user's change to the name of yesterday, approved after the unit has another: only an admin names a unit."""
    (order,) = grantee.get("/api/v1/orders")
    theirs = Keys()
    download(grantee, ceremonies, order, theirs)
    first = _change(admin, keys.serial, "江西甲集团有限公司")
    operator.post(f"/api/v1/review/orders/{first['id']}", {"approve": True})
    late = _change(grantee, theirs.serial, "江西甲集团有限公司")
    new = Keys(station=keys.station)
    download(admin, ceremonies, first, new, Unit(name="江西甲集团有限公司"))
    second = _change(admin, new.serial, "江西乙集团有限公司")
    operator.post(f"/api/v1/review/orders/{second['id']}", {"approve": True})
    assert operator.refused("POST", f"/api/v1/review/orders/{late['id']}", json={"approve": True}) == (
        409,
        "platform.wrong_state",
    )
    assert [u["name"] for u in admin.get("/api/v1/me")["organizations"]] == ["江西乙集团有限公司"]
    again = admin.get("/api/v1/me")["organizations"][0]["name"]
    assert again != NAME
    operator.post(f"/api/v1/review/orders/{late['id']}", {"approve": False, "reason": "单位已改名"})
    assert _change(grantee, theirs.serial, "江西乙集团有限公司")["state"] == "pending_review"


def _change(client: Client, serial: str, name: str) -> Any:
    return client.post(f"/api/v1/certificates/{serial}/change", data={"organization_name": name}, files=PAPERS)


def test_t45_papers_of_who_may_not_hand_them_in_fill_no_disk(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform
) -> None:
    grant = give(admin)
    stranger = connect()
    stranger.sign_in("13844444444")
    before = _kept(platform)
    files = [("papers", ("一.png", png(91), "image/png"))]
    assert stranger.refused("POST", f"/api/v1/grants/{grant['id']}/identity-check", **proof())[0] == 404
    assert stranger.refused("POST", f"/api/v1/certificates/{keys.serial}/password-reset", files=files)[0] == 404
    form = {"new_mobile": "13866666666", "new_code": "000000"}
    assert stranger.refused("POST", "/api/v1/me/mobile/lost", data=form, files=files)[1] == "platform.code_wrong"
    assert _kept(platform) == before
    client = connect()
    client.sign_in(GRANTEE["mobile"])
    submit(client, grant)
    assert _kept(platform) > before


def _kept(platform: Platform) -> int:
    return sum(1 for path in (platform.settings.state_folder / "files").rglob("*") if path.is_file())
