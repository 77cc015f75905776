"""Stock-takes in 入出庫: a line with a place and no SKU begins one by its tick, lines of its SKUs are added under the
table, and each count typed there is judged as of the beginning.

Where the packed units may explain what is missing, a person is asked, and until then the lower number holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bridge.domain.edit_book import Standing
from bridge.domain.entries import Kind
from bridge.domain.numbering import floor
from bridge.domain.reading import Blank, Quantity
from bridge.domain.stock import Balance, Cause, Movement
from bridge.domain.stocktaking import Books, Counted, Stocktake
from bridge.domain.transfers import Transfer
from bridge.flows.edit_records import PACKED, supersede_packed, supersede_reading
from bridge.flows.ground import Ground
from bridge.flows.line_numbers import Still, number_of, numbers_of
from bridge.flows.replan import replan
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.values import iso
from bridge.sheet.gateway import Request
from bridge.sheet.layout import move_title
from bridge.sheet.requests import append_rows
from bridge.sheet.validation import new_row
from bridge.sheet.views import Lines, MoveLine

LASTS = timedelta(days=7)  # a stock-take begun before is over
AT_A_TIME = 200  # lines added in one call, and counts booked in one look
SENT_AGAIN = timedelta(minutes=2)  # lines whose reply was lost may still come until then


@dataclass(frozen=True)
class Counting:
    """`begun`: by the number of the line that began it · `lines`: those of people counting, by their numbers, as far
    as this look has them · `open`: by place · `sisters`: the lines of an open one, by it and SKU."""

    begun: Mapping[int, Stocktake]
    lines: Mapping[int, Counted]
    open: Mapping[str, Stocktake]
    sisters: Mapping[tuple[int, str], list[Counted]]

    def stocktake(self, ground: Ground, line: MoveLine) -> Stocktake | None:
        """The one that the count of this line belongs to."""
        return self.open.get(place_of(ground, line))

    def known_like(self, ground: Ground, line: MoveLine) -> list[tuple[int, bool]]:
        """Lines of before that one without a number may be: its number, and whether it is in force."""
        if line.begins_count:
            mine = self.open.get(place_of(ground, line))
            return [(mine.number, True)] if mine is not None and line.started else []
        mine = self.stocktake(ground, line)
        sisters = self.sisters.get((mine.number, ground.sku(line.sku)), []) if mine is not None else []
        return [(each.number, True) for each in sisters if each.shown]

    def own(self, ground: Ground, number: int, line: MoveLine) -> bool:
        if number in self.begun:
            return line.begins_count and self.begun[number].place == place_of(ground, line)
        known = self.lines.get(number)
        return known is not None and (known.sku, known.place, known.units) == (
            ground.sku(line.sku),
            place_of(ground, line),
            _units(line),
        )


def counting_of(tx: Tx, lines: Iterable[MoveLine]) -> Counting:
    lines = [line for line in lines if line.what is Kind.COUNT or line.number]
    numbers = numbers_of(lines)
    still_open = tx.stocktakes.open(tx.at - LASTS) if lines else {}
    sisters: dict[tuple[int, str], list[Counted]] = {}
    for each in tx.stocktakes.lines(each.number for each in still_open.values()) if still_open else []:
        sisters.setdefault((each.stocktake, each.sku), []).append(each)
    return Counting(tx.stocktakes.of(numbers), tx.stocktakes.counts(numbers), still_open, sisters)


def place_of(ground: Ground, line: MoveLine) -> str:
    """Either column may name it."""
    return ground.place(line.source or line.target)


def _units(line: MoveLine) -> int | None:
    return line.units.units if isinstance(line.units, Quantity) else None


def misplaced(ground: Ground, line: MoveLine) -> str:
    """What is wrong with its place, as the code of a sentence; "" where nothing is."""
    if line.source and line.target and ground.place(line.source) != ground.place(line.target):
        return "two places"
    place = place_of(ground, line)
    if place in ground.counted:
        return "counted place"
    return "" if place in ground.places else "no such place"


# --- the beginning ---------------------------------------------------------------------------------------------------


def begin_problem(ground: Ground, line: MoveLine) -> str:
    if line.blank:
        return "blank" if line.started else "unwritten"
    return misplaced(ground, line)


def take_beginning(
    tx: Tx, ground: Ground, tab: Lines[MoveLine], line: MoveLine, transfer: Transfer, still: Still, *, may_act: bool
) -> None:
    """Begin, end and take up again what the tick says. The line's transfer has its number, and whether it was copied
    with its tick."""
    begun = tx.stocktakes.of([transfer.number]).get(transfer.number)
    early = begun is None and bool(line.started) and (transfer.early or not may_act)
    if early != transfer.early:
        tx.transfers.put([replace(transfer, early=early)])
    stands = still(f"move {transfer.number}", ("begins", place_of(ground, line), line.started))
    if not stands or not may_act or early:
        return
    if begun is None:
        if line.started and not begin_problem(ground, line):
            _begin(tx, ground, tab, Stocktake(transfer.number, place_of(ground, line), tx.stock.newest(), tx.at))
    elif begun.open and line.started is False:
        tx.stocktakes.put(replace(begun, open=False))
    elif not begun.open and line.started and _may_go_on(tx, begun):
        tx.stocktakes.put(replace(begun, open=True))


def _may_go_on(tx: Tx, begun: Stocktake) -> bool:
    """Whether its tick was taken away and set again, and nothing began anew meanwhile."""
    since_opening = iso(begun.at) >= str(tx.get("live_at", ""))
    return since_opening and tx.stocktakes.newest(begun.place) == begun.number


def _begin(tx: Tx, ground: Ground, tab: Lines[MoveLine], begun: Stocktake) -> None:
    tx.stocktakes.close(begun.place)
    tx.stocktakes.put(begun)
    skus = sorted(
        sku
        for (sku, place), balance in ground.balances.items()
        if place == begun.place and balance.stocked and sku in ground.records
        if ground.records[sku].standing in (Standing.KNOWN, Standing.ASKED)
    )
    here = numbers_of(tab.lines)
    numbers = tx.transfers.offer([False] * len(skus), floor(here, here & tx.transfers.of(here).keys()))
    tx.stocktakes.put_counts(
        Counted(number, begun.number, sku, begun.place, shown=False) for number, sku in zip(numbers, skus, strict=True)
    )


def appended(tx: Tx, shop: Shop, tab: Lines[MoveLine]) -> list[Request]:
    """Lines of stock-takes that neither the table nor a call of a moment ago has."""
    due = tx.stocktakes.due(AT_A_TIME)
    if not due:
        return []
    here = numbers_of(tab.lines)
    new = [
        each for each in due if each.number not in here and (each.sent_at is None or tx.at - each.sent_at > SENT_AGAIN)
    ]
    tx.stocktakes.put_counts(replace(each, shown=True) for each in due if each.number in here)
    tx.stocktakes.put_counts(replace(each, sent_at=tx.at) for each in new)
    kind = move_title(Kind.COUNT, shop.language)
    rows = [{"number": str(each.number), "kind": kind, "sku": each.sku, "source": each.place} for each in new]
    cells = [{tab.columns.at[role]: text for role, text in row.items()} for row in rows]
    rules = new_row("moves", tab.columns.at, shop.language, ("tick", "move"))  # for what people write under them
    return append_rows(tab.tab.sheet_id, cells, [rules] * len(cells))


# --- counts ----------------------------------------------------------------------------------------------------------


def count_problem(ground: Ground, counting: Counting, line: MoveLine) -> str:
    """Why its count is not taken, as the code of a sentence; "" where it is, or will be once it is typed."""
    known = counting.lines.get(number_of(line))
    if known is not None and known.units is not None:
        begun = counting.open.get(known.place)
        if (known.sku, known.place) != (ground.sku(line.sku), place_of(ground, line)):
            return "count changed"
        if _units(line) in (known.units, None):
            return "" if isinstance(line.units, Quantity | Blank) else "no count"
        return "" if begun is not None and begun.number == known.stocktake else "ended"
    if not line.sku or not (line.source or line.target):
        return "blank" if not isinstance(line.units, Blank) else "unwritten"
    strange = ground.strange([ground.sku(line.sku)])[1] or misplaced(ground, line)
    if strange:
        return strange
    begun = counting.stocktake(ground, line)
    if (
        known is not None
        and known.place == place_of(ground, line)
        and (begun is None or begun.number != known.stocktake)
    ):
        return "ended"
    if begun is None:
        return "not begun"
    if twice(ground, counting, line):
        return "counted twice"
    return "" if isinstance(line.units, Quantity | Blank) else "no count"


def twice(ground: Ground, counting: Counting, line: MoveLine) -> int:
    """The number of another line in which this SKU was counted; 0 where there is none."""
    begun = counting.stocktake(ground, line)
    sisters = counting.sisters.get((begun.number, ground.sku(line.sku)), []) if begun is not None else []
    return next((each.number for each in sisters if each.units is not None and each.number != number_of(line)), 0)


def take_count(tx: Tx, ground: Ground, counting: Counting, line: MoveLine, still: Still, *, may_act: bool) -> set[str]:
    """Keep which SKU the line counts, and book its count. Returns the SKU whose stock changed, if one did."""
    number, sku, place, units = number_of(line), ground.sku(line.sku), place_of(ground, line), _units(line)
    stands = still(f"move {number}", ("count", sku, place, units))
    if not stands or not may_act or count_problem(ground, counting, line):
        return set()
    known = counting.lines.get(number)
    begun = counting.stocktake(ground, line)
    assert begun is not None or (known is not None and known.units is not None)
    if begun is not None and (known is None or (known.sku, known.place) != (sku, place)):
        known = Counted(number, begun.number, sku, place)
        tx.stocktakes.put_counts([known])
    assert known is not None
    if units is None or units == known.units or begun is None:
        return set()
    if any(each.units is not None and each.number != number for each in tx.stocktakes.lines([begun.number], sku)):
        return set()  # counted in another line of this very look
    _book(tx, ground, begun, known, units)
    return {sku}


def _book(tx: Tx, ground: Ground, begun: Stocktake, known: Counted, units: int) -> None:
    books = _books(tx, ground.tills, begun, known)
    subject = f"{known.sku} {known.place}"
    supersede_packed(tx, known.sku, known.place)
    asked = tx.questions.find("two readings", subject)
    if asked is not None and asked.at <= iso(begun.at):  # of a number that was typed before anybody counted
        supersede_reading(tx, known.sku, known.place)
    tx.stock.begin([(known.sku, known.place)], known.ref)
    tx.stock.book([Movement(known.sku, known.place, books.change(units), 0, Cause.STOCK_TAKEN, known.ref)])
    tx.stocktakes.put_counts([replace(known, units=units, had=books.had, packed=0, at=tx.at, shown=True)])
    if packed := books.packed(units):
        data = {"sku": known.sku, "location": known.place, "number": known.number, "units": units}
        tx.questions.ask(PACKED, subject, {**data, "had": books.had, "allocated": books.allocated, "short": packed})


def _books(tx: Tx, tills: Collection[str], begun: Stocktake, known: Counted) -> Books:
    """What a till did before the beginning and tells only after the count was booked is taken for done since."""
    now = tx.stock.balances([known.sku]).get((known.sku, known.place), Balance())
    moved = tx.stock.moved_since(begun.since, iso(begun.at), known.sku, known.place, tills)
    taken = moved.get(Cause.STOCK_TAKEN, (0, 0))[0]
    return Books(
        had=now.on_hand - sum(on_hand for on_hand, _ in moved.values()) + _answered_since(tx, begun, known),
        taken=taken,
        allocated=now.allocated - sum(allocated for _, allocated in moved.values()),
    )


def _answered_since(tx: Tx, begun: Stocktake, known: Counted) -> int:
    """Units that an answer gave since the beginning to a number that was typed before it: people counted them too."""
    moved = tx.stock.moved_at(known.place, iso(begun.at), known.sku)
    answers = (each for each in moved if each.cause is Cause.ANSWER and each.ref.isdecimal())
    given = {int(each.ref): each.on_hand for each in answers}
    asked = tx.questions.closed(given)
    return sum(given[each.id] for each in asked if each.kind == "two readings" and each.at <= iso(begun.at))


def settle_packed(tx: Tx, shop: Shop, question: OpenQuestion, *, included: bool) -> None:
    """A person says whether the packed units are in the count. Where they aren't, nothing was missing."""
    if included:
        return
    number, short = int(question.data["number"]), int(question.data["short"])
    known = tx.stocktakes.counts([number])[number]
    tx.stock.book([Movement(known.sku, known.place, short, 0, Cause.STOCK_TAKEN, known.ref)])
    tx.stocktakes.put_counts([replace(known, packed=short)])
    replan(tx, shop, [known.sku])
