"""Who may do what: the matrix as written down, at every endpoint, for every kind of caller (threats T34, T45)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import MemberRole, PlatformRole
from desktop.server.api.access import ControlPermit, Permit
from desktop.server.context import Platform
from desktop.server.rules.permissions import (
    MATRIX,
    VISITOR,
    Action,
    Actor,
    Role,
    Target,
    demand,
    demand_entry,
    roles_of,
)
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE
from tests.server.outsiders import former_member, join, other_admin, unit_of, with_ended_session
from tests.server.phone import (
    HOLDER,
    ID_NUMBER,
    NAME,
    Ceremonies,
    Keys,
    Workstation,
    b64,
    order_form,
    papers,
    png,
    seal_files,
    seal_form,
    usage,
)

# What the product promises, column by column: visitor, signed in, owner, certificate user, certificate admin,
# operator, member of the lot's agency, member of a unit that bids for it.
PROMISED = """
read_profile          x x x x x x x x
read_log              x x x x x x x x
sign_in               x x x x x x x x
read_self             - x - - - - - -
sign_out              - x - - - - - -
list_orders           - x - - - - - -
place_order           - x - - - - - -
download_certificate  - - x - - - - -
list_certificates     - x - - - - - -
list_workstations     - x - - - - - -
enrol_workstation     - - - x x - - -
remove_workstation    - - x - x - - -
list_seals            - x - - - - - -
apply_for_seal        - - x - x - - -
read_seal             - - x - x x - -
claim_seal            - - x - x - - -
list_records          - x - - - - - -
write_record          - - - x x - - -
review_orders         - - - - - x - -
review_seals          - - - - - x - -
revoke_certificate    - - - - - x - -
renew_certificate     - - x - - - - -
change_certificate    - - x - - - - -
rename_organization   - - - - x - - -
reissue_certificate   - - x - - - - -
list_members          - - - x x - - -
grant_membership      - - - - x - - -
revoke_membership     - - - - x - - -
list_grants_to_self   - x - - - - - -
submit_identity_check - x - - - - - -
list_identity_checks  - x - - - - - -
review_identity_checks - - - - - x - -
read_notices          - x - - - - - -
set_password          - x - - - - - -
change_mobile         - x - - - - - -
manage_sessions       - x - - - - - -
store_recovery        - - x - - - - -
reset_certificate_password - - x - - - - -
count_password_try    - - x - - - - -
create_tender         - - - - - - x -
list_tenders          - x - - - - - -
prepare_lot           - - - - - - x -
publish_lot           - - - - - - x -
read_lots             - x - - - - - -
upload_bid            - - - - - - - x
list_own_bids         - - - - - - - x
withdraw_bid          - - - - - - - x
read_bid_file         - - - - - - x x
read_closing          - - - - - - x x
run_opening           - - - - - - x -
take_part_in_opening  - - - - - - - x
read_room             - - - - - - x x
"""
#: Asked inside a case, behind the door of another action.
WITHOUT_DOOR = {Action.RENAME_ORGANIZATION}
#: Asked of a lot and its bidders in test_tender_permissions.py and test_room_permissions.py.
OF_LOTS = set(list(Action)[list(Action).index(Action.CREATE_TENDER) :])
COLUMNS = (
    Role.VISITOR,
    Role.ACCOUNT,
    Role.OWNER,
    Role.CERTIFICATE_USER,
    Role.CERTIFICATE_ADMIN,
    Role.OPERATOR,
    Role.AGENCY,
    Role.BIDDER,
)
TABLE = {line.split()[0]: line.split()[1:] for line in PROMISED.strip().splitlines()}
CELLS = [(Action(name), role, cells[n] == "x") for name, cells in TABLE.items() for n, role in enumerate(COLUMNS)]


def test_every_action_is_promised_to_somebody_and_stands_in_the_matrix() -> None:
    assert set(TABLE) == {str(a) for a in Action} == {str(a) for a in MATRIX}
    assert set(COLUMNS) == set(Role)


@pytest.mark.parametrize(("action", "role", "allowed"), CELLS)
def test_role_may_do_exactly_what_is_promised(action: Action, role: Role, *, allowed: bool) -> None:
    assert (role in MATRIX[action]) is allowed


def test_object_outside_the_callers_reach_is_reported_as_absent() -> None:
    target = Target(organization_id="o", owners=frozenset({"a"}))
    stranger = Actor(account_id="b", platform_role=PlatformRole.BIDDER, memberships={"p": MemberRole.CERTIFICATE_ADMIN})
    colleague = Actor(account_id="b", platform_role=PlatformRole.BIDDER, memberships={"o": MemberRole.CERTIFICATE_USER})
    for actor, code in ((VISITOR, "signed_out"), (stranger, "not_found"), (colleague, "forbidden")):
        with pytest.raises(RejectedError, match=f"platform.{code}"):
            demand(actor, Action.CLAIM_SEAL, target)


def test_t34_owner_who_left_the_unit_owns_nothing_of_it() -> None:
    target = Target(organization_id="o", owners=frozenset({"a"}))
    member = Actor(account_id="a", platform_role=PlatformRole.BIDDER, memberships={"o": MemberRole.CERTIFICATE_USER})
    former = Actor(account_id="a", platform_role=PlatformRole.BIDDER, memberships={})
    demand(member, Action.CLAIM_SEAL, target)
    assert roles_of(former, target) == {Role.ACCOUNT}
    with pytest.raises(RejectedError, match=r"platform\.not_found"):
        demand(former, Action.CLAIM_SEAL, target)


def test_agency_of_a_lot_is_none_of_its_bidders_whatever_it_says() -> None:
    agency = Actor(account_id="a", platform_role=PlatformRole.BIDDER, memberships={"o": MemberRole.CERTIFICATE_ADMIN})
    both = Actor(
        account_id="b",
        platform_role=PlatformRole.BIDDER,
        memberships={"o": MemberRole.CERTIFICATE_USER, "p": MemberRole.CERTIFICATE_USER},
    )
    lot = Target(agency="o", bidders=frozenset({"o", "p"}))
    assert roles_of(agency, lot) == {Role.ACCOUNT, Role.AGENCY}
    assert roles_of(both, lot) == {Role.ACCOUNT, Role.AGENCY, Role.BIDDER}
    demand(agency, Action.PUBLISH_LOT, lot)
    with pytest.raises(RejectedError, match=r"platform\.forbidden"):
        demand(agency, Action.UPLOAD_BID, lot)


def test_what_everybody_sees_is_refused_openly_and_what_nobody_sees_is_absent() -> None:
    stranger = Actor(account_id="a", platform_role=PlatformRole.BIDDER, memberships={})
    for is_public, code in ((True, "forbidden"), (False, "not_found")):
        with pytest.raises(RejectedError, match=f"platform.{code}"):
            demand(stranger, Action.PUBLISH_LOT, Target(agency="o", is_public=is_public))


def test_bidder_does_not_enter_the_review_desk() -> None:
    bidder = Actor(account_id="a", platform_role=PlatformRole.BIDDER, memberships={})
    with pytest.raises(RejectedError, match=r"platform\.forbidden"):
        demand_entry(bidder, Action.REVIEW_ORDERS)
    demand_entry(bidder, Action.CLAIM_SEAL)


def doors(route: APIRoute) -> list[Any]:
    """Everything an endpoint depends on, however deep."""
    found, waiting = [], [route.dependant]
    while waiting:
        dependant = waiting.pop()
        found.append(dependant.call)
        waiting += dependant.dependencies
    return found


def api_routes(app: FastAPI) -> list[APIRoute]:
    found: list[APIRoute] = []
    waiting: list[Any] = list(app.router.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            waiting += getattr(getattr(route, "original_router", None) or route, "routes", None) or []
    return found


def test_every_endpoint_has_exactly_one_door(app: FastAPI) -> None:
    seen = []
    routes = api_routes(app)
    for route in routes:
        permits = [call.action for call in doors(route) if isinstance(call, Permit)]
        controls = [call for call in doors(route) if isinstance(call, ControlPermit)]
        if route.path.startswith("/relay/"):
            assert (permits, controls) == ([], []), route.path
        else:
            assert len(permits) + len(controls) == 1, route.path
            assert bool(controls) == route.path.startswith("/control/"), route.path
        seen += permits
    assert set(seen) == set(Action) - WITHOUT_DOOR
    assert len(routes) > 75


#: The stage asks these for something that does not exist.
ABSENT = {Action.REVOKE_CERTIFICATE, Action.SUBMIT_IDENTITY_CHECK}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything there is to reach for, and everybody who might."""

    callers: dict[str, tuple[Client, set[Role]]]
    requests: dict[Action, Callable[[Client], Any]]


