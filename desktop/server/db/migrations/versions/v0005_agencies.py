"""Units that are tender agencies; indexes by which every filter of the usage records reads its page.

Units of before are bidders. The index of a unit's records carries the time of the use, so that a period is looked for
in the index alone; what failed is rare and has an index of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = "usage_records"
_FAILED = "result <> 'done'"


def upgrade() -> None:
    """Add the column and the indexes."""
    op.add_column("organizations", sa.Column("kind", sa.String(length=24), nullable=False, server_default="bidder"))
    op.drop_index("ix_usage_records_of_time", table_name=_TABLE)
    op.drop_index("ix_usage_records_of_organization", table_name=_TABLE)
    op.create_index("ix_usage_records_of_organization", _TABLE, ["organization_id", "id", "at"], unique=False)
    op.create_index("ix_usage_records_of_user", _TABLE, ["organization_id", "user_name", "id"], unique=False)
    op.create_index(
        "ix_usage_records_of_failure",
        _TABLE,
        ["organization_id", "id"],
        unique=False,
        sqlite_where=sa.text(_FAILED),
        postgresql_where=sa.text(_FAILED),
    )


def downgrade() -> None:
    """Drop the column and the indexes."""
    op.drop_index("ix_usage_records_of_failure", table_name=_TABLE)
    op.drop_index("ix_usage_records_of_user", table_name=_TABLE)
    op.drop_index("ix_usage_records_of_organization", table_name=_TABLE)
    op.create_index("ix_usage_records_of_organization", _TABLE, ["organization_id", "id"], unique=False)
    op.create_index("ix_usage_records_of_time", _TABLE, ["organization_id", "at"], unique=False)
    op.drop_column("organizations", "kind")
