"""kill -9 of a real process on real files at every named instant: whatever was meant is there afterwards, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.fault_points import Point
from tests.crash.scenes import FIRST_DAY, RARE, Story, dies_anywhere, dies_at, dies_twice
from tests.crash.shop import Begun

SEEDS = range(1, int(os.environ.get("CRASH_SEEDS", "3")) + 1)
QUICK = (Point.WRITE_ANSWERED,)  # where most is in the air
TWICE = tuple(point for point in Point if point not in RARE)


def _judge(story: Story, record_property: object, what: str) -> None:
    assert callable(record_property)
    record_property(f"counted {what}", 1)
    record_property("counted kill -9", story.deaths)
    record_property("counted lost", story.lost)
    record_property("counted doubled", story.doubled)
    record_property("counted integrity checks ok", int(story.integrity == "ok"))
    assert story.holds(), story


@pytest.mark.parametrize("point", QUICK)
def test_a_bridge_that_is_killed_goes_on_where_it_was(
    tmp_path: Path, live_shop: Begun, point: Point, record_property: object
) -> None:
    _judge(dies_at(tmp_path, live_shop, point, seed=0), record_property, "fault points × seeds")


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("point", Point)
def test_killed_at_any_point(
    tmp_path: Path, live_shop: Begun, new_shop: Begun, point: Point, seed: int, record_property: object
) -> None:
    begun = new_shop if point in FIRST_DAY else live_shop
    _judge(dies_at(tmp_path, begun, point, seed), record_property, "fault points × seeds")


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("point", TWICE)
def test_killed_again_while_it_recovers(
    tmp_path: Path, live_shop: Begun, point: Point, seed: int, record_property: object
) -> None:
    _judge(dies_twice(tmp_path, live_shop, point, seed), record_property, "double crashes")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4 * len(SEEDS) + 1))
def test_killed_at_random_instants_under_load(
    tmp_path: Path, live_shop: Begun, seed: int, record_property: object
) -> None:
    _judge(dies_anywhere(tmp_path, live_shop, seed, times=4), record_property, "stories of random instants")
