"""Certificate orders: placing, review, the unit that comes of the first one (threats T15, T34)."""

from collections.abc import Callable
from typing import Any

from desktop.domain.clock import ManualClock
from tests.server.client import Client
from tests.server.phone import order_form, papers, place_order, png

OTHER_ID_NUMBER = "36010219900101123X"
OTHER_CREDIT_CODE = "91360100MA35T0001L"


def refused(client: Client, files: Any = None, **changed: str) -> tuple[int, str]:
    return client.refused("POST", "/api/v1/orders", data=order_form(**changed), files=files or papers())


def test_order_waits_for_review_and_shows_no_id_number(admin: Client) -> None:
    order = place_order(admin)
    assert order["state"] == "pending_review"
    assert order["id_number_masked"] == "110***********002X"
    assert order["certificate_serial"] is None
    assert admin.get("/api/v1/orders") == [order]
    assert admin.get("/api/v1/me")["organizations"] == []


def test_approved_first_order_makes_the_unit_and_its_admin(admin: Client, approve: Callable[[Any], Any]) -> None:
    order = place_order(admin)
    assert approve(order)["state"] == "approved"
    me = admin.get("/api/v1/me")
    assert me["account"]["name"] == order["holder_name"]
    assert [(o["credit_code"], o["member_role"]) for o in me["organizations"]] == [
        (order["credit_code"], "certificate_admin")
    ]


def test_rejected_order_names_the_reason_and_makes_no_unit(admin: Client, operator: Client) -> None:
    order = place_order(admin)
    path = f"/api/v1/review/orders/{order['id']}"
    assert operator.refused("POST", path, json={"approve": False, "reason": " "}) == (422, "platform.bad_field")
    operator.post(path, {"approve": False, "reason": "营业执照不清晰"})
    assert [(o["state"], o["reason"]) for o in admin.get("/api/v1/orders")] == [("rejected", "营业执照不清晰")]
    assert admin.get("/api/v1/me")["organizations"] == []
    assert operator.refused("POST", path, json={"approve": True}) == (409, "platform.wrong_state")


def test_rejected_applicant_may_order_again(admin: Client, operator: Client) -> None:
    order = place_order(admin)
    assert refused(admin) == (409, "platform.order_pending")
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": False, "reason": "不清晰"})
    assert place_order(admin)["state"] == "pending_review"


def test_stranger_ordering_for_a_known_unit_is_sent_to_its_admin(
    admin: Client, connect: Callable[[], Client], approve: Callable[[Any], Any]
) -> None:
    approve(place_order(admin))
    stranger = connect()
    stranger.sign_in("13822222222")
    response = stranger.send(
        "POST", "/api/v1/orders", data=order_form(holder_name="王五", id_number=OTHER_ID_NUMBER), files=papers()
    )
    assert response.status_code == 409
    assert response.json() == {"code": "platform.organization_exists", "detail": "张**"}


def test_second_of_two_pending_orders_for_one_unit_cannot_be_approved(
    admin: Client, connect: Callable[[], Client], operator: Client, approve: Callable[[Any], Any]
) -> None:
    rival = connect()
    rival.sign_in("13822222222")
    first, second = place_order(admin), place_order(rival, holder_name="王五", id_number=OTHER_ID_NUMBER)
    approve(first)
    path = f"/api/v1/review/orders/{second['id']}"
    assert operator.refused("POST", path, json={"approve": True}) == (409, "platform.organization_exists")
    assert rival.get("/api/v1/me")["organizations"] == []


def test_id_number_of_another_account_cannot_be_approved(
    admin: Client, connect: Callable[[], Client], operator: Client, approve: Callable[[Any], Any]
) -> None:
    approve(place_order(admin))
    other = connect()
    other.sign_in("13822222222")
    order = place_order(other, credit_code=OTHER_CREDIT_CODE, organization_name="另一家公司")
    path = f"/api/v1/review/orders/{order['id']}"
    assert operator.refused("POST", path, json={"approve": True}) == (409, "platform.identity_taken")


def test_checked_person_cannot_order_under_another_identity(admin: Client, approve: Callable[[Any], Any]) -> None:
    approve(place_order(admin))
    changed = {"credit_code": OTHER_CREDIT_CODE, "organization_name": "另一家公司"}
    assert refused(admin, **changed, holder_name="李四") == (409, "platform.identity_differs")
    assert refused(admin, **changed, id_number=OTHER_ID_NUMBER) == (409, "platform.identity_differs")
    assert place_order(admin, **changed)["state"] == "pending_review"


def test_t15_operator_cannot_review_an_own_order(operator: Client) -> None:
    order = place_order(operator)
    path = f"/api/v1/review/orders/{order['id']}"
    assert operator.refused("POST", path, json={"approve": True}) == (403, "platform.own_application")


def test_operator_reads_the_papers_as_they_were_uploaded(admin: Client, operator: Client) -> None:
    licence = png(90, 40)
    order = admin.post("/api/v1/orders", data=order_form(), files=papers(licence=licence))
    path = f"/api/v1/review/orders/{order['id']}/files"
    answer = operator.send("GET", f"{path}/licence")
    assert (answer.content, answer.headers["Content-Type"]) == (licence, "image/png")
    assert answer.headers["Content-Disposition"] == "attachment"
    assert operator.send("GET", f"{path}/letter").headers["Content-Type"] == "application/pdf"
    assert admin.refused("GET", f"{path}/licence") == (403, "platform.forbidden")


def test_order_with_a_wrong_field_is_refused_by_name(admin: Client) -> None:
    assert refused(admin, credit_code="91360100MA35T0000A") == (400, "platform.credit_code_invalid")
    assert refused(admin, id_number="110105194912310021") == (400, "platform.id_number_invalid")
    assert refused(admin, suite="RSA-1024") == (422, "platform.bad_field")
    assert refused(admin, holder_name=" ") == (422, "platform.bad_field")
    assert refused(admin, organization_name="公司\u202e") == (422, "platform.bad_field")
    assert refused(admin, organization_name="某" * 41) == (422, "platform.bad_field")
    assert admin.get("/api/v1/orders") == []


def test_paper_of_another_kind_is_refused(admin: Client) -> None:
    for content in (b"", b"GIF89a", b"MZ" * 100, png()[:20]):
        assert refused(admin, papers(licence=content)) == (400, "platform.image_unsupported")


def test_sixth_undecided_order_is_refused(admin: Client, clock: ManualClock) -> None:
    from stdnum.cn import uscc

    bodies = [f"91360100MA35T1{n:03d}" for n in range(6)]
    codes = [body + uscc.calc_check_digit(body) for body in bodies]
    for code in codes[:5]:
        place_order(admin, credit_code=code)
        clock.advance(1)
    assert refused(admin, credit_code=codes[5]) == (400, "platform.too_many_pending")
    assert [o["credit_code"] for o in admin.get("/api/v1/orders")] == codes[4::-1]
