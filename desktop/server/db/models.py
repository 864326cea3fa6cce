"""The tables. Ids are 32 lower-case hex digits; secrets stand here only as hashes, ID numbers only encrypted."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from desktop.server.db.types import UtcTime

ID = String(32)
HASH = String(64)
SERIAL = String(40)
NAME = String(120)
STATE = String(24)
#: Addresses of up to eight files, joined by blanks.
PAPERS = String(600)


class Base(DeclarativeBase):
    """All tables; named constraints, so that later migrations can address them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, bytes: LargeBinary}  # noqa: RUF012 - the form that SQLAlchemy reads


class Account(Base):
    """A person. The ID number is known once an order of theirs was approved; its index is unique among accounts."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    mobile: Mapped[str] = mapped_column(String(11), unique=True)
    name: Mapped[str] = mapped_column(NAME, default="")
    role: Mapped[str] = mapped_column(STATE)
    id_number: Mapped[bytes | None]
    id_number_index: Mapped[str | None] = mapped_column(HASH, unique=True)
    created_at: Mapped[datetime]
    password: Mapped[str | None] = mapped_column(String(200))


class Organization(Base):
    """A unit; exists from the approval of its first order. `kind`: a bidder or a tender agency."""

    __tablename__ = "organizations"
    kind: Mapped[str] = mapped_column(STATE)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    legal_representative: Mapped[str] = mapped_column(NAME)
    created_at: Mapped[datetime]


class Member(Base):
    """A person in a unit, and as what."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("organization_id", "account_id"),)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(STATE)
    created_at: Mapped[datetime]


class Order(Base):
    """A certificate order with its papers (addresses in the file store; "" where the kind has none).

    `predecessor` is the signing certificate that is renewed, changed or reissued. SQLite cannot add a reference to a
    table that others refer to, so it is kept by the cases.
    """

    __tablename__ = "orders"
    kind: Mapped[str] = mapped_column(STATE)
    predecessor: Mapped[str | None] = mapped_column(SERIAL, index=True)
    papers: Mapped[str] = mapped_column(PAPERS)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organizations.id"))
    state: Mapped[str] = mapped_column(STATE, index=True)
    organization_name: Mapped[str] = mapped_column(NAME)
    credit_code: Mapped[str] = mapped_column(String(18), index=True)
    legal_representative: Mapped[str] = mapped_column(NAME)
    holder_name: Mapped[str] = mapped_column(NAME)
    id_number: Mapped[bytes]
    id_number_index: Mapped[str] = mapped_column(HASH)
    suite: Mapped[str] = mapped_column(String(16))
    licence: Mapped[str] = mapped_column(HASH)
    letter: Mapped[str] = mapped_column(HASH)
    created_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    reviewed_at: Mapped[datetime | None]


class Grant(Base):
    """A person whom a certificate admin lets have a certificate of the unit."""

    __tablename__ = "grants"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    granted_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str] = mapped_column(STATE)
    state: Mapped[str] = mapped_column(STATE)
    name: Mapped[str] = mapped_column(NAME)
    mobile: Mapped[str] = mapped_column(String(11), index=True)
    id_number: Mapped[bytes]
    id_number_index: Mapped[str] = mapped_column(HASH)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]


class IdentityCheck(Base):
    """Papers by which an account shows who it is, for one purpose; `subject` says which grant, certificate, number."""

    __tablename__ = "identity_checks"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    purpose: Mapped[str] = mapped_column(STATE)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(STATE, index=True)
    papers: Mapped[str] = mapped_column(PAPERS)
    created_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    reviewed_at: Mapped[datetime | None]


class Notice(Base):
    """Something that an account is told of; `details` is a JSON object of texts, without numbers of people."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_of_account", "account_id", "id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(32))
    details: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class SmsNumber(Base):
    """The one running code of a mobile number for one purpose, and how much was sent to it for that."""

    __tablename__ = "sms_numbers"
    mobile: Mapped[str] = mapped_column(String(11), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    last_sent_at: Mapped[datetime] = mapped_column(index=True)
    day_started_at: Mapped[datetime]
    sent_today: Mapped[int]
    code_hash: Mapped[str | None] = mapped_column(HASH)
    code_expires_at: Mapped[datetime]
    tries_left: Mapped[int]


class OutboxMessage(Base):
    """An SMS of the default gateway, which "sends" into this table."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    mobile: Mapped[str] = mapped_column(String(11), index=True)
    text: Mapped[str] = mapped_column(String(500))
    code: Mapped[str] = mapped_column(String(12))
    sent_at: Mapped[datetime]


class LoginNonce(Base):
    """A one-time login nonce, by its hash."""

    __tablename__ = "login_nonces"
    nonce_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    consumed_at: Mapped[datetime | None]


class UserSession(Base):
    """A session, by the hash of its token."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    certificate_serial: Mapped[str | None] = mapped_column(SERIAL)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    method: Mapped[str | None] = mapped_column(String(16))
    device: Mapped[str | None] = mapped_column(NAME)


class PasswordTries(Base):
    """How often a login password was tried for a mobile number, whether it has an account or not."""

    __tablename__ = "password_tries"
    mobile: Mapped[str] = mapped_column(String(11), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]


class AddressCount(Base):
    """How much came from an address, which stands here as a keyed hash, within a window of time."""

    __tablename__ = "address_counts"
    address: Mapped[str] = mapped_column(HASH, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


class MobileChange(Base):
    """A change of an account's mobile number that both numbers, or an identity check, have agreed to."""

    __tablename__ = "mobile_changes"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    old_mobile: Mapped[str] = mapped_column(String(11))
    new_mobile: Mapped[str] = mapped_column(String(11))
    state: Mapped[str] = mapped_column(STATE)
    created_at: Mapped[datetime]
    effective_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]


