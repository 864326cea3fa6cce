"""Usage records carry the consent that the phone signed, their number within the ceremony and a hash of the row.

Records of before keep what they are: without evidence, and numbered in the order in which they came.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_usage_records_of_organization", ["organization_id", "id"]),
    ("ix_usage_records_of_operation", ["organization_id", "operation", "id"]),
    ("ix_usage_records_of_account", ["organization_id", "account_id", "id"]),
    ("ix_usage_records_of_certificate", ["certificate_serial", "id"]),
    ("ix_usage_records_of_time", ["organization_id", "at"]),
)


def upgrade() -> None:
    """Add the columns; tell records of one ceremony apart by number, no longer by their words."""
    op.drop_index(op.f("ix_usage_records_account_id"), table_name="usage_records")
    op.drop_index(op.f("ix_usage_records_organization_id"), table_name="usage_records")
    op.add_column("usage_records", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("usage_records", sa.Column("consent", sa.LargeBinary(), nullable=True))
    op.add_column("usage_records", sa.Column("signature", sa.LargeBinary(), nullable=True))
    op.add_column("usage_records", sa.Column("row_hash", sa.String(length=64), nullable=True))
    op.execute(
        "UPDATE usage_records SET number = (SELECT COUNT(*) FROM usage_records AS earlier"
        " WHERE earlier.organization_id = usage_records.organization_id"
        " AND earlier.ceremony = usage_records.ceremony AND earlier.id < usage_records.id)"
    )
    with op.batch_alter_table("usage_records") as batch:
        batch.drop_constraint(op.f("uq_usage_records_organization_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_usage_records_organization_id"), ["organization_id", "ceremony", "number"]
        )
    for name, columns in _INDEXES:
        op.create_index(name, "usage_records", columns, unique=False)


def downgrade() -> None:
    """Drop the columns."""
    for name, _ in _INDEXES:
        op.drop_index(name, table_name="usage_records")
    with op.batch_alter_table("usage_records") as batch:
        batch.drop_constraint(op.f("uq_usage_records_organization_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_usage_records_organization_id"), ["organization_id", "ceremony", "subject"]
        )
        for name in ("row_hash", "signature", "consent", "number"):
            batch.drop_column(name)
    op.create_index(op.f("ix_usage_records_organization_id"), "usage_records", ["organization_id"], unique=False)
    op.create_index(op.f("ix_usage_records_account_id"), "usage_records", ["account_id"], unique=False)
