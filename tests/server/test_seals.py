"""Seals: application, review, claim, void (threats T14, T15, T16)."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.crypto.certificates import is_issued_by, read_certificate
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import PlatformRole
from desktop.formats.seal import check_usable, read_seal
from desktop.server.context import Platform
from desktop.server.db.models import Account
from tests.server.client import Client
from tests.server.phone import (
    CREDIT_CODE,
    NAME,
    Ceremonies,
    Keys,
    Workstation,
    b64,
    download,
    enrol,
    place_order,
    png,
    seal_files,
    seal_form,
)


def apply(client: Client, keys: Keys, **changed: str) -> Any:
    return client.post("/api/v1/seals", data=seal_form(keys.serial, **changed), files=seal_files())


def claim(client: Client, seal: Any, transcript: bytes) -> Any:
    return client.send("POST", f"/api/v1/seals/{seal['id']}/claim", json={"transcript": b64(transcript)})


def code_of(response: Any) -> str:
    code: str = response.json().get("code", "")
    return code


@pytest.fixture
def seal(admin: Client, keys: Keys, approve: Callable[[Any], Any]) -> Any:
    """A seal approved and not yet claimed."""
    approve(apply(admin, keys))
    return admin.get("/api/v1/seals")[0]


def test_application_waits_for_review_with_its_pictures(admin: Client, keys: Keys, operator: Client) -> None:
    imprint, scan = png(100, 90), png(300, 200, colour=2)
    made = admin.post("/api/v1/seals", data=seal_form(keys.serial), files=seal_files(scan=scan, imprint=imprint))
    assert (made["state"], made["width_mm"], made["organization_name"]) == ("pending_review", 42.0, NAME)
    assert admin.get("/api/v1/seals") == operator.get("/api/v1/review/seals") == [made]
    for reader in (admin, operator):
        assert reader.send("GET", f"/api/v1/seals/{made['id']}/scan").content == scan
        assert reader.send("GET", f"/api/v1/seals/{made['id']}/imprint").content == imprint
    assert admin.refused("GET", f"/api/v1/seals/{made['id']}/object") == (409, "platform.wrong_state")


def test_claimed_seal_is_signed_by_the_platform_and_bound_to_the_certificate(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies, platform: Platform
) -> None:
    answer = claim(admin, seal, ceremonies.claim_seal(keys, seal))
    assert answer.status_code == 200, answer.text
    data = base64.b64decode(answer.json()["seal"])
    made, signer = read_seal(data)
    assert (made.seal_id, made.organization, made.credit_code, made.kind) == (
        seal["id"],
        NAME,
        CREDIT_CODE,
        seal["kind"],
    )
    assert (made.width_mm, made.imprint_png) == (42.0, png())
    assert signer.der == platform.authority.seal_making
    assert is_issued_by(signer, read_certificate(platform.authority.issuing))
    check_usable(made, read_certificate(keys.sign_cert), at=int(platform.now().timestamp()))
    assert admin.send("GET", f"/api/v1/seals/{seal['id']}/object").content == data
    assert admin.get("/api/v1/seals")[0]["state"] == "claimed"


def test_repeated_claim_gives_the_same_seal_and_a_second_one_is_refused(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies
) -> None:
    transcript = ceremonies.claim_seal(keys, seal)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: claim(admin, seal, transcript), range(8)))
    assert len({a.text for a in answers}) == 1
    assert answers[0].status_code == 200
    assert code_of(claim(admin, seal, ceremonies.claim_seal(keys, seal))) == "platform.wrong_state"


def test_same_application_again_changes_nothing_and_a_sixth_is_refused(admin: Client, keys: Keys) -> None:
    first = apply(admin, keys)
    assert apply(admin, keys) == first
    for name in "一二三四":
        apply(admin, keys, name=name)
    refused = admin.refused("POST", "/api/v1/seals", data=seal_form(keys.serial, name="五"), files=seal_files())
    assert refused == (400, "platform.too_many_pending")
    assert len(admin.get("/api/v1/seals")) == 5


def test_t15_seal_that_is_not_approved_cannot_be_claimed(
    admin: Client, keys: Keys, ceremonies: Ceremonies, operator: Client
) -> None:
    made = apply(admin, keys)
    transcript = ceremonies.claim_seal(keys, made)
    assert code_of(claim(admin, made, transcript)) == "platform.wrong_state"
    operator.post(f"/api/v1/review/seals/{made['id']}", {"approve": False, "reason": "模糊"})
    assert code_of(claim(admin, made, transcript)) == "platform.wrong_state"
    (listed,) = admin.get("/api/v1/seals")
    assert (listed["state"], listed["reason"]) == ("rejected", "模糊")


def test_t15_seal_cannot_be_claimed_by_another_certificate(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies, approve: Callable[[Any], Any]
) -> None:
    second = Keys(station=keys.station)
    order = place_order(admin)
    approve(order)
    download(admin, ceremonies, order, second)
    second.serial = next(c["serial"] for c in admin.get("/api/v1/certificates") if c["serial"] != keys.serial)
    assert code_of(claim(admin, seal, ceremonies.claim_seal(second, seal))) == "ceremony.seal_not_bound"
    assert claim(admin, seal, ceremonies.claim_seal(keys, seal)).status_code == 200


def test_claim_of_something_else_than_was_shown_is_refused(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies
) -> None:
    for bent in ({"name": "另一枚章"}, {"kind": "contract"}, {"imprint_sha256": "00" * 32}, {"id": "0" * 32}):
        transcript = ceremonies.claim_seal(keys, {**seal, **bent})
        assert code_of(claim(admin, seal, transcript)) == "ceremony.wrong_purpose"
    assert admin.get("/api/v1/seals")[0]["state"] == "approved"


def test_t14_revoked_certificate_takes_its_seals_along(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies, operator: Client
) -> None:
    claim(admin, seal, ceremonies.claim_seal(keys, seal))
    waiting = apply(admin, keys, name="第二枚")
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "单位名称已变更"})
    assert {(s["state"], s["reason"]) for s in admin.get("/api/v1/seals")} == {("void", "单位名称已变更")}
    assert admin.refused("GET", f"/api/v1/seals/{seal['id']}/object") == (409, "platform.wrong_state")
    assert operator.refused("POST", f"/api/v1/review/seals/{waiting['id']}", json={"approve": True}) == (
        409,
        "platform.wrong_state",
    )
    refused = admin.refused("POST", "/api/v1/seals", data=seal_form(keys.serial), files=seal_files())
    assert refused == (400, "ceremony.certificate_invalid")


def test_t11_revoked_certificate_claims_nothing(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies, operator: Client
) -> None:
    transcript = ceremonies.claim_seal(keys, seal)
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "key_compromise"})
    assert code_of(claim(admin, seal, transcript)) == "ceremony.certificate_invalid"


def test_t04_seal_is_claimed_from_an_enrolled_workstation_only(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies
) -> None:
    assert keys.station is not None
    stranger = Workstation(enrolment=keys.station.enrolment)
    transcript = ceremonies.claim_seal(keys, seal, workstation=stranger)
    assert code_of(claim(admin, seal, transcript)) == "ceremony.workstation_not_enrolled"
    transcript = ceremonies.claim_seal(keys, seal)
    (enrolled,) = admin.get("/api/v1/workstations")
    admin.send("DELETE", f"/api/v1/workstations/{enrolled['id']}")
    assert code_of(claim(admin, seal, transcript)) == "ceremony.workstation_not_enrolled"
    again = enrol(admin, ceremonies, keys)
    assert claim(admin, seal, ceremonies.claim_seal(keys, seal, workstation=again)).status_code == 200


def test_certificate_is_revoked_once(keys: Keys, operator: Client) -> None:
    path = f"/api/v1/review/certificates/{keys.serial}/revoke"
    operator.post(path, {"reason": ""})
    assert operator.refused("POST", path, json={"reason": ""}) == (409, "platform.wrong_state")
    unknown = "/api/v1/review/certificates/ABC/revoke"
    assert operator.refused("POST", unknown, json={"reason": ""}) == (404, "platform.not_found")


def test_t15_operator_cannot_review_an_own_seal(
    operator: Client, connect: Callable[[], Client], ceremonies: Ceremonies, platform: Platform
) -> None:
    second = connect()
    account = second.sign_in("13833333333")["account"]
    with platform.db.write() as session:
        session.get_one(Account, account["id"]).role = PlatformRole.OPERATOR
    order, keys = place_order(operator), Keys()
    second.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    download(operator, ceremonies, order, keys)
    made = apply(operator, keys)
    path = f"/api/v1/review/seals/{made['id']}"
    assert operator.refused("POST", path, json={"approve": True}) == (403, "platform.own_application")
    assert second.post(path, {"approve": True})["state"] == "approved"


def test_stranger_sees_and_touches_no_seal(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies, connect: Callable[[], Client]
) -> None:
    stranger = connect()
    stranger.sign_in("13822222222")
    assert stranger.get("/api/v1/seals") == []
    for part in ("scan", "imprint", "object"):
        path = f"/api/v1/seals/{seal['id']}/{part}"
        assert stranger.refused("GET", path) == (404, "platform.not_found")
    assert code_of(claim(stranger, seal, ceremonies.claim_seal(keys, seal))) == "platform.not_found"
    refused = stranger.refused("POST", "/api/v1/seals", data=seal_form(keys.serial), files=seal_files())
    assert refused == (404, "platform.not_found")


@pytest.mark.parametrize(
    ("changed", "files", "expected"),
    [
        ({"width_mm": "46"}, {}, (400, "platform.seal_size")),
        ({"kind": "legal_representative"}, {}, (400, "platform.seal_size")),
        ({"width_mm": "nan"}, {}, (422, "platform.bad_request")),
        ({"width_mm": "1e400"}, {}, (422, "platform.bad_request")),
        ({"kind": "财务章"}, {}, (422, "platform.bad_field")),
        ({"name": ""}, {}, (422, "platform.bad_request")),
        ({"name": " "}, {}, (422, "platform.bad_field")),
        ({}, {"imprint": png(colour=2)}, (400, "platform.imprint_unsupported")),
        ({}, {"imprint": png()[:-1]}, (400, "platform.imprint_unsupported")),
        ({}, {"scan": b"%PDF-1.7"}, (400, "platform.image_unsupported")),
        ({"certificate_serial": "ABC"}, {}, (404, "platform.not_found")),
    ],
)
def test_application_with_an_unacceptable_part_is_refused(
    admin: Client, keys: Keys, changed: dict[str, str], files: dict[str, bytes], expected: tuple[int, str]
) -> None:
    form = seal_form(keys.serial, **changed)
    assert admin.refused("POST", "/api/v1/seals", data=form, files=seal_files(**files)) == expected
    assert admin.get("/api/v1/seals") == []


def test_square_seal_of_the_legal_representative_is_accepted(admin: Client, keys: Keys) -> None:
    made = apply(admin, keys, kind="legal_representative", name="李四印", width_mm="20", height_mm="20")
    assert (made["kind"], made["height_mm"]) == ("legal_representative", 20.0)


def test_seal_ends_with_its_certificate(
    admin: Client, keys: Keys, seal: Any, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    data = base64.b64decode(claim(admin, seal, ceremonies.claim_seal(keys, seal)).json()["seal"])
    made, _ = read_seal(data)
    certificate = read_certificate(keys.sign_cert)
    assert made.not_after == int(certificate.not_after.timestamp())
    clock.advance(366 * 24 * 3600)
    with pytest.raises(RejectedError, match="seal_expired"):
        check_usable(made, certificate, at=int(clock.now().timestamp()))
