"""What a channel should show, what it shows, and what was sold there without our knowing (DESIGN §5).

A mall lowers its own number at the order, before its feed shows the order. A number written from our books alone would
put those units back on sale. So every reading of the mall's number is compared with what it should show:

    level   what the mall shows if nothing was sold there that its feed hides
    drop    level − shown at a reading: units sold unseen. They are kept as `Unseen` and the reading becomes the level
    gap     Σ Unseen: held off this listing and off everything else made of the same SKUs, until the orders appear

**Which order explains what.** The gap holds exactly the unseen sales if each order that appears is set against the
number it lowered. An order can have lowered

* a number that a reading compared: it is in a drop, so it pays off that drop (placed after the number we started
  from, `Unseen.after`, and not after the reading, `Unseen.until`);
* the number of now, since the last reading: it lowers the level;
* a number that is no more: placed before our first reading, or between a reading and an absolute write that put its
  units back on sale. No reading showed it and none ever will; it must explain nothing. If it lowered the level, it
  would hide a later sale of as many units: this is how an "own orders since" that merely counts resells.

`based_at` parts the last two: the time from which the number of now counts by itself. An absolute write moves it. A
compare-and-set does not: where it succeeds nothing was sold between reading and write (but for a sale and a restock of
as many units in that instant), so no order lies there.

**Every doubt holds back.** A mall's clock that cuts to the second or lags puts an order before `based_at`: it explains
nothing, its drop stays held. An unanswered write may have happened or not: the level is the greater of both. A number
above the level is not believed: the mall restocked, or somebody raised it; it is reported and becomes the level, and
orders from before explain nothing. So gap ≥ the unseen sales that readings showed, always.

**And nothing stays held.** Once the channel's orders are complete past a reading, every sale in its drop is booked
already; what is left of it was no order to come, and is let go (`expire`, fed with the watermark, not with the
wall clock: a silent feed proves nothing).

Left is the sale between the last reading and an absolute write, which no client can see: it is written over, appears
later, and is the one oversold unit that a mall without compare-and-set can cause.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bridge.domain.orders import ListingKey

SET_BACK = timedelta(minutes=1)  # a channel is read by one thread: no reading comes so late


class PushEvent(StrEnum):
    """What is reported about a listing."""

    RAISED_THERE = "raised there"  # it shows more than we know: a restock, or somebody's hand
    GAP_EXPIRED = "gap expired"  # units were held for orders that never came


@dataclass(frozen=True)
class Unseen:
    """`units` ≥ 1 that a reading showed as sold and the feed doesn't yet: placed after `after`, not after `until`.
    `doubtful`: they may as well be a write of ours that was never carried out; nobody is asked about them."""

    after: datetime
    until: datetime
    units: int
    doubtful: bool = False


@dataclass(frozen=True)
class ListingState:
    """One listing in its channel. All quantities in units of the listing, ≥ 0 (what a till shows may be
    below); times aware, by our clock.

    wanted:   what it should show; None: no good number, pushes nothing
    sent:     what was last sent · confirmed: what was last read back and agreed with what we expected
    shown:    what the channel shows as far as we know; None: not read yet, or a write was not answered
    level:    what it should show if nothing was sold there unseen since `shown_at`
    based_at: orders placed later lower the level
    live_previewed: the most a raise may reach until the first push of a channel that has just gone live
    """

    key: ListingKey
    wanted: int | None = None
    sent: int | None = None
    confirmed: int | None = None
    level: int | None = None
    based_at: datetime | None = None
    shown: int | None = None
    shown_at: datetime | None = None
    unseen: tuple[Unseen, ...] = ()
    live_previewed: int | None = None


@dataclass(frozen=True)
class Push:
    """Set `listing` to `quantity` (≥ 0); `shown` is what it showed when this was decided."""

    listing: ListingKey
    quantity: int
    shown: int


class Lane(IntEnum):
    """The lower goes first."""

    ZERO = 0
    LOWER = 1
    RAISE = 2


def gap(state: ListingState) -> int:
    """Units sold there that the feed does not show yet, ≥ 0."""
    return sum(each.units for each in state.unseen)


def gap_since(state: ListingState) -> datetime | None:
    """The oldest reading that showed a sale which the feed still hides."""
    return min((each.until for each in state.unseen), default=None)


def observed(state: ListingState, shown: int, at: datetime) -> tuple[ListingState, PushEvent | None]:
    """The channel was read: it showed `shown`. `at`: when its answer came, so that no order in the number is placed
    after it. A reading older than the last reading or write says nothing; one that seems much older was made after our
    clock had been put back."""
    if state.shown_at is not None and state.shown_at - at > SET_BACK:
        state = _put_back(state, state.shown_at - at + timedelta(microseconds=1))
    if state.shown_at is not None and at <= state.shown_at:
        return state, None
    seen = replace(state, level=shown, shown=shown, shown_at=at, live_previewed=_preview_left(state, shown))
    if state.level is None or state.based_at is None:
        return replace(seen, based_at=at, confirmed=shown if shown == state.wanted else state.confirmed), None
    if shown > state.level:
        return replace(seen, based_at=at), PushEvent.RAISED_THERE
    if shown == state.level:
        return replace(seen, confirmed=shown), None
    drop = Unseen(state.based_at, at, state.level - shown, doubtful=state.shown is None)
    return replace(seen, unseen=(*state.unseen, drop)), None


def taken(state: ListingState, units: int, placed_at: datetime, *, below_zero: bool = False) -> ListingState:
    """Orders of this listing placed at `placed_at` (or then paid, where only that lowers the number) were booked: the
    mall has lowered its number by `units` for them (Δ of LineSnapshot.taken; below zero: it has put units back).
    `below_zero`: its number may fall so low."""
    if state.level is None or state.based_at is None:
        return state
    if units <= 0:  # a till tells of each movement to the second: what the first reading showed is in the level
        return state if below_zero and placed_at <= state.based_at else replace(state, level=state.level - units)
    left: list[Unseen] = []
    for each in state.unseen:
        paid = min(units, each.units) if each.after < placed_at <= each.until else 0
        units -= paid
        if paid < each.units:
            left.append(replace(each, units=each.units - paid))
    lowered = units if placed_at > state.based_at else 0
    level = state.level - lowered
    return replace(state, unseen=tuple(left), level=level if below_zero else max(0, level))


def expire(
    state: ListingState, watermark: datetime, limit: timedelta, hides: timedelta = timedelta(0)
) -> tuple[ListingState, PushEvent | None]:
    """Let go what the feed disproves. `watermark`: every order placed before it − `limit` is booked already, but for
    those that the mall `hides` longer (a fraud review); a doubtful drop is not held for these."""
    left = tuple(
        each for each in state.unseen if each.until > watermark - limit - (timedelta(0) if each.doubtful else hides)
    )
    gone = [each for each in state.unseen if each not in left]
    event = PushEvent.GAP_EXPIRED if any(not each.doubtful for each in gone) else None
    return (replace(state, unseen=left) if gone else state), event


def pushed(state: ListingState, quantity: int, at: datetime, *, keeps_sales: bool) -> ListingState:
    """The channel has taken `quantity`. `at`: when its answer came."""
    return replace(
        state,
        sent=quantity,
        level=quantity,
        shown=quantity,
        shown_at=at,
        based_at=state.based_at if keeps_sales and state.based_at else at,
        live_previewed=None,
    )


def unanswered(state: ListingState, quantity: int, at: datetime, *, keeps_sales: bool) -> ListingState:
    """Whether the channel took `quantity` is unknown: nothing is decided until it was read again, and the reading is
    held against the greater of both numbers. `at`: when we gave up."""
    after = pushed(state, quantity, at, keeps_sales=keeps_sales)
    return replace(after, level=max(quantity, state.level or 0), shown=None)


def raise_allowed(watermark: datetime | None, lag: timedelta, justified_at: datetime | None) -> bool:
    """Whether a channel's number may rise: its orders are complete past the fact that justifies it, plus its lag.

    watermark: how far its feed was read completely, None: never · justified_at: None: nothing needs proof."""
    if justified_at is None:
        return True
    return watermark is not None and watermark - lag >= justified_at


def decide(
    state: ListingState, *, may_raise: bool, sku_blocked: bool, live: bool, on_its_way: Collection[int] = ()
) -> Push | None:
    """The push that is due, judged against what the channel shows. Nothing withholds a lowering; a raise needs proof
    (`may_raise`, see raise_allowed), no open question about its SKUs (`sku_blocked`), and stays within the preview
    until the first live push.

    `on_its_way`: numbers that the channel was given and doesn't show yet, or shows already without our knowing. Until
    that is told it may show any of them: what is less than one of them is a lowering, what is more than one a raise."""
    if not live or state.wanted is None or state.shown is None:
        return None
    least = min(state.shown, *on_its_way) if on_its_way else state.shown
    most = state.wanted if may_raise and not sku_blocked else least
    if state.live_previewed is not None:
        most = min(most, max(least, state.live_previewed))
    quantity = min(state.wanted, most)
    return Push(state.key, quantity, state.shown) if on_its_way or quantity != state.shown else None


def lane(push: Push) -> Lane:
    """Sort key: to zero, lower, raise."""
    if push.quantity > push.shown:
        return Lane.RAISE
    return Lane.ZERO if push.quantity == 0 else Lane.LOWER


def _put_back(state: ListingState, by: timedelta) -> ListingState:
    """The same by a clock that shows so much less: what was seen keeps its order and comes before what is seen next."""
    return replace(
        state,
        shown_at=state.shown_at - by if state.shown_at else None,
        based_at=state.based_at - by if state.based_at else None,
        unseen=tuple(replace(each, after=each.after - by, until=each.until - by) for each in state.unseen),
    )


def _preview_left(state: ListingState, shown: int) -> int | None:
    """A channel that shows as much as was previewed has nothing left to be held to."""
    if state.live_previewed is None or shown >= state.live_previewed:
        return None
    return state.live_previewed
