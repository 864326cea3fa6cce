"""An opening of a lot with three bids as its record bundle, from a platform and an agency that are whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from desktop.crypto.issuing import Subject
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import P256PrivateKey, point_of, sign, spki_of
from desktop.domain.clock import microseconds
from desktop.domain.tendering import OpeningState, Party, PolicyGroup, SummaryField
from desktop.formats.bundle import Part, PartKind
from desktop.formats.log import bid_leaf, confirmation_body, delivery_leaf
from desktop.protocol.challenge import Enrolment, enrolment_statement
from desktop.protocol.notices import (
    FIRST_ENVELOPE,
    SECOND_ENVELOPE,
    SINGLE_ENVELOPE,
    Announcement,
    Notice,
    NoticeEnvelope,
    signed_text,
    write_announcement,
    write_notice,
)
from desktop.protocol.statements import (
    BidResult,
    Closing,
    Delivered,
    OpenedFile,
    OpeningNotice,
    Passed,
    RoomStatement,
    read_statement,
    write_room_statement,
)
from tests.log.world import NOW, PLATFORM, Keeper, lines_of

CODE, AGENCY = "913600001582600001", "江西招标代理有限公司"
DEADLINE = int(NOW.timestamp())
PACKAGES = tuple(bytes([number]) * 16 for number in (1, 2, 3))


def new_key() -> P256PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(kw_only=True)
class Scene:
    """Everybody who signs. The keeper's clock stands three hours after the deadline.

    `silent` deliver nothing, `refused` do not pass the first of two envelopes; windows are extended `extensions` times.
    """

    keeper: Keeper
    count: int = 3
    is_double: bool = False
    groups: tuple[PolicyGroup, ...] = (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY)
    silent: frozenset[bytes] = frozenset(PACKAGES[2:])
    refused: frozenset[bytes] = frozenset(PACKAGES[1:2])
    extensions: int = 0

    def __post_init__(self) -> None:
        subject = Subject(holder="李代理", organization=AGENCY, credit_code=CODE, person_id="p1")
        self.officer_key, self.workstation = new_key(), new_key()
        self.officer = self.keeper.authority.issue_pair(
            subject=subject, signing_spki=spki_of(self.officer_key), encryption_spki=spki_of(new_key())
        ).signing
        self.room_keys = {envelope: new_key() for envelope in (FIRST_ENVELOPE, SECOND_ENVELOPE, SINGLE_ENVELOPE)}
        self.opening_keys = (new_key(), new_key())
        self.keeper.clock.advance(3 * 3600)

    @property
    def bids(self) -> tuple[bytes, ...]:
        return PACKAGES[: self.count]

    def notice(self, **changes: object) -> Notice:
        ids = (FIRST_ENVELOPE, SECOND_ENVELOPE) if self.is_double else (SINGLE_ENVELOPE,)
        envelopes = tuple(
            NoticeEnvelope(
                envelope_id=each,
                title=each,
                not_before=DEADLINE,
                fields=(SummaryField.DURATION,),
                groups=self.groups,
                time_key=b"",
            )
            for each in ids
        )
        notice = Notice(
            platform=PLATFORM, tender="T-1", tender_name="赣江二桥", lot="1", lot_name="一标段", purchaser="业主",
            agency=AGENCY, agency_code=CODE, revision=1, previous=b"", deadline=DEADLINE,
            officers=(sha256(self.officer),), envelopes=envelopes,
        )  # fmt: skip
        return replace(notice, **changes)  # type: ignore[arg-type]

    def announce(self, notice: Notice, *, key: P256PrivateKey | None = None) -> bytes:
        written, keys = write_notice(notice), tuple(map(spki_of, self.opening_keys))[: len(notice.envelopes)]
        signature = sign(key or self.officer_key, signed_text(written, keys))
        return write_announcement(
            Announcement(
                notice=notice,
                notice_bytes=written,
                keys=keys,
                wraps=(b"wrap",) * len(keys),
                signature=signature,
                certificate=self.officer,
            )
        )

    def leaves(self) -> list[bytes]:
        at_us = (DEADLINE - 60) * 1_000_000
        return [
            bid_leaf(package=package, file_sha256=sha256(package), credit_code=f"91360000{n:010}", at_us=at_us + n)
            for n, package in enumerate(self.bids)
        ]

    def closing(self, **changes: object) -> bytes:
        leaves = self.leaves()
        said = Closing(
            platform=PLATFORM, tender="T-1", lot="1", deadline=DEADLINE, at_us=(DEADLINE + 1) * 1_000_000,
            notice_sha256=sha256(write_notice(self.notice())), count=len(leaves),
            root=root_of(map(leaf_hash, leaves)), opens=len(leaves) >= 3,
        )  # fmt: skip
        return self.keeper.state(replace(said, **changes))  # type: ignore[arg-type]

    def room(self, payload: RoomStatement) -> bytes:
        point, issued_at = point_of(self.workstation), DEADLINE - 60
        statement = enrolment_statement(
            platform=PLATFORM, credit_code=CODE, workstation_key=point, workstation_name="开标室", issued_at=issued_at
        )
        signature = sign(self.officer_key, statement)
        return write_room_statement(
            payload,
            sign=lambda message: sign(self.workstation, message),
            workstation_key=point,
            workstation_name="开标室",
            enrolment=Enrolment(certificate=self.officer, issued_at=issued_at, signature=signature),
        )

    def about(self, envelope: str) -> dict[str, Any]:
        return {"platform": PLATFORM, "tender": "T-1", "lot": "1", "envelope_id": envelope}

    def opened(self, package: bytes, envelope: str, **changes: object) -> BidResult:
        said = BidResult(
            **self.about(envelope), package_id=package, state=OpeningState.OPENED, cause="", party=Party.NOBODY,
            files=(OpenedFile(name="bid_summary.json", size=9, sha256=sha256(package)),), price="100.00", bid_bond="",
            duration_days=30, quality="合格", project_manager="王经理", at=began(envelope) + 3600,
        )  # fmt: skip
        return replace(said, **changes)  # type: ignore[arg-type]

    def not_opened(self, package: bytes, envelope: str, **changes: object) -> BidResult:
        """The result of a bid whose share is missing."""
        said = self.opened(
            package, envelope, state=OpeningState.NOT_OPENED, cause="tender.share_not_delivered", party=Party.BIDDER,
            files=(), price="", duration_days=0, quality="", project_manager="",
        )  # fmt: skip
        return replace(said, **changes)  # type: ignore[arg-type]

    def window(self, closing: bytes, envelope: str, **changes: object) -> OpeningNotice:
        said = OpeningNotice(
            **self.about(envelope), room_key=point_of(self.room_keys[envelope]), room_wrap=bytes(113),
            closing_sha256=read_statement(closing, Closing).document_sha256, until=began(envelope) + 1800,
            revision=1, reason="",
        )  # fmt: skip
        return replace(said, **changes)  # type: ignore[arg-type]

    def windows(self, closing: bytes, envelope: str) -> list[OpeningNotice]:
        """The first notice of an envelope, and its extensions."""
        first = self.window(closing, envelope)
        later = [
            replace(first, revision=1 + n, until=first.until + 60 * n, reason="网络故障")
            for n in range(1, self.extensions + 1)
        ]
        return [first, *later]

    def share(self, package: bytes) -> bytes:
        return delivery_leaf(package=package, sealed=b"sealed" + package)

    def delivered(self, envelope: str, shared: Sequence[bytes], **changes: object) -> Delivered:
        said = Delivered(
            **self.about(envelope), at_us=(began(envelope) + 2400) * 1_000_000, count=len(shared),
            root=root_of(leaf_hash(self.share(package)) for package in shared),
        )  # fmt: skip
        return replace(said, **changes)  # type: ignore[arg-type]

    def missing(self, packages: Sequence[bytes]) -> list[bytes]:
        return [each for each in packages if PolicyGroup.BIDDER in self.groups and each in self.silent]

    def envelope_parts(self, closing: bytes, envelope: str, packages: Sequence[bytes]) -> list[Part]:
        """The window, deliveries and results of one envelope."""
        missing = self.missing(packages)
        shared = [each for each in packages if PolicyGroup.BIDDER in self.groups and each not in missing]
        results = [(self.not_opened if each in missing else self.opened)(each, envelope) for each in packages]
        return [
            *(Part(kind=PartKind.ROOM, data=self.room(window)) for window in self.windows(closing, envelope)),
            *(Part(kind=PartKind.DELIVERY, data=self.share(package)) for package in shared),
            Part(kind=PartKind.DELIVERED, data=self.keeper.state(self.delivered(envelope, shared))),
            *(Part(kind=PartKind.RESULT, data=self.room(result)) for result in results),
        ]

    def passed(self, package: bytes, *, passed: bool, **changes: object) -> Part:
        said = Passed(
            **self.about(FIRST_ENVELOPE), package_id=package, passed=passed, reason="" if passed else "资格不符",
            at=DEADLINE + 5400,
        )  # fmt: skip
        return Part(kind=PartKind.PASSED, data=self.room(replace(said, **changes)))  # type: ignore[arg-type]

    def confirmed(self, package: bytes, envelope: str, *, ok: bool = True, text: str = "", after_s: int = 4000) -> Part:
        at = (began(envelope) + after_s) * 1_000_000
        said = confirmation_body(package=package, envelope=envelope, ok=ok, text=text, at_us=at)
        return Part(kind=PartKind.CONFIRMED, data=said)

    def parts(self) -> list[Part]:
        """The whole bundle in its order."""
        closing = self.closing()
        parts = [
            Part(kind=PartKind.ANNOUNCEMENT, data=self.announce(self.notice())),
            Part(kind=PartKind.CLOSING, data=closing),
            *(Part(kind=PartKind.BID, data=data) for data in self.leaves()),
        ]
        packages = self.bids if self.count >= 3 else ()
        for envelope in self.notice().envelopes:
            if packages:
                parts += self.envelope_parts(closing, envelope.envelope_id, packages)
                opened = [each for each in packages if each not in self.missing(packages)]
                if envelope.envelope_id == FIRST_ENVELOPE:
                    parts += [self.passed(package, passed=package not in self.refused) for package in opened]
                    packages = tuple(package for package in opened if package not in self.refused)
                parts += [self.confirmed(package, envelope.envelope_id) for package in opened[:1]]
        head = self.keeper.head(lines_of(5), at=NOW + timedelta(hours=2, minutes=50))
        return [*parts, Part(kind=PartKind.HEAD, data=head)]


def began(envelope: str) -> int:
    """When the room of an envelope was opened, in epoch seconds."""
    return DEADLINE + (6000 if envelope == SECOND_ENVELOPE else 60)


Bend = Callable[[Scene, list[Part]], list[Part]]


def at_us(seconds: int) -> int:
    """Microseconds of a moment after the deadline."""
    return microseconds(NOW + timedelta(seconds=seconds))
