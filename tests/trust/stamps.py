"""Timestamp tokens for tests, honest and otherwise, with a service of the test PKI."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from asn1crypto import cms, tsp

from desktop.crypto.issuing import Signer
from desktop.crypto.timestamps import (
    TimestampQuery,
    TimestampStatement,
    sign_statement,
    write_statement,
    write_token,
)
from tests.pdf.pki import NOW, Holder

MESSAGE = b"signature value"
POLICY = "1.3.6.1.4.1.99999.1"
NONCE = 0x5EED


def digest_of(algorithm: str) -> bytes:
    return hashlib.new(algorithm, MESSAGE).digest()


def _query(algorithm: str = "sha256", message: bytes = MESSAGE, **fields: object) -> TimestampQuery:
    digest = hashlib.new(algorithm, message).digest()
    return TimestampQuery(**{"algorithm": algorithm, "digest": digest, "nonce": NONCE, **fields})  # type: ignore[arg-type]


def _statement(time: datetime = NOW) -> TimestampStatement:
    return TimestampStatement(policy=POLICY, serial=7, time=time, accuracy=timedelta(seconds=1))


def _signer(service: Holder) -> Signer:
    return Signer(certificate=service.der, key=service.key)  # type: ignore[arg-type]


def token(service: Holder, *, time: datetime = NOW, chain: tuple[bytes, ...] = (), **query: object) -> bytes:
    return write_token(_query(**query), _statement(time), signer=_signer(service), chain=chain)  # type: ignore[arg-type]


def restated(service: Holder, change: Callable[[tsp.TSTInfo], None]) -> bytes:
    """A token whose statement was changed before the service signed it."""
    info = tsp.TSTInfo.load(write_statement(_query(), _statement()))
    change(info)
    return sign_statement(info.dump(force=True), signer=_signer(service), carried=(service.der,))


def edited(der: bytes, change: Callable[[cms.SignedData], None]) -> bytes:
    """A token that was changed after it was signed."""
    content = cms.ContentInfo.load(der)
    change(content["content"])
    return bytes(content.dump(force=True))
