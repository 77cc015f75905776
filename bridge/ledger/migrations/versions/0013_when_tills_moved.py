"""when rows of tills' own histories moved their number"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("till_row", sa.Column("at", sa.Text()))
    op.create_index("till_row_at", "till_row", ["at"])
