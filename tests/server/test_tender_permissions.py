"""Every endpoint of tenders, lots, uploads and bids, asked by everybody: no unit reaches another's (T34, T37, T45)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI

from desktop.domain.operations import MemberRole, OrganizationKind
from desktop.server.api.access import Permit
from desktop.server.context import Platform
from desktop.server.db.models import Organization
from desktop.server.rules.permissions import Action
from tests.server.bidders import Package
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE
from tests.server.outsiders import former_member, join, unit_of, with_ended_session
from tests.server.phone import b64
from tests.server.tenders import TenderStage
from tests.server.test_permissions import api_routes, doors

OUTSIDE = {"platform.signed_out", "platform.forbidden", "platform.not_found"}
NOBODY = "0" * 32
#: Everybody who is not signed in, or was.
VISITORS = {"visitor", "ended"}
AGENCY = {"agency admin", "agency user"}
BIDDER = {"bidder admin", "bidder user"}
#: Members of whatever unit is not the lot's agency.
ANY_BIDDER = BIDDER | {"rival", "other agency"}
SIGNED_IN = {"nobody's", "former", "operator"} | AGENCY | ANY_BIDDER


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request, and who gets beyond the door with it."""

    action: Action
    method: str
    path: str
    allowed: set[str]
    options: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Everybody, and everything there is to ask for in one state of a lot."""

    callers: dict[str, Client]
    stage: TenderStage
    package: Package
    upload: str

    def wrong(self, asks: list[Ask]) -> list[tuple[str, str, str, int, str]]:
        """Return which answers are others than promised."""
        found = []
        for ask in asks:
            for name, client in self.callers.items():
                answer = client.send(ask.method, ask.path, **ask.options)
                is_error = answer.status_code >= 400
                code = answer.json()["code"] if is_error else ""
                if (code in OUTSIDE) is (name in ask.allowed) or (name in VISITORS) is not (
                    code == "platform.signed_out"
                ):
                    found.append((ask.method, ask.path, name, answer.status_code, code))
        return found


def ask(action: Action, method: str, path: str, allowed: set[str], **options: Any) -> Ask:
    return Ask(action=action, method=method, path=path, allowed=allowed, options=options)


@pytest.fixture
def sweep(
    tender_stage: TenderStage, admin: Client, operator: Client, connect: Callable[[], Client], platform: Platform
) -> Sweep:
    stage = tender_stage
    stage.publish()
    bidder, rival, other = stage.unit(1), stage.unit(2), stage.unit(3)
    with platform.db.write() as session:
        session.get_one(Organization, other.unit_id).kind = OrganizationKind.AGENCY
    for number, unit in (("13833333331", unit_of(admin)), ("13833333332", bidder.unit_id)):
        client = connect()
        join(platform, unit, client.sign_in(number)["account"]["id"], MemberRole.CERTIFICATE_USER)
        (agency_user := client) if unit != bidder.unit_id else (bidder_user := client)
    nobodys = connect()
    nobodys.sign_in("13833333333")
    package = stage.submit(bidder)
    stage.submit(rival)
    begun = stage.begin(bidder, b"half").json()["id"]
    callers = {
        "visitor": connect(),
        "nobody's": nobodys,
        "former": former_member(bidder.client, connect, platform),
        "agency admin": admin,
        "agency user": agency_user,
        "other agency": other.client,
        "bidder admin": bidder.client,
        "bidder user": bidder_user,
        "rival": rival.client,
        "operator": operator,
    }
    stage.clock.advance(61)
    callers["ended"] = with_ended_session(connect, ADMIN_MOBILE)
    return Sweep(callers=callers, stage=stage, package=package, upload=begun)


def before_deadline(sweep: Sweep) -> list[Ask]:
    stage, bidder = sweep.stage, sweep.stage.unit(1)
    lot, upload = stage.path, f"/api/v1/uploads/{sweep.upload}"
    tender = f"/api/v1/tenders/{stage.lot['tender_id']}"
    document = stage.announcement().notice.documents[0].sha256.hex()
    body = {"organization_id": stage.agency_id, "number": "", "name": "", "buyer": ""}
    mine = {"organization_id": bidder.unit_id, "sha256": "ab" * 32, "size": 9}
    amendment = {"transcript": b64(b"none")}
    withdrawal = {"transcript": b64(stage.withdrawal(bidder, sweep.package))}
    own = {"params": {"organization_id": bidder.unit_id}}
    octets = {"data": b"x", "params": {"offset": 3}, "headers": {"Content-Type": "application/octet-stream"}}
    return [
        ask(Action.CREATE_TENDER, "POST", "/api/v1/tenders", AGENCY, json={**body, "number": "\x00"}),
        ask(Action.LIST_TENDERS, "GET", "/api/v1/tenders", SIGNED_IN),
        ask(Action.PREPARE_LOT, "POST", f"{tender}/lots", AGENCY, json={"lot": "01", "name": "重复"}),
        ask(Action.READ_LOTS, "GET", "/api/v1/lots", SIGNED_IN),
        ask(Action.READ_LOTS, "GET", lot, SIGNED_IN),
        ask(Action.READ_LOTS, "GET", f"{lot}/documents/{document}", SIGNED_IN),
        ask(Action.PREPARE_LOT, "PUT", f"{lot}/draft", AGENCY, json={"draft": {}, "after": 0}),
        ask(Action.PREPARE_LOT, "POST", f"{lot}/time-keys", AGENCY, json={"envelopes": ["bid"]}),
        ask(Action.PREPARE_LOT, "POST", f"{lot}/documents", AGENCY, files={"file": ("a.pdf", b"%PDF")}),
        ask(Action.PUBLISH_LOT, "POST", f"{lot}/publish", AGENCY, json=amendment),
        ask(Action.PUBLISH_LOT, "POST", f"{lot}/amend", AGENCY, json=amendment),
        ask(Action.UPLOAD_BID, "POST", f"{lot}/uploads", BIDDER, json=mine),
        ask(Action.UPLOAD_BID, "PUT", upload, BIDDER, **octets),
        ask(Action.UPLOAD_BID, "GET", upload, BIDDER),
        ask(Action.LIST_OWN_BIDS, "GET", f"{lot}/bids", BIDDER, **own),
        # The agency, and the platform's own operators, get no bid's file before the closing.
        ask(Action.READ_BID_FILE, "GET", f"/api/v1/bids/{sweep.package.package_id.hex()}/file", BIDDER),
        ask(Action.READ_CLOSING, "GET", f"{lot}/closing", AGENCY | BIDDER | {"rival"}),
        ask(Action.WITHDRAW_BID, "POST", f"{lot}/withdraw", BIDDER, json=withdrawal),
    ]


def test_t34_t37_t45_everybody_reaches_what_is_theirs_before_the_deadline(sweep: Sweep) -> None:
    asks = before_deadline(sweep)
    assert sweep.wrong(asks) == []
    assert sweep.stage.begin(sweep.stage.unit(1), b"half").json()["id"] == sweep.upload  # nobody has ended it


def test_t34_t37_t45_the_agency_gets_bids_after_the_closing_and_nobody_else_does(sweep: Sweep) -> None:
    stage = sweep.stage
    stage.submit(stage.unit(3))
    stage.pass_deadline()
    file = f"/api/v1/bids/{sweep.package.package_id.hex()}/file"
    takes_part = AGENCY | BIDDER | {"rival", "other agency"}
    assert (
        sweep.wrong(
            [
                ask(Action.READ_CLOSING, "GET", f"{stage.path}/closing", takes_part),
                ask(Action.READ_BID_FILE, "GET", file, AGENCY | BIDDER),
                ask(Action.LIST_OWN_BIDS, "GET", f"{stage.path}/bids?organization_id={stage.unit(1).unit_id}", BIDDER),
            ]
        )
        == []
    )


def test_t37_bids_of_a_lot_that_is_not_opened_stay_with_their_bidders(sweep: Sweep) -> None:
    sweep.stage.pass_deadline()
    assert sweep.stage.agency.get(sweep.stage.path)["state"] == "failed"
    file = f"/api/v1/bids/{sweep.package.package_id.hex()}/file"
    assert sweep.wrong([ask(Action.READ_BID_FILE, "GET", file, BIDDER)]) == []


def test_t45_ids_of_nothing_are_absent_for_everybody(sweep: Sweep) -> None:
    asks = [
        ask(each.action, each.method, path, set(), **each.options)
        for each in before_deadline(sweep)
        if (path := absent(each.path, sweep)) != each.path
    ]
    assert len(asks) > 12
    assert sweep.wrong(asks) == []


def absent(path: str, sweep: Sweep) -> str:
    for known in (sweep.stage.lot["id"], sweep.upload, sweep.stage.lot["tender_id"], sweep.package.package_id.hex()):
        path = path.replace(known, NOBODY)
    return path


def test_sweep_asks_every_endpoint_of_its_actions(app: FastAPI, sweep: Sweep) -> None:
    asks = before_deadline(sweep)
    actions = {each.action for each in asks}
    routes = [
        (method, route.path)
        for route in api_routes(app)
        for call in doors(route)
        if isinstance(call, Permit) and call.action in actions
        for method in route.methods
    ]
    # Giving up an upload ends what the others are asked about.
    assert len(routes) == len(asks) + 1


def test_upload_is_given_up_by_its_unit_alone(sweep: Sweep) -> None:
    path = f"/api/v1/uploads/{sweep.upload}"
    bidder = {name: client for name, client in sweep.callers.items() if name in BIDDER}
    for name, client in sweep.callers.items():
        if name not in bidder:
            status, code = client.refused("DELETE", path)
            assert code in OUTSIDE, (name, status)
    assert bidder["bidder user"].send("DELETE", path).status_code == 204
    assert bidder["bidder admin"].refused("DELETE", path) == (404, "platform.not_found")
