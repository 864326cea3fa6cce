"""Usage records: what the holder's phone signed, written once, seen by the unit's admin and by the user."""

import base64
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import spki_of
from desktop.domain.clock import ManualClock
from desktop.domain.operations import MemberRole, Operation, PlatformRole
from desktop.formats.answer import verify_answer
from desktop.formats.records import row_hash
from desktop.protocol.transcript import Transcript
from desktop.server.cases import records
from desktop.server.context import Platform
from desktop.server.db.models import Member, UsageRecord
from desktop.server.rules.permissions import Actor
from tests.server.client import Client
from tests.server.phone import HOLDER, NO_UNIT, Ceremonies, Keys, b64, usage

PATH = "/api/v1/records"


def join(client: Client, platform: Platform, mobile: str) -> Any:
    """Sign in as somebody who becomes a certificate user of the first unit."""
    account = client.sign_in(mobile)["account"]
    with platform.db.write() as session:
        organization = session.query(Member).first().organization_id  # type: ignore[union-attr]
        session.add(
            Member(
                id=platform.new_id(),
                organization_id=organization,
                account_id=account["id"],
                role=MemberRole.CERTIFICATE_USER,
                created_at=platform.now(),
            )
        )
    return account


def test_record_is_listed_with_user_and_time(admin: Client, keys: Keys) -> None:
    admin.post(PATH, usage(keys))
    (listed,) = admin.get(PATH)
    assert (listed["user_name"], listed["operation"], listed["certificate_serial"]) == (HOLDER, "seal", keys.serial)
    assert (listed["subject"], listed["at"]) == ("投标文件.pdf", "2026-11-24T09:00:00Z")
    assert (listed["ceremony"], listed["has_evidence"]) == (sha256(b"t").hex(), True)


def test_same_ceremony_and_number_is_kept_once_and_unchanged(admin: Client, keys: Keys) -> None:
    admin.post(PATH, usage(keys))
    admin.post(PATH, usage(keys, result="failed", subject="其他.pdf"))
    admin.post(PATH, usage(keys, subject="另一份.pdf", number=1))
    assert [(r["subject"], r["result"]) for r in admin.get(PATH)] == [("另一份.pdf", "done"), ("投标文件.pdf", "done")]


