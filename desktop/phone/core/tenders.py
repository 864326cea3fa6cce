"""What the phone does for tenders: make the opening keys of a lot, sign its notices, give an opening key after closing.

An opening key leaves this phone in two forms only: enveloped to the committee when it is made, and in the one HPKE
answer when it is released. It is not kept: whoever releases it opens the envelope again. Refuses notices of another
unit or platform, committees with strangers in them, and every release before the platform has signed that the lot is
closed and will be opened (threats T48, T52). The closing names the notice by its hash, a member of the agency has
signed that notice for these keys, and a key is given only if it is the one announced.
Source: docs/tendering.md §2, §3.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_share import ShareRecipient, open_share, seal_share
from desktop.crypto.primitives import equal, sha256
from desktop.crypto.suites import generate_p256, p256_of_scalar, scalar_of, sign, spki_of, verify
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.phone.core.signer import Signer
from desktop.phone.core.trust import CLOCK_TOLERANCE, Trust
from desktop.protocol.challenge import Challenge
from desktop.protocol.notices import Announcement, Notice, opening_key_label, signed_text
from desktop.protocol.statements import Closing, Signed
from desktop.protocol.tender_items import (
    AmendTenderItem,
    CreateOpeningKeyItem,
    ReleaseOpeningKeyItem,
    TenderItem,
)


def serve_tender(
    challenge: Challenge, item: TenderItem, signer: Signer, *, trust: Trust, random: Callable[[int], bytes]
) -> Mapping[str, Any]:
    """Return the result of an item of tendering; a withdrawal is the consent itself.

    Raises:
        RejectedError: it must not be served; nothing was made, signed or opened.
    """
    if isinstance(item, CreateOpeningKeyItem):
        return _create(challenge, item, signer, trust=trust, random=random)
    if isinstance(item, AmendTenderItem):
        _check_notice(challenge, item.notice, signer)
        return {"sig": sign(signer.keys.sign, signed_text(item.notice_bytes, item.keys))}
    if isinstance(item, ReleaseOpeningKeyItem):
        _check_notice(challenge, item.announcement.notice, signer)
        check_closed(item, trust)
        key = _opening_key(item, signer)
        _check_announced(item.announcement, trust)
        return {"key": key.reveal()}
    return {}


def check_closed(item: ReleaseOpeningKeyItem, trust: Trust) -> None:
    """Demand that the platform has closed this lot for its opening, and that this envelope's time has come.

    Raises:
        RejectedError: `phone.not_closed`, `phone.opening_too_early`.
    """
    closing, now = item.closing.payload, trust.now()
    closed_at = datetime.fromtimestamp(closing.at_us // 1_000_000, UTC)
    try:
        trust.check_record_keeper(item.closing, at=closed_at)
    except RejectedError as error:
        raise RejectedError("phone.not_closed", error.detail) from None
    if not _is_about(item.closing, item.announcement):
        raise RejectedError("phone.not_closed", "another lot or notice")
    if not closing.opens:
        raise RejectedError("phone.not_closed", "not to be opened")
    if closing.at_us < closing.deadline * 1_000_000 or closed_at > now + CLOCK_TOLERANCE:
        raise RejectedError("phone.not_closed", "closed before the deadline or after now")
    if datetime.fromtimestamp(item.envelope.not_before, UTC) > now + CLOCK_TOLERANCE:
        raise RejectedError("phone.opening_too_early", item.envelope_id)


def _create(
    challenge: Challenge,
    item: CreateOpeningKeyItem,
    signer: Signer,
    *,
    trust: Trust,
    random: Callable[[int], bytes],
) -> Mapping[str, Any]:
    _check_notice(challenge, item.notice, signer)
    if sha256(signer.enc_certificate) not in {member.sha256 for member in item.members}:
        raise RejectedError("phone.opening_key_not_ours", "not a member")
    for member in item.members:
        trust.check_member(member, item.notice.agency_code)
    committee = tuple(ShareRecipient(key_id=member.sha256, spki=member.spki) for member in item.members)
    keys, wraps = [], []
    for envelope in item.notice.envelopes:
        key = generate_p256()
        spki = spki_of(key)
        label = opening_key_label(item.notice, envelope.envelope_id, spki)
        keys.append(spki)
        wraps.append(seal_share(scalar_of(key), committee, label=label, random=random))
    signature = sign(signer.keys.sign, signed_text(item.notice_bytes, tuple(keys)))
    return {"keys": keys, "wraps": wraps, "sig": signature}


def _check_notice(challenge: Challenge, notice: Notice, signer: Signer) -> None:
    """Demand a notice of the platform and unit shown, of which the holder is an officer."""
    if (notice.platform, notice.agency_code) != (challenge.platform, challenge.credit_code):
        raise RejectedError("phone.notice_mismatch")
    if sha256(signer.certificate) not in notice.officers:
        raise RejectedError("phone.not_officer")


def _check_announced(announcement: Announcement, trust: Trust) -> None:
    """Demand that a member of the agency has signed this very notice for these keys.

    The envelope of a key knows no deadline: without this, platform and workstation could make up a notice with an
    earlier one, and close that. The certificate may have expired since, so its own dates are not looked at.

    Raises:
        RejectedError: `phone.notice_not_signed`.
    """
    try:
        member = read_certificate(announcement.certificate)
        trust.issuer_of(member, at=member.not_before)
    except RejectedError as error:
        raise RejectedError("phone.notice_not_signed", error.detail) from None
    if not member.may_sign or member.credit_code != announcement.notice.agency_code:
        raise RejectedError("phone.notice_not_signed", "not of the agency")
    signed = signed_text(announcement.notice_bytes, announcement.keys)
    if not verify(member.public_key, signed, announcement.signature):
        raise RejectedError("phone.notice_not_signed", "another notice or other keys")


def _is_about(closing: Signed[Closing], announcement: Announcement) -> bool:
    said, notice = closing.payload, announcement.notice
    return equal(said.notice_sha256, announcement.notice_sha256) and (
        (said.platform, said.tender, said.lot, said.deadline)
        == (notice.platform, notice.tender, notice.lot, notice.deadline)
    )


def _opening_key(item: ReleaseOpeningKeyItem, signer: Signer) -> SecretBytes:
    announced = item.announcement.key_of(item.envelope_id)
    if announced is None:
        raise RejectedError("phone.opening_key_mismatch", "none for this envelope")
    spki, wrap = announced
    label = opening_key_label(item.announcement.notice, item.envelope_id, spki)
    try:
        scalar = open_share(wrap, key=signer.keys.enc, key_id=sha256(signer.enc_certificate), label=label)
        is_announced = equal(spki_of(p256_of_scalar(scalar)), spki)
    except RejectedError as error:
        code = "phone.opening_key_not_ours" if error.code == "package.share_not_ours" else "phone.opening_key_mismatch"
        raise RejectedError(code, error.code) from None
    if not is_announced:
        raise RejectedError("phone.opening_key_mismatch", item.envelope_id)
    return scalar
