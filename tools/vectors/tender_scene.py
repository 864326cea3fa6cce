"""A tender of the vectors: notices, the committee's keys, the ceremony's items, and the statements about a lot."""

from desktop.crypto.cms_share import ShareRecipient
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.suites import point_of, spki_of
from desktop.domain.tendering import DocumentKind, OpeningState, Party, PolicyGroup, SummaryField
from desktop.protocol import codec
from desktop.protocol.challenge import Enrolment, enrolment_statement
from desktop.protocol.notices import (
    FIRST_ENVELOPE,
    SECOND_ENVELOPE,
    SINGLE_ENVELOPE,
    Notice,
    NoticeEnvelope,
    RequiredDocument,
    TenderDocument,
    write_notice,
)
from desktop.protocol.statements import (
    BidReceipt,
    BidResult,
    Closing,
    Delivered,
    Head,
    OpenedFile,
    OpeningNotice,
    Passed,
    PlatformStatement,
    RoomStatement,
    Withdrawn,
    write_room_statement,
    write_statement,
)
from tools.vectors.hpke_reference import seal
from tools.vectors.keys import ISSUED_AT, fixed, key, scalar, sign
from tools.vectors.people import (
    CREDIT_CODE,
    ORGANIZATION,
    PLATFORM,
    member,
    member_encryption,
    record_keeper,
    sha256,
)

TENDER, TENDER_NAME = "JXJT-2026-017", "赣江二桥维修工程"
LOT, LOT_NAME = "S1", "一标段"
DEADLINE = ISSUED_AT + 86_400
#: A minute after the deadline, in microseconds.
CLOSED_AT_US = (DEADLINE + 60) * 1_000_000 + 250
WORKSTATION_NAME = "办公室-01"
DEFAULT_GROUPS = (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY, PolicyGroup.TIME)


def envelope(envelope_id: str = SINGLE_ENVELOPE, groups: tuple[PolicyGroup, ...] = DEFAULT_GROUPS) -> NoticeEnvelope:
    """Return an envelope; the second is opened a day later."""
    is_second = envelope_id == SECOND_ENVELOPE
    priced = () if envelope_id == FIRST_ENVELOPE else (SummaryField.PRICE,)
    titles = {SINGLE_ENVELOPE: "投标文件", FIRST_ENVELOPE: "商务技术文件", SECOND_ENVELOPE: "报价文件"}
    return NoticeEnvelope(
        envelope_id=envelope_id,
        title=titles[envelope_id],
        not_before=DEADLINE + 86_400 * is_second,
        fields=(*priced, SummaryField.DURATION),
        groups=groups,
        time_key=spki_of(key(f"time {envelope_id}")) if PolicyGroup.TIME in groups else b"",
    )


def notice(*, envelopes: tuple[NoticeEnvelope, ...] = (), revision: int = 1, previous: bytes = b"") -> Notice:
    """Return the notice of the lot."""
    envelopes = envelopes or (envelope(),)
    return Notice(
        platform=PLATFORM,
        tender=TENDER,
        tender_name=TENDER_NAME,
        lot=LOT,
        lot_name=LOT_NAME,
        purchaser="江西交通投资集团",
        agency=ORGANIZATION,
        agency_code=CREDIT_CODE,
        revision=revision,
        previous=previous,
        deadline=DEADLINE,
        officers=(sha256(member()),),
        envelopes=envelopes,
        documents=(TenderDocument(name="招标文件.pdf", size=1_048_576, sha256=fixed("tender document")),),
        required=(
            RequiredDocument(envelope_id=envelopes[0].envelope_id, name="投标函", kind=DocumentKind.PDF),
            RequiredDocument(envelope_id=envelopes[-1].envelope_id, name="工程量清单", kind=DocumentKind.XML),
        ),
        price_limit="12000000.00",
    )


def two_envelopes() -> Notice:
    """Return the notice of a lot with two envelopes (双信封), the second of them readable without its bidder."""
    second = envelope(SECOND_ENVELOPE, (PolicyGroup.OPENING_KEY, PolicyGroup.TIME))
    return notice(envelopes=(envelope(FIRST_ENVELOPE), second))


def opening_keys(of: Notice) -> tuple[bytes, ...]:
    """Return the SPKI of the opening key of each envelope."""
    return tuple(spki_of(key(f"opening {each.envelope_id}")) for each in of.envelopes)


def committee() -> tuple[ShareRecipient, ...]:
    """Return to whom the opening key is enveloped."""
    return (ShareRecipient(key_id=sha256(member_encryption()), spki=spki_of(key("member encryption"))),)


def enrolment() -> Enrolment:
    """Return the enrolment of the workstation that signs room statements."""
    statement = enrolment_statement(
        platform=PLATFORM,
        credit_code=CREDIT_CODE,
        workstation_key=point_of(key("workstation")),
        workstation_name=WORKSTATION_NAME,
        issued_at=ISSUED_AT - 86_400,
    )
    return Enrolment(certificate=member(), issued_at=ISSUED_AT - 86_400, signature=sign(key("member"), statement))


