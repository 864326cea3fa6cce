"""Forgotten certificate passwords: the platform's half, and its count of tries (manual section 11; T30, T32)."""

import base64
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.crypto.suites import PrivateKey, sign
from desktop.domain.clock import ManualClock
from desktop.domain.operations import CheckState
from desktop.protocol.recovery import password_try_message
from desktop.server.context import Platform
from desktop.server.db.models import IdentityCheck, RecoveryHalf
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE
from tests.server.phone import Keys, b64, png

HALF, OTHER = bytes(range(32)), bytes(32)
PAPER = {"papers": ("证件.png", png())}


def path(keys: Keys, what: str) -> str:
    return f"/api/v1/certificates/{keys.serial}/{what}"


def store(client: Client, keys: Keys, half: bytes = HALF) -> Any:
    return client.send("POST", path(keys, "recovery"), json={"half": b64(half)})


def reset(client: Client, keys: Keys, operator: Client) -> None:
    check = client.post(path(keys, "password-reset"), files=PAPER)
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})


def test_half_is_released_once_for_an_approved_identity_check(
    admin: Client, keys: Keys, operator: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktop.server.cases.recovery")
    assert store(admin, keys).status_code == 204
    assert admin.refused("POST", path(keys, "recovery/release")) == (409, "platform.wrong_state")
    check = admin.post(path(keys, "password-reset"), files=PAPER)
    assert admin.refused("POST", path(keys, "recovery/release")) == (409, "platform.wrong_state")
    assert admin.refused("POST", path(keys, "password-reset"), files=PAPER) == (409, "platform.change_pending")
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})
    assert base64.b64decode(admin.post(path(keys, "recovery/release"))["half"]) == HALF
    assert admin.refused("POST", path(keys, "recovery/release")) == (409, "platform.wrong_state")
    assert [c["state"] for c in admin.get("/api/v1/identity-checks")] == ["used"]
    assert [r.getMessage() for r in caplog.records if keys.serial in r.getMessage()] != []
    assert b64(HALF) not in caplog.text
    assert admin.get("/api/v1/notices")["notices"][0]["kind"] == "recovery_released"


def test_t32_rejected_or_lapsed_check_releases_nothing(
    admin: Client, keys: Keys, operator: Client, clock: ManualClock
) -> None:
    store(admin, keys)
    check = admin.post(path(keys, "password-reset"), files=PAPER)
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": False, "reason": "照片不符"})
    assert admin.refused("POST", path(keys, "recovery/release")) == (409, "platform.wrong_state")
    reset(admin, keys, operator)
    clock.advance(3 * 24 * 3600)
    admin.sign_in(ADMIN_MOBILE)
    assert admin.refused("POST", path(keys, "recovery/release")) == (409, "platform.wrong_state")


@pytest.mark.parametrize("state", [s for s in CheckState if s is not CheckState.APPROVED])
def test_t32_check_in_any_other_state_releases_nothing(
    admin: Client, keys: Keys, operator: Client, platform: Platform, state: CheckState
) -> None:
    store(admin, keys)
    reset(admin, keys, operator)
    with platform.db.write() as session:
        session.query(IdentityCheck).one().state = state
    assert admin.refused("POST", path(keys, "recovery/release")) == (409, "platform.wrong_state")


def test_kept_half_is_replaced_only_after_a_release(admin: Client, keys: Keys, operator: Client) -> None:
    assert store(admin, keys).status_code == store(admin, keys).status_code == 204
    assert store(admin, keys, OTHER).json()["code"] == "platform.wrong_state"
    reset(admin, keys, operator)
    admin.post(path(keys, "recovery/release"))
    assert store(admin, keys, OTHER).status_code == 204
    assert store(admin, keys, HALF).json()["code"] == "platform.wrong_state"
    assert store(admin, keys, b"short").json()["code"] == "platform.bad_field"


def test_certificate_without_a_half_cannot_be_reset(admin: Client, keys: Keys) -> None:
    assert admin.refused("POST", path(keys, "password-reset"), files=PAPER) == (409, "platform.no_recovery")


