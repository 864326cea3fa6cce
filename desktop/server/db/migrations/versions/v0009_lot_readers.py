"""Who fetched documents of a lot, to be told when it is amended or closed."""

import sqlalchemy as sa
from alembic import op

from desktop.server.db.types import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLE = "lot_readers"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lot_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_lot_readers_account_id_accounts")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_readers_lot_id_lots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_readers")),
        sa.UniqueConstraint("lot_id", "account_id", name=op.f("uq_lot_readers_lot_id")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table(_TABLE)
