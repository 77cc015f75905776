"""What the malls may show, told from what people typed and what was ordered. Knows nothing of the bridge.

Whatever was ever a good number of a SKU at a place, by the plainest reading of the sheet, is one that a person may have
meant: a mall may show no more than the greatest of them less what was ordered, and no less than the smallest.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bridge.sandbox.sheets_api import Spreadsheet

Span = tuple[int, int]  # the smallest and the greatest number that may be meant


@dataclass
class Oracle:
    """`places`: the stock columns for sale. `meant`: SKU -> place -> span; `safety`: SKU -> span."""

    sheet: Spreadsheet
    tab: int
    places: Sequence[str]
    meant: dict[str, dict[str, Span]]
    safety: dict[str, Span]
    ordered: Counter[str] = field(default_factory=Counter)  # units

    def look(self) -> None:
        """A person has done something: every good number that now stands in the row of a SKU may be meant."""
        sheet = next((sheet for sheet in self.sheet.book.sheets if sheet.id == self.tab), None)
        if sheet is None:
            return
        texts = self.sheet.table(self.tab)
        for top in range(min(9, len(texts))):  # whichever row may be taken for the header
            header = [_folded(text) for text in texts[top]]
            if _folded("SKU") in header:
                self._rows(texts, top, header)

    def _rows(self, texts: list[list[str]], top: int, header: list[str]) -> None:
        codes = [_folded(texts[row][header.index(_folded("SKU"))]) for row in range(len(texts))]
        for row in range(top + 1, len(texts)):
            known = next((name for name in self.meant if _folded(name) == codes[row]), None)
            if known is None or codes[top + 1 :].count(codes[row]) > 1:  # which of two rows is meant, nobody can say
                continue
            for place in (*self.places, "安全在庫"):
                spans = self.safety if place == "安全在庫" else self.meant[known]
                key = known if place == "安全在庫" else place
                for column in [i for i, text in enumerate(header) if text == _folded(place)]:
                    units = self._units(row, column)
                    if units is not None:
                        low, high = spans.get(key, (units, units))
                        spans[key] = (min(low, units), max(high, units))

    def _units(self, row: int, column: int) -> int | None:
        cell = self.sheet.book.sheet(self.tab).cell(row, column)
        kind = (cell.number_format or {}).get("type", "")
        value = cell.entered
        if isinstance(value, str):
            text = unicodedata.normalize("NFKC", value).strip().removesuffix("個").strip().replace(",", "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None
        if not isinstance(value, float) or kind in ("DATE", "TIME", "DATE_TIME", "PERCENT"):
            return None
        return int(value) if value == int(value) and 0 <= value <= 1_000_000_000 else None

    def span(self, components: Mapping[str, int]) -> Span:
        """What a listing made of these may show."""
        spans = [(sku, units, list(self.meant[sku].values()), self.safety[sku]) for sku, units in components.items()]
        low = min((sum(s[0] for s in at) - self.ordered[sku] - safe[1]) // units for sku, units, at, safe in spans)
        high = min((sum(s[1] for s in at) - self.ordered[sku] - safe[0]) // units for sku, units, at, safe in spans)
        return max(0, low), max(0, high)

    def wrong(self, shown: Mapping[str, int], made_of: Mapping[str, Mapping[str, int]]) -> list[str]:
        """Listings that show what nobody meant."""
        found = []
        for listing, units in shown.items():
            low, high = self.span(made_of[listing])
            if not low <= units <= high:
                found.append(f"{listing} shows {units}, meant is {low}…{high}")
        return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
