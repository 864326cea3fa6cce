"""Login passwords, mobile changes, counts by address, recovery halves and tries of certificate passwords."""

import sqlalchemy as sa
from alembic import op

from desktop.server.db.types import UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and columns."""
    op.create_table(
        "address_counts",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_address_counts")),
    )
    op.create_index(op.f("ix_address_counts_started_at"), "address_counts", ["started_at"], unique=False)
    op.create_table(
        "password_tries",
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mobile", name=op.f("pk_password_tries")),
    )
    op.create_index(op.f("ix_password_tries_started_at"), "password_tries", ["started_at"], unique=False)
    op.create_table(
        "mobile_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("old_mobile", sa.String(length=11), nullable=False),
        sa.Column("new_mobile", sa.String(length=11), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("effective_at", UtcTime(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mobile_changes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mobile_changes")),
    )
    op.create_index(op.f("ix_mobile_changes_account_id"), "mobile_changes", ["account_id"], unique=False)
    op.create_index(op.f("ix_mobile_changes_effective_at"), "mobile_changes", ["effective_at"], unique=False)
    op.create_table(
        "certificate_tries",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("nonce_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["serial"], ["mobile_certificates.serial"], name=op.f("fk_certificate_tries_serial_mobile_certificates")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_certificate_tries")),
    )
    op.create_table(
        "recovery_halves",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("half", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", UtcTime(), nullable=False),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["serial"], ["mobile_certificates.serial"], name=op.f("fk_recovery_halves_serial_mobile_certificates")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_recovery_halves")),
    )
    op.add_column("accounts", sa.Column("password", sa.String(length=200), nullable=True))
    op.add_column("sessions", sa.Column("method", sa.String(length=16), nullable=True))
    op.add_column("sessions", sa.Column("device", sa.String(length=120), nullable=True))


def downgrade() -> None:
    """Drop the tables and columns."""
    op.drop_column("sessions", "device")
    op.drop_column("sessions", "method")
    op.drop_column("accounts", "password")
    op.drop_table("recovery_halves")
    op.drop_table("certificate_tries")
    op.drop_index(op.f("ix_mobile_changes_effective_at"), table_name="mobile_changes")
    op.drop_index(op.f("ix_mobile_changes_account_id"), table_name="mobile_changes")
    op.drop_table("mobile_changes")
    op.drop_index(op.f("ix_password_tries_started_at"), table_name="password_tries")
    op.drop_table("password_tries")
    op.drop_index(op.f("ix_address_counts_started_at"), table_name="address_counts")
    op.drop_table("address_counts")
