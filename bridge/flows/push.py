"""Quantities out to one channel: read what it shows, decide, push, read back (DESIGN §5).

Runs in the channel's own thread, after its intake, so its orders are as fresh as they can be.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.channels.port import Channel, Outcome, Pushed, PushItem, TakesItsTime
from bridge.clock import Clock
from bridge.domain.maintenance import current
from bridge.domain.orders import ListingKey
from bridge.domain.push import (
    ListingState,
    Push,
    PushEvent,
    decide,
    gap,
    lane,
    observed,
    pushed,
    raise_allowed,
    unanswered,
)
from bridge.domain.rules import Halt
from bridge.errors import TryAgain
from bridge.fault_points import Point, reached
from bridge.flows.dark import hold_back, listening, sheet_dark, silent_skus
from bridge.flows.replan import replan
from bridge.flows.shop import ChannelFacts, Shop, bridge_live, missing_listings, ships_itself
from bridge.flows.slowest import note_arrived
from bridge.flows.stopped import halt_of, halted
from bridge.flows.timeback import unsettled
from bridge.gate import Gate
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import iso, time_of
from bridge.sheet.texts import both, say

OnItsWay = Mapping[ListingKey, Sequence[int]]

LATELY = timedelta(minutes=10)  # what sold since then is looked at more often
MOST_HOT = 50  # listings looked at more often: 150 of the 500 points that Shopify's smallest plan gives in five seconds
ROUNDS = 3  # reads again after a stale compare-and-set, then the listing waits for the next run


class Pusher:
    """The quantity side of one channel."""

    def __init__(
        self, shop: Shop, channel: Channel, ledger: Ledger, clock: Clock, gate: Gate, full_read: timedelta
    ) -> None:
        """`gate`: what its writes pass · `full_read`: how often every listing is read."""
        self._gate = gate
        self._shop, self._channel, self._ledger, self._clock = shop, channel, ledger, clock
        self._facts = shop.channels[channel.name]
        self._full_read = full_read
        self._read_all_at: float | None = None
        self._hiding: set[ListingKey] = set()  # listings whose last reading showed sales that the feed hides
        self._above: dict[ListingKey, datetime] = {}  # of a till: since when a number shows that no row explains
        self._try_refused = False  # what the channel refused is tried again as often as everything is read

    def read_everything(self) -> None:
        """The next round does."""
        self._read_all_at = None

    def run(self) -> int:
        """One round for this channel; returns how many quantities were taken by it. Raises TryAgain, NeedsPerson."""
        if current(self._facts.windows, self._clock.now()):
            return 0
        self._gate.looked(self._clock.monotonic())  # what is at rest was read before; from here on it may change
        self._give_up_interrupted()
        done = self._stop_sales()
        self._observe(*self._to_read())
        for _ in range(ROUNDS):
            outcomes = self._send(*self._intend())
            done += sum(outcome is Outcome.DONE for outcome in outcomes.values())
            self._observe(sorted(outcomes))
            if Outcome.STALE not in outcomes.values():
                break
        return done

    def _stop_sales(self) -> int:
        """販売停止 before all else: a long read doesn't hold it up, and a read that fails doesn't either. What the
        channel refuses is tried again in its turn."""
        on_its_way = self._on_its_way()
        with self._ledger.read() as tx:
            stopped = [record.key for record in self._not_yet_stopped(tx, on_its_way)]
        if not stopped:
            return 0
        with suppress(TryAgain):  # raised again by the reading that follows
            self._observe(stopped)
        outcomes = self._send(*self._intend_stops())
        with suppress(TryAgain):
            self._observe(sorted(outcomes))
        return sum(outcome is Outcome.DONE for outcome in outcomes.values())

    def _send(self, key: str, items: Sequence[Push]) -> Mapping[ListingKey, Outcome]:
        """Carry out what was promised under `key`."""
        if not items:
            return {}
        reached(Point.PUSH_PROMISED)
        outcomes = self._channel.push([PushItem(i.listing, i.quantity, i.shown) for i in items], key)
        reached(Point.PUSH_ANSWERED)
        self._settle(items, outcomes)
        reached(Point.PUSH_SETTLED)
        return {each.listing: each.outcome for each in outcomes}

    def watch_sales(self) -> None:
        """Read what sells most: its number shows a sale at once, the feed perhaps minutes later. What is found changes
        what is wanted, which wakes the others. Raises TryAgain, NeedsPerson."""
        if not current(self._facts.windows, self._clock.now()):
            self._observe(self._hot())

    def _hot(self) -> list[ListingKey]:
        """Listings with sales that the feed hides, then those that sold most lately; as many as a mall will stand."""
        name = self._channel.name
        with self._ledger.read() as tx:
            if not (bridge_live(tx) and tx.channels.get(name).live):
                return []
            sold = tx.orders.sold(name, iso(tx.at - LATELY), iso(tx.at))
            known = tx.listings.get({ListingKey(name, number) for number in sold} | self._hiding)
        ranks = {key: (gap(record.state), sold.get(key.id, 0)) for key, record in known.items()}
        return sorted(ranks, key=lambda key: ranks[key], reverse=True)[:MOST_HOT]

    def _give_up_interrupted(self) -> None:
        """A push that we never saw answered (a kill): whether it happened is unknown; it is read before anything."""
        with self._ledger.read() as tx:
            intent = tx.listings.intent(self._channel.name)
        if intent is None:
            return
        with self._ledger.write() as tx:
            known = tx.listings.get(item.listing for item in intent.items)
            tx.listings.change(
                self._unanswered(known[item.listing].state, item, tx) for item in intent.items if item.listing in known
            )
            tx.listings.pushed(self._channel.name)
        reached(Point.PUSH_GIVEN_UP)

    def _unanswered(self, state: ListingState, item: Push, tx: Tx) -> ListingState:
        return unanswered(state, item.quantity, tx.at, keeps_sales=self._facts.keeps_sales)

    # --- reading -----------------------------------------------------------------------------------------------------

    def _to_read(self) -> tuple[list[ListingKey], bool]:
        """Listings about to be pushed or not understood; every one of them now and then (True)."""
        now = self._clock.monotonic()
        with self._ledger.read() as tx:
            records = tx.listings.all(self._channel.name)
            restless = [key for key, each in records.items() if _restless(each.state) and not _left_alone(tx, each)]
        self._try_refused = self._read_all_at is None or now - self._read_all_at >= self._full_read.total_seconds()
        if self._try_refused:
            self._read_all_at = now
            return sorted(records), True
        return sorted(restless), False

    def _observe(self, listings: Sequence[ListingKey], everything: bool = False) -> None:
        """Read what the channel shows and hold it against what it should show."""
        if not listings:
            return
        calls = len(listings) // self._channel.capabilities.read_batch
        with listening(self._ledger, self._channel.name, "numbers"), self._gate.looking(calls):
            shown = self._channel.read(listings)
        at = self._clock.now()
        reached(Point.SHOWN_READ)
        with self._ledger.write() as tx:
            live = tx.channels.get(self._channel.name).live and bridge_live(tx)
            records, own = tx.listings.get(listings), ships_itself(tx, self._channel.name)
            self._note_missing(tx, records, shown)
            changed: list[ListingRecord] = []
            replan_for: set[str] = set()
            for key, record in records.items():
                subject = f"{key.channel}/{key.id}"
                if key not in shown:
                    continue
                if self._comes_yet(tx, record, shown[key], at):
                    continue
                if not live or _left_alone(tx, record):
                    changed.append(replace(record, state=replace(record.state, shown=shown[key], shown_at=at)))
                    continue
                state, event = observed(record.state, shown[key], at)
                if event is PushEvent.RAISED_THERE:
                    tx.questions.ask("raised there", subject, {"units": shown[key]})
                elif state.confirmed == state.wanted:
                    tx.questions.settle("raised there", subject, both("results", "settled itself"))
                (self._hiding.add if state.unseen else self._hiding.discard)(key)
                if gap(state) != gap(record.state):
                    replan_for |= {component.sku for component in record.components}
                first = record.state.level is None  # a sale from before it may still be hidden: a raise waits for it
                read = replace(record, state=state, justified_at=at if first else record.justified_at)
                changed.append(self._refusal(tx, read, ships_itself=key in own))
            tx.listings.put(changed)
            if live:
                note_arrived(tx, records, changed)
            if everything:
                tx.channels.heard(self._channel.name, "numbers", iso(at), iso(tx.at))
            replan(tx, self._shop, replan_for)
            hold_back(tx, self._shop)  # what was guessed gives way to what is known, in one transaction

    def _comes_yet(self, tx: Tx, record: ListingRecord, shown: int, at: datetime) -> bool:
        """A till that shows more than is known of it: somebody counted there, or goods came in, and the row that says
        so comes with the next reading of its history. Until that is complete past this one, nothing is made of it."""
        level, key = record.state.level, record.key
        if not self._facts.on_hand or level is None or shown <= level:
            self._above.pop(key, None)
            return False
        since = self._above.setdefault(key, at)
        watermark = tx.channels.get(self._channel.name).watermark
        return watermark is None or time_of(watermark) - self._facts.lag < since

    def _refusal(self, tx: Tx, record: ListingRecord, *, ships_itself: bool) -> ListingRecord:
        """A number refused that shows all the same is refused no more; but the 0 of what the mall ships itself, which
        is sent no number, stops no sale."""
        if ships_itself and halt_of(tx, record) is Halt.SALES:
            return replace(record, refused=say("stops", "ships itself", self._shop.language), refused_quantity=0)
        if record.refused_quantity is not None and record.state.shown == record.state.wanted:
            tx.questions.settle("refused", f"{record.key.channel}/{record.key.id}", both("results", "settled itself"))
            return replace(record, refused="", refused_quantity=None)
        return record

    def _note_missing(
        self, tx: Tx, records: Mapping[ListingKey, ListingRecord], shown: Mapping[ListingKey, int]
    ) -> None:
        """Listings that the channel doesn't know are asked about once, as long as 出品 names them."""
        before = missing_listings(tx, self._channel.name)
        now = {key.id for key, record in records.items() if key not in shown and not record.removed}
        back = {key.id for key in records} & before - now
        for number in sorted(now - before):
            tx.questions.ask("listing missing", f"{self._channel.name}/{number}")
        for number in sorted(back):
            subject = f"{self._channel.name}/{number}"
            tx.questions.settle("listing missing", subject, both("results", "settled itself"))
        tx.put(f"missing {self._channel.name}", sorted(before - back | now))

    # --- pushing -----------------------------------------------------------------------------------------------------

    def _intend(self) -> tuple[str, list[Push]]:
        """What is due now, lowest lane first; kept with its key before the call."""
        on_its_way = self._on_its_way()
        with self._ledger.write() as tx:
            hold_back(tx, self._shop)
            if not self._may_push(tx):
                return "", []
            dark = sheet_dark(tx, self._shop) or unsettled(tx) or not self._all_opened(tx)
            waiting = set() if dark else silent_skus(tx, self._shop, self._channel.name)
            due = _due(tx, self._facts, dark, waiting, self._try_refused, on_its_way)
            self._try_refused = False
            return self._promise(tx, due)

    def _intend_stops(self) -> tuple[str, list[Push]]:
        """The zeros of 販売停止. Nothing withholds them, so long as the channel is live."""
        on_its_way = self._on_its_way()
        with self._ledger.write() as tx:
            pushes = (
                decide(
                    record.state, may_raise=False, sku_blocked=True, live=True,
                    on_its_way=on_its_way.get(record.key, ()),
                )
                for record in self._not_yet_stopped(tx, on_its_way)
            )  # fmt: skip
            return self._promise(tx, [push for push in pushes if push is not None])

    def _on_its_way(self) -> OnItsWay:
        """Asked before a transaction is begun, for the channel looks it up in the ledger itself."""
        return self._channel.on_its_way() if isinstance(self._channel, TakesItsTime) else {}

    def _promise(self, tx: Tx, due: Iterable[Push]) -> tuple[str, list[Push]]:
        items = sorted(due, key=lambda push: (lane(push), push.listing))
        if not items:
            return "", []
        key = str(uuid.uuid4())
        tx.listings.intend(self._channel.name, key, items, tx.at)
        return key, items

    def _not_yet_stopped(self, tx: Tx, on_its_way: OnItsWay) -> list[ListingRecord]:
        """Of which sales are stopped, and which show more than 0 or may do so."""
        name = self._channel.name
        mine = [key for key, each in halted(tx).items() if key.channel == name and each.halt is Halt.SALES]
        if not mine or not (bridge_live(tx) and tx.channels.get(name).live):
            return []
        known = tx.listings.get(mine)
        shows = {key for key in mine if known[key].state.shown != 0 or any(on_its_way.get(key, ()))}
        return [known[key] for key in sorted(shows) if known[key].refused_quantity != 0]

    def _may_push(self, tx: Tx) -> bool:
        """Live, and the channel's own open orders are in the books."""
        mine = tx.channels.get(self._channel.name)
        return bridge_live(tx) and mine.live and mine.opened_at is not None and not tx.get("net pending")

    def _all_opened(self, tx: Tx) -> bool:
        """Before every channel's open orders are in the books, nothing rises."""
        return all(tx.channels.get(name).opened_at is not None for name in self._shop.channels)

    def _settle(self, items: Sequence[Push], outcomes: Sequence[Pushed]) -> None:
        quantities = {item.listing: item for item in items}
        with self._ledger.write() as tx:
            records = tx.listings.get(quantities)
            changed = []
            for outcome in outcomes:
                record, item = records.get(outcome.listing), quantities[outcome.listing]
                if record is not None:
                    changed.append(self._after(tx, record, item, outcome))
            tx.listings.put(changed)
            tx.listings.pushed(self._channel.name)

    def _after(self, tx: Tx, record: ListingRecord, item: Push, outcome: Pushed) -> ListingRecord:
        subject = f"{item.listing.channel}/{item.listing.id}"
        if outcome.outcome is Outcome.DONE:
            state = pushed(record.state, item.quantity, tx.at, keeps_sales=self._facts.keeps_sales)
            tx.questions.settle("refused", subject, both("results", "settled itself"))
            return replace(record, state=state, refused="", refused_quantity=None)
        if outcome.outcome is Outcome.UNKNOWN:
            return replace(record, state=self._unanswered(record.state, item, tx))
        if outcome.outcome is Outcome.REFUSED:
            hint = {"ja": outcome.hint.ja, "en": outcome.hint.en} if outcome.hint else {"ja": "", "en": ""}
            if record.refused != hint[self._shop.language]:
                tx.questions.ask("refused", subject, hint)
            return replace(record, refused=hint[self._shop.language], refused_quantity=item.quantity)
        return record


