"""How often a lot's draft was saved, by whom and when last, so that nobody overwrites what another has saved unseen."""

import sqlalchemy as sa
from alembic import op

from desktop.server.db.types import UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLE = "lots"


def upgrade() -> None:
    """Add the columns; a draft from before counts as never saved."""
    op.add_column(_TABLE, sa.Column("draft_saves", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(_TABLE, sa.Column("draft_by", sa.String(length=120), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("draft_at", UtcTime(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for name in ("draft_at", "draft_by", "draft_saves"):
        op.drop_column(_TABLE, name)
