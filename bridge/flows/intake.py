"""Orders into the ledger: read a channel's orders, book what their newest snapshots imply, plan again, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bridge.channels.port import Channel, OrdersRead
from bridge.clock import Clock
from bridge.domain.booking import LineState, ProblemCode, book_order, line_ref
from bridge.domain.maintenance import current
from bridge.domain.orders import LineKey, ListingKey, OrderSnapshot
from bridge.domain.push import PushEvent, expire, gap, taken
from bridge.domain.stock import Cause, Component
from bridge.errors import Hint
from bridge.fault_points import Point, reached
from bridge.flows import oversold
from bridge.flows.dark import hold_back, listening
from bridge.flows.line_books import check, report
from bridge.flows.replan import replan
from bridge.flows.shop import ChannelFacts, Places, Shop, in_the_opening, places, sold_from
from bridge.flows.till import book_rows
from bridge.flows.timeback import rereading
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import iso, time_of
from bridge.sheet.texts import both

# A channel reads a lag further back than it is asked to. Beyond that, search indexes are late at times, or lose one:
OVERLAP = timedelta(minutes=2)  # so much is read again now and then
OVERLAP_EVERY = 60.0  # seconds
SWEEP = timedelta(days=2)  # and so much when the bridge starts, and daily
SWEEP_EVERY = 24 * 3600.0  # seconds


class Intake:
    """The order side of one channel."""

    def __init__(self, shop: Shop, channel: Channel, ledger: Ledger, clock: Clock) -> None:
        self._shop, self._channel, self._ledger, self._clock = shop, channel, ledger, clock
        self._facts = shop.channels[channel.name]
        self._overlapped_at: float | None = None
        self._swept_at: float | None = None

    def run(self) -> int:
        """Read and book; returns how many order lines changed. Raises TryAgain, NeedsPerson, Stop."""
        with self._ledger.read() as tx:
            record = tx.channels.get(self._channel.name)
            known_open = tx.orders.open_orders(self._channel.name)
        now = self._clock.now()
        if current(self._facts.windows, now):
            return 0
        since, again = now - self._facts.look_back, self._again()
        if record.watermark is not None:  # of the future: the clock was put back
            since = max(since, min(now, time_of(record.watermark)) - again)
        with listening(self._ledger, self._channel.name, "orders"):
            read = self._channel.orders(since, known_open)
        self._note(again)
        reached(Point.ORDERS_READ)
        with self._ledger.write() as tx:
            if tx.channels.get(self._channel.name).opened_at != record.opened_at:
                return 0  # everything was opened anew meanwhile: that needs all open orders, not these
            lines = book_orders(tx, self._shop, self._facts, read)
            reached(Point.ORDERS_BOOKED)
            return lines

    def _again(self) -> timedelta:
        """How far before the last complete read orders are looked at again. One that is known costs nothing."""
        now = self._clock.monotonic()
        if self._swept_at is None or now - self._swept_at >= SWEEP_EVERY:
            return SWEEP
        if self._overlapped_at is None or now - self._overlapped_at >= OVERLAP_EVERY:
            return OVERLAP
        return timedelta(0)

    def _note(self, again: timedelta) -> None:
        """That much was read; what failed is not done."""
        now = self._clock.monotonic()
        self._swept_at = now if again >= SWEEP else self._swept_at
        self._overlapped_at = now if again >= OVERLAP else self._overlapped_at


def book_orders(tx: Tx, shop: Shop, facts: ChannelFacts, read: OrdersRead) -> int:
    """Book one answer of a channel. Harmless to repeat."""
    opening = tx.channels.get(facts.name).opened_at is None
    states = tx.orders.of_orders(facts.name, facts.shop, (order.order for order in read.orders))
    by_order: dict[str, dict[LineKey, LineState]] = {}
    for key, state in states.items():
        by_order.setdefault(key.order, {})[key] = state
    changed: set[str] = set()
    lines = 0
    renewed: dict[LineKey, str] = {}
    for order in sorted(read.orders, key=lambda order: (order.placed_at, order.order)):
        known = by_order.setdefault(order.order, {})  # kept up to date: the same order may stand in one answer twice
        if _says_the_same(order, known):
            newer = {key: state for key, state in known.items() if state.version < order.version}
            renewed |= dict.fromkeys(newer, order.version)
            known.update({key: replace(state, version=order.version) for key, state in newer.items()})
            continue
        moved, booked = _book_order(tx, facts, order, known, opening)
        changed |= moved
        lines += sum(1 for key, state in booked.items() if known.get(key) != state)
        known.update(booked)
        renewed = {key: version for key, version in renewed.items() if key not in booked}
    changed |= book_rows(tx, facts, read.rows, opening=opening)
    tx.orders.renew(renewed)
    for order in read.orders:
        tx.questions.settle("order unreadable", f"{facts.name}/{order.order}", both("results", "settled itself"))
    for order_id, hint in read.problems.items():
        tx.questions.ask("order unreadable", f"{facts.name}/{order_id}", {"ja": hint.ja, "en": hint.en})
    _note_cancel_asked(tx, facts, read)
    if read.alarms is not None:
        _alarm(tx, facts.name, read.alarms)
    tx.channels.heard(
        facts.name,
        "orders",
        iso(read.complete_until - facts.lag),
        iso(tx.at),
        watermark=iso(read.complete_until),
        **({"opened_at": iso(tx.at)} if opening else {}),
    )
    changed |= _let_go(tx, facts)
    for sku in sorted(changed):
        tx.sheet.change(sku, owned_due=True)
    replan(tx, shop, changed)
    oversold.keep_true(tx)
    hold_back(tx, shop)  # what was guessed gives way to what is known, in one transaction
    return lines


def _note_cancel_asked(tx: Tx, facts: ChannelFacts, read: OrdersRead) -> None:
    """A buyer's wish to cancel is told once: its units stay held until somebody carries it out."""
    place = f"cancel asked {facts.name}"
    before, now = set[str](tx.get(place) or ()), set(read.cancel_asked)
    over = (before & {order.order for order in read.orders}) - now
    for order in sorted(now - before):
        tx.questions.ask("cancel asked", f"{facts.name}/{order}")
    for order in sorted(over):
        tx.questions.settle("cancel asked", f"{facts.name}/{order}", both("results", "settled itself"))
    if now - before or over:
        tx.put(place, sorted(before - over | now))


