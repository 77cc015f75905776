"""`bridge import`: a table that the seller has already, brought into 在庫表 by a mapping that is proposed and, where
it is doubtful, asked for.

It types what staff would type, new rows under the others, and nothing else: what stands in 在庫表 is never changed, and
what the numbers mean the running bridge decides as for any new row. It needs no ledger and may run beside the bridge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.domain.import_header import Header, Role, find_header
from bridge.domain.import_rows import Brought, Problem, bring
from bridge.domain.table_import import NEARLY, Column, Proposal, Target, columns_of, propose
from bridge.sheet.gateway import Gateway, Piece
from bridge.sheet.grid import Tab
from bridge.sheet.headings import guarded
from bridge.sheet.import_words import vocabulary
from bridge.sheet.layout import ColumnSpec, fold, may_name_place, none_words, tab_spec
from bridge.sheet.new_rows import new_rows
from bridge.sheet.other_tables import Table, read_file, read_tab, refuse
from bridge.sheet.texts import both, say
from bridge.sheet.views import StockTab, read_settings, read_stock

Ask = Callable[[str], str]
Show = Callable[[str], None]

_ADDRESS = re.compile(r"https://docs\.google\.com/spreadsheets/d/(?P<id>[\w-]+)(?:.*[#?&]gid=(?P<gid>\d+))?.*")


@dataclass(frozen=True)
class Wish:
    """What is to be imported. `source`: a file, a channel, a tab of the spreadsheet, or another one's address ·
    `sheet`: which sheet of a file or of that other spreadsheet, "" for the first · `maps`: `header=target` each ·
    `yes`: write without asking, if nothing is doubtful."""

    source: str
    sheet: str = ""
    maps: tuple[str, ...] = ()
    yes: bool = False


@dataclass(frozen=True)
class _Stock:
    """在庫表 as it stands, and the names of its stock columns."""

    stock: StockTab
    marks_sheet: int

    @property
    def locations(self) -> tuple[str, ...]:
        return tuple(self.stock.columns.locations)

    @property
    def skus(self) -> set[str]:
        assert self.stock.view is not None
        return {row.sku for row in self.stock.view.rows if row.sku}

    @property
    def with_jan(self) -> bool:
        return "jan" in self.stock.columns.at


@dataclass(frozen=True)
class Importer:
    """One spreadsheet to import into. `other`: another spreadsheet by its id · `malls`: what each channel shows ·
    `ask`: None where nobody can be."""

    gateway: Gateway
    other: Callable[[str], Gateway]
    language: str
    show: Show
    ask: Ask | None = None
    malls: Mapping[str, Callable[[], Table]] = field(default_factory=dict)

    def run(self, wish: Wish) -> bool:
        """Whether all of the table is in 在庫表 now. Raises Refused, TryAgain, NeedsPerson."""
        stock, table = self._stock(), self._table(wish)
        header = find_header(table, vocabulary(), stock.locations)
        if header is None:
            raise refuse("no header")
        columns = columns_of(table, header)
        proposal = self._settled(columns, stock, _decided(wish.maps, columns, stock, self.language))
        self._show_proposal(proposal, columns, stock)
        if proposal.doubts:
            self._say("nothing done")
            return False
        if not proposal.has_sku:
            raise refuse("no sku column")
        found = self._bring(table, header, proposal, stock)
        if found.rows and not self._agreed(found, wish.yes):
            return False
        found = self._append(table, header, proposal) if found.rows else found
        self._report(found)
        return not found.refused and not found.cells

    # --- reading -----------------------------------------------------------------------------------------------------

    def _stock(self) -> _Stock:
        tabs = self.gateway.tabs()
        found = {role: _titled(tabs, role) for role in ("stock", "settings", "marks")}
        stock, settings, marks = found["stock"], found["settings"], found["marks"]
        if stock is None or settings is None or marks is None:
            raise refuse("not prepared")
        read = self.gateway.read([Piece(stock.sheet_id), Piece(settings.sheet_id)]).tabs
        lines = read_settings(read[settings.sheet_id]).lines
        names = [line.name for line in lines if line.kind == "location" and may_name_place(line.name)]
        seen = read_stock(read[stock.sheet_id], list(dict.fromkeys(names)))
        if seen.view is None or not seen.columns.locations:
            raise refuse("not prepared")
        return _Stock(seen, marks.sheet_id)

    def _table(self, wish: Wish) -> Table:
        path = Path(wish.source)
        if path.is_file():
            return read_file(path, wish.sheet)
        if wish.source in self.malls:
            return self.malls[wish.source]()
        if address := _ADDRESS.fullmatch(wish.source):
            gateway = self.other(address["id"])
            tabs = gateway.tabs()
            by_number = {str(tab.sheet_id): tab for tab in tabs.values()}
            tab = tabs.get(wish.sheet) if wish.sheet else by_number.get(address["gid"] or "", next(iter(tabs.values())))
            if tab is None:
                raise refuse("no sheet", name=wish.sheet, names="、".join(tabs))
            return read_tab(gateway, tab)
        tabs = self.gateway.tabs()
        if wish.source not in tabs:
            raise refuse("no such table", name=wish.source, names="、".join(tabs))
        return read_tab(self.gateway, tabs[wish.source])

    # --- the mapping -------------------------------------------------------------------------------------------------

    def _settled(self, columns: Sequence[Column], stock: _Stock, decided: dict[int, Target | None]) -> Proposal:
        """The proposal, with one question per doubtful column where somebody can be asked."""
        while True:
            proposal = propose(columns, vocabulary(), stock.locations, decided, with_jan=stock.with_jan)
            if not proposal.doubts or self.ask is None:
                return proposal
            doubt = proposal.doubts[0]
            numbered = "\n".join(f"  {n}) {self._title(target)}" for n, target in enumerate(doubt.choices, 1))
            prompt = self._text("question", **_named(doubt.column), choices=numbered)
            decided[doubt.column.index] = _choice(self.ask, prompt, doubt.choices)

    def _show_proposal(self, proposal: Proposal, columns: Sequence[Column], stock: _Stock) -> None:
        headings = {column.index: column for column in columns}
        self._say("proposed")
        for index, target in proposal.taken.items():
            self._say("pair", column=headings[index].name, target=self._title(target))
        if proposal.left:
            self._say("left", names="、".join(column.name for column in proposal.left))
        if not stock.with_jan and any(column.jan >= NEARLY for column in proposal.left):
            self._say("no jan column")
        for doubt in proposal.doubts:
            titles = [self._title(target) for target in doubt.choices]
            first = doubt.choices[0].location or titles[0]
            self._say("doubt", **_named(doubt.column), choices="・".join(titles), first=first)

    def _title(self, target: Target) -> str:
        if target.role is Role.STOCK:
            return self._text("stock of", name=target.location)
        if target.role in (Role.PLACE, Role.UNITS):
            return self._text(f"{target.role.value} of")
        return _spec(target.role).title(self.language)

    # --- writing -----------------------------------------------------------------------------------------------------

    def _agreed(self, found: Brought, yes: bool) -> bool:
        if yes:
            return True
        if self.ask is None:
            self._problems(found)
            self._say("not asked", count=len(found.rows))
            return False
        counts = {"count": len(found.rows), "refused": len(found.refused), "cells": len(found.cells)}
        if fold(self.ask(self._text("sure", **counts))) in ("y", "yes", "はい"):
            return True
        self._say("nothing done")
        return False

    def _bring(self, table: Table, header: Header, proposal: Proposal, stock: _Stock) -> Brought:
        return bring(table, header, proposal, vocabulary(), stock.locations, stock.skus)

    def _append(self, table: Table, header: Header, proposal: Proposal) -> Brought:
        """What of the table 在庫表 lacks at this moment, under its last row, in one batch."""
        stock = self._stock()  # answering took its time
        found = self._bring(table, header, proposal, stock)
        if found.rows:
            requests = new_rows(stock.stock, found.rows)
            self.gateway.write(guarded(requests, [stock.stock], stock.marks_sheet))
        return found

    def _report(self, found: Brought) -> None:
        self._say("brought", count=len(found.rows))
        if found.skipped:
            self._say("skipped", count=len(found.skipped), names="、".join(found.skipped))
        self._problems(found)

    def _problems(self, found: Brought) -> None:
        for name, form, problems in (
            ("refused", "row problem", found.refused),
            ("cells", "cell problem", found.cells),
        ):
            if problems:
                self._say(name, count=len(problems))
            for problem in problems:
                self._show_problem(form, problem)

    def _show_problem(self, form: str, problem: Problem) -> None:
        why = say("import_why", problem.code, self.language, sku=problem.sku, text=problem.text)
        self._say(form, row=problem.row, sku=problem.sku, column=problem.header, text=problem.text, why=why)

    def _text(self, code: str, **values: Any) -> str:
        return say("import", code, self.language, **values)

    def _say(self, code: str, **values: Any) -> None:
        self.show(self._text(code, **values))


def ask_at_terminal(prompt: str) -> str:
    """Raises Refused where nothing more will be typed."""
    try:
        return input(prompt)
    except EOFError:
        raise refuse("nothing done") from None


def _titled(tabs: Mapping[str, Tab], role: str) -> Tab | None:
    spec = tab_spec(role)
    return tabs.get(spec.ja) or tabs.get(spec.en)


def _spec(role: Role) -> ColumnSpec:
    return next(column for column in tab_spec("stock").columns if column.role == role.value)


def _named(column: Column) -> dict[str, str]:
    return {"column": column.name, "samples": "、".join(column.samples)}


def _choice(ask: Ask, prompt: str, choices: Sequence[Target]) -> Target | None:
    """Asks until one of the numbers is answered."""
    while True:
        answer = fold(ask(prompt))
        if answer.isdecimal() and int(answer) <= len(choices):
            return choices[int(answer) - 1] if int(answer) else None


def _decided(maps: Sequence[str], columns: Sequence[Column], stock: _Stock, language: str) -> dict[int, Target | None]:
    """What `--map` says. Raises Refused."""
    decided: dict[int, Target | None] = {}
    for text in maps:
        header, sign, wanted = text.replace("＝", "=").rpartition("=")
        if not sign:
            raise refuse("map form", text=text)
        column = _column(header, columns)
        if column is None:
            raise refuse("map column", text=text, names="、".join(each.name for each in columns))
        target = _target(text, wanted, stock, language)
        if target is not None and target in decided.values():
            raise refuse("map twice", name=wanted)
        decided[column.index] = target
    return decided


def _column(header: str, columns: Sequence[Column]) -> Column | None:
    """The one with that header: in full, or without what stands above it."""
    for names in ([each.name for each in columns], [each.heading.text for each in columns]):
        found = [each for each, name in zip(columns, names, strict=True) if fold(name) == fold(header)]
        if len(found) == 1:
            return found[0]
    return None


def _target(text: str, wanted: str, stock: _Stock, language: str) -> Target | None:
    if not fold(wanted) or fold(wanted) in none_words():
        return None
    roles = [Role.SKU, Role.PRODUCT, *([Role.JAN] if stock.with_jan else [])]
    titles = {title: Target(role) for role in roles for title in (_spec(role).ja, _spec(role).en)}
    for role in (Role.PLACE, Role.UNITS):
        titles |= {title: Target(role) for title in both("import", f"{role.value} of").values()}
    titles |= {name: Target(Role.STOCK, name) for name in stock.locations}
    found = next((target for title, target in titles.items() if fold(title) == fold(wanted)), None)
    if found is None:
        names = [*(_spec(role).title(language) for role in roles), *stock.locations]
        raise refuse("map target", text=text, names="、".join(names))
    return found
