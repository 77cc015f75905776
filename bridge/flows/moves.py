"""Lines of 入出庫: staff append them, the bridge gives each a number, and acts on its ticks once that was read back.

A number is only ever written into a cell that shows what the look showed there (nothing, or the number that was copied
along), so it can't take another line's place, whatever was sorted meanwhile; each attempt takes a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.domain.edit_book import Standing
from bridge.domain.reading import Quantity
from bridge.domain.stock import Balance, BalanceKey
from bridge.domain.transfers import Act, Move, Stage, Ticks, Transfer, end, judge, still_early
from bridge.flows.desk import Look
from bridge.flows.shop import Shop, bridge_live, places
from bridge.flows.stopped import off_sale
from bridge.flows.timeback import rereading
from bridge.flows.transit import carry_out
from bridge.ledger.ledger import Tx
from bridge.ledger.sheet import SkuRecord
from bridge.sheet.gateway import Request
from bridge.sheet.layout import fold, is_transfer, tab_spec
from bridge.sheet.requests import CellValue, replace_one
from bridge.sheet.texts import both, say
from bridge.sheet.views import Lines, MoveLine

GONE = "move gone"  # the question about a line that was deleted on the way
AT_A_TIME = 100  # numbers in one call
FAR = 10_000  # a number so far beyond all that were given out was typed by a person
_TO_WRITE = "numbers to write"  # [position, what stands there, the number]: of the last look

Still = Callable[[str, object], bool]


@dataclass(frozen=True)
class Ground:
    """What lines are held against. `counted`: places that count their goods themselves, and whose they are."""

    places: Sequence[str]
    counted: Mapping[str, str]
    records: Mapping[str, SkuRecord]
    aliases: Mapping[str, str]
    balances: Mapping[BalanceKey, Balance]

    def place(self, text: str) -> str:
        """As the stock column is called, whatever the width of the letters; else as it was written."""
        return next((name for name in (*self.places, *self.counted) if fold(name) == fold(text)), text)

    def move(self, line: MoveLine) -> Move | None:
        if not isinstance(line.units, Quantity) or line.units.units < 1 or line.blank:
            return None
        sku = line.sku if line.sku in self.records else self.aliases.get(line.sku, line.sku)
        return Move(sku, line.units.units, self.place(line.source), self.place(line.target))

    def problem(self, line: MoveLine, transfer: Transfer | None) -> str:
        """Why nothing may move, as the code of a sentence; "" where it may."""
        if transfer is not None and transfer.stage is Stage.ON_THE_WAY and transfer.move is not None:
            end = transfer.move.source if line.sent is False else transfer.move.target
            return "" if end in (*self.places, *self.counted) else "place gone"
        if line.blank:
            return "blank" if line.sent or line.arrived else "unwritten"
        move = self.move(line)
        if not is_transfer(line.kind):
            return "kind"
        if move is None:
            return "units"
        return self._unknown(move) or self._impossible(move)

    def _unknown(self, move: Move) -> str:
        record = self.records.get(move.sku)
        if record is None or record.standing is Standing.GONE:
            return "no such sku"
        if record.standing is Standing.NEW:
            return "new sku"
        if move.source in self.counted:
            return "counted source"
        if move.source not in self.places:
            return "no such source"
        return "" if move.target in (*self.places, *self.counted) else "no such target"

    def _impossible(self, move: Move) -> str:
        if move.source == move.target:
            return "same place"
        return "too many" if move.units > self.lying(move) else ""

    def lying(self, move: Move) -> int:
        return self.balances.get((move.sku, move.source), Balance()).on_hand


def ground_of(tx: Tx, shop: Shop) -> Ground:
    counted = {facts.counts_at: name for name, facts in shop.channels.items() if facts.counts_at}
    records = {
        sku: each for sku, each in tx.sheet.skus().items() if each.standing is not Standing.RETIRED or off_sale(tx, sku)
    }
    return Ground(list(places(tx).sells), counted, records, tx.get("aliases", {}), tx.stock.balances())


def take_moves(tx: Tx, shop: Shop, look: Look, still: Still) -> None:
    """One poll's lines. Harmless to repeat."""
    tab = look.moves
    if tab is None or not tab.columns.usable:
        return
    known = tx.transfers.of(_numbers(tab.lines))
    ground = ground_of(tx, shop)
    _number(tx, ground, tab, known, still)
    may_act = bridge_live(tx) and not rereading(tx)
    count = Counter(line.number for line in tab.lines)
    for line in tab.lines:
        transfer = known.get(_number_of(line))
        if transfer is None or count[line.number] > 1:
            continue
        transfer, acts = _take_line(tx, ground, line, transfer, still, may_act=may_act)
        if acts:
            carry_out(tx, shop, transfer, acts)
            ground = ground_of(tx, shop)
    _miss(tx, {_number_of(line) for line in tab.lines}, still)


