"""Login by a phone's answer (threats T1, T2, T11, T49)."""

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.domain.clock import ManualClock
from desktop.server.app import create_app
from desktop.server.cases import phone_login
from desktop.server.context import Platform
from desktop.server.db.models import LoginNonce, UserSession
from desktop.server.settings import ServerSettings
from desktop.server.threaded import ThreadedServer
from tests.server.client import Client
from tests.server.phone import Ceremonies, Keys, Unit, Workstation, b64

V = hashlib.sha256(b"v").digest()


def nonce_of(client: Client) -> bytes:
    return base64.b64decode(client.post("/api/v1/sessions/nonce")["nonce"])


def redeem(client: Client, transcript: bytes, v: bytes = V) -> Any:
    return client.send("POST", "/api/v1/sessions/qr", json={"transcript": b64(transcript), "v": b64(v)})


def code_of(response: Any) -> str:
    code: str = response.json().get("code", "")
    return code


def test_answer_gives_the_holder_a_session(client: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    answer = redeem(client, ceremonies.login(keys, nonce=nonce_of(client), v=V))
    assert answer.status_code == 200
    session = answer.json()
    assert session["created"] is False
    assert session["organizations"][0]["member_role"] == "certificate_admin"
    client.token = session["token"]
    assert client.get("/api/v1/me")["account"] == session["account"]


def test_t01_hundred_parallel_copies_give_one_session(
    connect: Callable[[], Client], keys: Keys, ceremonies: Ceremonies, platform: Platform
) -> None:
    clients = [connect() for _ in range(25)]
    transcript = ceremonies.login(keys, nonce=nonce_of(clients[0]), v=V)
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda n: redeem(clients[n % 25], transcript), range(100)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 99
    assert {code_of(a) for a in answers} == {"", "platform.nonce_used"}
    with platform.db.read() as session:
        assert session.query(UserSession).where(UserSession.certificate_serial == keys.serial).count() == 1


def test_t02_replay_after_a_restart_is_refused(
    client: Client, keys: Keys, ceremonies: Ceremonies, settings: ServerSettings, clock: ManualClock
) -> None:
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V)
    assert redeem(client, transcript).status_code == 200
    again = create_app(settings, clock, lambda n: b"\x01" * n)
    with ThreadedServer(again) as url:
        restarted = Client(url, "")
        assert code_of(redeem(restarted, transcript)) == "platform.nonce_used"
        restarted.close()


def test_nonce_that_was_never_given_or_is_old_is_refused(
    client: Client, keys: Keys, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    assert code_of(redeem(client, ceremonies.login(keys, nonce=bytes(32), v=V))) == "platform.nonce_used"
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V)
    clock.advance(600)
    assert code_of(redeem(client, transcript)) == "platform.nonce_used"


def test_t49_only_the_holder_of_v_gets_the_session(client: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V)
    for guess in (bytes(32), b"", V[:-1]):
        assert code_of(redeem(client, transcript, guess)) == "ceremony.wrong_purpose"
    assert redeem(client, transcript).status_code == 200


def test_t11_revoked_certificate_logs_nobody_in(
    client: Client, keys: Keys, ceremonies: Ceremonies, operator: Client
) -> None:
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V)
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "key_compromise"})
    assert code_of(redeem(client, transcript)) == "ceremony.certificate_invalid"


def test_t11_revocation_ends_the_sessions_begun_with_the_certificate(
    admin: Client, client: Client, keys: Keys, ceremonies: Ceremonies, operator: Client
) -> None:
    client.token = redeem(client, ceremonies.login(keys, nonce=nonce_of(client), v=V)).json()["token"]
    client.get("/api/v1/me")
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "key_compromise"})
    assert client.refused("GET", "/api/v1/me") == (401, "platform.signed_out")
    admin.get("/api/v1/me")


def test_nonces_are_limited_and_make_room_when_they_expire(
    client: Client, platform: Platform, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_login, "MAX_NONCES", 3)
    for _ in range(3):
        nonce_of(client)
    assert client.refused("POST", "/api/v1/sessions/nonce") == (429, "platform.slow_down")
    clock.advance(600)
    nonce_of(client)
    with platform.db.read() as session:
        assert session.query(LoginNonce).count() == 1


def test_t11_expired_certificate_logs_nobody_in(
    client: Client, keys: Keys, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    clock.advance(366 * 24 * 3600)
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V)
    assert code_of(redeem(client, transcript)) == "ceremony.certificate_invalid"


def test_answer_by_another_key_is_refused(client: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    thief = Keys(sign_cert=keys.sign_cert, serial=keys.serial)
    transcript = ceremonies.login(thief, nonce=nonce_of(client), v=V)
    assert code_of(redeem(client, transcript)) == "ceremony.signature_invalid"


def test_t10_encryption_certificate_logs_nobody_in(
    admin: Client, client: Client, keys: Keys, ceremonies: Ceremonies
) -> None:
    (listed,) = admin.get("/api/v1/certificates")
    wrong = Keys(sign_cert=base64.b64decode(listed["enc_cert"]), serial=listed["enc_serial"])
    wrong.signing = keys.encryption
    transcript = ceremonies.login(wrong, nonce=nonce_of(client), v=V)
    assert code_of(redeem(client, transcript)) == "ceremony.certificate_not_allowed"


def test_t08_answer_to_another_operation_logs_nobody_in(client: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    transcript = ceremonies.enrol(keys, Workstation())
    assert code_of(redeem(client, transcript)) == "ceremony.wrong_purpose"


def test_answer_for_another_platform_is_refused(client: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V, platform="other")
    assert code_of(redeem(client, transcript)) == "ceremony.wrong_purpose"


def test_challenge_of_another_unit_is_refused(client: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    foreign = Unit(name="另一家公司", credit_code="91110000MA0000001L")
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V, unit=foreign)
    assert code_of(redeem(client, transcript)) == "ceremony.certificate_not_allowed"


def test_any_flipped_byte_of_a_transcript_is_refused(client: Client, keys: Keys, ceremonies: Ceremonies) -> None:
    transcript = ceremonies.login(keys, nonce=nonce_of(client), v=V)
    for position in range(0, len(transcript), 23):
        bent = bytearray(transcript)
        bent[position] ^= 1
        assert redeem(client, bytes(bent)).status_code in (400, 409)
    assert redeem(client, transcript).status_code == 200
