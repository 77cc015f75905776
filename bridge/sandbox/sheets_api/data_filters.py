"""DataFilters: the cells that an A1 range, a grid range or a piece of developer metadata selects."""

from __future__ import annotations

from .a1 import Box
from .book import Book, boxed
from .errors import Json, invalid
from .sheet import Area


def filtered_areas(book: Book, data_filter: Json) -> list[Area]:
    if "a1Range" in data_filter:
        return [book.a1_area(data_filter["a1Range"])]
    if "gridRange" in data_filter:
        return [book.area(data_filter["gridRange"])]
    if "developerMetadataLookup" in data_filter:
        return [_located(book, item) for item in looked_up(book, data_filter["developerMetadataLookup"])]
    raise invalid("A data filter must be set.")


def looked_up(book: Book, lookup: Json) -> list[Json]:
    return [item for item in book.metadata if _matches(item, lookup)]


def _matches(item: Json, lookup: Json) -> bool:
    for name in ("metadataId", "metadataKey", "metadataValue", "visibility"):
        if name in lookup and item.get(name) != lookup[name]:
            return False
    location = item["location"]
    if lookup.get("locationType", location["locationType"]) != location["locationType"]:
        return False
    wanted = lookup.get("metadataLocation")
    if wanted is None:
        return True
    place = {name: value for name, value in location.items() if name != "locationType"}
    return place == {name: value for name, value in wanted.items() if name != "locationType"}


def _located(book: Book, item: Json) -> Area:
    where = item["location"]
    if "dimensionRange" in where:
        lines = where["dimensionRange"]
        start, end = lines["startIndex"], lines["endIndex"]
        box = Box(top=start, bottom=end) if lines["dimension"] == "ROWS" else Box(left=start, right=end)
        return boxed(book.sheet(lines.get("sheetId", 0)), box)
    return boxed(book.sheet(where["sheetId"]) if "sheetId" in where else book.sheets[0], Box())
