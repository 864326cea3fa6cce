"""Grants, identity checks, notices; orders of every kind."""

import sqlalchemy as sa
from alembic import op

from desktop.server.db.types import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; orders of before are first orders."""
    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organization_id", sa.String(length=32), nullable=False),
        sa.Column("granted_by", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_index", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("revoked_by", sa.String(length=32), nullable=True),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_grants_account_id_accounts")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f("fk_grants_granted_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_grants_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("fk_grants_revoked_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_mobile"), "grants", ["mobile"], unique=False)
    op.create_index(op.f("ix_grants_organization_id"), "grants", ["organization_id"], unique=False)
    op.create_table(
        "identity_checks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("papers", sa.String(length=600), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("reviewed_by", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_identity_checks_account_id_accounts")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["accounts.id"], name=op.f("fk_identity_checks_reviewed_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_checks")),
    )
    op.create_index(op.f("ix_identity_checks_account_id"), "identity_checks", ["account_id"], unique=False)
    op.create_index(op.f("ix_identity_checks_state"), "identity_checks", ["state"], unique=False)
    op.create_index(op.f("ix_identity_checks_subject"), "identity_checks", ["subject"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("details", sa.String(length=1000), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("read_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_of_account", "notices", ["account_id", "id"], unique=False)
    op.add_column("orders", sa.Column("kind", sa.String(length=24), nullable=False, server_default="new"))
    op.add_column("orders", sa.Column("predecessor", sa.String(length=40), nullable=True))
    op.add_column("orders", sa.Column("papers", sa.String(length=600), nullable=False, server_default=""))
    op.create_index(op.f("ix_orders_predecessor"), "orders", ["predecessor"], unique=False)


def downgrade() -> None:
    """Drop the tables and columns."""
    op.drop_index(op.f("ix_orders_predecessor"), table_name="orders")
    op.drop_column("orders", "papers")
    op.drop_column("orders", "predecessor")
    op.drop_column("orders", "kind")
    op.drop_index("ix_notices_of_account", table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_identity_checks_subject"), table_name="identity_checks")
    op.drop_index(op.f("ix_identity_checks_state"), table_name="identity_checks")
    op.drop_index(op.f("ix_identity_checks_account_id"), table_name="identity_checks")
    op.drop_table("identity_checks")
    op.drop_index(op.f("ix_grants_organization_id"), table_name="grants")
    op.drop_index(op.f("ix_grants_mobile"), table_name="grants")
    op.drop_table("grants")
