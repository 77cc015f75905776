"""Reading and judging the requests of the order API (rakuten.md §4.1, §4.2, §4.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridge.clock import JST
from bridge.sandbox.malls.rakuten.inventory_rows import is_int
from bridge.sandbox.malls.rakuten.records import PROGRESS, RakutenOrder

WINDOW = timedelta(days=63)
LOOK_BACK = timedelta(days=730)
MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE = 1000, 30
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0900")
OLDEST_VERSION, NEWEST_VERSION = 3, 10


class OrderFault(Exception):
    """A request refused with ERROR_<suffix>."""

    def __init__(self, suffix: str, text: str) -> None:
        self.suffix = suffix
        self.text = text


def missing(name: str) -> OrderFault:
    return OrderFault("009", f"{name}の項目を指定して下さい。")


def empty(name: str) -> OrderFault:
    return OrderFault("010", f"{name}の値を指定して下さい。")


def malformed(name: str) -> OrderFault:
    return OrderFault("011", f"{name}の書式が不正です。")


@dataclass(frozen=True)
class Search:
    date_type: int
    start: datetime
    end: datetime
    progress: frozenset[int]
    order_types: frozenset[int] | None
    keyword_type: int
    keyword: str
    per_page: int
    page: int
    descending: bool

    def keyword_matches(self, order: RakutenOrder) -> bool:
        """Types 7 variantId, 8 merchantDefinedSkuId; the others search what the simulator does not keep."""
        if self.keyword_type not in (7, 8):
            return True
        return any(self.keyword in (line.listing[1] if self.keyword_type == 7 else line.sku) for line in order.lines)


def read_search(body: Any, now: datetime) -> Search:
    required(body, "dateType")
    date_type = _one_of(body, "dateType", range(1, 7))
    start, end = _stamp(body, "startDatetime"), _stamp(body, "endDatetime")
    if start < now - LOOK_BACK:
        raise malformed("startDatetime")
    if not start <= end <= start + WINDOW:
        raise malformed("endDatetime")
    progress = _each_of(body, "orderProgressList", PROGRESS)
    keyword_type = _one_of(body, "searchKeywordType", range(10), default=0)
    keyword = str(required(body, "searchKeyword")) if keyword_type else ""
    paging = body.get("PaginationRequestModel") or {}
    if not isinstance(paging, dict):
        raise malformed("PaginationRequestModel")
    sort = paging.get("SortModelList") or [{}]
    if not isinstance(sort, list) or not isinstance(sort[0], dict):
        raise malformed("SortModelList")
    _one_of(sort[0], "sortColumn", [1], default=1)
    return Search(
        date_type=date_type,
        start=start,
        end=end,
        progress=progress or frozenset(PROGRESS),
        order_types=_each_of(body, "orderTypeList", (1, 4, 5, 6)),
        keyword_type=keyword_type,
        keyword=keyword,
        per_page=_one_of(paging, "requestRecordsAmount", range(1, MAX_PAGE_SIZE + 1), default=DEFAULT_PAGE_SIZE),
        page=_one_of(paging, "requestPage", range(1, 1_000_000), default=1),
        descending=_one_of(sort[0], "sortDirection", [1, 2], default=2) == 2,
    )


def check_version(body: Any) -> int:
    """getOrder's version: a number or a numeral; 1 and 2 are gone."""
    value = required(body, "version")
    text = str(value)
    if isinstance(value, bool) or not text.isdecimal() or not OLDEST_VERSION <= int(text) <= NEWEST_VERSION:
        raise malformed("version")
    return int(text)


def check_numbers(body: Any, limit: int) -> list[str]:
    numbers = required(body, "orderNumberList")
    if not isinstance(numbers, list) or len(numbers) > limit:
        raise malformed("orderNumberList")
    if not all(isinstance(number, str) and number for number in numbers):
        raise malformed("orderNumberList")
    return numbers


def required(body: Any, name: str) -> Any:
    if not isinstance(body, dict) or name not in body:
        raise missing(name)
    if body[name] in (None, "", []):
        raise empty(name)
    return body[name]


def _stamp(body: dict[str, Any], name: str) -> datetime:
    """Only `YYYY-MM-DDThh:mm:ss+0900`: no colon in the offset, no Z, no fractions."""
    text = required(body, name)
    if not isinstance(text, str) or not STAMP.fullmatch(text):
        raise malformed(name)
    try:
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=JST)
    except ValueError:
        raise malformed(name) from None


def _one_of(body: dict[str, Any], name: str, allowed: range | list[int], default: int | None = None) -> int:
    value = body.get(name, default)
    if value is None or not is_int(value) or value not in allowed:
        raise malformed(name)
    return int(value)


def _each_of(body: dict[str, Any], name: str, allowed: tuple[int, ...]) -> frozenset[int] | None:
    values = body.get(name)
    if values is None:
        return None
    if not isinstance(values, list) or not all(is_int(value) and value in allowed for value in values):
        raise malformed(name)
    return frozenset(values) or None
