"""Enrolment of workstations by a member's certificate (threat T4)."""

from collections.abc import Callable
from typing import Any

import pytest

from desktop.crypto.suites import generate_p256, point_of
from desktop.server.context import Platform
from desktop.server.db.models import Member
from tests.server.client import Client
from tests.server.phone import NO_UNIT, Ceremonies, Keys, Unit, Workstation, b64


def enrol(client: Client, transcript: bytes) -> Any:
    return client.send("POST", "/api/v1/workstations", json={"transcript": b64(transcript)})


def code_of(response: Any) -> str:
    code: str = response.json().get("code", "")
    return code


@pytest.fixture(autouse=True)
def _no_workstation_yet(admin: Client, keys: Keys) -> None:
    (first,) = admin.get("/api/v1/workstations")
    assert first["certificate_serial"] == keys.serial
    admin.send("DELETE", f"/api/v1/workstations/{first['id']}")


def test_member_enrols_a_workstation_for_the_unit(admin: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    station = Workstation()
    answer = enrol(admin, ceremonies.enrol(keys, station))
    assert answer.status_code == 201
    listed = admin.get("/api/v1/workstations")
    assert listed == [answer.json()]
    assert (listed[0]["name"], listed[0]["certificate_serial"]) == (station.name, keys.serial)


def test_repeated_enrolment_gives_the_same_workstation(admin: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    station = Workstation()
    first = ceremonies.enrol(keys, station)
    answers = [enrol(admin, first), enrol(admin, first), enrol(admin, ceremonies.enrol(keys, station))]
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(admin.get("/api/v1/workstations")) == 1


def test_removed_workstation_does_not_come_back_with_the_old_answer(
    admin: Client, keys: Keys, ceremonies: Ceremonies
) -> None:
    transcript = ceremonies.enrol(keys, Workstation())
    path = f"/api/v1/workstations/{enrol(admin, transcript).json()['id']}"
    assert admin.send("DELETE", path).status_code == 204
    assert admin.get("/api/v1/workstations") == []
    assert code_of(enrol(admin, transcript)) == "ceremony.already_used"
    assert admin.refused("DELETE", path) == (404, "platform.not_found")


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ({"statement_key": generate_p256()}, "ceremony.signature_invalid"),
        ({"point": point_of(generate_p256())}, "ceremony.wrong_purpose"),
        ({"unit": Unit(name="另一家公司", credit_code="91110000MA0000001L")}, "ceremony.certificate_not_allowed"),
        ({"unit": NO_UNIT}, "ceremony.certificate_not_allowed"),
        ({"platform": "another"}, "ceremony.wrong_purpose"),
    ],
)
def test_enrolment_that_is_not_the_members_word_is_refused(
    admin: Client, keys: Keys, ceremonies: Ceremonies, bent: dict[str, Any], code: str
) -> None:
    assert code_of(enrol(admin, ceremonies.enrol(keys, Workstation(), **bent))) == code
    assert admin.get("/api/v1/workstations") == []


def test_stranger_can_neither_enrol_for_the_unit_nor_see_or_remove(
    admin: Client, keys: Keys, ceremonies: Ceremonies, connect: Callable[[], Client]
) -> None:
    mine = enrol(admin, ceremonies.enrol(keys, Workstation())).json()
    stranger = connect()
    stranger.sign_in("13822222222")
    assert code_of(enrol(stranger, ceremonies.enrol(keys, Workstation()))) == "platform.not_found"
    assert stranger.get("/api/v1/workstations") == []
    assert stranger.refused("DELETE", f"/api/v1/workstations/{mine['id']}") == (404, "platform.not_found")


def test_t34_former_member_enrols_nothing(
    admin: Client, keys: Keys, ceremonies: Ceremonies, platform: Platform
) -> None:
    with platform.db.write() as session:
        session.query(Member).delete()
    assert code_of(enrol(admin, ceremonies.enrol(keys, Workstation()))) == "ceremony.certificate_not_allowed"


def test_list_says_who_enrolled_and_whether_the_caller_may_remove(
    admin: Client, keys: Keys, ceremonies: Ceremonies, connect: Callable[[], Client], platform: Platform
) -> None:
    mine = enrol(admin, ceremonies.enrol(keys, Workstation())).json()
    assert (mine["enrolled_by"], mine["may_remove"]) == ("张三丰", True)
    user = connect()
    user.sign_in("13844444444")
    with platform.db.write() as session:
        session.add(
            Member(
                id="e" * 32,
                organization_id=mine["organization_id"],
                account_id=user.get("/api/v1/me")["account"]["id"],
                role="certificate_user",
                created_at=platform.now(),
            )
        )
    (seen,) = user.get("/api/v1/workstations")
    assert (seen["enrolled_by"], seen["may_remove"]) == ("张三丰", False)
    assert user.refused("DELETE", f"/api/v1/workstations/{mine['id']}") == (403, "platform.forbidden")


def test_removed_workstation_is_told_to_whoever_enrolled_it(admin: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    mine = enrol(admin, ceremonies.enrol(keys, Workstation())).json()
    admin.send("DELETE", f"/api/v1/workstations/{mine['id']}")
    notices = admin.get("/api/v1/notices")["notices"]
    assert [n["kind"] for n in notices[:2]] == ["workstation_removed", "workstation_enrolled"]
    assert notices[0]["details"] == {"name": mine["name"]}
