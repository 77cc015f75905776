"""Requests about developer metadata: small texts tied to the spreadsheet, a tab, a row or a column."""

from __future__ import annotations

from .batch import Edit, handles
from .data_filters import looked_up
from .errors import Json, invalid
from .masks import merged, update_mask


@handles("createDeveloperMetadata", "developerMetadata")
def create_developer_metadata(edit: Edit, body: Json) -> Json:
    wanted = body.get("developerMetadata", {})
    if not wanted.get("metadataKey"):
        raise invalid("The metadata key must be set.")
    if wanted.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise invalid("The metadata visibility must be set.")
    number = wanted.get("metadataId") or edit.book.new_id()
    if any(item["metadataId"] == number for item in edit.book.metadata):
        raise invalid(f"Developer metadata with id {number} already exists.")
    made = {**wanted, "metadataId": number, "location": _located(edit, wanted.get("location", {}))}
    edit.book.metadata.append(made)
    return {"createDeveloperMetadata": {"developerMetadata": made}}


def _located(edit: Edit, wanted: Json) -> Json:
    """The location with its type; a row or a column is exactly one."""
    if wanted.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if "sheetId" in wanted:
        return {"locationType": "SHEET", "sheetId": edit.book.sheet(wanted["sheetId"]).id}
    lines = wanted.get("dimensionRange")
    if not lines:
        raise invalid("The metadata location must be set.")
    edit.book.sheet(lines.get("sheetId", 0))
    start, end = lines.get("startIndex", 0), lines.get("endIndex", 0)
    if end - start != 1:
        raise invalid("A metadata location must be a single row or column.")
    place = {"sheetId": lines.get("sheetId", 0), "dimension": lines["dimension"], "startIndex": start, "endIndex": end}
    return {"locationType": "ROW" if lines["dimension"] == "ROWS" else "COLUMN", "dimensionRange": place}


@handles("updateDeveloperMetadata", "dataFilters", "developerMetadata", "fields")
def update_developer_metadata(edit: Edit, body: Json) -> Json:
    mask, wanted = update_mask(body.get("fields")), body.get("developerMetadata", {})
    changed = []
    for item in _selected(edit, body.get("dataFilters", [])):
        new = {**merged(item, wanted, mask), "metadataId": item["metadataId"]}
        if new["location"] != item["location"]:
            new["location"] = _located(edit, new["location"])
        edit.book.metadata[edit.book.metadata.index(item)] = new
        changed.append(new)
    return {"updateDeveloperMetadata": {"developerMetadata": changed}}


@handles("deleteDeveloperMetadata", "dataFilter")
def delete_developer_metadata(edit: Edit, body: Json) -> Json:
    gone = _selected(edit, [body.get("dataFilter", {})])
    edit.book.metadata = [item for item in edit.book.metadata if item not in gone]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": gone}}


def _selected(edit: Edit, filters: list[Json]) -> list[Json]:
    found: list[Json] = []
    for data_filter in filters:
        found += [
            item for item in looked_up(edit.book, data_filter.get("developerMetadataLookup", {})) if item not in found
        ]
    return found
