"""Tender agencies: the review desk says which unit is one; what its members may do stays the same."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select, text, update

from desktop.domain.operations import MemberRole
from desktop.server.context import Platform
from desktop.server.db.engine import Database
from desktop.server.db.migrate import FOLDER, migrate
from desktop.server.db.models import Member, Organization, UsageRecord
from tests.server.client import Client
from tests.server.databases import Databases
from tests.server.phone import HOLDER, Keys, place_order

RECORDS = "/api/v1/records"
COLLEAGUE = "13822222222"


def unit_of(client: Client) -> Any:
    (unit,) = client.get("/api/v1/me")["organizations"]
    return unit


def review(operator: Client, order: Any, **decision: Any) -> Any:
    return operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True} | decision)


@pytest.mark.parametrize(("decision", "kind"), [({}, "bidder"), ({"unit_kind": "agency"}, "agency")])
def test_the_review_desk_says_what_a_new_unit_is(
    client: Client, operator: Client, decision: dict[str, str], kind: str
) -> None:
    client.sign_in("13811111111")
    review(operator, place_order(client), **decision)
    assert unit_of(client)["kind"] == kind


def test_a_unit_that_is_there_stays_what_it_is(admin: Client, keys: Keys, operator: Client) -> None:
    review(operator, place_order(admin), unit_kind="agency")
    assert unit_of(admin)["kind"] == "bidder"


def test_nobody_but_the_operator_makes_an_agency(client: Client, operator: Client) -> None:
    client.sign_in("13811111111")
    order = place_order(client)
    path = f"/api/v1/review/orders/{order['id']}"
    decision = {"approve": True, "unit_kind": "agency"}
    assert client.refused("POST", path, json=decision) == (403, "platform.forbidden")
    assert operator.refused("POST", path, json=decision | {"unit_kind": "king"}) == (422, "platform.bad_request")
    assert client.get("/api/v1/me")["organizations"] == []


@pytest.mark.parametrize("kind", ["bidder", "agency"])
def test_a_user_sees_only_own_records_whatever_the_unit_is(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform, kind: str
) -> None:
    seen = ["自己的.bid"]
    unit, user = unit_of(admin)["id"], connect()
    own = user.sign_in(COLLEAGUE)["account"]["id"]
    with platform.db.write() as session:
        boss = session.scalars(select(Member.account_id)).one()
        session.execute(update(Organization).values(kind=kind))
        session.add(
            Member(
                id=platform.new_id(),
                organization_id=unit,
                account_id=own,
                role=MemberRole.CERTIFICATE_USER,
                created_at=platform.now(),
            )
        )
        rows = [
            (boss, "seal", "同事的.pdf"),
            (boss, "decrypt", "同事开标.bid"),
            (boss, "rehearse", "同事演练.bid"),
            (own, "decrypt", "自己的.bid"),
        ]
        base = {"organization_id": unit, "certificate_serial": keys.serial, "user_name": HOLDER, "result": "done"}
        times = {"at": platform.now(), "received_at": platform.now(), "number": 0}
        session.execute(
            insert(UsageRecord),
            [
                base | times | {"account_id": who, "operation": operation, "subject": subject, "ceremony": f"{n:064x}"}
                for n, (who, operation, subject) in enumerate(rows)
            ],
        )
    assert [r["subject"] for r in user.get(RECORDS)] == seen
    assert [r["subject"] for r in user.get(f"{RECORDS}?operation=decrypt&organization_id={unit}")] == seen
    assert user.get(f"{RECORDS}?operation=seal") == []
    newest = user.get(f"{RECORDS}?limit=1")
    assert [r["subject"] for r in newest + user.get(f"{RECORDS}?before={newest[0]['id']}")] == seen
    assert len(admin.get(RECORDS)) == len(rows)


@pytest.mark.sqlite
def test_units_of_before_are_bidders(databases: Databases, tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.execute(
            text(
                "INSERT INTO organizations (id, name, credit_code, legal_representative, created_at)"
                " VALUES ('o', 'n', 'c', 'l', '2026-01-01 00:00:00')"
            )
        )
    migrate(database.engine)
    with database.read() as session:
        assert session.scalar(select(Organization.kind)) == "bidder"
    database.close()
