"""Announcements of a lot: signed by its agency, and each revision after the first an allowed amendment.

An amendment leaves alone what bids were packed for: the envelopes, their ids, titles, fields, groups and keys. Times
move forwards only. Refuses everything else.
"""

from collections.abc import Sequence
from dataclasses import replace

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import verify
from desktop.domain.errors import RejectedError
from desktop.protocol.notices import Announcement, Notice, NoticeEnvelope, read_announcement, signed_text


def read_announcements(revisions: Sequence[bytes]) -> tuple[Announcement, ...]:
    """Read all revisions of a lot, the first one first, and demand that each may follow the one before.

    Raises:
        RejectedError: `ceremony.malformed`, `ceremony.certificate_not_allowed`, `ceremony.signature_invalid`,
            `tender.amendment_not_allowed`.
    """
    read: list[Announcement] = []
    for data in revisions:
        announcement = read_announcement(data)
        signer_of(announcement)
        if read:
            demand_amendment(read[-1], announcement)
        elif announcement.notice.revision != 1:
            raise RejectedError("tender.amendment_not_allowed", "the first revision is missing")
        read.append(announcement)
    return tuple(read)


def signer_of(announcement: Announcement) -> CertificateFacts:
    """Return who signed an announcement: a certificate of its agency that may sign.

    Raises:
        RejectedError: `ceremony.certificate_not_allowed`, `ceremony.signature_invalid`, or what is wrong with the
            certificate.
    """
    signer, notice = read_certificate(announcement.certificate), announcement.notice
    agency = (notice.agency, notice.agency_code)
    if signer.is_ca or not signer.may_sign or (signer.organization, signer.credit_code) != agency:
        raise RejectedError("ceremony.certificate_not_allowed", "not of the lot's agency")
    if not verify(signer.public_key, signed_text(announcement.notice_bytes, announcement.keys), announcement.signature):
        raise RejectedError("ceremony.signature_invalid", "announcement")
    return signer


def demand_amendment(before: Announcement, after: Announcement) -> None:
    """Demand that `after` may follow `before`.

    Raises:
        RejectedError: `tender.amendment_not_allowed` with what it may not change.
    """
    old, new = before.notice, after.notice
    if new.revision != old.revision + 1 or new.previous != before.notice_sha256:
        _refuse("not the revision after the last one")
    if _named(old) != _named(new):
        _refuse("another lot")
    if (before.keys, before.wraps) != (after.keys, after.wraps):
        _refuse("opening keys")
    if sha256(after.certificate) not in old.officers:
        _refuse("signed by nobody whom the revision before names")
    if new.deadline < old.deadline:
        _refuse("an earlier deadline")
    if len(old.envelopes) != len(new.envelopes):
        _refuse("envelopes")
    for was, is_now in zip(old.envelopes, new.envelopes, strict=True):
        if is_now.not_before < was.not_before:
            _refuse("an earlier opening")
        if _packed_for(was) != _packed_for(is_now):
            _refuse("envelopes")


def _named(notice: Notice) -> tuple[str, ...]:
    return notice.platform, notice.tender, notice.lot, notice.agency_code


def _packed_for(envelope: NoticeEnvelope) -> NoticeEnvelope:
    return replace(envelope, not_before=0)


def _refuse(what: str) -> None:
    raise RejectedError("tender.amendment_not_allowed", what)