class RecoveryHalf(Base):
    """The platform's half of a certificate's recovery secret, encrypted; worth nothing without the phone's."""

    __tablename__ = "recovery_halves"
    serial: Mapped[str] = mapped_column(ForeignKey("mobile_certificates.serial"), primary_key=True)
    half: Mapped[bytes]
    stored_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class CertificateTries(Base):
    """Certificate passwords that may still be tried on the phone, and the latest try, by the hash of its nonce."""

    __tablename__ = "certificate_tries"
    serial: Mapped[str] = mapped_column(ForeignKey("mobile_certificates.serial"), primary_key=True)
    tries_left: Mapped[int]
    nonce_hash: Mapped[str | None] = mapped_column(HASH)


class ConsumedCeremony(Base):
    """A ceremony that has had its effect; `effect` names what came of it."""

    __tablename__ = "consumed_ceremonies"
    t0: Mapped[str] = mapped_column(HASH, primary_key=True)
    operation: Mapped[str] = mapped_column(STATE)
    transcript_hash: Mapped[str] = mapped_column(HASH)
    effect: Mapped[str] = mapped_column(String(64))
    consumed_at: Mapped[datetime]


class PossessionChallenge(Base):
    """What the CA enveloped to a new encryption key, as a hash; the latest of an order counts."""

    __tablename__ = "possession_challenges"
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    transcript_hash: Mapped[str] = mapped_column(HASH)
    value_hash: Mapped[str] = mapped_column(HASH)
    expires_at: Mapped[datetime]


class IssuedCertificate(Base):
    """A certificate the CA signed, whatever for; the source of CRLs and OCSP answers."""

    __tablename__ = "issued_certificates"
    serial: Mapped[str] = mapped_column(SERIAL, primary_key=True)
    issuer: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(STATE)
    state: Mapped[str] = mapped_column(STATE, index=True)
    der: Mapped[bytes]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None] = mapped_column(STATE)
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))


class MobileCertificate(Base):
    """A pair of signing and encryption certificate with one identity."""

    __tablename__ = "mobile_certificates"
    serial: Mapped[str] = mapped_column(ForeignKey("issued_certificates.serial"), primary_key=True)
    enc_serial: Mapped[str] = mapped_column(ForeignKey("issued_certificates.serial"), unique=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    holder_name: Mapped[str] = mapped_column(NAME)
    suite: Mapped[str] = mapped_column(String(16))
    issued_at: Mapped[datetime]


class Workstation(Base):
    """A workstation key that a member's certificate enrolled for a unit."""

    __tablename__ = "workstations"
    __table_args__ = (UniqueConstraint("organization_id", "key_hash"),)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    key_hash: Mapped[str] = mapped_column(HASH)
    name: Mapped[str] = mapped_column(NAME)
    certificate_serial: Mapped[str] = mapped_column(ForeignKey("mobile_certificates.serial"))
    enrolled_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    enrolled_at: Mapped[datetime]
    transcript: Mapped[bytes]


class Seal(Base):
    """A seal application and the seal it becomes. Sizes in micrometres."""

    __tablename__ = "seals"
    __table_args__ = (
        CheckConstraint("width_um > 0 AND height_um > 0", name="size"),
        Index("ix_seals_certificate_serial", "certificate_serial"),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    certificate_serial: Mapped[str] = mapped_column(ForeignKey("mobile_certificates.serial"))
    state: Mapped[str] = mapped_column(STATE, index=True)
    kind: Mapped[str] = mapped_column(STATE)
    name: Mapped[str] = mapped_column(NAME)
    width_um: Mapped[int]
    height_um: Mapped[int]
    scan: Mapped[str] = mapped_column(HASH)
    imprint: Mapped[str] = mapped_column(HASH)
    imprint_sha256: Mapped[str] = mapped_column(HASH)
    created_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    reviewed_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    object: Mapped[bytes | None]


class UsageRecord(Base):
    """One line of the usage records: one subject of one ceremony.

    `ceremony` is the transcript hash that the consent names; a row of before the evidence has T0, and no consent.
    `leaf` is the number of the log entry over `row_hash`.
    """

    __tablename__ = "usage_records"
    __table_args__ = (
        UniqueConstraint("organization_id", "ceremony", "number"),
        Index("ix_usage_records_of_organization", "organization_id", "id", "at"),
        Index("ix_usage_records_of_operation", "organization_id", "operation", "id"),
        Index("ix_usage_records_of_account", "organization_id", "account_id", "id"),
        Index("ix_usage_records_of_certificate", "certificate_serial", "id"),
        Index("ix_usage_records_of_user", "organization_id", "user_name", "id"),
        Index(
            "ix_usage_records_of_failure",
            "organization_id",
            "id",
            sqlite_where=text("result <> 'done'"),
            postgresql_where=text("result <> 'done'"),
        ),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    operation: Mapped[str] = mapped_column(STATE)
    certificate_serial: Mapped[str] = mapped_column(ForeignKey("mobile_certificates.serial"))
    user_name: Mapped[str] = mapped_column(NAME)
    subject: Mapped[str] = mapped_column(String(255))
    number: Mapped[int]
    result: Mapped[str] = mapped_column(String(64))
    ceremony: Mapped[str] = mapped_column(HASH)
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    consent: Mapped[bytes | None]
    signature: Mapped[bytes | None]
    row_hash: Mapped[str | None] = mapped_column(HASH)
    leaf: Mapped[int | None]
