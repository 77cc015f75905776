"""What a till did to its numbers beside selling comes into the ledger, in the transaction of its orders (DESIGN §5).

A row is booked by its Δ at the till's own place, once; so is each change that a warehouse tells of by files. What
happened before its place was opened is in the number that the column opened with: such a row is accounted for and moves
nothing. So is one of a thing that 出品 doesn't name yet: when its line comes, the till is brought to the number of the
table. A warehouse shows no number that could be: its rows wait for their line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bridge.domain.push import gap, taken
from bridge.domain.stock import Balance, Movement
from bridge.domain.till import RowKind, TillRow, row_ref
from bridge.flows.shop import ChannelFacts, in_the_opening, ships_itself
from bridge.flows.transit import count_in
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord

COUNTED_MEANWHILE = "counted meanwhile"  # the question about a count at a till to which something was on its way


def book_rows(tx: Tx, facts: ChannelFacts, rows: Sequence[TillRow], *, opening: bool) -> set[str]:
    """Book what of each row is not accounted for yet; the SKUs that moved. Harmless to repeat."""
    if not rows:
        return set()  # as in every answer of a mall
    found = {row.id: row for row in rows}  # of a row that was changed meanwhile, what was read last
    known = tx.till_rows.of(facts.name, found)
    told, moved = list[TillRow](), set[str]()
    for row in found.values():
        units = row.units - known.get(row.id, 0)
        first_told = opening or (facts.on_hand and row.id not in known)
        if units and not (first_told and _before(tx, facts, row, opening=opening)):
            record = tx.listings.get([row.listing]).get(row.listing)
            if record is not None:
                moved |= _book(tx, facts, record, row, units, new=row.id not in known, opening=opening)
            elif not facts.on_hand:
                continue  # a warehouse's: it waits for its line
        if known.get(row.id) != row.units:
            told.append(row)
    tx.till_rows.put(facts.name, told)
    return moved


def _before(tx: Tx, facts: ChannelFacts, row: TillRow, *, opening: bool) -> bool:
    """Whether a row that is told for the first time is in the number that the column opened with. What a till that was
    connected later tells after its first look is booked: nobody knows how long staff took such rows off."""
    known = in_the_opening(tx, facts.name, row.at)
    return opening if known is None else known


def _book(
    tx: Tx, facts: ChannelFacts, record: ListingRecord, row: TillRow, moved: int, *, new: bool, opening: bool
) -> set[str]:
    """`moved`: by how many units the row moved the till's number, as far as that is new · `new`: nothing of it was."""
    columns = facts.sells_from(row.listing)
    if not columns:
        return set()
    at, ref, units = columns[0], row_ref(facts.name, row.id), moved
    if row.kind is RowKind.COUNTED and new:
        units += _lower_reading(tx, facts, record, row, at)
    tx.stock.book(Movement(part.sku, at, units * part.units, 0, row.kind.cause, ref) for part in record.components)
    if row.kind.brings and units > 0:
        count_in(tx, at, Counter({part.sku: units * part.units for part in record.components}))
    shows = row.listing not in ships_itself(tx, facts.name)  # one that is sent no number shows none
    if shows and not opening:  # the first reading of its number has it in already
        tx.listings.put([_moved(record, row, moved)])
    return {part.sku for part in record.components}


def _lower_reading(tx: Tx, facts: ChannelFacts, record: ListingRecord, row: TillRow, at: str) -> int:
    """Units to be left off a count, ≤ 0. Something was on its way to the till when its shelf was counted, a typed
    number or a shipment: the count has it in already, or has not. The lower reading holds, and a person is asked
    (DESIGN §4)."""
    level, parts = record.state.level, record.components
    if not (facts.on_hand and tx.channels.get(facts.name).live) or level is None or len(parts) != 1:
        return 0
    [part], had = parts, level + gap(record.state)
    waiting = tx.stock.balances([part.sku]).get((part.sku, at), Balance()).on_hand - had * part.units
    if waiting:
        counted = (had + row.units) * part.units
        data = {"sku": part.sku, "place": at, "units": counted + min(0, waiting), "other": counted + max(0, waiting)}
        tx.questions.ask(COUNTED_MEANWHILE, f"{facts.name}/{row.id}", data)
    return -max(0, waiting) // part.units


def _moved(record: ListingRecord, row: TillRow, units: int) -> ListingRecord:
    """The till moved its number itself: a reading that shows it shows no sale that nobody tells of."""
    return replace(record, state=taken(record.state, -units, row.at, below_zero=True))