def test_half_is_encrypted_at_rest(admin: Client, keys: Keys, platform: Platform) -> None:
    store(admin, keys)
    with platform.db.read() as session:
        kept = session.query(RecoveryHalf).one().half
    assert HALF not in kept
    assert len(kept) > len(HALF)


def test_colleague_and_stranger_get_nothing_of_it(
    admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client
) -> None:
    from tests.server.test_members import GRANTEE, give, submit

    store(admin, keys)
    reset(admin, keys, operator)
    colleague, stranger = connect(), connect()
    colleague.sign_in(GRANTEE["mobile"])
    stranger.sign_in("13844444444")
    operator.post(f"/api/v1/review/checks/{submit(colleague, give(admin))['id']}", {"approve": True})
    for what, options in (
        ("recovery/release", {}),
        ("password-tries", {}),
        ("recovery", {"json": {"half": b64(OTHER)}}),
        ("password-reset", {"files": PAPER}),
    ):
        assert colleague.refused("POST", path(keys, what), **options) == (403, "platform.forbidden"), what
        assert stranger.refused("POST", path(keys, what), **options) == (404, "platform.not_found"), what
    assert base64.b64decode(admin.post(path(keys, "recovery/release"))["half"]) == HALF


def attempt(client: Client, keys: Keys) -> Any:
    return client.send("POST", path(keys, "password-tries"))


def passed(client: Client, keys: Keys, nonce: str, key: PrivateKey | None = None, serial: str = "") -> Any:
    message = password_try_message(serial=serial or keys.serial, nonce=base64.b64decode(nonce))
    body = {"nonce": nonce, "signature": b64(sign(key or keys.signing, message))}
    return client.send("POST", path(keys, "password-tries/passed"), json=body)


def test_t30_exactly_ten_of_fifty_parallel_tries_are_counted(
    admin: Client, keys: Keys, connect: Callable[[], Client]
) -> None:
    clients = [connect() for _ in range(10)]
    for client in clients:
        client.token = admin.token
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: attempt(clients[n % 10], keys), range(50)))
    lefts = sorted(a.json()["tries_left"] for a in answers if a.status_code == 201)
    assert lefts == list(range(10))
    assert {a.json()["code"] for a in answers if a.status_code != 201} == {"platform.password_locked"}


def test_right_password_starts_the_count_anew(admin: Client, keys: Keys) -> None:
    for _ in range(4):
        attempt(admin, keys)
    latest = attempt(admin, keys).json()
    assert latest["tries_left"] == 5
    assert passed(admin, keys, latest["nonce"]).status_code == 204
    assert attempt(admin, keys).json()["tries_left"] == 9


def test_t30_only_the_certificates_key_over_the_latest_nonce_starts_the_count_anew(admin: Client, keys: Keys) -> None:
    earlier, latest = attempt(admin, keys).json()["nonce"], attempt(admin, keys).json()["nonce"]
    for answer in (
        passed(admin, keys, earlier),
        passed(admin, keys, latest, Keys().signing),
        passed(admin, keys, latest, keys.encryption),
        passed(admin, keys, latest, serial="AB"),
    ):
        assert answer.json()["code"] == "platform.proof_wrong"
    assert passed(admin, keys, latest).status_code == 204
    assert passed(admin, keys, latest).json()["code"] == "platform.proof_wrong"


def test_release_unlocks_and_nothing_else_does(admin: Client, keys: Keys, operator: Client, clock: ManualClock) -> None:
    store(admin, keys)
    for _ in range(11):
        attempt(admin, keys)
    clock.advance(7 * 24 * 3600)
    admin.sign_in(ADMIN_MOBILE)
    operator.sign_in("13900000000")
    assert attempt(admin, keys).json()["code"] == "platform.password_locked"
    reset(admin, keys, operator)
    assert attempt(admin, keys).json()["code"] == "platform.password_locked"
    admin.post(path(keys, "recovery/release"))
    assert attempt(admin, keys).json()["tries_left"] == 9
