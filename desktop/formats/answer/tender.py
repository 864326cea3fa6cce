"""What a phone's answer to an operation of tendering is made of, beside the consent over it.

Refuses an announcement's signature over anything but this notice and these keys, opening keys of another kind or
number, envelopes that are not for exactly the committee shown, and a released key that is not the one announced.
Source: docs/tendering.md §2, §3.
"""

from collections.abc import Mapping
from typing import Any

from desktop.crypto.cms_share import read_share
from desktop.crypto.primitives import equal
from desktop.crypto.suites import PublicKey, p256_of_scalar, spki_of, verify
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.protocol.notices import check_opening_keys, opening_key_label, signed_text
from desktop.protocol.tender_items import (
    AmendTenderItem,
    CreateOpeningKeyItem,
    ReleaseOpeningKeyItem,
    TenderItem,
)


def check_tender_result(item: TenderItem, result: Mapping[str, Any], key: PublicKey) -> None:
    """Check the result of an item; `key` is the answering certificate's.

    Raises:
        RejectedError: with the code that names what is wrong.
    """
    if isinstance(item, CreateOpeningKeyItem):
        check_opening_keys(item.notice, result["keys"])
        _check_wraps(item, result["keys"], result["wraps"])
        _check_signature(key, item.notice_bytes, result["keys"], result["sig"])
    elif isinstance(item, AmendTenderItem):
        _check_signature(key, item.notice_bytes, item.keys, result["sig"])
    elif isinstance(item, ReleaseOpeningKeyItem):
        _check_released(item, SecretBytes(result["key"]))


def _check_signature(key: PublicKey, notice_bytes: bytes, keys: tuple[bytes, ...], signature: bytes) -> None:
    if not verify(key, signed_text(notice_bytes, keys), signature):
        raise RejectedError("ceremony.signature_invalid", "notice")


def _check_wraps(item: CreateOpeningKeyItem, keys: tuple[bytes, ...], wraps: tuple[bytes, ...]) -> None:
    if len(wraps) != len(keys):
        raise RejectedError("ceremony.malformed", "opening keys and envelopes")
    committee = {member.sha256 for member in item.members}
    for envelope, key, wrap in zip(item.notice.envelopes, keys, wraps, strict=True):
        label = opening_key_label(item.notice, envelope.envelope_id, key)
        enveloped = read_share(wrap).wraps
        if {each.key_id for each in enveloped} != committee or any(each.label != label for each in enveloped):
            raise RejectedError("phone.opening_key_mismatch", f"envelope of {envelope.envelope_id}")


def _check_released(item: ReleaseOpeningKeyItem, scalar: SecretBytes) -> None:
    announced = item.announcement.key_of(item.envelope_id)
    if announced is None or not equal(spki_of(p256_of_scalar(scalar)), announced[0]):
        raise RejectedError("phone.opening_key_mismatch", item.envelope_id)
