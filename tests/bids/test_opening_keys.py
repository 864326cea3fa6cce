"""An opening key from the phone that makes it to the desktop that opens with it: real platform, phone and workstation.

The use cases of tendering have their own tests; here it is where the key is seen.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import p256_of_scalar, spki_of
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import MIN_BIDS, PolicyGroup
from desktop.formats.answer import VerifiedAnswer
from desktop.protocol.items import Item
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import (
    SINGLE_ENVELOPE,
    Announcement,
    Notice,
    NoticeEnvelope,
    write_announcement,
    write_notice,
)
from desktop.protocol.statements import Closing
from desktop.protocol.tender_items import create_opening_key_item, release_opening_key_item
from desktop.services.action import AskProof, Finish, Preparation, WithoutProof
from desktop.signing.ceremony import CeremonyRequest
from desktop.testing.rig import PLATFORM_ID, scan_by_camera
from tests.bids.conftest import Bidder


@dataclass
class Asking(WithoutProof):
    """Asks for one item, keeps what came, and reports the use as every use case does."""

    agency: Bidder
    operation: Operation
    item: Item
    result: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.certificate = self.agency.certificate

    def prepare(self, preparation: Preparation) -> CeremonyRequest:  # noqa: ARG002 - nothing to prepare
        certificate = self.certificate
        return CeremonyRequest(
            operation=self.operation,
            items=(self.item,),
            organization=certificate.organization,
            credit_code=certificate.credit_code,
            certificates=(certificate.serial,),
        )

    def subject(self) -> str:
        return "JXJT-2026-017 · S1"

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        self.result = dict(verified.answer.results[0])
        self.agency.workspace.report_usage(verified, subject=self.subject(), result="done")
        return Finish(outcome=Outcome.DONE)

    def close(self) -> None:
        pass


@pytest.fixture
def announcement(bidder: Bidder) -> Announcement:
    """A lot whose opening key was just made, and whose deadline was a minute ago."""
    deadline = int(bidder.clock.now().timestamp()) - 60
    notice = Notice(
        platform=PLATFORM_ID,
        tender="JXJT-2026-017",
        tender_name="赣江二桥维修工程",
        lot="S1",
        lot_name="一标段",
        purchaser="江西交通投资集团",
        agency=bidder.certificate.organization,
        agency_code=bidder.certificate.credit_code,
        revision=1,
        previous=b"",
        deadline=deadline,
        officers=(bidder.certificate.sha256,),
        envelopes=(
            NoticeEnvelope(
                envelope_id=SINGLE_ENVELOPE,
                title="投标文件",
                not_before=deadline,
                fields=(),
                groups=(PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY),
                time_key=b"",
            ),
        ),
    )
    item = create_opening_key_item(write_notice(notice), (bidder.encryption,))
    asking = Asking(bidder, Operation.CREATE_OPENING_KEY, item)
    view, result = bidder.scan(asking)
    assert (view.problem, view.detail, result.is_success) == ("", "", True)
    return Announcement(
        notice=notice,
        notice_bytes=item.notice_bytes,
        keys=asking.result["keys"],
        wraps=asking.result["wraps"],
        signature=asking.result["sig"],
        certificate=bidder.certificate.der,
    )


def release(agency: Bidder, announcement: Announcement, *, opens: bool = True) -> Asking:
    notice = announcement.notice
    closed = Closing(
        platform=PLATFORM_ID,
        tender=notice.tender,
        lot=notice.lot,
        deadline=notice.deadline,
        at_us=notice.deadline * 1_000_000 + 1,
        notice_sha256=announcement.notice_sha256,
        count=MIN_BIDS if opens else 0,
        root=sha256(b"bids"),
        opens=opens,
    )
    item = release_opening_key_item(
        write_announcement(announcement), SINGLE_ENVELOPE, agency.platform.state(closed), MIN_BIDS
    )
    return Asking(agency, Operation.RELEASE_OPENING_KEY, item)


def written(*folders: Path) -> dict[Path, bytes]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    return {path: path.read_bytes() for path in files}


def test_t52_released_key_stands_in_no_file_of_desktop_phone_or_platform(
    bidder: Bidder, announcement: Announcement, tmp_path: Path
) -> None:
    asking = release(bidder, announcement)

    view, result = bidder.scan(asking)

    assert (view.problem, view.detail, result.is_success) == ("", "", True)
    key = asking.result["key"]
    assert spki_of(p256_of_scalar(SecretBytes(key))) == announcement.keys[0]
    # The control: what is looked for in this way is found where it was written.
    (tmp_path / "state" / "control").write_bytes(b"..." + key)
    found = [
        path.name for path, content in written(tmp_path).items() if key in content or key.hex().encode() in content
    ]
    assert found == ["control"]
    with closing(sqlite3.connect(bidder.workspace.folder.journal)) as journal:
        rows = journal.execute("SELECT operation, length(answer) FROM ceremony").fetchall()
    assert ("release_opening_key", 0) in rows
    assert any(operation == "create_opening_key" and length > 0 for operation, length in rows)


def test_released_key_is_recorded_as_a_use_with_the_consent_alone(bidder: Bidder, announcement: Announcement) -> None:
    bidder.scan(release(bidder, announcement))

    used = {record.operation: record for record in bidder.workspace.api.usage_records()}

    assert {"create_opening_key", "release_opening_key"} <= set(used)


def test_opening_key_is_released_without_a_network(bidder: Bidder, announcement: Announcement) -> None:
    asking = release(bidder, announcement)
    bidder.workspace.trust.refresh()
    bidder.platform.stop()

    view, result = scan_by_camera(bidder.workspace, bidder.phone, asking, credit_code=asking.certificate.credit_code)

    assert (view.problem, result.is_success) == ("", True)
    assert spki_of(p256_of_scalar(SecretBytes(asking.result["key"]))) == announcement.keys[0]


def test_t52_key_of_a_lot_that_is_not_opened_stays_on_the_phone(bidder: Bidder, announcement: Announcement) -> None:
    asking = release(bidder, announcement, opens=False)

    view, result = bidder.scan(asking)

    assert result.code == "phone.not_closed"
    assert view.problem
    assert asking.result == {}
