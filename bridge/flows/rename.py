"""改名: ledger, allocations and listings go on under the new code."""

from __future__ import annotations

from dataclasses import replace

from bridge.domain.edit_book import Standing
from bridge.domain.stock import Component
from bridge.flows import typed_moves
from bridge.flows.edit_records import PACKED
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion

# Questions that are found again, or acted on, by their subject: the SKU, or the SKU and its location.
_OF_A_SKU = ("invariant", "held long", typed_moves.QUESTION)
_OF_A_CELL = ("two readings", PACKED)


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
        _reword(tx, question, old, new)
    aliases = {code: new if now == old else now for code, now in tx.get("aliases", {}).items()}
    tx.put("aliases", {**aliases, old: new})  # 出品 may go on naming the old code


def _reword(tx: Tx, question: OpenQuestion, old: str, new: str) -> None:
    """What is asked about the product is asked of it under its new code."""
    data, subject = dict(question.data), question.subject
    if data.get("sku") == old:
        data["sku"] = new
        subject = f"{new} {data['location']}" if question.kind in _OF_A_CELL else subject
    if old in data.get("parts", ()):
        data["parts"] = {new if sku == old else sku: units for sku, units in data["parts"].items()}
    if question.kind in _OF_A_SKU and subject == old:
        subject = new
    if (subject, data) != (question.subject, dict(question.data)):
        tx.questions.reword(question.id, subject, data)
