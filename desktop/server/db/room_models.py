"""The tables of the opening room: its windows, what was said there and by whom, the shares, the record.

What an officer's workstation states is kept as it came, none is changed: the newest of its kind counts. A lot has one
row in `rooms` from the moment somebody enters; its version grows with everything that a viewer could see change.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.server.db.models import HASH, ID, STATE, Base
from desktop.server.db.tender_models import ENVELOPE

TEXT = String(500)


class PlatformTime(Base):
    """The highest time that the platform has acted on; one row. A clock that is set back does not bring time back."""

    __tablename__ = "platform_time"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    highest: Mapped[datetime]


class Room(Base):
    """The room of one lot; the record is there once it was handed in (addresses of the file store, and hashes)."""

    __tablename__ = "rooms"
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    record_pdf: Mapped[str | None] = mapped_column(HASH)
    record_bundle: Mapped[str | None] = mapped_column(HASH)
    pdf_sha256: Mapped[str | None] = mapped_column(HASH)
    bundle_sha256: Mapped[str | None] = mapped_column(HASH)
    recorded_at: Mapped[datetime | None]


class RoomEnvelope(Base):
    """One envelope's delivery window and what followed.

    `until` in epoch seconds, `delivered` the platform's statement of the end.
    """

    __tablename__ = "room_envelopes"
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    envelope: Mapped[str] = mapped_column(ENVELOPE, primary_key=True)
    room_key: Mapped[bytes]
    revision: Mapped[int]
    until: Mapped[int] = mapped_column(BigInteger)
    delivered: Mapped[bytes | None]
    time_key_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]


class RoomStatement(Base):
    """A statement of an officer's workstation, `number` counts those about the same thing from 1.

    `package` is empty for an opening notice; `outcome` says in a word what a result or a decision came to.
    """

    __tablename__ = "room_statements"
    __table_args__ = (UniqueConstraint("lot_id", "envelope", "kind", "package", "number"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    envelope: Mapped[str] = mapped_column(ENVELOPE)
    kind: Mapped[str] = mapped_column(STATE)
    package: Mapped[str] = mapped_column(ID)
    number: Mapped[int]
    outcome: Mapped[str] = mapped_column(STATE)
    statement: Mapped[bytes]
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class Delivery(Base):
    """A bidder's share, sealed to the room key; `count` how often one was handed in."""

    __tablename__ = "deliveries"
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    envelope: Mapped[str] = mapped_column(ENVELOPE, primary_key=True)
    package: Mapped[str] = mapped_column(ForeignKey("bids.package"), primary_key=True)
    sealed: Mapped[bytes]
    count: Mapped[int]
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class Confirmation(Base):
    """A bidder's confirmation of, or objection to, what was announced of its bid, and the agency's answer."""

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_of_bid", "lot_id", "envelope", "package"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    envelope: Mapped[str] = mapped_column(ENVELOPE)
    package: Mapped[str] = mapped_column(ForeignKey("bids.package"))
    is_confirmed: Mapped[bool]
    text: Mapped[str] = mapped_column(TEXT)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(TEXT)
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
