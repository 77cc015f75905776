"""Rules broken on purpose: `python -m tests.simulation.mutants` shows which seed tells each of them.

A seed tells a rule where the bridge without it breaks a promise, and the whole bridge passes the same seed. A rule that
no seed tells is one that the simulation does not guard: exit code 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing import Pool
from typing import Any
from unittest.mock import patch

import bridge.channels.amazon.feeds as feeds
import bridge.channels.amazon.snapshots as snapshots
import bridge.domain.booking as booking
import bridge.domain.entries as entry_rules
import bridge.flows.apply as apply
import bridge.flows.entries as entries
import bridge.flows.intake as intake
import bridge.flows.push as push
import bridge.flows.replan as replan
import bridge.flows.transfer_lines as transfer_lines
import bridge.sheet.views as views
from bridge.channels.amazon.offers import Offers
from bridge.channels.port import Outcome
from bridge.domain.edits import _Accounting
from bridge.domain.picks import ByHand, Owed
from bridge.domain.reading import NOTHING, Blank, Delta, Quantity
from bridge.domain.table import Line
from bridge.errors import TryAgain
from bridge.ledger.history import HistoryBook
from bridge.ledger.sheet import SheetBook
from bridge.sheet.gateway import Gateway
from tests.simulation.story import draw
from tests.simulation.world import Sim

STEPS, MOST_SEEDS = 400, 40

Mutant = Callable[[ExitStack], None]


def _swap(stack: ExitStack, owner: Any, name: str, new: Callable[..., Any]) -> None:
    """`new` gets what it replaces as its first argument."""
    old = getattr(owner, name)
    stack.enter_context(patch.object(owner, name, lambda *args, **named: new(old, *args, **named)))


def no_journal(stack: ExitStack) -> None:
    """What stood in the cell when we wrote is not looked at: we suppose that nobody had typed."""

    def settle(_old: Any, self: Any, line: Any) -> None:
        self.seen.append(line)
        if line.sku:
            pairs = zip(line.locations, line.written, strict=True)
            has = {at: written - self.typed.get((line.sku, at), 0) for at, written in pairs if written is not None}
            self._note(line.sku, line.number, has)
            self._remember(line.sku, has)

    _swap(stack, _Accounting, "_settle", settle)


def last_number(stack: ExitStack) -> None:
    """An edit is what differs from the number last seen, whatever token the row bears."""

    def amount(old: Any, self: Any, sku: str, token: str) -> Any:
        known = old(self, sku, token)
        return self.book.last.get(sku, known) if known is not None else None

    _swap(stack, _Accounting, "_amount", amount)


def no_settling(stack: ExitStack) -> None:
    """Journal lines are read and explain nothing."""
    _swap(stack, _Accounting, "_settle", lambda _old, self, line: self.seen.append(line))


def entry_as_seen(stack: ExitStack) -> None:
    """What the last look showed in 増減 counts, not what the journal says was cleared."""
    _swap(stack, _Accounting, "_settle", lambda old, self, line: old(self, replace(line, delta=NOTHING)))


def entry_twice(stack: ExitStack) -> None:
    """An entry in 増減 counts as it is seen, and once more as it is cleared."""

    def settle(old: Any, self: Any, line: Any) -> None:
        old(self, line)
        had = self.amounts.get((line.sku, line.number))
        if isinstance(line.cleared, Delta) and had is not None:
            self._note(line.sku, line.number, {**had, line.delta_at: had.get(line.delta_at, 0) - line.cleared.units})

    _swap(stack, _Accounting, "_settle", settle)


def number_reused(stack: ExitStack) -> None:
    """A second try of a write takes the number of the first, and a journal line is known by its number."""
    again: list[int] = []

    def writes(old: Any, self: Any, tx: Any, batch: Any, stock: Any, ready: Any, landed: Any) -> Any:
        again[:] = [n for intent, _ in ready if intent.kind == "stock" and (n := intent.write_number) is not None]
        try:
            return old(self, tx, batch, stock, ready, landed)
        finally:
            again.clear()

    stack.enter_context(patch.object(Line, "key", property(lambda self: str(self.number))))
    _swap(stack, apply.Apply, "_writes", writes)
    _swap(stack, SheetBook, "take_numbers", lambda old, self, count: min(again) if again else old(self, count))
    _swap(stack, SheetBook, "promise_lines", lambda old, self, lines: None if again else old(self, lines))


def no_look(stack: ExitStack) -> None:
    """A write whose answer was lost is sent once more at once."""

    def write(old: Any, self: Any, *given: Any) -> Any:
        try:
            return old(self, *given)
        except TryAgain as error:
            if not error.ambiguous:
                raise
            return old(self, *given)

    _swap(stack, Gateway, "write", write)


def no_gap(stack: ExitStack) -> None:
    """What a mall sold before its feed shows it is put back on sale."""
    _swap(stack, replan, "gap", lambda _old, _state: 0)


def older_snapshot(stack: ExitStack) -> None:
    """The message that comes last counts, not the newest."""

    def book_on(old: Any, shelf: Any, state: Any, *args: Any, **named: Any) -> Any:
        return old(shelf, None if state is None else replace(state, version=""), *args, **named)

    _swap(stack, booking, "book_on", book_on)


def no_watermark(stack: ExitStack) -> None:
    """A raise needs no proof."""
    _swap(stack, push, "raise_allowed", lambda *_: True)


def booked_twice(stack: ExitStack) -> None:
    """A message that comes again is booked again."""

    def book_on(old: Any, shelf: Any, state: Any, snapshot: Any, *args: Any, **named: Any) -> Any:
        known = None if state is not None and state.snapshot == snapshot else state
        return old(shelf, known, snapshot, *args, **named)

    _swap(stack, booking, "book_on", book_on)
    _swap(stack, intake, "_says_the_same", lambda *_: False)


def held_rows_written(stack: ExitStack) -> None:
    """編集中 is not looked at."""

    def row(old: Any, *given: Any) -> Any:
        found = old(*given)
        return found and replace(found, hold=False)

    _swap(stack, views, "_stock_row", row)


def blank_is_zero(stack: ExitStack) -> None:
    """A cell that shows nothing is taken as 0."""

    def read(old: Any, cell: Any) -> Any:
        found = old(cell)
        return Quantity(0) if isinstance(found, Blank) else found

    _swap(stack, views, "read_quantity", read)


def unexplained_merged(stack: ExitStack) -> None:
    """A number under a lock cell that tells nothing is taken in all the same."""

    def tokenless(_old: Any, self: Any, row: Any) -> None:
        self._need(row, self.last.get(row.sku, {}))

    _swap(stack, _Accounting, "_tokenless", tokenless)


def refusal_swallowed(stack: ExitStack) -> None:
    """An item that the mall refused counts as done."""

    def after(old: Any, self: Any, tx: Any, record: Any, item: Any, outcome: Any) -> Any:
        if outcome.outcome is Outcome.REFUSED:
            outcome = replace(outcome, outcome=Outcome.DONE)
        return old(self, tx, record, item, outcome)

    _swap(stack, push.Pusher, "_after", after)


def lowering_withheld(stack: ExitStack) -> None:
    """While a product is asked about, its numbers stay as they are."""

    def decide(old: Any, state: Any, *, sku_blocked: bool, **named: Any) -> Any:
        return None if sku_blocked else old(state, sku_blocked=False, **named)

    _swap(stack, push, "decide", decide)


def lock_by_position(stack: ExitStack) -> None:
    """A row that moved between the calls is written where it stood: nobody looks whether the lock is still ours."""

    def sort(old: Any, tx: Any, view: Any, intents: Any) -> Any:
        ready, back, gone = old(tx, view, intents)
        rows = {row.sku: row for row in view.rows}
        lost = [(intent, rows[intent.sku]) for intent in intents if intent.sku in gone and intent.sku in rows]
        return [*ready, *lost], back, []

    _swap(stack, apply, "_sort_intents", sort)


def amazons_offers_pushed(stack: ExitStack) -> None:
    """Whether Amazon ships an offer is not looked at."""

    def inspected(old: Any, self: Any, skus: Any) -> Any:
        return {sku: replace(offer, by_amazon="", by_us=True) for sku, offer in old(self, skus).items()}

    _swap(stack, Offers, "inspected", inspected)


def amazons_orders_booked(stack: ExitStack) -> None:
    """What Amazon ships from its own warehouse comes off our shelves."""
    _swap(stack, snapshots, "shipped_by_amazon", lambda *_: False)


def feed_believed(stack: ExitStack) -> None:
    """A feed that was worked off was taken whole: nobody reads what its report says of each message."""
    _swap(stack, feeds, "refused_messages", lambda *_: {})


def review_forgotten(stack: ExitStack) -> None:
    """Yahoo keeps no order back: what its feed doesn't show after the usual time was no sale."""
    _swap(stack, intake, "expire", lambda old, state, at, lag, _hides: old(state, at, lag, timedelta(0)))


