"""Answers to the operations of tendering: what a phone that is not ours could say, and what the desktop believes."""

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from desktop.crypto.cms_share import ShareRecipient, seal_share
from desktop.crypto.suites import Suite, generate_key, generate_p256, scalar_of, sign, spki_of
from desktop.domain.operations import Operation
from desktop.protocol.notices import FIRST_ENVELOPE, Notice, opening_key_label, signed_text, write_notice
from tests.ceremony.bench import Bench, holder
from tests.ceremony.test_answers import answered, refused
from tools.vectors import tender_items, tender_scene
from tools.vectors.keys import key

NOTICE = tender_scene.two_envelopes()
KEYS = tender_scene.opening_keys(NOTICE)


def created(**changes: Any) -> Mapping[str, Any]:
    """The honest result of create_opening_key, with changes; what is signed follows the keys."""
    (honest,) = tender_items.results(Operation.CREATE_OPENING_KEY, holder().key)
    result = {**honest, **changes}
    if "sig" not in changes:
        result["sig"] = sign(holder().key, signed_text(write_notice(NOTICE), tuple(result["keys"])))
    return result


def wrap(*, to: ShareRecipient | None = None, notice: Notice = NOTICE, spki: bytes = KEYS[0]) -> bytes:
    label = opening_key_label(notice, FIRST_ENVELOPE, spki)
    recipients = (to,) if to is not None else tender_scene.committee()
    return seal_share(scalar_of(generate_p256()), recipients, label=label, random=os.urandom)


def _wraps(first: bytes) -> list[bytes]:
    return [first, tender_items.wraps(NOTICE)[1]]


def _outsider() -> ShareRecipient:
    return ShareRecipient(key_id=bytes(32), spki=spki_of(generate_p256()))


LIES: dict[str, tuple[Callable[[], Mapping[str, Any]], str]] = {
    "a key too few": (lambda: created(keys=KEYS[:1], wraps=[wrap()]), "ceremony.malformed"),
    "one key for both envelopes": (lambda: created(keys=[KEYS[0], KEYS[0]]), "ceremony.malformed"),
    "an RSA key": (
        lambda: created(keys=[spki_of(generate_key(Suite.RSA2048)), KEYS[1]]),
        "ceremony.key_not_allowed",
    ),
    "a wrap too few": (lambda: created(wraps=[wrap()]), "ceremony.malformed"),
    "bytes in place of a wrap": (lambda: created(wraps=_wraps(bytes(300))), "package.envelope_unreadable"),
    "enveloped to somebody else": (lambda: created(wraps=_wraps(wrap(to=_outsider()))), "phone.opening_key_mismatch"),
    "enveloped under another key's label": (
        lambda: created(wraps=_wraps(wrap(spki=KEYS[1]))),
        "phone.opening_key_mismatch",
    ),
    "signed over other keys": (
        lambda: created(sig=sign(holder().key, signed_text(write_notice(NOTICE), KEYS[::-1]))),
        "ceremony.signature_invalid",
    ),
    "signed over another notice": (
        lambda: created(sig=sign(holder().key, signed_text(write_notice(tender_scene.notice()), KEYS))),
        "ceremony.signature_invalid",
    ),
    "signed by another key": (
        lambda: created(sig=sign(generate_p256(), signed_text(write_notice(NOTICE), KEYS))),
        "ceremony.signature_invalid",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_t48_opening_keys_that_are_not_as_shown_are_refused(lie: str) -> None:
    make, code = LIES[lie]

    bench, phone = answered(Operation.CREATE_OPENING_KEY, results=(make(),))

    assert refused(bench, phone) == code


def test_opening_keys_enveloped_anew_to_the_committee_are_taken() -> None:
    bench, _ = answered(Operation.CREATE_OPENING_KEY, results=(created(wraps=_wraps(wrap())),))

    assert len(bench.verified) == 1


def test_an_amendment_signed_over_the_notice_before_is_refused() -> None:
    before = {"sig": sign(holder().key, signed_text(write_notice(NOTICE), KEYS))}

    bench, phone = answered(Operation.AMEND_TENDER, results=(before,))

    assert refused(bench, phone) == "ceremony.signature_invalid"


@pytest.mark.parametrize(
    ("scalar", "code"),
    [
        (scalar_of(generate_p256()).reveal(), "phone.opening_key_mismatch"),
        (scalar_of(key(f"opening {FIRST_ENVELOPE}")).reveal(), "phone.opening_key_mismatch"),
        (bytes(32), "ceremony.key_not_allowed"),
        (b"\xff" * 32, "ceremony.key_not_allowed"),
    ],
    ids=["another key", "the other envelope's key", "zero", "more than the order"],
)
def test_a_released_key_that_was_not_announced_is_refused(scalar: bytes, code: str) -> None:
    bench, phone = answered(Operation.RELEASE_OPENING_KEY, results=({"key": scalar},))

    assert refused(bench, phone) == code


@pytest.mark.parametrize("operation", [Operation.WITHDRAW, Operation.RELEASE_OPENING_KEY])
def test_an_operation_of_tendering_is_served_whole_or_not_at_all(operation: Operation) -> None:
    bench, phone = answered(operation, results=({"error": "package.share_not_ours"},))

    assert refused(bench, phone) == "ceremony.malformed"


@pytest.mark.parametrize("count", [0, 2])
def test_an_operation_of_tendering_names_the_one_certificate_that_answers(count: int) -> None:
    bench = Bench().start(Operation.WITHDRAW, certificates=(holder().serial, "AB")[:count])

    with pytest.raises(Exception, match=r"ceremony\.malformed"):
        bench.claimed_phone()