def _take_line(
    tx: Tx, ground: Ground, line: MoveLine, transfer: Transfer, still: Still, *, may_act: bool
) -> tuple[Transfer, Sequence[Act]]:
    """The transfer as its line has it now, and what is to be done about it."""
    move, ticks, before = ground.move(line), Ticks(line.sent, line.arrived), transfer
    if transfer.stage in (Stage.OFFERED, Stage.WRITTEN) and move is not None:
        transfer = replace(transfer, stage=Stage.WRITTEN, move=move)
    transfer = replace(transfer, early=still_early(transfer, ticks, may_act=may_act))
    if transfer != before:
        tx.transfers.put([transfer])
    stands = still(f"move {transfer.number}", (line.kind, move, ticks))
    verdict = judge(transfer, move, ticks, counted=_counted(ground, transfer), problem=ground.problem(line, transfer))
    return transfer, verdict.acts if stands and may_act else ()


def _counted(ground: Ground, transfer: Transfer) -> bool:
    return transfer.move is not None and transfer.move.target in ground.counted


def end_of(tx: Tx, shop: Shop, transfer: Transfer) -> Act:
    """What ends a transfer that is on its way."""
    return end(counted=_counted(ground_of(tx, shop), transfer))


def _numbers(lines: Sequence[MoveLine]) -> set[int]:
    return {number for line in lines if (number := _number_of(line))}


def _number_of(line: MoveLine) -> int:
    """0 where there is none of ours."""
    return int(line.number) if line.number.isascii() and line.number.isdecimal() and len(line.number) < 10 else 0


def _number(tx: Tx, ground: Ground, tab: Lines[MoveLine], known: Mapping[int, Transfer], still: Still) -> None:
    """Which lines are to get a number: complete, unchanged for one poll, and without one, or with one that was copied
    along. A line on the way that has lost its number gets it back."""
    here = _numbers(tab.lines)
    copies = _copies(tab.lines, known, ground)
    back: dict[int, MoveLine] = {}
    new: list[tuple[MoveLine, bool]] = []
    for line in tab.lines:
        if line.blank or (line.number and line.position not in copies):
            continue
        if not still(f"move at {line.position}", replace(line, state=None)) or len(new) + len(back) == AT_A_TIME:
            continue
        like = _like(tx, ground, line)
        own = next((each.number for each in like if each.stage is Stage.ON_THE_WAY and each.number not in here), None)
        if own is not None and own not in back:
            back[own] = line
        else:
            new.append((line, bool(line.number or like)))
    highest = max(here | {0})
    floor = highest if highest <= max([*known, 0]) + FAR else 0
    offered = tx.transfers.offer([early for _, early in new], floor)
    given = [*back.items(), *zip(offered, (line for line, _ in new), strict=True)]
    tx.put(_TO_WRITE, [[line.position, line.number, number] for number, line in given])


def _like(tx: Tx, ground: Ground, line: MoveLine) -> list[Transfer]:
    """What a line that has a tick and no number may have been, or been copied from."""
    move = ground.move(line)
    return tx.transfers.like(move) if line.sent and not line.number and move is not None else []


