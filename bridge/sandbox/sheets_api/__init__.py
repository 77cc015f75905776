"""Google Sheets API v4 with the sliver of Drive and OAuth that its clients call, as a WSGI application."""

from bridge.sandbox.latency import Latency

from .app import SheetsApi
from .book import Book
from .cells import CellError, Formula
from .errors import ApiError
from .oauth import ServiceAccountKey
from .quota import Quota
from .sheet import Sheet
from .store import Deleted, Spreadsheet, Store
from .switches import Switches

__all__ = [
    "ApiError",
    "Book",
    "CellError",
    "Deleted",
    "Formula",
    "Latency",
    "Quota",
    "ServiceAccountKey",
    "Sheet",
    "SheetsApi",
    "Spreadsheet",
    "Store",
    "Switches",
]
