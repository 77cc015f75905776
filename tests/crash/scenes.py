"""What happens around a death: where it strikes, what people do meanwhile, and what must be true in the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from bridge.demo.owner import Owner
from bridge.fault_points import Point
from bridge.sandbox.faults import ReplyLost, path_contains
from tests.crash.child import Doom
from tests.crash.shop import MALLS, Begun, Bridge, Shop, opened

FIRST_DAY = (Point.MIGRATING, Point.CLAIMING, Point.CLAIMED, Point.OPENED_ANEW)
"""Reached before the shop is live, and never again."""

OFTEN = 4  # the most times that a point is passed before the process dies there, where a day passes it often
RARE = (*FIRST_DAY, Point.PUSH_GIVEN_UP, Point.LOST_ANSWER_LOOKED_AT, Point.COMPARED, Point.HEAL_ANSWERED)
"""Passed seldom (a heal alone needs a look at which no row is due): the process dies there the first time."""

AGAIN = (Point.COMMITTING, Point.COMMITTED, Point.LOOKED, Point.TAKEN_IN, Point.ORDERS_BOOKED, Point.SHOWN_READ)
"""Where a process may die that has only just come back."""


@dataclass(frozen=True)
class Story:
    """`wrong`: what was never in step again · `deaths`: how many there were."""

    deaths: int
    wrong: tuple[str, ...]
    lost: int
    doubled: int
    integrity: str
    exit_code: int | None

    def holds(self) -> bool:
        fine = not self.wrong and not self.lost and not self.doubled
        return fine and self.integrity == "ok" and self.exit_code == 0


def nth(point: Point, seed: int) -> int:
    return 1 if point in RARE else Random(f"{point} {seed}").randint(1, OFTEN)


def dies_at(folder: Path, begun: Begun, point: Point, seed: int) -> Story:
    """kill -9 at one point of a lively day (or of the first), then a restart."""
    with opened(folder, begun, seed) as shop:
        if point in FIRST_DAY:
            return _ends(shop, _first_day(shop, (point, nth(point, seed))), 1)
        reconciles = point is Point.COMPARED
        bridge = shop.start((point, 1), "reconcile") if reconciles else _start_towards(shop, point, seed)
        deaths = _dies(shop, bridge, point)
        return _ends(shop, shop.start(), deaths)


def _start_towards(shop: Shop, point: Point, seed: int) -> Bridge:
    """A bridge that will die at the point, after what it takes to come there."""
    if point is Point.LOST_ANSWER_LOOKED_AT:
        for _ in range(2):
            shop.server.sandbox.faults["rakuten"].next(ReplyLost(timed_out=False), path_contains("bulk-upsert"))
    if point is Point.PUSH_GIVEN_UP:
        bridge = shop.start((Point.PUSH_PROMISED, 1))
        _dies(shop, bridge, Point.PUSH_PROMISED)
    return shop.start((point, nth(point, seed)))


def dies_twice(folder: Path, begun: Begun, first: Point, seed: int) -> Story:
    """… and again while it recovers."""
    second = Random(f"again {first} {seed}").choice(AGAIN)
    with opened(folder, begun, seed) as shop:
        _dies(shop, shop.start((first, nth(first, seed))), first)
        _dies(shop, shop.start((second, 1)), second)
        return _ends(shop, shop.start(), 2)


def dies_anywhere(folder: Path, begun: Begun, seed: int, times: int) -> Story:
    """kill -9 at instants that nobody chose, while more is going on than the bridge can follow."""
    with opened(folder, begun, seed) as shop:
        for _ in range(times):
            bridge = shop.start()
            shop.live_on(lambda: False, shop.random.uniform(0.3, 3.5))
            for _ in range(10):
                shop.act()
            assert bridge.alive(), bridge.words()
            bridge.process.kill()
            bridge.end()
        return _ends(shop, shop.start(), times)


def _dies(shop: Shop, bridge: Bridge, point: Point) -> int:
    """People go on until it is dead, and a little longer."""
    reached = shop.live_on(lambda: not bridge.alive())
    assert reached, f"{point} was never reached\n{bridge.words()}"
    assert bridge.end() == -9, bridge.words()
    for _ in range(shop.random.randint(0, 6)):
        shop.act()
    return 1


class _Dead(Exception):
    """The bridge died while the owner was at work."""


def _first_day(shop: Shop, doom: Doom) -> Bridge:
    """The owner answers and ticks; whenever the bridge has died, somebody starts it again."""
    owner = Owner(shop.panel, shop.spreadsheet, pause=0.1, malls=MALLS)
    bridge, died = shop.start(doom), 0

    def alive() -> None:
        if not bridge.alive():
            raise _Dead

    while True:
        try:
            owner.go_live(60.0, alive, lambda _: None)
            break
        except _Dead:
            assert bridge.end() == -9, bridge.words()
            bridge, died = shop.start(), died + 1
    assert died == 1, f"{doom[0]} was never reached\n{bridge.words()}"
    return bridge


def _ends(shop: Shop, bridge: Bridge, deaths: int) -> Story:
    """A few more acts, then everything comes to rest, or not."""
    shop.live_on(lambda: not bridge.alive(), 1.0)
    while not shop.typed:
        shop.types()
    wrong = tuple(f"{line.en}: {line.found} {'; '.join(line.why)}" for line in shop.settled(bridge))
    lost, doubled = shop.lost_and_doubled()
    words = () if bridge.alive() else (bridge.words(),)
    code = bridge.terminate()
    return Story(deaths, (*wrong, *words), lost, doubled, shop.integrity(), code)
