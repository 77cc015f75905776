"""改名: ledger, allocations and listings go on under the new code."""

from __future__ import annotations

from dataclasses import replace

from bridge.domain.edit_book import Standing
from bridge.domain.stock import Component
from bridge.ledger.ledger import Tx


def may_take_over(tx: Tx, new: str) -> bool:
    """Whether a code is free for a product known under another: no order was ever booked for it, and nothing of it is
    on its way."""
    return not tx.orders.touches(new) and not tx.transfers.touches(new)


def rename(tx: Tx, old: str, new: str) -> None:
    """The row now standing under `new` is the product known as `old`. What was counted for `new` until now is given
    up: its row's token says what its content contains under the old code, and goes on saying so."""
    tx.forget_sku(new)
    tx.rename_sku(old, new)
    tx.sheet.change(new, standing=Standing.KNOWN.value, missing_since=None)
    changed = [
        replace(record, components=tuple(Component(new if c.sku == old else c.sku, c.units) for c in record.components))
        for record in tx.listings.touching([old]).values()
    ]
    tx.listings.put(changed)
    tx.orders.rename_components(old, new)
    tx.rules.rename_sku(old, new)
    for question in tx.questions.open():
        if question.kind in ("two readings", "packed units") and question.data["sku"] == old:
            data = {**question.data, "sku": new}
            tx.questions.reword(question.id, f"{new} {data['location']}", data)
    aliases = {code: new if now == old else now for code, now in tx.get("aliases", {}).items()}
    tx.put("aliases", {**aliases, old: new})  # 出品 may go on naming the old code
