"""Items and results of each operation: what the phone is asked for and what it gives.

One challenge holds items of one operation only. A result is either the operation's fields or {"error": code} for an
item that the phone could not serve. docs/protocol.md, Operations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation, SealKind
from desktop.protocol import bid_items, tender_items
from desktop.protocol.bid_items import PinItem, ShareItem, SignPackageItem
from desktop.protocol.codec import Value
from desktop.protocol.schema import array, blob, boolean, fields, integer, one_of, text
from desktop.protocol.tender_items import TenderItem

#: Over the relay; in camera mode eight.
MAX_ITEMS = 128
MAX_FILE_NAME_BYTES = 255
MAX_SIGNATURE_BYTES = 384
#: 20 octets, RFC 5280 §4.1.2.2.
MAX_SERIAL_HEX = 40
_MAX_SPKI_BYTES = 600
_MAX_CERTIFICATE_BYTES = 4096
_ID_HEX = 32


def hex_id(value: Value) -> str:
    """Check an id made by the platform: 32 lower-case hex digits."""
    if not isinstance(value, str) or len(value) != _ID_HEX or set(value) - set("0123456789abcdef"):
        raise RejectedError("ceremony.malformed", "id")
    return value


def serial(value: Value) -> str:
    """Check a serial number: upper-case hex without leading zero, at most 40 digits."""
    if (
        not isinstance(value, str)
        or not 1 <= len(value) <= MAX_SERIAL_HEX
        or set(value) - set("0123456789ABCDEF")
        or value[0] == "0"
    ):
        raise RejectedError("ceremony.malformed", "serial number")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginItem:
    """Log in to the platform: its one-time nonce and SHA-256 of the value that redeems the answer."""

    nonce: bytes
    v_hash: bytes

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"nonce": self.nonce, "vh": self.v_hash}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolItem:
    """Enrol this workstation for the organization: its public key (65-byte point) and name."""

    workstation_key: bytes
    name: str

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"key": self.workstation_key, "name": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadItem:
    """Download the mobile certificate of an approved order; `holder` is the name that the certificate will carry."""

    order_id: str
    holder: str
    suite: str

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"order": self.order_id, "holder": self.holder, "suite": self.suite}


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorItem(DownloadItem):
    """Download the certificate that follows the one numbered `old_serial`: a renewal (延期) or a reissue (补办)."""

    old_serial: str

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"order": self.order_id, "holder": self.holder, "suite": self.suite, "old": self.old_serial}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePasswordItem:
    """Change the certificate password on the phone; no password is ever part of a message."""

    holder: str
    serial_number: str

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"holder": self.holder, "serial": self.serial_number}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSealItem:
    """Claim an approved seal: its imprint's SHA-256 ties what is claimed to what was reviewed."""

    seal_id: str
    name: str
    kind: SealKind
    imprint_sha256: bytes

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {"seal": self.seal_id, "name": self.name, "kind": str(self.kind), "imprint": self.imprint_sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealMark:
    """One seal as it stands on the document: which, on how many pages, and whether in strips across them (骑缝章)."""

    seal_id: str
    name: str
    kind: SealKind
    pages: int
    cross_page: bool = False

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {
            "seal": self.seal_id,
            "name": self.name,
            "kind": str(self.kind),
            "pages": self.pages,
            "cross": self.cross_page,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SealItem:
    """Seal a PDF: the file as opened, the digest to be signed and the exact signedAttrs DER that hold it."""

    name: str
    size: int
    pages: int
    source_sha256: bytes
    tbs_sha256: bytes
    signed_attributes: bytes
    marks: tuple[SealMark, ...]

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {
            "name": self.name,
            "size": self.size,
            "pages": self.pages,
            "src": self.source_sha256,
            "tbs": self.tbs_sha256,
            "attrs": self.signed_attributes,
            "marks": [m.to_map() for m in self.marks],
        }


Item = (
    LoginItem
    | EnrolItem
    | DownloadItem
    | SuccessorItem
    | ChangePasswordItem
    | ClaimSealItem
    | SealItem
    | SignPackageItem
    | ShareItem
    | PinItem
    | TenderItem
)


def _login(value: Value) -> LoginItem:
    f = fields(value, {"nonce": blob(32), "vh": blob(32)})
    return LoginItem(nonce=f["nonce"], v_hash=f["vh"])


def _enrol(value: Value) -> EnrolItem:
    f = fields(value, {"key": blob(65), "name": text(64)})
    return EnrolItem(workstation_key=f["key"], name=f["name"])


def _download(value: Value) -> DownloadItem:
    f = fields(value, {"order": hex_id, "holder": text(120), "suite": text(16)})
    return DownloadItem(order_id=f["order"], holder=f["holder"], suite=f["suite"])


def _successor(value: Value) -> SuccessorItem:
    f = fields(value, {"order": hex_id, "holder": text(120), "suite": text(16), "old": serial})
    return SuccessorItem(order_id=f["order"], holder=f["holder"], suite=f["suite"], old_serial=f["old"])


def _change_password(value: Value) -> ChangePasswordItem:
    f = fields(value, {"holder": text(120), "serial": serial})
    return ChangePasswordItem(holder=f["holder"], serial_number=f["serial"])


def _claim_seal(value: Value) -> ClaimSealItem:
    f = fields(value, {"seal": hex_id, "name": text(120), "kind": one_of(SealKind), "imprint": blob(32)})
    return ClaimSealItem(seal_id=f["seal"], name=f["name"], kind=f["kind"], imprint_sha256=f["imprint"])


def _mark(value: Value) -> SealMark:
    f = fields(
        value,
        {
            "seal": hex_id,
            "name": text(120),
            "kind": one_of(SealKind),
            "pages": integer(1, 1_000_000),
            "cross": boolean,
        },
    )
    return SealMark(seal_id=f["seal"], name=f["name"], kind=f["kind"], pages=f["pages"], cross_page=f["cross"])


def _seal(value: Value) -> SealItem:
    f = fields(
        value,
        {
            "name": text(MAX_FILE_NAME_BYTES),
            "size": integer(1, 2**40),
            "pages": integer(1, 1_000_000),
            "src": blob(32),
            "tbs": blob(32),
            "attrs": blob(1, 1024),
            "marks": array(_mark, minimum=1, maximum=16),
        },
    )
    return SealItem(
        name=f["name"],
        size=f["size"],
        pages=f["pages"],
        source_sha256=f["src"],
        tbs_sha256=f["tbs"],
        signed_attributes=f["attrs"],
        marks=f["marks"],
    )


def _pin(value: Value) -> PinItem:
    f = fields(value, {"sha": blob(32), "holder": text(120), "serial": serial})
    return PinItem(sha256=f["sha"], holder=f["holder"], enc_serial=f["serial"])


_ITEM_READERS: dict[Operation, Callable[[Value], Item]] = {
    Operation.LOGIN: _login,
    Operation.ENROL_WORKSTATION: _enrol,
    Operation.DOWNLOAD: _download,
    Operation.RENEW: _successor,
    Operation.REISSUE: _successor,
    Operation.CHANGE_PASSWORD: _change_password,
    Operation.CLAIM_SEAL: _claim_seal,
    Operation.SEAL: _seal,
    Operation.SIGN_PACKAGE: bid_items.sign_package,
    Operation.DECRYPT: bid_items.share,
    Operation.REHEARSE: bid_items.share,
    Operation.PIN_RECIPIENT: _pin,
    Operation.CREATE_OPENING_KEY: tender_items.read_create_opening_key,
    Operation.AMEND_TENDER: tender_items.read_amend_tender,
    Operation.WITHDRAW: tender_items.read_withdraw,
    Operation.RELEASE_OPENING_KEY: tender_items.read_release_opening_key,
}

#: Operations of tendering: one item, answered by the one certificate that the challenge names.
TENDERING = frozenset(
    {
        Operation.CREATE_OPENING_KEY,
        Operation.AMEND_TENDER,
        Operation.WITHDRAW,
        Operation.RELEASE_OPENING_KEY,
    }
)

#: Operations with exactly one item: their effect is one, or (a claimed seal) its receipt fills one message.
SINGLE = frozenset(
    {
        Operation.LOGIN,
        Operation.ENROL_WORKSTATION,
        Operation.DOWNLOAD,
        Operation.RENEW,
        Operation.REISSUE,
        Operation.CHANGE_PASSWORD,
        Operation.CLAIM_SEAL,
        Operation.SIGN_PACKAGE,
        Operation.PIN_RECIPIENT,
        *TENDERING,
    }
)

#: Operations that bring a certificate over two new keys, whose possession the phone proves.
ISSUING = frozenset({Operation.DOWNLOAD, Operation.RENEW, Operation.REISSUE})

#: Of these, the ones that are answered by the new key itself: there is no certificate yet, or none any more.
BY_NEW_KEY = frozenset({Operation.DOWNLOAD, Operation.REISSUE})

#: Operations whose results are secrets: their answers are never written anywhere, not into the journal either.
SECRET_RESULTS = frozenset({Operation.DECRYPT, Operation.RELEASE_OPENING_KEY})


def read_items(operation: Operation, value: Value) -> tuple[Item, ...]:
    """Check the items of a challenge.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    limit = 1 if operation in SINGLE else MAX_ITEMS
    return array(_ITEM_READERS[operation], minimum=1, maximum=limit)(value)


_NEW_KEYS: Mapping[str, Callable[[Value], Any]] = {
    "sign": blob(1, _MAX_SPKI_BYTES),
    "enc": blob(1, _MAX_SPKI_BYTES),
    "req_sig": blob(64, MAX_SIGNATURE_BYTES),
}

_RESULT_FIELDS: dict[Operation, Mapping[str, Callable[[Value], Any]]] = {
    Operation.LOGIN: {},
    Operation.ENROL_WORKSTATION: {"sig": blob(64, MAX_SIGNATURE_BYTES)},
    Operation.DOWNLOAD: _NEW_KEYS,
    Operation.RENEW: _NEW_KEYS,
    Operation.REISSUE: _NEW_KEYS,
    Operation.CHANGE_PASSWORD: {},
    Operation.CLAIM_SEAL: {},
    Operation.SEAL: {"sig": blob(64, MAX_SIGNATURE_BYTES)},
    Operation.SIGN_PACKAGE: {"sig": blob(64, MAX_SIGNATURE_BYTES)},
    Operation.DECRYPT: {"share": blob(32)},
    Operation.REHEARSE: {"commit": blob(32)},
    Operation.PIN_RECIPIENT: {"cert": blob(1, _MAX_CERTIFICATE_BYTES)},
    Operation.CREATE_OPENING_KEY: tender_items.CREATED,
    Operation.AMEND_TENDER: tender_items.AMENDED,
    Operation.WITHDRAW: {},
    Operation.RELEASE_OPENING_KEY: tender_items.RELEASED,
}


def read_result(operation: Operation, value: Value) -> dict[str, Any]:
    """Check one result: the operation's fields exactly, or {"error": code} where an operation has several items.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    if isinstance(value, Mapping) and "error" in value and operation not in SINGLE:
        return fields(value, {"error": text(64)})
    return fields(value, _RESULT_FIELDS[operation])
