"""What rows of 受注 come to: goods that people take off the shelf for an order, and lines that they write themselves.
Knows nothing of the bridge.

What a row says of its picking is a wanted value. What a line may have booked is what some row of it said, at any time;
what it has booked at rest is what its row says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.simulation.model import Books, Broken, LineId, Sale, owed

KINDS = ("電話", "卸", "取り置き")
HAND = "hand"
Order = tuple[str, str, str]  # mall, order, SKU
NOTHING = (0, 0)

# How the state of a row begins whose cells count as they stand.
IN_FORCE = ("未出荷", "✓", "棚出しのあとで")


@dataclass(frozen=True)
class OrderRow:
    """As it stands in 受注. `number`: 0 where there is none · `picked`: None where nothing is typed."""

    number: int
    mall: str
    order: str
    sku: str
    units: int
    at: str
    tick: bool
    picked: int | None
    done: bool
    state: str

    @property
    def by_hand(self) -> bool:
        return self.mall in KINDS

    @property
    def in_force(self) -> bool:
        return self.state.startswith(IN_FORCE) or "棚出し済。残り" in self.state


def order_row_of(text: Mapping[str, str], entered: Mapping[str, object]) -> OrderRow | None:
    """A row by its headers: what its cells show, and what stands in them; None where it has neither kind nor SKU."""
    if not (entered["モール・種類"] or entered["SKU"]):
        return None
    return OrderRow(
        number=int(text["番号"]) if text["番号"].isdigit() else 0,
        mall=text["モール・種類"],
        order=text["注文番号"],
        sku=text["SKU"],
        units=int(text["数量"]) if text["数量"].isdigit() else 0,
        at=text["場所"],
        tick=entered["棚出し済"] is True,
        picked=int(text["棚出し数"]) if text["棚出し数"].isdigit() else None,
        done=text["処理"] == "済",
        state=text["状態"],
    )


class Picked:
    """`typed`, `ticked`: what rows of a mall's order ever said · `said`: by the number of a person's line, SKUs and
    units · `picks`: by that number."""

    def __init__(self) -> None:
        self.typed: defaultdict[Order, set[int]] = defaultdict(set)
        self.ticked: set[Order] = set()
        self.said: defaultdict[int, set[tuple[str, int]]] = defaultdict(set)
        self.picks: defaultdict[int, set[int]] = defaultdict(lambda: {0})
        self.hand: dict[int, Mapping[str, tuple[int, int]]] = {}
        self.marks: Counter[str] = Counter()
        self.lost: set[int] = set()  # lines that were in a ledger which is no more

    def shown(self, rows: Iterable[OrderRow]) -> None:
        """This stands in the tab now."""
        for row in rows:
            if row.by_hand and row.number:
                self.said[row.number].add((row.sku, row.units))
                self.picks[row.number] |= ({row.picked} if row.picked is not None else set()) | (
                    {row.units} if row.tick else set()
                )
            elif not row.by_hand:
                key = (row.mall, row.order, row.sku)
                self.typed[key] |= {row.picked} if row.picked is not None else set()
                self.ticked |= {key} if row.tick else set()

    def may(self, line: LineId, sku: str, sale: Sale, units: int) -> set[int]:
        """How many may have been picked of one SKU of a mall's line."""
        key = (line[0], line[1], sku)
        totals = {(left[0] + left[1]) * units for left in sale.story} if key in self.ticked else set()
        return {0} | self.typed[key] | totals

    def at_commit(self, hand: Mapping[int, Mapping[str, tuple[int, int]]]) -> None:
        """On hand and allocated of each SKU, by the number of a person's line."""
        for number, moved in hand.items():
            now = {sku: each for sku, each in moved.items() if each != NOTHING}
            if now != self.hand.get(number, {}):
                self._hand(number, now)
                self.hand[number] = now

    def _hand(self, number: int, now: Mapping[str, tuple[int, int]]) -> None:
        if not now:
            self.marks["own line cancelled"] += 1
            return
        said = [(sku, units, picked) for sku, units in self.said[number] for picked in self.picks[number]]
        if dict(now) not in ({sku: (-picked, units - picked)} for sku, units, picked in said if picked <= units):
            raise Broken(f"own line {number} has booked {now}, and ever said {said}")
        [(gone, _)] = now.values()
        self.marks["own line picked" if gone else "own line allocated"] += 1

    def ledger_is_older(self, hand: Mapping[int, Mapping[str, tuple[int, int]]]) -> None:
        """It takes up again what the rows say that are not done."""
        self.lost |= self.hand.keys() - hand.keys()
        self.hand = {
            number: {sku: each for sku, each in moved.items() if each != NOTHING} for number, moved in hand.items()
        }

    def at_rest(self, rows: Sequence[OrderRow], books: Books, sales: Mapping[LineId, Sale]) -> None:
        """Every row's line has booked what it says."""
        numbers = Counter(row.number for row in rows)
        lines: defaultdict[Order, list[LineId]] = defaultdict(list)
        for line, sale in sales.items():
            for sku in sale.parts:
                lines[line[0], line[1], sku].append(line)
        for row in rows:
            if not row.number or numbers[row.number] > 1:
                continue
            mine = lines[row.mall, row.order, row.sku]
            if row.by_hand:
                self._own_at_rest(row)
            elif len(mine) == 1 and not row.done and row.picked is not None and not row.tick and row.in_force:
                units, left = sales[mine[0]].parts[row.sku], books.lines[mine[0]]
                found = books.moved.get((mine[0], row.sku), NOTHING)
                if "棚出しのあとで" not in row.state and found != owed(left, units, row.picked):
                    raise Broken(f"{row} has booked {found}")

    def _own_at_rest(self, row: OrderRow) -> None:
        now = self.hand.get(row.number, {})
        if row.done:  # what is changed in it then counts for nothing
            right = bool(now) == row.state.startswith("✓") or row.number in self.lost
        else:
            picks = {row.picked} if row.picked is not None and not row.tick else self.picks[row.number]
            wanted = [(-picked, row.units - picked) for picked in picks]
            right = now in [{row.sku: each} if each != NOTHING else {} for each in wanted]
        if not right:
            raise Broken(f"{row} has booked {now}")
