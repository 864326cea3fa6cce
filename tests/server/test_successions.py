"""Renewal, change and reissue of a certificate, and what becomes of its seals (manual sections 5 to 7, T14 to T16)."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import sha256
from desktop.domain.clock import ManualClock
from desktop.domain.operations import Operation
from desktop.formats.seal import read_seal
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE
from tests.server.phone import NAME, Ceremonies, Keys, Unit, b64, download, png, seal_files, seal_form

DAY = 24 * 3600
NEW_NAME = "江西测试建设集团有限公司"
PAPERS = [("papers", ("变更通知书.pdf", b"%PDF-1.7 changed")), ("papers", ("营业执照.png", png()))]


def claimed(admin: Client, keys: Keys, ceremonies: Ceremonies, approve: Callable[[Any], Any]) -> Any:
    seal = admin.post("/api/v1/seals", data=seal_form(keys.serial), files=seal_files())
    approve(seal)
    transcript = ceremonies.claim_seal(keys, seal)
    admin.post(f"/api/v1/seals/{seal['id']}/claim", {"transcript": b64(transcript)})
    return seal


@pytest.fixture
def seals(admin: Client, keys: Keys, ceremonies: Ceremonies, approve: Callable[[Any], Any]) -> dict[str, Any]:
    """One seal in each living state."""
    made = {"claimed": claimed(admin, keys, ceremonies, approve)}
    for name in ("approved", "pending_review"):
        made[name] = admin.post("/api/v1/seals", data=seal_form(keys.serial, name=name), files=seal_files())
    approve(made["approved"])
    return made


def states(admin: Client) -> dict[str, tuple[str, str]]:
    return {s["id"]: (s["state"], s["certificate_serial"]) for s in admin.get("/api/v1/seals")}


def states_of(certificates: Any) -> dict[str, str]:
    return {c["serial"]: c["state"] for c in certificates}


def test_renewal_is_refused_until_three_months_before_the_end(admin: Client, keys: Keys, clock: ManualClock) -> None:
    path = f"/api/v1/certificates/{keys.serial}/renewal"
    assert admin.refused("POST", path) == (409, "platform.not_yet_renewable")
    clock.advance(274 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    assert admin.refused("POST", path) == (409, "platform.not_yet_renewable")
    clock.advance(2 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    order = admin.post(path)
    assert (order["kind"], order["state"], order["predecessor"]) == ("renew", "pending_review", keys.serial)
    assert admin.refused("POST", path) == (409, "platform.order_pending")
    clock.advance(100 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    assert admin.refused("POST", path)[1] == "ceremony.certificate_invalid"


def test_renewal_binds_living_seals_to_the_new_certificate_and_returns_them_signed(  # noqa: PLR0917 - all take part
    admin: Client,
    keys: Keys,
    seals: dict[str, Any],
    operator: Client,
    ceremonies: Ceremonies,
    clock: ManualClock,
) -> None:
    clock.advance(300 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    operator.sign_in("13900000000")
    order = admin.post(f"/api/v1/certificates/{keys.serial}/renewal")
    new = Keys()
    transcript = ceremonies.successor(new, keys, order)
    path = f"/api/v1/orders/{order['id']}/possession"
    assert admin.refused("POST", path, json={"transcript": b64(transcript)}) == (409, "platform.wrong_state")
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    issued = download(admin, ceremonies, order, new, old=keys)
    assert [s["id"] for s in issued["seals"]] == [seals["claimed"]["id"]]
    signed, _ = read_seal(base64.b64decode(issued["seals"][0]["seal"]))
    assert signed.certificate_sha256 == sha256(new.sign_cert)
    assert signed.not_after == int(read_certificate(new.sign_cert).not_after.timestamp())
    assert states(admin) == {seal["id"]: (state, new.serial) for state, seal in seals.items()}
    assert admin.send("GET", f"/api/v1/seals/{seals['claimed']['id']}/object").content == base64.b64decode(
        issued["seals"][0]["seal"]
    )
    listed = {c["serial"]: (c["state"], c["successor"]) for c in admin.get("/api/v1/certificates")}
    assert listed == {keys.serial: ("expires_soon", new.serial), new.serial: ("valid", None)}
    assert admin.refused("POST", f"/api/v1/certificates/{keys.serial}/renewal") == (409, "platform.wrong_state")


def test_change_voids_the_seals_and_revokes_the_certificate_at_its_approval(
    admin: Client, keys: Keys, seals: dict[str, Any], operator: Client, ceremonies: Ceremonies
) -> None:
    path = f"/api/v1/certificates/{keys.serial}/change"
    order = admin.post(path, data={"organization_name": NEW_NAME}, files=PAPERS)
    assert (order["kind"], order["papers"], order["organization_name"]) == ("change", 2, NEW_NAME)
    assert {state for state, _ in states(admin).values()} == {"claimed", "approved", "pending_review"}
    assert operator.send("GET", f"/api/v1/review/orders/{order['id']}/files/1").content == png()
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    assert {state for state, _ in states(admin).values()} == {"void"}
    assert states_of(admin.get("/api/v1/certificates")) == {keys.serial: "revoked"}
    assert [u["name"] for u in admin.get("/api/v1/me")["organizations"]] == [NEW_NAME]
    seal = seals["claimed"]["id"]
    assert admin.refused("GET", f"/api/v1/seals/{seal}/object") == (409, "platform.wrong_state")
    new = Keys(station=keys.station)
    download(admin, ceremonies, order, new, Unit(name=NEW_NAME))
    assert read_certificate(new.sign_cert).organization == NEW_NAME
    assert {state for state, _ in states(admin).values()} == {"void"}
    kinds = [n["kind"] for n in admin.get("/api/v1/notices")["notices"]]
    assert {"seals_void", "certificate_revoked"} <= set(kinds)
    again = admin.post("/api/v1/seals", data=seal_form(new.serial), files=seal_files())
    assert again["state"] == "pending_review"


def test_rejected_change_leaves_everything_as_it_was(
    admin: Client, keys: Keys, seals: dict[str, Any], operator: Client
) -> None:
    order = admin.post(f"/api/v1/certificates/{keys.serial}/change", data={"organization_name": NEW_NAME}, files=PAPERS)
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": False, "reason": "材料不全"})
    assert {state for state, _ in states(admin).values()} == {"claimed", "approved", "pending_review"}
    assert [u["name"] for u in admin.get("/api/v1/me")["organizations"]] == [NAME]
    assert states_of(admin.get("/api/v1/certificates")) == {keys.serial: "valid"}


def test_change_needs_papers_and_another_name(admin: Client, keys: Keys) -> None:
    path = f"/api/v1/certificates/{keys.serial}/change"
    for name, files, code in (
        (NEW_NAME, [], "platform.bad_request"),
        (NEW_NAME, [("papers", ("a.exe", b"MZ"))], "platform.image_unsupported"),
        (NEW_NAME, PAPERS * 5, "platform.bad_request"),
        (NAME, PAPERS, "platform.bad_field"),
        (" ", PAPERS, "platform.bad_field"),
    ):
        options: dict[str, Any] = {"data": {"organization_name": name}}
        if files:
            options["files"] = files
        assert admin.refused("POST", path, **options)[1] == code, (name, len(files))
    assert [o["kind"] for o in admin.get("/api/v1/orders")] == ["new"]


def test_t14_reissue_frees_the_seals_for_the_next_certificate_without_a_new_review(
    admin: Client, keys: Keys, seals: dict[str, Any], operator: Client, ceremonies: Ceremonies
) -> None:
    order = admin.post(f"/api/v1/certificates/{keys.serial}/reissue", files=PAPERS)
    assert states_of(admin.get("/api/v1/certificates")) == {keys.serial: "valid"}
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    assert states_of(admin.get("/api/v1/certificates")) == {keys.serial: "revoked"}
    claimed_id, approved_id, pending_id = (seals[n]["id"] for n in ("claimed", "approved", "pending_review"))
    old = {claimed_id: "approved", approved_id: "approved", pending_id: "pending_review"}
    assert states(admin) == {seal: (state, keys.serial) for seal, state in old.items()}
    # The lost phone claims nothing any more.
    transcript = ceremonies.claim_seal(keys, seals["approved"])
    path = f"/api/v1/seals/{approved_id}/claim"
    assert admin.refused("POST", path, json={"transcript": b64(transcript)})[1] == "ceremony.certificate_invalid"
    new = Keys(station=keys.station)
    issued = download(admin, ceremonies, order, new)
    assert issued["seals"] == []
    assert states(admin) == {seal: (state, new.serial) for seal, state in old.items()}
    for name in ("claimed", "approved"):
        claim = ceremonies.claim_seal(new, seals[name])
        answer = admin.post(f"/api/v1/seals/{seals[name]['id']}/claim", {"transcript": b64(claim)})
        assert read_seal(base64.b64decode(answer["seal"]))[0].certificate_sha256 == sha256(new.sign_cert)
    assert operator.post(f"/api/v1/review/seals/{pending_id}", {"approve": True})["state"] == "approved"


def test_reissue_ends_logins_and_cancels_a_renewal_that_waits(  # noqa: PLR0917 - all take part
    admin: Client,
    keys: Keys,
    operator: Client,
    ceremonies: Ceremonies,
    clock: ManualClock,
    connect: Callable[[], Client],
) -> None:
    clock.advance(300 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    operator.sign_in("13900000000")
    by_phone = connect()
    nonce = base64.b64decode(by_phone.post("/api/v1/sessions/nonce")["nonce"])
    answer = {"transcript": b64(ceremonies.login(keys, nonce=nonce, v=bytes(32))), "v": b64(bytes(32))}
    by_phone.token = by_phone.post("/api/v1/sessions/qr", answer)["token"]
    assert by_phone.get("/api/v1/me")
    renewal = admin.post(f"/api/v1/certificates/{keys.serial}/renewal")
    operator.post(f"/api/v1/review/orders/{renewal['id']}", {"approve": True})
    reissue = admin.post(f"/api/v1/certificates/{keys.serial}/reissue", files=PAPERS)
    operator.post(f"/api/v1/review/orders/{reissue['id']}", {"approve": True})
    assert by_phone.refused("GET", "/api/v1/me") == (401, "platform.signed_out")
    found = {o["id"]: o["state"] for o in admin.get("/api/v1/orders")}
    assert (found[renewal["id"]], found[reissue["id"]]) == ("rejected", "approved")
    transcript = ceremonies.successor(Keys(), keys, renewal)
    path = f"/api/v1/orders/{renewal['id']}/possession"
    assert admin.refused("POST", path, json={"transcript": b64(transcript)})[1] == "ceremony.certificate_invalid"


def test_an_order_is_served_to_its_own_operation_and_its_own_old_certificate_alone(
    admin: Client, keys: Keys, operator: Client, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    clock.advance(300 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    operator.sign_in("13900000000")
    renewal = admin.post(f"/api/v1/certificates/{keys.serial}/renewal")
    operator.post(f"/api/v1/review/orders/{renewal['id']}", {"approve": True})
    path, new = f"/api/v1/orders/{renewal['id']}/possession", Keys()

    def refused(transcript: bytes) -> str:
        return str(admin.refused("POST", path, json={"transcript": b64(transcript)})[1])

    # Whoever has the session but not the phone asks for the renewal with a key of his own.
    assert refused(ceremonies.download(new, order_id=renewal["id"])) == "ceremony.wrong_purpose"
    reissue: dict[str, Any] = {"operation": Operation.REISSUE, "old": keys.serial}
    assert refused(ceremonies.download(new, order_id=renewal["id"], **reissue)) == "ceremony.wrong_purpose"
    assert refused(ceremonies.successor(new, keys, renewal, key=new.signing)) == "ceremony.signature_invalid"
    assert refused(ceremonies.successor(new, keys, renewal, old="AB")) == "ceremony.certificate_not_allowed"
    assert admin.post(path, {"transcript": b64(ceremonies.successor(new, keys, renewal))})["envelope"]


def test_a_renewal_whose_old_certificate_has_expired_since_goes_by_download(
    admin: Client, keys: Keys, operator: Client, ceremonies: Ceremonies, clock: ManualClock
) -> None:
    clock.advance(360 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    operator.sign_in("13900000000")
    renewal = admin.post(f"/api/v1/certificates/{keys.serial}/renewal")
    operator.post(f"/api/v1/review/orders/{renewal['id']}", {"approve": True})
    clock.advance(10 * DAY)
    admin.sign_in(ADMIN_MOBILE)
    path, new = f"/api/v1/orders/{renewal['id']}/possession", Keys()
    late = ceremonies.successor(new, keys, renewal)
    assert admin.refused("POST", path, json={"transcript": b64(late)})[1] == "ceremony.wrong_purpose"
    assert admin.post(path, {"transcript": b64(ceremonies.download(new, order_id=renewal["id"]))})["envelope"]


def test_orders_for_a_revoked_certificate_are_refused(admin: Client, keys: Keys, operator: Client) -> None:
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "key_compromise"})
    for what in ("renewal", "reissue"):
        options = {"files": PAPERS} if what == "reissue" else {}
        refused = admin.refused("POST", f"/api/v1/certificates/{keys.serial}/{what}", **options)
        assert refused[1] == "ceremony.certificate_invalid", what


def test_t15_operator_does_not_approve_a_succession_of_his_own(
    admin: Client, keys: Keys, operator: Client, platform: Any
) -> None:
    from desktop.server.db.models import Order

    order = admin.post(f"/api/v1/certificates/{keys.serial}/reissue", files=PAPERS)
    with platform.db.write() as session:
        session.get_one(Order, order["id"]).account_id = operator.get("/api/v1/me")["account"]["id"]
    refused = operator.refused("POST", f"/api/v1/review/orders/{order['id']}", json={"approve": True})
    assert refused == (403, "platform.own_application")
    assert states_of(admin.get("/api/v1/certificates")) == {keys.serial: "valid"}


def test_user_changes_to_the_units_name_but_does_not_rename_it(
    admin: Client, keys: Keys, connect: Callable[[], Client], operator: Client, ceremonies: Ceremonies
) -> None:
    from tests.server.test_members import GRANTEE, give, submit

    user, theirs = connect(), Keys()
    user.sign_in(GRANTEE["mobile"])
    check = submit(user, give(admin))
    operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})
    download(user, ceremonies, user.get("/api/v1/orders")[0], theirs)
    path = f"/api/v1/certificates/{theirs.serial}/change"
    body: dict[str, Any] = {"data": {"organization_name": NEW_NAME}, "files": PAPERS}
    assert user.refused("POST", path, **body) == (403, "platform.forbidden")
    order = admin.post(f"/api/v1/certificates/{keys.serial}/change", **body)
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True})
    assert user.post(path, **body)["kind"] == "change"
