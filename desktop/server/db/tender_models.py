"""The tables of tendering up to the closing: tenders, lots, what was published, uploads, bids, who signed in.

Moments that decide over a bid stand in microseconds since 1970, as they are signed (docs/tendering.md); states are
those of rules/states.py. A time key's private half stands here only encrypted.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.server.db.models import HASH, ID, NAME, STATE, Base

NUMBER = String(64)
CODE = String(32)
ENVELOPE = String(16)
FILE_NAME = String(255)


class Tender(Base):
    """A project (招标项目) of an agency; its lots carry what is tendered."""

    __tablename__ = "tenders"
    __table_args__ = (UniqueConstraint("organization_id", "number"),)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[str] = mapped_column(NUMBER)
    name: Mapped[str] = mapped_column(NAME)
    buyer: Mapped[str] = mapped_column(NAME)
    created_at: Mapped[datetime]


class Lot(Base):
    """A lot (标段). Numbers never change; names, purchaser and agency are as the newest notice has them.

    `position` counts all lots; `deadline` is the one in force, 0 for a draft; `envelope` the one that the opening is
    at. `draft_saves` counts the changes of the draft, its publication too; `draft_by` is the name of who made the last.
    `closing` is the platform's statement, `bids` how many took part: both are there from the closing on.
    """

    __tablename__ = "lots"
    __table_args__ = (
        UniqueConstraint("tender_id", "number"),
        Index("ix_lots_of_deadline", "state", "deadline"),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    tender: Mapped[str] = mapped_column(NUMBER)
    tender_name: Mapped[str] = mapped_column(NAME)
    buyer: Mapped[str] = mapped_column(NAME)
    agency: Mapped[str] = mapped_column(NAME)
    number: Mapped[str] = mapped_column(NUMBER)
    name: Mapped[str] = mapped_column(NAME)
    state: Mapped[str] = mapped_column(STATE)
    revision: Mapped[int] = mapped_column(default=0)
    deadline: Mapped[int] = mapped_column(BigInteger, default=0)
    envelope: Mapped[str] = mapped_column(ENVELOPE, default="")
    draft: Mapped[str | None] = mapped_column(Text)
    draft_saves: Mapped[int] = mapped_column(default=0)
    draft_by: Mapped[str] = mapped_column(NAME, default="")
    draft_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at_us: Mapped[int | None] = mapped_column(BigInteger)
    closing: Mapped[bytes | None]
    bids: Mapped[int | None]


class LotAnnouncement(Base):
    """A published revision of a lot's notice, with the agency's signature; none is ever changed."""

    __tablename__ = "lot_announcements"
    __table_args__ = (UniqueConstraint("lot_id", "revision"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    revision: Mapped[int]
    notice_sha256: Mapped[str] = mapped_column(HASH)
    announcement: Mapped[bytes]
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    published_at: Mapped[datetime]


class LotDocument(Base):
    """A tender document; `pieces` are addresses in the file store, joined by blanks."""

    __tablename__ = "lot_documents"
    __table_args__ = (UniqueConstraint("lot_id", "sha256"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    sha256: Mapped[str] = mapped_column(HASH)
    name: Mapped[str] = mapped_column(FILE_NAME)
    size: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class LotReader(Base):
    """An account that fetched a document of a lot, and so is told what becomes of it."""

    __tablename__ = "lot_readers"
    __table_args__ = (UniqueConstraint("lot_id", "account_id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    since: Mapped[datetime]


class TimeKey(Base):
    """The platform's time key of one envelope; `scalar` is encrypted, worth nothing without the opening key."""

    __tablename__ = "time_keys"
    __table_args__ = (UniqueConstraint("lot_id", "envelope"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    envelope: Mapped[str] = mapped_column(ENVELOPE)
    spki: Mapped[bytes]
    scalar: Mapped[bytes]
    created_at: Mapped[datetime]


class Upload(Base):
    """A bid's file on its way in. `offset` counts the bytes that are durable; `code` says why it was refused.

    `received_at_us` is the moment the last byte was durable: there from then on, and never set anew by a check.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("lot_id", "organization_id", "sha256"),
        Index("ix_uploads_of_state", "state", "lot_id"),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    sha256: Mapped[str] = mapped_column(HASH)
    size: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(STATE)
    code: Mapped[str] = mapped_column(String(64), default="")
    received_at_us: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Bid(Base):
    """A bid that was accepted. `number` is the order of acceptance within the lot, `leaf` its place in the log.

    How many bids there are is nobody's business before the closing, so `number` is told only then; `turn` counts those
    of the bidder's own and stands in the receipt.
    `receipt` is the platform's statement, `token` the RFC 3161 token over it; `withdrawal` the statement of the end.
    """

    __tablename__ = "bids"
    __table_args__ = (
        UniqueConstraint("lot_id", "number"),
        Index("ix_bids_of_unit", "lot_id", "organization_id"),
    )
    package: Mapped[str] = mapped_column(ID, primary_key=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), unique=True)
    state: Mapped[str] = mapped_column(STATE)
    number: Mapped[int]
    turn: Mapped[int]
    sha256: Mapped[str] = mapped_column(HASH)
    size: Mapped[int] = mapped_column(BigInteger)
    bidder: Mapped[str] = mapped_column(NAME)
    credit_code: Mapped[str] = mapped_column(CODE)
    at_us: Mapped[int] = mapped_column(BigInteger)
    leaf: Mapped[int]
    receipt: Mapped[bytes]
    token: Mapped[bytes]
    withdrawal: Mapped[bytes | None]


class SignIn(Base):
    """A unit that signed in for an opening (签到)."""

    __tablename__ = "sign_ins"
    __table_args__ = (UniqueConstraint("lot_id", "organization_id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
