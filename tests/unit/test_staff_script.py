"""The staff script of the sandbox: what it does is to be judged, so it does nothing that nobody could judge."""

from __future__ import annotations

from pathlib import Path

from bridge.sandbox.staff import UNREAD, Staff, StaffDials
from tests.support.world import World


def test_nobody_mistypes_over_a_number_that_may_have_been_read_by_nobody(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite", stock={"A": (50, 50, None)})
    dials = StaffDials(rate_per_second=2.0, retype=0, hold=0, sort=0, insert=0, copy=0, edit=1, wrong=1)
    staff = Staff(shop.spreadsheet, shop.clock, seed=1, dials=dials)
    for _ in range(400):
        shop.clock.sleep(1.0)
        staff.step()
    assert staff.counts["wrong"] > 5
    for change in staff.changes:
        if change.kind == "wrong":
            before = [each for each in staff.changes[: change.number - 1] if each.column == change.column]
            assert all(change.at - each.at >= UNREAD for each in before)