def _copies(lines: Sequence[MoveLine], known: Mapping[int, Transfer], ground: Ground) -> set[int]:
    """Positions of lines that bear the number of another: all but the one that says what was booked under it, or else
    the first."""
    by_number: dict[int, list[MoveLine]] = {}
    for line in lines:
        if _number_of(line) in known:
            by_number.setdefault(_number_of(line), []).append(line)
    found: set[int] = set()
    for number, mine in by_number.items():
        own = next((line for line in mine if ground.move(line) == known[number].move), mine[0])
        found |= {line.position for line in mine if line is not own}
    return found


def _miss(tx: Tx, here: set[int], still: Still) -> None:
    """Lines that were deleted on the way: asked about when the next look misses them too."""
    on_the_way = {each.number: each for each in tx.transfers.on_the_way()}
    for question in tx.questions.open():
        if question.kind == GONE and (int(question.subject) in here or int(question.subject) not in on_the_way):
            tx.questions.close(question.id, both("results", "settled itself"))
    for number, transfer in on_the_way.items():
        gone = number not in here
        if still(f"move {number} gone", gone) and gone and transfer.move is not None:
            tx.questions.ask(GONE, str(number), {**vars(transfer.move), "units": transfer.on_way})


# --- what stands beside them -----------------------------------------------------------------------------------------


def number_requests(tx: Tx, tab: Lines[MoveLine]) -> list[Request]:
    """The numbers of this look's lines, each only where the cell still shows what it showed."""
    column = tab.columns.at["number"]
    return [
        replace_one(tab.tab.sheet_id, column, position, old, str(number))
        for position, old, number in tx.get(_TO_WRITE, [])
    ]


def states(
    tx: Tx, shop: Shop, tab: Lines[MoveLine], stamp: Callable[[datetime], str]
) -> list[tuple[int, Mapping[str, CellValue], Mapping[str, CellValue]]]:
    """(position, what the bridge's cell should show, what it shows) of every line."""
    if not tab.lines:
        return []
    known = tx.transfers.of(_numbers(tab.lines))
    sayings = _Sayings(shop.language, ground_of(tx, shop), stamp, bridge_live(tx))
    wanted = [(line, sayings.of(line, known.get(_number_of(line)))) for line in tab.lines]
    return [(line.position, {"state": state}, {"state": line.state}) for line, state in wanted]


@dataclass(frozen=True)
class _Sayings:
    """What is said beside a line."""

    language: str
    ground: Ground
    stamp: Callable[[datetime], str]
    live: bool

    def of(self, line: MoveLine, transfer: Transfer | None) -> str | None:
        code = self._code(line, transfer)
        if code in ("ready", "early") and not self.live:
            code = "shadow"
        if code in ("", "unwritten"):
            return None
        return say("moves", code, self.language, **self._values(line, transfer))

    def _code(self, line: MoveLine, transfer: Transfer | None) -> str:
        problem = self.ground.problem(line, transfer)
        if transfer is None:
            return "strange number" if line.number else problem
        move, counted = self.ground.move(line), _counted(self.ground, transfer)
        return judge(transfer, move, Ticks(line.sent, line.arrived), counted=counted, problem=problem).code

    def _values(self, line: MoveLine, transfer: Transfer | None) -> dict[str, object]:
        """Whatever a sentence may name: what was booked, where something was, else what is written."""
        booked = transfer is not None and (transfer.stage is Stage.ON_THE_WAY or transfer.stage.closed)
        move = transfer.move if transfer is not None and booked else self.ground.move(line)
        at = (transfer.closed_at or transfer.left_at) if transfer is not None else None
        titles = {column.role: column.title(self.language) for column in tab_spec("moves").columns}
        said: dict[str, object] = {"sku": line.sku, "source": line.source, "target": line.target}
        if move is not None:
            said |= {
                **vars(move),
                "lying": self.ground.lying(move),
                "channel": self.ground.counted.get(move.source, ""),
            }
        return said | {
            "header": "、".join(f"「{titles[role]}」" for role in line.blank),
            "places": "、".join(self.ground.places),
            "targets": "、".join((*self.ground.places, *self.ground.counted)),
            "time": self.stamp(at) if at else "",
            "left": transfer.on_way if transfer else 0,
        }
