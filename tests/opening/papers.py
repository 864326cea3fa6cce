"""The signed papers of one lot: announcement, closing, opening notice, deliveries; and what it takes to forge them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from cryptography import x509

from desktop.crypto.certificates import RECORD_KEEPER_EKU
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.primitives import hpke_seal, sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, point_of, sign, spki_of
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import MIN_BIDS, PolicyGroup, SummaryField
from desktop.formats.log import delivery_leaf
from desktop.formats.package import Bidder
from desktop.formats.statements import Basis
from desktop.formats.trust import RevocationData
from desktop.portal.room_records import ClosedBid, SealedShare
from desktop.protocol.challenge import Enrolment, enrolment_statement
from desktop.protocol.notices import (
    Announcement,
    Notice,
    NoticeEnvelope,
    signed_text,
    write_notice,
)
from desktop.protocol.room_key import wrap_room_key
from desktop.protocol.statements import (
    Closing,
    Delivered,
    OpeningNotice,
    PlatformStatement,
    RoomStatement,
    read_statement,
    write_room_statement,
    write_statement,
)
from desktop.services.opening_evidence import Judge, delivery_info, leaf_of_bid
from tests.package.world import DEADLINE, World, subject
from tests.pdf.pki import NOW, Holder, ec_key, issue, usage

AGENCY = Bidder(name="杭州某招标代理有限公司", credit_code="91330100MA27AAAA5N")
PLATFORM, TENDER, LOT = "demo", "T-2026-001", "1"
_MICRO = 1_000_000
AFTERWARDS = NOW + timedelta(hours=2)
DEFAULT = tuple(PolicyGroup)


def envelope_of(world: World, envelope_id: str = "bid", groups: tuple[PolicyGroup, ...] = DEFAULT) -> NoticeEnvelope:
    return NoticeEnvelope(
        envelope_id=envelope_id,
        title="投标文件" if envelope_id == "bid" else envelope_id,
        not_before=DEADLINE,
        fields=() if envelope_id == "first" else (SummaryField.PRICE,),
        groups=groups,
        time_key=spki_of(world.time_key) if PolicyGroup.TIME in groups else b"",
    )


@dataclass(kw_only=True)
class Papers:
    """Who signs what about the lot of `world`; made once, its methods write papers."""

    world: World
    envelopes: tuple[NoticeEnvelope, ...] = ()
    opening_keys: tuple[P256PrivateKey, ...] = ()
    room_key: P256PrivateKey = field(default_factory=generate_p256)
    station: P256PrivateKey = field(default_factory=generate_p256)

    def __post_init__(self) -> None:
        self.envelopes = self.envelopes or (envelope_of(self.world),)
        self.opening_keys = self.opening_keys or (self.world.opening_key,)
        self.officer = self.world.leaf("开标员", AGENCY)
        self.stranger = self.world.leaf("旁人", AGENCY)
        purpose = x509.ObjectIdentifier(RECORD_KEEPER_EKU)
        self.keeper = issue(
            subject("记录", Bidder(name="平台", credit_code="")),
            key=ec_key(),
            issuer=self.world.pki.issuing,
            key_usage=usage(digital_signature=True),
            extended=purpose,
        )
        self.notice = Notice(
            platform=PLATFORM,
            tender=TENDER,
            tender_name="某工程",
            lot=LOT,
            lot_name="施工",
            purchaser="某业主",
            agency=AGENCY.name,
            agency_code=AGENCY.credit_code,
            revision=1,
            previous=b"",
            deadline=DEADLINE,
            officers=(sha256(self.officer.der),),
            envelopes=self.envelopes,
        )

    def announcement(self) -> Announcement:
        data, keys = write_notice(self.notice), tuple(spki_of(key) for key in self.opening_keys)
        return Announcement(
            notice=self.notice,
            notice_bytes=data,
            keys=keys,
            wraps=(b"wrap",) * len(keys),
            signature=sign(self.officer.key, signed_text(data, keys)),
            certificate=self.officer.der,
        )

    def judge(self, revocation: RevocationData | None = None) -> Judge:
        anchors = replace(self.world.anchors, intermediates=(self.world.pki.issuing.der,))
        basis = Basis(anchors=anchors, revocation=revocation or self.world.revocation, now=AFTERWARDS)
        return Judge(announcements=(self.announcement(),), basis=basis)

    def about(self, envelope_id: str) -> dict[str, str]:
        return {"platform": PLATFORM, "tender": TENDER, "lot": LOT, "envelope_id": envelope_id}

    # -- the platform ------------------------------------------------------------------------------------------------

    def stated(self, payload: PlatformStatement, signer: Holder | None = None) -> bytes:
        by = signer or self.keeper
        return write_statement(payload, sign=lambda text: sign(by.key, text), signer=by.der)

    def closing(self, bids: Sequence[ClosedBid], **changes: Any) -> Closing:
        values: dict[str, Any] = {
            "platform": PLATFORM,
            "tender": TENDER,
            "lot": LOT,
            "deadline": DEADLINE,
            "at_us": DEADLINE * _MICRO + 5,
            "notice_sha256": self.announcement().notice_sha256,
            "count": len(bids),
            "root": root_of(leaf_of_bid(bid) for bid in bids),
            "opens": len(bids) >= MIN_BIDS,
        }
        return Closing(**{**values, **changes})

    def delivered(self, shares: Sequence[SealedShare], envelope_id: str = "bid", **changes: Any) -> Delivered:
        leaves = [leaf_hash(delivery_leaf(package=each.package, sealed=each.sealed)) for each in shares]
        values: dict[str, Any] = {
            **self.about(envelope_id),
            "at_us": DEADLINE * _MICRO + 9,
            "count": len(shares),
            "root": root_of(leaves),
        }
        return Delivered(**{**values, **changes})

    # -- the officer's workstation -----------------------------------------------------------------------------------

    def spoken(self, payload: RoomStatement, officer: Holder | None = None) -> bytes:
        by, point = officer or self.officer, point_of(self.station)
        at = DEADLINE - 1000
        text = enrolment_statement(
            platform=payload.platform,
            credit_code=AGENCY.credit_code,
            workstation_key=point,
            workstation_name="开标室",
            issued_at=at,
        )
        return write_room_statement(
            payload,
            sign=lambda message: sign(self.station, message),
            workstation_key=point,
            workstation_name="开标室",
            enrolment=Enrolment(certificate=by.der, issued_at=at, signature=sign(by.key, text)),
        )

    def opening(self, closing: bytes, envelope_id: str = "bid", **changes: Any) -> OpeningNotice:
        values: dict[str, Any] = {
            **self.about(envelope_id),
            "room_key": point_of(self.room_key),
            "room_wrap": self.room_wrap(envelope_id, self.room_key),
            "closing_sha256": read_statement(closing, Closing).document_sha256,
            "until": DEADLINE + 1800,
            "revision": 1,
            "reason": "",
        }
        return OpeningNotice(**{**values, **changes})

    def room_wrap(self, envelope_id: str, key: P256PrivateKey) -> bytes:
        ids = (envelope.envelope_id for envelope in self.envelopes)
        announced = dict(zip(ids, self.opening_keys, strict=True)).get(envelope_id, self.opening_keys[0])
        return wrap_room_key(key, opening_key=spki_of(announced), **self.about(envelope_id))

    # -- bidders -----------------------------------------------------------------------------------------------------

    def sealed(self, share: SecretBytes, file_sha256: bytes, envelope_id: str = "bid", **changes: str) -> bytes:
        where = {"tender": TENDER, "lot": LOT, "envelope_id": envelope_id, **changes}
        info = delivery_info(file_sha256=file_sha256, **where)
        return hpke_seal(recipient=self.room_key.public_key(), info=info, plaintext=share.reveal())


def closed_bid(number: int, *, package: bytes, file_sha256: bytes, bidder: Bidder, size: int = 1000) -> ClosedBid:
    return ClosedBid(
        package=package,
        sha256=file_sha256,
        bidder=bidder.name,
        bidder_code=bidder.credit_code,
        at_us=(DEADLINE - 100 + number) * _MICRO,
        number=1,
        size=size,
    )
