"""A lot around one phone: its notice, committee, announcement and closing, honest unless a test changes them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, sign, spki_of
from desktop.domain.operations import Operation
from desktop.domain.tendering import MIN_BIDS, PolicyGroup, SummaryField
from desktop.phone.core import Phone, ScannedCeremony, secret_password
from desktop.phone.core.views import PhoneCertificate, PhoneResult
from desktop.protocol.notices import (
    FIRST_ENVELOPE,
    SECOND_ENVELOPE,
    Announcement,
    Notice,
    NoticeEnvelope,
    write_announcement,
    write_notice,
)
from desktop.protocol.statements import Closing, write_statement
from desktop.protocol.tender_items import (
    CreateOpeningKeyItem,
    ReleaseOpeningKeyItem,
    create_opening_key_item,
    release_opening_key_item,
)
from tests.phone.phone_ca import CREDIT_CODE, ENC, NOW, ORGANIZATION, PLATFORM_NAME
from tests.phone.phone_world import PASSWORD, PLATFORM_ID, Desktop, World, unit_request

#: The lot of these tests was closed ten minutes ago.
DEADLINE = int((NOW - timedelta(minutes=10)).timestamp())
CLOSED_AT_US = (DEADLINE + 1) * 1_000_000


def envelope(envelope_id: str, *, not_before: int = DEADLINE) -> NoticeEnvelope:
    return NoticeEnvelope(
        envelope_id=envelope_id,
        title={"first": "商务技术文件", "second": "报价文件"}[envelope_id],
        not_before=not_before,
        fields=(SummaryField.DURATION,),
        groups=tuple(PolicyGroup),
        time_key=spki_of(generate_p256()),
    )


@dataclass
class RecordKeeper:
    """Who signs the platform's statements."""

    key: P256PrivateKey
    certificate: bytes


class Lot:
    """A lot with two envelopes, whose one officer is the phone's holder; a colleague's certificate is a member too."""

    def __init__(self, world: World, phone: Phone) -> None:
        self.world, self.phone = world, phone
        self.own: PhoneCertificate = phone.certificates()[0]
        self.colleague = generate_p256()
        self.colleague_certificate = world.ca.leaf(self.colleague.public_key(), holder="李四", key_usage=ENC)
        self.keeper = self.make_keeper()
        self.notice = Notice(
            platform=PLATFORM_ID,
            tender="JXJT-2026-017",
            tender_name="赣江二桥维修工程",
            lot="S1",
            lot_name="一标段",
            purchaser="江西交通投资集团",
            agency=ORGANIZATION,
            agency_code=CREDIT_CODE,
            revision=1,
            previous=b"",
            deadline=DEADLINE,
            officers=(self.own.sha256,),
            envelopes=(envelope(FIRST_ENVELOPE), envelope(SECOND_ENVELOPE)),
        )
        self.desktop = Desktop(world, enrolled=True)

    def make_keeper(self, *, keeps_records: bool = True, until: datetime = NOW + timedelta(days=365)) -> RecordKeeper:
        key = generate_p256()
        certificate = self.world.ca.leaf(
            key.public_key(),
            holder="存证",
            organization=PLATFORM_NAME,
            keeps_records=keeps_records,
            not_after=until,
        )
        return RecordKeeper(key=key, certificate=certificate)

    @property
    def members(self) -> tuple[bytes, ...]:
        return (self.own.enc_certificate, self.colleague_certificate)

    def create_item(
        self, notice: Notice | None = None, members: tuple[bytes, ...] | None = None
    ) -> CreateOpeningKeyItem:
        return create_opening_key_item(write_notice(notice or self.notice), members or self.members)

    def announce(self) -> Announcement:
        """Let the phone make the opening keys; return what the platform would publish."""
        item = self.create_item()
        _, result = self.scan(Operation.CREATE_OPENING_KEY, item)
        assert result.is_success
        made = self.result
        return Announcement(
            notice=item.notice,
            notice_bytes=item.notice_bytes,
            keys=made["keys"],
            wraps=made["wraps"],
            signature=made["sig"],
            certificate=self.own.sign_certificate,
        )

    def closing(self, announcement: Announcement, **changes: Any) -> Closing:
        honest = Closing(
            platform=PLATFORM_ID,
            tender=self.notice.tender,
            lot=self.notice.lot,
            deadline=self.notice.deadline,
            at_us=CLOSED_AT_US,
            notice_sha256=announcement.notice_sha256,
            count=MIN_BIDS,
            root=bytes(32),
            opens=True,
        )
        return replace(honest, **changes)

    def release_item(
        self,
        announcement: Announcement,
        closing: Closing | None = None,
        *,
        envelope_id: str = FIRST_ENVELOPE,
        keeper: RecordKeeper | None = None,
    ) -> ReleaseOpeningKeyItem:
        keeper = keeper or self.keeper
        signed = write_statement(
            closing or self.closing(announcement),
            sign=lambda text: sign(keeper.key, text),
            signer=keeper.certificate,
        )
        return release_opening_key_item(write_announcement(announcement), envelope_id, signed, 2)

    def scan(self, operation: Operation, item: Any, **changes: Any) -> tuple[ScannedCeremony, PhoneResult]:
        """Scan and agree; the phone's own refusals come out in the result."""
        request = replace(unit_request(operation, self.own.serial, item), **changes)
        scanned = self.phone.scan(self.desktop.show(request))
        assert scanned.wait_accepted()
        scanned.approve(self.own.serial, secret_password(PASSWORD))
        return scanned, scanned.wait_result(timeout=5)

    @property
    def result(self) -> dict[str, Any]:
        """What the desktop was given."""
        assert self.desktop.verified is not None
        (result,) = self.desktop.verified.answer.results
        return dict(result)

    def officer_of(self, certificate: bytes) -> Notice:
        """Return the notice with another officer."""
        return replace(self.notice, officers=(sha256(certificate),))
