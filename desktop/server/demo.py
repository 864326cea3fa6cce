"""What a demo platform needs so that somebody can review: an operator's account."""

from sqlalchemy import select

from desktop.domain.operations import PlatformRole
from desktop.server.context import Platform
from desktop.server.db.models import Account

OPERATOR_MOBILE = "13900000000"
OPERATOR_NAME = "平台审核员"


def seed(platform: Platform) -> None:
    """Create the operator's account; doing it again changes nothing."""
    with platform.db.write() as session:
        if session.scalar(select(Account).where(Account.mobile == OPERATOR_MOBILE)) is None:
            session.add(
                Account(
                    id=platform.new_id(),
                    mobile=OPERATOR_MOBILE,
                    name=OPERATOR_NAME,
                    role=PlatformRole.OPERATOR,
                    created_at=platform.now(),
                )
            )
