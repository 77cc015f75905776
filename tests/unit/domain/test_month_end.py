"""When a month ends, and what stands beside it afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bridge.domain.month_end import Corrected, Line, corrected, end_of, months_due

TOKYO = ZoneInfo("Asia/Tokyo")


def test_a_month_ends_at_midnight_of_the_spreadsheets_zone() -> None:
    assert end_of("2026-11", TOKYO) == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert end_of("2026-12", TOKYO) == datetime(2026, 12, 31, 15, tzinfo=UTC)


def test_it_is_due_from_the_first_moment_of_the_next() -> None:
    first = datetime(2026, 11, 5, tzinfo=UTC)
    assert months_due(first, [], datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC), TOKYO) == []
    assert months_due(first, [], datetime(2026, 11, 30, 15, tzinfo=UTC), TOKYO) == ["2026-11"]
    assert months_due(first, ["2026-11"], datetime(2026, 11, 30, 15, tzinfo=UTC), TOKYO) == []


def test_months_that_were_slept_through_are_all_due() -> None:
    first = datetime(2026, 11, 5, tzinfo=UTC)
    assert months_due(first, [], datetime(2027, 2, 3, tzinfo=UTC), TOKYO) == ["2026-11", "2026-12", "2027-01"]
    assert months_due(first, ["2026-11"], datetime(2027, 2, 3, tzinfo=UTC), TOKYO) == ["2026-12", "2027-01"]


def test_a_month_before_everything_is_unknown() -> None:
    assert months_due(None, [], datetime(2027, 2, 3, tzinfo=UTC), TOKYO) == []
    first = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)  # December there
    assert months_due(first, [], datetime(2026, 12, 5, tzinfo=UTC), TOKYO) == []


def test_what_became_known_later_stands_beside_it() -> None:
    lines = [(Line("A", "本社倉庫", 10, 2), Decimal(100)), (Line("B", "本社倉庫", 4, 0), None)]
    late = {("A", "本社倉庫"): (-1, 0), ("C", "渋谷店"): (2, 0)}
    found = corrected(lines, late, {"A": Decimal(100), "B": Decimal("2.5")})
    assert found == [
        Corrected(lines[0][0], Decimal(100), 9, Decimal(100)),
        Corrected(lines[1][0], None, 4, Decimal("2.5")),
        Corrected(Line("C", "渋谷店", 0, 0), None, 2, None),
    ]
    assert [(each.value, each.value_now) for each in found] == [(1000, 900), (None, 10), (None, None)]
