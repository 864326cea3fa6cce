"""Usage records: written once, seen by the unit's admin and by the user."""

from collections.abc import Callable
from typing import Any

from desktop.domain.operations import MemberRole
from desktop.server.context import Platform
from desktop.server.db.models import Member
from tests.server.client import Client
from tests.server.phone import HOLDER, Keys


def record(keys: Keys, **changed: Any) -> dict[str, Any]:
    return {
        "operation": "seal",
        "certificate_serial": keys.serial,
        "subject": "投标文件.pdf",
        "result": "done",
        "ceremony": "ab" * 32,
        "at": "2026-11-24T09:00:00Z",
        **changed,
    }


def test_record_is_listed_with_user_and_time(admin: Client, keys: Keys) -> None:
    admin.post("/api/v1/records", record(keys))
    (listed,) = admin.get("/api/v1/records")
    assert (listed["user_name"], listed["operation"], listed["certificate_serial"]) == (HOLDER, "seal", keys.serial)
    assert (listed["subject"], listed["at"]) == ("投标文件.pdf", "2026-11-24T09:00:00Z")


def test_same_ceremony_and_subject_is_kept_once_and_unchanged(admin: Client, keys: Keys) -> None:
    admin.post("/api/v1/records", record(keys))
    admin.post("/api/v1/records", record(keys, result="failed"))
    admin.post("/api/v1/records", record(keys, subject="另一份.pdf"))
    assert [(r["subject"], r["result"]) for r in admin.get("/api/v1/records")] == [
        ("另一份.pdf", "done"),
        ("投标文件.pdf", "done"),
    ]


def test_list_is_read_page_by_page(admin: Client, keys: Keys) -> None:
    for number in range(5):
        admin.post("/api/v1/records", record(keys, subject=f"{number}.pdf"))
    first = admin.get("/api/v1/records?limit=2")
    second = admin.get(f"/api/v1/records?limit=2&before={first[-1]['id']}")
    assert [r["subject"] for r in first + second] == ["4.pdf", "3.pdf", "2.pdf", "1.pdf"]


def test_member_without_admin_role_sees_only_own_records(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform
) -> None:
    admin.post("/api/v1/records", record(keys))
    user = connect()
    account = user.sign_in("13822222222")["account"]
    with platform.db.write() as session:
        organization = session.query(Member).one().organization_id
        session.add(
            Member(
                id="f" * 32,
                organization_id=organization,
                account_id=account["id"],
                role=MemberRole.CERTIFICATE_USER,
                created_at=platform.now(),
            )
        )
    assert user.get("/api/v1/records") == []
    assert user.get("/api/v1/certificates") == []
    user.post("/api/v1/records", record(keys, subject="同事.pdf"))
    assert len(admin.get("/api/v1/records")) == 2


def test_stranger_writes_nothing_into_the_units_records(
    admin: Client, keys: Keys, connect: Callable[[], Client]
) -> None:
    stranger = connect()
    stranger.sign_in("13822222222")
    assert stranger.refused("POST", "/api/v1/records", json=record(keys)) == (404, "platform.not_found")
    assert admin.get("/api/v1/records") == []


def test_record_with_an_unacceptable_part_is_refused(admin: Client, keys: Keys) -> None:
    for changed in (
        {"ceremony": "AB" * 32},
        {"at": "2026-11-24T09:00:00"},
        {"operation": "delete"},
        {"subject": "a\u202eb"},
        {"subject": "x" * 256},
        {"extra": 1},
    ):
        status, code = admin.refused("POST", "/api/v1/records", json=record(keys, **changed))
        assert status == 422
        assert code in {"platform.bad_request", "platform.bad_field"}
    assert admin.get("/api/v1/records") == []
