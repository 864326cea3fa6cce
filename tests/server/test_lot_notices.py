"""Who is told of a lot that is amended or closed, and who is not."""

from typing import Any

import pytest

from tests.server.client import Client
from tests.server.tenders import HOUR, LOT, TENDER, TenderStage


@pytest.fixture
def stage(tender_stage: TenderStage) -> TenderStage:
    return tender_stage


def told(client: Client) -> list[Any]:
    """What somebody was told of lots, oldest first."""
    listed = client.get("/api/v1/notices")["notices"]
    return [each for each in reversed(listed) if each["kind"].startswith("lot_")]


def kinds(client: Client) -> list[str]:
    return [each["kind"] for each in told(client)]


def fetch_document(stage: TenderStage, client: Client) -> None:
    document = stage.announcement().notice.documents[0]
    assert client.send("GET", f"{stage.path}/documents/{document.sha256.hex()}").status_code == 200


def amend(stage: TenderStage) -> None:
    notice = stage.next_notice(deadline=stage.announcement().notice.deadline, price_limit="1.00")
    answer = stage.send("amend", stage.amended(notice))
    assert answer.status_code == 200, answer.text


def test_units_with_a_bid_or_an_upload_and_readers_of_a_document_are_told_of_an_amendment(stage: TenderStage) -> None:
    stage.publish()
    submitted, uploading, reading, passing = (stage.unit(number) for number in range(1, 5))
    stage.submit(submitted)
    assert stage.begin(uploading, b"x" * 100).status_code == 201
    for _ in range(2):
        fetch_document(stage, reading.client)
    passing.client.get(stage.path)
    amend(stage)
    for unit in (submitted, uploading, reading):
        (notice,) = told(unit.client)
        assert notice["kind"] == "lot_amended"
        assert notice["details"] == {
            "lot_id": stage.lot["id"],
            "tender": TENDER,
            "lot": LOT,
            "name": stage.lot["lot_name"],
            "revision": "2",
        }
    assert told(passing.client) == []
    assert told(stage.agency) == []


def test_an_agency_that_reads_its_own_document_is_not_remembered_as_a_reader(stage: TenderStage) -> None:
    stage.publish()
    fetch_document(stage, stage.agency)
    amend(stage)
    assert told(stage.agency) == []


def test_everybody_concerned_is_told_of_the_closing_the_agency_too(stage: TenderStage) -> None:
    stage.publish()
    for number in (1, 2, 3):
        stage.submit(stage.unit(number))
    stage.pass_deadline()
    stage.agency.get(stage.path)
    assert kinds(stage.agency) == kinds(stage.unit(1).client) == ["lot_closed"]


def test_a_lot_with_too_few_bids_is_told_to_have_failed(stage: TenderStage) -> None:
    stage.publish()
    stage.submit(stage.unit(1))
    stage.clock.advance(2 * HOUR)
    stage.agency.get(stage.path)
    assert kinds(stage.unit(1).client) == ["lot_failed"]
