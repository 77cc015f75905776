"""One tab of the sheet as the page holds it, and as rows of a grid that keep their names while others move them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.sandbox.page.words import column, key_column

Row = dict[str, Any]
"""What the grid gets of a row: c0, c1, … its texts; the rest is for its looks and for typing into it."""
_BANNER = ("✓", "⚠")  # how the alive-banner begins


@dataclass(frozen=True)
class Tab:
    """`headers`: the texts of the frozen row, the banner's left out · `banner`: what it says, "" without one · `shown`:
    the columns that have a header or a text · `rows`: those below the frozen ones, as the grid wants them."""

    id: int
    headers: list[str]
    banner: str
    shown: list[int]
    widths: list[int]
    warned: frozenset[int]
    notes: Mapping[int, str]
    colours: Mapping[int, str]
    rows: list[Row]

    @property
    def key(self) -> int:
        return key_column(self.headers)

    def text(self, row: Row, role: str) -> str:
        """What the row shows in the column of that role; "" where the tab has none."""
        found = column(role, self.headers)
        return "" if found is None else str(row[f"c{found}"])


def tab_of(said: Mapping[str, Any]) -> Tab:
    """From what GET …/screen answers."""
    lines = said["lines"]
    top = max(said["frozen"] - 1, 0)
    head: Mapping[str, Any] = next((line for line in lines if line["row"] == top), {"texts": []})
    headers = ["" if text.startswith(_BANNER) else text for text in head["texts"]]
    banner = next((text for text in head["texts"] if text.startswith(_BANNER)), "")
    below = [line for line in lines if line["row"] > top]
    used = {index for line in below for index, text in enumerate(line["texts"]) if text not in ("", "FALSE")}
    shown = [n for n, width in enumerate(said["widths"]) if width and (headers[n : n + 1] != [""] or n in used)]
    return Tab(
        id=said["tab"],
        headers=headers,
        banner=banner,
        shown=[n for n in shown if n < len(headers)],
        widths=said["widths"],
        warned=frozenset(said["warned"]),
        notes=_by_column(head.get("notes", {})),
        colours=_by_column(head.get("colours", {})),
        rows=_rows(below, key_column(headers), said["lists"]),
    )


def _rows(lines: Sequence[Mapping[str, Any]], key: int, lists: Sequence[Sequence[str]]) -> list[Row]:
    seen: Counter[str] = Counter()
    rows = []
    for line in lines:
        name = line["texts"][key] if key < len(line["texts"]) else ""
        seen[name] += 1
        rows.append(
            {f"c{n}": text for n, text in enumerate(line["texts"])}
            | {
                "id": f"{name}#{seen[name]}",
                "row": line["row"],
                "key": name,
                "colours": {f"c{n}": colour for n, colour in line["colours"].items()},
                "notes": {f"c{n}": note for n, note in line["notes"].items()},
                "ticks": [f"c{n}" for n in line["ticks"]],
                "lists": {f"c{n}": lists[number] for n, number in line["lists"].items()},
            }
        )
    return rows


def _by_column(given: Mapping[str, str]) -> dict[int, str]:
    """JSON has made texts of the columns' numbers."""
    return {int(number): text for number, text in given.items()}


@dataclass(frozen=True)
class Update:
    """What turns one tab into the next: all rows anew, where one came, went or moved; else those that changed."""

    anew: list[Row] | None
    changed: list[Row]


def update(old: Sequence[Row], new: Sequence[Row]) -> Update:
    if [row["id"] for row in old] != [row["id"] for row in new]:
        return Update(list(new), [])
    return Update(None, [row for before, row in zip(old, new, strict=True) if before != row])
