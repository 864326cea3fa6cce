"""What the platform states under its record keeper's key: receipts, closings, tree heads (docs/tendering.md §4)."""

from sqlalchemy.orm import Session

from desktop.domain.clock import microseconds
from desktop.protocol.statements import Head, PlatformStatement, write_statement
from desktop.server.cases import log
from desktop.server.context import Platform


def sign_statement(platform: Platform, payload: PlatformStatement) -> bytes:
    """Return the signed statement.

    Raises:
        RejectedError: `ceremony.malformed`: a value may not stand there.
    """
    authority = platform.authority
    return write_statement(payload, sign=authority.sign_record, signer=authority.record_keeper)


def signed_head(platform: Platform, session: Session) -> bytes:
    """Return the log's tree head as it is now, signed."""
    head = log.head(session)
    payload = Head(
        platform=platform.settings.platform_id,
        at_us=microseconds(platform.now()),
        size=head.size,
        root=head.root,
    )
    return sign_statement(platform, payload)
