"""Every step that the tables do not list is refused by the platform itself, asked directly in every state.

Events that somebody asks for are asked for; those that follow from another (a certificate ends, a time has come) are
brought about, and what they may not touch stays as it was.
"""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from desktop.domain.clock import ManualClock
from desktop.domain.operations import CheckState, GrantState, MobileChangeState, OrderState, SealState
from desktop.server.context import Platform
from desktop.server.db.models import Grant, IdentityCheck, IssuedCertificate, MobileChange, Order, Seal
from desktop.server.rules import states
from desktop.server.rules.states import (
    CERTIFICATES,
    CHECKS,
    GRANTS,
    MOBILE_CHANGES,
    ORDERS,
    SEALS,
    CertificateEvent,
    CheckEvent,
    GrantEvent,
    IssuedState,
    MobileChangeEvent,
    OrderEvent,
    SealEvent,
)
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE
from tests.server.phone import Ceremonies, Keys, b64, download, place_order, png, seal_files, seal_form
from tests.server.test_account_security import NEW_MOBILE, ask_codes
from tests.server.test_members import GRANTEE, give, proof, submit
from tests.server.test_successions import PAPERS

Requests = Mapping[Any, Callable[[], Any]]
DAY = 24 * 3600
#: What somebody asks for, and what follows from something else (its tests stand at the end), table by table.
SWEPT: dict[str, set[Any]] = {
    "ORDERS": {OrderEvent.APPROVE, OrderEvent.REJECT, OrderEvent.ISSUE},
    "SEALS": {SealEvent.APPROVE, SealEvent.REJECT, SealEvent.CLAIM},
    "CERTIFICATES": {CertificateEvent.REVOKE},
    "GRANTS": set(GrantEvent),
    "CHECKS": {CheckEvent.APPROVE, CheckEvent.REJECT, CheckEvent.USE},
    "MOBILE_CHANGES": {MobileChangeEvent.CANCEL},
}
FOLLOWS: dict[str, set[Any]] = {
    "ORDERS": {OrderEvent.CANCEL},
    "SEALS": {SealEvent.VOID, SealEvent.RELEASE, SealEvent.REBIND},
    "CHECKS": {CheckEvent.CANCEL},
    "MOBILE_CHANGES": {MobileChangeEvent.APPLY},
}
#: Swept where their stages stand: test_room_steps.py, test_bids.py, test_closing.py.
ELSEWHERE = {"LOTS", "BIDS", "UPLOADS"}


def test_every_event_of_every_table_is_asked_for_or_follows_from_another() -> None:
    tables: dict[str, Mapping[Any, Any]] = {
        name: table for name, table in vars(states).items() if name.isupper() and isinstance(table, Mapping)
    }
    assert set(tables) == set(SWEPT) | ELSEWHERE
    for name, events in SWEPT.items():
        kind: Any = type(next(iter(tables[name]))[1])
        assert events | FOLLOWS.get(name, set()) == set(kind)


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


def test_grant_takes_no_illegal_step(
    admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client, platform: Platform
) -> None:
    client = connect()
    client.sign_in(GRANTEE["mobile"])
    grant = give(admin)
    check = submit(client, grant)
    requests = decisions(operator, f"/api/v1/review/checks/{check['id']}", GrantEvent.APPROVE, GrantEvent.REJECT)
    requests[GrantEvent.SUBMIT] = lambda: client.send("POST", f"/api/v1/grants/{grant['id']}/identity-check", **proof())
    requests[GrantEvent.REVOKE] = lambda: admin.send("DELETE", f"/api/v1/grants/{grant['id']}")
    # A membership is ended as such, with all that came of it; never as the grant it was.
    by_request = {step: after for step, after in GRANTS.items() if step != (GrantState.ACTIVE, GrantEvent.REVOKE)}
    assert sweep(by_request, GrantState, requests, setter(platform, Grant, grant["id"])) == 13


def test_mobile_change_takes_no_illegal_step(admin: Client, keys: Keys, platform: Platform, clock: ManualClock) -> None:
    clock.advance(61)  # since the code of the login
    change = admin.post("/api/v1/me/mobile/changes", ask_codes(admin))
    path = f"/api/v1/me/mobile/changes/{change['id']}/cancel"
    requests = {MobileChangeEvent.CANCEL: lambda: admin.send("POST", path)}
    put = setter(platform, MobileChange, change["id"])
    assert sweep(MOBILE_CHANGES, MobileChangeState, requests, put) == 2