def pick_and_shipment(stack: ExitStack) -> None:
    """What was picked is booked, and once more when the mall reports its shipment."""

    def owed(_old: Any, hand: ByHand, open: int, shipped: int, returned: int) -> Owed:
        return Owed(max(0, open - hand.picked), shipped + hand.picked, returned)

    _swap(stack, booking, "owed", owed)


def copied_ticks(stack: ExitStack) -> None:
    """A tick that was copied with its line counts like one that somebody set."""
    for flow in (entries, transfer_lines):
        _swap(stack, flow, "still_early", lambda *_, **__: False)


def line_again(stack: ExitStack) -> None:
    """A ticked line of 入出庫 is booked at every look at it."""

    def judge(old: Any, line: Any, entry: Any, tick: Any, **named: Any) -> Any:
        found = old(line, entry, tick, **named)
        return replace(found, act=entry_rules.Act.BOOK) if found.code == "booked" and tick else found

    _swap(stack, entries, "judge", judge)


def never_taken_back(stack: ExitStack) -> None:
    """A line whose tick was taken away stays booked."""

    def judge(old: Any, *given: Any, **named: Any) -> Any:
        found = old(*given, **named)
        return replace(found, act=None) if found.act is entry_rules.Act.TAKE_BACK else found

    _swap(stack, entries, "judge", judge)


