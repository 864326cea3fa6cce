"""What must not leak: ID numbers at rest, in logs and in errors (threat T36); secrets in the database."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from stdnum.cn import uscc

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.server.context import Platform
from desktop.server.db.models import Account, Base, OutboxMessage
from desktop.server.sms import outbox
from desktop.server.storage import FolderStore, write_private
from desktop.server.vault import Vault
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE, Counted
from tests.server.phone import Keys, order_form, papers, place_order
from tests.server.test_account_security import NEW_MOBILE, PASSWORD

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def canary(n: int) -> str:
    body = f"3601021990{n % 12 + 1:02d}{n % 28 + 1:02d}{n:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def state_bytes(platform: Platform) -> dict[Path, bytes]:
    """Return all that the platform keeps: its files, and what a PostgreSQL elsewhere would hand to who reads it."""
    found = {p: p.read_bytes() for p in platform.settings.state_folder.rglob("*") if p.is_file()}
    if platform.settings.database_url:
        with platform.db.read() as session:
            for table in Base.metadata.sorted_tables:
                rows = session.execute(table.select()).all()
                values = [v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row]
                found[Path(table.name)] = b"\0".join(values)
    return found


NUMBERS = [canary(n) for n in range(20)]


def hits(platform: Platform, caplog: pytest.LogCaptureFixture) -> list[tuple[str, int]]:
    """Return where ID numbers stand in clear: files (database, its log, uploads), tables, log records with traces."""
    said = [(r.name, (r.getMessage() + (r.exc_text or "")).encode()) for r in caplog.records]
    kept = [(path.name, data) for path, data in state_bytes(platform).items()]
    return [(where, n) for where, data in (*kept, *said) for n, number in enumerate(NUMBERS) if number.encode() in data]


def test_t36_twenty_id_numbers_are_nowhere_on_the_disk_or_in_the_log(
    connect: Callable[[], Client], platform: Platform, operator: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Each number comes in by every way there is: an order, a grant, a grantee's papers."""
    caplog.set_level(logging.DEBUG)
    answers = []
    ordering, granted = NUMBERS[:12], NUMBERS[12:]
    admins = []
    for n, number in enumerate(ordering):
        client, body = connect(), f"91360100MA35T{n:04d}"
        client.sign_in(f"1370000{n:04d}")
        form = order_form(
            id_number=number, credit_code=body + uscc.calc_check_digit(body), organization_name=f"公司{n}"
        )
        letter = b"%PDF-1.7 " + number.encode()
        order = client.post("/api/v1/orders", data=form, files=papers(letter=letter))
        answers.append(client.send("GET", "/api/v1/orders").text)
        if n % 2:
            operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
            admins.append(client)
    unit = admins[0].get("/api/v1/me")["organizations"][0]["id"]
    for n, number in enumerate(granted):
        person = {"name": "李四光", "id_number": number, "mobile": f"1380000{n:04d}", "role": "certificate_user"}
        grant = admins[0].post(f"/api/v1/organizations/{unit}/grants", person)
        grantee = connect()
        grantee.sign_in(person["mobile"])
        check = grantee.post(
            f"/api/v1/grants/{grant['id']}/identity-check",
            data={"name": "李四光", "id_number": number},
            files={"papers": b"%PDF-1.7 " + number.encode()},
        )
        wrong = NUMBERS[n]
        refused = {"data": {"name": "李四光", "id_number": wrong}, "files": {"papers": b"%PDF-1.7"}}
        answers.append(grantee.send("POST", f"/api/v1/grants/{grant['id']}/identity-check", **refused).text)
        if n % 2:
            answers.append(operator.send("POST", f"/api/v1/review/checks/{check['id']}", json={"approve": True}).text)
        answers += [grantee.send("GET", f"/api/v1/{what}").text for what in ("claimable", "identity-checks", "notices")]
    answers += [operator.send("GET", f"/api/v1/review/{what}").text for what in ("orders", "checks")]
    answers += [admins[0].send("GET", f"/api/v1/organizations/{unit}/{what}").text for what in ("grants", "members")]
    assert [number for number in NUMBERS for answer in answers if number in answer] == []
    assert hits(platform, caplog) == []


