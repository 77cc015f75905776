"""集計 on its way into the sheet: made from the ledger, compared with what was written last, written in one call.

At most two calls write: one makes room where there are more products than rows, one carries all values. Nothing is ever
cleared first, so nobody sees the tab blink; where nothing changed, nothing is written for some minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from bridge.domain.summary import Summary
from bridge.domain.unheard import Contact
from bridge.flows.summary import Summariser
from bridge.ledger.ledger import Ledger
from bridge.sheet.gateway import Gateway, Request
from bridge.sheet.grid import Snapshot, Tab
from bridge.sheet.layout import tab_number
from bridge.sheet.outline import own_ids
from bridge.sheet.summary_cells import WIDTH, grid, parts

ANYWAY = timedelta(minutes=10)  # unchanged, it is written again after so long: its time stands beside it


@dataclass
class Report:
    """集計 in one spreadsheet. `told`: whether its readers may see costs and values · `written`: what was written last,
    and into which grid."""

    gateway: Gateway
    summariser: Summariser
    ledger: Ledger
    language: str
    told: bool = False
    written: object = None
    written_at: datetime | None = None

    def run(self, seen: Snapshot, zone: tzinfo, costs: Mapping[str, Decimal]) -> bool:
        """Whether anything was written. `seen`: the spreadsheet's tabs · `zone`: of the business day. Raises TryAgain,
        NeedsPerson, Stop."""
        tab = _own_tab(seen)
        if tab is None:
            return False
        with self.ledger.read() as tx:
            summary, now = self.summariser.make(tx, zone, costs if self.told else None), tx.at
        young = self.written_at is not None and now - self.written_at < ANYWAY
        if young and self.written == (_lasting(summary), tab.sheet_id, tab.row_count):
            return False

        def stamp(at: datetime) -> str:
            return at.astimezone(zone).strftime("%m/%d %H:%M")

        rows = grid(parts(summary, stamp(now), stamp, self.language), tab.row_count)
        if len(rows) > tab.row_count or tab.column_count < WIDTH:
            self.gateway.write([_room(tab, len(rows))])
        self.gateway.put_values(tab.sheet_id, rows)
        self.written, self.written_at = (_lasting(summary), tab.sheet_id, len(rows)), now
        return True


def _lasting(summary: Summary) -> Summary:
    """Without what changes at every look: when a channel that is heard was heard last."""
    channels = [replace(each, heard_at=None) if each.contact == Contact.HEARD else each for each in summary.channels]
    return replace(summary, channels=channels)


def _own_tab(seen: Snapshot) -> Tab | None:
    ours = own_ids(tab_number("summary"))
    return next((tab for tab in seen.tabs.values() if tab.sheet_id in ours), None)


def _room(tab: Tab, rows: int) -> Request:
    size = {"rowCount": max(rows, tab.row_count), "columnCount": max(WIDTH, tab.column_count)}
    properties = {"sheetId": tab.sheet_id, "gridProperties": size}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}
