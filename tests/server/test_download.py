"""Download of a mobile certificate: possession, issue, idempotence, refusals."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.crypto.certificates import is_issued_by, read_certificate
from desktop.crypto.suites import Suite, spki_of
from desktop.domain.clock import ManualClock
from desktop.server.context import Platform
from desktop.server.db.models import IssuedCertificate, Member
from tests.server.client import Client
from tests.server.phone import (
    CREDIT_CODE,
    HOLDER,
    NAME,
    NO_UNIT,
    Ceremonies,
    Keys,
    Unit,
    b64,
    download,
    open_envelope,
    place_order,
)


@pytest.fixture
def order(admin: Client, approve: Callable[[Any], Any]) -> Any:
    placed = place_order(admin)
    approve(placed)
    return placed


def possession(client: Client, order: Any, transcript: bytes) -> tuple[int, str]:
    path = f"/api/v1/orders/{order['id']}/possession"
    return client.refused("POST", path, json={"transcript": b64(transcript)})


def issue(client: Client, order: Any, transcript: bytes, proof: bytes) -> Any:
    path = f"/api/v1/orders/{order['id']}/certificate"
    return client.send("POST", path, json={"transcript": b64(transcript), "proof": b64(proof)})


def prove(client: Client, order: Any, keys: Keys, transcript: bytes) -> bytes:
    path = f"/api/v1/orders/{order['id']}/possession"
    envelope = client.post(path, {"transcript": b64(transcript)})["envelope"]
    return open_envelope(keys, envelope, transcript)


@pytest.mark.parametrize("suite", [Suite.P256, Suite.RSA2048])
def test_download_gives_two_certificates_of_one_identity(
    admin: Client, approve: Callable[[Any], Any], ceremonies: Ceremonies, platform: Platform, suite: Suite
) -> None:
    order = place_order(admin, suite=suite)
    approve(order)
    keys = Keys(suite=suite)
    answer = download(admin, ceremonies, order, keys)
    signing, encryption = (read_certificate(base64.b64decode(answer[n])) for n in ("sign_cert", "enc_cert"))
    assert (signing.holder, signing.organization, signing.credit_code) == (HOLDER, NAME, CREDIT_CODE)
    assert signing.subject_der == encryption.subject_der
    assert (signing.spki, encryption.spki) == (spki_of(keys.signing), spki_of(keys.encryption))
    assert (signing.may_sign, signing.may_encrypt) == (True, False)
    assert (encryption.may_sign, encryption.may_encrypt) == (False, True)
    issuing, root = (read_certificate(base64.b64decode(der)) for der in answer["chain"])
    assert is_issued_by(signing, issuing)
    assert is_issued_by(encryption, issuing)
    assert is_issued_by(issuing, root)
    assert root.der == platform.authority.root
    assert [o["state"] for o in admin.get("/api/v1/orders")] == ["completed"]


def test_downloaded_certificate_is_listed_with_its_state(admin: Client, keys: Keys, clock: ManualClock) -> None:
    (listed,) = admin.get("/api/v1/certificates")
    assert (listed["serial"], listed["state"], listed["mine"]) == (keys.serial, "valid", True)
    assert base64.b64decode(listed["sign_cert"]) == keys.sign_cert
    days = 24 * 3600
    for advance, state in ((276 * days, "expires_soon"), (90 * days, "expired")):
        clock.advance(advance)
        admin.sign_in("13811111111")
        assert admin.get("/api/v1/certificates")[0]["state"] == state


def test_repeated_download_gives_the_same_certificates(admin: Client, order: Any, ceremonies: Ceremonies) -> None:
    keys = Keys()
    transcript = ceremonies.download(keys, order_id=order["id"])
    proof = prove(admin, order, keys, transcript)
    first, second = (issue(admin, order, transcript, proof) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


def test_t01_parallel_copies_of_one_download_issue_one_pair(
    admin: Client, order: Any, ceremonies: Ceremonies, connect: Callable[[], Client], platform: Platform
) -> None:
    keys = Keys()
    transcript = ceremonies.download(keys, order_id=order["id"])
    proof = prove(admin, order, keys, transcript)
    clients = [connect() for _ in range(20)]
    for client in clients:
        client.token = admin.token
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda c: issue(c, order, transcript, proof), clients))
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    with platform.db.read() as session:
        assert session.query(IssuedCertificate).where(IssuedCertificate.kind == "signing").count() == 1


def test_t34_applicant_who_left_the_unit_downloads_nothing(
    admin: Client, order: Any, ceremonies: Ceremonies, platform: Platform
) -> None:
    keys = Keys()
    transcript = ceremonies.download(keys, order_id=order["id"])
    proof = prove(admin, order, keys, transcript)
    with platform.db.write() as session:
        session.query(Member).delete()
    assert issue(admin, order, transcript, proof).json()["code"] == "platform.forbidden"
    with platform.db.read() as session:
        assert session.query(IssuedCertificate).where(IssuedCertificate.kind == "signing").count() == 0


def test_second_download_of_a_completed_order_is_refused(admin: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    (order,) = admin.get("/api/v1/orders")
    again = ceremonies.download(Keys(), order_id=order["id"])
    assert possession(admin, order, again) == (409, "platform.wrong_state")


def test_wrong_late_or_missing_proof_issues_nothing(
    admin: Client, order: Any, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    keys = Keys()
    transcript = ceremonies.download(keys, order_id=order["id"])
    assert issue(admin, order, transcript, bytes(32)).json()["code"] == "platform.proof_wrong"
    proof = prove(admin, order, keys, transcript)
    assert issue(admin, order, transcript, bytes(32)).json()["code"] == "platform.proof_wrong"
    clock.advance(600)
    assert issue(admin, order, transcript, proof).json()["code"] == "platform.proof_wrong"
    assert admin.get("/api/v1/certificates") == []
    assert issue(admin, order, transcript, prove(admin, order, keys, transcript)).status_code == 200


def test_proof_of_one_transcript_does_not_serve_another(admin: Client, order: Any, ceremonies: Ceremonies) -> None:
    keys = Keys()
    first, second = (ceremonies.download(keys, order_id=order["id"]) for _ in range(2))
    proof = prove(admin, order, keys, first)
    assert issue(admin, order, second, proof).json()["code"] == "platform.proof_wrong"


def test_order_that_is_not_approved_has_no_download(admin: Client, ceremonies: Ceremonies) -> None:
    order = place_order(admin)
    transcript = ceremonies.download(Keys(), order_id=order["id"])
    assert possession(admin, order, transcript) == (409, "platform.wrong_state")


def test_somebody_elses_order_is_not_found(order: Any, ceremonies: Ceremonies, connect: Callable[[], Client]) -> None:
    other = connect()
    other.sign_in("13822222222")
    transcript = ceremonies.download(Keys(), order_id=order["id"])
    assert possession(other, order, transcript) == (404, "platform.not_found")
    assert issue(other, order, transcript, bytes(32)).json()["code"] == "platform.not_found"


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ({"holder": "李四"}, "ceremony.wrong_purpose"),
        ({"order_id": "0" * 32}, "ceremony.wrong_purpose"),
        ({"platform": "another"}, "ceremony.wrong_purpose"),
        ({"unit": Unit(name="另一家公司", credit_code=CREDIT_CODE)}, "ceremony.wrong_purpose"),
        ({"unit": Unit(name=NAME, credit_code="91110000MA0000001L")}, "ceremony.wrong_purpose"),
    ],
)
def test_t06_download_answer_for_something_else_is_refused(
    admin: Client, order: Any, ceremonies: Ceremonies, bent: dict[str, Any], code: str
) -> None:
    transcript = ceremonies.download(Keys(), **{"order_id": order["id"], **bent})
    assert possession(admin, order, transcript) == (400, code)


def test_download_from_a_challenge_without_a_unit_is_accepted(
    admin: Client, order: Any, ceremonies: Ceremonies
) -> None:
    keys = Keys()
    transcript = ceremonies.download(keys, order_id=order["id"], unit=NO_UNIT)
    assert issue(admin, order, transcript, prove(admin, order, keys, transcript)).status_code == 200


def test_answer_older_than_a_day_is_refused(
    admin: Client, order: Any, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    transcript = ceremonies.download(Keys(), order_id=order["id"])
    clock.advance(24 * 3600 + 1)
    admin.sign_in("13811111111")
    assert possession(admin, order, transcript) == (400, "ceremony.expired")


def test_login_answer_is_no_download(admin: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    (order,) = admin.get("/api/v1/orders")
    transcript = ceremonies.login(keys, nonce=bytes(32), v=bytes(32))
    assert possession(admin, order, transcript) == (400, "ceremony.wrong_purpose")


def test_garbage_transcript_is_malformed(admin: Client, order: Any) -> None:
    for garbage in (b"", b"\xa0", b"\xff" * 100, b"{}"):
        assert possession(admin, order, garbage) == (400, "ceremony.malformed")
    path = f"/api/v1/orders/{order['id']}/possession"
    assert admin.refused("POST", path, json={"transcript": "no base64!"}) == (422, "platform.bad_request")
