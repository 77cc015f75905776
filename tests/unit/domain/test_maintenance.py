"""Maintenance windows: how they are written, and when one is near."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.domain.maintenance import Window, ahead, current, read_window

TOKYO = ZoneInfo("Asia/Tokyo")
NIGHT = "2026-12-06 02:00 ~ 2026-12-06 08:00"
LEAD = timedelta(minutes=30)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 6, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    "text", [NIGHT, NIGHT.replace("~", "～"), NIGHT.replace(" ~ ", "〜"), NIGHT.replace(" 0", "T0")]
)
def test_a_window_is_in_the_shops_own_time(text: str) -> None:
    window = read_window(text, TOKYO)
    assert window.start == datetime(2026, 12, 5, 17, tzinfo=UTC)
    assert window.length == timedelta(hours=6)


@pytest.mark.parametrize(
    "text", ["", "tonight", "2026-12-06 02:00", "2026-12-06 08:00 ~ 2026-12-06 02:00", NIGHT + "Z"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_window(text, TOKYO)


def test_a_window_is_near_before_it_begins_and_over_at_its_end() -> None:
    windows = [read_window(NIGHT, TOKYO)]
    assert [ahead(windows, at(*time), LEAD) is not None for time in ((1, 29), (1, 30), (7, 59), (8, 0))] == [0, 1, 1, 0]
    assert [current(windows, at(*time)) is not None for time in ((1, 59), (2, 0), (7, 59), (8, 0))] == [0, 1, 1, 0]


def test_of_two_that_overlap_the_later_end_counts() -> None:
    short, long = Window(at(2), at(3)), Window(at(2), at(5))
    assert current([long, short], at(2, 30)) == long
