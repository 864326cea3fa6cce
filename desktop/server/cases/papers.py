"""Several papers of one application: checked, kept encrypted, remembered by their addresses."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, CheckState
from desktop.server.context import Platform
from desktop.server.db.models import IdentityCheck
from desktop.server.rules import images

MAX_PAPERS = 8


def keep(platform: Platform, contents: Sequence[bytes], *, at_least: int = 1) -> str:
    """Check and keep papers (PDF, JPEG, PNG) and return what the row remembers. Call it before the transaction.

    Raises:
        RejectedError: too few or too many (`platform.bad_field`), or one that is not acceptable.
    """
    check(contents, at_least=at_least)
    return " ".join(platform.files.put(content) for content in contents)


def check(contents: Sequence[bytes], *, at_least: int = 1) -> None:
    """Check papers without keeping them.

    Raises:
        RejectedError: as `keep`.
    """
    if not at_least <= len(contents) <= MAX_PAPERS:
        raise RejectedError("platform.bad_field", "papers")
    for content in contents:
        images.paper(content)


def hand_in(
    session: Session, platform: Platform, *, account_id: str, purpose: CheckPurpose, subject: str, kept: str
) -> IdentityCheck:
    """Add the identity check that papers were handed in for; `kept` is what `keep` returned."""
    check = IdentityCheck(
        id=platform.new_id(),
        account_id=account_id,
        purpose=purpose,
        subject=subject,
        state=CheckState.PENDING_REVIEW,
        papers=kept,
        created_at=platform.now(),
    )
    session.add(check)
    return check


def count(kept: str) -> int:
    """Return how many papers a row remembers."""
    return len(kept.split())


def read(platform: Platform, kept: str, number: int) -> tuple[bytes, str]:
    """Return one paper and its media type.

    Raises:
        RejectedError: `platform.not_found`.
    """
    addresses = kept.split()
    if not 0 <= number < len(addresses):
        raise RejectedError("platform.not_found")
    content = platform.files.get(addresses[number])
    return content, images.paper(content)
