"""What staff do in 在庫表. Each act is one instant, as in a browser: a number is typed over what the cell shows."""

from __future__ import annotations

from random import Random

from tests.simulation.calls import SECOND
from tests.simulation.cast import LOCATIONS, SELLING, STOCK
from tests.simulation.model import NONSENSE, units_of
from tests.simulation.tab import Tab
from tests.simulation.watcher import CHANGED, ENTRY
from tests.simulation.world import Sim

MOST_ROWS, MOST_PRODUCTS = 18, 6


class Grid(Tab):
    """在庫表 as it stands in this instant."""

    def __init__(self, sim: Sim) -> None:
        super().__init__(sim.sheet, sim.stock)
        self.sim = sim

    def positions(self) -> list[int]:
        """Rows that people can see and that bear a product."""
        name = self.at["商品名"]
        rows = self.sheet.rows
        return [i for i in range(1, len(rows)) if self.sheet.cell(i, name).entered and not rows[i].hidden_by_filter]

    def pick(self, rows: list[int], dice: Random) -> int:
        """One of these; during a row update rather one that is under way."""
        tokens = self.sim.call.tokens if self.sim.kind.startswith("sheet") else frozenset()
        locks = {row: self.text(row, "ロック") for row in rows}
        busy = [row for row, lock in locks.items() if lock in tokens or lock.startswith("🔒")]
        return dice.choice(busy if busy and dice.random() < 0.7 else rows)

    def named(self, name: str) -> int | None:
        return next((row for row in self.positions() if self.text(row, "商品名") == name), None)

    def twins(self) -> list[int]:
        """Rows whose SKU stands in another row too."""
        skus = [self.text(row, "SKU") for row in range(1, len(self.sheet.rows))]
        return [row for row in self.positions() if skus.count(self.text(row, "SKU")) > 1]

    def enter(self, row: int, at: str, text: str) -> None:
        """Type into a stock cell."""
        name, shown = self.text(row, "商品名"), self.text(row, at)
        self.sim.model.enters(name, at, shown, text)
        self.sim.edited.add(self.text(row, "SKU"))
        self.sim.last_entry = (name, at, shown)
        self.put(row, at, text)

    def change(self, row: int, text: str) -> None:
        """Type into 増減."""
        self.sim.model.changes(self.text(row, "商品名"), CHANGED, self.text(row, ENTRY), text)
        self.sim.edited.add(self.text(row, "SKU"))
        self.put(row, ENTRY, text)

    def counts(self, row: int, at: str, text: str) -> None:
        """What was counted is typed, and no entry stands beside it."""
        self.put(row, at, text)
        if at == CHANGED and self.text(row, ENTRY):
            self.put(row, ENTRY, "")

    def asked_about(self, row: int, at: str) -> bool:
        """Whether a person is asked which of two readings of this cell is right, or whether the table is or an older
        ledger: that is answered before anything is typed over it."""
        cell = (self.text(row, "SKU"), at)
        return cell in self.sim.eye.two_readings() or cell in self.sim.eye.asked_together("restored ledger")

    def blank(self) -> list[int]:
        used = range(1, len(self.sheet.rows))
        return [i for i in used if all(cell.entered in (None, False) for cell in self.sheet.rows[i].cells)]


def types(sim: Sim, dice: Random) -> bool:
    """A delivery, or a count that found some missing."""
    grid = Grid(sim)
    if not (rows := grid.positions()):
        return False
    row, at = grid.pick(rows, dice), dice.choice(LOCATIONS[:2])
    shown = grid.text(row, at)
    if grid.asked_about(row, at):
        return False
    if shown.isdigit():
        new = max(0, int(shown) + dice.choice((-3, -2, -1, -1, 1, 2, 3, 5)))
        if str(new) == shown:
            return False
    elif shown.removeprefix("-").isdigit() and at not in sim.model.rows[grid.text(row, "商品名")].wrong:
        new = dice.randint(0, 5)  # more was sold than there is; a delivery came
    elif shown == "" and at not in sim.model.rows[grid.text(row, "商品名")].cells and dice.random() < 0.15:
        new = dice.randint(0, 5)
    else:
        return False
    grid.enter(row, at, str(new))
    return True


def takes_back(sim: Sim, _dice: Random) -> bool:
    """Ctrl+Z after an entry: the cell shows again what it showed before."""
    grid = Grid(sim)
    if sim.last_entry is None:
        return False
    (name, at, former), sim.last_entry = sim.last_entry, None
    row = grid.named(name)
    if row is None or not former.isdigit() or grid.text(row, at) == former or grid.asked_about(row, at):
        return False
    grid.enter(row, at, former)
    return True