def book_unmapped(tx: Tx, shop: Shop) -> None:
    """Lines that no listing explained are booked as soon as their listing is mapped."""
    changed: set[str] = set()
    for key, state in tx.orders.unmapped().items():
        facts = shop.channels.get(key.channel)
        if facts is None or not tx.listings.get([state.snapshot.listing, *state.snapshot.taken_of]):
            continue
        order = OrderSnapshot(
            key.channel, key.shop, key.order, state.version, tx.orders.placed_at(key), (state.snapshot,)
        )
        moved, _ = _book_order(tx, facts, order, {key: state}, opening=False)
        changed |= moved
        if moved:
            tx.questions.settle("unmapped", line_ref(key), {"ja": "対応づけて計上しました。", "en": "Mapped, booked."})
    for sku in sorted(changed):
        tx.sheet.change(sku, owned_due=True)
    replan(tx, shop, changed)


def _says_the_same(order: OrderSnapshot, known: dict[LineKey, LineState]) -> bool:
    """Nothing to book: the same lines with the same content, all of them mapped."""
    return {line.key: line for line in order.lines} == {
        key: state.snapshot for key, state in known.items() if state.components
    } and len(order.lines) == len(known)


def _book_order(
    tx: Tx, facts: ChannelFacts, order: OrderSnapshot, known: dict[LineKey, LineState], opening: bool
) -> tuple[set[str], Mapping[LineKey, LineState]]:
    """Book one order; the SKUs it moved and its lines as they stand now."""
    listings = tx.listings.get(
        {listing for line in order.lines for listing in (line.listing, *line.taken_of)}
        | {listing for state in known.values() for listing in (state.snapshot.listing, *state.snapshot.taken_of)}
    )

    def components_of(key: ListingKey) -> tuple[Component, ...]:
        record = listings.get(key)
        return record.components if record else ()

    parts = {component.sku for record in listings.values() for component in record.components}
    parts |= {component.sku for state in known.values() for component in state.components}
    where = places(tx)
    booked = book_order(
        known,
        order,
        components_of=components_of,
        balances=tx.stock.balances(parts),
        locations=_locations(where, facts, order),
        inspect=where.inspect,
        opening=opening,
        left=_left_before(tx, order) if opening else _told_late(tx, facts, order),
        sells_from=partial(sold_from, where, facts),
    )
    if not rereading(tx):  # the cell of a lost ledger may hold a number already: it opens by what stands there
        came_back = [m for m in booked.movements if m.cause is Cause.RETURNED and m.on_hand > 0]
        tx.stock.begin(((m.sku, m.location) for m in came_back), "returned")
    tx.stock.book(booked.movements)
    tx.orders.put(booked.states, order.placed_at)
    for (listing, at), units in booked.taken.items():
        if listing in listings:
            tx.listings.put([_taken(tx, facts, listing, units, at)])
    for problem in booked.problems:
        report(tx, problem, at_till=facts.on_hand)
    waiting = {problem.key for problem in booked.problems if problem.code is ProblemCode.UNMAPPED}
    for key in booked.states:
        if key in known and not known[key].components and key not in waiting:
            tx.questions.settle("unmapped", line_ref(key), both("results", "settled itself"))
    moved = {movement.sku for movement in booked.movements}
    check(tx, booked.states.values())
    if booked.taken:
        moved |= {c.sku for key, _ in booked.taken if key in listings for c in listings[key].components}
    return moved, booked.states


