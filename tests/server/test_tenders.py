"""A lot from draft to published, amended, and read by everybody."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import generate_p256, spki_of
from desktop.domain.tendering import DocumentKind, PolicyGroup
from desktop.formats.tender import read_announcements
from desktop.protocol.notices import Notice, RequiredDocument, TenderDocument, opening_key_label
from desktop.server.cases.log import entries
from tests.server.client import Client
from tests.server.phone import Unit
from tests.server.tenders import BUYER, DOCUMENT, HOUR, LOT, LOT_NAME, TENDER, TenderStage


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@pytest.fixture
def stage(tender_stage: TenderStage) -> TenderStage:
    return tender_stage


def test_draft_is_the_agencys_alone_and_the_published_lot_is_everybodys(stage: TenderStage) -> None:
    stage.draft()
    bidder = stage.unit().client
    assert bidder.get("/api/v1/lots") == []
    assert bidder.refused("GET", stage.path) == (404, "platform.not_found")
    assert save(stage, {"note": "保密"}, after=0).status_code == 200
    assert stage.agency.get(stage.path)["draft"] == {"note": "保密"}
    announcement = stage.publish()
    (seen,) = bidder.get("/api/v1/lots")
    assert (seen["tender"], seen["state"], seen["revision"], seen["is_agency"]) == (TENDER, "published", 1, False)
    detail = bidder.get(stage.path)
    assert (detail["draft"], detail["draft_saved"], detail["closing"], detail["bids"]) == (None, None, None, None)
    document = announcement.notice.documents[0]
    answer = bidder.send("GET", f"{stage.path}/documents/{document.sha256.hex()}")
    assert answer.content == DOCUMENT


def test_published_announcement_is_logged_and_read_by_anybody(stage: TenderStage) -> None:
    stage.publish()
    data = base64.b64decode(stage.unit().client.get(stage.path)["announcements"][0]["announcement"])
    (announcement,) = read_announcements([data])
    assert announcement.notice.lot_name == LOT_NAME
    with stage.platform.db.read() as session:
        assert [each.body for each in entries(session, 0, 1000) if each.kind == "announced"] == [sha256(data)]


def test_same_transcript_again_publishes_nothing_new(stage: TenderStage) -> None:
    stage.draft()
    transcript = stage.created(stage.notice())
    for _ in range(2):
        assert stage.send("publish", transcript).json()["revision"] == 1
    assert len(stage.agency.get(stage.path)["announcements"]) == 1
    assert code_of(stage.send("publish", stage.created(stage.announcement().notice))) == (409, "platform.wrong_state")


def test_numbers_are_taken_once_in_an_agency_and_in_a_tender(stage: TenderStage) -> None:
    lot = stage.draft()
    body = {"organization_id": stage.agency_id, "number": TENDER, "name": "另一个", "buyer": BUYER}
    assert stage.agency.refused("POST", "/api/v1/tenders", json=body) == (409, "tender.number_taken")
    path = f"/api/v1/tenders/{lot['tender_id']}/lots"
    again = {"lot": f" {LOT} ", "name": "二标段"}
    assert stage.agency.refused("POST", path, json=again) == (409, "tender.number_taken")
    assert stage.agency.post(path, {"lot": "02", "name": "二标段"})["lot"] == "02"
    assert [each["number"] for each in stage.agency.get("/api/v1/tenders")] == [TENDER]


def test_unit_that_is_no_agency_creates_no_tender(stage: TenderStage) -> None:
    bidder = stage.unit()
    body = {"organization_id": bidder.unit_id, "number": "1", "name": "自招", "buyer": BUYER}
    assert bidder.client.refused("POST", "/api/v1/tenders", json=body) == (403, "tender.not_an_agency")


def test_lots_are_searched_and_paged_newest_first(stage: TenderStage) -> None:
    stage.publish()
    for number in ("02", "03"):
        stage.agency.post(f"/api/v1/tenders/{stage.lot['tender_id']}/lots", {"lot": number, "name": f"路灯{number}"})
    first = stage.agency.get("/api/v1/lots", params={"limit": 2})
    rest = stage.agency.get("/api/v1/lots", params={"limit": 2, "before": first[-1]["id"]})
    assert [each["lot"] for each in first + rest] == ["03", "02", LOT]
    assert [each["lot"] for each in stage.agency.get("/api/v1/lots", params={"text": "路灯02"})] == ["02"]
    assert stage.agency.get("/api/v1/lots", params={"text": "%"}) == []
    bidder = stage.unit().client
    assert [each["lot"] for each in bidder.get("/api/v1/lots")] == [LOT]
    hidden = {"before": first[0]["id"]}
    assert bidder.refused("GET", "/api/v1/lots", params=hidden) == (404, "platform.not_found")


def test_time_keys_are_made_once_and_only_before_publishing(stage: TenderStage) -> None:
    stage.draft()
    assert stage.time_keys() == stage.time_keys()
    stage.publish()
    body = {"envelopes": ["bid"]}
    assert stage.agency.refused("POST", f"{stage.path}/time-keys", json=body) == (409, "platform.wrong_state")


# What the notice says otherwise than the lot has it, and how that is told.
FOREIGN: list[dict[str, Any]] = [
    {"platform": "another"},
    {"tender": "JX-2026-002"},
    {"lot": "02"},
    {"agency": "江西另一家招标代理有限公司"},
    {"documents": (TenderDocument(name="没有上传.pdf", size=9, sha256=bytes(32)),)},
]


@pytest.mark.parametrize("changed", FOREIGN, ids=lambda changed: next(iter(changed)))
def test_notice_of_something_else_is_not_published(stage: TenderStage, changed: dict[str, Any]) -> None:
    stage.draft()
    assert code_of(stage.send("publish", stage.created(stage.notice(**changed))))[0] in {400, 409}
    assert stage.agency.get(stage.path)["state"] == "draft"


def test_notice_whose_deadline_has_come_is_not_published(stage: TenderStage) -> None:
    stage.draft()
    answer = stage.send("publish", stage.created(stage.notice(deadline=stage.now)))
    assert answer.json()["code"] == "tender.deadline_not_ahead"


def test_t48_time_key_that_is_not_the_platforms_is_not_published(stage: TenderStage) -> None:
    stage.draft()
    notice = stage.notice()
    (envelope,) = notice.envelopes
    forged = replace(notice, envelopes=(replace(envelope, time_key=spki_of(generate_p256())),))
    assert code_of(stage.send("publish", stage.created(forged))) == (409, "tender.notice_differs")
    assert stage.send("publish", stage.created(notice)).status_code == 200


def test_t48_officers_and_committee_are_people_of_the_agency(stage: TenderStage) -> None:
    stage.draft()
    stranger = stage.unit()
    officers = (sha256(stage.keys.sign_cert), sha256(stranger.keys.sign_cert))
    answer = stage.send("publish", stage.created(stage.notice(officers=officers)))
    assert answer.json()["code"] == "tender.member_unknown"
    members = (stage.encryption_certificate(stage.keys), stranger.encryption_cert)
    answer = stage.send("publish", stage.created(stage.notice(), members=members))
    assert answer.json()["code"] == "tender.member_unknown"


def test_t34_bidders_phone_publishes_no_lot_of_an_agency(stage: TenderStage) -> None:
    stage.draft()
    bidder = stage.unit()
    bent = {
        "key": bidder.keys.signing,
        "signer": bidder.keys.sign_cert,
        "serial": bidder.keys.serial,
        "certificates": (bidder.keys.serial,),
        "unit": bidder.unit,
        "workstation": bidder.keys.station,
    }
    assert stage.send("publish", stage.created(stage.notice(), **bent)).status_code == 400
    other = stage.send(
        "publish", stage.created(stage.notice(), unit=Unit(name="别家", credit_code="91360100MA35T0001L"))
    )
    assert other.status_code == 400
    assert stage.agency.get(stage.path)["state"] == "draft"


# -- amendments ----------------------------------------------------------------------------------------------------


def test_amendment_moves_the_deadline_and_keeps_the_keys(stage: TenderStage) -> None:
    before = stage.publish()
    later = before.notice.deadline + HOUR
    notice = stage.next_notice(
        deadline=later,
        envelopes=tuple(replace(each, not_before=later) for each in before.notice.envelopes),
        lot_name="一标段(变更)",
        required=(RequiredDocument(envelope_id="bid", name="投标函", kind=DocumentKind.PDF),),
    )
    transcript = stage.amended(notice)
    for _ in range(2):
        assert stage.send("amend", transcript).json()["revision"] == 2
    detail = stage.unit().client.get(stage.path)
    announcements = read_announcements([base64.b64decode(each["announcement"]) for each in detail["announcements"]])
    assert (detail["lot_name"], len(announcements)) == ("一标段(变更)", 2)
    assert announcements[0].keys == announcements[1].keys
    stage.pass_deadline(-1)
    assert stage.agency.get(stage.path)["state"] == "published"


def bent_amendments(notice: Notice) -> dict[str, Notice]:
    (envelope,) = notice.envelopes
    sooner = notice.deadline - 60
    return {
        "revision": replace(notice, revision=notice.revision + 1),
        "previous": replace(notice, previous=bytes(32)),
        "deadline": replace(notice, deadline=sooner),
        "title": replace(notice, envelopes=(replace(envelope, title="另一个信封"),)),
        "groups": replace(notice, envelopes=(replace(envelope, groups=(PolicyGroup.OPENING_KEY,), time_key=b""),)),
        "time key": replace(notice, envelopes=(replace(envelope, time_key=spki_of(generate_p256())),)),
    }


@pytest.mark.parametrize("what", ["revision", "previous", "deadline", "title", "groups", "time key"])
def test_amendment_of_what_bids_were_packed_for_is_refused(stage: TenderStage, what: str) -> None:
    stage.publish()
    notice = bent_amendments(stage.next_notice())[what]
    assert code_of(stage.send("amend", stage.amended(notice))) == (409, "tender.amendment_not_allowed")
    assert stage.send("amend", stage.amended(stage.next_notice())).status_code == 200


def test_amendment_with_another_opening_key_is_refused(stage: TenderStage) -> None:
    stage.publish()
    answer = stage.send("amend", stage.amended(stage.next_notice(), keys=(spki_of(generate_p256()),)))
    assert answer.json()["code"] == "tender.amendment_not_allowed"


def test_t40_amendment_after_the_deadline_is_refused(stage: TenderStage) -> None:
    stage.publish()
    later = stage.announcement().notice.deadline + HOUR
    notice = stage.next_notice(deadline=later)
    notice = replace(notice, envelopes=tuple(replace(each, not_before=later) for each in notice.envelopes))
    stage.pass_deadline(0.001)
    assert code_of(stage.send("amend", stage.amended(notice))) == (409, "tender.deadline_passed")


# -- drafts and documents ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"after": 0, "draft": {"x": NaN}}', "platform.bad_field"),
        (b'{"after": 0, "draft": {"x": "\\ud800"}}', "platform.bad_field"),
        (b'{"after": 0, "draft": {"x": "' + b"x" * 65536 + b'"}}', "tender.draft_too_large"),
        (b'{"after": 0, "draft": []}', "platform.bad_request"),
        (b'{"draft": {}}', "platform.bad_request"),
        (b'{"after": -1, "draft": {}}', "platform.bad_request"),
    ],
    ids=["nan", "surrogate", "large", "list", "of nothing", "negative"],
)
def test_draft_that_cannot_be_kept_is_refused(stage: TenderStage, body: bytes, code: str) -> None:
    stage.draft()
    options = {"data": body, "headers": {"Content-Type": "application/json"}}
    assert stage.agency.refused("PUT", f"{stage.path}/draft", **options)[1] == code


def save(stage: TenderStage, draft: dict[str, Any], *, after: int, who: Client | None = None) -> Any:
    """Save a draft that goes on from the one after so many saves."""
    return (who or stage.agency).send("PUT", f"{stage.path}/draft", json={"draft": draft, "after": after})


def test_second_of_two_saves_that_go_on_from_the_same_draft_is_refused_and_overwrites_nothing(
    stage: TenderStage,
) -> None:
    stage.draft()
    first = save(stage, {"limit": "1"}, after=0).json()
    assert (first["number"], first) == (1, stage.agency.get(stage.path)["draft_saved"])
    assert first["by"] != ""
    assert code_of(save(stage, {"limit": "2"}, after=0)) == (409, "tender.draft_changed")
    assert stage.agency.get(stage.path)["draft"] == {"limit": "1"}
    assert save(stage, {"limit": "2"}, after=1).json()["number"] == 2


def test_save_whose_answer_was_lost_is_asked_for_again_and_changes_nothing(stage: TenderStage) -> None:
    stage.draft()
    answers = [save(stage, {"limit": "1"}, after=0) for _ in range(2)]
    assert [answer.json()["number"] for answer in answers] == [1, 1]


def test_publication_ends_what_a_colleague_is_still_writing(stage: TenderStage) -> None:
    stage.draft()
    save(stage, {"limit": "1"}, after=0)
    stage.publish()
    assert code_of(save(stage, {"limit": "2"}, after=1)) == (409, "tender.draft_changed")
    detail = stage.agency.get(stage.path)
    assert (detail["draft"], detail["draft_saved"]["number"]) == (None, 2)


def test_notice_made_of_a_draft_that_a_colleague_has_changed_since_is_not_published(stage: TenderStage) -> None:
    stage.draft()
    save(stage, {"limit": "1"}, after=0)
    transcript = stage.created(stage.notice())
    save(stage, {"limit": "2"}, after=1)
    assert code_of(stage.send("publish", transcript, after=1)) == (409, "tender.draft_changed")
    assert stage.agency.get(stage.path)["draft"] == {"limit": "2"}
    assert stage.send("publish", transcript, after=2).status_code == 200
    assert stage.send("publish", transcript, after=1).status_code == 200  # it is published already


def test_amendment_made_of_a_draft_that_a_colleague_has_changed_since_is_not_published(stage: TenderStage) -> None:
    stage.publish()
    saves = stage.agency.get(stage.path)["draft_saved"]["number"]
    save(stage, {"limit": "1"}, after=saves)
    transcript = stage.amended(stage.next_notice(lot_name="改名"))
    assert code_of(stage.send("amend", transcript, after=saves)) == (409, "tender.draft_changed")
    assert stage.announcement().notice.revision == 1
    assert stage.send("amend", transcript, after=saves + 1).status_code == 200


def test_of_many_saves_at_once_exactly_one_goes_on_from_a_draft(stage: TenderStage) -> None:
    stage.draft()
    clients = [stage.agency, *(stage.connect() for _ in range(3))]
    for client in clients[1:]:
        client.token = stage.agency.token
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda n: save(stage, {"by": n}, after=0, who=clients[n]), range(len(clients))))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (kept,) = (n for n, answer in enumerate(answers) if answer.status_code == 200)
    assert stage.agency.get(stage.path)["draft"] == {"by": kept}


@pytest.mark.parametrize("name", ["安装.exe", "a.lnk", "..", "con.pdf", "a/b.pdf", "无后缀"])
def test_document_that_a_desktop_should_not_open_is_refused(stage: TenderStage, name: str) -> None:
    stage.draft()
    status, code = stage.agency.refused("POST", f"{stage.path}/documents", files={"file": (name, b"data")})
    assert (status, code) in {(400, "tender.document_kind"), (400, "package.file_name")}


def test_document_of_several_pieces_comes_back_as_it_was(stage: TenderStage) -> None:
    stage.draft()
    data = bytes(range(256)) * 33_000
    document = stage.add_document(data, "图纸.zip")
    assert (document.size, document.sha256) == (len(data), sha256(data))
    answer = stage.agency.send("GET", f"{stage.path}/documents/{document.sha256.hex()}")
    assert answer.content == data
    assert not any(data[:4096] in path.read_bytes() for path in stage.platform.settings.state_folder.rglob("files/*/*"))


def test_document_that_is_too_large_is_refused_before_it_is_kept(stage: TenderStage) -> None:
    stage.draft()
    for size in (64 * 1024 * 1024 + 1, 65 * 1024 * 1024):
        files = {"file": ("大.zip", bytes(size))}
        assert stage.agency.refused("POST", f"{stage.path}/documents", files=files)[0] == 413


def test_wraps_of_the_announcement_open_for_the_committee(stage: TenderStage) -> None:
    from desktop.crypto.cms_share import open_share
    from desktop.crypto.suites import scalar_of

    announcement = stage.publish()
    key, wrap = announcement.key_of("bid") or (b"", b"")
    label = opening_key_label(announcement.notice, "bid", key)
    certificate = stage.encryption_certificate(stage.keys)
    scalar = open_share(wrap, key=stage.keys.encryption, key_id=sha256(certificate), label=label)
    assert scalar.reveal() == scalar_of(stage.opening_keys["bid"]).reveal()
