from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bridge.sheet.layout import tab_spec
from bridge.sheet.months import month_at, month_of, month_of_role, role_of, sheet_id_of, to_read


def test_a_month_is_told_by_its_title_in_either_language() -> None:
    assert [
        month_of(title) for title in ("受注 2026-11", "Orders 2026-11", "受注　２０２６-１２", "orders 2027-01")
    ] == [
        "2026-11",
        "2026-11",
        "2026-12",
        "2027-01",
    ]
    assert {month_of(title) for title in ("受注", "受注 2026-13", "2026-11", "受注 2026-11 のコピー", "在庫表")} == {""}


def test_the_template_of_a_month_bears_it_in_its_title() -> None:
    spec = tab_spec(role_of("2026-11"))
    assert (spec.ja, spec.en, month_of(spec.ja)) == ("受注 2026-11", "Orders 2026-11", "2026-11")
    assert (month_of_role(role_of("2026-11")), month_of_role("stock")) == ("2026-11", "")
    assert sheet_id_of("2026-11") != sheet_id_of("2026-12") < 2**31


def test_a_month_begins_in_the_spreadsheets_time_zone() -> None:
    late = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert (month_at(late, ZoneInfo("Asia/Tokyo")), month_at(late, UTC)) == ("2026-12", "2026-11")


def test_only_tabs_that_matter_are_read() -> None:
    months = ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert to_read(months, [], 20) == ["2026-11"]
    assert to_read(months, [], 3) == ["2026-10", "2026-11"]
    assert to_read(months, ["2026-08", "2020-01"], 20) == ["2026-08", "2026-11"]
    assert to_read([], ["2026-08"], 1) == []
    assert to_read(["2026-07", *months], ["2026-07", *months], 20) == months
