"""rows of 受注, and what people did with the components of an order line"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_hand", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "order_row",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("tick", sa.Boolean(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("early", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("extended", sa.Text(), nullable=True),
        sa.Column("placed_at", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.Text(), nullable=True),
        sa.Column("picked_at", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("order_row_line", "order_row", ["channel", "shop", "order", "line"])
    op.create_index("order_row_stage", "order_row", ["stage"])
    op.create_index("order_row_closed", "order_row", ["closed_at"])


def downgrade() -> None:
    op.drop_index("order_row_closed", table_name="order_row")
    op.drop_index("order_row_stage", table_name="order_row")
    op.drop_index("order_row_line", table_name="order_row")
    op.drop_table("order_row")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_column("by_hand")
