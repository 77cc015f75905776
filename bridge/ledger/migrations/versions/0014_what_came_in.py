"""what came in, as it was when it did"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Lines of before keep what movements and 入出庫 say of them now: no figure changes.
_LINE = "FROM entry WHERE kind = 'receipt' AND booked AND number = CAST(substr(purchase.key, 6) AS INTEGER)"
_OPENED = """
    UPDATE purchase SET (units, at) = (
        SELECT sum(movement.on_hand), min(movement.at) FROM movement
        WHERE sku = substr(purchase.key, 9) AND cause = 'opening' AND on_hand <> 0
        GROUP BY sku HAVING sum(movement.on_hand) > 0
    ) WHERE purchase.key LIKE 'opening %'
"""
_CAME = f"UPDATE purchase SET (units, at) = (SELECT entry.units, entry.at {_LINE}) WHERE purchase.key LIKE 'move %'"
_LAY = f"""
    UPDATE purchase SET lying = (
        SELECT coalesce(sum(movement.on_hand), 0) FROM movement WHERE movement.at < purchase.at
        AND sku = CASE WHEN purchase.key LIKE 'move %' THEN (SELECT entry.sku {_LINE}) ELSE substr(purchase.key, 9) END
    ) WHERE purchase.at IS NOT NULL
"""


def upgrade() -> None:
    for name, kind in (("units", sa.Integer()), ("at", sa.Text()), ("lying", sa.Integer())):
        op.add_column("purchase", sa.Column(name, kind))
    for statement in (_OPENED, _CAME, _LAY):
        op.execute(statement)
