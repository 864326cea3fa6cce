"""Items of tendering: create_opening_key, amend_tender, withdraw, release_opening_key.

Notice, announcement and closing travel whole, so that phone and desktop show and judge what the signature will cover.
Refuses what is not the one encoding of an allowed one; who signed it, and for which unit and platform it is, the phone
judges. docs/tendering.md §3.
"""

from dataclasses import dataclass

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.domain.errors import RejectedError
from desktop.protocol.codec import Value
from desktop.protocol.notices import (
    MAX_ANNOUNCEMENT_BYTES,
    MAX_NOTICE_BYTES,
    Announcement,
    Notice,
    NoticeEnvelope,
    check_opening_keys,
    known_envelope,
    read_announcement,
    read_notice,
)
from desktop.protocol.schema import array, blob, fields, integer, text
from desktop.protocol.statements import MAX_BIDS, Closing, Signed, read_statement

MAX_MEMBERS = 16
MAX_WRAP_BYTES = 16 * 1024
_MAX_SPKI_BYTES, _MAX_CERTIFICATE_BYTES, _MAX_STATEMENT_BYTES = 600, 4096, 16 * 1024
_SCALAR_BYTES, _PACKAGE_BYTES, _HASH = 32, 16, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOpeningKeyItem:
    """Make the opening keys of a new lot and publish its notice; `members` are the committee, who may open them."""

    notice_bytes: bytes
    members: tuple[CertificateFacts, ...]
    notice: Notice

    def to_map(self) -> dict[str, Value]:
        """Return the wire map; `notice` is what stands in `notice_bytes`."""
        return {"notice": self.notice_bytes, "members": [member.der for member in self.members]}


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendTenderItem:
    """Publish a changed notice; `keys` are the opening keys (SPKI) as they have been from the beginning."""

    notice_bytes: bytes
    keys: tuple[bytes, ...]
    notice: Notice

    def to_map(self) -> dict[str, Value]:
        """Return the wire map; `notice` is what stands in `notice_bytes`."""
        return {"notice": self.notice_bytes, "keys": list(self.keys)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawItem:
    """Withdraw a submitted bid: which file, and its number in the lot's order of receipt."""

    tender: str
    tender_name: str
    lot: str
    lot_name: str
    package_id: bytes
    sha256: bytes
    number: int

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {
            "tender": self.tender,
            "tname": self.tender_name,
            "lot": self.lot,
            "lname": self.lot_name,
            "package": self.package_id,
            "sha": self.sha256,
            "number": self.number,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOpeningKeyItem:
    """Give the opening key of one envelope after the closing; `delivered` is how many bidders gave their share."""

    announcement_bytes: bytes
    envelope_id: str
    closing_bytes: bytes
    delivered: int
    announcement: Announcement
    closing: Signed[Closing]

    def to_map(self) -> dict[str, Value]:
        """Return the wire map; `announcement` and `closing` are what stands in the bytes."""
        return {
            "ann": self.announcement_bytes,
            "env": self.envelope_id,
            "closing": self.closing_bytes,
            "delivered": self.delivered,
        }

    @property
    def envelope(self) -> NoticeEnvelope:
        """The envelope as the notice has it."""
        return next(each for each in self.announcement.notice.envelopes if each.envelope_id == self.envelope_id)


TenderItem = CreateOpeningKeyItem | AmendTenderItem | WithdrawItem | ReleaseOpeningKeyItem


def create_opening_key_item(notice_bytes: bytes, members: tuple[bytes, ...]) -> CreateOpeningKeyItem:
    """Return the item of a notice and the encryption certificates (DER) of the committee.

    Raises:
        RejectedError: not a first notice, a member twice, or a certificate that cannot be read.
    """
    notice = read_notice(notice_bytes)
    if notice.revision != 1 or len(set(members)) != len(members):
        raise RejectedError("ceremony.malformed", "revision or members")
    facts = tuple(read_certificate(member) for member in members)
    return CreateOpeningKeyItem(notice_bytes=notice_bytes, members=facts, notice=notice)


def amend_tender_item(notice_bytes: bytes, keys: tuple[bytes, ...]) -> AmendTenderItem:
    """Return the item of an amendment.

    Raises:
        RejectedError: a first notice, or not one opening key for each envelope.
    """
    notice = read_notice(notice_bytes)
    if notice.revision == 1:
        raise RejectedError("ceremony.malformed", "revision")
    check_opening_keys(notice, keys)
    return AmendTenderItem(notice_bytes=notice_bytes, keys=keys, notice=notice)


def release_opening_key_item(
    announcement_bytes: bytes, envelope_id: str, closing_bytes: bytes, delivered: int
) -> ReleaseOpeningKeyItem:
    """Return the item that asks for the key of one envelope.

    Raises:
        RejectedError: the announcement is malformed or has no such envelope, or the closing is malformed or not signed
            by the certificate that it comes with.
    """
    announcement = read_announcement(announcement_bytes)
    if announcement.notice.envelope(envelope_id) is None:
        raise RejectedError("ceremony.malformed", "no such envelope")
    return ReleaseOpeningKeyItem(
        announcement_bytes=announcement_bytes,
        envelope_id=envelope_id,
        closing_bytes=closing_bytes,
        delivered=delivered,
        announcement=announcement,
        closing=read_statement(closing_bytes, Closing),
    )


def read_create_opening_key(value: Value) -> CreateOpeningKeyItem:
    """Check the wire map of a create_opening_key item."""
    members = array(blob(1, _MAX_CERTIFICATE_BYTES), minimum=1, maximum=MAX_MEMBERS)
    f = fields(value, {"notice": blob(1, MAX_NOTICE_BYTES), "members": members})
    return create_opening_key_item(f["notice"], f["members"])


def read_amend_tender(value: Value) -> AmendTenderItem:
    """Check the wire map of an amend_tender item."""
    keys = array(blob(1, _MAX_SPKI_BYTES), minimum=1, maximum=2)
    f = fields(value, {"notice": blob(1, MAX_NOTICE_BYTES), "keys": keys})
    return amend_tender_item(f["notice"], f["keys"])


def read_withdraw(value: Value) -> WithdrawItem:
    """Check the wire map of a withdraw item."""
    f = fields(
        value,
        {
            "tender": text(64),
            "tname": text(120),
            "lot": text(64),
            "lname": text(120),
            "package": blob(_PACKAGE_BYTES),
            "sha": blob(_HASH),
            "number": integer(1, MAX_BIDS),
        },
    )
    return WithdrawItem(
        tender=f["tender"],
        tender_name=f["tname"],
        lot=f["lot"],
        lot_name=f["lname"],
        package_id=f["package"],
        sha256=f["sha"],
        number=f["number"],
    )


def read_release_opening_key(value: Value) -> ReleaseOpeningKeyItem:
    """Check the wire map of a release_opening_key item."""
    f = fields(
        value,
        {
            "ann": blob(1, MAX_ANNOUNCEMENT_BYTES),
            "env": known_envelope,
            "closing": blob(1, _MAX_STATEMENT_BYTES),
            "delivered": integer(0, MAX_BIDS),
        },
    )
    return release_opening_key_item(f["ann"], f["env"], f["closing"], f["delivered"])


#: Fields of the results.
CREATED = {
    "keys": array(blob(1, _MAX_SPKI_BYTES), minimum=1, maximum=2),
    "wraps": array(blob(1, MAX_WRAP_BYTES), minimum=1, maximum=2),
    "sig": blob(64, 384),
}
AMENDED = {"sig": blob(64, 384)}
RELEASED = {"key": blob(_SCALAR_BYTES)}
