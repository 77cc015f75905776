"""The tab 集計 as `bridge init` builds it: room, the frozen row, charts and filter views, made once of ranges that stay
in place. A chart of ours that people moved, resized or recoloured is left alone; one they deleted comes back.

The bridge alone writes here, and nothing that is typed here means anything to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.domain.summary import TREND
from bridge.sheet.dress import Mend
from bridge.sheet.outline import Standing
from bridge.sheet.overlays import Editors, own_id, protected
from bridge.sheet.requests import Request, box, width
from bridge.sheet.summary_cells import PRODUCT_WIDTH, STATE_COLUMN, WIDTH, document, place

WIDTHS = {0: 180, 4: 150}  # pixels of its wider columns


def summary(standing: Standing, language: str, editors: Editors) -> Iterator[Mend]:
    """What makes the tab what it ought to be; its figures come with the next look. `editors`: as of a protection."""
    requests = [*_room(standing), *_charts(standing, language), *_views(standing, language)]
    if standing.properties.get("gridProperties", {}).get("frozenRowCount", 0) < 1:
        frozen = {"sheetId": standing.sheet_id, "gridProperties": {"frozenRowCount": 1}}
        fields = "gridProperties.frozenRowCount"
        requests.append({"updateSheetProperties": {"properties": frozen, "fields": fields}})
        requests += [width(standing.sheet_id, at, pixels) for at, pixels in WIDTHS.items()]
    if requests:
        yield Mend("summary", standing.tab.title, tuple(requests))
    yield from protected(standing, "summary", {"sheetId": standing.sheet_id}, language, editors)


def _room(standing: Standing) -> Iterator[Request]:
    least = max(TREND + 1, place("products")[0] + 2)
    missing = {"ROWS": least - standing.tab.row_count, "COLUMNS": WIDTH - standing.tab.column_count}
    for dimension, lacking in missing.items():
        if lacking > 0:
            more = {"sheetId": standing.sheet_id, "dimension": dimension, "length": lacking}
            yield {"appendDimension": more}


def _charts(standing: Standing, language: str) -> Iterator[Request]:
    there = {chart.get("chartId") for chart in standing.about.get("charts", ())}
    for each in document()["charts"]:
        number = own_id(standing.sheet_id, f"chart {each['name']}")
        if number not in there:
            yield {"addChart": {"chart": _chart(standing.sheet_id, number, each, language)}}


def _chart(sheet_id: int, number: int, each: Mapping[str, Any], language: str) -> dict[str, Any]:
    row, column = place("trend")

    def days(at: int) -> dict[str, Any]:
        source = box(sheet_id, (row, row + TREND + 1), (column + at, column + at + 1))
        return {"sourceRange": {"sources": [source]}}

    basic = {
        "chartType": each["kind"],
        "legendPosition": "NO_LEGEND",
        "headerCount": 1,
        "domains": [{"domain": days(0)}],
        "series": [{"series": days(each["of"]), "targetAxis": "LEFT_AXIS"}],
    }
    anchor = {"sheetId": sheet_id, "rowIndex": place("charts")[0], "columnIndex": each["column"]}
    size = {"widthPixels": 560, "heightPixels": 340}
    return {
        "chartId": number,
        "spec": {"title": each[language], "basicChart": basic, "hiddenDimensionStrategy": "SHOW_ALL"},
        "position": {"overlayPosition": {"anchorCell": anchor, **size}},
    }


def _views(standing: Standing, language: str) -> Iterator[Request]:
    """The lists: products of one kind alone."""
    there = {view.get("filterViewId") for view in standing.about.get("filterViews", ())}
    row, column = place("products")
    edges = {"startRowIndex": row, "startColumnIndex": column, "endColumnIndex": column + PRODUCT_WIDTH}
    for each in document()["views"]:
        number = own_id(standing.sheet_id, f"view {each['name']}")
        if number not in there:
            text = document()["words"][each["name"]][language]
            condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": text}]}
            specs = [{"columnIndex": column + STATE_COLUMN, "filterCriteria": {"condition": condition}}]
            view = {"filterViewId": number, "title": each[language], "filterSpecs": specs}
            yield {"addFilterView": {"filter": {**view, "range": {"sheetId": standing.sheet_id, **edges}}}}
