"""The opening room: windows, statements, shares, confirmations, records; and the highest time that was acted on."""

import sqlalchemy as sa
from alembic import op

from desktop.server.db.types import UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "platform_time",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("highest", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_time")),
    )
    op.create_table(
        "room_envelopes",
        sa.Column("lot_id", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.String(length=16), nullable=False),
        sa.Column("room_key", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.LargeBinary(), nullable=True),
        sa.Column("time_key_at", UtcTime(), nullable=True),
        sa.Column("announced_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_room_envelopes_lot_id_lots")),
        sa.PrimaryKeyConstraint("lot_id", "envelope", name=op.f("pk_room_envelopes")),
    )
    op.create_table(
        "room_statements",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lot_id", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("package", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_room_statements_account_id_accounts")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_room_statements_lot_id_lots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_statements")),
        sa.UniqueConstraint("lot_id", "envelope", "kind", "package", "number", name=op.f("uq_room_statements_lot_id")),
    )
    op.create_table(
        "rooms",
        sa.Column("lot_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record_pdf", sa.String(length=64), nullable=True),
        sa.Column("record_bundle", sa.String(length=64), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("bundle_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_rooms_lot_id_lots")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_rooms")),
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lot_id", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.String(length=16), nullable=False),
        sa.Column("package", sa.String(length=32), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_confirmations_account_id_accounts")),
        sa.ForeignKeyConstraint(["answered_by"], ["accounts.id"], name=op.f("fk_confirmations_answered_by_accounts")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_confirmations_lot_id_lots")),
        sa.ForeignKeyConstraint(["package"], ["bids.package"], name=op.f("fk_confirmations_package_bids")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    op.create_index("ix_confirmations_of_bid", "confirmations", ["lot_id", "envelope", "package"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("lot_id", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.String(length=16), nullable=False),
        sa.Column("package", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deliveries_account_id_accounts")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_deliveries_lot_id_lots")),
        sa.ForeignKeyConstraint(["package"], ["bids.package"], name=op.f("fk_deliveries_package_bids")),
        sa.PrimaryKeyConstraint("lot_id", "envelope", "package", name=op.f("pk_deliveries")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("deliveries")
    op.drop_index("ix_confirmations_of_bid", table_name="confirmations")
    op.drop_table("confirmations")
    op.drop_table("rooms")
    op.drop_table("room_statements")
    op.drop_table("room_envelopes")
    op.drop_table("platform_time")