# -- what follows from something else ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(MobileChangeState))
def test_number_changes_by_time_from_pending_only(  # noqa: PLR0917 - all take part
    admin: Client, keys: Keys, platform: Platform, connect: Callable[[], Client], clock: ManualClock, state: Any
) -> None:
    clock.advance(61)  # since the code of the login
    change = admin.post("/api/v1/me/mobile/changes", ask_codes(admin))
    setter(platform, MobileChange, change["id"])(state)
    clock.advance(2 * DAY)
    created = connect().sign_in(NEW_MOBILE)["created"]
    assert created is ((state, MobileChangeEvent.APPLY) not in MOBILE_CHANGES)


@pytest.fixture
def seals(admin: Client, keys: Keys, platform: Platform) -> dict[str, SealState]:
    """One seal in each state, by id."""
    found = {}
    for state in SealState:
        seal = admin.post("/api/v1/seals", data=seal_form(keys.serial, name=state), files=seal_files())
        setter(platform, Seal, seal["id"])(state)
        found[seal["id"]] = state
    return found


def revoke(admin: Client, keys: Keys, operator: Client, ceremonies: Ceremonies) -> None:
    del admin, ceremonies
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": ""})


def reissue(admin: Client, keys: Keys, operator: Client, ceremonies: Ceremonies) -> None:
    del ceremonies
    order = admin.post(f"/api/v1/certificates/{keys.serial}/reissue", files=PAPERS)
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})


def renew(admin: Client, keys: Keys, operator: Client, ceremonies: Ceremonies) -> None:
    order = admin.post(f"/api/v1/certificates/{keys.serial}/renewal")
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    download(admin, ceremonies, order, Keys(), old=keys)


@pytest.mark.parametrize(
    ("event", "happen"), [(SealEvent.VOID, revoke), (SealEvent.RELEASE, reissue), (SealEvent.REBIND, renew)]
)
def test_end_of_a_certificate_moves_each_seal_as_the_table_says_and_no_other(  # noqa: PLR0917 - all take part
    admin: Client,
    keys: Keys,
    operator: Client,
    ceremonies: Ceremonies,
    clock: ManualClock,
    seals: dict[str, SealState],
    event: SealEvent,
    happen: Callable[[Client, Keys, Client, Ceremonies], None],
) -> None:
    clock.advance(300 * DAY)  # the last three months, in which a certificate can be renewed
    for client, mobile in ((admin, ADMIN_MOBILE), (operator, "13900000000")):
        client.sign_in(mobile)
    happen(admin, keys, operator, ceremonies)
    after = {seal["id"]: seal["state"] for seal in admin.get("/api/v1/seals")}
    assert after == {seal: SEALS.get((state, event), state) for seal, state in seals.items()}


@pytest.mark.parametrize("state", list(OrderState))
def test_end_of_a_certificate_cancels_the_orders_that_the_table_says_and_no_other(  # noqa: PLR0917 - as above
    admin: Client, keys: Keys, operator: Client, platform: Platform, ceremonies: Ceremonies, state: OrderState
) -> None:
    order = admin.post(f"/api/v1/certificates/{keys.serial}/reissue", files=PAPERS)
    setter(platform, Order, order["id"])(state)
    revoke(admin, keys, operator, ceremonies)
    found = {o["id"]: o["state"] for o in admin.get("/api/v1/orders")}
    assert found[order["id"]] == ORDERS.get((state, OrderEvent.CANCEL), state)


@pytest.mark.parametrize("state", list(CheckState))
def test_end_of_a_grant_cancels_the_check_that_the_table_says_and_no_other(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform, state: CheckState
) -> None:
    client = connect()
    client.sign_in(GRANTEE["mobile"])
    grant = give(admin)
    check = submit(client, grant)
    setter(platform, IdentityCheck, check["id"])(state)
    assert admin.send("DELETE", f"/api/v1/grants/{grant['id']}").status_code == 204
    (found,) = client.get("/api/v1/identity-checks")
    assert found["state"] == CHECKS.get((state, CheckEvent.CANCEL), state)
