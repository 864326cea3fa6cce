"""Every step that the tables do not list is refused by the platform itself, asked directly in every state."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from desktop.domain.operations import CheckState, OrderState, SealState
from desktop.server.context import Platform
from desktop.server.db.models import IdentityCheck, IssuedCertificate, Order, Seal
from desktop.server.rules.states import (
    CERTIFICATES,
    CHECKS,
    ORDERS,
    SEALS,
    CertificateEvent,
    CheckEvent,
    IssuedState,
    OrderEvent,
    SealEvent,
)
from tests.server.client import Client
from tests.server.phone import Ceremonies, Keys, b64, place_order, png, seal_files, seal_form

Requests = Mapping[Any, Callable[[], Any]]


def decisions(operator: Client, path: str, approve: Any, reject: Any) -> dict[Any, Callable[[], Any]]:
    return {
        approve: lambda: operator.send("POST", path, json={"approve": True}),
        reject: lambda: operator.send("POST", path, json={"approve": False, "reason": "x"}),
    }


def sweep(table: Any, states: Any, requests: Requests, put: Callable[[Any], None]) -> int:
    """Ask for every step that is not in `table`, and return how many there were."""
    illegal = [(s, e) for s, e in itertools.product(states, requests) if (s, e) not in table]
    for state, event in illegal:
        put(state)
        answer = requests[event]()
        assert answer.status_code == 409, (state, event, answer.text)
        assert answer.json()["code"] == "platform.wrong_state", (state, event)
    return len(illegal)


def setter(platform: Platform, model: Any, key: str) -> Callable[[Any], None]:
    def put(state: Any) -> None:
        with platform.db.write() as session:
            session.get_one(model, key).state = state

    return put


def test_order_takes_no_illegal_step(
    admin: Client, keys: Keys, operator: Client, platform: Platform, ceremonies: Ceremonies
) -> None:
    order = place_order(admin)
    body = {"transcript": b64(ceremonies.download(Keys(), order_id=order["id"]))}
    requests = decisions(operator, f"/api/v1/review/orders/{order['id']}", OrderEvent.APPROVE, OrderEvent.REJECT)
    requests[OrderEvent.ISSUE] = lambda: admin.send("POST", f"/api/v1/orders/{order['id']}/possession", json=body)
    assert sweep(ORDERS, OrderState, requests, setter(platform, Order, order["id"])) == 9


def test_seal_takes_no_illegal_step(
    admin: Client, keys: Keys, operator: Client, platform: Platform, ceremonies: Ceremonies
) -> None:
    seal = admin.post("/api/v1/seals", data=seal_form(keys.serial), files=seal_files())
    body = {"transcript": b64(ceremonies.claim_seal(keys, seal))}
    requests = decisions(operator, f"/api/v1/review/seals/{seal['id']}", SealEvent.APPROVE, SealEvent.REJECT)
    requests[SealEvent.CLAIM] = lambda: admin.send("POST", f"/api/v1/seals/{seal['id']}/claim", json=body)
    assert sweep(SEALS, SealState, requests, setter(platform, Seal, seal["id"])) == 12


def test_identity_check_takes_no_illegal_step(admin: Client, keys: Keys, operator: Client, platform: Platform) -> None:
    base = f"/api/v1/certificates/{keys.serial}"
    admin.send("POST", f"{base}/recovery", json={"half": b64(bytes(32))})
    check = admin.post(f"{base}/password-reset", files={"papers": png()})
    requests = decisions(operator, f"/api/v1/review/checks/{check['id']}", CheckEvent.APPROVE, CheckEvent.REJECT)
    requests[CheckEvent.USE] = lambda: admin.send("POST", f"{base}/recovery/release")
    assert sweep(CHECKS, CheckState, requests, setter(platform, IdentityCheck, check["id"])) == 12


@pytest.mark.parametrize("event", list(CertificateEvent))
def test_certificate_takes_no_illegal_step(
    keys: Keys, operator: Client, platform: Platform, event: CertificateEvent
) -> None:
    path = f"/api/v1/review/certificates/{keys.serial}/revoke"
    requests = {event: lambda: operator.send("POST", path, json={"reason": ""})}
    put = setter(platform, IssuedCertificate, keys.serial)
    assert sweep(CERTIFICATES, IssuedState, requests, put) == 1
