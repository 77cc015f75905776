"""The table that `bridge check --probe` prints, in the shop's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.errors import Hint
from bridge.sheet.probe import Found, Verdict

MARKS = {Verdict.FITS: "✓", Verdict.BEARABLE: "△", Verdict.BREAKS: "✗"}
HEADERS = (
    Hint("試したこと", "Tried"),
    Hint("あてにしていること", "Counted on"),
    Hint("起きたこと", "Happened"),
    Hint("bridgeにとっての意味", "What it means"),
)
NARROWEST = 110  # columns; in fewer the sentences can't be read


def print_probe(found: Iterable[Found], language: str, file: TextIO | None = None) -> None:
    """One line each, and what the marks say."""

    def say(hint: Hint) -> Text:
        return Text(hint.ja if language == "ja" else hint.en)

    table = Table(show_lines=True)
    table.add_column("")
    for header in HEADERS:
        table.add_column(say(header), overflow="fold", ratio=1)
    for each in found:
        expected = each.words.outcomes[each.words.expected].happened
        outcome = each.outcome
        table.add_row(
            MARKS[outcome.verdict], say(each.words.tried), say(expected), say(outcome.happened), say(outcome.means)
        )
    console = Console(file=file)
    console.width = max(console.width, NARROWEST)
    console.print(table)
    console.print(say(_LEGEND))


_LEGEND = Hint(
    "✓ あてにしているとおり　△ 違うが差し支えない　✗ この表では本番にできない",
    "✓ as counted on   △ otherwise, but the bridge copes   ✗ the bridge can't go live here",
)