@pytest.fixture
def stage(  # noqa: PLR0917 - one of everything
    admin: Client,
    keys: Keys,
    operator: Client,
    connect: Callable[[], Client],
    ceremonies: Ceremonies,
    platform: Platform,
    clock: ManualClock,
) -> Stage:
    visitor, stranger, user = connect(), connect(), connect()
    stranger.sign_in("13822222222")
    account = user.sign_in("13833333333")["account"]
    organization = unit_of(admin)
    join(platform, organization, account["id"], MemberRole.CERTIFICATE_USER)
    former, other = former_member(admin, connect, platform), other_admin(operator, connect)
    clock.advance(61)
    ended = with_ended_session(connect, ADMIN_MOBILE)
    seal = admin.post("/api/v1/seals", data=seal_form(keys.serial), files=seal_files())
    operator.post(f"/api/v1/review/seals/{seal['id']}", {"approve": True})
    (order,) = admin.get("/api/v1/orders")
    claim = ceremonies.claim_seal(keys, seal)
    download = ceremonies.download(keys, order_id=order["id"])
    nobody = "0" * 32

    def post(path: str, body: Any) -> Callable[[Client], Any]:
        return lambda c: c.send("POST", path, json=body)

    def get(path: str) -> Callable[[Client], Any]:
        return lambda c: c.send("GET", path)

    def remove_workstation(caller: Client) -> Any:
        transcript = ceremonies.enrol(keys, Workstation())
        made = admin.post("/api/v1/workstations", {"transcript": b64(transcript)})
        return caller.send("DELETE", f"/api/v1/workstations/{made['id']}")

    def enrol(caller: Client) -> Any:
        transcript = ceremonies.enrol(keys, Workstation())
        return caller.send("POST", "/api/v1/workstations", json={"transcript": b64(transcript)})

    requests = {
        Action.READ_PROFILE: get("/api/v1/profile"),
        Action.READ_LOG: get("/api/v1/log/head"),
        Action.SIGN_IN: post("/api/v1/sessions/nonce", None),
        Action.READ_SELF: get("/api/v1/me"),
        Action.LIST_ORDERS: get("/api/v1/orders"),
        Action.PLACE_ORDER: lambda c: c.send("POST", "/api/v1/orders", data=order_form(suite="none"), files=papers()),
        Action.DOWNLOAD_CERTIFICATE: post(f"/api/v1/orders/{order['id']}/possession", {"transcript": b64(download)}),
        Action.LIST_CERTIFICATES: get("/api/v1/certificates"),
        Action.LIST_WORKSTATIONS: get("/api/v1/workstations"),
        Action.ENROL_WORKSTATION: enrol,
        Action.REMOVE_WORKSTATION: remove_workstation,
        Action.LIST_SEALS: get("/api/v1/seals"),
        Action.APPLY_FOR_SEAL: lambda c: c.send(
            "POST", "/api/v1/seals", data=seal_form(keys.serial), files=seal_files()
        ),
        Action.READ_SEAL: get(f"/api/v1/seals/{seal['id']}/scan"),
        Action.CLAIM_SEAL: post(f"/api/v1/seals/{seal['id']}/claim", {"transcript": b64(claim)}),
        Action.LIST_RECORDS: get("/api/v1/records"),
        Action.WRITE_RECORD: post("/api/v1/records", usage(keys)),
        Action.REVIEW_ORDERS: get("/api/v1/review/orders"),
        Action.REVIEW_SEALS: get("/api/v1/review/seals"),
        Action.REVOKE_CERTIFICATE: post(f"/api/v1/review/certificates/{nobody}/revoke", {"reason": ""}),
        # Papers of no kind at all: who may come that far is told so.
        Action.RENEW_CERTIFICATE: post(f"/api/v1/certificates/{keys.serial}/renewal", None),
        Action.CHANGE_CERTIFICATE: lambda c: c.send(
            "POST",
            f"/api/v1/certificates/{keys.serial}/change",
            data={"organization_name": NAME},
            files={"papers": b""},
        ),
        Action.REISSUE_CERTIFICATE: lambda c: c.send(
            "POST", f"/api/v1/certificates/{keys.serial}/reissue", files={"papers": b""}
        ),
        Action.LIST_MEMBERS: get(f"/api/v1/organizations/{organization}/members"),
        Action.GRANT_MEMBERSHIP: get(f"/api/v1/organizations/{organization}/grants"),
        Action.REVOKE_MEMBERSHIP: post(
            f"/api/v1/organizations/{organization}/members/{account['id']}/role", {"role": "certificate_user"}
        ),
        Action.LIST_GRANTS_TO_SELF: get("/api/v1/claimable"),
        Action.SUBMIT_IDENTITY_CHECK: lambda c: c.send(
            "POST",
            f"/api/v1/grants/{nobody}/identity-check",
            data={"name": HOLDER, "id_number": ID_NUMBER},
            files={"papers": png()},
        ),
        Action.LIST_IDENTITY_CHECKS: get("/api/v1/identity-checks"),
        Action.REVIEW_IDENTITY_CHECKS: get("/api/v1/review/checks"),
        Action.READ_NOTICES: get("/api/v1/notices"),
        Action.SET_PASSWORD: post("/api/v1/me/password", {"new": "weak"}),
        Action.CHANGE_MOBILE: get("/api/v1/me/mobile/changes"),
        Action.MANAGE_SESSIONS: get("/api/v1/sessions"),
        Action.STORE_RECOVERY: post(f"/api/v1/certificates/{keys.serial}/recovery", {"half": b64(bytes(32))}),
        Action.RESET_CERTIFICATE_PASSWORD: post(f"/api/v1/certificates/{keys.serial}/recovery/release", None),
        Action.COUNT_PASSWORD_TRY: post(f"/api/v1/certificates/{keys.serial}/password-tries", None),
        Action.SIGN_OUT: lambda c: c.send("DELETE", "/api/v1/sessions/current"),
    }
    callers = {
        "visitor": (visitor, {Role.VISITOR}),
        "admin whose session has ended": (ended, {Role.VISITOR}),
        "stranger": (stranger, {Role.ACCOUNT}),
        "admin who has left": (former, {Role.ACCOUNT}),
        "admin of another unit": (other, {Role.ACCOUNT}),
        "user": (user, {Role.ACCOUNT, Role.CERTIFICATE_USER}),
        "admin": (admin, {Role.ACCOUNT, Role.CERTIFICATE_ADMIN, Role.OWNER}),
        "operator": (operator, {Role.ACCOUNT, Role.OPERATOR}),
    }
    return Stage(callers=callers, requests=requests)


def test_t45_every_caller_gets_exactly_what_the_matrix_says(stage: Stage) -> None:
    assert set(stage.requests) == set(Action) - WITHOUT_DOOR - OF_LOTS
    wrong = []
    for action, request in stage.requests.items():
        for name, (client, roles) in stage.callers.items():
            answer = request(client)
            code = "" if answer.status_code < 400 else answer.json()["code"]
            refused = code in {"platform.signed_out", "platform.forbidden"} or (
                # To revoke what does not exist is allowed to an operator, and not found; so is a grant to nobody.
                code == "platform.not_found" and action not in ABSENT
            )
            if refused == bool(roles & MATRIX[action]):
                wrong.append((str(action), name, answer.status_code, code))
    assert wrong == []