def test_consent_of_a_verified_answer_is_the_evidence_the_platform_takes(
    admin: Client, keys: Keys, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    transcript = Transcript.read(ceremonies.login(keys, nonce=bytes(32), v=b"v"))
    verified = verify_answer(transcript, signer_of=lambda _: keys.sign_cert)
    body = usage(keys, operation="login", at=clock.now().isoformat())
    evidence = {"consent": b64(verified.consent), "signature": b64(verified.answer.signature)}
    assert admin.post(PATH, body | evidence)["ceremony"] == transcript.t2.hex()


def test_t34_nobody_hands_in_a_use_that_the_holder_did_not_sign(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform
) -> None:
    colleague, theirs = connect(), Keys()
    join(colleague, platform, "13822222222")
    theirs.serial, theirs.sign_cert = keys.serial, keys.sign_cert
    flipped = usage(keys)
    flipped["signature"] = b64(bytes([base64.b64decode(flipped["signature"])[0] ^ 1]) + bytes(63))
    forged = {
        "another's key": (usage(theirs), "ceremony.signature_invalid"),
        "flipped signature": (flipped, "ceremony.signature_invalid"),
        "consent of another certificate": (usage(keys, bent={"cert": bytes(32)}), "ceremony.certificate_not_allowed"),
        "consent for another platform": (usage(keys, bent={"platform": "other"}), "ceremony.wrong_purpose"),
        "consent for another operation": (usage(keys, bent={"op": "login"}), "ceremony.wrong_purpose"),
        "consent of another unit": (usage(keys, bent={"code": "91"}), "ceremony.certificate_not_allowed"),
        "consent with a field more": (usage(keys, bent={"price": 1}), "ceremony.malformed"),
        "no consent": (usage(keys, consent=b64(b"BIDSEAL1/tbs")), "ceremony.malformed"),
    }
    for what, (body, code) in forged.items():
        for caller in (admin, colleague):
            assert caller.refused("POST", PATH, json=body)[1] == code, what
    assert admin.get(PATH) == []
    colleague.post(PATH, usage(keys))  # what was signed may be delivered by whoever sits at the workstation
    (listed,) = admin.get(PATH)
    assert listed["user_name"] == HOLDER


def test_download_is_recorded_by_the_owner_of_its_order_only(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform
) -> None:
    body = usage(keys, operation="download", bent={"cert": sha256(spki_of(keys.signing))})
    colleague = connect()
    join(colleague, platform, "13822222222")
    assert colleague.refused("POST", PATH, json=body) == (403, "platform.forbidden")
    assert admin.refused("POST", PATH, json=usage(keys, operation="download"))[1] == "ceremony.certificate_not_allowed"
    admin.post(PATH, body)
    assert [r["operation"] for r in admin.get(PATH)] == ["download"]


def test_login_on_a_strange_workstation_names_no_unit_and_is_a_record_all_the_same(admin: Client, keys: Keys) -> None:
    unit = {"org": NO_UNIT.name, "code": NO_UNIT.credit_code}
    admin.post(PATH, usage(keys, operation="login", bent=unit))
    assert len(admin.get(PATH)) == 1


def test_t35_every_row_keeps_the_hash_of_all_it_says(admin: Client, keys: Keys, platform: Platform) -> None:
    admin.post(PATH, usage(keys))
    (listed,) = admin.get(PATH)
    changes: list[dict[str, Any]] = [
        {"subject": "别的.pdf"},
        {"result": "failed"},
        {"user_name": "李四"},
        {"at": platform.now() - timedelta(hours=1)},
        {"number": 1},
        {"operation": "login"},
        {"signature": bytes(64)},
    ]
    with platform.db.read() as session:
        assert row_hash(records.content_of(session.query(UsageRecord).one())).hex() == listed["row_hash"]
    for change in changes:
        with platform.db.write() as session:
            before = {name: getattr(session.query(UsageRecord).one(), name) for name in change}
            session.execute(update(UsageRecord).values(change))
            session.expire_all()
            row = session.query(UsageRecord).one()
            assert row_hash(records.content_of(row)).hex() != row.row_hash, change
            session.execute(update(UsageRecord).values(before))


def test_record_holds_nothing_of_challenge_and_results(admin: Client, keys: Keys, platform: Platform) -> None:
    admin.post(PATH, usage(keys))
    columns = {c.name for c in UsageRecord.__table__.columns}
    assert not columns & {"challenge", "results", "answer", "transcript"}
    assert admin.refused("POST", PATH, json=usage(keys, answer="AA=="))[0] == 422


def test_list_is_read_page_by_page(admin: Client, keys: Keys) -> None:
    for number in range(5):
        admin.post(PATH, usage(keys, subject=f"{number}.pdf", number=number))
    first = admin.get(f"{PATH}?limit=2")
    second = admin.get(f"{PATH}?limit=2&before={first[-1]['id']}")
    assert [r["subject"] for r in first + second] == ["4.pdf", "3.pdf", "2.pdf", "1.pdf"]


def test_list_is_narrowed_by_each_filter(admin: Client, keys: Keys) -> None:
    admin.post(PATH, usage(keys, t=b"1", subject="报价100%.pdf", at="2026-11-23T09:00:00Z"))
    admin.post(PATH, usage(keys, t=b"2", subject="技术标.pdf", result="pdf.damaged"))
    admin.post(PATH, usage(keys, t=b"3", subject="登录", operation="login"))
    unit = admin.get("/api/v1/me")["organizations"][0]["id"]
    expected = {
        f"organization_id={unit}": 3,
        "operation=login": 1,
        "operation=decrypt": 0,
        "result=done": 2,
        "result=failed": 1,
        "text=标": 1,
        "text=%25": 1,
        "text=_": 0,
        f"certificate_serial={keys.serial}": 3,
        "certificate_serial=AB": 0,
        f"user={HOLDER}": 3,
        "user=李四": 0,
        "since=2026-11-24T00:00:00Z": 2,
        "until=2026-11-24T00:00:00Z": 1,
        "since=2026-11-23T09:00:00Z&until=2026-11-23T09:00:01Z": 1,
    }
    assert {asked: len(admin.get(f"{PATH}?{asked}")) for asked in expected} == expected


def test_unacceptable_filter_is_refused(admin: Client, keys: Keys) -> None:
    for asked in ("limit=0", "limit=201", "before=-1", "since=2026-11-24", "result=maybe", "operation=x", "sort=at"):
        assert admin.refused("GET", f"{PATH}?{asked}") == (422, "platform.bad_request"), asked
    assert admin.refused("GET", f"{PATH}?organization_id={'0' * 32}") == (404, "platform.not_found")


def test_member_without_admin_role_sees_only_own_records(
    admin: Client, keys: Keys, connect: Callable[[], Client], platform: Platform
) -> None:
    admin.post(PATH, usage(keys))
    user = connect()
    join(user, platform, "13822222222")
    unit = admin.get("/api/v1/me")["organizations"][0]["id"]
    assert user.get(PATH) == user.get(f"{PATH}?organization_id={unit}") == []
    assert user.get("/api/v1/certificates") == []
    assert len(admin.get(PATH)) == 1


def test_stranger_writes_nothing_into_the_units_records(
    admin: Client, keys: Keys, connect: Callable[[], Client]
) -> None:
    stranger = connect()
    stranger.sign_in("13822222222")
    assert stranger.refused("POST", PATH, json=usage(keys)) == (404, "platform.not_found")
    assert admin.get(PATH) == []


def test_record_with_an_unacceptable_part_is_refused(admin: Client, keys: Keys) -> None:
    for changed in (
        {"number": -1},
        {"number": 128},
        {"at": "2026-11-24T09:00:00"},
        {"at": "2026-11-26T09:00:00Z"},
        {"at": "2026-04-01T09:00:00Z"},
        {"operation": "delete"},
        {"subject": "a\u202eb"},
        {"subject": "x" * 256},
        {"consent": "not base64"},
        {"extra": 1},
    ):
        body = usage(keys) | changed
        status, code = admin.refused("POST", PATH, json=body)
        assert status == 422, changed
        assert code in {"platform.bad_request", "platform.bad_field"}
    assert admin.get(PATH) == []


MANY = 100_000
#: One in so many has failed.
FAILED = 1_000
_DAY = datetime(2026, 11, 23, tzinfo=UTC)
#: What is asked, how many come, and on SQLite the index by which the unit's admin gets them.
PAGES: dict[str, tuple[records.RecordFilter, int, str]] = {
    "newest": (records.RecordFilter(), 50, "of_organization"),
    "middle": (records.RecordFilter(before=MANY // 2), 50, "of_organization"),
    "last": (records.RecordFilter(before=3), 2, "of_organization"),
    "operation": (records.RecordFilter(operation=Operation.SEAL), 50, "of_operation"),
    "operation, middle": (records.RecordFilter(operation=Operation.SEAL, before=MANY // 2), 50, "of_operation"),
    "user": (records.RecordFilter(user=HOLDER), 50, "of_"),
    "nobody": (records.RecordFilter(user="无此人"), 0, "of_user"),
    "since": (records.RecordFilter(since=_DAY), 50, "of_organization"),
    "until": (records.RecordFilter(until=_DAY + timedelta(hours=6)), 50, "of_organization"),
    "day": (records.RecordFilter(since=_DAY, until=_DAY + timedelta(days=1)), 50, "of_organization"),
    "before all": (records.RecordFilter(until=_DAY - timedelta(days=9)), 0, "of_organization"),
    "done": (records.RecordFilter(is_done=True), 50, "of_organization"),
    "failed": (records.RecordFilter(is_done=False), 50, "of_failure"),
    "failed, last": (records.RecordFilter(is_done=False, before=FAILED + 1), 1, "of_failure"),
}
#: Words within words stand in no index: the unit's own rows are read for them.
SEARCH = records.RecordFilter(text="9999")


def crowd(platform: Platform, keys: Keys) -> Member:
    """Fill the unit's records and return its admin."""
    operations = list(Operation)
    with platform.db.write() as session:
        member = session.query(Member).one()
        for start in range(0, MANY, 10_000):
            rows = [
                {
                    "organization_id": member.organization_id,
                    "account_id": member.account_id,
                    "certificate_serial": keys.serial,
                    "user_name": HOLDER,
                    "result": "done" if n % FAILED else "pdf.damaged",
                    "received_at": platform.now(),
                    "operation": operations[n % len(operations)],
                    "subject": f"文件{n}.pdf",
                    "number": n % 128,
                    "ceremony": f"{n:064x}",
                    "at": platform.now() - timedelta(seconds=MANY - n),
                }
                for n in range(start, start + 10_000)
            ]
            session.execute(insert(UsageRecord), rows)
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE"))  # as it does by itself; SQLite never does
    return member


def plan_of(session: Session, query: Any) -> str:
    statement = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    explained = session.execute(text(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}".replace(":", r"\:")))
    return " ".join(str(row) for row in explained).upper()


def test_a_page_out_of_a_hundred_thousand_records_comes_by_index(platform: Platform, keys: Keys) -> None:
    member = crowd(platform, keys)
    for role, (name, (wanted, count, index)) in itertools.product(MemberRole, PAGES.items()):
        actor = Actor(
            account_id=member.account_id,
            platform_role=PlatformRole.BIDDER,
            memberships={member.organization_id: role},
        )
        with platform.db.read() as session:
            for query in records.pages(actor, wanted, limit=50):
                plan = plan_of(session, query)
                assert "INDEX" in plan or "PRIMARY KEY" in plan, (name, plan)
                assert not any(slow in plan for slow in ("SCAN USAGE_RECORDS", "SEQ SCAN", "TEMP B-TREE")), (name, plan)
                if session.get_bind().dialect.name == "sqlite" and role is MemberRole.CERTIFICATE_ADMIN:
                    assert index.upper() in plan, (name, plan)
        assert len(records.visible(platform, actor, wanted, limit=50)) == count, name
        assert len(records.visible(platform, actor, SEARCH, limit=50)) == 19
    with platform.db.read() as session:
        unordered = plan_of(session, select(UsageRecord).order_by(UsageRecord.result))
    assert "SCAN" in unordered  # the control: such a plan is seen when it is there


def test_times_beyond_the_calendar_are_refused_and_no_fault(admin: Client, keys: Keys) -> None:
    """UTC has no year 0 and no year 10000."""
    for name, value in (("since", "0001-01-01T00:00:00+14:00"), ("until", "9999-12-31T23:59:59-14:00")):
        assert admin.refused("GET", PATH, params={name: value}) == (422, "platform.bad_request")
        assert admin.refused("POST", PATH, json={**usage(keys), "at": value})[0] in (400, 422)
