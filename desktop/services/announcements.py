"""Is this announcement of a lot the agency's, and does it follow from what this workstation has seen of the lot?

The platform only carries it: who is asked to seal a bid to keys must know whose they are (threat T48). Refuses another
agency's signature, an amendment that changes what may not change, a revision that was exchanged or taken back.
Source: docs/tendering.md §1, §2.
"""

from collections.abc import Callable
from datetime import datetime

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.tender import demand_amendment, signer_of
from desktop.formats.trust import CertificateUsage, PathVerdict, check_path_expired, check_path_since
from desktop.protocol.notices import Announcement, read_announcement
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
        RejectedError: `bid.announcement_untrusted`, `bid.keys_exchanged`, `tender.amendment_not_allowed`, or it is not
            of the one encoding.
    """
    found = read_announcement(data)
    if found.notice.platform != platform:
        raise RejectedError("bid.announcement_untrusted", "another platform")
    try:
        signer_of(found)
    except RejectedError as error:
        raise RejectedError("bid.announcement_untrusted", f"{error.code} {error.detail}") from None
    _require_good_when_published(found, published_at=published_at, now=now, trust=trust)
    if before is None and found.notice.revision != 1:
        raise RejectedError("tender.amendment_not_allowed", "no revision before")
    if before is not None:
        if _keys(found) != _keys(before):
            raise RejectedError("bid.keys_exchanged", f"revision {found.notice.revision}")
        demand_amendment(before, found)
    return found


def _require_good_when_published(
    found: Announcement, *, published_at: datetime, now: datetime, trust: TrustKeeper
) -> None:
    """Demand that the certificate held at the publication; that it has expired since makes no lot unreadable."""
    trust.refresh()

    def asked(check: Callable[..., PathVerdict]) -> PathVerdict:
        return check(
            found.certificate,
            trust.anchors,
            since=published_at,
            now=now,
            revocation=trust.revocation(),
            usage=CertificateUsage.SIGN,
        )

    verdict = asked(check_path_since)
    if {reason.code for reason in verdict.reasons} == {"trust.expired"}:
        verdict = asked(check_path_expired)
    is_revoked_later = verdict.revoked_at is not None and verdict.revoked_at > published_at
    if verdict.verdict is Verdict.VALID or is_revoked_later:
        return
    detail = ", ".join(reason.code for reason in verdict.reasons)
    if verdict.verdict is Verdict.CANNOT_TELL:
        raise RejectedError("ceremony.revocation_unknown", detail)
    raise RejectedError("bid.announcement_untrusted", detail)


def _keys(announcement: Announcement) -> tuple[object, ...]:
    """Return whose lot it is and what its bids are sealed to: a change of these is no mistake in an amendment."""
    notice = announcement.notice
    return notice.agency_code, announcement.keys, tuple(each.time_key for each in notice.envelopes)
