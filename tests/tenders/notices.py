"""A draft that can be published, and what goes with it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from desktop.crypto.suites import generate_p256, spki_of
from desktop.domain.tendering import DocumentKind
from desktop.protocol.notices import Announcement, Notice, RequiredDocument, TenderDocument, write_notice
from desktop.services.tender_draft import TenderDraft
from desktop.services.tender_notice import Basis, build_notice, time_envelopes

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BASIS = Basis(
    platform="jxjt",
    tender="JXJT-2026-118",
    lot="JD-01",
    agency="江西省信诚工程招标代理有限公司",
    agency_code="91430000MA4L2B6X82",
)
DOCUMENT = TenderDocument(name="招标文件.pdf", size=4711, sha256=b"\7" * 32)
REQUIRED = (
    RequiredDocument(envelope_id="bid", name="投标函", kind=DocumentKind.PDF),
    RequiredDocument(envelope_id="bid", name="工程量清单.xml", kind=DocumentKind.XML),
    RequiredDocument(envelope_id="first", name="施工组织设计", kind=DocumentKind.PDF),
    RequiredDocument(envelope_id="second", name="报价表", kind=DocumentKind.XLSX),
)
DRAFT = TenderDraft(
    tender_name="赣南高速公路机电工程施工招标",
    lot_name="第一标段",
    purchaser="江西省交通投资集团有限责任公司",
    deadline="2026-12-15 09:30",
    price_limit="12,345,678.90",
    documents=(DOCUMENT,),
    required=REQUIRED,
    officers=(b"\1" * 32,),
    members=(b"\2" * 32,),
)
DOUBLE = replace(DRAFT, is_double=True).with_envelope("second", opening="2026-12-18 09:30")


def notice_of(draft: TenderDraft = DRAFT, before: Announcement | None = None, **changes: Any) -> Notice:
    """Return the notice that a draft makes, with time keys of nobody's."""
    keys = {envelope: spki_of(generate_p256()) for envelope in time_envelopes(draft)}
    return build_notice(replace(draft, **changes), BASIS, time_keys=keys, before=before)


def announced(notice: Notice) -> Announcement:
    """Return the notice as if it had been signed; nobody here looks at the signature."""
    count = len(notice.envelopes)
    return Announcement(
        notice=notice,
        notice_bytes=write_notice(notice),
        keys=tuple(spki_of(generate_p256()) for _ in range(count)),
        wraps=(b"wrap",) * count,
        signature=b"\0" * 64,
        certificate=b"c",
    )
