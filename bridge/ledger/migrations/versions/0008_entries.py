"""lines of 入出庫 that one tick books: goods in, damaged, returned, sold here, samples, sets made and taken apart;
stock-takes"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("booked", sa.Boolean(), nullable=False),
        sa.Column("early", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("entry_of", "entry", ["sku"])
    op.create_table(
        "stocktake",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("stocktake_at", "stocktake", ["place"])
    op.create_table(
        "counted",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stocktake", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("had", sa.Integer(), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("counted_of", "counted", ["stocktake", "sku"])
    op.create_index("counted_shown", "counted", ["shown"])


def downgrade() -> None:
    op.drop_index("counted_shown", table_name="counted")
    op.drop_index("counted_of", table_name="counted")
    op.drop_table("counted")
    op.drop_index("stocktake_at", table_name="stocktake")
    op.drop_table("stocktake")
    op.drop_index("entry_of", table_name="entry")
    op.drop_table("entry")
