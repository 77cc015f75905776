"""The list of fault points is complete: each stands in the code once, and a day of a shop reaches it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge
from bridge.fault_points import Point, arm
from bridge.sandbox.faults import ReplyLost, path_contains
from tests.support.world import World


@pytest.fixture
def reached() -> Iterator[Counter[Point]]:
    seen: Counter[Point] = Counter()
    arm(lambda point: seen.update((point,)))
    yield seen
    arm(None)


def test_every_point_is_somewhere_in_the_code() -> None:
    code = [path.read_text(encoding="utf-8") for path in Path(bridge.__file__).parent.rglob("*.py")]
    named = set(re.findall(r"\bPoint\.([A-Z_]+)", "\n".join(code)))
    assert named == {point.name for point in Point}


def test_a_day_reaches_every_point(tmp_path: Path, reached: Counter[Point]) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    shop.go_live()
    shop.buy("rakuten", "A", 2)
    shop.type("B", "本社倉庫", 9)
    shop.settle()
    shop.sandbox.faults["rakuten"].next(ReplyLost(), path_contains("bulk-upsert"))
    shop.buy("shopify", "A", 1)
    shop.rounds(3)
    _dies_with_a_push_under_way(shop)
    shop.settle()
    shop.service.reconcile()
    assert set(reached) == set(Point)


def _dies_with_a_push_under_way(shop: World) -> None:
    """A process that ends between promising a push and sending it."""

    class Dead(BaseException):
        pass

    def die(point: Point) -> None:
        if point is Point.PUSH_PROMISED:
            raise Dead

    from bridge import fault_points

    counting = fault_points._armed
    arm(die)
    shop.buy("rakuten", "A", 1)
    with pytest.raises(Dead):
        shop.rounds(3)
    arm(counting)
    shop.service.close()
    shop.start()
