"""集計 on its way into the sheet: made from the ledger, compared with what was written last, written in one call.

At most two calls write: one makes room where there are more products than rows, one carries all values. Nothing is ever
cleared first, so nobody sees the tab blink; where nothing changed, nothing is written for some minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from bridge.domain.summary import Summary
from bridge.domain.unheard import Contact
from bridge.sheet.gateway import Gateway
from bridge.sheet.grid import Snapshot
from bridge.sheet.outline import own_tab
from bridge.sheet.requests import room
from bridge.sheet.summary_cells import WIDTH, grid, parts

ANYWAY = timedelta(minutes=10)  # unchanged, it is written again after so long: its time stands beside it


@dataclass
class Report:
    """集計 in one spreadsheet. `written`: what was written last, and into which grid."""

    gateway: Gateway
    language: str
    written: object = None
    written_at: datetime | None = None

    def run(self, seen: Snapshot, zone: tzinfo, made: Callable[[], tuple[Summary, datetime]]) -> bool:
        """Whether anything was written. `seen`: the spreadsheet's tabs · `zone`: of the business day · `made`: the
        summary and when it was made, asked for where there is a tab for it. Raises TryAgain, NeedsPerson, Stop."""
        tab = own_tab(seen, "summary")
        if tab is None:
            return False
        summary, now = made()
        young = self.written_at is not None and now - self.written_at < ANYWAY
        if young and self.written == (_lasting(summary), tab.sheet_id, tab.row_count):
            return False

        def stamp(at: datetime) -> str:
            return at.astimezone(zone).strftime("%m/%d %H:%M")

        rows = grid(parts(summary, stamp(now), stamp, self.language), tab.row_count)
        if len(rows) > tab.row_count or tab.column_count < WIDTH:
            self.gateway.write([room(tab.sheet_id, max(len(rows), tab.row_count), max(WIDTH, tab.column_count))])
        self.gateway.put_values(tab.sheet_id, rows)
        self.written, self.written_at = (_lasting(summary), tab.sheet_id, len(rows)), now
        return True


def _lasting(summary: Summary) -> Summary:
    """Without what changes at every look: when a channel that is heard was heard last."""
    channels = [replace(each, heard_at=None) if each.contact == Contact.HEARD else each for each in summary.channels]
    return replace(summary, channels=channels)