def test_t36_control_a_number_in_clear_is_found_wherever_it_stands(
    platform: Platform, operator: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with platform.db.write() as session:
        session.query(Account).first().name = NUMBERS[0]  # type: ignore[union-attr]
    (platform.settings.state_folder / "note.txt").write_text(NUMBERS[1])
    logging.getLogger("desktop.server").info("order of %s", NUMBERS[2])
    caplog.set_level(logging.DEBUG)
    logging.getLogger("desktop.server").debug("order of %s", NUMBERS[3])
    found = {n for _, n in hits(platform, caplog)}
    assert {0, 1, 3} <= found


def test_t36_fault_in_the_midst_of_an_order_names_no_input(
    admin: Client, platform: Platform, monkeypatch: pytest.MonkeyPatch, expected_warnings: list[logging.LogRecord]
) -> None:
    def fail(_context: bytes, value: bytes) -> bytes:
        raise ValueError(value.decode())

    monkeypatch.setattr(platform.vault.__class__, "seal", lambda _self, context, value: fail(context, value))
    answer = admin.send("POST", "/api/v1/orders", data=order_form(id_number=NUMBERS[0]), files=papers())
    assert (answer.status_code, answer.json()["code"]) == (500, "platform.failing")
    said = " ".join(record.getMessage() + str(record.exc_text) for record in expected_warnings)
    assert NUMBERS[0] not in answer.text + said


def in_clear(platform: Platform, caplog: pytest.LogCaptureFixture, secret: str) -> list[str]:
    """Return where a secret stands; digits within a hash or a ciphertext's text form are none."""
    pattern = re.compile(rb"(?<![0-9A-Za-z+/])" + secret.encode() + rb"(?![0-9A-Za-z+/])")
    said = [("log", r.getMessage().encode()) for r in caplog.records]
    kept = [(path.name, data) for path, data in state_bytes(platform).items()]
    return [where for where, data in (*kept, *said) if pattern.search(data)]


def test_t36_no_sms_code_and_no_password_is_kept_or_logged_in_clear(
    admin: Client, keys: Keys, platform: Platform, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Codes that still hold and codes that are spent, of each purpose; the outbox shows them to its own process."""
    caplog.set_level(logging.DEBUG)
    clock.advance(61)  # a number gets one code a minute
    admin.post("/api/v1/me/password/code")
    admin.post("/api/v1/me/password", {"new": PASSWORD, "code": admin.outbox(ADMIN_MOBILE)[0]["code"]})
    wrong = {"mobile": ADMIN_MOBILE, "password": PASSWORD + "x"}
    assert admin.send("POST", "/api/v1/sessions/password", json=wrong).status_code == 400
    clock.advance(61)
    admin.post("/api/v1/me/mobile/codes", {"new_mobile": NEW_MOBILE, "with_old": True})
    codes = [m["code"] for mobile in (ADMIN_MOBILE, NEW_MOBILE) for m in admin.outbox(mobile)]
    assert len(codes) >= 4
    assert all(len(code) == 6 for code in codes)
    assert {secret: in_clear(platform, caplog, secret) for secret in (*codes, PASSWORD)} == {
        secret: [] for secret in (*codes, PASSWORD)
    }


def test_control_a_code_in_clear_is_found(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    code = "402718"
    with platform.db.write() as session:
        session.add(
            OutboxMessage(mobile=ADMIN_MOBILE, text=f"验证码 {code}, 5 分钟", code=code, sent_at=platform.now())
        )
    assert in_clear(platform, caplog, code)
    with platform.db.read() as session:
        assert outbox(session, platform.vault, ADMIN_MOBILE) == []  # of a version that kept them in clear


def test_t36_refused_id_number_is_not_repeated_in_the_answer(admin: Client) -> None:
    wrong = "360102199001011230"
    answer = admin.send("POST", "/api/v1/orders", data=order_form(id_number=wrong), files=papers())
    assert answer.status_code == 400
    assert wrong not in answer.text
    answer = admin.send("POST", "/api/v1/orders", data=order_form(id_number=wrong * 100), files=papers())
    assert answer.status_code == 422
    assert wrong not in answer.text


def test_session_tokens_and_nonces_stand_in_the_database_as_hashes_only(admin: Client, platform: Platform) -> None:
    import base64

    nonce = base64.b64decode(admin.post("/api/v1/sessions/nonce")["nonce"])
    everything = b"".join(state_bytes(platform).values())
    for secret in (admin.token.encode(), bytes.fromhex(admin.token), nonce, nonce.hex().encode()):
        assert secret not in everything


def test_uploaded_papers_are_encrypted_at_rest_and_kept_once(admin: Client, platform: Platform) -> None:
    place_order(admin)
    stored = list((platform.settings.state_folder / "files").rglob("*"))
    contents = [p.read_bytes() for p in stored if p.is_file()]
    assert len(contents) == 2
    assert not [c for c in contents if b"%PDF" in c or b"PNG" in c]
    store = platform.files
    assert store.put(b"the same") == store.put(b"the same")
    assert store.get(store.put(b"the same")) == b"the same"


@pytest.fixture
def vault() -> Vault:
    return Vault(SecretBytes(b"\x07" * 32), Counted("vault"))


def test_sealed_value_opens_in_its_context_only_and_unaltered_only(vault: Vault) -> None:
    sealed = vault.seal(b"id_number", b"11010519491231002X")
    assert vault.open(b"id_number", sealed) == b"11010519491231002X"
    bent = [sealed[:-1], sealed[:12], b"", bytes([sealed[0] ^ 1]) + sealed[1:], sealed[:-1] + bytes([sealed[-1] ^ 1])]
    for context, value in [(b"file", sealed), *((b"id_number", b) for b in bent)]:
        with pytest.raises(RejectedError, match=r"platform\.file_damaged"):
            vault.open(context, value)
    assert vault.seal(b"id_number", b"x") != vault.seal(b"id_number", b"x")


def test_index_finds_equal_values_and_depends_on_key_and_context(vault: Vault) -> None:
    other = Vault(SecretBytes(b"\x08" * 32), Counted("vault"))
    indexes = [vault.index(b"a", b"x"), vault.index(b"b", b"x"), vault.index(b"a", b"y"), other.index(b"a", b"x")]
    assert len(set(indexes)) == 4
    assert vault.index(b"a", b"x") == indexes[0]


def test_damaged_or_missing_file_is_named(vault: Vault, tmp_path: Path) -> None:
    store = FolderStore(tmp_path, vault)
    address = store.put(b"content")
    (path,) = (p for p in tmp_path.rglob("*") if p.is_file())
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RejectedError, match=r"platform\.file_damaged"):
        store.get(address)
    path.unlink()
    with pytest.raises(RejectedError, match=r"platform\.file_damaged"):
        store.get(address)


def test_file_that_cannot_be_written_is_named_and_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    pauses: list[float] = []
    with pytest.raises(UnavailableError, match=r"general\.file_unwritable"):
        write_private(tmp_path / "taken", b"new", pause=pauses.append)
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_held_file_is_replaced_as_soon_as_it_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, pauses, replace = tmp_path / "file", [], Path.replace
    target.write_bytes(b"old")

    def held(self: Path, to: Path) -> Path:
        if len(pauses) < 3:
            raise PermissionError
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", held)
    write_private(target, b"new", pause=pauses.append)
    assert target.read_bytes() == b"new"
    assert pauses == [0.05, 0.1, 0.2]
