"""Who may do what: the people that the owner names in 設定, and the protections that follow from it.

Without any name there every protection only warns, as ever. With names, what is nobody's to type in is closed to all
but the bridge and the owner, whom Google never shuts out; 設定 is the managers', its lists of names the owner's alone;
prices are the accounts'. 在庫表 stays open: Google forbids whoever may not write one column to sort, insert or paste
rows. Costs are hidden by no protection: whoever may open a spreadsheet sees all of it, so they stand in others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.sheet.dress import Mend
from bridge.sheet.layout import Columns, is_sync
from bridge.sheet.outline import Outline, Standing
from bridge.sheet.overlays import AsItIs, Editors, protected
from bridge.sheet.requests import box
from bridge.sheet.views import read_settings


@dataclass(frozen=True)
class People:
    """Addresses by role, as 設定 names them. `bridge`: the bridge's own address · `known`: 設定 could be read; where
    one of its headers is spoilt it names nobody, and every protection stays as it is."""

    bridge: str
    staff: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    known: bool = True

    @property
    def named(self) -> bool:
        return bool(self.staff or self.accounts or self.managers)

    def only(self, *others: str) -> Editors:
        """The editors of what is closed to all but the bridge and these; None: closed to nobody."""
        if not self.known:
            return AsItIs.KEPT
        return [self.bridge, *others] if self.named else None


def people_in(outline: Outline, bridge: str) -> People:
    """Those that 設定 of the staff's spreadsheet names."""
    settings = outline.standing.get("settings")
    read = read_settings(settings.tab) if settings is not None else None
    if read is not None and not read.columns.usable:
        return People(bridge, known=False)
    lines = read.lines if read is not None else ()
    found = {
        role: tuple(dict.fromkeys(line.name.strip() for line in lines if line.kind == role and "@" in line.name))
        for role in ("staff", "accounts", "managers")
    }
    return People(bridge, found["staff"], found["accounts"], found["managers"])


def closed_settings(standing: Standing, columns: Columns, people: People, language: str) -> Iterator[Mend]:
    """設定 is the managers', but for the one tick with which staff ask for everything to be read again; the names in it
    are the owner's."""
    if not people.known or (not people.named and not _closed_before(standing)):
        return
    row, sheet = columns.header_row + 1, {"sheetId": standing.sheet_id}
    ticks = [
        box(standing.sheet_id, (line.position, line.position + 1), (columns.at["on"], columns.at["on"] + 1))
        for line in read_settings(standing.tab).lines
        if line.kind == "command" and is_sync(line.name)
    ]
    yield from protected(standing, "managers", sheet, language, people.only(*people.managers), ticks)
    for role in ("kind", "name"):
        edges = {"startRowIndex": row, "startColumnIndex": columns.at[role], "endColumnIndex": columns.at[role] + 1}
        yield from protected(standing, f"owner {role}", {**sheet, **edges}, language, people.only())


def _closed_before(standing: Standing) -> bool:
    return any(each.get("editors") for each in standing.about.get("protectedRanges", ()))


def closed_prices(standing: Standing, columns: Columns, people: People, language: str) -> Iterator[Mend]:
    """仕入価格: the price and the memo beside it are the accounts', the rest nobody's. Where one of its headers is
    spoilt all of them stay as they are."""
    if not columns.usable:
        return
    sheet, row = {"sheetId": standing.sheet_id}, columns.header_row + 1
    theirs = [_column(standing, columns, role, row) for role in ("price", "memo")]
    yield from protected(standing, "prices", sheet, language, people.only(), theirs if people.named else ())
    for role, area in zip(("price", "memo"), theirs, strict=True):
        if people.named or _closed_before(standing):
            yield from protected(standing, f"accounts {role}", area, language, people.only(*people.accounts))


def _column(standing: Standing, columns: Columns, role: str, row: int) -> Mapping[str, Any]:
    edges = {"startColumnIndex": columns.at[role], "endColumnIndex": columns.at[role] + 1}
    return {"sheetId": standing.sheet_id, "startRowIndex": row, **edges}
