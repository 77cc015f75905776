"""A bridge that dies at a point of its way, as by kill -9, and begins anew from the ledger's file."""

from __future__ import annotations

from collections.abc import Callable

from bridge.fault_points import Point, arm
from tests.support.world import World


class Dead(BaseException):
    pass


def dies(shop: World, deadline: int, work: Callable[[], object]) -> bool:
    """Whether it died in this work, at the point that it passed as the `deadline`-th; if so it has begun anew."""
    arm(_die_at(deadline))
    try:
        work()
    except Dead:
        shop.service.close()
        shop.start()
        return True
    finally:
        arm(None)
    return False


def dying(shop: World, cycles: int) -> int:
    """So many cycles, of which each dies one point later than the one before. Returns how many died."""
    deaths = 0
    for deadline in range(1, cycles + 1):
        deaths += dies(shop, deadline, shop.service.cycle.run)
        shop.clock.sleep(3)
    shop.settle()
    return deaths


def _die_at(deadline: int) -> Callable[[Point], None]:
    passed: list[Point] = []

    def die(point: Point) -> None:
        passed.append(point)
        if len(passed) == deadline:
            raise Dead

    return die