def _locations(where: Places, facts: ChannelFacts, order: OrderSnapshot) -> Sequence[str]:
    """Where an order may take from: all that the channel sells from; at a till the place where it stands alone."""
    if facts.on_hand:
        mine = (at for line in order.lines for at in sold_from(where, facts, line.listing))
        return tuple(dict.fromkeys(mine)) or facts.locations
    return where.selling(facts.locations) or facts.locations


def _left_before(tx: Tx, order: OrderSnapshot) -> dict[LineKey, tuple[int, int]]:
    """What of an order had left when the columns were opened, where we know: nothing of one placed since, and as much
    as we had seen of one that was open then."""
    before = in_the_opening(tx, order.channel, order.placed_at)
    if before is None:
        return {}  # connected later: what it shipped before, staff have taken off
    if not before:
        return {line.key: (0, 0) for line in order.lines}
    seen = tx.get("opening")["left"]
    return {line.key: tuple(seen[ref]) for line in order.lines if (ref := line_ref(line.key)) in seen}


def _told_late(tx: Tx, facts: ChannelFacts, order: OrderSnapshot) -> dict[LineKey, tuple[int, int]]:
    """What of a till's order had left when the columns were opened: all of one from before that is told only after the
    first look, as its clock and ours say. For a line that is known already this says nothing."""
    if not facts.on_hand or not in_the_opening(tx, facts.name, order.placed_at):
        return {}
    return {line.key: (line.shipped, line.returned) for line in order.lines}


def _taken(tx: Tx, facts: ChannelFacts, listing: ListingKey, units: int, at: datetime) -> ListingRecord:
    record = tx.listings.get([listing])[listing]
    return replace(record, state=taken(record.state, units, at, below_zero=facts.on_hand))


def _let_go(tx: Tx, facts: ChannelFacts) -> set[str]:
    """Gaps that the feed has disproved: its orders are complete past the reading, and nothing came."""
    record = tx.channels.get(facts.name)
    if record.watermark is None:
        return set()
    changed: set[str] = set()
    for each in tx.listings.all(facts.name).values():
        if not each.state.unseen:
            continue
        state, event = expire(each.state, time_of(record.watermark), facts.lag, facts.hides)
        if state == each.state:
            continue
        tx.listings.put([replace(each, state=state)])
        changed |= {component.sku for component in each.components}
        if event is PushEvent.GAP_EXPIRED:
            tx.questions.ask("gap expired", f"{facts.name}/{each.key.id}", {"units": gap(each.state) - gap(state)})
    return changed


def _alarm(tx: Tx, channel: str, alarms: Mapping[str, Hint]) -> None:
    """What the channel wants a person to see to; what it names no more has settled itself."""
    for about, hint in alarms.items():
        tx.questions.ask("channel alarm", f"{channel}/{about}", {"ja": hint.ja, "en": hint.en})
    for each in tx.questions.open():
        name, _, about = each.subject.partition("/")
        if each.kind == "channel alarm" and name == channel and about not in alarms:
            tx.questions.settle(each.kind, each.subject, both("results", "settled itself"))
