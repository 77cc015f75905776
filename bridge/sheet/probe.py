"""`bridge check --probe`: tries what Google leaves unpromised on scratch tabs of the user's own spreadsheet.

What each trial means for people stands in sheets_templates/probe.toml, what it does in `trials`. The tabs are deleted
again whatever happens; one that a killed run left behind is deleted by the next.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import count, islice
from typing import Any

from bridge.errors import BridgeError, Hint, NeedsPerson, TryAgain
from bridge.sheet.gateway import BatchRefused, Gateway, Request
from bridge.sheet.layout import templates
from bridge.sheet.requests import text_format
from bridge.sheet.trials import BLOCK, COLUMNS, SCRATCH, TEXT_COLUMN, TRIALS, Bench

SWEEPS = 3  # tries to delete the scratch tabs
FIRST_ID = 987_000  # sheetIds that no other tab of ours has


class Verdict(StrEnum):
    FITS = "fits"
    BEARABLE = "bearable"
    BREAKS = "breaks"


@dataclass(frozen=True)
class Outcome:
    """What may come of a trial, and what it means for the shop."""

    verdict: Verdict
    happened: Hint
    means: Hint


@dataclass(frozen=True)
class Words:
    """One trial as people read of it. `expected`: the outcome that the bridge counts on."""

    name: str
    tried: Hint
    expected: str
    outcomes: Mapping[str, Outcome]

    def of(self, code: str) -> Outcome:
        """Google refusing what no outcome speaks of proves nothing, but is no ground to build on either."""
        return self.outcomes.get(code) or _unclear(any(o.verdict is Verdict.BREAKS for o in self.outcomes.values()))


@dataclass(frozen=True)
class Found:
    """What a trial came to."""

    words: Words
    code: str

    @property
    def outcome(self) -> Outcome:
        return self.words.of(self.code)


@cache
def all_words() -> Mapping[str, Words]:
    """Every trial in the order of the table."""
    document = tomllib.loads((templates() / "probe.toml").read_text(encoding="utf-8"))
    return {name: _words(name, data) for name, data in document.items()}


def _words(name: str, data: Mapping[str, Any]) -> Words:
    outcomes = {
        code: Outcome(Verdict(one["verdict"]), Hint(one["ja"], one["en"]), Hint(**one["means"]))
        for code, one in data["outcomes"].items()
    }
    return Words(name, Hint(**data["tried"]), data["expected"], outcomes)


def _unclear(counted_on: bool) -> Outcome:
    return Outcome(
        Verdict.BREAKS if counted_on else Verdict.BEARABLE,
        Hint("Googleがこの操作を断った", "Google refused it"),
        Hint(
            "行の更新に使う操作なので、本番にできない" if counted_on else "この方法では確かめられなかった",
            "the row updates need it" if counted_on else "this way it can't be found out",
        ),
    )


def probe(gateway: Gateway, rival: Gateway, stranger: Gateway | None) -> list[Found]:
    """Every trial, once. `rival`: another session of the same account; `stranger`: a second account, not the owner.

    Raises TryAgain, NeedsPerson; the scratch tabs are deleted in any case."""
    with scratch(gateway, rival, stranger) as bench:
        return [attempt(bench, number, words) for number, words in enumerate(all_words().values())]


@contextmanager
def scratch(gateway: Gateway, rival: Gateway, stranger: Gateway | None) -> Iterator[Bench]:
    """The scratch tabs, made and deleted again."""
    sweep(gateway)
    try:
        yield Bench(gateway, rival, _if_shared(stranger), *_scratch_tabs(gateway))
    finally:
        sweep(gateway)


def attempt(bench: Bench, number: int, words: Words) -> Found:
    """One trial, in the block of that number."""
    try:
        return Found(words, TRIALS[words.name](bench.block(number)))
    except BatchRefused:
        return Found(words, "unclear")


def _if_shared(stranger: Gateway | None) -> Gateway | None:
    """The second account, if it may open the spreadsheet."""
    try:
        if stranger is not None:
            stranger.tabs()
        return stranger
    except (BatchRefused, NeedsPerson):
        return None


def _scratch_tabs(gateway: Gateway) -> tuple[int, int]:
    """Two new hidden tabs; returns their sheetIds. Codes and tokens stand in text columns, as in 在庫表."""
    taken = {tab.sheet_id for tab in gateway.tabs().values()}
    first, second = islice((n for n in count(FIRST_ID) if n not in taken), 2)
    grid = {"rowCount": BLOCK * (len(TRIALS) + 1), "columnCount": COLUMNS}
    requests: list[Request] = []
    for number, title in ((first, SCRATCH), (second, f"{SCRATCH} 2")):
        properties = {"sheetId": number, "title": title, "hidden": True, "gridProperties": grid}
        requests += [{"addSheet": {"properties": properties}}, *text_format(number, TEXT_COLUMN, 0)]
    gateway.write(requests)
    return first, second


def sweep(gateway: Gateway) -> None:
    """Delete every scratch tab. Raises the last failure where it can't be done: a person deletes them by hand."""
    failure: BridgeError | None = None
    for _ in range(SWEEPS):
        try:
            left = [tab.sheet_id for title, tab in gateway.tabs().items() if title.startswith(SCRATCH)]
            if left:
                gateway.write([{"deleteSheet": {"sheetId": number}} for number in left])
            return
        except (TryAgain, BatchRefused) as error:
            failure = error
    raise NeedsPerson(
        Hint(
            f"試験用のタブ「{SCRATCH}」を消せませんでした。手で消してください。",
            f"The scratch tabs {SCRATCH} could not be deleted; please delete them by hand.",
        )
    ) from failure
