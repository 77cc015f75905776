"""Requests about filters: the basic filter of a tab, which hides rows for everybody and so may not touch what is
protected; and filter views, which hide nothing here and may be made by anybody."""

from __future__ import annotations

from .batch import Edit, handles
from .book import placed, to_grid_range
from .errors import ApiError, Json, invalid
from .filtering import both_forms, data_rows, hide_rows
from .masks import merged, update_mask
from .sheet import Sheet
from .sorting import sort_area


@handles("setBasicFilter", "filter")
def set_basic_filter(edit: Edit, body: Json) -> Json:
    """Its range is fixed as what it covers now: it has no open ends."""
    wanted = body.get("filter", {})
    area = edit.claim(edit.book.area(wanted.get("range", {})))
    held = both_forms({**wanted, "range": to_grid_range(area)})
    area.sheet.basic_filter = held
    rows = data_rows(area)
    if held.get("sortSpecs") and rows:
        sort_area(edit, rows, held["sortSpecs"])
    hide_rows(edit.view(), area.sheet)
    return {}


@handles("clearBasicFilter", "sheetId")
def clear_basic_filter(edit: Edit, body: Json) -> Json:
    sheet = edit.book.sheet(body.get("sheetId", 0))
    if sheet.basic_filter:
        edit.claim(edit.book.area(sheet.basic_filter.get("range", {})))
    sheet.basic_filter = None
    hide_rows(edit.view(), sheet)
    return {}


@handles("addFilterView", "filter")
def add_filter_view(edit: Edit, body: Json) -> Json:
    wanted = body.get("filter", {})
    sheet = edit.book.area(wanted.get("range", {})).sheet
    number = wanted.get("filterViewId") or edit.book.new_id()
    if any(view["filterViewId"] == number for each in edit.book.sheets for view in each.filter_views):
        raise invalid(f"A filter view with the id {number} already exists.")
    title = wanted.get("title") or f"Filter {len(sheet.filter_views) + 1}"
    view = both_forms({**wanted, "filterViewId": number, "title": title})
    sheet.filter_views.append(view)
    return {"addFilterView": {"filter": placed(view)}}


@handles("duplicateFilterView", "filterId")
def duplicate_filter_view(edit: Edit, body: Json) -> Json:
    sheet, at = _view_at(edit, body.get("filterId", 0))
    old = sheet.filter_views[at]
    view = {**old, "filterViewId": edit.book.new_id(), "title": f"Copy of {old['title']}"}
    sheet.filter_views.append(view)
    return {"duplicateFilterView": {"filter": placed(view)}}


@handles("updateFilterView", "filter", "fields")
def update_filter_view(edit: Edit, body: Json) -> Json:
    wanted = body.get("filter", {})
    sheet, at = _view_at(edit, wanted.get("filterViewId", 0))
    changed = merged(sheet.filter_views[at], wanted, update_mask(body.get("fields")))
    if "filterSpecs" not in wanted:
        changed = {name: value for name, value in changed.items() if name != "filterSpecs" or "criteria" not in wanted}
    sheet.filter_views[at] = both_forms({**changed, "filterViewId": wanted["filterViewId"]})
    return {}


@handles("deleteFilterView", "filterId")
def delete_filter_view(edit: Edit, body: Json) -> Json:
    sheet, at = _view_at(edit, body.get("filterId", 0))
    del sheet.filter_views[at]
    return {}


def _view_at(edit: Edit, view_id: int) -> tuple[Sheet, int]:
    for sheet in edit.book.sheets:
        for at, view in enumerate(sheet.filter_views):
            if view["filterViewId"] == view_id:
                return sheet, at
    raise _no_view(view_id)


def _no_view(view_id: int) -> ApiError:
    return invalid(f"No filter view with id: {view_id}")