def types_nonsense(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    rows = [row for row in grid.positions() if grid.text(row, "本社倉庫").removeprefix("-").isdigit()]
    row = grid.pick(rows, dice) if rows else 0
    if not row or grid.asked_about(row, "本社倉庫"):
        return False
    text = dice.choice(NONSENSE)
    if grid.text(row, ENTRY) and text in ("", "-3"):
        return False  # with the entry beside it that may be a number
    known = sim.eye.expected(grid.text(row, "SKU"), "本社倉庫", grid.text(row, "ロック"))
    if not text and known != int(grid.text(row, "本社倉庫")):
        return False  # gone before any read could show it: for the bridge another number was blanked
    if text == str(known):
        return False  # by the books just this stands there, since more was sold than there is
    grid.enter(row, "本社倉庫", text)
    return True


def mends(sim: Sim, dice: Random) -> bool:
    """Somebody sees the finding and types the number that stood there, or a better one."""
    grid = Grid(sim)
    wrong = [
        (row, at, before)
        for row in grid.positions()
        for at, (text, before) in sim.model.rows[grid.text(row, "商品名")].wrong.items()
        if grid.text(row, at) == text
    ]
    if not wrong:
        return False
    row, at, before = dice.choice(wrong)
    grid.enter(row, at, str(max(0, int(before) + dice.choice((0, 0, 1)))) if before else "")
    return True


def copies_block(sim: Sim, dice: Random) -> bool:
    """The numbers of some rows, into the clipboard."""
    grid = Grid(sim)
    if not (rows := grid.positions()):
        return False
    size = dice.choice((1, 2, 3, 3))
    first = dice.randrange(max(1, len(rows) - size + 1))
    sim.block = [{at: grid.text(row, at) for at in SELLING} for row in rows[first : first + size]]
    return False


def pastes_block(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    rows = grid.positions()
    if not rows or not sim.block:
        return False
    first, done = dice.randrange(max(1, len(rows) - len(sim.block) + 1)), False
    for row, numbers in zip(rows[first:], sim.block, strict=False):
        for at, text in numbers.items():
            if text.isdigit() and text != grid.text(row, at) and not grid.asked_about(row, at):
                grid.enter(row, at, text)
                done = True
    return done


def sorts(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    header = dice.choice(("SKU", "商品名", "本社倉庫", "販売可能"))
    grid.sort(header, dice.choice(("ASCENDING", "DESCENDING")))
    return True


def inserts(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    if len(grid.sheet.rows) >= MOST_ROWS:
        return False
    sim.sheet.insert_rows(sim.stock, dice.randint(1, max(grid.positions(), default=1) + 1))
    return True


def deletes_blank(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    blank = grid.blank()
    if len(blank) < 4:
        return False
    row = dice.choice(blank)
    sim.sheet.delete_rows(sim.stock, row, row + 1)
    return True


def moves_row(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    if not (rows := grid.positions()):
        return False
    row = grid.pick(rows, dice)
    source = {"sheetId": sim.stock, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
    target = dice.randint(1, max(rows) + 1)
    if row <= target <= row + 1:
        return False
    sim.sheet.apply([{"moveDimension": {"source": source, "destinationIndex": target}}])
    return True


def keeps_moving(sim: Sim, _dice: Random) -> bool:
    """Somebody makes room at the top of the table and closes it again, right before this second call and several to
    come."""
    sheet = Grid(sim).sheet
    if any(cell.entered not in (None, False) for cell in sheet.rows[1].cells):
        sim.sheet.insert_rows(sim.stock, 1)
    else:
        sim.sheet.delete_rows(sim.stock, 1, 2)
    return True


def begins_to_move(sim: Sim, dice: Random) -> bool:
    sim.moving = sim.moving or 6
    return keeps_moving(sim, dice)


def moves_column(sim: Sim, dice: Random) -> bool:
    count = len(Grid(sim).at)
    column, target = dice.randrange(count), dice.randint(0, count)
    if column <= target <= column + 1:
        return False
    source = {"sheetId": sim.stock, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    sim.sheet.apply([{"moveDimension": {"source": source, "destinationIndex": target}}])
    sim.gone = [(name, row, None) for name, row, _ in sim.gone]  # Ctrl+Z would take back this first
    return True


def deletes(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    rows = grid.positions()
    if len(rows) < 3 or len(sim.gone) > 1:
        return False
    row = grid.pick(rows, dice)
    name = grid.text(row, "商品名")
    sim.gone.append((name, sim.model.rows.pop(name), sim.sheet.delete_rows(sim.stock, row, row + 1)))
    return True


def copies(sim: Sim, dice: Random) -> bool:
    """A row under itself; staff give the copy a name of its own."""
    grid = Grid(sim)
    rows = grid.positions()
    if not rows or len(grid.sheet.rows) >= MOST_ROWS or len(rows) >= MOST_PRODUCTS:
        return False
    _copy(sim, grid, grid.pick(rows, dice))
    return True


def _copy(sim: Sim, grid: Grid, row: int) -> int:
    name = grid.text(row, "商品名")
    sim.sheet.insert_rows(sim.stock, row + 1)
    grid.copy(row, row + 1)
    new = new_name(sim, "product")
    Grid(sim).put(row + 1, "商品名", new)
    sim.model.copies(name, new)
    return row + 1


def new_name(sim: Sim, what: str) -> str:
    sim.given += 1
    return f"{what} {100 + sim.given}"


def adds_product(sim: Sim, dice: Random) -> bool:
    """How staff add a product: copy a row and type its code at once."""
    grid = Grid(sim)
    rows = [row for row in grid.positions() if grid.text(row, "SKU") in STOCK]
    if not rows or len(sim.model.rows) >= MOST_PRODUCTS or len(grid.sheet.rows) >= MOST_ROWS:
        return False
    return _becomes(sim, _copy(sim, grid, grid.pick(rows, dice)), dice)


def makes_product(sim: Sim, dice: Random) -> bool:
    """A copy becomes a product of its own."""
    twins = Grid(sim).twins()
    return bool(twins) and _becomes(sim, dice.choice(twins), dice)


def _becomes(sim: Sim, row: int, dice: Random) -> bool:
    grid = Grid(sim)
    name, sku = grid.text(row, "商品名"), new_name(sim, "N").replace(" ", "")
    entry, cells = grid.text(row, ENTRY), {at: grid.text(row, at) for at in LOCATIONS}
    if sim.model.rows[name].wrong or any(text[:1] == "-" for text in cells.values()):
        return False
    if entry:
        cells[CHANGED] = str(int(cells[CHANGED] or 0) + units_of(entry))
        if cells[CHANGED][:1] == "-" or CHANGED not in sim.model.rows[name].cells:
            return False
    if grid.text(row, "SKU") in sim.cleared:
        sim.cleared.add(sku)
    grid.put(row, "SKU", sku)
    if dice.random() < 0.5:
        grid.put(row, "確認", "TRUE")
    sim.model.becomes(name, sku, cells)
    sim.edited.add(sku)
    return True


def deletes_copy(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    twins = grid.twins()
    if not twins:
        return False
    row = dice.choice(twins)
    sim.model.rows.pop(grid.text(row, "商品名"))
    sim.sheet.delete_rows(sim.stock, row, row + 1)
    return True


def _tick(sim: Sim, dice: Random, header: str, to: str) -> str:
    """Tick or untick a box in one row. Returns its SKU, "" where there is no such row."""
    grid = Grid(sim)
    rows = [row for row in grid.positions() if (grid.text(row, header) or "FALSE") != to]
    if not rows:
        return ""
    row = grid.pick(rows, dice)
    grid.put(row, header, to)
    return grid.text(row, "SKU")


def holds(sim: Sim, dice: Random) -> bool:
    return bool(_tick(sim, dice, "編集中", "TRUE"))


def releases(sim: Sim, dice: Random) -> bool:
    return bool(_tick(sim, dice, "編集中", "FALSE"))


def confirms(sim: Sim, dice: Random) -> bool:
    """Also where an older ledger asks: what the table shows is taken then, and the rows are counted afterwards."""
    asked = {sku for sku, _ in sim.eye.asked_together("restored ledger")}
    ticked = _tick(sim, dice, "確認", "TRUE")
    if ticked in asked:
        sim.uncounted |= {name for name, row in sim.model.rows.items() if row.sku in asked}
    return bool(ticked)


def clears_lock(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    rows = [row for row in grid.positions() if grid.text(row, "ロック")]
    if not rows:
        return False
    row = grid.pick(rows, dice)
    grid.put(row, "ロック", dice.choice(("", "", "メモ")))
    sim.cleared.add(grid.text(row, "SKU"))
    sim.ever_cleared.add(grid.text(row, "SKU"))
    return True


def hides(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    if not (rows := grid.positions()):
        return False
    criteria = {str(grid.at["SKU"]): {"hiddenValues": [grid.text(grid.pick(rows, dice), "SKU")]}}
    sim.sheet.apply(
        [{"setBasicFilter": {"filter": {"range": grid.box(0, len(grid.sheet.rows)), "criteria": criteria}}}]
    )
    if sim.call.what == SECOND and sim.kind == sim.call.kind:
        sim.marks["filter set between the calls"] += 1
    return True


def shows(sim: Sim, _dice: Random) -> bool:
    if sim.sheet.sheet(sim.stock).basic_filter is None:
        return False
    sim.sheet.apply([{"clearBasicFilter": {"sheetId": sim.stock}}])
    return True


def types_safety(sim: Sim, dice: Random) -> bool:
    grid = Grid(sim)
    if not (rows := grid.positions()):
        return False
    row, text = grid.pick(rows, dice), str(dice.randint(0, 2))
    if grid.text(row, "安全在庫") == text:
        return False
    grid.put(row, "安全在庫", text)
    return True
