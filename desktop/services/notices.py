"""What the account is told of by the platform (通知): counted for the bell, listed, marked as read."""

from desktop.portal.unit_records import Notices
from desktop.services.events import Changed
from desktop.services.workspace import Workspace


def unread_count(workspace: Workspace) -> int:
    """Return how many notices are unread; 0 where nobody is signed in.

    Raises:
        BidSealError: the platform cannot be asked.
    """
    return 0 if workspace.account.account is None else workspace.api.unread_notices()


def list_notices(workspace: Workspace, *, before: int | None = None) -> Notices:
    """Return a page of notices, newest first; `before` is the number of the last one seen.

    Raises:
        BidSealError: the platform cannot be asked.
    """
    return workspace.api.notices(before=before)


def mark_read(workspace: Workspace, number: int) -> int:
    """Mark one notice as read; return how many are unread after that.

    Raises:
        BidSealError: the platform cannot be asked.
    """
    workspace.api.mark_read([number])
    workspace.bus.publish(Changed.NOTICES)
    return workspace.api.unread_notices()


def mark_all_read(workspace: Workspace, *, until: int) -> int:
    """Mark all notices up to the number `until` as read; return how many are unread after that.

    Raises:
        BidSealError: the platform cannot be asked.
    """
    unread = workspace.api.mark_all_read(until)
    workspace.bus.publish(Changed.NOTICES)
    return unread
