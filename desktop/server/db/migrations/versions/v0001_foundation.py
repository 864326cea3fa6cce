"""Accounts, organizations, orders, certificates, seals, workstations, sessions and records."""

import sqlalchemy as sa
from alembic import op

from desktop.server.db.types import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("id_number_index", name=op.f("uq_accounts_id_number_index")),
        sa.UniqueConstraint("mobile", name=op.f("uq_accounts_mobile")),
    )
    op.create_table(
        "consumed_ceremonies",
        sa.Column("t0", sa.String(length=64), nullable=False),
        sa.Column("operation", sa.String(length=24), nullable=False),
        sa.Column("transcript_hash", sa.String(length=64), nullable=False),
        sa.Column("effect", sa.String(length=64), nullable=False),
        sa.Column("consumed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("t0", name=op.f("pk_consumed_ceremonies")),
    )
    op.create_table(
        "issued_certificates",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", UtcTime(), nullable=False),
        sa.Column("not_after", UtcTime(), nullable=False),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.Column("revocation_reason", sa.String(length=24), nullable=True),
        sa.Column("revoked_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["accounts.id"], name=op.f("fk_issued_certificates_revoked_by_accounts")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_issued_certificates")),
    )
    op.create_index(op.f("ix_issued_certificates_state"), "issued_certificates", ["state"], unique=False)
    op.create_table(
        "login_nonces",
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("consumed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_login_nonces")),
    )
    op.create_index(op.f("ix_login_nonces_expires_at"), "login_nonces", ["expires_at"], unique=False)
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("legal_representative", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organizations_credit_code")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_mobile"), "outbox", ["mobile"], unique=False)
    op.create_table(
        "sms_numbers",
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("last_sent_at", UtcTime(), nullable=False),
        sa.Column("day_started_at", UtcTime(), nullable=False),
        sa.Column("sent_today", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", UtcTime(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mobile", "purpose", name=op.f("pk_sms_numbers")),
    )
    op.create_index(op.f("ix_sms_numbers_last_sent_at"), "sms_numbers", ["last_sent_at"], unique=False)
    op.create_table(
        "members",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organization_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_members_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_members_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("organization_id", "account_id", name=op.f("uq_members_organization_id")),
    )
    op.create_index(op.f("ix_members_account_id"), "members", ["account_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("organization_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("organization_name", sa.String(length=120), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("legal_representative", sa.String(length=120), nullable=False),
        sa.Column("holder_name", sa.String(length=120), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_index", sa.String(length=64), nullable=False),
        sa.Column("suite", sa.String(length=16), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("letter", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("reviewed_by", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_orders_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_orders_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["reviewed_by"], ["accounts.id"], name=op.f("fk_orders_reviewed_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_account_id"), "orders", ["account_id"], unique=False)
    op.create_index(op.f("ix_orders_credit_code"), "orders", ["credit_code"], unique=False)
    op.create_index(op.f("ix_orders_state"), "orders", ["state"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("certificate_serial", sa.String(length=40), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id_accounts")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "mobile_certificates",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("enc_serial", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("organization_id", sa.String(length=32), nullable=False),
        sa.Column("holder_name", sa.String(length=120), nullable=False),
        sa.Column("suite", sa.String(length=16), nullable=False),
        sa.Column("issued_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mobile_certificates_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["enc_serial"],
            ["issued_certificates.serial"],
            name=op.f("fk_mobile_certificates_enc_serial_issued_certificates"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_mobile_certificates_order_id_orders")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_mobile_certificates_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["serial"], ["issued_certificates.serial"], name=op.f("fk_mobile_certificates_serial_issued_certificates")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_mobile_certificates")),
        sa.UniqueConstraint("enc_serial", name=op.f("uq_mobile_certificates_enc_serial")),
        sa.UniqueConstraint("order_id", name=op.f("uq_mobile_certificates_order_id")),
    )
    op.create_index(op.f("ix_mobile_certificates_account_id"), "mobile_certificates", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_mobile_certificates_organization_id"), "mobile_certificates", ["organization_id"], unique=False
    )
    op.create_table(
        "possession_challenges",
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("transcript_hash", sa.String(length=64), nullable=False),
        sa.Column("value_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_possession_challenges_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_possession_challenges")),
    )
    op.create_table(
        "seals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organization_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("certificate_serial", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("width_um", sa.Integer(), nullable=False),
        sa.Column("height_um", sa.Integer(), nullable=False),
        sa.Column("scan", sa.String(length=64), nullable=False),
        sa.Column("imprint", sa.String(length=64), nullable=False),
        sa.Column("imprint_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("reviewed_by", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", UtcTime(), nullable=True),
        sa.Column("claimed_at", UtcTime(), nullable=True),
        sa.Column("object", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("width_um > 0 AND height_um > 0", name=op.f("ck_seals_size")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_seals_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["certificate_serial"],
            ["mobile_certificates.serial"],
            name=op.f("fk_seals_certificate_serial_mobile_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_seals_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["reviewed_by"], ["accounts.id"], name=op.f("fk_seals_reviewed_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
    )
    op.create_index("ix_seals_certificate_serial", "seals", ["certificate_serial"], unique=False)
    op.create_index(op.f("ix_seals_organization_id"), "seals", ["organization_id"], unique=False)
    op.create_index(op.f("ix_seals_state"), "seals", ["state"], unique=False)
    op.create_table(
        "usage_records",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("operation", sa.String(length=24), nullable=False),
        sa.Column("certificate_serial", sa.String(length=40), nullable=False),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("ceremony", sa.String(length=64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_usage_records_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["certificate_serial"],
            ["mobile_certificates.serial"],
            name=op.f("fk_usage_records_certificate_serial_mobile_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_usage_records_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_records")),
        sa.UniqueConstraint("organization_id", "ceremony", "subject", name=op.f("uq_usage_records_organization_id")),
    )
    op.create_index(op.f("ix_usage_records_account_id"), "usage_records", ["account_id"], unique=False)
    op.create_index(op.f("ix_usage_records_organization_id"), "usage_records", ["organization_id"], unique=False)
    op.create_table(
        "workstations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organization_id", sa.String(length=32), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("certificate_serial", sa.String(length=40), nullable=False),
        sa.Column("enrolled_by", sa.String(length=32), nullable=False),
        sa.Column("enrolled_at", UtcTime(), nullable=False),
        sa.Column("transcript", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_serial"],
            ["mobile_certificates.serial"],
            name=op.f("fk_workstations_certificate_serial_mobile_certificates"),
        ),
        sa.ForeignKeyConstraint(["enrolled_by"], ["accounts.id"], name=op.f("fk_workstations_enrolled_by_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_workstations_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstations")),
        sa.UniqueConstraint("organization_id", "key_hash", name=op.f("uq_workstations_organization_id")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("workstations")
    op.drop_index(op.f("ix_usage_records_organization_id"), table_name="usage_records")
    op.drop_index(op.f("ix_usage_records_account_id"), table_name="usage_records")
    op.drop_table("usage_records")
    op.drop_index(op.f("ix_seals_state"), table_name="seals")
    op.drop_index(op.f("ix_seals_organization_id"), table_name="seals")
    op.drop_index("ix_seals_certificate_serial", table_name="seals")
    op.drop_table("seals")
    op.drop_table("possession_challenges")
    op.drop_index(op.f("ix_mobile_certificates_organization_id"), table_name="mobile_certificates")
    op.drop_index(op.f("ix_mobile_certificates_account_id"), table_name="mobile_certificates")
    op.drop_table("mobile_certificates")
    op.drop_index(op.f("ix_sessions_expires_at"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_account_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_orders_state"), table_name="orders")
    op.drop_index(op.f("ix_orders_credit_code"), table_name="orders")
    op.drop_index(op.f("ix_orders_account_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_members_account_id"), table_name="members")
    op.drop_table("members")
    op.drop_index(op.f("ix_sms_numbers_last_sent_at"), table_name="sms_numbers")
    op.drop_table("sms_numbers")
    op.drop_index(op.f("ix_outbox_mobile"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("organizations")
    op.drop_index(op.f("ix_login_nonces_expires_at"), table_name="login_nonces")
    op.drop_table("login_nonces")
    op.drop_index(op.f("ix_issued_certificates_state"), table_name="issued_certificates")
    op.drop_table("issued_certificates")
    op.drop_table("consumed_ceremonies")
    op.drop_table("accounts")
