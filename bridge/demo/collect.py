"""One look at everything: the control panel, the sheet over the API, the ledger file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bridge.demo.books import read_books
from bridge.demo.evidence import Call, Cell, Evidence, Row, SoldLine, StockChange, Times, TypedChange
from bridge.demo.panel import MALLS, Panel, by_header
from bridge.demo.partners import Told
from bridge.demo.stalls import PARTNERS, STALLS, TAKER


def collect(
    panel: Panel,
    ledger: Path,
    table: Sequence[Sequence[str]],
    *,
    opening: Mapping[Cell, int],
    selling: Sequence[str],
    times: Times,
    sets: Mapping[str, Mapping[str, int]] | None = None,
    fba: Mapping[str, str] | None = None,
    inspect: str = "",
    malls: Sequence[str] = MALLS,
    partners: Told | None = None,
) -> Evidence:
    """`table`: the texts of 在庫表, however they were read · `sets`: what each set is made of · `fba`: the offers that
    Amazon ships, with their SKUs · `inspect`: the column where returned goods wait · `malls`: those that the sandbox
    stands for · `partners`: what those say who are reached by files."""
    staff = panel.get("/staff")
    state = panel.get("/state")
    made_of = sets or {}
    sold: list[SoldLine] = []
    by_amazon: list[SoldLine] = []
    stock: dict[tuple[str, str], int] = {}
    at_amazon: dict[str, int] = {}
    changes: list[StockChange] = []
    for mall in malls:
        shown = panel.get(f"/malls/{mall}/stock")["stock"]
        codes = {tuple(row["listing"]): row["sku"] for row in shown}
        stock |= {(mall, row["sku"]): row["quantity"] for row in shown if not _by_amazon(row)}
        at_amazon |= {row["sku"]: row["quantity"] for row in shown if _by_amazon(row)}
        for order in panel.get(f"/malls/{mall}/feed")["orders"]:
            for line in order["lines"]:
                (by_amazon if _by_amazon(line) else sold).append(_sold(mall, order, line, made_of))
        changes += [_change(mall, codes, entry) for entry in panel.get(f"/malls/{mall}/history")["history"]]
    told = partners or Told()
    names = [*malls, *(PARTNERS if partners else ())]
    return Evidence(
        times=times,
        opening=opening,
        selling=selling,
        sold=[*sold, *told.sold],
        stock=stock | {(TAKER, code): units for code, units in told.shown.items()},
        stock_changes=[*changes, *told.changes],
        typed=typed_changes(staff["changes"], staff["acts"]),
        acts=staff["counts"],
        demand=_in_skus(state["demand"], made_of, at_amazon),
        books=read_books(ledger),
        rows=rows_of(table, selling, [inspect] if inspect else []),
        calls=[_call(entry) for entry in panel.get("/sheets/calls")["calls"]],
        webhooks=panel.get("/malls/shopify/webhooks")["counts"],
        inspect=inspect,
        sets=made_of,
        by_amazon=by_amazon,
        at_amazon=at_amazon,
        fba=fba or {},
        malls=names,
        shelves={name: STALLS[name].shelf for name in names if STALLS[name].shelf},
        received=told.received,
    )


def _by_amazon(entry: Mapping[str, Any]) -> bool:
    """Whether it is about an offer that Amazon ships itself (FBA)."""
    return bool(entry["listing"][1] == "AMAZON_JP")


def _in_skus(
    demand: Mapping[str, int], sets: Mapping[str, Mapping[str, int]], at_amazon: Mapping[str, int]
) -> dict[str, int]:
    """Units wanted of each SKU that we ship."""
    total: dict[str, int] = {}
    for code, wanted in demand.items():
        for sku, units in (sets.get(code) or {code: 1}).items():
            if code not in at_amazon:
                total[sku] = total.get(sku, 0) + wanted * units
    return total


def rows_of(table: Sequence[Sequence[str]], columns: Sequence[str], others: Sequence[str] = ()) -> list[Row]:
    return [
        Row(
            line["SKU"],
            line["ロック"],
            line["引当"],
            line["販売可能"],
            {name: line[name] for name in columns},
            {name: line[name] for name in others},
            line.get("FBA", ""),
        )
        for line in by_header(table, "SKU")
        if line["SKU"] or line["ロック"]
    ]


def typed_changes(changes: Sequence[Mapping[str, Any]], acts: Sequence[Mapping[str, Any]]) -> list[TypedChange]:
    """The staff's log; a draft counts from the moment its row was released."""
    released = [(_time(act["at"]), act["sku"]) for act in acts if act["what"] == "release"]
    found = []
    for change in changes:
        at = _time(change["at"])
        counts_at = at
        if change["kind"] == "draft":
            counts_at = min((time for time, sku in released if sku == change["sku"] and time >= at), default=at)
        found.append(TypedChange(**{**change, "at": at}, counts_at=counts_at))
    return found


def _sold(
    mall: str, order: Mapping[str, Any], line: Mapping[str, Any], sets: Mapping[str, Mapping[str, int]]
) -> SoldLine:
    return SoldLine(
        mall,
        _last_part(order["id"]),
        _line_name(mall, line),
        line["sku"],
        line["units"],
        line["shipped"],
        line["cancelled"],
        line["returned"],
        _time(order["placed_at"]),
        _time(order["visible_at"]),
        sets.get(line["sku"]) or {line["sku"]: 1},
    )


def _line_name(mall: str, line: Mapping[str, Any]) -> str:
    """As the mall's wire shows it: Rakuten's basket and detail numbers, the end of Shopify's gid."""
    return f"{line['basket']}-{line['line_id']}" if mall == "rakuten" else _last_part(line["line_id"])


def _last_part(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _change(mall: str, codes: Mapping[tuple[str, ...], str], entry: Mapping[str, Any]) -> StockChange:
    code = codes.get(tuple(entry["listing"]), "")
    return StockChange(mall, code, _time(entry["at"]), entry["old"], entry["new"], entry["cause"])


def _call(entry: Mapping[str, Any]) -> Call:
    names = ("kind", "status", "seconds", "locks", "journal", "owned")
    return Call(at=_time(entry["at"]), **{name: entry[name] for name in names})


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
