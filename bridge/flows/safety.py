"""Safety stock, taken as typed but for a paste that lowers it in many rows: that would raise what is for sale in every
mall, so it waits for a 確認 as a paste of stock numbers does (DESIGN §4). Raising it lowers, and is never withheld.

What waits stands in its question's data, by SKU. No question touches the cells, which are the staff's alone: typed anew
they leave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.domain.bigchange import Limits, falls_too_far
from bridge.domain.reading import Blank, Finding, FindingCode
from bridge.domain.rules import StopWord
from bridge.domain.stock import BalanceKey
from bridge.domain.table import View
from bridge.flows.bigchange import ticked, ticked_early
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.sheet import SkuRecord
from bridge.sheet.texts import both
from bridge.sheet.views import StockTab

SAFETY = "安全在庫"  # the findings' name of the safety-stock cell, beside the locations
STOP = "停止"  # … and of the cell that may hold a stop, with the one code it knows
STRANGE = "strange stop"
QUESTION = "big safety change"


def read_safety(
    tx: Tx, stock: StockTab, view: View, records: Mapping[str, SkuRecord], limits: Limits | None
) -> tuple[set[str], dict[BalanceKey, str]]:
    """SKUs whose safety stock changed, and the cells that can't be read, those for a stop too. Never filled means 0;
    blanked, the last value stays: a blank cell raises nothing. `limits`: None where nothing is at stake yet."""
    typed, wrong = _cells(stock, view, records)
    taken = _keep_up(tx, view, typed, {sku for sku, cell in wrong if cell == SAFETY})
    settled = taken | waiting(tx).keys()
    changed = {sku: units for sku, units in typed.items() if units != records[sku].safety and sku not in settled}
    lowered = {sku: units for sku, units in changed.items() if units < records[sku].safety}
    if limits and falls_too_far([(records[sku].safety, u) for sku, u in lowered.items()], len(records), limits):
        _ask(tx, view, lowered, records)
        changed = {sku: units for sku, units in changed.items() if sku not in lowered}
    for sku, units in changed.items():
        tx.sheet.change(sku, safety=units)
    return changed.keys() | taken, wrong


def take(tx: Tx, question: OpenQuestion) -> set[str]:
    """確認: what was typed counts. Returns the SKUs it touched."""
    records = tx.sheet.skus()
    taken = {sku: units for sku, units in question.data["cells"].items() if sku in records}
    for sku, units in taken.items():
        tx.sheet.change(sku, safety=units)
    return set(taken)


def waiting(tx: Tx) -> dict[str, OpenQuestion]:
    """The question that the safety stock of a SKU waits for."""
    return {sku: question for question in _asked(tx) for sku in question.data["cells"]}


def _asked(tx: Tx) -> list[OpenQuestion]:
    return [question for question in tx.questions.open() if question.kind == QUESTION]


def _cells(
    stock: StockTab, view: View, records: Mapping[str, SkuRecord]
) -> tuple[dict[str, int], dict[BalanceKey, str]]:
    typed: dict[str, int] = {}
    wrong: dict[BalanceKey, str] = {}
    for row in view.unique_rows():
        record, reading = records.get(row.sku), stock.safety(row.position)
        if record is None or row.hold:
            continue
        if isinstance(reading, Finding):
            wrong[row.sku, SAFETY] = reading.code.value
        elif not isinstance(reading, Blank):
            typed[row.sku] = reading.units
        elif record.safety:
            wrong[row.sku, SAFETY] = FindingCode.BLANK.value
        if stock.stop(row.position) is StopWord.STRANGE:
            wrong[row.sku, STOP] = STRANGE
    return typed, wrong


def _keep_up(tx: Tx, view: View, typed: Mapping[str, int], wrong: set[str]) -> set[str]:
    """Cells that were typed anew or spoilt leave their question; a tick in any of its rows answers it. Returns the SKUs
    whose numbers were taken."""
    taken: set[str] = set()
    for question in _asked(tx):
        cells = question.data["cells"]
        still = {sku: units for sku, units in cells.items() if typed.get(sku, units) == units and sku not in wrong}
        if not still:
            tx.questions.close(question.id, both("results", "superseded"))
        elif ticked(tx, view, question, set(still)):
            taken |= take(tx, question)
            tx.questions.close(question.id, both("results", "confirmed"))
        elif len(still) < len(cells):
            data = {**(tx.questions.get(question.id) or question).data, **_said(still, tx.sheet.skus())}
            tx.questions.reword(question.id, question.subject, data)
    return taken


def _ask(tx: Tx, view: View, lowered: Mapping[str, int], records: Mapping[str, SkuRecord]) -> None:
    subject = f"{min(lowered)} +{len(lowered) - 1}"
    tx.questions.ask_anew(QUESTION, subject, {"ticked": ticked_early(view), **_said(lowered, records)})


def _said(cells: Mapping[str, int], records: Mapping[str, SkuRecord]) -> dict[str, Any]:
    before = sum(records[sku].safety for sku in cells if sku in records)
    return {"rows": len(cells), "before": before, "after": sum(cells.values()), "cells": dict(cells)}
