"""what a channel's catalogue shows and 出品 has no line for"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "found",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.Text(), nullable=True),
        sa.Column("trap", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "listing"),
    )
    op.create_index("found_state", "found", ["state"])


def downgrade() -> None:
    op.drop_index("found_state", table_name="found")
    op.drop_table("found")
