"""The heartbeat: marks in the hidden tab by which Google's own clock tells that the bridge is alive (DESIGN §4).

Written at most once a minute, inside a batch that goes out anyway where there is one. Its count only ever rises, by
content (findReplace): a late request can't take it back, so that a lower one means an older version of the spreadsheet.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bridge.clock import zone_of
from bridge.flows.desk import Look
from bridge.ledger.ledger import Tx
from bridge.sheet.gateway import Request
from bridge.sheet.marks import ROWS, VALUE_COLUMN, Marks, day_number, mark_cells
from bridge.sheet.requests import CellValue, replace_one, write_cells

EVERY = timedelta(minutes=1)
ALONG = EVERY / 2  # so old, it rides along with a batch that goes out anyway


def beat(tx: Tx, look: Look, marks_sheet: int, hidden: int, zone: ZoneInfo, *, along: bool) -> list[Request]:
    """The marks as they should be now; nothing where they say so already. `hidden`: rows that wait because a filter
    hides them · `zone`: where the spreadsheet's own is unknown to us · `along`: a batch goes out anyway."""
    marks = look.marks
    if marks is None:
        return []
    now = day_number(tx.at, zone_of(look.zone, zone))
    if not _due(marks, now, along) and marks.hidden == hidden:
        return []
    count = max(int(tx.get("beats sent", 0)), marks.count) + 1
    tx.put("beats sent", count)
    values: dict[str, CellValue] = {"beat": now, "hidden": hidden}
    if marks.count:
        raised = [replace_one(marks_sheet, VALUE_COLUMN, ROWS["count"], str(marks.count), str(count))]
    else:
        values["count"], raised = count, []
    return [*write_cells(marks_sheet, mark_cells(values)), *raised]


def _due(marks: Marks, now: float, along: bool) -> bool:
    """A beat from the future is none: a clock was put right."""
    if marks.beat is None:
        return True
    age = timedelta(days=now - marks.beat)
    return age >= (ALONG if along else EVERY) or age < -EVERY