def platform_statement(payload: PlatformStatement) -> bytes:
    """Return `payload` as the platform signs it."""
    return write_statement(payload, sign=lambda text: sign(key("record keeper"), text), signer=record_keeper())


def room_statement(payload: RoomStatement) -> bytes:
    """Return `payload` as the agency's workstation signs it."""
    return write_room_statement(
        payload,
        sign=lambda text: sign(key("workstation"), text),
        workstation_key=point_of(key("workstation")),
        workstation_name=WORKSTATION_NAME,
        enrolment=enrolment(),
    )


def room_wrap(*, lot: str = LOT, scalar_of: str = "room") -> bytes:
    """Return the wrap of the key "room" by the written-out HPKE; a lie where a lot or a scalar is given."""
    where = (PLATFORM, TENDER, lot, SINGLE_ENVELOPE)
    return seal(
        recipient=key(f"opening {SINGLE_ENVELOPE}").public_key(),
        ephemeral=key("sender room"),
        info=b"BIDSEAL1/room-key" + sha256(codec.encode([*where, point_of(key("room"))])),
        plaintext=scalar(scalar_of).to_bytes(32, "big"),
    )


def closing(of: Notice | None = None, *, count: int = 3) -> Closing:
    """Return the closing of the lot."""
    of = of or notice()
    return Closing(
        platform=of.platform,
        tender=of.tender,
        lot=of.lot,
        deadline=of.deadline,
        at_us=CLOSED_AT_US,
        notice_sha256=sha256(write_notice(of)),
        count=count,
        root=root_of(leaf_hash(fixed(f"bid {number}")) for number in range(count)),
        opens=count >= 3,  # noqa: PLR2004 - written out: the vectors are not to follow a changed rule
    )


def platform_statements() -> tuple[PlatformStatement, ...]:
    """Return one statement of each kind that the platform makes."""
    package = fixed("package", 16)
    return (
        Head(platform=PLATFORM, at_us=CLOSED_AT_US, size=7, root=fixed("log root")),
        BidReceipt(
            platform=PLATFORM,
            at_us=CLOSED_AT_US - 60_000_000,
            tender=TENDER,
            lot=LOT,
            bidder="乙工程有限公司",
            bidder_code="91360000999990000X",
            package_id=package,
            sha256=fixed("package file"),
            size=1_048_576,
            manifest_sha256=fixed("manifest"),
            number=2,
            leaf=5,
            replaced=fixed("package before", 16),
        ),
        Withdrawn(
            platform=PLATFORM, at_us=CLOSED_AT_US - 90_000_000, tender=TENDER, lot=LOT, package_id=package, leaf=6
        ),
        closing(),
        Delivered(
            platform=PLATFORM,
            at_us=CLOSED_AT_US + 1_800_000_000,
            tender=TENDER,
            lot=LOT,
            envelope_id=SINGLE_ENVELOPE,
            count=2,
            root=fixed("deliveries"),
        ),
    )


def opening_notice() -> OpeningNotice:
    """Return an opening notice that extends the window."""
    return OpeningNotice(
        platform=PLATFORM,
        tender=TENDER,
        lot=LOT,
        envelope_id=SINGLE_ENVELOPE,
        room_key=point_of(key("room")),
        room_wrap=room_wrap(),
        closing_sha256=fixed("closing"),
        until=DEADLINE + 3600,
        revision=2,
        reason="停电",
    )


def room_statements() -> tuple[RoomStatement, ...]:
    """Return one statement of each kind that a workstation makes, and a result of each outcome."""
    return (
        opening_notice(),
        result(OpeningState.OPENED),
        result(OpeningState.NOT_OPENED),
        Passed(
            platform=PLATFORM,
            tender=TENDER,
            lot=LOT,
            envelope_id=SECOND_ENVELOPE,
            package_id=fixed("package", 16),
            passed=False,
            reason="未通过资格审查",
            at=DEADLINE + 7200,
        ),
    )


def result(state: OpeningState) -> BidResult:
    """Return what the opening of a bid came to."""
    is_opened = state is OpeningState.OPENED
    file = OpenedFile(name="投标函.pdf", size=20_480, sha256=fixed("letter"))
    return BidResult(
        platform=PLATFORM,
        tender=TENDER,
        lot=LOT,
        envelope_id=SINGLE_ENVELOPE,
        package_id=fixed("package", 16),
        state=state,
        cause="" if is_opened else "tender.share_not_delivered",
        party=Party.NOBODY if is_opened else Party.BIDDER,
        files=(file,) if is_opened else (),
        price="11800000.00" if is_opened else "",
        bid_bond="",
        duration_days=180 if is_opened else 0,
        quality="合格" if is_opened else "",
        project_manager="",
        at=DEADLINE + 5400,
    )
