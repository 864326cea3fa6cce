"""Is this announcement of a lot the agency's, and does it follow from what this workstation has seen of the lot?

The platform only carries it: who is asked to seal a bid to keys must know whose they are (threat T48). Refuses another
agency's signature, an amendment that changes what may not change, a revision that was exchanged or taken back.
Source: docs/tendering.md §1, §2.
"""

from datetime import datetime

from desktop.crypto.certificates import read_certificate
from desktop.crypto.suites import verify
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.trust import CertificateUsage, check_path_since
from desktop.protocol.notices import Announcement, Notice, read_announcement, signed_text
from desktop.services.trust import TrustKeeper


def judge_announcement(
    data: bytes,
    *,
    platform: str,
    before: Announcement | None,
    published_at: datetime,
    now: datetime,
    trust: TrustKeeper,
) -> Announcement:
    """Return the announcement if it is good, `before` being the revision that it follows.

    Raises:
        RejectedError: `bid.announcement_untrusted`, `bid.keys_exchanged`, `bid.amendment_not_allowed`, or the one
            encoding is missing.
    """
    found = read_announcement(data)
    signer = read_certificate(found.certificate)
    if not verify(signer.public_key, signed_text(found.notice_bytes, found.keys), found.signature):
        raise RejectedError("bid.announcement_untrusted", "signature")
    if found.notice.platform != platform or signer.credit_code != found.notice.agency_code or not signer.may_sign:
        raise RejectedError("bid.announcement_untrusted", "another platform or agency")
    _require_good_when_published(found, published_at=published_at, now=now, trust=trust)
    if before is None:
        if found.notice.revision != 1:
            raise RejectedError("bid.amendment_not_allowed", "no revision before")
        return found
    if (found.keys, found.wraps) != (before.keys, before.wraps) or _bound(found.notice) != _bound(before.notice):
        raise RejectedError("bid.keys_exchanged", f"revision {found.notice.revision}")
    if not _follows(found, before) or signer.sha256 not in before.notice.officers:
        raise RejectedError("bid.amendment_not_allowed", f"revision {found.notice.revision}")
    return found


def _require_good_when_published(
    found: Announcement, *, published_at: datetime, now: datetime, trust: TrustKeeper
) -> None:
    trust.refresh()
    verdict = check_path_since(
        found.certificate,
        trust.anchors,
        since=published_at,
        now=now,
        revocation=trust.revocation(),
        usage=CertificateUsage.SIGN,
    )
    is_revoked_later = verdict.revoked_at is not None and verdict.revoked_at > published_at
    if verdict.verdict is Verdict.VALID or is_revoked_later:
        return
    detail = ", ".join(reason.code for reason in verdict.reasons)
    if verdict.verdict is Verdict.CANNOT_TELL:
        raise RejectedError("ceremony.revocation_unknown", detail)
    raise RejectedError("bid.announcement_untrusted", detail)


def _bound(notice: Notice) -> tuple[object, ...]:
    """Return what no amendment changes: whose lot it is, and how bids for it are packed."""
    envelopes = tuple((e.envelope_id, e.title, e.fields, e.groups, e.time_key) for e in notice.envelopes)
    return notice.platform, notice.tender, notice.lot, notice.agency_code, envelopes


def _follows(found: Announcement, before: Announcement) -> bool:
    new, old = found.notice, before.notice
    later = zip(new.envelopes, old.envelopes, strict=True)
    return (
        (new.revision, new.previous) == (old.revision + 1, before.notice_sha256)
        and new.deadline >= old.deadline
        and all(each.not_before >= earlier.not_before for each, earlier in later)
    )
