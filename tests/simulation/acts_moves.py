"""What staff write into 入出庫: lines half written and finished later, ticked and unticked, copied, pasted, moved."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.simulation.acts_staff import new_name
from tests.simulation.cast import LOCATIONS, STOCK
from tests.simulation.tab import Tab
from tests.simulation.world import Sim
from tests.simulation.written import BY_ARRIVAL, TAKES, WrittenLine, tick_of

KINDS = ("入荷", "返品", "破損", "店頭販売", "サンプル", "組立", "ばらし", "移動", "移動")
MOST_LINES, MOST_ROWS = 10, 24
SETS = {"007": "A×1+B×2", "B": "A×2"}  # what may be put together or taken apart, of what


class Page(Tab):
    """入出庫 as it stands in this instant."""

    def __init__(self, sim: Sim) -> None:
        super().__init__(sim.sheet, sim.moves)
        self.sim = sim
        self.lines = {each.memo: (row, each) for row, each in sim.written_lines()}

    def write(self, row: int, said: Mapping[str, str]) -> None:
        for header, text in said.items():
            self.put(row, header, text)

    def some(self, dice: Random, *, ticked: bool) -> tuple[int, WrittenLine] | None:
        found = [each for each in self.lines.values() if each[1].ticked == ticked]
        return dice.choice(found) if found else None

    def tick(self, row: int, line: WrittenLine, header: str) -> None:
        if header == tick_of(line.kind) and not line.ticked:
            self.sim.written.ticks[line.memo] += 1
        self.put(row, header, "TRUE")


def _line(dice: Random) -> dict[str, str]:
    """A line as it is meant, by header."""
    kind = dice.choice(KINDS)
    sku = dice.choice(list(SETS)) if kind in ("組立", "ばらし") else dice.choice([*STOCK, *STOCK, *STOCK, "ZZZ"])
    said = {"種類": kind, "SKU": sku, "数量": str(dice.choice((1, 1, 2, 3, 5)))}
    if kind in TAKES:
        said["から"] = dice.choice(LOCATIONS)
    if kind in ("入荷", "移動") or dice.random() < 0.3:
        said["へ"] = dice.choice([place for place in LOCATIONS if place != said.get("から")])
    if kind in ("破損", "店頭販売", "サンプル"):
        said.pop("へ", None)
    if kind in ("組立", "ばらし"):
        said["構成"] = SETS[sku]
    return said


def writes(sim: Sim, dice: Random) -> bool:
    """A line under the others; some are left half written."""
    page = Page(sim)
    if len(page.lines) >= MOST_LINES:
        return False
    said, memo = _line(dice), new_name(sim, "line")
    if dice.random() < 0.4:
        left = dice.choice(list(said))
        sim.half[memo] = (left, said.pop(left))
        sim.marks["line half written"] += 1
    page.write(page.below(), {**said, "メモ": memo})
    return True


def finishes(sim: Sim, dice: Random) -> bool:
    """What was left out is filled in."""
    page = Page(sim)
    left = [memo for memo in page.lines if memo in sim.half]
    if not left:
        return False
    memo = dice.choice(left)
    header, text = sim.half.pop(memo)
    page.put(page.lines[memo][0], header, text)
    return True


def ticks(sim: Sim, dice: Random) -> bool:
    """The goods are there, or have left."""
    page = Page(sim)
    found = page.some(dice, ticked=False)
    if found is None:
        return False
    row, line = found
    page.tick(row, line, tick_of(line.kind))
    return True


def arrives(sim: Sim, dice: Random) -> bool:
    """What was sent to another shelf is there."""
    page = Page(sim)
    sent = [(row, line) for row, line in page.lines.values() if line.kind == "移動" and not line.arrived]
    if not sent:
        return False
    row, line = dice.choice(sent)
    page.tick(row, line, "到着")
    return True


def unticks(sim: Sim, dice: Random) -> bool:
    """It was a mistake."""
    page = Page(sim)
    found = page.some(dice, ticked=True)
    if found is None:
        return False
    row, line = found
    by_arrival = line.kind not in BY_ARRIVAL and line.arrived and dice.random() < 0.5
    page.put(row, "到着" if by_arrival else tick_of(line.kind), "FALSE")
    return True


def changes(sim: Sim, dice: Random) -> bool:
    """Another number, another product or another place is written over what stands there."""
    page = Page(sim)
    if not page.lines:
        return False
    row, _ = page.some(dice, ticked=dice.random() < 0.6) or next(iter(page.lines.values()))
    said = {"数量": str(dice.choice((1, 2, 3, 4))), "SKU": dice.choice(list(STOCK)), "から": dice.choice(LOCATIONS)}
    header = dice.choice(("数量", "数量", *said))
    if page.text(row, header) in ("", said[header]):
        return False
    page.put(row, header, said[header])
    return True


def copies(sim: Sim, dice: Random) -> bool:
    """A line with its number and its ticks, under the others; staff give the copy a memo of its own."""
    page = Page(sim)
    if not page.lines or len(page.lines) >= MOST_LINES:
        return False
    row, line = page.some(dice, ticked=dice.random() < 0.7) or next(iter(page.lines.values()))
    to, memo = page.below(), new_name(sim, "line")
    page.copy(row, to)
    page.put(to, "メモ", memo)
    if line.memo in sim.half:
        sim.half[memo] = sim.half[line.memo]
    sim.written.ticks[memo] += line.ticked and not line.number  # like a line pasted with its tick
    sim.marks["number copied"] += bool(line.number)
    return True


def pastes(sim: Sim, dice: Random) -> bool:
    """Some lines at once, as from another table, ticked as they come."""
    page, count = Page(sim), dice.choice((2, 3, 4))
    if len(page.lines) + count > MOST_LINES:
        return False
    for _ in range(count):
        said, memo = _line(dice), new_name(sim, "line")
        if dice.random() < 0.6:
            said[tick_of(said["種類"])] = "TRUE"
            sim.written.ticks[memo] += 1
        page.write(page.below(), {**said, "メモ": memo})
        page = Page(sim)
    sim.marks["lines pasted"] += 1
    return True


def inserts(sim: Sim, dice: Random) -> bool:
    rows = len(Page(sim).sheet.rows)
    if rows >= MOST_ROWS:
        return False
    sim.sheet.insert_rows(sim.moves, dice.randint(2, rows - 1))  # not at the top, where it would look like the header
    return True


def sorts(sim: Sim, dice: Random) -> bool:
    page = Page(sim)
    page.sort(dice.choice(("種類", "SKU", "数量")))
    return bool(page.lines)


def deletes(sim: Sim, dice: Random) -> bool:
    page = Page(sim)
    if not page.lines:
        return False
    row, _ = dice.choice(list(page.lines.values()))
    sim.lines_gone.append(sim.sheet.delete_rows(sim.moves, row, row + 1))
    return True


def undoes(sim: Sim, _dice: Random) -> bool:
    """Ctrl+Z brings a deleted line back."""
    if not sim.lines_gone:
        return False
    sim.sheet.undo(sim.lines_gone.pop())
    return True


def clears_number(sim: Sim, dice: Random) -> bool:
    page = Page(sim)
    found = [row for row, line in page.lines.values() if line.number]
    if found:
        page.put(dice.choice(found), "番号", "")
    return bool(found)


def undoes_history(sim: Sim, dice: Random) -> bool:
    """元に戻す beside a row of 履歴."""
    tab = Tab(sim.sheet, sim.history)
    rows = [row for row in range(1, len(tab.sheet.rows)) if tab.text(row, "番号") and tab.text(row, "増減")]
    rows = [row for row in rows if tab.text(row, "元に戻す") != "TRUE"]
    if not rows:
        return False
    row = dice.choice(rows[-12:])
    number, sku, place, units = (tab.text(row, each) for each in ("番号", "SKU", "場所", "増減"))
    sim.written.undo[int(number)] = ((sku, place), int(units))
    tab.put(row, "元に戻す", "TRUE")
    return True


def syncs(sim: Sim, _dice: Random) -> bool:
    """今すぐ同期 is touched."""
    rows = sim.world.table("設定")
    row = next((i for i, line in enumerate(rows, 1) if line["名前"] == "今すぐ同期"), None)
    if row is None:
        return False
    sim.world.put("設定", row, {"オン": rows[row - 1]["オン"] != "TRUE"})
    return True