def as_written_now(stack: ExitStack) -> None:
    """What is taken back is what the line says now, not what was booked."""

    written: list[Any] = []

    def entry_of(old: Any, *given: Any) -> Any:
        written[:] = [old(*given)]
        return written[0]

    def act_on(old: Any, line: Any, *given: Any) -> Any:
        return old(replace(line, entry=written[0] or line.entry), *given)

    _swap(stack, entries, "entry_of", entry_of)
    _swap(stack, entries, "act_on", act_on)


def undone_again(stack: ExitStack) -> None:
    """元に戻す books at every look as long as its tick stands."""

    def change(old: Any, self: Any, numbers: Any, **named: Any) -> Any:
        return None if "undone_at" in named else old(self, numbers, **named)

    _swap(stack, HistoryBook, "change", change)


MUTANTS: Mapping[str, Mutant] = {
    "skip the journal": no_journal,
    "judge edits by the last number seen": last_number,
    "skip settling": no_settling,
    "count an entry in 増減 as it was seen": entry_as_seen,
    "count an entry in 増減 twice": entry_twice,
    "reuse a write's number": number_reused,
    "resend after a timeout without looking": no_look,
    "ignore the gap rule": no_gap,
    "book an older snapshot": older_snapshot,
    "raise without watermark": no_watermark,
    "apply twice on replay": booked_twice,
    "write into a row in 編集中": held_rows_written,
    "write zero for an empty read": blank_is_zero,
    "merge a number that no token explains": unexplained_merged,
    "swallow a refused item": refusal_swallowed,
    "withhold a lowering": lowering_withheld,
    "write without holding the lock": lock_by_position,
    "push to what Amazon ships": amazons_offers_pushed,
    "book what Amazon ships": amazons_orders_booked,
    "believe a feed whole": feed_believed,
    "forget what Yahoo holds back": review_forgotten,
    "book a pick and its shipment": pick_and_shipment,
    "take a copied tick for a new one": copied_ticks,
    "book a line at every look": line_again,
    "never take a line back": never_taken_back,
    "take back what a line says now": as_written_now,
    "take back at every look": undone_again,
}


@contextmanager
def broken(name: str) -> Iterator[None]:
    with ExitStack() as stack:
        MUTANTS[name](stack)
        yield


_sims: list[Sim] = []


def hunt(name: str, seeds: int = MOST_SEEDS, steps: int = STEPS) -> tuple[str, int, str]:
    """The first seed that tells a broken rule, and in what words; 0 where none does. A seed that the whole bridge does
    not pass tells nothing."""
    for seed in range(1, seeds + 1):
        with broken(name):
            wrong = _wrong(seed, steps)
        if wrong and not _wrong(seed, steps):
            return name, seed, wrong
    return name, 0, ""


def _wrong(seed: int, steps: int) -> str:
    if not _sims:
        _sims.append(Sim())
    return draw(_sims[0], seed, steps, rests=True, epoch=100).wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="part of a rule's name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        command = [sys.executable, "-m", "tests.simulation.mutants", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, "PYTHONHASHSEED": "0"})
    began, missed = time.monotonic(), 0
    rules = [name for name in MUTANTS if options.only in name]
    with Pool(options.jobs) as pool:
        for name, seed, wrong in pool.imap(hunt, rules):
            missed += not seed
            at = f"{time.monotonic() - began:4.0f} s  "
            print(f"{at}{name}: " + (f"seed {seed}: {wrong[:160]}" if seed else "NOT TOLD"), flush=True)
    print(f"{len(rules)} broken rules, {missed} not told, {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
