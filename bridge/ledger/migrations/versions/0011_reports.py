"""how fast listings came into step, purchase prices, month ends"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "in_step",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
    )
    op.create_index("in_step_at", "in_step", ["at"])
    op.create_index("order_line_first_seen", "order_line", ["first_seen_at"])
    op.create_table(
        "purchase",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("price", sa.Text()),
        sa.Column("refused", sa.Text(), nullable=False, server_default=""),
        sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("sent_at", sa.Text()),
    )
    op.create_table(
        "month_end",
        sa.Column("month", sa.Text(), primary_key=True),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.Text(), nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("costing", sa.Text(), nullable=False),
    )
    op.create_table(
        "month_end_stock",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Text()),
        sa.PrimaryKeyConstraint("month", "sku", "location"),
    )
    op.create_table(
        "month_end_change",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "cause", "sku"),
    )
