"""The ceremonies of tendering in the vectors: their items and honest results."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from desktop.crypto import cms_share
from desktop.crypto.suites import scalar_of
from desktop.domain.operations import Operation
from desktop.protocol.items import Item
from desktop.protocol.notices import (
    SECOND_ENVELOPE,
    Announcement,
    Notice,
    opening_key_label,
    signed_text,
    write_announcement,
    write_notice,
)
from desktop.protocol.tender_items import (
    WithdrawItem,
    amend_tender_item,
    create_opening_key_item,
    release_opening_key_item,
)
from tools.vectors import tender_scene
from tools.vectors.keys import fixed, key, sign
from tools.vectors.people import member, member_encryption, sha256


@cache
def items(operation: Operation) -> tuple[Item, ...]:
    """The items of the operations of tendering; none for others."""
    two = tender_scene.two_envelopes()
    table: dict[Operation, Item] = {
        Operation.CREATE_OPENING_KEY: create_opening_key_item(write_notice(two), (member_encryption(),)),
        Operation.AMEND_TENDER: amend_tender_item(write_notice(amendment()), tender_scene.opening_keys(two)),
        Operation.WITHDRAW: WithdrawItem(
            tender=two.tender,
            tender_name=two.tender_name,
            lot=two.lot,
            lot_name=two.lot_name,
            package_id=fixed("package", 16),
            sha256=fixed("package file"),
            number=2,
        ),
        Operation.RELEASE_OPENING_KEY: release_opening_key_item(
            write_announcement(announcement(two)),
            SECOND_ENVELOPE,
            tender_scene.platform_statement(tender_scene.closing(two)),
            2,
        ),
    }
    return (table[operation],) if operation in table else ()


def amendment() -> Notice:
    """The notice of the lot with two envelopes, amended once."""
    first = tender_scene.two_envelopes()
    return tender_scene.notice(envelopes=first.envelopes, revision=2, previous=sha256(write_notice(first)))


@cache
def wraps(of: Notice) -> tuple[bytes, ...]:
    """The opening keys' scalars, enveloped to the committee with keys and nonces that are the same every time."""
    made = []
    for envelope, spki in zip(of.envelopes, tender_scene.opening_keys(of), strict=True):
        label = opening_key_label(of, envelope.envelope_id, spki)
        scalar = scalar_of(key(f"opening {envelope.envelope_id}"))
        with patch.object(cms_share, "generate_p256", lambda: key("wrap ephemeral")):
            made.append(
                cms_share.seal_share(
                    scalar, tender_scene.committee(), label=label, random=lambda length: fixed("wrap", length)
                )
            )
    return tuple(made)


def announcement(of: Notice, signer: str = "member") -> Announcement:
    """The announcement of a notice, signed by the named key."""
    notice_bytes, keys = write_notice(of), tender_scene.opening_keys(of)
    return Announcement(
        notice=of,
        notice_bytes=notice_bytes,
        keys=keys,
        wraps=wraps(of),
        signature=sign(key(signer), signed_text(notice_bytes, keys)),
        certificate=member(),
    )


def results(operation: Operation, signer: EllipticCurvePrivateKey) -> tuple[Mapping[str, Any], ...]:
    """Honest results of those operations; none for others."""
    two = tender_scene.two_envelopes()
    keys = tender_scene.opening_keys(two)
    table: dict[Operation, Mapping[str, Any]] = {
        Operation.CREATE_OPENING_KEY: {
            "keys": list(keys),
            "wraps": list(wraps(two)),
            "sig": sign(signer, signed_text(write_notice(two), keys)),
        },
        Operation.AMEND_TENDER: {"sig": sign(signer, signed_text(write_notice(amendment()), keys))},
        Operation.WITHDRAW: {},
        Operation.RELEASE_OPENING_KEY: {"key": scalar_of(key(f"opening {SECOND_ENVELOPE}")).reveal()},
    }
    return (table[operation],) if operation in table else ()