def _left_alone(tx: Tx, record: ListingRecord) -> bool:
    """連携停止: its number is read and never written, whoever changes it."""
    return halt_of(tx, record) is Halt.SYNC


def _restless(state: ListingState) -> bool:
    return state.wanted != state.shown or state.shown is None or bool(state.unseen) or state.confirmed != state.shown


def _due(
    tx: Tx,
    facts: ChannelFacts,
    dark: bool,
    waiting: Set[str],
    try_refused: bool,
    on_its_way: OnItsWay,
) -> Iterable[Push]:
    """`dark`: nothing may rise · `waiting`: SKUs that a channel sells which has just fallen silent: they wait too."""
    channel = tx.channels.get(facts.name)
    watermark = time_of(channel.watermark) if channel.watermark else None
    blocked = {sku for sku, record in tx.sheet.skus().items() if record.blocked}
    for record in tx.listings.all(facts.name).values():
        if _left_alone(tx, record):
            continue
        if not try_refused and record.refused_quantity is not None and record.refused_quantity == record.state.wanted:
            continue
        push = decide(
            record.state,
            may_raise=not dark and raise_allowed(watermark, facts.lag, record.justified_at),
            sku_blocked=any(component.sku in blocked or component.sku in waiting for component in record.components),
            live=True,
            on_its_way=on_its_way.get(record.key, ()),
        )
        if push is not None:
            yield push
