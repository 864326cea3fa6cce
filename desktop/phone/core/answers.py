"""What the phone answers to each operation: the results of the items and the signatures in them.

Signs only what it has built itself out of the fields it shows: never a hash that somebody hands over (T9), never
attributes other than its own certificate's over the digest shown (T22, T53). Pure functions over unlocked keys.
Source: docs/protocol.md, operations.
"""

from collections.abc import Callable, Mapping
from typing import Any

from desktop.crypto.cades import cades_signed_attributes
from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import equal, hpke_open, rsa_oaep_open
from desktop.crypto.suites import P256PrivateKey, PrivateKey, sign, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.phone.core.bids import open_item, rehearse_item, sign_package_item
from desktop.phone.core.signer import Signer
from desktop.phone.core.tenders import serve_tender
from desktop.phone.core.trust import Trust
from desktop.protocol.bid_items import PinItem, ShareItem, SignPackageItem
from desktop.protocol.challenge import Challenge, enrolment_statement, workstation_id_of
from desktop.protocol.items import (
    ISSUING,
    ChangePasswordItem,
    DownloadItem,
    EnrolItem,
    Item,
    SealItem,
    SuccessorItem,
)
from desktop.protocol.messages import Answer
from desktop.protocol.tender_items import TenderItem
from desktop.protocol.transcript import Consent, key_request, possession_context, results_hash

PROOF_BYTES = 32


def consented(
    challenge: Challenge,
    signer: Signer,
    *,
    t2: bytes,
    phone_nonce: bytes,
    language: str,
    trust: Trust,
    random: Callable[[int], bytes],
) -> Answer:
    """Return the answer with the holder's consent to it; `t2` is T0 in camera mode.

    Raises:
        RejectedError: the challenge as a whole must not be served; nothing was signed.
    """
    results = make_results(challenge, signer, t2, trust=trust, random=random)
    consent = Consent(
        challenge=challenge,
        t2=t2,
        phone_nonce=phone_nonce,
        signer_sha256=signer.fingerprint,
        language=language,
        results_sha256=results_hash(results),
    )
    return Answer(
        certificate=signer.serial,
        results=results,
        signature=sign(signer.keys.sign, consent.to_be_signed()),
        language=language,
    )


def make_results(
    challenge: Challenge, signer: Signer, t2: bytes, *, trust: Trust, random: Callable[[int], bytes]
) -> tuple[Mapping[str, Any], ...]:
    """Return one result for each item; an item that must not be served says so instead of being signed.

    Raises:
        RejectedError: the challenge as a whole must not be served.
    """
    if challenge.operation in ISSUING:
        return (_download(challenge, signer, t2),)
    if challenge.operation is Operation.ENROL_WORKSTATION:
        return (_enrol(challenge, signer.keys.sign),)
    if challenge.operation is Operation.SEAL:
        return tuple(_seal(item, signer) for item in challenge.items if isinstance(item, SealItem))
    return tuple(
        serve_tender(challenge, item, signer, trust=trust, random=random)
        if isinstance(item, TenderItem)
        else _of_bid(challenge, item, signer)
        for item in challenge.items
    )


def _of_bid(challenge: Challenge, item: Item, signer: Signer) -> Mapping[str, Any]:
    if isinstance(item, SignPackageItem):
        wanted = sign_package_item(challenge, item, signer.certificate, signer.enc_certificate)
        return {"sig": sign(signer.keys.sign, wanted)}
    if isinstance(item, ShareItem):
        serve = open_item if challenge.operation is Operation.DECRYPT else rehearse_item
        return serve(item, signer.keys.enc, signer.enc_certificate)
    if isinstance(item, PinItem):
        return _pin(item, signer)
    if isinstance(item, ChangePasswordItem) and item.serial_number != signer.serial:
        raise RejectedError("ceremony.certificate_not_allowed", "another certificate")
    return {}


def check_enrolment_item(challenge: Challenge) -> None:
    """Demand that the key to be enrolled is that of the workstation shown (its id is made of its key).

    Raises:
        RejectedError: `phone.workstation_mismatch`.
    """
    for item in challenge.items:
        if isinstance(item, EnrolItem) and workstation_id_of(item.workstation_key) != challenge.workstation_id:
            raise RejectedError("phone.workstation_mismatch")


def open_envelope(key: PrivateKey, envelope: bytes, t2: bytes) -> bytes:
    """Return the 32 bytes that the CA enveloped to the new encryption key.

    Raises:
        RejectedError: `ceremony.message_unreadable`.
    """
    context = possession_context(t2)
    if isinstance(key, P256PrivateKey):
        value = hpke_open(key=key, info=context, ciphertext=envelope)
    else:
        value = rsa_oaep_open(key=key, label=context, ciphertext=envelope)
    if len(value) != PROOF_BYTES:
        raise RejectedError("ceremony.message_unreadable", "proof length")
    return value


def _download(challenge: Challenge, signer: Signer, t2: bytes) -> Mapping[str, Any]:
    item, keys = challenge.items[0], signer.new_keys or signer.keys
    assert isinstance(item, DownloadItem)
    if challenge.operation is Operation.RENEW and (signer.new_keys is None or not _is_of(item, signer)):
        raise RejectedError("ceremony.certificate_not_allowed", "another certificate")
    sign_spki, enc_spki = spki_of(keys.sign), spki_of(keys.enc)
    request = key_request(sign_spki=sign_spki, enc_spki=enc_spki, order_id=item.order_id, t2=t2)
    return {"sign": sign_spki, "enc": enc_spki, "req_sig": sign(keys.sign, request)}


def _is_of(item: DownloadItem, signer: Signer) -> bool:
    return isinstance(item, SuccessorItem) and item.old_serial == signer.serial


def _enrol(challenge: Challenge, key: PrivateKey) -> Mapping[str, Any]:
    check_enrolment_item(challenge)
    item = challenge.items[0]
    assert isinstance(item, EnrolItem)
    statement = enrolment_statement(
        platform=challenge.platform,
        credit_code=challenge.credit_code,
        workstation_key=item.workstation_key,
        workstation_name=item.name,
        issued_at=challenge.issued_at,
    )
    return {"sig": sign(key, statement)}


def _pin(item: PinItem, signer: Signer) -> Mapping[str, Any]:
    own = read_certificate(signer.enc_certificate)
    if (own.sha256, own.holder, own.serial) != (item.sha256, item.holder, item.enc_serial):
        raise RejectedError("phone.recipient_not_ours")
    return {"cert": signer.enc_certificate}


def _seal(item: SealItem, signer: Signer) -> Mapping[str, Any]:
    wanted = cades_signed_attributes(item.tbs_sha256, signer.certificate)
    if not equal(wanted, item.signed_attributes):
        return {"error": "phone.attributes_differ"}
    return {"sig": sign(signer.keys.sign, wanted)}
