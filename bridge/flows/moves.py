"""Lines of 入出庫: staff append them, the bridge gives each a number, and acts on its ticks once that was read back.

Here is who takes which line; what it does is in `transfer_lines`, `entries` and `stocktaking`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.entries import RULES, Booking, Kind
from bridge.domain.transfers import Stage, Transfer
from bridge.flows.desk import Look
from bridge.flows.entries import entry_of, take_entry
from bridge.flows.ground import Ground, ground_of
from bridge.flows.line_numbers import Like, Memory, Still, give_numbers, number_of, numbers_of, without_misplaced
from bridge.flows.replan import replan
from bridge.flows.shop import Shop, bridge_live
from bridge.flows.stocktaking import AT_A_TIME as MOST_COUNTS
from bridge.flows.stocktaking import Counting, counting_of, take_beginning, take_count
from bridge.flows.timeback import rereading
from bridge.flows.transfer_lines import miss, move_of, take_transfer
from bridge.ledger.ledger import Tx
from bridge.sheet.views import Lines, MoveLine


@dataclass(frozen=True)
class Known:
    """What the ledger has under the numbers of a look. Every number of ours has its transfer."""

    transfers: Mapping[int, Transfer]
    bookings: Mapping[int, Booking]
    counting: Counting

    def begins(self, line: MoveLine) -> bool:
        """Whether it begins a stock-take."""
        number = number_of(line)
        return number in self.counting.begun or (line.begins_count and not self._fixed(number))

    def counts(self, line: MoveLine) -> bool:
        """Whether people count in it."""
        number = number_of(line)
        free = line.what is Kind.COUNT and not self._fixed(number) and not self.begins(line)
        return self._was_counted(number) or free

    def _was_counted(self, number: int) -> bool:
        return number in self.counting.lines and self.counting.lines[number].units is not None

    def _fixed(self, number: int) -> bool:
        """What has moved keeps its kind, whatever is written now."""
        transfer, booking = self.transfers.get(number), self.bookings.get(number)
        moved = transfer is not None and transfer.stage not in (Stage.OFFERED, Stage.WRITTEN)
        return moved or (booking is not None and booking.booked) or self._was_counted(number)

    def booking(self, line: MoveLine) -> Booking | None:
        """Of a line that one tick books; None of any other."""
        transfer, booking = self.transfers.get(number_of(line)), self.bookings.get(number_of(line))
        if booking is not None and booking.booked:
            return booking
        if transfer is None or self._fixed(transfer.number) or transfer.number in self.counting.begun:
            return None
        return (booking or Booking(transfer.number, early=transfer.early)) if line.what in RULES else None


def known_of(tx: Tx, lines: Sequence[MoveLine]) -> Known:
    numbers = numbers_of(lines)
    return Known(tx.transfers.of(numbers), tx.entries.of(numbers), counting_of(tx, lines))


def take_moves(tx: Tx, shop: Shop, look: Look, still: Still) -> None:
    """One poll's lines. Harmless to repeat."""
    tab = look.moves
    if tab is None or not tab.columns.usable:
        return
    tab, wrong = without_misplaced(tx, tab)
    known = known_of(tx, tab.lines)
    ground = ground_of(tx, shop)
    give_numbers(tx, tab, _memory(tx, ground, known), still, wrong)
    taking = _Taking(tx, shop, tab, known, still, may_act=bridge_live(tx) and not rereading(tx))
    count = Counter(line.number for line in tab.lines)
    for line in tab.lines:
        if number_of(line) in known.transfers and count[line.number] == 1:
            taking.take(line)
    taking.finish()
    miss(tx, {number_of(line) for line in tab.lines}, still)


class _Taking:
    """One pass over the lines that have numbers of their own. What one of them moves, the next one finds moved."""

    def __init__(self, tx: Tx, shop: Shop, tab: Lines[MoveLine], known: Known, still: Still, *, may_act: bool) -> None:
        self._tx, self._shop, self._tab, self._known, self._still = tx, shop, tab, known, still
        self._may_act = may_act
        self._ground: Ground | None = None
        self._counted: set[str] = set()

    def take(self, line: MoveLine) -> None:
        if self._ground is None:
            self._ground = ground_of(self._tx, self._shop)
        transfer, booking = self._known.transfers[number_of(line)], self._known.booking(line)
        tx, shop, ground, still, may_act = self._tx, self._shop, self._ground, self._still, self._may_act
        if self._known.begins(line):
            take_beginning(tx, ground, self._tab, line, transfer, still, may_act=may_act)
        elif self._known.counts(line):
            ready = may_act and len(self._counted) < MOST_COUNTS
            self._counted |= take_count(tx, ground, self._known.counting, line, still, may_act=ready)
        elif booking is not None:
            self._note(take_entry(tx, shop, ground, line, booking, still, may_act=may_act))
        else:
            self._note(take_transfer(tx, shop, ground, line, transfer, still, may_act=may_act))

    def _note(self, moved: bool) -> None:
        if moved:
            self._ground = None

    def finish(self) -> None:
        replan(self._tx, self._shop, self._counted)


def _memory(tx: Tx, ground: Ground, known: Known) -> Memory:
    def own(number: int, line: MoveLine) -> bool:
        booking = known.bookings.get(number)
        if known.counting.own(ground, number, line):
            return True
        said = [known.transfers[number].move, booking.entry if booking else None]
        return any(each is not None and each in (move_of(ground, line), entry_of(ground, line)) for each in said)

    def like(line: MoveLine) -> list[Like]:
        if line.what is Kind.COUNT:
            return [Like(*each) for each in known.counting.known_like(ground, line)]
        move, entry = move_of(ground, line), entry_of(ground, line)
        if line.what is Kind.TRANSFER and move is not None:
            sent = tx.transfers.like(move) if line.sent else []
            return [Like(each.number, each.stage is Stage.ON_THE_WAY) for each in sent]
        if entry is None or not (line.sent or line.arrived):
            return []
        return [Like(each.number, each.booked) for each in tx.entries.like(entry)]

    return Memory(known.transfers, own, like)
